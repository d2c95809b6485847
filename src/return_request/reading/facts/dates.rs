//! The day on which it arrived: a date or "three days ago", in a sentence that speaks of arriving.

use super::found;
use super::sentences::{around, tokens};
use crate::return_request::fields::{DELIVERED_ON, Value};
use crate::return_request::reading::Found;
use crate::return_request::reading::intent::folded;
use jiff::civil::{Date, Weekday};

/// Words that speak of arriving, by their beginnings.
const CUES: &[&str] = &[
    "arriv",
    "deliver",
    "receiv",
    "came",
    "got",
    "geliefert",
    "angekommen",
    "erhalten",
    "kam",
    "ankam",
    "bekommen",
    "zugestellt",
    "recu",
    "livr",
    "llego",
    "recibi",
    "entreg",
    "ricevut",
    "consegn",
    "ontvangen",
    "geleverd",
    "bezorgd",
    "kwam",
    "aangekomen",
    "binnen",
    "chegou",
    "recebi",
    "kom",
    "fick",
    "levererad",
    "anlande",
    "lieferung",
    "delivery",
];
/// Words that speak of another day.
const OTHERS: &[&str] = &[
    "ordered",
    "order",
    "bought",
    "bestellt",
    "gekauft",
    "commande",
    "achete",
    "pedi",
    "compre",
    "ordinat",
    "comprat",
    "besteld",
    "gekocht",
    "encomendei",
    "comprei",
    "bestallde",
    "kopte",
    "ship",
    "sent",
    "posted",
    "verschickt",
    "until",
    "before",
    "bis",
];
const MONTHS: &[(&str, i8)] = &[
    ("jan", 1),
    ("ene", 1),
    ("gen", 1),
    ("feb", 2),
    ("fev", 2),
    ("mar", 3),
    ("mär", 3),
    ("maa", 3),
    ("mrt", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("maj", 5),
    ("mag", 5),
    ("mei", 5),
    ("jun", 6),
    ("juin", 6),
    ("giu", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("aug", 8),
    ("aou", 8),
    ("ago", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("dic", 12),
];
const DAYS: &[(&[&str], Weekday)] = &[
    (&["monday", "montag", "lundi", "lunes", "lunedi", "maandag", "segunda", "mandag", "mandagen", "mandags"], Weekday::Monday),
    (&["tuesday", "dienstag", "mardi", "martes", "martedi", "dinsdag", "terca", "tisdag", "tisdagen", "tisdags"], Weekday::Tuesday),
    (&["wednesday", "mittwoch", "mercredi", "miercoles", "mercoledi", "woensdag", "quarta", "onsdag", "onsdagen", "onsdags"], Weekday::Wednesday),
    (&["thursday", "donnerstag", "jeudi", "jueves", "giovedi", "donderdag", "quinta", "torsdag", "torsdagen", "torsdags"], Weekday::Thursday),
    (&["friday", "freitag", "vendredi", "viernes", "venerdi", "vrijdag", "sexta", "fredag", "fredagen", "fredags"], Weekday::Friday),
    (&["saturday", "samstag", "sonnabend", "samedi", "sabado", "sabato", "zaterdag", "lordag", "lordagen", "lordags"], Weekday::Saturday),
    (&["sunday", "sonntag", "dimanche", "domingo", "domenica", "zondag", "sondag", "sondagen", "sondags"], Weekday::Sunday),
];
const YESTERDAY: &[&str] = &["yesterday", "gestern", "hier", "ayer", "ieri", "gisteren", "ontem", "igar"];
const TODAY: &[&str] = &["today", "heute", "aujourdhui", "hoy", "oggi", "vandaag", "hoje", "idag"];
const BEFORE_YESTERDAY: &[&str] = &["vorgestern", "anteayer", "eergisteren", "anteontem", "forrgar", "avanthier"];
const DAY_WORDS: &[&str] = &["day", "days", "tag", "tagen", "tage", "jour", "jours", "dia", "dias", "giorno", "giorni", "dag", "dagen", "dagar"];
const WEEK_WORDS: &[&str] =
    &["week", "weeks", "woche", "wochen", "semaine", "semaines", "semana", "semanas", "settimana", "settimane", "weken", "vecka", "veckor"];
/// "three days AGO", "VOR drei Tagen", "IL Y A 3 jours", "HACE 3 dias", "3 giorni FA", "FÖR 3 dagar sedan".
const AGO: &[&str] = &["ago", "vor", "y", "hace", "fa", "geleden", "ha", "sedan"];
const NUMBERS: &[(&[&str], i32)] = &[
    (&["a", "one", "einem", "einer", "un", "une", "uno", "una", "um", "uma", "een", "en"], 1),
    (&["two", "zwei", "deux", "dos", "due", "twee", "dois", "duas", "tva", "couple"], 2),
    (&["three", "drei", "trois", "tres", "tre", "drie"], 3),
    (&["four", "vier", "quatre", "cuatro", "quattro", "quatro", "fyra"], 4),
    (&["five", "funf", "cinq", "cinco", "cinque", "vijf", "fem"], 5),
    (&["six", "sechs", "seis", "sei", "zes", "sex"], 6),
    (&["seven", "sieben", "sept", "siete", "sette", "zeven", "sete", "sju"], 7),
    (&["eight", "acht", "huit", "ocho", "otto", "oito", "atta"], 8),
    (&["nine", "neun", "neuf", "nueve", "nove", "negen", "nio"], 9),
    (&["ten", "zehn", "dix", "diez", "dieci", "tien", "dez", "tio"], 10),
];
/// Nobody sends back what came longer ago; such a day is another one.
const DAYS_BACK_MAX: i32 = 400;
/// Words around a day in which the cue may stand.
const CUE_WORDS: usize = 9;
/// A comma takes a word further away than so many words would.
const COMMA_STEPS: usize = 3;

/// The delivery day that a text states; not certain where it states two.
pub fn delivered(whole: &str, today: Date) -> Option<Found> {
    let tokens = tokens(whole);
    let words: Vec<String> = tokens.iter().map(|(_, token)| folded(token)).collect();
    let mut days: Vec<(usize, usize, Date)> = Vec::new();
    for at in 0..tokens.len() {
        if let Some((day, length)) = day_at(&tokens, &words, at, today)
            && is_delivery(whole, &tokens, &words, at, length)
            && !days.iter().any(|(.., known)| *known == day)
        {
            let (last_from, last) = tokens[at + length - 1];
            days.push((tokens[at].0, last_from + last.len(), day));
        }
    }
    let (from, to, day) = *days.first()?;
    Some(found(DELIVERED_ON, Value::Date(day), &around(whole, from, to), days.len() == 1))
}

/// What stands where the day was asked for: no word has to say that it is the delivery.
pub fn answer(text: &str, today: Date) -> Option<Date> {
    let tokens = tokens(text);
    let words: Vec<String> = tokens.iter().map(|(_, token)| folded(token)).collect();
    (0..tokens.len()).find_map(|at| day_at(&tokens, &words, at, today)).map(|(day, _)| day)
}

/// A line that is nothing but a day, in an answer to a letter that asked for it; a suggestion, since no word says what it is.
pub fn alone(text: &str, today: Date) -> Option<Found> {
    let is_day = |line: &str| {
        let tokens = tokens(line);
        let words: Vec<String> = tokens.iter().map(|(_, token)| folded(token)).collect();
        (0..tokens.len()).find_map(|at| day_at(&tokens, &words, at, today)).filter(|(_, length)| tokens.len() <= length + 1)
    };
    let mut days = text.lines().filter_map(|line| is_day(line).map(|(day, _)| (line, day)));
    let (line, day) = days.next()?;
    days.next().is_none().then(|| found(DELIVERED_ON, Value::Date(day), line.trim(), false))
}

/// A day that begins at a word, and how many words it takes.
fn day_at(tokens: &[(usize, &str)], words: &[String], at: usize, today: Date) -> Option<(Date, usize)> {
    let word = words[at].as_str();
    let back = |days: i32| today.checked_sub(jiff::Span::new().days(days)).ok();
    if BEFORE_YESTERDAY.contains(&word)
        || (word == "day" && words.get(at + 1).is_some_and(|w| w == "before") && words.get(at + 2).is_some_and(|w| w == "yesterday"))
    {
        return back(2).map(|day| (day, if word == "day" { 3 } else { 1 }));
    }
    if YESTERDAY.contains(&word) && !(at >= 1 && words[at - 1] == "before") && !(word == "hier" && at >= 1 && words[at - 1] == "avant") {
        return back(1).map(|day| (day, 1));
    }
    if word == "i" && words.get(at + 1).is_some_and(|w| w == "gar") {
        return back(1).map(|day| (day, 2));
    }
    if TODAY.contains(&word) {
        return Some((today, 1));
    }
    written_day(tokens, words, at, today).or_else(|| days_ago(words, at, today)).or_else(|| weekday(words, at, today))
}

fn days_ago(words: &[String], at: usize, today: Date) -> Option<(Date, usize)> {
    let number = words[at].parse::<i32>().ok().or_else(|| NUMBERS.iter().find(|(names, _)| names.contains(&words[at].as_str())).map(|(_, n)| *n))?;
    let unit = words.get(at + 1)?.as_str();
    let days = if DAY_WORDS.contains(&unit) {
        number
    } else if WEEK_WORDS.contains(&unit) {
        number * 7
    } else {
        return None;
    };
    let before = at.checked_sub(1).map(|at| words[at].as_str());
    let after = words.get(at + 2).map(String::as_str);
    let is_past = before.is_some_and(|w| AGO.contains(&w) || w == "a") || after.is_some_and(|w| AGO.contains(&w));
    let day = today.checked_sub(jiff::Span::new().days(days)).ok()?;
    (is_past && (0..=DAYS_BACK_MAX).contains(&days)).then_some((day, 2))
}

/// "on Thursday", "last Thursday": the newest one that is over or is today.
fn weekday(words: &[String], at: usize, today: Date) -> Option<(Date, usize)> {
    let weekday = DAYS.iter().find(|(names, _)| names.contains(&words[at].as_str())).map(|(_, day)| *day)?;
    let coming = at >= 1
        && matches!(
            words[at - 1].as_str(),
            "next" | "nachsten" | "kommenden" | "prochain" | "proximo" | "prossimo" | "volgende" | "nasta" | "by" | "until" | "bis"
        );
    let days = (today.weekday().to_monday_zero_offset() - weekday.to_monday_zero_offset()).rem_euclid(7);
    let day = today.checked_sub(jiff::Span::new().days(i64::from(days))).ok()?;
    (!coming).then_some((day, 1))
}

/// 2026-11-19, 19.11.2026, 19.11., 19/11, "19 Nov", "Nov 19th 2026", "19 de noviembre".
fn written_day(tokens: &[(usize, &str)], words: &[String], at: usize, today: Date) -> Option<(Date, usize)> {
    let token = tokens[at].1;
    let parts: Vec<&str> = token.split(['.', '/', '-']).filter(|part| !part.is_empty()).collect();
    let numbers: Option<Vec<i16>> = parts.iter().map(|part| if part.len() <= 4 { part.parse().ok() } else { None }).collect();
    match numbers.as_deref() {
        Some([year, month, day]) if parts[0].len() == 4 => return past(*year, *month, *day, today).map(|day| (day, 1)),
        Some([day, month, year]) if parts[2].len() == 4 || parts[2].len() == 2 => {
            let year = if *year < 100 { 2000 + year } else { *year };
            // Americans put the month first; where that is the only reading, it is theirs.
            return past(year, *month, *day, today).or_else(|| past(year, *day, *month, today)).map(|day| (day, 1));
        }
        Some([day, month]) if token.contains(['.', '/']) && !token.contains('-') => return newest(*month, *day, today).map(|day| (day, 1)),
        _ => {}
    }
    let number = |word: &str| word.trim_end_matches(|c: char| c.is_alphabetic() || c == 'º' || c == '.').parse::<i16>().ok().filter(|n| (1..=31).contains(n));
    let month = |word: &str| MONTHS.iter().find(|(name, _)| word.len() >= 3 && word.starts_with(name) && word.len() <= 10).map(|(_, month)| i16::from(*month));
    let year = |at: usize| words.get(at).and_then(|w| w.parse::<i16>().ok()).filter(|y| (2000..2100).contains(y));
    let with_year = |day: i16, month: i16, at: usize, used: usize| match year(at) {
        Some(year) => past(year, month, day, today).map(|day| (day, used + 1)),
        None => newest(month, day, today).map(|day| (day, used)),
    };
    let word = words[at].as_str();
    if let (Some(day), Some(next)) = (number(word), words.get(at + 1)) {
        if let Some(month) = month(next) {
            return with_year(day, month, at + 2, 2);
        }
        if let (true, Some(month)) = (matches!(next.as_str(), "of" | "de" | "di"), words.get(at + 2).and_then(|w| month(w))) {
            return with_year(day, month, at + 3, 3);
        }
    }
    if let (Some(month), Some(day)) = (month(word), words.get(at + 1).and_then(|w| number(w))) {
        return with_year(day, month, at + 2, 2);
    }
    None
}

/// Without a year: the newest such day that is not ahead.
fn newest(month: i16, day: i16, today: Date) -> Option<Date> {
    past(today.year(), month, day, today).or_else(|| past(today.year() - 1, month, day, today))
}

fn past(year: i16, month: i16, day: i16, today: Date) -> Option<Date> {
    let date = Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    let back = date.until(today).ok()?.get_days();
    (date <= today && back <= DAYS_BACK_MAX).then_some(date)
}

/// Whether the words around speak of arriving, and none nearer of anything else.
fn is_delivery(whole: &str, tokens: &[(usize, &str)], words: &[String], at: usize, length: usize) -> bool {
    let sentence = |from: usize, to: usize| !whole[from..to].contains(['!', '?', ';']) && !whole[from..to].contains(". ") && !whole[from..to].contains("\n\n");
    // The dot of "18.11." ends no sentence.
    let (last_from, last) = tokens[at + length - 1];
    let behind = last_from + last.len();
    let behind = behind + usize::from(last.contains('.') && whole[behind..].starts_with('.'));
    // "I got order AT-10971 on Friday" speaks of an order, not of ordering.
    let numbered = |other: usize| other + 1 != at && words.get(other + 1).is_some_and(|next| next.len() > 2 && next.contains(|c: char| c.is_ascii_digit()));
    let is_noun = |other: usize| matches!(words[other].as_str(), "order" | "commande") && numbered(other);
    let distance = |list: &[&str], nouns: bool| {
        let near = at.saturating_sub(CUE_WORDS)..(at + length + CUE_WORDS).min(words.len());
        near.filter(|other| *other < at || *other >= at + length)
            .filter(|other| list.iter().any(|cue| words[*other].starts_with(cue)))
            .filter(|other| nouns || !is_noun(*other))
            .filter(|other| if *other < at { sentence(tokens[*other].0, tokens[at].0) } else { sentence(behind.min(tokens[*other].0), tokens[*other].0) })
            .map(|other| {
                let (steps, from, to) =
                    if other < at { (at - other, tokens[other].0, tokens[at].0) } else { (other - at - length + 1, behind, tokens[other].0) };
                steps + if whole.get(from..to).is_some_and(|between| between.contains(',')) { COMMA_STEPS } else { 0 }
            })
            .min()
    };
    distance(CUES, true).is_some_and(|ours| distance(OTHERS, false).is_none_or(|other| ours <= other))
}
