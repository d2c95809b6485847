//! How fast follow-ups go, when, and how many to one person.

use crate::desk::follow_ups;
use crate::follow_up::pace::{PER_HOUR_MAX, PER_MONTH_MAX, Pace};
use crate::follow_up::zone;
use crate::web::layout::{Shell, page, page_with_status, see_saying};
use crate::web::{Access, Fields, Result, Route, Said, State, Visitor, get, post};
use crate::{setting, world};
use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

const HERE: &str = "/follow-ups/pace";

pub fn routes() -> Vec<Route> {
    vec![get("/follow-ups/pace", Access::Owner, show), post("/follow-ups/pace", Access::Owner, save)]
}

#[derive(Template)]
#[template(path = "follow_ups/pace.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    part: &'static str,
    typed: Typed,
    complaints: Vec<String>,
}

#[derive(Clone, Default)]
struct Typed {
    per_hour: String,
    per_month: String,
    from_hour: String,
    until_hour: String,
    sundays: bool,
    country: String,
}

async fn show(state: State, visitor: Visitor) -> Result<Response> {
    page(&load(&state, visitor).await?)
}

async fn load(state: &State, visitor: Visitor) -> Result<Page> {
    let own = state.clone();
    state
        .read(move |c| {
            let Pace { per_hour, per_month, from_hour, until_hour, sundays, country } = follow_ups::pace(c)?;
            let [per_hour, per_month] = [per_hour, per_month].map(|n| n.to_string());
            let [from_hour, until_hour] = [from_hour, until_hour].map(|hour| hour.to_string());
            let typed = Typed { per_hour, per_month, from_hour, until_hour, sundays, country };
            Ok(Page { shell: Shell::read(c, &own, &visitor, "leads")?, tab: "follow-ups", part: "pace", typed, complaints: Vec::new() })
        })
        .await
}

async fn save(state: State, visitor: Visitor, fields: Fields) -> Result<Response> {
    let get = |name: &str| fields.get(name).to_owned();
    let typed = Typed {
        per_hour: get("per_hour"),
        per_month: get("per_month"),
        from_hour: get("from_hour"),
        until_hour: get("until_hour"),
        sundays: get("sundays") == "1",
        country: get("country").to_uppercase(),
    };
    let pace = match read(&typed) {
        Ok(pace) => pace,
        Err(complaints) => {
            let shown = load(&state, visitor).await?;
            return page_with_status(StatusCode::UNPROCESSABLE_ENTITY, &Page { typed, complaints, ..shown });
        }
    };
    let by = Some(visitor.agent().id);
    state.write(move |tx| Ok(setting::set(tx, setting::FOLLOW_UPS_PACE, &pace, by, world::now())?)).await?;
    Ok(see_saying(&state, HERE, &Said::words("Saved.")))
}

/// Everything that cannot be understood, together.
fn read(typed: &Typed) -> std::result::Result<Pace, Vec<String>> {
    let mut complaints = Vec::new();
    let per_hour = typed.per_hour.parse().ok().filter(|n| (1..=PER_HOUR_MAX).contains(n));
    if per_hour.is_none() {
        complaints.push(format!("How many go in an hour is a number from 1 to {PER_HOUR_MAX}."));
    }
    let per_month = typed.per_month.parse().ok().filter(|n| (1..=PER_MONTH_MAX).contains(n));
    if per_month.is_none() {
        complaints.push(format!("How many one person gets in 30 days is a number from 1 to {PER_MONTH_MAX}."));
    }
    let hours = typed.from_hour.parse::<i8>().ok().zip(typed.until_hour.parse::<i8>().ok()).filter(|(from, until)| *from >= 0 && from < until && *until <= 24);
    if hours.is_none() {
        complaints.push("The day begins and ends at full hours from 0 to 24, the beginning before the end.".into());
    }
    if !typed.country.is_empty() && !zone::is_known(&typed.country) {
        complaints.push("The country is two letters, as in SE or US, and one whose time Restante knows.".into());
    }
    match (per_hour, per_month, hours) {
        (Some(per_hour), Some(per_month), Some((from_hour, until_hour))) if complaints.is_empty() => {
            Ok(Pace { per_hour, per_month, from_hour, until_hour, sundays: typed.sundays, country: typed.country.clone() })
        }
        _ => Err(complaints),
    }
}
