//! "Start a return": the same form for those who have no link, on the shop's address. It makes a conversation and a return;
//! no letter leaves by itself, because nobody has shown that the address is theirs (PROMISES P24).

use super::form::{again, as_text, in_words, keep_photos, later, photo, today, uploaded};
use super::page::Page;
use super::uploads;
use super::{answers, doubts};
use crate::desk::returns::{self, Sent};
use crate::email::{EmailAddress, NameAddr};
use crate::return_policy::{page as policy_page, version};
use crate::return_request::fact::Facts;
use crate::return_request::fields::{self, OwnField};
use crate::return_request::reading::Found;
use crate::return_request::{link, own_field, upload};
use crate::web::layout::{Plain, page, page_with_status, see};
use crate::web::login::Client;
use crate::web::{Access, Error, Path, Result, Route, State, get, post, session};
use crate::{account, setting, world};
use axum::extract::{FromRequest, Multipart, Query, Request};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        get("/start-a-return", Access::Anyone, begin),
        get("/start-a-return/{token}", Access::Link, show),
        post("/start-a-return/{token}", Access::Link, send).streaming(),
        get("/start-a-return/{token}/photos/{id}", Access::Link, photo),
    ]
}

#[derive(serde::Deserialize)]
struct Wanted {
    lang: Option<String>,
}

const NAME_CHARS_MAX: usize = 100;
/// Base64 of 256 bits: what our own page put there, or something that is none of ours.
const TOKEN_CHARS: usize = 43;

/// A fresh token for this visit: photos are kept under it, and it is used up once the form was sent.
async fn begin(Query(wanted): Query<Wanted>) -> Response {
    let token = world::random_token();
    match wanted.lang.filter(|lang| lang.len() == 2 && lang.chars().all(|c| c.is_ascii_alphabetic())) {
        Some(lang) => see(&format!("/start-a-return/{token}?lang={lang}")),
        None => see(&format!("/start-a-return/{token}")),
    }
}

async fn show(state: State, Path(token): Path<String>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Result<Response> {
    let page_of = blank(&state, &token, &headers, wanted.lang.as_deref()).await?;
    // Whoever comes back to a form that was sent wants another one.
    if is_spent(&state, &token).await? {
        return Ok(see(&format!("/start-a-return?lang={}", page_of.language)));
    }
    page(&page_of)
}

async fn send(state: State, Path(token): Path<String>, Query(wanted): Query<Wanted>, request: Request) -> Result<Response> {
    let mut answer = blank(&state, &token, request.headers(), wanted.lang.as_deref()).await?;
    let (network, now) = (Client::of(&state, &request).network, world::now());
    let own = state.read(|c| Ok(own_field::all(c)?)).await?;
    let body = Multipart::from_request(request, &()).await.map_err(|_| Error::Unreadable)?;
    if let Err(wait) = state.limits.may_send(&network, now) {
        let form = uploads::read_words(&state, body).await?;
        typed(&mut answer, &form, &own);
        answer.complaints = in_words(&form.complaints, answer.language);
        return later(answer, wait);
    }
    let form = uploads::read(&state, body).await?;
    let (found, address) = typed(&mut answer, &form, &own);
    let sent = address.map(|address| Sent {
        from: NameAddr { name: answer.name_typed.clone(), address },
        language: answer.language.into(),
        text: as_text(&answer.lines, &answer.details, answer.language),
        facts: found.clone(),
        photos: Vec::new(),
    });
    if is_spent(&state, &token).await? {
        return sent_already(&state, &token, answer, sent.as_ref()).await;
    }
    answer.complaints = keep_photos(&state, &token, &form, answer.language).await?;
    answer.photos = uploaded(&state, &token).await?;
    let doubts = doubts::of_form(&state, None, &found, form.get(fields::ORDER_NUMBER), answer.photos.len(), today()).await?;
    let judged = !form.only_photos() && !answer.is_wrong() && !doubts.is_new(&form);
    let Some(sent) = sent.filter(|_| judged) else { return again(answer, doubts, &form) };
    // A field that people do not see: what fills it in is no person, and is told that all went well.
    if !form.get("website").is_empty() {
        return Ok(see("/start-a-return"));
    }
    if let Err(wait) = state.limits.may_start(&network, now) {
        return later(answer, wait);
    }
    match submit(&state, &token, sent.clone()).await? {
        Some(shown_by) => Ok(see(&format!("/return/{shown_by}"))),
        None => sent_already(&state, &token, answer, Some(&sent)).await,
    }
}

/// Takes over what was typed; returns what could be understood, and the address.
fn typed(answer: &mut Page, form: &uploads::Form, own: &[OwnField]) -> (Vec<Found>, Option<EmailAddress>) {
    let mut found = answers::answered(&mut answer.lines, |name| form.get(name).to_owned(), own, today());
    answers::ordered_as(&answer.lines, &mut found, form.get("address"));
    answer.details = form.get("details").to_owned();
    answer.name_typed = form.get("name").chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    answer.address_typed = form.get("address").to_owned();
    let address = EmailAddress::parse(&answer.address_typed);
    answer.address_complaint = if address.is_none() { Some("e_address") } else { None };
    (found, address)
}

/// A form that is sent twice leads to what became of its first; other words under the same token need a form of their own.
async fn sent_already(state: &State, token: &str, mut answer: Page, sent: Option<&Sent>) -> Result<Response> {
    if let Some(sent) = sent {
        let shown_by = returns::state_token(&state.key, token, sent);
        let there = shown_by.clone();
        let opened = state.read(move |c| Ok(link::open(c, &there, link::Purpose::Form, world::now())?)).await?;
        if matches!(opened, link::Opened::Valid { .. }) {
            return Ok(see(&format!("/return/{shown_by}")));
        }
    }
    let fresh = world::random_token();
    answer.action = action(&fresh, answer.language);
    answer.photo_base = photo_base(&fresh);
    answer.photos = Vec::new();
    answer.alert = answer.say("sent_already").to_owned();
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &answer)
}

