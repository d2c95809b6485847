//! What time it is where somebody lives, as far as their country or language tells. The rules are POSIX strings of our own: an image
//! without a table of zones knows them too, and every test sees the same.

use jiff::tz::TimeZone;

const EUROPE_WEST: &str = "WET0WEST,M3.5.0/1,M10.5.0";
const EUROPE_MIDDLE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";
const EUROPE_EAST: &str = "EET-2EEST,M3.5.0/3,M10.5.0/4";
const BRITAIN: &str = "GMT0BST,M3.5.0/1,M10.5.0";
const AMERICA_EAST: &str = "EST5EDT,M3.2.0,M11.1.0";
const AMERICA_WEST: &str = "PST8PDT,M3.2.0,M11.1.0";

/// ISO 3166-1 codes with their zone; of a wide country the two ends, so that it is day at both.
const COUNTRIES: &[(&str, &[&str])] = &[
    ("GB GG IM JE IE", &[BRITAIN]),
    ("PT FO", &[EUROPE_WEST]),
    ("IS", &["GMT0"]),
    ("AD AL AT BA BE CH CZ DE DK ES FR GI HR HU IT LI LU MC ME MK MT NL NO PL RS SE SI SJ SK SM VA", &[EUROPE_MIDDLE]),
    ("AX BG CY EE FI GR LT LV MD RO UA", &[EUROPE_EAST]),
    ("TR SA QA KW BH IQ KE ET TZ UG", &["<+03>-3"]),
    ("BY RU", &["MSK-3"]),
    ("MA", &["<+01>-1"]),
    ("NG DZ TN", &["<+01>-1"]),
    ("ZA NA BW ZW", &["SAST-2"]),
    ("EG", &["EET-2EEST,M4.5.5/0,M10.5.4/24"]),
    ("IL", &["IST-2IDT,M3.4.4/26,M10.5.0"]),
    ("AE OM GE AM AZ", &["<+04>-4"]),
    ("PK", &["PKT-5"]),
    ("IN LK", &["IST-5:30"]),
    ("TH VN KH LA", &["<+07>-7"]),
    ("ID", &["WIB-7", "WIT-9"]),
    ("CN HK MO MY PH SG TW", &["CST-8"]),
    ("JP KR", &["JST-9"]),
    ("AU", &["AEST-10AEDT,M10.1.0,M4.1.0/3", "AWST-8"]),
    ("NZ", &["NZST-12NZDT,M9.5.0,M4.1.0/3"]),
    ("US", &[AMERICA_EAST, AMERICA_WEST]),
    ("CA", &["NST3:30NDT,M3.2.0,M11.1.0", AMERICA_WEST]),
    ("MX", &["CST6", "MST7"]),
    ("CO EC PE PA JM", &["<-05>5"]),
    ("BO VE PR DO", &["<-04>4"]),
    ("CL", &["<-04>4<-03>,M9.1.6/24,M4.1.6/24"]),
    ("AR UY", &["<-03>3"]),
    ("BR", &["<-03>3", "<-04>4"]),
];

/// Where most who write a language live. English says nothing.
const LANGUAGES: &[(&str, &str)] = &[
    ("de", "DE"),
    ("fr", "FR"),
    ("es", "ES"),
    ("it", "IT"),
    ("nl", "NL"),
    ("pt", "PT"),
    ("sv", "SE"),
    ("da", "DK"),
    ("nb", "NO"),
    ("no", "NO"),
    ("fi", "FI"),
    ("pl", "PL"),
    ("cs", "CZ"),
    ("ja", "JP"),
];

/// The zones of whoever is somewhere: the country that they said, else that of their language, else the shop's.
pub fn of(country: Option<&str>, language: Option<&str>, shop_country: &str, shop_language: &str) -> Vec<TimeZone> {
    let by_language = |language: &str| LANGUAGES.iter().find(|(known, _)| *known == language).and_then(|(_, country)| rules(country));
    let found = country.and_then(rules).or_else(|| language.and_then(by_language)).or_else(|| rules(shop_country)).or_else(|| by_language(shop_language));
    found.unwrap_or(&[BRITAIN]).iter().filter_map(|rule| TimeZone::posix(rule).ok()).collect()
}

/// Whether its time is known.
pub fn is_known(country: &str) -> bool {
    rules(country).is_some()
}

fn rules(country: &str) -> Option<&'static [&'static str]> {
    COUNTRIES.iter().find(|(codes, _)| codes.split(' ').any(|code| code == country)).map(|(_, rules)| *rules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_one_and_no_country_stands_twice() {
        let codes: Vec<&str> = COUNTRIES.iter().flat_map(|(codes, _)| codes.split(' ')).collect();
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), codes.len());
        for (codes, rules) in COUNTRIES {
            assert!(rules.iter().all(|rule| TimeZone::posix(rule).is_ok()), "{codes}");
        }
        assert!(LANGUAGES.iter().all(|(_, country)| is_known(country)));
    }

    #[test]
    fn the_country_goes_before_the_language_and_that_before_the_shop() {
        let hours = |zones: Vec<TimeZone>| -> Vec<i8> {
            let noon: jiff::Timestamp = "2026-07-01T12:00:00Z".parse().unwrap();
            zones.into_iter().map(|zone| noon.to_zoned(zone).hour()).collect()
        };
        assert_eq!(hours(of(Some("US"), Some("de"), "SE", "sv")), [8, 5]);
        assert_eq!(hours(of(None, Some("de"), "JP", "ja")), [14]);
        assert_eq!(hours(of(Some("ZZ"), Some("en"), "JP", "en")), [21]);
        assert_eq!(hours(of(None, None, "", "sv")), [14]);
        assert_eq!(hours(of(None, None, "", "en")), [13]);
    }
}
