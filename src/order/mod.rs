//! What customers bought, as far as the shop has told us. Everything works without it, on what the customer said.

pub mod buyer;
pub mod confirmation;
pub mod json;
pub mod outside;
mod shape;
pub mod shop_key;
mod store;
pub mod table;

pub use crate::id::OrderId;
pub use shape::{SHAPE_FROM, shape};
pub use store::{add, count, count_since, find, find_by_number, learn, of_address, recent_numbers, tombstone, usual_currency};

use crate::money::{Amount, Currency};
use jiff::civil::Date;

/// An order that is known: all that was said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub id: OrderId,
    pub source: Source,
    pub said: News,
}

impl std::ops::Deref for Order {
    type Target = News;

    fn deref(&self) -> &News {
        &self.said
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub title: String,
    pub sku: String,
    /// The product kind as the policy names it.
    pub kind: String,
    pub tags: Vec<String>,
    pub quantity: i64,
    pub unit: Option<Amount>,
}

crate::return_request::code::codes! {
    /// How we know of an order.
    Source {
        Csv = "csv",
        Api = "api",
        Mail = "mail",
        Lookup = "lookup",
        Agent = "agent",
    }
}

/// What the shop, or a mail of the shop's, says of an order. What it leaves out stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// As the shop writes it.
    pub number: String,
    pub customer_name: String,
    /// The buyer's; known ones are lower case.
    pub address: Option<String>,
    pub ordered_on: Option<Date>,
    pub shipped_on: Option<Date>,
    pub delivered_on: Option<Date>,
    pub total: Option<Amount>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    pub tracking: String,
    /// Empty: not said.
    pub lines: Vec<Line>,
    /// What other systems call it, where it was just said (`outside` has all).
    pub references: Vec<(&'static str, String)>,
    /// Codes that it was bought with.
    pub discount_codes: Vec<String>,
}

impl News {
    /// Of all its sums: an order is paid in one.
    pub fn currency(&self) -> Option<Currency> {
        self.sums().find_map(|sum| sum.currency)
    }

    /// It says how much, and not of what.
    pub fn lacks_currency(&self) -> bool {
        self.sums().next().is_some() && self.currency().is_none()
    }

    fn sums(&self) -> impl Iterator<Item = Amount> {
        self.total.into_iter().chain(self.lines.iter().filter_map(|line| line.unit))
    }
}

/// An order number as it is compared: "#at 10482", "AT-10482" and "at10482" are one.
pub fn key(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests;
