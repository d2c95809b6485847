//! The letters that tell of a piece, each as it will look; read, changed where somebody likes, and sent.

use super::list::View;
use super::show::Row;
use crate::database::Reader;
use crate::desk::pieces::{self as desk, Candidate, Letter, OFFERED_MAX, Preview};
use crate::id::CustomerId;
use crate::piece::{self, Piece, PieceId};
use crate::web::layout::{page_with_status, see_saying};
use crate::web::present::{counted, language, visible};
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, Shell, State, Visitor, at_desk, get, page, post};
use crate::world;
use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::Response;

/// Ticks that are looked at: more boxes than a page has were ticked by no person.
const TICKED_MAX: usize = 200;
/// What a letter may say: a page.
const TEXT_CHARS_MAX: usize = 5_000;

pub fn routes() -> Vec<Route> {
    vec![get("/pieces/{id}/letters", Access::Agent, show), post("/pieces/{id}/letters", Access::Agent, send)]
}

#[derive(Template)]
#[template(path = "pieces/letters.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    piece: View,
    letters: Vec<Sheet>,
    complaint: Option<String>,
    /// "Send 3 mails".
    button: String,
}

/// One letter, as it will look.
struct Sheet {
    who: Row,
    subject: String,
    language: String,
    text: String,
    /// What stands below, and nobody changes.
    below: String,
    in_thread: bool,
    wrong: Option<&'static str>,
}

async fn show(state: State, visitor: Visitor, Path(id): Path<PieceId>, Query(asked): Query<Vec<(String, String)>>) -> Result<Response> {
    let who: Vec<CustomerId> = asked.iter().filter(|(name, _)| name == "who").filter_map(|(_, id)| id.parse().ok()).collect();
    if who.is_empty() {
        return Ok(see_saying(&state, &format!("/pieces/{id}"), &Said::words("Tick first who shall be told.")));
    }
    page(&load(&state, visitor, id, who, Vec::new()).await?)
}

/// The letters to those who may be told; what was typed stands in place of ours.
async fn load(state: &State, visitor: Visitor, id: PieceId, who: Vec<CustomerId>, typed: Vec<(CustomerId, String)>) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let known = piece::find(c, id)?.ok_or(Error::NotFound)?;
            let chosen = chosen(c, &own, &visitor, &known, &who)?;
            let sheet = |(candidate, preview): (Candidate, Preview)| {
                let ours = preview.letter.words.clone();
                let text = typed.iter().find(|(id, _)| *id == candidate.customer.id).map_or(ours, |(_, text)| text.clone());
                Sheet {
                    who: Row::of(&candidate, false, visitor.mailboxes().is_none()),
                    subject: visible(preview.thread.as_deref().unwrap_or(&preview.letter.subject)),
                    language: language(&preview.language).to_owned(),
                    wrong: wrong(&text),
                    text,
                    below: preview.letter.below,
                    in_thread: preview.thread.is_some(),
                }
            };
            let letters: Vec<Sheet> = chosen.into_iter().map(sheet).collect();
            let complaint = desk::not_now(&known).map(str::to_owned).or_else(|| {
                let all = who.len() > OFFERED_MAX;
                all.then(|| format!("At most {OFFERED_MAX} are told at once: these are the first. Send them, and tick the others then."))
            });
            let button = format!("Send {}", counted(letters.len() as i64, "mail", "mails"));
            Ok(Page { shell: Shell::read(c, &own, &visitor, "leads")?, tab: "pieces", piece: View::of(c, &known)?, letters, complaint, button })
        })
        .await
}

/// Those of `who` who would want it and may be told, each with the letter as we would write it.
fn chosen(c: &Reader, state: &State, visitor: &Visitor, known: &Piece, who: &[CustomerId]) -> Result<Vec<(Candidate, Preview)>> {
    let who = &who[..who.len().min(TICKED_MAX)];
    let candidates = desk::candidates_among(c, &state.key, known, who, visitor.mailboxes())?.into_iter();
    let told = candidates.filter(|candidate| candidate.hindrance.is_none()).take(OFFERED_MAX);
    let mut chosen = Vec::new();
    for candidate in told {
        // Where there is no letter, the reply template is the owner's, and lacks what it needs: the page says that none is left.
        if let Ok(preview) = desk::preview_letter(c, known, &candidate, &state.public_url)? {
            chosen.push((candidate, preview));
        }
    }
    Ok(chosen)
}

async fn send(state: State, visitor: Visitor, Path(id): Path<PieceId>, fields: Fields) -> Result<Response> {
    let who: Vec<CustomerId> = fields.all("who").filter_map(|id| id.parse().ok()).collect();
    let typed: Vec<(CustomerId, String)> = who.iter().map(|id| (*id, fields.text(&format!("text_{id}")))).collect();
    if typed.iter().any(|(_, text)| wrong(text).is_some()) {
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &load(&state, visitor, id, who, typed).await?);
    }
    let (own, by, mailboxes) = (state.clone(), visitor.agent().id, visitor.mailboxes().map(<[_]>::to_vec));
    let (asking, sent) = (visitor.clone(), typed.clone());
    let letters = state
        .read(move |c| {
            let known = piece::find(c, id)?.ok_or(Error::NotFound)?;
            let ours = chosen(c, &own, &asking, &known, &sent.iter().map(|(id, _)| *id).collect::<Vec<_>>())?;
            // As we wrote it, it is composed when it leaves.
            let letter = |(customer, text): &(CustomerId, String)| {
                let same = ours.iter().any(|(candidate, preview)| candidate.customer.id == *customer && preview.letter.words.trim() == text.trim());
                Letter { customer: *customer, own_words: (!same).then(|| text.trim().to_owned()) }
            };
            Ok(sent.iter().map(letter).collect::<Vec<Letter>>())
        })
        .await?;
    let key = state.key.clone();
    let offered = at_desk::ask(&state, move |tx| desk::offer(tx, &key, id, &letters, mailboxes.as_deref(), by, world::now())).await?;
    let offered = match offered {
        Ok(offered) => offered,
        Err(why) => {
            let page = load(&state, visitor, id, who, typed).await?;
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { complaint: Some(why), ..page });
        }
    };
    tracing::info!(%by, piece = %id, planned = offered.planned.len(), "letters about a piece were planned");
    let mut words = format!("{} planned. Until they leave, they can be held back here.", counted(offered.planned.len() as i64, "mail is", "mails are"));
    for (name, why) in offered.refused.iter().take(3) {
        words.push_str(&format!(" {name} is not told: {why}."));
    }
    Ok(see_saying(&state, &format!("/pieces/{id}#told"), &Said::words(words)))
}

fn wrong(text: &str) -> Option<&'static str> {
    if text.trim().is_empty() {
        return Some("A mail needs its words. To tell this person nothing, go back and take the tick away.");
    }
    if text.chars().count() > TEXT_CHARS_MAX {
        return Some("At most 5,000 characters, please.");
    }
    (!crate::reply_template::placeholders_left(text).is_empty()).then_some("A placeholder is left in it: fill it in, or take it out.")
}
