//! What a link to a return opens: its form, or how it stands. Looking changes nothing (PROMISES P65).

use super::form::today;
use crate::conversation::{self, message};
use crate::customer;
use crate::database::Reader;
use crate::desk::letters;
use crate::desk::returns::{self, Standing};
use crate::email::{EmailAddress, NameAddr};
use crate::return_policy::{page as policy_page, version};
use crate::return_request::fields::OwnField;
use crate::return_request::request::Source;
use crate::return_request::upload::{self, Upload};
use crate::return_request::{Request, ReturnId, State as Stands, fact, link, own_field, words};
use crate::web::{Error, Result, State};
use crate::{setting, world};
use axum::http::HeaderMap;

/// What a link opens.
#[derive(Clone)]
pub struct Opened {
    pub standing: Standing,
    pub own: Vec<OwnField>,
    pub language: &'static str,
    pub customer: NameAddr,
    pub shop: String,
    pub subject: String,
    pub uploads: Vec<Upload>,
    /// It still asks.
    pub asks: bool,
    /// The policy in a line; empty: there is none.
    pub summary: String,
    /// What is still needed to decide, in words; nothing is, once somebody looks at it.
    pub lacks: Vec<String>,
}

pub async fn open(state: &State, token: &str) -> Result<Opened> {
    let token = token.to_owned();
    state.read(move |c| opened(c, &token)).await
}

/// The policy that judges this return, in a line; the one of today where none has yet.
fn summary(c: &Reader, judged_by: Option<i64>, language: &str) -> Result<String> {
    let judging = judged_by.map(|id| version::find(c, id)).transpose()?.flatten();
    let version = judging.map_or_else(|| version::on_day(c, today()), |version| Ok(Some(version)))?;
    Ok(version.map(|version| policy_page::summary(&version.policy, language)).unwrap_or_default())
}

fn opened(c: &Reader, token: &str) -> Result<Opened> {
    let (id, used): (ReturnId, bool) = match link::open(c, token, link::Purpose::Form, world::now())? {
        link::Opened::Valid { return_id, used_at } => (return_id, used_at.is_some()),
        link::Opened::Expired => return Err(Error::Gone),
        link::Opened::Unknown => return Err(Error::NotFound),
    };
    let standing = match returns::standing(c, id)? {
        standing if standing.request.source == Source::Form => only_what_was_said(standing),
        standing => standing,
    };
    let request = &standing.request;
    let conversation = conversation::find(c, request.conversation_id)?.ok_or(Error::NotFound)?;
    let language = super::language(&HeaderMap::new(), Some(&request.language), "en");
    let asks = !used && returns::still_asks(c, id)?;
    Ok(Opened {
        own: own_field::all(c)?,
        language,
        customer: customer(c, request)?,
        shop: setting::shop_name(c)?,
        subject: conversation.subject,
        uploads: upload::all(c, token)?,
        asks,
        summary: summary(c, request.policy_version, language)?,
        lacks: if request.state == Stands::AwaitingDetails { lacks(c, &standing, language)? } else { Vec::new() },
        standing,
    })
}

/// To whom the pages speak. On the public form anybody may have typed an address: its pages know no other name or address than those.
fn customer(c: &Reader, request: &Request) -> Result<NameAddr> {
    let (name, address) = if request.source == Source::Form {
        let said = message::find(c, request.message_id)?.ok_or(Error::NotFound)?;
        (said.from_name, said.from_address)
    } else {
        let customer = customer::find(c, request.customer_id)?.ok_or(Error::NotFound)?;
        // A person may have several addresses; the link went to one of them.
        let asked = letters::last_asked(c, request.id)?.filter(|asked| customer.addresses.iter().any(|known| known.address == *asked));
        (customer.name, asked.or_else(|| customer.addresses.into_iter().next().map(|known| known.address)).unwrap_or_default())
    };
    Ok(NameAddr { name, address: EmailAddress::parse(&address).ok_or(Error::NotFound)? })
}

/// Nobody has shown that the address on the public form is theirs: what the shop knows of an order, and what somebody wrote from that
/// address, is not repeated to whoever typed it (PROMISES P65).
fn only_what_was_said(mut standing: Standing) -> Standing {
    standing.facts.0.retain(|fact| matches!(fact.source, fact::Source::Form | fact::Source::Agent));
    standing.items.clear();
    standing.suggested = None;
    standing
}

/// What is missing, a question each, with what helps to answer it.
fn lacks(c: &Reader, standing: &Standing, language: &str) -> Result<Vec<String>> {
    let (own, beside) = (own_field::all(c)?, returns::beside_lines(c, standing, language)?);
    let question = |name: &String| {
        own.iter().find(|own| own.key == *name).map_or_else(|| words::question(name, language), |own| words::own_question(own, language)).to_owned()
    };
    let helped = |name: &String| beside.iter().find(|(field, _)| field == name).map(|(_, help)| format!("{} ({help})", question(name)));
    Ok(standing.missing.iter().map(|name| helped(name).unwrap_or_else(|| question(name))).collect())
}
