//! What an owner typed of a discount, and whether it can be one.

use crate::follow_up::discount::{CODES_MAX, Kind, Said, VALID_DAYS_MAX, codes_in, pattern_mistake};
use crate::web::Fields;
use jiff::civil::Date;

const NAME_CHARS_MAX: usize = 80;
const WORTH_CHARS_MAX: usize = 30;

/// As it stands in the form.
#[derive(Clone, Debug)]
pub struct Typed {
    pub name: String,
    pub worth: String,
    pub kind: String,
    pub shared: String,
    pub pattern: String,
    pub codes: String,
    pub ends: String,
    pub days: String,
    pub until: String,
}

impl Default for Typed {
    fn default() -> Typed {
        let empty = String::new;
        Typed {
            name: empty(),
            worth: empty(),
            kind: "list".into(),
            shared: empty(),
            pattern: empty(),
            codes: empty(),
            ends: "days".into(),
            days: "30".into(),
            until: empty(),
        }
    }
}

impl Typed {
    pub fn of_fields(fields: &Fields) -> Typed {
        let get = |name: &str| fields.get(name).to_owned();
        Typed {
            name: get("name"),
            worth: get("worth"),
            kind: get("kind"),
            shared: get("shared"),
            pattern: get("pattern"),
            codes: fields.text("codes"),
            ends: get("ends"),
            days: get("days"),
            until: get("until"),
        }
    }

    /// A discount with the codes of its list, or everything that keeps it from being one.
    pub fn read(&self, today: Date) -> Result<(Said, Vec<String>), Vec<String>> {
        let mut complaints = Vec::new();
        if self.name.is_empty() || self.name.chars().count() > NAME_CHARS_MAX {
            complaints.push(format!("Give it a name of at most {NAME_CHARS_MAX} characters: you choose it by that."));
        }
        if self.worth.is_empty() || self.worth.chars().count() > WORTH_CHARS_MAX {
            complaints.push("What is it worth? As the letter will say it: 10 %, or 15 EUR.".into());
        }
        let kind = Kind::from_code(&self.kind).unwrap_or(Kind::List);
        let (code, codes) = self.codes(kind, &mut complaints);
        let (valid_days, valid_until) = self.ends(today, &mut complaints);
        let said = Said { name: self.name.clone(), worth: self.worth.clone(), kind, code, valid_days, valid_until };
        if complaints.is_empty() { Ok((said, codes)) } else { Err(complaints) }
    }

    fn codes(&self, kind: Kind, complaints: &mut Vec<String>) -> (String, Vec<String>) {
        match kind {
            Kind::Shared => {
                if !codes_in(&self.shared).is_ok_and(|codes| codes == [self.shared.as_str()]) {
                    complaints.push("The code for all is one word of letters, digits and signs.".into());
                }
                (self.shared.clone(), Vec::new())
            }
            Kind::Pattern => {
                complaints.extend(pattern_mistake(&self.pattern));
                (self.pattern.to_uppercase(), Vec::new())
            }
            Kind::List => match codes_in(&self.codes) {
                Ok(codes) if codes.is_empty() => {
                    complaints.push(format!("Paste the codes that your shop accepts, a line each, at most {CODES_MAX}."));
                    (String::new(), codes)
                }
                Ok(codes) => (String::new(), codes),
                Err(complaint) => {
                    complaints.push(complaint);
                    (String::new(), Vec::new())
                }
            },
        }
    }

    fn ends(&self, today: Date, complaints: &mut Vec<String>) -> (Option<i64>, Option<Date>) {
        match self.ends.as_str() {
            "days" => {
                let days = self.days.parse::<i64>().ok().filter(|days| (1..=VALID_DAYS_MAX).contains(days));
                if days.is_none() {
                    complaints.push(format!("The days that it is valid are a number from 1 to {VALID_DAYS_MAX}."));
                }
                (days, None)
            }
            "day" => {
                let until = self.until.parse::<Date>().ok().filter(|until| *until >= today);
                if until.is_none() {
                    complaints.push("The last day of the discount lies ahead: choose it.".into());
                }
                (None, until)
            }
            _ => (None, None),
        }
    }
}
