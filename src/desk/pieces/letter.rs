//! The letter that tells somebody of a piece, as its preview shows it.

use crate::customer::Customer;
use crate::database::Reader;
use crate::desk::Result;
use crate::lead::wish::Wish;
use crate::piece::Piece;
use crate::setting;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    pub subject: String,
    pub text: String,
    /// ISO 639-1.
    pub language: String,
}

pub fn compose_preview(c: &Reader, piece: &Piece, customer: &Customer, wish: Option<&Wish>) -> Result<Preview> {
    let shop = setting::shop_name(c)?;
    let said = &piece.said;
    let first = customer.name.split_whitespace().next().map_or(String::new(), |name| format!(" {name}"));
    let asked = if wish.is_some() { "You asked us to tell you when something like this is here." } else { "This may be something for you." };
    let facts = [piece.name(), said.size.clone(), said.price.map(|price| price.to_string()).unwrap_or_default()];
    let facts = facts.into_iter().filter(|fact| !fact.is_empty()).collect::<Vec<_>>().join(", ");
    let lines = [format!("Hello{first},"), asked.to_owned(), facts, said.words.clone(), said.link.clone(), shop];
    let text = lines.into_iter().filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n\n");
    Ok(Preview { subject: piece.name(), text, language: "en".into() })
}
