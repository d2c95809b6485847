//! Bytes to characters: the charset that is declared, if it can be true, and otherwise the one that the bytes look like.

use super::seven_bit;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};

/// So many bytes tell a charset as well as a megabyte does.
const GUESS_BYTES_MAX: usize = 32 * 1024;

/// `bytes` as characters, and what was odd about the declared charset.
pub fn decode(bytes: &[u8], declared: Option<&str>) -> (String, Option<String>) {
    let label = declared.map(|d| d.trim().trim_matches(['"', '\'']).to_ascii_lowercase()).filter(|d| !d.is_empty());
    let Some(label) = label else { return (undeclared(bytes), None) };
    if is_utf7(&label) {
        return (seven_bit::utf7(bytes), Some("The text is in UTF-7, which no client should write any more.".into()));
    }
    if bytes.is_ascii() && !is_seven_bit(&label) {
        return (ascii(bytes), None);
    }
    match label.as_str() {
        "iso-2022-kr" => return (seven_bit::shifted(bytes), None),
        "hz-gb-2312" | "hz" => return (seven_bit::tildes(bytes), None),
        _ => {}
    }
    let Some(encoding) = known(&label) else {
        return (undeclared(bytes), Some(format!("The charset “{}” is not known; guessed from the text.", short(&label))));
    };
    if encoding == UTF_8 {
        return utf8(bytes);
    }
    if encoding.is_single_byte() && encoding != encoding_rs::X_USER_DEFINED && !bytes.is_ascii() && std::str::from_utf8(bytes).is_ok() {
        return (undeclared(bytes), Some(format!("Declared as {}, but it is UTF-8.", short(&label))));
    }
    let (text, _, wrong) = encoding.decode(bytes);
    if wrong && std::str::from_utf8(bytes).is_ok() && encoding != ISO_2022_JP {
        return (undeclared(bytes), Some(format!("Declared as {}, but it is UTF-8.", short(&label))));
    }
    (text.into_owned(), wrong.then(|| format!("Some characters are not {}.", short(&label))))
}

/// HTML in UTF-7 can hide tags from whoever looks for them before decoding; HTML that says so is not decoded.
pub fn is_utf7(label: &str) -> bool {
    label.to_ascii_lowercase().ends_with("utf-7") || label.eq_ignore_ascii_case("utf7")
}

/// Text that declares nothing, or raw bytes in a header. `hint` is a charset that stands elsewhere in the mail.
pub fn decode_undeclared(bytes: &[u8], hint: Option<&str>) -> String {
    match hint {
        Some(hint) if !bytes.is_ascii() && std::str::from_utf8(bytes).is_err() => decode(bytes, Some(hint)).0,
        _ => undeclared(bytes),
    }
}

fn undeclared(bytes: &[u8]) -> String {
    if bytes.is_ascii() {
        if is_raw_japanese(bytes) {
            return ISO_2022_JP.decode(bytes).0.into_owned();
        }
        return ascii(bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => guess(bytes).decode(bytes).0.into_owned(),
    }
}

fn ascii(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(GUESS_BYTES_MAX)], true);
    let found = detector.guess(None, Utf8Detection::Deny);
    if found == UTF_8 { WINDOWS_1252 } else { found }
}

/// Declared UTF-8: a few broken bytes stay broken, a text that is all wrong is guessed.
fn utf8(bytes: &[u8]) -> (String, Option<String>) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (text.to_owned(), None);
    }
    let text = String::from_utf8_lossy(bytes);
    let broken = text.chars().filter(|c| *c == char::REPLACEMENT_CHARACTER).count();
    let whole = text.chars().filter(|c| !c.is_ascii()).count() - broken;
    if whole >= broken {
        return (text.into_owned(), Some("Some characters are not UTF-8, although it is declared.".into()));
    }
    (guess(bytes).decode(bytes).0.into_owned(), Some("Declared as UTF-8, but it is not; guessed from the text.".into()))
}

/// Labels beside those that browsers know (<https://encoding.spec.whatwg.org/#names-and-labels>).
fn known(label: &str) -> Option<&'static Encoding> {
    let name = match label {
        "utf8mb4" | "utf-8n" | "utf_8" | "unicode" => "utf-8",
        "ansi" | "ansi_x3.4-1968" | "default" | "iso8859-1" | "8859_1" | "cp-1252" | "cp819" | "win-1252" => "windows-1252",
        "cp936" | "gb_2312" | "cn-gb" | "ms936" => "gbk",
        "cp950" | "ms950" => "big5",
        "cp949" | "ms949" | "ks_c_5601" | "uhc" | "cp51949" => "euc-kr",
        "cp932" | "shift-jis2004" | "shift_jisx0213" | "sjis-win" | "x-sjis-jp" => "shift_jis",
        "iso-2022-jp-1" | "iso-2022-jp-2" | "iso-2022-jp-3" | "iso-2022-jp-2004" | "cp50220" | "cp50221" | "iso-2022-jp-ms" => "iso-2022-jp",
        "cp51932" | "eucjp" | "eucjp-ms" | "eucjp-win" => "euc-jp",
        "koi8" | "koi" | "cp878" => "koi8-r",
        "tis620" | "tis-620-2533" => "tis-620",
        other => {
            let other = other.strip_prefix("x-").filter(|o| o.starts_with("windows")).unwrap_or(other);
            if let Some(number) = other.strip_prefix("windows").or_else(|| other.strip_prefix("cp")).map(|n| n.trim_start_matches(['-', '_'])) {
                return Encoding::for_label(format!("windows-{number}").as_bytes());
            }
            other
        }
    };
    // The "replacement" encoding turns everything into one U+FFFD: worse than a guess.
    Encoding::for_label(name.as_bytes()).filter(|e| *e != encoding_rs::REPLACEMENT)
}

/// Charsets whose non-ASCII text is made of ASCII bytes.
fn is_seven_bit(label: &str) -> bool {
    label.starts_with("iso-2022") || label.starts_with("cp5022") || label.starts_with("hz") || label.starts_with("utf-16") || label == "csiso2022jp"
}

/// `ESC $ B` or `ESC $ @`: ISO-2022-JP without saying so.
fn is_raw_japanese(bytes: &[u8]) -> bool {
    bytes.contains(&0x1b) && bytes.windows(3).any(|w| w[0] == 0x1b && w[1] == b'$' && matches!(w[2], b'B' | b'@'))
}

fn short(label: &str) -> &str {
    label.char_indices().nth(40).map_or(label, |(at, _)| &label[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_declared_charset_is_believed_when_it_can_be_true() {
        assert_eq!(decode(b"Gr\xfc\xdfe", Some("iso-8859-1")).0, "Grüße");
        assert_eq!(decode(b"\xcf\xf0\xe8\xe2\xe5\xf2", Some("CP-1251")).0, "Привет");
        assert_eq!(decode("Grüße".as_bytes(), Some("us-ascii")).0, "Grüße");
        assert_eq!(decode(b"\x1b$)C\x0e>H3g\x0f", Some("iso-2022-kr")).0, "안녕");
        assert_eq!(decode(b"~{DcOP~}", Some("hz-gb-2312")).0.chars().count(), 2);
    }

    #[test]
    fn a_wrong_or_missing_charset_is_guessed() {
        assert_eq!(decode("Grüße aus Köln".as_bytes(), None).0, "Grüße aus Köln");
        assert_eq!(decode(b"Viele Gr\xfc\xdfe aus K\xf6ln", Some("utf-8")).0, "Viele Grüße aus Köln");
        assert_eq!(decode(b"\x1b$B$3$s$K$A$O\x1b(B", None).0, "こんにちは");
    }
}
