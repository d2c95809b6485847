//! HTML cut into tags and text, in one pass, without building anything: fast enough for every mail that arrives. Not a
//! browser's parser; what is shown as HTML goes through `safe`, which has one.

pub enum Token<'a> {
    /// Entities not decoded.
    Text(&'a str),
    /// Name as written, attributes as written.
    Open(&'a str, &'a str),
    Close(&'a str),
}

/// The tokens of `html`; comments, declarations and the content of raw text elements left out.
pub struct Tokens<'a> {
    rest: &'a str,
}

/// Their content is not HTML, and not for people.
const RAW: &[&str] = &["script", "style", "title", "template", "noembed", "noframes", "iframe", "xml"];

impl<'a> Tokens<'a> {
    pub fn new(html: &'a str) -> Tokens<'a> {
        Tokens { rest: html }
    }

    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(len);
        self.rest = rest;
        taken
    }

    /// After `<!--`, `<!`, `<?`: to the end of it.
    fn skip_declaration(&mut self) {
        let end = if self.rest.starts_with("<!--") {
            let body = &self.rest[4..];
            // "<!-->" and "<!--->" are empty comments (HTML 13.2.5.43).
            if body.starts_with('>') || body.starts_with("->") { body.find('>').map(|n| n + 5) } else { body.find("-->").map(|n| n + 7) }
        } else {
            self.rest.find('>').map(|n| n + 1)
        };
        self.take(end.unwrap_or(self.rest.len()));
    }

    /// The end of the tag at the beginning of `rest`, quotes respected.
    fn tag_end(&self) -> usize {
        let bytes = self.rest.as_bytes();
        let mut quote = 0u8;
        let mut after_equals = false;
        for (at, byte) in bytes.iter().enumerate().skip(1) {
            match *byte {
                b'>' if quote == 0 => return at + 1,
                b'"' | b'\'' if quote == 0 && after_equals => quote = *byte,
                b if quote != 0 && b == quote => quote = 0,
                _ => {}
            }
            after_equals = *byte == b'=' || (after_equals && byte.is_ascii_whitespace());
        }
        // A quote that never closes: to the first bracket, so that the rest of the mail does not vanish.
        self.rest.find('>').map_or(bytes.len(), |n| n + 1)
    }

    fn skip_raw(&mut self, name: &str) {
        let bytes = self.rest.as_bytes();
        let closes = |at: &usize| {
            bytes[*at..].len() > name.len() + 2
                && bytes[*at] == b'<'
                && bytes[at + 1] == b'/'
                && bytes[at + 2..at + 2 + name.len()].eq_ignore_ascii_case(name.as_bytes())
        };
        let end = (0..bytes.len()).find(closes).unwrap_or(bytes.len());
        self.take(end);
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            let Some(open) = self.rest.find('<') else { return Some(Token::Text(self.take(self.rest.len()))) };
            if open > 0 {
                return Some(Token::Text(self.take(open)));
            }
            match self.rest.as_bytes().get(1) {
                Some(b'!' | b'?') => self.skip_declaration(),
                Some(b'/') => {
                    let end = self.rest.find('>').map_or(self.rest.len(), |n| n + 1);
                    let tag = self.take(end);
                    return Some(Token::Close(name_of(&tag[2..])));
                }
                Some(letter) if letter.is_ascii_alphabetic() => {
                    let end = self.tag_end();
                    let tag = self.take(end);
                    let name = name_of(&tag[1..]);
                    if let Some(raw) = RAW.iter().find(|raw| raw.eq_ignore_ascii_case(name)) {
                        self.skip_raw(raw);
                    }
                    return Some(Token::Open(name, tag[1 + name.len()..].trim_end_matches('>')));
                }
                _ => return Some(Token::Text(self.take(1))),
            }
        }
        None
    }
}

fn name_of(tag: &str) -> &str {
    let end = tag.find(|c: char| c.is_whitespace() || matches!(c, '>' | '/')).unwrap_or(tag.len());
    &tag[..end]
}

/// A tag of a mail client has ten attributes; what stands behind this many is not looked for.
const ATTRIBUTES_READ_MAX: usize = 100;

/// The value of one attribute, entities not decoded.
pub fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = attributes;
    for _ in 0..ATTRIBUTES_READ_MAX {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.char_indices().skip(1).find(|(_, c)| c.is_whitespace() || matches!(c, '=' | '/')).map_or(rest.len(), |(at, _)| at);
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.as_bytes().first() {
                Some(quote @ (b'"' | b'\'')) => after[1..].split_once(char::from(*quote)).unwrap_or((&after[1..], "")),
                _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
            };
        }
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
    }
    None
}

/// Elements that never hold anything.
pub fn is_void(name: &str) -> bool {
    const VOID: &[&str] = &[
        "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr", "basefont", "bgsound", "frame", "keygen",
    ];
    VOID.iter().any(|void| void.eq_ignore_ascii_case(name))
}
