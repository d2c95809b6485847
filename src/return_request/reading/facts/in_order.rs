//! Answers without their questions: "1. AT-10482  2. the vase  3. broken", or one line after the other, in the order in which our letter
//! asked. Taken only where they read as what was asked: a list of two broken mugs answers nothing.

use super::lines::bare;
use super::words;
use crate::return_request::fields::{ITEM, PHOTOS};
use crate::return_request::reading::intent::folded;

/// A longer line is a sentence, and answers no single question.
const LINE_CHARS_MAX: usize = 110;
/// Fewer lines in a row say nothing by their order.
const ROW_MIN: usize = 3;
/// What may stand between two answers in one line.
const PARTS: &[&str] = &[" / ", "; ", " | ", ", "];
const MARKS: &[char] = &['.', ')', ':', '-', '–', ']', '°', 'º', '\u{fe0f}', '\u{20e3}'];

/// Field and words. `reads` says whether words read as a field, and for certain.
pub fn answers(new_text: &str, asked: &[String], reads: impl Fn(&str, &str) -> Option<bool>) -> Vec<(String, String)> {
    if asked.len() < 2 {
        return Vec::new();
    }
    let numbered = numbered(new_text, asked.len());
    if numbered.len() > 1 {
        let pairs: Vec<(String, String)> = numbered.into_iter().map(|(number, said)| (asked[number - 1].clone(), said)).collect();
        return if fits(&pairs, &reads) { pairs } else { Vec::new() };
    }
    let lines: Vec<&str> = new_text.lines().map(bare).filter(|line| !line.is_empty()).collect();
    let in_one = || lines.iter().find_map(|line| PARTS.iter().find_map(|mark| row(&line.split(mark).map(str::trim).collect::<Vec<_>>(), asked, &reads)));
    row(&lines, asked, &reads).or_else(in_one).unwrap_or_default()
}

/// Lines that begin with the number of a question, each with what follows it.
fn numbered(text: &str, asked: usize) -> Vec<(usize, String)> {
    let mut numbered: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for line in text.lines().flat_map(|line| unfolded(line, asked)) {
        let last = numbered.last().map_or(0, |(number, _)| *number);
        let begun = number_of(&line).filter(|(number, _)| (last + 1..=asked).contains(number) && (last > 0 || *number <= 2));
        // What stands below an empty line, or below the last answer, is a greeting or a name.
        let is_open = (open || begun.is_some()) && !line.trim().is_empty();
        match begun {
            Some((number, said)) => numbered.push((number, said.to_owned())),
            None if open && !line.trim().is_empty() => numbered.last_mut().into_iter().for_each(|(_, said)| *said = format!("{said} {}", line.trim())),
            None => {}
        }
        open = is_open && numbered.last().is_some_and(|(number, said)| *number < asked && said.len() < LINE_CHARS_MAX);
    }
    numbered
}

/// "1) AT-10482 2) the vase" as two lines.
fn unfolded(line: &str, asked: usize) -> Vec<String> {
    let mut whole = line.to_owned();
    if number_of(line).is_some() {
        for number in 2..=asked {
            for mark in [")", ".", ":"] {
                whole = whole.replacen(&format!(" {number}{mark} "), &format!("\n{number}{mark} "), 1);
            }
        }
    }
    whole.split('\n').map(str::to_owned).collect()
}

/// "1. AT-10482", "2) the vase", "3 broken", "4️⃣ yesterday".
fn number_of(line: &str) -> Option<(usize, &str)> {
    let line = line.trim_start_matches(['>', ' ', '*', '(', '#', '\u{a0}']);
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let behind = &line[digits..];
    let said = behind.trim_start_matches(MARKS);
    let marked = said.len() < behind.len();
    let parted = said.starts_with([' ', '\u{a0}', '\t']) || (marked && !said.starts_with(|c: char| c.is_ascii_digit()));
    let said = said.trim();
    (digits > 0 && digits < 3 && parted && !said.is_empty()).then(|| line[..digits].parse().ok().map(|number| (number, said)))?
}

