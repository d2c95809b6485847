//! Leads from a table: a newsletter's list, an old shop's customers. A consent in it is taken only with what makes it evidence: the words,
//! the day and where it was given.

use super::interest::{Feature, Kind};
use crate::consent::Purpose;
use crate::email::EmailAddress;
use crate::order::table;
use jiff::civil::Date;

/// Lines of a file: each is looked up and shown before it is taken.
pub const LINES_MAX: usize = 10_000;
/// Bytes of a file; the preview carries all of it.
pub const FILE_BYTES_MAX: usize = 5 * 1024 * 1024;
/// Longest name, and longest words and proof of a consent.
const NAME_CHARS_MAX: usize = 120;
const WORDS_CHARS_MAX: usize = 600;
/// Interests of a line: more is a description.
const INTERESTS_MAX: usize = 20;

/// What a column may be called, by what it holds; lower case and with blanks, the first that is there counts.
const COLUMNS: &[(&str, &[&str])] = &[
    ("address", &["address", "email", "e-mail", "email address", "e-mail address", "mail", "addresses", "customer email", "subscriber"]),
    ("name", &["name", "full name", "customer name", "customer", "contact"]),
    ("first name", &["first name", "firstname", "given name"]),
    ("last name", &["last name", "lastname", "surname", "family name"]),
    ("language", &["language", "lang", "locale"]),
    ("country", &["country", "country code"]),
    ("interests", &["interests", "interest", "likes", "tags"]),
    ("consent", &["consent", "consent purpose", "consents", "purpose", "agreed to"]),
    ("words", &["consent words", "words", "consent text", "what they said"]),
    ("day", &["consent day", "consent date", "consented at", "consented on", "opt in date", "opt-in date", "day"]),
    ("proof", &["consent proof", "proof", "evidence", "consent source"]),
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Of the file.
    pub line: u64,
    /// As it stands there.
    pub typed: String,
    /// `None`: it is none.
    pub address: Option<EmailAddress>,
    pub name: String,
    pub language: Option<String>,
    pub country: Option<String>,
    pub interests: Vec<Feature>,
    /// What was not understood and is left out, in words.
    pub left_out: Vec<String>,
    /// What they are said to have agreed to.
    pub purposes: Vec<Purpose>,
    pub evidence: Evidence,
}

/// What makes a consent evidence; empty where it is missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    pub words: String,
    pub day: Option<Date>,
    pub proof: String,
}

impl Evidence {
    /// What is missing, in words; empty where it is whole. Nobody agreed tomorrow.
    pub fn lacks(&self, today: Date) -> Vec<&'static str> {
        let mut lacks = Vec::new();
        if self.words.is_empty() {
            lacks.push("their words");
        }
        match self.day {
            None => lacks.push("the day"),
            Some(day) if day > today => lacks.push("a day that has been"),
            Some(_) => {}
        }
        if self.proof.is_empty() {
            lacks.push("the proof");
        }
        lacks
    }
}

/// Reads a table. The error says what is missing.
pub fn read(text: &str) -> Result<Vec<Row>, String> {
    if text.len() > FILE_BYTES_MAX {
        return Err(format!("The file is larger than {} MB: divide it.", FILE_BYTES_MAX / (1024 * 1024)));
    }
    let table::Cells { names, lines } = table::cells(text)?;
    if lines.len() > LINES_MAX {
        return Err(format!("The file has {} lines: divide it into files of at most {LINES_MAX}.", lines.len()));
    }
    let column = |what: &str| {
        let known = COLUMNS.iter().find(|(name, _)| *name == what).map_or(&[][..], |(_, known)| known);
        known.iter().find_map(|name| names.iter().position(|found| found == name))
    };
    let columns: Vec<(&str, Option<usize>)> = COLUMNS.iter().map(|(what, _)| (*what, column(what))).collect();
    if column("address").is_none() {
        return Err("No column holds addresses: it is called “Email” or “Address”. The first line names the columns.".into());
    }
    let row = |(line, cells): (u64, Vec<String>)| {
        let cell = |what: &str| columns.iter().find(|(name, _)| *name == what).and_then(|(_, at)| cells.get((*at)?)).map_or("", String::as_str);
        row(line, &|what| unguarded(cell(what)))
    };
    Ok(lines.into_iter().map(row).collect())
}

/// Our own table puts an apostrophe before what a spreadsheet would take for a formula.
fn unguarded(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|rest| rest.starts_with(['=', '+', '-', '@', '\t'])).unwrap_or(cell)
}

