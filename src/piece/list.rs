//! The shop's shelves: what is for sale, what is sold, what was removed.

use super::{COLUMNS, Piece, from_row};
use crate::database::{Reader, Result, params};
use crate::money::Currency;

/// Pieces on one page.
pub const PER_PAGE: usize = 60;

crate::return_request::code::codes! {
    Shelf {
        ForSale = "for_sale",
        Sold = "sold",
        Removed = "removed",
    }
}

impl Shelf {
    fn sql(self) -> &'static str {
        match self {
            Shelf::ForSale => "sold_at IS NULL AND removed_at IS NULL",
            Shelf::Sold => "sold_at IS NOT NULL AND removed_at IS NULL",
            Shelf::Removed => "removed_at IS NOT NULL",
        }
    }
}

/// Pieces of a shelf whose title, artist or SKU holds `words`; newest first, at most a page, below `before` where one was shown already.
pub fn list(c: &Reader, shelf: Shelf, words: &str, before: Option<i64>) -> Result<Vec<Piece>> {
    let like = format!("%{}%", words.trim().replace('!', "!!").replace('%', "!%").replace('_', "!_"));
    let sql = format!(
        "SELECT {COLUMNS} FROM piece WHERE {} AND (?1 = '%%' OR title LIKE ?1 ESCAPE '!' OR artist LIKE ?1 ESCAPE '!' OR sku LIKE ?1 ESCAPE '!')
           AND id < ?2 ORDER BY id DESC LIMIT ?3",
        shelf.sql()
    );
    c.all(&sql, params![like, before.unwrap_or(i64::MAX), PER_PAGE as i64 + 1], from_row)
}

/// How many stand on each shelf.
pub fn counts(c: &Reader) -> Result<Vec<(Shelf, i64)>> {
    let count = |shelf: &Shelf| Ok((*shelf, c.one(&format!("SELECT count(*) FROM piece WHERE {}", shelf.sql()), [], |r| r.get(0))?));
    Shelf::ALL.iter().map(count).collect()
}

/// That of the newest piece with a price: what a price without one is in.
pub fn usual_currency(c: &Reader) -> Result<Option<Currency>> {
    let newest = c.optional("SELECT currency FROM piece WHERE currency IS NOT NULL ORDER BY id DESC LIMIT 1", [], |r| r.get::<_, String>(0))?;
    Ok(newest.and_then(|code| Currency::parse(&code)))
}
