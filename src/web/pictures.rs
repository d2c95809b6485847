//! Pictures that strangers send are made anew, from their pixels alone (PROMISES P36, P66): five formats, decoded by whom the app names, in a
//! process of its own and within fixed limits. What the camera wrote beside the pixels (place, time, owner) does not survive.

use super::attachments::{is_heic, picture_type};
use super::state::blocking;
use super::{Error, Result, State};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, RgbImage};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Semaphore;

/// A photo of damage is looked at on a screen and sent by mail: 2,048 pixels show a scratch, and ten of them fit one mail.
pub const PHOTO_SIDE: u32 = 2_048;
const PHOTO_QUALITY: u8 = 84;
/// Processes that decode, of up to 700 MB and 15 s each. HEICs, which may take that long, leave the others a place.
const HEICS_AT_ONCE: usize = 2;
const OTHERS_AT_ONCE: usize = 2;
/// As long as two may take; who waits longer does better to come again.
const WAIT: Duration = Duration::from_secs(30);

static HEIC_TURNS: Semaphore = Semaphore::const_new(HEICS_AT_ONCE);
static OTHER_TURNS: Semaphore = Semaphore::const_new(OTHERS_AT_ONCE);

/// A decoded picture, three bytes a pixel, upright.
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub rgb: Vec<u8>,
}

/// Decodes a picture, no larger than `PHOTO_SIDE`; given by the app, because whatever the file does must not be done to this
/// process. May take 15 seconds.
pub type Decoding = Arc<dyn Fn(&[u8]) -> Option<Pixels> + Send + Sync>;

/// Makes something of a picture when it is its turn. `None`: not one of the five formats, too large, or broken.
pub async fn made<T: Send + 'static>(state: &State, bytes: Vec<u8>, make: fn(&DynamicImage) -> Option<T>) -> Result<Option<T>> {
    let is_heic = is_heic(&bytes);
    if !is_heic && picture_type(&bytes).is_none() {
        return Ok(None);
    }
    let turns = if is_heic { &HEIC_TURNS } else { &OTHER_TURNS };
    let _turn = tokio::time::timeout(WAIT, turns.acquire()).await.map_err(|_| Error::Busy)?.map_err(|_| Error::Busy)?;
    let decode = state.decode.clone();
    blocking(move || Ok(decode(&bytes).and_then(picture).and_then(|picture| make(&picture)))).await
}

/// A photo as a new JPEG, upright, large enough to judge by.
pub async fn remade(state: &State, bytes: Vec<u8>) -> Result<Option<Vec<u8>>> {
    made(state, bytes, |picture| as_jpeg(picture, PHOTO_QUALITY)).await
}

/// The same of pixels, for whoever writes letters.
pub fn photo(pixels: Pixels) -> Option<Vec<u8>> {
    as_jpeg(&picture(pixels)?, PHOTO_QUALITY)
}

fn picture(pixels: Pixels) -> Option<DynamicImage> {
    RgbImage::from_raw(pixels.width, pixels.height, pixels.rgb).map(DynamicImage::ImageRgb8)
}

/// What it is now, whatever it was.
pub fn jpeg_name(name: &str) -> String {
    let stem = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem).trim_matches(['.', ' ']);
    format!("{}.jpg", if stem.is_empty() { "photo" } else { stem })
}

pub fn as_jpeg(picture: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut out, quality)).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p66_a_photo_that_was_made_anew_is_a_jpeg_of_its_pixels_and_nothing_else() {
        let jpeg = photo(Pixels { width: 40, height: 20, rgb: vec![200; 40 * 20 * 3] }).unwrap();
        assert_eq!(picture_type(&jpeg), Some("image/jpeg"));
        assert!(!jpeg.windows(4).any(|w| w == b"Exif"));
        assert_eq!(photo(Pixels { width: 40, height: 20, rgb: vec![200; 7] }), None);
    }
}
