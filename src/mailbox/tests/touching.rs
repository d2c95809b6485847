//! What is done to the server's copies, and only once a mail is safe here; copies of sent letters.

use super::fake::{Act, Fake, FakeFolder};
use super::shop::{Shop, account, mail, server};
use crate::account::{AfterImport, Source};
use crate::database;
use std::time::Duration;

fn shop_that(wish: AfterImport, fake: &Fake) -> Shop {
    let mut new = account(Source::Imap(server(fake)));
    new.after_import = wish;
    Shop::closed(new)
}

fn with_archive() -> Fake {
    let fake = Fake::start();
    fake.state().folders.insert("Archive".into(), FakeFolder { uid_validity: 2, uid_next: 1, ..FakeFolder::default() });
    fake
}

#[test]
fn new_mail_is_marked_read_and_history_is_not() {
    let fake = Fake::start();
    let old = fake.deliver(&mail(1));
    let shop = shop_that(AfterImport::MarkRead, &fake).open();
    shop.wait_for_all(&fake);
    let new = fake.deliver(&mail(2));
    shop.wait("the flag", |_| !fake.state().folders["INBOX"].mails[&new].flags.is_empty());
    assert!(fake.state().folders["INBOX"].mails[&old].flags.is_empty());
    assert!(shop.kept().contains_key(&new));
}

#[test]
fn new_mail_is_moved_and_a_move_cut_short_is_made_up_for() {
    let fake = with_archive();
    let mut shop = shop_that(AfterImport::Move { to: "Archive".into() }, &fake);
    shop.pace.compare = Duration::from_millis(200);
    let shop = shop.open();
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    fake.state().fault("UID MOVE", 1, Act::CutAfter(0));
    fake.state().fault("UID MOVE", 1, Act::Goodbye("* BYE\r\n".into()));
    fake.deliver(&mail(1));
    fake.deliver(&mail(2));
    shop.wait("the move", |_| fake.state().folders["Archive"].mails.len() == 2);
    assert_eq!(shop.rows(), 2);
    assert!(fake.state().folders["INBOX"].mails.is_empty());
}

#[test]
fn a_move_that_is_refused_is_said_and_mail_goes_on_coming_in() {
    let fake = with_archive();
    fake.state().fault("UID MOVE", 1_000, Act::Say("TAG NO [OVERQUOTA] full\r\n".into()));
    let shop = shop_that(AfterImport::Move { to: "Archive".into() }, &fake).open();
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    for n in 0..3 {
        fake.deliver(&mail(n));
        shop.wait_for_rows(n as i64 + 1);
    }
    assert!(shop.health().notice.is_some_and(|words| words.contains("could not be moved to “Archive”")));
    assert_eq!(fake.state().connections, 1);
}

#[test]
fn a_server_that_can_neither_move_nor_expunge_single_mails_keeps_them() {
    let fake = with_archive();
    fake.state().capabilities = "IMAP4rev1 IDLE AUTH=PLAIN".into();
    let shop = shop_that(AfterImport::Move { to: "Archive".into() }, &fake).open();
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    fake.deliver(&mail(1));
    shop.wait("the notice", |shop| shop.health().notice.is_some_and(|words| words.contains("no MOVE, no UIDPLUS")));
    assert!(!fake.state().log.iter().any(|line| line.contains("EXPUNGE") || line.contains("Deleted")));
    assert_eq!(shop.rows(), 1);
}

#[test]
fn a_sent_letter_is_copied_once_even_if_we_are_cut_off_before_we_could_note_it() {
    let fake = Fake::start();
    fake.state().folders.insert("Sent".into(), FakeFolder { uid_validity: 2, uid_next: 1, ..FakeFolder::default() });
    let mut new = account(Source::Imap(server(&fake)));
    new.sent_folder = Some("Sent".into());
    let shop = Shop::closed(new).open();
    shop.wait("IDLE", |_| fake.state().log.iter().any(|line| line == "IDLE"));
    // The server stores the letter and hangs up before it says so.
    fake.state().fault("APPEND", 1, Act::CutAfter(0));
    let letter = b"Message-ID: <reply-1@shop.test>\r\nSubject: Re: hello\r\n\r\nHello\r\n";
    let hash = shop.blobs.keep(&[letter]).unwrap()[0];
    let mailbox = shop.mailbox;
    shop.db
        .write(move |tx| {
            tx.execute("INSERT INTO customer(id, name, created_at) VALUES (1, 'Kim', 0)", [])?;
            tx.execute(
                "INSERT INTO conversation(id, mailbox_id, customer_id, subject, status, status_at, last_message_at, created_at) VALUES (1, ?1, 1, 'hello', 'open', 0, 0, 0)",
                [mailbox],
            )?;
            tx.execute(
                "INSERT INTO message(id, conversation_id, mailbox_id, direction, identifier, arrived_at, created_at) VALUES (1, 1, ?1, 'reply', 'reply-1@shop.test', 0, 0)",
                [mailbox],
            )?;
            tx.execute(
                "INSERT INTO outbox(message_id, mailbox_id, raw_hash, envelope_from, state, due_at, created_at) VALUES (1, ?1, ?2, 'support@shop.test', 'accepted', 0, 0)",
                database::params![mailbox, hash.0],
            )?;
            Ok::<_, database::Error>(())
        })
        .unwrap();
    let noted = |shop: &Shop| shop.db.read(|c| c.one("SELECT sent_copy_at IS NOT NULL FROM outbox", [], |r| r.get(0))).map_err(|e: database::Error| e).unwrap();
    shop.wait("the note", noted);
    let sent = fake.state().folders["Sent"].mails.clone();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[&1].bytes, letter);
}
