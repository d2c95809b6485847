//! A refund mail becomes a return request, with real servers: the customer asks in their own words, is asked for what is missing,
//! answers inside the quote with two photos; the policy judges; fulfilment is told; an agent approves in a browser; the customer reads
//! it in their own box, and a custom action refunds once. And the same over the form.

use super::a_refund_is_issued_once::define;
use super::agent_at_work::Agent;
use crate::support::api::Api;
use crate::support::shop::settle;
use crate::support::{Browser, Imap, Shop, Theme, Visitor, Wire, eventually, header, smtp, within};
use std::time::Duration;

/// Letters that leave by themselves wait for nobody; the reply that decides has its undo window of ten seconds.
const SENT_WITHIN: Duration = Duration::from_secs(40);

#[test]
fn a_refund_mail_becomes_a_return_that_is_asked_for_filled_decided_and_told() {
    let shop = Shop::open(Wire::Plain);
    let api = Api::answering(&[("200 OK", r#"{"id": "re_17", "status": "succeeded"}"#)]);
    set_up(&shop, &api);
    let team = shop.customer.replace("customer", "warehouse");
    settle(&shop.data, "returns_ask", "\"automatic\"");
    settle(&shop.data, "fulfilment", &format!("{{\"address\":\"{team}\",\"when\":\"complete\"}}"));
    wait_until_it_watches(&shop);

    let first = format!("refund.{}", shop.customer);
    shop.customer_writes(&letter(&shop, &first, "", "I need a refund for the print. It came creased."));
    shop.conversation_of(&first);
    let mut customers_box = shop.stack.open_box(&shop.customer);
    let asked = within(SENT_WITHIN, "they are asked for what is missing", || customers_box.mails("INBOX").pop());
    let asked = String::from_utf8_lossy(&asked).into_owned();
    assert!(asked.contains("Auto-Submitted: auto-replied") && asked.contains(&format!("In-Reply-To: <{first}>")), "{asked}");
    assert!(asked.contains("Order number:") && !asked.contains("What happened"), "only what is missing: {asked}");
    assert!(asked.contains("/return/"), "{asked}");

    let second = format!("answer.{}", shop.customer);
    shop.customer_writes(&answer(&shop, &second, &header(&asked, "Message-ID")));
    let state = |wanted: &str| shop.question("SELECT id FROM return_request WHERE state = ?1", wanted);
    eventually("the record is complete", || state("to_decide"));
    let photos = shop.question("SELECT count(*) FROM return_photo", "");
    assert_eq!(photos, Some(2));
    let fact = |field: &str| shop.question("SELECT count(*) FROM return_fact WHERE field = ?1 AND certain AND superseded_at IS NULL", field);
    assert!(["order_number", "reason", "wish", "photos"].iter().all(|field| fact(field) == Some(1)));

    let mut teams_box = shop.stack.open_box(&team);
    let told = within(SENT_WITHIN, "fulfilment is told", || teams_box.mails("INBOX").pop());
    // Its text is quoted-printable (RFC 2045 6.7): soft line breaks may stand within a link.
    let told = String::from_utf8_lossy(&told).replace("=\r\n", "").replace("=3D", "=");
    let link = link_in(&told, "/fulfilment/");
    assert!(told.contains("AT-10482") && told.matches("Content-Disposition: attachment").count() == 2, "{told}");
    let stranger = Visitor::of(shop.restante.port);
    assert!(stranger.get(&link).html.contains("How did it arrive?"));

    let judged = "SELECT count(*) FROM return_request WHERE verdict = ?1 AND json_extract(verdict_data, '$.clause') = 'Prints with a fault'";
    assert_eq!(shop.question(judged, "within"), Some(1));
    let browser = Browser::start();
    let agent = Agent { browser: &browser, restante: &shop.restante };
    agent.sign_in();
    agent.open(shop.conversation_of(&first));
    browser.sees("Within policy: print by its name, damaged, day 4 of 14, 2 photos.");
    browser.screenshots("return-within-policy");
    browser.click("aside .return-card a.button.is-main"); // the same card lies folded beside it, for narrower windows
    browser.sees("R-0001: refund");
    browser.click("input[name=comes_back]"); // the policy would have it back: this one may be kept
    browser.fill("input[name=amount]", "68.00 EUR");
    browser.fill("textarea[name=text]", "Hello Mara, your refund of 68.00 EUR is on its way, and you can keep the print.");
    browser.click("button.primary");
    browser.sees("Decided: refund.");
    within(SENT_WITHIN, "the customer reads it", || has_mail(&mut customers_box, "you can keep the print"));
    within(SENT_WITHIN, "the provider is asked", || (!api.heard().is_empty()).then_some(()));
    eventually("the money went back", || state("refunded"));
    agent.open(shop.conversation_of(&first));
    browser.sees("re_17");
    browser.screenshots("return-refunded");
    let heard = api.heard();
    assert_eq!(heard.len(), 1, "called once: {heard:?}");
    assert!(heard[0].ends_with("amount=6800&metadata%5Breturn%5D=R-0001"), "{}", heard[0]);
}

/// The owner chooses a ready policy, uploads what was sold, and defines how a refund is issued.
/// The table says nothing of buyers, so the number has to be asked for.
fn set_up(shop: &Shop, api: &Api) {
    let owner = shop.owner();
    let mut policy = owner.get("/settings/policy").form_with("Use it from today on");
    policy.set("ready", "prints");
    owner.submit(&policy);
    let ago = |days: i64| jiff::Zoned::now().date().checked_sub(jiff::Span::new().days(days)).unwrap();
    let table = format!("Order number,Order date,Delivered at,Total,Currency,Item name\nAT-10482,{},{},68.00,EUR,\"Low Tide, art print\"\n", ago(7), ago(4));
    let upload = owner.get("/settings/orders").form_with("Import orders");
    let csrf = upload.fields.iter().find(|(name, _)| name == "csrf").unwrap().1.clone();
    let file = reqwest::blocking::multipart::Part::text(table).file_name("orders.csv");
    let form = reqwest::blocking::multipart::Form::new().text("csrf", csrf).part("file", file);
    let taken = owner.http.post(owner.url(&upload.action)).header("origin", owner.url("")).multipart(form).send().unwrap().text().unwrap();
    assert!(taken.contains("1 order was taken"), "{taken}");
    define(&owner, api.port);
}

#[test]
fn a_customer_fills_the_form_behind_the_link_on_a_phone() {
    let shop = Shop::open(Wire::Plain);
    settle(&shop.data, "returns_ask", "\"automatic\"");
    wait_until_it_watches(&shop);
    shop.customer_writes(&letter(&shop, &format!("refund.{}", shop.customer), "", "I need a refund for the print. It came creased."));
    let customers_box = &mut shop.stack.open_box(&shop.customer);
    let asked = within(SENT_WITHIN, "they are asked for what is missing", || customers_box.mails("INBOX").pop());
    let link = link_in(&String::from_utf8_lossy(&asked), "/return/");

    let phone = Browser::start();
    phone.look_like(390, Theme::Light);
    phone.open(&shop.restante.url(&link));
    phone.sees("Start a return");
    assert_eq!(phone.run("return document.querySelector('input[name=reason]:checked')?.value"), "damaged", "what was said already stands there");
    let folder = tempfile::tempdir().unwrap();
    let photo = |name: &str, shade: u32| {
        let path = folder.path().join(name);
        std::fs::write(&path, picture(shade)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    phone.type_into("input[name=photos]", &format!("{}\n{}", photo("corner.png", 7), photo("tube.png", 11)));
    phone.fill("input[name=order_number]", "AT-10482");
    phone.click("input[name=wish][value=refund] + span");
    phone.run("document.querySelector('input[name=delivered_on]').value = '2999-12-31'");
    phone.click("button.primary");
    phone.sees("This day is still to come.");
    assert_eq!(phone.run("return document.querySelector('input[name=order_number]').value"), "AT-10482", "nothing typed is lost");
    assert_eq!(phone.count(".photo img"), 2, "nor are photos");
    phone.screenshot("form-mistake-390");
    phone.run("document.querySelector('input[name=delivered_on]').value = ''");
    phone.click("button.primary");
    phone.sees("We have everything and are looking at it.");
    assert_eq!(shop.question("SELECT id FROM return_request WHERE state = ?1", "to_decide"), Some(1));
    assert_eq!(shop.question("SELECT count(*) FROM return_photo", ""), Some(2));
    phone.open(&shop.restante.url(&link));
    phone.sees("AT-10482");
    assert_eq!(phone.count("form"), 0, "the same link shows how it stands");

    let owner = shop.owner();
    let mut decide = owner.get("/returns/1/decide?decision=refund").form_with("Send and decide");
    decide.set("amount", "68.00 EUR");
    decide.set("text", "Hello Mara, we refund 68.00 EUR.");
    owner.submit(&decide);
    within(SENT_WITHIN, "what came over the form is answered by mail", || has_mail(customers_box, "we refund 68.00 EUR"));
    phone.open(&shop.restante.url(&link));
    phone.sees("We are about to pay the money back.");
}

/// The path of the link in a mail that begins so.
fn link_in(mail: &str, path: &str) -> String {
    let link = mail.split_whitespace().find_map(|word| word.find(path).map(|at| word[at..].trim_end_matches(['"', '<', '>']).to_owned()));
    link.unwrap_or_else(|| panic!("no link in {mail}"))
}

pub fn has_mail(box_of: &mut Imap, words: &str) -> Option<()> {
    box_of.mails("INBOX").iter().any(|mail| String::from_utf8_lossy(mail).contains(words)).then_some(())
}

/// The watcher idles from here on; what comes now is new mail, not history.
pub fn wait_until_it_watches(shop: &Shop) {
    let hello = format!("hello.{}", shop.customer);
    let mail =
        letter(shop, &hello, "", "Are you open today?").replace(&format!("<{}>", shop.customer), "<tomas@example.test>").replace("Refund", "Opening hours");
    smtp::hand_in(shop.stack.smtp, "tomas@example.test", &[&shop.address], &mail);
    shop.conversation_of(&hello);
}

fn letter(shop: &Shop, id: &str, threads: &str, text: &str) -> String {
    let Shop { customer, address, .. } = shop;
    format!(
        "From: Mara Okafor <{customer}>\r\nTo: <{address}>\r\nSubject: Refund for “Low Tide”\r\nDate: Mon, 23 Nov 2026 09:42:00 +0000\r\nMessage-ID: <{id}>\r\n{threads}\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n"
    )
}

/// The answer of a client that lets its writer fill in the quote, with two photos.
fn answer(shop: &Shop, id: &str, to: &str) -> String {
    let Shop { customer, address, .. } = shop;
    let photo = |name: &str, shade: u32| {
        let base64 = data_encoding::BASE64_MIME.encode(&picture(shade));
        format!(
            "--b\r\nContent-Type: image/png; name=\"{name}\"\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64}\r\n"
        )
    };
    format!(
        "From: Mara Okafor <{customer}>\r\nTo: <{address}>\r\nSubject: Re: Refund for Low Tide\r\nDate: Mon, 23 Nov 2026 10:42:00 +0000\r\nMessage-ID: <{id}>\r\n\
         In-Reply-To: {to}\r\nReferences: {to}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHere you are.\r\n\r\nOn Mon, 23 Nov 2026 the shop wrote:\r\n> Order number: AT-10482\r\n> Photos can be attached to your answer.\r\n\
         {}{}--b--\r\n",
        photo("corner.png", 7),
        photo("tube.png", 11)
    )
}

/// A picture with enough in it to be a photo.
pub fn picture(shade: u32) -> Vec<u8> {
    let picture = image::RgbImage::from_fn(640, 480, |x, y| image::Rgb([(x * shade) as u8, (y * shade * 3) as u8, (x * y * shade) as u8]));
    let mut png = Vec::new();
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    png
}
