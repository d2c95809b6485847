//! A wish comes true, with real servers: a Swedish customer asks when a print is back; the piece is entered; the owner sees why she would
//! want it, reads the mail first and sends it; she answers, and it is the same conversation; one click in her mail program ends it for good.

use super::a_refund_mail_becomes_a_return::{has_mail, picture, wait_until_it_watches};
use crate::support::visitor::Page;
use crate::support::{Shop, Visitor, Wire, eventually, header, within};
use restante::email;
use std::time::Duration;

/// The house looks once a minute whether a follow-up may go.
const GOES_WITHIN: Duration = Duration::from_secs(120);
/// A reply has its undo window of ten seconds.
const SENT_WITHIN: Duration = Duration::from_secs(40);

const ASKS: &str = "Hör gärna av er när det finns i lager igen.";

#[test]
fn a_wish_comes_true_and_ends_with_one_click() {
    let shop = Shop::open(Wire::Plain);
    wait_until_it_watches(&shop);
    let owner = shop.owner();
    let first = format!("wish.{}", shop.customer);
    shop.customer_writes(&letter(&shop, &first, "", &format!("Hej! Jag såg att trycket ”Low Tide” av Anna Lind är slutsålt. {ASKS}\r\n\r\nTack, Maja")));
    let there = shop.conversation_of(&first);
    let maja = shop.question("SELECT customer_id FROM customer_address WHERE address = ?1", &shop.customer).unwrap();
    let lead = format!("/leads/{maja}");
    let page = owner.get(&lead);
    for part in ["wishes", "consents"] {
        assert!(section(&page, part).contains(ASKS), "{part}: {}", page.html);
    }
    assert!(section(&page, "consents").contains("agreed") && section(&page, "wishes").contains("Low Tide"), "{}", page.html);
    assert_eq!(shop.question("SELECT count(*) FROM return_request", ""), Some(0), "she wants one, and gives none back");

    around_the_clock(&owner);
    let mut resolve = owner.get(&format!("/conversations/{there}")).form_with("value=\"resolved\"");
    resolve.set("status", "resolved");
    owner.submit(&resolve);
    let piece = enters(&owner, "Low Tide", 7);
    let page = owner.get(&piece);
    let who = section(&page, "who");
    for words in ["Maja Lindqvist", "asked for it", "the very piece they asked for", ASKS] {
        assert!(who.contains(words), "{words}: {}", page.html);
    }
    reads_and_sends(&owner, &piece, maja);

    let mut box_of = shop.stack.open_box(&shop.customer);
    let raw = within(GOES_WITHIN, "she is told", || box_of.mails("INBOX").pop());
    let told = email::read(&raw);
    let in_thread = header(&String::from_utf8_lossy(&raw), "In-Reply-To");
    assert_eq!((in_thread, told.subject.as_str()), (format!("<{first}>"), "Re: Low Tide"));
    for words in ["Hej Maja,", "Det här har just kommit:", "“Low Tide”, Anna Lind, 50 x 70 cm, €180.00", "Inga fler sådana mejl: "] {
        assert!(told.text.contains(words), "{words}: {}", told.text);
    }
    assert_eq!(told.attachments.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), ["Low Tide.jpg"]);
    let click = one_click_of(&raw);
    assert!(told.text.contains(&click), "the line below leads to the same page: {}", told.text);

    // Mail servers note when mail comes in whole seconds: nobody answers in the second in which it left.
    let later = "SELECT id FROM follow_up WHERE settled_at / 1000 < unixepoch()";
    eventually("a second has passed", || shop.question(later, ""));
    let answer = format!("answer.{}", shop.customer);
    let ours = told.message_id.as_ref().unwrap();
    shop.customer_writes(&letter(&shop, &answer, &format!("In-Reply-To: {ours}\r\nReferences: {ours}\r\n"), "Tack, vad roligt! Jag vill gärna köpa det."));
    assert_eq!(shop.conversation_of(&answer), there, "her answer stands where she asked");
    let open = "SELECT id FROM conversation WHERE status = 'open' AND id = (SELECT conversation_id FROM message WHERE identifier = ?1)";
    assert_eq!(shop.question(open, &answer), Some(there));
    assert!(owner.get("/inbox").html.contains(&format!("/conversations/{there}")), "it is in the inbox");
    assert!(owner.get(&lead).html.contains("answered") && section(&owner.get(&piece), "told").contains("answered"));

    says_stop(&shop, &owner, &click, maja);
    let mut reply = owner.get(&format!("/conversations/{there}")).form_with("name=\"text\"");
    reply.set("text", "Hej Maja, trycket är ditt.");
    owner.submit(&reply);
    within(SENT_WITHIN, "her own mail is answered as before", || has_mail(&mut box_of, "trycket"));
    assert_eq!(box_of.mails("INBOX").len(), 2, "nothing else came");
    assert_eq!(of_consent(&shop), 1);
}

