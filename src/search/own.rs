//! Values of the fields that an owner added: which returns hold one, and what a message's document says of them.

use super::fold;
use crate::database::{Reader, Result, json};
use crate::return_request::fields::{Kind, OwnField, Value};
use crate::return_request::{ReturnId, own_field};
use std::collections::HashMap;

/// Answers to a field that are looked through: those of the newest returns.
const ANSWERS_MAX: i64 = 10_000;

/// The newest returns whose field is answered with one of `values`: the words of a choice, words within a text, a number, a day or
/// its beginning.
pub fn holding(c: &Reader, field: &OwnField, values: &[String]) -> Result<Vec<ReturnId>> {
    let wanted: Vec<String> = values.iter().map(|value| folded(value)).collect();
    let codes = |text: &String| {
        let called =
            |(code, words): &&(String, std::collections::BTreeMap<String, String>)| folded(code) == *text || words.values().any(|word| folded(word) == *text);
        field.choices.iter().find(called).map(|(code, _)| code.clone())
    };
    let codes: Vec<String> = wanted.iter().filter_map(codes).collect();
    let holds = |value: &Value| match value {
        Value::Text(code) if field.kind == Kind::Choice => codes.contains(code) || wanted.contains(&folded(code)),
        Value::Text(text) => wanted.iter().any(|wanted| folded(text).contains(wanted.as_str())),
        Value::Date(day) => wanted.iter().any(|wanted| day.to_string().starts_with(wanted.as_str())),
        Value::Count(number) => wanted.contains(&number.to_string()),
        Value::Amount(amount) => wanted.contains(&amount.digits()),
    };
    let sql = "SELECT return_id, value FROM return_fact WHERE field = ?1 AND superseded_at IS NULL ORDER BY return_id DESC LIMIT ?2";
    let rows = c.all(sql, crate::database::params![field.key, ANSWERS_MAX], |r| Ok((r.get::<_, ReturnId>(0)?, json::<Value>(r, 1)?)))?;
    Ok(rows.into_iter().filter(|(_, value)| holds(value)).map(|(id, _)| id).collect())
}

/// Word by word: a long word is cut, a long text is not.
fn folded(text: &str) -> String {
    text.split_whitespace().map(fold::folded).collect::<Vec<_>>().join(" ")
}

/// What the returns that began with these messages were answered, in all words of a choice: the list is JSON.
pub fn said(c: &Reader, messages: &str) -> Result<HashMap<i64, String>> {
    let fields: Vec<OwnField> = own_field::all(c)?;
    if fields.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "SELECT return_request.message_id, field, value FROM return_request JOIN return_fact ON return_id = return_request.id AND superseded_at IS NULL
               WHERE return_request.message_id IN (SELECT value FROM json_each(?1))";
    let rows = c.all(sql, [messages], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, String>(1)?, json::<Value>(r, 2)?)))?;
    let mut said: HashMap<i64, String> = HashMap::new();
    for (message, key, value) in rows {
        let Some(field) = fields.iter().find(|field| field.key == key) else { continue };
        let shown = value.shown();
        let words = field.choices.iter().find(|(code, _)| *code == shown).map(|(_, words)| words.values().cloned().collect::<Vec<_>>().join("\n"));
        let text = said.entry(message).or_default();
        text.push_str(&words.unwrap_or(shown));
        text.push('\n');
    }
    Ok(said)
}
