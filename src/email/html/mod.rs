//! Their HTML: made safe to show, and made into text.

mod bounds;
mod entities;
mod marks;
mod plain;
mod safe;
mod style;
mod tags;
mod text;

pub use plain::{from_text, reading};
pub use safe::safe;
pub use text::{Converted, convert};

use tags::{Token, Tokens, attribute};

/// HTML that came out of the sanitiser; the only kind that a template renders unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeHtml(String);

impl SafeHtml {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How remote and inline pictures are to be treated.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    /// The reader asked for remote pictures.
    pub remote: bool,
    /// Content-ID → URL of the inline picture on our side.
    pub inline: Vec<(String, String)>,
}

/// The readable text of `html`.
pub fn to_text(html: &str) -> String {
    convert(html).text
}

/// Whether showing remote pictures would change anything.
pub fn has_remote_pictures(html: &str) -> bool {
    let remote = |attributes: &str| {
        let src = attribute(attributes, "src").unwrap_or_default().trim_start().to_ascii_lowercase();
        src.starts_with("http:") || src.starts_with("https:") || src.starts_with("//")
    };
    Tokens::new(html).any(|token| matches!(token, Token::Open(name, attributes) if name.eq_ignore_ascii_case("img") && remote(attributes)))
}

/// The charset that HTML declares in itself: `<meta charset=…>` or `content="text/html; charset=…"`.
pub fn declared_charset(bytes: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(1024)]).to_ascii_lowercase();
    let after = head.split("<meta").skip(1).find_map(|meta| meta.split('>').next()?.split("charset=").nth(1).map(str::to_owned))?;
    let name: String = after.trim_start_matches(['"', '\'', ' ']).chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':')).collect();
    // A <meta> that could be read as ASCII is not UTF-16 (HTML 13.2.3.3).
    (!name.is_empty() && !name.starts_with("utf-16")).then_some(name)
}

#[cfg(test)]
mod tests;
