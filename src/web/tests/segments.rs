//! Leads asked for in a small language, saved as segments, brought in from a file, taken out as a table, and counted.

use super::desk_screens::{JULES, mail};
use super::*;
use crate::consent::{self, Ended, Purpose, Withdrawal};
use crate::customer;
use crate::id::CustomerId;
use crate::lead::interest::{self, Feature, Kind, Learned, Source};
use crate::lead::{self, segment};

fn whose(shop: &Shop, address: &str) -> CustomerId {
    let address = EmailAddress::parse(address).unwrap();
    shop.read(|c| customer::find_by_address(c, &address)).unwrap()
}

/// Mara, who likes blue, and Oskar, whose name is a formula.
fn with_two() -> (Shop, MailboxId, CustomerId, CustomerId) {
    let (shop, mailbox) = Shop::with_mailbox();
    shop.mail(mailbox, "one", "A print", "I love everything blue.");
    shop.receive(mailbox, &mail("=1+1 <oskar@example.test>", "two", "Winter", "", "Hello"));
    let (mara, oskar) = (whose(&shop, "mara@example.test"), whose(&shop, "oskar@example.test"));
    shop.write(move |tx| {
        let learned = Learned { sentence: "", source: Source::Mail, message_id: None, by: None };
        interest::add(tx, mara, &Feature { kind: Kind::Colour, value: "blue".into() }, &learned, world::now())
    });
    (shop, mailbox, mara, oskar)
}

#[tokio::test]
async fn the_list_understands_conditions_and_explains_what_it_does_not() {
    let (shop, _, mara, oskar) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    for (asked, who, not) in [("colour%3Ablue", mara, oskar), ("-colour%3Ablue+last%3C30d", oskar, mara)] {
        let found = jules.get(&format!("/leads?q={asked}")).await.body;
        assert!(found.contains(&format!("lead-{who}")) && !found.contains(&format!("lead-{not}")), "{asked}: {found}");
        assert!(found.contains(">1 person<"), "{found}");
    }
    let odd = jules.get("/leads?q=colur%3Ablue+okafor").await;
    assert!(odd.status == StatusCode::OK && odd.body.contains("Did you mean colour?") && odd.body.contains(&format!("lead-{mara}")), "{}", odd.body);
}

#[tokio::test]
async fn choosing_from_lists_leads_to_the_address_that_typing_leads_to() {
    let (shop, ..) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    let chosen = jules.get("/leads?choose=1&q=okafor+colour%3Ared&show=leads&colour=colour%3Ablue&returns=returns%3A0&room=&medium=drop").await;
    assert_eq!(chosen.header("location"), "/leads?q=okafor%20colour%3Ablue%20returns%3A0&show=leads");
    let page = jules.get(chosen.header("location")).await.body;
    assert!(page.contains("<option value=\"colour:blue\" selected>") && page.contains("<option value=\"returns:0\" selected>"), "{page}");
}

