//! The journeys of a piece: entered by table, program or mail; offered to those who wished for it; sold, and with that offered no more.

mod from_mail;
mod intake;
mod offer;
mod sell;
mod standing;

pub use from_mail::{Sent as MailSettings, mail_settings};
pub use intake::{Entered, Verdict, preview, take};
pub use offer::{Letter, OFFERED_MAX, Offered, Preview, hold_back, not_now, offer, preview as preview_letter};
pub use sell::{back_for_sale, ordered, remove, sell, set_left, undo_sale};
pub use standing::{Candidate, Hindrance, candidates, candidates_among, hindrance};

pub(super) use from_mail::from_mail;
