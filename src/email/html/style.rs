//! `style="…"` reduced to what changes the look of a text and nothing else: no `url()`, nothing that moves or covers.

/// A longer declaration is no style.
const VALUE_BYTES_MAX: usize = 200;
const DECLARATIONS_MAX: usize = 60;

/// Every property whose name begins with one of these and a dash, or is one.
const FAMILIES: &[&str] = &["font", "text", "border", "padding", "margin", "list-style"];
const PROPERTIES: &[&str] = &[
    "color",
    "background-color",
    "background",
    "width",
    "height",
    "max-width",
    "min-width",
    "max-height",
    "min-height",
    "line-height",
    "letter-spacing",
    "vertical-align",
    "white-space",
    "word-break",
    "word-wrap",
    "overflow-wrap",
    "direction",
    "display",
    "float",
    "clear",
    "table-layout",
    "unicode-bidi",
];

/// The harmless declarations of `style`, in one normal form; `None` when none is left.
pub fn harmless(style: &str) -> Option<String> {
    if style.contains(['\\', '<', '>', '@', '{', '}']) || style.contains("/*") {
        return None; // escapes and comments are how filters are deceived; no mail client writes them
    }
    let mut kept = String::new();
    for declaration in style.split(';').take(DECLARATIONS_MAX) {
        let Some((property, value)) = declaration.split_once(':') else { continue };
        let property = property.trim().to_ascii_lowercase();
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if is_known(&property) && is_harmless(&property, &value) {
            if !kept.is_empty() {
                kept.push(';');
            }
            kept.push_str(&property);
            kept.push(':');
            kept.push_str(&value);
        }
    }
    (!kept.is_empty()).then_some(kept)
}

fn is_known(property: &str) -> bool {
    let family = |name: &&str| property.strip_prefix(*name).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'));
    PROPERTIES.contains(&property) || FAMILIES.iter().any(family)
}

fn is_harmless(property: &str, value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    // The only functions are those that make a colour.
    let functions_ok = lower.match_indices('(').all(|(at, _)| ["rgb", "rgba", "hsl", "hsla"].iter().any(|f| lower[..at].ends_with(f)));
    let plain = lower.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '.' | ',' | '#' | '%' | '(' | ')' | '"' | '\'' | '-' | '+' | '!' | '/' | '_'));
    let allowed = match property {
        "display" => {
            ["none", "block", "inline", "inline-block", "table", "table-row", "table-cell", "list-item"].contains(&lower.trim_end_matches("!important").trim())
        }
        // "background" only as a colour.
        "background" => !lower.contains("image") && !lower.contains("fixed") && !lower.contains('/'),
        _ if property.starts_with("margin") || property == "letter-spacing" || property == "text-indent" => !lower.contains('-'),
        _ => !property.ends_with("-image"),
    };
    !value.is_empty() && value.len() <= VALUE_BYTES_MAX && functions_ok && plain && allowed
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn looks_stay_and_reach_goes() {
        for (written, kept) in [
            ("Color: red ; font-size:12pt", Some("color:red;font-size:12pt")),
            ("color:rgb(1, 2, 3);position:fixed;z-index:9", Some("color:rgb(1, 2, 3)")),
            ("background:url(http://x/)", None),
            ("background-image:url(x)", None),
            ("width:expression(alert(1))", None),
            ("co\\lor:red", None),
            ("color:/**/red", None),
            ("margin-left:-900px;margin:4px", Some("margin:4px")),
            ("font-family:'Times New Roman',serif", Some("font-family:'Times New Roman',serif")),
            ("list-style-image:none", None),
            ("behavior:x;-moz-binding:x", None),
        ] {
            assert_eq!(harmless(written).as_deref(), kept, "{written}");
        }
    }
}
