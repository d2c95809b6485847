//! The real binary on a data folder of its own: started, signed in to, stopped politely or by force.

use super::{PATIENCE, look_for, ports};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

pub const OWNER: &str = "olivia@shop.test";
pub const OWNER_PASSWORD: &str = "a-long-winded-passphrase";

pub struct Restante {
    pub port: u16,
    data: PathBuf,
    process: Child,
    log: PathBuf,
}

impl Restante {
    /// Starts `restante serve` on `data` and waits until it answers.
    #[track_caller]
    pub fn serve(data: &Path) -> Restante {
        Restante::serve_with(data, &[])
    }

    #[track_caller]
    pub fn serve_with(data: &Path, arguments: &[&str]) -> Restante {
        let mut restante = Restante::spawn(data, arguments);
        restante.wait_until_it_answers();
        restante
    }

    /// Says all that it can say: RUST_LOG on a level of one's own.
    #[track_caller]
    pub fn serve_talkative(data: &Path, level: &str) -> Restante {
        let mut restante = Restante::spawn_logging(&[], data, &[], Some(level));
        restante.wait_until_it_answers();
        restante
    }

    /// Starts it without waiting: for starts that are meant to fail.
    pub fn spawn(data: &Path, arguments: &[&str]) -> Restante {
        Restante::spawn_logging(&[], data, arguments, None)
    }

    /// The same by way of a program that becomes it, as `strace -D` does.
    pub fn spawn_through(program: &[&str], data: &Path, arguments: &[&str]) -> Restante {
        Restante::spawn_logging(program, data, arguments, None)
    }

    fn spawn_logging(program: &[&str], data: &Path, arguments: &[&str], level: Option<&str>) -> Restante {
        let port = ports::free();
        let log = data.with_extension("log");
        let out = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let process = command_through(program, data)
            .arg("serve")
            .args(["--listen", &format!("127.0.0.1:{port}"), "--url", &format!("http://127.0.0.1:{port}")])
            .args(arguments)
            .envs(level.map(|level| ("RUST_LOG", level)))
            .stdin(Stdio::null())
            .stdout(out.try_clone().unwrap())
            .stderr(out)
            .spawn()
            .unwrap();
        Restante { port, data: data.to_owned(), process, log }
    }

    #[track_caller]
    pub fn wait_until_it_answers(&mut self) {
        let http = client();
        let url = self.url("/healthz");
        let answered = look_for(PATIENCE, || {
            if let Ok(Some(status)) = self.process.try_wait() {
                panic!("restante ended with {status}:\n{}", self.log());
            }
            http.get(&url).send().ok()
        });
        assert!(answered.is_some(), "restante does not answer:\n{}", self.log());
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// All that it has printed.
    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// The first address below its own that it printed and that holds `part`.
    #[track_caller]
    pub fn printed_link(&self, part: &str) -> String {
        let start = self.url("/");
        let found = look_for(PATIENCE, || {
            let log = self.log();
            log.split_whitespace().find(|word| word.starts_with(&start) && word.contains(part)).map(|word| word.trim_end_matches(['.', ',']).to_owned())
        });
        found.unwrap_or_else(|| panic!("no link with {part:?} was printed:\n{}", self.log()))
    }

    /// The exit code, once the process has ended.
    pub fn exit_code(&mut self) -> Option<i32> {
        self.process.try_wait().unwrap().map(|status| status.code().unwrap_or(-1))
    }

    /// Pulls the plug.
    pub fn kill(mut self) -> PathBuf {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.data.clone()
    }

    /// Asks it to stop with SIGTERM, and says how long that took.
    #[track_caller]
    pub fn stop(mut self) -> Duration {
        let begun = std::time::Instant::now();
        terminate(&self.process);
        let status = look_for(PATIENCE, || self.process.try_wait().unwrap());
        let status = status.unwrap_or_else(|| panic!("restante does not stop:\n{}", self.log()));
        assert!(status.success(), "restante ended with {status}:\n{}", self.log());
        begun.elapsed()
    }

    /// Waits until it ends by itself.
    #[track_caller]
    pub fn wait(mut self, patience: Duration) -> (std::process::ExitStatus, String) {
        let status = look_for(patience, || self.process.try_wait().unwrap()).unwrap_or_else(|| panic!("restante runs on:\n{}", self.log()));
        (status, self.log())
    }
}

impl Drop for Restante {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

/// `restante` on this data folder and with no settings from the outside.
pub fn command(data: &Path) -> Command {
    command_through(&[], data)
}

fn command_through(program: &[&str], data: &Path) -> Command {
    let words = [program, &[env!("CARGO_BIN_EXE_restante")]].concat();
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("RESTANTE_")) {
        command.env_remove(name);
    }
    command.env("RESTANTE_DATA", data);
    command
}

/// Runs a command to its end, `input` on its standard input, and insists on success.
#[track_caller]
pub fn run(data: &Path, arguments: &[&str], input: &str) -> String {
    let output = try_run(data, arguments, input);
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "restante {arguments:?}: {words}{}", String::from_utf8_lossy(&output.stderr));
    words
}

pub fn try_run(data: &Path, arguments: &[&str], input: &str) -> Output {
    let mut process = command(data).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).ok();
    process.wait_with_output().unwrap()
}

/// Makes the owner whom the stories sign in as.
pub fn add_owner(data: &Path) {
    run(data, &["agent", "add", "--email", OWNER, "--name", "Olivia Owner", "--role", "owner", "--password-stdin"], OWNER_PASSWORD);
}

/// Connects `address` of a mail stack by the given URLs.
pub fn add_mailbox(data: &Path, address: &str, imap: &str, smtp: &str, more: &[&str]) {
    let arguments =
        [&["mailbox", "add", "--address", address, "--name", "Tern & Tide Prints", "--imap", imap, "--smtp", smtp], more, &["--password-stdin"]].concat();
    run(data, &arguments, super::mail_stack::PASSWORD);
}

/// An HTTP client with a jar for cookies that does not follow redirects.
pub fn client() -> reqwest::blocking::Client {
    reqwest::blocking::Client::builder()
        .cookie_store(true)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(30))
        .build()
        .unwrap()
}

/// Asks a process to stop.
pub fn terminate(process: &Child) {
    let pid = rustix::process::Pid::from_child(process);
    rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
}
