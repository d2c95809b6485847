//! A piece's picture: made anew from pixels alone before it comes here, without what the camera wrote beside them.

use super::PieceId;
use crate::database::{Millis, Reader, Result, Writer, params};

/// The longer side: it stands in a mail and on a page, and weighs some 200 kB there.
pub const SIDE_MAX: u32 = 1_200;
/// What it is stored and sent as.
pub const CONTENT_TYPE: &str = "image/jpeg";

pub fn keep(tx: &Writer, id: PieceId, jpeg: &[u8], now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO piece_picture(piece_id, picture, content_type, at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT(piece_id) DO UPDATE SET picture = excluded.picture, content_type = excluded.content_type, at = excluded.at",
        params![id, jpeg, CONTENT_TYPE, now],
    )?;
    Ok(())
}

pub fn forget(tx: &Writer, id: PieceId) -> Result<bool> {
    Ok(tx.execute("DELETE FROM piece_picture WHERE piece_id = ?1", [id])? > 0)
}

/// The JPEG.
pub fn of(c: &Reader, id: PieceId) -> Result<Option<Vec<u8>>> {
    c.optional("SELECT picture FROM piece_picture WHERE piece_id = ?1", [id], |r| r.get(0))
}

/// When it was made, for addresses that change with it; nothing where there is none.
pub fn made_at(c: &Reader, id: PieceId) -> Result<Option<Millis>> {
    c.optional("SELECT at FROM piece_picture WHERE piece_id = ?1", [id], |r| r.get(0))
}
