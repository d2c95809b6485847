//! Small pictures of attached photos, made of their pixels (PROMISES P36). The result is a new picture, so nothing of the sender's file
//! reaches the browser.

use super::{Access, Error, Path, Result, Route, State, Visitor, attachments, get, pictures};
use crate::id::AttachmentId;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use image::DynamicImage;
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

fn thumbnail(picture: &DynamicImage) -> Option<Vec<u8>> {
    let picture = picture.thumbnail(WIDTH * 3, HEIGHT * 3);
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

    #[test]
    fn p36_a_picture_becomes_a_new_small_one() {
        let small = thumbnail(&DynamicImage::new_rgb8(900, 300)).unwrap();
        assert_eq!(picture_type(&small), Some("image/jpeg"));
        assert!(small.len() < 8_000, "{}", small.len());
    }
}
