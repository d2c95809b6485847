//! Lists to choose from, for whoever does not want to type: each choice is a piece of the question as it would be typed.

use crate::lead::Source;
use crate::lead::filter::typed;
use crate::lead::interest::{Feature, Kind};
use crate::web::ask::Ask;
use crate::web::present::{COUNTRIES, LANGUAGES, language};

/// One list.
pub struct Choice {
    pub name: &'static str,
    pub label: &'static str,
    pub options: Vec<Choosable>,
}

pub struct Choosable {
    /// As it would be typed.
    pub piece: String,
    pub words: String,
    pub chosen: bool,
}

/// Every list, with what the question has already.
pub fn all(question: &str) -> Vec<Choice> {
    let asked = typed(question);
    let choice = |name, label, options: Vec<(String, String)>| {
        let options = options.into_iter().map(|(piece, words)| Choosable { chosen: asked.contains(&piece), piece, words }).collect();
        Choice { name, label, options }
    };
    let fixed = |options: &[(&str, &str)]| options.iter().map(|(piece, words)| ((*piece).to_owned(), (*words).to_owned())).collect();
    let liked = |kind: Kind| {
        let words = |code: &str| Feature { kind, value: code.to_owned() }.words();
        kind.codes().iter().map(|code| (format!("{kind}:{code}"), words(code))).collect::<Vec<_>>()
    };
    let consents = [
        ("consent:any", "to anything"),
        ("consent:similar_pieces", "to similar pieces"),
        ("consent:offers", "to offers"),
        ("consent:none", "to nothing"),
        ("consent:stopped", "said stop"),
    ];
    let sources =
        [(Source::Mailbox, "a mail"), (Source::Form, "a form"), (Source::Widget, "the widget"), (Source::Import, "an import"), (Source::Agent, "an agent")];
    vec![
        choice("medium", "Medium", liked(Kind::Medium)),
        choice("colour", "Colour", liked(Kind::Colour)),
        choice("room", "Room", liked(Kind::Room)),
        choice("occasion", "Occasion", liked(Kind::Occasion)),
        choice("wish", "Wish", fixed(&[("wish:open", "open"), ("wish:closed", "closed"), ("wish:none", "none")])),
        choice("consent", "Agreed", fixed(&consents)),
        choice("returns", "Returns", fixed(&[("returns:0", "none"), ("returns>0", "one or more"), ("returns>1", "several")])),
        choice("orders", "Orders", fixed(&[("orders:0", "none"), ("orders>0", "one or more"), ("orders>1", "several")])),
        choice(
            "last",
            "Last contact",
            fixed(&[
                ("last<30d", "within 30 days"),
                ("last<180d", "within half a year"),
                ("last>180d", "over half a year ago"),
                ("last>1y", "over a year ago"),
            ]),
        ),
        choice("language", "Language", LANGUAGES.iter().map(|code| (format!("language:{code}"), language(code).to_owned())).collect()),
        choice("country", "Country", COUNTRIES.iter().map(|(code, name)| (format!("country:{code}"), (*name).to_owned())).collect()),
        choice("source", "Came by", sources.iter().map(|(source, words)| (format!("source:{source}"), (*words).to_owned())).collect()),
    ]
}

/// The question with what was chosen; what no list has stays as it was typed.
pub fn question(ask: &Ask) -> String {
    let lists = all("");
    let listed = |piece: &String| lists.iter().any(|list| list.options.iter().any(|option| option.piece == *piece));
    let mut pieces: Vec<String> = typed(ask.get("q")).into_iter().filter(|piece| !listed(piece)).collect();
    pieces.extend(lists.iter().map(|list| ask.get(list.name).to_owned()).filter(listed));
    pieces.join(" ")
}
