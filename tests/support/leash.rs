//! A server on a leash: it runs below a shell that waits for the end of its own input. Whichever way the test ends, by
//! a drop, a panic or a kill, the pipe closes and the shell ends its process group: exactly what was started.

use std::path::Path;
use std::process::{Child, Command, Stdio};

const WALK: &str = r#""$@" </dev/null & trap '' TERM; read -r _; kill -TERM $! 2>/dev/null; kill -TERM 0; wait"#;
/// A server that ignores SIGTERM is not waited for longer.
const LAST_GRACE: std::time::Duration = std::time::Duration::from_secs(10);

pub struct Leash {
    shell: Child,
}

impl Leash {
    /// Starts `program`, as root where `root` asks for it (the mail servers change their user), its output into `log`.
    pub fn start(program: &[&str], log: &Path, root: bool) -> Leash {
        use std::os::unix::process::CommandExt;
        let out = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
        let mut words: Vec<&str> = if root { elevation().to_vec() } else { Vec::new() };
        words.extend(["sh", "-c", WALK, "leash"]);
        words.extend(program);
        let shell = Command::new(words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .process_group(0)
            .spawn()
            .unwrap_or_else(|e| panic!("{words:?} does not start: {e}"));
        Leash { shell }
    }
}

impl Drop for Leash {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let gone = super::look_for(LAST_GRACE, || self.shell.try_wait().ok().flatten());
        if gone.is_none() {
            self.shell.kill().ok();
            self.shell.wait().ok();
        }
    }
}

/// Runs a short command as root and insists that it succeeds.
pub fn as_root(program: &[&str]) {
    let words = [elevation(), program].concat();
    let output = Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).output().unwrap_or_else(|e| panic!("{words:?}: {e}"));
    assert!(output.status.success(), "{words:?}: {}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
}

fn elevation() -> &'static [&'static str] {
    if rustix::process::geteuid().is_root() { &[] } else { &["sudo", "-n"] }
}
