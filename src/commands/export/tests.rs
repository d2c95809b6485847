//! What an export holds, seen as the program that reads it.

use super::*;
use crate::agent::Role;
use crate::app::Folder;
use crate::commands::import;
use crate::commands::mails::Mails;
use crate::conversation::Status;
use crate::email::{self, EmailAddress};
use crate::{account, agent, desk};
use indicatif::ProgressBar;
use serde_json::Value;

const NOW: crate::database::Millis = 1_790_000_000_000;

fn shop(mails: &[&str]) -> (tempfile::TempDir, Folder) {
    let data = tempfile::tempdir().unwrap();
    let folder = Folder::open(data.path()).unwrap();
    let new = account::NewAccount {
        address: EmailAddress::parse("support@atelier.test").unwrap(),
        name: "Atelier Nord".into(),
        source: account::Source::Folder { path: "/nowhere".into() },
        carrier: account::Carrier::Folder { path: "/nowhere".into() },
        passwords: account::Passwords::default(),
        ca_pem: None,
        after_import: account::AfterImport::Nothing,
        history_since: None,
        folders: Vec::new(),
        sent_folder: None,
    };
    folder.db.write(move |tx| account::add(tx, &new, NOW)).unwrap();
    let pile = tempfile::tempdir().unwrap();
    for (n, mail) in mails.iter().enumerate() {
        std::fs::write(pile.path().join(format!("{n}.eml")), mail).unwrap();
    }
    let account = folder.db.read(account::all).unwrap().remove(0);
    import::import(&folder, &account, Mails::at(pile.path()).unwrap(), email::read, &ProgressBar::hidden(), || NOW).unwrap();
    (data, folder)
}

fn export(data: &Path) -> Vec<Value> {
    let mut out = Vec::new();
    run(data, &mut out).unwrap();
    String::from_utf8(out).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

const ASKS: &str = "From: Mara Okafor <mara@example.test>\r\nTo: support@atelier.test\r\nSubject: Where is it?\r\nMessage-ID: <one@example.test>\r\nDate: Mon, 14 Sep 2026 10:00:00 +0200\r\n\r\nOrder AT-10482?\r\n";
const ANSWERED: &str = "From: Atelier Nord <support@atelier.test>\r\nTo: mara@example.test\r\nSubject: Re: Where is it?\r\nMessage-ID: <two@atelier.test>\r\nReferences: <one@example.test>\r\nDate: Mon, 14 Sep 2026 11:00:00 +0200\r\n\r\nTomorrow.\r\n";
const ANOTHER: &str = "From: Mara Okafor <mara@example.test>\r\nTo: support@atelier.test\r\nSubject: And?\r\nMessage-ID: <three@example.test>\r\nDate: Mon, 14 Sep 2026 12:00:00 +0200\r\n\r\nStill waiting.\r\n";

#[test]
fn a_conversation_is_one_line_with_its_messages_notes_and_events() {
    let (data, folder) = shop(&[ASKS, ANSWERED]);
    folder
        .db
        .write(|tx| {
            let jules = agent::add(tx, &EmailAddress::parse("jules@atelier.test").unwrap(), "Jules", Role::Owner, "x", NOW)?;
            let jules = agent::find(tx, jules)?.expect("added just now");
            desk::note(tx, ConversationId(1), &jules, "second dented tube", NOW)?;
            desk::tag(tx, ConversationId(1), "damaged", jules.id, NOW)?;
            desk::assign(tx, ConversationId(1), Some(jules.id), jules.id, NOW)?;
            desk::set_status(tx, ConversationId(1), Status::Resolved, jules.id, NOW)
        })
        .unwrap();
    let lines = export(data.path());
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(line["mailbox"], "support@atelier.test");
    assert_eq!(line["customer"]["addresses"], serde_json::json!(["mara@example.test"]));
    assert_eq!((&line["status"], &line["assignee"], &line["tags"][0]), (&"resolved".into(), &"jules@atelier.test".into(), &"damaged".into()));
    assert_eq!(line["created_at"], "2026-09-14T08:00:00Z");
    let messages = line["messages"].as_array().unwrap();
    assert_eq!(messages.len(), 2);
    assert_eq!(
        (&messages[0]["message_id"], &messages[0]["direction"], &messages[0]["kind"]),
        (&"<one@example.test>".into(), &"inbound".into(), &"person".into())
    );
    assert_eq!(messages[1]["placement"]["because"], "answers");
    assert_eq!(messages[1]["direction"], "reply");
    assert_eq!(messages[0]["ledger"][0]["outcome"], "imported");
    assert_eq!(line["notes"][0]["author"], "jules@atelier.test");
    let kinds: Vec<&str> = line["events"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["tagged", "assigned", "status_changed"]);
}

#[test]
fn a_merged_conversation_appears_in_what_it_was_merged_into() {
    let (data, folder) = shop(&[ASKS, ANOTHER]);
    assert_eq!(export(data.path()).len(), 2);
    folder
        .db
        .write(|tx| {
            let jules = agent::add(tx, &EmailAddress::parse("jules@atelier.test").unwrap(), "Jules", Role::Owner, "x", NOW)?;
            desk::merge(tx, ConversationId(2), ConversationId(1), jules, NOW)
        })
        .unwrap();
    let lines = export(data.path());
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["messages"].as_array().unwrap().len(), 2);
    assert_eq!(lines[0]["merged"].as_array().unwrap().len(), 1);
}

#[test]
fn mail_that_is_in_no_conversation_is_visible_too() {
    let (data, folder) = shop(&[ASKS]);
    folder.db.write(|tx| tx.execute("UPDATE ledger SET outcome = 'quarantined', reason = 'too odd'", [])).unwrap();
    let lines = export(data.path());
    let quarantined = &lines[1]["quarantine"];
    assert_eq!((&quarantined["reason"], &quarantined["outcome"], &quarantined["uid"]), (&"too odd".into(), &"quarantined".into(), &1.into()));
    assert_eq!(quarantined["sha256"].as_str().unwrap().len(), 64);
}
