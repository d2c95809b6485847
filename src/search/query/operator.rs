//! The operators' names, and what to say about one that is none.

use super::lex::Piece;
use crate::return_request::fields::OwnField;
use crate::spelling::distance;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    From,
    To,
    Subject,
    Tag,
    Assignee,
    Status,
    Mailbox,
    Is,
    Has,
    Before,
    After,
    Return,
    Reason,
    Order,
    Verdict,
}

const NAMES: [(&str, Operator); 15] = [
    ("from", Operator::From),
    ("to", Operator::To),
    ("subject", Operator::Subject),
    ("tag", Operator::Tag),
    ("assignee", Operator::Assignee),
    ("status", Operator::Status),
    ("mailbox", Operator::Mailbox),
    ("is", Operator::Is),
    ("has", Operator::Has),
    ("before", Operator::Before),
    ("after", Operator::After),
    ("return", Operator::Return),
    ("reason", Operator::Reason),
    ("order", Operator::Order),
    ("verdict", Operator::Verdict),
];

impl Operator {
    pub fn from_name(name: &str) -> Option<Operator> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, operator)| *operator)
    }

    /// What stands after it, for one who left that out.
    pub fn example(self) -> &'static str {
        match self {
            Operator::From => "a name or address comes after from:, as in from:anna",
            Operator::To => "a name or address comes after to:, as in to:support",
            Operator::Subject => "a word comes after subject:, as in subject:invoice",
            Operator::Tag => "a tag comes after tag:, as in tag:refund or tag:\"needs photos\"",
            Operator::Assignee => "an agent's name, me or nobody comes after assignee:, as in assignee:me",
            Operator::Status => "open, waiting, snoozed, resolved or spam comes after status:",
            Operator::Mailbox => "a mailbox's address or name comes after mailbox:, as in mailbox:support@",
            Operator::Is => "open, waiting, snoozed, resolved, spam, unassigned, mine or unread comes after is:",
            Operator::Has => "attachment, photo or note comes after has:",
            Operator::Before => "a day comes after before:, as in before:2026-03-31 or before:2w",
            Operator::After => "a day comes after after:, as in after:2026-03-01 or after:7d",
            Operator::Return => "a return's number or state comes after return:, as in return:R-0192 or return:to_decide",
            Operator::Reason => "damaged, not_as_described, wrong_item, changed_mind, not_delivered or other comes after reason:",
            Operator::Order => "an order's number comes after order:, as in order:AT-10482",
            Operator::Verdict => "within, outside or look comes after verdict:",
        }
    }
}

/// What to say of an operator that does not exist; `None` where it was plainly not meant as one ("Re:", a web address).
pub fn unknown(name: &str, own: &[OwnField], piece: &Piece) -> Option<String> {
    let address = piece.values.first().is_some_and(|(value, _)| value.starts_with("//"));
    if piece.values.is_empty() || address || matches!(name, "re" | "fw" | "fwd" | "aw" | "wg" | "sv" | "mailto") {
        return None;
    }
    let names = || NAMES.iter().map(|(known, _)| *known).chain(own.iter().map(|field| field.key.as_str()));
    let nearest = names().map(|known| (distance(name, known), known)).min().filter(|(far, _)| *far <= 2);
    let meant = nearest.map_or(String::new(), |(_, known)| format!(" Did you mean {known}:?"));
    let all = names().map(|known| format!("{known}:")).collect::<Vec<_>>().join(" ");
    Some(format!("there is no {name}: — there are {all}, so the words were searched for.{meant}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::return_request::own_field;

    #[test]
    fn no_field_of_an_owner_is_called_as_an_operator_is() {
        for (name, _) in NAMES {
            assert!(own_field::is_reserved(name), "{name}");
        }
    }
}
