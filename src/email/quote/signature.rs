//! Signatures: below `-- `, "Sent from my iPhone", and blocks of name, telephone and address that nothing announces.

use super::{Line, words};

/// Below a `--` a signature has fewer lines; more is text.
const LINES_MAX: usize = 20;
/// A line that a mail app writes is shorter.
const APP_LINE_CHARS_MAX: usize = 110;
/// A block of contact lines has no more lines.
const CONTACT_LINES_MAX: usize = 10;

/// Marks the lines of signatures.
pub fn mark(lines: &[&str], kinds: &mut [Line]) {
    mark_below_dashes(lines, kinds);
    mark_app_lines(lines, kinds);
}

fn mark_below_dashes(lines: &[&str], kinds: &mut [Line]) {
    let mut something_before = false;
    for at in 0..kinds.len() {
        if kinds[at] == Line::Text
            && something_before
            && is_delimiter(lines[at])
            && let Some(end) = end_of_signature(&kinds[at..])
        {
            kinds[at..at + end].iter_mut().for_each(|kind| *kind = Line::Signature);
        }
        something_before |= matches!(kinds[at], Line::Text | Line::Quote);
    }
}

/// Where the signature that opens `kinds` ends: before the next quote or at the end, if it is short enough to be one.
fn end_of_signature(kinds: &[Line]) -> Option<usize> {
    let mut written = 0;
    for (at, kind) in kinds.iter().enumerate().skip(1) {
        match kind {
            Line::Quote | Line::Attribution => return Some(at),
            Line::Text => written += 1,
            Line::Blank | Line::Signature => {}
        }
        if written > LINES_MAX || at > 4 * LINES_MAX {
            return None;
        }
    }
    Some(kinds.len())
}

fn is_delimiter(line: &str) -> bool {
    let line = line.trim_end_matches([' ', '\u{a0}', '\t']);
    matches!(line, "--" | "- --" | "—" | "–" | "-- --") || line.trim() == "--" || (line.len() >= 5 && line.bytes().all(|b| b == b'_'))
}

/// "Sent from my iPhone" among the last lines of what the author wrote.
fn mark_app_lines(lines: &[&str], kinds: &mut [Line]) {
    let written: Vec<usize> = (0..kinds.len()).filter(|at| kinds[*at] == Line::Text).collect();
    for n in (written.len().saturating_sub(4)..written.len()).rev() {
        let at = written[n];
        if n > 0 && is_app_line(lines[at]) {
            written[n..].iter().for_each(|at| kinds[*at] = Line::Signature);
            return;
        }
    }
}

fn is_app_line(line: &str) -> bool {
    let bare = line.trim().trim_start_matches(['-', '*', '_', '[', '(', ' ', '\u{a0}']);
    if bare.chars().count() > APP_LINE_CHARS_MAX && !bare.contains("http") {
        return false;
    }
    let lower = bare.to_lowercase();
    let Some(known) = words::APP_SIGNATURES.iter().find(|known| lower.starts_with(*known)) else { return false };
    let rest = &lower[known.len()..];
    let rest = rest.split('<').next().unwrap_or_default();
    // "Sent from my desk, is much easier than my phone." is a sentence.
    let sentence = rest.contains(", ") || rest.trim_end_matches('.').contains(". ") || rest.split_whitespace().count() > 8;
    !sentence
}

/// `lines` without a last paragraph that is a disclaimer or holds only a name and at least two ways to reach it.
pub fn without_contact_block<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut kept = lines.to_vec();
    while let Some((start, end)) = last_paragraph(&kept) {
        let paragraph = &kept[start..end];
        if start == 0 || !(is_disclaimer(paragraph) || is_contact_block(paragraph)) || announced(&kept[..start]) {
            break;
        }
        kept.truncate(start);
    }
    kept
}

/// The text before ends with a colon: what follows is what the author wants to tell ("My address:").
fn announced(before: &[&str]) -> bool {
    before.iter().rev().find(|line| !line.trim().is_empty()).is_none_or(|line| line.trim_end().ends_with([':', '：', '?']))
}

fn last_paragraph(lines: &[&str]) -> Option<(usize, usize)> {
    let end = lines.iter().rposition(|line| !line.trim().is_empty())? + 1;
    let start = lines[..end].iter().rposition(|line| line.trim().is_empty()).map_or(0, |at| at + 1);
    Some((start, end))
}

fn is_disclaimer(paragraph: &[&str]) -> bool {
    let text = paragraph.join(" ").to_lowercase();
    text.len() > 60 && words::DISCLAIMERS.iter().any(|(one, other)| text.contains(one) && text.contains(other))
}

fn is_contact_block(paragraph: &[&str]) -> bool {
    let name = paragraph[0].trim();
    let named = name.split_whitespace().count() <= 4
        && !name.ends_with(['.', '?', '!', ':', ','])
        && name.chars().next().is_some_and(char::is_uppercase)
        && !name.contains(|c: char| c.is_ascii_digit());
    let contacts = paragraph[1..].iter().filter(|line| is_contact(line)).count();
    named && (3..=CONTACT_LINES_MAX).contains(&paragraph.len()) && contacts >= 2
}

/// A line that is only an address, a web address or a telephone number.
fn is_contact(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    let digits = line.chars().filter(char::is_ascii_digit).count();
    let phone = digits >= 7 && line.chars().filter(|c| c.is_alphabetic()).count() <= 12 && !line.contains(['#', '€', '$']);
    let web = words <= 2 && (line.contains("www.") || line.contains("://") || (line.contains('@') && line.contains('.')));
    phone || web
}
