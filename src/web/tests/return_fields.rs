//! A field of the owner's own, from its screen through letter, form, answer, board, table and search.

use super::*;
use crate::desk::letters::{self, Making};
use crate::desk::returns;
use crate::id::ConversationId;
use crate::return_request::fields::Value;
use crate::return_request::{fact, link, own_field, request};

const PAGE: &str = "/settings/returns/fields";
const MAIL: &[u8] = b"From: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Refund\r\nMessage-ID: <m1@example.test>\r\n\
Date: Mon, 23 Nov 2026 09:31:00 +0000\r\n\r\nHello, I need a refund for the print. It came creased. Order AT-10482.\r\n";

const FRAME: &[(&str, &str)] = &[
    ("kind", "choice"),
    ("label_en", "Frame colour"),
    ("question_en", "Which colour is the frame?"),
    ("label_de", "Rahmenfarbe"),
    ("choice_0_en", "Oak"),
    ("choice_0_de", "Eiche"),
    ("choice_1_en", "Black ash"),
    ("required", "1"),
    ("on_board", "1"),
    ("do", "save"),
];

impl Shop {
    /// A mail arrives and is read, as intake does it.
    fn bring_read(&self, mailbox: MailboxId, raw: &[u8]) -> ConversationId {
        let entry = self.keep(mailbox, raw);
        let (raw, key) = (raw.to_vec(), self.state.key.clone());
        self.write(move |tx| {
            let (entry, account) = (account::find_entry(tx, entry)?.unwrap(), account::find(tx, mailbox)?.unwrap());
            let email = email::read(&raw);
            let reading = returns::reading_context(tx)?.read(&email);
            let arrival = desk::Arrival {
                entry: &entry,
                account: &account,
                email: &email,
                reading: reading.as_ref(),
                about: None,
                key: &key,
                sender_check: SenderCheck::On,
                settled_before: 0,
            };
            Ok(desk::receive(tx, &arrival, world::now()).unwrap().conversation.unwrap())
        })
    }

    fn found_by(&self, conversation: ConversationId, answer: &Answer) -> bool {
        answer.body.contains(&format!("/conversations/{conversation}\""))
    }
}

