//! What somebody likes, each with the sentence it was taken from. What an agent removed is not taken up again from a mail.

use crate::conversation::MessageKey;
use crate::customer::CustomerId;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, params};
use crate::id::{AgentId, InterestId};

crate::return_request::code::codes! {
    Kind {
        /// As written.
        Artist = "artist",
        /// As written.
        Title = "title",
        /// A code: print, original, painting, drawing, photograph, poster, sculpture, ceramic, textile, watercolour, oil, acrylic,
        /// lithograph, etching, linocut, screenprint, woodcut, giclee, collage, card.
        Medium = "medium",
        /// "50 x 70 cm", "A3", or small, medium, large.
        Size = "size",
        /// A code: black, white, grey, red, orange, yellow, green, blue, purple, pink, brown, beige, gold, silver, turquoise.
        Colour = "colour",
        /// A code: living_room, bedroom, kitchen, bathroom, hallway, office, nursery, dining_room.
        Room = "room",
        /// The most they would pay: "200 EUR".
        Budget = "budget",
        /// A code: birthday, wedding, anniversary, christmas, housewarming, mothers_day, fathers_day, valentines, graduation, baby,
        /// retirement.
        Occasion = "occasion",
    }
}

crate::return_request::code::codes! {
    Source {
        Mail = "mail",
        Form = "form",
        Agent = "agent",
        Import = "import",
    }
}

/// Longest that an artist, a title, a size or a sum is.
pub const WORDS_CHARS_MAX: usize = 80;

impl Kind {
    /// The values that a kind knows; none where it is words as written.
    pub fn codes(self) -> &'static [&'static str] {
        match self {
            Kind::Artist | Kind::Title | Kind::Size | Kind::Budget => &[],
            Kind::Medium => &[
                "print",
                "original",
                "painting",
                "drawing",
                "photograph",
                "poster",
                "sculpture",
                "ceramic",
                "textile",
                "watercolour",
                "oil",
                "acrylic",
                "lithograph",
                "etching",
                "linocut",
                "screenprint",
                "woodcut",
                "giclee",
                "collage",
                "card",
            ],
            Kind::Colour => {
                &["black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "beige", "gold", "silver", "turquoise"]
            }
            Kind::Room => &["living_room", "bedroom", "kitchen", "bathroom", "hallway", "office", "nursery", "dining_room"],
            Kind::Occasion => &[
                "birthday",
                "wedding",
                "anniversary",
                "christmas",
                "housewarming",
                "mothers_day",
                "fathers_day",
                "valentines",
                "graduation",
                "baby",
                "retirement",
            ],
        }
    }

    /// As agents read it.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Artist => "Artist",
            Kind::Title => "Title",
            Kind::Medium => "Medium",
            Kind::Size => "Size",
            Kind::Colour => "Colour",
            Kind::Room => "Room",
            Kind::Budget => "Budget",
            Kind::Occasion => "Occasion",
        }
    }
}

impl Feature {
    /// What somebody chose or typed, if it is one: a code that its kind knows, or a few words.
    pub fn typed(kind: Kind, value: &str) -> Option<Feature> {
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let known =
            if kind.codes().is_empty() { !value.is_empty() && value.chars().count() <= WORDS_CHARS_MAX } else { kind.codes().contains(&value.as_str()) };
        known.then_some(Feature { kind, value })
    }

    /// As agents read it: "mother's day", "Low Tide", "up to 200 EUR".
    pub fn words(&self) -> String {
        match (self.kind, self.value.as_str()) {
            (Kind::Budget, sum) => format!("up to {sum}"),
            (_, "mothers_day") => "mother’s day".into(),
            (_, "fathers_day") => "father’s day".into(),
            (_, "valentines") => "Valentine’s day".into(),
            (_, "giclee") => "giclée".into(),
            (kind, code) if !kind.codes().is_empty() => code.replace('_', " "),
            (_, words) => words.to_owned(),
        }
    }
}

