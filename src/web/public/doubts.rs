//! What is said once before a form is taken, and taken the second time: an order number that no order has, fewer photos than the
//! clause needs, and no word of the packaging where the clause asks. None is a mistake for certain, so none refuses anybody.

use super::answers::Line;
use super::page::Page;
use super::uploads::Form;
use crate::desk::returns::{self, Needed, Standing};
use crate::return_request::fields;
use crate::return_request::reading::Found;
use crate::return_request::words;
use crate::web::{Result, State};
use jiff::civil::Date;

pub struct Doubts {
    needed: Needed,
    /// The number that no order has; empty: none.
    order: String,
    too_few: bool,
    /// The packaging matters, and the form says nothing of it.
    unpacked: bool,
}

/// What is doubtful of a form: what it says, and how many photos there are with it.
pub async fn of_form(state: &State, standing: Option<Standing>, found: &[Found], typed_number: &str, photos: usize, today: Date) -> Result<Doubts> {
    let (found, number) = (found.to_vec(), typed_number.to_owned());
    state
        .read(move |c| {
            let needed = returns::needed(c, standing.as_ref(), &found, Some(today))?;
            let order = if returns::order_is_unknown(c, &number)? { number } else { String::new() };
            let unpacked = needed.packaging && !found.iter().any(|found| found.field == fields::PACKAGING);
            Ok(Doubts { needed, order, too_few: photos < needed.photos as usize, unpacked })
        })
        .await
}

impl Doubts {
    /// Whether there is anything to say that was not said yet.
    pub fn is_new(&self, form: &Form) -> bool {
        self.order_is_new(form) || self.photos_are_new(form) || self.packaging_is_new(form)
    }

    /// Puts what was not said yet into the page, and remembers there that it was.
    pub fn say(self, page: &mut Page, form: &Form) {
        if self.photos_are_new(form) {
            page.complaints.push(words::form("e_few", page.language).replace("{n}", &self.needed.photos.to_string()));
        }
        if self.order_is_new(form) {
            self.mark(&mut page.lines);
        }
        self.ask_for_packaging(page, self.packaging_is_new(form));
        (page.photos_needed, page.doubted_order, page.doubted_photos) = (self.needed.photos, self.order, self.too_few);
    }

    fn order_is_new(&self, form: &Form) -> bool {
        !self.order.is_empty() && form.get("doubted_order") != self.order
    }

    fn photos_are_new(&self, form: &Form) -> bool {
        self.too_few && form.get("doubted_photos").is_empty()
    }

    fn packaging_is_new(&self, form: &Form) -> bool {
        self.unpacked && form.get("packaging_asked").is_empty()
    }

    /// The question, where the reason makes it one.
    fn ask_for_packaging(&self, page: &mut Page, complain: bool) {
        for line in page.lines.iter_mut().filter(|line| line.name == fields::PACKAGING && self.needed.packaging) {
            line.asked = true;
            line.complaint = line.complaint.or(complain.then_some("e_missing"));
        }
    }

    /// A form that only brings photos is not judged yet: what was said already stays said.
    pub fn keep(self, page: &mut Page, form: &Form) {
        self.ask_for_packaging(page, false);
        page.photos_needed = self.needed.photos;
        (page.doubted_order, page.doubted_photos) = (form.get("doubted_order").to_owned(), !form.get("doubted_photos").is_empty());
    }

    /// A number that was read from a mail is doubted as soon as its form is looked at.
    pub fn show(self, page: &mut Page) {
        self.mark(&mut page.lines);
        self.ask_for_packaging(page, false);
        (page.photos_needed, page.doubted_order) = (self.needed.photos, self.order);
    }

    fn mark(&self, lines: &mut [Line]) {
        let line = lines.iter_mut().find(|line| line.name == fields::ORDER_NUMBER && !self.order.is_empty() && line.complaint.is_none());
        if let Some(line) = line {
            line.complaint = Some("e_order");
        }
    }
}
