//! Orders as a shop's own program posts them: one, or a list. Our shape is described in docs/orders.md; those of WooCommerce's and Shopify's
//! order webhooks are recognised. Each mistake is said with the path of its field; an order with a mistake is left out, the others are
//! taken.

mod ours;
mod theirs;
pub mod values;

use super::{News, key};
use serde_json::{Map, Value};
use values::Values;

/// Orders in one post: a night's worth of a small shop; who has more posts again.
pub const ORDERS_MAX: usize = 200;
/// Lines of an order.
pub const LINES_MAX: usize = 100;
/// Of one line: nobody sells more of a print, and no price times it leaves a 64-bit number.
pub const QUANTITY_MAX: i64 = 10_000;
/// Fields of a post that are listed as not understood.
const IGNORED_MAX: usize = 20;
/// Mistakes of a post that are listed: who made so many reads no more.
const MISTAKES_MAX: usize = 50;

/// What a post said.
#[derive(Debug, Default)]
pub struct Post {
    pub orders: Vec<News>,
    pub mistakes: Vec<Mistake>,
    /// Paths of fields that nobody here understands: perhaps misspelt.
    pub ignored: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Mistake {
    /// `orders[2].lines[0].unit_price`; empty: the whole of it.
    pub path: String,
    pub words: String,
}

pub fn read(bytes: &[u8]) -> Post {
    let mut post = Post::default();
    let whole = |words: String| Mistake { path: String::new(), words };
    let json: Value = match serde_json::from_slice(bytes) {
        Ok(json) => json,
        Err(failure) => {
            let words = format!("This is no JSON: line {}, column {} cannot be read.", failure.line(), failure.column());
            post.mistakes.push(whole(words));
            return post;
        }
    };
    let (list, name) = match &json {
        Value::Array(list) => (list.as_slice(), ""),
        Value::Object(object) if object.get("orders").is_some_and(Value::is_array) => (object["orders"].as_array().map_or(&[][..], Vec::as_slice), "orders"),
        Value::Object(_) => (std::slice::from_ref(&json), "-"),
        _ => {
            post.mistakes.push(whole("An order is an object, several are a list of them.".into()));
            return post;
        }
    };
    if list.len() > ORDERS_MAX {
        post.mistakes.push(whole(format!("At most {ORDERS_MAX} orders in one post; these are {}.", list.len())));
        return post;
    }
    let mut unlisted = 0;
    for (at, order) in list.iter().enumerate() {
        let path = if name == "-" { String::new() } else { format!("{name}[{at}]") };
        take(&mut post, order, &path);
        unlisted += post.mistakes.len().saturating_sub(MISTAKES_MAX);
        post.mistakes.truncate(MISTAKES_MAX);
        post.ignored.truncate(IGNORED_MAX);
    }
    if unlisted > 0 {
        post.mistakes.push(whole(format!("There are {unlisted} more mistakes, which are not listed.")));
    }
    post
}

fn take(post: &mut Post, order: &Value, path: &str) {
    let mut values = Values::default();
    let news = match order.as_object() {
        None => {
            values.wrong(path, "An order is an object.");
            None
        }
        Some(order) => Some(by_shape(order, path, &mut values)),
    };
    if let Some(news) = news.filter(|_| values.mistakes.is_empty()) {
        post.orders.push(news);
    }
    post.mistakes.extend(values.mistakes);
    post.ignored.extend(values.ignored);
}

fn by_shape(order: &Map<String, Value>, path: &str, values: &mut Values) -> News {
    let news = if order.contains_key("line_items") { theirs::read(order, path, values) } else { ours::read(order, path, values) };
    if key(&news.number).is_empty() && values.mistakes.is_empty() {
        values.wrong(&values::below(path, "number"), "An order needs its number, as customers know it.");
    }
    news
}

#[cfg(test)]
mod tests;
