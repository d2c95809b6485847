//! Where history begins without quote marks: `-----Original Message-----`, and blocks of From:, Sent:, To:, Subject:.

use super::attribution;
use super::words::{self, FieldName};

/// A block's fields stand within so many lines.
const BLOCK_LINES_MAX: usize = 14;
/// Lines of a long To or Cc between two fields.
const CONTINUATION_LINES_MAX: usize = 3;

/// Whether everything from `lines[at]` on is history.
pub fn separates(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    is_separator(line) || is_block(lines, at) || is_rule_before_block(lines, at)
}

fn is_separator(line: &str) -> bool {
    if line.len() > 160 {
        return false;
    }
    let inner = line.trim_matches(['-', '_', '=', '*', '#', '>', '<', ' ', '\u{a0}', '|', '—', '–']);
    let framed = line.len() > inner.len()
        && (line.starts_with("--")
            || line.starts_with("__")
            || line.starts_with("==")
            || line.starts_with("**")
            || line.starts_with("##")
            || line.starts_with('—'));
    let lower = || inner.trim_end_matches(':').trim().to_lowercase();
    if framed && inner.len() < 100 {
        let lower = lower();
        if words::SEPARATORS.iter().any(|known| lower == *known || lower.starts_with(known) && lower.len() < known.len() + 40) {
            return true;
        }
    }
    let begins = line.ends_with([':', '：']) && words::FORWARD_OPENINGS.contains(&lower().as_str());
    begins || is_reply_mark(line)
}

/// Our own mark and that of other helpdesks: "##- Please type your reply above this line -##".
fn is_reply_mark(line: &str) -> bool {
    if line.len() > 120 || !line.starts_with(['#', '-', '—', '=', '*', '_']) {
        return false;
    }
    let lower = line.to_lowercase();
    lower.contains("above this line") && (lower.contains("reply") || lower.contains("type"))
}

/// Outlook draws a line of underscores above the block.
fn is_rule_before_block(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    let rule = line.len() >= 3 && (line.bytes().all(|b| b == b'_') || line.bytes().all(|b| b == b'-') || line.chars().all(|c| c == '─'));
    rule && (at + 1..lines.len().min(at + 4)).any(|next| is_block(lines, next))
}

/// From, a date, and To or Subject, in a few lines; or a date with its time and an address in two lines that touch. With
/// less, a contact form would be cut.
fn is_block(lines: &[&str], at: usize) -> bool {
    let Some(first) = field(lines[at]) else { return false };
    if first == FieldName::Other {
        return false;
    }
    let mut found = vec![first];
    let mut strangers = 0;
    for line in lines[at + 1..].iter().take(BLOCK_LINES_MAX) {
        match field(line) {
            Some(name) => {
                found.push(name);
                strangers = 0;
            }
            // A blank line between fields (HTML made text), or the rest of a long To.
            None => strangers += 1,
        }
        if strangers > CONTINUATION_LINES_MAX {
            break;
        }
    }
    let has = |name| found.contains(&name);
    let early = found.iter().take(3).any(|name| *name == FieldName::From);
    (early && has(FieldName::Date) && (has(FieldName::To) || has(FieldName::Subject))) || is_short_block(lines, at)
}

fn is_short_block(lines: &[&str], at: usize) -> bool {
    let pair = [Some(lines[at]), lines.get(at + 1).copied()].map(Option::unwrap_or_default);
    let timed = |line: &str| field(line) == Some(FieldName::Date) && attribution::has_time(line);
    let addressed = |line: &str| matches!(field(line), Some(FieldName::From | FieldName::To)) && line.contains('@');
    pair.into_iter().any(timed) && pair.into_iter().any(addressed)
}

/// The field that a line opens with: `From:`, `*De :*`, `Von:`.
fn field(line: &str) -> Option<FieldName> {
    let line = line.trim_start_matches([' ', '\t', '*', '\u{a0}', '|', '_']);
    let colon = line.char_indices().take(28).find(|(_, c)| matches!(c, ':' | '：')).map(|(at, _)| at)?;
    let label = line[..colon].trim_end_matches(['*', ' ', '\u{a0}', '_']).to_lowercase();
    words::FIELDS.iter().find(|(known, _)| *known == label).map(|(_, name)| *name)
}
