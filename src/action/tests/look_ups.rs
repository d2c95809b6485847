//! Answers of look-ups, read as orders: where the owner's pointers say, and as docs/actions.md has them for two backends.

use super::super::*;
use crate::money::{Amount, Currency};

/// A look-up of docs/actions.md.
fn documented(url: &str, body: &str, order: &[(&str, &str)]) -> Definition {
    let definition = Definition {
        method: if body.is_empty() { Method::Get } else { Method::Post },
        body_kind: if body.is_empty() { BodyKind::Nothing } else { BodyKind::Json },
        url: url.into(),
        body: body.into(),
        order: order.iter().map(|(name, pointer)| ((*name).to_owned(), (*pointer).to_owned())).collect(),
        ..Definition::default()
    };
    assert_eq!(definition.complaints(Kind::LookUp, &Inside::default(), &[]), []);
    definition
}

fn euros(minor: i64) -> Option<Amount> {
    Some(Amount::new(minor, Currency::parse("EUR")))
}

#[test]
fn shopify_s_order_tells_what_it_and_its_payment_are_called() {
    const QUERY: &str = "query($q: String!) { orders(first: 1, query: $q) { nodes { id name createdAt email currencyCode totalPriceSet { shopMoney { amount } } \
        shippingAddress { countryCodeV2 } transactions(first: 1) { id } lineItems(first: 50) { nodes { title sku quantity \
        originalUnitPriceSet { shopMoney { amount } } } } } } }";
    let body = format!("{{\"query\": \"{QUERY}\", \"variables\": {{\"q\": \"name:{{{{order_number}}}}\"}}}}");
    let definition = documented(
        "https://YOUR-SHOP.myshopify.com/admin/api/2026-10/graphql.json",
        &body,
        &[
            ("number", "/data/orders/nodes/0/name"),
            ("order_id", "/data/orders/nodes/0/id"),
            ("payment", "/data/orders/nodes/0/transactions/0/id"),
            ("ordered_on", "/data/orders/nodes/0/createdAt"),
            ("address", "/data/orders/nodes/0/email"),
            ("currency", "/data/orders/nodes/0/currencyCode"),
            ("total", "/data/orders/nodes/0/totalPriceSet/shopMoney/amount"),
            ("country", "/data/orders/nodes/0/shippingAddress/countryCodeV2"),
            ("lines", "/data/orders/nodes/0/lineItems/nodes"),
            ("line_title", "/title"),
            ("line_sku", "/sku"),
            ("line_quantity", "/quantity"),
            ("line_unit", "/originalUnitPriceSet/shopMoney/amount"),
        ],
    );
    let mut facts = fill::sample(&[]);
    facts.insert("order_number".into(), "1001".into());
    let sent = request::make(Kind::LookUp, &definition, &Secrets::default(), &facts, "k", 0).unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(sent["variables"]["q"], "name:1001");
    let found = look_up::read(&definition, "1001", include_bytes!("../../../tests/fixtures/shops/shopify_look_up.json")).unwrap();
    let order = &found;
    assert_eq!((order.number.as_str(), order.total, order.country.as_deref()), ("#1001", euros(8300), Some("SE")));
    assert_eq!((order.lines.len(), order.lines[1].quantity, order.lines[1].unit), (2, 3, euros(500)));
    let called = [("order_id", "gid://shopify/Order/5533112".to_owned()), ("payment", "gid://shopify/OrderTransaction/42239183".to_owned())];
    assert_eq!(found.references, called);
    assert!(look_up::read(&definition, "1001", br#"{"data": {"orders": {"nodes": []}}}"#).unwrap_err().contains("no order"));
}

#[test]
fn woocommerce_s_order_tells_its_payment() {
    let definition = documented(
        "https://YOUR-SHOP.example/wp-json/wc/v3/orders/{{order_number}}",
        "",
        &[
            ("number", "/number"),
            ("order_id", "/id"),
            ("payment", "/transaction_id"),
            ("ordered_on", "/date_created"),
            ("address", "/billing/email"),
            ("total", "/total"),
            ("currency", "/currency"),
            ("country", "/shipping/country"),
            ("lines", "/line_items"),
            ("line_title", "/name"),
            ("line_sku", "/sku"),
            ("line_quantity", "/quantity"),
            ("line_unit", "/price"),
        ],
    );
    let found = look_up::read(&definition, "10482", include_bytes!("../../../tests/fixtures/shops/woocommerce_order.json")).unwrap();
    assert_eq!((found.ordered_on, found.total), ("2026-11-12".parse().ok(), euros(8300)));
    assert_eq!((found.lines[0].unit, found.lines[1].unit), (euros(5714), euros(420)), "its price is without tax");
    assert_eq!(found.references, [("order_id", "10482".to_owned()), ("payment", "pi_example".to_owned())]);
}

#[test]
fn a_look_up_s_answer_becomes_an_order_where_the_pointers_say_so() {
    let order = |pairs: &[(&str, &str)]| pairs.iter().map(|(name, pointer)| ((*name).to_owned(), (*pointer).to_owned())).collect();
    let definition = Definition {
        order: order(&[
            ("number", "/orders/0/name"),
            ("order_id", "/orders/0/id"),
            ("ordered_on", "/orders/0/created_at"),
            ("total", "/orders/0/total_price"),
            ("currency", "/orders/0/currency"),
            ("country", "/orders/0/ship/country_code"),
            ("lines", "/orders/0/line_items"),
            ("line_title", "/title"),
            ("line_unit", "/price"),
            ("line_quantity", "/count"),
        ]),
        ..Definition::default()
    };
    let json = br#"{"orders": [{"id": 450789469, "name": "AT-10482", "created_at": "2026-11-12T09:00:00+01:00", "total_price": "68.00", "currency": "EUR",
        "ship": {"country_code": "SE"}, "line_items": [{"title": "Low Tide", "price": 68}, {"price": 1}]}]}"#;
    let found = look_up::read(&definition, "#at 10482", json).unwrap();
    let euro = crate::money::Currency::parse("EUR");
    assert_eq!((found.ordered_on, found.total), ("2026-11-12".parse().ok(), Some(crate::money::Amount::new(6800, euro))));
    assert_eq!((found.lines.len(), found.lines[0].unit.map(|u| u.minor), found.country.as_deref()), (1, Some(6800), Some("SE")));
    assert_eq!(found.references, [("order_id", "450789469".to_owned())]);
    for (count, read) in [("2", 2), ("10000", 10_000), ("0", 1), ("-3", 1), ("10001", 1), ("9223372036854775807", 1), ("1e99", 1)] {
        let json = format!(r#"{{"orders": [{{"name": "AT-10482", "line_items": [{{"title": "Low Tide", "count": {count}}}]}}]}}"#);
        assert_eq!(look_up::read(&definition, "AT-10482", json.as_bytes()).unwrap().lines[0].quantity, read, "{count}");
    }
    assert!(look_up::read(&definition, "AT-1", json).unwrap_err().contains("about order AT-10482"));
    assert!(look_up::read(&definition, "AT-10482", br#"{"orders": []}"#).unwrap_err().contains("no order"));
    assert!(look_up::read(&definition, "AT-10482", b"<html>").unwrap_err().contains("no JSON"));
}
