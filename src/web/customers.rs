//! Customers' addresses of before: everybody who writes is a lead, and their page is the lead's.

use super::ask::{Ask, encoded};
use super::{Access, Path, Route, get, see};
use crate::id::CustomerId;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/customers", Access::Agent, list), get("/customers/{id}", Access::Agent, show)]
}

async fn list(ask: Ask) -> Response {
    match ask.get("q") {
        "" => see("/leads"),
        words => see(&format!("/leads?q={}", encoded(words))),
    }
}

async fn show(Path(id): Path<CustomerId>) -> Response {
    see(&format!("/leads/{id}"))
}
