//! Which mail joins which conversation (PROMISES decision 5, P39, P04, P42).

use super::shop::{Shop, raw};
use crate::account::Outcome;
use crate::conversation::Status;
use crate::conversation::threading::Placement;
use crate::desk::AfterSending;

const MARA: (&str, &str) = ("From", "Mara Okafor <mara@example.test>");
const TO: (&str, &str) = ("To", "support@shop.test");

#[test]
fn a_first_mail_opens_a_conversation_and_its_answer_joins() {
    let shop = Shop::open();
    let first = shop.arrives(&[MARA, TO, ("Subject", "Low Tide, creased"), ("Message-ID", "<1@c>")], "It came creased.");
    let conversation = first.conversation.unwrap();
    assert_eq!(shop.conversation(conversation).status, Status::Open);
    assert_eq!(shop.message(first.message.unwrap()).placement, Placement::New);
    let (ours, _) = shop.answers(conversation, "Could you send a photo?", AfterSending::Wait);
    assert_eq!(shop.conversation(conversation).status, Status::Waiting);
    let id = shop.message(ours).identifier.unwrap().to_string();
    let second = shop.arrives(&[MARA, TO, ("Subject", "Re: Low Tide, creased"), ("Message-ID", "<2@c>"), ("In-Reply-To", &id)], "Here it is.");
    assert_eq!(second.conversation, Some(conversation));
    assert_eq!(shop.conversation(conversation).status, Status::Open);
    assert!(matches!(shop.message(second.message.unwrap()).placement, Placement::Answers { .. }));
    assert_eq!(shop.texts(conversation), ["It came creased.", "Could you send a photo?", "Here it is."]);
}

#[test]
fn a_known_reference_from_a_stranger_stays_apart_and_is_linked_for_the_agent() {
    let shop = Shop::open();
    let first = shop.arrives(&[MARA, TO, ("Subject", "Refund"), ("Message-ID", "<1@c>")], "Please.");
    let stranger =
        shop.arrives(&[("From", "eve@evil.test"), TO, ("Subject", "Re: Refund"), ("Message-ID", "<9@e>"), ("References", "<1@c>")], "Pay me instead.");
    assert_ne!(stranger.conversation, first.conversation);
    let apart = shop.conversation(stranger.conversation.unwrap());
    assert_eq!(apart.related_id, first.conversation);
    assert!(matches!(shop.message(stranger.message.unwrap()).placement, Placement::Stranger { .. }));
}

#[test]
fn a_subject_never_joins_but_is_offered() {
    let shop = Shop::open();
    let first = shop.arrives(&[MARA, TO, ("Subject", "Order 12"), ("Message-ID", "<1@c>")], "Where is it?");
    let second = shop.arrives(&[MARA, TO, ("Subject", "Re: Order 12"), ("Message-ID", "<2@c>")], "Any news?");
    assert_ne!(second.conversation, first.conversation);
    assert_eq!(shop.conversation(second.conversation.unwrap()).related_id, first.conversation);
}

#[test]
fn p39_guessed_references_and_forged_tokens_never_join() {
    let shop = Shop::open();
    let first = shop.arrives(&[MARA, TO, ("Subject", "Refund"), ("Message-ID", "<1@c>")], "Please.");
    let conversation = first.conversation.unwrap();
    shop.answers(conversation, "Which print?", AfterSending::Wait);
    let guesses = if std::env::var_os("RESTANTE_FULL").is_some() { 100_000 } else { 500 };
    for n in 0..guesses {
        let guess = format!("<r.{conversation}.word{n}.{}@shop.test>", "a".repeat(26));
        let from = if n % 2 == 0 { "mara@example.test" } else { "eve@evil.test" };
        // Two fields that are read, and three that must not be.
        let carrier = ["In-Reply-To", "References", "Thread-Index", "X-Restante-Conversation", "Delivered-To"][n % 5];
        let subject = format!("Re: [#{conversation}] Refund");
        let id = format!("<g{n}@e>");
        let mail = shop.arrives(&[("From", from), TO, ("Subject", &subject), ("Message-ID", &id), (carrier, &guess)], "in");
        assert_ne!(mail.conversation, Some(conversation), "guess {n} joined");
    }
}

#[test]
fn our_signed_token_finds_its_conversation_even_when_the_reply_was_lost() {
    let shop = Shop::open();
    let conversation = shop.arrives(&[MARA, TO, ("Subject", "Refund"), ("Message-ID", "<1@c>")], "Please.").conversation.unwrap();
    let lost = crate::conversation::threading::own_message_id(&shop.key, conversation, "lost", "shop.test").to_string();
    let answer = shop.arrives(&[MARA, TO, ("Message-ID", "<2@c>"), ("In-Reply-To", &lost)], "To your question: yes.");
    assert_eq!(answer.conversation, Some(conversation));
    let stranger = shop.arrives(&[("From", "eve@evil.test"), TO, ("Message-ID", "<3@c>"), ("In-Reply-To", &lost)], "Me too.");
    assert_ne!(stranger.conversation, Some(conversation));
}

