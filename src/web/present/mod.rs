//! Facts as people read them: times, names, sizes. Pure; the doors pass `now` and the reader's zone in.

mod country;
mod name;
mod time;

pub use country::{COUNTRIES, country};
pub use name::{Person, hue, punycode_note, visible, visible_long};
pub use time::{Clock, When};

use crate::conversation::Status;

/// "3.1 MB", "24 kB", "812 B".
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} kB", bytes / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// "1 message", "3 messages"; `plural` in full, because English is not regular.
pub fn counted(n: i64, one: &str, plural: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {plural}", grouped(n)) }
}

/// "1,204".
pub fn grouped(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut text = String::from(if n < 0 { "-" } else { "" });
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

pub fn status(status: Status) -> &'static str {
    match status {
        Status::Open => "Open",
        Status::Waiting => "Waiting on customer",
        Status::Snoozed => "Snoozed",
        Status::Resolved => "Resolved",
        Status::Spam => "Spam",
    }
}

/// The class of a status' chip: colour is never alone, the word stands in it.
pub fn status_class(status: Status) -> &'static str {
    match status {
        Status::Open => "is-act",
        Status::Waiting | Status::Snoozed => "is-wait",
        Status::Resolved => "is-good",
        Status::Spam => "is-bad",
    }
}

/// Languages to choose from.
pub const LANGUAGES: &[&str] = &["en", "sv", "es", "ja", "de", "fr", "it", "nl", "pt", "da", "no", "fi", "pl", "zh", "ko", "ru", "uk", "tr", "ar", "he"];

/// A language by its English name; the code itself where we know none.
pub fn language(code: &str) -> &str {
    match code {
        "en" => "English",
        "sv" => "Swedish",
        "es" => "Spanish",
        "ja" => "Japanese",
        "de" => "German",
        "fr" => "French",
        "it" => "Italian",
        "nl" => "Dutch",
        "pt" => "Portuguese",
        "da" => "Danish",
        "no" | "nb" => "Norwegian",
        "fi" => "Finnish",
        "pl" => "Polish",
        "zh" => "Chinese",
        "ko" => "Korean",
        "ru" => "Russian",
        "uk" => "Ukrainian",
        "tr" => "Turkish",
        "ar" => "Arabic",
        "he" => "Hebrew",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_counts_read_as_people_say_them() {
        assert_eq!([size(812), size(24_300), size(3_149_000)], ["812 B", "24 kB", "3.1 MB"]);
        assert_eq!([grouped(7), grouped(1_204), grouped(1_234_567)], ["7", "1,204", "1,234,567"]);
        assert_eq!(counted(1, "reply", "replies"), "1 reply");
    }
}
