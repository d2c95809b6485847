//! Stories of a clause that wants the original packaging: asked for where it counts, read from the answer, judged by, corrected.

use super::returning::{asks, found};
use super::shop::Shop;
use crate::desk::returns;
use crate::return_policy::{ready, version};
use crate::return_request::fact;
use crate::return_request::fields::{self, Value};
use crate::return_request::reading::{Found, Letter};
use crate::return_request::{LANGUAGES, ReturnId, words};
use crate::{desk, setting};

impl Shop {
    /// A changed mind needs the packaging; a fault does not.
    fn wants_the_packaging(&self) {
        let mut policy = ready::general_shop();
        policy.clauses[0].terms.original_packaging = true;
        version::save(&self.tx, &policy, "2020-01-01".parse().unwrap(), "", None, 1).unwrap();
        setting::set(&self.tx, setting::RETURNS_ASK, &"automatic", None, 1).unwrap();
    }

    fn is_told(&self, reason: Option<&str>) -> ReturnId {
        let delivered = Found { field: fields::DELIVERED_ON.into(), value: Value::Date("2026-09-18".parse().unwrap()), sentence: String::new(), certain: true };
        let mut facts = vec![found(fields::ORDER_NUMBER, "AT-1"), found(fields::WISH, "refund"), delivered];
        facts.extend(reason.map(|reason| found(fields::REASON, reason)));
        self.the_return(self.writes("<m1@example.test>", None, &asks(facts)).conversation.unwrap()).id
    }

    fn says(&self, id: ReturnId) -> (String, String) {
        let judgement = returns::standing(&self.tx, id).unwrap().request.judgement.unwrap();
        (judgement.verdict, judgement.words)
    }

    fn answers_about_it(&self, said: &str) {
        let letter = Letter { subject: "Re: Refund", new_text: said, text: said, language: Some("en"), written: None, attachments: &[] };
        let reading = returns::reading_context(&self.tx).unwrap().read_letter(&letter);
        self.writes("<m2@example.test>", Some("<m1@example.test>"), &reading);
    }
}

#[test]
fn it_is_asked_for_with_the_reason_whose_clause_wants_it_and_judged_by_what_is_answered() {
    for (answer, verdict, words) in [
        ("Original packaging (yes / no): yes, unopened", "within", "original packaging: yes"),
        ("> Original packaging (yes / no): no", "outside", "original packaging: no"),
        ("Originalverpackung: Ja", "within", "original packaging: yes"),
        ("Original packaging: yes, but the box is torn", "look", "original packaging not known"),
        ("Thanks.", "look", "original packaging not known"),
    ] {
        let shop = Shop::open();
        shop.wants_the_packaging();
        let id = shop.is_told(Some("changed_mind"));
        assert_eq!(returns::standing(&shop.tx, id).unwrap().missing, [fields::PACKAGING]);
        assert_eq!(shop.says(id).0, "look", "what is unknown never counts as fulfilled");
        let letter = shop.letters().remove(0).replace("=\r\n", "");
        assert!(letter.contains("Original packaging (yes / no):"), "{letter}");
        shop.answers_about_it(answer);
        let said = shop.says(id);
        assert!(said.0 == verdict && said.1.contains(words), "{answer}: {said:?}");
    }
}

#[test]
fn it_is_asked_for_with_no_other_reason_and_not_before_the_reason_is_known() {
    for reason in [Some("damaged"), Some("wrong_item"), None] {
        let shop = Shop::open();
        shop.wants_the_packaging();
        let id = shop.is_told(reason);
        assert!(!returns::standing(&shop.tx, id).unwrap().missing.contains(&fields::PACKAGING.to_owned()), "{reason:?}");
    }
}

#[test]
fn an_agent_says_it_too_and_takes_it_back() {
    let shop = Shop::open();
    shop.wants_the_packaging();
    let id = shop.is_told(Some("changed_mind"));
    returns::correct(&shop.tx, id, fields::PACKAGING, Some(Value::Text(words::NO.into())), shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.says(id).0, "outside");
    shop.answers_about_it("Original packaging: yes");
    assert_eq!(shop.says(id).0, "outside", "an agent's word stands");
    let request = returns::standing(&shop.tx, id).unwrap().request;
    desk::undo(&shop.tx, shop.newest_event(&request, "Corrected"), shop.jules.id, shop.later(1)).unwrap();
    assert_eq!(shop.says(id).0, "look");
}

#[test]
fn the_line_claims_nothing_and_its_answer_is_read_in_every_language() {
    let shop = Shop::open();
    let context = returns::reading_context(&shop.tx).unwrap();
    for language in LANGUAGES {
        let line = words::lines_to_fill(&[fields::PACKAGING], &[], language);
        let read =
            |text: &str| context.read_letter(&Letter { subject: "", new_text: text, text, language: Some(language), written: None, attachments: &[] }).facts;
        assert_eq!(read(&line), [], "{language}: {line}");
        for code in [words::YES, words::NO] {
            let filled = format!("{}{}", line.trim_end_matches('\n'), words::choice(fields::PACKAGING, code, language));
            let facts = read(&filled);
            assert!(facts.len() == 1 && facts[0].certain && facts[0].value == Value::Text(code.into()), "{language}: {filled} {facts:?}");
        }
    }
}

#[test]
fn who_has_no_order_number_is_not_asked_for_it_again() {
    let shop = Shop::open();
    shop.wants_the_packaging();
    let facts = vec![found(fields::ORDERED_AS, "Mara Okafor"), found(fields::REASON, "damaged")];
    let id = shop.the_return(shop.writes("<m1@example.test>", None, &asks(facts)).conversation.unwrap()).id;
    let missing = returns::standing(&shop.tx, id).unwrap().missing;
    assert!(!missing.contains(&fields::ORDER_NUMBER.to_owned()) && missing.contains(&fields::WISH.to_owned()), "{missing:?}");
    let letter = shop.letters().remove(0);
    assert!(!letter.contains("Order number"), "{letter}");
    assert_eq!(fact::of(&shop.tx, id).unwrap().text(fields::ORDERED_AS), Some("Mara Okafor"));
}
