use super::*;
use proptest::prelude::*;

/// 2026-11-23 12:00 UTC.
const NOW: Millis = 1_795_435_200_000;
const DAY: Millis = 24 * 60 * 60 * 1000;

/// What is asked, without complaints.
fn good(text: &str) -> Vec<Part> {
    let (filter, complaints) = Filter::parse(text, NOW);
    assert_eq!(complaints, [], "{text}");
    filter.parts
}

fn one(text: &str) -> What {
    let mut parts = good(text);
    assert_eq!(parts.len(), 1, "{text}");
    parts.remove(0).what
}

/// The words of the one complaint about `text`.
fn complaint(text: &str) -> String {
    let (_, complaints) = Filter::parse(text, NOW);
    assert_eq!(complaints.len(), 1, "{text}: {complaints:?}");
    complaints[0].to_string()
}

fn like(kind: Kind, value: &str) -> Liked {
    Liked::Like(kind, value.into())
}

fn coded(kind: Kind, value: &str) -> Liked {
    Liked::Code(Feature { kind, value: value.into() })
}

#[test]
fn interests_are_asked_by_code_by_words_and_by_what_was_written() {
    assert_eq!(one("colour:blue"), What::Interest(vec![coded(Kind::Colour, "blue")]));
    assert_eq!(one("color:Blue,red"), What::Interest(vec![coded(Kind::Colour, "blue"), coded(Kind::Colour, "red")]));
    assert_eq!(one("room:\"living room\""), What::Interest(vec![coded(Kind::Room, "living_room")]));
    assert_eq!(one("artist:\"Anna Lind\""), What::Interest(vec![like(Kind::Artist, "Anna Lind")]));
    let What::Interest(any) = one("interest:blue") else { panic!("an interest") };
    assert!(any.contains(&coded(Kind::Colour, "blue")) && any.contains(&like(Kind::Title, "blue")));
    assert_eq!(one("budget>100"), What::Budget(Sign::More, Amount::new(10_000, None)));
}

#[test]
fn measures_have_a_sign_with_or_without_a_colon() {
    assert_eq!([one("returns:0"), one("returns=0")], [What::Returns(Sign::Equal, 0), What::Returns(Sign::Equal, 0)]);
    assert_eq!([one("returns:>0"), one("orders>=2")], [What::Returns(Sign::More, 0), What::Orders(Sign::AtLeast, 2)]);
    let euro = crate::money::Currency::parse("EUR");
    for text in ["value>200EUR", "value:>200€", "value>€200", "value>\"200 EUR\""] {
        assert_eq!(one(text), What::Value(Sign::More, Amount::new(20_000, euro)), "{text}");
    }
    assert_eq!(one("value<9.50"), What::Value(Sign::Less, Amount::new(950, None)));
}

#[test]
fn times_reach_back_from_now() {
    assert_eq!(one("last<30d"), What::Last(Side::Since, NOW - 30 * DAY));
    assert_eq!(one("last>180"), What::Last(Side::Before, NOW - 180 * DAY));
    assert_eq!(one("first:<2w"), What::First(Side::Since, NOW - 14 * DAY));
    assert_eq!(one("first>1y"), What::First(Side::Before, NOW - 365 * DAY));
}

#[test]
fn the_rest_is_chosen_from_what_there_is() {
    assert_eq!(one("consent:similar_pieces,offers"), What::Agreed(vec![Agreed::To(Purpose::SimilarPieces), Agreed::To(Purpose::Offers)]));
    assert_eq!(one("consent:none"), What::Agreed(vec![Agreed::None]));
    assert_eq!([one("language:SV"), one("country:de")], [What::Language(vec!["sv".into()]), What::Country(vec!["DE".into()])]);
    assert_eq!(one("source:form"), What::Source(vec![Source::Form]));
    assert_eq!(one("wish:open"), What::Wish(Wished::Open));
}

#[test]
fn words_are_free_and_a_minus_takes_away() {
    let parts = good("anna -\"low tide\" -colour:blue - https://a.example/?b=1 12:30");
    let without: Vec<bool> = parts.iter().map(|part| part.without).collect();
    assert_eq!(without, [false, true, true, false, false]);
    assert!(matches!(&parts[1].what, What::Words(words, _) if words == "low tide"));
    assert!(matches!(&parts[3].what, What::Words(words, _) if words == "https://a.example/?b=1"));
    assert!(good(" - , ").is_empty() && good("").is_empty());
    assert_eq!(typed(" anna  -colour:blue,red artist:\"Anna Lind\" "), ["anna", "-colour:blue,red", "artist:\"Anna Lind\""]);
}

#[test]
fn a_mistake_is_explained_with_what_is_possible_and_the_rest_still_asked() {
    for (text, words) in [
        ("colour:ultraviolet", "possible: black, white"),
        ("colur:blue", "Did you mean colour?"),
        ("shoes:red", "Possible: interest, artist"),
        ("consent:maybe", "consent:similar_pieces"),
        ("colour>blue", "write a colon here, as in colour:blue"),
        ("returns:many", "is no number"),
        ("value>much", "is no sum; write it as value>200"),
        ("value>200EU", "is no sum"),
        ("last:30d", "within or longer ago"),
        ("last<soon", "30d, 4w, 6m, 1y"),
        ("last<99999999999999999999d", "no stretch of time"),
        ("language:swedish", "two letters, as in language:sv"),
        ("wish:blue", "wish:open"),
        ("artist:", "something is missing"),
        ("source:tv", "possible: mailbox, form"),
        ("\"low tide", "not closed"),
    ] {
        assert!(complaint(text).contains(words), "{text}: {}", complaint(text));
    }
    let (filter, complaints) = Filter::parse("colour:ultraviolet anna", NOW);
    assert_eq!((filter.parts.len(), complaints.len()), (1, 1));
    assert!(complaint(&"a ".repeat(20)).contains("first 12"));
    assert!(complaint(&"a".repeat(400)).contains("first 300"));
}

proptest! {
    #[test]
    fn any_text_is_understood_somehow(text in "\\PC{0,80}|([a-z]{0,3}(artist|budget|consent|last|value|wish|xyz)?[:<>=]{0,2}[-\"“,: ]{0,2}[a-z0-9äß日€]{0,6} ?){0,12}") {
        let (filter, complaints) = Filter::parse(&text, NOW);
        prop_assert!(filter.parts.len() <= FILTER_PARTS_MAX);
        for complaint in complaints {
            prop_assert!(complaint.says.split_whitespace().count() >= 4);
        }
    }
}
