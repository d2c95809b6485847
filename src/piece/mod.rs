//! What the shop has for sale: mostly one of a kind. A piece knows whom it would suit, and why.

pub use crate::id::PieceId;

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
    pub created_at: Millis,
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

pub fn add(tx: &Writer, said: &Said, source: Source, message: Option<MessageKey>, by: Option<AgentId>, now: Millis) -> Result<PieceId> {
    let id = tx.insert(
        "INSERT INTO piece(sku, title, artist, medium, width_mm, height_mm, size, colours, words, price_minor, currency, link, quantity, source, message_id, created_at,
                           created_by, sold_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, CASE WHEN ?13 <= 0 THEN ?16 END)",
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
            said.quantity,
            source.code(),
            message,
            now,
            by
        ],
    )?;
    Ok(PieceId(id))
}

const COLUMNS: &str =
    "id, sku, title, artist, medium, width_mm, height_mm, size, colours, words, price_minor, currency, link, quantity, source, created_at, sold_at, removed_at";

pub fn find(c: &Reader, id: PieceId) -> Result<Option<Piece>> {
    c.optional(&format!("SELECT {COLUMNS} FROM piece WHERE id = ?1"), [id], from_row)
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
    Ok(Piece { id: r.get(0)?, said, source, created_at: r.get(15)?, sold_at: r.get(16)?, removed_at: r.get(17)? })
}
