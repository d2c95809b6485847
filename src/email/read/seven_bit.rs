//! Charsets that say everything in seven bits, and that `encoding_rs` leaves out because browsers do: old mail has them.

use encoding_rs::{EUC_KR, GBK};

/// ISO-2022-KR (RFC 1557): between shift-out and shift-in, EUC-KR without its high bits.
pub fn shifted(bytes: &[u8]) -> String {
    let mut high = false;
    let mut plain = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, tail)) = rest.split_first() {
        rest = tail;
        match first {
            0x0e => high = true,
            0x0f => high = false,
            0x1b if tail.starts_with(b"$)C") => rest = &tail[3..],
            b'\n' => {
                high = false;
                plain.push(b'\n');
            }
            byte => plain.push(if high && *byte > 0x20 { byte | 0x80 } else { *byte }),
        }
    }
    EUC_KR.decode(&plain).0.into_owned()
}

/// HZ (RFC 1843): between `~{` and `~}`, GB 2312 without its high bits.
pub fn tildes(bytes: &[u8]) -> String {
    let mut high = false;
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'~', Some(b'{')) => high = true,
            (b'~', Some(b'}')) => high = false,
            (b'~', Some(b'~')) => plain.push(b'~'),
            (b'~', Some(b'\n')) => {}
            (byte, _) => {
                plain.push(if high && byte > 0x20 { byte | 0x80 } else { byte });
                at += 1;
                continue;
            }
        }
        at += 2;
    }
    GBK.decode(&plain).0.into_owned()
}

/// UTF-7 (RFC 2152): between `+` and `-`, UTF-16 in base64. For plain text and header words only.
pub fn utf7(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(plus) = rest.iter().position(|b| *b == b'+') {
        out.push_str(&String::from_utf8_lossy(&rest[..plus]));
        let coded = &rest[plus + 1..];
        let len = coded.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).count();
        if len == 0 {
            out.push('+');
        } else {
            let units = super::transfer::base64(&coded[..len]);
            let units = units.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            out.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
        }
        rest = coded[len..].strip_prefix(b"-").unwrap_or(&coded[len..]);
    }
    out.push_str(&String::from_utf8_lossy(rest));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_bits_are_enough() {
        assert_eq!(utf7(b"Fr+APY-sche 1 +- 1 +2D3eAA-!"), "Frösche 1 + 1 😀!");
        assert_eq!(shifted(b"\x1b$)C\x0e>H3g\x0f"), "안녕");
        assert_eq!(tildes(b"~{DcOP~} ~~").chars().count(), 4);
    }
}
