//! Words with placeholders. Filling is replacing `{{name}}` and nothing else: no conditions, no code (PROMISES P67). Beside
//! the agents' own there are templates for a purpose, in a language, which Restante begins with and the owner may reword.

mod purpose;

pub use purpose::{Purpose, for_purpose, mistakes, own_for_purpose, ready, reworded, save_for_purpose};

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::AgentId;
pub use crate::id::TemplateId;

#[derive(Clone, Debug, serde::Serialize)]
pub struct Template {
    pub id: TemplateId,
    pub name: String,
    pub text: String,
}

/// What a placeholder may stand for; a value that is not known is `None`.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The customer's first name, or the whole name.
    pub name: Option<String>,
    pub order: Option<String>,
    pub shop: Option<String>,
    pub agent: Option<String>,
    pub subject: Option<String>,
    pub of_return: ReturnFacts,
    pub of_follow_up: FollowUpFacts,
}

/// What a follow-up has to say.
#[derive(Clone, Debug, Default)]
pub struct FollowUpFacts {
    /// A piece of the shop's, in quotes.
    pub piece: Option<String>,
    pub artist: Option<String>,
    pub size: Option<String>,
    pub price: Option<String>,
    /// A sentence about the piece.
    pub about: Option<String>,
    /// Of a discount.
    pub code: Option<String>,
    pub worth: Option<String>,
    pub valid_until: Option<String>,
}

/// What a return has to say, in the words of whom it is said to.
#[derive(Clone, Debug, Default)]
pub struct ReturnFacts {
    /// R-0001
    pub name: Option<String>,
    pub item: Option<String>,
    pub reason: Option<String>,
    pub amount: Option<String>,
    /// All facts, a line each.
    pub facts: Option<String>,
    /// The lines to fill in.
    pub details: Option<String>,
    pub link: Option<String>,
    /// What the policy says of it.
    pub policy: Option<String>,
    /// By when the item has to be on its way.
    pub ship_by: Option<String>,
}

/// The placeholders there are, with what each means: the editor lists them.
pub const PLACEHOLDERS: &[(&str, &str)] = &[
    ("name", "the customer's first name"),
    ("order", "the order number named in the conversation"),
    ("shop", "the shop's name"),
    ("agent", "who answers"),
    ("subject", "the conversation's subject"),
    ("return", "the return's number, as in R-0001"),
    ("item", "what comes back"),
    ("reason", "why, in the customer's language"),
    ("amount", "how much is refunded"),
    ("facts", "all that is known of the return, a line each"),
    ("details", "the lines to fill in for what is missing"),
    ("link", "the address of the form, or of the return's state"),
    ("policy", "the clause of the return policy that decides it, in the customer's language"),
    ("ship_by", "by when the item has to be on its way"),
];

/// Those of follow-ups alone: nothing else knows them.
pub const OF_FOLLOW_UPS: &[(&str, &str)] = &[
    ("piece", "the piece that came in"),
    ("artist", "whose work it is"),
    ("size", "how large it is"),
    ("price", "what it costs"),
    ("about", "your sentence about the piece"),
    ("code", "the discount's code"),
    ("worth", "what the discount is worth, as in 10 %"),
    ("valid_until", "the last day of the discount"),
];

pub fn all(c: &Reader) -> Result<Vec<Template>> {
    c.all("SELECT id, name, text FROM reply_template WHERE purpose IS NULL ORDER BY name", [], |r| {
        Ok(Template { id: r.get(0)?, name: r.get(1)?, text: r.get(2)? })
    })
}

pub fn find(c: &Reader, id: TemplateId) -> Result<Option<Template>> {
    c.optional("SELECT id, name, text FROM reply_template WHERE id = ?1 AND purpose IS NULL", [id], |r| {
        Ok(Template { id: r.get(0)?, name: r.get(1)?, text: r.get(2)? })
    })
}

