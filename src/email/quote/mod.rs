//! What is new in a reply: quoted history and signature folded away, never lost.

mod attribution;
mod fields;
mod signature;
mod words;

/// The part of `text` that its author wrote this time. All of `text` when nothing would remain.
pub fn new_text(text: &str) -> String {
    new_text_before(text, None)
}

/// The same, where the client marked (in HTML) the offset at which the history begins.
pub fn new_text_before(text: &str, history: Option<usize>) -> String {
    let marked = history.and_then(|at| text.get(..at)).map(newest).filter(|new| !new.is_empty());
    let new = marked.unwrap_or_else(|| newest(text));
    if new.is_empty() { text.trim_matches('\n').trim_end().to_owned() } else { new }
}

/// After so many broken quoted lines a client breaks them all, the last one too.
const WRAPPED_LINES_MIN: usize = 2;

/// What a line is to its reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Text,
    Blank,
    Quote,
    /// "On Monday, Bob wrote:"
    Attribution,
    Signature,
}

fn newest(text: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let mut kinds = sorted(&mut lines);
    join_wrapped_quotes(&lines, &mut kinds);
    signature::mark(&lines, &mut kinds);
    let kept = without_history(&kinds);
    let mut new: Vec<&str> = Vec::with_capacity(kept.len());
    for at in kept {
        let blank = kinds[at] == Line::Blank;
        if !(blank && new.last().is_none_or(|last: &&str| last.trim().is_empty() && new.len() > 1 && new[new.len() - 2].trim().is_empty())) {
            new.push(lines[at].trim_end());
        }
    }
    let new = signature::without_contact_block(&new);
    new.join("\n").trim_matches(['\n', '\r']).trim_end().to_owned()
}

/// The kind of each line. `lines` ends where history without quote marks begins.
fn sorted(lines: &mut Vec<&str>) -> Vec<Line> {
    let mut kinds = Vec::with_capacity(lines.len());
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at];
        if line.trim().is_empty() {
            kinds.push(Line::Blank);
        } else if is_quote(line) {
            kinds.push(Line::Quote);
        } else if fields::separates(lines, at) {
            break;
        } else if let Some(count) = attribution::at(lines, at) {
            if !quote_follows(lines, at + count) {
                break;
            }
            kinds.extend(std::iter::repeat_n(Line::Attribution, count));
            at += count;
            continue;
        } else {
            kinds.push(Line::Text);
        }
        at += 1;
    }
    lines.truncate(kinds.len());
    kinds
}

fn is_quote(line: &str) -> bool {
    // One or two blanks before the mark are a client's; a ">" deep inside is the author's.
    let trimmed = line.trim_start_matches([' ', '\u{a0}', '\u{200b}']);
    (trimmed.starts_with('>') && line.len() - trimmed.len() <= 3 && !trimmed.starts_with(">>>>>>>") && !trimmed.starts_with(">:"))
        || trimmed.starts_with("＞")
        || is_named_quote(trimmed)
}

/// `JD> text`, as old mail and news clients quote.
fn is_named_quote(line: &str) -> bool {
    line.find("> ").is_some_and(|at| (1..=4).contains(&at) && line[..at].bytes().all(|b| b.is_ascii_uppercase()))
}

fn quote_follows(lines: &[&str], from: usize) -> bool {
    lines[from.min(lines.len())..].iter().find(|line| !line.trim().is_empty()).is_some_and(|line| is_quote(line))
}

/// A quoted line that a client broke in two: its rest stands without a mark between two quoted lines.
fn join_wrapped_quotes(lines: &[&str], kinds: &mut [Line]) {
    let mut broken = 0;
    for at in 1..kinds.len() {
        if kinds[at] != Line::Text || kinds[at - 1] != Line::Quote {
            continue;
        }
        let quote_again = (at + 1..kinds.len().min(at + 3)).find(|next| kinds[*next] != Line::Text).is_some_and(|next| kinds[next] == Line::Quote);
        let last = kinds.get(at + 1).is_none_or(|next| *next == Line::Blank);
        let before = lines[at - 1].trim_end();
        let open = !before.ends_with(['.', '?', '!', ':', '>']);
        let continues = lines[at].trim_start().starts_with(|c: char| !c.is_uppercase());
        let long = before.chars().count() >= 60;
        let at_end = continues && (long && last && lines[at].chars().count() < 40 || broken >= WRAPPED_LINES_MIN);
        // A link is broken at its brackets, whatever stood before it.
        let link = quote_again && lines[at].trim_start().starts_with(['(', '<', 'h']) && lines[at].contains("://");
        if link || open && (quote_again && (continues || long) || at_end) {
            kinds[at] = Line::Quote;
            broken += 1;
        }
    }
}

/// The lines to show. Quotes at the end go; a quote that is followed by an answer stays when several are answered one by
/// one, and goes when the author just wrote below the whole history.
fn without_history(kinds: &[Line]) -> Vec<usize> {
    let visible = |at: usize| kinds[at] == Line::Text;
    let Some(last) = (0..kinds.len()).rev().find(|at| visible(*at)) else { return Vec::new() };
    let blocks = answered_quotes(&kinds[..=last]);
    let interleaved = blocks >= 2 || blocks == 1 && quotes_on_their_own(&kinds[..=last]);
    let keep = |at: &usize| match kinds[*at] {
        Line::Text | Line::Blank => true,
        Line::Quote => interleaved,
        Line::Attribution | Line::Signature => false,
    };
    (0..=last).filter(keep).collect()
}

/// The author's words, then a quote that no attribution introduces: what the author quotes, not what a client adds.
fn quotes_on_their_own(kinds: &[Line]) -> bool {
    let Some(quote) = kinds.iter().position(|kind| *kind == Line::Quote) else { return false };
    let before = kinds[..quote].iter().rev().find(|kind| **kind != Line::Blank);
    before == Some(&Line::Text)
}

/// How many runs of quoted lines have the author's words after them.
fn answered_quotes(kinds: &[Line]) -> usize {
    let shown: Vec<Line> = kinds.iter().copied().filter(|kind| matches!(kind, Line::Text | Line::Quote)).collect();
    shown.windows(2).filter(|pair| pair[0] == Line::Quote && pair[1] == Line::Text).count()
}

#[cfg(test)]
mod tests;
