//! What a table or a program says of pieces: a new one is added, one whose SKU is known is changed, a sold one sold. The same judgement
//! makes the preview and the change.

use super::sell::set_left;
use crate::database::{Millis, Reader, Writer};
use crate::desk::Result;
use crate::id::AgentId;
use crate::money::Currency;
use crate::piece::json::News;
use crate::piece::typed::Complaint;
use crate::piece::{self, Piece, PieceId, Said, Source, Typed, sale};

/// What becomes of one piece that was told.
#[derive(Clone, Debug)]
pub enum Verdict {
    Add(Box<Said>),
    /// Which fields change; none: it is as it was.
    Change(Box<Piece>, Box<Said>, Vec<&'static str>),
    Refuse(Vec<Complaint>),
}

/// What was taken.
#[derive(Clone, Debug, Default)]
pub struct Entered {
    pub added: Vec<PieceId>,
    pub changed: Vec<PieceId>,
    /// As it was: nothing new.
    pub same: usize,
    /// Each with the path that it came with.
    pub refused: Vec<(String, Vec<Complaint>)>,
}

/// What would become of it. Two of the same SKU in one table: the second is told as what it would be today.
pub fn preview(c: &Reader, news: &News, otherwise: Option<Currency>) -> Result<Verdict> {
    let Some(known) = known(c, news)? else {
        return Ok(match news.typed.read(otherwise) {
            Ok(said) => Verdict::Add(Box::new(Said { quantity: if news.sold { 0 } else { said.quantity }, ..said })),
            Err(complaints) => Verdict::Refuse(complaints),
        });
    };
    let typed = over(&known, &news.typed);
    Ok(match typed.read(otherwise) {
        Ok(said) => {
            let left = if news.sold { 0 } else { said.quantity };
            let said = Said { quantity: left, ..said };
            let fields = changed(&known.said, &said);
            Verdict::Change(Box::new(known), Box::new(said), fields)
        }
        Err(complaints) => Verdict::Refuse(complaints),
    })
}

/// Takes what can be taken.
pub fn take(
    tx: &Writer,
    news: &[News],
    source: Source,
    otherwise: Option<Currency>,
    by: Option<AgentId>,
    now: Millis,
) -> Result<(Entered, Vec<Option<PieceId>>)> {
    let (mut entered, mut ids) = (Entered::default(), Vec::new());
    for news in news {
        ids.push(match preview(tx, news, otherwise)? {
            Verdict::Add(said) => {
                let id = piece::add(tx, &said, source, None, by, now)?;
                entered.added.push(id);
                Some(id)
            }
            Verdict::Change(known, said, fields) => {
                if fields.is_empty() {
                    entered.same += 1;
                } else {
                    piece::change(tx, known.id, &said)?;
                    let sold = if source == Source::Csv { sale::Source::Csv } else { sale::Source::Api };
                    set_left(tx, &known, said.quantity, sold, by, now)?;
                    entered.changed.push(known.id);
                }
                Some(known.id)
            }
            Verdict::Refuse(complaints) => {
                entered.refused.push((news.path.clone(), complaints));
                None
            }
        });
    }
    Ok((entered, ids))
}

/// By SKU; without one by title and artist, so that the same table again doubles nothing.
fn known(c: &Reader, news: &News) -> Result<Option<Piece>> {
    let (sku, title, artist) = (news.typed.sku.trim(), news.typed.title.trim(), news.typed.artist.trim());
    if !sku.is_empty() {
        return Ok(piece::find_by_sku(c, sku)?);
    }
    let alike = piece::of_title(c, title)?.into_iter().find(|piece| piece.said.sku.is_empty() && piece.said.artist.to_lowercase() == artist.to_lowercase());
    Ok(alike)
}

/// What is not said stays as it was.
fn over(known: &Piece, news: &Typed) -> Typed {
    let was = Typed::of(known);
    let or = |new: &str, was: String| if new.trim().is_empty() { was } else { new.to_owned() };
    Typed {
        sku: or(&news.sku, was.sku),
        title: or(&news.title, was.title),
        artist: or(&news.artist, was.artist),
        medium: or(&news.medium, was.medium),
        size: or(&news.size, was.size),
        colours: if news.colours.is_empty() { was.colours } else { news.colours.clone() },
        words: or(&news.words, was.words),
        currency: or(&news.currency, if news.price.trim().is_empty() { was.currency } else { String::new() }),
        price: or(&news.price, was.price),
        link: or(&news.link, was.link),
        quantity: or(&news.quantity, was.quantity),
    }
}

fn changed(was: &Said, is: &Said) -> Vec<&'static str> {
    let fields = [
        ("title", was.title != is.title),
        ("artist", was.artist != is.artist),
        ("medium", was.medium != is.medium),
        ("size", was.size != is.size),
        ("colours", was.colours != is.colours),
        ("sentence", was.words != is.words),
        ("price", was.price != is.price),
        ("link", was.link != is.link),
        ("how many are left", was.quantity != is.quantity),
    ];
    fields.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name).collect()
}
