//! The shop's pieces: the shelves, each piece with those who would want it, and the ways in which pieces are entered.

mod acts;
mod fields;
mod form;
mod import;
mod letters;
mod list;
mod picture;
mod post;
mod show;

use super::Route;

pub fn routes() -> Vec<Route> {
    [list::routes(), form::routes(), show::routes(), acts::routes(), letters::routes(), import::routes(), picture::routes(), post::routes()]
        .into_iter()
        .flatten()
        .collect()
}
