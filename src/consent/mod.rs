//! What people agreed to, as evidence: the words, where they were said, when, for what. A consent is ended, never changed, and
//! whoever said stop stays suppressed, after their erasure too (PROMISES P68).

pub mod asked;
mod evidence;
pub mod link;
mod suppression;
#[cfg(test)]
mod tests;

pub use crate::id::ConsentId;
pub use evidence::{Consent, Given, Granted, Withdrawal, find, grant, live, of_customer, withdraw, withdraw_as_of};
pub use suppression::{is_suppressed, suppress};

crate::return_request::code::codes! {
    /// What mail may be about.
    Purpose {
        /// "A similar piece is here."
        SimilarPieces = "similar_pieces",
        /// Discounts, and the question whether all is well.
        Offers = "offers",
    }
}

crate::return_request::code::codes! {
    /// How it was given.
    Way {
        /// The tick on a form that was reached by a link in their own mail.
        Form = "form",
        /// A line in a mail.
        Mail = "mail",
        /// Double opt-in: the link in a letter was followed and its button pressed.
        Confirmed = "confirmed",
        /// An agent's note with a reason: said on the telephone, in the shop.
        Agent = "agent",
        Import = "import",
    }
}

crate::return_request::code::codes! {
    /// How it ended.
    Ended {
        /// RFC 8058: the mail program's own button.
        OneClick = "one_click",
        /// The page behind the link.
        Page = "page",
        Mail = "mail",
        Agent = "agent",
        Erased = "erased",
    }
}

impl Way {
    /// The person's own act: it lifts an earlier stop. What others say for them does not.
    pub fn is_their_own(self) -> bool {
        matches!(self, Way::Form | Way::Mail | Way::Confirmed)
    }
}

impl Purpose {
    /// As agents read it.
    pub fn words(self) -> &'static str {
        match self {
            Purpose::SimilarPieces => "similar pieces",
            Purpose::Offers => "offers",
        }
    }
}
