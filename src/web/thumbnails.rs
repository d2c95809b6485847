//! Small pictures of attached photos, made here from the bytes within fixed limits (PROMISES P36): four formats, at most
//! 50 megapixels, no other program. The result is a new picture, so nothing of the sender's file reaches the browser.

use super::attachments::{self, picture_type};
use super::{Access, Error, Path, Result, Route, State, Visitor, get};
use crate::id::AttachmentId;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use std::collections::VecDeque;
use std::io::Cursor;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use tokio::sync::Semaphore;

const PIXELS_MAX: u64 = 50_000_000;
const SIDE_MAX: u32 = 20_000;
const DECODED_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// Twice the size at which the page shows it, for dense screens.
const WIDTH: u32 = 208;
const HEIGHT: u32 = 152;
const JPEG_QUALITY: u8 = 82;
/// Decoding a photo takes up to 256 MB: one after the other.
const AT_ONCE: usize = 1;
/// Finished thumbnails kept in memory, about 8 kB each.
const KEPT: usize = 256;

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);
/// By the hash of the picture they were made of, oldest first.
type Made = VecDeque<([u8; 32], Arc<[u8]>)>;

static MADE: LazyLock<Mutex<Made>> = LazyLock::new(Mutex::default);

pub fn routes() -> Vec<Route> {
    vec![get("/attachments/{id}/thumbnail", Access::Agent, show)]
}

async fn show(state: State, visitor: Visitor, Path(id): Path<AttachmentId>) -> Result<Response> {
    let (_, bytes) = attachments::read(&state, Some(visitor), id).await?;
    let key = crate::secret::digest(&bytes);
    let small = match made(&key) {
        Some(small) => small,
        None => {
            let _turn = TURNS.acquire().await.map_err(|_| Error::Busy)?;
            let small: Arc<[u8]> = super::state::blocking(move || thumbnail(&bytes).ok_or(Error::NotFound)).await?.into();
            keep(key, small.clone());
            small
        }
    };
    let mut response = Response::new(Body::from(small.to_vec()));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=86400, immutable"));
    Ok(response)
}

/// `None`: not one of the four formats, too large, or broken.
fn thumbnail(bytes: &[u8]) -> Option<Vec<u8>> {
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
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    picture = picture.thumbnail(WIDTH * 3, HEIGHT * 3);
    picture.apply_orientation(turned);
    let picture = picture.resize_to_fill(WIDTH, HEIGHT, image::imageops::FilterType::Triangle);
    let mut out = Vec::new();
    on_white(&picture).write_with_encoder(JpegEncoder::new_with_quality(&mut out, JPEG_QUALITY)).ok()?;
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

fn made(key: &[u8; 32]) -> Option<Arc<[u8]>> {
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    made.iter().find(|(known, _)| known == key).map(|(_, small)| small.clone())
}

fn keep(key: [u8; 32], small: Arc<[u8]>) {
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if made.len() == KEPT {
        made.pop_front();
    }
    made.push_back((key, small));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p36_a_picture_becomes_a_new_small_one_and_a_bomb_nothing() {
        let mut png = Vec::new();
        DynamicImage::new_rgba8(900, 300).write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        let small = thumbnail(&png).unwrap();
        assert_eq!(picture_type(&small), Some("image/jpeg"));
        // A header that promises 20,000 by 20,000 pixels.
        let mut bomb = png.clone();
        bomb[16..24].copy_from_slice(&[0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20]);
        assert_eq!(thumbnail(&bomb), None);
        for other in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"II*\0\x08\0\0\0", b"8BPS\0\x01", b"\xFF\xD8\xFF", b""] {
            assert_eq!(thumbnail(other), None);
        }
    }
}
