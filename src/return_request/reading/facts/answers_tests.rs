//! Answers to our letter as mail programs send them (`tests/emails/answers`), each with the record that it states.

use crate::return_request::reading::{Letter, Shop, facts};
use std::collections::BTreeMap;
use std::path::Path;

/// Of all fields that are stated or read.
const RIGHT_MIN: f64 = 0.95;

#[test]
fn answers_fill_the_record_however_they_come() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emails/answers");
    let index = std::fs::read_to_string(folder.join("expected.txt")).unwrap();
    let mut stated: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for line in index.lines().filter(|line| !line.starts_with('#')) {
        let mut parts = line.split('\t');
        let record = stated.entry(parts.next().unwrap()).or_default();
        if let (Some(field), Some(value)) = (parts.next(), parts.next()) {
            record.insert(field, value);
        }
    }
    let (mut all, mut right, mut wrong, mut certainly_wrong) = (0, 0, Vec::new(), Vec::new());
    for (name, wanted) in &stated {
        let read = record(&std::fs::read(folder.join(format!("{name}.eml"))).unwrap());
        let doubtful = |field: &str| read.get(field).is_some_and(|(_, certain)| !certain);
        let fields = wanted.keys().copied().chain(read.keys().map(String::as_str).filter(|field| !wanted.contains_key(field) && !doubtful(field)));
        for field in fields {
            all += 1;
            let got = read.get(field);
            let told = format!("{name}: {field} is {:?}, read {got:?}", wanted.get(field));
            match got {
                Some((value, _)) if wanted.get(field) == Some(&value.as_str()) => right += 1,
                Some((_, true)) => certainly_wrong.push(told),
                _ => wrong.push(told),
            }
        }
    }
    println!("{} answers, {right} of {all} fields right\n{}", stated.len(), wrong.join("\n"));
    assert!(certainly_wrong.is_empty(), "wrong, and presented as certain:\n{}", certainly_wrong.join("\n"));
    assert!(f64::from(right) >= RIGHT_MIN * f64::from(all), "{right} of {all} fields are right:\n{}", wrong.join("\n"));
}

/// Each field that a mail states, and whether it is certain.
fn record(raw: &[u8]) -> BTreeMap<String, (String, bool)> {
    let email = crate::email::read(raw);
    let letter = Letter::of(&email);
    let shop = Shop { order_pattern: None, own_fields: &[], lexicon: None };
    let mut record: BTreeMap<String, (String, bool)> = facts::find(&letter, &shop)
        .into_iter()
        .map(|found| (found.field, (found.value.as_json().to_string().trim_matches('"').to_owned(), found.certain)))
        .collect();
    let photos = facts::photos(&letter).len();
    if photos > 0 {
        record.insert("photos".into(), (photos.to_string(), true));
    }
    record
}
