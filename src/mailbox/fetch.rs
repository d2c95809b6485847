//! FETCH in the few forms that no server can make unreadable by one strange mail: never ENVELOPE or BODYSTRUCTURE. Answers
//! are matched by UID alone (RFC 3501 7.4.1: sequence numbers shift when another client expunges).

use super::session::Session;
use super::trouble::Result;
use super::{ANSWER_SLACK_BYTES, MAIL_BYTES_MAX, PIECE_BYTES};
use crate::database::Millis;
use std::collections::HashMap;

/// What the server says about a mail before it is fetched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    pub uid: u32,
    /// `RFC822.SIZE`; nothing where the server gave none.
    pub size: Option<u64>,
    pub internal_date: Option<Millis>,
}

/// The bodies of one answer, in the buffer they arrived in.
pub struct Bodies(imap::types::Fetches);

impl Bodies {
    /// Each UID that was served, with its bytes. A UID that was served twice with different bytes is left out: nobody
    /// can say which are right.
    pub fn by_uid(&self) -> HashMap<u32, &[u8]> {
        let mut served: HashMap<u32, Option<&[u8]>> = HashMap::new();
        for fetch in self.0.iter() {
            if let (Some(uid), Some(body)) = (fetch.uid, fetch.body()) {
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
        let fetched = self.run("FETCH", ANSWER_SLACK_BYTES, |imap| imap.uid_fetch(set_of(uids), "(UID INTERNALDATE RFC822.SIZE)"))?;
        let mut said: HashMap<u32, Facts> = HashMap::new();
        for fetch in fetched.iter() {
            let Some(uid) = fetch.uid else { continue };
            let facts = said.entry(uid).or_insert(Facts { uid, ..Facts::default() });
            facts.size = facts.size.or(fetch.size.map(u64::from));
            facts.internal_date = facts.internal_date.or(fetch.internal_date().map(|date| date.timestamp_millis()));
        }
        Ok(uids.iter().map(|uid| said.get(uid).copied().unwrap_or(Facts { uid: *uid, ..Facts::default() })).collect())
    }

    /// The bodies of `uids`, which have `bytes` together.
    pub fn bodies(&mut self, uids: &[u32], bytes: u64) -> Result<Bodies> {
        self.run("FETCH", bytes + ANSWER_SLACK_BYTES, |imap| imap.uid_fetch(set_of(uids), "(UID BODY.PEEK[])")).map(Bodies)
    }

    /// One mail, piece by piece; nothing if the server does not serve it, or not whole.
    pub fn one_body(&mut self, uid: u32) -> Result<Option<Vec<u8>>> {
        let mut mail = Vec::new();
        loop {
            let query = format!("(UID BODY.PEEK[]<{}.{PIECE_BYTES}>)", mail.len());
            let answer = self.run("FETCH", PIECE_BYTES + ANSWER_SLACK_BYTES, |imap| imap.uid_fetch(uid.to_string(), query)).map(Bodies)?;
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
        let fetched = self.run("FETCH", ANSWER_SLACK_BYTES, |imap| imap.uid_fetch(uid.to_string(), "(UID BODY.PEEK[HEADER])"))?;
        Ok(fetched.iter().find(|fetch| fetch.uid == Some(uid)).and_then(|fetch| fetch.header().map(<[u8]>::to_vec)))
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
