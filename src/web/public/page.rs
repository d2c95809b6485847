//! What the form and the page of a return's state show.

use super::answers::Line;
use super::opened::Opened;
use crate::desk::letters;
use crate::return_request::upload::Upload;
use crate::return_request::{request::Source, words};
use crate::web::layout::Plain;
use askama::Template;

/// A longer line of the policy would push the first question off a phone's screen: it is folded.
const LEAD_CHARS_MAX: usize = 160;

#[derive(Template)]
#[template(path = "public/form.html")]
pub struct Page {
    pub plain: Plain,
    pub shop: String,
    pub language: &'static str,
    pub action: String,
    pub summary: String,
    pub policy: bool,
    /// The customer's address, where the link shows that it is theirs; on the public page it is asked for.
    pub address: Option<String>,
    pub name_typed: String,
    pub address_typed: String,
    pub address_complaint: Option<&'static str>,
    pub lines: Vec<Line>,
    pub details: String,
    pub photos: Vec<Upload>,
    pub photo_base: String,
    /// How many photos are needed at least, where that is known; 0: it is not.
    pub photos_needed: u32,
    /// In words, each with the photo's name.
    pub complaints: Vec<String>,
    /// What to do before it is sent again; empty: nothing.
    pub alert: String,
    /// What was doubted once and goes through the second time: an order number that the shop does not know, and too few photos.
    pub doubted_order: String,
    pub doubted_photos: bool,
}

#[derive(Template)]
#[template(path = "public/state.html")]
pub struct StatePage {
    plain: Plain,
    shop: String,
    language: &'static str,
    title: String,
    state: &'static str,
    tone: &'static str,
    facts: Vec<(String, String)>,
    /// What is still needed; the button under it opens a form that takes it.
    lacks: Vec<String>,
    token: String,
    /// It began with the public form: no mail of ours carries this page's address.
    keep: bool,
}

impl Page {
    pub fn say(&self, phrase: &str) -> &'static str {
        words::form(phrase, self.language)
    }

    /// Something cannot be taken as it was typed.
    pub fn is_wrong(&self) -> bool {
        !self.complaints.is_empty() || self.address_complaint.is_some() || self.lines.iter().any(|line| line.complaint.is_some())
    }

    /// It was not sent for that.
    pub fn judge_nothing(&mut self) {
        self.lines.iter_mut().for_each(|line| line.complaint = None);
        self.address_complaint = None;
    }

    fn say_policy(&self) -> &'static str {
        words::policy("title", self.language)
    }

    fn is_long(&self) -> bool {
        self.summary.chars().count() > LEAD_CHARS_MAX
    }

    fn photos_hint(&self) -> String {
        match self.photos_needed {
            0 => self.say("photos_hint").to_owned(),
            n => self.say("photos_needed").replace("{n}", &n.to_string()),
        }
    }

    pub fn reply_to(&self) -> String {
        self.address.as_ref().map_or_else(|| self.say("lead").to_owned(), |address| self.say("answer_to").replace("{address}", address))
    }
}

impl StatePage {
    fn say(&self, phrase: &str) -> &'static str {
        words::form(phrase, self.language)
    }
}

pub fn form_page(plain: Plain, token: &str, opened: Opened, lines: Vec<Line>) -> Page {
    Page {
        plain,
        shop: opened.shop,
        language: opened.language,
        action: format!("/return/{token}"),
        policy: !opened.summary.is_empty(),
        summary: opened.summary,
        address: Some(opened.customer.address.to_string()),
        name_typed: String::new(),
        address_typed: String::new(),
        address_complaint: None,
        lines,
        details: String::new(),
        photos: opened.uploads,
        photo_base: format!("/return/{token}/photos"),
        photos_needed: 0,
        complaints: Vec::new(),
        alert: String::new(),
        doubted_order: String::new(),
        doubted_photos: false,
    }
}

pub fn state_page(plain: Plain, token: &str, opened: &Opened) -> StatePage {
    let request = &opened.standing.request;
    let title = words::form("state", opened.language).replace("{return}", &request.name());
    let tone = if request.state.is_closed() { "good" } else { "wait" };
    StatePage {
        plain,
        shop: opened.shop.clone(),
        language: opened.language,
        title,
        state: words::state(request.state.code(), opened.language),
        tone,
        facts: letters::known_facts(&opened.standing, opened.language, &opened.own),
        lacks: opened.lacks.clone(),
        token: token.to_owned(),
        keep: request.source == Source::Form,
    }
}