/// A second piece is planned for her; then her mail program ends all of it (RFC 8058), knowing nothing but the header.
fn says_stop(shop: &Shop, owner: &Visitor, click: &str, maja: i64) {
    let piece = enters(owner, "Ebb", 11);
    reads_and_sends(owner, &piece, maja);
    let stands = |state: &str| shop.question("SELECT count(*) FROM follow_up WHERE state = ?1", state).unwrap();
    assert_eq!((stands("sent"), stands("planned")), (1, 1), "one an hour: it waits");
    let stranger = Visitor::of(shop.restante.port);
    let looked = stranger.get(click);
    assert!(looked.status == 200 && stands("planned") == 1, "looking ends nothing");

    let program = reqwest::blocking::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let form = "application/x-www-form-urlencoded";
    let done = program.post(click).header("content-type", form).body("List-Unsubscribe=One-Click").send().unwrap();
    assert_eq!((done.status().as_u16(), done.headers().get("location")), (200, None));
    assert_eq!((stands("sent"), stands("planned"), stands("wanted"), stands("cancelled")), (1, 0, 0, 1));
    assert_eq!(shop.question("SELECT count(*) FROM wanted_letter WHERE settled_at IS NULL", ""), Some(0));
    assert_eq!(of_consent(shop), 1, "the one that she has");
    let page = owner.get(&format!("/leads/{maja}"));
    assert!(section(&page, "consents").contains("by the unsubscribe button of their mail program"), "{}", page.html);
    let page = owner.get(&piece);
    assert!(section(&page, "who").contains("asked for no more mails about similar pieces"), "{}", page.html);
    assert!(section(&page, "told").contains("not told"), "{}", page.html);
    let nobody = owner.get(&format!("{piece}/letters?who={maja}"));
    assert!(nobody.html.contains("None of those whom you ticked may be told now"), "{}", nobody.html);
}

/// At any hour that this runs, but one an hour only: what comes second waits.
fn around_the_clock(owner: &Visitor) {
    let mut pace = owner.get("/follow-ups/pace").form_with("name=\"per_hour\"");
    for (name, value) in [("per_hour", "1"), ("per_month", "10"), ("from_hour", "0"), ("until_hour", "24"), ("sundays", "1")] {
        pace.set(name, value);
    }
    assert!(owner.submit(&pace).html.contains("Saved."));
    assert!(owner.get("/follow-ups/pace").html.contains("name=\"sundays\" value=\"1\" checked"));
}

/// Enters a piece with its picture, as the form has it; returns its page.
fn enters(owner: &Visitor, title: &str, shade: u32) -> String {
    let mut form = owner.get("/pieces/new").form_with("Enter the piece");
    for (name, value) in [("title", title), ("artist", "Anna Lind"), ("medium", "print"), ("size", "50 x 70 cm"), ("price", "180"), ("currency", "EUR")] {
        form.set(name, value);
    }
    let file = reqwest::blocking::multipart::Part::bytes(picture(shade)).file_name("print.png");
    let filled = form.fields.iter().fold(reqwest::blocking::multipart::Form::new(), |parts, (name, value)| parts.text(name.clone(), value.clone()));
    let answer = owner.http.post(owner.url(&form.action)).header("origin", owner.url("")).multipart(filled.part("picture", file)).send().unwrap();
    let at = answer.headers().get("location").map(|at| at.to_str().unwrap().to_owned());
    let page = at.unwrap_or_else(|| panic!("{}", answer.text().unwrap()));
    assert!(owner.get(&page).html.contains("/picture?v="), "with its picture");
    page
}

/// Ticks her, reads the mail as it will look, and sends it.
fn reads_and_sends(owner: &Visitor, piece: &str, maja: i64) {
    let tick = format!("name=\"who\" value=\"{maja}\">");
    assert!(owner.get(piece).form_with("Read the mails first").html.contains(&tick), "she can be ticked");
    let preview = owner.get(&format!("{piece}/letters?who={maja}"));
    assert!(preview.html.contains("Swedish") && preview.html.contains("Hej Maja,") && preview.html.contains("Inga fler sådana mejl"), "{}", preview.html);
    let sent = owner.submit(&preview.form_with("letter-preview"));
    assert!(sent.html.contains("1 mail is planned."), "{}", sent.html);
}

/// The address of the one click, where both headers are as RFC 8058 wants them.
fn one_click_of(raw: &[u8]) -> String {
    let mail = String::from_utf8_lossy(raw);
    assert_eq!(header(&mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let address = header(&mail, "List-Unsubscribe");
    let address = address.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    address.filter(|address| address.contains("/unsubscribe/")).unwrap_or_else(|| panic!("{mail}")).to_owned()
}

/// Letters that rest on consent, whatever became of them.
fn of_consent(shop: &Shop) -> i64 {
    shop.question("SELECT count(*) FROM outbox WHERE consent_id IS NOT NULL", "").unwrap()
}

/// The part of a page that has this id.
fn section<'a>(page: &'a Page, id: &str) -> &'a str {
    page.html.split_once(&format!("<section id=\"{id}\"")).map_or("", |(_, rest)| rest.split("</section>").next().unwrap_or_default())
}

fn letter(shop: &Shop, id: &str, threads: &str, text: &str) -> String {
    let Shop { customer, address, .. } = shop;
    format!(
        "From: Maja Lindqvist <{customer}>\r\nTo: <{address}>\r\nSubject: Low Tide\r\nDate: Mon, 30 Nov 2026 09:42:00 +0000\r\nMessage-ID: <{id}>\r\n{threads}\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    )
}
