//! A lead's page: everything that is remembered of one person.

use super::join::{AlikeView, suggestions};
use super::typed::Typed;
use super::view::{ConsentView, Eyes, FollowUpView, HappenedView, InterestView, WishView, agreed, aside_words};
use super::{person, suppliers};
use crate::customer::{self, Customer};
use crate::database::Reader;
use crate::id::CustomerId;
use crate::lead::interest::Kind;
use crate::lead::{self, Lead, event, interest, wish};
use crate::order::buyer;
use crate::return_request::request;
use crate::web::conversation::{CustomerCard, EarlierView};
use crate::web::inbox::marks;
use crate::web::layout::{Shell, page, page_with_status, see};
use crate::web::present::{COUNTRIES, Clock, LANGUAGES, Person, When, counted, country, language, visible, visible_long};
use crate::web::returns::state_chip;
use crate::web::{Access, Path, Result, Route, State, Visitor, get};
use crate::{consent, follow_up};
use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

pub fn routes() -> Vec<Route> {
    vec![get("/leads/{id}", Access::Agent, show)]
}

/// Rows of each kind on the page: a person who has more is found by search.
const CONVERSATIONS_SHOWN: usize = 50;
const ORDERS_SHOWN: usize = 30;
const EVENTS_SHOWN: usize = 30;

#[derive(Template)]
#[template(path = "leads/show.html")]
pub struct Page {
    shell: Shell,
    id: CustomerId,
    person: Person,
    chip: (&'static str, String),
    /// Is a lead: made, and not set aside.
    is_lead: bool,
    agreed: (&'static str, String),
    alike: Vec<AlikeView>,
    /// Each with whether mail to it came back.
    addresses: Vec<(String, bool)>,
    name: String,
    language: String,
    languages: Vec<(&'static str, &'static str)>,
    country: String,
    countries: &'static [(&'static str, &'static str)],
    country_sentence: String,
    facts: Vec<(&'static str, String)>,
    interests: Vec<InterestView>,
    kinds: Vec<Choices>,
    wishes: Vec<WishView>,
    consents: Vec<ConsentView>,
    follow_ups: Vec<FollowUpView>,
    orders: Vec<(String, String, String)>,
    returns: Vec<ReturnView>,
    earlier: Vec<EarlierView>,
    happened: Vec<HappenedView>,
    /// Patterns that mark them as a supplier, and those that would.
    marked: Vec<String>,
    could_mark: Vec<String>,
    typed: Typed,
}

/// The values of a kind of interest: each with its words. One without is typed.
struct Choices {
    code: &'static str,
    words: &'static str,
    values: Vec<(&'static str, String)>,
}

struct ReturnView {
    id: crate::id::ReturnId,
    name: String,
    chip: (&'static str, &'static str),
    when: When,
}

async fn show(state: State, visitor: Visitor, clock: Clock, Path(id): Path<CustomerId>) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let now = person(c, &visitor, id)?;
            if now != id {
                return Ok(Err(now));
            }
            build(c, &own, &visitor, &clock, id, Typed::default()).map(Ok)
        })
        .await?;
    match found {
        Ok(found) => page(&found),
        Err(into) => Ok(see(&format!("/leads/{into}"))),
    }
}

/// The page with a form that could not be done: 422, what was typed stands in it.
pub async fn again(state: &State, visitor: Visitor, clock: Clock, id: CustomerId, typed: Typed) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let id = person(c, &visitor, id)?;
            build(c, &own, &visitor, &clock, id, typed)
        })
        .await?;
    Ok(page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &found)?.into_response())
}

