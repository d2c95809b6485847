//! "Start a return": the same form for those who have no link, on the shop's address. It makes a conversation and a return;
//! no letter leaves by itself, because nobody has shown that the address is theirs (PROMISES P24).

use super::answers;
use super::form::{as_text, keep_photos, photo, today, uploaded};
use super::page::Page;
use super::uploads;
use crate::desk::returns::{self, Sent};
use crate::email::{EmailAddress, NameAddr};
use crate::return_policy::{page as in_words, version};
use crate::return_request::fact::Facts;
use crate::return_request::{own_field, upload};
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

/// A fresh token for this visit: photos are kept under it, and afterwards it shows how the return stands.
async fn begin(Query(wanted): Query<Wanted>) -> Response {
    let token = world::random_token();
    match wanted.lang.filter(|lang| lang.len() == 2 && lang.chars().all(|c| c.is_ascii_alphabetic())) {
        Some(lang) => see(&format!("/start-a-return/{token}?lang={lang}")),
        None => see(&format!("/start-a-return/{token}")),
    }
}

async fn show(state: State, Path(token): Path<String>, Query(wanted): Query<Wanted>, headers: HeaderMap) -> Result<Response> {
    page(&blank(&state, &token, &headers, wanted.lang.as_deref()).await?)
}

async fn send(state: State, Path(token): Path<String>, Query(wanted): Query<Wanted>, request: Request) -> Result<Response> {
    let mut answer = blank(&state, &token, request.headers(), wanted.lang.as_deref()).await?;
    let (network, now) = (Client::of(&state, &request).network, world::now());
    if !state.limits.may_send(&network, now) {
        return Err(Error::TooMany);
    }
    let form = uploads::read(&state, Multipart::from_request(request, &()).await.map_err(|_| Error::Unreadable)?).await?;
    let own = state.read(|c| Ok(own_field::all(c)?)).await?;
    let found = answers::answered(&mut answer.lines, |name| form.get(name).to_owned(), &own, today());
    answer.complaints = keep_photos(&state, &token, &form, answer.language).await?;
    answer.photos = uploaded(&state, &token).await?;
    answer.details = form.get("details").to_owned();
    answer.name_typed = form.get("name").chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    answer.address_typed = form.get("address").to_owned();
    let address = EmailAddress::parse(&answer.address_typed);
    answer.address_complaint = if address.is_none() { Some("e_address") } else { None };
    let only_photos = form.only_photos();
    let (Some(address), false) = (address, only_photos) else { return again(answer, only_photos) };
    if !answer.complaints.is_empty() || answer.lines.iter().any(|line| line.complaint.is_some()) {
        return again(answer, false);
    }
    // A field that people do not see: what fills it in is no person, and is told that all went well.
    if !form.get("website").is_empty() {
        return Ok(see("/start-a-return"));
    }
    if !state.limits.may_start(&network, now) {
        return Err(Error::TooMany);
    }
    let text = as_text(&answer.lines, &answer.details, answer.language);
    let from = NameAddr { name: answer.name_typed.clone(), address };
    let shown_by = submit(&state, &token, Sent { from, language: answer.language.into(), text, facts: found, photos: Vec::new() }).await?;
    Ok(see(&format!("/return/{shown_by}")))
}

fn again(mut answer: Page, only_photos: bool) -> Result<Response> {
    if only_photos {
        answer.lines.iter_mut().for_each(|line| line.complaint = None);
        answer.address_complaint = None;
    }
    answer.fix = !only_photos;
    let status = if only_photos && answer.complaints.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with_status(status, &answer)
}

/// Returns the token that shows how it stands.
async fn submit(state: &State, token: &str, mut sent: Sent) -> Result<String> {
    let (now, mine) = (world::now(), token.to_owned());
    let (account, photos) = state.read(move |c| Ok((account::all(c)?.into_iter().next().ok_or(Error::NotFound)?, upload::pictures(c, &mine)?))).await?;
    sent.photos = photos;
    let composed = returns::compose_form(&state.key, &account, None, &sent, &world::random_word(), now)?;
    let hash = state.keep(composed.bytes.clone()).await?;
    let (filled_under, fresh) = (token.to_owned(), world::random_token());
    let token = fresh.clone();
    state.write(move |tx| Ok(returns::started(tx, (&filled_under, &token), &account, &sent, &composed, hash, now)?)).await?;
    Ok(fresh)
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
        action: format!("/start-a-return/{token}?lang={language}"),
        policy: policy.is_some(),
        summary: policy.map(|version| in_words::summary(&version.policy, language)).unwrap_or_default(),
        address: None,
        name_typed: String::new(),
        address_typed: String::new(),
        address_complaint: None,
        lines,
        details: String::new(),
        photos,
        photo_base: format!("/start-a-return/{token}/photos"),
        complaints: Vec::new(),
        fix: false,
    })
}
