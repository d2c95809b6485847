//! Templates for a purpose: what Restante writes about a return, in eight languages. The owner's wording goes before ours.

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::AgentId;
use crate::reply_template::{OF_FOLLOW_UPS, PLACEHOLDERS};
use crate::spelling::distance;

crate::return_request::code::codes! {
    /// What a template is for.
    Purpose {
        /// Asks for what is missing.
        AskDetails = "ask_details",
        /// Asks once more whoever did not answer.
        AskAgain = "ask_again",
        /// Agreed; the item has to come back first.
        ApprovedComesBack = "approved_comes_back",
        ApprovedRefund = "approved_refund",
        ApprovedPartialRefund = "approved_partial_refund",
        /// The money goes back, the item stays.
        ApprovedKeepItem = "approved_keep_item",
        ApprovedReplacement = "approved_replacement",
        ApprovedRepair = "approved_repair",
        ApprovedExchange = "approved_exchange",
        ApprovedStoreCredit = "approved_store_credit",
        Declined = "declined",
        /// To the fulfilment team.
        TellFulfilment = "tell_fulfilment",
        /// Asks whether what was ticked was meant.
        ConfirmConsent = "confirm_consent",
        /// Some days after a return.
        FollowUpDiscount = "follow_up_discount",
        /// Likewise: is all well?
        FollowUpCheckIn = "follow_up_check_in",
        /// A piece came in that somebody wished for.
        FollowUpWish = "follow_up_wish",
    }
}

/// The texts that Restante comes with, one file per language: `== purpose`, then its words.
const READY: &[(&str, &str)] = &[
    ("en", include_str!("ready/en.txt")),
    ("de", include_str!("ready/de.txt")),
    ("fr", include_str!("ready/fr.txt")),
    ("es", include_str!("ready/es.txt")),
    ("it", include_str!("ready/it.txt")),
    ("nl", include_str!("ready/nl.txt")),
    ("pt", include_str!("ready/pt.txt")),
    ("sv", include_str!("ready/sv.txt")),
];

impl Purpose {
    /// As owners read it.
    pub fn words(self) -> &'static str {
        match self {
            Purpose::AskDetails => "Asks for what is missing",
            Purpose::AskAgain => "Asks once more, after some days without an answer",
            Purpose::ApprovedComesBack => "Agreed, the item comes back first",
            Purpose::ApprovedRefund => "Refund",
            Purpose::ApprovedPartialRefund => "Partial refund",
            Purpose::ApprovedKeepItem => "Refund, they keep the item",
            Purpose::ApprovedReplacement => "Replacement",
            Purpose::ApprovedRepair => "Repair",
            Purpose::ApprovedExchange => "Exchange",
            Purpose::ApprovedStoreCredit => "Store credit",
            Purpose::Declined => "Declined",
            Purpose::TellFulfilment => "To fulfilment",
            Purpose::ConfirmConsent => "Asks to confirm what was ticked on a form",
            Purpose::FollowUpDiscount => "Follow-up: a discount",
            Purpose::FollowUpCheckIn => "Follow-up: is all well?",
            Purpose::FollowUpWish => "Follow-up: a piece they wish for",
        }
    }

    /// What its words may name: everything that is known when it is written, and nothing else (PROMISES P67).
    pub fn placeholders(self) -> impl Iterator<Item = &'static (&'static str, &'static str)> {
        PLACEHOLDERS.iter().chain(OF_FOLLOW_UPS).filter(move |(name, _)| match (*name, self) {
            ("name" | "shop", _) => true,
            ("details" | "link", Purpose::ConfirmConsent) => true,
            ("piece" | "artist" | "size" | "price" | "about" | "link", Purpose::FollowUpWish) => true,
            ("code" | "worth" | "valid_until", Purpose::FollowUpDiscount) => true,
            ("return" | "item" | "order", Purpose::FollowUpDiscount | Purpose::FollowUpCheckIn) => true,
            ("agent" | "subject", _) => false,
            (_, Purpose::ConfirmConsent | Purpose::FollowUpDiscount | Purpose::FollowUpCheckIn | Purpose::FollowUpWish) => false,
            ("details", _) => self.asks(),
            ("link", _) => self.asks() || self == Purpose::TellFulfilment,
            (name, _) => !OF_FOLLOW_UPS.iter().any(|(known, _)| *known == name),
        })
    }

    /// Without it the letter has no use.
    fn needs(self) -> Option<&'static str> {
        match self {
            Purpose::TellFulfilment | Purpose::ConfirmConsent => Some("link"),
            Purpose::FollowUpDiscount => Some("code"),
            Purpose::FollowUpWish => Some("piece"),
            purpose if purpose.asks() => Some("details"),
            _ => None,
        }
    }

    fn asks(self) -> bool {
        matches!(self, Purpose::AskDetails | Purpose::AskAgain)
    }
}

/// The words for `purpose` in `language`: the owner's, or those that Restante comes with.
pub fn for_purpose(c: &Reader, purpose: Purpose, language: &str) -> Result<String> {
    Ok(own_for_purpose(c, purpose, language)?.unwrap_or_else(|| ready(purpose, language).to_owned()))
}

