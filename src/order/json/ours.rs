//! An order in our own shape.

use super::LINES_MAX;
use super::values::{Object, Values, below};
use crate::money::Currency;
use crate::order::{Line, News};

const ORDER: &[&str] =
    &["number", "customer", "ordered_on", "shipped_on", "delivered_on", "total", "currency", "country", "tracking", "lines", "discount_codes"];
const CUSTOMER: &[&str] = &["name", "email"];
const LINE: &[&str] = &["title", "sku", "kind", "tags", "quantity", "unit_price"];
const TAGS_MAX: usize = 30;
/// Codes of one order: shops allow one or a few.
const CODES_MAX: usize = 10;

pub fn read(order: &Object, path: &str, values: &mut Values) -> News {
    values.known(order, path, ORDER);
    let currency = values.currency(order, path, "currency");
    let mut news = News {
        number: values.text(order, path, "number"),
        ordered_on: values.day(order, path, "ordered_on"),
        shipped_on: values.day(order, path, "shipped_on"),
        delivered_on: values.day(order, path, "delivered_on"),
        total: values.sum(order, path, "total", currency),
        country: values.country(order, path, "country"),
        tracking: values.text(order, path, "tracking"),
        discount_codes: values.texts(order, path, "discount_codes", CODES_MAX),
        ..News::default()
    };
    if let Some(customer) = values.object(order, path, "customer") {
        let path = below(path, "customer");
        values.known(customer, &path, CUSTOMER);
        (news.customer_name, news.address) = (values.text(customer, &path, "name"), values.address(customer, &path, "email"));
    }
    for (at, line) in values.list(order, path, "lines", LINES_MAX).iter().enumerate() {
        let path = format!("{}[{at}]", below(path, "lines"));
        match line.as_object() {
            Some(line) => news.lines.push(read_line(line, &path, currency, values)),
            None => values.wrong(&path, "A line is an object."),
        }
    }
    news
}

fn read_line(line: &Object, path: &str, currency: Option<Currency>, values: &mut Values) -> Line {
    values.known(line, path, LINE);
    let title = values.text(line, path, "title");
    if title.is_empty() {
        values.wrong(&below(path, "title"), "A line needs the title of what was bought.");
    }
    let tags = values.texts(line, path, "tags", TAGS_MAX);
    Line {
        title,
        sku: values.text(line, path, "sku"),
        kind: values.text(line, path, "kind").to_lowercase(),
        tags,
        quantity: values.quantity(line, path, "quantity"),
        unit: values.sum(line, path, "unit_price", currency),
    }
}
