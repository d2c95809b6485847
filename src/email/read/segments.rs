//! Several text parts as one reading: the branches of an alternative say the same thing, parts beside each other say one
//! thing after the other.

use crate::email::html;

/// Text parts that say one thing: the branches of an alternative, or a part alone.
#[derive(Default)]
pub struct Segment {
    alternative: Option<usize>,
    plain: Option<String>,
    html: Option<String>,
}

impl Segment {
    /// A decoded text part, in the order of the mail.
    pub fn add(segments: &mut Vec<Segment>, alternative: Option<usize>, is_html: bool, text: String) {
        if alternative.is_none() || segments.last().is_none_or(|s| s.alternative != alternative) {
            segments.push(Segment { alternative, ..Segment::default() });
        }
        let segment = segments.last_mut().expect("pushed above");
        let place = if is_html { &mut segment.html } else { &mut segment.plain };
        match place {
            Some(earlier) => {
                earlier.push_str(if is_html { "<br>" } else { "\n\n" });
                earlier.push_str(&text);
            }
            None => *place = Some(text),
        }
    }
}

#[derive(Default)]
pub struct Reading {
    pub text: String,
    /// Offset in `text` from which on it is history.
    pub history: Option<usize>,
    pub html: Option<String>,
}

impl Reading {
    pub fn of(segments: &mut Vec<Segment>) -> Reading {
        let mut reading = Reading::default();
        let any_html = segments.iter().any(|s| s.html.as_deref().is_some_and(|h| !h.trim().is_empty()));
        for segment in segments.drain(..) {
            let plain = segment.plain.unwrap_or_default();
            let markup = segment.html.unwrap_or_default();
            if !(reading.text.is_empty() || plain.is_empty() && markup.is_empty()) {
                reading.text.push('\n');
            }
            if markup.is_empty() || !is_stub(&plain, &markup) {
                reading.text.push_str(&plain);
            } else {
                let converted = html::convert(&markup);
                reading.history = reading.history.or(converted.history.map(|at| at + reading.text.len()));
                reading.text.push_str(&converted.text);
            }
            if any_html {
                let whole = reading.html.get_or_insert_default();
                whole.push_str(&if markup.is_empty() { html::from_text(&plain) } else { markup });
            }
        }
        reading
    }
}

/// A plain branch that only says "get a better client" (or nothing) beside HTML that says something.
fn is_stub(plain: &str, markup: &str) -> bool {
    let plain = plain.trim();
    let says_html = || plain.len() < 300 && markup.len() > 4 * plain.len() && plain.to_ascii_lowercase().contains("html");
    plain.is_empty() || says_html()
}
