//! A clause: what it is about, and what it grants or refuses.

use crate::money::Amount;
use crate::return_request::{Decision, Reason, code::codes};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Stable: verdicts name it.
    pub id: String,
    /// As the owner and the agents call it.
    pub name: String,
    /// As customers read it, by language (ISO 639-1).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, String>,
    #[serde(default)]
    pub about: Scope,
    #[serde(default)]
    pub terms: Terms,
}

/// What a clause is about; what is left empty holds for everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    pub kinds: Vec<String>,
    pub tags: Vec<String>,
    pub reasons: Vec<Reason>,
    /// ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    pub value_from: Option<Amount>,
    pub value_to: Option<Amount>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Terms {
    pub answer: Answer,
    pub report: Option<Window>,
    pub ship_back: Option<Window>,
    /// So many pictures are needed.
    pub photos: u32,
    pub original_packaging: bool,
    pub comes_back: bool,
    /// It is looked at before money moves.
    pub inspection: bool,
    /// Best first; credit alone is credit-only.
    pub outcomes: Vec<Decision>,
    pub restocking_percent: u8,
    pub processing_fee: Option<Amount>,
    pub postage: Postage,
}

codes! {
    #[derive(Default)]
    Answer {
        #[default]
        Accepted = "accepted",
        FinalSale = "final_sale",
        MadeToOrder = "made_to_order",
        NeverReturned = "never_returned",
    }
}

codes! {
    /// Who pays for the way back.
    #[derive(Default)]
    Postage {
        #[default]
        Shop = "shop",
        Customer = "customer",
    }
}

codes! {
    From {
        Delivery = "delivery",
        Shipping = "shipping",
        Order = "order",
    }
}

codes! {
    Unit {
        Hours = "hours",
        Days = "days",
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    pub count: u32,
    pub unit: Unit,
    pub from: From,
}

impl Clause {
    /// What customers of `language` read; where the owner gave no name in it, the owner's own.
    pub fn name_in(&self, language: &str) -> &str {
        self.names.get(language).unwrap_or(&self.name)
    }
}

impl Answer {
    /// As agents read a refusal.
    pub fn words(self) -> &'static str {
        match self {
            Answer::Accepted => "accepted",
            Answer::FinalSale => "final sale",
            Answer::MadeToOrder => "made to order",
            Answer::NeverReturned => "never returned",
        }
    }
}

impl Window {
    pub const fn days(count: u32, from: From) -> Window {
        Window { count, unit: Unit::Days, from }
    }

    /// The last civil day on which it may still be open.
    pub fn last_day(self, first: Date) -> Option<Date> {
        let days = match self.unit {
            Unit::Days => self.count,
            Unit::Hours => self.count.div_ceil(24),
        };
        first.checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?).ok()
    }

    /// Whether `day` days after the first it is open; `None` where days alone cannot tell hours apart.
    pub fn open_on(self, day: i64) -> Option<bool> {
        let count = i64::from(self.count);
        match self.unit {
            Unit::Days => Some(day <= count),
            Unit::Hours if (day + 1) * 24 <= count => Some(true),
            Unit::Hours if (day - 1) * 24 >= count => Some(false),
            Unit::Hours => None,
        }
    }
}
