//! Reads a form with photos piece by piece: texts are kept whatever else happens, a photo that is too large is passed over
//! and named, and each picture is made anew before the next one is read (PROMISES P66).

use crate::return_request::upload::UPLOADS_MAX;
use crate::web::{Error, Result, State, pictures};
use axum::extract::Multipart;
use axum::extract::multipart::Field;

/// One photo; phones make 2 to 8 MB.
const PHOTO_BYTES_MAX: usize = 10 * 1024 * 1024;
/// All photos of one form (PROMISES P66).
const PHOTOS_BYTES_MAX: usize = 50 * 1024 * 1024;
/// What is read at all before the connection is given up: beyond the photos it is only counted and thrown away, so that a
/// browser hears what was wrong.
const BODY_BYTES_MAX: usize = 300 * 1024 * 1024;
/// One answer; nobody types more into a form.
const TEXT_BYTES_MAX: usize = 16 * 1024;
const FIELDS_MAX: usize = 100;
/// Of a photo's name, what is shown in a complaint.
const NAME_CHARS_MAX: usize = 60;

/// What a form held.
#[derive(Default)]
pub struct Form {
    pub texts: Vec<(String, String)>,
    /// Names and pictures, made anew.
    pub photos: Vec<(String, Vec<u8>)>,
    /// What was wrong with photos: a phrase of the form's words, and the photo's name.
    pub complaints: Vec<(&'static str, String)>,
}

impl Form {
    pub fn get(&self, name: &str) -> &str {
        self.texts.iter().find(|(n, _)| n == name).map_or("", |(_, text)| text.trim())
    }

    /// "Add photos" and "Remove" send the whole form, too: what was typed stays, and is not judged yet.
    pub fn only_photos(&self) -> bool {
        !self.get("photos_only").is_empty() || self.dropped().next().is_some()
    }

    /// Ids of photos that were taken out.
    pub fn dropped(&self) -> impl Iterator<Item = i64> {
        self.texts.iter().filter(|(name, _)| name == "drop").filter_map(|(_, id)| id.trim().parse().ok())
    }
}

pub async fn read(state: &State, multipart: Multipart) -> Result<Form> {
    read_with(state, multipart, PHOTOS_BYTES_MAX).await
}

/// Only what was typed: photos are passed over undecoded, and named.
pub async fn read_words(state: &State, multipart: Multipart) -> Result<Form> {
    read_with(state, multipart, 0).await
}

async fn read_with(state: &State, mut multipart: Multipart, photos_bytes_max: usize) -> Result<Form> {
    let mut form = Form::default();
    let (mut read, mut taken) = (0, 0);
    for _ in 0..FIELDS_MAX {
        let Some(mut field) = multipart.next_field().await.map_err(|_| Error::Unreadable)? else { return Ok(form) };
        let Some(name) = field.name().map(str::to_owned) else { continue };
        let file = field.file_name().map(|name| name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect::<String>());
        let most = if file.is_some() { PHOTO_BYTES_MAX.min(photos_bytes_max - taken) } else { TEXT_BYTES_MAX };
        let (bytes, too_large) = bytes_of(&mut field, most, &mut read).await?;
        match file {
            None => form.texts.push((name, String::from_utf8_lossy(&bytes).replace("\r\n", "\n"))),
            // An empty file field is a form without photos.
            Some(_) if bytes.is_empty() && !too_large => {}
            Some(file) if photos_bytes_max == 0 => form.complaints.push(("e_again", file)),
            Some(file) if too_large => form.complaints.push(("e_large", file)),
            Some(file) if form.photos.len() >= UPLOADS_MAX => form.complaints.push(("e_many", file)),
            Some(file) => {
                taken += bytes.len();
                match pictures::remade(state, bytes).await {
                    Ok(Some(picture)) => form.photos.push((pictures::jpeg_name(&file), picture)),
                    // What was typed outlives a picture that nobody has time for.
                    Ok(None) | Err(Error::Busy) => form.complaints.push(("e_pictures", file)),
                    Err(other) => return Err(other),
                }
            }
        }
    }
    Ok(form)
}

/// At most `most` bytes of a field, and whether it had more. The rest is read and thrown away.
async fn bytes_of(field: &mut Field<'_>, most: usize, read: &mut usize) -> Result<(Vec<u8>, bool)> {
    let (mut bytes, mut too_large) = (Vec::new(), false);
    while let Some(chunk) = field.chunk().await.map_err(|_| Error::Unreadable)? {
        *read += chunk.len();
        if *read > BODY_BYTES_MAX {
            return Err(Error::TooLarge);
        }
        if too_large || bytes.len() + chunk.len() > most {
            too_large = true;
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&chunk);
        }
    }
    Ok((bytes, too_large))
}
