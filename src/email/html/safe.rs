//! The sanitiser: an allow-list on top of a real HTML parser, and a fixed point, so that what was judged is what is shown.

use super::{Pictures, SafeHtml, bounds, plain, style, to_text};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Cleaning again must change nothing (PROMISES P49); real mail is stable after the first or second round.
const ROUNDS_MAX: usize = 4;
/// Inlined pictures above this are dropped; their place is an attachment.
const DATA_URL_BYTES_MAX: usize = 128 * 1024;
const URL_BYTES_MAX: usize = 4 * 1024;

/// Makes `html` safe: no script, no style that reaches out, nothing remote unless `pictures.remote`. HTML that is too big or
/// too deep, or that keeps changing under the sanitiser, is shown as its text.
pub fn safe(html: &str, pictures: &Pictures) -> SafeHtml {
    if !bounds::within(html) {
        return as_text(html);
    }
    let mut cleaned = clean(html, pictures);
    for _ in 0..ROUNDS_MAX {
        if !bounds::within(&cleaned) {
            break;
        }
        let again = clean(&cleaned, pictures);
        if again == cleaned {
            return SafeHtml(cleaned);
        }
        cleaned = again;
    }
    as_text(html)
}

fn as_text(html: &str) -> SafeHtml {
    let text = to_text(html);
    let text = text.trim();
    SafeHtml(if text.is_empty() { String::new() } else { format!("<pre>{}</pre>", plain::escape(text)) })
}

fn clean(html: &str, pictures: &Pictures) -> String {
    let pictures = pictures.clone();
    let mut builder = ammonia::Builder::empty();
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(DROPPED_WHOLE.iter().copied().collect())
        .generic_attributes(ATTRIBUTES.iter().copied().collect())
        .tag_attributes(OF_ONE_TAG.iter().map(|(tag, names)| (*tag, names.iter().copied().collect::<HashSet<_>>())).collect())
        .url_schemes(["http", "https", "mailto", "tel", "cid", "data"].into_iter().collect())
        .url_relative(ammonia::UrlRelative::PassThrough) // judged in `attribute`
        .link_rel(Some("noopener noreferrer nofollow"))
        .set_tag_attribute_values(HashMap::from([("a", HashMap::from([("target", "_blank")]))]))
        .strip_comments(true)
        .attribute_filter(move |tag, name, value| attribute(tag, name, value, &pictures));
    let cleaned = builder.clean(html).to_string();
    // A parser drops the line feed after <pre>; without it the second round is the first.
    let cleaned = cleaned.replace("<pre>\n", "<pre>").replace('\0', "");
    cleaned.trim().to_owned()
}

fn attribute<'v>(tag: &str, name: &str, value: &'v str, pictures: &Pictures) -> Option<Cow<'v, str>> {
    match (tag, name) {
        (_, "style") => style::harmless(value).map(Cow::Owned),
        ("a", "href") => link(value),
        ("img", "src") => picture(value, pictures),
        ("a", "rel" | "target") => Some(value.into()),
        (_, "width" | "height" | "border" | "cellpadding" | "cellspacing" | "colspan" | "rowspan" | "span" | "size" | "start") => {
            let number = value.trim();
            (number.len() <= 5 && number.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'%' | b'+' | b'-' | b'p' | b'x' | b'.'))).then(|| value.into())
        }
        _ => (value.len() <= URL_BYTES_MAX).then(|| value.into()),
    }
}

/// A link that a browser would follow to the web, to a mail or to a telephone.
fn link(value: &str) -> Option<Cow<'_, str>> {
    // Browsers ignore white space and control characters in a scheme: so does the judge.
    let seen: String = value.chars().filter(|c| !c.is_control() && *c != '\u{feff}').collect::<String>().trim().to_owned();
    let lower = seen.to_ascii_lowercase();
    let allowed = ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| lower.starts_with(scheme));
    if seen.len() > URL_BYTES_MAX {
        return None;
    }
    if lower.starts_with("www.") {
        return Some(Cow::Owned(format!("http://{seen}")));
    }
    allowed.then(|| if seen == value { Cow::Borrowed(value) } else { Cow::Owned(seen) })
}

/// Inline pictures by our own URL, small ones from the mail itself, remote ones on request only.
fn picture<'v>(value: &'v str, pictures: &Pictures) -> Option<Cow<'v, str>> {
    let value = value.trim();
    if pictures.inline.iter().any(|(_, ours)| ours == value) {
        return Some(value.into());
    }
    let lower = value.get(..value.len().min(32)).unwrap_or_default().to_ascii_lowercase();
    if lower.starts_with("cid:") {
        let id = value[4..].trim_matches(['<', '>']);
        return pictures.inline.iter().find(|(known, _)| known == id).map(|(_, ours)| ours.clone().into());
    }
    if lower.starts_with("data:") {
        let inert = ["data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,", "data:image/webp;base64,"];
        return (value.len() <= DATA_URL_BYTES_MAX && inert.iter().any(|kind| lower.starts_with(kind))).then(|| value.into());
    }
    let remote = (lower.starts_with("http://") || lower.starts_with("https://")) && value.len() <= URL_BYTES_MAX;
    (remote && pictures.remote).then(|| value.into())
}

#[rustfmt::skip]
const TAGS: &[&str] = &[
    "a", "abbr", "address", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "br", "caption", "center", "cite", "code", "col", "colgroup", "dd",
    "del", "dfn", "div", "dl", "dt", "em", "figcaption", "figure", "font", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "i", "img", "ins",
    "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section", "small", "span", "strike", "strong", "sub", "sup", "table", "tbody",
    "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var", "wbr",
];

/// Their content is not text.
const DROPPED_WHOLE: &[&str] =
    &["script", "style", "title", "template", "svg", "math", "iframe", "noembed", "noframes", "xmp", "plaintext", "select", "textarea"];

const ATTRIBUTES: &[&str] = &["align", "bgcolor", "dir", "height", "lang", "style", "title", "valign", "width"];

#[rustfmt::skip]
const OF_ONE_TAG: &[(&str, &[&str])] = &[
    ("a", &["href"]), ("col", &["span"]), ("colgroup", &["span"]), ("font", &["color", "face", "size"]), ("img", &["alt", "src"]), ("li", &["value"]),
    ("ol", &["start", "type"]), ("table", &["border", "cellpadding", "cellspacing"]), ("td", &["colspan", "rowspan", "nowrap"]),
    ("th", &["colspan", "rowspan", "nowrap"]), ("ul", &["type"]),
];
