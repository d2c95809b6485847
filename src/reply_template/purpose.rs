//! Templates for a purpose: what Restante writes about a return, in eight languages. The owner's wording goes before ours.

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::AgentId;

crate::return_request::code::codes! {
    /// What a template is for.
    Purpose {
        /// Asks for what is missing.
        AskDetails = "ask_details",
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

/// The words for `purpose` in `language`: the owner's, or those that Restante comes with.
pub fn for_purpose(c: &Reader, purpose: Purpose, language: &str) -> Result<String> {
    let own = c.optional("SELECT text FROM reply_template WHERE purpose = ?1 AND language = ?2", params![purpose.code(), language], |r| r.get(0))?;
    Ok(own.unwrap_or_else(|| ready(purpose, language).to_owned()))
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
    use crate::reply_template::PLACEHOLDERS;

    #[test]
    fn every_purpose_has_words_in_every_language_with_known_placeholders_only() {
        for (language, file) in READY {
            for purpose in Purpose::ALL {
                let text = section(file, *purpose).unwrap_or_default();
                assert!(text.len() > 20, "{language} {purpose}");
                for name in text.split("{{").skip(1).filter_map(|rest| rest.split_once("}}")).map(|(name, _)| name) {
                    assert!(PLACEHOLDERS.iter().any(|(known, _)| *known == name), "{language} {purpose}: {name}");
                }
            }
            assert!(section(file, Purpose::AskDetails).is_some_and(|text| text.contains("{{details}}") && text.contains("{{link}}")), "{language}");
        }
    }
}
