//! Tables as the three backends export them, in the columns that their exports have, and tables of a shop's own.

use super::*;

const SHOPIFY: &str = include_str!("../../../tests/fixtures/shops/shopify_orders.csv");
const WOOCOMMERCE: &str = include_str!("../../../tests/fixtures/shops/woocommerce_orders.csv");
const ETSY_ITEMS: &str = include_str!("../../../tests/fixtures/shops/etsy_order_items.csv");
const ETSY_ORDERS: &str = include_str!("../../../tests/fixtures/shops/etsy_orders.csv");

fn euros(minor: i64) -> Option<Amount> {
    Some(Amount::new(minor, Currency::parse("EUR")))
}

fn lines(order: &News) -> Vec<(&str, &str, i64, Option<Amount>)> {
    order.lines.iter().map(|line| (line.title.as_str(), line.sku.as_str(), line.quantity, line.unit)).collect()
}

#[test]
fn shopify_s_export_has_a_line_for_each_piece_and_the_order_on_the_first() {
    let table = read(SHOPIFY, None).unwrap();
    assert_eq!((table.orders.len(), table.left_out.len(), table.lack_currency()), (1, 0, 0));
    let order = &table.orders[0];
    assert_eq!((order.number.as_str(), order.address.as_deref(), order.country.as_deref()), ("#1001", Some("mara@example.test"), Some("SE")));
    assert_eq!((order.ordered_on, order.shipped_on), ("2026-11-12".parse().ok(), "2026-11-16".parse().ok()));
    assert_eq!((order.customer_name.as_str(), order.total), ("Mara Okafor", euros(8300)));
    assert_eq!(lines(order), [("Low Tide, giclée - 50x70", "LT-57", 1, euros(6800)), ("Postcards", "PC", 3, euros(500))]);
    assert!(order.lines.iter().all(|line| line.tags.is_empty()), "an order's tags are not the piece's");
}

#[test]
fn woocommerce_s_export_names_no_currency_and_is_read_in_the_one_that_is_said() {
    let bare = read(WOOCOMMERCE, None).unwrap();
    assert_eq!((bare.orders.len(), bare.lack_currency()), (2, 2));
    let table = read(WOOCOMMERCE, Currency::parse("EUR")).unwrap();
    let order = &table.orders[0];
    assert_eq!((table.lack_currency(), order.total, order.customer_name.as_str()), (0, euros(8300), "Mara Okafor"));
    assert_eq!((order.address.as_deref(), order.country.as_deref(), order.ordered_on), (Some("mara@example.test"), Some("SE"), "2026-11-12".parse().ok()));
    assert_eq!(lines(order), [("Low Tide, giclée", "LT-57", 1, euros(6800)), ("Postcards", "PC", 3, euros(500))]);
    let yen = read(WOOCOMMERCE, Currency::parse("JPY")).unwrap();
    assert_eq!(yen.orders[1].total.map(|total| total.minor), Some(1240), "in its own smallest unit");
}

#[test]
fn etsy_s_two_files_are_both_read() {
    let items = read(ETSY_ITEMS, None).unwrap();
    let order = &items.orders[0];
    assert_eq!((order.number.as_str(), order.customer_name.as_str(), order.country.as_deref()), ("3141592653", "Mara Okafor", Some("SE")));
    assert_eq!((order.ordered_on, order.shipped_on, order.total), ("2026-11-12".parse().ok(), "2026-11-16".parse().ok(), None));
    assert_eq!(lines(order), [("Low Tide, giclée print", "LT-57", 1, euros(6800)), ("Postcards", "PC", 3, euros(500))]);
    assert_eq!((items.lack_currency(), order.currency()), (0, Currency::parse("EUR")), "its pieces say it");
    let orders = read(ETSY_ORDERS, None).unwrap();
    let order = &orders.orders[0];
    assert_eq!((order.number.as_str(), order.customer_name.as_str(), order.total), ("3141592653", "Mara Okafor", euros(8750)));
    assert!(order.lines.is_empty(), "two SKUs in one cell are no pieces");
}

#[test]
fn a_table_of_one_s_own_is_read_by_the_names_of_its_columns() {
    let own = "\u{feff}order_number;order_date;billing_email;billing_first_name;order_total;item_name;item_sku;item_quantity;tags\n\
        10482;2026-11-12;mara@example.test;Mara;680,50;Low Tide;LT;2;made to order|sale\n;;;;;;;;\n";
    let table = read(own, Currency::parse("SEK")).unwrap();
    let order = &table.orders[0];
    assert_eq!((order.number.as_str(), order.total.map(|t| t.minor), order.customer_name.as_str()), ("10482", Some(68_050), "Mara"));
    assert_eq!((order.lines[0].tags.join("+"), order.lines[0].quantity), ("made to order+sale".to_owned(), 2));
    assert_eq!(table.left_out, [(3, "it has no order number")]);
    assert!(read("Colour,Size\nred,L\n", None).unwrap_err().contains("order numbers"));
}
