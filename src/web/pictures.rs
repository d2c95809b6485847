//! Pictures that strangers send are made anew here, from their pixels alone and within fixed limits (PROMISES P36, P66): five
//! formats, at most 50 megapixels, no program but ours. What the camera wrote beside the pixels (place, time, owner) does not
//! survive. A phone's HEIC is decoded by whom the app names: in a process of its own.

use super::attachments::{is_heic, picture_type};
use super::state::blocking;
use super::{Error, Result, State};
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits, RgbImage};
use std::io::Cursor;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

const PIXELS_MAX: u64 = 50_000_000;
const SIDE_MAX: u32 = 20_000;
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A photo of damage is looked at on a screen and sent by mail: 2,048 pixels show a scratch, and ten of them fit one mail.
pub const PHOTO_SIDE: u32 = 2_048;
const PHOTO_QUALITY: u8 = 84;
/// Decoding a photo takes up to 256 MB: one after the other.
const AT_ONCE: usize = 1;
/// Processes that decode a HEIC, of up to 700 MB and 15 s each: a hostile one leaves a place for another.
const HEICS_AT_ONCE: usize = 2;
/// As long as two may take; who waits longer does better to come again.
const HEIC_WAIT: Duration = Duration::from_secs(30);

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
static HEIC_TURNS: Semaphore = Semaphore::const_new(HEICS_AT_ONCE);

/// A decoded picture, three bytes a pixel, upright.
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

/// Decodes a HEIC, no larger than `PHOTO_SIDE`; given by the app, because whatever the file does must not be done to this
/// process. May take 15 seconds.
pub type Decoding = Arc<dyn Fn(&[u8]) -> Option<Pixels> + Send + Sync>;

/// Makes something of a picture when it is its turn. `None`: not one of the five formats, too large, or broken.
pub async fn made<T: Send + 'static>(state: &State, bytes: Vec<u8>, make: fn(DynamicImage, Orientation) -> Option<T>) -> Result<Option<T>> {
    if !is_heic(&bytes) {
        let _turn = TURNS.acquire().await.map_err(|_| Error::Busy)?;
        return blocking(move || Ok(open(&bytes).and_then(|(picture, turned)| make(picture, turned)))).await;
    }
    // While one of these takes its time, other pictures have theirs.
    let _turn = tokio::time::timeout(HEIC_WAIT, HEIC_TURNS.acquire()).await.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    let decode = state.heic.clone();
    let picture = blocking(move || Ok(decode(&bytes))).await?;
    let Some(picture) = picture.and_then(|p| RgbImage::from_raw(p.width, p.height, p.rgb)) else { return Ok(None) };
    let _turn = TURNS.acquire().await.map_err(|_| Error::Busy)?;
    blocking(move || Ok(make(DynamicImage::ImageRgb8(picture), Orientation::NoTransforms))).await
}

/// A photo as a new JPEG, upright, large enough to judge by.
pub async fn remade(state: &State, bytes: Vec<u8>) -> Result<Option<Vec<u8>>> {
    made(state, bytes, photo).await
}

/// The pixels, and how the camera was held.
pub fn open(bytes: &[u8]) -> Option<(DynamicImage, Orientation)> {
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

fn photo(mut picture: DynamicImage, turned: Orientation) -> Option<Vec<u8>> {
    if picture.width().max(picture.height()) > PHOTO_SIDE {
        picture = picture.resize(PHOTO_SIDE, PHOTO_SIDE, image::imageops::FilterType::Triangle);
    }
    picture.apply_orientation(turned);
    as_jpeg(&picture, PHOTO_QUALITY)
}

/// Pixels of our own as a JPEG: the demo paints its pieces.
pub fn jpeg_of(pixels: Pixels) -> Option<Vec<u8>> {
    as_jpeg(&DynamicImage::ImageRgb8(RgbImage::from_raw(pixels.width, pixels.height, pixels.rgb)?), PHOTO_QUALITY)
}

pub fn as_jpeg(picture: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    on_white(picture).write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).ok()?;
    Some(out)
}

/// JPEG knows no transparency.
fn on_white(picture: &DynamicImage) -> DynamicImage {
    let rgba = picture.to_rgba8();
    let mut flat = RgbImage::new(rgba.width(), rgba.height());
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

    fn photo_of(bytes: &[u8]) -> Option<Vec<u8>> {
        open(bytes).and_then(|(picture, turned)| super::photo(picture, turned))
    }

    #[test]
    fn p66_a_photo_is_made_anew_upright_and_without_what_the_camera_wrote_beside_it() {
        let photo = photo_with_exif();
        assert!(photo.windows(3).any(|w| w == b"GPS"));
        let new = photo_of(&photo).unwrap();
        assert!(!new.windows(4).any(|w| w == b"Exif") && !new.windows(3).any(|w| w == b"GPS"));
        let (picture, turned) = open(&new).unwrap();
        assert_eq!((picture.width(), picture.height(), turned), (20, 40, Orientation::NoTransforms));
        assert_eq!(photo_of(b"this is a text file named .jpg"), None);
    }
}
