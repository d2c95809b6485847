//! Placeholders, filled from an allow-list and escaped by the place where they stand (PROMISES P67): a customer's words are a value in a
//! request, never a part of its shape. A value that is not known stops the call, because a refund without its amount is another refund.

use serde_json::{Map, Value};

/// What is known of a return, by placeholder.
pub type Facts = Map<String, Value>;

/// The placeholders there are, with what each means; webhooks carry the same names.
pub const PLACEHOLDERS: &[(&str, &str)] = &[
    ("return", "the return's number, as in R-0001"),
    ("url", "the return's page, for agents"),
    ("state", "where it stands, as in to_refund"),
    ("order_number", "the order's number as the customer knows it"),
    ("order_id", "what your shop's system calls the order, from a look-up"),
    ("payment", "what the payment provider calls its payment, from a look-up"),
    ("item", "what comes back"),
    ("reason", "damaged, not_as_described, wrong_item, changed_mind, not_delivered or other"),
    ("wish", "refund, replacement, exchange, store_credit or repair"),
    ("decision", "refund, partial_refund, replacement, repair, exchange, store_credit, keep_item or decline"),
    ("amount", "the amount that was decided, as in 68.00"),
    ("amount_minor", "the same in the smallest unit, as in 6800"),
    ("currency", "as in EUR"),
    ("name", "the customer's name"),
    ("email", "the customer's address"),
    ("language", "the customer's language, as in en"),
    ("delivered_on", "the day of delivery, as in 2026-11-19"),
    ("photos", "how many photos there are"),
    ("verdict", "within, outside or look"),
    ("key", "a random word that stays the same for each repeat of one call"),
];

/// Values that stand in JSON without quotes where the template has none, if they are numbers.
const NUMBERS: &[&str] = &["amount", "amount_minor", "photos", "order_id", "payment"];

/// Where a text is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Url,
    Json,
    Form,
}

/// One piece of a template.
enum Piece<'a> {
    Text(&'a str),
    /// `{{name}}`; with `?` it may be unknown, and is then empty.
    Value {
        name: &'a str,
        optional: bool,
    },
}

/// Names in `{{…}}` that no placeholder has.
pub fn unknown(template: &str, own: &[String]) -> Vec<String> {
    let known = |name: &str| PLACEHOLDERS.iter().any(|(known, _)| *known == name) || own.iter().any(|own| own == name);
    let names = pieces(template).filter_map(|piece| match piece {
        Piece::Value { name, .. } if !known(name) => Some(name.chars().take(40).collect()),
        _ => None,
    });
    names.collect()
}

/// Whether a template holds one of these placeholders; one that may be empty counts where its value is known.
pub fn names(template: &str, wanted: &[&str], known: bool) -> bool {
    pieces(template).any(|piece| matches!(piece, Piece::Value { name, optional } if wanted.contains(&name) && (known || !optional)))
}

/// The filled text, or the names of what is not known.
pub fn fill(template: &str, facts: &Facts, place: Place) -> Result<String, Vec<String>> {
    let mut filled = String::with_capacity(template.len());
    let (mut missing, mut quotes) = (Vec::new(), Quotes::default());
    for piece in pieces(template) {
        let (name, optional) = match piece {
            Piece::Text(text) => {
                quotes.pass(text);
                filled.push_str(text);
                continue;
            }
            Piece::Value { name, optional } => (name, optional),
        };
        let value = facts.get(name).map(as_text).filter(|value| !value.trim().is_empty());
        match (value, place) {
            (None, _) if !optional => missing.push(name.to_owned()),
            (value, Place::Json) => filled.push_str(&in_json(name, &value.unwrap_or_default(), quotes.open)),
            (value, Place::Url | Place::Form) => filled.push_str(&encoded(&value.unwrap_or_default())),
        }
    }
    if missing.is_empty() { Ok(filled) } else { Err(missing) }
}

/// A form's body: each line of the template is `name=value`, both as people write them.
pub fn fill_form(template: &str, facts: &Facts) -> Result<String, Vec<String>> {
    let (mut pairs, mut missing) = (Vec::new(), Vec::new());
    for (name, value) in template.lines().filter_map(|line| line.trim().split_once('=')) {
        let mut encode = |text: &str| {
            let filled = pieces(text).map(|piece| match piece {
                Piece::Text(text) => Ok(encoded(text)),
                Piece::Value { name, optional } => fill(&format!("{{{{{name}{}}}}}", if optional { "?" } else { "" }), facts, Place::Form),
            });
            let parts: Vec<String> = filled.filter_map(|part| part.map_err(|names| missing.extend(names)).ok()).collect();
            parts.concat()
        };
        let pair = format!("{}={}", encode(name.trim()), encode(value.trim()));
        pairs.push(pair);
    }
    if missing.is_empty() { Ok(pairs.join("&")) } else { Err(missing) }
}

/// An invented return, for trying and for checking a template.
pub fn sample(own: &[String]) -> Facts {
    let value = |name: &str| match name {
        "return" => "R-0000".into(),
        "url" => "https://help.example.test/returns/0".into(),
        "state" => "to_refund".into(),
        "order_number" => "AT-10482".into(),
        "order_id" => "10482".into(),
        "payment" => "pi_example".into(),
        "item" => "“Low Tide” giclée, 50×70".into(),
        "reason" => "damaged".into(),
        "wish" | "decision" => "refund".into(),
        "amount" => "68.00".into(),
        "amount_minor" => 6800.into(),
        "currency" => "EUR".into(),
        "name" => "Mara Okafor".into(),
        "email" => "mara@example.test".into(),
        "language" => "en".into(),
        "delivered_on" => "2026-11-19".into(),
        "photos" => 2.into(),
        "verdict" => "within".into(),
        "key" => "k3v7q2".into(),
        _ => Value::from("example"),
    };
    PLACEHOLDERS.iter().map(|(name, _)| (*name).to_owned()).chain(own.iter().cloned()).map(|name| (name.clone(), value(&name))).collect()
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn encoded(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn as_text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// Inside quotes the escaped text; outside a number as it is, and everything else with quotes of its own.
fn in_json(name: &str, value: &str, quoted: bool) -> String {
    if !quoted && NUMBERS.contains(&name) && serde_json::from_str::<serde_json::Number>(value).is_ok() {
        return value.to_owned();
    }
    let json = Value::from(value).to_string();
    if quoted { json[1..json.len() - 1].to_owned() } else { json }
}

/// Whether a place in a JSON text stands inside quotes.
#[derive(Default)]
struct Quotes {
    open: bool,
    escaped: bool,
}

impl Quotes {
    fn pass(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                _ if self.escaped => self.escaped = false,
                '\\' => self.escaped = self.open,
                '"' => self.open = !self.open,
                _ => {}
            }
        }
    }
}

fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let Some(start) = rest.find("{{") else { return Some(Piece::Text(std::mem::take(&mut rest))) };
        if start > 0 {
            let (text, behind) = rest.split_at(start);
            rest = behind;
            return Some(Piece::Text(text));
        }
        let Some((name, behind)) = rest[2..].split_once("}}") else { return Some(Piece::Text(std::mem::take(&mut rest))) };
        rest = behind;
        let name = name.trim();
        Some(Piece::Value { name: name.trim_end_matches('?').trim(), optional: name.ends_with('?') })
    })
}
