//! A piece: what it is, who would want it and why, who was told, what was sold.

use super::list::View;
use crate::agent;
use crate::desk::pieces::{self as desk, Candidate};
use crate::follow_up::{self, FollowUp, State as Stands};
use crate::id::{CustomerId, FollowUpId, SaleId};
use crate::piece::matching::{AS_IN, Reason};
use crate::piece::{self, Piece, PieceId, sale, vocabulary};
use crate::web::ask::Ask;
use crate::web::present::{Clock, Person, When, visible, visible_long};
use crate::web::{Access, Error, Path, Result, Route, Shell, State, Visitor, get, page};
use crate::{customer, database::Reader, outbox};
use askama::Template;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/pieces/{id}", Access::Agent, show)]
}

/// How a reason begins to quote.
const QUOTED: &str = ", as in “";

#[derive(Template)]
#[template(path = "pieces/show.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    piece: View,
    colours: String,
    words: String,
    link: String,
    sku: String,
    sold: Option<When>,
    removed: bool,
    /// The conversation of the mail that made it.
    mail: Option<crate::id::ConversationId>,
    /// Why nobody is told of it.
    not_now: Option<&'static str>,
    candidates: Vec<Row>,
    /// How many of them may be told.
    tickable: usize,
    told: Vec<Told>,
    sales: Vec<Sold>,
}

/// Somebody who would want it.
pub struct Row {
    pub id: CustomerId,
    pub person: Person,
    pub address: String,
    pub asked: bool,
    pub sentence: String,
    pub fits: Vec<String>,
    pub against: Vec<String>,
    pub hindrance: Option<String>,
    pub ticked: bool,
}

struct Told {
    id: FollowUpId,
    customer: CustomerId,
    person: Person,
    words: String,
    class: &'static str,
    when: When,
    may_be_held: bool,
}

struct Sold {
    id: SaleId,
    words: String,
    when: When,
    undone: bool,
}

impl Row {
    /// An agent of some mailboxes reads why, and not in whose words: these may have been written to another.
    pub fn of(candidate: &Candidate, tick_asked: bool, sees_all: bool) -> Row {
        let found = &candidate.interested.found;
        let plain = |words: &str| if sees_all { visible_long(words) } else { visible_long(words.split(AS_IN).next().unwrap_or_default()) };
        let words = |fits: bool| found.reasons.iter().filter(|reason| (reason.points >= 0) == fits).map(|Reason { words, .. }| plain(words)).collect();
        let asked = candidate.interested.wish.is_some();
        Row {
            id: candidate.customer.id,
            person: Person::new(&candidate.customer.name, &candidate.address),
            address: visible(&candidate.address),
            asked,
            sentence: if sees_all { visible_long(&candidate.interested.sentence) } else { String::new() },
            fits: quoted_once(words(true)),
            against: words(false),
            hindrance: candidate.hindrance.map(|hindrance| hindrance.words()),
            ticked: tick_asked && asked && candidate.hindrance.is_none(),
        }
    }
}

/// A sentence that tells several things is quoted behind the last of them alone.
fn quoted_once(mut fits: Vec<String>) -> Vec<String> {
    for i in 1..fits.len() {
        let quote = fits[i].find(QUOTED).map(|at| fits[i][at..].to_owned());
        if let Some(quote) = quote.filter(|quote| fits[i - 1].ends_with(quote)) {
            let kept = fits[i - 1].len() - quote.len();
            fits[i - 1].truncate(kept);
        }
    }
    fits
}

async fn show(state: State, visitor: Visitor, clock: Clock, Path(id): Path<PieceId>, ask: Ask) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let known = piece::find(c, id)?.ok_or(Error::NotFound)?;
            let not_now = desk::not_now(&known);
            let is_offered = known.sold_at.is_none() && known.removed_at.is_none();
            let candidates = if is_offered { desk::candidates(c, &own.key, &known, visitor.mailboxes())? } else { Vec::new() };
            let rows: Vec<Row> = candidates.iter().map(|candidate| Row::of(candidate, ask.get("tick") == "asked", visitor.mailboxes().is_none())).collect();
            let mail = known.message_id.map(|message| crate::conversation::message::find(c, message)).transpose()?.flatten();
            let mail = mail.map(|message| message.conversation_id).filter(|id| visitor.visible(c, *id).is_ok());
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "leads")?,
                tab: "pieces",
                piece: View::of(c, &known)?,
                colours: known.said.colours.iter().map(|code| vocabulary::words(code)).collect::<Vec<_>>().join(", "),
                words: visible_long(&known.said.words),
                link: known.said.link.clone(),
                sku: visible(&known.said.sku),
                sold: known.sold_at.map(|at| clock.short(at)),
                removed: known.removed_at.is_some(),
                mail,
                not_now,
                tickable: if not_now.is_none() { rows.iter().filter(|row| row.hindrance.is_none()).count() } else { 0 },
                candidates: rows,
                told: told(c, &visitor, &known, &clock)?,
                sales: sales(c, &known, &clock)?,
            })
        })
        .await?;
    page(&found)
}

/// Those who were or will be told, of mailboxes that the agent may see.
fn told(c: &Reader, visitor: &Visitor, known: &Piece, clock: &Clock) -> Result<Vec<Told>> {
    let mut told = Vec::new();
    for one in follow_up::of_piece(c, known.id)?.into_iter().filter(|one| visitor.agent().may_see(one.mailbox_id)) {
        let name = customer::find(c, one.customer_id)?.map(|customer| customer.name).unwrap_or_default();
        let in_outbox = one.state == Stands::Sent && one.message_id.map(|message| outbox::is_waiting(c, message)).transpose()?.unwrap_or(false);
        let (words, class) = if in_outbox { ("in the outbox".to_owned(), "is-wait") } else { stands(&one) };
        told.push(Told {
            id: one.id,
            customer: one.customer_id,
            person: Person::new(&name, &one.address),
            words,
            class,
            when: clock.short(one.settled_at.unwrap_or(one.planned_at)),
            may_be_held: in_outbox || matches!(one.state, Stands::Planned | Stands::Wanted),
        });
    }
    Ok(told)
}

fn stands(one: &FollowUp) -> (String, &'static str) {
    match one.state {
        Stands::Planned => ("planned".into(), "is-wait"),
        Stands::Wanted => ("being written".into(), "is-wait"),
        Stands::Sent if one.bought_at.is_some() => ("bought it".into(), "is-good"),
        Stands::Sent if one.answered_at.is_some() => ("answered".into(), "is-good"),
        Stands::Sent => ("told".into(), "is-good"),
        Stands::Cancelled => (format!("not told: {}", one.because), ""),
    }
}

fn sales(c: &Reader, known: &Piece, clock: &Clock) -> Result<Vec<Sold>> {
    let mut sales = Vec::new();
    for one in sale::of_piece(c, known.id)? {
        let by = one.by.map(|by| agent::find(c, by)).transpose()?.flatten().map(|agent| agent.name);
        let how = match (one.source, one.order, by) {
            (sale::Source::Order, Some(number), _) => format!("by order {number}"),
            (sale::Source::Order, None, _) => "by an order".into(),
            (sale::Source::Csv, ..) => "by a table".into(),
            (sale::Source::Api, ..) => "said your shop’s program".into(),
            (sale::Source::Agent, _, Some(name)) => format!("said {name}"),
            (sale::Source::Agent, ..) => "said an agent".into(),
        };
        sales.push(Sold { id: one.id, words: format!("{} sold, {how}", one.quantity), when: clock.short(one.at), undone: one.undone_at.is_some() });
    }
    Ok(sales)
}
