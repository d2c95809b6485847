//! What an owner typed of a plan, and whether it can be one.

use crate::follow_up::Kind;
use crate::follow_up::plan::{After, DAYS_MAX, NAME_CHARS_MAX, Plan, Said};
use crate::id::DiscountId;
use crate::web::Fields;

/// As it stands in the form.
#[derive(Clone, Debug)]
pub struct Typed {
    pub name: String,
    pub kind: String,
    pub after: String,
    pub days: String,
    pub discount: String,
    pub new_thread: bool,
}

impl Default for Typed {
    fn default() -> Typed {
        Typed { name: String::new(), kind: "discount".into(), after: "closed".into(), days: "14".into(), discount: String::new(), new_thread: false }
    }
}

impl Typed {
    pub fn of_fields(fields: &Fields) -> Typed {
        Typed {
            name: fields.get("name").to_owned(),
            kind: fields.get("kind").to_owned(),
            after: fields.get("after").to_owned(),
            days: fields.get("days").to_owned(),
            discount: fields.get("discount").to_owned(),
            new_thread: fields.has("new_thread"),
        }
    }

    pub fn of_plan(plan: &Plan) -> Typed {
        Typed {
            name: plan.said.name.clone(),
            kind: plan.said.kind.code().into(),
            after: plan.said.after.code().into(),
            days: plan.said.days.to_string(),
            discount: plan.said.discount_id.map(|id| id.to_string()).unwrap_or_default(),
            new_thread: plan.said.new_thread,
        }
    }

    /// A plan, or everything that keeps it from being one. `discounts`: those that can be given.
    pub fn read(&self, discounts: &[DiscountId]) -> Result<Said, Vec<String>> {
        let mut complaints = Vec::new();
        if self.name.is_empty() || self.name.chars().count() > NAME_CHARS_MAX {
            complaints.push(format!("Give the plan a name of at most {NAME_CHARS_MAX} characters: you read it in the calendar."));
        }
        let days = self.days.parse::<i64>().ok().filter(|days| (1..=DAYS_MAX).contains(days));
        if days.is_none() {
            complaints.push(format!("The days after are a number from 1 to {DAYS_MAX}."));
        }
        let kind = Kind::from_code(&self.kind).filter(|kind| *kind != Kind::WishMatch);
        let discount = self.discount.parse::<i64>().ok().map(DiscountId).filter(|id| discounts.contains(id));
        if kind == Some(Kind::Discount) && discount.is_none() {
            complaints.push("Which discount? Choose one, or make one under Discounts first.".into());
        }
        match (kind, After::from_code(&self.after), days) {
            (Some(kind), Some(after), Some(days)) if complaints.is_empty() => {
                Ok(Said { name: self.name.clone(), kind, after, days, discount_id: discount.filter(|_| kind == Kind::Discount), new_thread: self.new_thread })
            }
            _ if complaints.is_empty() => Err(vec!["Choose what is sent, and after which returns.".into()]),
            _ => Err(complaints),
        }
    }
}
