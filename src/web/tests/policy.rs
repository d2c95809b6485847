//! The return policy in the browser: a draft written clause by clause, tried on past returns, published, and read by customers.

use super::*;
use crate::order;
use crate::return_policy::{Clause, draft, ready, version};
use crate::return_request::{Decision, Reason};
use crate::web::public::today;

const HERE: &str = "/settings/policy";
const DRAFT: &str = "/settings/policy/draft";

/// A shop with an owner and the general policy, published a year ago.
fn with_policy() -> (Shop, AgentId) {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    shop.add_mailbox("support@shop.test");
    let then = today().checked_sub(jiff::Span::new().days(365)).unwrap();
    shop.write(move |tx| version::save(tx, &ready::general_shop(), then, "The first", Some(jules), 1));
    (shop, jules)
}

impl Shop {
    fn clause(&self, id: &str) -> Option<Clause> {
        self.read(draft::find).and_then(|draft| draft.policy.clause(id).cloned())
    }

    /// A return of the shop's only order, delivered so many days ago.
    fn return_of(&self, mailbox: MailboxId, language: &str, reason: &str, delivered_ago: i64, agent: AgentId) -> crate::id::ReturnId {
        let delivered = today().checked_sub(jiff::Span::new().days(delivered_ago)).unwrap();
        let price = crate::web::public::amount("68 EUR");
        let line = order::Line { title: "Low Tide".into(), kind: "print".into(), quantity: 1, unit: price, ..order::Line::default() };
        let news = order::News {
            number: "AT-10482".into(),
            address: Some("mara@example.test".into()),
            ordered_on: Some(delivered),
            delivered_on: Some(delivered),
            total: price,
            lines: vec![line],
            ..order::News::default()
        };
        self.write(move |tx| order::learn(tx, &news, order::Source::Csv, 1));
        let mail = "From: Mara Okafor <mara@example.test>\r\nTo: support@shop.test\r\nSubject: Return\r\nMessage-ID: <m1@example.test>\r\n\r\nHello\r\n";
        let there = self.bring(mailbox, mail.as_bytes()).conversation.unwrap();
        let reason = crate::return_request::fields::Value::Text(reason.into());
        let language = language.to_owned();
        self.write(move |tx| {
            let id = desk::returns::open_by_hand(tx, there, agent, world::now()).unwrap();
            tx.execute("UPDATE return_request SET language = ?2 WHERE id = ?1", database::params![id, language])?;
            desk::returns::correct(tx, id, "reason", Some(reason), agent, world::now()).unwrap();
            Ok(id)
        })
    }
}

/// A clause as its form sends it.
const SALE: &[(&str, &str)] = &[
    ("name", "Sale <b>"),
    ("name_de", "Reduziertes"),
    ("kinds", "print, original"),
    ("tags", "sale"),
    ("reason", "damaged"),
    ("reason", "wrong_item"),
    ("countries", "de se, us"),
    ("value_from", "20 EUR"),
    ("value_to", "1.234,50 €"),
    ("answer", "accepted"),
    ("report", "48"),
    ("report_unit", "hours"),
    ("report_from", "shipping"),
    ("comes_back", "1"),
    ("ship_back", "21"),
    ("ship_back_unit", "days"),
    ("ship_back_from", "delivery"),
    ("postage", "customer"),
    ("photos", "2"),
    ("inspection", "1"),
    ("place_store_credit", "1"),
    ("place_repair", "3"),
    ("place_exchange", "2"),
    ("restocking", "15"),
    ("fee", "5 EUR"),
];

/// The same form with some fields answered otherwise.
fn but<'a>(fields: &[(&'a str, &'a str)], other: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| other.iter().all(|(changed, _)| changed != name));
    kept.chain(other).copied().collect()
}

