//! A reply leaves, unless something speaks against it; then the page comes back with everything that was typed. And the
//! way back while it waits.

use super::ask::Ask;
use super::at_desk;
use super::conversation::{self as page_of, Typed, Writing, draft_of, first_problem, parsed, promises_a_file};
use super::present::Clock;
use super::writing::Written;
use super::{Access, Error, Path, Result, Route, Said, State, Visitor, page_with_status, post, see_saying};
use crate::account::{self, Account};
use crate::blobs::Hash;
use crate::conversation::draft::{self, DraftKind, Upload};
use crate::conversation::list::View;
use crate::conversation::{Conversation, message};
use crate::desk::{self, AfterSending, Composed, Refusal, Reply};
use crate::email;
use crate::email::compose::File;
use crate::id::{ConversationId, MessageKey};
use crate::{setting, world};
use axum::http::StatusCode;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![post("/conversations/{id}/replies", Access::Agent, send).with_files(), post("/messages/{id}/unsend", Access::Agent, unsend)]
}

/// What composing led to.
enum Outcome {
    Ready(Box<(Account, Reply, Composed)>),
    Problems(Vec<String>),
    Warnings(Vec<String>),
}

async fn send(state: State, visitor: Visitor, clock: Clock, Path(id): Path<ConversationId>, mut written: Written) -> Result<Response> {
    let typed = written.typed()?;
    let checked = visitor.clone();
    let conversation = state.read(move |c| checked.visible(c, id)).await?;
    written.keep_files(&state, &visitor, id).await?;
    keep_draft(&state, &visitor, id, &typed, written.seen()).await?;
    let then = after_sending(written.fields.get("then"));
    let reply = Reply {
        conversation_id: id,
        to: Vec::new(),
        cc: Vec::new(),
        text: typed.text.clone(),
        files: Vec::new(),
        seen: written.seen(),
        then,
        word: world::random_word(),
    };
    let outcome = compose(&state, &visitor, &conversation, reply, &typed, written.fields.has("anyway")).await?;
    let view = written.fields.get("view").to_owned();
    let (account, reply, composed) = match outcome {
        Outcome::Ready(ready) => *ready,
        Outcome::Problems(problems) => return again(&state, visitor, clock, id, view, Typed { problems, ..typed }).await,
        Outcome::Warnings(warnings) => return again(&state, visitor, clock, id, view, Typed { warnings, ..typed }).await,
    };
    let next = if then == AfterSending::StayOpen { None } else { super::actions::after(&state, &visitor, &conversation, &view).await? };
    match queue(&state, &visitor, account, reply, composed).await? {
        Err(refusal) => again(&state, visitor, clock, id, view, Typed { problems: vec![first_problem(&refusal)], ..typed }).await,
        Ok((message, seconds)) => {
            let words = if seconds == 0 { "The reply is on its way.".into() } else { format!("The reply leaves in {seconds} s.") };
            let here = super::actions::address(id, &view);
            Ok(see_saying(&state, next.as_deref().unwrap_or(&here), &Said::with_undo(words, format!("/messages/{message}/unsend"))))
        }
    }
}

async fn compose(state: &State, visitor: &Visitor, conversation: &Conversation, mut reply: Reply, typed: &Typed, anyway: bool) -> Result<Outcome> {
    let ((to, odd_to), (cc, odd_cc)) = (parsed(&typed.to), parsed(&typed.cc));
    let odd: Vec<String> = odd_to.iter().chain(&odd_cc).map(|piece| format!("“{}” is no mail address: correct it.", super::present::visible(piece))).collect();
    if !odd.is_empty() {
        return Ok(Outcome::Problems(odd));
    }
    (reply.to, reply.cc) = (to, cc);
    let (blobs, key, agent, mailbox) = (state.blobs.clone(), state.key.clone(), visitor.agent().clone(), conversation.mailbox_id);
    state
        .read(move |c| {
            let account = account::find(c, mailbox)?.ok_or(Error::NotFound)?;
            let uploads = draft::uploads(c, reply.conversation_id, agent.id)?;
            reply.files = uploads.iter().map(|u| file(&blobs, u)).collect::<Result<_>>()?;
            let composed = match desk::compose_reply(c, &key, &account, &agent, &reply, world::now()) {
                Ok(Ok(composed)) => composed,
                Ok(Err(refusal)) => return Ok(Outcome::Problems(vec![first_problem(&refusal)])),
                Err(desk::Error::Compose(why)) => return Ok(Outcome::Problems(vec![format!("This cannot be sent: {why}.")])),
                Err(other) => return Err(other.into()),
            };
            let warnings = if anyway { Vec::new() } else { warnings(c, &reply, &uploads, &composed)? };
            Ok(if warnings.is_empty() { Outcome::Ready(Box::new((account, reply, composed))) } else { Outcome::Warnings(warnings) })
        })
        .await
}

