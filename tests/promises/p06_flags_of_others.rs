//! P06: flags that others set never matter. A second client flips them at random while mail arrives: no mail is lost, and
//! what stands on the server in the end is what that client set, and only what the owner asked us to add.

use crate::support::restante::{add_mailbox, add_owner};
use crate::support::shop::question;
use crate::support::{Imap, MailStack, PATIENCE, Restante, look_for, within};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const MAILS: u32 = 500;
/// There when Restante starts: history, which is never touched.
const OLD: u32 = 100;
const FLAGS: [&str; 4] = ["\\Seen", "\\Flagged", "\\Deleted", "\\Answered"];

type Flags = BTreeMap<u32, BTreeSet<String>>;

#[test]
fn p06_a_mailbox_that_is_only_read_keeps_the_flags_of_others() {
    others_keep_their_flags("p06.reading@shop.test", false);
}

#[test]
fn p06_marking_as_read_adds_that_flag_to_new_mail_and_nothing_else() {
    others_keep_their_flags("p06.marking@shop.test", true);
}

fn others_keep_their_flags(address: &str, marking: bool) {
    let stack = MailStack::shared();
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_owner(&data);
    add_mailbox(&data, address, &stack.imap_url(address), &stack.smtp_url(address), if marking { &["--after-import", "mark-read"] } else { &[] });
    let mut client = stack.open_box(address);
    client.uids("INBOX");
    let mut wanted = Flags::new();
    let mut dice = 0x5eed_u32;
    for uid in 1..=OLD {
        arrive_and_flip(&mut client, uid, &mut wanted, &mut dice, !marking);
    }
    let restante = Restante::serve(&data);
    let count = |sql: &str| question(&data, sql, "").unwrap_or_default();
    within(Duration::from_secs(30), "history is read", || question(&data, "SELECT id FROM folder WHERE history_below = 0", ""));
    for uid in OLD + 1..=MAILS {
        arrive_and_flip(&mut client, uid, &mut wanted, &mut dice, !marking);
    }
    within(Duration::from_secs(60), "all mails are here", || (count("SELECT count(*) FROM message") == i64::from(MAILS)).then_some(()));
    assert_eq!(count("SELECT count(DISTINCT identifier) FROM message"), i64::from(MAILS), "lost");
    assert_eq!(count("SELECT count(*) FROM ledger WHERE outcome = 'imported'"), i64::from(MAILS));
    for uid in (OLD + 1..=MAILS).filter(|_| marking) {
        wanted.get_mut(&uid).unwrap().insert("\\Seen".into());
    }
    look_for(PATIENCE, || (flags(&mut client) == wanted).then_some(()));
    // Stopped, it has done all that it will.
    restante.stop();
    assert_eq!(flags(&mut client), wanted);
}

/// One more mail, and up to three flips on whichever mails.
fn arrive_and_flip(client: &mut Imap, uid: u32, wanted: &mut Flags, dice: &mut u32, takes_seen_away: bool) {
    let mail = format!("From: Mara <mara@example.test>\r\nSubject: Letter {uid}\r\nMessage-ID: <{uid}.p06@example.test>\r\n\r\nLetter {uid}\r\n");
    client.append("INBOX", mail.as_bytes());
    wanted.insert(uid, BTreeSet::new());
    for _ in 0..throw(dice) % 4 {
        let (of, flag) = (throw(dice) % uid + 1, FLAGS[throw(dice) as usize % FLAGS.len()]);
        let has = wanted.get_mut(&of).unwrap();
        if !has.contains(flag) {
            client.store(&of.to_string(), &format!("+FLAGS.SILENT ({flag})"));
            has.insert(flag.into());
        } else if flag != "\\Seen" || takes_seen_away {
            client.store(&of.to_string(), &format!("-FLAGS.SILENT ({flag})"));
            has.remove(flag);
        }
    }
}

fn flags(client: &mut Imap) -> Flags {
    let all = client.flags("INBOX").into_iter();
    all.map(|(uid, flags)| (uid, flags.split(' ').filter(|flag| !flag.is_empty() && *flag != "\\Recent").map(str::to_owned).collect())).collect()
}

/// The same throws on every run (the constants of Numerical Recipes).
fn throw(dice: &mut u32) -> u32 {
    *dice = dice.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    *dice >> 8
}
