//! What it is about: a title in quotation marks.

use super::sentences::around;
use super::text;
use crate::return_request::fields::ITEM;
use crate::return_request::reading::Found;

const TITLE_CHARS_MAX: usize = 60;
/// Opening marks with what closes them.
const MARKS: &[(char, &[char])] =
    &[('“', &['”', '“']), ('„', &['“', '”']), ('«', &['»']), ('»', &['«']), ('”', &['”']), ('"', &['"']), ('‘', &['’']), ('「', &['」'])];

pub fn find(whole: &str) -> Option<Found> {
    let titles = titles(whole);
    let (from, to, title) = *titles.first()?;
    Some(text(ITEM, title, &around(whole, from, to), titles.len() == 1))
}

/// What stands in quotation marks and may be a title, with its place.
pub fn titles(whole: &str) -> Vec<(usize, usize, &str)> {
    let mut titles: Vec<(usize, usize, &str)> = Vec::new();
    let mut at = 0;
    while let Some((from, open)) = whole[at..].char_indices().find(|(_, c)| MARKS.iter().any(|(open, _)| open == c)) {
        let start = at + from + open.len_utf8();
        let closing = MARKS.iter().find(|(known, _)| *known == open).map_or(&[][..], |(_, closing)| closing);
        let Some(length) = whole[start..].find(closing) else { break };
        let title = whole[start..start + length].trim();
        let fits = (2..=TITLE_CHARS_MAX).contains(&title.chars().count()) && !title.contains(['\n', '@']) && title.chars().any(char::is_alphabetic);
        if fits && !titles.iter().any(|(.., known)| known.eq_ignore_ascii_case(title)) {
            titles.push((start, start + length, title));
        }
        at = start + length + whole[start + length..].chars().next().map_or(0, char::len_utf8);
    }
    titles
}
