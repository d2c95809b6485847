//! What a process asked of the operating system, in order: written by strace, read here.

use super::eventually;
use std::collections::HashMap;
use std::path::Path;

/// Whole pages of SQLite are to be seen in the text of a call.
const TEXT_BYTES_MAX: &str = "9000";

/// A call, and between which lines of the log it ran.
pub struct Call {
    pub name: String,
    /// The file or connection that the first argument names.
    pub on: String,
    /// The arguments as strace writes them.
    pub arguments: String,
    pub started: usize,
    pub ended: usize,
}

impl Call {
    /// The bytes that were handed over, as far as strace shows them.
    pub fn bytes(&self) -> Vec<u8> {
        let text = self.arguments.split_once(", \"").map_or("", |(_, rest)| rest);
        unescape(text.rsplit_once('"').map_or("", |(text, _)| text))
    }
}

/// The words that start a program under strace, in the process that asked for it.
pub fn program(log: &Path) -> Vec<String> {
    let calls = "trace=write,pwrite64,sendto,fdatasync,fsync,?rename,?renameat,?renameat2,unlink";
    ["strace", "-D", "-f", "-yy", "-s", TEXT_BYTES_MAX, "-e", "signal=none", "-e", calls, "-o", log.to_str().unwrap()].map(str::to_owned).into()
}

/// The calls that succeeded, once the traced process has ended.
#[track_caller]
pub fn calls(log: &Path, pid: u32) -> Vec<Call> {
    let end = format!("{pid} ");
    let read = || std::fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let text = eventually("strace has written all", || Some(read()).filter(|text| text.lines().any(|l| l.starts_with(&end) && l.contains("+++ exited"))));
    let mut begun: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut calls = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let Some((thread, words)) = line.split_once(' ') else { continue };
        let words = words.trim_start();
        if let Some(start) = words.strip_suffix("<unfinished ...>") {
            begun.insert(thread, (number, start));
        } else if words.starts_with("<... ") {
            let Some((started, start)) = begun.remove(thread) else { continue };
            calls.extend(succeeded(words).then(|| call(start, started, number)));
        } else if words.contains('(') && succeeded(words) {
            calls.push(call(words, number, number));
        }
    }
    calls
}

fn succeeded(words: &str) -> bool {
    words.rsplit_once(") ").is_some_and(|(_, result)| result.trim_start().strip_prefix("= ").is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit())))
}

fn call(words: &str, started: usize, ended: usize) -> Call {
    let (name, arguments) = words.split_once('(').unwrap_or((words, ""));
    let on =
        arguments.split_once('<').map_or("", |(_, rest)| [">,", ">)", "> "].iter().filter_map(|end| rest.find(end)).min().map_or(rest, |end| &rest[..end]));
    Call { name: name.to_owned(), on: on.to_owned(), arguments: arguments.to_owned(), started, ended }
}

/// Undoes the escapes of C, in which strace writes what a terminal could not show.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        rest = more;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.iter().take(3).take_while(|b| matches!(b, b'0'..=b'7')).count();
        if digits > 0 {
            bytes.push(rest[..digits].iter().fold(0_u8, |sum, digit| sum.wrapping_mul(8).wrapping_add(digit - b'0')));
            rest = &rest[digits..];
        } else if let [letter, more @ ..] = rest {
            bytes.push(match letter {
                b'n' => b'\n',
                b't' => b'\t',
                b'r' => b'\r',
                b'v' => 11,
                b'f' => 12,
                other => *other,
            });
            rest = more;
        }
    }
    bytes
}

/// Fails, in words, where the system does not let one process look at another.
#[track_caller]
pub fn insist_that_it_may() {
    let tried = std::process::Command::new("strace").args(["-f", "-o", "/dev/null", "true"]).output();
    let words = tried.map(|t| if t.status.success() { String::new() } else { format!("{}: {}", t.status, String::from_utf8_lossy(&t.stderr)) });
    let words = words.unwrap_or_else(|e| e.to_string());
    assert!(words.is_empty(), "strace is not allowed to trace here, so P03 cannot be shown (in a container: --cap-add SYS_PTRACE): {words}");
}
