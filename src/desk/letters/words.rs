//! What a letter about a return says: the template of its purpose, filled in the language of whom it goes to.

use super::{Kind, Waiting, stranger};
use crate::database::Reader;
use crate::desk::Result;
use crate::desk::returns::{self, Standing};
use crate::reply_template::{self, Facts, FollowUpFacts, Purpose, ReturnFacts};
use crate::return_policy::page;
use crate::return_request::fields::{self, OwnField, Value};
use crate::return_request::{item, own_field, words};
use crate::setting;

/// The whole text of a letter; `left_out`: photos that do not go with it.
pub fn text(c: &Reader, waiting: &Waiting, standing: &Standing, name: &str, link: Option<&str>, left_out: &[String]) -> Result<String> {
    let kind = waiting.kind;
    let purpose = match kind {
        Kind::Ask => Purpose::AskDetails,
        Kind::Remind => Purpose::AskAgain,
        Kind::Fulfilment => Purpose::TellFulfilment,
        Kind::Confirm | Kind::FollowUp => return Ok(String::new()), // they have words of their own
    };
    let language =
        if kind == Kind::Fulfilment { setting::get::<String>(c, setting::LANGUAGE)?.unwrap_or_else(|| "en".into()) } else { standing.request.language.clone() };
    let template = reply_template::for_purpose(c, purpose, &language)?;
    let mut facts = facts(c, standing, name, link, &language)?;
    if kind == Kind::Fulfilment {
        let mut told = returns::told_fulfilment(c, standing, &language)?;
        let photos = (!left_out.is_empty()).then(|| (words::fulfilment("photos", &language).to_owned(), left_out.join(", ")));
        told.extend(photos);
        facts.of_return.facts = Some(as_lines(&told));
    }
    let facts = if waiting.is_unseen() { stranger::harmless(facts) } else { facts };
    Ok(without_unfilled(&reply_template::fill(&template, &facts).0))
}

/// Everything that a template about a return may name.
pub fn facts(c: &Reader, standing: &Standing, name: &str, link: Option<&str>, language: &str) -> Result<Facts> {
    let own = own_field::all(c)?;
    let (known, judgement) = (&standing.facts, standing.request.judgement.as_ref());
    let (clause, refused) = (returns::judging_clause(c, &standing.request)?, judgement.is_some_and(|j| j.verdict == "outside"));
    let shown = |field: &str| known.certain(field).map(|value| value_in(field, value, language, &own));
    let of_return = ReturnFacts {
        name: Some(standing.request.name()),
        item: shown(fields::ITEM).or_else(|| Some(words::unnamed_item(language).to_owned())),
        reason: shown(fields::REASON),
        amount: standing
            .request
            .decided
            .as_ref()
            .and_then(|d| d.amount)
            .map(|a| a.to_string())
            .or_else(|| shown(fields::AMOUNT))
            .or(standing.suggested.map(|a| a.to_string())),
        facts: Some(as_lines(&known_facts(standing, language, &own))),
        details: Some(
            words::lines_to_fill_beside(&standing.missing, &own, &returns::beside_lines(c, standing, language)?, language).trim_end_matches('\n').to_owned(),
        ),
        link: link.map(str::to_owned),
        // Where no clause decided its place stays open, for whoever sends the letter to see.
        policy: clause.map(|clause| if refused { page::refusal(&clause, language) } else { page::paragraph(&clause, language) }),
        ship_by: judgement.and_then(|j| j.ship_back_by).map(|day| words::day(day, language)),
    };
    let first = name.split_whitespace().next().map(str::to_owned);
    Ok(Facts {
        name: first,
        order: shown(fields::ORDER_NUMBER),
        shop: Some(setting::shop_name(c)?),
        agent: None,
        subject: None,
        of_return,
        of_follow_up: FollowUpFacts::default(),
    })
}

/// "Order number: AT-10482", a line for each fact.
fn as_lines(facts: &[(String, String)]) -> String {
    facts.iter().map(|(label, value)| format!("{label}: {value}")).collect::<Vec<_>>().join("\n")
}

/// What is certain, with its labels, in the words of `language`. The item is what comes back of the order, where that is known.
pub fn known_facts(standing: &Standing, language: &str, own: &[OwnField]) -> Vec<(String, String)> {
    let shown = |field: &str| {
        if field == fields::ITEM && !standing.items.is_empty() {
            return Some((words::label(field, language).to_owned(), item::named(&standing.items, ", ")));
        }
        let value = standing.facts.certain(field)?;
        let label = own.iter().find(|own| own.key == field).map_or_else(|| words::label(field, language), |own| words::own_label(own, language));
        Some((label.to_owned(), value_in(field, value, language, own)))
    };
    let names = fields::BUILT_IN.iter().map(|(name, _)| *name).chain(own.iter().map(|field| field.key.as_str()));
    names.filter_map(shown).collect()
}

/// A value in the words of `language`.
fn value_in(field: &str, value: &Value, language: &str, own: &[OwnField]) -> String {
    match value {
        Value::Text(code) => match own.iter().find(|own| own.key == field) {
            Some(own) => words::own_choice(own, code, language).to_owned(),
            None => words::choice(field, code, language).to_owned(),
        },
        Value::Date(date) => words::day(*date, language),
        other => other.shown(),
    }
}

/// A letter that leaves by itself shows no placeholder: "Hello {{name}}," without a name is "Hello,", and a line that lacks
/// what it is about goes.
pub fn without_unfilled(text: &str) -> String {
    let lines = text.lines().filter_map(|line| {
        if !line.contains("{{") {
            return Some(line.to_owned());
        }
        // One of fulfilment's answers: without the address it answers nothing.
        if line.contains("{{link}}?") {
            return None;
        }
        let greeting = line.replace(" {{name}}", "").replace("{{name}} ", "").replace("{{name}}", "");
        let trimmed = greeting.replace(" {{link}}", "").replace(" {{policy}}", "");
        (!trimmed.contains("{{")).then_some(trimmed)
    });
    lines.collect::<Vec<_>>().join("\n")
}
