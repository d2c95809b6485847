//! Deciding: the reply stands there in the customer's language, ready to be changed; one press sends it and decides. Both
//! happen in one transaction, and both are taken back while the reply waits.

use super::card::{self, Card, customer_name};
use super::sender::{Sender, sender};
use super::visible;
use crate::account;
use crate::conversation::message;
use crate::database::Reader;
use crate::desk::returns::{self, Deciding, Proposal, Standing, Sums};
use crate::desk::{self, AfterSending, Composed, Refusal, Reply, letters};
use crate::id::{ConversationId, MessageKey, ReturnId};
use crate::money::{Amount, is_below_nothing};
use crate::reply_template::{self, Purpose};
use crate::return_request::Decision;
use crate::web::ask::Ask;
use crate::web::at_desk;
use crate::web::conversation::first_problem;
use crate::web::layout::{Shell, page, page_with_status, see_saying};
use crate::web::present::Clock;
use crate::web::public::amount;
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, get, post};
use crate::{setting, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/returns/{id}/decide", Access::Agent, show), post("/returns/{id}/decisions", Access::Agent, decide)]
}

/// How a sum is written that is understood.
const AS_IN: &str = "Write the amount as in 68.00 EUR.";

#[derive(Template)]
#[template(path = "returns/decide.html")]
struct Page {
    shell: Shell,
    card: Card,
    customer: String,
    conversation: ConversationId,
    decision: &'static str,
    decision_words: &'static str,
    moves_money: bool,
    declines: bool,
    amount: String,
    /// What a sum is in that is typed without one; empty where nothing tells.
    currency: String,
    /// How the suggested sum comes about, where the clause keeps something of it.
    arithmetic: String,
    comes_back: bool,
    text: String,
    /// The newest message that its writer saw.
    seen: MessageKey,
    problems: Vec<String>,
    /// Said once; a second press goes on.
    warnings: Vec<String>,
}

async fn show(state: State, visitor: Visitor, clock: Clock, ask: Ask, Path(id): Path<ReturnId>) -> Result<Response> {
    let decision = Decision::from_code(ask.get("decision")).ok_or(Error::NotFound)?;
    page(&load(&state, visitor, clock, id, decision).await?)
}

async fn load(state: &State, visitor: Visitor, clock: Clock, id: ReturnId, decision: Decision) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let standing = visible(c, &visitor, id)?;
            let (sums, proposal) = (returns::sums(c, &standing.request)?, returns::proposal(c, &standing.request, decision)?);
            let comes_back = standing.request.judgement.as_ref().is_some_and(|j| j.comes_back)
                && decision != Decision::KeepItem
                && standing.request.received_as_expected.is_none();
            let conversation = standing.request.conversation_id;
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "returns")?,
                card: card::of(c, &standing, &clock)?,
                customer: customer_name(c, &standing.request)?,
                conversation,
                decision: decision.code(),
                decision_words: decision.words(),
                moves_money: decision.moves_money(),
                declines: decision == Decision::Decline,
                amount: proposal.amount.map(|amount| amount.to_string()).unwrap_or_default(),
                currency: sums.currency.map(|currency| currency.as_str().to_owned()).unwrap_or_default(),
                comes_back,
                text: prewritten(c, &standing, (decision, &proposal), comes_back)?,
                arithmetic: proposal.arithmetic,
                seen: message::newest(c, conversation)?.unwrap_or(MessageKey(0)),
                problems: Vec::new(),
                warnings: Vec::new(),
            })
        })
        .await
}