/// The owner's words, where there are some.
pub fn own_for_purpose(c: &Reader, purpose: Purpose, language: &str) -> Result<Option<String>> {
    c.optional("SELECT text FROM reply_template WHERE purpose = ?1 AND language = ?2", params![purpose.code(), language], |r| r.get(0))
}

/// The purposes that the owner has words of their own for, each with its language.
pub fn reworded(c: &Reader) -> Result<Vec<(Purpose, String)>> {
    let rows = c.all("SELECT purpose, language FROM reply_template WHERE purpose IS NOT NULL", [], |r| Ok((r.get::<_, String>(0)?, r.get::<_, String>(1)?)))?;
    Ok(rows.into_iter().filter_map(|(code, language)| Some((Purpose::from_code(&code)?, language))).collect())
}

/// Longer than any letter that a person would read.
const TEXT_CHARS_MAX: usize = 10_000;

/// Why these cannot be the words for `purpose`.
pub fn mistakes(purpose: Purpose, text: &str) -> Vec<String> {
    let mut mistakes = Vec::new();
    let named: Vec<&str> = text.split("{{").skip(1).map(|rest| rest.split_once("}}").map_or("", |(name, _)| name.trim())).collect();
    if text.split("{{").skip(1).any(|rest| !rest.contains("}}")) {
        mistakes.push("A {{ is never closed by }}: it would be sent as it stands.".into());
    }
    for name in named.iter().filter(|name| !name.is_empty() && !purpose.placeholders().any(|(known, _)| known == *name)) {
        let nearest = purpose.placeholders().map(|(known, _)| (distance(name, known), *known)).min().filter(|(far, _)| *far <= 2);
        let meant = nearest.map_or(String::new(), |(_, known)| format!(" Did you mean {{{{{known}}}}}?"));
        mistakes.push(format!("Nothing is known for {{{{{name}}}}} in this letter.{meant}"));
    }
    if let Some(needed) = purpose.needs().filter(|needed| !named.contains(needed)) {
        mistakes.push(format!("Without {{{{{needed}}}}} this letter has no use: put it on a line of its own."));
    }
    if text.chars().count() > TEXT_CHARS_MAX {
        mistakes.push(format!("At most {TEXT_CHARS_MAX} characters, please."));
    }
    mistakes
}

/// The owner's own words; an empty text goes back to ours.
pub fn save_for_purpose(tx: &Writer, purpose: Purpose, language: &str, text: &str, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("DELETE FROM reply_template WHERE purpose = ?1 AND language = ?2", params![purpose.code(), language])?;
    if !text.trim().is_empty() {
        let name = format!("{} ({language})", purpose.code());
        tx.execute(
            "INSERT INTO reply_template(name, text, changed_at, changed_by, purpose, language) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![name, text, now, by, purpose.code(), language],
        )?;
    }
    Ok(())
}

/// Ours, in English where we have no other.
pub fn ready(purpose: Purpose, language: &str) -> &'static str {
    let file = READY.iter().find(|(known, _)| *known == language).unwrap_or(&READY[0]).1;
    section(file, purpose).or_else(|| section(READY[0].1, purpose)).unwrap_or_default()
}

fn section(file: &'static str, purpose: Purpose) -> Option<&'static str> {
    file.split("\n== ").chain(file.strip_prefix("== ")).find_map(|section| {
        let (name, text) = section.trim_start_matches("== ").split_once('\n')?;
        let text = text.split("\n== ").next()?;
        (name.trim() == purpose.code()).then(|| text.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_purpose_has_words_in_every_language_with_known_placeholders_only() {
        for (language, file) in READY {
            for purpose in Purpose::ALL {
                let text = section(file, *purpose).unwrap_or_default();
                assert!(text.len() > 20, "{language} {purpose}");
                assert_eq!(mistakes(*purpose, text), [""; 0], "{language} {purpose}");
            }
            assert!(section(file, Purpose::AskDetails).is_some_and(|text| text.contains("{{details}}") && text.contains("{{link}}")), "{language}");
        }
    }

    #[test]
    fn p67_what_a_letter_cannot_fill_in_is_refused_in_words() {
        let of = |text: &str| mistakes(Purpose::AskDetails, text);
        assert_eq!(of("Hello {{ name }}, {{details}}"), [""; 0]);
        for (text, says) in [
            ("{{details}} {{nmae}}", "Did you mean {{name}}?"),
            ("{{details}} {{7*7}}", "Nothing is known for {{7*7}}"),
            ("{{details}} {{agent}}", "Nothing is known for {{agent}}"),
            ("{{details}} {{name", "never closed"),
            ("Hello", "Without {{details}}"),
        ] {
            assert!(of(text).len() == 1 && of(text)[0].contains(says), "{text}: {:?}", of(text));
        }
        assert!(mistakes(Purpose::Declined, "No. {{link}}")[0].contains("{{link}}"));
        assert!(of(&"{{details}}".repeat(1000)).len() == 1);
    }
}