#[tokio::test]
async fn an_owner_writes_a_clause_with_everything_that_a_policy_knows() {
    let (shop, jules) = with_policy();
    let mut browser = shop.browser_of(jules);
    let id = shop.read(|c| version::on_day(c, today())).unwrap().id.to_string();
    assert_eq!(browser.submit(HERE, DRAFT, &[("version", &id)]).await.header("location"), DRAFT);
    let begun = browser.get(DRAFT).await;
    assert!(begun.body.contains("Changed mind") && begun.body.contains("Nothing of this holds yet."), "{}", begun.body);
    let form = format!("{DRAFT}/clauses/new");
    let added = browser.submit(&form, &format!("{DRAFT}/clauses"), SALE).await;
    assert_eq!((added.status, added.header("location")), (StatusCode::SEE_OTHER, DRAFT), "{}", added.body);
    let clause = shop.clause("sale-b").expect("its id comes from its name");
    let (about, terms) = (&clause.about, &clause.terms);
    assert_eq!((clause.name_in("de"), clause.name_in("fr")), ("Reduziertes", "Sale <b>"));
    assert_eq!((about.kinds.join(" "), about.tags.join(" "), about.countries.join(" ")), ("print original".into(), "sale".into(), "DE SE US".into()));
    assert_eq!(about.reasons, [Reason::Damaged, Reason::WrongItem]);
    assert_eq!((about.value_from.unwrap().to_string(), about.value_to.unwrap().to_string()), ("€20.00".into(), "€1234.50".into()));
    assert_eq!(terms.outcomes, [Decision::StoreCredit, Decision::Exchange, Decision::Repair]);
    assert_eq!((terms.report.unwrap().count, terms.report.unwrap().unit.code(), terms.ship_back.unwrap().count), (48, "hours", 21));
    assert_eq!((terms.photos, terms.restocking_percent, terms.processing_fee.unwrap().minor, terms.inspection), (2, 15, 500, true));
    // Its form shows it again, and saving that changes nothing.
    let again = browser.get(&format!("{DRAFT}/clauses/sale-b")).await;
    for words in ["value=\"Sale &#60;b&#62;\"", "value=\"Reduziertes\"", "value=\"€1234.50\"", "value=\"DE, SE, US\"", "value=\"hours\" selected"] {
        assert!(again.body.contains(words), "{words}: {}", again.body);
    }
    browser.submit(&format!("{DRAFT}/clauses/sale-b"), &format!("{DRAFT}/clauses/sale-b"), SALE).await;
    assert_eq!(shop.clause("sale-b"), Some(clause));
    let refused = but(SALE, &[("answer", "final_sale"), ("place_repair", "x")]);
    browser.submit(&format!("{DRAFT}/clauses/sale-b"), &format!("{DRAFT}/clauses/sale-b"), &refused).await;
    assert!(browser.get(DRAFT).await.body.contains("Final sale: it cannot be returned."), "a refusal has no other terms to be wrong in");
}

