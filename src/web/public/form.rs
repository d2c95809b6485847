//! A return's form behind its link, and after that, at the same address, how the return stands. The link is mailed to whom
//! it is for, works once, and does nothing by being looked at (PROMISES P65).

use super::answers::{self, Line};
use super::doubts::{self, Doubts};
use super::limits::MINUTE;
use super::opened::{Opened, open};
use super::page::{Page, form_page, state_page};
use super::uploads;
use crate::desk::returns::{self, Sent};
use crate::return_request::fields;
use crate::return_request::reading::Found;
use crate::return_request::upload::{self, Upload};
use crate::return_request::words;
use crate::web::layout::{Plain, page, page_with_status, see};
use crate::web::login::Client;
use crate::web::{Access, Error, Path, Result, Route, State, get, post, session};
use crate::{account, world};
use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use jiff::civil::Date;

pub fn routes() -> Vec<Route> {
    vec![
        get("/return/{token}", Access::Link, show),
        post("/return/{token}", Access::Link, send).streaming(),
        get("/return/{token}/photos/{id}", Access::Link, photo),
        post("/return/{token}/more", Access::Link, more),
    ]
}

async fn show(state: State, Path(token): Path<String>, headers: HeaderMap) -> Result<Response> {
    let opened = open(&state, &token).await?;
    let plain = Plain::new(session::theme(&headers));
    if !opened.asks {
        return page(&state_page(plain, &token, &opened));
    }
    let lines = answers::lines(&opened.standing.facts, &opened.own, &opened.standing.missing, opened.language);
    let number = lines.iter().find(|line| line.name == fields::ORDER_NUMBER).map(|line| line.value.clone()).unwrap_or_default();
    let doubts = doubts::of_form(&state, Some(opened.standing.clone()), &[], &number, 0, today()).await?;
    let mut shown = form_page(plain, &token, opened, lines);
    doubts.show(&mut shown);
    page(&shown)
}

async fn send(state: State, Path(token): Path<String>, request: Request) -> Result<Response> {
    let plain = Plain::new(session::theme(request.headers()));
    let may_send = state.limits.may_send(&Client::of(&state, &request).network, world::now());
    let opened = open(&state, &token).await?;
    if !opened.asks {
        return Ok(see(&format!("/return/{token}")));
    }
    let body = Multipart::from_request(request, &()).await.map_err(|_| Error::Unreadable)?;
    let mut lines = answers::lines(&opened.standing.facts, &opened.own, &opened.standing.missing, opened.language);
    if let Err(wait) = may_send {
        let form = uploads::read_words(&state, body).await?;
        answers::answered(&mut lines, |name| form.get(name).to_owned(), &opened.own, today());
        let mut page = form_page(plain, &token, opened, lines);
        (page.details, page.complaints) = (form.get("details").to_owned(), in_words(&form.complaints, page.language));
        return later(page, wait);
    }
    let form = uploads::read(&state, body).await?;
    let mut found = answers::answered(&mut lines, |name| form.get(name).to_owned(), &opened.own, today());
    answers::ordered_as(&lines, &mut found, opened.customer.address.as_str());
    let complaints = keep_photos(&state, &token, &form, opened.language).await?;
    let uploads = uploaded(&state, &token).await?;
    let photos = uploads.len() + opened.standing.photos;
    let doubts = doubts::of_form(&state, Some(opened.standing.clone()), &found, form.get(fields::ORDER_NUMBER), photos, today()).await?;
    let mut page = form_page(plain, &token, Opened { uploads, ..opened.clone() }, lines);
    (page.details, page.complaints) = (form.get("details").to_owned(), complaints);
    if form.only_photos() || page.is_wrong() || doubts.is_new(&form) {
        return again(page, doubts, &form);
    }
    submit(&state, &token, opened, found, &page.lines, &page.details).await?;
    Ok(see(&format!("/return/{token}")))
}

/// From the page that says what lacks to a form that takes it.
async fn more(state: State, Path(token): Path<String>) -> Result<Response> {
    open(&state, &token).await?;
    let (key, sent_under) = (state.key.clone(), token.clone());
    let fresh = state.write(move |tx| Ok(returns::form_again(tx, &key, &sent_under, world::now())?)).await?;
    Ok(see(&format!("/return/{}", fresh.unwrap_or(token))))
}

