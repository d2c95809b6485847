//! Files of mails: downloaded, never run. The sender's name goes into one header line, the sender's type decides nothing
//! (PROMISES P50, P51). What is a picture by its own bytes may be shown.

use super::state::blocking;
use super::{Access, Error, Path, Result, Route, State, Visitor, get, pictures};
use crate::conversation::message;
use crate::email::{self, Attachment};
use crate::id::{AttachmentId, MessageKey};
use crate::world;
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;

/// Whatever a browser makes of it: no scripts, no origin, nothing loaded.
const INERT: HeaderValue = HeaderValue::from_static("default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'");
/// A picture stands in the page; it may be drawn and nothing else.
const PICTURE: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);
/// A picture's address in a frame of theirs holds its own key, because such a frame has no session; so long it opens.
const PICTURE_SECONDS: i64 = 60 * 60;
const PICTURE_PURPOSE: &str = "picture";
/// What an attachment never changes to: a day in this browser's own cache.
const KEPT_A_DAY: HeaderValue = HeaderValue::from_static("private, max-age=86400, immutable");

pub fn routes() -> Vec<Route> {
    vec![
        get("/attachments/{id}", Access::Agent, download),
        get("/attachments/{id}/inline", Access::Agent, inline),
        get("/pictures/{id}/{until}/{signature}", Access::Link, picture),
        get("/messages/{id}/raw", Access::Agent, raw),
    ]
}

async fn download(state: State, visitor: Visitor, Path(id): Path<AttachmentId>) -> Result<Response> {
    let (attachment, bytes) = read(&state, Some(visitor), id).await?;
    Ok(as_file(&attachment.name, download_type(&attachment.content_type), bytes))
}

/// A picture in a tab of its own; what is none is a download.
async fn inline(state: State, visitor: Visitor, Path(id): Path<AttachmentId>) -> Result<Response> {
    let (attachment, bytes) = read(&state, Some(visitor), id).await?;
    let (kind, bytes) = shown(&state, bytes).await?;
    Ok(match kind {
        Some(kind) => as_picture(&attachment.name, kind, bytes),
        None => as_file(&attachment.name, "application/octet-stream", bytes),
    })
}

/// A picture as browsers show it: a phone's HEIC as a JPEG.
async fn shown(state: &State, bytes: Vec<u8>) -> Result<(Option<&'static str>, Vec<u8>)> {
    if !is_heic(&bytes) {
        return Ok((picture_type(&bytes), bytes));
    }
    Ok(match pictures::remade(state, bytes.clone()).await? {
        Some(jpeg) => (Some("image/jpeg"), jpeg),
        None => (None, bytes),
    })
}

/// A picture inside their HTML. The frame has an origin of its own, so the answer may cross origins.
async fn picture(state: State, Path((id, until, signature)): Path<(AttachmentId, i64, String)>) -> Result<Response> {
    let genuine = state.key.verify(PICTURE_PURPOSE, &format!("{id}.{until}"), &signature);
    if !genuine {
        return Err(Error::NotFound);
    }
    if until < world::now() / 1000 {
        return Err(Error::Gone);
    }
    let (attachment, bytes) = read(&state, None, id).await?;
    let (kind, bytes) = shown(&state, bytes).await?;
    let kind = kind.ok_or(Error::NotFound)?;
    let mut response = as_picture(&attachment.name, kind, bytes);
    response.headers_mut().insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok(response)
}

/// The address of a picture for a frame of theirs.
pub fn picture_address(state: &State, id: AttachmentId) -> String {
    let until = world::now() / 1000 + PICTURE_SECONDS;
    format!("/pictures/{id}/{until}/{}", state.key.sign(PICTURE_PURPOSE, &format!("{id}.{until}")))
}

async fn raw(state: State, visitor: Visitor, Path(id): Path<MessageKey>) -> Result<Response> {
    let hash = state
        .read(move |c| {
            let found = message::find(c, id)?.ok_or(Error::NotFound)?;
            visitor.visible(c, found.conversation_id)?;
            found.raw_hash.ok_or(Error::NotFound)
        })
        .await?;
    let blobs = state.blobs.clone();
    let bytes = blocking(move || Ok(blobs.get(hash)?)).await?;
    Ok(as_file(&format!("mail-{id}.eml"), "message/rfc822", bytes))
}

/// The attachment and its bytes, from the raw mail; without a visitor, the address itself was the key.
pub async fn read(state: &State, visitor: Option<Visitor>, id: AttachmentId) -> Result<(Attachment, Vec<u8>)> {
    let (attachment, hash) = state
        .read(move |c| {
            let (message, attachment) = message::find_attachment(c, id)?.ok_or(Error::NotFound)?;
            let message = message::find(c, message)?.ok_or(Error::NotFound)?;
            if let Some(visitor) = visitor {
                visitor.visible(c, message.conversation_id)?;
            }
            Ok((attachment, message.raw_hash.ok_or(Error::NotFound)?))
        })
        .await?;
    let blobs = state.blobs.clone();
    blocking(move || {
        let bytes = email::attachment_bytes(&blobs.get(hash)?, attachment.part).ok_or(Error::NotFound)?;
        Ok((attachment, bytes))
    })
    .await
}

