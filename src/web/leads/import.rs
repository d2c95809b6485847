//! A file of leads: shown line by line before anything is written, with what will happen and why. The preview carries the file, so that
//! nobody chooses it twice.

use crate::consent::Purpose;
use crate::desk::leads::{self, Agreement, Fate, Imported, Planned};
use crate::lead::table;
use crate::web::layout::{Shell, page, page_with_status, see_saying};
use crate::web::order_table;
use crate::web::present::{Clock, counted, country, grouped, language, visible};
use crate::web::{Access, Error, Fields, Result, Route, Said, State, Visitor, get, post};
use crate::world;
use askama::Template;
use axum::extract::Multipart;
use axum::http::StatusCode;
use axum::response::Response;

const HERE: &str = "/leads/import";
/// Lines shown one by one; those that lack something come first, of the others the number says enough.
const LINES_SHOWN: usize = 200;
/// A file's name as it is kept with each of its leads.
const NAME_CHARS_MAX: usize = 80;

pub fn routes() -> Vec<Route> {
    vec![get(HERE, Access::Owner, show), post(HERE, Access::Owner, take).with_files()]
}

#[derive(Template)]
#[template(path = "leads/import.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    complaint: Option<String>,
    preview: Option<Preview>,
    lines_max: String,
}

struct Preview {
    file: String,
    /// All of it, to be sent again.
    table: String,
    /// "2 new, 1 joins somebody known, 1 left out".
    words: String,
    button: Option<String>,
    lines: Vec<LineView>,
    /// "and 12 more lines"
    more: Option<String>,
}

struct LineView {
    line: u64,
    who: String,
    facts: Vec<String>,
    class: &'static str,
    fate: String,
    /// Whom it joins.
    href: Option<String>,
    consents: Vec<String>,
    left_out: Vec<String>,
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor, None, None).await?)
}

async fn load(state: &State, visitor: Visitor, complaint: Option<String>, preview: Option<Preview>) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            Ok(Page { shell: Shell::read(c, &own, &visitor, "leads")?, tab: "segments", complaint, preview, lines_max: grouped(table::LINES_MAX as i64) })
        })
        .await
}

async fn take(state: State, visitor: Visitor, clock: Clock, fields: Fields, multipart: Multipart) -> Result<Response> {
    let again = fields.text("table");
    let (name, text) = if again.is_empty() { order_table::file(multipart).await? } else { (fields.get("name").to_owned(), again) };
    let file: String = name.chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect();
    if text.trim().is_empty() {
        return wrong(&state, visitor, "Choose a CSV file.".into()).await;
    }
    let rows = match table::read(&text) {
        Ok(rows) if rows.is_empty() => return wrong(&state, visitor, "The file has no line below the names of its columns.".into()).await,
        Ok(rows) => rows,
        Err(why) => return wrong(&state, visitor, why).await,
    };
    let key = state.key.clone();
    if fields.has("sure") {
        let by = visitor.agent().id;
        let done = state.write(move |tx| Ok::<_, Error>(leads::import(tx, &key, &rows, &file, by, world::now())?)).await?;
        return Ok(see_saying(&state, "/leads?q=source%3Aimport", &Said::words(done_words(&done))));
    }
    let preview = state.read(move |c| Ok(preview(&leads::import_plan(c, &key, &rows, clock.now())?, file, text))).await?;
    page(&load(&state, visitor, None, Some(preview)).await?)
}

async fn wrong(state: &State, visitor: Visitor, complaint: String) -> Result<Response> {
    page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &load(state, visitor, Some(visible(&complaint)), None).await?)
}

fn done_words(done: &Imported) -> String {
    let mut words = format!("{} new", counted(done.new as i64, "lead is", "leads are"));
    words.push_str(&format!(
        ", {} known already, {} taken",
        counted(done.joined as i64, "line was of somebody", "lines were of people"),
        counted(done.consents as i64, "consent was", "consents were")
    ));
    if done.refused > 0 {
        words.push_str(&format!(", {} left out", counted(done.refused as i64, "line was", "lines were")));
    }
    words + "."
}

fn preview(plan: &[Planned], file: String, table: String) -> Preview {
    let n = |of: fn(&Fate) -> bool| plan.iter().filter(|planned| of(&planned.fate)).count() as i64;
    let (new, joins) = (n(|fate| *fate == Fate::New), n(|fate| matches!(fate, Fate::Joins(..) | Fate::SameAs(_))));
    let refused = plan.len() as i64 - new - joins;
    let taken = plan.iter().flat_map(|planned| &planned.agreements).filter(|(_, agreement)| *agreement == Agreement::Taken).count() as i64;
    let mut lines: Vec<&Planned> = plan.iter().collect();
    lines.sort_by_key(|planned| !is_odd(planned));
    Preview {
        words: format!(
            "{} new, {} joined to somebody known, {} left out; {} taken with proof.",
            counted(new, "lead is", "leads are"),
            counted(joins, "line is", "lines are"),
            counted(refused, "line is", "lines are"),
            counted(taken, "consent is", "consents are")
        ),
        button: (new + joins > 0).then(|| format!("Import {}", counted(new + joins, "line", "lines"))),
        more: (lines.len() > LINES_SHOWN).then(|| counted((lines.len() - LINES_SHOWN) as i64, "more line", "more lines")),
        lines: lines.into_iter().take(LINES_SHOWN).map(view).collect(),
        file: visible(&file),
        table,
    }
}

/// Somebody should look at it.
fn is_odd(planned: &Planned) -> bool {
    let lacks = |agreement: &Agreement| matches!(agreement, Agreement::Lacks(_) | Agreement::Stopped);
    matches!(planned.fate, Fate::Refused(_) | Fate::SameAs(_))
        || !planned.row.left_out.is_empty()
        || planned.agreements.iter().any(|(_, agreement)| lacks(agreement))
}

fn view(planned: &Planned) -> LineView {
    let row = planned.row;
    let (class, fate, href) = match &planned.fate {
        Fate::New => ("is-good", "new".to_owned(), None),
        Fate::Joins(id, name) => ("is-act", format!("joins {}: the same address", visible(name)), Some(format!("/leads/{id}"))),
        Fate::SameAs(line) => ("is-wait", format!("the same address as line {line}: both become one"), None),
        Fate::Refused(why) => ("is-bad", format!("left out: {}", visible(why)), None),
    };
    let address = row.address.as_ref().map_or(String::new(), ToString::to_string);
    let name = visible(&row.name);
    let mut facts: Vec<String> = row.language.iter().map(|code| visible(language(code))).chain(row.country.iter().map(|code| visible(country(code)))).collect();
    facts.extend(row.interests.iter().map(super::view::shown));
    LineView {
        line: row.line,
        who: [name, visible(&address)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "),
        facts,
        class,
        fate,
        href,
        consents: planned.agreements.iter().map(|(purpose, agreement)| consent_words(*purpose, agreement)).collect(),
        left_out: row.left_out.iter().map(|words| visible(words)).collect(),
    }
}

fn consent_words(purpose: Purpose, agreement: &Agreement) -> String {
    let purpose = purpose.words();
    match agreement {
        Agreement::Taken => format!("consent to {purpose} is taken"),
        Agreement::Already => format!("consent to {purpose} is known already"),
        Agreement::Lacks(what) => format!("no consent to {purpose}: {} {} missing", what.join(" and "), if what.len() > 1 { "are" } else { "is" }),
        Agreement::Stopped => format!("no consent to {purpose}: this address said stop, and only they can take that back"),
    }
}
