//! P52 in numbers: names that pretend, characters that nobody sees, addresses whose letters look like others.

use super::desk_screens::{JULES, mail};
use super::many::word;
use super::*;
use crate::email::EmailAddress;

/// Names that pretend to be somebody, and addresses whose letters look like others.
fn look_alikes() -> Vec<(String, &'static str)> {
    const UNSEEN: &[char] = &[
        '\u{202E}',
        '\u{202D}',
        '\u{2066}',
        '\u{2067}',
        '\u{2068}',
        '\u{200B}',
        '\u{200E}',
        '\u{200F}',
        '\u{00AD}',
        '\u{FEFF}',
        '\u{2060}',
        '\u{061C}',
        '\u{180E}',
        '\u{3164}',
        '\u{115F}',
        '\u{E0041}',
    ];
    let unseen = UNSEEN.iter().flat_map(|c| [(format!("Anna{c}Bank"), "m@evil.test"), (format!("{c}support@shop.test{c}"), "m@evil.test")]);
    let words = [
        "support@shop.test",
        "\"support@shop.test\"",
        "<support@shop.test>",
        "Atelier Nord (support@shop.test)",
        "support＠shop.test",
        "support@shop.test via Bank",
        "Jules Laurent",
        "рaypal",
        "ΑTELIER",
        "раураl.com",
        "ⓟaypal",
        "𝐁ank",
        "Bank ✔",
        "✅ verified sender",
        "B\u{0301}ank",
        "Bа\u{0}nk",
    ];
    let words = words.iter().map(|name| ((*name).to_owned(), "m@evil.test"));
    let addresses = [
        "a@xn--pple-43d.test",
        "a@xn--80ak6aa92e.com",
        "support@sh0p.test",
        "a@xn--shp-tna.test",
        "m@shop.test.evil.test",
        "support%shop.test@evil.test",
        "a@XN--PPLE-43D.TEST",
        "support.shop.test@evil.test",
        "a@sub.xn--shp-tna.test",
        "rn@evil.test",
        "a@xn--e1awd7f.com",
        "l@evil.test",
    ];
    unseen.chain(words).chain(addresses.map(|address| ("Anna".to_owned(), address))).collect()
}

#[tokio::test]
async fn p52_sixty_look_alikes_stand_beside_their_real_address() {
    let (shop, mailbox) = Shop::with_mailbox();
    let mut jules = shop.signed_in(JULES).await;
    let fixtures = look_alikes();
    assert!(fixtures.len() >= 60);
    for (n, (name, address)) in fixtures.iter().enumerate() {
        let (id, _) = shop.receive(mailbox, &mail(&format!("{} <{address}>", word(name)), &format!("l{n}"), &word(&format!("Re {name}")), "", "Hi"));
        let shown = jules.get(&format!("/conversations/{id}")).await.body;
        let message = shown.split("<article class=\"message").nth(1).unwrap();
        let real = EmailAddress::parse(address).unwrap();
        assert!(message.contains(&format!("<bdi>{}</bdi>", real.as_str())), "{name:?} <{address}>: {message}");
        assert_eq!(message.contains("look twice"), address.to_lowercase().contains("xn--"), "{name:?} <{address}>: {message}");
        assert!(!message.contains("<span class=\"good\">verified"), "{name:?}");
        for page in [shown, jules.get("/inbox").await.body, jules.get("/leads").await.body] {
            let bad = page.chars().find(|c| matches!(c, '\u{0}'..='\u{8}' | '\u{AD}' | '\u{61C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}'));
            assert_eq!(bad, None, "{name:?}: a character that nobody sees is left to work");
        }
    }
}
