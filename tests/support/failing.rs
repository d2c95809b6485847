//! Calls to the operating system that fail, or end the process, at a chosen place: a small library that the program
//! loads before libc counts every write, sync, truncation, rename and opening of a file below one folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

pub struct Failing {
    library: PathBuf,
    below: PathBuf,
    counted: PathBuf,
    _place: tempfile::TempDir,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// The call fails with EIO.
    Error,
    /// The process ends there as by `kill -9`.
    Kill,
}

impl Failing {
    /// Calls on files below this folder are counted.
    pub fn below(folder: &Path) -> Failing {
        static LIBRARY: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(compiled);
        let place = tempfile::tempdir().unwrap();
        Failing { library: LIBRARY.1.clone(), below: folder.to_owned(), counted: place.path().join("count"), _place: place }
    }

    /// Runs `command` to its end; its call number `at` fails, none when that is 0.
    pub fn run(&self, command: &mut Command, at: u64, how: How) -> Output {
        std::fs::remove_file(&self.counted).ok();
        let how = if how == How::Kill { "kill" } else { "error" };
        command.env("LD_PRELOAD", &self.library).env("FAIL_BELOW", &self.below).env("FAIL_COUNT", &self.counted);
        command.env("FAIL_AT", at.to_string()).env("FAIL_HOW", how).output().unwrap()
    }

    /// How many calls the last command made, if it lived to tell.
    pub fn counted(&self) -> u64 {
        std::fs::read_to_string(&self.counted).ok().and_then(|text| text.parse().ok()).unwrap_or(0)
    }
}

/// `few` places spread over all of 1 to `count`, or all of them with `RESTANTE_FULL=1`, and one beyond.
pub fn places(count: u64, few: u64) -> Vec<u64> {
    let few = if std::env::var_os("RESTANTE_FULL").is_some() { count } else { few.min(count) };
    (0..few).map(|n| 1 + n * count / few).chain([count + count / 2 + 10]).collect()
}

fn compiled() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let library = place.path().join("failing.so");
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/failing.c");
    let output = Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&library).arg(source).arg("-ldl").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (place, library)
}
