//! The carrier that is a folder: each letter a file, whole or not there at all. For the demo, for tests, and for shops that
//! want to see before they send.

use std::io::Write;
use std::path::Path;

/// Writes `bytes` as `<name>.eml`; the same letter written twice is one file.
pub fn write(folder: &Path, name: &str, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let plain: String = name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '@' | '-' | '_' | '.') { c } else { '_' }).take(120).collect();
    let plain = plain.trim_start_matches('.');
    let part = folder.join(format!(".{plain}.part"));
    let mut file = std::fs::File::create(&part)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&part, folder.join(format!("{plain}.eml")))?;
    std::fs::File::open(folder)?.sync_all()
}

/// Whether a letter could be written.
pub fn try_out(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let trial = folder.join(".restante-trial.part");
    std::fs::write(&trial, b"trial")?;
    std::fs::remove_file(&trial)
}
