//! What programs post, and what is taken of it.

use super::*;

fn mistakes(post: &Post) -> Vec<(&str, &str)> {
    post.mistakes.iter().map(|mistake| (mistake.path.as_str(), mistake.words.as_str())).collect()
}

const WHOLE: &str = r#"{"number": 10482, "customer": {"name": "Mara  Okafor", "email": "Mara@Example.test"}, "ordered_on": "2026-11-12",
  "shipped_on": "2026-11-16T10:00:00+01:00", "delivered_on": null, "total": 136, "currency": "eur", "country": "de", "tracking": "RR 1180",
  "lines": [{"title": "“Low Tide” giclée", "sku": "LT-57", "kind": "Print", "tags": ["made to order"], "quantity": 2, "unit_price": "68.00"}]}"#;

#[test]
fn an_order_in_our_shape_is_taken_whole() {
    let post = read(WHOLE.as_bytes());
    assert!(post.mistakes.is_empty() && post.ignored.is_empty(), "{post:?}");
    let order = &post.orders[0];
    assert_eq!((order.number.as_str(), order.customer_name.as_str(), order.address.as_deref()), ("10482", "Mara Okafor", Some("mara@example.test")));
    assert_eq!((order.ordered_on, order.shipped_on, order.delivered_on), ("2026-11-12".parse().ok(), "2026-11-16".parse().ok(), None));
    assert_eq!((order.total.map(|total| total.to_string()).as_deref(), order.country.as_deref()), (Some("€136.00"), Some("DE")));
    let line = &order.lines[0];
    assert_eq!((line.kind.as_str(), line.quantity, line.unit.map(|unit| unit.minor)), ("print", 2, Some(6800)));
    for list in [format!("[{WHOLE}, {WHOLE}]"), format!("{{\"orders\": [{WHOLE}, {WHOLE}]}}")] {
        assert_eq!(read(list.as_bytes()).orders.len(), 2);
    }
}

#[test]
fn each_mistake_is_said_at_its_path_and_the_other_orders_are_taken() {
    let odd = r#"{"orders": [{"number": "A-1"}, {"number": "A-2", "total": "a lot", "currency": "euro", "country": "Germany", "customer": {"email": "mara"},
      "ordered_on": "12.11.2026", "lines": [{"quantity": 0, "unit_price": -1}, "print", {"title": "x", "tags": "y"}], "delivery_date": "2026-11-19"}, {}, 7]}"#;
    let post = read(odd.as_bytes());
    assert_eq!(post.orders.iter().map(|order| order.number.as_str()).collect::<Vec<_>>(), ["A-1"]);
    let paths: Vec<&str> = mistakes(&post).into_iter().map(|(path, _)| path).collect();
    assert_eq!(
        paths,
        [
            "orders[1].currency",
            "orders[1].ordered_on",
            "orders[1].total",
            "orders[1].country",
            "orders[1].customer.email",
            "orders[1].lines[0].title",
            "orders[1].lines[0].quantity",
            "orders[1].lines[0].unit_price",
            "orders[1].lines[1]",
            "orders[1].lines[2].tags",
            "orders[2].number",
            "orders[3]",
        ]
    );
    assert_eq!(post.ignored, ["orders[1].delivery_date"]);
    assert!(mistakes(&post).iter().all(|(_, words)| words.ends_with('.') && words.len() > 15));
}

