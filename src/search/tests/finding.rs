use super::shop::{DAY, Mail, NOON, Shop, mail};
use crate::agent::{self, Role};
use crate::conversation::{self, Direction, Status, message, tag};
use crate::email::EmailAddress;
use crate::search::{HITS_PER_PAGE, Order, Query, Total};

fn marked(snippet: &[(String, bool)]) -> String {
    snippet.iter().map(|(text, is)| if *is { format!("[{text}]") } else { text.clone() }).collect()
}

#[test]
fn a_message_is_found_by_everything_it_says() {
    let shop = Shop::new();
    let (id, _) = shop.receive(&Mail {
        from: ("Müller, Jörg", "joerg@mueller.example"),
        to: vec![("Art Shop", "support@shop.example"), ("Ben Okafor", "ben@okafor.example")],
        attachments: vec![("corner-damage.jpg", "image/jpeg")],
        ..mail("Order AT-10482", "The café print is creased, I would like to be refunded. Invoice #2291, ORD_10023.")
    });
    shop.receive(&mail("Something else", "Nothing of the kind: 10024, AT, refuse."));
    shop.catch_up();
    let ways = [
        "AT-10482",
        "at 10482 ",
        "10482",
        "at10482",
        "AT-104",
        "\"AT-10482\"",
        "2291",
        "#2291",
        "ORD_10023",
        "10023",
        "ORD10023",
        "cafe",
        "CAFÉ",
        "cafe\u{301} ",
        "refund ",
        "refunds ",
        "refunding ",
        "refunded ",
        "creas",
        "muller",
        "mueller ",
        "Müller ",
        "joerg",
        "jorg ",
        "joerg@mueller.example",
        "joerg@mue",
        "from:joerg@mueller.example",
        "from:Müller",
        "from:mueller.example",
        "to:ben",
        "to:okafor.example ",
        "subject:10482",
        "corner-damage.jpg",
        "damage ",
        "\"café print is creased\"",
        "\"print is creased\" refund",
        "print creased 2291",
        "from:müller to:ben refund has:photo after:2026-11 before:2027",
        "from:nobody,jörg ",
        "refund -from:anna",
        "crea* prin*",
    ];
    for way in ways {
        assert_eq!(shop.ids(way), [id.0], "{way}");
    }
    for way in [
        "\"creased print\"",
        "10483",
        "from:ben",
        "to:joerg",
        "subject:café",
        "refund -creased",
        "refund before:2026",
        "AT-10483",
        "has:photo kind",
        "umbrella",
    ] {
        assert_eq!(shop.ids(way), [0i64; 0], "{way}");
    }
}

#[test]
fn japanese_korean_and_swedish_are_found() {
    let shop = Shop::new();
    let (japanese, _) = shop
        .receive(&Mail { language: Some("ja"), ..mail("注文について", "日本語のポスターを注文しました。返金してください。") });
    let (korean, _) = shop.receive(&Mail { language: Some("ko"), ..mail("주문 문의", "포스터를 주문했는데 아직 안 왔어요.") });
    let (swedish, _) = shop.receive(&Mail { language: Some("sv"), ..mail("Återbetalning", "Jag vill returnera tavlorna som jag beställde.") });
    shop.catch_up();
    for way in ["日本語", "ポスター", "注文", "返金", "語", "\"日本語のポスター\""] {
        assert_eq!(shop.ids(way), [japanese.0], "{way}");
    }
    assert_eq!(shop.ids("주문"), [korean.0]);
    for way in ["återbetalning", "aterbetalning", "tavlor ", "tavlorna ", "beställd "] {
        assert_eq!(shop.ids(way), [swedish.0], "{way}");
    }
    assert_eq!(shop.ids("語日"), [0i64; 0]);
    assert_eq!(marked(&shop.search("返金").hits[0].snippet), "日本語のポスターを注文しました。[返金]してください。");
}

