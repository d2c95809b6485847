//! The place to write: reply, reply to all, or a note; to whom; the draft; what stops it from leaving.

use crate::conversation::draft::{self, Draft, DraftKind, Upload};
use crate::conversation::{Conversation, People};
use crate::database::Reader;
use crate::desk::{self, Refusal};
use crate::email::{EmailAddress, NameAddr};
use crate::id::UploadId;
use crate::web::ask::Ask;
use crate::web::present::{Clock, size, visible};
use crate::web::{Result, Visitor};

/// Which tab is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    Reply,
    ReplyAll,
    Note,
}

/// What somebody typed, on its way back to them: nothing of it is lost, whatever is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub writing: Option<Writing>,
    pub to: String,
    pub cc: String,
    pub text: String,
    pub problems: Vec<String>,
    pub warnings: Vec<String>,
}

pub struct WriteView {
    pub is_note: bool,
    pub kind: &'static str,
    pub tabs: Vec<Tab>,
    pub to: String,
    pub cc: String,
    pub to_shown: String,
    pub cc_shown: String,
    pub people_open: bool,
    pub text: String,
    pub problems: Vec<String>,
    pub warnings: Vec<String>,
    pub uploads: Vec<UploadView>,
    pub kept: String,
    pub has_draft: bool,
}

pub struct Tab {
    pub kind: &'static str,
    pub words: &'static str,
    pub key: Option<&'static str>,
    pub current: bool,
}

pub struct UploadView {
    pub id: UploadId,
    pub name: String,
    pub size: String,
}

impl WriteView {
    pub fn read(c: &Reader, visitor: &Visitor, conversation: &Conversation, ask: &Ask, typed: Option<Typed>, clock: &Clock) -> Result<WriteView> {
        let me = visitor.agent().id;
        let note_waits = ask.get("write").is_empty() && typed.is_none() && only_note(c, conversation, visitor)?;
        let asked = Writing::from_name(ask.get("write")).unwrap_or(if note_waits { Writing::Note } else { Writing::Reply });
        let writing = typed.as_ref().and_then(|t| t.writing).unwrap_or(asked);
        let kept = draft::find(c, conversation.id, me, writing.draft_kind())?;
        let uploads = if writing == Writing::Note { Vec::new() } else { draft::uploads(c, conversation.id, me)? };
        let people = match &kept {
            Some(draft) if !draft.people.to.is_empty() || !draft.people.cc.is_empty() => draft.people.clone(),
            _ => recipients(c, conversation, writing)?,
        };
        let is_typed = typed.is_some();
        let typed = typed.unwrap_or_else(|| Typed {
            to: listed(&people.to),
            cc: listed(&people.cc),
            text: kept.as_ref().map(|d| d.text.clone()).unwrap_or_default(),
            ..Typed::default()
        });
        let everyone = recipients(c, conversation, Writing::ReplyAll)?;
        Ok(WriteView {
            is_note: writing == Writing::Note,
            kind: writing.as_str(),
            tabs: tabs(writing, !everyone.cc.is_empty()),
            to_shown: shown(&typed.to),
            cc_shown: shown(&typed.cc),
            to: typed.to,
            cc: typed.cc,
            people_open: (is_typed && writing != Writing::Note) || writing == Writing::ReplyAll,
            text: typed.text,
            problems: typed.problems,
            warnings: typed.warnings,
            has_draft: kept.is_some() || !uploads.is_empty(),
            uploads: uploads.iter().map(|u| UploadView { id: u.id, name: visible(&u.name), size: size(u.bytes.max(0) as usize) }).collect(),
            kept: kept.map_or(String::new(), |d| format!("Draft kept {}", clock.short(d.updated_at).human)),
        })
    }
}

/// A note was begun here and no reply: the note is what its writer wants to see again.
fn only_note(c: &Reader, conversation: &Conversation, visitor: &Visitor) -> Result<bool> {
    let me = visitor.agent().id;
    Ok(draft::find(c, conversation.id, me, DraftKind::Note)?.is_some() && draft::find(c, conversation.id, me, DraftKind::Reply)?.is_none())
}

pub fn recipients(c: &Reader, conversation: &Conversation, writing: Writing) -> Result<People> {
    match writing {
        Writing::Note => Ok(People::default()),
        _ => Ok(desk::recipients_for(c, conversation.id, writing == Writing::ReplyAll)?),
    }
}

fn tabs(open: Writing, has_others: bool) -> Vec<Tab> {
    let all = [(Writing::Reply, "Reply", Some("r")), (Writing::ReplyAll, "Reply to all", None), (Writing::Note, "Note", Some("n"))];
    all.into_iter()
        .filter(|(writing, ..)| *writing != Writing::ReplyAll || has_others || open == Writing::ReplyAll)
        .map(|(writing, words, key)| Tab { kind: writing.as_str(), words, key, current: writing == open })
        .collect()
}

