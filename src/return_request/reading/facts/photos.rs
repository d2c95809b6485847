//! Which attachments are pictures of something: not logos, signatures, tracking pixels or icons.

use crate::email::Attachment;
use crate::return_request::reading::Letter;

/// A smaller picture is an icon or a pixel that counts readers.
const BYTES_MIN: usize = 3_000;
/// A smaller one inside the text is a logo: photos are shown large.
const INLINE_BYTES_MIN: usize = 25_000;
/// How programs and people name what is no photo.
const NO_PHOTOS: &[&str] = &[
    "logo",
    "signature",
    "signatur",
    "icon",
    "facebook",
    "instagram",
    "linkedin",
    "twitter",
    "youtube",
    "banner",
    "spacer",
    "pixel",
    "tracking",
    "avatar",
    "emoji",
];

pub fn photos(letter: &Letter) -> Vec<usize> {
    letter.attachments.iter().filter(|attachment| is_photo(attachment)).map(|attachment| attachment.part).collect()
}

fn is_photo(attachment: &Attachment) -> bool {
    let name = attachment.name.to_lowercase();
    let by_name = [".jpg", ".jpeg", ".png", ".heic", ".heif", ".webp"].iter().any(|ending| name.ends_with(ending));
    let picture =
        matches!(attachment.content_type.as_str(), "image/jpeg" | "image/jpg" | "image/png" | "image/webp" | "image/heic" | "image/heif" | "image/tiff")
            || (attachment.content_type == "application/octet-stream" && by_name);
    // Outlook names what stands in a signature image001.png; what it calls .jpg may be a photo that was pasted.
    let of_outlook = name.starts_with("image0") && (name.ends_with(".png") || name.ends_with(".gif"));
    let least = if attachment.inline || of_outlook { INLINE_BYTES_MIN } else { BYTES_MIN };
    picture && attachment.bytes >= least && !NO_PHOTOS.iter().any(|word| name.contains(word))
}
