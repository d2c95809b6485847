//! What an attachment is called and what it is: by its fields, and where those say nothing by its first bytes.

use super::headers::{Headers, one_line};
use super::parts::Leaf;
use super::transfer::Transfer;

/// Longer names are no longer read by anyone; file systems take 255 bytes.
const NAME_CHARS_MAX: usize = 120;
/// Enough to know a picture by.
const SIGNATURE_BYTES: usize = 24;

/// The name that the sender gave, if any: Content-Disposition, then Content-Type.
pub fn given(leaf: &Leaf) -> Option<String> {
    let written = leaf.disposition.text("filename").or_else(|| leaf.content_type.text("name")).or_else(|| leaf.disposition.text("name"))?;
    let name = harmless(&written);
    (!name.is_empty()).then_some(name)
}

/// A name for a part that has none.
pub fn invented(leaf: &Leaf, content_type: &str) -> String {
    match content_type {
        "message/rfc822" | "message/global" | "message/news" => {
            let (headers, _) = Headers::split(leaf.body);
            let subject = headers.text("Subject", None).map(|s| harmless(&s.replace(['/', '\\'], "-"))).filter(|s| !s.is_empty());
            format!("{}.eml", subject.unwrap_or_else(|| "message".into()))
        }
        "message/delivery-status" | "message/global-delivery-status" => "delivery-status.txt".into(),
        "message/disposition-notification" => "receipt.txt".into(),
        "message/feedback-report" => "feedback-report.txt".into(),
        "text/rfc822-headers" | "message/rfc822-headers" | "message/global-headers" => "headers.txt".into(),
        "text/calendar" | "application/ics" => "invitation.ics".into(),
        "text/vcard" | "text/x-vcard" | "text/directory" => "contact.vcf".into(),
        "application/ms-tnef" | "application/vnd.ms-tnef" => "winmail.dat".into(),
        "application/pgp-encrypted" => "encryption-version.txt".into(),
        "application/pgp-signature" => "signature.asc".into(),
        "text/html" => "attachment.html".into(),
        "text/plain" => "attachment.txt".into(),
        _ => {
            let (kind, subtype) = content_type.split_once('/').unwrap_or(("", "bin"));
            let stem = if matches!(kind, "image" | "audio" | "video") { kind } else { "attachment" };
            let extension = match subtype {
                "jpeg" | "pjpeg" => "jpg",
                "svg+xml" => "svg",
                "mpeg" => "mp3",
                plain if plain.len() <= 5 && plain.bytes().all(|b| b.is_ascii_alphanumeric()) => plain,
                _ => "bin",
            };
            format!("{stem}.{extension}")
        }
    }
}

/// One line, no path, nothing that reorders text on the screen (U+202E makes `gpj.exe` of `exe.jpg`).
fn harmless(written: &str) -> String {
    let last = written.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let shown: String = last.chars().filter(|c| !is_invisible(*c)).collect();
    let name = one_line(&shown);
    let name = name.trim_matches(['"', ' ']);
    let name = name.trim_start_matches("..");
    let count = name.chars().count();
    if count <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    // The end tells what it is.
    let extension = name.rsplit_once('.').map(|(_, e)| e).filter(|e| e.chars().count() <= 8);
    let kept: String = name.chars().take(NAME_CHARS_MAX - 10).collect();
    extension.map_or(kept.clone(), |e| format!("{kept}….{e}"))
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{ad}')
}

/// The type that the first bytes show, for parts whose declared type says nothing (or lies).
pub fn by_signature(leaf: &Leaf) -> Option<&'static str> {
    let encoded = &leaf.body[..leaf.body.len().min(SIGNATURE_BYTES * 4)];
    if leaf.transfer == Transfer::Uuencode {
        return None;
    }
    let bytes = leaf.transfer.decode(encoded);
    match &*bytes {
        b if b.starts_with(b"\x89PNG\r\n\x1a\n") => Some("image/png"),
        b if b.starts_with(b"\xff\xd8\xff") => Some("image/jpeg"),
        b if b.starts_with(b"GIF87a") || b.starts_with(b"GIF89a") => Some("image/gif"),
        b if b.len() > 12 && b.starts_with(b"RIFF") && &b[8..12] == b"WEBP" => Some("image/webp"),
        b if b.len() > 12 && &b[4..8] == b"ftyp" && matches!(&b[8..12], b"heic" | b"heix" | b"mif1" | b"hevc") => Some("image/heic"),
        b if b.len() > 12 && &b[4..8] == b"ftyp" && b[8..12].starts_with(b"avif") => Some("image/avif"),
        b if b.starts_with(b"%PDF-") => Some("application/pdf"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn names_hold_no_path_and_no_tricks() {
        for (written, meant) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\anna\\photo.jpg", "photo.jpg"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\0b\r\nc.pdf", "ab c.pdf"),
            ("..", ""),
            (".htaccess", ".htaccess"),
        ] {
            assert_eq!(harmless(written), meant, "{written}");
        }
        let long = harmless(&format!("{}.pdf", "x".repeat(4_000)));
        assert!(long.ends_with(".pdf") && long.chars().count() <= super::NAME_CHARS_MAX);
    }
}
