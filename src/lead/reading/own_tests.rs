//! Sentences of our own (`sentences/`), from which the rules learned and which they must not unlearn; names, figures, countries.

use super::tests::{Score, read_mail};
use super::{Known, Reading};

const OWN_CONSENTS: &str = include_str!("sentences/consents.txt");
const OWN_WITHDRAWALS: &str = include_str!("sentences/withdrawals.txt");
const OWN_INTERESTS: &str = include_str!("sentences/interests.txt");
/// Nearly all are known by heart.
const OWN_MIN: f64 = 0.95;

/// A line of our own: whether it says yes, and the text.
fn signed(file: &'static str) -> impl Iterator<Item = (bool, String)> {
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once(' ')?.1.split_once(' ')).map(|(sign, text)| (sign == "+", text.replace("\\n", "\r\n")))
}

fn score_own(file: &'static str, says_yes: impl Fn(&Reading) -> bool) -> Score {
    let mut score = Score::default();
    for (yes, text) in signed(file) {
        let found = says_yes(&read_mail("Re: print", &text, &Known::default()));
        if found != yes {
            println!("{} {text}", if yes { "missed" } else { "FALSE" });
        }
        score.wanted += usize::from(yes);
        score.right += usize::from(yes && found);
        score.extra += usize::from(found && !yes);
    }
    score
}

#[test]
fn no_doubtful_yes_is_one_and_plain_ones_are_heard() {
    let consents = score_own(OWN_CONSENTS, |reading| !reading.consents.is_empty());
    assert!(consents.extra == 0 && consents.recall() >= OWN_MIN, "{}", consents.shown());
    let withdrawals = score_own(OWN_WITHDRAWALS, |reading| reading.withdrawal.is_some());
    assert!(withdrawals.extra == 0 && withdrawals.recall() >= OWN_MIN, "{}", withdrawals.shown());
}

#[test]
fn what_people_say_they_like_stays_read() {
    let mut wrong = Vec::new();
    for line in OWN_INTERESTS.lines().filter(|line| !line.starts_with('#')) {
        let [_, text, expected] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else { panic!("{line}") };
        let reading = read_mail("Hello", text, &Known::default());
        let wish = reading.wish.iter().map(|_| "wish");
        let found = reading.interests.iter().map(|found| found.feature.value.as_str()).chain(wish).collect::<Vec<_>>().join("; ");
        if found != expected {
            wrong.push(format!("{text}: {found}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn known() -> Known {
    let named = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    Known::of(&named(&["Georgia Vance", "Moll"]), &named(&["Evening Tide", "Blue", "L'Étoile du port"]))
}

fn values(text: &str) -> Vec<String> {
    read_mail("Hello", text, &known()).interests.into_iter().map(|found| found.feature.value).collect()
}

#[test]
fn the_shops_names_are_known_in_small_letters_and_in_the_genitive() {
    assert_eq!(values("do you have anything of georgia vance?"), ["Georgia Vance"]);
    assert_eq!(values("Do you have one of Georgia Vance's?"), ["Georgia Vance"]);
    assert_eq!(values("Haben Sie noch etwas aus Molls Atelier?"), ["Moll"]);
    assert_eq!(values("I am looking for evening tide."), ["Evening Tide"]);
    assert_eq!(values("Auriez-vous encore « L’étoile du port » ?"), ["L'Étoile du port"]);
    // A title that is a word like others, unless it is written as a name.
    assert_eq!(values("Do you have something blue?"), ["blue"]);
    assert_eq!(values("Do you have \"Blue\" in stock?"), ["Blue"]);
    assert!(values("My order of Evening Tide by Georgia Vance arrived broken.").is_empty());
}

#[test]
fn sizes_and_budgets_are_read_as_people_write_them() {
    for (text, expected) in [
        ("Haben Sie ein Poster in 50x70?", "50 x 70 cm"),
        ("Haben Sie ein Poster in 50 × 70 cm?", "50 x 70 cm"),
        ("Haben Sie ein Poster, 50 cm mal 70 cm?", "50 x 70 cm"),
        ("Haben Sie ein Poster, 0,5 x 0,7 m?", "50 x 70 cm"),
        ("Do you have a poster, 16x20?", "16 x 20 in"),
        ("Do you have a poster, 16\" x 20\"?", "16 x 20 in"),
        ("Do you have a poster, 24 by 36 inches?", "24 x 36 in"),
        ("Do you have a poster in a3?", "A3"),
    ] {
        assert_eq!(values(text), ["poster", expected], "{text}");
    }
    for (text, expected) in [
        ("Do you have a poster under £150?", "150 GBP"),
        ("Haben Sie ein Poster, max. 1.300 €?", "1300 EUR"),
        ("Do you have a poster, up to 200?", "200"),
        ("Har ni en affisch, högst 600 kr?", "600 SEK"),
        ("Do you have a poster, no more than $49.50?", "49.50 USD"),
    ] {
        assert_eq!(values(text), ["poster", expected], "{text}");
    }
}

#[test]
fn a_country_is_one_only_if_they_said_that_they_are_there() {
    let country = |text: &str| read_mail("Hello", text, &Known::default()).country.map(|(code, _)| code);
    assert_eq!(country("Hello, we live in Sweden and would like a print.").as_deref(), Some("SE"));
    assert_eq!(country("Guten Tag, ich wohne in Österreich und suche ein Bild.").as_deref(), Some("AT"));
    assert_eq!(country("Bonjour, nous habitons en Belgique, livrez-vous chez nous ?").as_deref(), Some("BE"));
    assert_eq!(country("I would like a print of Sweden in winter."), None);
    assert_eq!(country("My sister says she lives in Sweden, I do not live in Sweden."), None);
}

#[test]
fn what_is_passed_on_is_nobodys_yes() {
    let reading = read_mail("Fwd: Autumn news", "Please let me know when you have similar pieces.", &Known::default());
    assert!(reading.consents.is_empty() && reading.wish.is_none());
    let quoted = read_mail("Re: print", "> Shall we write to you?\r\nNot now.\r\n> Please let me know when you have similar pieces.", &Known::default());
    assert!(quoted.consents.is_empty());
}

#[test]
fn a_subject_alone_is_enough_to_stop() {
    let stops = |subject: &str, body: &str| read_mail(subject, body, &Known::default()).withdrawal.is_some();
    assert!(stops("Unsubscribe", "") && stops("ABMELDEN", "Danke") && stops("désinscription", "\r\n"));
    assert!(!stops("Unsubscribe", "Where can I do that, and does it cost me my account? I would rather not.") && !stops("Stop by on Friday", ""));
}
