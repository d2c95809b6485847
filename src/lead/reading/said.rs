//! What somebody wrote themselves, as words with their clauses and with the rules that hold there.

use super::Letter;
use super::rules::{Class, EVERY, Hit, Rules, Tongues, bit};
use crate::return_request::LANGUAGES;
use crate::return_request::reading::{Words, around, folded, titles};
use std::ops::Range;

/// Enough to know what somebody likes; what comes after is a story.
const TEXT_BYTES_MAX: usize = 4 * 1024;
/// Words that tell a letter's language.
const TONGUE_WORDS: usize = 60;
/// Up to so many words the guess at another language says nothing.
const GUESSED_WORDS: usize = 8;
/// What `email::read` says of the language counts as so many everyday words; of two sentences it is often a guess.
const TOLD_WEIGHT: usize = 2;
/// Fewer tell nothing.
const VOTES_MIN: usize = 2;
/// "Kind regards": a longer line is a sentence.
const SIGN_OFF_CHARS_MAX: usize = 40;
/// A line that is a name has no more words.
const NAME_WORDS_MAX: usize = 4;
/// What stands in quotation marks may be a title up to so many words; more are somebody's words.
const TITLE_WORDS_MAX: usize = 7;

pub struct Said {
    pub words: Words,
    /// In the order of their first words.
    pub hits: Vec<Hit>,
    /// For each word, counted through the letter.
    clauses: Vec<usize>,
    /// The language is one of ours, beyond doubt.
    pub is_understood: bool,
    pub tongues: Tongues,
    /// Bytes between quotation marks.
    pub quoted: Vec<Range<usize>>,
}

impl Said {
    /// `None`: in a language that we do not read.
    pub fn of(letter: &Letter) -> Option<Said> {
        let words = Words::of("", &own(letter.new_text), TEXT_BYTES_MAX, |word| word);
        let told = letter.language.map(bit).filter(|bit| *bit != 0);
        let tongues = tongues(&words, told);
        // Of a few words another language is easily guessed: Danish for Swedish, Romanian for Italian.
        if tongues.is_none() && letter.language.is_some() && words.len() > GUESSED_WORDS {
            return None;
        }
        let hits = Rules::ready().hits(&words, tongues.unwrap_or(EVERY));
        let clauses = clauses(&words, &hits);
        let quoted = titles(words.text()).into_iter().map(|(from, to, _)| from..to).collect();
        Some(Said { words, hits, clauses, is_understood: tongues.is_some(), tongues: tongues.unwrap_or(EVERY), quoted })
    }

    pub fn clause(&self, at: usize) -> usize {
        self.clauses[at]
    }

    pub fn of_class(&self, class: Class) -> impl Iterator<Item = &Hit> {
        self.hits.iter().filter(move |hit| hit.class == class)
    }

    pub fn in_sentence(&self, sentence: usize, class: Class) -> impl Iterator<Item = &Hit> {
        self.of_class(class).filter(move |hit| self.words.sentence(hit.first) == sentence)
    }

    pub fn says(&self, sentence: usize, class: Class) -> bool {
        self.in_sentence(sentence, class).next().is_some()
    }

    /// A denial, unless it says only that something is gone, or what it may cost at most.
    pub fn denials(&self) -> impl Iterator<Item = &Hit> {
        let within = |hit: &Hit, other: &Hit| other.first <= hit.first && hit.last <= other.last;
        let spent = move |hit: &Hit| {
            self.hits.iter().any(|other| matches!(other.class, Class::Spent | Class::Budget | Class::When | Class::Calm) && within(hit, other))
        };
        self.of_class(Class::Denies).filter(move |hit| !spent(hit))
    }

    pub fn is_denied(&self, at: usize) -> bool {
        self.denials().any(|hit| self.clause(hit.first) == self.clause(at))
    }

    /// Whether a sentence ends with a question mark.
    pub fn asks(&self, sentence: usize) -> bool {
        let Some(last) = (0..self.words.len()).rfind(|at| self.words.sentence(*at) == sentence) else { return false };
        let from = self.words.place(last, last).1;
        let to = if last + 1 < self.words.len() { self.words.place(last + 1, last + 1).0 } else { self.words.text().len() };
        self.words.text()[from..to].contains('?')
    }

    pub fn is_quoted(&self, hit: &Hit) -> bool {
        let (from, to) = self.words.place(hit.first, hit.last);
        self.quoted.iter().any(|quoted| quoted.start < to && from < quoted.end)
    }

    /// Somebody's words stand in quotation marks, not only a title.
    pub fn repeats_words(&self) -> bool {
        let text = self.words.text();
        self.quoted.iter().any(|quoted| text[quoted.clone()].split_whitespace().count() > TITLE_WORDS_MAX)
    }