/// Whether numbered answers read as what was asked; who does not know says so.
fn fits(pairs: &[(String, String)], reads: &impl Fn(&str, &str) -> Option<bool>) -> bool {
    let typed: Vec<bool> =
        pairs.iter().filter(|(field, said)| is_typed(field) && !says_nothing(said)).map(|(field, said)| reads(field, said).is_some()).collect();
    let right = typed.iter().filter(|reads| **reads).count();
    right > 0 && (right == typed.len() || right >= 3 * (typed.len() - right))
}

/// The only lines in a row that read for certain as what was asked, the longest row first.
fn row(lines: &[&str], asked: &[String], reads: &impl Fn(&str, &str) -> Option<bool>) -> Option<Vec<(String, String)>> {
    let asked: Vec<&String> = asked.iter().filter(|field| *field != PHOTOS).collect();
    for length in (ROW_MIN..=asked.len().min(lines.len())).rev() {
        let rows = lines.windows(length).filter(|row| {
            let answers = |(field, said): (&&String, &&str)| {
                said.chars().count() <= LINE_CHARS_MAX && !said.contains(':') && (!is_typed(field) || reads(field, said) == Some(true))
            };
            asked.iter().zip(row.iter()).all(answers)
        });
        if let [only] = rows.collect::<Vec<_>>()[..] {
            return Some(asked.iter().zip(only).map(|(field, said)| ((*field).clone(), (*said).to_owned())).collect());
        }
    }
    None
}

/// Whether not every answer would do.
fn is_typed(field: &str) -> bool {
    !matches!(field, ITEM | PHOTOS)
}

/// "-", "?", "don't know", "keine Ahnung".
fn says_nothing(said: &str) -> bool {
    !said.contains(char::is_alphanumeric)
        || said.split(|c: char| !c.is_alphanumeric()).any(|word| words::is("forgotten", &folded(word)) || words::is("denies", &folded(word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A number reads as an order, "broken" as a reason, a euro sign as an amount.
    fn said(text: &str) -> Vec<String> {
        let asked = ["order_number", "item", "reason", "amount"].map(str::to_owned);
        let reads = |field: &str, said: &str| match field {
            "order_number" => said.contains("AT-").then_some(true),
            "reason" => said.contains("broken").then_some(true),
            _ => said.contains('€').then_some(true),
        };
        answers(text, &asked, reads).into_iter().map(|(field, said)| format!("{field}={said}")).collect()
    }

    #[test]
    fn answers_in_the_order_of_the_questions_are_given_to_them() {
        let all = ["order_number=AT-1", "item=the vase", "reason=broken", "amount=12 €"];
        assert_eq!(said("Hi,\n1. AT-1\n2. the vase\n3. broken\n4. 12 €\n\nBye"), all, "numbered");
        assert_eq!(said("1 AT-1\n2 the vase\n3 broken\n4 12 €"), all, "with bare numbers");
        assert_eq!(said("1) AT-1 2) the vase 3) broken 4) 12 €"), all, "in one line");
        assert_eq!(said("Hi\nAT-1\nthe vase\nbroken\n12 €\nJo"), all, "one below the other");
        assert_eq!(said("- AT-1\n- the vase\n- broken\n- 12 €"), all, "with bullets");
        assert_eq!(said("AT-1 / the vase / broken / 12 €"), all, "with strokes");
        assert_eq!(said("1. AT-1\n3. broken into\nmany pieces\n\nThanks"), ["order_number=AT-1", "reason=broken into many pieces"], "what is known");
    }

    #[test]
    fn a_list_of_something_else_answers_nothing() {
        for text in ["1. The mug is chipped.\n2. The bowl is broken.", "AT-1\nHello\nthanks", "It came.\nIt was broken.\nBye", "2 mugs\n3 bowls"] {
            assert_eq!(said(text), [""; 0], "{text}");
        }
    }
}
