//! `restante inspect`: how a mail is read.
use std::io::Write;
use std::path::PathBuf;

pub fn run(_paths: &[PathBuf], _out: &mut impl Write) -> anyhow::Result<()> {
    Ok(())
}
