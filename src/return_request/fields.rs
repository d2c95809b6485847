//! The fields of a return request: the one list that form, letter, reading, board, CSV and search loop over.

use crate::money::Amount;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

pub const ORDER_NUMBER: &str = "order_number";
/// Who has no order number says this instead: a name, or an address. That it is there says that the number is not to be had.
pub const ORDERED_AS: &str = "ordered_as";
pub const ITEM: &str = "item";
pub const REASON: &str = "reason";
pub const DELIVERED_ON: &str = "delivered_on";
pub const WISH: &str = "wish";
pub const AMOUNT: &str = "amount";
/// `yes` or `no`; asked for only where the clause wants it.
pub const PACKAGING: &str = "in_original_packaging";
pub const PHOTOS: &str = "photos";

/// What kind of item it is, as the policy calls it. An agent says so where no order is known whose lines have kinds; nobody is asked.
pub const ITEM_KIND: &str = "item_kind";

/// What a value of a field looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Text,
    Choice,
    Number,
    Date,
    Amount,
    /// How many pictures came; never asked for as a number.
    Photos,
}

/// The fields that every shop has, in the order in which they are asked for and shown.
pub const BUILT_IN: &[(&str, Kind)] = &[
    (ORDER_NUMBER, Kind::Text),
    (ORDERED_AS, Kind::Text),
    (ITEM, Kind::Text),
    (REASON, Kind::Choice),
    (DELIVERED_ON, Kind::Date),
    (WISH, Kind::Choice),
    (AMOUNT, Kind::Amount),
    (PACKAGING, Kind::Choice),
    (PHOTOS, Kind::Photos),
];

/// A field's name as agents read it; an owner's key with blanks.
pub fn english(field: &str) -> String {
    match field {
        ORDER_NUMBER => "order number",
        ORDERED_AS => "name or email on the order",
        DELIVERED_ON => "delivery day",
        PACKAGING => "original packaging",
        WISH => "wish",
        ITEM_KIND => "kind of item",
        own => return own.replace('_', " "),
    }
    .to_owned()
}

/// A field that the owner added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnField {
    /// Lower-case letters, digits and `_`; never one of the built-in names.
    pub key: String,
    /// Text, Choice, Number or Date.
    pub kind: Kind,
    /// By language (ISO 639-1): "Frame colour".
    pub labels: BTreeMap<String, String>,
    /// By language: "Which colour is the frame?"
    pub questions: BTreeMap<String, String>,
    /// Of a choice: code, and its words by language.
    #[serde(default)]
    pub choices: Vec<(String, BTreeMap<String, String>)>,
    /// Asked for when it is missing.
    pub required: bool,
    /// Shown on the cards of the board.
    #[serde(default)]
    pub on_board: bool,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// Text, or the code of a choice.
    Text(String),
    Date(Date),
    Amount(Amount),
    /// Photos, and an owner's numbers.
    Count(i64),
}

impl Value {
    /// As people read it.
    pub fn shown(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Date(date) => date.strftime("%-d %b %Y").to_string(),
            Value::Amount(amount) => amount.to_string(),
            Value::Count(count) => count.to_string(),
        }
    }

    /// As a program reads it: a string, an ISO 8601 date, or a number.
    pub fn as_json(&self) -> serde_json::Value {
        match self {
            Value::Text(text) => text.as_str().into(),
            Value::Date(date) => date.to_string().into(),
            Value::Amount(amount) => amount.as_number().into(),
            Value::Count(count) => (*count).into(),
        }
    }
}
