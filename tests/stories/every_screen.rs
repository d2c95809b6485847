//! Pictures of every screen in both themes at 390, 1024 and 1440 px, for people to look at, and what a machine can see
//! in them: nothing wider than the window, no script error.

use super::agent_at_work::Agent;
use crate::support::{Browser, Shop, Theme, Wire, eventually, unique};
use serde_json::Value;

/// Name of the pictures, path.
const SCREENS: &[(&str, &str)] = &[
    ("inbox", "/inbox"),
    ("mine", "/mine"),
    ("quarantine", "/quarantine"),
    ("search", "/search?q=print"),
    ("search-mistake", "/search?q=before%3Anever"),
    ("leads", "/leads"),
    ("leads-found", "/leads?q=mara"),
    ("leads-mistake", "/leads?q=nonsense%3A1"),
    ("lead", "/leads/1"),
    ("erase", "/leads/1/erase"),
    ("segments", "/leads/segments"),
    ("leads-import", "/leads/import"),
    ("lead-numbers", "/leads/numbers"),
    ("pieces", "/pieces"),
    ("piece", "/pieces/1"),
    ("piece-form", "/pieces/1/edit"),
    ("piece-letters", "/pieces/1/letters?who=1"),
    ("pieces-import", "/pieces/import"),
    ("follow-ups", "/follow-ups"),
    ("plans", "/follow-ups/plans"),
    ("discounts", "/follow-ups/discounts"),
    ("discount", "/follow-ups/discounts/1"),
    ("pace", "/follow-ups/pace"),
    ("lead-settings", "/settings/leads"),
    ("templates", "/settings/templates"),
    ("agents", "/settings/agents"),
    ("mailboxes", "/settings/mailboxes"),
    ("settings", "/settings/shop"),
    ("profile", "/settings/profile"),
    ("returns", "/returns"),
    ("return", "/returns/1"),
    ("decide", "/returns/1/decide?decision=refund"),
    ("return-settings", "/settings/returns"),
    ("own-fields", "/settings/returns/fields"),
    ("own-field", "/settings/returns/fields/new?kind=choice"),
    ("letters", "/settings/letters"),
    ("letter", "/settings/letters/ask_details?language=de"),
    ("policy-settings", "/settings/policy"),
    ("policy-draft", "/settings/policy/draft"),
    ("policy-clause", "/settings/policy/draft/clauses/fault"),
    ("policy-simulation", "/settings/policy/draft/simulation"),
    ("policy-version", "/settings/policy/versions/1"),
    ("orders", "/settings/orders"),
    ("actions", "/settings/actions"),
    ("action", "/settings/actions/new?kind=call"),
    ("look-up", "/settings/actions/new?kind=look_up"),
    ("webhook", "/settings/actions/new?kind=webhook"),
    ("calls", "/calls"),
    ("policy", "/policy"),
    ("start-a-return", "/start-a-return"),
    ("form", FORM),
    ("fulfilment", FULFILMENT),
    ("confirm", CONFIRM),
    ("unsubscribe", UNSUBSCRIBE),
    ("not-found", "/nothing-here"),
];

/// Links as a customer and fulfilment get them by mail.
const FORM: &str = "/return/a-link-that-was-mailed-to-mara";
const FULFILMENT: &str = "/fulfilment/a-link-that-was-mailed-to-the-warehouse";
const CONFIRM: &str = "/confirm/a-link-that-was-mailed-to-mara-once";
const UNSUBSCRIBE: &str = "/unsubscribe/a-link-at-the-end-of-a-letter";

const LETTERS: &[(&str, &str)] = &[
    ("Refund for “Low Tide” giclée, arrived creased", "Order AT-10482. The top right corner is creased and the tube was dented."),
    ("Wrong frame size sent", "Hi, I ordered the 40 × 50 oak frame but a 30 × 40 print frame came."),
    ("När kommer fler tryck av “Fjäril”?", "Jag skulle gärna köpa två om de kommer tillbaka i lager."),
    ("Commission: portrait of two dogs", "Could the artist paint our two dogs from photos before Christmas?"),
    ("注文 AT-20931 について", "先日注文した作品がまだ届いていません。"),
];

