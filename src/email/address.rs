//! Addresses: parsed once, then believed.

use serde::{Deserialize, Serialize};

/// RFC 5321 4.5.3.1: 64 octets before the @, 255 after.
const ADDRESS_BYTES_MAX: usize = 320;

/// `local@domain` as its owner spells it; compare by `key()`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Takes what mail servers take in practice (`a..b@c`, `jörg@exämple.de` too), refuses what could break a header
    /// or an SMTP command: blanks, control characters, brackets, more or less than two sides.
    pub fn parse(text: &str) -> Option<EmailAddress> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@')?;
        let forbidden = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '\\' | '(' | ')');
        let whole = !local.is_empty() && !domain.is_empty() && text.len() <= ADDRESS_BYTES_MAX;
        (whole && !text.contains(forbidden) && !local.contains('@') && !domain.starts_with('.') && !domain.contains(".."))
            .then(|| EmailAddress(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Two addresses with the same key are the same person's: lower case throughout. RFC 5321 lets a server tell
    /// `Anna@` from `anna@`; none that a customer uses does.
    pub fn key(&self) -> String {
        self.0.to_lowercase()
    }

    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A person in a header: RFC 5322 name-addr. The name may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameAddr {
    pub name: String,
    pub address: EmailAddress,
}

impl NameAddr {
    /// The name, or the address where there is none.
    pub fn shown(&self) -> &str {
        if self.name.trim().is_empty() { self.address.as_str() } else { &self.name }
    }
}
