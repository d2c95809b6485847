//! Calls of custom actions and webhooks: buttons on a return, the log, one call with its request and its answer, and what a person decides
//! about one that did not work.

use super::ask::Ask;
use super::at_desk;
use super::layout::{Shell, page, see_saying};
use super::present::{Clock, When, visible, visible_long};
use super::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, get, post};
use crate::action::call::{self, Call, State as Stands};
use crate::action::{self, ActionId, CallId, Kind};
use crate::database::{Reader, Writer};
use crate::desk::{self, returns};
use crate::id::{AgentId, ReturnId};
use crate::return_request::{Request, request};
use crate::world;
use askama::Template;
use axum::response::Response;

/// Calls on one page of the log.
const SHOWN_MAX: usize = 200;
/// Looked through for those that this agent may see.
const READ_MAX: usize = 2_000;

pub fn routes() -> Vec<Route> {
    vec![
        post("/returns/{id}/calls", Access::Agent, press),
        get("/calls", Access::Agent, log),
        get("/calls/{id}", Access::Agent, show),
        post("/calls/{id}/again", Access::Agent, again),
        post("/calls/{id}/settled", Access::Agent, settle),
    ]
}

/// A call as pages show it.
pub struct CallView {
    pub id: CallId,
    pub action: String,
    pub return_id: ReturnId,
    pub return_name: String,
    pub state: &'static str,
    pub class: &'static str,
    pub words: String,
    pub reference: String,
    pub attempts: i64,
    pub when: When,
    pub in_trouble: bool,
    /// In trouble, and may be tried again.
    pub may_again: bool,
    /// A webhook that arrived may be sent once more.
    pub can_resend: bool,
    /// It was done for an earlier decision, and is not called for this one by itself.
    pub left_out: bool,
}

/// A button on a return.
pub struct Button {
    pub id: ActionId,
    pub name: String,
    /// How many calls of it the page shows.
    pub seen: usize,
    /// It was done: a second time needs a second thought.
    pub done: bool,
}

impl CallView {
    fn new(call: &Call, clock: &Clock) -> CallView {
        let (state, class) = match (call.state, call.attempts) {
            (Stands::Waiting, 0) => ("about to be called", "is-wait"),
            (Stands::Waiting, _) => ("is tried again", "is-wait"),
            (Stands::Sending, _) => ("is being called", "is-wait"),
            (Stands::Done, _) => ("done", "is-good"),
            (Stands::Failed, _) => ("did not work", "is-bad"),
            (Stands::Uncertain, _) => ("nobody knows", "is-bad"),
            (Stands::Cancelled, _) => ("taken back", ""),
        };
        CallView {
            id: call.id,
            action: visible(&call.action),
            return_id: call.return_id,
            return_name: request::name(call.return_id),
            state,
            class,
            words: visible_long(&call.words),
            reference: visible(&call.reference),
            attempts: call.attempts,
            when: clock.short(call.created_at),
            in_trouble: call.is_in_trouble(),
            may_again: false,
            can_resend: call.kind == Kind::Webhook && call.state == Stands::Done && !call.removed,
            left_out: false,
        }
    }
}

/// With what a person can do about it.
fn to_settle(c: &Reader, call: &Call, clock: &Clock) -> Result<CallView> {
    let may_again = call.is_in_trouble() && returns::call_not_again(c, call)?.is_none();
    Ok(CallView { may_again, ..CallView::new(call, clock) })
}

/// For the card of a return: the newest call of each action, and the buttons that are offered.
pub fn of_return(c: &Reader, request: &Request, clock: &Clock) -> Result<(Vec<CallView>, Vec<Button>)> {
    let calls: Vec<Call> = call::of_return(c, request.id)?.into_iter().filter(Call::counts).collect();
    let of = |id: ActionId| calls.iter().filter(move |call| call.action_id == id);
    let newest = |call: &&Call| of(call.action_id).next_back().is_some_and(|newest| newest.id == call.id);
    let shown = calls.iter().filter(newest).filter(|call| call.kind == Kind::Call || call.is_in_trouble());
    let actions = action::all(c)?;
    let left_out: Vec<ActionId> = actions.iter().filter(|a| returns::call_is_left_out(a, request, &calls)).map(|a| a.id).collect();
    let shown = shown.map(|call| Ok(CallView { left_out: left_out.contains(&call.action_id), ..to_settle(c, call, clock)? }));
    let offered = actions.iter().filter(|a| a.kind == Kind::Call && (a.definition.button && a.fits(request) || left_out.contains(&a.id)));
    let buttons = offered.filter_map(|action| {
        let newest = of(action.id).next_back();
        let free = newest.is_none_or(|call| !matches!(call.state, Stands::Waiting | Stands::Sending) && !call.is_in_trouble());
        let done = newest.is_some();
        free.then(|| Button { id: action.id, name: visible(&action.name), seen: of(action.id).count(), done })
    });
    Ok((shown.collect::<Result<_>>()?, buttons.collect()))
}