#[test]
fn every_screen_fits_in_both_themes_at_every_width() {
    let shop = Shop::open(Wire::Plain);
    let mut newest = 0;
    for (number, (subject, text)) in LETTERS.iter().enumerate() {
        let id = format!("{}@example.test", unique("screen"));
        let mail = format!(
            "From: Mara Okafor <mara{number}@example.test>\r\nTo: <{}>\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\n\
             Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n",
            shop.address
        );
        shop.stack.open_box(&shop.address).append("INBOX", mail.as_bytes());
        newest = shop.conversation_of(&id);
    }
    give_links(&shop);
    choose_a_policy(&shop);
    offer_a_piece(&shop);
    let browser = Browser::start();
    browser.open(&shop.restante.url("/"));
    browser.screenshots("sign-in");
    Agent { browser: &browser, restante: &shop.restante }.sign_in();
    let conversation = format!("/conversations/{newest}");
    let mut wide = Vec::new();
    for (name, path) in SCREENS.iter().copied().chain([("conversation", conversation.as_str())]) {
        browser.open(&shop.restante.url(path));
        browser.screenshots(name);
        for width in [390, 1024, 1440] {
            browser.look_like(width, Theme::Light);
            let content = browser.run("return document.documentElement.scrollWidth");
            if content.as_u64().is_none_or(|pixels| pixels > u64::from(width)) {
                wide.push(format!("{path} is {content} px wide at {width}"));
            }
        }
    }
    assert!(wide.is_empty(), "\n{}\n", wide.join("\n"));
    let errors = browser.run("return window.restanteErrors || []");
    assert_eq!(errors, Value::Array(Vec::new()));
}

/// The first letter asked for a refund: its return and its writer get the links that letters would carry.
fn give_links(shop: &Shop) {
    eventually("a return is open", || shop.question("SELECT id FROM return_request WHERE id = 1", ""));
    let connection = rusqlite::Connection::open(shop.data.join("restante.db")).unwrap();
    for (path, purpose) in [(FORM, "form"), (FULFILMENT, "fulfilment")] {
        let token = path.rsplit('/').next().unwrap();
        let sql = "INSERT INTO return_link(token_hash, return_id, purpose, created_at, expires_at) VALUES (?1, 1, ?2, 0, 9000000000000)";
        connection.execute(sql, rusqlite::params![restante::secret::digest(token.as_bytes()), purpose]).unwrap();
    }
    for (path, act) in [(CONFIRM, "confirm"), (UNSUBSCRIBE, "unsubscribe")] {
        let token = path.rsplit('/').next().unwrap();
        let sql = "INSERT INTO consent_link(token_hash, act, customer_id, address, purposes, created_at, expires_at) \
                   VALUES (?1, ?2, 1, 'mara0@example.test', '[\"similar_pieces\",\"offers\"]', 0, 9000000000000)";
        connection.execute(sql, rusqlite::params![restante::secret::digest(token.as_bytes()), act]).unwrap();
    }
}

/// One policy holds, another is being written.
fn choose_a_policy(shop: &Shop) {
    let owner = shop.owner();
    let mut form = owner.get("/settings/policy").form_with("Use it from today on");
    form.set("ready", "prints");
    owner.submit(&form);
    let mut form = owner.get("/settings/policy").form_with("Look at it in a draft");
    form.set("ready", "general");
    form.action = "/settings/policy/draft".into();
    owner.submit(&form);
}

/// A piece that the shop has, a search that was given a name, and a discount: what their screens show is not empty.
fn offer_a_piece(shop: &Shop) {
    let owner = shop.owner();
    let fill_in = |path: &str, words: &str, typed: &[(&str, &str)]| {
        let mut form = owner.get(path).form_with(words);
        typed.iter().for_each(|(name, value)| form.set(name, value));
        let page = owner.submit(&form);
        assert_eq!(page.status, 200, "{path}: {}", page.html);
    };
    let piece = [("title", "Low Tide II"), ("artist", "Ida Holm"), ("medium", "giclée"), ("size", "50 x 70 cm"), ("price", "860"), ("currency", "EUR")];
    fill_in("/pieces/new", "Enter the piece", &piece);
    fill_in("/leads?q=mara", "Name of the segment", &[("name", "Who are called Mara")]);
    fill_in("/follow-ups/discounts", "Make the discount", &[("name", "Thanks"), ("worth", "10 %"), ("codes", "THANKS-1\nTHANKS-2")]);
}
