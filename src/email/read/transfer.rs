//! Content-Transfer-Encoding (RFC 2045 6), leniently: what a broken encoder left readable is read.

use std::borrow::Cow;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transfer {
    /// 7bit, 8bit, binary, or nothing that we know.
    #[default]
    Identity,
    Base64,
    QuotedPrintable,
    Uuencode,
}

impl Transfer {
    pub fn from_field(value: Option<&[u8]>) -> Transfer {
        let Some(value) = value else { return Transfer::Identity };
        let value = value.trim_ascii().to_ascii_lowercase();
        let value = value.strip_prefix(b"\"").unwrap_or(&value);
        match value {
            v if v.starts_with(b"base64") || v.starts_with(b"base-64") => Transfer::Base64,
            v if v.starts_with(b"quoted") => Transfer::QuotedPrintable,
            v if v.starts_with(b"x-uu") || v.starts_with(b"uu") => Transfer::Uuencode,
            _ => Transfer::Identity,
        }
    }

    pub fn decode(self, body: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Transfer::Identity => Cow::Borrowed(body),
            Transfer::Base64 => Cow::Owned(base64(body)),
            Transfer::QuotedPrintable => Cow::Owned(quoted_printable(body)),
            Transfer::Uuencode => Cow::Owned(uudecode(body)),
        }
    }

    /// The size of `decode(body)`; base64 is counted, not decoded.
    pub fn decoded_len(self, body: &[u8]) -> usize {
        match self {
            Transfer::Identity => body.len(),
            Transfer::Base64 => base64_len(body),
            _ => self.decode(body).len(),
        }
    }
}

const NONE: u8 = 255;
const PAD: u8 = 254;

const BASE64: [u8; 256] = {
    let mut table = [NONE; 256];
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at = 0;
    while at < 64 {
        table[letters[at] as usize] = at as u8;
        at += 1;
    }
    table[b'=' as usize] = PAD;
    table
};

/// Base64 with whatever stands between its letters skipped, padding optional, and more data after a padding taken too
/// (encoders that encode in pieces).
pub fn base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3 + 3);
    let (mut bits, mut count) = (0u32, 0u8);
    for byte in body {
        match BASE64[*byte as usize] {
            NONE => {}
            PAD => {
                rest_of_group(bits, count, &mut out);
                (bits, count) = (0, 0);
            }
            value => {
                bits = bits << 6 | u32::from(value);
                count += 1;
                if count == 4 {
                    out.extend_from_slice(&bits.to_be_bytes()[1..]);
                    (bits, count) = (0, 0);
                }
            }
        }
    }
    rest_of_group(bits, count, &mut out);
    out
}

fn rest_of_group(bits: u32, count: u8, out: &mut Vec<u8>) {
    match count {
        2 => out.push((bits >> 4) as u8),
        3 => out.extend_from_slice(&[(bits >> 10) as u8, (bits >> 2) as u8]),
        _ => {}
    }
}

fn base64_len(body: &[u8]) -> usize {
    let (mut len, mut count) = (0usize, 0usize);
    for byte in body {
        match BASE64[*byte as usize] {
            NONE => {}
            PAD => {
                len += count.saturating_sub(1);
                count = 0;
            }
            _ => {
                count += 1;
                if count == 4 {
                    len += 3;
                    count = 0;
                }
            }
        }
    }
    len + count.saturating_sub(1)
}

/// The byte that two hexadecimal digits stand for.
pub fn hex(digits: &[u8]) -> Option<u8> {
    let value = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    match digits {
        [high, low] => Some(value(*high)? << 4 | value(*low)?),
        _ => None,
    }
}

fn quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let Some(next) = body[at..].iter().position(|b| matches!(b, b'=' | b'\n')).map(|n| at + n) else {
            out.extend_from_slice(&body[at..]);
            break;
        };
        out.extend_from_slice(&body[at..next]);
        if body[next] == b'\n' {
            end_of_line(&mut out);
            at = next + 1;
        } else if let Some(byte) = body.get(next + 1..next + 3).and_then(hex) {
            out.push(byte);
            at = next + 3;
        } else {
            let blanks = body[next + 1..].iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count();
            match body.get(next + 1 + blanks) {
                Some(b'\n') => at = next + 2 + blanks,
                None => at = body.len(),
                Some(_) => {
                    out.push(b'=');
                    at = next + 1;
                }
            }
        }
    }
    out
}

/// RFC 2045 6.7 (3): white space before a line's end was added on the way.
fn end_of_line(out: &mut Vec<u8>) {
    let cr = out.last() == Some(&b'\r');
    if cr {
        out.pop();
    }
    while matches!(out.last(), Some(b' ' | b'\t')) {
        out.pop();
    }
    if cr {
        out.push(b'\r');
    }
    out.push(b'\n');
}

fn uudecode(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let mut begun = false;
    for line in body.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.starts_with(b"begin ") {
            begun = true;
        } else if line == b"end" {
            break;
        } else if begun && let Some((count, data)) = line.split_first() {
            let wanted = usize::from(count.wrapping_sub(32) & 63);
            let groups = data.chunks(4).flat_map(|group| {
                let bits = (0..4).fold(0u32, |bits, n| bits << 6 | u32::from(group.get(n).map_or(0, |b| b.wrapping_sub(32) & 63)));
                [(bits >> 16) as u8, (bits >> 8) as u8, bits as u8]
            });
            out.extend(groups.take(wanted));
        }
    }
    if begun { out } else { body.to_vec() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_without_padding_and_through_junk() {
        for written in ["SGFsbG8gV2VsdA==", "SGFsbG8gV2VsdA", "SGFs\r\nbG8g!!V2V sdA=", "SGFsbG8=IFdlbHQ="] {
            assert_eq!(base64(written.as_bytes()), b"Hallo Welt", "{written}");
            assert_eq!(Transfer::Base64.decoded_len(written.as_bytes()), 10, "{written}");
        }
    }

    #[test]
    fn quoted_printable_keeps_what_is_not_an_escape() {
        assert_eq!(quoted_printable(b"a=3D=\r\nb=C3=BC  \r\nc=zz =  \nd="), "a=b\u{fc}\r\nc=zz d".as_bytes());
    }
}