async fn press(state: State, visitor: Visitor, fields: Fields, Path(id): Path<ReturnId>) -> Result<Response> {
    let action: ActionId = fields.get("action").parse().map_err(|_| Error::Unreadable)?;
    let seen: usize = fields.get("seen").parse().map_err(|_| Error::Unreadable)?;
    let back = fields.get("conversation").parse::<i64>().map_or(format!("/returns/{id}"), |conversation| format!("/conversations/{conversation}"));
    let (by, checked) = (visitor.agent().clone(), visitor.clone());
    state.read(move |c| super::returns::visible(c, &checked, id).map(|_| ())).await?;
    let done = at_desk::ask(&state, move |tx| returns::press_action(tx, id, action, seen, &by, world::now())).await?;
    Ok(match done {
        Ok(event) => see_saying(&state, &back, &Said::with_undo("It is being called.", format!("/events/{event}/undo"))),
        Err(why) => see_saying(&state, &back, &Said::words(why)),
    })
}

#[derive(Template)]
#[template(path = "actions/log.html")]
struct Log {
    shell: Shell,
    calls: Vec<CallView>,
    /// Only those of one action: its name.
    of: Option<String>,
}

async fn log(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let own = state.clone();
    let wanted: Option<ActionId> = ask.get("action").parse().ok();
    let found = state
        .read(move |c| {
            let shell = Shell::read(c, &own, &visitor, "returns")?;
            let of = wanted.map(|id| action::find(c, id)).transpose()?.flatten();
            let calls = call::newest(c, of.as_ref().map(|action| action.id), READ_MAX)?;
            let calls = calls.iter().filter(|call| visitor.agent().may_see(call.mailbox_id)).take(SHOWN_MAX).map(|call| CallView::new(call, &clock)).collect();
            Ok(Log { shell, calls, of: of.map(|action| visible(&action.name)) })
        })
        .await?;
    page(&found)
}

#[derive(Template)]
#[template(path = "actions/call.html")]
struct Page {
    shell: Shell,
    call: CallView,
    request: String,
    status: Option<i64>,
    answer: String,
    key: String,
}

async fn show(state: State, visitor: Visitor, clock: Clock, Path(id): Path<CallId>) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let call = call::find(c, id)?.filter(|call| visitor.agent().may_see(call.mailbox_id)).ok_or(Error::NotFound)?;
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "returns")?,
                request: visible_lines(&call.request),
                status: call.status,
                answer: visible_lines(&call.answer),
                key: call.key.clone().unwrap_or_default(),
                call: to_settle(c, &call, &clock)?,
            })
        })
        .await?;
    page(&found)
}

/// Each line as it can be seen.
fn visible_lines(text: &str) -> String {
    text.lines().map(visible_long).collect::<Vec<_>>().join("\n")
}

async fn again(state: State, visitor: Visitor, Path(id): Path<CallId>) -> Result<Response> {
    let by = visitor.agent().clone();
    decide(state, visitor, id, "It is called once more.", move |tx, _| returns::try_call_again(tx, id, &by, world::now())).await
}

async fn settle(state: State, visitor: Visitor, fields: Fields, Path(id): Path<CallId>) -> Result<Response> {
    let done = fields.get("as") == "done";
    let words = if done { "Marked as done." } else { "Left as it is." };
    decide(state, visitor, id, words, move |tx, by| returns::settle_call(tx, id, done, by, world::now())).await
}

async fn decide(
    state: State,
    visitor: Visitor,
    id: CallId,
    words: &'static str,
    work: impl FnOnce(&Writer, AgentId) -> desk::Result<()> + Send + 'static,
) -> Result<Response> {
    let by = visitor.agent().id;
    state.read(move |c| call::find(c, id)?.filter(|call| visitor.agent().may_see(call.mailbox_id)).ok_or(Error::NotFound)).await?;
    let done = at_desk::ask(&state, move |tx| work(tx, by)).await?;
    Ok(see_saying(&state, &format!("/calls/{id}"), &Said::words(done.map_or_else(|why| why, |()| words.into()))))
}
