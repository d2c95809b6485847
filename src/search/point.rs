//! How far the index has come: written into every commit, compared with the database at every start.

use super::schema::VERSION;
use crate::database::{Reader, Result};
use crate::{secret, setting};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Point {
    pub version: u32,
    /// The life of the database: changes with every restore.
    pub generation: String,
    /// Everything up to here in `index_queue` is in the index.
    pub seq: i64,
    /// No message above this one has a document.
    pub known: i64,
    /// While rebuilding: messages below this one still wait.
    pub below: Option<i64>,
    /// Guards the rest against damage of the file that holds it.
    #[serde(default)]
    check: String,
}

impl Point {
    /// Where a new, empty index begins: everything that is there has to be read, newest first.
    pub fn fresh(c: &Reader) -> Result<Point> {
        let seq = last_seq(c)?; // before the messages: one that comes between is read, not missed
        let known: i64 = c.one("SELECT coalesce(max(id), 0) FROM message", [], |r| r.get(0))?;
        Ok(Point { version: VERSION, generation: generation(c)?, seq, known, below: (known > 0).then_some(known + 1), check: String::new() })
    }

    pub fn to_payload(&self) -> String {
        let sealed = Point { check: self.digest(), ..self.clone() };
        serde_json::to_string(&sealed).expect("numbers and strings are JSON")
    }

    pub fn from_payload(payload: &str) -> Option<Point> {
        let point: Point = serde_json::from_str(payload).ok()?;
        (point.check == point.digest()).then_some(point)
    }

    fn digest(&self) -> String {
        let words = format!("{} {} {} {} {:?}", self.version, self.generation, self.seq, self.known, self.below);
        data_encoding::HEXLOWER.encode(&secret::digest(words.as_bytes())[..8])
    }

    /// Why an index that came this far does not belong to this database; `None`: it does.
    pub fn mismatch(&self, c: &Reader, documents: i64) -> Result<Option<String>> {
        if self.version != VERSION {
            return Ok(Some(format!("it was made by another version ({}, this is {VERSION})", self.version)));
        }
        if self.generation != generation(c)? {
            return Ok(Some("the database was restored from a backup".into()));
        }
        if self.seq > last_seq(c)? {
            return Ok(Some("it is ahead of the database".into()));
        }
        let first: Option<i64> = c.one("SELECT min(seq) FROM index_queue", [], |r| r.get(0))?;
        if self.seq + 1 < first.map_or(last_seq(c)? + 1, |first| first) {
            return Ok(Some("it is older than the database believes".into()));
        }
        let expected = self.expected(c)?;
        Ok((documents != expected).then(|| format!("it holds {documents} messages where {expected} belong")))
    }

    /// Documents that an index at this point must have: the messages of its range, and those erased since.
    fn expected(&self, c: &Reader) -> Result<i64> {
        let range = [self.below.unwrap_or(0), self.known];
        let messages: i64 = c.one("SELECT count(*) FROM message WHERE id BETWEEN ?1 AND ?2", range, |r| r.get(0))?;
        let erased: i64 = c.one(
            "SELECT count(DISTINCT message_id) FROM index_queue WHERE seq > ?1 AND message_id BETWEEN ?2 AND ?3
               AND NOT EXISTS (SELECT 1 FROM message WHERE message.id = message_id)",
            [self.seq, range[0], range[1]],
            |r| r.get(0),
        )?;
        Ok(messages + erased)
    }
}

fn generation(c: &Reader) -> Result<String> {
    let value = c.optional("SELECT value FROM setting WHERE key = ?1", [setting::GENERATION], |r| r.get::<_, String>(0))?;
    Ok(value.unwrap_or_default())
}

/// The newest number that `index_queue` ever gave; AUTOINCREMENT gives none twice.
fn last_seq(c: &Reader) -> Result<i64> {
    Ok(c.optional("SELECT seq FROM sqlite_sequence WHERE name = 'index_queue'", [], |r| r.get(0))?.unwrap_or(0))
}
