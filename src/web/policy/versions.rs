//! Versions of the policy: publishing the draft as one, and reading what held.

use super::{DRAFT, HERE, VersionView, draft as draft_page, publish, view};
use crate::return_policy::page::{self as in_words, Said as Clause};
use crate::return_policy::{check, draft, version};
use crate::web::layout::{Shell, page, page_with_status, see, see_saying};
use crate::web::present::{Clock, When};
use crate::web::public::{day, today};
use crate::web::{Access, Error, Fields, Path, Result, Route, Said, State, Visitor, get, post};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::civil::Date;

pub fn routes() -> Vec<Route> {
    vec![post("/settings/policy/versions", Access::Owner, add), get("/settings/policy/versions/{id}", Access::Owner, show)]
}

/// A few sentences.
const NOTE_CHARS_MAX: usize = 500;
/// A policy for the time after that is a slip of the pen.
const AHEAD_DAYS_MAX: i64 = 3 * 366;

/// The form that publishes, with what is wrong in it.
#[derive(Clone, Default)]
pub struct Publishing {
    pub day: String,
    pub day_wrong: Option<&'static str>,
    pub note: String,
    pub note_wrong: Option<&'static str>,
    /// Of the draft as a whole.
    pub wrong: Option<&'static str>,
}

impl Publishing {
    pub fn new(today: Date) -> Publishing {
        Publishing { day: today.to_string(), ..Publishing::default() }
    }

    fn is_wrong(&self) -> bool {
        self.day_wrong.or(self.note_wrong).or(self.wrong).is_some()
    }
}

#[derive(Template)]
#[template(path = "settings/policy_version.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    version: VersionView,
    published: When,
    clauses: Vec<Clause>,
}

async fn show(state: State, visitor: Visitor, clock: Clock, Path(id): Path<i64>) -> Result<Response> {
    let own = state.clone();
    let found = state
        .read(move |c| {
            let found = version::find(c, id)?.ok_or(Error::NotFound)?;
            let current = version::on_day(c, today())?.map(|version| version.id);
            let (published, clauses) = (clock.long(found.created_at), in_words::for_owner(&found.policy));
            Ok(Page { shell: Shell::read(c, &own, &visitor, "settings")?, tab: "policy", version: view(c, found, current)?, published, clauses })
        })
        .await?;
    page(&found)
}

async fn add(state: State, visitor: Visitor, clock: Clock, fields: Fields) -> Result<Response> {
    let (from, mut form) = read(&fields, today());
    let (by, note, seen) = (visitor.agent().id, form.note.clone(), fields.get("seen").to_owned());
    if let Some(from) = from.filter(|_| !form.is_wrong()) {
        form.wrong = state
            .write(move |tx| {
                let Some(found) = draft::find(tx)? else { return Ok(Some("There is no draft any more.")) };
                if found.changed_at.to_string() != seen {
                    return Ok(Some("The draft was changed meanwhile: this is how it reads now. Nothing is published yet."));
                }
                if check::findings(&found.policy).iter().any(|finding| finding.must) {
                    return Ok(Some("Some of it cannot work: mend that first. Nothing is published yet."));
                }
                draft::discard(tx)?;
                publish(tx, &found.policy, from, &note, by)?;
                Ok(None)
            })
            .await?;
        if form.wrong.is_none() {
            let words =
                if from > today() { format!("Published: it holds from {} on.", super::shown(from)) } else { "Published: it holds from today on.".to_owned() };
            return Ok(see_saying(&state, HERE, &Said::words(words + " Orders of before keep what held on their day.")));
        }
    }
    match draft_page::load(&state, visitor, clock, form).await? {
        Some(found) => page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &found),
        None => Ok(see(DRAFT)),
    }
}

/// The day, where it is one from which a policy may hold, and the form as it was typed.
fn read(fields: &Fields, today: Date) -> (Option<Date>, Publishing) {
    let mut form = Publishing { day: fields.get("valid_from").to_owned(), note: fields.get("note").to_owned(), ..Publishing::default() };
    let from = day(&form.day);
    let last = today.checked_add(jiff::Span::new().days(AHEAD_DAYS_MAX)).unwrap_or(today);
    form.day_wrong = match from {
        None => Some("Write the day as 2026-11-19 or 19.11.2026."),
        Some(day) if day < today => Some("That day is over: what was promised on it stays. Today is the first that is possible."),
        Some(day) if day > last => Some("That is more than three years ahead."),
        Some(_) => None,
    };
    form.note_wrong = (form.note.chars().count() > NOTE_CHARS_MAX).then_some("The note is too long: a few sentences do.");
    (from, form)
}
