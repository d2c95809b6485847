//! How large a picture is, read from its first bytes: nothing is decoded, and what does not say it there has no size.

/// A picture says its size in its head; a JPEG only behind what the camera wrote, thumbnail included (64 KB) and colours.
pub const HEAD_BYTES: usize = 16 * 1024;
pub const JPEG_HEAD_BYTES: usize = 160 * 1024;
/// Segments before a JPEG's size, boxes before a HEIC's: real ones have a few dozen.
const STEPS_MAX: usize = 200;

/// Width and height in pixels, as the picture's own bytes say.
pub fn size(head: &[u8]) -> Option<(u32, u32)> {
    let found = match head {
        [0x89, b'P', b'N', b'G', ..] => Some((four(head, 16)?, four(head, 20)?)),
        [b'G', b'I', b'F', b'8', ..] => Some((u32::from(little(head, 6)?), u32::from(little(head, 8)?))),
        [0xFF, 0xD8, ..] => jpeg(head),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => webp(head),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => heic(head),
        _ => None,
    };
    found.filter(|(width, height)| *width > 0 && *height > 0)
}

pub fn is_jpeg(head: &[u8]) -> bool {
    head.starts_with(&[0xFF, 0xD8, 0xFF])
}

/// ITU-T T.81 B.2.2: the frame header holds it; segments before it say how long they are.
fn jpeg(head: &[u8]) -> Option<(u32, u32)> {
    let mut at = 2;
    for _ in 0..STEPS_MAX {
        if *head.get(at)? != 0xFF {
            return None;
        }
        match *head.get(at + 1)? {
            0xFF => at += 1,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => return Some((u32::from(big(head, at + 7)?), u32::from(big(head, at + 5)?))),
            0xD8 | 0x01 | 0xD0..=0xD7 => at += 2,
            0xD9 | 0xDA => return None,
            _ => at += 2 + usize::from(big(head, at + 2)?),
        }
    }
    None
}

/// The three kinds of WebP: lossy, lossless, extended.
fn webp(head: &[u8]) -> Option<(u32, u32)> {
    match head.get(12..16)? {
        b"VP8 " => Some((u32::from(little(head, 26)? & 0x3FFF), u32::from(little(head, 28)? & 0x3FFF))),
        b"VP8L" => {
            let bits = u32::from_le_bytes(head.get(21..25)?.try_into().ok()?);
            Some(((bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1))
        }
        b"VP8X" => {
            let three = |at: usize| Some(u32::from_le_bytes([*head.get(at)?, *head.get(at + 1)?, *head.get(at + 2)?, 0]) + 1);
            Some((three(24)?, three(27)?))
        }
        _ => None,
    }
}

/// ISO 23008-12 6.5.3: each image of the file has its extents; the picture is larger than its tiles and its thumbnail.
fn heic(head: &[u8]) -> Option<(u32, u32)> {
    let places = head.windows(4).enumerate().filter(|(_, word)| *word == b"ispe").map(|(at, _)| at).take(STEPS_MAX);
    places.filter_map(|at| Some((four(head, at + 8)?, four(head, at + 12)?))).max_by_key(|(width, height)| u64::from(*width) * u64::from(*height))
}

fn four(head: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?))
}

fn big(head: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(head.get(at..at + 2)?.try_into().ok()?))
}

fn little(head: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(head.get(at..at + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn a_pictures_size_stands_in_its_head() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend_from_slice(&[0, 0, 4, 0xB0, 0, 0, 3, 0x84, 8, 6, 0, 0, 0]);
        assert_eq!(size(&png), Some((1_200, 900)));
        assert_eq!(size(b"GIF89a\x01\0\x01\0\x80"), Some((1, 1)));
        let jpeg = [&b"\xFF\xD8\xFF\xE1\0\x06Exif\xFF\xC0\0\x11\x08"[..], &[0x03, 0x84, 0x04, 0xB0, 3]].concat();
        assert_eq!(size(&jpeg), Some((1_200, 900)));
        let webp = [&b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\0\0\0\0"[..], &[0xAF, 0x04, 0, 0x83, 0x03, 0]].concat();
        assert_eq!(size(&webp), Some((1_200, 900)));
        let heic =
            [&b"\0\0\0\x18ftypheic\0\0\0\0mif1heic...ispe\0\0\0\0"[..], &[0, 0, 2, 0, 0, 0, 2, 0], b"..ispe\0\0\0\0", &[0, 0, 0x0F, 0xC0, 0, 0, 0x0B, 0xD0]]
                .concat();
        assert_eq!(size(&heic), Some((4_032, 3_024)));
    }

    #[test]
    fn broken_heads_have_no_size_and_end_soon() {
        for broken in [&b""[..], b"\xFF\xD8", b"\xFF\xD8\xFF\xE0\0\0\xFF\xE0", b"\x89PNG", b"RIFF....WEBPVP8X", b"....ftyp", b"....ftypispe", b"GIF89a\0\0\0\0"]
        {
            assert_eq!(size(broken), None, "{broken:?}");
        }
        let endless = [&b"\xFF\xD8"[..], &[0xFF; 100_000]].concat();
        assert_eq!(size(&endless), None);
    }
}
