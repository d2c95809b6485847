//! Drafts: kept while they are typed (by script), and with every button that is not "Send" (tabs, templates, files), so
//! that the page works the same without script.

use super::conversation::{Typed, Writing, listed, parsed, recipients};
use super::present::Clock;
use super::writing::Written;
use super::{Access, Path, Result, Route, Said, State, Visitor, post, replies, see, see_saying};
use crate::conversation::{Conversation, draft, message};
use crate::customer;
use crate::database::Reader;
use crate::id::{ConversationId, TemplateId, UploadId};
use crate::reply_template::{self, Facts};
use crate::setting;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

/// An order number is looked for in this many of the newest messages.
const ORDER_LOOKED_FOR_IN: usize = 20;

pub fn routes() -> Vec<Route> {
    vec![post("/conversations/{id}/drafts", Access::Agent, keep).with_files()]
}

async fn keep(state: State, visitor: Visitor, clock: Clock, headers: HeaderMap, Path(id): Path<ConversationId>, mut written: Written) -> Result<Response> {
    let checked = visitor.clone();
    let conversation = state.read(move |c| checked.visible(c, id)).await?;
    let mut typed = written.typed()?;
    let (go, view) = (written.fields.get("go").to_owned(), written.fields.get("view").to_owned());
    let here = super::actions::address(id, &view);
    written.keep_files(&state, &visitor, id).await?;
    if let Ok(upload) = written.fields.get("drop").parse::<UploadId>() {
        let me = visitor.agent().id;
        state.write(move |tx| Ok(draft::remove_upload(tx, upload, me)?)).await?;
    }
    if go == "discard" {
        let kind = typed.writing.unwrap_or(Writing::Reply).draft_kind();
        replies::discard(&state, &visitor, id, kind).await?;
        return Ok(see_saying(&state, &here, &Said::words("The draft is gone.")));
    }
    if let Ok(template) = written.fields.get("template").parse::<TemplateId>() {
        typed.text = with_template(&state, &visitor, &conversation, template, &typed.text).await?;
    }
    let open = Writing::from_name(&go).or(typed.writing).unwrap_or(Writing::Reply);
    if open == Writing::ReplyAll && typed.writing != Some(Writing::ReplyAll) {
        typed = with_everyone(&state, &conversation, typed).await?;
    }
    replies::keep_draft(&state, &visitor, id, &typed, written.seen()).await?;
    if headers.contains_key("x-live") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let odd = [parsed(&typed.to).1, parsed(&typed.cc).1].concat();
    if !odd.is_empty() && open != Writing::Note {
        let problems = odd.iter().map(|piece| format!("“{}” is no mail address: correct it.", super::present::visible(piece))).collect();
        return replies::again(&state, visitor, clock, id, view, Typed { writing: Some(open), problems, ..typed }).await;
    }
    Ok(see(&format!("{here}&write={}#write", open.as_str())))
}

/// "Reply to all": whoever is on the newest message stands in Cc, besides those that were there.
async fn with_everyone(state: &State, conversation: &Conversation, mut typed: Typed) -> Result<Typed> {
    let conversation = conversation.clone();
    let everyone = state.read(move |c| recipients(c, &conversation, Writing::ReplyAll)).await?;
    if typed.to.is_empty() {
        typed.to = listed(&everyone.to);
    }
    let on_it = parsed(&typed.to).0;
    let others: Vec<_> = everyone.cc.into_iter().filter(|p| !on_it.iter().any(|o| o.address.key() == p.address.key())).collect();
    let both = if typed.cc.is_empty() { listed(&others) } else { format!("{}, {}", typed.cc, listed(&others)) };
    let (cc, odd) = parsed(&both);
    typed.cc = [vec![listed(&cc)], odd].concat().into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    Ok(typed)
}

/// The text with the filled template below it. What could not be filled stays as it stands, and stops the reply.
async fn with_template(state: &State, visitor: &Visitor, conversation: &Conversation, id: TemplateId, text: &str) -> Result<String> {
    let (conversation, agent, text) = (conversation.clone(), visitor.agent().name.clone(), text.to_owned());
    state
        .read(move |c| {
            let Some(template) = reply_template::find(c, id)? else { return Ok(text) };
            let (filled, _) = reply_template::fill(&template.text, &facts(c, &conversation, &agent)?);
            Ok(if text.trim().is_empty() { filled } else { format!("{}\n\n{filled}", text.trim_end()) })
        })
        .await
}

fn facts(c: &Reader, conversation: &Conversation, agent: &str) -> Result<Facts> {
    let name = customer::find(c, conversation.customer_id)?.and_then(|customer| customer.name.split_whitespace().next().map(str::to_owned));
    let messages = message::of_conversation(c, conversation.id)?;
    let newest = messages.iter().rev().take(ORDER_LOOKED_FOR_IN);
    let order = newest.flat_map(|m| [m.new_text.as_str(), m.subject.as_str()]).find_map(order_number);
    Ok(Facts {
        name,
        order,
        shop: Some(setting::shop_name(c)?),
        agent: Some(agent.to_owned()),
        subject: Some(conversation.subject.clone()),
        ..Facts::default()
    })
}

/// The first word that looks like an order number: AT-10482, #10482, or four digits and more after "order".
fn order_number(text: &str) -> Option<String> {
    let mut after_order = false;
    for word in text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '(' | ')' | '"' | '“' | '”')) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#');
        let digits = bare.bytes().rev().take_while(u8::is_ascii_digit).count();
        let before = &bare[..bare.len() - digits];
        let prefixed = before.strip_suffix('-').is_some_and(|p| (1..=6).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_uppercase()));
        if (4..=12).contains(&digits) && (prefixed || before == "#" || (before.is_empty() && after_order)) {
            return Some(bare.trim_start_matches('#').to_owned());
        }
        let lower = bare.to_lowercase();
        after_order =
            ["order", "bestellung", "pedido", "beställning", "number", "no", "nr", "number:"].contains(&lower.as_str()) || (after_order && bare.is_empty());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_numbers_are_found_and_years_are_not() {
        assert_eq!(order_number("Order AT-10482. The corner is creased").as_deref(), Some("AT-10482"));
        assert_eq!(order_number("about #20931!").as_deref(), Some("20931"));
        assert_eq!(order_number("my order 55512 came").as_deref(), Some("55512"));
        assert_eq!(order_number("bought in 2026 for 68.00"), None);
    }
}
