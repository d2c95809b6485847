//! What somebody wrote of a piece, in a form, a table or a mail, and what can be made of it: everything, or words about what cannot.

use super::vocabulary::{code, codes_in};
use super::{Piece, Said, size};
use crate::lead::Kind;
use crate::money::{Amount, Currency, is_below_nothing};

pub const TITLE_CHARS_MAX: usize = 200;
pub const WORDS_CHARS_MAX: usize = 2_000;
const SHORT_CHARS_MAX: usize = 100;
const LINK_CHARS_MAX: usize = 500;
/// Of a one of a kind there is one, of a print an edition; more is a mistake at the keyboard.
pub const QUANTITY_MAX: i64 = 10_000;
/// Ten million: nobody prices a piece beyond it, and whoever types it meant the link.
const PRICE_MINOR_MAX: i64 = 1_000_000_000;

/// Each field as it was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    pub sku: String,
    pub title: String,
    pub artist: String,
    pub medium: String,
    pub size: String,
    pub colours: Vec<String>,
    pub words: String,
    pub price: String,
    pub currency: String,
    pub link: String,
    pub quantity: String,
}

/// A field, and what is wrong with it.
pub type Complaint = (&'static str, String);

impl Typed {
    pub fn of(piece: &Piece) -> Typed {
        let said = &piece.said;
        Typed {
            sku: said.sku.clone(),
            title: said.title.clone(),
            artist: said.artist.clone(),
            medium: said.medium.clone(),
            size: said.size.clone(),
            colours: said.colours.clone(),
            words: said.words.clone(),
            price: said.price.map(Amount::digits).unwrap_or_default(),
            currency: said.price.and_then(|price| price.currency).map(|c| c.as_str().to_owned()).unwrap_or_default(),
            link: said.link.clone(),
            quantity: said.quantity.to_string(),
        }
    }

    /// What it says; with everything that is wrong where anything is. A price without a currency is in `otherwise`.
    pub fn read(&self, otherwise: Option<Currency>) -> Result<Said, Vec<Complaint>> {
        let mut complaints = Vec::new();
        let mut text = |name: &'static str, text: &str, most: usize| {
            let clean = one_line(text);
            if clean.chars().count() > most {
                complaints.push((name, format!("At most {most} characters, please.")));
            } else if clean.starts_with('=') {
                complaints.push((name, "This is a formula of a spreadsheet, not its value: save the table with values.".to_owned()));
            }
            clean
        };
        let (title, artist) = (text("title", &self.title, TITLE_CHARS_MAX), text("artist", &self.artist, SHORT_CHARS_MAX));
        let (sku, written_size) = (text("sku", &self.sku, SHORT_CHARS_MAX), text("size", &self.size, SHORT_CHARS_MAX));
        let (medium, words) = (text("medium", &self.medium, SHORT_CHARS_MAX), text("words", &self.words, WORDS_CHARS_MAX));
        let link = text("link", &self.link, LINK_CHARS_MAX);
        if title.is_empty() {
            complaints.push(("title", "A piece needs its title.".into()));
        }
        if !is_web_address(&link) && !link.is_empty() {
            complaints.push(("link", "Write the whole address, as in https://shop.example/low-tide.".into()));
        }
        let sides = match size::parse(&written_size) {
            Some(size::Size::Sides(width, height)) => Some((width, height)),
            _ => None,
        };
        let price = price(&self.price, &self.currency, otherwise).unwrap_or_else(|words| {
            complaints.push(("price", words.to_owned()));
            None
        });
        let quantity = quantity(&self.quantity).unwrap_or_else(|words| {
            complaints.push(("quantity", words));
            1
        });
        if !complaints.is_empty() {
            return Err(complaints);
        }
        let medium = code(Kind::Medium, &medium).map(str::to_owned).unwrap_or(medium);
        let (width_mm, height_mm) = (sides.map(|(width, _)| width), sides.map(|(_, height)| height));
        Ok(Said { sku, title, artist, medium, width_mm, height_mm, size: written_size, colours: self.colour_codes(), words, price, link, quantity })
    }

    /// Words that are no colour here are left out: a table's column may hold more.
    fn colour_codes(&self) -> Vec<String> {
        codes_in(Kind::Colour, &self.colours.join(" ")).into_iter().map(str::to_owned).collect()
    }
}

