//! What the shop has for sale: mostly one of a kind. A piece knows whom it would suit, and why.

mod interested;
pub mod json;
mod list;
pub mod mail;
pub mod matching;
pub mod picture;
pub mod sale;
pub mod size;
pub mod table;
#[cfg(test)]
mod tests;
pub mod typed;
pub mod vocabulary;

pub use crate::id::PieceId;
pub use interested::{Interested, SHOWN_MAX, interested, interested_among};
pub use list::{PER_PAGE, Shelf, counts, list, usual_currency};
pub use typed::Typed;

use crate::conversation::MessageKey;
use crate::database::{Millis, Reader, Result, Row, RowResult, Writer, json, params};
use crate::id::AgentId;
use crate::money::{Amount, Currency};

crate::return_request::code::codes! {
    /// How it was entered.
    Source {
        Form = "form",
        Csv = "csv",
        Api = "api",
        Mail = "mail",
    }
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Piece {
    pub id: PieceId,
    pub said: Said,
    pub source: Source,
    /// The mail that it was made of.
    pub message_id: Option<MessageKey>,
    pub created_at: Millis,
    /// A mail made it, and nobody has looked at it yet.
    pub draft: bool,
    /// None is left.
    pub sold_at: Option<Millis>,
    pub removed_at: Option<Millis>,
}

/// What the owner says of a piece.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Said {
    pub sku: String,
    pub title: String,
    pub artist: String,
    /// A code of `lead::Kind::Medium`, or the shop's own word.
    pub medium: String,
    pub width_mm: Option<i64>,
    pub height_mm: Option<i64>,
    /// As typed.
    pub size: String,
    /// Codes of `lead::Kind::Colour`.
    pub colours: Vec<String>,
    /// A sentence about it.
    pub words: String,
    pub price: Option<Amount>,
    pub link: String,
    /// How many are left.
    pub quantity: i64,
}

/// What a piece of the shop's is, newly entered; what a mail made is a draft until somebody has looked at it.
pub fn add(tx: &Writer, said: &Said, source: Source, message: Option<MessageKey>, by: Option<AgentId>, now: Millis) -> Result<PieceId> {
    let id = tx.insert(
        "INSERT INTO piece(sku, title, artist, medium, width_mm, height_mm, size, colours, words, price_minor, currency, link, quantity, source, message_id,
                           created_at, created_by, sold_at, looked_at, looked_by)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, CASE WHEN ?13 <= 0 THEN ?16 END,
                 CASE WHEN ?14 <> 'mail' THEN ?16 END, ?17)",
        params![
            said.sku,
            said.title,
            said.artist,
            said.medium,
            said.width_mm,
            said.height_mm,
            said.size,
            serde_json::to_string(&said.colours)?,
            said.words,
            said.price.map(|p| p.minor),
            said.price.and_then(|p| p.currency).map(|c| c.as_str().to_owned()),
            said.link,
            said.quantity.max(0),
            source.code(),
            message,
            now,
            by
        ],
    )?;
    Ok(PieceId(id))
}

/// It is as `said` now. Whether that sells it, or brings it back, is `sale`'s to say; here its count is only written down.
pub fn change(tx: &Writer, id: PieceId, said: &Said) -> Result<()> {
    tx.execute(
        "UPDATE piece SET sku = ?2, title = ?3, artist = ?4, medium = ?5, width_mm = ?6, height_mm = ?7, size = ?8, colours = ?9, words = ?10, price_minor = ?11,
           currency = ?12, link = ?13 WHERE id = ?1",
        params![
            id,
            said.sku,
            said.title,
            said.artist,
            said.medium,
            said.width_mm,
            said.height_mm,
            said.size,
            serde_json::to_string(&said.colours)?,
            said.words,
            said.price.map(|p| p.minor),
            said.price.and_then(|p| p.currency).map(|c| c.as_str().to_owned()),
            said.link
        ],
    )?;
    Ok(())
}

/// Somebody looked at what a mail made of it.
pub fn note_looked_at(tx: &Writer, id: PieceId, by: AgentId, now: Millis) -> Result<()> {
    tx.execute("UPDATE piece SET looked_at = ?2, looked_by = ?3 WHERE id = ?1 AND looked_at IS NULL", params![id, now, by])?;
    Ok(())
}

