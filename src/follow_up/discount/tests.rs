//! Codes: read from what an owner pastes, made without look-alikes.

use super::*;

#[test]
fn a_pasted_list_or_a_table_is_read_each_code_once() {
    let read = |text: &str| codes_in(text).unwrap();
    assert_eq!(read("A-1\n\n A-2 \r\na-1\n"), ["A-1", "A-2"]);
    assert_eq!(read("\u{feff}Code;Value\n\"A-1\";10\nA-2;10"), ["A-1", "A-2"]);
    assert!(codes_in("A-1\nten percent off").unwrap_err().starts_with("Line 2: “ten percent off” is no code."));
    assert!(codes_in(&"x".repeat(41)).is_err());
    let many: Vec<String> = (0..=CODES_MAX).map(|n| format!("A-{n}")).collect();
    assert!(codes_in(&many.join("\n")).unwrap_err().starts_with("At most"));
}

#[test]
fn a_code_from_a_pattern_has_no_look_alikes() {
    let made = from_pattern("THANKS-####", &mut (0u8..=255)).unwrap();
    assert_eq!(made, "THANKS-2345");
    let all = from_pattern(&"#".repeat(200), &mut (0u8..=255)).unwrap();
    assert!(!all.contains(['0', 'O', '1', 'I', 'L']), "{all}");
    assert_eq!(from_pattern("####", &mut [1u8, 2].into_iter()), None);
    assert!(pattern_mistake("THANKS-####").is_none() && pattern_mistake("THANKS-###").is_some() && pattern_mistake("THANK YOU ####").is_some());
}

#[test]
fn a_discount_ends_on_its_day() {
    let said = Said { name: String::new(), worth: "10 %".into(), kind: Kind::Shared, code: "TEN".into(), valid_days: Some(30), valid_until: None };
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_millisecond();
    let by_days = Discount { id: DiscountId(1), said: said.clone(), ended_at: None };
    assert_eq!(by_days.ends_on(at("2026-12-01T09:00:00Z")).map(|day| day.to_string()).as_deref(), Some("2026-12-31"));
    let by_date = Discount { said: Said { valid_days: None, valid_until: "2026-12-24".parse().ok(), ..said }, ..by_days };
    assert!(by_date.lives(at("2026-12-24T23:00:00Z")) && !by_date.lives(at("2026-12-25T00:00:00Z")));
}
