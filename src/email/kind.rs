//! What kind of mail: written by a person, an automatic reply, a bounce, a list.

use super::{EmailAddress, MessageId};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Person,
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
    pub permanent: bool,
    /// Enhanced status code such as `5.1.1` (RFC 3463).
    pub status: Option<String>,
    pub original_message_id: Option<MessageId>,
}
