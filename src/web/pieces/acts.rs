//! One click on a piece: sold, removed, and each taken back.

use crate::desk::pieces;
use crate::follow_up;
use crate::id::{FollowUpId, SaleId};
use crate::piece::PieceId;
use crate::web::at_desk::ask;
use crate::web::layout::see_saying;
use crate::web::{Access, Error, Path, Result, Route, Said, State, Visitor, post};
use crate::world;
use axum::response::Response;

pub fn routes() -> Vec<Route> {
    vec![
        post("/pieces/{id}/sales", Access::Agent, sell),
        post("/pieces/{id}/sales/{sale}/undo", Access::Agent, undo_sale),
        post("/pieces/{id}/removal", Access::Agent, remove),
        post("/pieces/{id}/removal/undo", Access::Agent, put_back),
        post("/pieces/{id}/letters/{told}/holding-back", Access::Agent, hold_back),
    ]
}

async fn sell(state: State, visitor: Visitor, Path(id): Path<PieceId>) -> Result<Response> {
    let by = visitor.agent().id;
    let sold = ask(&state, move |tx| {
        let sale = pieces::sell(tx, id, by, world::now())?;
        let left = crate::piece::find(tx, id)?.map_or(0, |piece| piece.said.quantity);
        Ok((sale, left))
    });
    let said = match sold.await? {
        Ok((sale, left)) => {
            let words = if left == 0 { "Sold. It is offered to nobody any more.".to_owned() } else { format!("One is sold; left: {left}.") };
            Said::with_undo(words, format!("/pieces/{id}/sales/{sale}/undo"))
        }
        Err(why) => Said::words(why),
    };
    Ok(see_saying(&state, &format!("/pieces/{id}"), &said))
}

async fn undo_sale(state: State, visitor: Visitor, Path((id, sale)): Path<(PieceId, SaleId)>) -> Result<Response> {
    let by = visitor.agent().id;
    let undone = ask(&state, move |tx| pieces::undo_sale(tx, id, sale, by, world::now())).await?;
    done(&state, id, undone, "It is for sale again.")
}

async fn remove(state: State, visitor: Visitor, Path(id): Path<PieceId>) -> Result<Response> {
    let by = visitor.agent().id;
    let removed = ask(&state, move |tx| pieces::remove(tx, id, by, world::now())).await?;
    let said = removed.map_or_else(Said::words, |()| Said::with_undo("Removed. It is offered to nobody any more.", format!("/pieces/{id}/removal/undo")));
    Ok(see_saying(&state, &format!("/pieces/{id}"), &said))
}

async fn put_back(state: State, Path(id): Path<PieceId>) -> Result<Response> {
    let back = ask(&state, move |tx| pieces::back_for_sale(tx, id)).await?;
    done(&state, id, back, "It is back on its shelf.")
}

async fn hold_back(state: State, visitor: Visitor, Path((id, told)): Path<(PieceId, FollowUpId)>) -> Result<Response> {
    let by = visitor.agent().id;
    let shown = visitor.clone();
    state.read(move |c| follow_up::find(c, told)?.filter(|told| shown.agent().may_see(told.mailbox_id)).map(|_| ()).ok_or(Error::NotFound)).await?;
    let held = ask(&state, move |tx| pieces::hold_back(tx, id, told, by, world::now())).await?;
    done(&state, id, held, "Held back: it does not leave.")
}

fn done(state: &State, id: PieceId, outcome: std::result::Result<(), String>, words: &str) -> Result<Response> {
    let said = Said::words(outcome.err().unwrap_or_else(|| words.to_owned()));
    Ok(see_saying(state, &format!("/pieces/{id}"), &said))
}
