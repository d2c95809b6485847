//! The words of the fields.

use super::fields::OwnField;

pub fn label(field: &str, _language: &str, _own: &[OwnField]) -> String {
    super::fields::english(field)
}

pub fn choice<'a>(_field: &str, code: &'a str, _language: &str, _own: &'a [OwnField]) -> Option<&'a str> {
    Some(code)
}

pub fn lines_to_fill(fields: &[String], language: &str, own: &[OwnField]) -> String {
    fields.iter().map(|field| format!("{}: ", label(field, language, own))).collect::<Vec<_>>().join("\n")
}

pub fn the_item(_language: &str) -> &'static str {
    "the item"
}
