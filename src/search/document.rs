//! Messages as documents: few queries for many of them.

use super::own;
use super::schema::{ATTACHMENT, Fields, PHOTO};
use super::stem;
use crate::conversation::People;
use crate::database::{Reader, Result, SqlError, json};
use std::collections::HashMap;
use tantivy::TantivyDocument;

/// Text looked at per message; what is longer is a log or a book, and its beginning finds it.
const TEXT_CHARS_MAX: usize = 200_000;

/// The documents of those of `ids` that still are messages, with their approximate size in bytes.
pub fn load(c: &Reader, fields: &Fields, ids: &[i64]) -> Result<Vec<(TantivyDocument, usize)>> {
    let list = serde_json::to_string(ids)?;
    let attached = attachments(c, &list)?;
    let said = own::said(c, &list)?;
    c.all(
        &format!(
            "SELECT message.id, conversation_id, arrived_at, message.subject, from_name, from_address, people, json_extract(reading, '$.language'),
                   customer.name, substr(coalesce(text, new_text, ''), 1, {TEXT_CHARS_MAX})
             FROM message JOIN conversation ON conversation.id = conversation_id JOIN customer ON customer.id = customer_id
             LEFT JOIN message_text ON message_text.message_id = message.id
             WHERE message.id IN (SELECT value FROM json_each(?1))"
        ),
        [&list],
        |r| {
            let id: i64 = r.get(0)?;
            let (subject, from_name, from_address) = (r.get_ref(3)?.as_str()?, r.get_ref(4)?.as_str()?, r.get_ref(5)?.as_str()?);
            let body = r.get_ref(9)?.as_str()?;
            let mut document = TantivyDocument::new();
            document.add_u64(fields.id, id as u64);
            document.add_u64(fields.conversation, r.get::<_, i64>(1)? as u64);
            document.add_i64(fields.at, r.get(2)?);
            document.add_text(fields.subject, subject);
            document.add_text(fields.body, body);
            document.add_text(fields.from, format!("{from_name} {from_address}"));
            for person in json::<People>(r, 6).unwrap_or_default().everyone() {
                document.add_text(fields.to, format!("{} {}", person.name, person.address));
            }
            document.add_text(fields.others, r.get_ref(8)?.as_str()?);
            if let Some(language) = r.get_ref(7)?.as_str_or_null().map_err(SqlError::from)?.and_then(stem::number_of) {
                document.add_text(fields.stems[language], subject);
                document.add_text(fields.stems[language], body);
            }
            if let Some(said) = said.get(&id) {
                document.add_text(fields.others, said);
            }
            if let Some(found) = attached.get(&id) {
                document.add_text(fields.others, &found.names);
                document.add_text(fields.fact, ATTACHMENT);
                if found.photo {
                    document.add_text(fields.fact, PHOTO);
                }
            }
            let bytes = body.len() + subject.len() + 500;
            Ok((document, bytes))
        },
    )
}

struct Attached {
    names: String,
    photo: bool,
}

/// An image that somebody took or scanned; not the logo in a signature. `attachment` is in scope where this stands.
pub const IS_PHOTO: &str = "(attachment.content_type LIKE 'image/%' AND (attachment.inline = 0 OR attachment.bytes >= 20000))";

fn attachments(c: &Reader, ids: &str) -> Result<HashMap<i64, Attached>> {
    let rows = c.all(
        &format!("SELECT message_id, name, {IS_PHOTO} FROM attachment WHERE message_id IN (SELECT value FROM json_each(?1)) ORDER BY message_id, part"),
        [ids],
        |r| Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?, r.get::<_, bool>(2)?)),
    )?;
    let mut found: HashMap<i64, Attached> = HashMap::new();
    for (message, name, photo) in rows {
        let entry = found.entry(message).or_insert(Attached { names: String::new(), photo: false });
        entry.names.push_str(&name);
        entry.names.push('\n');
        entry.photo |= photo;
    }
    Ok(found)
}

impl People {
    fn everyone(&self) -> impl Iterator<Item = &crate::email::NameAddr> {
        self.to.iter().chain(&self.cc).chain(&self.bcc).chain(&self.reply_to)
    }
}
