//! The list as it is asked for, as a table for spreadsheets: what is known of each, and their consents with words and day.

use super::list::which;
use crate::consent::{self, Consent, Purpose};
use crate::customer;
use crate::database::{Millis, Reader};
use crate::lead::filter::Filter;
use crate::lead::list::{self, Asked, Line};
use crate::lead::{self, interest, wish};
use crate::order::buyer;
use crate::return_request::request;
use crate::web::ask::Ask;
use crate::web::present::Clock;
use crate::web::returns::export::{csv, day, line};
use crate::web::{Access, Result, Route, State, Visitor, get};
use axum::http::HeaderValue;
use axum::response::Response;

/// What a spreadsheet still opens.
const ROWS_MAX: usize = 100_000;

pub fn routes() -> Vec<Route> {
    vec![get("/leads.csv", Access::Owner, file)]
}

async fn file(state: State, visitor: Visitor, clock: Clock, ask: Ask) -> Result<Response> {
    let table = state
        .read(move |c| {
            let (filter, _) = Filter::parse(ask.get("q"), clock.now());
            let asked = Asked { which: which(ask.get("show")), filter: Some(&filter), mailboxes: visitor.mailboxes(), after: None };
            let mut table = line(&head());
            for known in list::lines(c, &asked, ROWS_MAX)? {
                table.push_str(&line(&cells(c, known)?));
            }
            Ok(table)
        })
        .await?;
    Ok(csv(table, HeaderValue::from_static("attachment; filename=\"leads.csv\"")))
}

fn head() -> Vec<String> {
    let facts = [
        "address",
        "other_addresses",
        "name",
        "language",
        "country",
        "source",
        "source_detail",
        "first_contact",
        "last_contact",
        "returns",
        "orders",
        "value",
        "interests",
        "open_wishes",
    ];
    let of_consent = Purpose::ALL.iter().flat_map(|purpose| ["", "_words", "_day", "_proof"].map(|part| format!("{purpose}{part}")));
    facts.map(str::to_owned).into_iter().chain(of_consent).collect()
}

fn cells(c: &Reader, known: Line) -> Result<Vec<String>> {
    let person = customer::find(c, known.id)?;
    let lead = lead::find(c, known.id)?;
    let (language, addresses) = person.map_or((None, Vec::new()), |person| (person.language, person.addresses));
    let others: Vec<String> = addresses.into_iter().map(|other| other.address.to_string()).filter(|other| *other != known.address).collect();
    let interests: Vec<String> =
        interest::of_customer(c, known.id)?.iter().map(|interest| format!("{}: {}", interest.feature.kind, interest.feature.value)).collect();
    let wishes: Vec<String> = wish::of_customer(c, known.id)?.into_iter().filter(|wish| wish.closed.is_none()).map(|wish| wish.words).collect();
    let sums = buyer::sums(c, known.id)?;
    let mut cells = vec![
        known.address,
        others.join("; "),
        known.name,
        language.unwrap_or_default(),
        lead.as_ref().and_then(|lead| lead.country.clone()).unwrap_or_default(),
        lead.as_ref().map_or("", |lead| lead.source.code()).to_owned(),
        lead.as_ref().map_or_else(String::new, |lead| lead.source_detail.clone()),
        day(lead.as_ref().map(|lead| lead.first_contact_at)),
        day(lead.as_ref().map(|lead| lead.last_contact_at)),
        request::of_customer(c, known.id)?.len().to_string(),
        sums.iter().map(|(n, _)| n).sum::<i64>().to_string(),
        sums.iter().map(|(_, sum)| sum.to_string()).collect::<Vec<_>>().join(" + "),
        interests.join("; "),
        wishes.join("; "),
    ];
    let consents = consent::of_customer(c, known.id)?;
    for purpose in Purpose::ALL {
        cells.extend(agreed(&consents, *purpose));
    }
    Ok(cells)
}

/// The consent that lives, or the last that ended.
fn agreed(consents: &[Consent], purpose: Purpose) -> [String; 4] {
    let of_purpose = || consents.iter().filter(|consent| consent.purpose == purpose);
    let Some(found) = of_purpose().find(|consent| consent.ended.is_none()).or_else(|| of_purpose().next()) else { return Default::default() };
    let state = match &found.ended {
        None => "agreed".to_owned(),
        Some(end) => format!("ended {}", on(end.at)),
    };
    [state, found.words.clone(), on(found.at), found.proof.clone()]
}

fn on(at: Millis) -> String {
    day(Some(at))
}
