//! Encoded words (RFC 2047), as clients really write them: inside quotes, with blanks, cut in the middle of a character.

use super::{charset, transfer};

/// `text` with its encoded words decoded. Neighbours in one charset are joined before they become characters, since
/// clients cut multi-byte characters (and base64 groups) in two.
pub fn decode(text: &str) -> String {
    if !text.contains("=?") {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut run: Option<Run> = None;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        let start = rest.find("=?").unwrap_or(rest.len());
        let between = &rest[..start];
        match Word::at(&rest[start..]) {
            Some(word) => {
                let joins = run.as_ref().is_some_and(|r| between.trim().is_empty() && r.charset.eq_ignore_ascii_case(word.charset));
                if !joins {
                    let after_word = run.is_some();
                    flush(&mut run, &mut out);
                    // RFC 2047 6.2: white space between two encoded words is not shown.
                    if !(after_word && between.trim().is_empty()) {
                        out.push_str(between);
                    }
                    run = Some(Run { charset: word.charset.to_owned(), ..Run::default() });
                }
                run.as_mut().expect("set above").push(&word);
                at += start + word.len;
            }
            None => {
                flush(&mut run, &mut out);
                let taken = (start + 2).min(rest.len());
                out.push_str(&rest[..taken]);
                at += taken;
            }
        }
    }
    flush(&mut run, &mut out);
    out
}

/// Neighbouring words of one charset.
#[derive(Default)]
struct Run {
    charset: String,
    bytes: Vec<u8>,
    /// Base64 whose last group is not complete.
    open: String,
}

impl Run {
    fn push(&mut self, word: &Word) {
        if word.base64 {
            self.open.extend(word.text.chars().filter(|c| !c.is_whitespace()));
            let padded = self.open.ends_with('=') || self.open.len().is_multiple_of(4);
            if padded {
                self.close();
            }
        } else {
            self.close();
            q(word.text, &mut self.bytes);
        }
    }

    fn close(&mut self) {
        self.bytes.extend(transfer::base64(self.open.as_bytes()));
        self.open.clear();
    }
}

fn flush(run: &mut Option<Run>, out: &mut String) {
    if let Some(mut run) = run.take() {
        run.close();
        out.push_str(&charset::decode(&run.bytes, Some(&run.charset)).0);
    }
}

/// `=?charset?B?text?=`
struct Word<'a> {
    charset: &'a str,
    base64: bool,
    text: &'a str,
    len: usize,
}

impl<'a> Word<'a> {
    /// The encoded word that `rest` opens with.
    fn at(rest: &'a str) -> Option<Word<'a>> {
        let inside = rest.strip_prefix("=?")?;
        let (charset, after) = inside.split_once('?')?;
        if charset.is_empty() || charset.len() > 60 || charset.contains(char::is_whitespace) {
            return None;
        }
        let base64 = match after.as_bytes().first()? {
            b'B' | b'b' => true,
            b'Q' | b'q' => false,
            _ => return None,
        };
        let text = after[1..].strip_prefix('?')?;
        let end = text.find("?=")?;
        // `?=` may be the `?` of the text and the `=` of its next escape: "=?utf-8?Q?why?=3F?=".
        let end = match text[end..].strip_prefix("?=") {
            Some(tail) if !base64 && looks_escaped(tail) && tail.contains("?=") && !tail[..tail.find("?=").unwrap_or(0)].contains("=?") => {
                end + 2 + tail.find("?=")?
            }
            _ => end,
        };
        let charset = charset.split('*').next().unwrap_or(charset); // RFC 2231 5: a language may follow
        Some(Word { charset, base64, text: &text[..end], len: rest.len() - text.len() + end + 2 })
    }
}

fn looks_escaped(tail: &str) -> bool {
    tail.len() > 2 && tail.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit)
}

fn q(text: &str, out: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'_' => out.push(b' '),
            b'=' => match bytes.get(at + 1..at + 3).and_then(transfer::hex) {
                Some(byte) => {
                    out.push(byte);
                    at += 2;
                }
                None => out.push(b'='),
            },
            b'\r' | b'\n' => {}
            other => out.push(other),
        }
        at += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn encoded_words_are_read_in_all_their_forms() {
        for (written, meant) in [
            ("=?utf-8?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
            ("=?UTF-8?B?SsO2cmc=?= Meyer", "Jörg Meyer"),
            ("=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?=", "Jörg"),
            ("=?utf-8?B?SsO2?=\r\n =?utf-8?B?cmc=?=", "Jörg"),
            ("=?utf-8?B?SsO?= =?utf-8?B?2cmc?=", "Jörg"),
            ("=?iso-8859-1?Q?a?= =?utf-8?Q?b?=", "ab"),
            ("a =?utf-8?Q?b?= c", "a b c"),
            ("=?utf-8*de?Q?b?=", "b"),
            ("=?utf-8?Q?two words?=", "two words"),
            ("=?utf-8?Q?open", "=?utf-8?Q?open"),
            ("=?utf-8?X?x?=", "=?utf-8?X?x?="),
            ("=?ISO-2022-JP?B?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
        ] {
            assert_eq!(decode(written), meant, "{written}");
        }
    }
}
