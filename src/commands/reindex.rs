//! `restante reindex`: sets the search index aside and builds it anew from the database.

use crate::app::Folder;
use crate::search::Index;
use std::io::Write;
use std::path::Path;

/// Rebuilds the index of the data folder `data`, which no server may be using, and says on `out` how far it is.
pub fn run(data: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let folder = Folder::open_existing(data)?;
    let _lock = folder.lock()?;
    let Folder { db, .. } = &folder;
    let index = Index::open(&data.join("index"), db)?;
    index.rebuild(db)?;
    let mut done = 0;
    while let Some(count) = index.work(db)? {
        done += count;
        if let Some(progress) = index.progress() {
            writeln!(out, "{progress}")?;
        }
    }
    index.close(db);
    writeln!(out, "The search index is new: {done} messages.")?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reindex_makes_an_index_where_there_is_none_and_refuses_a_folder_that_is_served() {
        let data = tempfile::tempdir().unwrap();
        assert!(run(data.path(), &mut Vec::new()).unwrap_err().to_string().contains("--data"));
        let folder = Folder::open(data.path()).unwrap();
        let mut out = Vec::new();
        run(data.path(), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "The search index is new: 0 messages.\n");
        assert!(data.path().join("index/meta.json").exists());
        let _served = folder.lock().unwrap();
        assert!(run(data.path(), &mut Vec::new()).unwrap_err().to_string().contains("another Restante"));
    }
}
