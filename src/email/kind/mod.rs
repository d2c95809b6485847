//! What kind of mail: written by a person, an automatic reply, a bounce, a list. A machine's mail taken for a person's costs
//! an agent a glance; a person's mail taken for a machine's costs the customer an answer. In doubt it is a person's.

mod auto_reply;
mod bounce;
mod free_text;
mod loops;

use super::read::{Headers, Reports};
use super::{EmailAddress, MessageId, NameAddr};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Person,
    /// Out of office, receipts, complaints and successful delivery reports of machines: nobody wrote it now, and nothing
    /// failed.
    AutoReply,
    Bounce,
    List,
}

impl Kind {
    /// As stored and as `restante inspect` prints it.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Person => "person",
            Kind::AutoReply => "auto_reply",
            Kind::Bounce => "bounce",
            Kind::List => "list",
        }
    }

    pub fn from_name(name: &str) -> Option<Kind> {
        [Kind::Person, Kind::AutoReply, Kind::Bounce, Kind::List].into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A report that a mail could not be delivered (RFC 3464, or free text).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounce {
    pub recipient: Option<EmailAddress>,
    /// `false`: the server will try again, or may take it another time.
    pub permanent: bool,
    /// Enhanced status code such as `5.1.1` (RFC 3463).
    pub status: Option<String>,
    pub original_message_id: Option<MessageId>,
}

/// What the verdict is made from.
pub struct Evidence<'a> {
    pub headers: &'a Headers<'a>,
    pub from: Option<&'a NameAddr>,
    pub subject: &'a str,
    pub text: &'a str,
    pub reports: &'a Reports,
}

pub struct Verdict {
    pub kind: Kind,
    pub bounce: Option<Bounce>,
    pub no_automatic_answer: Option<&'static str>,
}

pub fn verdict(evidence: &Evidence) -> Verdict {
    let bounce = bounce::read(evidence);
    let kind = match &bounce {
        Some(_) => Kind::Bounce,
        None if auto_reply::is_one(evidence) => Kind::AutoReply,
        None if is_list(evidence) => Kind::List,
        None => Kind::Person,
    };
    let of_kind = match kind {
        Kind::Person => None,
        Kind::AutoReply => Some("it is an automatic reply"),
        Kind::Bounce => Some("it is a delivery report"),
        Kind::List => Some("it came through a list"),
    };
    Verdict { kind, bounce, no_automatic_answer: of_kind.or_else(|| loops::guard(evidence)) }
}

/// RFC 2369 and 2919 fields, or the older Precedence.
fn is_list(evidence: &Evidence) -> bool {
    const FIELDS: &[&str] = &[
        "List-Id",
        "List-Post",
        "List-Unsubscribe",
        "List-Help",
        "List-Subscribe",
        "List-Owner",
        "Mailing-List",
        "X-Mailman-Version",
        "X-BeenThere",
        "X-Mailing-List",
        "X-Listname",
    ];
    let precedence = evidence.word("Precedence");
    FIELDS.iter().any(|name| evidence.headers.has(name)) || matches!(precedence.as_str(), "list" | "bulk" | "junk")
}

impl Evidence<'_> {
    /// The first word of a field, lower case; empty if there is none.
    fn word(&self, name: &str) -> String {
        let value = self.headers.plain(name).unwrap_or_default();
        value.split([';', ' ', ',', '\t', '(']).next().unwrap_or_default().trim_matches(['"', '\'']).to_ascii_lowercase()
    }

    /// `Return-Path: <>`: by RFC 5321 4.5.5 nobody is to answer.
    fn has_null_sender(&self) -> bool {
        self.headers.plain("Return-Path").is_some_and(|path| path.chars().filter(|c| !c.is_whitespace()).eq("<>".chars()))
    }

    /// The From field as text, lower case: machines write `MAILER-DAEMON` without any address.
    fn author(&self) -> String {
        self.headers.text("From", None).unwrap_or_default().to_lowercase()
    }

    /// The subject in lower case without a list's `[tag]`.
    fn bare_subject(&self) -> String {
        let subject = self.subject.trim();
        let bare = subject.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(subject, |(_, rest)| rest.trim_start());
        bare.to_lowercase()
    }
}

#[cfg(test)]
mod tests;