async fn is_spent(state: &State, token: &str) -> Result<bool> {
    let token = token.to_owned();
    state.read(move |c| Ok(link::is_spent(c, &token)?)).await
}

/// Returns the token that shows how it stands; nothing where the form was sent already.
async fn submit(state: &State, token: &str, mut sent: Sent) -> Result<Option<String>> {
    let (now, mine) = (world::now(), token.to_owned());
    let (account, photos) = state.read(move |c| Ok((account::all(c)?.into_iter().next().ok_or(Error::NotFound)?, upload::pictures(c, &mine)?))).await?;
    let shown_by = returns::state_token(&state.key, token, &sent);
    sent.photos = photos;
    let composed = returns::compose_form(&state.key, &account, None, &sent, &world::random_word(), now)?;
    let hash = state.keep(composed.bytes.clone()).await?;
    let (filled_under, opens) = (token.to_owned(), shown_by.clone());
    let started = state.write(move |tx| Ok(returns::started(tx, (&filled_under, &opens), &account, &sent, &composed, hash, now)?)).await?;
    Ok(started.map(|_| shown_by))
}

async fn blank(state: &State, token: &str, headers: &HeaderMap, wanted: Option<&str>) -> Result<Page> {
    if token.len() != TOKEN_CHARS {
        return Err(Error::NotFound);
    }
    let mine = token.to_owned();
    let (own, shop, otherwise, photos, policy) = state
        .read(move |c| {
            let any = account::all(c)?.is_empty();
            if any {
                return Err(Error::NotFound);
            }
            let language = setting::get::<String>(c, setting::LANGUAGE)?.unwrap_or_else(|| "en".into());
            Ok((own_field::all(c)?, setting::shop_name(c)?, language, upload::all(c, &mine)?, version::on_day(c, today())?))
        })
        .await?;
    let language = super::language(headers, wanted, &otherwise);
    let lines = answers::lines(&Facts::default(), &own, &[], language);
    Ok(Page {
        plain: Plain::new(session::theme(headers)),
        shop,
        language,
        action: action(token, language),
        policy: policy.is_some(),
        summary: policy.map(|version| policy_page::summary(&version.policy, language)).unwrap_or_default(),
        address: None,
        name_typed: String::new(),
        address_typed: String::new(),
        address_complaint: None,
        lines,
        details: String::new(),
        photos,
        photo_base: photo_base(token),
        photos_needed: 0,
        complaints: Vec::new(),
        alert: String::new(),
        doubted_order: String::new(),
        doubted_photos: false,
    })
}

fn action(token: &str, language: &str) -> String {
    format!("/start-a-return/{token}?lang={language}")
}

fn photo_base(token: &str) -> String {
    format!("/start-a-return/{token}/photos")
}
