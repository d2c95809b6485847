//! What an agent does with mouse and keys, told once: the stories read as what happens, not as selectors.

use crate::support::restante::{OWNER, OWNER_PASSWORD};
use crate::support::{Browser, Restante};

const ENTER: &str = "\u{E007}";

pub struct Agent<'a> {
    pub browser: &'a Browser,
    pub restante: &'a Restante,
}

impl Agent<'_> {
    pub fn sign_in(&self) {
        self.browser.open(&self.restante.url("/"));
        self.browser.fill("input[type=email]", OWNER);
        self.browser.fill("input[type=password]", OWNER_PASSWORD);
        self.browser.type_into("input[type=password]", ENTER);
        self.browser.sees("Inbox");
    }

    /// Searches from wherever they are, and opens the only thing that is found.
    pub fn find(&self, words: &str, subject: &str) {
        self.browser.fill("input[type=search]", words);
        self.browser.type_into("input[type=search]", ENTER);
        self.browser.sees(subject);
        self.browser.click("li.found a");
        self.browser.sees(subject);
    }

    pub fn open(&self, conversation: i64) {
        self.browser.open(&self.restante.url(&format!("/conversations/{conversation}")));
    }

    /// Writes an answer into the open conversation and sends it; the other two buttons go on to the next conversation.
    pub fn reply(&self, words: &str) {
        self.browser.fill("#words", words);
        self.browser.click("#send-menu > summary");
        self.browser.click("button[name=then][value=open]");
        self.browser.sees(words);
    }
}