/// An answer that a browser saves and does not look into.
pub fn as_file(name: &str, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, disposition("attachment", name));
    headers.insert(header::CONTENT_SECURITY_POLICY, INERT);
    response
}

fn as_picture(name: &str, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_DISPOSITION, disposition("inline", name));
    headers.insert(header::CONTENT_SECURITY_POLICY, PICTURE);
    headers.insert(header::CACHE_CONTROL, KEPT_A_DAY);
    response
}

/// RFC 6266: the name as ASCII for the old, as UTF-8 (RFC 8187) for the rest; one line, no path, nothing invisible.
pub fn disposition(kind: &str, name: &str) -> HeaderValue {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control() && !is_format(*c)).take(150).collect();
    let clean = clean.trim().trim_start_matches('.').trim();
    let clean = if clean.is_empty() { "attachment" } else { clean };
    let ascii: String = clean.chars().map(|c| if c.is_ascii_alphanumeric() || " .-_()+".contains(c) { c } else { '_' }).collect();
    let encoded: String =
        clean.bytes().map(|b| if b.is_ascii_alphanumeric() || b".-_".contains(&b) { (b as char).to_string() } else { format!("%{b:02X}") }).collect();
    HeaderValue::from_str(&format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")).expect("all of it is visible ASCII")
}

/// Characters that only change how others look: directions, zero widths.
fn is_format(c: char) -> bool {
    matches!(c, '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
}

/// Our own table for downloads: types in which nothing runs. Everything else is bytes.
fn download_type(said: &str) -> &'static str {
    match said {
        "image/jpeg" | "image/jpg" => "image/jpeg",
        "image/png" => "image/png",
        "image/gif" => "image/gif",
        "image/webp" => "image/webp",
        "image/heic" | "image/heif" => "image/heic",
        "application/pdf" => "application/pdf",
        "application/zip" => "application/zip",
        "text/plain" => "text/plain; charset=utf-8",
        "text/csv" => "text/csv; charset=utf-8",
        "message/rfc822" => "message/rfc822",
        _ => "application/octet-stream",
    }
}

/// By the first bytes: the four kinds of picture that are shown.
pub fn picture_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xD8, 0xFF, ..] => Some("image/jpeg"),
        [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => Some("image/png"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}

/// A phone's picture (ISO 23008-12 10.2): shown as a JPEG that is made of it.
pub fn is_heic(bytes: &[u8]) -> bool {
    bytes.get(4..8) == Some(b"ftyp") && matches!(bytes.get(8..12), Some(b"heic" | b"heix" | b"heim" | b"heis" | b"mif1"))
}

/// By what the sender says: whether a thumbnail is worth trying.
pub fn may_be_picture(attachment: &Attachment) -> bool {
    let name = attachment.name.to_ascii_lowercase();
    download_type(&attachment.content_type).starts_with("image/") || name.ends_with(".heic") || name.ends_with(".heif")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p51_a_name_is_one_header_line_whatever_it_is() {
        let long = "x".repeat(4096);
        for hostile in [
            "../../etc/passwd",
            "a\r\nSet-Cookie: x=1",
            "nul\0.exe",
            "\u{200B}.htaccess",
            "CON",
            "\u{202E}gpj.exe",
            "\"; filename=evil",
            "",
            "…",
            "C:\\x\\y",
            &long,
        ] {
            let line = disposition("attachment", hostile);
            let text = line.to_str().unwrap();
            assert!(text.starts_with("attachment; filename=\"") && text.matches('"').count() == 2, "{text}");
            assert!(!text.contains(['\r', '\n', '/', '\\', '\0']) && text.len() < 1_000, "{text}");
        }
        assert_eq!(
            disposition("attachment", "Räkning 7.pdf").to_str().unwrap(),
            "attachment; filename=\"R_kning 7.pdf\"; filename*=UTF-8''R%C3%A4kning%207.pdf"
        );
        assert_eq!(disposition("attachment", "\u{200B}.htaccess").to_str().unwrap(), "attachment; filename=\"htaccess\"; filename*=UTF-8''htaccess");
    }

    #[test]
    fn p50_only_four_kinds_of_picture_are_shown_and_by_their_bytes() {
        assert_eq!(picture_type(b"\x89PNG\r\n\x1a\n...."), Some("image/png"));
        assert_eq!(picture_type(b"GIF89a<script>"), Some("image/gif"));
        for other in [&b"<svg onload=alert(1)>"[..], b"<!DOCTYPE html>", b"%PDF-1.7", b"II*\0", b"8BPS", b""] {
            assert_eq!(picture_type(other), None);
        }
        for active in ["text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/javascript", "TEXT/HTML"] {
            assert_eq!(download_type(active), "application/octet-stream");
        }
    }
}