fn build(c: &Reader, state: &State, visitor: &Visitor, clock: &Clock, id: CustomerId, typed: Typed) -> Result<Page> {
    let customer = customer::find(c, id)?.ok_or(crate::web::Error::NotFound)?;
    let lead = lead::find(c, id)?;
    let agents = marks(c)?;
    let eyes = Eyes { c, visitor, clock, agents: &agents };
    let consents = consent::of_customer(c, id)?;
    let card = CustomerCard::read(c, visitor, id, None, CONVERSATIONS_SHOWN, clock)?;
    let aside = lead.as_ref().and_then(|lead| lead.set_aside);
    let is_lead = lead.is_some() && aside.is_none();
    let chip = match aside {
        Some((_, because, _)) => ("is-wait", aside_words(because).to_owned()),
        None if is_lead => ("is-act", "Lead".to_owned()),
        None => ("", "No lead".to_owned()),
    };
    let marked = crate::lead::supplier::marks_of(c, id)?;
    Ok(Page {
        shell: Shell::read(c, state, visitor, "leads")?,
        id,
        chip,
        is_lead,
        agreed: agreed(&consents, clock),
        alike: suggestions(c, visitor, id)?,
        facts: facts(c, visitor, clock, &customer, lead.as_ref())?,
        name: visible(&customer.name),
        language: customer.language.clone().unwrap_or_default(),
        languages: languages(),
        country: lead.as_ref().and_then(|lead| lead.country.clone()).unwrap_or_default(),
        countries: COUNTRIES,
        // Its sentence has no message beside it that would say in whose mailbox it was said.
        country_sentence: lead.as_ref().filter(|_| visitor.mailboxes().is_none()).map(|lead| visible_long(&lead.country_sentence)).unwrap_or_default(),
        interests: interest::of_customer(c, id)?.into_iter().map(|interest| eyes.interest(interest)).collect::<Result<_>>()?,
        kinds: kinds(),
        wishes: wish::of_customer(c, id)?.into_iter().map(|wish| eyes.wish(wish)).collect::<Result<_>>()?,
        consents: consents.into_iter().map(|consent| eyes.consent(consent)).collect::<Result<_>>()?,
        follow_ups: follow_up::of_customer(c, id)?.iter().map(|follow_up| eyes.follow_up(follow_up)).collect::<Result<_>>()?,
        orders: orders(c, &customer)?,
        returns: returns(c, visitor, clock, id)?,
        happened: event::of_customer(c, id, EVENTS_SHOWN)?.iter().map(|event| eyes.happened(event)).collect::<Result<_>>()?,
        could_mark: suppliers::could_mark(&customer, &marked),
        marked,
        person: card.person,
        addresses: card.addresses,
        earlier: card.earlier,
        typed,
    })
}

/// What is known in figures and days.
fn facts(c: &Reader, visitor: &Visitor, clock: &Clock, customer: &Customer, lead: Option<&Lead>) -> Result<Vec<(&'static str, String)>> {
    let mut facts = Vec::new();
    if let Some(lead) = lead {
        let from = match lead.source {
            lead::Source::Mailbox => "by mail",
            lead::Source::Form => "by the return form",
            lead::Source::Widget => "by the widget",
            lead::Source::Import => "by an import",
            lead::Source::Agent => "made by an agent",
        };
        let detail = if lead.source_detail.is_empty() { String::new() } else { format!(", {}", visible(&lead.source_detail)) };
        facts.push(("Source", format!("{from}{detail}")));
        facts.push(("First contact", clock.long(lead.first_contact_at).human));
        facts.push(("Last contact", clock.long(lead.last_contact_at).human));
    } else {
        facts.push(("Known since", clock.long(customer.created_at).human));
    }
    facts.push(("Conversations", customer::conversations(c, customer.id, visitor.mailboxes())?.to_string()));
    let sums = buyer::sums(c, customer.id)?;
    let orders: i64 = sums.iter().map(|(n, _)| n).sum();
    if orders > 0 {
        let worth: Vec<String> = sums.iter().map(|(_, sum)| sum.to_string()).collect();
        facts.push(("Value", format!("{} in {}", worth.join(" + "), counted(orders, "order", "orders"))));
    }
    Ok(facts)
}

fn languages() -> Vec<(&'static str, &'static str)> {
    let mut all: Vec<_> = LANGUAGES.iter().map(|code| (*code, language(code))).collect();
    all.sort_by_key(|(_, name)| *name);
    all
}

fn kinds() -> Vec<Choices> {
    let values = |kind: Kind| kind.codes().iter().map(|code| (*code, interest::Feature { kind, value: (*code).to_owned() }.words())).collect();
    Kind::ALL.iter().map(|kind| Choices { code: kind.code(), words: kind.words(), values: values(*kind) }).collect()
}

/// Number, day, sum.
fn orders(c: &Reader, customer: &Customer) -> Result<Vec<(String, String, String)>> {
    let orders = buyer::orders(c, &customer.addresses, ORDERS_SHOWN)?;
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.strftime("%-d %b %Y").to_string()).unwrap_or_default();
    Ok(orders.iter().map(|order| (visible(&order.number), day(order.ordered_on), order.total.map(|sum| sum.to_string()).unwrap_or_default())).collect())
}

fn returns(c: &Reader, visitor: &Visitor, clock: &Clock, id: CustomerId) -> Result<Vec<ReturnView>> {
    let seen = request::of_customer(c, id)?.into_iter().filter(|request| visitor.agent().may_see(request.mailbox_id));
    Ok(seen.map(|request| ReturnView { id: request.id, name: request.name(), chip: state_chip(&request), when: clock.short(request.opened_at) }).collect())
}

impl Page {
    /// A code that is in no list of ours is kept when the form is sent.
    fn odd_country(&self) -> Option<&str> {
        Some(self.country.as_str()).filter(|code| !code.is_empty() && country(code) == *code)
    }

    fn odd_language(&self) -> Option<&str> {
        Some(self.language.as_str()).filter(|code| !code.is_empty() && !LANGUAGES.contains(code))
    }
}
