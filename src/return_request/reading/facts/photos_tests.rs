//! Pictures of something, and what only decorates a mail.

use super::photos;
use crate::email::Attachment;
use crate::return_request::reading::Letter;

#[test]
fn photos_are_pictures_of_something() {
    let picture = |part, name: &str, kind: &str, bytes, inline| Attachment {
        part,
        name: name.into(),
        content_type: kind.into(),
        bytes,
        inline,
        content_id: None,
        pixels: None,
    };
    let attachments = [
        picture(0, "IMG_2041.jpg", "image/jpeg", 2_400_000, false),
        picture(1, "logo.png", "image/png", 40_000, true),
        picture(2, "image001.png", "image/png", 6_000, true),
        picture(3, "pixel.gif", "image/gif", 43, true),
        picture(4, "IMG_1.HEIC", "image/heic", 1_400_000, true),
        picture(5, "scan.heic", "application/octet-stream", 1_000_000, false),
        picture(6, "invoice.pdf", "application/pdf", 90_000, false),
    ];
    let letter = Letter { subject: "", new_text: "", text: "", language: None, written: None, attachments: &attachments };
    assert_eq!(photos(&letter), [0, 4, 5]);
}

#[test]
fn a_pictures_own_size_tells_photos_and_screenshots_from_logos_and_strips() {
    let picture = |name: &str, bytes: usize, inline: bool, pixels: (u32, u32)| {
        let kind = if name.ends_with("png") { "image/png" } else { "image/jpeg" };
        let attachment = Attachment { name: name.into(), content_type: kind.into(), bytes, inline, pixels: Some(pixels), ..Attachment::default() };
        let letter = Letter { subject: "", new_text: "", text: "", language: None, written: None, attachments: &[attachment] };
        photos(&letter).len() == 1
    };
    for (name, bytes, inline, pixels) in [
        ("IMG_2041.jpeg", 1_900_000, true, (4_032, 3_024)),
        ("small.jpg", 16_000, true, (320, 240)),
        ("image001.jpg", 90_000, true, (1_600, 1_200)),
        ("Screenshot 2026-11-20.png", 240_000, true, (1_170, 2_532)),
        ("image001.png", 400_000, true, (1_400, 900)),
        ("strip.png", 30_000, false, (1_200, 300)),
        ("corner.png", 9_000, false, (120, 90)),
        ("logo_torn.jpg", 2_000_000, false, (4_032, 3_024)),
    ] {
        assert!(picture(name, bytes, inline, pixels), "{name} is a photo");
    }
    for (name, bytes, inline, pixels) in [
        ("spacer.png", 4_000, true, (1, 1)),
        ("image002.png", 60_000, true, (720, 180)),
        ("unterschrift.jpg", 40_000, true, (800, 200)),
        ("portrait.jpg", 9_000, true, (150, 150)),
        ("fb.png", 3_500, false, (64, 64)),
        ("firma.png", 45_000, true, (480, 480)),
        ("drawn.jpg", 4_000, true, (400, 300)),
    ] {
        assert!(!picture(name, bytes, inline, pixels), "{name} is none");
    }
}
