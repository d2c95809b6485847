//! A look-up's answer read as an order, where the owner said what stands where.

use super::answer::{self, at};
use super::{Complaint, Definition};
use crate::money::{Amount, Currency};
use crate::order::json::QUANTITY_MAX;
use crate::order::{Line, News};
use jiff::civil::Date;
use serde_json::Value;

/// Fields of an order, with what the form calls them. Those of a line are read from each line of the list.
pub const FIELDS: &[(&str, &str)] = &[
    ("number", "Order number"),
    ("address", "The buyer’s address"),
    ("customer_name", "The buyer’s name"),
    ("ordered_on", "Day of the order"),
    ("shipped_on", "Day of shipping"),
    ("delivered_on", "Day of delivery"),
    ("total", "Total"),
    ("currency", "Currency"),
    ("country", "Country"),
    ("tracking", "Tracking number"),
    ("order_id", "What your system calls the order"),
    ("payment", "What the provider calls the payment"),
    ("lines", "List of lines"),
    ("line_title", "In a line: title"),
    ("line_sku", "In a line: SKU"),
    ("line_kind", "In a line: product kind"),
    ("line_quantity", "In a line: quantity"),
    ("line_unit", "In a line: price"),
];

/// Lines of one order: more are a mistake of the pointer.
const LINES_MAX: usize = 500;
const TEXT_CHARS_MAX: usize = 300;

/// Reads the order that was asked for by `number`; words when the answer holds another, or none.
pub fn read(definition: &Definition, number: &str, body: &[u8]) -> Result<News, String> {
    let json: Value = serde_json::from_slice(body).map_err(|_| "The answer is no JSON.".to_owned())?;
    let text = |field: &str| definition.order.get(field).and_then(|pointer| at(&json, pointer)).map(short);
    let day = |field: &str| text(field).and_then(|text| text.get(..10).and_then(|day| day.parse::<Date>().ok()));
    let currency = text("currency").and_then(|code| Currency::parse(&code));
    let news = News {
        number: text("number").unwrap_or_else(|| number.to_owned()),
        customer_name: text("customer_name").unwrap_or_default(),
        address: text("address"),
        ordered_on: day("ordered_on"),
        shipped_on: day("shipped_on"),
        delivered_on: day("delivered_on"),
        total: text("total").and_then(|total| Amount::from_digits(&total, currency)),
        country: text("country").filter(|country| country.len() == 2),
        tracking: text("tracking").unwrap_or_default(),
        lines: lines(definition, &json, currency),
        references: ["order_id", "payment"].into_iter().filter_map(|name| text(name).map(|value| (name, value))).collect(),
        discount_codes: Vec::new(),
    };
    let known = News { number: news.number.clone(), ..News::default() };
    if crate::order::key(&news.number) != crate::order::key(number) {
        return Err(format!("The answer is about order {}, not {number}.", news.number));
    }
    if news == known {
        return Err("The answer holds no order where the pointers look.".into());
    }
    Ok(news)
}

fn lines(definition: &Definition, json: &Value, currency: Option<Currency>) -> Vec<Line> {
    let list = definition.order.get("lines").and_then(|pointer| json.pointer(pointer)).and_then(Value::as_array);
    let line = |line: &Value| {
        let text = |field: &str| definition.order.get(field).and_then(|pointer| at(line, pointer)).map(short);
        Line {
            title: text("line_title").unwrap_or_default(),
            sku: text("line_sku").unwrap_or_default(),
            kind: text("line_kind").unwrap_or_default(),
            tags: Vec::new(),
            // One that cannot be is as good as none.
            quantity: text("line_quantity").and_then(|n| n.parse().ok()).filter(|n| (1..=QUANTITY_MAX).contains(n)).unwrap_or(1),
            unit: text("line_unit").and_then(|price| Amount::from_digits(&price, currency)),
        }
    };
    list.into_iter().flatten().take(LINES_MAX).map(line).filter(|line| !line.title.is_empty()).collect()
}

pub fn complaints(definition: &Definition) -> Vec<Complaint> {
    let known = |field: &str| FIELDS.iter().find(|(name, _)| *name == field).map(|(_, words)| *words);
    let pointers = definition.order.iter().filter_map(|(field, pointer)| {
        answer::complaint(known(field).unwrap_or("A field"), pointer).map(|words| Complaint::about(format!("order_{field}"), words))
    });
    let mut complaints: Vec<Complaint> = pointers.collect();
    if definition.order.is_empty() {
        complaints.push(Complaint::about("order", "Say where the answer holds something of the order, as in /orders/0/created_at."));
    }
    if !["{{order_number}}", "{{email}}"].iter().any(|name| definition.url.contains(name) || definition.body.contains(name)) {
        complaints.push(Complaint::about("url", "The look-up has to say which order: put {{order_number}} into the URL."));
    }
    complaints
}

fn short(text: String) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_CHARS_MAX).collect()
}
