//! What one large mail took is given back when it has been read: a long-lived server would otherwise keep it for good.

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::process::Command;

/// glibc's name for the size from which a piece of memory is a mapping of its own, which goes back when it is freed.
/// Left alone, that size grows with what is freed, to 32 MB, and every thread keeps such pieces in an arena of its own.
const VARIABLE: &str = "MALLOC_MMAP_THRESHOLD_";

/// Above what reading ordinary mails and compressing them takes all the time, below a mail that is worth the trouble.
const LARGE_BYTES: &str = "4194304";

/// Starts this same process anew with the allocator told so, unless it was told already. The allocator listens to its
/// environment alone, and only at the start. Where that is not possible the server works, with more memory.
pub fn give_back_large_pieces() {
    if !cfg!(target_env = "gnu") || std::env::var_os(VARIABLE).is_some() {
        return;
    }
    let mut words = std::env::args_os();
    let name = words.next().unwrap_or_else(|| OsString::from("restante"));
    if let Ok(program) = std::env::current_exe() {
        let failure = Command::new(program).arg0(name).args(words).env(VARIABLE, LARGE_BYTES).exec();
        eprintln!("restante: large mails will be remembered by the allocator: {failure}");
    }
}