/// The reply as the template has it, in the customer's language. What is not known stays as a placeholder: nobody sends it
/// unseen.
fn prewritten(c: &Reader, standing: &Standing, (decision, proposal): (Decision, &Proposal), comes_back: bool) -> Result<String> {
    let purpose = match decision {
        Decision::Decline => Purpose::Declined,
        // What they get follows when it came: this letter asks them to send it.
        _ if comes_back => Purpose::ApprovedComesBack,
        Decision::Refund => Purpose::ApprovedRefund,
        Decision::PartialRefund => Purpose::ApprovedPartialRefund,
        Decision::KeepItem => Purpose::ApprovedKeepItem,
        Decision::Replacement => Purpose::ApprovedReplacement,
        Decision::Repair => Purpose::ApprovedRepair,
        Decision::Exchange => Purpose::ApprovedExchange,
        Decision::StoreCredit => Purpose::ApprovedStoreCredit,
    };
    let language = standing.request.language.as_str();
    let template = reply_template::for_purpose(c, purpose, language)?;
    let name = customer_name(c, &standing.request)?;
    let mut facts = letters::template_facts(c, standing, &name, None, language)?;
    facts.of_return.amount = proposal.amount.map(|amount| amount.to_string());
    Ok(reply_template::fill(&template, &facts).0)
}

async fn decide(state: State, visitor: Visitor, clock: Clock, fields: Fields, Path(id): Path<ReturnId>) -> Result<Response> {
    let decision = Decision::from_code(fields.get("decision")).ok_or(Error::Unreadable)?;
    let blank = load(&state, visitor.clone(), clock, id, decision).await?;
    let sum = Some(fields.get("amount").trim()).filter(|text| !text.is_empty() && decision.moves_money());
    let understood = sum.map(understood).transpose();
    let seen = MessageKey(fields.get("seen").parse().unwrap_or(0));
    let typed = Page { amount: fields.get("amount").to_owned(), comes_back: fields.has("comes_back"), text: fields.text("text"), seen, ..blank };
    let (conversation, text) = (typed.conversation, typed.text.clone());
    let again = |problems: Vec<String>, warnings: Vec<String>| page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { problems, warnings, ..typed });
    let amount = match understood {
        Ok(amount) => amount,
        Err(words) => return again(vec![words.into()], Vec::new()),
    };
    let deciding = Deciding { decision, amount, comes_back: fields.has("comes_back") && decision != Decision::Decline };
    let then = if deciding.comes_back { AfterSending::Wait } else { AfterSending::Resolve };
    let reply = Reply { conversation_id: conversation, to: Vec::new(), cc: Vec::new(), text, files: Vec::new(), seen, then, word: world::random_word() };
    let composed = match compose(&state, &visitor, id, reply, deciding, fields.has("anyway")).await? {
        Ok(composed) => composed,
        Err(Trouble::Problem(words)) => return again(vec![words], Vec::new()),
        Err(Trouble::Warnings(warnings)) => return again(Vec::new(), warnings),
    };
    match queue(&state, &visitor, id, deciding, composed).await? {
        Err(words) => again(vec![words], Vec::new()),
        Ok((message, seconds)) => {
            let words = format!("Decided: {}. The reply leaves in {seconds} s.", decision.words());
            Ok(see_saying(&state, &format!("/conversations/{conversation}"), &Said::with_undo(words, format!("/messages/{message}/unsend"))))
        }
    }
}

enum Trouble {
    Problem(String),
    Warnings(Vec<String>),
}

type Ready = Box<(account::Account, Reply, Composed)>;

async fn compose(state: &State, visitor: &Visitor, id: ReturnId, mut reply: Reply, deciding: Deciding, anyway: bool) -> Result<Result<Ready, Trouble>> {
    let (key, visitor) = (state.key.clone(), visitor.clone());
    state
        .read(move |c| {
            let standing = visible(c, &visitor, id)?;
            if let Some(why) = returns::refusal(c, &standing.request, deciding, visitor.agent())? {
                return Ok(Err(Trouble::Problem(why)));
            }
            let (sums, proposal) = (returns::sums(c, &standing.request)?, returns::proposal(c, &standing.request, deciding.decision)?);
            let deciding = sums.complete(deciding);
            let mut warnings = warnings(&sums, deciding, sender(c, &standing.request)?);
            warnings.extend(says_another(&reply.text, deciding.amount, proposal.amount));
            if anyway {
                warnings.clear();
            }
            if !warnings.is_empty() {
                return Ok(Err(Trouble::Warnings(warnings)));
            }
            reply.to = desk::recipients_for(c, reply.conversation_id, false)?.to;
            let account = account::find(c, standing.request.mailbox_id)?.ok_or(Error::NotFound)?;
            Ok(match desk::compose_reply(c, &key, &account, visitor.agent(), &reply, world::now())? {
                Ok(composed) => Ok(Box::new((account, reply, composed))),
                Err(refusal) => Err(Trouble::Problem(first_problem(&refusal))),
            })
        })
        .await
}

