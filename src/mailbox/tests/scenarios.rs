//! The six scenarios of P02: what lies on the server before and after the interesting mail came, and what must be
//! remembered of it in the end.

use super::fake::{Act, Fake, FakeFolder};
use crate::account::AfterImport;
use crate::blobs::Hash;
use crate::database::{self, Database};
use std::path::Path;

pub struct Scenario {
    pub name: &'static str,
    /// A mail cannot be filed, and another cannot be fetched.
    pub poisoned: bool,
    /// The server renumbers INBOX, with what was in it.
    renumbered: bool,
    moved: bool,
    /// Folder and mail: there at first, and come later.
    before: &'static [(&'static str, Letter)],
    later: &'static [(&'static str, Letter)],
    /// Messages, and ledger rows per outcome, that must be there in the end.
    messages: usize,
    outcomes: &'static [(&'static str, usize)],
}

/// Message-ID, subject, and what it answers.
type Letter = (&'static str, &'static str, &'static str);

pub const SCENARIOS: [Scenario; 6] = [
    Scenario {
        later: &[("INBOX", ("1", "Low Tide", "")), ("INBOX", ("2", "High Tide", "")), ("INBOX", ("", "", "")), ("INBOX", ("long.3", "A long one", ""))],
        messages: 6,
        outcomes: &[("imported", 6)],
        ..PLAIN
    },
    Scenario {
        name: "reply",
        before: &[("INBOX", ("1", "Low Tide", "")), ("Sent", ("2", "Re: Low Tide", "1"))],
        later: &[("INBOX", ("3", "Re: Low Tide", "2")), ("Sent", ("4", "Re: Low Tide", "3")), ("INBOX", ("5", "Re: Old", "ghost"))],
        messages: 7,
        outcomes: &[("imported", 7)],
        ..PLAIN
    },
    Scenario {
        name: "dup",
        before: &[("INBOX", ("1", "Low Tide", ""))],
        later: &[("INBOX", ("1", "Low Tide", "")), ("INBOX", ("2", "High Tide", "")), ("INBOX", ("2", "High Tide", "")), ("INBOX", ("2", "Other words", ""))],
        messages: 5,
        outcomes: &[("imported", 5), ("duplicate", 2)],
        ..PLAIN
    },
    Scenario {
        name: "poison",
        poisoned: true,
        later: &[("INBOX", ("1", "Low Tide", "")), ("INBOX", ("2", "Poison", "")), ("INBOX", ("3", "Unfetchable", "")), ("INBOX", ("4", "High Tide", ""))],
        messages: 4,
        outcomes: &[("imported", 4), ("quarantined", 1), ("unfetched", 1)],
        ..PLAIN
    },
    Scenario {
        name: "rescan",
        renumbered: true,
        before: &[("INBOX", ("1", "Low Tide", "")), ("INBOX", ("2", "Re: Low Tide", "1")), ("INBOX", ("3", "High Tide", ""))],
        later: &[("INBOX", ("4", "Neap Tide", ""))],
        messages: 6,
        outcomes: &[("imported", 6), ("duplicate", 3)],
        ..PLAIN
    },
    Scenario {
        name: "two folders",
        moved: true,
        later: &[
            ("INBOX", ("1", "Low Tide", "")),
            ("Orders", ("1", "Low Tide", "")),
            ("Orders", ("2", "High Tide", "")),
            ("INBOX", ("3", "Re: High Tide", "2")),
        ],
        messages: 5,
        outcomes: &[("imported", 5), ("duplicate", 1)],
        ..PLAIN
    },
];

const PLAIN: Scenario = Scenario { name: "new", poisoned: false, renumbered: false, moved: false, before: &[], later: &[], messages: 0, outcomes: &[] };

impl Scenario {
    pub fn wish(&self) -> AfterImport {
        if self.moved { AfterImport::Move { to: "Archive".into() } } else { AfterImport::MarkRead }
    }

    /// Insists that the undisturbed run remembers what it should.
    pub fn judge(&self, dump: &[String]) {
        let count = |words: &str| dump.iter().filter(|line| line.contains(words)).count();
        assert_eq!(count("message: "), self.messages, "{}: {dump:#?}", self.name);
        for (outcome, rows) in self.outcomes {
            assert_eq!(count(&format!(" {outcome} ")), *rows, "{} {outcome}: {dump:#?}", self.name);
        }
        assert!(count("{Seen}") > 0 || self.moved, "{}: {dump:#?}", self.name);
    }
}

/// Makes the server's folders anew: as they were first, or with what came later. Besides the scenario's own mail, one
/// arrives in Orders, and a folder "Later" is there for the first time with a large old mail in it.
pub fn fill(fake: &Fake, scenario: &Scenario, later: bool) {
    let mut state = fake.state();
    state.folders =
        ["INBOX", "Orders", "Sent", "Archive"].map(|name| (name.to_owned(), FakeFolder { uid_validity: 7, uid_next: 1, ..FakeFolder::default() })).into();
    if later && scenario.renumbered {
        state.folders.get_mut("INBOX").unwrap().uid_validity = 8;
        // Another number for each: a mail that came before them was removed.
        state.folders.get_mut("INBOX").unwrap().uid_next = 3;
    }
    let rest: &[(&str, Letter)] = if later { scenario.later } else { &[] };
    for (folder, letter) in scenario.before.iter().chain(rest) {
        state.deliver(folder, &bytes(*letter, *folder == "Sent"));
    }
    state.faults.clear();
    if later {
        state.deliver("Orders", &bytes(("order", "An order", ""), false));
        state.folders.insert("Later".into(), FakeFolder { uid_validity: 7, uid_next: 1, ..FakeFolder::default() });
        state.deliver("Later", &bytes(("long.old", "A long old one", ""), false));
    }
    if later && scenario.poisoned {
        state.fault("UID FETCH", u32::MAX, Act::Replace("(UID 3 BODY[]".into(), "(UID 3 BODY[[".into()));
    }
}

fn bytes((id, subject, answers): Letter, ours: bool) -> Vec<u8> {
    if id.is_empty() {
        return b"\x00\xff broken from the first byte, no header at all".to_vec();
    }
    let (from, to) = if ours { ("support@shop.test", "mara@example.test") } else { ("mara@example.test", "support@shop.test") };
    let references = if answers.is_empty() { String::new() } else { format!("In-Reply-To: <{answers}@p02>\r\nReferences: <{answers}@p02>\r\n") };
    let text = if id.starts_with("long") { "A long letter. ".repeat(30_000) } else { format!("{subject}, said {id}.") };
    format!("From: <{from}>\r\nTo: <{to}>\r\nSubject: {subject}\r\nMessage-ID: <{id}@p02>\r\n{references}\r\n{text}\r\n").into_bytes()
}

/// What is remembered here, without row numbers and moments, and what stands on the server.
const QUESTIONS: [&str; 9] = [
    "SELECT 'message: ' || coalesce(identifier, '-') || ' ' || direction || ' ' || hex(raw_hash) || ' ' || hex(content_hash) || ' ' || email_kind || ' ' || subject || ' ' || placement
       || ' ' || reading || ' ' || people || ' ' || shared_identifier || ' ' || length(new_text) || ' with ' || (SELECT group_concat(other, ',') FROM
          (SELECT coalesce(identifier, '-') AS other FROM message o WHERE o.conversation_id = message.conversation_id ORDER BY 1))
     FROM message LEFT JOIN message_text ON message_id = message.id",
    "SELECT 'ledger: ' || folder.name || ' ' || ledger.uid_validity || ' ' || uid || ' ' || outcome || ' ' || coalesce(hex(raw_hash), '-') || ' ' || rescan || ' ' || history || ' '
       || CASE outcome WHEN 'unfetched' THEN '' ELSE attempts END FROM ledger JOIN folder ON folder.id = folder_id",
    // The counts are those of the last comparison, and mail is moved after it: what must be right is their difference.
    "SELECT 'folder: ' || name || ' ' || coalesce(uid_validity, '-') || ' ' || high_water || ' ' || coalesce(history_below, '-') || ' ' || coalesce(server_count - ledger_count, '-')
     FROM folder",
    "SELECT 'conversation: ' || status || ' ' || subject || ' ' || message_count || ' ' || preview || ' ' || coalesce(related_because, '-') FROM conversation WHERE merged_into IS NULL",
    "SELECT 'tally: ' || status || ' ' || n FROM tally WHERE n > 0",
    "SELECT 'participant: ' || address || ' ' || written_to || ' ' || (SELECT coalesce(identifier, '-') FROM message WHERE id = message_id) FROM participant",
    "SELECT 'reference: ' || message_reference.identifier || ' by ' || coalesce(message.identifier, '-') FROM message_reference JOIN message ON message.id = message_id",
    "SELECT 'customer: ' || customer.name || ' ' || address FROM customer JOIN customer_address ON customer_id = customer.id",
    "SELECT 'to index: ' || coalesce(identifier, '-') FROM index_queue JOIN message ON message.id = message_id",
];

pub fn dump(data: &Path, fake: &Fake) -> Vec<String> {
    let db = Database::open(&data.join("restante.db")).unwrap();
    let mut lines: Vec<String> = db
        .read(|c| {
            let mut lines = Vec::new();
            for question in QUESTIONS {
                lines.extend(c.all(question, [], |r| r.get::<_, Option<String>>(0))?.into_iter().map(Option::unwrap_or_default));
            }
            Ok::<_, database::Error>(lines)
        })
        .unwrap();
    for (name, folder) in &fake.state().folders {
        for mail in folder.mails.values() {
            lines.push(format!("server: {name} {} {{{}}}", Hash::of(&mail.bytes), if mail.flags.is_empty() { "" } else { "Seen" }));
        }
    }
    lines.sort();
    lines
}
