//! What is known of a return: one current value per field, with the sentence it rests on, and all that it was before.

use super::fields::{self, Value};
use super::reading::Found;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::{AgentId, AttachmentId, MessageKey, ReturnId};

super::code::codes! {
    /// Who says so. The shop's own agents have the last word.
    Source {
        Mail = "mail",
        Form = "form",
        Agent = "agent",
        Order = "order",
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub field: String,
    pub value: Value,
    pub sentence: String,
    pub certain: bool,
    pub source: Source,
    pub message_id: Option<MessageKey>,
    pub at: Millis,
    pub by: Option<AgentId>,
}

/// The facts of a return, as they stand now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Facts(pub Vec<Fact>);

/// Who says something new, where and when.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub source: Source,
    pub message: Option<MessageKey>,
    pub by: Option<AgentId>,
    pub at: Millis,
}

const COLUMNS: &str = "field, value, sentence, certain, source, message_id, at, by_id";

pub fn of(c: &Reader, id: ReturnId) -> Result<Facts> {
    Ok(Facts(c.all(&format!("SELECT {COLUMNS} FROM return_fact WHERE return_id = ?1 AND superseded_at IS NULL ORDER BY id"), [id], from_row)?))
}

/// Every value a field ever had, newest first.
pub fn history(c: &Reader, id: ReturnId, field: &str) -> Result<Vec<Fact>> {
    c.all(&format!("SELECT {COLUMNS} FROM return_fact WHERE return_id = ?1 AND field = ?2 ORDER BY return_fact.id DESC"), params![id, field], from_row)
}

/// What came of something that was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Learned {
    /// It was known, or what is known weighs more.
    Nothing,
    New,
    /// Something else had been said as certainly before.
    Instead(Value),
    /// An agent's value stands against it.
    Against(Value),
}

/// Takes up what was said. An agent's value stands against every reading; what is certain stands against what is not; what a mail
/// quotes of words that were taken back comes to nothing; otherwise the newer word counts.
pub fn learn(tx: &Writer, id: ReturnId, found: &Found, said: Said) -> Result<Learned> {
    let known = of(tx, id)?;
    let before = known.get(&found.field);
    if let Some(before) = before {
        let outranked = before.source == Source::Agent && said.source != Source::Agent;
        let doubted = before.certain && !found.certain;
        let confirmed = said.source == Source::Agent && before.source != Source::Agent;
        let again = before.value == found.value && (outranked || (before.certain == found.certain && !confirmed));
        let taken_back = |old: &Fact| old.source == said.source && old.value == found.value && old.sentence == found.sentence;
        if doubted || again || (said.source == Source::Mail && history(tx, id, &found.field)?.iter().any(taken_back)) {
            return Ok(Learned::Nothing);
        }
        if outranked {
            return Ok(if found.certain { Learned::Against(before.value.clone()) } else { Learned::Nothing });
        }
    }
    tx.execute("UPDATE return_fact SET superseded_at = ?3 WHERE return_id = ?1 AND field = ?2 AND superseded_at IS NULL", params![id, found.field, said.at])?;
    tx.execute(
        "INSERT INTO return_fact(return_id, field, value, sentence, certain, source, message_id, at, by_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![id, found.field, serde_json::to_string(&found.value)?, found.sentence, found.certain, said.source.code(), said.message, said.at, said.by],
    )?;
    let instead = before.filter(|before| before.certain && found.certain && before.value != found.value);
    Ok(instead.map_or(Learned::New, |before| Learned::Instead(before.value.clone())))
}

/// An agent says that a field is not known after all.
pub fn clear(tx: &Writer, id: ReturnId, field: &str, now: Millis) -> Result<bool> {
    Ok(tx.execute("UPDATE return_fact SET superseded_at = ?3 WHERE return_id = ?1 AND field = ?2 AND superseded_at IS NULL", params![id, field, now])? > 0)
}

/// Pictures of a message that show it; returns how many are new.
pub fn add_photos(tx: &Writer, id: ReturnId, attachments: &[AttachmentId], now: Millis) -> Result<usize> {
    let mut new = 0;
    for attachment in attachments {
        new += tx.execute("INSERT OR IGNORE INTO return_photo(return_id, attachment_id, at) VALUES (?1, ?2, ?3)", params![id, attachment, now])?;
    }
    Ok(new)
}

/// An agent says that a picture shows nothing of it.
pub fn remove_photo(tx: &Writer, id: ReturnId, attachment: AttachmentId, by: AgentId, now: Millis) -> Result<bool> {
    let sql = "UPDATE return_photo SET removed_at = ?3, removed_by = ?4 WHERE return_id = ?1 AND attachment_id = ?2 AND removed_at IS NULL";
    Ok(tx.execute(sql, params![id, attachment, now, by])? > 0)
}

pub fn photos(c: &Reader, id: ReturnId) -> Result<Vec<AttachmentId>> {
    c.all("SELECT attachment_id FROM return_photo WHERE return_id = ?1 AND removed_at IS NULL ORDER BY attachment_id", [id], |r| r.get(0))
}

impl Facts {
    pub fn get(&self, field: &str) -> Option<&Fact> {
        self.0.iter().find(|fact| fact.field == field)
    }

    /// The value, where it is certain.
    pub fn certain(&self, field: &str) -> Option<&Value> {
        self.get(field).filter(|fact| fact.certain).map(|fact| &fact.value)
    }

    /// The text of a certain value: an order number, the code of a choice.
    pub fn text(&self, field: &str) -> Option<&str> {
        match self.certain(field) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    pub fn reason(&self) -> Option<super::Reason> {
        self.text(fields::REASON).and_then(super::Reason::from_code)
    }

    /// Whether it is still in its original packaging.
    pub fn packaging(&self) -> Option<bool> {
        self.text(fields::PACKAGING).map(|code| code == super::words::YES)
    }

    pub fn wish(&self) -> Option<super::Wish> {
        self.text(fields::WISH).and_then(super::Wish::from_code)
    }
}

fn from_row(r: &Row) -> RowResult<Fact> {
    Ok(Fact {
        field: r.get(0)?,
        value: json(r, 1)?,
        sentence: r.get(2)?,
        certain: r.get(3)?,
        source: Source::from_code(r.get_ref(4)?.as_str()?).unwrap_or(Source::Mail),
        message_id: r.get(5)?,
        at: r.get(6)?,
        by: r.get(7)?,
    })
}