/// Where money is about to move nothing is guessed at: "2 x 34", "-5" and "68.00EUR" are asked about.
fn understood(text: &str) -> Result<Amount, &'static str> {
    if is_below_nothing(text) {
        return Err("A sum below nothing cannot go back. Write the amount without a minus, as in 68.00 EUR.");
    }
    let amount = amount(text).ok_or(AS_IN)?;
    let letters: String = text.chars().filter(|c| c.is_alphabetic()).flat_map(char::to_uppercase).collect();
    let of_a_sum = |c: char| c.is_alphanumeric() || c.is_whitespace() || ".,'’-–—€£$¥".contains(c);
    let plain = letters.is_empty() || amount.currency.is_some_and(|currency| currency.as_str() == letters);
    if plain && text.chars().all(of_a_sum) { Ok(amount) } else { Err(AS_IN) }
}

/// What a careful colleague would ask before money moves.
fn warnings(sums: &Sums, deciding: Deciding, sender: Sender) -> Vec<String> {
    let mut warnings = Vec::new();
    // Where the server says nothing at all, the words beside the amount are enough: a question that comes each time is not read.
    if deciding.decision.moves_money() && sender == Sender::Failed {
        warnings.push(sender.words().into());
    }
    let more = |sum: Amount, known: Amount| sum.currency == known.currency && sum.minor > known.minor;
    if let (Some(sum), Some(known)) = (deciding.amount, sums.known())
        && more(sum, known)
    {
        warnings.push(format!("{sum} is more than the {known} that this return is about."));
    }
    if let (Some(sum), Some(order)) = (deciding.amount, sums.order) {
        if more(sum, order) {
            warnings.push(format!("{sum} is more than the order's {order}."));
        } else if sum.currency != order.currency {
            warnings.push(format!("{sum} is in another currency than the order's {order}."));
        }
    }
    if deciding.decision.moves_money() && deciding.amount.is_none() {
        warnings.push("No amount is given: the record will not say how much.".into());
    }
    warnings
}

/// The reply still names the sum that was proposed, and another was entered.
fn says_another(text: &str, decided: Option<Amount>, proposed: Option<Amount>) -> Option<String> {
    let (decided, proposed) = (decided?, proposed?);
    let stands = |amount: Amount| text.contains(&amount.to_string());
    (decided != proposed && stands(proposed) && !stands(decided)).then(|| format!("The reply says {proposed}, and the amount is {decided}."))
}

/// The bytes first, then one commit: the reply waits in the outbox and the return is decided, or neither.
async fn queue(state: &State, visitor: &Visitor, id: ReturnId, deciding: Deciding, ready: Ready) -> Result<Result<(MessageKey, i64), String>> {
    let (account, reply, composed) = *ready;
    let hash = state.keep(composed.bytes.clone()).await?;
    let agent = visitor.agent().clone();
    at_desk::ask(state, move |tx| {
        let now = world::now();
        let queued: Result<MessageKey, Refusal> = desk::queue_reply(tx, &account, &agent, &reply, &composed, hash, now)?;
        let message = queued.map_err(|refusal| desk::Error::Refused(first_problem(&refusal)))?;
        returns::decide(tx, id, deciding, &agent, now)?;
        Ok((message, setting::undo_window(tx)? / 1000))
    })
    .await
}
