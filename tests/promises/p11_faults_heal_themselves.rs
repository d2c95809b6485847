//! P11 and P07 from end to end: a bad network and a server that restarts or renumbers its mail, between the real binary
//! and the real Dovecot. The scripted faults, one by one, stand beside the watcher.

use crate::support::restante::{add_mailbox, add_owner};
use crate::support::shop::question;
use crate::support::{FaultProxy, Imap, MailStack, Restante, Weather, full, look_for, within};
use std::time::Duration;

/// The promise: back this long after the fault ended.
const BACK_WITHIN: Duration = Duration::from_secs(60);
/// Long enough for the watcher to run into each fault.
const FAULT_LASTS: Duration = Duration::from_millis(1500);

#[test]
fn p11_after_every_kind_of_bad_network_all_mail_is_there_once() {
    let stack = MailStack::start();
    let proxy = FaultProxy::start(stack.imap);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let address = "support@shop.test";
    add_owner(&data);
    add_mailbox(&data, address, &format!("imap://support%40shop.test@127.0.0.1:{}", proxy.port), &stack.smtp_url(address), &[]);
    let restante = Restante::serve(&data);
    let known = |number: usize| question(&data, "SELECT count(*) FROM message WHERE identifier = ?1", &format!("p11.{number}@example.test"));
    let weathers = [
        Weather::Pass,
        Weather::Refuse,
        Weather::CutAfterBytes(100),
        Weather::CutAfterBytes(600),
        Weather::CutAtText("FETCH".into()),
        Weather::CutAfterClientSays("SELECT".into()),
        Weather::Slow(400),
        Weather::Stall,
    ];
    for (number, weather) in weathers.iter().enumerate() {
        proxy.cut();
        proxy.set(weather.clone());
        stack.open_box(address).append("INBOX", letter(number).as_bytes());
        look_for(FAULT_LASTS, || None::<()>);
        proxy.set(Weather::Pass);
        within(BACK_WITHIN, &format!("the mail that came during {weather:?}"), || (known(number) == Some(1)).then_some(()));
    }
    stack.stop_imap();
    look_for(FAULT_LASTS, || None::<()>);
    stack.start_imap();
    stack.open_box(address).append("INBOX", letter(99).as_bytes());
    within(BACK_WITHIN, "the mail after the server's restart", || (known(99) == Some(1)).then_some(()));
    assert_eq!(question(&data, "SELECT count(*) FROM message", ""), Some(weathers.len() as i64 + 1), "doubled");
    assert!(proxy.cuts() > 0 && proxy.connections() > 4);
    restante.stop();
}

#[test]
fn p07_a_folder_deleted_and_made_again_loses_and_doubles_nothing() {
    let stack = MailStack::shared();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let address = "renumbered@shop.test";
    let mut client = stack.open_box(address);
    client.create("Orders");
    let (known, new) = if full() { (2_000, 50) } else { (200, 20) };
    fill(&mut client, 0..known);
    add_owner(&data);
    add_mailbox(&data, address, &stack.imap_url(address), &stack.smtp_url(address), &["--folder", "Orders"]);
    let count = |sql: &str| question(&data, sql, "").unwrap_or_default();
    let restante = Restante::serve(&data);
    within(BACK_WITHIN, "the folder is read", || (count("SELECT count(*) FROM message") == known as i64).then_some(()));
    restante.stop();

    client.delete_folder("Orders");
    client.create("Orders");
    fill(&mut client, 0..known + new);
    let restante = Restante::serve(&data);
    within(BACK_WITHIN, "the new ones are read", || (count("SELECT count(*) FROM message") >= (known + new) as i64).then_some(()));
    within(BACK_WITHIN, "all are in the ledger", || {
        (count("SELECT count(*) FROM ledger WHERE uid_validity <> (SELECT min(uid_validity) FROM ledger) AND outcome <> 'kept'") == (known + new) as i64)
            .then_some(())
    });
    assert_eq!(count("SELECT count(*) FROM message"), (known + new) as i64, "doubled");
    assert_eq!(count("SELECT count(*) FROM ledger WHERE outcome = 'duplicate'"), known as i64, "what was known is recognised");
    assert_eq!(count("SELECT count(*) FROM mailbox WHERE notice IS NOT NULL"), 1, "the owner is not told");
    restante.stop();
}

fn fill(client: &mut Imap, numbers: std::ops::Range<usize>) {
    for number in numbers {
        client.append("Orders", letter(number).as_bytes());
    }
}

fn letter(number: usize) -> String {
    format!(
        "From: Mara <mara@example.test>\r\nTo: <support@shop.test>\r\nSubject: Letter {number}\r\nMessage-ID: <p11.{number}@example.test>\r\n\r\n{}\r\n",
        "Words enough to be cut in the middle of. ".repeat(30)
    )
}
