//! Which attachments are pictures of something: not logos, signatures, tracking pixels or icons. Photos of cameras and screenshots are
//! large and about as wide as high; what stands in a signature is small, or a strip. Where a picture does not say how large it is, its
//! bytes and its name have to do.

use crate::email::Attachment;
use crate::return_request::reading::Letter;

/// A smaller file is an icon or a pixel that counts readers.
const BYTES_MIN: usize = 3_000;
/// Of unknown size in pixels, a smaller file inside the text is a logo: photos are shown large.
const INLINE_BYTES_MIN: usize = 25_000;
/// Inside the text: an iPhone's smallest copy of a photo has 320 by 240 pixels; a portrait beside a signature has fewer.
const INLINE_PIXELS_MIN: u64 = 320 * 240;
/// What was attached on purpose may be small; an icon is smaller.
const PIXELS_MIN: u64 = 80 * 80;
/// Inside the text so small a picture of a camera still takes some bytes; a drawn logo takes few.
const SMALL_PIXELS: u64 = 640 * 480;
const SMALL_BYTES_MIN: usize = 8_000;
/// A PNG inside the text is a logo unless it is as large as a screenshot.
const SCREENSHOT_PIXELS_MIN: u64 = 500 * 500;
/// From here on its name decides nothing: "logo_torn.jpg" of 12 megapixels is a photo.
const LARGE_PIXELS: u64 = 1_000_000;
/// How much longer than wide: phones' screens reach 2.3, a banner or a line of icons more; a strip cut out of a screen may, where it
/// was attached on purpose.
const INLINE_ASPECT_MAX: f64 = 2.4;
const ASPECT_MAX: f64 = 6.0;
/// How programs and people name what is no photo.
const NO_PHOTOS: &[&str] = &[
    "logo",
    "signature",
    "signatur",
    "unterschrift",
    "assinatura",
    "handtekening",
    "outlook-",
    "footer",
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
const ENDINGS: &[&str] = &[".jpg", ".jpeg", ".png", ".heic", ".heif", ".webp"];
const TYPES: &[&str] = &["image/jpeg", "image/jpg", "image/png", "image/webp", "image/heic", "image/heif", "image/tiff"];

pub fn photos(letter: &Letter) -> Vec<usize> {
    letter.attachments.iter().filter(|attachment| is_photo(attachment)).map(|attachment| attachment.part).collect()
}

fn is_photo(attachment: &Attachment) -> bool {
    let name = attachment.name.to_lowercase();
    let picture = TYPES.contains(&attachment.content_type.as_str())
        || (attachment.content_type == "application/octet-stream" && ENDINGS.iter().any(|ending| name.ends_with(ending)));
    let named_otherwise = NO_PHOTOS.iter().any(|word| name.contains(word));
    // Outlook names what stands in a signature image001.png; what it calls .jpg may be a photo that was pasted.
    let of_outlook = name.starts_with("image0") && (name.ends_with(".png") || name.ends_with(".gif"));
    let inside = attachment.inline || of_outlook;
    let large = match attachment.pixels {
        Some(size) => is_large(size, attachment, inside) && (!named_otherwise || pixels(size) >= LARGE_PIXELS),
        None => attachment.bytes >= if inside { INLINE_BYTES_MIN } else { BYTES_MIN } && !named_otherwise,
    };
    picture && attachment.bytes >= BYTES_MIN && large
}

fn is_large(size: (u32, u32), attachment: &Attachment, inside: bool) -> bool {
    let aspect = f64::from(size.0.max(size.1)) / f64::from(size.0.min(size.1).max(1));
    let drawn = attachment.content_type == "image/png";
    let least = match (inside, drawn) {
        (true, true) => SCREENSHOT_PIXELS_MIN,
        (true, false) => INLINE_PIXELS_MIN,
        (false, _) => PIXELS_MIN,
    };
    let enough_bytes = !inside || pixels(size) >= SMALL_PIXELS || attachment.bytes >= SMALL_BYTES_MIN;
    pixels(size) >= least && enough_bytes && aspect <= if inside { INLINE_ASPECT_MAX } else { ASPECT_MAX }
}

fn pixels((width, height): (u32, u32)) -> u64 {
    u64::from(width) * u64::from(height)
}
