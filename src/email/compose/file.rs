//! A file that goes with a letter: its type from our own table, its name encoded, its bytes in base64.

use super::ComposeError;
use super::header::one_line;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType};
use lettre::message::{Body, SinglePart};

/// File systems end at 255 octets; what comes after the last dot is kept.
const NAME_BYTES_MAX: usize = 180;

/// Types by the ending of the name. What a browser said of an upload is not believed, and what is not listed is just bytes.
const TYPES: &[(&str, &str)] = &[
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("heic", "image/heic"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("ics", "text/calendar"),
    ("vcf", "text/vcard"),
    ("zip", "application/zip"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("mp3", "audio/mpeg"),
];
const JUST_BYTES: &str = "application/octet-stream";

#[derive(Clone, Debug)]
pub struct File {
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// The part that carries `file`.
pub fn part(file: &File) -> Result<SinglePart, ComposeError> {
    let name = file_name(&file.name);
    let content_type = ContentType::parse(content_type(&name)).map_err(|e| ComposeError::Build(e.to_string()))?;
    let body = Body::new_with_encoding(file.bytes.clone(), ContentTransferEncoding::Base64)
        .map_err(|_| ComposeError::Build(format!("the file {name} cannot be encoded")))?;
    Ok(SinglePart::builder().header(content_type).header(ContentDisposition::attachment(&name)).body(body))
}

fn content_type(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default();
    TYPES.iter().find(|(known, _)| *known == ending).map_or(JUST_BYTES, |(_, content_type)| content_type)
}

/// One line without path, quotes or backslashes, not too long, never empty.
fn file_name(name: &str) -> String {
    let plain: String = one_line(name).chars().map(|c| if matches!(c, '/' | '\\' | '"' | ':') { '_' } else { c }).collect();
    let plain = plain.trim_matches(['.', ' ']);
    if plain.is_empty() {
        return "attachment".into();
    }
    if plain.len() <= NAME_BYTES_MAX {
        return plain.to_owned();
    }
    let ending = plain.rsplit_once('.').map(|(_, ending)| ending).filter(|ending| ending.len() <= 8);
    let mut cut = NAME_BYTES_MAX - ending.map_or(0, |ending| ending.len() + 1);
    while !plain.is_char_boundary(cut) {
        cut -= 1;
    }
    ending.map_or_else(|| plain[..cut].to_owned(), |ending| format!("{}.{ending}", &plain[..cut]))
}
