//! The form of a clause: what stands in each field, and what it means.

use super::choices::{Choice, answers, begins, chosen, in_each_language, offered, payers, reasons, units};
use crate::money::Amount;
use crate::return_policy::{Answer, Clause, From, Postage, Scope, Terms, Unit, Window, check};
use crate::return_request::{Decision, Reason};
use crate::web::Fields;
use crate::web::public::amount;
use std::collections::BTreeMap;
use std::str::FromStr;

/// A line of a page and of a verdict.
const NAME_CHARS_MAX: usize = 100;
/// Kinds, tags and countries of one clause; all countries of the world would be "any".
const WORDS_MAX: usize = 60;
const WORD_CHARS_MAX: usize = 60;
/// Years, in days; weeks, in hours.
const WINDOW_MAX: u32 = 1_000;
/// What a customer may send with the form.
const PHOTOS_MAX: u32 = 10;

pub type Complaints = Vec<(&'static str, String)>;

#[derive(Clone, Debug, Default)]
pub struct Typed {
    pub name: String,
    /// Language, what it calls itself, the name in it.
    pub names: Vec<(&'static str, &'static str, String)>,
    pub kinds: String,
    pub tags: String,
    pub reasons: Vec<Choice>,
    pub countries: String,
    pub value_from: String,
    pub value_to: String,
    pub answers: Vec<Choice>,
    pub report: TypedWindow,
    pub ship_back: TypedWindow,
    pub photos: String,
    pub original_packaging: bool,
    pub comes_back: bool,
    pub inspection: bool,
    /// Code, words, and in which place it is offered; empty: not at all.
    pub outcomes: Vec<(&'static str, &'static str, String)>,
    pub restocking: String,
    pub fee: String,
    pub postage: Vec<Choice>,
}

/// A time as it is typed; an empty count is no limit.
#[derive(Clone, Debug, Default)]
pub struct TypedWindow {
    pub count: String,
    pub units: Vec<Choice>,
    pub from: Vec<Choice>,
}

impl Typed {
    pub fn of(clause: &Clause) -> Typed {
        let (about, terms) = (&clause.about, &clause.terms);
        let sum = |amount: Option<Amount>| amount.map(|amount| amount.to_string()).unwrap_or_default();
        let number = |number: u32| if number == 0 { String::new() } else { number.to_string() };
        let place = |outcome: Decision| terms.outcomes.iter().position(|known| *known == outcome).map_or(String::new(), |at| (at + 1).to_string());
        Typed {
            name: clause.name.clone(),
            names: in_each_language(|language| clause.names.get(language).cloned().unwrap_or_default()),
            kinds: about.kinds.join(", "),
            tags: about.tags.join(", "),
            reasons: reasons(|reason| about.reasons.contains(&reason)),
            countries: about.countries.join(", "),
            value_from: sum(about.value_from),
            value_to: sum(about.value_to),
            answers: answers(|answer| answer == terms.answer),
            report: TypedWindow::of(terms.report),
            ship_back: TypedWindow::of(terms.ship_back),
            photos: number(terms.photos),
            original_packaging: terms.original_packaging,
            comes_back: terms.comes_back,
            inspection: terms.inspection,
            outcomes: offered(place),
            restocking: number(terms.restocking_percent.into()),
            fee: sum(terms.processing_fee),
            postage: payers(|postage| postage == terms.postage),
        }
    }

    pub fn from(fields: &Fields) -> Typed {
        let text = |name: &str| fields.get(name).to_owned();
        Typed {
            name: text("name"),
            names: in_each_language(|language| text(&format!("name_{language}"))),
            kinds: text("kinds"),
            tags: text("tags"),
            reasons: reasons(|reason| fields.all("reason").any(|code| code == reason.code())),
            countries: text("countries"),
            value_from: text("value_from"),
            value_to: text("value_to"),
            answers: answers(|answer| answer.code() == fields.get("answer")),
            report: TypedWindow::from(fields, "report"),
            ship_back: TypedWindow::from(fields, "ship_back"),
            photos: text("photos"),
            original_packaging: fields.has("original_packaging"),
            comes_back: fields.has("comes_back"),
            inspection: fields.has("inspection"),
            outcomes: offered(|outcome| text(&format!("place_{outcome}"))),
            restocking: text("restocking"),
            fee: text("fee"),
            postage: payers(|postage| postage.code() == fields.get("postage")),
        }
    }

    /// The clause without its id, or everything that cannot be taken, beside its field. Of a refusal nothing else counts.
    pub fn read(&self) -> Result<Clause, Complaints> {
        let mut wrong = Complaints::new();
        let answer = chosen(&self.answers, Answer::from_code).unwrap_or_default();
        let about = self.scope(&mut wrong);
        let terms = if answer == Answer::Accepted { self.terms(&mut wrong) } else { Terms { answer, ..Terms::default() } };
        let names: BTreeMap<String, String> =
            self.names.iter().filter(|(.., name)| !name.is_empty()).map(|(language, _, name)| ((*language).to_owned(), name.clone())).collect();
        let too_long = |name: &String| name.chars().count() > NAME_CHARS_MAX || name.contains(char::is_control);
        if too_long(&self.name) {
            wrong.push(("name", "The name is too long: a few words do.".into()));
        }
        if names.values().any(too_long) {
            wrong.push(("names", "A name is too long: a few words do.".into()));
        }
        let clause = Clause { id: String::new(), name: self.name.clone(), names, about, terms };
        // What could not be read at all has its words already.
        for (field, words) in check::mistakes(&clause) {
            if wrong.iter().all(|(known, _)| *known != field) {
                wrong.push((field, words));
            }
        }
        if wrong.is_empty() { Ok(clause) } else { Err(wrong) }
    }

    fn scope(&self, wrong: &mut Complaints) -> Scope {
        let countries = list(&self.countries, "countries", wrong).iter().flat_map(|words| words.split_whitespace()).map(str::to_uppercase).collect();
        Scope {
            kinds: list(&self.kinds, "kinds", wrong),
            tags: list(&self.tags, "tags", wrong),
            reasons: self.reasons.iter().filter(|reason| reason.chosen).filter_map(|reason| Reason::from_code(reason.code)).collect(),
            countries,
            value_from: sum(&self.value_from, "value_from", wrong),
            value_to: sum(&self.value_to, "value_to", wrong),
        }
    }

    fn terms(&self, wrong: &mut Complaints) -> Terms {
        let mut outcomes: Vec<(u32, Decision)> = Vec::new();
        for (code, _, place) in self.outcomes.iter().filter(|(.., place)| !place.is_empty()) {
            match (place.parse(), Decision::from_code(code)) {
                (Ok(place), Some(outcome)) => outcomes.push((place, outcome)),
                _ => wrong.push(("outcomes", "Number what you offer: 1 is offered first, and what is empty is not offered.".into())),
            }
        }
        outcomes.sort_by_key(|(place, _)| *place);
        Terms {
            answer: Answer::Accepted,
            report: self.report.read("report", wrong),
            ship_back: if self.comes_back { self.ship_back.read("ship_back", wrong) } else { None },
            photos: number(&self.photos, PHOTOS_MAX, "photos", wrong).unwrap_or(0),
            original_packaging: self.original_packaging,
            comes_back: self.comes_back,
            inspection: self.inspection,
            outcomes: outcomes.into_iter().map(|(_, outcome)| outcome).collect(),
            restocking_percent: number(&self.restocking, 100u8, "restocking", wrong).unwrap_or(0),
            processing_fee: sum(&self.fee, "fee", wrong),
            postage: chosen(&self.postage, Postage::from_code).unwrap_or_default(),
        }
    }
}

impl TypedWindow {
    fn of(window: Option<Window>) -> TypedWindow {
        let window_or_days = window.unwrap_or(Window::days(0, From::Delivery));
        TypedWindow {
            count: window.map(|window| window.count.to_string()).unwrap_or_default(),
            units: units(|unit| unit == window_or_days.unit),
            from: begins(|from| from == window_or_days.from),
        }
    }

    fn from(fields: &Fields, name: &str) -> TypedWindow {
        TypedWindow {
            count: fields.get(name).to_owned(),
            units: units(|unit| unit.code() == fields.get(&format!("{name}_unit"))),
            from: begins(|from| from.code() == fields.get(&format!("{name}_from"))),
        }
    }

    fn read(&self, field: &'static str, wrong: &mut Complaints) -> Option<Window> {
        let count = number(&self.count, WINDOW_MAX, field, wrong)?;
        let (unit, from) = (chosen(&self.units, Unit::from_code), chosen(&self.from, From::from_code));
        Some(Window { count, unit: unit.unwrap_or(Unit::Days), from: from.unwrap_or(From::Delivery) })
    }
}

fn number<T: FromStr + PartialOrd + std::fmt::Display>(text: &str, max: T, field: &'static str, wrong: &mut Complaints) -> Option<T> {
    if text.is_empty() {
        return None;
    }
    let number = text.parse().ok().filter(|number| *number <= max);
    if number.is_none() {
        wrong.push((field, format!("Write a whole number, up to {max}.")));
    }
    number
}

fn sum(text: &str, field: &'static str, wrong: &mut Complaints) -> Option<Amount> {
    // Without a currency it would be compared with nothing.
    let sum = amount(text).filter(|amount| amount.currency.is_some() && amount.minor >= 0);
    if sum.is_none() && !text.is_empty() {
        wrong.push((field, "Write the sum with its currency, as in 50 EUR.".into()));
    }
    sum
}

fn list(text: &str, field: &'static str, wrong: &mut Complaints) -> Vec<String> {
    let words: Vec<String> = text.split([',', ';', '\n']).map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
    if words.len() > WORDS_MAX || words.iter().any(|word| word.chars().count() > WORD_CHARS_MAX || word.contains(char::is_control)) {
        wrong.push((field, "These are too many words, or too long ones.".into()));
    }
    words
}
