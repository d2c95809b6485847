//! Who would want a piece, best first. Looked for where it can be found quickly: the newest open wishes, and customers whose interests
//! the index finds by the piece's own values; only those are then weighed with all that is known of them.

use super::matching::{self, Match, Wanting};
use super::{Piece, vocabulary};
use crate::customer::CustomerId;
use crate::database::{Reader, Result, params};
use crate::lead::interest::{self, Feature, Kind};
use crate::lead::wish::{self, Wish};
use std::collections::{BTreeMap, BTreeSet};

/// Wishes that are looked at, newest first: more than a shop with a hundred thousand leads has open.
const OPEN_WISHES_MAX: usize = 20_000;
/// Of those who wish, and of those who only like, so many are looked at closely.
const CLOSELY_MAX: usize = 300;
/// Distinct artists and titles that interests name, compared by spelling.
const NAMES_MAX: usize = 20_000;
/// Rows of the index that one common value (blue, print) may take.
const ROWS_PER_VALUE_MAX: usize = 20_000;
/// Customers on a page: nobody ticks more at once.
pub const SHOWN_MAX: usize = 100;

/// Somebody whom it would suit.
#[derive(Clone, Debug)]
pub struct Interested {
    pub customer_id: CustomerId,
    pub wish: Option<Wish>,
    pub found: Match,
    /// What they said: the wish's words, or the sentence of what they like best of it.
    pub sentence: String,
}

/// Best first; of equals who wished for it, then who was heard of last.
pub fn interested(c: &Reader, piece: &Piece) -> Result<Vec<Interested>> {
    let mut candidates = wishing(c, piece)?;
    candidates.extend(liking(c, piece)?);
    let mut found = weighed_all(c, piece, candidates)?;
    found.truncate(SHOWN_MAX);
    Ok(found)
}

/// Those of `customers` whom it would suit, likewise.
pub fn interested_among(c: &Reader, piece: &Piece, customers: &[CustomerId]) -> Result<Vec<Interested>> {
    weighed_all(c, piece, customers.iter().copied().collect())
}

fn weighed_all(c: &Reader, piece: &Piece, customers: BTreeSet<CustomerId>) -> Result<Vec<Interested>> {
    let mut found = Vec::new();
    for id in customers {
        found.extend(weighed(c, piece, id)?);
    }
    let key = |one: &Interested| (one.found.score, one.wish.is_some(), one.customer_id);
    found.sort_by_key(|one| std::cmp::Reverse(key(one)));
    Ok(found)
}

/// Customers whose open wishes it fits best.
fn wishing(c: &Reader, piece: &Piece) -> Result<BTreeSet<CustomerId>> {
    let mut best: BTreeMap<CustomerId, i32> = BTreeMap::new();
    for wish in wish::open(c, OPEN_WISHES_MAX)? {
        let about = if wish.features.is_empty() { about(c, &wish)? } else { Vec::new() };
        let Some(found) = matching::weigh(&piece.said, &Wanting { wished: Some(&wish.features), about: &about, ..Wanting::default() }) else { continue };
        let score = best.entry(wish.customer_id).or_default();
        *score = found.score.max(*score);
    }
    let mut best: Vec<(i32, CustomerId)> = best.into_iter().map(|(id, score)| (score, id)).collect();
    best.sort_by(|a, b| b.cmp(a));
    Ok(best.into_iter().take(CLOSELY_MAX).map(|(_, id)| id).collect())
}

/// Customers with the most interests that are as the piece is.
fn liking(c: &Reader, piece: &Piece) -> Result<BTreeSet<CustomerId>> {
    let mut hits: BTreeMap<CustomerId, i32> = BTreeMap::new();
    for (kind, value, weight) in values(c, piece)? {
        let rows: Vec<CustomerId> = c.all(
            "SELECT customer_id FROM interest WHERE kind = ?1 AND value = ?2 AND removed_at IS NULL ORDER BY customer_id DESC LIMIT ?3",
            params![kind.code(), value, ROWS_PER_VALUE_MAX as i64],
            |r| r.get(0),
        )?;
        for id in rows {
            *hits.entry(id).or_default() += weight;
        }
    }
    let mut most: Vec<(i32, CustomerId)> = hits.into_iter().map(|(id, weight)| (weight, id)).collect();
    most.sort_by(|a, b| b.cmp(a));
    Ok(most.into_iter().take(CLOSELY_MAX).map(|(_, id)| id).collect())
}