pub fn save(tx: &Writer, id: Option<TemplateId>, name: &str, text: &str, by: AgentId, now: Millis) -> Result<TemplateId> {
    match id {
        Some(id) => {
            tx.execute(
                "UPDATE reply_template SET name = ?2, text = ?3, changed_at = ?4, changed_by = ?5 WHERE id = ?1",
                params![id, name.trim(), text, now, by],
            )?;
            Ok(id)
        }
        None => Ok(TemplateId(
            tx.insert("INSERT INTO reply_template(name, text, changed_at, changed_by) VALUES (?1, ?2, ?3, ?4)", params![name.trim(), text, now, by])?,
        )),
    }
}

pub fn delete(tx: &Writer, id: TemplateId) -> Result<()> {
    tx.execute("DELETE FROM reply_template WHERE id = ?1", [id])?;
    Ok(())
}

/// The filled text and the placeholders that had no value; those stay as they stand, so that nobody sends them unseen. What stands in
/// `[[ ]]` goes where something in it has no value: "well packed[[, by {{ship_by}}]]".
pub fn fill(text: &str, facts: &Facts) -> (String, Vec<String>) {
    let mut filled = String::with_capacity(text.len());
    let mut missing = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("[[") {
        let Some((part, behind)) = after.split_once("]]") else { break };
        filled.push_str(&fill_all(before, facts, &mut missing));
        let mut missing_here = Vec::new();
        let part = fill_all(part, facts, &mut missing_here);
        if missing_here.is_empty() {
            filled.push_str(&part);
        }
        rest = behind;
    }
    filled.push_str(&fill_all(rest, facts, &mut missing));
    (filled, missing)
}

fn fill_all(text: &str, facts: &Facts, missing: &mut Vec<String>) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let Some((name, behind)) = after.split_once("}}") else {
            filled.push_str("{{");
            rest = after;
            continue;
        };
        match facts.value(name.trim()) {
            Some(value) => filled.push_str(value),
            None => {
                filled.push_str(&format!("{{{{{name}}}}}"));
                missing.push(name.trim().to_owned());
            }
        }
        rest = behind;
    }
    filled.push_str(rest);
    filled
}

/// Placeholders still in a text that is about to be sent.
pub fn placeholders_left(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    fill_all(text, &Facts::default(), &mut all);
    all.into_iter().filter(|name| PLACEHOLDERS.iter().chain(OF_FOLLOW_UPS).any(|(known, _)| known == name)).collect()
}

impl Facts {
    fn value(&self, name: &str) -> Option<&str> {
        match name {
            "name" => self.name.as_deref(),
            "order" => self.order.as_deref(),
            "shop" => self.shop.as_deref(),
            "agent" => self.agent.as_deref(),
            "subject" => self.subject.as_deref(),
            "return" => self.of_return.name.as_deref(),
            "item" => self.of_return.item.as_deref(),
            "reason" => self.of_return.reason.as_deref(),
            "amount" => self.of_return.amount.as_deref(),
            "facts" => self.of_return.facts.as_deref(),
            "details" => self.of_return.details.as_deref(),
            "link" => self.of_return.link.as_deref(),
            "policy" => self.of_return.policy.as_deref(),
            "ship_by" => self.of_return.ship_by.as_deref(),
            "piece" => self.of_follow_up.piece.as_deref(),
            "artist" => self.of_follow_up.artist.as_deref(),
            "size" => self.of_follow_up.size.as_deref(),
            "price" => self.of_follow_up.price.as_deref(),
            "about" => self.of_follow_up.about.as_deref(),
            "code" => self.of_follow_up.code.as_deref(),
            "worth" => self.of_follow_up.worth.as_deref(),
            "valid_until" => self.of_follow_up.valid_until.as_deref(),
            _ => None,
        }
        .filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_filled_once_and_customer_data_is_never_code() {
        let facts = Facts { name: Some("{{shop}}".into()), shop: Some("Atelier".into()), ..Facts::default() };
        let (text, missing) = fill("Hello {{ name }}, from {{shop}} about {{order}} {{what}} {{", &facts);
        assert_eq!(text, "Hello {{shop}}, from Atelier about {{order}} {{what}} {{");
        assert_eq!(missing, ["order", "what"]);
        assert_eq!(placeholders_left(&text), ["shop", "order"]);
    }
}