#[tokio::test]
async fn what_cannot_be_taken_is_said_beside_its_field_and_all_that_was_typed_stays() {
    let (shop, jules) = with_policy();
    let mut browser = shop.browser_of(jules);
    browser.submit(HERE, DRAFT, &[("ready", "prints")]).await;
    let (form, target) = (format!("{DRAFT}/clauses/new"), format!("{DRAFT}/clauses"));
    let before = shop.read(draft::find);
    for (field, typed, words) in [
        ("name", "", "A clause needs a name"),
        ("name", "PRINTS", "Another clause has this name"),
        ("countries", "DE, UK", "No country has the code UK"),
        ("value_from", "20", "with its currency, as in 50 EUR"),
        ("value_from", "9999 EUR", "Nothing is worth more than"),
        ("value_to", "50 SEK", "different currencies"),
        ("report", "0", "over before it begins"),
        ("report", "two weeks", "Write a whole number, up to 1000."),
        ("ship_back", "99999", "Write a whole number, up to 1000."),
        ("photos", "11", "Write a whole number, up to 10."),
        ("restocking", "101", "Write a whole number, up to 100."),
        ("fee", "five", "with its currency"),
        ("place_repair", "first", "Number what you offer"),
    ] {
        let wrong = browser.submit(&form, &target, &but(SALE, &[(field, typed)])).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{field}: {typed}");
        assert!(wrong.body.contains(words) && wrong.body.contains("Nothing was saved yet"), "{field}: {words}: {}", wrong.body);
        assert!(wrong.body.contains(&format!("value=\"{typed}\"")), "{field}: what was typed stays: {}", wrong.body);
        assert!(wrong.body.contains("value=\"Reduziertes\"") && wrong.body.contains("value=\"wrong_item\" checked"), "{}", wrong.body);
    }
    let nothing = but(SALE, &[("place_store_credit", ""), ("place_repair", ""), ("place_exchange", "")]);
    let wrong = browser.submit(&form, &target, &nothing).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("offers nothing for it"), "{}", wrong.body);
    assert_eq!(shop.read(draft::find), before, "nothing was saved");
    // A clause that another owner removed meanwhile: what was typed becomes a new one.
    browser.submit(&form, &format!("{DRAFT}/clauses/gone"), SALE).await;
    assert!(shop.clause("sale-b").is_some());
}

#[tokio::test]
async fn clauses_are_moved_and_removed_with_a_way_back() {
    let (shop, jules) = with_policy();
    let mut browser = shop.browser_of(jules);
    browser.submit(HERE, DRAFT, &[("ready", "general")]).await;
    let ids = || shop.read(draft::find).unwrap().policy.clauses.into_iter().map(|clause| clause.id).collect::<Vec<_>>().join(" ");
    assert_eq!(ids(), "changed-mind fault");
    let moved = browser.submit(DRAFT, &format!("{DRAFT}/order"), &[("up", "fault")]).await;
    assert_eq!((ids().as_str(), moved.header("location")), ("fault changed-mind", "/settings/policy/draft#clause-fault"));
    let removed = browser.submit(DRAFT, &format!("{DRAFT}/clauses/fault/deletion"), &[]).await;
    assert_eq!((ids().as_str(), removed.status), ("changed-mind", StatusCode::SEE_OTHER));
    assert!(browser.get(DRAFT).await.body.contains("/settings/policy/draft/undo"), "the way back stands in the status line");
    browser.submit(DRAFT, &format!("{DRAFT}/undo"), &[]).await;
    assert_eq!(ids(), "fault changed-mind");
    let second = browser.submit(HERE, DRAFT, &[("ready", "prints")]).await;
    assert_eq!((second.status, ids().as_str()), (StatusCode::SEE_OTHER, "fault changed-mind"), "a draft is never overwritten");
    assert!(browser.get(DRAFT).await.body.contains("There is a draft already."));
    browser.submit(DRAFT, &format!("{DRAFT}/deletion"), &[]).await;
    assert_eq!(shop.read(draft::find), None);
    assert_eq!(browser.get(DRAFT).await.header("location"), HERE);
    browser.submit(HERE, DRAFT, &[("ready", "prints"), ("nothing", "1")]).await;
    assert_eq!(ids(), "");
    assert!(browser.get(DRAFT).await.body.contains("The policy has no clause yet"));
}

