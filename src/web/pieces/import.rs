//! The other ways in which pieces are entered: a table, with a preview of what it will do; a program with a key; a mail.

use crate::desk::pieces::{self as desk, MailSettings, Verdict};
use crate::email::EmailAddress;
use crate::piece::json::News;
use crate::piece::{self, Source, table};
use crate::web::layout::{page_with_status, see_saying};
use crate::web::present::{counted, visible};
use crate::web::public::uploads::bytes_of;
use crate::web::{Access, Error, Fields, Result, Route, Said, Shell, State, Visitor, get, page, post};
use crate::{setting, world};
use askama::Template;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::response::Response;

/// Lines of each kind that are shown one by one; of more, the number says enough.
const SHOWN: usize = 200;
const SENDERS_MAX: usize = 20;

pub fn routes() -> Vec<Route> {
    vec![
        get("/pieces/import", Access::Agent, show),
        post("/pieces/import", Access::Agent, preview).streaming(),
        post("/pieces/import/lines", Access::Agent, take).with_files(),
        post("/pieces/mail-address", Access::Owner, name_address),
    ]
}

#[derive(Template)]
#[template(path = "pieces/import.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    complaint: Option<String>,
    lines: Option<Lines>,
    /// Where programs post pieces.
    address: String,
    mail: String,
    senders: String,
    mail_complaint: Option<String>,
}

/// What a table will do, before it does.
struct Lines {
    /// The table, to come back with the confirmation.
    text: String,
    heading: String,
    may_be_taken: bool,
    add: Vec<(u64, String, String)>,
    change: Vec<(u64, String, String)>,
    refuse: Vec<(u64, String, String)>,
    same: usize,
    more: usize,
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor).await?)
}

async fn load(state: &State, visitor: Visitor) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let mail = desk::mail_settings(c).map_err(Error::from)?.unwrap_or_default();
            Ok(Page {
                shell: Shell::read(c, &own, &visitor, "leads")?,
                tab: "pieces",
                complaint: None,
                lines: None,
                address: format!("{}/api/pieces", own.public_url),
                mail: mail.address,
                senders: mail.senders.join("\n"),
                mail_complaint: None,
            })
        })
        .await
}

async fn preview(state: State, visitor: Visitor, request: Request) -> Result<Response> {
    let page = load(&state, visitor.clone()).await?;
    let read = file(&visitor, request).await?.and_then(|bytes| {
        if table::is_no_text(&bytes) {
            return Err("This is no CSV file. Save your table as CSV (a spreadsheet’s “Save as”, or your shop’s product export), and choose that file.".into());
        }
        let text = table::text_of(&bytes);
        Ok((table::read(&text)?, text))
    });
    match read {
        Ok((read, text)) => {
            let lines = state.read(move |c| told(c, text, &read)).await?;
            page_with_status(StatusCode::OK, &Page { lines: Some(lines), ..page })
        }
        Err(complaint) => page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { complaint: Some(complaint), ..page }),
    }
}

/// What becomes of each line.
fn told(c: &crate::database::Reader, text: String, read: &table::Table) -> Result<Lines> {
    let currency = piece::usual_currency(c)?;
    let left_out = read.left_out.iter().map(|(line, why)| (*line, String::new(), why.clone())).collect();
    let mut lines = Lines { text, heading: String::new(), may_be_taken: false, add: Vec::new(), change: Vec::new(), refuse: left_out, same: 0, more: 0 };
    for (line, news) in &read.rows {
        let title = visible(if news.typed.title.is_empty() { &news.typed.sku } else { &news.typed.title });
        match desk::preview(c, news, currency).map_err(Error::from)? {
            Verdict::Add(said) => {
                let price = said.price.map(|price| price.to_string()).unwrap_or_default();
                let sold = if said.quantity == 0 { "sold".to_owned() } else { String::new() };
                let facts = [visible(&said.artist), said.size.clone(), price, sold];
                lines.add.push((*line, title, facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(", ")));
            }
            Verdict::Change(_, _, fields) if fields.is_empty() => lines.same += 1,
            Verdict::Change(_, said, fields) => {
                let sold = if said.quantity == 0 { " (sold)" } else { "" };
                lines.change.push((*line, title, format!("{}{sold}", fields.join(", "))));
            }
            Verdict::Refuse(complaints) => {
                lines.refuse.push((*line, title, complaints.into_iter().map(|(field, words)| format!("{field}: {words}")).collect::<Vec<_>>().join(" ")));
            }
        }
    }
    lines.heading = format!(
        "{} will be added, {} changed, {} left out",
        counted(lines.add.len() as i64, "piece", "pieces"),
        lines.change.len(),
        counted(lines.refuse.len() as i64, "line", "lines")
    );
    lines.may_be_taken = !lines.add.is_empty() || !lines.change.is_empty();
    for shown in [&mut lines.add, &mut lines.change, &mut lines.refuse] {
        lines.more += shown.len().saturating_sub(SHOWN);
        shown.truncate(SHOWN);
    }
    Ok(lines)
}

