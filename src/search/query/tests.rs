use super::*;
use proptest::prelude::*;

/// 2026-11-23 12:00 UTC.
const NOW: Millis = 1_795_435_200_000;
const HOUR: Millis = 60 * 60 * 1000;
const DAY: Millis = 24 * HOUR;
const MIDNIGHT: Millis = NOW - 12 * HOUR;

fn parse(text: &str) -> (Query, Vec<Complaint>) {
    Query::parse(text, &[], NOW, 0)
}

/// The question without complaints.
fn good(text: &str) -> Query {
    let (query, complaints) = parse(text);
    assert_eq!(complaints, [], "{text}");
    query
}

/// The words of the one complaint about `text`.
fn complaint(text: &str) -> String {
    let (_, complaints) = parse(text);
    assert_eq!(complaints.len(), 1, "{text}: {complaints:?}");
    complaints[0].to_string()
}

fn word(text: &str) -> Term {
    Term { place: Place::Anywhere, any: vec![Text::Word(text.into())], without: false }
}

#[test]
fn words_phrases_and_exclusions_are_told_apart() {
    let query = good("late \"low tide\" -refund posters");
    let prefix = Term { any: vec![Text::Prefix("posters".into())], ..word("") };
    let phrase = Term { any: vec![Text::Phrase("low tide".into())], ..word("") };
    assert_eq!(query.terms, [word("late"), phrase, Term { without: true, ..word("refund") }, prefix]);
}

#[test]
fn the_last_word_is_a_beginning_while_nothing_follows_it() {
    assert_eq!(good("refun").terms[0].any, [Text::Prefix("refun".into())]);
    assert_eq!(good("refund ").terms, [word("refund")]);
    assert_eq!(good("r").terms, [word("r")]);
    assert_eq!(good("refun* now ").terms[0].any, [Text::Prefix("refun".into())]);
}

#[test]
fn operators_take_quotes_lists_and_a_minus() {
    let query = good("tag:\"needs photos\",late -tag:vip is:open is:waiting assignee:me assignee:nobody mailbox:support@ -is:unread ");
    let fact = |what, without| Fact { what, without };
    assert_eq!(
        query.facts,
        [
            fact(What::Tag(vec!["needs photos".into(), "late".into()]), false),
            fact(What::Tag(vec!["vip".into()]), true),
            fact(What::Status(vec![Status::Open, Status::Waiting]), false),
            fact(What::Assignee(vec![Who::Me, Who::Nobody]), false),
            fact(What::Mailbox(vec!["support@".into()]), false),
            fact(What::Unread, true),
        ]
    );
    assert!(!query.needs_index());
    let query = good("From:anna from:\"Ben Okafor\" subject:invoice has:photo -has:attachment ");
    assert_eq!(query.terms[0].any, [Text::Word("anna".into()), Text::Phrase("Ben Okafor".into())]);
    assert_eq!(query.terms[1].place, Place::Subject);
    assert_eq!(query.contents, [(Content::Photo, false), (Content::Attachment, true)]);
}

#[test]
fn days_are_understood_in_the_reader_s_zone() {
    assert_eq!(good("after:today").after, Some(MIDNIGHT));
    assert_eq!(good("before:yesterday").before, Some(MIDNIGHT - DAY));
    assert_eq!(good("after:2026-11-01 before:2026-12").after, Some(MIDNIGHT - 22 * DAY));
    assert_eq!(good("before:2027").before, Some(MIDNIGHT + 39 * DAY));
    assert_eq!(good("after:2w").after, Some(NOW - 14 * DAY));
    assert_eq!(good("-after:7d").before, Some(NOW - 7 * DAY));
    assert_eq!(Query::parse("after:today", &[], NOW, 3600).0.after, Some(MIDNIGHT - HOUR));
    assert_eq!(Query::parse("after:today", &[], NOW, 13 * 3600).0.after, Some(MIDNIGHT + 11 * HOUR));
    assert_eq!(Query::parse("after:2026-11-23", &[], NOW, -3600).0.after, Some(MIDNIGHT + HOUR));
}

#[test]
fn a_mistake_is_explained_and_the_rest_still_asked() {
    assert!(complaint("form:anna late ").contains("Did you mean from:?"));
    assert_eq!(parse("form:anna late ").0.terms.len(), 2);
    assert!(complaint("before:soon late ").contains("2026-03-31"));
    assert!(complaint("before:2026-02-30 ").contains("2026-03-31"));
    assert!(complaint("late from: ").contains("from:anna"));
    assert!(complaint("late \"low tide").contains("not closed"));
    assert_eq!(parse("late \"low tide").0.terms[1].any, [Text::Phrase("low tide".into())]);
    assert!(complaint("re*fund ").contains("end of a word"));
    assert!(complaint("r* ").contains("two letters"));
    assert!(complaint("is:closed ").contains("resolved"));
    assert!(complaint("has:video ").contains("photo"));
    assert!(complaint("status:done ").contains("resolved"));
    assert!(complaint("late OR never ").contains("all words"));
    assert!(complaint("after:2026-05 before:2026-04").contains("nothing can be found"));
    assert!(complaint(&"word ".repeat(40)).contains("first 24"));
}

#[test]
fn an_owner_s_field_is_an_operator_by_its_key() {
    let labels = [("en".to_owned(), "Frame colour".to_owned())].into();
    let frame = OwnField {
        key: "frame_colour".into(),
        kind: crate::return_request::fields::Kind::Text,
        labels,
        questions: Default::default(),
        choices: Vec::new(),
        required: false,
        on_board: false,
    };
    let own = std::slice::from_ref(&frame);
    let (query, complaints) = Query::parse("Frame_colour:oak,\"black ash\" late ", own, NOW, 0);
    assert_eq!((complaints, query.terms), (vec![], vec![word("late")]));
    let asked = What::Return(OfReturn::Own(frame.clone(), vec!["oak".into(), "black ash".into()]));
    assert_eq!(query.facts, [Fact { what: asked, without: false }]);
    assert!(Query::parse("late frame_colour: ", own, NOW, 0).1[0].to_string().contains("“Frame colour”"));
    let unknown = Query::parse("frame_color:oak form:anna ", own, NOW, 0).1;
    assert!(unknown[0].to_string().contains("Did you mean frame_colour:?") && unknown[1].to_string().contains("Did you mean from:?"), "{unknown:?}");
}

#[test]
fn what_was_not_meant_as_an_operator_is_not_complained_about() {
    for text in ["Re: Your order", "https://shop.example/a?b=1", "12:30 ", "late - never", "low AND tide", "...", ""] {
        good(text);
    }
    assert!(good("... ,").is_empty());
    assert_eq!(good("“low tide” ").terms[0].any, [Text::Phrase("low tide".into())]);
}

proptest! {
    #[test]
    fn any_text_is_understood_somehow(text in "\\PC{0,80}|([a-z]{0,3}(from|to|tag|is|has|after|before|status|xyz)?:?[-\"“,*: ]{0,2}[a-z0-9äß日]{0,6} ?){0,12}") {
        let (query, complaints) = parse(&text);
        prop_assert!(query.terms.len() <= QUERY_PARTS_MAX);
        for complaint in complaints {
            let words = complaint.to_string();
            prop_assert!(words.split_whitespace().count() >= 4 && !words.contains('\n'), "{words}");
        }
    }
}