#[tokio::test]
async fn a_draft_is_published_with_its_day_and_note_and_what_held_before_can_be_read() {
    let (shop, jules) = with_policy();
    let mut browser = shop.browser_of(jules);
    browser.submit(HERE, DRAFT, &[("ready", "prints")]).await;
    let seen = || shop.read(draft::find).unwrap().changed_at.to_string();
    let (tomorrow, versions) = (today().tomorrow().unwrap().to_string(), format!("{HERE}/versions"));
    for (day, words) in [("2020-01-01", "That day is over"), ("soon", "Write the day as"), ("2999-01-01", "three years ahead")] {
        let wrong = browser.submit(DRAFT, &versions, &[("seen", &seen()), ("valid_from", day), ("note", "Keep me")]).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains(words), "{}", wrong.body);
        assert!(wrong.body.contains(&format!("value=\"{day}\"")) && wrong.body.contains(">Keep me</textarea>"), "{}", wrong.body);
    }
    let stale = browser.submit(DRAFT, &versions, &[("seen", "1"), ("valid_from", &tomorrow)]).await;
    assert!(stale.status == StatusCode::UNPROCESSABLE_ENTITY && stale.body.contains("was changed meanwhile"), "{}", stale.body);
    // Two clauses of one weight that say different things are pointed out, and may be published.
    let sale = but(SALE, &[("kinds", ""), ("countries", ""), ("value_from", ""), ("value_to", ""), ("tags", "")]);
    browser.submit(&format!("{DRAFT}/clauses/new"), &format!("{DRAFT}/clauses"), &sale).await;
    assert!(browser.get(DRAFT).await.body.contains("“Damaged or not as described” and “Sale &#60;b&#62;” contradict each other"));
    let done = browser.submit(DRAFT, &versions, &[("seen", &seen()), ("valid_from", &tomorrow), ("note", "Sale goods, too")]).await;
    assert_eq!((done.status, done.header("location")), (StatusCode::SEE_OTHER, HERE), "{}", done.body);
    let all = shop.read(version::all);
    assert_eq!((all.len(), all[0].note.as_str(), all[0].created_by, shop.read(draft::find)), (2, "Sale goods, too", Some(jules), None));
    let page = browser.get(HERE).await;
    for words in ["to come", "holds today", "Sale goods, too", "Jules Laurent", "Changed mind"] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(shop.browser().get("/policy").await.body.contains("Changed mind"), "what holds tomorrow is not promised today");
    let old = browser.get(&format!("{versions}/{}", all[1].id)).await;
    assert!(old.body.contains("The first") && old.body.contains("Changed mind") && old.body.contains("holds today"), "{}", old.body);
    assert_eq!(browser.get(&format!("{versions}/99")).await.status, StatusCode::NOT_FOUND);
    browser.submit(HERE, DRAFT, &[("version", &all[1].id.to_string())]).await;
    assert_eq!(shop.read(draft::find).map(|draft| draft.policy), Some(ready::general_shop()));
}

#[tokio::test]
async fn what_cannot_work_is_not_published() {
    let (shop, jules) = with_policy();
    let mut browser = shop.browser_of(jules);
    browser.submit(HERE, DRAFT, &[("nothing", "1")]).await;
    let seen = shop.read(draft::find).unwrap().changed_at.to_string();
    let wrong = browser.submit(DRAFT, &format!("{HERE}/versions"), &[("seen", &seen), ("valid_from", &today().to_string())]).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("mend that first"), "{}", wrong.body);
    assert_eq!(shop.read(version::all).len(), 1);
}

#[tokio::test]
async fn the_draft_is_tried_on_past_returns_before_it_is_published() {
    let (shop, jules) = with_policy();
    let mailbox = MailboxId(1);
    let id = shop.return_of(mailbox, "en", "changed_mind", 40, jules);
    let mut browser = shop.browser_of(jules);
    let version = shop.read(|c| version::on_day(c, today())).unwrap().id.to_string();
    browser.submit(HERE, DRAFT, &[("version", &version)]).await;
    let page = format!("{DRAFT}/simulation");
    let same = browser.get(&page).await;
    assert!(same.body.contains("none of 1 return would change"), "{}", same.body);
    let longer =
        [("name", "Changed mind"), ("reason", "changed_mind"), ("answer", "accepted"), ("report", "60"), ("report_unit", "days"), ("place_refund", "1")];
    browser.submit(&format!("{DRAFT}/clauses/changed-mind"), &format!("{DRAFT}/clauses/changed-mind"), &longer).await;
    let before = shop.dump();
    let tried = browser.get(&page).await;
    for words in [
        "1 of 1 return would change.",
        "€68.00",
        "1 from “outside policy” to “within policy”",
        &format!("<a href=\"/returns/{id}\">R-0001</a>"),
        "Low Tide",
        "changed mind, day 40 of 30",
        "changed mind, day 40 of 60",
        "Offers: refund.",
    ] {
        assert!(tried.body.contains(words), "{words}: {}", tried.body);
    }
    assert_eq!(shop.dump(), before, "trying changes nothing");
    let none = browser.get(&format!("{page}?from=2020-01-01&until=2020-12-31")).await;
    assert!(none.body.contains("No return was asked for in these days."), "{}", none.body);
    for (query, words) in [("from=soon", "Write the days as"), ("from=2026-02-01&until=2026-01-01", "comes after the last")] {
        let odd = browser.get(&format!("{page}?{query}")).await;
        assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains(words), "{}", odd.body);
    }
}