#[tokio::test]
async fn a_field_of_the_owner_is_asked_for_answered_shown_exported_and_found() {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    let mailbox = shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(jules);
    let saved = browser.submit(&format!("{PAGE}/new?kind=choice"), PAGE, FRAME).await;
    assert_eq!((saved.status, saved.header("location")), (StatusCode::SEE_OTHER, PAGE), "{}", saved.body);
    let list = browser.get(PAGE).await;
    assert!(list.body.contains("Frame colour") && list.body.contains("frame_colour:") && list.body.contains("needed"), "{}", list.body);

    // The letter that asks.
    let there = shop.bring_read(mailbox, MAIL);
    let id = shop.read(|c| request::open_in(c, there)).unwrap().id;
    assert_eq!(shop.read(|c| Ok(returns::standing(c, id).unwrap().missing)), ["frame_colour"]);
    browser.submit(&format!("/conversations/{there}"), &format!("/returns/{id}/ask"), &[]).await;
    let key = shop.state.key.clone();
    let letter = shop.read(move |c| {
        let making = Making { key: &key, word: "w", token: "t", url: Some("http://help.shop.test"), now: world::now() };
        let wanted = letters::waiting(c, 1, world::now()).unwrap().remove(0);
        Ok(letters::compose(c, &wanted, letters::Enclosed::default(), &making).unwrap().unwrap().email.text)
    });
    assert!(letter.contains("Frame colour (Oak / Black ash):"), "{letter}");

    // The form, in the customer's language.
    shop.write(move |tx| link::add(tx, "mara", id, link::Purpose::Form, world::now() + link::FORM_LIFE, world::now()));
    let form = shop.browser().get("/return/mara").await;
    assert!(form.body.contains("Which colour is the frame?") && form.body.contains("value=\"black_ash\""), "{}", form.body);
    let begun = shop.browser().get("/start-a-return?lang=de").await;
    let german = shop.browser().get(begun.header("location")).await;
    assert!(german.body.contains("Which colour is the frame?") && german.body.contains("Eiche") && german.body.contains("Black ash"), "{}", german.body);

    // An answer by mail, and what the screens show of it.
    let answer = format!(
        "From: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Re: Refund\r\nMessage-ID: <m2@example.test>\r\nIn-Reply-To: <m1@example.test>\r\n\
         Date: Mon, 23 Nov 2026 10:31:00 +0000\r\n\r\n{}\r\n",
        "> Rahmenfarbe (Oak / Black ash): eiche"
    );
    assert_eq!(shop.bring_read(mailbox, answer.as_bytes()), there);
    let known = shop.read(|c| fact::of(c, id));
    assert_eq!(known.certain("frame_colour"), Some(&Value::Text("oak".into())));
    assert!(shop.read(|c| Ok(returns::standing(c, id).unwrap().missing)).is_empty());
    assert!(browser.get("/returns").await.body.contains("Frame colour: Oak"));
    let page = browser.get(&format!("/returns/{id}")).await;
    assert!(page.body.contains("Frame colour") && page.body.contains("value=\"oak\" selected"), "{}", page.body);
    assert!(browser.get(&format!("/conversations/{there}")).await.body.contains("<dt>Frame colour</dt>"));
    // A choice that is offered no more is not forgotten by whoever corrects another line.
    let reworded = [("label_en", "Frame colour"), ("code_1", "black_ash"), ("choice_0_en", ""), ("choice_1_en", "Black ash"), ("choice_2_en", "White")];
    browser.submit(PAGE, &format!("{PAGE}/1"), &[&reworded[..], &[("on_board", "1")]].concat()).await;
    assert!(browser.get(&format!("/returns/{id}")).await.body.contains("<option value=\"oak\" selected>oak</option>"));
    browser.submit(PAGE, &format!("{PAGE}/1"), &[FRAME, &[("code_1", "black_ash")]].concat()).await;

    // The table and the search.
    let table = browser.get("/returns.csv").await.body;
    let column = table.lines().next().unwrap().split(',').position(|name| name == "frame_colour").unwrap();
    assert_eq!(table.lines().nth(1).unwrap().split(',').nth(column), Some("oak"));
    shop.state.index.catch_up(&shop.state.db).unwrap();
    for (query, found) in
        [("frame_colour:oak", true), ("frame_colour:eiche", true), ("frame_colour:\"black ash\"", false), ("-frame_colour:oak", false), ("eiche refund", true)]
    {
        let answer = browser.get(&format!("/search?{}", encoded(&[("q", query)]))).await;
        assert_eq!(shop.found_by(there, &answer), found, "{query}: {}", answer.body);
    }
    let odd = browser.get(&format!("/search?{}", encoded(&[("q", "frame_color:oak")]))).await;
    assert!(odd.body.contains("Did you mean frame_colour:?"), "{}", odd.body);
}

#[tokio::test]
async fn a_value_that_a_spreadsheet_would_run_is_made_harmless_and_bad_input_on_the_form_keeps_what_was_typed() {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    let mailbox = shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(jules);
    for (kind, label, required) in [("text", "Engraving", true), ("number", "Edition", false), ("date", "Wedding day", true)] {
        let mut fields = vec![("kind", kind), ("label_en", label)];
        fields.extend(required.then_some(("required", "1")));
        assert_eq!(browser.submit(PAGE, PAGE, &fields).await.status, StatusCode::SEE_OTHER);
    }
    let there = shop.bring_read(mailbox, MAIL);
    let id = shop.read(|c| request::open_in(c, there)).unwrap().id;
    shop.write(move |tx| link::add(tx, "mara", id, link::Purpose::Form, world::now() + link::FORM_LIFE, world::now()));
    let known = [("order_number", "AT-10482"), ("reason", "damaged"), ("wish", "refund")];
    let send = |more: &[(&str, &str)]| {
        let fields = [&known[..], more].concat();
        let parts: String = fields.iter().map(|(name, text)| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{text}\r\n")).collect();
        format!("{parts}--b--\r\n")
    };
    let kind = [("content-type", "multipart/form-data; boundary=b")];
    let mut mara = shop.browser();
    let wrong = mara.ask(Method::POST, "/return/mara", &kind, send(&[("engraving", ""), ("edition", "the third"), ("wedding_day", "soon")])).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in ["value=\"the third\"", "value=\"soon\"", "Write a number.", "Write the day as", "Please fill this in.", "id=\"engraving-wrong\""] {
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
    }
    assert!(!wrong.body.contains("type=\"date\" value=\"soon\""), "a browser would show it empty");
    let engraving = format!("=1+1 {}Für Zoë", "for ever and ".repeat(9));
    let right = mara.ask(Method::POST, "/return/mara", &kind, send(&[("engraving", engraving.as_str()), ("edition", ""), ("wedding_day", "2031-06-19")])).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER, "{}", right.body);
    assert!(browser.get("/returns.csv").await.body.contains(&format!(",'{engraving},,2031-06-19,")));
    for (query, found) in [("wedding_day:2031-06", true), ("wedding_day:2032", false), ("engraving:1+1", true), ("engraving:\"FUR ZOE\"", true)] {
        let answer = browser.get(&format!("/search?{}", encoded(&[("q", query)]))).await;
        assert_eq!(shop.found_by(there, &answer), found, "{query}: {}", answer.body);
    }
}