/// Off the shelf: neither sold nor offered. False: it was already.
pub fn remove(tx: &Writer, id: PieceId, by: AgentId, now: Millis) -> Result<bool> {
    Ok(tx.execute("UPDATE piece SET removed_at = ?2, removed_by = ?3 WHERE id = ?1 AND removed_at IS NULL", params![id, now, by])? > 0)
}

/// On the shelf again, unless another piece has its SKU by now.
pub fn put_back(tx: &Writer, id: PieceId) -> Result<bool> {
    let sql = "UPDATE piece SET removed_at = NULL, removed_by = NULL WHERE id = ?1 AND removed_at IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM piece AS other WHERE other.sku = piece.sku AND other.sku <> '' AND other.removed_at IS NULL)";
    Ok(tx.execute(sql, [id])? > 0)
}

const COLUMNS: &str =
    "id, sku, title, artist, medium, width_mm, height_mm, size, colours, words, price_minor, currency, link, quantity, source, created_at, sold_at, removed_at,
    looked_at IS NULL, message_id";

pub fn find(c: &Reader, id: PieceId) -> Result<Option<Piece>> {
    c.optional(&format!("SELECT {COLUMNS} FROM piece WHERE id = ?1"), [id], from_row)
}

/// The piece of that SKU; one that was removed has none.
pub fn find_by_sku(c: &Reader, sku: &str) -> Result<Option<Piece>> {
    c.optional(&format!("SELECT {COLUMNS} FROM piece WHERE sku = ?1 AND sku <> '' AND removed_at IS NULL"), [sku], from_row)
}

/// Pieces of exactly that title, whatever its case; the oldest first.
pub fn of_title(c: &Reader, title: &str) -> Result<Vec<Piece>> {
    c.all(&format!("SELECT {COLUMNS} FROM piece WHERE title = ?1 COLLATE NOCASE AND removed_at IS NULL ORDER BY id LIMIT 20"), [title], from_row)
}

/// What a mail made.
pub fn of_message(c: &Reader, id: MessageKey) -> Result<Option<Piece>> {
    c.optional(&format!("SELECT {COLUMNS} FROM piece WHERE message_id = ?1"), [id], from_row)
}

/// Those that are for sale, newest first.
pub fn for_sale(c: &Reader, limit: usize) -> Result<Vec<Piece>> {
    c.all(&format!("SELECT {COLUMNS} FROM piece WHERE sold_at IS NULL AND removed_at IS NULL ORDER BY id DESC LIMIT ?1"), [limit as i64], from_row)
}

/// Artists of pieces, sold ones too: whoever asks for them asks for the next.
pub fn artists(c: &Reader, limit: usize) -> Result<Vec<String>> {
    c.all("SELECT DISTINCT artist FROM piece WHERE artist <> '' AND removed_at IS NULL ORDER BY artist LIMIT ?1", [limit as i64], |r| r.get(0))
}

pub fn titles(c: &Reader, limit: usize) -> Result<Vec<String>> {
    c.all("SELECT DISTINCT title FROM piece WHERE removed_at IS NULL ORDER BY id DESC LIMIT ?1", [limit as i64], |r| r.get(0))
}

fn from_row(r: &Row) -> RowResult<Piece> {
    let minor: Option<i64> = r.get(10)?;
    let currency: Option<String> = r.get(11)?;
    let said = Said {
        sku: r.get(1)?,
        title: r.get(2)?,
        artist: r.get(3)?,
        medium: r.get(4)?,
        width_mm: r.get(5)?,
        height_mm: r.get(6)?,
        size: r.get(7)?,
        colours: json(r, 8)?,
        words: r.get(9)?,
        price: minor.map(|minor| Amount::new(minor, currency.as_deref().and_then(Currency::parse))),
        link: r.get(12)?,
        quantity: r.get(13)?,
    };
    let source = Source::from_code(r.get_ref(14)?.as_str()?).unwrap_or(Source::Form);
    Ok(Piece { id: r.get(0)?, said, source, message_id: r.get(19)?, created_at: r.get(15)?, draft: r.get(18)?, sold_at: r.get(16)?, removed_at: r.get(17)? })
}

impl Piece {
    /// May be offered: somebody looked at it, and some are left.
    pub fn is_for_sale(&self) -> bool {
        self.sold_at.is_none() && self.removed_at.is_none() && !self.draft
    }

    /// "“Low Tide” by Anna Lind".
    pub fn name(&self) -> String {
        if self.said.artist.is_empty() { format!("“{}”", self.said.title) } else { format!("“{}” by {}", self.said.title, self.said.artist) }
    }
}
