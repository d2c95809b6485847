//! IDLE (RFC 2177) by our own hand on the shared stream: the library's waits for ever when a server says something before
//! its `+`, restarts its clock with every line, and gives up at the first line it does not know.

use super::ANSWER_SLACK_BYTES;
use super::session::{Session, tagged};
use super::trouble::{Cause, Result, Trouble};
use std::io::Write;
use std::time::Instant;

impl Session {
    /// Waits until the server speaks of new mail, a nudge comes, or it is time to renew.
    pub fn idle(&mut self, until: Instant) -> Result<()> {
        self.say("IDLE")?;
        self.wire.with(|stream| stream.allow(ANSWER_SLACK_BYTES, self.pace.command));
        let patience = Instant::now() + self.pace.silence;
        loop {
            let Some(line) = self.line(patience, false)? else {
                return Err(Trouble::new(Cause::Lost, format!("{} never answered IDLE. Restante connects again by itself.", self.host)));
            };
            if line.starts_with('+') {
                break;
            }
            if let Some((_, words)) = tagged(&line) {
                return Err(Trouble::new(Cause::Refused, format!("{} refused IDLE: {words}", self.host)));
            }
        }
        while !self.stirred {
            self.wire.with(|stream| stream.allow(ANSWER_SLACK_BYTES, self.pace.command));
            match self.line(until, true)? {
                None => break,
                Some(line) if line.to_uppercase().starts_with("* BYE") => {
                    return Err(Trouble::new(Cause::Lost, format!("{} said goodbye: {}", self.host, line[5..].trim())));
                }
                Some(line) if tagged(&line).is_some() => return Ok(()), // the server ended it
                Some(_) => {}
            }
        }
        self.end_idle()
    }

    fn end_idle(&mut self) -> Result<()> {
        self.wire.with(|stream| stream.write_all(b"DONE\r\n").and_then(|()| stream.flush())).map_err(|e| Trouble::lost(&self.host, &e))?;
        self.wire.with(|stream| stream.allow(ANSWER_SLACK_BYTES, self.pace.command));
        loop {
            let line = self.line(Instant::now() + self.pace.silence, false)?.ok_or_else(|| Trouble::lost(&self.host, &std::io::ErrorKind::TimedOut.into()))?;
            if tagged(&line).is_some() {
                return Ok(());
            }
        }
    }
}
