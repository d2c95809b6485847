//! Reads a piece's form part by part: what was typed is kept whatever happens to the picture, which is made anew within our limits. A
//! picture that came with a form that has to be looked at again travels back in it, so that nobody chooses it twice.

use crate::piece::{Typed, picture};
use crate::web::public::uploads::bytes_of;
use crate::web::{Error, Result, State, Visitor, pictures};
use axum::extract::{FromRequest, Multipart, Request};
use data_encoding::BASE64;
use image::DynamicImage;
use image::imageops::FilterType;

/// A camera's photo; what is larger is said by name.
const PICTURE_BYTES_MAX: usize = 25 * 1024 * 1024;
/// A picture that we made, in base64, as it comes back.
const KEPT_BYTES_MAX: usize = 2 * 1024 * 1024;
const TEXT_BYTES_MAX: usize = 16 * 1024;
const FIELDS_MAX: usize = 60;
const NAME_CHARS_MAX: usize = 60;
const QUALITY: u8 = 84;

/// What a form held.
#[derive(Default)]
pub struct Form {
    pub typed: Typed,
    /// Made anew: a JPEG.
    pub picture: Option<Vec<u8>>,
    pub drop_picture: bool,
    pub complaint: Option<String>,
}

/// The form, once its token is that of this session.
pub async fn read(state: &State, visitor: &Visitor, request: Request) -> Result<Form> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Error::Unreadable)?;
    let (mut form, mut read, mut token, mut kept) = (Form::default(), 0, String::new(), Vec::new());
    for _ in 0..FIELDS_MAX {
        let Some(mut field) = parts.next_field().await.map_err(|_| Error::Unreadable)? else { break };
        let Some(name) = field.name().map(str::to_owned) else { continue };
        let file = field.file_name().map(|name| name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect::<String>());
        let most = match (&file, name.as_str()) {
            (Some(_), _) => PICTURE_BYTES_MAX,
            (None, "kept") => KEPT_BYTES_MAX,
            (None, _) => TEXT_BYTES_MAX,
        };
        let (bytes, too_large) = bytes_of(&mut field, most, &mut read).await?;
        // Before anything is made of a stranger's bytes.
        if file.is_some() && !visitor.knows(&token) {
            continue;
        }
        match (file, name.as_str()) {
            (Some(_), _) if bytes.is_empty() && !too_large => {}
            (Some(file), _) if too_large => form.complaint = Some(format!("“{file}” is larger than 25 MB. Make it smaller, or take another picture.")),
            (Some(file), _) => match made(state, bytes).await {
                Ok(Some(jpeg)) => form.picture = Some(jpeg),
                Ok(None) | Err(Error::Busy) => {
                    form.complaint = Some(format!("“{file}” could not be read as a picture. JPEG, PNG, WebP, GIF and HEIC can, up to 50 megapixels."));
                }
                Err(other) => return Err(other),
            },
            (None, "csrf") => token = text(bytes),
            (None, "kept") => kept = bytes,
            (None, "drop_picture") => form.drop_picture = true,
            (None, name) => fill(&mut form.typed, name, text(bytes)),
        }
    }
    if !visitor.knows(&token) {
        return Err(Error::StaleForm { kept: Vec::new() });
    }
    if form.picture.is_none()
        && !kept.is_empty()
        && let Ok(bytes) = BASE64.decode(&kept)
    {
        form.picture = made(state, bytes).await.unwrap_or_default();
    }
    Ok(form)
}

pub async fn made(state: &State, bytes: Vec<u8>) -> Result<Option<Vec<u8>>> {
    pictures::made(state, bytes, drawn).await
}

fn drawn(decoded: &DynamicImage) -> Option<Vec<u8>> {
    if decoded.width().max(decoded.height()) <= picture::SIDE_MAX {
        return pictures::as_jpeg(decoded, QUALITY);
    }
    pictures::as_jpeg(&decoded.resize(picture::SIDE_MAX, picture::SIDE_MAX, FilterType::Triangle), QUALITY)
}

/// As a form carries it back.
pub fn kept(jpeg: &[u8]) -> String {
    BASE64.encode(jpeg)
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

fn fill(typed: &mut Typed, name: &str, text: String) {
    match name {
        "title" => typed.title = text,
        "artist" => typed.artist = text,
        "medium" => typed.medium = text,
        "size" => typed.size = text,
        "colour" => typed.colours.push(text),
        "words" => typed.words = text,
        "price" => typed.price = text,
        "currency" => typed.currency = text,
        "link" => typed.link = text,
        "quantity" => typed.quantity = text,
        "sku" => typed.sku = text,
        _ => {}
    }
}