async fn take(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let text = fields.text("table");
    let by = visitor.agent().id;
    let read = match table::read(&text) {
        Ok(read) => read,
        Err(complaint) => {
            let page = load(&state, visitor).await?;
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { complaint: Some(complaint), ..page });
        }
    };
    let entered = state
        .write(move |tx| {
            let news: Vec<News> = read.rows.into_iter().map(|(_, news)| news).collect();
            let taken = desk::take(tx, &news, Source::Csv, piece::usual_currency(tx)?, Some(by), world::now()).map_err(Error::from)?;
            Ok(taken.0)
        })
        .await?;
    let words = format!("{} added, {} changed.", counted(entered.added.len() as i64, "piece was", "pieces were"), entered.changed.len());
    Ok(see_saying(&state, "/pieces", &Said::words(words)))
}

async fn name_address(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let (mail, senders) = (fields.get("address").to_owned(), fields.text("senders"));
    let lines: Vec<&str> = senders.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let odd = lines.iter().copied().chain((!mail.is_empty()).then_some(mail.as_str())).find(|line| EmailAddress::parse(line).is_none());
    let complaint = match odd {
        Some(odd) => Some(format!("“{odd}” is no mail address: write it like pieces@shop.example.")),
        None if lines.len() > SENDERS_MAX => Some(format!("There may be {SENDERS_MAX} senders.")),
        None => None,
    };
    if complaint.is_some() {
        let page = load(&state, visitor).await?;
        return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { mail, senders, mail_complaint: complaint, ..page });
    }
    let settings = MailSettings { address: mail, senders: lines.into_iter().map(str::to_owned).collect() };
    let by = Some(visitor.agent().id);
    state.write(move |tx| Ok(setting::set(tx, setting::PIECE_MAIL, &settings, by, world::now())?)).await?;
    Ok(see_saying(&state, "/pieces/import", &Said::words("Saved.")))
}

/// The file of the form, once its token is that of this session; in words what is wrong with it.
async fn file(visitor: &Visitor, request: Request) -> Result<Result<Vec<u8>, String>> {
    let mut parts = Multipart::from_request(request, &()).await.map_err(|_| Error::Unreadable)?;
    let (mut token, mut read, mut found) = (String::new(), 0, None);
    while let Some(mut field) = parts.next_field().await.map_err(|_| Error::Unreadable)? {
        let is_file = field.file_name().is_some();
        let name = field.name().unwrap_or_default().to_owned();
        let (bytes, too_large) = bytes_of(&mut field, if is_file { table::BYTES_MAX } else { 4_096 }, &mut read).await?;
        if is_file {
            found = found.or(Some((bytes, too_large)));
        } else if name == "csrf" {
            token = String::from_utf8_lossy(&bytes).into_owned();
        }
    }
    if !visitor.knows(&token) {
        return Err(Error::StaleForm { kept: Vec::new() });
    }
    Ok(match found {
        Some((_, true)) => Err("This file is larger than 8 MB: a table of pieces is not. Leave out columns, or split it.".into()),
        Some((bytes, false)) if !bytes.is_empty() => Ok(bytes),
        _ => Err("Choose the file first.".into()),
    })
}
