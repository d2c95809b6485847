//! HTML as readable text: paragraphs, lists, table rows, quotes with `>` before them.

use super::entities;
use super::marks::{begins_history, is_block, is_hidden, is_mail_quote};
use super::tags::{Token, Tokens, attribute};

/// The text of this much HTML is read; the HTML itself stays whole.
const HTML_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Deeper quotes are shown at this depth; else every line of a hostile mail could grow by its depth.
const QUOTE_DEPTH_MAX: usize = 12;
/// A longer address behind a link tells its reader nothing.
const SHOWN_LINK_BYTES_MAX: usize = 80;

pub struct Converted {
    pub text: String,
    /// Offset in `text` at which the client that wrote the HTML marked the beginning of the history.
    pub history: Option<usize>,
}

pub fn convert(html: &str) -> Converted {
    let mut end = html.len().min(HTML_BYTES_MAX);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let html = &html[..end];
    let mut writer = run(html, true);
    if writer.hidden.is_some() {
        // A hidden element that never ends would hide the rest of the mail.
        writer = run(html, false);
    }
    let history = writer.history.filter(|at| *at < writer.out.len());
    Converted { text: writer.out, history }
}

fn run(html: &str, hide: bool) -> Writer<'_> {
    let mut writer = Writer::default();
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) if writer.hidden.is_none() => writer.text(&entities::decode(text)),
            Token::Text(_) => {}
            Token::Open(name, attributes) => writer.open(&name.to_ascii_lowercase(), attributes, hide),
            Token::Close(name) => writer.close(&name.to_ascii_lowercase()),
        }
    }
    writer
}

#[derive(Default)]
struct Writer<'a> {
    out: String,
    /// Line feeds and blanks to write before the next text.
    lines: usize,
    blanks: usize,
    pre: usize,
    /// For each open blockquote: whether it quotes a mail.
    quotes: Vec<bool>,
    /// How many of them do.
    mail_quotes: usize,
    /// For each open list: the next number, or `None` for bullets.
    lists: Vec<Option<u32>>,
    /// The element that hides its content, and how many of its name are open.
    hidden: Option<(String, usize)>,
    link: Option<(&'a str, usize)>,
    /// Something was written on this line.
    begun: bool,
    history: Option<usize>,
}

