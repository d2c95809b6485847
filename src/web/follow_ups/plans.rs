//! Plans: what follows a return that ended. Made, changed, tried on oneself, switched on and off.

use super::plan::Typed;
use crate::account;
use crate::database::Reader;
use crate::desk::{self, follow_ups};
use crate::follow_up::discount::{self, Discount, Given};
use crate::follow_up::plan::{self, Plan};
use crate::id::{DiscountId, PlanId};
use crate::web::layout::{Shell, page, page_with_status, see_saying};
use crate::web::present::counted;
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, at_desk, get, post};
use crate::{customer, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const HERE: &str = "/follow-ups/plans";

pub fn routes() -> Vec<Route> {
    vec![
        get("/follow-ups/plans", Access::Owner, list),
        post("/follow-ups/plans", Access::Owner, create),
        get("/follow-ups/plans/{id}", Access::Owner, show),
        post("/follow-ups/plans/{id}", Access::Owner, change),
        post("/follow-ups/plans/{id}/switch", Access::Owner, switch),
        post("/follow-ups/plans/{id}/test", Access::Owner, test),
        post("/follow-ups/plans/{id}/removal", Access::Owner, remove),
    ]
}

#[derive(Template)]
#[template(path = "follow_ups/plans.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    part: &'static str,
    plans: Vec<Row>,
    /// The one that is changed; `None`: the form makes a new one.
    edited: Option<PlanId>,
    typed: Typed,
    discounts: Vec<Discount>,
    complaints: Vec<String>,
}

struct Row {
    id: PlanId,
    name: String,
    words: String,
    on: bool,
}

async fn list(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor, None).await?)
}

async fn show(state: State, visitor: Visitor, Path(id): Path<PlanId>) -> Result<Response> {
    page(&load(&state, visitor, Some(id)).await?)
}

async fn load(state: &State, visitor: Visitor, edited: Option<PlanId>) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let (plans, discounts) = (plan::all(c)?, discount::all(c)?);
            let typed = match edited {
                None => Typed::default(),
                Some(id) => Typed::of_plan(plans.iter().find(|plan| plan.id == id).ok_or(Error::NotFound)?),
            };
            let row = |plan: &Plan| {
                let of = plan.said.discount_id.and_then(|id| discounts.iter().find(|discount| discount.id == id));
                Row { id: plan.id, name: plan.said.name.clone(), words: plan.words(of), on: plan.enabled_at.is_some() }
            };
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "leads")?,
                tab: "follow-ups",
                part: "plans",
                plans: plans.iter().map(row).collect(),
                edited,
                typed,
                discounts: given_still(c)?,
                complaints: Vec::new(),
            })
        })
        .await
}

fn given_still(c: &Reader) -> Result<Vec<Discount>> {
    let now = world::now();
    Ok(discount::all(c)?.into_iter().filter(|discount| discount.lives(now)).collect())
}

async fn create(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    save(state, visitor, None, &fields).await
}

async fn change(state: State, visitor: Visitor, Path(id): Path<PlanId>, fields: Fields) -> Result<Response> {
    save(state, visitor, Some(id), &fields).await
}

async fn save(state: State, visitor: Visitor, id: Option<PlanId>, fields: &Fields) -> Result<Response> {
    let typed = Typed::of_fields(fields);
    let by = visitor.agent().id;
    let shown = load(&state, visitor, id).await?;
    let choices: Vec<DiscountId> = shown.discounts.iter().map(|discount| discount.id).collect();
    let said = match typed.read(&choices) {
        Ok(said) => said,
        Err(complaints) => return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { typed, complaints, ..shown }),
    };
    state
        .write(move |tx| {
            match id {
                None => plan::add(tx, &said, by, world::now()).map(|_| ())?,
                Some(id) => plan::change(tx, id, &said)?,
            }
            Ok(())
        })
        .await?;
    let words = if id.is_some() { "Saved. What is planned already stays as it was." } else { "Saved. It is off until you switch it on." };
    Ok(see_saying(&state, HERE, &Said::words(words)))
}

async fn switch(state: State, visitor: Visitor, Path(id): Path<PlanId>, fields: Fields) -> Result<Response> {
    let (by, on) = (visitor.agent().id, fields.get("on") == "1");
    let cancelled = state.write(move |tx| Ok(follow_ups::switch_plan(tx, id, on, by, world::now())?)).await?;
    let words = match (on, cancelled) {
        (true, _) => "On: for returns that end from now on.".to_owned(),
        (false, 0) => "Off.".to_owned(),
        (false, n) => format!("Off. {} with it.", counted(n as i64, "follow-up is cancelled", "follow-ups are cancelled")),
    };
    Ok(see_saying(&state, HERE, &Said::words(words)))
}

async fn remove(state: State, visitor: Visitor, Path(id): Path<PlanId>) -> Result<Response> {
    let by = visitor.agent().id;
    state.write(move |tx| Ok(follow_ups::remove_plan(tx, id, by, world::now())?)).await?;
    Ok(see_saying(&state, HERE, &Said::words("Removed. What it sent stays where it is.")))
}

/// Sends the plan's letter to whoever asks, from the first mailbox, with a code that is none.
async fn test(state: State, visitor: Visitor, Path(id): Path<PlanId>) -> Result<Response> {
    let (agent, own, url) = (visitor.agent().clone(), state.clone(), state.public_url.to_string());
    let (key, to) = (state.key.clone(), agent.clone());
    let composed = state
        .read(move |c| {
            let plan = plan::find(c, id)?.ok_or(Error::NotFound)?;
            let mailbox = account::all(c)?.into_iter().map(|account| account.id).next();
            let Some(mailbox) = mailbox else { return Ok(Err("There is no mailbox to send it from.".to_owned())) };
            let sample = |discount: Discount| Given { code: "TEST-CODE".into(), ends_on: discount.ends_on(world::now()), worth: discount.said.worth };
            let given = plan.said.discount_id.map(|id| discount::find(c, id)).transpose()?.flatten().map(sample);
            let reader = crate::email::EmailAddress::parse(&to.email).map(|address| customer::find_by_address(c, &address)).transpose()?.flatten();
            let about = follow_ups::About {
                kind: plan.said.kind,
                customer_id: reader.unwrap_or(crate::id::CustomerId(0)),
                return_id: None,
                piece_id: None,
                discount: given,
                own_words: None,
            };
            match follow_ups::compose_test(c, &key, &about, (mailbox, &to), (&world::random_word(), &url), world::now()) {
                Ok(test) => Ok(Ok(test)),
                Err(desk::Error::Refused(why)) => Ok(Err(why)),
                Err(other) => Err(other.into()),
            }
        })
        .await?;
    let test = match composed {
        Ok(test) => test,
        Err(why) => return Ok(see_saying(&state, HERE, &Said::words(why))),
    };
    let hash = own.keep(test.bytes.clone()).await?;
    let address = agent.email.clone();
    let queued = at_desk::ask(&state, move |tx| follow_ups::queue_test(tx, &test, hash, &agent, world::now())).await?;
    Ok(see_saying(&state, HERE, &Said::words(queued.map_or_else(|why| why, |_| format!("A test is on its way to {address}.")))))
}
