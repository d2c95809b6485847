//! P05: one mail to one, two or three of our mailboxes appears once in each, in whatever order the mailboxes see it:
//! half of the rounds lie there when Restante starts (history), half arrive while it watches.

use crate::support::restante::{add_mailbox, add_owner};
use crate::support::shop::question;
use crate::support::{Imap, MailStack, Restante, within};
use std::time::Duration;

const ROUNDS: usize = 100;
/// The three mailboxes in every order; a round takes the first one, two or three of its line.
const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]];

#[test]
fn p05_a_mail_to_k_of_our_mailboxes_appears_once_in_each() {
    let stack = MailStack::shared();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let addresses = ["p05.orders@shop.test", "p05.support@shop.test", "p05.press@shop.test"];
    add_owner(&data);
    for address in addresses {
        add_mailbox(&data, address, &stack.imap_url(address), &stack.smtp_url(address), &[]);
    }
    let mut boxes = addresses.map(|address| stack.open_box(address));
    let mut wanted = [0; 3];
    deliver(&mut boxes, &addresses, 0..ROUNDS / 2, &mut wanted);
    let restante = Restante::serve(&data);
    deliver(&mut boxes, &addresses, ROUNDS / 2..ROUNDS, &mut wanted);
    let count = |sql: &str, address: &str| question(&data, sql, address).unwrap_or_default();
    for (address, wanted) in addresses.iter().zip(wanted) {
        let here = "SELECT count(*) FROM message JOIN mailbox ON mailbox.id = mailbox_id WHERE mailbox.address = ?1";
        let distinct = here.replace("count(*)", "count(DISTINCT identifier)");
        within(Duration::from_secs(60), "all are messages", || (count(&distinct, address) == wanted).then_some(()));
        let waiting =
            "SELECT count(*) FROM ledger JOIN folder ON folder.id = folder_id JOIN mailbox ON mailbox.id = mailbox_id WHERE outcome = 'kept' AND address = ?1";
        within(Duration::from_secs(60), "none waits", || (count(waiting, address) == 0).then_some(()));
        assert_eq!(count(here, address), wanted, "doubled in {address}");
        let joined = "SELECT count(*) FROM message JOIN conversation ON conversation.id = conversation_id JOIN mailbox ON mailbox.id = message.mailbox_id
                      WHERE conversation.mailbox_id <> message.mailbox_id AND address = ?1";
        assert_eq!(count(joined, address), 0, "stands in another mailbox's conversation");
    }
    assert_eq!(wanted.iter().sum::<i64>(), (0..ROUNDS).map(|round| round % 3 + 1).sum::<usize>() as i64);
    restante.stop();
}

/// Every other round the copies differ in what the last server wrote above them, as real copies do.
fn deliver(boxes: &mut [Imap; 3], addresses: &[&str; 3], rounds: std::ops::Range<usize>, wanted: &mut [i64; 3]) {
    for round in rounds {
        let chosen = &ORDERS[round / 3 % ORDERS.len()][..round % 3 + 1];
        let to = chosen.iter().map(|n| format!("<{}>", addresses[*n])).collect::<Vec<_>>().join(", ");
        for number in chosen {
            let above = if round % 2 == 0 { String::new() } else { format!("Delivered-To: {}\r\n", addresses[*number]) };
            let mail = format!(
                "{above}From: Mara <mara@example.test>\r\nTo: {to}\r\nSubject: To some of you, {round}\r\nMessage-ID: <p05.{round}@example.test>\r\n\r\nRound {round}.\r\n"
            );
            boxes[*number].append("INBOX", mail.as_bytes());
            wanted[*number] += 1;
        }
    }
}
