//! Pieces as a shop's own program posts them: one, a list, or `{"pieces": […]}` (docs/pieces.md). Each mistake is said with the path of
//! its field; a piece with a mistake is left out, the others are taken.

use super::typed::Typed;
use crate::order::json::Mistake;
use crate::order::json::values::{Object, Values, below};
use serde_json::Value;

/// Pieces in one post: all that a small shop has.
pub const PIECES_MAX: usize = 500;
/// Mistakes and unknown fields that an answer lists.
const LISTED_MAX: usize = 50;
const COLOURS_MAX: usize = 15;
/// A picture as base64: what 10 MB become.
const PICTURE_CHARS_MAX: usize = 14_000_000;
const FIELDS: &[&str] = &["sku", "title", "artist", "medium", "size", "colours", "words", "price", "currency", "link", "quantity", "sold", "picture"];

/// What is said of a piece; what is empty was not said.
#[derive(Clone, Debug, Default)]
pub struct News {
    /// Where it stood: `pieces[2]`, or the line of a table.
    pub path: String,
    pub typed: Typed,
    pub sold: bool,
    /// A JPEG, PNG … in base64.
    pub picture: Option<String>,
}

#[derive(Debug, Default)]
pub struct Post {
    pub pieces: Vec<News>,
    pub mistakes: Vec<Mistake>,
    pub ignored: Vec<String>,
}

pub fn read(bytes: &[u8]) -> Post {
    let mut post = Post::default();
    let whole = |words: String| Mistake { path: String::new(), words };
    let json: Value = match serde_json::from_slice(bytes) {
        Ok(json) => json,
        Err(failure) => {
            post.mistakes.push(whole(format!("This is no JSON: line {}, column {} cannot be read.", failure.line(), failure.column())));
            return post;
        }
    };
    let (list, name) = match &json {
        Value::Array(list) => (list.as_slice(), Some("")),
        Value::Object(object) => match object.get("pieces").and_then(Value::as_array) {
            Some(list) => (list.as_slice(), Some("pieces")),
            None => (std::slice::from_ref(&json), None),
        },
        _ => {
            post.mistakes.push(whole("A piece is an object, several are a list of them.".into()));
            return post;
        }
    };
    if list.len() > PIECES_MAX {
        post.mistakes.push(whole(format!("At most {PIECES_MAX} pieces in one post; these are {}.", list.len())));
        return post;
    }
    for (at, piece) in list.iter().enumerate() {
        let path = name.map_or(String::new(), |name| format!("{name}[{at}]"));
        take(&mut post, piece, path);
    }
    let unlisted = post.mistakes.len().saturating_sub(LISTED_MAX);
    post.mistakes.truncate(LISTED_MAX);
    post.ignored.truncate(LISTED_MAX);
    if unlisted > 0 {
        post.mistakes.push(whole(format!("There are {unlisted} more mistakes, which are not listed.")));
    }
    post
}

fn take(post: &mut Post, piece: &Value, path: String) {
    let mut values = Values::default();
    match piece.as_object() {
        None => values.wrong(&path, "A piece is an object."),
        Some(piece) => {
            let news = read_one(piece, path, &mut values);
            if values.mistakes.is_empty() {
                post.pieces.push(news);
            }
        }
    }
    post.mistakes.extend(values.mistakes);
    post.ignored.extend(values.ignored);
}

fn read_one(piece: &Object, path: String, values: &mut Values) -> News {
    values.known(piece, &path, FIELDS);
    let typed = Typed {
        sku: values.text(piece, &path, "sku"),
        title: values.text(piece, &path, "title"),
        artist: values.text(piece, &path, "artist"),
        medium: values.text(piece, &path, "medium"),
        size: values.text(piece, &path, "size"),
        colours: colours(piece, &path, values),
        words: piece.get("words").and_then(Value::as_str).map_or_else(|| values.text(piece, &path, "words"), str::to_owned),
        price: values.text(piece, &path, "price"),
        currency: values.text(piece, &path, "currency"),
        link: values.text(piece, &path, "link"),
        quantity: values.text(piece, &path, "quantity"),
    };
    if typed.sku.is_empty() && typed.title.is_empty() {
        values.wrong(&below(&path, "title"), "A piece needs its title, or the SKU of one that is known.");
    }
    let sold = match piece.get("sold") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(sold)) => *sold,
        Some(_) => {
            values.wrong(&below(&path, "sold"), "Write true or false.");
            false
        }
    };
    let picture = piece.get("picture").filter(|picture| !picture.is_null()).and_then(|picture| {
        let text = picture.as_str().filter(|text| text.len() <= PICTURE_CHARS_MAX);
        if text.is_none() {
            values.wrong(&below(&path, "picture"), "A picture is a text: its bytes in base64, at most 10 MB.");
        }
        text.map(str::to_owned)
    });
    News { path, typed, sold, picture }
}

/// A list of words, or one text.
fn colours(piece: &Object, path: &str, values: &mut Values) -> Vec<String> {
    if piece.get("colours").is_some_and(Value::is_string) {
        return vec![values.text(piece, path, "colours")];
    }
    let mut colours = Vec::new();
    for (at, colour) in values.list(piece, path, "colours", COLOURS_MAX).iter().enumerate() {
        match colour.as_str() {
            Some(colour) => colours.push(colour.to_owned()),
            None => values.wrong(&format!("{}[{at}]", below(path, "colours")), "A colour is a text."),
        }
    }
    colours
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_or_a_list_is_read_and_each_mistake_has_its_path() {
        let one = r#"{"sku": 17, "title": "Low Tide", "colours": ["blue"], "price": 680, "currency": "EUR", "quantity": 0}"#;
        for text in [one.to_owned(), format!("[{one}]"), format!("{{\"pieces\": [{one}]}}")] {
            let post = read(text.as_bytes());
            assert_eq!((post.pieces.len(), post.mistakes.len()), (1, 0), "{text}");
            let typed = &post.pieces[0].typed;
            assert_eq!((typed.sku.as_str(), typed.price.as_str(), typed.quantity.as_str()), ("17", "680", "0"));
        }
        let odd = r#"{"pieces": [{"title": "A", "sold": "yes"}, 7, {"artist": "x", "titel": "B"}, {"title": "C", "colours": [1], "picture": 5}]}"#;
        let post = read(odd.as_bytes());
        let paths: Vec<&str> = post.mistakes.iter().map(|mistake| mistake.path.as_str()).collect();
        assert_eq!(paths, ["pieces[0].sold", "pieces[1]", "pieces[2].title", "pieces[3].colours[0]", "pieces[3].picture"]);
        assert_eq!((post.pieces.len(), post.ignored), (0, vec!["pieces[2].titel".to_owned()]));
        for (text, says) in [("", "no JSON"), ("7", "object"), (&format!("[{}]", vec!["{}"; 501].join(",")), "At most 500")] {
            assert!(read(text.as_bytes()).mistakes[0].words.contains(says), "{text}");
        }
    }
}
