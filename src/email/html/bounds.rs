//! What must be true of HTML before it is given to a parser whose cost grows with the square of its depth (PROMISES P35).

use super::tags::{Token, Tokens, is_void};

/// Newsletters have 20–100 KB, and few mails more than 300.
const HTML_BYTES_MAX: usize = 512 * 1024;
/// Outlook tables reach 60.
const DEPTH_MAX: usize = 200;
/// A newsletter of 500 KB has 15,000; text between the cells of a table costs the square of it.
const TAGS_MAX: usize = 20_000;
/// A parser repeats every open <font>, <b> … in each new paragraph (HTML 13.2.4.3): so many repetitions in all.
const REPEATED_MAX: usize = 100_000;
/// All attributes of one tag: an inlined picture may be long, a thousand attributes are not.
const ATTRIBUTES_MAX: usize = 200;

/// Whether a browser's parser reads `html` at a fair price.
pub fn within(html: &str) -> bool {
    if html.len() > HTML_BYTES_MAX {
        return false;
    }
    let (mut depth, mut tags, mut formatting, mut repeated) = (0usize, 0usize, 0usize, 0usize);
    for token in Tokens::new(html) {
        match token {
            Token::Open(name, attributes) => {
                tags += 1;
                depth += usize::from(nests(name));
                formatting += usize::from(formats(name));
                repeated += formatting;
                if repeated > REPEATED_MAX || depth > DEPTH_MAX || tags > TAGS_MAX || too_many(attributes) {
                    return false;
                }
            }
            Token::Close(name) => {
                tags += 1;
                depth = depth.saturating_sub(usize::from(nests(name)));
                formatting = formatting.saturating_sub(usize::from(formats(name)));
                if tags > TAGS_MAX {
                    return false;
                }
            }
            Token::Text(_) => {}
        }
    }
    true
}

/// Elements whose end tag may be left out close each other; what nests them is counted in their place.
fn nests(name: &str) -> bool {
    const CLOSED_BY_NEXT: &[&str] = &["p", "li", "td", "tr", "th", "dd", "dt", "tbody", "thead", "tfoot", "option", "colgroup", "html", "head", "body"];
    !is_void(name) && !CLOSED_BY_NEXT.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn formats(name: &str) -> bool {
    const FORMATTING: &[&str] = &["a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"];
    FORMATTING.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn too_many(attributes: &str) -> bool {
    attributes.bytes().filter(|b| *b == b'=').count() > ATTRIBUTES_MAX && attributes.split_ascii_whitespace().count() > ATTRIBUTES_MAX
        || attributes.split_ascii_whitespace().count() > 4 * ATTRIBUTES_MAX
}
