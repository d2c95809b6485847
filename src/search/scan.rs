//! Where words begin and end, byte by byte where a text is ASCII, as most of most mails is.

use unicode_normalization::char::is_combining_mark;

/// The next run of letters, digits and the marks that belong to them, as byte offsets.
pub fn next_word(text: &str, from: usize) -> Option<(usize, usize)> {
    let bytes = text.as_bytes();
    let mut start = from;
    loop {
        match *bytes.get(start)? {
            b if b.is_ascii_alphanumeric() => break,
            b if b.is_ascii() => start += 1,
            _ => {
                let c = text[start..].chars().next()?;
                if c.is_alphanumeric() {
                    break;
                }
                start += c.len_utf8();
            }
        }
    }
    let mut end = start;
    while let Some(&byte) = bytes.get(end) {
        if byte.is_ascii_alphanumeric() {
            end += 1;
        } else if byte.is_ascii() {
            break;
        } else {
            match text[end..].chars().next().filter(|c| c.is_alphanumeric() || is_combining_mark(*c)) {
                Some(c) => end += c.len_utf8(),
                None => break,
            }
        }
    }
    Some((start, end))
}

/// The sign that joins two words, where a single one stands between them.
pub fn connector(between: &str) -> Option<char> {
    match between.as_bytes() {
        [b @ (b'@' | b'.' | b'_' | b'-' | b'+' | b'\'' | b'/' | b'#')] => Some(char::from(*b)),
        _ if between == "’" => Some('’'),
        _ => None,
    }
}

/// Scripts written without blanks between words.
pub fn is_paired(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF | 0x1000..=0x109F | 0x1780..=0x17FF           // Thai, Lao, Myanmar, Khmer
        | 0x1100..=0x11FF | 0xAC00..=0xD7FF                           // Hangul
        | 0x3005..=0x3007 | 0x3040..=0x30FF | 0x31F0..=0x31FF | 0xFF66..=0xFF9F // Kana
        | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF) // Han
}
