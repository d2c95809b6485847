//! The line above a quote: "On Monday, Bob <bob@x> wrote:", over up to four lines, in the languages of mail clients.

use super::words;

/// A wrapped attribution has at most this many lines.
const LINES_MAX: usize = 4;
/// Name, address and date do not need more.
const CHARS_MAX: usize = 350;

/// How many lines the attribution at `lines[at]` takes, if there is one.
pub fn at(lines: &[&str], at: usize) -> Option<usize> {
    if !worth_reading(lines, at) {
        return None;
    }
    let mut joined = String::new();
    for (n, line) in lines[at..].iter().take(LINES_MAX).enumerate() {
        let line = line.trim();
        if line.is_empty() || n > 0 && line.starts_with('>') && line.len() > 2 {
            return dated_only(&joined, lines, at + n).then_some(n).filter(|n| *n > 0);
        }
        if n > 0 {
            joined.push(' ');
        }
        joined.push_str(line);
        if joined.len() > CHARS_MAX {
            return None;
        }
        if n > 0 && opens(&line.to_lowercase()) && has_date(line) && has_time(line) {
            return None; // the attribution begins here; what stood above it is text
        }
        if is_attribution(&joined) || names_author(&joined) && super::quote_follows(lines, at + n + 1) {
            return Some(n + 1);
        }
        if n == 0 && !may_begin(line) {
            return None;
        }
    }
    None
}

/// Cheap, for it is asked of every line: somewhere at the beginning stands a number or an address, and within the next lines
/// something that ends an attribution, or a quote.
fn worth_reading(lines: &[&str], at: usize) -> bool {
    let first = lines[at].trim_end();
    let told = first.contains('@') || first.contains(|c: char| c.is_ascii_digit()) || first.ends_with([':', '：']);
    let ends = |line: &&str| line.trim_end().ends_with([':', '：', '>', '-', '*', '_']) || line.contains("GMT");
    let mut next = lines[at..].iter().take(LINES_MAX + 2);
    told && next.any(|line| ends(line) || super::is_quote(line))
}

/// Only lines that open like an attribution are worth joining with the next ones.
fn may_begin(line: &str) -> bool {
    let lower = line.trim_start_matches(['-', '*', ' ', '"', '\'']).to_lowercase();
    opens(&lower) || line.contains('@') || words::VERBS.iter().any(|verb| lower.contains(verb))
}

/// Whether a text (in lower case) begins as attributions do.
fn opens(lower: &str) -> bool {
    lower.starts_with(|c: char| c.is_ascii_digit()) || words::OPENINGS.iter().any(|opening| lower.starts_with(opening))
}

fn is_attribution(joined: &str) -> bool {
    let framed = joined.starts_with("---") && joined.trim_end().ends_with("---");
    let text = joined.trim_matches(['-', '*', '_', ' ', '\u{a0}']);
    let ended = framed || text.ends_with([':', '：']);
    let lower = text.to_lowercase();
    let dated = has_date(text);
    let addressed = text.contains('@');
    if iso_dated(text) && (text.ends_with('>') || text.ends_with(">:") || text.contains("GMT")) {
        return true;
    }
    let timed = has_time(text);
    let opens = opens(&lower);
    if opens && timed && has_year(text) && text.ends_with('>') && addressed && text.chars().count() < 140 {
        return true;
    }
    if !ended || !(dated || addressed) {
        return false;
    }
    let body = lower.trim_end_matches([':', '：', ' ', '\u{a0}', ')']);
    let verb_last = words::VERBS.iter().any(|verb| body.ends_with(verb));
    let verb_within = words::VERBS.iter().any(|verb| contains_word(&lower, verb));
    // "Wednesday, 17 November 2021, 3:32 PM +0300 from john@x <john@x>:"
    // and Apple Mail in Czech: "3. 3. 2026 v 10:00, Bob <bob@x>:"
    let angled = addressed && timed && body.ends_with('>') && text.contains('<') && text.chars().count() < 200;
    angled || (verb_last && (dated || text.chars().count() < 120)) || (verb_within && (opens || addressed) && dated) || (opens && addressed && timed && dated)
}

/// "Bob wrote:" directly above a quote.
fn names_author(joined: &str) -> bool {
    let text = joined.trim_end();
    let body = text.trim_end_matches([':', '：', ' ', '\u{a0}']).to_lowercase();
    text.ends_with([':', '：']) && body.chars().count() < 80 && words::VERBS.iter().any(|verb| body.ends_with(verb) && body.len() > verb.len() + 1)
}

/// "On Tue, 15 Mar 2016 12:30:19 +0000" directly above a quote: the client forgot the verb.
fn dated_only(joined: &str, lines: &[&str], next: usize) -> bool {
    let lower = joined.to_lowercase();
    let opens = opens(&lower);
    let quote = lines[next.min(lines.len())..].iter().find(|line| !line.trim().is_empty()).is_some_and(|line| super::is_quote(line));
    quote && opens && has_time(joined) && has_date(joined) && joined.len() < 120
}

fn contains_word(text: &str, word: &str) -> bool {
    let whole = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let ascii = word.is_ascii();
        !ascii || (before.is_none_or(|c| !c.is_alphanumeric()) && after.is_none_or(|c| !c.is_alphanumeric()))
    };
    text.match_indices(word).any(|(at, _)| whole(at))
}

/// A number with a month, a year or a separator beside it: enough for a line that also has a verb and a colon.
fn has_date(text: &str) -> bool {
    has_year(text) || has_time(text) || text.split(['/', '.']).filter(|piece| piece.trim().ends_with(|c: char| c.is_ascii_digit())).count() >= 2
}

fn has_year(text: &str) -> bool {
    text.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() == 4 && (digits.starts_with("19") || digits.starts_with("20")))
}

pub fn has_time(text: &str) -> bool {
    let bytes = text.as_bytes();
    (1..bytes.len().saturating_sub(2))
        .any(|at| matches!(bytes[at], b':' | b'.' | b'h') && bytes[at - 1].is_ascii_digit() && bytes[at + 1].is_ascii_digit() && bytes[at + 2].is_ascii_digit())
}

/// `2013/11/1 John Smith <john@x>`, `2016-03-03 17:21 GMT+01:00 Some One`
fn iso_dated(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 12
        && bytes[..4].iter().all(u8::is_ascii_digit)
        && matches!(bytes[4], b'-' | b'/')
        && bytes[5].is_ascii_digit()
        && (text.contains('@') || text.contains("GMT"))
}