impl Writing {
    pub fn as_str(self) -> &'static str {
        match self {
            Writing::Reply => "reply",
            Writing::ReplyAll => "all",
            Writing::Note => "note",
        }
    }

    pub fn from_name(name: &str) -> Option<Writing> {
        [Writing::Reply, Writing::ReplyAll, Writing::Note].into_iter().find(|w| w.as_str() == name)
    }

    pub fn draft_kind(self) -> DraftKind {
        if self == Writing::Note { DraftKind::Note } else { DraftKind::Reply }
    }
}

/// Why a reply does not leave, and what to do.
pub fn first_problem(refusal: &Refusal) -> String {
    match refusal {
        Refusal::NewerMessage { .. } => "Something newer arrived while you were writing. Nothing was sent: read it above, then send again.".into(),
        Refusal::NoRecipient => "Nobody stands in “To”: say whom it goes to.".into(),
        Refusal::Empty => "There is nothing to send yet: write something, or attach a file.".into(),
        Refusal::PlaceholdersLeft(names) => {
            let names: Vec<String> = names.iter().map(|name| format!("{{{{{name}}}}}")).collect();
            format!("{} still stands in the text: put the right words there.", names.join(", "))
        }
    }
}

/// "Anna Lee <anna@example.test>, b@example.test": as it stands in the field.
pub fn listed(people: &[NameAddr]) -> String {
    let one = |p: &NameAddr| {
        let name = visible(p.name.trim()).replace(['"', '\\'], "");
        match name.is_empty() {
            true => p.address.to_string(),
            false if name.contains([',', ';', '<', '>', '@', '(', ')']) => format!("\"{name}\" <{}>", p.address),
            false => format!("{name} <{}>", p.address),
        }
    };
    people.iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Back again; the second list is what is no address.
pub fn parsed(field: &str) -> (Vec<NameAddr>, Vec<String>) {
    let (mut people, mut odd) = (Vec::new(), Vec::new());
    for piece in pieces(field) {
        let (name, address) = match piece.rsplit_once('<') {
            Some((name, address)) => (name.trim().trim_matches('"').trim(), address.trim().trim_end_matches('>')),
            None => ("", piece.as_str()),
        };
        match EmailAddress::parse(address) {
            Some(address) if people.iter().any(|p: &NameAddr| p.address.key() == address.key()) => {}
            Some(address) => people.push(NameAddr { name: name.to_owned(), address }),
            None => odd.push(piece),
        }
    }
    (people, odd)
}

/// At commas and semicolons, but not inside quotes.
fn pieces(field: &str) -> Vec<String> {
    let (mut pieces, mut piece, mut quoted) = (Vec::new(), String::new(), false);
    for c in field.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                piece.push(c);
            }
            ',' | ';' | '\n' if !quoted => pieces.push(std::mem::take(&mut piece)),
            c => piece.push(c),
        }
    }
    pieces.push(piece);
    pieces.iter().map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
}

/// Names alone, for the closed line above the text.
fn shown(field: &str) -> String {
    let (people, odd) = parsed(field);
    let names = people.iter().map(|p| visible(p.shown()));
    names.chain(odd).collect::<Vec<_>>().join(", ")
}

/// A draft as it will be kept.
pub fn draft_of(typed: &Typed, seen: crate::id::MessageKey, now: crate::database::Millis) -> Draft {
    let people = People { to: parsed(&typed.to).0, cc: parsed(&typed.cc).0, ..People::default() };
    Draft { people, text: typed.text.clone(), seen, updated_at: now }
}

/// Words that promise a file, in the languages that shops answer in; a quote or a file name may hold them, so it only warns.
pub fn promises_a_file(text: &str, uploads: &[Upload]) -> bool {
    const WORDS: [&str; 12] =
        ["attached", "attachment", "enclosed", "bifogad", "bifogar", "bilaga", "adjunt", "anhang", "angehängt", "anbei", "ci-joint", "添付"];
    let own = text.lines().filter(|line| !line.starts_with('>')).collect::<Vec<_>>().join("\n").to_lowercase();
    uploads.is_empty() && WORDS.iter().any(|word| own.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_survive_the_way_into_the_field_and_back() {
        let (people, odd) = parsed("\"Lee, Anna\" <anna@example.test>; bo@example.test, nobody, Cy <cy@example.test>, BO@example.test");
        assert_eq!(people.iter().map(|p| p.address.as_str()).collect::<Vec<_>>(), ["anna@example.test", "bo@example.test", "cy@example.test"]);
        assert_eq!(odd, ["nobody"]);
        assert_eq!(listed(&people), "\"Lee, Anna\" <anna@example.test>, bo@example.test, Cy <cy@example.test>");
        assert_eq!(parsed(&listed(&people)).0, people);
    }

    #[test]
    fn a_promised_file_is_missed_but_not_in_a_quote() {
        assert!(promises_a_file("I have attached the invoice.", &[]));
        assert!(promises_a_file("Hej, jag bifogar kvittot.", &[]));
        assert!(!promises_a_file("> I attached photos\nThank you!", &[]));
    }
}
