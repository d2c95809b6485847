//! The form of an action: what was typed, as a definition with everything that cannot be understood said together. Secrets are never put
//! into a page; what was typed of them waits sealed in a hidden field while the page comes back with complaints.

use super::examples::example;
use crate::action::complaints::{Complaint, NAME_CHARS_MAX, secret_field, value_complaint};
use crate::action::definition::Good;
use crate::action::secrets::SIGNING;
use crate::action::{Action, BodyKind, Definition, Event, Kind, Method, Secrets, Target, Then, look_up};
use crate::return_request::{Decision, State};
use crate::secret::SecretKey;
use crate::web::Fields;
use crate::world;

/// Secret headers that the form has room for.
pub const SECRETS_SHOWN: usize = 3;
/// A signing secret that nobody guesses.
const SIGNING_CHARS_MIN: usize = 16;

/// What the form shows.
#[derive(Clone, Default)]
pub struct Typed {
    pub name: String,
    pub headers: String,
    pub good_from: String,
    pub good_to: String,
    pub definition: Definition,
    /// Names, and whether a secret is known for each.
    pub secrets: Vec<(String, bool)>,
    pub has_signing: bool,
    /// Secrets that were typed, sealed.
    pub kept: String,
}

/// What is ready to be saved.
pub struct Ready {
    pub definition: Definition,
    pub sealed: Option<Vec<u8>>,
}

impl Typed {
    pub fn blank(kind: Kind) -> Typed {
        let definition = match kind {
            Kind::LookUp => Definition { method: Method::Get, body_kind: BodyKind::Nothing, ..Definition::default() },
            Kind::Call => Definition { button: true, ..Definition::default() },
            Kind::Webhook => Definition { events: vec![Event::Approved, Event::Closed], ..Definition::default() },
        };
        Typed::of(String::new(), definition, &Secrets::default())
    }

    /// With the gaps of an example to be filled.
    pub fn example(code: &str) -> Option<Typed> {
        example(code).map(|(name, definition)| Typed::of(name.into(), definition, &Secrets::default()))
    }

    pub fn of_action(action: &Action, key: &SecretKey) -> Typed {
        Typed::of(action.name.clone(), action.definition.clone(), &secrets_of(action, key))
    }

    fn of(name: String, definition: Definition, known: &Secrets) -> Typed {
        let mut typed = Typed {
            name,
            headers: definition.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n"),
            good_from: definition.good.from.to_string(),
            good_to: definition.good.to.to_string(),
            secrets: definition.secret_headers.iter().map(|name| (name.clone(), known.get(name).is_some())).collect(),
            has_signing: known.get(SIGNING).is_some(),
            kept: String::new(),
            definition,
        };
        typed.secrets.resize(SECRETS_SHOWN.max(typed.secrets.len()), (String::new(), false));
        typed
    }

    /// Reads the form; `Err` holds every complaint, and `self` all that was typed.
    pub fn read(fields: &Fields, kind: Kind) -> Typed {
        let get = |name: &str| fields.get(name).to_owned();
        let secrets: Vec<(String, bool)> = (1..=SECRETS_SHOWN).map(|n| (get(&format!("secret_name_{n}")), false)).collect();
        let definition = Definition {
            method: if kind == Kind::Webhook { Method::Post } else { Method::from_code(fields.get("method")).unwrap_or(Method::Post) },
            url: get("url"),
            headers: headers(&fields.text("headers")),
            secret_headers: secrets.iter().map(|(name, _)| name.clone()).filter(|name| !name.is_empty()).collect(),
            body_kind: BodyKind::from_code(fields.get("body_kind")).unwrap_or(BodyKind::Nothing),
            body: fields.text("body"),
            good: Good {
                from: fields.get("good_from").parse().unwrap_or(if fields.get("good_from").is_empty() { 200 } else { 0 }),
                to: fields.get("good_to").parse().unwrap_or(if fields.get("good_to").is_empty() { 299 } else { 0 }),
                pointer: get("good_pointer"),
                value: get("good_value"),
            },
            reference: get("reference"),
            button: kind == Kind::Call && fields.has("button"),
            fired_by: State::from_code(fields.get("fired_by")).filter(|_| kind == Kind::Call),
            decisions: fields.all("decision").filter_map(Decision::from_code).collect(),
            no_money: kind == Kind::Call && fields.has("no_money"),
            then: Then::from_code(fields.get("then")),
            repeatable: fields.has("repeatable"),
            events: fields.all("event").filter_map(Event::from_code).collect(),
            order: look_up::FIELDS.iter().map(|(name, _)| ((*name).to_owned(), get(&format!("order_{name}")))).filter(|(_, p)| !p.is_empty()).collect(),
        };
        Typed {
            name: get("name"),
            headers: fields.text("headers"),
            good_from: get("good_from"),
            good_to: get("good_to"),
            definition,
            secrets,
            has_signing: false,
            kept: get("kept"),
        }
    }

