//! Secrets of an action, sealed with the key file and bound to where they go: whoever changes the URL's host cannot take them along
//! (PROMISES P62). They are opened at the moment of calling, and nowhere else; what comes back is cleaned of them before it is kept.

use super::target::Target;
use crate::secret::SecretKey;
use std::collections::BTreeMap;

/// Under this name stands what a webhook signs with; no header can be called so.
pub const SIGNING: &str = "signing secret";
/// Shorter words are not looked for in answers: they would be found everywhere.
const FOUND_CHARS_MIN: usize = 6;
const HIDDEN: &str = "•••";

/// By header name, lower case.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_ascii_lowercase()).map(String::as_str)
    }

    /// Takes a secret. `Basic user:password` is written as the wire has it (RFC 7617), which knows no colon.
    pub fn set(&mut self, name: &str, value: &str) {
        let value = value.trim();
        let value = match value.split_once(' ') {
            Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") && pair.contains(':') => {
                format!("Basic {}", data_encoding::BASE64.encode(pair.trim().as_bytes()))
            }
            _ => value.to_owned(),
        };
        self.0.insert(name.to_ascii_lowercase(), value);
    }

    /// Keeps those of these names alone.
    pub fn retain(&mut self, names: &[&str]) {
        self.0.retain(|known, _| names.iter().any(|name| name.eq_ignore_ascii_case(known)));
    }

    /// `None` where there is nothing to seal; the nonce must be random.
    pub fn seal(&self, key: &SecretKey, target: &Target, nonce: [u8; 24]) -> Option<Vec<u8>> {
        let json = serde_json::to_vec(&self.0).expect("texts are JSON");
        (!self.is_empty()).then(|| key.seal(&purpose(target), &json, nonce))
    }

    /// What was sealed for this host; words when that cannot be read.
    pub fn open(key: &SecretKey, target: &Target, sealed: Option<&[u8]>) -> Result<Secrets, String> {
        let Some(sealed) = sealed else { return Ok(Secrets::default()) };
        let plain = key.open(&purpose(target), sealed).and_then(|json| serde_json::from_slice(&json).ok());
        plain.map(Secrets).ok_or_else(|| {
            "Its secrets cannot be read: they were entered for another host, or the key file is another one. Enter them again in the settings.".into()
        })
    }

    /// A text without any of the secrets, nor the parts that people would know them by.
    pub fn hide(&self, text: &str) -> String {
        let mut words: Vec<String> = Vec::new();
        for value in self.0.values() {
            let bare = value.split_once(' ').map_or(value.as_str(), |(_, bare)| bare);
            words.extend([value.clone(), bare.to_owned(), super::fill::encoded(bare)]);
            let decoded = data_encoding::BASE64.decode(bare.as_bytes()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            words.extend(decoded.iter().flat_map(|pair| pair.split(':').chain([pair.as_str()])).map(str::to_owned));
        }
        words.retain(|word| word.chars().count() >= FOUND_CHARS_MIN);
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        words.iter().fold(text.to_owned(), |text, word| text.replace(word.as_str(), HIDDEN))
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("Secrets(…)")
    }
}

fn purpose(target: &Target) -> String {
    format!("action secrets for {}", target.origin())
}
