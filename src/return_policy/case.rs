//! The facts of a return as a policy sees them.

use super::{From, Window};
use crate::money::Amount;
use crate::return_request::{Reason, Wish};
use jiff::civil::Date;

/// What is known; `None` is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Case {
    /// Of each item that may be meant; an empty word is an unknown kind.
    pub kinds: Option<Vec<String>>,
    /// Title and SKU of each of these items, in the same order.
    pub names: Option<Vec<String>>,
    /// Of each item that may be meant.
    pub tags: Option<Vec<Vec<String>>>,
    pub reason: Option<Reason>,
    pub wish: Option<Wish>,
    pub amount: Option<Amount>,
    pub country: Option<String>,
    pub ordered_on: Option<Date>,
    pub shipped_on: Option<Date>,
    pub delivered_on: Option<Date>,
    pub reported_on: Option<Date>,
    pub photos: Option<u32>,
    pub original_packaging: Option<bool>,
}

impl Case {
    fn first_day(&self, from: From) -> Option<Date> {
        match from {
            From::Delivery => self.delivered_on,
            From::Shipping => self.shipped_on,
            From::Order => self.ordered_on,
        }
    }

    pub(super) fn day_of(&self, from: From) -> Option<i64> {
        Some(i64::from(self.first_day(from)?.until(self.reported_on?).ok()?.get_days()))
    }

    pub(super) fn until(&self, window: Window) -> Option<Date> {
        window.last_day(self.first_day(window.from)?)
    }
}
