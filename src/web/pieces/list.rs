//! The shelves: for sale, sold, removed.

use crate::piece::{self, PER_PAGE, Piece, Shelf, picture, vocabulary};
use crate::web::ask::{Ask, encoded};
use crate::web::present::visible;
use crate::web::{Access, Result, Route, Shell, State, Visitor, get, page};
use askama::Template;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![get("/pieces", Access::Agent, show)]
}

#[derive(Template)]
#[template(path = "pieces/list.html")]
struct Page {
    shell: Shell,
    tab: &'static str,
    /// Code, words, how many, whether it is shown.
    shelves: Vec<(&'static str, &'static str, i64, bool)>,
    shelf: &'static str,
    words: String,
    pieces: Vec<View>,
    /// The address of the next page.
    more: Option<String>,
}

/// A piece as a card shows it.
pub struct View {
    pub id: piece::PieceId,
    pub title: String,
    pub artist: String,
    /// Medium and size.
    pub facts: String,
    pub price: String,
    pub quantity: i64,
    pub draft: bool,
    /// The picture's address.
    pub picture: Option<String>,
}

impl View {
    pub fn of(c: &crate::database::Reader, piece: &Piece) -> Result<View> {
        let said = &piece.said;
        let facts = [vocabulary::words(&said.medium), said.size.clone()];
        let drawn = picture::made_at(c, piece.id)?;
        let picture =
            drawn.map(|at| format!("/pieces/{}/picture?v={at}", piece.id)).or_else(|| piece.message_id.map(|_| format!("/pieces/{}/picture", piece.id)));
        Ok(View {
            id: piece.id,
            title: visible(&said.title),
            artist: visible(&said.artist),
            facts: facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(", "),
            price: said.price.map(|price| price.to_string()).unwrap_or_default(),
            quantity: said.quantity,
            draft: piece.draft,
            picture,
        })
    }
}

async fn show(state: State, visitor: Visitor, ask: Ask) -> Result<Response> {
    let shown = state.clone();
    let found = state
        .read(move |c| {
            let shelf = Shelf::from_code(ask.get("shelf")).unwrap_or(Shelf::ForSale);
            let before = ask.get("before").parse().ok();
            let mut pieces = piece::list(c, shelf, ask.get("q"), before)?;
            let more = (pieces.len() > PER_PAGE).then(|| {
                pieces.truncate(PER_PAGE);
                let last = pieces.last().map_or(0, |piece| piece.id.0);
                format!("/pieces?shelf={shelf}&q={}&before={last}", encoded(ask.get("q")))
            });
            let label = |shelf| match shelf {
                Shelf::ForSale => "For sale",
                Shelf::Sold => "Sold",
                Shelf::Removed => "Removed",
            };
            let shelves = piece::counts(c)?.into_iter().map(|(one, n)| (one.code(), label(one), n, one == shelf)).collect();
            let pieces = pieces.iter().map(|piece| View::of(c, piece)).collect::<Result<_>>()?;
            let shell = Shell::read(c, &shown, &visitor, "leads")?;
            Ok(Page { shell, tab: "pieces", shelves, shelf: shelf.code(), words: visible(ask.get("q")), pieces, more })
        })
        .await?;
    page(&found)
}