impl<'a> Writer<'a> {
    fn open(&mut self, name: &str, attributes: &'a str, hide: bool) {
        if let Some((hiding, count)) = &mut self.hidden {
            *count += usize::from(hiding == name && !attributes.ends_with('/'));
            return;
        }
        if hide && !super::tags::is_void(name) && is_hidden(attributes) {
            self.hidden = Some((name.to_owned(), 1));
            return;
        }
        if self.history.is_none() && begins_history(attributes) {
            self.block(1);
            self.history = Some(self.out.len());
        }
        match name {
            "br" => self.lines = (self.lines + 1).min(3),
            "p" if attribute(attributes, "class").is_some_and(|class| class.contains("MsoNormal") || class.contains("MsoPlain")) => self.block(1),
            "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "dl" | "table" => self.block(2),
            "hr" => {
                self.block(1);
                self.put("---");
                self.block(1);
            }
            "pre" => {
                self.block(2);
                self.pre += 1;
            }
            "ul" | "ol" => {
                self.block(if self.lists.is_empty() { 2 } else { 1 });
                let start = attribute(attributes, "start").and_then(|n| n.parse().ok()).unwrap_or(1);
                self.lists.push((name == "ol").then_some(start));
            }
            "li" => self.item(),
            "blockquote" => {
                let quotes = self.is_quote(attributes);
                self.block(if quotes { 1 } else { 2 });
                self.quotes.push(quotes);
                self.mail_quotes += usize::from(quotes);
            }
            "td" | "th" if self.begun && self.lines == 0 => self.blanks = 2,
            "a" => self.link = attribute(attributes, "href").map(|href| (href, self.out.len())),
            "img" => {
                let alt = attribute(attributes, "alt").map(entities::decode).unwrap_or_default();
                self.text(&alt);
            }
            _ if is_block(name) => self.block(1),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        if let Some((hiding, count)) = &mut self.hidden {
            *count -= usize::from(hiding == name);
            if *count == 0 {
                self.hidden = None;
            }
            return;
        }
        match name {
            "p" if self.lines < 1 => self.block(1),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "table" | "dl" => self.block(2),
            "pre" => {
                self.pre = self.pre.saturating_sub(1);
                self.block(2);
            }
            "ul" | "ol" => {
                self.lists.pop();
                self.block(if self.lists.is_empty() { 2 } else { 1 });
            }
            "blockquote" => {
                self.block(1);
                self.mail_quotes -= usize::from(self.quotes.pop() == Some(true));
                // The line after a quote is not the quote's.
                self.block(2);
            }
            "a" => self.end_link(),
            _ if is_block(name) => self.block(1),
            _ => {}
        }
    }

    fn item(&mut self) {
        self.block(1);
        let depth = self.lists.len().clamp(1, QUOTE_DEPTH_MAX);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{}. ", *number - 1)
            }
            _ => "- ".into(),
        };
        self.put(&"  ".repeat(depth - 1));
        self.put(&mark);
    }

    fn end_link(&mut self) {
        let Some((href, from)) = self.link.take() else { return };
        let shown = self.out.get(from..).unwrap_or_default();
        let web = href.starts_with("http://") || href.starts_with("https://");
        if web
            && href.len() <= SHOWN_LINK_BYTES_MAX
            && !shown.trim().is_empty()
            && !shown.contains("://")
            && !shown.contains("www.")
            && !shown.contains('@')
            && !href.contains(shown.trim())
        {
            let href = entities::decode(href);
            self.put(&format!(" <{href}>"));
        }
    }

    /// A line ends here; `lines` 2 leaves a blank one.
    fn block(&mut self, lines: usize) {
        self.blanks = 0;
        if !self.out.is_empty() {
            self.lines = self.lines.max(lines);
        }
    }

    fn text(&mut self, text: &str) {
        if self.pre > 0 {
            for (n, line) in text.split('\n').enumerate() {
                self.lines += usize::from(n > 0);
                if !line.is_empty() {
                    self.put(line.trim_end_matches('\r'));
                }
            }
            return;
        }
        for word in text.split_inclusive(char::is_whitespace) {
            let bare = word.trim_end_matches(char::is_whitespace);
            if !bare.is_empty() {
                self.put(bare);
            }
            if bare.len() < word.len() {
                let hard = word.ends_with('\u{a0}') && !self.begun_line();
                // An empty paragraph made of &nbsp; is a blank line.
                self.lines = if hard && self.lines == 1 { 2 } else { self.lines };
                self.blanks = self.blanks.max(usize::from(self.begun_line()));
            }
        }
    }

    fn begun_line(&self) -> bool {
        self.begun && self.lines == 0
    }

    fn put(&mut self, text: &str) {
        if self.lines > 0 {
            let depth = self.depth();
            for n in 0..self.lines.min(3) {
                self.out.push('\n');
                if n + 1 < self.lines.min(3) && depth > 0 {
                    self.out.extend(std::iter::repeat_n('>', depth));
                }
            }
            self.lines = 0;
            self.begun = false;
        }
        if !self.begun {
            let depth = self.depth();
            if depth > 0 {
                self.out.extend(std::iter::repeat_n('>', depth));
                self.out.push(' ');
            }
            self.begun = true;
        } else if self.blanks > 0 {
            self.out.push_str(if self.blanks == 1 { " " } else { "  " });
        }
        self.blanks = 0;
        self.out.push_str(text);
    }

    fn depth(&self) -> usize {
        self.mail_quotes.min(QUOTE_DEPTH_MAX)
    }

    /// A plain blockquote quotes a mail when it stands in one that does, or after "… wrote:".
    fn is_quote(&self, attributes: &str) -> bool {
        is_mail_quote(attributes) || self.depth() > 0 || self.out.trim_end().ends_with(':')
    }
}