/// A kind with its value: what interests, wishes and pieces are compared by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Feature {
    pub kind: Kind,
    pub value: String,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Interest {
    pub id: InterestId,
    pub feature: Feature,
    pub sentence: String,
    pub source: Source,
    pub message_id: Option<MessageKey>,
    pub at: Millis,
    pub by: Option<AgentId>,
}

/// Where an interest was learned.
#[derive(Clone, Copy, Debug)]
pub struct Learned<'a> {
    pub sentence: &'a str,
    pub source: Source,
    pub message_id: Option<MessageKey>,
    pub by: Option<AgentId>,
}

/// Adds an interest; one that is known stays as it was first said. An agent's word brings a removed one back, a reading does not.
pub fn add(tx: &Writer, customer: CustomerId, feature: &Feature, learned: &Learned, now: Millis) -> Result<bool> {
    let sql = "INSERT INTO interest(customer_id, kind, value, sentence, source, message_id, at, by_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT(customer_id, kind, value) DO UPDATE SET removed_at = NULL, removed_by = NULL, by_id = ?8 WHERE ?8 IS NOT NULL AND removed_at IS NOT NULL";
    let Learned { sentence, source, message_id, by } = learned;
    Ok(tx.execute(sql, params![customer, feature.kind.code(), feature.value, sentence, source.code(), message_id, now, by])? > 0)
}

pub fn remove(tx: &Writer, customer: CustomerId, id: InterestId, by: AgentId, now: Millis) -> Result<bool> {
    let sql = "UPDATE interest SET removed_at = ?3, removed_by = ?4 WHERE id = ?1 AND customer_id = ?2 AND removed_at IS NULL";
    Ok(tx.execute(sql, params![id, customer, now, by])? > 0)
}

/// Brings back what was removed.
pub fn bring_back(tx: &Writer, customer: CustomerId, id: InterestId) -> Result<bool> {
    let sql = "UPDATE interest SET removed_at = NULL, removed_by = NULL WHERE id = ?1 AND customer_id = ?2 AND removed_at IS NOT NULL";
    Ok(tx.execute(sql, params![id, customer])? > 0)
}

/// The row of a feature, removed or not.
pub fn find(c: &Reader, customer: CustomerId, feature: &Feature) -> Result<Option<InterestId>> {
    let sql = "SELECT id FROM interest WHERE customer_id = ?1 AND kind = ?2 AND value = ?3 COLLATE NOCASE";
    c.optional(sql, params![customer, feature.kind.code(), feature.value], |r| r.get(0))
}

/// What is known to please them, newest first.
pub fn of_customer(c: &Reader, id: CustomerId) -> Result<Vec<Interest>> {
    c.all(
        "SELECT id, kind, value, sentence, source, message_id, at, by_id FROM interest WHERE customer_id = ?1 AND removed_at IS NULL ORDER BY at DESC, id DESC",
        [id],
        from_row,
    )
}

/// What an agent took off: it is not what they like.
pub fn removed(c: &Reader, id: CustomerId) -> Result<Vec<Feature>> {
    c.all("SELECT kind, value FROM interest WHERE customer_id = ?1 AND removed_at IS NOT NULL ORDER BY id", [id], |r| {
        Ok(Feature { kind: Kind::from_code(r.get_ref(0)?.as_str()?).unwrap_or(Kind::Title), value: r.get(1)? })
    })
}

fn from_row(r: &Row) -> RowResult<Interest> {
    // The schema allows no other codes.
    let kind = Kind::from_code(r.get_ref(1)?.as_str()?).unwrap_or(Kind::Title);
    let source = Source::from_code(r.get_ref(4)?.as_str()?).unwrap_or(Source::Mail);
    Ok(Interest {
        id: r.get(0)?,
        feature: Feature { kind, value: r.get(2)? },
        sentence: r.get(3)?,
        source,
        message_id: r.get(5)?,
        at: r.get(6)?,
        by: r.get(7)?,
    })
}
