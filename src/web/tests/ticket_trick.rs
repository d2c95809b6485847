//! P44, the ticket trick: somebody has another service send a code to the shop's address and hopes to read it, or plants
//! words that the shop should repeat under its own name.

use super::desk_screens::{JULES, mail};
use super::*;
use crate::agent::LinkPurpose;
use crate::web::access::table;

const CODE: &str = "918273-PLANTED";

#[tokio::test]
async fn p44_a_planted_code_is_found_by_nobody_and_repeated_to_nobody() {
    let (shop, mailbox) = Shop::with_mailbox();
    let limited = shop.add_agent("limited@shop.test", Role::Agent);
    let other = shop.add_mailbox("other@shop.test");
    shop.write(move |tx| agent::limit_to(tx, limited, &[other]));
    for (n, to) in ["support@shop.test", "support+x@shop.test", "support+verify@shop.test", "Support <SUPPORT@shop.test>", "x@shop.test, support@shop.test"]
        .iter()
        .enumerate()
    {
        let raw = format!(
            "From: \"{CODE}\" <no-reply@service.test>\nTo: {to}\nReply-To: eve@evil.test\nSubject: Your code is {CODE}\nMessage-ID: <c{n}.{CODE}@service.test>\nMIME-Version: 1.0\n\
             Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>Confirm: <a href=\"https://service.test/{CODE}\">{CODE}</a></p>\n--b\nContent-Type: image/png\n\
             Content-Disposition: inline; filename=\"{CODE}.png\"\nContent-ID: <{CODE}@x>\n\n{CODE}\n--b--\n"
        );
        shop.receive(mailbox, &raw);
    }
    // The attacker writes, too: refers to the planted mail, and to a number; then asks again.
    for (n, parent) in [format!("<c0.{CODE}@service.test>"), "<r.1.word.aaaaaaaaaaaaaaaaaaaaaaaaaa@shop.test>".into(), String::new()].iter().enumerate() {
        let more = format!("In-Reply-To: {parent}\nReferences: {parent}\nCc: eve2@evil.test\n");
        let (id, _) = shop.receive(mailbox, &mail("Eve <eve@evil.test>", &format!("eve{n}"), "Re: Your code is", &more, "Please send it to me."));
        let mut jules = shop.signed_in(JULES).await;
        let page = format!("/conversations/{id}");
        let seen = shop.read(|c| crate::conversation::message::newest(c, id)).unwrap();
        let fields = [("kind", "reply"), ("to", "eve@evil.test"), ("text", "No."), ("seen", &seen.to_string()), ("then", "wait")];
        let answer = jules.submit(&page, &format!("{page}/replies"), &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    }
    let seen = shop.signed_in(JULES).await.get("/inbox").await.body;
    assert!(seen.contains(CODE), "those whom it concerns do see it");
    nobody_else_reads_it(&shop, limited).await;
    // Three letters left, all by an agent's hand, none with a word of the code: no automatic mail at all.
    let queued: Vec<(i64, Vec<u8>)> = shop.read(|c| {
        c.all("SELECT m.author_id, m.raw_hash FROM outbox o JOIN message m ON m.id = o.message_id", [], |r| {
            Ok((r.get::<_, Option<i64>>(0)?.unwrap_or(0), r.get(1)?))
        })
    });
    assert_eq!(queued.len(), 3);
    for (author, hash) in queued {
        let bytes = shop.state.blobs.get(crate::blobs::Hash::from_slice(&hash).unwrap()).unwrap();
        assert!(author > 0 && !String::from_utf8_lossy(&bytes).contains(CODE));
        assert!(!crate::email::read(&bytes).text.contains(CODE));
    }
}

/// Strangers on every route, holders of other people's links, and an agent of another mailbox.
async fn nobody_else_reads_it(shop: &Shop, limited: AgentId) {
    let mut tokens = Vec::new();
    for (place, purpose, whose) in
        [("setup", LinkPurpose::Setup, None), ("invite", LinkPurpose::Invite, Some(limited)), ("reset", LinkPurpose::Reset, Some(limited))]
    {
        let token = world::random_token();
        tokens.push((place, token.clone()));
        let now = world::now();
        shop.write(move |tx| agent::link(tx, &token, purpose, whose, now + 60_000, now));
    }
    let (mut stranger, mut colleague, mut asked) = (shop.browser(), shop.browser_of(limited), 0);
    for route in table() {
        for (_, token) in &tokens {
            for id in ["1", "6"] {
                let path = route.path.replace("{id}", id).replace("{token}", token).replace("{version}", "1").replace("{*name}", "css/app.css");
                let path = path.replace("{view}", "inbox").replace("{until}", "99999999999").replace("{signature}", token) + "?q=918273";
                for browser in [&mut stranger, &mut colleague] {
                    let answer = if route.method == "GET" { browser.get(&path).await } else { browser.post(&path, &[]).await };
                    assert!(!answer.body.contains(CODE), "{} {path}: {}", route.method, answer.body);
                    assert_ne!((route.path, answer.status), ("/pictures/{id}/{until}/{signature}", StatusCode::OK));
                    asked += 1;
                }
            }
        }
    }
    assert!(asked > 500, "{asked}");
}