/// The values that an interest in this piece may have, as they stand in the index, with what each is worth.
fn values(c: &Reader, piece: &Piece) -> Result<Vec<(Kind, String, i32)>> {
    const NAME: i32 = 3;
    let said = &piece.said;
    let mut values = Vec::new();
    for (kind, is) in [(Kind::Artist, &said.artist), (Kind::Title, &said.title)] {
        let named: Vec<String> =
            c.all("SELECT DISTINCT value FROM interest WHERE kind = ?1 AND removed_at IS NULL LIMIT ?2", params![kind.code(), NAMES_MAX as i64], |r| r.get(0))?;
        values.extend(named.into_iter().filter(|name| matching::are_alike(name, is) != matching::Alike::Not).map(|name| (kind, name, NAME)));
    }
    let mediums = vocabulary::codes_in(Kind::Medium, &said.medium);
    let wider = Kind::Medium.codes().iter().filter(|wider| mediums.iter().any(|is| vocabulary::is_kind_of(is, wider)));
    values.extend(wider.map(|code| (Kind::Medium, (*code).to_owned(), 1)));
    values.extend(said.colours.iter().map(|code| (Kind::Colour, code.clone(), 1)));
    Ok(values)
}

/// Weighed with everything that is known: their best wish, what they like, what they do not.
fn weighed(c: &Reader, piece: &Piece, id: CustomerId) -> Result<Option<Interested>> {
    // Spam, suppliers, and whom an agent set aside are no leads.
    if crate::lead::find(c, id)?.is_some_and(|lead| lead.set_aside.is_some()) {
        return Ok(None);
    }
    let interests = interest::of_customer(c, id)?;
    let likes: Vec<(Feature, String)> = interests.into_iter().map(|interest| (interest.feature, interest.sentence)).collect();
    let dislikes = interest::removed(c, id)?;
    let mut best: Option<Interested> = None;
    for wish in wish::of_customer(c, id)?.into_iter().filter(|wish| wish.closed.is_none()) {
        let about = about(c, &wish)?;
        let wanting = Wanting { wished: Some(&wish.features), likes: &likes, dislikes: &dislikes, about: &about };
        let Some(found) = matching::weigh(&piece.said, &wanting) else { continue };
        if best.as_ref().is_none_or(|best| found.score > best.found.score) {
            best = Some(Interested { customer_id: id, sentence: wish.words.clone(), wish: Some(wish), found });
        }
    }
    if best.is_some() {
        return Ok(best);
    }
    let found = matching::weigh(&piece.said, &Wanting { likes: &likes, dislikes: &dislikes, ..Wanting::default() });
    let sentence = || likes.iter().find(|(_, sentence)| !sentence.is_empty()).map(|(_, sentence)| sentence.clone()).unwrap_or_default();
    Ok(found.map(|found| Interested { customer_id: id, wish: None, sentence: sentence(), found }))
}

/// What the conversation of a wish is about: its subject, and what its returns' orders bought.
fn about(c: &Reader, wish: &Wish) -> Result<Vec<String>> {
    const TEXTS_MAX: i64 = 12;
    let Some(id) = wish.conversation_id else { return Ok(Vec::new()) };
    c.all(
        "SELECT subject FROM conversation WHERE id = ?1 UNION ALL
         SELECT title FROM return_request JOIN order_line ON order_line.order_id = return_request.order_id WHERE conversation_id = ?1 LIMIT ?2",
        params![id, TEXTS_MAX],
        |r| r.get(0),
    )
}
