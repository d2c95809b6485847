//! A copy of everything about a person, as a program can read it: every row that they stand in, by table, and their mails as they came.

use super::scope::{self, Scope};
use crate::blobs::Hash;
use crate::customer::{self, CustomerId};
use crate::database::{Millis, Reader, Result, Row, RowResult, ValueRef};
use crate::id::ReturnId;
use serde_json::{Map, Value, json};

/// What a person is given.
#[derive(Clone, Debug)]
pub struct Export {
    pub json: Value,
    /// Raw mails, attachments inside them.
    pub mails: Vec<Mail>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mail {
    /// Of its message; `json` names it so.
    pub message: i64,
    pub hash: Hash,
}

/// What is about the person: a name for the list, and the question with their id.
const OF_CUSTOMER: &[(&str, &str)] = &[
    ("person", "SELECT * FROM customer WHERE id = ?1"),
    ("addresses", "SELECT address, bounced_at FROM customer_address WHERE customer_id = ?1"),
    ("lead", "SELECT * FROM lead WHERE customer_id = ?1"),
    ("interests", "SELECT * FROM interest WHERE customer_id = ?1 ORDER BY id"),
    ("wishes", "SELECT * FROM wish WHERE customer_id = ?1 ORDER BY id"),
    ("consents", "SELECT * FROM consent WHERE customer_id = ?1 ORDER BY id"),
    ("consents_asked", "SELECT * FROM consent_asked WHERE customer_id = ?1 ORDER BY id"),
    ("links", "SELECT act, address, purposes, words, policy_text, created_at, expires_at, used_at FROM consent_link WHERE customer_id = ?1"),
    (
        "follow_ups",
        "SELECT follow_up.*, (SELECT code FROM discount_code WHERE follow_up_id = follow_up.id) AS discount_code FROM follow_up WHERE customer_id = ?1 ORDER BY id",
    ),
    ("corrected", "SELECT at, data, undone_at FROM lead_event WHERE customer_id = ?1 ORDER BY id"),
    ("joined", "SELECT because, moved, at, undone_at FROM customer_join WHERE kept_id = ?1 OR joined_id = ?1"),
];
const OF_CONVERSATION: &[(&str, &str)] = &[
    ("conversation", "SELECT * FROM conversation WHERE id = ?1"),
    ("tags", "SELECT name, at FROM conversation_tag JOIN tag ON tag.id = tag_id WHERE conversation_id = ?1"),
    ("events", "SELECT kind, at, data, undone_at FROM event WHERE conversation_id = ?1 ORDER BY at, id"),
    ("drafts", "SELECT kind, text, people, updated_at FROM draft WHERE conversation_id = ?1"),
    ("uploads", "SELECT name, content_type, bytes, at FROM upload WHERE conversation_id = ?1"),
    ("letters_wanted", "SELECT kind, address, data, wanted_at, settled_at, dropped FROM wanted_letter WHERE conversation_id = ?1 ORDER BY id"),
];
const OF_MESSAGE: &[(&str, &str)] = &[
    ("message", "SELECT message.*, new_text, text FROM message LEFT JOIN message_text ON message_id = message.id WHERE message.id = ?1"),
    ("attachments", "SELECT name, content_type, bytes, inline FROM attachment WHERE message_id = ?1 ORDER BY part"),
    (
        "sent",
        "SELECT outbox_recipient.address, outbox_recipient.state, outbox_recipient.answer, outbox_recipient.at FROM outbox_recipient JOIN outbox ON outbox.id = outbox_id WHERE message_id = ?1",
    ),
];
const OF_RETURN: &[(&str, &str)] = &[
    ("return", "SELECT * FROM return_request WHERE id = ?1"),
    ("facts", "SELECT * FROM return_fact WHERE return_id = ?1 ORDER BY id"),
    ("items", "SELECT title, quantity FROM return_item WHERE return_id = ?1"),
    ("photos", "SELECT * FROM return_photo WHERE return_id = ?1"),
    ("links", "SELECT purpose, created_at, expires_at, used_at FROM return_link WHERE return_id = ?1"),
    ("calls", "SELECT occasion, facts, state, request, answer, words, reference, created_at, settled_at FROM action_call WHERE return_id = ?1 ORDER BY id"),
];
const OF_ORDER: &[(&str, &str)] = &[
    ("order", "SELECT * FROM shop_order WHERE id = ?1"),
    ("lines", "SELECT title, sku, kind, tags, quantity, unit_minor FROM order_line WHERE order_id = ?1 ORDER BY position"),
    ("references", "SELECT name, value FROM order_reference WHERE order_id = ?1"),
];

pub fn export(c: &Reader, id: CustomerId, now: Millis) -> Result<Export> {
    let scope = scope::of(c, id)?;
    let mut all = answers(c, OF_CUSTOMER, id.0)?;
    let others = customer::join::records_of(c, id)?.into_iter().filter(|record| *record != id);
    let emptied = others.map(|record| answers(c, OF_CUSTOMER, record.0)).collect::<Result<Vec<_>>>()?;
    all.insert("records_joined_into_this".into(), json!(emptied));
    all.insert("made_at".into(), time(now));
    let conversations = scope.conversations.iter().chain(&scope.told).map(|id| answers(c, OF_CONVERSATION, id.0)).collect::<Result<Vec<_>>>()?;
    all.insert("conversations".into(), json!(conversations));
    all.insert("messages".into(), json!(scope.messages.iter().map(|id| answers(c, OF_MESSAGE, id.0)).collect::<Result<Vec<_>>>()?));
    all.insert("returns".into(), json!(scope.returns.iter().map(|ReturnId(id)| answers(c, OF_RETURN, *id)).collect::<Result<Vec<_>>>()?));
    all.insert("orders".into(), json!(scope.orders.iter().map(|id| answers(c, OF_ORDER, id.0)).collect::<Result<Vec<_>>>()?));
    Ok(Export { json: Value::Object(all), mails: mails(c, &scope)? })
}

fn mails(c: &Reader, scope: &Scope) -> Result<Vec<Mail>> {
    let mut mails = Vec::new();
    for message in &scope.messages {
        mails.extend(scope::raw_of(c, *message)?.into_iter().map(|hash| Mail { message: message.0, hash }));
    }
    Ok(mails)
}

fn answers(c: &Reader, questions: &[(&str, &str)], id: i64) -> Result<Map<String, Value>> {
    questions.iter().map(|(name, sql)| Ok(((*name).to_owned(), Value::Array(c.all(sql, [id], as_json)?)))).collect()
}

/// A row with the names of its columns. Times are written out, JSON stands as JSON, bytes (all of them hashes) are left out.
fn as_json(row: &Row) -> RowResult<Value> {
    let mut object = Map::new();
    for (column, name) in row.as_ref().column_names().enumerate() {
        let value = match row.get_ref(column)? {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(at) if name == "at" || name.ends_with("_at") => time(at),
            ValueRef::Integer(n) => json!(n),
            ValueRef::Real(n) => json!(n),
            ValueRef::Text(text) => words(&String::from_utf8_lossy(text)),
            ValueRef::Blob(_) => continue,
        };
        object.insert(name.to_owned(), value);
    }
    Ok(Value::Object(object))
}

fn time(at: Millis) -> Value {
    jiff::Timestamp::from_millisecond(at).map_or_else(|_| json!(at), |at| json!(at.to_string()))
}

fn words(text: &str) -> Value {
    let structured = text.starts_with(['{', '[']).then(|| serde_json::from_str(text).ok()).flatten();
    structured.unwrap_or_else(|| json!(text))
}
