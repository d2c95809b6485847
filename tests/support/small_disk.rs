//! A disk that is as full as a test wants it: a tmpfs whose size is changed while it is in use. It takes no memory but
//! for what lies on it, and it is seen by this test alone, which runs again as a process with mounts of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Set in the process that has mounts of its own.
const INSIDE: &str = "SMALL_DISK_TEST";
const PAGE: u64 = 4096;
const SIZE_TRIES: u32 = 200;

/// True in a process that may mount. Otherwise runs the test of this name in such a process, insists that it passes
/// there, and returns false. Root gets mounts of its own; others become root of a user namespace first.
#[must_use]
pub fn inside(test: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let may = |how: &&str| Command::new("unshare").args([how, "true"]).output().is_ok_and(|output| output.status.success());
    let how = ["-m", "-rm"].into_iter().find(may).expect("a full disk needs a mount: run the tests as root, or where user namespaces are allowed");
    let output = Command::new("unshare")
        .arg(how)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--include-ignored"])
        .env(INSIDE, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    assert!(said.contains("1 passed"), "no test is named {test}:\n{said}");
    false
}

pub struct SmallDisk {
    pub path: PathBuf,
    _place: tempfile::TempDir,
}

impl SmallDisk {
    pub fn mounted(bytes: u64) -> SmallDisk {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("disk");
        std::fs::create_dir(&path).unwrap();
        mount(&["-t", "tmpfs", "-o", &format!("mode=700,size={bytes}"), "tmpfs"], &path);
        SmallDisk { path, _place: place }
    }

    /// From now on so many bytes are free, in whole pages.
    pub fn leave(&self, bytes: u64) {
        // Somebody may write between the look and the change: then the kernel refuses, and it is looked at again.
        assert!((0..SIZE_TRIES).any(|_| self.try_leave(bytes)), "the size of {} cannot be changed", self.path.display());
    }

    fn try_leave(&self, bytes: u64) -> bool {
        let disk = rustix::fs::statvfs(&self.path).unwrap();
        let used = (disk.f_blocks - disk.f_bfree) * disk.f_frsize;
        // The kernel takes 0 for "no limit", and refuses less than what is used.
        let size = format!("size={}", used.max(PAGE) + bytes / PAGE * PAGE);
        // The options that it was mounted with name users that a namespace does not have.
        let words = ["--options-mode", "ignore", "-o", &format!("remount,{size}")];
        Command::new("mount").args(words).arg(&self.path).stderr(Stdio::null()).status().unwrap().success()
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(&self.path).status().ok();
    }
}

#[track_caller]
fn mount(words: &[&str], path: &Path) {
    let output = Command::new("mount").args(words).arg(path).output().unwrap();
    assert!(output.status.success(), "mount {words:?}: {}", String::from_utf8_lossy(&output.stderr));
}