#[test]
fn operators_on_what_can_change_are_true_at_once() {
    let shop = Shop::new();
    let (a, m) = shop.receive(&mail("Creased print", "The print is creased."));
    let (b, _) = shop.receive(&Mail { at: NOON - DAY, ..mail("Late print", "The print is late.") });
    shop.catch_up();
    assert_eq!(shop.ids("print is:open"), [a.0, b.0]);
    assert_eq!(shop.ids("is:open"), [a.0, b.0]);
    let me = shop.agent.id;
    shop.write(move |tx| {
        tag::put(tx, a, "needs photos", Some(me), NOON)?;
        conversation::set_status(tx, b, Status::Waiting, None, Some(me), NOON)?;
        conversation::set_assignee(tx, b, Some(me))?;
        conversation::mark_seen(tx, a, me, m, NOON)
    });
    for (way, expected) in [
        ("print tag:\"needs photos\"", vec![a.0]),
        ("tag:\"Needs Photos\"", vec![a.0]),
        ("print -tag:\"needs photos\"", vec![b.0]),
        ("-tag:\"needs photos\"", vec![b.0]),
        ("print is:open", vec![a.0]),
        ("print is:waiting", vec![b.0]),
        ("print is:open is:waiting", vec![a.0, b.0]),
        ("print status:open,waiting", vec![a.0, b.0]),
        ("is:mine", vec![b.0]),
        ("print assignee:jules", vec![b.0]),
        ("is:unassigned", vec![a.0]),
        ("assignee:laurent,nobody", vec![a.0, b.0]),
        ("is:unread", vec![b.0]),
        ("print -is:unread", vec![a.0]),
        ("mailbox:support@ print", vec![a.0, b.0]),
        ("after:2026-11-23", vec![a.0]),
        ("before:today", vec![b.0]),
        ("has:note", vec![]),
        ("is:spam", vec![]),
    ] {
        assert_eq!(shop.ids(way), expected, "{way}");
    }
    shop.receive_in(a, &Mail { direction: Direction::Note, ..mail("", "She is a wholesale customer") });
    shop.catch_up();
    assert_eq!(shop.ids("has:note"), [a.0]);
    let found = shop.search("wholesale");
    assert!(found.hits[0].note && found.hits[0].conversation_id == a);
    let unknown = shop.search("print tag:needs assignee:zoe");
    assert!(unknown.hits.is_empty());
    assert_eq!(unknown.complaints.len(), 2);
    assert_eq!(unknown.complaints[0].to_string(), "“needs”: no tag is called that; there is needs photos");
}

#[test]
fn a_conversation_is_shown_once_by_its_newest_or_best_message() {
    let shop = Shop::new();
    let (long, _) = shop.receive(&Mail { at: NOON - 9 * DAY, ..mail("Frame", "frame frame frame, the frame of the frame") });
    let newest =
        shop.receive_in(long, &Mail { at: NOON - DAY, ..mail("Re: Frame", "Any news? It is a long time since I wrote about the poster and its frame.") });
    let (other, _) =
        shop.receive(&Mail { at: NOON - 2 * DAY, ..mail("Question", "Do you sell a frame for it, and could it be sent with the other parcel this week?") });
    shop.catch_up();
    let found = shop.search("frame");
    assert_eq!(found.total, Total::Exact(2));
    assert_eq!(found.hits.iter().map(|hit| hit.conversation_id).collect::<Vec<_>>(), [long, other]);
    assert_eq!(found.hits[0].message_id, newest);
    let best = shop.search_as(&shop.agent, "frame", Order::Best);
    assert_eq!(best.hits[0].conversation_id, long);
    assert_ne!(best.hits[0].message_id, newest);
}

#[test]
fn snippets_show_the_words_in_their_surroundings() {
    let shop = Shop::new();
    let long = format!(
        "{}\r\n\r\nThe top right corner is creased and the <tube> was dented, I attached two photos. {}",
        "Dear shop, ".repeat(60),
        "Kind regards. ".repeat(60)
    );
    shop.receive(&Mail { attachments: vec![("photos.pdf", "application/pdf")], ..mail("Refund", &long) });
    shop.catch_up();
    let snippet = marked(&shop.search("dent tube ").hits[0].snippet);
    assert!(snippet.starts_with('…') && snippet.ends_with('…'), "{snippet}");
    assert!(snippet.contains("corner is creased and the <[tube]> was [dented], I attached two photos."), "{snippet}");
    assert!(snippet.chars().count() < 220);
    assert_eq!(marked(&shop.search("photos.pdf ").hits[0].snippet), "[photos.pdf]");
    assert_eq!(marked(&shop.search("\"two photos\"").hits[0].snippet).matches('[').count(), 1, "the words as they stand together");
    let plain = marked(&shop.search("is:open").hits[0].snippet);
    assert!(plain.starts_with("Dear shop, Dear shop,") && plain.ends_with('…'), "{plain}");
}