/// What a careful colleague would ask before it leaves.
fn warnings(c: &crate::database::Reader, reply: &Reply, uploads: &[Upload], composed: &Composed) -> Result<Vec<String>> {
    let people: Vec<_> = reply.to.iter().chain(&reply.cc).cloned().collect();
    let mut warnings: Vec<String> = desk::bounced_before(c, &people)?
        .iter()
        .map(|address| format!("Mail to {} came back before: check the address.", super::present::visible(address)))
        .collect();
    if promises_a_file(&reply.text, uploads) {
        warnings.push("You write of an attachment, but nothing is attached.".into());
    }
    if composed.history_withheld {
        warnings.push("Somebody on this letter is new here: the earlier messages are left out of it.".into());
    }
    Ok(warnings)
}

fn file(blobs: &crate::blobs::Blobs, upload: &Upload) -> Result<File> {
    Ok(File { name: upload.name.clone(), content_type: upload.content_type.clone(), bytes: blobs.get(upload.raw_hash)? })
}

/// The bytes first, then the commit that names them.
async fn queue(state: &State, visitor: &Visitor, account: Account, reply: Reply, composed: Composed) -> Result<Result<(MessageKey, i64), Refusal>> {
    let (blobs, agent) = (state.blobs.clone(), visitor.agent().clone());
    let (hash, composed) = super::state::blocking(move || Ok((blobs.keep(&[&composed.bytes])?[0], composed))).await?;
    state
        .write(move |tx| -> Result<_> {
            let queued = desk::queue_reply(tx, &account, &agent, &reply, &composed, hash, world::now())?;
            let seconds = setting::undo_window(tx)? / 1000;
            Ok(queued.map(|message| (message, seconds)))
        })
        .await
}

/// The page as it would be, with what was typed and what is wrong.
pub async fn again(state: &State, visitor: Visitor, clock: Clock, id: ConversationId, view: String, typed: Typed) -> Result<Response> {
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let conversation = visitor.visible(c, id)?;
            page_of::build(c, &shown, &visitor, &clock, &Ask::of("view", &view), conversation, Some(typed))
        })
        .await?;
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &found)
}

pub async fn keep_draft(state: &State, visitor: &Visitor, id: ConversationId, typed: &Typed, seen: MessageKey) -> Result<()> {
    let (me, typed) = (visitor.agent().id, typed.clone());
    let kind = typed.writing.unwrap_or(Writing::Reply).draft_kind();
    state.write(move |tx| Ok(draft::keep(tx, id, me, kind, &draft_of(&typed, seen, world::now()))?)).await
}

async fn unsend(state: State, visitor: Visitor, Path(id): Path<MessageKey>) -> Result<Response> {
    let checked = visitor.clone();
    let found = state
        .read(move |c| {
            let Some(found) = message::find(c, id)? else { return Ok(None) };
            checked.visible(c, found.conversation_id)?;
            Ok(found.raw_hash.map(|hash| (found.conversation_id, hash)))
        })
        .await?;
    let Some((conversation, hash)) = found else {
        return Ok(see_saying(&state, "/inbox", &Said::words("That reply was taken back already.")));
    };
    let files = files_of(&state, hash).await?;
    let agent = visitor.agent().clone();
    let undone = at_desk::ask(&state, move |tx| desk::unsend(tx, id, &agent, &files, world::now())).await?;
    let view = View::Inbox.as_str();
    match undone {
        Ok(conversation) => {
            Ok(see_saying(&state, &format!("/conversations/{conversation}?view={view}&write=reply"), &Said::words("Taken back. Your words are in the draft.")))
        }
        Err(why) => Ok(see_saying(&state, &super::actions::address(conversation, view), &Said::words(why))),
    }
}

/// The letter's own files, durable under names of their own, so that they can be a draft's again.
async fn files_of(state: &State, letter: Hash) -> Result<Vec<(String, String, i64, Hash)>> {
    let blobs = state.blobs.clone();
    super::state::blocking(move || {
        let raw = blobs.get(letter)?;
        let mut files = Vec::new();
        for attachment in email::read(&raw).attachments {
            let Some(bytes) = email::attachment_bytes(&raw, attachment.part) else { continue };
            let hash = blobs.keep(&[&bytes])?[0];
            files.push((attachment.name, attachment.content_type, bytes.len() as i64, hash));
        }
        Ok(files)
    })
    .await
}

fn after_sending(then: &str) -> AfterSending {
    match then {
        "open" => AfterSending::StayOpen,
        "wait" => AfterSending::Wait,
        // ⌘Enter and the main button; a note's form never comes here.
        "resolve" => AfterSending::Resolve,
        _ => AfterSending::StayOpen,
    }
}

/// Throws a draft away: its text, and a reply's files.
pub async fn discard(state: &State, visitor: &Visitor, id: ConversationId, kind: DraftKind) -> Result<()> {
    let me = visitor.agent().id;
    state.write(move |tx| Ok(draft::forget(tx, id, me, kind)?)).await
}
