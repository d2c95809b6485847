//! Follow-ups: a plain calendar of what will go out and what became of what went; for owners the plans, the discounts and the pace.

mod calendar;
mod discount;
mod discounts;
mod line;
mod pace;
mod plan;
mod plans;

use super::Route;

pub fn routes() -> Vec<Route> {
    [calendar::routes(), plans::routes(), discounts::routes(), pace::routes()].into_iter().flatten().collect()
}
