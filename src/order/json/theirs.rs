//! An order as the webhooks of WooCommerce (REST API v3) and Shopify (Admin REST) have it: the columns that we need, nothing is said of
//! the others.

use super::LINES_MAX;
use super::values::{Object, Values, below};
use crate::money::{Amount, Currency};
use crate::order::{Line, News};
use serde_json::Value;

pub fn read(order: &Object, path: &str, values: &mut Values) -> News {
    if order.contains_key("total_price") { shopify(order, path, values) } else { woocommerce(order, path, values) }
}

fn woocommerce(order: &Object, path: &str, values: &mut Values) -> News {
    let currency = values.currency(order, path, "currency");
    let (billing, shipping) =
        (values.object(order, path, "billing").cloned().unwrap_or_default(), values.object(order, path, "shipping").cloned().unwrap_or_default());
    let at = below(path, "billing");
    let country = values.country(&shipping, &below(path, "shipping"), "country").or_else(|| values.country(&billing, &at, "country"));
    let mut news = News {
        number: values.text(order, path, "number"),
        customer_name: full_name(&billing, &at, values),
        address: values.address(&billing, &at, "email"),
        ordered_on: values.day(order, path, "date_created"),
        total: values.sum(order, path, "total", currency),
        country,
        references: called([("order_id", values.text(order, path, "id")), ("payment", values.text(order, path, "transaction_id"))]),
        ..News::default()
    };
    news.discount_codes = codes(order, path, "coupon_lines", values);
    each_line(order, path, values, |line, path, values| {
        let quantity = values.quantity(line, path, "quantity");
        // What the buyer paid for it, its tax included; the price beside it is without.
        let paid =
            values.sum(line, path, "total", currency).map(|total| total.minor + values.sum(line, path, "total_tax", currency).map_or(0, |tax| tax.minor));
        let title = values.text(line, path, "name");
        news.lines.push(Line { title, sku: values.text(line, path, "sku"), quantity, unit: each(paid, quantity, currency), ..Line::default() });
    });
    news
}

fn shopify(order: &Object, path: &str, values: &mut Values) -> News {
    let currency = values.currency(order, path, "currency");
    let customer = values.object(order, path, "customer").cloned().unwrap_or_default();
    let (at, ship) = (below(path, "customer"), values.object(order, path, "shipping_address").cloned().unwrap_or_default());
    let mut news = News {
        number: values.text(order, path, "name"),
        customer_name: full_name(&customer, &at, values),
        address: values.address(order, path, "email").or_else(|| values.address(&customer, &at, "email")),
        ordered_on: values.day(order, path, "created_at"),
        total: values.sum(order, path, "total_price", currency),
        country: values.country(&ship, &below(path, "shipping_address"), "country_code"),
        // As its GraphQL knows it, which is what refunds go by.
        references: called([("order_id", values.text(order, path, "admin_graphql_api_id"))]),
        ..News::default()
    };
    let sent = values.list(order, path, "fulfillments", LINES_MAX).iter().find_map(Value::as_object);
    if let Some(sent) = sent {
        let path = format!("{}[0]", below(path, "fulfillments"));
        (news.shipped_on, news.tracking) = (values.day(sent, &path, "created_at"), values.text(sent, &path, "tracking_number"));
    }
    news.discount_codes = codes(order, path, "discount_codes", values);
    each_line(order, path, values, |line, path, values| {
        let variant = values.text(line, path, "variant_title");
        let title = values.text(line, path, "title");
        let title = if variant.is_empty() { title } else { format!("{title}, {variant}") };
        let (quantity, unit) = (values.quantity(line, path, "quantity"), values.sum(line, path, "price", currency));
        news.lines.push(Line { title, sku: values.text(line, path, "sku"), quantity, unit, ..Line::default() });
    });
    news
}

fn called<const N: usize>(names: [(&'static str, String); N]) -> Vec<(&'static str, String)> {
    names.into_iter().filter(|(_, value)| !value.is_empty()).collect()
}

/// The codes that it was bought with: each an object that names one.
fn codes(order: &Object, path: &str, name: &str, values: &mut Values) -> Vec<String> {
    let list = values.list(order, path, name, LINES_MAX);
    list.iter().filter_map(|line| line.get("code")?.as_str()).map(|code| code.trim().to_owned()).collect()
}

fn full_name(of: &Object, path: &str, values: &mut Values) -> String {
    let (first, last) = (values.text(of, path, "first_name"), values.text(of, path, "last_name"));
    format!("{first} {last}").trim().to_owned()
}

fn each_line(order: &Object, path: &str, values: &mut Values, mut line: impl FnMut(&Object, &str, &mut Values)) {
    for (at, found) in values.list(order, path, "line_items", LINES_MAX).iter().enumerate() {
        let path = format!("{}[{at}]", below(path, "line_items"));
        match found.as_object() {
            Some(found) => line(found, &path, values),
            None => values.wrong(&path, "A line is an object."),
        }
    }
}

fn each(paid: Option<i64>, quantity: i64, currency: Option<Currency>) -> Option<Amount> {
    paid.map(|paid| Amount::new(paid / quantity.max(1), currency))
}