#[test]
fn of_ten_thousand_mistakes_fifty_are_listed_and_the_rest_is_counted() {
    let line = r#"{"quantity": 0, "unit_price": -1}"#;
    let order = format!(r#"{{"number": "A-1", "lines": [{}]}}"#, vec![line; 100].join(","));
    let post = read(format!("[{}]", vec![order; 40].join(",")).as_bytes());
    assert!(post.orders.is_empty());
    assert_eq!(post.mistakes.len(), 51);
    assert!(post.mistakes.iter().take(50).all(|mistake| mistake.path.starts_with("[0].lines[")));
    let last = &post.mistakes[50];
    assert_eq!((last.path.as_str(), last.words.as_str()), ("", "There are 11950 more mistakes, which are not listed."));
}

#[test]
fn what_is_no_order_is_said_in_words() {
    for (text, says) in [("", "no JSON"), ("number=1", "line 1, column"), ("7", "object"), ("[1]", "object"), (r##"{"number": "#!"}"##, "needs its number")] {
        let post = read(text.as_bytes());
        assert!(post.orders.is_empty() && post.mistakes[0].words.contains(says), "{text}: {post:?}");
    }
    let many = format!("[{}]", vec!["{\"number\": 1}"; ORDERS_MAX + 1].join(","));
    assert!(read(many.as_bytes()).mistakes[0].words.contains("At most 200 orders"));
    let long = format!("{{\"number\": 1, \"lines\": [{}]}}", vec!["{\"title\": \"x\"}"; LINES_MAX + 1].join(","));
    assert_eq!(read(long.as_bytes()).mistakes[0].path, "lines");
    let deep = "[".repeat(100_000);
    assert!(read(deep.as_bytes()).mistakes[0].words.contains("no JSON"));
    assert!(read(format!("{{\"number\": \"{}\"}}", "9".repeat(301)).as_bytes()).orders.is_empty());
}

#[test]
fn the_webhooks_of_two_backends_are_recognised() {
    let woo = r#"{"id": 727, "number": "727", "status": "processing", "currency": "EUR", "date_created": "2026-11-12T09:00:00", "total": "83.00",
      "billing": {"first_name": "Mara", "last_name": "Okafor", "email": "mara@example.test", "country": "SE"}, "shipping": {"country": ""},
      "line_items": [{"id": 1, "name": "Low Tide", "sku": "LT", "quantity": 2, "price": 34.29, "total": "68.57", "total_tax": "14.43"}], "meta_data": []}"#;
    let post = read(woo.as_bytes());
    assert!(post.mistakes.is_empty() && post.ignored.is_empty(), "{post:?}");
    let order = &post.orders[0];
    assert_eq!((order.number.as_str(), order.customer_name.as_str(), order.country.as_deref()), ("727", "Mara Okafor", Some("SE")));
    assert_eq!((order.lines[0].quantity, order.lines[0].unit.map(|unit| unit.minor)), (2, Some(4150)));

    let shopify = r##"{"id": 450789469, "name": "#1001", "order_number": 1001, "email": "mara@example.test", "created_at": "2026-11-12T09:00:00-05:00", "currency": "USD",
      "total_price": "199.00", "customer": {"first_name": "Mara", "last_name": null}, "shipping_address": {"country_code": "US"},
      "fulfillments": [{"created_at": "2026-11-16T10:00:00-05:00", "tracking_number": "1Z"}],
      "line_items": [{"title": "Low Tide", "variant_title": "50x70", "sku": null, "quantity": 1, "price": "199.00"}]}"##;
    let post = read(shopify.as_bytes());
    assert_eq!(mistakes(&post), []);
    let order = &post.orders[0];
    assert_eq!((order.number.as_str(), order.tracking.as_str(), order.shipped_on), ("#1001", "1Z", "2026-11-16".parse().ok()));
    assert_eq!((order.lines[0].title.as_str(), order.total.map(|total| total.minor)), ("Low Tide, 50x70", Some(19_900)));
}

#[test]
fn whole_payloads_of_both_are_taken_without_a_word() {
    let post = read(include_bytes!("../../../tests/fixtures/shops/woocommerce_order.json"));
    assert_eq!((mistakes(&post), post.ignored.len()), (vec![], 0));
    let order = &post.orders[0];
    assert_eq!((order.number.as_str(), order.country.as_deref(), order.total.map(|total| total.to_string()).as_deref()), ("10482", Some("SE"), Some("€83.00")));
    let units: Vec<Option<i64>> = order.lines.iter().map(|line| line.unit.map(|unit| unit.minor)).collect();
    assert_eq!(units, [Some(6800), Some(500)], "what the buyer paid for one, its tax included");
    assert_eq!(order.references, [("order_id", "10482".to_owned()), ("payment", "pi_example".to_owned())]);

    let post = read(include_bytes!("../../../tests/fixtures/shops/shopify_order.json"));
    assert_eq!((mistakes(&post), post.ignored.len()), (vec![], 0));
    let order = &post.orders[0];
    assert_eq!((order.number.as_str(), order.customer_name.as_str(), order.tracking.as_str()), ("#1001", "Mara Okafor", "RR118055234SE"));
    assert_eq!((order.lines[0].title.as_str(), order.lines[1].title.as_str()), ("Low Tide, giclée, 50x70", "Postcards"));
    assert_eq!(order.references, [("order_id", "gid://shopify/Order/5533112".to_owned())]);
}
