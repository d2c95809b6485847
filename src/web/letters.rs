//! The wording of the letters that Restante writes, about returns and afterwards: by purpose and language, ours shown until the owner says it better.

use super::ask::Ask;
use super::layout::{Shell, page, page_with_status, see_saying};
use super::present;
use super::said::Said;
use super::{Access, Error, Fields, Path, Result, Route, State, Visitor, get, post};
use crate::reply_template::{self, Facts, FollowUpFacts, Purpose, ReturnFacts};
use crate::return_request::fields::{DELIVERED_ON, ITEM, ORDER_NUMBER, OwnField, REASON, WISH};
use crate::return_request::{LANGUAGES, own_field, words};
use crate::{setting, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        get("/settings/letters", Access::Owner, list),
        get("/settings/letters/{purpose}", Access::Owner, edit),
        post("/settings/letters/{purpose}", Access::Owner, save),
    ]
}

/// Code and name of a language, and whether it is the one shown.
type Languages = Vec<(&'static str, &'static str, bool)>;

#[derive(Template)]
#[template(path = "letters/list.html")]
struct List {
    shell: Shell,
    tab: &'static str,
    language: &'static str,
    languages: Languages,
    letters: Vec<Row>,
}

struct Row {
    code: &'static str,
    words: &'static str,
    /// The owner's wording.
    own: bool,
    begins: String,
}

#[derive(Template)]
#[template(path = "letters/show.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    code: &'static str,
    words: &'static str,
    language: &'static str,
    languages: Languages,
    text: String,
    /// What Restante comes with, where the owner's words stand above.
    ours: Option<&'static str>,
    complaints: Vec<String>,
    preview: Option<String>,
    placeholders: Vec<&'static (&'static str, &'static str)>,
}

async fn list(state: State, visitor: Visitor, ask: Ask) -> Result<Response> {
    let own = state.clone();
    let found = state.read(move |c| {
        let language = language(ask.get("language"));
        let reworded = reply_template::reworded(c)?;
        let row = |purpose: &Purpose| {
            let text = reply_template::for_purpose(c, *purpose, language)?;
            let own = reworded.iter().any(|(known, of)| known == purpose && of == language);
            // The greeting is the same everywhere.
            let begins = text.lines().skip(1).find(|line| !line.trim().is_empty()).unwrap_or(&text).to_owned();
            Ok(Row { code: purpose.code(), words: purpose.words(), own, begins })
        };
        let letters = Purpose::ALL.iter().map(row).collect::<Result<Vec<Row>>>()?;
        Ok(List { shell: Shell::read(c, &own, &visitor, "settings")?, tab: "letters", language, languages: languages(language), letters })
    });
    page(&found.await?)
}

async fn edit(state: State, visitor: Visitor, ask: Ask, Path(purpose): Path<String>) -> Result<Response> {
    page(&load(&state, visitor, &purpose, ask.get("language")).await?)
}

async fn load(state: &State, visitor: Visitor, purpose: &str, wanted: &str) -> Result<Page> {
    let purpose = Purpose::from_code(purpose).ok_or(Error::NotFound)?;
    let (own, language) = (state.clone(), language(wanted));
    state
        .read(move |c| {
            let (reworded, ours) = (reply_template::own_for_purpose(c, purpose, language)?, reply_template::ready(purpose, language));
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "settings")?,
                tab: "letters",
                code: purpose.code(),
                words: purpose.words(),
                language,
                languages: languages(language),
                ours: reworded.is_some().then_some(ours),
                text: reworded.unwrap_or_else(|| ours.to_owned()),
                complaints: Vec::new(),
                preview: None,
                placeholders: purpose.placeholders().collect(),
            })
        })
        .await
}

/// Saves, or only shows how it would read. Nothing typed, or our own words, is ours again.
async fn save(state: State, visitor: Visitor, Path(code): Path<String>, fields: Fields) -> Result<Response> {
    let (by, text) = (visitor.agent().id, fields.text("text"));
    let shown = load(&state, visitor, &code, fields.get("language")).await?;
    let (purpose, language) = (Purpose::from_code(&code).ok_or(Error::NotFound)?, shown.language);
    let ours = reply_template::ready(purpose, language);
    let wanted = if text.trim() == ours { String::new() } else { text.trim_end().to_owned() };
    let complaints = if wanted.is_empty() { Vec::new() } else { reply_template::mistakes(purpose, &wanted) };
    let preview = fields.get("do") == "preview";
    if preview || !complaints.is_empty() {
        let said = if wanted.is_empty() { ours } else { &wanted };
        let filled = reply_template::fill(said, &sample(&state, language).await?).0;
        let status = if complaints.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
        return page_with_status(status, &Page { preview: Some(filled), text, complaints, ..shown });
    }
    let again = wanted.is_empty();
    state.write(move |tx| Ok(reply_template::save_for_purpose(tx, purpose, language, &wanted, by, world::now())?)).await?;
    let words = format!("“{}” in {} {}.", purpose.words(), present::language(language), if again { "is ours again" } else { "is saved" });
    Ok(see_saying(&state, &format!("/settings/letters?language={language}"), &Said::words(words)))
}

/// An invented return, in the words of `language`.
async fn sample(state: &State, language: &'static str) -> Result<Facts> {
    let (shop, own, url) = state.read(|c| Ok((setting::shop_name(c)?, own_field::all(c)?, setting::get::<String>(c, setting::PUBLIC_URL)?))).await?;
    let (item, reason) = ("“Low Tide” giclée, 50×70", words::choice(REASON, "damaged", language));
    let known = [(ORDER_NUMBER, "AT-10482"), (ITEM, item), (REASON, reason), (WISH, words::choice(WISH, "refund", language))];
    let needed: Vec<&str> = [ORDER_NUMBER, DELIVERED_ON].into_iter().chain(own.iter().filter(|field| field.required).map(key)).collect();
    Ok(Facts {
        name: Some("Mara".into()),
        order: Some("AT-10482".into()),
        shop: Some(shop),
        of_return: ReturnFacts {
            name: Some("R-0192".into()),
            item: Some(item.into()),
            reason: Some(reason.into()),
            amount: Some("€68.00".into()),
            facts: Some(known.map(|(field, value)| format!("{}: {value}", words::label(field, language))).join("\n")),
            details: Some(words::lines_to_fill(&needed, &own, language).trim_end().to_owned()),
            link: Some(format!("{}/return/…", url.as_deref().unwrap_or(&state.public_url))),
            policy: Some("damaged, day 4 of 14, 2 photos".into()),
            ship_by: Some("2026-12-09".into()),
        },
        of_follow_up: FollowUpFacts {
            piece: Some("“Ebb”".into()),
            artist: Some("Ida Holm".into()),
            size: Some("50 × 70 cm".into()),
            price: Some("€240.00".into()),
            about: Some("Oil on linen, the sea in October.".into()),
            code: Some("THANKS-7K3M".into()),
            worth: Some("10 %".into()),
            valid_until: Some(words::day(jiff::civil::date(2026, 12, 31), language)),
        },
        ..Facts::default()
    })
}

fn key(field: &OwnField) -> &str {
    &field.key
}

fn language(wanted: &str) -> &'static str {
    LANGUAGES.iter().copied().find(|known| *known == wanted).unwrap_or(LANGUAGES[0])
}

fn languages(shown: &str) -> Languages {
    LANGUAGES.iter().map(|code| (*code, present::language(code), *code == shown)).collect()
}