/// The form once more, as it was typed.
pub fn again(mut page: Page, doubts: Doubts, form: &uploads::Form) -> Result<Response> {
    if form.only_photos() {
        page.judge_nothing();
        doubts.keep(&mut page, form);
    } else {
        doubts.say(&mut page, form);
        page.alert = page.say("fix").to_owned();
    }
    let status = if page.alert.is_empty() && page.complaints.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    page_with_status(status, &page)
}

async fn submit(state: &State, token: &str, opened: Opened, facts: Vec<Found>, lines: &[Line], details: &str) -> Result<()> {
    let (id, now, key, mine) = (opened.standing.request.id, world::now(), state.key.clone(), token.to_owned());
    let text = as_text(lines, details, opened.language);
    let (account, photos) =
        state.read(move |c| Ok((account::find(c, opened.standing.request.mailbox_id)?.ok_or(Error::NotFound)?, upload::pictures(c, &mine)?))).await?;
    let sent = Sent { from: opened.customer, language: opened.language.into(), text, facts, photos };
    let composed = returns::compose_form(&key, &account, Some((&opened.standing.request, &opened.subject)), &sent, &world::random_word(), now)?;
    let hash = state.keep(composed.bytes.clone()).await?;
    let token = token.to_owned();
    // The second of two who send at once finds the link used: what came first counts, and the page says how it stands.
    state.write(move |tx| Ok(returns::answered_form(tx, &token, id, &sent, &composed, hash, now)?)).await?;
    Ok(())
}

/// Remembers new photos and forgets those that were taken out; returns what was wrong with them, in words.
pub async fn keep_photos(state: &State, token: &str, form: &uploads::Form, language: &'static str) -> Result<Vec<String>> {
    let dropped: Vec<i64> = form.dropped().collect();
    let (mine, new) = (token.to_owned(), form.photos.clone());
    let mut complaints: Vec<(&'static str, String)> = form.complaints.clone();
    let too_many: Vec<String> = state
        .write(move |tx| {
            let now = world::now();
            dropped.iter().try_for_each(|id| upload::remove(tx, &mine, *id))?;
            let mut too_many = Vec::new();
            for (name, picture) in &new {
                if !upload::add(tx, &mine, name, picture, now)? {
                    too_many.push(name.clone());
                }
            }
            Ok::<_, Error>(too_many)
        })
        .await?;
    complaints.extend(too_many.into_iter().map(|name| ("e_many", name)));
    Ok(in_words(&complaints, language))
}

/// What was wrong with photos, each with its name.
pub fn in_words(complaints: &[(&'static str, String)], language: &str) -> Vec<String> {
    complaints.iter().map(|(phrase, name)| words::form(phrase, language).replace("{name}", name)).collect()
}

/// Too many forms came from there: this one comes back as it was typed, and says when to send it again (RFC 6585 4).
pub fn later(mut page: Page, wait: i64) -> Result<Response> {
    let minutes = (wait + MINUTE - 1) / MINUTE;
    page.alert = page.say("later").replace("{n}", &minutes.to_string());
    page.judge_nothing();
    let mut response = page_with_status(StatusCode::TOO_MANY_REQUESTS, &page)?;
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(minutes * MINUTE / 1000));
    Ok(response)
}

pub async fn uploaded(state: &State, token: &str) -> Result<Vec<Upload>> {
    let token = token.to_owned();
    state.read(move |c| Ok(upload::all(c, &token)?)).await
}

/// A photo that is here already, for whoever holds the link.
pub async fn photo(state: State, Path((token, id)): Path<(String, i64)>) -> Result<Response> {
    let picture = state.read(move |c| upload::picture(c, &token, id)?.ok_or(Error::NotFound)).await?;
    let mut response = Response::new(Body::from(picture));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    Ok(response)
}

pub fn today() -> Date {
    jiff::Timestamp::from_millisecond(world::now()).unwrap_or_default().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// The answers as a letter would say them.
pub fn as_text(lines: &[Line], details: &str, language: &str) -> String {
    let shown = |line: &Line| {
        let value = line.choices.iter().find(|(code, _)| *code == line.value).map_or(line.value.trim(), |(_, words)| words);
        (!value.is_empty() && line.asked).then(|| format!("{} {value}", line.label.trim_end_matches(':')))
    };
    let has_none = lines.iter().any(|line| line.none == Some(true)).then(|| words::form("no_number", language).to_owned());
    let mut text = has_none.into_iter().chain(lines.iter().filter_map(shown)).collect::<Vec<_>>().join("\n");
    if !details.trim().is_empty() {
        text.push_str(&format!("\n\n{}:\n{}", words::form("details", language), details.trim()));
    }
    text
}
