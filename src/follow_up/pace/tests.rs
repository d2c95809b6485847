//! No recipient gets more than the cap, no hour sends more than the cap, nobody is written to at night.

use super::super::zone;
use super::*;
use proptest::prelude::*;

fn at(text: &str) -> Millis {
    text.parse::<Timestamp>().unwrap().as_millisecond()
}

fn shown(at: Millis) -> String {
    Timestamp::from_millisecond(at).unwrap().to_string()
}

#[test]
fn a_letter_waits_for_the_recipients_day() {
    let pace = Pace::default();
    let next = |country: &str, now: &str| shown(next_day(&pace, &zone::of(Some(country), None, "", "en"), at(now)));
    for (country, now, then) in [
        ("SE", "2026-12-01T12:34:56Z", "2026-12-01T12:34:56Z"),
        ("SE", "2026-12-01T07:59:59Z", "2026-12-01T08:00:00Z"),
        ("SE", "2026-12-01T18:00:00Z", "2026-12-02T08:00:00Z"),
        ("SE", "2026-12-05T18:00:00Z", "2026-12-07T08:00:00Z"), // Saturday evening: Sunday is theirs
        ("SE", "2026-12-06T12:00:00Z", "2026-12-07T08:00:00Z"),
        ("SE", "2026-03-28T18:30:00Z", "2026-03-30T07:00:00Z"), // the clocks went forward meanwhile
        ("JP", "2026-12-01T12:00:00Z", "2026-12-02T00:00:00Z"),
        ("US", "2026-12-01T15:00:00Z", "2026-12-01T17:00:00Z"), // ten in New York is seven in Los Angeles
        ("US", "2026-12-02T00:30:00Z", "2026-12-02T17:00:00Z"),
        ("AU", "2026-12-01T22:00:00Z", "2026-12-02T01:00:00Z"),
    ] {
        assert_eq!(next(country, now), then, "{country} {now}");
    }
}

#[test]
fn where_no_moment_is_day_everywhere_the_first_zone_counts() {
    let pace = Pace { from_hour: 9, until_hour: 10, ..Pace::default() };
    assert_eq!(shown(next_day(&pace, &zone::of(Some("US"), None, "", "en"), at("2026-12-01T12:00:00Z"))), "2026-12-01T14:00:00Z");
}

#[test]
fn a_shop_that_works_on_sundays_writes_on_them_in_the_daytime() {
    let zones = zone::of(Some("SE"), None, "", "en");
    let next = |pace: &Pace, now: &str| shown(next_day(pace, &zones, at(now)));
    let open = Pace { sundays: true, ..Pace::default() };
    assert_eq!(next(&open, "2026-12-06T12:00:00Z"), "2026-12-06T12:00:00Z");
    assert_eq!(next(&open, "2026-12-05T18:00:00Z"), "2026-12-06T08:00:00Z");
    let before = serde_json::json!({"per_hour": 20, "per_month": 2, "from_hour": 9, "until_hour": 19, "country": ""});
    assert_eq!(serde_json::from_value::<Pace>(before).unwrap(), Pace::default(), "what was saved before the question was asked means no");
}

#[test]
fn an_hours_letters_leave_one_after_another() {
    let pace = Pace { per_hour: 3, ..Pace::default() };
    let now = at("2026-12-01T12:00:00Z");
    assert!(shop_may(&pace, &[], now));
    assert!(!shop_may(&pace, &[now - 19 * 60_000], now) && shop_may(&pace, &[now - 20 * 60_000], now));
}

#[test]
fn whoever_had_enough_is_left_alone_for_a_month() {
    let pace = Pace::default();
    let zones = zone::of(Some("SE"), None, "", "en");
    let now = at("2026-12-01T12:00:00Z");
    let day = 24 * HOUR;
    assert_eq!(they_may(&pace, &zones, &[now - 3 * day], now), Go::Now);
    assert_eq!(they_may(&pace, &zones, &[now - 3 * day, now - 20 * day], now), Go::WhenRested(now + 10 * day));
    assert_eq!(they_may(&pace, &zones, &[now - 3 * day, now - 31 * day], now), Go::Now);
}

fn paces() -> impl Strategy<Value = Pace> {
    (-3i64..200, -3i64..20, -3i8..30, -3i8..30, any::<bool>()).prop_map(|(per_hour, per_month, from_hour, until_hour, sundays)| {
        Pace { per_hour, per_month, from_hour, until_hour, sundays, country: String::new() }.sane()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// A month of minutes, in which everybody of a few is due at any time.
    #[test]
    fn p68_caps_and_daytime_hold_whatever_is_due(
        pace in paces(),
        people in prop::collection::vec(prop::sample::select(vec!["SE", "US", "JP", "GB", "BR", "AU"]), 1..4),
        steps in prop::collection::vec((0usize..4, 1i64..300), 1..400),
    ) {
        let mut now = at("2026-10-20T03:00:00Z");
        let mut all: Vec<Millis> = Vec::new();
        let mut each: Vec<Vec<Millis>> = vec![Vec::new(); people.len()];
        for (who, minutes) in steps {
            now += minutes * 60_000;
            let who = who % people.len();
            let zones = zone::of(Some(people[who]), None, "", "en");
            if shop_may(&pace, &all, now) && they_may(&pace, &zones, &each[who], now) == Go::Now {
                all.push(now);
                each[who].push(now);
            }
        }
        let in_any = |times: &[Millis], span: Millis| times.iter().map(|end| times.iter().filter(|at| **at > end - span && **at <= *end).count() as i64).max().unwrap_or(0);
        prop_assert!(in_any(&all, HOUR) <= pace.per_hour);
        for (who, times) in each.iter().enumerate() {
            prop_assert!(in_any(times, MONTH) <= pace.per_month);
            let zone = zone::of(Some(people[who]), None, "", "en").remove(0);
            for at in times {
                let local = Timestamp::from_millisecond(*at).unwrap().to_zoned(zone.clone());
                prop_assert!((pace.from_hour..pace.until_hour).contains(&local.hour()) && (pace.sundays || local.weekday() != civil::Weekday::Sunday), "{local}");
            }
        }
    }

    #[test]
    fn the_next_day_is_one_never_earlier_and_settled(pace in paces(), country in prop::sample::select(vec!["SE", "US", "CL", "IL", "NZ", "CA"]), at in 0i64..4_000_000_000_000) {
        let zones = zone::of(Some(country), None, "", "en");
        let next = next_day(&pace, &zones, at);
        prop_assert!(next >= at && next - at < 8 * 24 * HOUR);
        prop_assert_eq!(next_day(&pace, &zones, next), next);
    }
}
