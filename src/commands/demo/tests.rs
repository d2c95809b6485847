//! The demo's shop, as it stands when its address is printed.

use super::*;
use crate::account::NewEntry;
use crate::conversation::list::{self, View};
use crate::conversation::message::find_by_identifier;
use crate::email::MessageId;
use crate::id::{AgentId, MailboxId};
use crate::mailbox::intake::Intake;
use crate::return_request::{State, board};
use std::collections::HashMap;

const MAILBOX: MailboxId = MailboxId(1);

/// A shop that has received all letters, and heard its story.
fn shop() -> (Home, Folder, AgentId) {
    let home = Home::at(None).unwrap();
    let folder = Folder::open(&home.places.data).unwrap();
    let now = world::now();
    let owner = set_up(&folder, &home.places, "a long enough password", now).unwrap();
    assert!(owner.fresh);
    receive_all(&folder, &home.places, now);
    write_letters(&home.places, true, now).unwrap();
    receive_all(&folder, &home.places, now);
    let key = folder.key.clone();
    folder.db.write(move |tx| story::tell(tx, &key, MAILBOX, now)).unwrap();
    let (owner, _) = folder.db.read(|c| agent::find_by_email(c, &owner.email)).unwrap().unwrap();
    (home, folder, owner.id)
}

/// What the watcher of a folder and the intake do, without their threads.
fn receive_all(folder: &Folder, places: &Places, now: Millis) {
    for mail_folder in folder.db.read(|c| account::folders(c, MAILBOX)).unwrap() {
        let mut files: Vec<_> = fs::read_dir(places.data.join("mail").join(&mail_folder.name)).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort_by_key(|file| fs::metadata(file).unwrap().modified().unwrap());
        for file in files {
            let raw = fs::read(&file).unwrap();
            let modified = jiff::Timestamp::try_from(fs::metadata(&file).unwrap().modified().unwrap()).unwrap();
            let hash = folder.blobs.keep(&[&raw]).unwrap()[0];
            let new = NewEntry {
                folder_id: mail_folder.id,
                uid_validity: 1,
                uid: u32::from_be_bytes(hash.0[..4].try_into().unwrap()),
                bytes: raw.len() as i64,
                internal_date: Some(modified.as_millisecond()),
                raw_hash: hash,
                too_big: false,
                rescan: false,
                history: false,
            };
            folder.db.write(move |tx| account::advance(tx, &new, now)).unwrap();
        }
    }
    let intake = Intake { db: folder.db.clone(), blobs: folder.blobs.clone(), key: folder.key.clone() };
    while intake.receive_waiting().unwrap() > 0 {}
}

#[test]
fn every_view_of_the_demo_has_something_and_every_letter_is_there() {
    let (home, folder, owner) = shop();
    let counts = folder.db.read(|c| list::counts(c, owner, None)).unwrap();
    for view in [View::Inbox, View::Mine, View::Unassigned, View::Waiting, View::Snoozed, View::Resolved, View::Spam] {
        assert!(counts.of(view) > 1, "{} has {}", view.as_str(), counts.of(view));
    }
    assert_eq!(counts.quarantine, 0);
    let kept: i64 = folder.db.read(|c| c.one("SELECT count(*) FROM message WHERE direction <> 'note'", [], |r| r.get(0))).unwrap();
    assert_eq!(kept as usize, LETTERS.len());
    let unknown: Vec<_> = story::identifiers()
        .chain(leads::identifiers())
        .filter(|id| folder.db.read(|c| find_by_identifier(c, MAILBOX, &MessageId::parse(id).unwrap())).unwrap().is_none())
        .collect();
    assert_eq!(unknown, Vec::<&str>::new(), "the story speaks of letters that are not there");
    let data = home.places.data.clone();
    drop(home);
    assert!(!data.exists());
}

#[test]
fn conversations_of_the_demo_have_both_sides_and_strangers_are_kept_apart() {
    let (_home, folder, _) = shop();
    let rows =
        folder.db.read(|c| c.all("SELECT identifier, conversation_id FROM message WHERE identifier IS NOT NULL", [], |r| Ok((r.get(0)?, r.get(1)?)))).unwrap();
    let place: HashMap<String, i64> = rows.into_iter().collect();
    for together in [
        &["CAKx7Qm2vT9d+mara1@mail.gmail.example", "low-tide-1@atelier.test", "CAKx7Qm2vT9d+mara2@mail.gmail.example"][..],
        &["7C1B0E52-greta-1@inbox.example", "fjaril-1@atelier.test", "7C1B0E52-greta-2@inbox.example"],
        &["wen-1.glass@mail.yahoo.example", "return-r-0187@atelier.test", "wen-2.glass@mail.yahoo.example"],
        &["commission-update-jon@atelier.test", "4TqBounce2@mx.atelier.test"],
    ] {
        assert!(together.windows(2).all(|two| place[two[0]] == place[two[1]]), "{together:?}");
    }
    assert_ne!(place["jun-1@mail.gmail.example"], place["wen-1.glass@mail.yahoo.example"], "Wen's husband has not taken part");
    assert_ne!(place["CAKx7Qm2vT9d+mara-oct@mail.gmail.example"], place["CAKx7Qm2vT9d+mara1@mail.gmail.example"]);
}

#[test]
fn the_board_shows_every_verdict_with_its_clause_and_something_in_each_column() {
    let (_home, folder, _) = shop();
    let cards =
        |states: &[State]| folder.db.read(|c| board::cards(c, states, None, &board::Filter::default(), board::Order::Newest, board::CARDS_MAX)).unwrap();
    let undecided = cards(&[State::AwaitingDetails, State::ToDecide]);
    let said: Vec<_> = undecided.into_iter().filter_map(|card| card.request.judgement).map(|j| (j.verdict, j.clause, j.because)).collect();
    for wanted in [("within", "Prints with a fault", ""), ("outside", "Original art", "final sale"), ("outside", "Prints with a fault", "day 16 of 14")] {
        assert!(said.iter().any(|(v, c, b)| (v.as_str(), c.as_str(), b.as_str()) == wanted), "{wanted:?}: {said:?}");
    }
    assert!(said.iter().any(|(verdict, ..)| verdict == "look"));
    for states in [&[State::AwaitingDetails][..], &[State::ToDecide], &[State::OnItsWay], &[State::ToRefund]] {
        assert!(!cards(states).is_empty(), "{states:?}");
    }
}

#[test]
fn a_demo_that_was_kept_is_found_again_with_a_new_password() {
    let data = tempfile::tempdir().unwrap();
    let home = Home::at(Some(data.path())).unwrap();
    let folder = Folder::open(data.path()).unwrap();
    for password in ["the first password", "the second password"] {
        let owner = set_up(&folder, &home.places, password, world::now()).unwrap();
        let (_, hash) = folder.db.read(|c| agent::find_by_email(c, &owner.email)).unwrap().unwrap();
        assert!(agent::verify_password(password, &hash));
    }
    assert_eq!(folder.db.read(account::all).unwrap().len(), 1);
    drop(home);
    assert!(data.path().exists());
}
