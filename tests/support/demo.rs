//! `restante demo` in a folder of its own: a whole shop without any server.

use super::restante::command;
use super::{Visitor, eventually, look_for, ports};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

/// A demo at work, and what it printed.
pub struct Demo {
    pub port: u16,
    process: Child,
    words: String,
}

impl Demo {
    pub fn start(data: &Path) -> Demo {
        let port = ports::free();
        let mut command = command(data);
        command.args(["demo", "--data", data.to_str().unwrap(), "--listen", &format!("127.0.0.1:{port}")]);
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut words = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        while !words.contains("Ctrl-C") && out.read_line(&mut words).unwrap() > 0 {}
        // It takes signals from when it answers.
        eventually("the demo answers", || reqwest::blocking::get(format!("http://127.0.0.1:{port}/healthz")).ok());
        Demo { port, process, words }
    }

    /// What stands behind `label` in the words.
    pub fn said(&self, label: &str) -> String {
        let line = self.words.lines().find(|line| line.trim_start().starts_with(label)).unwrap_or_else(|| panic!("no “{label}” in {}", self.words));
        line.split_whitespace().last().unwrap().to_owned()
    }

    /// Its owner, signed in.
    pub fn owner(&self) -> Visitor {
        Visitor::sign_in(self.port, &self.said("sign in with"), &self.said("password"))
    }

    pub fn stop(mut self) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.process), rustix::process::Signal::TERM).unwrap();
        let status = look_for(Duration::from_secs(10), || self.process.try_wait().unwrap()).expect("the demo stops within 10 s");
        assert!(status.success());
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
