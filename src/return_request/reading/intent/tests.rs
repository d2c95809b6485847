//! Sentences that ask and sentences that do not, in eight languages: `sentences.txt`.

use super::{Lexicon, Words, judge};
use crate::return_request::LANGUAGES;
use crate::return_request::reading::{AUTOMATIC_FROM, Intent, Letter};

const SENTENCES: &str = include_str!("sentences.txt");
/// Requests that may be offered to an agent instead of being seen: one in eight.
const FOUND_MIN: f64 = 0.875;

fn letter<'a>(text: &'a str, language: Option<&'a str>) -> Letter<'a> {
    Letter { subject: "", new_text: text, text, language, written: None, attachments: &[] }
}

/// A line's language, whether it asks, the subject that may stand before ` || `, and the text, whose lines end with `\n`.
fn table() -> impl Iterator<Item = (&'static str, bool, &'static str, String)> {
    SENTENCES.lines().filter_map(|line| {
        let (language, rest) = line.split_once(' ')?;
        let (sign, said) = rest.split_once(' ')?;
        let (subject, text) = said.split_once(" || ").unwrap_or(("", said));
        Some((language, sign == "+", subject, text.replace("\\n", "\n")))
    })
}

#[test]
fn nobody_is_taken_for_asking_who_does_not_and_few_are_missed() {
    let mut wrong = Vec::new();
    for language in LANGUAGES {
        let (mut asked, mut found) = (0, 0);
        for (_, asks, subject, text) in table().filter(|(of, ..)| of == language) {
            // Short mails have no language that can be told.
            for known in [Some(*language), None] {
                let judgement = judge(&Letter { subject, ..letter(&text, known) }, 0, Lexicon::ready());
                let sure = judgement.intent == Intent::Return && judgement.confidence >= AUTOMATIC_FROM;
                if sure && !asks {
                    wrong.push(format!("FALSE  {language} {:.2} {text} {:?}", judgement.confidence, judgement.because));
                }
                asked += usize::from(asks);
                found += usize::from(asks && sure);
                if asks && !sure {
                    println!("missed {language} {:.2} {text} {:?}", judgement.confidence, judgement.because);
                }
            }
        }
        assert!(asked >= 24, "{language} has {asked} requests");
        if (found as f64) < asked as f64 * FOUND_MIN {
            wrong.push(format!("{language}: only {found} of {asked} found"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_no_request_is_told_apart() {
    for (text, intent) in [
        ("What is your return policy for framed prints?", Intent::PolicyQuestion),
        ("Has my refund been processed yet?", Intent::ReturnState),
        ("Where is my order?", Intent::OrderStatus),
        ("Thank you so much, it is wonderful!", Intent::Thanks),
        ("To unsubscribe from this list click here", Intent::Newsletter),
        ("Do you sell frames?", Intent::Other),
    ] {
        assert_eq!(judge(&letter(text, Some("en")), 0, Lexicon::ready()).intent, intent, "{text}");
    }
}

#[test]
fn it_says_which_words_it_rests_on_and_forgives_typing_mistakes() {
    let judgement = judge(&letter("hi, i ened a refnud for teh print, it arrived damgaed", Some("en")), 0, Lexicon::ready());
    assert!(judgement.confidence >= AUTOMATIC_FROM, "{judgement:?}");
    assert!(judgement.because.iter().any(|words| words.contains("refnud")), "{judgement:?}");
}

#[test]
fn an_owner_adds_lines_and_hears_what_is_wrong_with_them() {
    let text = "The giclee has foxing.";
    assert!(judge(&letter(text, Some("en")), 0, Lexicon::ready()).confidence < AUTOMATIC_FROM);
    let own = Lexicon::ready().with("# our own\nclaim 3.2: has foxing|mildew").unwrap();
    assert!(judge(&letter(text, Some("en")), 0, &own).confidence >= AUTOMATIC_FROM);
    let mistakes = Lexicon::ready().with("ask 2: fine\nask: no weight\nwonder 2: x\nask 2: ..\nask 2 no colon\nask 2: a*").unwrap_err();
    assert_eq!(mistakes.iter().map(|m| m.line).collect::<Vec<_>>(), [2, 3, 4, 5, 6], "{mistakes:?}");
}

#[test]
fn a_rule_names_sets_and_word_endings_and_minds_the_comma() {
    let own = Lexicon::ready().with("set gone: vanished|*schwund\nclaim 3.2: qqpaint .. {gone}\nclaim 3.2: qqglue ... {gone}|dried").unwrap();
    let asks = |text: &str| judge(&letter(text, None), 0, &own).confidence >= AUTOMATIC_FROM;
    assert!(asks("qqpaint has vanished") && asks("qqpaint mit Farbschwund") && asks("qqglue, as we saw, all dried"));
    assert!(!asks("qqpaint, he vanished") && !asks("qqpaint at last. It vanished"));
    let mistakes = own.with("claim 2: {nosuchset}\nset\nclaim 2: *a\nclaim 2: *two*").unwrap_err();
    assert_eq!(mistakes.iter().map(|m| m.line).collect::<Vec<_>>(), [1, 2, 3, 4], "{mistakes:?}");
}

#[test]
fn a_complaint_and_what_now_ask_together_and_a_letter_that_declines_does_not() {
    let sure = |text: &str| judge(&letter(text, Some("en")), 0, Lexicon::ready()).confidence >= AUTOMATIC_FROM;
    assert!(sure("The bowl is in nine pieces. What can you do?") && !sure("What can you do?"));
    assert!(!sure("One candle is chipped. I do not want my money back nor a new one, just so you know."));
}

#[test]
fn pictures_of_what_is_wrong_ask_without_a_word_more() {
    let shown = |subject: &str, text: &str, photos: usize| {
        let judgement = judge(&Letter { subject, ..letter(text, None) }, photos, Lexicon::ready());
        judgement.intent == Intent::Return && judgement.confidence >= AUTOMATIC_FROM
    };
    assert!(shown("creased AT-10512", "Sent from my Galaxy", 2) && !shown("creased AT-10512", "Sent from my Galaxy", 0));
    assert!(shown("Order 4493", "arrived like this this morning, see pics", 3));
    assert!(!shown("Heron", "Finally up on the wall, looks great!", 1) && !shown("Cadre", "Quelle taille de cadre pour cette affiche ?", 1));
}

#[test]
fn beside_a_complaint_and_a_wish_a_question_how_and_what_is_fine_weigh_little() {
    let sure = |text: &str| judge(&letter(text, Some("en")), 0, Lexicon::ready()).confidence >= AUTOMATIC_FROM;
    assert!(sure("I ordered the 40 × 50 frame but a 30 × 40 came. Can you send the right one, and do I have to send this one back first?"));
    assert!(sure("One of the four plates has a crack. Could you send me a replacement? The others are in perfect condition."));
    assert!(!sure("Do I have to pay for sending something back?") && !sure("The box was torn, but the plates are in perfect condition."));
}

#[test]
fn a_few_words_tell_the_language() {
    let told = |text: &str| Lexicon::ready().language(&Words::of("", text, 1000, |word| word));
    assert_eq!((told("kan ni skicka en ny till mig"), told("pouvez-vous nous dire"), told("hola, ya llego")), (Some("sv"), Some("fr"), Some("es")));
    assert_eq!((told("AT-10512"), told("the and you, het een van")), (None, None));
}

#[test]
fn a_huge_letter_costs_no_more_than_its_first_pages() {
    let text = "refund ".repeat(300_000);
    let judgement = judge(&letter(&text, None), 0, Lexicon::ready());
    assert!(judgement.because.len() <= 4, "{judgement:?}");
}
