//! Plain text as HTML: paragraphs, lines, links. Everything else is escaped.

use super::SafeHtml;

/// What a reader scrolls through; the rest is in the raw mail.
const TEXT_BYTES_MAX: usize = 512 * 1024;
/// A longer link is shown as text.
const LINK_BYTES_MAX: usize = 2 * 1024;

/// `text` for reading: a paragraph at each blank line, a break at each line end, links made from web addresses.
pub fn reading(text: &str) -> SafeHtml {
    let mut end = text.len().min(TEXT_BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let mut html = String::with_capacity(end + end / 4);
    let mut open = false;
    for line in text[..end].lines() {
        let line = line.trim_end();
        if line.is_empty() {
            html.push_str(if open { "</p>" } else { "" });
            open = false;
            continue;
        }
        html.push_str(if open { "<br>" } else { "<p>" });
        open = true;
        with_links(line, &mut html);
    }
    html.push_str(if open { "</p>" } else { "" });
    SafeHtml(html)
}

/// The same as an ordinary (unsafe) string, to stand beside other HTML parts of a mail.
pub fn from_text(text: &str) -> String {
    reading(text).0
}

pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    escape_into(text, &mut out);
    out
}

fn escape_into(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\0' => {}
            c => out.push(c),
        }
    }
}

fn with_links(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find("http") {
        let (before, candidate) = rest.split_at(at);
        escape_into(before, out);
        let len = link_len(candidate);
        if len == 0 {
            out.push_str("http");
            rest = &candidate[4..];
            continue;
        }
        let (url, after) = candidate.split_at(len);
        let url = escape(url);
        out.push_str(&format!("<a href=\"{url}\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">{url}</a>"));
        rest = after;
    }
    escape_into(rest, out);
}

/// The length of the web address at the beginning of `text`; the punctuation of the sentence around it is not part of it.
fn link_len(text: &str) -> usize {
    let Some(body) = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")) else { return 0 };
    let scheme = text.len() - body.len();
    let end = body
        .find(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\'' | '`' | '{' | '}' | '|' | '\\' | '^'))
        .unwrap_or(body.len());
    let mut url = body[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', '*', ']', '…', '。', '、']);
    while url.ends_with(')') && !url.contains('(') {
        url = url[..url.len() - 1].trim_end_matches(['.', ',']);
    }
    if url.is_empty() || !url.starts_with(|c: char| c.is_alphanumeric()) || url.len() > LINK_BYTES_MAX { 0 } else { scheme + url.len() }
}

#[cfg(test)]
mod tests {
    use super::reading;

    #[test]
    fn plain_text_becomes_paragraphs_with_links() {
        let html = reading("Hi <b>,\nsee (https://x.example/a?b=1&c=2).\n\nBye").0;
        assert_eq!(
            html,
            "<p>Hi &lt;b&gt;,<br>see (<a href=\"https://x.example/a?b=1&amp;c=2\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">https://x.example/a?b=1&amp;c=2</a>).</p><p>Bye</p>"
        );
        assert_eq!(reading("http https:// javascript:x").0, "<p>http https:// javascript:x</p>");
    }
}