    /// The word that holds a byte of the text, or that ends last before it.
    pub fn word_at(&self, byte: usize) -> Option<usize> {
        let (mut low, mut high) = (0, self.words.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.words.place(middle, middle).0 <= byte { low = middle + 1 } else { high = middle }
        }
        low.checked_sub(1)
    }

    /// The sentence around two words, as it was written.
    pub fn sentence(&self, first: usize, last: usize) -> String {
        let (from, to) = self.words.place(first, last);
        around(self.words.text(), from, to)
    }
}

/// What its author wrote: without the lines that a `>` quotes or that announce them, and without what stands below a sign-off.
fn own(new_text: &str) -> String {
    let is_quote = |line: &str| line.trim_start().starts_with('>');
    let mut own = String::with_capacity(new_text.len().min(TEXT_BYTES_MAX) + 1);
    let mut lines = new_text.lines().peekable();
    while let Some(line) = lines.next() {
        let announces = line.trim_end().ends_with(':') && lines.peek().is_some_and(|next| is_quote(next));
        if is_quote(line) || announces {
            continue;
        }
        own.push_str(line);
        own.push('\n');
        if own.len() > TEXT_BYTES_MAX || (own.trim().len() > line.trim().len() && is_sign_off(line)) {
            break;
        }
    }
    let whole = own.trim_end();
    // A name below it belongs to no sentence.
    if let Some((above, last)) = whole.rsplit_once('\n')
        && is_name(last)
    {
        return above.to_owned();
    }
    own
}

fn is_name(line: &str) -> bool {
    let line = line.trim();
    line.starts_with(char::is_uppercase)
        && line.split_whitespace().count() <= NAME_WORDS_MAX
        && !line.ends_with(['.', '!', '?', ',', ':', ';', '…'])
        && !line.contains(|c: char| c.is_ascii_digit())
}

fn is_sign_off(line: &str) -> bool {
    let line = line.trim();
    (2..=SIGN_OFF_CHARS_MAX).contains(&line.len()) && {
        let plain = folded(line);
        SIGN_OFFS.iter().any(|known| plain.strip_prefix(known).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
    }
}

/// Folded.
#[rustfmt::skip]
const SIGN_OFFS: &[&str] = &[
    "best", "best wishes", "best regards", "kind regards", "kindest regards", "warm regards", "regards", "yours", "yours sincerely", "yours faithfully",
    "sincerely", "cheers", "all the best", "many thanks", "with kind regards", "mit freundlichen grussen", "mit besten grussen", "freundliche grusse",
    "viele grusse", "beste grusse", "liebe grusse", "herzliche grusse", "schone grusse", "mfg", "lg", "vg", "cordialement", "bien cordialement",
    "bien a vous", "salutations", "amicalement", "un saludo", "saludos", "saludos cordiales", "un abrazo", "atentamente", "cordiali saluti", "distinti saluti",
    "un saluto", "saluti", "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten", "groet", "groeten", "groetjes",
    "mvg", "com os melhores cumprimentos", "cumprimentos", "melhores cumprimentos", "atenciosamente", "abraco", "um abraco", "med vanliga halsningar",
    "vanliga halsningar", "halsningar", "basta halsningar", "mvh",
];

/// The languages that a letter may be in; `None`: no word tells.
fn tongues(words: &Words, told: Option<Tongues>) -> Option<Tongues> {
    let mut votes = [0; LANGUAGES.len()];
    let mut vote = |tongues: Tongues, weight: usize| {
        votes.iter_mut().enumerate().for_each(|(at, votes)| *votes += weight * usize::from(tongues & (1 << at) != 0));
    };
    (0..words.len().min(TONGUE_WORDS)).filter_map(|at| words.get(at)).for_each(|word| vote(Rules::ready().tongues_of(word), 1));
    vote(told.unwrap_or_default(), TOLD_WEIGHT);
    let most = votes.iter().copied().max().filter(|most| *most >= VOTES_MIN)?;
    Some(votes.iter().enumerate().filter(|(_, votes)| **votes == most).map(|(at, _)| 1 << at).sum())
}

/// A comma ends a clause, and a "but" begins one.
fn clauses(words: &Words, hits: &[Hit]) -> Vec<usize> {
    let mut clauses = Vec::with_capacity(words.len());
    let mut turns = hits.iter().filter(|hit| hit.class == Class::But).map(|hit| hit.first).peekable();
    let mut turned = 0;
    for at in 0..words.len() {
        while turns.next_if(|turn| *turn <= at).is_some() {
            turned += 1;
        }
        clauses.push(words.clause(at) + turned);
    }
    clauses
}
