//! A table's bytes as text, whatever the program that wrote it: UTF-8, UTF-16 with its mark, or the Windows table.

/// What Windows-1252 has where Latin-1 has control characters (0x80 to 0x9F); the five that it has not either are left out.
const WINDOWS: [char; 32] = [
    '€', '\u{fffd}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{fffd}', 'Ž', '\u{fffd}', '\u{fffd}', '‘', '’', '“', '”', '•', '–', '—', '˜',
    '™', 'š', '›', 'œ', '\u{fffd}', 'ž', 'Ÿ',
];

pub fn text_of(bytes: &[u8]) -> String {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}').to_owned(),
            Err(_) => bytes.iter().map(|byte| if (0x80..0xA0).contains(byte) { WINDOWS[usize::from(*byte - 0x80)] } else { char::from(*byte) }).collect(),
        },
    }
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
    String::from_utf16_lossy(&units)
}

/// Whether it is a picture, a spreadsheet's own file or another that is no table of text.
pub fn is_no_text(bytes: &[u8]) -> bool {
    let utf16 = bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]);
    !utf16 && bytes.iter().take(4_096).any(|byte| *byte == 0)
        || bytes.starts_with(b"PK\x03\x04")
        || bytes.starts_with(b"%PDF")
        || bytes.starts_with(&[0xFF, 0xD8, 0xFF])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_of_writing_a_table_are_the_same_text() {
        let little: Vec<u8> = [0xFF, 0xFE].into_iter().chain("Öhman €".encode_utf16().flat_map(u16::to_le_bytes)).collect();
        let big: Vec<u8> = [0xFE, 0xFF].into_iter().chain("Öhman €".encode_utf16().flat_map(u16::to_be_bytes)).collect();
        for bytes in ["\u{feff}Öhman €".as_bytes(), b"\xD6hman \x80", &little, &big] {
            assert_eq!(text_of(bytes), "Öhman €");
        }
        assert!(is_no_text(b"PK\x03\x04 an .xlsx") && is_no_text(b"\xFF\xD8\xFF\xE0") && !is_no_text(&little) && !is_no_text(b"title\nLow Tide"));
    }
}