#[test]
fn moved_messages_are_found_where_they_are_now() {
    let shop = Shop::new();
    let (a, _) = shop.receive(&mail("Print", "The print is creased."));
    let (b, moved) = shop.receive(&mail("Again", "The mount is bent."));
    shop.catch_up();
    shop.write(move |tx| {
        message::move_to(tx, &[moved], a)?;
        tx.execute("UPDATE conversation SET merged_into = ?2 WHERE id = ?1", [b, a])?;
        conversation::refresh(tx, a)
    });
    assert_eq!(shop.ids("mount"), [a.0], "before the index knows");
    shop.catch_up();
    assert_eq!(shop.ids("mount"), [a.0]);
    assert_eq!(shop.search("the ").total, Total::Exact(1));
}

#[test]
fn an_agent_finds_only_what_is_in_her_mailboxes() {
    let shop = Shop::new();
    let (_, hidden) = (shop.receive(&mail("Print", "The print is creased.")), shop.add_mailbox("press@shop.example"));
    let (shown, _) = shop.write(move |tx| super::shop::receive(tx, hidden, None, &mail("Print", "A print for the press.")));
    shop.catch_up();
    let sam = shop.write(move |tx| {
        let id = agent::add(tx, &EmailAddress::parse("sam@shop.example").unwrap(), "Sam", Role::Agent, "-", NOON)?;
        agent::limit_to(tx, id, &[hidden])?;
        Ok(agent::find(tx, id)?.unwrap())
    });
    for way in ["print", "is:open", "has:attachment print", "-has:note", "-tag:nothing"] {
        let found = shop.search_as(&sam, way, Order::Newest);
        assert!(found.hits.iter().all(|hit| hit.conversation_id == shown), "{way}");
    }
    assert_eq!(shop.search_as(&sam, "print", Order::Best).total, Total::Exact(1));
    assert!(shop.search_as(&sam, "creased", Order::Newest).hits.is_empty());
}

#[test]
fn pages_follow_each_other_without_gaps_even_where_conditions_leave_many() {
    let shop = Shop::new();
    let count = 6_000;
    let mailbox = shop.mailbox;
    shop.write(move |tx| {
        for n in 0..count {
            let subject = if n % 3 == 0 { "Print" } else { "Frame" };
            super::shop::receive(tx, mailbox, None, &Mail { at: NOON - n, language: None, ..mail(subject, "") })?;
        }
        Ok(())
    });
    shop.catch_up();
    for (text, exact) in [("frame ", true), ("frame is:open ", false), ("is:open -has:photo", false)] {
        let (query, _) = Query::parse(text, &[], NOON, 0);
        let page = |n| shop.db.read(|c| shop.index.search(c, &query, &shop.agent, Order::Newest, n)).unwrap();
        let mut ids: Vec<i64> = (0..8).flat_map(|n| page(n).hits).map(|hit| hit.conversation_id.0).collect();
        assert_eq!(ids.len(), 8 * HITS_PER_PAGE, "{text}");
        assert!(ids.is_sorted(), "{text}: newest first"); // the first was made newest
        ids.dedup();
        assert_eq!(ids.len(), 8 * HITS_PER_PAGE);
        let total = page(0).total;
        assert!(if exact { total == Total::Exact(4_000) } else { matches!(total, Total::MoreThan(n) if n >= 200) }, "{text}: {total:?}");
        assert!(page(0).more && !page(159).more || text.starts_with("is:"), "{text}");
    }
    assert_eq!(shop.search("print is:spam").total, Total::Exact(0));
}
