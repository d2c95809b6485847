//! What elements mean in the HTML that mail clients write.

use super::tags::attribute;

/// The blockquote with which a client quotes a mail.
pub fn is_mail_quote(attributes: &str) -> bool {
    let class = attribute(attributes, "class").unwrap_or_default();
    let marked = attribute(attributes, "type").is_some_and(|t| t.eq_ignore_ascii_case("cite")) || attribute(attributes, "cite").is_some();
    let styled = attribute(attributes, "style").is_some_and(|s| s.contains("border-left") || s.contains("BORDER-LEFT"));
    marked || styled || class.contains("quote") || class.contains("cite")
}

/// Elements that begin and end a line.
pub fn is_block(name: &str) -> bool {
    const BLOCKS: &[&str] = &[
        "div",
        "tr",
        "dt",
        "dd",
        "section",
        "article",
        "header",
        "footer",
        "form",
        "fieldset",
        "center",
        "address",
        "caption",
        "body",
        "main",
        "figure",
        "figcaption",
        "aside",
        "nav",
        "option",
    ];
    BLOCKS.contains(&name)
}

pub fn is_hidden(attributes: &str) -> bool {
    if attributes.len() < 8 {
        return false;
    }
    let Some(style) = attribute(attributes, "style") else { return false };
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    style.contains("display:none") || style.contains("mso-hide:all") || style.contains("visibility:hidden")
}

/// Elements after which Outlook and its kin put the whole history, in one block without quote marks.
pub fn begins_history(attributes: &str) -> bool {
    if attributes.len() < 6 {
        return false;
    }
    let id = attribute(attributes, "id").unwrap_or_default();
    let class = attribute(attributes, "class").unwrap_or_default();
    const IDS: &[&str] = &[
        "divRplyFwdMsg",
        "appendonsend",
        "OLK_SRC_BODY_SECTION",
        "mail-editor-reference-message-container",
        "reply-intro",
        "ms-outlook-mobile-reference-message",
    ];
    const CLASSES: &[&str] =
        &["yahoo_quoted", "OutlookMessageHeader", "ms-outlook-mobile-reference-message", "zmail_extra", "gmail_attr_fwd", "yahoo_quoted_begin"];
    IDS.iter().any(|known| id.ends_with(known)) || class.split_whitespace().any(|c| CLASSES.contains(&c))
}
