//! PROMISES P11: every fault of a server or a line heals by itself; nothing is lost or doubled. The faults: a connection
//! cut at nine places (1-9), BYE (10), NO (11, 12), BAD (13), INUSE (14), no IDLE (15), login refused (16), five kinds of
//! nonsense in FETCH (17-21), a wrong tag (22), untagged lines of other worlds (23-25), EXISTS that shrinks (26), an 8-bit
//! folder name (27), silence (28, 29), a literal of 4 GB (30), server down (31), no greeting (32), BYE as greeting (33). A
//! literal of the wrong length, a folder that is missing and a server without UIDNEXT stand in `poison`, `arriving` and
//! `numbers`; a network that stalls, crawls or breaks under the real server in tests/promises/p11_….

use super::fake::{Act, Fake};
use super::shop::{Shop, mail};
use std::time::{Duration, Instant};

/// 60 mails of history, the fault, then 5 new mails: all are here once, and the mailbox is well again.
fn heals(on: &str, times: u32, act: Act) {
    let fake = Fake::start();
    for n in 0..60 {
        fake.deliver(&mail(n));
    }
    fake.state().fault(on, times, act.clone());
    let shop = Shop::watching(&fake);
    shop.wait("the fault", |_| fake.state().faults.iter().all(|fault| fault.times == 0));
    for n in 60..65 {
        fake.deliver(&mail(n));
    }
    shop.wait_for_all(&fake);
    assert_eq!(shop.rows(), 65, "{on} {act:?}");
    shop.wait("health", |shop| shop.health().failing_since.is_none() && shop.health().connected_at.is_some());
}

fn say(words: &str) -> Act {
    Act::Say(words.into())
}

#[test]
fn p11_a_connection_that_breaks_anywhere_heals() {
    for (on, after) in [("CAPABILITY", 5), ("AUTHENTICATE", 3), ("EXAMINE", 0), ("EXAMINE", 40), ("UID SEARCH", 9), ("UID FETCH", 60), ("IDLE", 0)] {
        heals(on, 1, Act::CutAfter(after));
    }
    // In the middle of a literal, and again when the mails are asked for one by one.
    heals("UID FETCH 1:60 (UID BODY", 1, Act::CutAfter(700));
    heals("UID FETCH", 5, Act::CutAfter(70));
}

#[test]
fn p11_goodbyes_and_refusals_heal() {
    heals("EXAMINE", 2, Act::Goodbye("* BYE going down for maintenance\r\n".into()));
    heals("UID FETCH", 1, say("TAG NO [UNAVAILABLE] try later\r\n"));
    heals("UID FETCH", 1, say("TAG BAD what is that\r\n"));
    heals("UID SEARCH", 1, say("TAG NO busy\r\n"));
    heals("EXAMINE", 1, say("TAG NO [INUSE] locked by another session\r\n"));
    heals("IDLE", 1, say("TAG NO not now\r\n"));
}

#[test]
fn p11_a_refused_login_heals_and_is_told_apart() {
    let fake = Fake::start();
    fake.deliver(&mail(1));
    fake.state().password = "changed".into();
    let shop = Shop::watching(&fake);
    shop.wait("the words", |shop| shop.health().last_error.is_some());
    let words = shop.health().last_error.unwrap();
    assert!(words.contains("refused the password for anna"), "{words}");
    fake.state().password = "secret".into();
    shop.wait_for_all(&fake);
}

#[test]
fn p11_nonsense_of_the_server_heals() {
    heals("UID FETCH", 1, say("* 1 FETCH (UID 1 BODY[] {zzz}\r\nTAG OK done\r\n"));
    heals("UID FETCH", 1, say("* 1 FETCH (UID 1 INTERNALDATE NIL)\r\nTAG OK done\r\n"));
    heals("UID FETCH", 1, say("* 1 FETCH (UID 1 RFC822.SIZE 99999999999)\r\nTAG OK done\r\n"));
    heals("UID FETCH", 1, say("wrongtag OK done\r\n"));
    heals("EXAMINE", 1, say("* NO the disk is slow today\r\n* 60 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 61] n\r\nTAG OK opened\r\n"));
    heals("UID SEARCH", 1, Act::SayFirst("* XFOO bar\r\n* OK Still here\r\n".into()));
    heals("UID FETCH 1:60 (UID BODY", 1, Act::Replace("BODY[]".into(), "BODY[".into()));
}

#[test]
fn p11_mail_that_others_remove_and_names_in_eight_bits_disturb_nobody() {
    heals("IDLE", 1, Act::SayFirst("* 3 EXISTS\r\n* 2 EXPUNGE\r\n* 2 EXISTS\r\n".into()));
    heals("EXAMINE", 1, Act::SayFirst("* LIST (\\HasNoChildren) \"/\" \"Entwürfe\"\r\n".into()));
}

#[test]
fn p11_a_line_before_the_plus_and_unknown_lines_do_not_stop_idle() {
    let fake = Fake::start();
    fake.state().fault("IDLE", 1, Act::SayFirst("* OK thinking\r\n* XSTATUS 5\r\n".into()));
    let shop = Shop::watching(&fake);
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    fake.deliver(&mail(1));
    shop.wait_for_all(&fake);
    assert_eq!(fake.state().connections, 1);
}

#[test]
fn p11_a_silent_server_is_left_and_tried_again() {
    heals("UID SEARCH", 1, Act::Silence);
    heals("IDLE", 1, Act::Silence);
}

#[test]
fn p11_a_literal_of_four_gigabytes_costs_a_fixed_price() {
    let fake = Fake::start();
    for n in 0..5 {
        fake.deliver(&mail(n));
    }
    fake.state().fault("UID FETCH 1:5 (UID BODY", 1, Act::Flood);
    let shop = Shop::watching(&fake);
    let began = Instant::now();
    shop.wait_for_all(&fake);
    assert!(began.elapsed() < Duration::from_secs(10));
}

#[test]
fn p11_a_server_that_is_down_is_back_soon_after_it_is_up() {
    let fake = Fake::start();
    fake.state().down = true;
    let shop = Shop::watching(&fake);
    shop.wait("the words", |shop| shop.health().failing_since.is_some());
    fake.deliver(&mail(1));
    fake.state().down = false;
    let began = Instant::now();
    shop.wait_for_all(&fake);
    assert!(began.elapsed() < Duration::from_secs(2));
}

#[test]
fn p11_a_greeting_that_is_none_is_explained() {
    let fake = Fake::start();
    fake.state().greeting = "220 mail.shop.test ESMTP".into();
    let shop = Shop::watching(&fake);
    shop.wait("the words", |shop| shop.health().last_error.is_some_and(|words| words.contains("does not speak IMAP")));
    fake.state().greeting = "* BYE too many connections".into();
    shop.wait("the words", |shop| shop.health().last_error.is_some_and(|words| words.contains("turned us away: too many connections")));
}
