//! A letter's lines without what programs put before them, put together again where a program broke them.

/// Programs break lines here or earlier; a longer line was never broken, a shorter one ended of itself.
const BROKEN_CHARS: std::ops::RangeInclusive<usize> = 55..=84;
/// A question of ours with its choices; more is no question.
const QUESTION_CHARS_MAX: usize = 400;

/// A line, and whether its program may have broken it.
pub struct Line {
    pub text: String,
    /// With its marks.
    pub whole: String,
    pub broken: bool,
}

/// The lines of a text. What is `asking` and stands with its bracket open goes on in the next line.
pub fn of(source: &str, asking: impl Fn(&str) -> bool) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for whole in source.lines() {
        let text = bare(whole);
        let broken = BROKEN_CHARS.contains(&whole.trim_end().chars().count());
        match lines.last_mut() {
            Some(last) if !text.is_empty() && goes_on(&last.text, text, &asking) => {
                last.text = format!("{} {text}", last.text);
                last.whole = format!("{} {text}", last.whole);
                last.broken = broken;
            }
            _ => lines.push(Line { text: text.to_owned(), whole: whole.to_owned(), broken }),
        }
    }
    lines
}

/// "What happened (damaged / not", "What happened" before "(damaged / …".
fn goes_on(last: &str, next: &str, asking: &impl Fn(&str) -> bool) -> bool {
    let open = last.rfind('(').filter(|open| last.rfind(')').is_none_or(|close| close < *open));
    let before_bracket = next.starts_with('(') && !last.ends_with(':');
    last.len() < QUESTION_CHARS_MAX
        && match open {
            Some(open) => asking(&last[..open]),
            None => before_bracket && asking(last),
        }
}

/// A line without quote marks, bullets and numbers before it.
pub fn bare(line: &str) -> &str {
    let line = line.trim_start_matches(['>', ' ', '|', '\t', '•', '*', '·', '–', '-', '\u{a0}', '\u{feff}']);
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let behind = line[digits..].trim_start_matches(['.', ')', '-']);
    let marks = line.len() - digits - behind.len();
    let numbered = (1..=2).contains(&digits) && (1..=2).contains(&marks) && !line[digits..].starts_with('-') && behind.starts_with(' ');
    if numbered { behind.trim_start() } else { line }.trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_that_a_program_broke_is_one_line_again() {
        let asking = |text: &str| text.trim() == "What happened";
        let texts = |source: &str| of(source, asking).into_iter().map(|line| line.text).collect::<Vec<_>>();
        assert_eq!(texts("> What happened (damaged / not\n> delivered): torn"), ["What happened (damaged / not delivered): torn"]);
        assert_eq!(texts("What happened\n(damaged): torn"), ["What happened (damaged): torn"]);
        assert_eq!(texts("It came (on Friday\nor so)"), ["It came (on Friday", "or so)"], "only our own questions");
        assert_eq!(texts("1.- AT-10482\n2) torn\n3 days ago"), ["AT-10482", "torn", "3 days ago"]);
    }
}
