//! A table of leads: what will happen with each line, and the same when it does. A line that cannot be taken says why; a consent without
//! its evidence is not taken, and nobody's stop is lifted.

use crate::account;
use crate::agent;
use crate::consent::{self, Given, Granted, Purpose, Way};
use crate::customer::{self, CustomerId};
use crate::database::{Millis, Reader, Result, Writer};
use crate::email::NameAddr;
use crate::id::AgentId;
use crate::lead::interest::{self, Learned, Source as LearnedFrom};
use crate::lead::table::{Evidence, Row};
use crate::lead::{self, Source, supplier};
use crate::secret::SecretKey;
use std::collections::HashMap;

/// What becomes of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    New,
    /// Somebody we know already, by this address.
    Joins(CustomerId, String),
    /// The address stood in this line before: both become one.
    SameAs(u64),
    Refused(String),
}

/// What becomes of what they are said to have agreed to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    Taken,
    Already,
    /// What is missing.
    Lacks(Vec<&'static str>),
    /// They said stop, and only they can take that back.
    Stopped,
}

#[derive(Clone, Debug)]
pub struct Planned<'a> {
    pub row: &'a Row,
    pub fate: Fate,
    pub agreements: Vec<(Purpose, Agreement)>,
}

/// What would happen with each line, in their order. Nothing is written.
pub fn import_plan<'a>(c: &Reader, key: &SecretKey, rows: &'a [Row], now: Millis) -> Result<Vec<Planned<'a>>> {
    let mut seen: HashMap<String, (u64, Vec<Purpose>)> = HashMap::new();
    let mut plan = Vec::with_capacity(rows.len());
    for row in rows {
        let fate = fate(c, row, &seen)?;
        let mut agreements = Vec::new();
        if let (Some(address), false) = (&row.address, matches!(fate, Fate::Refused(_))) {
            let (_, taken) = seen.entry(address.key()).or_insert((row.line, Vec::new()));
            for purpose in &row.purposes {
                let agreement = agreement(c, key, (&address.key(), *purpose), &row.evidence, taken.contains(purpose), now)?;
                if agreement == Agreement::Taken {
                    taken.push(*purpose);
                }
                agreements.push((*purpose, agreement));
            }
        }
        plan.push(Planned { row, fate, agreements });
    }
    Ok(plan)
}

fn fate(c: &Reader, row: &Row, seen: &HashMap<String, (u64, Vec<Purpose>)>) -> Result<Fate> {
    let Some(address) = &row.address else {
        let typed = &row.typed;
        return Ok(Fate::Refused(if typed.is_empty() { "it has no address".into() } else { format!("“{typed}” is no mail address") }));
    };
    if account::is_ours(c, &address.key())? || agent::is_one(c, &address.key())? {
        return Ok(Fate::Refused("it is an address of the shop itself".into()));
    }
    if supplier::is_one(c, address)? {
        return Ok(Fate::Refused("it is marked as a supplier’s".into()));
    }
    if let Some((line, _)) = seen.get(&address.key()) {
        return Ok(Fate::SameAs(*line));
    }
    let known = customer::find_by_address(c, address)?.map(|id| customer::find(c, id)).transpose()?.flatten();
    Ok(known.map_or(Fate::New, |known| Fate::Joins(known.id, known.shown().to_owned())))
}

fn agreement(c: &Reader, key: &SecretKey, (address, purpose): (&str, Purpose), evidence: &Evidence, taken: bool, now: Millis) -> Result<Agreement> {
    let lacks = evidence.lacks(today(now));
    Ok(match () {
        () if !lacks.is_empty() => Agreement::Lacks(lacks),
        () if consent::is_suppressed(c, key, address, purpose)? => Agreement::Stopped,
        () if taken || consent::live(c, address, purpose)?.is_some() => Agreement::Already,
        () => Agreement::Taken,
    })
}

/// What was taken of a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub new: usize,
    pub joined: usize,
    pub refused: usize,
    pub consents: usize,
}

/// Does what the plan says, with whatever came between looked at again.
pub fn import(tx: &Writer, key: &SecretKey, rows: &[Row], file: &str, by: AgentId, now: Millis) -> Result<Imported> {
    let mut done = Imported::default();
    for Planned { row, fate, agreements } in import_plan(tx, key, rows, now)? {
        let (Some(address), false) = (&row.address, matches!(fate, Fate::Refused(_))) else {
            done.refused += 1;
            continue;
        };
        let from = NameAddr { name: row.name.clone(), address: address.clone() };
        let id = customer::recognise(tx, &from, row.language.as_deref(), now)?;
        // A list is no contact: whoever is a lead keeps the days on which they wrote.
        if lead::find(tx, id)?.is_none() {
            lead::capture(tx, id, Source::Import, file, now, now)?;
        }
        if let Some(country) = &row.country {
            lead::note_country(tx, id, country, "")?;
        }
        let learned = Learned { sentence: "", source: LearnedFrom::Import, message_id: None, by: None };
        for feature in &row.interests {
            interest::add(tx, id, feature, &learned, now)?;
        }
        let proof = format!("{} ({file}, line {})", row.evidence.proof, row.line);
        for purpose in agreements.into_iter().filter(|(_, agreement)| *agreement == Agreement::Taken).map(|(purpose, _)| purpose) {
            let given = Given {
                customer_id: id,
                address: &address.key(),
                purpose,
                way: Way::Import,
                words: &row.evidence.words,
                policy_text: "",
                proof: &proof,
                message_id: None,
                at: given_at(&row.evidence, now),
                by: Some(by),
            };
            done.consents += usize::from(matches!(consent::grant(tx, key, &given, now)?, Granted::New(_)));
        }
        match fate {
            Fate::New => done.new += 1,
            _ => done.joined += 1,
        }
    }
    Ok(done)
}

/// The beginning of the day that the file names, UTC.
fn given_at(evidence: &Evidence, now: Millis) -> Millis {
    let start = evidence.day.and_then(|day| day.to_zoned(jiff::tz::TimeZone::UTC).ok());
    start.map_or(now, |at| at.timestamp().as_millisecond())
}

fn today(now: Millis) -> jiff::civil::Date {
    jiff::Timestamp::from_millisecond(now).map(|at| jiff::tz::Offset::UTC.to_datetime(at).date()).unwrap_or_default()
}