fn row<'a>(line: u64, cell: &dyn Fn(&str) -> &'a str) -> Row {
    let mut left_out = Vec::new();
    let whole = cell("name");
    let name = if whole.is_empty() { format!("{} {}", cell("first name"), cell("last name")) } else { whole.to_owned() };
    let mut code = |what: &str, length: bool| {
        let text = cell(what);
        let code = text.split(['-', '_']).next().filter(|code| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic()));
        let code = code.filter(|code| length || code.len() == text.len()).map(str::to_owned);
        if code.is_none() && !text.is_empty() {
            left_out.push(format!("the {what} “{text}” is no code of two letters"));
        }
        code
    };
    let (language, country) = (code("language", true).map(|code| code.to_lowercase()), code("country", false).map(|code| code.to_uppercase()));
    let mut interests = Vec::new();
    for typed in cell("interests").split([',', ';', '|']).map(str::trim).filter(|typed| !typed.is_empty()).take(INTERESTS_MAX) {
        match interest(typed) {
            Some(feature) => interests.push(feature),
            None => left_out.push(format!("the interest “{typed}” is none that is known")),
        }
    }
    let mut purposes: Vec<Purpose> = Vec::new();
    for typed in cell("consent").split([',', ';', '|', '+']).map(str::trim).filter(|typed| !typed.is_empty()) {
        match purpose(typed) {
            Some(purpose) if purposes.contains(&purpose) => {}
            Some(purpose) => purposes.push(purpose),
            None if is_no(typed) => {}
            None => left_out.push(format!("the consent “{typed}” is for nothing that is known (similar pieces, offers)")),
        }
    }
    let typed = cell("address").split([';', ' ', ',']).next().unwrap_or_default();
    let short = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    Row {
        line,
        typed: cell("address").to_owned(),
        address: EmailAddress::parse(typed),
        name: short(name.trim(), NAME_CHARS_MAX),
        language,
        country,
        interests,
        left_out,
        purposes,
        evidence: Evidence { words: short(cell("words"), WORDS_CHARS_MAX), day: day(cell("day")), proof: short(cell("proof"), WORDS_CHARS_MAX) },
    }
}

/// "colour: blue", "artist: Anna Lind", or a code or its words alone: "blue", "living room".
fn interest(typed: &str) -> Option<Feature> {
    let lower = typed.to_lowercase();
    if let Some((kind, value)) = typed.split_once(':') {
        let kind = Kind::from_code(kind.trim().to_lowercase().as_str())?;
        return if kind.codes().is_empty() { Feature::typed(kind, value) } else { coded(kind, value.trim().to_lowercase().as_str()) };
    }
    Kind::ALL.iter().find_map(|kind| coded(*kind, &lower))
}

fn coded(kind: Kind, asked: &str) -> Option<Feature> {
    let feature = |code: &str| Feature { kind, value: code.to_owned() };
    kind.codes().iter().map(|code| feature(code)).find(|feature| feature.value == asked || feature.words().to_lowercase() == asked.replace('\'', "’"))
}

fn purpose(typed: &str) -> Option<Purpose> {
    let asked = typed.to_lowercase().replace('_', " ");
    Purpose::ALL.iter().copied().find(|purpose| purpose.words() == asked)
}

fn is_no(typed: &str) -> bool {
    matches!(typed.to_lowercase().as_str(), "no" | "none" | "0" | "false" | "-")
}

/// `2026-03-31`, with or without a time behind it, or `31.03.2026`. With slashes nobody can tell the day from the month.
fn day(text: &str) -> Option<Date> {
    if let Some(iso) = text.get(..10).and_then(|iso| iso.parse().ok()) {
        return Some(iso);
    }
    let parts: Vec<i16> = text.split_whitespace().next()?.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    let [day, month, year] = parts[..] else { return None };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_by_many_names_and_consents_keep_their_evidence() {
        let table = "E-Mail;Full Name;Locale;Country;Tags;Purpose;Consent Text;Opt-in date;Evidence\n\
            Anna@Example.test;Anna Lind;sv-SE;se;blue, living room, artist: Ida Holm, sharks;Similar pieces, offers;\"Yes, tell me\";31.03.2026;paper form 12\n";
        let row = read(table).unwrap().remove(0);
        assert_eq!((row.line, row.address.as_ref().unwrap().key().as_str(), row.name.as_str()), (2, "anna@example.test", "Anna Lind"));
        assert_eq!((row.language.as_deref(), row.country.as_deref()), (Some("sv"), Some("SE")));
        assert_eq!(row.interests.iter().map(Feature::words).collect::<Vec<_>>(), ["blue", "living room", "Ida Holm"]);
        assert!(row.left_out.len() == 1 && row.left_out[0].contains("sharks"), "{:?}", row.left_out);
        assert_eq!(row.purposes, [Purpose::SimilarPieces, Purpose::Offers]);
        assert!(row.evidence.lacks(Date::constant(2026, 4, 1)).is_empty());
        assert_eq!(row.evidence.lacks(Date::constant(2026, 3, 1)), ["a day that has been"]);
    }

    #[test]
    fn what_is_missing_is_said_and_nothing_is_guessed() {
        assert!(read("Colour\nred\n").unwrap_err().contains("No column holds addresses"));
        let rows = read("email,consent,consent day\nnobody,offers,03/04/2026\nben@example.test,maybe,\ncleo@example.test,no,\n").unwrap();
        assert_eq!((rows[0].address.is_none(), rows[0].evidence.lacks(Date::constant(2026, 4, 1)).len()), (true, 3));
        assert!(rows[1].purposes.is_empty() && rows[1].left_out[0].contains("maybe"));
        assert!(rows[2].purposes.is_empty() && rows[2].left_out.is_empty());
        let long = format!("email\n{}", "a@example.test\n".repeat(LINES_MAX + 1));
        assert!(read(&long).unwrap_err().contains("divide"));
        assert!(read(&" ".repeat(FILE_BYTES_MAX + 1)).unwrap_err().contains("5 MB"));
    }
}