#[tokio::test]
async fn mistakes_are_said_at_their_place_and_nothing_typed_is_lost() {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    let agent = shop.add_agent("a@shop.test", Role::Agent);
    shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(jules);
    let odd = [
        ("kind", "choice"),
        ("label_en", "Order number"),
        ("question_en", "Which “frame” <b>?"),
        ("label_sv", "Ram: färg"),
        ("choice_0_en", "Oak"),
        ("choice_1_en", "oak"),
        ("choice_2_en", ""),
        ("choice_2_sv", "svart"),
    ];
    let wrong = browser.submit(PAGE, PAGE, &odd).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    for words in [
        "Every return has a line of that name",
        "id=\"label_sv-wrong\"",
        "id=\"choice_1_en-wrong\"",
        "id=\"choice_2_en-wrong\"",
        "value=\"svart\"",
        "Which “frame” &#60;b&#62;?",
        "<details open>",
    ] {
        assert!(wrong.body.contains(words), "{words}: {}", wrong.body);
    }
    assert!(shop.read(own_field::kept).is_empty());
    let more = browser.submit(PAGE, PAGE, &[&FRAME[..9], &[("do", "more")]].concat()).await;
    assert!(more.status == StatusCode::OK && more.body.contains("name=\"choice_4_en\"") && more.body.contains("value=\"Black ash\""), "{}", more.body);
    let forbidden = shop.browser_of(agent).submit("/settings/profile", PAGE, FRAME).await;
    assert_eq!(forbidden.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn fields_are_reworded_ordered_removed_and_brought_back() {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(jules);
    browser.submit(PAGE, PAGE, FRAME).await;
    browser.submit(PAGE, PAGE, &[("kind", "number"), ("label_en", "Pieces")]).await;
    let keys = || shop.read(own_field::all).into_iter().map(|field| field.key).collect::<Vec<_>>();
    assert_eq!(keys(), ["frame_colour", "pieces"]);
    browser.submit(PAGE, &format!("{PAGE}/2/place"), &[("do", "up")]).await;
    assert_eq!(keys(), ["pieces", "frame_colour"]);
    let edit = browser.get(&format!("{PAGE}/1")).await;
    assert!(edit.body.contains("name=\"code_0\" value=\"oak\"") && edit.body.contains("value=\"Eiche\""), "{}", edit.body);
    let reworded = [
        ("label_en", "Frame"),
        ("code_0", "oak"),
        ("choice_0_en", "Light oak"),
        ("code_1", "black_ash"),
        ("choice_1_en", "Black ash"),
        ("choice_2_en", "White"),
    ];
    browser.submit(PAGE, &format!("{PAGE}/1"), &reworded).await;
    let field = shop.read(own_field::all).remove(1);
    assert_eq!(field.choices.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["oak", "black_ash", "white"]);
    assert_eq!((field.key.as_str(), field.required), ("frame_colour", false));
    browser.submit(PAGE, &format!("{PAGE}/1/removal"), &[]).await;
    assert_eq!(keys(), ["pieces"]);
    let list = browser.get(PAGE).await;
    assert!(list.body.contains("What was answered stays.") && list.body.contains("Ask for it again"), "{}", list.body);
    browser.submit(PAGE, &format!("{PAGE}/1/restoration"), &[]).await;
    assert_eq!(keys(), ["pieces", "frame_colour"]);
}
