//! The language of a text, where it can be told: the search index stems by it.

use std::sync::LazyLock;
use whatlang::{Detector, Info, Lang};

/// What a language is told from: a few sentences.
const BYTES_MAX: usize = 512;
/// Of less text every guess is as good as another.
const BYTES_MIN: usize = 12;

/// ISO 639-1.
pub fn of(text: &str) -> Option<&'static str> {
    let mut end = text.len().min(BYTES_MAX);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let told = DETECTOR.detect(&text[..end]).filter(|_| end >= BYTES_MIN).filter(Info::is_reliable)?;
    LANGUAGES.iter().find(|(lang, _)| *lang == told.lang()).map(|(_, code)| *code)
}

/// Each language more costs the detection of every mail; these are what shops here are written in.
static DETECTOR: LazyLock<Detector> = LazyLock::new(|| Detector::with_allowlist(LANGUAGES.iter().map(|(lang, _)| *lang).collect()));

#[rustfmt::skip]
const LANGUAGES: &[(Lang, &str)] = &[
    (Lang::Eng, "en"), (Lang::Deu, "de"), (Lang::Fra, "fr"), (Lang::Spa, "es"), (Lang::Ita, "it"), (Lang::Nld, "nl"), (Lang::Por, "pt"),
    (Lang::Swe, "sv"), (Lang::Dan, "da"), (Lang::Nob, "nb"), (Lang::Fin, "fi"), (Lang::Pol, "pl"), (Lang::Ces, "cs"), (Lang::Hun, "hu"),
    (Lang::Ron, "ro"), (Lang::Tur, "tr"), (Lang::Rus, "ru"), (Lang::Ukr, "uk"), (Lang::Ell, "el"), (Lang::Heb, "he"), (Lang::Ara, "ar"),
    (Lang::Jpn, "ja"), (Lang::Cmn, "zh"), (Lang::Kor, "ko"), (Lang::Tha, "th"),
];

#[cfg(test)]
mod tests {
    #[test]
    fn languages_are_told_where_there_is_enough_text() {
        assert_eq!(super::of("The frame of the print that I ordered arrived broken, and I would like my money back."), Some("en"));
        assert_eq!(super::of("Der Rahmen des Drucks, den ich bestellt habe, ist leider zerbrochen angekommen."), Some("de"));
        assert_eq!(super::of("Ramen till trycket som jag beställde har tyvärr gått sönder på vägen hit."), Some("sv"));
        assert_eq!(super::of("ok"), None);
    }
}
