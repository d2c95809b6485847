//! Confirmations as shops send them (`tests/emails/confirmations`), each with what it says.

use super::{About, could_be, read};
use crate::email::{self, EmailAddress};
use crate::order::Line;
use std::path::Path;

fn shown(line: &Line) -> String {
    let sku = if line.sku.is_empty() { String::new() } else { format!(" [{}]", line.sku) };
    let unit = line.unit.map(|unit| format!(" {}", unit.digits())).unwrap_or_default();
    format!("{} {}{sku}{unit}", line.quantity, line.title)
}

/// About, number, day | name | address | country | total | items, or tracking.
fn said(raw: &[u8]) -> String {
    let email = email::read(raw);
    let sent = jiff::Timestamp::from_millisecond(email.date.unwrap()).unwrap();
    let sent = jiff::tz::Offset::UTC.to_datetime(sent).date();
    let ours: Vec<EmailAddress> = ["help@tidewater.example", "shop@tidewater.example"].iter().filter_map(|own| EmailAddress::parse(own)).collect();
    let ours: Vec<EmailAddress> = ours.into_iter().chain(email.from.iter().map(|from| from.address.clone())).collect();
    let Some((about, news)) = read(&email, sent, &ours).filter(|_| could_be(&email)) else { return "nothing".into() };
    let or_none = |text: String| if text.is_empty() { "-".to_owned() } else { text };
    let (word, day) = match about {
        About::Placed => ("placed", news.ordered_on),
        About::Shipped => ("shipped", news.shipped_on),
    };
    let head = format!("{word} {} {} | {} | {}", news.number, day.unwrap(), or_none(news.customer_name), or_none(news.address.unwrap_or_default()));
    let country = or_none(news.country.unwrap_or_default());
    if about == About::Shipped {
        return format!("{head} | {country} | {}", or_none(news.tracking));
    }
    let total = news.total.map(|total| format!("{} {}", total.currency.map(|c| c.as_str().to_owned()).unwrap_or_default(), total.digits()));
    let lines = news.lines.iter().map(shown).collect::<Vec<_>>().join(" + ");
    format!("{head} | {country} | {} | {lines}", or_none(total.unwrap_or_default())).trim_end().to_owned()
}

#[test]
fn confirmations_of_four_backends_in_eight_languages_say_what_was_bought() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emails/confirmations");
    let index = std::fs::read_to_string(folder.join("expected.txt")).unwrap();
    let mut wrong = Vec::new();
    for line in index.lines().filter(|line| !line.starts_with('#')) {
        let (name, wanted) = line.split_once('\t').unwrap();
        let said = said(&std::fs::read(folder.join(format!("{name}.eml"))).unwrap());
        if said != wanted.trim_end() {
            wrong.push(format!("{name}\n  wanted {wanted}\n  read   {said}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn everyday_mail_is_no_confirmation() {
    for (subject, text) in [
        ("My order", "I ordered a print last week, order 10482. When does it ship? Total: 68 EUR"),
        ("Re: New order #10482", "Thanks!"),
        ("Where is my parcel?", "Order 10482 has not come."),
    ] {
        let raw = format!("From: mara@example.test\r\nTo: shop@example.test\r\nSubject: {subject}\r\nDate: Thu, 12 Nov 2026 14:03:11 +0100\r\n\r\n{text}\r\n");
        let email = email::read(raw.as_bytes());
        let news = read(&email, "2026-11-12".parse().unwrap(), &[]);
        assert!(news.is_none(), "{subject}: {news:?}");
    }
}
