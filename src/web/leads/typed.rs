//! A form of the lead's page that could not be done: it comes back with what was typed, and words that help.

use crate::web::Fields;

#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Which form of the page.
    form: &'static str,
    complaint: String,
    fields: Fields,
}

impl Typed {
    pub fn new(form: &'static str, complaint: impl Into<String>, fields: &Fields) -> Typed {
        Typed { form, complaint: complaint.into(), fields: fields.clone() }
    }

    /// What is wrong with this form.
    pub fn wrong(&self, form: &str) -> Option<&str> {
        (self.form == form).then_some(self.complaint.as_str())
    }

    /// What was typed into it, or what it shows otherwise.
    pub fn or<'a>(&'a self, form: &str, name: &str, known: &'a str) -> &'a str {
        if self.form == form { self.fields.get(name) } else { known }
    }

    pub fn get(&self, form: &str, name: &str) -> &str {
        self.or(form, name, "")
    }
}
