//! One spelling for words that people hold to be the same: lower case, no accents, full-width and ligatures resolved.

use unicode_normalization::UnicodeNormalization;

/// Longer tokens are cut: nobody types more of a word, and encoded junk would fill the dictionary.
pub const TOKEN_BYTES_MAX: usize = 64;

/// Appends `word` folded: "Café" and "CAFE\u{301}" become "cafe", "Straße" becomes "strasse".
pub fn fold(word: &str, out: &mut String) {
    let start = out.len();
    if word.is_ascii() {
        out.extend(word.chars().map(|c| c.to_ascii_lowercase()));
    } else {
        for c in word.chars().flat_map(char::to_lowercase).nfkd().filter(|c| !is_accent(*c)) {
            match c {
                'ß' => out.push_str("ss"),
                'æ' => out.push_str("ae"),
                'œ' => out.push_str("oe"),
                'þ' => out.push_str("th"),
                'ø' => out.push('o'),
                'đ' | 'ð' => out.push('d'),
                'ł' => out.push('l'),
                'ı' => out.push('i'),
                'ς' => out.push('σ'),
                other => out.push(other),
            }
        }
    }
    cut(out, start);
}

pub fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold(text, &mut out);
    out
}

/// The other spelling of ä, ö, ü, ø and å that a keyboard without them makes: "Müller" is also "mueller".
pub fn spelled_out(word: &str) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    let mut other = false;
    let mut out = String::with_capacity(word.len() + 2);
    for c in word.chars().flat_map(char::to_lowercase).nfc() {
        let two = match c {
            'ä' => "ae",
            'ö' | 'ø' => "oe",
            'ü' => "ue",
            'å' => "aa",
            _ => {
                let mut one = [0; 4];
                fold(c.encode_utf8(&mut one), &mut out);
                continue;
            }
        };
        other = true;
        out.push_str(two);
    }
    cut(&mut out, 0);
    other.then_some(out)
}

/// Lower case with its accents, composed: what a stemmer expects.
pub fn lower(word: &str) -> String {
    if word.is_ascii() { word.to_ascii_lowercase() } else { word.chars().flat_map(char::to_lowercase).nfc().collect() }
}

/// Accents of Latin, Greek and Cyrillic; the marks of other scripts change the letter and stay.
fn is_accent(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

fn cut(out: &mut String, start: usize) {
    if out.len() - start > TOKEN_BYTES_MAX {
        out.truncate(out.floor_char_boundary(start + TOKEN_BYTES_MAX));
    }
}
