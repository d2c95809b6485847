//! `restante decode-picture`, which nobody types: reads a picture from standard input and writes its pixels to standard output, within
//! limits that it sets for itself before it reads a byte (`app::picture` says why). It knows no data folder.

use crate::app::picture::to_wire;
use crate::web::{PHOTO_SIDE, Pixels, is_heic};
use anyhow::{Context, ensure};
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{Cursor, Read, Write};

/// A HEIC of 24 megapixels, the most that phones take by themselves, is decoded and made smaller within 300 MB.
const HEIC_PIXELS_MAX: u64 = 26_000_000;
const PIXELS_MAX: u64 = 50_000_000;
const SIDE_MAX: u32 = 20_000;
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// More than any photo that we take or any mail holds.
const PICTURE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// All of its memory, the binary included.
const MEMORY_BYTES: u64 = 700 * 1024 * 1024;
const CPU_SECONDS: u64 = 10;
/// It works after everything else on the machine.
const NICE: i32 = 19;

pub fn run() -> anyhow::Result<()> {
    confine().context("no limits, no picture")?;
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(PICTURE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    ensure!(bytes.len() as u64 <= PICTURE_BYTES_MAX, "too large");
    let picture = decode(&bytes).context("not a picture that can be decoded")?;
    Ok(std::io::stdout().lock().write_all(&to_wire(&picture))?)
}

/// The pixels, upright, on white where they were transparent, and made smaller when they are many. The size that a file declares is bounded
/// here; what it makes the decoder do is bounded by `confine` alone.
pub fn decode(bytes: &[u8]) -> Option<Pixels> {
    let (mut picture, turned) = if is_heic(bytes) { (heic(bytes)?, Orientation::NoTransforms) } else { open(bytes)? };
    if picture.width().max(picture.height()) > PHOTO_SIDE {
        picture = picture.resize(PHOTO_SIDE, PHOTO_SIDE, FilterType::Triangle);
    }
    picture.apply_orientation(turned);
    let picture = on_white(picture);
    Some(Pixels { width: picture.width(), height: picture.height(), rgb: picture.into_raw() })
}

/// Turned as the file says; what Exif says of it does not count (ISO 23008-12 6.5.10).
fn heic(bytes: &[u8]) -> Option<DynamicImage> {
    let info = heic_rs::probe(bytes).ok()?;
    let pixels = u64::from(info.coded_width) * u64::from(info.coded_height);
    if pixels > HEIC_PIXELS_MAX || info.coded_width.max(info.coded_height) > SIDE_MAX {
        return None;
    }
    let options = heic_rs::DecodeOptions { max_pixels: Some(HEIC_PIXELS_MAX), ..heic_rs::DecodeOptions::default() };
    let picture = heic_rs::decode(bytes, &options).ok()?;
    RgbImage::from_raw(picture.width, picture.height, picture.data).map(DynamicImage::ImageRgb8)
}

/// A JPEG, PNG, GIF or WebP, and how the camera was held.
fn open(bytes: &[u8]) -> Option<(DynamicImage, Orientation)> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(SIDE_MAX), Some(SIDE_MAX), Some(DECODED_BYTES_MAX));
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return None;
    }
    let turned = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    Some((DynamicImage::from_decoder(decoder).ok()?, turned))
}

/// What goes out is a JPEG, which knows no transparency.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let rgba = picture.into_rgba8();
    let mut flat = RgbImage::new(rgba.width(), rgba.height());
    for (from, to) in rgba.pixels().zip(flat.pixels_mut()) {
        let [r, g, b, a] = from.0.map(u32::from);
        let over = |c: u32| u8::try_from((c * a + 255 * (255 - a)) / 255).expect("a mean of two bytes");
        to.0 = [over(r), over(g), over(b)];
    }
    flat
}

/// Less memory and time than would hurt the server beside it, and no files: not to write, not to open, none left behind.
fn confine() -> std::io::Result<()> {
    // Both are kindnesses that not every system knows: it goes first when memory is short, and last when there is work.
    std::fs::write("/proc/self/oom_score_adj", "1000").ok();
    rustix::process::nice(NICE).ok();
    // Who asked may be gone before it has ended.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let limits = [(Resource::As, MEMORY_BYTES), (Resource::Cpu, CPU_SECONDS), (Resource::Fsize, 0), (Resource::Core, 0), (Resource::Nofile, 0)];
    for (resource, most) in limits {
        // A limit that is lower already stays: only root may raise one.
        let most = getrlimit(resource).maximum.map_or(most, |already| already.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::ImageFormat;

    const PHOTO: &[u8] = include_bytes!("../../tests/fixtures/photo.heic");

    fn size(bytes: &[u8]) -> Option<(u32, u32)> {
        decode(bytes).map(|picture| (picture.width, picture.height))
    }

    #[test]
    fn p66_a_phones_heic_is_its_pixels_and_a_broken_one_nothing_that_lasts() {
        // 160 by 120 pixels, red in its upper left corner.
        let picture = decode(PHOTO).unwrap();
        assert_eq!((picture.width, picture.height, picture.rgb.len()), (160, 120, 160 * 120 * 3));
        let at = (10 * 160 + 10) * 3;
        let (red, green) = (picture.rgb[at], picture.rgb[at + 1]);
        assert!(red > 170 && green < 80, "{red} {green}");
        for cut in (0..PHOTO.len()).step_by(97) {
            // Whatever it makes of half a file, it ends; a panic ends the process.
            let mut turned = PHOTO.to_vec();
            turned[cut] ^= 0xFF;
            std::panic::catch_unwind(|| (decode(&PHOTO[..cut]), decode(&turned))).ok();
        }
    }

    #[test]
    fn p36_a_picture_that_promises_too_many_pixels_is_not_decoded() {
        let mut photo = PHOTO.to_vec();
        let extents = photo.windows(4).position(|w| w == b"ispe").unwrap() + 8;
        photo[extents..extents + 8].copy_from_slice(&[0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20]);
        assert_eq!(size(&photo), None);
        let mut png = Vec::new();
        DynamicImage::new_rgba8(900, 300).write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        assert_eq!(size(&png), Some((900, 300)));
        png[16..24].copy_from_slice(&[0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20]);
        assert_eq!(size(&png), None);
        for other in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"II*\0\x08\0\0\0", b"8BPS\0\x01", b"\xFF\xD8\xFF", b""] {
            assert_eq!(size(other), None);
        }
    }

    #[test]
    fn p66_a_photo_is_upright_no_larger_than_it_is_looked_at_and_white_where_it_was_nothing() {
        // An Exif segment that says "turned by 90 degrees".
        let mut plain = Vec::new();
        DynamicImage::new_rgb8(40, 20).write_to(&mut Cursor::new(&mut plain), ImageFormat::Jpeg).unwrap();
        let exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
        let photo = [&[0xFF, 0xD8, 0xFF, 0xE1][..], &length, exif, &plain[2..]].concat();
        assert_eq!(size(&photo), Some((20, 40)));
        let mut wide = Vec::new();
        DynamicImage::new_rgba8(4096, 1024).write_to(&mut Cursor::new(&mut wide), ImageFormat::Png).unwrap();
        let small = decode(&wide).unwrap();
        assert_eq!((small.width, small.height, small.rgb[0]), (PHOTO_SIDE, PHOTO_SIDE / 4, 255));
    }
}
