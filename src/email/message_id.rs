//! Message identifiers (RFC 5322 3.6.4), without their angle brackets.

use serde::{Deserialize, Serialize};

/// A header line may hold 998 octets (RFC 5322 2.1.1); a longer identifier is nobody's.
const MESSAGE_ID_BYTES_MAX: usize = 900;

/// `left@right`, or whatever a client put between the brackets: no blanks, no brackets, no control characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(String);

impl MessageId {
    /// Takes it with or without brackets.
    pub fn parse(text: &str) -> Option<MessageId> {
        let text = text.trim();
        let text = text.strip_prefix('<').unwrap_or(text);
        let text = text.strip_suffix('>').unwrap_or(text);
        let forbidden = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>');
        (!text.is_empty() && text.len() <= MESSAGE_ID_BYTES_MAX && !text.contains(forbidden)).then(|| MessageId(text.to_owned()))
    }

    /// Without brackets, as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// With brackets, as it stands in a header.
impl std::fmt::Display for MessageId {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "<{}>", self.0)
    }
}