    /// Checks all of it. Secrets that were typed are taken up; those of before stay, where the host is the same.
    pub fn ready(
        &mut self,
        kind: Kind,
        fields: &Fields,
        stored: Option<&Action>,
        key: &SecretKey,
        mut complaints: Vec<Complaint>,
    ) -> Result<Ready, Vec<Complaint>> {
        if self.name.is_empty() || self.name.chars().count() > NAME_CHARS_MAX || self.name.contains(char::is_control) {
            let words = format!("The name is a few words, at most {NAME_CHARS_MAX} characters: agents read it on the button.");
            complaints.push(Complaint::about("name", words));
        }
        let Ok(target) = Target::of_template(&self.definition.url) else {
            complaints.push(Complaint::about("secrets", "The secrets were not kept, because it is not clear where they go: enter them again."));
            return Err(complaints);
        };
        let kept = data_encoding::BASE64.decode(self.kept.as_bytes()).ok();
        let mut secrets = kept.and_then(|sealed| Secrets::open(key, &target, Some(&sealed)).ok()).unwrap_or_else(|| {
            let same_host = stored.filter(|action| Target::of_template(&action.definition.url).is_ok_and(|before| before.origin() == target.origin()));
            same_host.map(|action| secrets_of(action, key)).unwrap_or_default()
        });
        for (n, (name, known)) in self.secrets.iter_mut().enumerate().filter(|(_, (name, _))| !name.is_empty()) {
            let value = fields.get(&format!("secret_value_{}", n + 1));
            if !value.is_empty() {
                complaints.extend(value_complaint(name, value).map(|words| Complaint::about(secret_field(name), words)));
                secrets.set(name, value);
            }
            *known = secrets.get(name).is_some();
            if !*known {
                let again = if stored.is_some() { " again: secrets are not taken along to another host" } else { "" };
                complaints.push(Complaint::about(secret_field(name), format!("Enter the secret of the header {name}{again}.")));
            }
        }
        if kind == Kind::Webhook {
            self.read_signing(fields.get("signing_secret"), &mut secrets, &mut complaints);
        }
        let mut names: Vec<&str> = self.definition.secret_headers.iter().map(String::as_str).collect();
        names.extend((kind == Kind::Webhook).then_some(SIGNING));
        secrets.retain(&names);
        let sealed = secrets.seal(key, &target, world::random());
        self.kept = sealed.as_deref().map(|sealed| data_encoding::BASE64.encode(sealed)).unwrap_or_default();
        if complaints.is_empty() { Ok(Ready { definition: self.definition.clone(), sealed }) } else { Err(complaints) }
    }

    fn read_signing(&mut self, typed: &str, secrets: &mut Secrets, complaints: &mut Vec<Complaint>) {
        if !typed.is_empty() {
            secrets.set(SIGNING, typed);
        }
        self.has_signing = secrets.get(SIGNING).is_some();
        if secrets.get(SIGNING).is_none_or(|secret| secret.chars().count() < SIGNING_CHARS_MIN) {
            let words = format!("The signing secret has at least {SIGNING_CHARS_MIN} characters; without it nobody can know that a call is ours.");
            complaints.push(Complaint::about("signing_secret", words));
        }
    }
}

/// What an action has, if the key file still opens it.
fn secrets_of(action: &Action, key: &SecretKey) -> Secrets {
    let target = Target::of_template(&action.definition.url);
    target.ok().and_then(|target| Secrets::open(key, &target, action.sealed.as_deref()).ok()).unwrap_or_default()
}

/// A line each; one without a colon keeps its whole text as a name, which is complained of.
fn headers(text: &str) -> Vec<(String, String)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| line.split_once(':').map_or((line.to_owned(), String::new()), |(name, value)| (name.trim().to_owned(), value.trim().to_owned()))).collect()
}
