//! The log on standard error: one line per event, whatever the event quotes (PROMISES P70).

use std::io::{self, Write};

/// RUST_LOG chooses how much is said.
pub fn log_to_stderr() {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "info,tantivy=warn,lettre=warn,html5ever=error".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| OneLine(io::stderr())).with_ansi(false).try_init().ok();
}

/// The words of a mail server, of a panic or of the database may hold line ends and escape sequences, with which a log
/// could be forged or a terminal driven. An event is written in one call; all but its end is made visible.
struct OneLine<W: Write>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let words = String::from_utf8_lossy(event);
        let mut line: String = words.trim_end_matches('\n').chars().flat_map(shown).collect();
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Controls and what turns the direction of writing, as Rust would write them in a string.
fn shown(c: char) -> Vec<char> {
    let turns = matches!(c, '\u{61C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    if c.is_control() || turns { c.escape_default().collect() } else { vec![c] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p70_an_event_is_one_line_whatever_it_quotes() {
        let controls = (0u8..=0x9f).filter(|c| !(0x20..0x7f).contains(c)).map(char::from);
        let turns = ['\u{202E}', '\u{2066}', '\u{2028}', '\u{200F}'];
        for c in controls.chain(turns) {
            let mut log = OneLine(Vec::new());
            log.write_all(format!("2026 INFO said=a{c}2026 INFO forged\n").as_bytes()).unwrap();
            let text = String::from_utf8(log.0).unwrap();
            assert_eq!((text.lines().count(), text.matches(c).count()), (1, usize::from(c == '\n')), "{c:?}: {text:?}");
            assert!(text.ends_with("2026 INFO forged\n") && text.starts_with("2026 INFO said=a\\"), "{text:?}");
        }
        let mut log = OneLine(Vec::new());
        log.write_all("plain wörds 测\n".as_bytes()).unwrap();
        assert_eq!(log.0, "plain wörds 测\n".as_bytes());
    }
}
