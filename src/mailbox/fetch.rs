//! FETCH in the few forms that no server can make unreadable by one strange mail: never ENVELOPE or BODYSTRUCTURE. Answers
//! are matched by UID alone (RFC 3501 7.4.1: sequence numbers shift when another client expunges).

use super::answer::{Answer, is_fetch, literal_after};
use super::session::{Session, tagged};
use super::stream::Guarded;
use super::trouble::{Cause, Result, Trouble};
use super::{ANSWER_SLACK_BYTES, MAIL_BYTES_MAX, PIECE_BYTES};
use crate::database::Millis;
use std::collections::HashMap;
use std::io;

/// What the server says about a mail before it is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub uid: u32,
    /// `RFC822.SIZE`; nothing where the server gave none.
    pub size: Option<u64>,
    pub internal_date: Option<Millis>,
}

/// The bodies of one answer, in the buffer they arrived in.
pub struct Bodies(Answer);

impl Bodies {
    /// Each UID that was served, with its bytes. A UID that was served twice with different bytes is left out: nobody
    /// can say which are right.
    pub fn by_uid(&self) -> HashMap<u32, &[u8]> {
        let mut served: HashMap<u32, Option<&[u8]>> = HashMap::new();
        for said in self.0.said() {
            if let (Some(uid), Some(body)) = (said.uid, self.0.text(said)) {
                served.entry(uid).and_modify(|known| *known = known.filter(|k| *k == body)).or_insert(Some(body));
            }
        }
        served.into_iter().filter_map(|(uid, body)| Some((uid, body?))).collect()
    }
}

impl Session {
    /// Sizes and dates of `uids`, in their order; those of which the server says nothing have no size.
    pub fn facts(&mut self, uids: &[u32]) -> Result<Vec<Facts>> {
        crate::failpoint::reached("mailbox.fetching");
        let answer = self.fetch(&set_of(uids), "(UID INTERNALDATE RFC822.SIZE)", ANSWER_SLACK_BYTES)?;
        let mut known: HashMap<u32, Facts> = HashMap::new();
        for said in answer.said() {
            let Some(uid) = said.uid else { continue };
            let facts = known.entry(uid).or_insert(Facts { uid, ..Facts::default() });
            facts.size = facts.size.or(said.size);
            facts.internal_date = facts.internal_date.or(said.internal_date);
        }
        Ok(uids.iter().map(|uid| known.get(uid).copied().unwrap_or(Facts { uid: *uid, ..Facts::default() })).collect())
    }

    /// The bodies of `uids`, which have `bytes` together.
    pub fn bodies(&mut self, uids: &[u32], bytes: u64) -> Result<Bodies> {
        self.fetch(&set_of(uids), "(UID BODY.PEEK[])", bytes + ANSWER_SLACK_BYTES).map(Bodies)
    }

    /// One mail, piece by piece; nothing if the server does not serve it, or not whole.
    pub fn one_body(&mut self, uid: u32) -> Result<Option<Vec<u8>>> {
        let mut mail = Vec::new();
        loop {
            let query = format!("(UID BODY.PEEK[]<{}.{PIECE_BYTES}>)", mail.len());
            let answer = self.fetch(&uid.to_string(), &query, PIECE_BYTES + ANSWER_SLACK_BYTES).map(Bodies)?;
            let served = answer.by_uid();
            let Some(piece) = served.get(&uid) else { return Ok(None) };
            mail.extend_from_slice(piece);
            if mail.len() as u64 > MAIL_BYTES_MAX {
                return Ok(None);
            }
            // A server that knows no pieces serves all of it at once.
            if (piece.len() as u64) != PIECE_BYTES {
                return Ok(Some(mail));
            }
        }
    }

    /// The header of a mail that is too big for us.
    pub fn header(&mut self, uid: u32) -> Result<Option<Vec<u8>>> {
        let answer = self.fetch(&uid.to_string(), "(UID BODY.PEEK[HEADER])", ANSWER_SLACK_BYTES)?;
        Ok(answer.said().iter().find(|said| said.uid == Some(uid)).and_then(|said| answer.text(said)).map(<[u8]>::to_vec))
    }

    fn fetch(&mut self, set: &str, what: &str, bytes: u64) -> Result<Answer> {
        let tag = self.say(&format!("UID FETCH {set} {what}"))?;
        self.wire.with(|stream| stream.allow(bytes, self.pace.command));
        let mut answer = Answer::default();
        loop {
            let start = answer.buffer().len();
            let heard = self.wire.with(|stream| hear(stream, answer.buffer()));
            heard.map_err(|e| if self.signals.quitting() { Trouble::stopped() } else { Trouble::lost(&self.host, &e) })?;
            if is_fetch(&answer.buffer()[start..]) {
                if !answer.note(start) {
                    return Err(Trouble::new(Cause::Lost, format!("{} answered FETCH with something unreadable.", self.host)));
                }
                continue;
            }
            let line = String::from_utf8_lossy(&answer.buffer()[start..]).trim_end().to_owned();
            answer.buffer().truncate(start);
            self.note_news(&line);
            match tagged(&line) {
                None if line.to_uppercase().starts_with("* BYE") => {
                    return Err(Trouble::new(Cause::Lost, format!("{} said goodbye: {}. Restante connects again by itself.", self.host, line[5..].trim())));
                }
                None => {}
                Some(_) if !line.starts_with(&format!("{tag} ")) => {
                    return Err(Trouble::new(Cause::Lost, format!("{} answered another question than FETCH.", self.host)));
                }
                Some((status, _)) if status.eq_ignore_ascii_case("OK") => return Ok(answer),
                Some((_, words)) => return Err(Trouble::new(Cause::Refused, format!("{} refused FETCH: {}", self.host, words.trim()))),
            }
        }
    }
}

/// Appends one response to `answer`: a line, and what it announces.
fn hear(stream: &mut Guarded, answer: &mut Vec<u8>) -> io::Result<()> {
    let start = answer.len();
    let mut line = start;
    loop {
        stream.line_onto(answer)?;
        match literal_after(&answer[line..]) {
            Some(count) if is_fetch(&answer[start..]) => stream.bytes_onto(answer, count)?,
            _ => return Ok(()),
        }
        line = answer.len();
    }
}

/// UIDs as a sequence set; neighbours become ranges, which hold no UID that was not named. Any order.
pub fn set_of(uids: &[u32]) -> String {
    let mut sorted = uids.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut set = String::new();
    let mut runs = sorted.chunk_by(|a, b| a + 1 == *b).peekable();
    while let Some(run) = runs.next() {
        match run {
            [one] => set.push_str(&one.to_string()),
            _ => set.push_str(&format!("{}:{}", run[0], run[run.len() - 1])),
        }
        if runs.peek().is_some() {
            set.push(',');
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::set_of;

    #[test]
    fn a_set_names_exactly_its_uids() {
        assert_eq!(set_of(&[5, 3, 4, 9, 1, 9]), "1,3:5,9");
        assert_eq!(set_of(&[u32::MAX - 1, u32::MAX]), "4294967294:4294967295");
        assert_eq!(set_of(&[]), "");
    }
}