#[tokio::test]
async fn customers_read_the_policy_in_their_language() {
    let (shop, _) = with_policy();
    let mut german = shop.browser();
    let page = german.ask(Method::GET, "/policy", &[("accept-language", "fi, de-AT;q=0.8")], String::new()).await;
    for words in [
        "<html lang=\"de\"",
        "Rückgabebedingungen",
        "Anders überlegt",
        "Meldefrist: 30 Tage ab Lieferung.",
        "Rückporto: tragen Sie.",
        "href=\"/policy?lang=fr\"",
    ] {
        assert!(page.body.contains(words), "{words}: {}", page.body);
    }
    assert!(!page.body.contains("Report within"), "{}", page.body);
    let french = german.get("/policy?lang=fr").await;
    assert!(french.body.contains("Délai pour nous prévenir : 30 jours à compter de la livraison."), "{}", french.body);
    let start = german.ask(Method::GET, "/start-a-return", &[], String::new()).await.header("location").to_owned();
    let form = german.ask(Method::GET, &start, &[("accept-language", "de")], String::new()).await;
    assert!(form.body.contains("Anders überlegt: 30 Tage ab Lieferung."), "{}", form.body);
}

#[tokio::test]
async fn the_reply_to_a_german_customer_cites_the_clause_in_german() {
    let (shop, jules) = with_policy();
    let id = shop.return_of(MailboxId(1), "de", "changed_mind", 40, jules);
    let mut browser = shop.browser_of(jules);
    let form = browser.get(&format!("/returns/{id}/decide?decision=decline")).await;
    assert!(form.body.contains("nicht zurücknehmen.\n\nAnders überlegt – Meldefrist: 30 Tage ab Lieferung.\n\nWir wissen"), "{}", form.body);
    for words in ["Outside policy: changed mind, day 40 of 30.", "Clause “Changed mind”"] {
        assert!(form.body.contains(words), "the verdict stands beside it with its clause: {}", form.body);
    }
    let kinder = browser.get(&format!("/returns/{id}/decide?decision=exchange")).await;
    assert!(!kinder.body.contains("{{policy}}"), "{}", kinder.body);
}

#[tokio::test]
async fn agents_may_not_write_the_policy() {
    let (shop, jules) = with_policy();
    let yoko = shop.add_agent("yoko@shop.test", Role::Agent);
    let mut owner = shop.browser_of(jules);
    owner.submit(HERE, DRAFT, &[("ready", "prints")]).await;
    let before = shop.read(draft::find);
    let mut agent = shop.browser_of(yoko);
    let token = agent.token().await;
    for path in [HERE, DRAFT, "/settings/policy/draft/clauses/print", "/settings/policy/draft/simulation", "/settings/policy/versions/1"] {
        assert_eq!(agent.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    for path in
        ["/settings/policy/draft/clauses", "/settings/policy/draft/clauses/print/deletion", "/settings/policy/draft/deletion", "/settings/policy/versions"]
    {
        assert_eq!(agent.post(path, &but(SALE, &[("csrf", &token)])).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    assert_eq!(shop.read(draft::find), before);
}