/// "680", "1.250,00 kr", "€68", "EUR 68"; a currency beside it counts where it names none.
pub fn price(text: &str, beside: &str, otherwise: Option<Currency>) -> Result<Option<Amount>, &'static str> {
    const ODD: &str = "Write the price as a sum, as in 680 or 680.00 EUR.";
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    if is_below_nothing(text) {
        return Err("A price is not below nothing.");
    }
    let digits_at = text.find(|c: char| c.is_ascii_digit()).ok_or(ODD)?;
    let digits_end = text.rfind(|c: char| c.is_ascii_digit()).map_or(0, |at| at + 1);
    let around = format!("{} {}", &text[..digits_at], text[digits_end..].trim_start_matches([',', '.', '-', '–']));
    let named = around.split_whitespace().map(|word| word.trim_matches(['.', ':'])).filter(|word| !word.is_empty()).map(currency_of);
    let named = named.collect::<Option<Vec<Currency>>>().ok_or(ODD)?;
    let beside = if beside.trim().is_empty() { None } else { Some(currency_of(beside.trim()).ok_or("A currency is three letters, as in EUR.")?) };
    let currency = named.first().copied().or(beside).or(otherwise);
    let amount = Amount::from_digits(&text[digits_at..digits_end], currency).ok_or(ODD)?;
    if amount.minor > PRICE_MINOR_MAX { Err("So high a price is a mistake, is it not?") } else { Ok(Some(amount)) }
}

fn currency_of(word: &str) -> Option<Currency> {
    let code = match word {
        "€" => "EUR",
        "$" => "USD",
        "£" => "GBP",
        "¥" => "JPY",
        "zł" => "PLN",
        // Three countries say it so; the shop's own currency tells them apart, and where it does not, Sweden is the first user.
        "kr" | "Kr" | "SKr" => "SEK",
        code => code,
    };
    Currency::parse(code)
}

fn quantity(text: &str) -> Result<i64, String> {
    match text.trim() {
        "" => Ok(1),
        text => text
            .trim_end_matches(".0")
            .parse()
            .ok()
            .filter(|n| (0..=QUANTITY_MAX).contains(n))
            .ok_or_else(|| format!("How many are left is a whole number from 0 to {QUANTITY_MAX}.")),
    }
}

/// It goes into letters: nothing but the web.
pub fn is_web_address(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        rest.split(['/', '?', '#']).next().is_some_and(|host| host.contains('.') && !host.contains(['@', '<', '"'])) && !rest.contains([' ', '<', '>', '"'])
    })
}

/// Without line breaks, control characters and doubled blanks.
fn one_line(text: &str) -> String {
    text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_with_and_without_their_currency() {
        let euro = Currency::parse("EUR");
        for (text, beside, is) in [
            ("680", "", Ok("€680.00")),
            ("680,50", "SEK", Ok("SEK 680.50")),
            ("€68", "SEK", Ok("€68.00")),
            ("1.250,00 kr", "", Ok("SEK 1250.00")),
            ("USD 99.5", "", Ok("$99.50")),
            ("68,-", "", Ok("€68.00")),
            ("a lot", "", Err(())),
            ("68 apples", "", Err(())),
            ("-5", "", Err(())),
            ("99999999999", "", Err(())),
            ("68", "euros", Err(())),
        ] {
            let read = price(text, beside, euro).map(|price| price.unwrap().to_string());
            assert_eq!(read.as_deref().map_err(|_| ()), is, "{text} {beside}");
        }
    }

    #[test]
    fn every_mistake_is_said_at_its_field() {
        let typed = Typed {
            title: " ".into(),
            price: "a lot".into(),
            quantity: "-3".into(),
            link: "javascript:alert(1)".into(),
            artist: "=HYPERLINK(\"x\")".into(),
            sku: "x".repeat(101),
            ..Typed::default()
        };
        let fields: Vec<&str> = typed.read(None).unwrap_err().into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["artist", "sku", "title", "link", "price", "quantity"]);
        let said = Typed { title: "Low\nTide".into(), medium: "Prints".into(), size: "50 x 70".into(), colours: vec!["Blue, navy".into()], ..Typed::default() };
        let said = said.read(None).unwrap();
        assert_eq!((said.title.as_str(), said.medium.as_str(), said.width_mm, said.quantity), ("Low Tide", "print", Some(500), 1));
        assert_eq!(said.colours, ["blue"]);
    }
}
