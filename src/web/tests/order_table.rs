//! A file of orders on the screen: taken, named where it cannot be, and shown before it is believed.

use super::returns::with_mail;
use super::*;
use crate::return_request::{fact, fields};

#[tokio::test]
async fn a_table_of_orders_is_taken_and_returns_that_waited_find_theirs() {
    let (shop, there, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    browser.submit(&format!("/conversations/{there}"), &format!("/conversations/{there}/returns"), &[]).await;
    assert_eq!(shop.the_return(there).order_id, None);
    let token = browser.token().await;
    let send = |table: &str| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{token}\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"o.csv\"\r\n\r\n{table}\r\n--b--\r\n"
        )
    };
    let kind = [("content-type", "multipart/form-data; boundary=b")];
    let odd = browser.ask(Method::POST, "/settings/orders", &kind, send("Colour\nred\n")).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("No column holds order numbers"), "{}", odd.body);
    let table = "Order number,Email,Order date,Total,Currency,Item name\nAT-10482,mara@example.test,2026-11-12,68.00,EUR,Low Tide\n,,,,,\n";
    let taken = browser.ask(Method::POST, "/settings/orders", &kind, send(table)).await;
    assert!(taken.body.contains("1 order was taken") && taken.body.contains("Line 3 was left out"), "{}", taken.body);
    let found = shop.the_return(there);
    assert!(found.order_id.is_some());
    assert_eq!(shop.read(|c| fact::of(c, found.id)).text(fields::ORDER_NUMBER), Some("AT-10482"));
}

#[tokio::test]
async fn a_table_without_a_currency_is_shown_before_it_is_taken_and_says_which_it_would_be() {
    const TABLE: &str = include_str!("../../../tests/fixtures/shops/woocommerce_orders.csv");
    let (shop, _, jules) = with_mail();
    let mut browser = shop.browser_of(jules);
    let token = browser.token().await;
    let send = |currency: &str| {
        let field = |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        let file = format!("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"o.csv\"\r\n\r\n{TABLE}\r\n--b--\r\n");
        format!("{}{}{file}", field("csrf", &token), field("currency", currency))
    };
    let kind = [("content-type", "multipart/form-data; boundary=b")];
    let known = |shop: &Shop| shop.read(crate::order::count);
    let unsaid = browser.ask(Method::POST, "/settings/orders", &kind, send("")).await;
    assert!(unsaid.status == StatusCode::OK && unsaid.body.contains("name no currency: say which it is"), "{}", unsaid.body);
    let odd = browser.ask(Method::POST, "/settings/orders", &kind, send("euro")).await;
    assert!(odd.status == StatusCode::UNPROCESSABLE_ENTITY && odd.body.contains("A currency is three letters"), "{}", odd.body);
    let preview = browser.ask(Method::POST, "/settings/orders", &kind, send("eur")).await;
    for words in [
        "Nothing was imported yet",
        "The sums in this file name no currency",
        "<strong>EUR</strong>",
        "€1240.00",
        "1 × Low Tide, giclée €68.00",
        "Import 2 orders",
    ] {
        assert!(preview.body.contains(words), "{words}: {}", preview.body);
    }
    assert_eq!(known(&shop), 0);
    // The preview sends the whole file again: nobody chooses it twice.
    let sent = preview.body.split("<textarea name=\"table\" hidden>").nth(1).unwrap().split("</textarea>").next().unwrap().trim_start_matches('\n');
    let text = sent.replace("&#34;", "\"").replace("&#38;", "&");
    let field = |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let again = format!("{}{}{}{}--b--\r\n", field("csrf", &token), field("table", &text), field("currency", "EUR"), field("sure", "1"));
    let taken = browser.ask(Method::POST, "/settings/orders", &kind, again).await;
    assert!(taken.body.contains("2 orders were taken"), "{}", taken.body);
    let order = shop.read(|c| crate::order::find_by_number(c, "10483")).unwrap();
    assert_eq!(order.total.map(|total| total.to_string()).as_deref(), Some("€1240.00"));
    // The next file is read in the currency of these.
    assert!(browser.get("/settings/orders").await.body.contains("name=\"currency\" value=\"EUR\""));
}
