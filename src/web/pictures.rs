//! Pictures that strangers send are made anew here, from their pixels alone and within fixed limits (PROMISES P36, P66): five
//! formats, at most 50 megapixels, no other program. What the camera wrote beside the pixels (place, time, owner) does not survive.

use super::attachments::{is_heic, picture_type};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::sync::Semaphore;

const PIXELS_MAX: u64 = 50_000_000;
const SIDE_MAX: u32 = 20_000;
/// A HEIC of 24 megapixels, the most that phones take by themselves, is decoded within 200 MB; one of 48 would need 360.
const HEIC_PIXELS_MAX: u64 = 26_000_000;
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A photo of damage is looked at on a screen and sent by mail: 2,048 pixels show a scratch, and ten of them fit one mail.
const PHOTO_SIDE: u32 = 2_048;
const PHOTO_QUALITY: u8 = 84;
/// Decoding a photo takes up to 256 MB: one after the other.
const AT_ONCE: usize = 1;

pub static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

/// The pixels, and how the camera was held. `None`: not one of the five formats, too large, or broken.
pub fn open(bytes: &[u8]) -> Option<(DynamicImage, Orientation)> {
    if is_heic(bytes) {
        // It is turned while it is decoded: the file says how, and what Exif says of it does not count (ISO 23008-12 6.5.10).
        return Some((heic(bytes)?, Orientation::NoTransforms));
    }
    picture_type(bytes)?;
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

/// A phone's HEIC. The decoder has no unsafe code and is young: a panic of it is a picture that cannot be read.
fn heic(bytes: &[u8]) -> Option<DynamicImage> {
    let decode = || {
        let info = heic_rs::probe(bytes).ok()?;
        let pixels = u64::from(info.coded_width) * u64::from(info.coded_height);
        if pixels > HEIC_PIXELS_MAX || info.coded_width.max(info.coded_height) > SIDE_MAX {
            return None;
        }
        let options = heic_rs::DecodeOptions { max_pixels: Some(HEIC_PIXELS_MAX), ..heic_rs::DecodeOptions::default() };
        let picture = heic_rs::decode(bytes, &options).ok()?;
        image::RgbImage::from_raw(picture.width, picture.height, picture.data).map(DynamicImage::ImageRgb8)
    };
    catch_unwind(AssertUnwindSafe(decode)).ok().flatten()
}

/// A photo as a new JPEG, upright, large enough to judge by.
pub fn remade(bytes: &[u8]) -> Option<Vec<u8>> {
    let (mut picture, turned) = open(bytes)?;
    if picture.width().max(picture.height()) > PHOTO_SIDE {
        picture = picture.resize(PHOTO_SIDE, PHOTO_SIDE, image::imageops::FilterType::Triangle);
    }
    picture.apply_orientation(turned);
    as_jpeg(&picture, PHOTO_QUALITY)
}

pub fn as_jpeg(picture: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    on_white(picture).write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).ok()?;
    Some(out)
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    let rgba = picture.to_rgba8();
    let mut flat = image::RgbImage::new(rgba.width(), rgba.height());
    for (from, to) in rgba.pixels().zip(flat.pixels_mut()) {
        let [r, g, b, a] = from.0.map(u32::from);
        let over = |c: u32| u8::try_from((c * a + 255 * (255 - a)) / 255).expect("a mean of two bytes");
        to.0 = [over(r), over(g), over(b)];
    }
    DynamicImage::ImageRgb8(flat)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A JPEG with an Exif segment that says "turned by 90 degrees" and carries a place.
    fn photo_with_exif() -> Vec<u8> {
        let plain = as_jpeg(&DynamicImage::new_rgb8(40, 20), 80).unwrap();
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0".to_vec();
        exif.extend_from_slice(b"GPS 59.3293 18.0686");
        let mut photo = vec![0xFF, 0xD8, 0xFF, 0xE1];
        photo.extend_from_slice(&(u16::try_from(exif.len() + 2).unwrap()).to_be_bytes());
        photo.extend_from_slice(&exif);
        photo.extend_from_slice(&plain[2..]);
        photo
    }

    #[test]
    fn p66_a_photo_is_made_anew_upright_and_without_what_the_camera_wrote_beside_it() {
        let photo = photo_with_exif();
        assert!(photo.windows(3).any(|w| w == b"GPS"));
        let new = remade(&photo).unwrap();
        assert!(!new.windows(4).any(|w| w == b"Exif") && !new.windows(3).any(|w| w == b"GPS"));
        let (picture, turned) = open(&new).unwrap();
        assert_eq!((picture.width(), picture.height(), turned), (20, 40, Orientation::NoTransforms));
        assert_eq!(remade(b"this is a text file named .jpg"), None);
    }

    #[test]
    fn p66_a_phones_heic_becomes_a_jpeg_without_its_exif_and_a_broken_one_nothing() {
        // 160 by 120 pixels, red in its upper left corner, with a place in its Exif.
        let photo = include_bytes!("../../tests/fixtures/photo.heic");
        assert!(photo.windows(4).any(|w| w == b"Exif"));
        let new = remade(photo).unwrap();
        assert_eq!(picture_type(&new), Some("image/jpeg"));
        assert!(!new.windows(4).any(|w| w == b"Exif"));
        let (picture, _) = open(&new).unwrap();
        assert_eq!((picture.width(), picture.height()), (160, 120));
        let [red, green, ..] = picture.to_rgb8().get_pixel(10, 10).0;
        assert!(red > 170 && green < 80, "{red} {green}");
        for cut in (0..photo.len()).step_by(97) {
            // Whatever it makes of half a file, it ends.
            remade(&photo[..cut]);
            let mut turned = photo.to_vec();
            turned[cut] ^= 0xFF;
            remade(&turned);
        }
    }

    #[test]
    fn p36_a_heic_that_promises_too_many_pixels_is_not_decoded() {
        let mut photo = include_bytes!("../../tests/fixtures/photo.heic").to_vec();
        let extents = photo.windows(4).position(|w| w == b"ispe").unwrap() + 8;
        photo[extents..extents + 8].copy_from_slice(&[0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20]);
        assert_eq!(remade(&photo), None);
    }
}
