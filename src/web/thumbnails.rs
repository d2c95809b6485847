//! Small pictures of attached photos, made here from the bytes within fixed limits (PROMISES P36): five formats, at most
//! 50 megapixels, no other program. The result is a new picture, so nothing of the sender's file reaches the browser.

use super::{Access, Error, Path, Result, Route, State, Visitor, attachments, get, pictures};
use crate::id::AttachmentId;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use image::{DynamicImage, metadata::Orientation};
use std::collections::VecDeque;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Twice the size at which the page shows it, for dense screens.
const WIDTH: u32 = 208;
const HEIGHT: u32 = 152;
const JPEG_QUALITY: u8 = 82;
/// Finished thumbnails kept in memory, about 8 kB each.
const KEPT: usize = 256;

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
            let small: Arc<[u8]> = pictures::made(&state, bytes, thumbnail).await?.ok_or(Error::NotFound)?.into();
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

fn thumbnail(picture: DynamicImage, turned: Orientation) -> Option<Vec<u8>> {
    let mut picture = picture.thumbnail(WIDTH * 3, HEIGHT * 3);
    picture.apply_orientation(turned);
    pictures::as_jpeg(&picture.resize_to_fill(WIDTH, HEIGHT, image::imageops::FilterType::Triangle), JPEG_QUALITY)
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
    use crate::web::attachments::picture_type;
    use std::io::Cursor;

    fn small(bytes: &[u8]) -> Option<Vec<u8>> {
        pictures::open(bytes).and_then(|(picture, turned)| thumbnail(picture, turned))
    }

    #[test]
    fn p36_a_picture_becomes_a_new_small_one_and_a_bomb_nothing() {
        let mut png = Vec::new();
        DynamicImage::new_rgba8(900, 300).write_to(&mut Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
        assert_eq!(picture_type(&small(&png).unwrap()), Some("image/jpeg"));
        // A header that promises 20,000 by 20,000 pixels.
        let mut bomb = png.clone();
        bomb[16..24].copy_from_slice(&[0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20]);
        assert_eq!(small(&bomb), None);
        for other in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"II*\0\x08\0\0\0", b"8BPS\0\x01", b"\xFF\xD8\xFF", b""] {
            assert_eq!(small(other), None);
        }
    }
}
