//! Every return as a table for spreadsheets: a line each, cells that a spreadsheet would take for a formula made harmless.

use super::filter::Asked;
use crate::return_request::board::{self, Card, Order};
use crate::return_request::fields::{self, BUILT_IN, OwnField, Value};
use crate::return_request::{State as Stands, item, own_field};
use crate::web::ask::Ask;
use crate::web::{Access, Result, Route, State, Visitor, get};
use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/returns.csv", Access::Agent, file)]
}

async fn file(state: State, visitor: Visitor, ask: Ask) -> Result<Response> {
    let asked = Asked::of(&ask);
    let table = state
        .read(move |c| {
            let own = own_field::all(c)?;
            let cards = board::cards(c, Stands::ALL, visitor.mailboxes(), &asked.filter, Order::LongestWaiting, board::ROWS_MAX)?;
            Ok(table(&cards, &own))
        })
        .await?;
    Ok(csv(table, HeaderValue::from_static("attachment; filename=\"returns.csv\"")))
}

/// A table as a file to keep.
pub fn csv(table: String, disposition: HeaderValue) -> Response {
    let mut response = Response::new(Body::from(table));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, disposition);
    response
}

fn table(cards: &[Card], own: &[OwnField]) -> String {
    let names = || BUILT_IN.iter().map(|(name, _)| *name).chain(own.iter().map(|field| field.key.as_str()));
    let mut head: Vec<String> =
        ["return", "state", "customer", "opened_on", "closed_on", "verdict", "decision", "decided_amount", "items"].map(str::to_owned).to_vec();
    head.extend(names().map(str::to_owned));
    head.push("currency".into());
    let mut table = line(&head);
    for Card { request, customer, facts, items, .. } in cards {
        let decided = request.decided.as_ref();
        let amount = decided.and_then(|d| d.amount);
        let mut cells = vec![
            request.name(),
            request.state.code().to_owned(),
            customer.clone(),
            day(Some(request.opened_at)),
            day(request.closed_at),
            request.judgement.as_ref().map(|j| j.verdict.clone()).unwrap_or_default(),
            decided.map(|d| d.decision.code().to_owned()).unwrap_or_default(),
            amount.map(|a| a.digits()).unwrap_or_default(),
            item::named(items, "; "),
        ];
        cells.extend(names().map(|name| facts.certain(name).map(plain).unwrap_or_default()));
        let stated = match facts.certain(fields::AMOUNT) {
            Some(Value::Amount(amount)) => amount.currency,
            _ => None,
        };
        cells.push(amount.and_then(|a| a.currency).or(stated).map(|c| c.as_str().to_owned()).unwrap_or_default());
        table.push_str(&line(&cells));
    }
    table
}

fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Date(date) => date.to_string(),
        Value::Amount(amount) => amount.digits(),
        Value::Count(count) => count.to_string(),
    }
}

pub fn day(at: Option<i64>) -> String {
    at.and_then(|at| jiff::Timestamp::from_millisecond(at).ok()).map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default()
}

/// RFC 4180. A cell that begins as a formula does gets an apostrophe, which spreadsheets show as text.
pub fn line(cells: &[String]) -> String {
    let cell = |text: &String| {
        let text = text.replace(['\r', '\n'], " ");
        let formula = text.starts_with(['=', '+', '-', '@', '\t']) && text.parse::<f64>().is_err();
        let text = if formula { format!("'{text}") } else { text };
        if text.contains([',', '"', ';']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
    };
    format!("{}\r\n", cells.iter().map(cell).collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::line;

    #[test]
    fn p69_no_cell_is_a_formula() {
        let cells = ["=1+1", "+46 70", "-2", "-cmd", "@SUM(A1)", "\t=x", "a,b", "say \"hi\"", "two\nlines"].map(str::to_owned);
        assert_eq!(line(&cells), "'=1+1,'+46 70,-2,'-cmd,'@SUM(A1),'\t=x,\"a,b\",\"say \"\"hi\"\"\",two lines\r\n");
    }
}
