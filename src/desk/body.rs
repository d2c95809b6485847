//! The words of a letter that leaves, as plain text and as HTML: what was written, the signature, the history below.

use crate::conversation::Message;
use crate::email::{html as markup, subject};

pub fn reply_subject(of: &str) -> String {
    format!("Re: {}", subject::base(of))
}

pub fn text(text: &str, signature: &str, quoted: Option<&Message>) -> String {
    let mut body = text.trim_end().to_owned();
    if !signature.trim().is_empty() {
        body.push_str(&format!("\n\n-- \n{}", signature.trim()));
    }
    if let Some(message) = quoted {
        let lines: String = message.new_text.lines().map(|line| if line.starts_with('>') { format!(">{line}\n") } else { format!("> {line}\n") }).collect();
        body.push_str(&format!("\n\n{}\n{lines}", attribution(message)));
    }
    body
}

/// Our words and the quoted ones as plain paragraphs: nothing of their HTML goes out again (PROMISES P48).
pub fn html(text: &str, signature: &str, quoted: Option<&Message>) -> String {
    let mut body = format!("<div>{}</div>", markup::reading(text.trim_end()).as_str());
    if !signature.trim().is_empty() {
        body.push_str(&format!("<div>-- <br>{}</div>", markup::reading(signature.trim()).as_str()));
    }
    if let Some(message) = quoted {
        let attribution = markup::reading(&attribution(message));
        let quote = markup::reading(&message.new_text);
        body.push_str(&format!("<div>{}</div><blockquote type=\"cite\">{}</blockquote>", attribution.as_str(), quote.as_str()));
    }
    format!("<!DOCTYPE html><html><head><meta charset=\"utf-8\"></head><body>{body}</body></html>")
}

fn attribution(message: &Message) -> String {
    let at = message.sent_at.unwrap_or(message.arrived_at);
    let day = jiff::Timestamp::from_millisecond(at).map(|t| t.strftime("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default();
    format!("On {day}, {} wrote:", message.author())
}