#[tokio::test]
async fn a_segment_is_saved_counted_renamed_and_removed_with_a_way_back() {
    let (shop, mailbox, ..) = with_two();
    let mut jules = shop.signed_in(JULES).await;
    let save = |name: &'static str, q: &'static str| [("name", name), ("q", q)];
    let odd = jules.submit("/leads", "/leads/segments", &save("Blue", "colur:blue")).await;
    assert!(
        odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("Correct the search first") && odd.body.contains("value=\"Blue\""),
        "{}",
        odd.body
    );
    assert_eq!(jules.submit("/leads", "/leads/segments", &save("Everybody", " ")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(jules.submit("/leads", "/leads/segments", &save("Blue", "colour:blue")).await.header("location"), "/leads/segments");
    let list = jules.get("/leads/segments").await.body;
    assert!(list.contains("Saved.") && list.contains("/leads?q=colour%3Ablue") && list.contains(">1 person<"), "{list}");
    assert_eq!(jules.submit("/leads", "/leads/segments", &save("blue", "colour:red")).await.status, StatusCode::UNPROCESSABLE_ENTITY, "a name is taken");
    jules.submit("/leads/segments", "/leads/segments/1/name", &[("name", "Sea")]).await;
    assert!(jules.get("/leads/segments").await.body.contains("Renamed."));
    jules.submit("/leads/segments", "/leads/segments/1/name/undo", &[]).await;
    let empty = jules.submit("/leads/segments", "/leads/segments/1/name", &[("name", " ")]).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.body.contains("needs a name"), "{}", empty.body);
    jules.submit("/leads/segments", "/leads/segments/1/remove", &[]).await;
    let gone = jules.get("/leads/segments").await.body;
    assert!(gone.contains("No segment yet.") && gone.contains("/leads/segments/1/undo"), "{gone}");
    jules.submit("/leads/segments", "/leads/segments/1/undo", &[]).await;
    assert_eq!(shop.read(segment::all)[0].name, "Blue");
    // Who sees another mailbox only counts whom they see.
    let other = shop.add_mailbox("other@shop.test");
    let ana = shop.add_agent("ana@shop.test", Role::Agent);
    shop.write(move |tx| agent::limit_to(tx, ana, &[other]));
    let mut ana = shop.browser_of(ana);
    assert!(ana.get("/leads/segments").await.body.contains(">0 people<"));
    assert!(ana.get("/leads/numbers").await.body.contains("0 leads now"));
    for path in ["/leads.csv", "/leads/import"] {
        assert_eq!(ana.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let _ = mailbox;
}

const TABLE: &str = "Email,Name,Language,Country,Interests,Consent,Consent words,Consent day,Consent proof\n\
new@example.test,Nina New,sv,SE,\"blue, sharks\",\"similar pieces, offers\",\"Yes, write to me\",2026-03-31,paper form 12\n\
MARA@example.test,Another,de,DE,linocut,offers,,2026-03-31,\n\
oskar@example.test,,,,,offers,Yes,2026-03-31,list\n\
new@example.test,Twice,,,red,,,,\n\
nobody,,,,,,,,\n\
support@shop.test,,,,,,,,\n";

#[tokio::test]
async fn a_file_is_shown_line_by_line_before_anything_is_written_and_then_taken() {
    let (shop, _, mara, oskar) = with_two();
    let key = shop.state.key.clone();
    shop.write(move |tx| {
        let stop = Withdrawal { address: "oskar@example.test", purposes: Purpose::ALL, way: Ended::OneClick, words: "", message_id: None, by: None };
        consent::withdraw(tx, &key, &stop, world::now())
    });
    let mut jules = shop.signed_in(JULES).await;
    let token = jules.token().await;
    let field = |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = |text: &str| format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"list.csv\"\r\n\r\n{text}\r\n--b--\r\n");
    let kind = [("content-type", "multipart/form-data; boundary=b")];
    let odd = jules.ask(Method::POST, "/leads/import", &kind, field("csrf", &token) + &file("Colour\nred\n")).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("No column holds addresses"), "{}", odd.body);
    let preview = jules.ask(Method::POST, "/leads/import", &kind, field("csrf", &token) + &file(TABLE)).await.body;
    for words in [
        "Nothing was imported yet",
        "consent to similar pieces is taken",
        "joins Mara Okafor: the same address",
        "no consent to offers: their words and the proof are missing",
        "this address said stop",
        "the same address as line 2",
        "“nobody” is no mail address",
        "the interest “sharks”",
        "Import 4 lines",
    ] {
        assert!(preview.contains(words), "{words}: {preview}");
    }
    let find = |shop: &Shop, address: &str| shop.read(|c| customer::find_by_address(c, &EmailAddress::parse(address).unwrap()));
    assert_eq!(find(&shop, "new@example.test"), None, "a preview writes nothing");
    let again = format!("{}{}{}{}--b--\r\n", field("csrf", &token), field("name", "list.csv"), field("table", TABLE), field("sure", "1"));
    let taken = jules.ask(Method::POST, "/leads/import", &kind, again).await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let new = find(&shop, "new@example.test").unwrap();
    let known = shop.read(|c| lead::find(c, new)).unwrap();
    assert_eq!((known.source, known.source_detail.as_str(), known.country.as_deref()), (lead::Source::Import, "list.csv", Some("SE")));
    let consents = shop.read(|c| consent::of_customer(c, new));
    assert_eq!(consents.len(), 2);
    assert!(consents[0].proof.contains("paper form 12 (list.csv, line 2)") && consents[0].words == "Yes, write to me", "{consents:?}");
    assert_eq!(shop.read(|c| interest::of_customer(c, new)).len(), 2, "blue, and red of the line below");
    assert_eq!(shop.read(|c| customer::find(c, mara)).unwrap().name, "Mara Okafor");
    assert!(shop.read(|c| consent::of_customer(c, mara)).is_empty() && shop.read(|c| consent::of_customer(c, oskar)).is_empty());
    assert_eq!(shop.read(|c| lead::find(c, mara)).unwrap().source, lead::Source::Mailbox);
    // What was taken goes out again, and no cell of it is a formula.
    let out = jules.get("/leads.csv?q=").await;
    assert!(out.header("content-type").starts_with("text/csv"));
    assert!(out.body.contains("'=1+1") && out.body.contains("agreed,\"Yes, write to me\",2026-03-31"), "{}", out.body);
    assert!(!jules.get("/leads.csv?q=colour%3Ablue").await.body.contains("oskar@"));
    let numbers = jules.get("/leads/numbers").await.body;
    assert!(numbers.contains("3 leads now") && numbers.contains("An import") && numbers.contains("33 %"), "{numbers}");
    let weeks = jules.get("/leads/numbers.csv").await.body;
    assert_eq!((weeks.lines().count(), weeks.starts_with("week,monday,leads")), (53, true), "{weeks}");
    assert!(weeks.trim_end().lines().last().unwrap().ends_with(",3,0,0,0,0"), "{weeks}");
}