#[test]
fn a_late_parent_joins_the_thread() {
    let shop = Shop::open();
    let child = shop.arrives(&[MARA, TO, ("Message-ID", "<2@c>"), ("In-Reply-To", "<1@c>")], "As I wrote …");
    let parent = shop.arrives(&[MARA, TO, ("Message-ID", "<1@c>")], "The first one.");
    assert_eq!(parent.conversation, child.conversation);
    assert!(matches!(shop.message(parent.message.unwrap()).placement, Placement::LateParent { .. }));
}

#[test]
fn two_answers_to_a_mail_that_we_never_saw_are_one_conversation() {
    let shop = Shop::open();
    let one = shop.arrives(&[MARA, TO, ("Message-ID", "<2@c>"), ("References", "<ghost@c>")], "One.");
    let two = shop.arrives(&[MARA, TO, ("Message-ID", "<3@c>"), ("References", "<ghost@c>")], "Two.");
    assert_eq!(one.conversation, two.conversation);
}

#[test]
fn a_mail_that_refers_to_two_conversations_makes_them_one_and_undo_parts_them() {
    let shop = Shop::open();
    let one = shop.arrives(&[MARA, TO, ("Subject", "A"), ("Message-ID", "<1@c>")], "One.").conversation.unwrap();
    let two = shop.arrives(&[MARA, TO, ("Subject", "B"), ("Message-ID", "<2@c>")], "Two.").conversation.unwrap();
    let bridge = shop.arrives(&[MARA, TO, ("Message-ID", "<3@c>"), ("References", "<1@c> <2@c>")], "Both.");
    assert_eq!(bridge.conversation, Some(two));
    assert_eq!(shop.conversation(one).merged_into, Some(two));
    assert_eq!(shop.texts(two), ["One.", "Two.", "Both."]);
    let events = crate::conversation::event::of_conversation(&shop.tx, two).unwrap();
    let merged = events.iter().find(|e| e.can_be_undone()).unwrap();
    crate::desk::undo(&shop.tx, merged.id, shop.jules.id, shop.now.get()).unwrap();
    assert_eq!((shop.texts(one), shop.texts(two)), (vec!["One.".to_owned()], vec!["Two.".to_owned(), "Both.".to_owned()]));
}

#[test]
fn p04_different_mails_with_one_message_id_are_all_kept() {
    let shop = Shop::open();
    let long = format!("<{}@c>", "x".repeat(10_000));
    for n in 0..60 {
        let id = ["<same@c>", "", long.as_str()][n % 3];
        let fields = [MARA, TO, ("Message-ID", id)];
        let kept = if n % 4 == 3 { &fields[..2] } else { &fields[..] };
        let mail = shop.arrives(kept, &format!("mail number {n}"));
        assert_eq!(mail.outcome, Outcome::Imported, "mail {n}");
    }
    let stored: i64 = shop.tx.one("SELECT count(*) FROM message", [], |r| r.get(0)).unwrap();
    assert_eq!(stored, 60);
    let marked: i64 = shop.tx.one("SELECT count(*) FROM message WHERE shared_identifier = 1", [], |r| r.get(0)).unwrap();
    assert!(marked > 0);
}

#[test]
fn p42_the_customer_is_who_the_from_field_names() {
    let shop = Shop::open();
    let fields = [MARA, TO, ("Reply-To", "eve@evil.test"), ("Sender", "relay@x.test"), ("Message-ID", "<1@c>")];
    let conversation = shop.arrives(&fields, "Hello").conversation.unwrap();
    let customer = crate::customer::find(&shop.tx, shop.conversation(conversation).customer_id).unwrap().unwrap();
    assert_eq!(customer.addresses[0].address, "mara@example.test");
    let people = crate::desk::recipients_for(&shop.tx, conversation, true).unwrap();
    assert_eq!(people.to[0].address.as_str(), "mara@example.test");
    assert!(people.cc.is_empty());
}

#[test]
fn a_copy_from_our_sent_folder_that_arrives_late_does_not_bring_a_stranger_in() {
    let shop = Shop::open();
    let first = shop.arrives(&[("From", "Wen <wen@example.test>"), ("Message-ID", "<1@example.test>"), ("Subject", "Glass broken")], "It came broken.");
    let stranger = [("From", "Jun <jun@example.test>"), ("Message-ID", "<2@example.test>"), ("References", "<ours@shop.test>"), ("Subject", "Re: Your return")];
    let stranger = shop.arrives(&stranger, "Did it reach you?");
    let ours = raw(
        &[
            ("From", "support@shop.test"),
            ("To", "wen@example.test"),
            ("Message-ID", "<ours@shop.test>"),
            ("In-Reply-To", "<1@example.test>"),
            ("Subject", "Your return"),
        ],
        "Please send it back.",
    );
    let ours = shop.arrives_in(&shop.sent, &ours);
    assert_eq!(ours.conversation, first.conversation);
    assert_eq!(shop.texts(first.conversation.unwrap()), ["It came broken.", "Please send it back."]);
    assert_eq!(shop.texts(stranger.conversation.unwrap()), ["Did it reach you?"]);
}
