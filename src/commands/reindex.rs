//! `restante reindex`: sets the search index aside and builds it anew from the database.

use crate::database::Database;
use crate::search::Index;
use anyhow::{Context, bail};
use std::io::Write;
use std::path::Path;

/// Rebuilds the index of the data folder `data`, which no server may be using, and says on `out` how far it is.
pub fn run(data: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let records = data.join("restante.db");
    if !records.exists() {
        bail!("{} holds no restante.db: give the data folder with --data", data.display());
    }
    let db = Database::open(&records).context("could not open the database")?;
    let index = Index::open(&data.join("index"), &db)?;
    index.rebuild(&db)?;
    let mut done = 0;
    while let Some(count) = index.work(&db)? {
        done += count;
        if let Some(progress) = index.progress() {
            writeln!(out, "{progress}")?;
        }
    }
    index.close(&db);
    writeln!(out, "The search index is new: {done} messages.")?;
    Ok(())
}
