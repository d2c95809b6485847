//! What can change, as conditions for SQLite: names become row ids first, so that a condition is made of numbers only.

use super::document::IS_PHOTO;
use super::fold::folded;
use super::own;
use super::query::{Complaint, Content, Fact, OfReturn, Query, What, Who};
use crate::agent::Agent;
use crate::conversation::Status;
use crate::database::{Reader, Result};

/// Conditions on a row of `conversation`.
pub struct Conditions {
    pub sql: String,
    /// Whether they exclude anything that can be read.
    pub any: bool,
    pub complaints: Vec<Complaint>,
}

/// What `query` asks of a conversation, and what `agent` may see.
pub fn conditions(c: &Reader, query: &Query, agent: &Agent) -> Result<Conditions> {
    let mut conditions = Conditions { sql: "conversation.merged_into IS NULL".into(), any: false, complaints: Vec::new() };
    if let Some(mailboxes) = &agent.mailboxes {
        let ids: Vec<i64> = mailboxes.iter().map(|id| id.0).collect();
        conditions.and(false, &format!("conversation.mailbox_id IN ({})", list(&ids)));
    }
    for Fact { what, without } in &query.facts {
        let sql = conditions.fact(c, what, agent)?;
        conditions.and(*without, &sql);
    }
    Ok(conditions)
}

/// Conditions on a row of `message`.
pub fn of_message(query: &Query) -> Option<String> {
    let mut all: Vec<String> = Vec::new();
    all.extend(query.after.map(|at| format!("message.arrived_at >= {at}")));
    all.extend(query.before.map(|at| format!("message.arrived_at < {at}")));
    for (content, without) in &query.contents {
        let sql = match content {
            Content::Attachment => "message.attachment_count > 0".to_owned(),
            Content::Photo => format!("EXISTS (SELECT 1 FROM attachment WHERE attachment.message_id = message.id AND {IS_PHOTO})"),
        };
        all.push(if *without { format!("NOT ({sql})") } else { sql });
    }
    (!all.is_empty()).then(|| all.join(" AND "))
}

impl Conditions {
    fn and(&mut self, without: bool, sql: &str) {
        self.any = true;
        self.sql.push_str(if without { " AND NOT (" } else { " AND (" });
        self.sql.push_str(sql);
        self.sql.push(')');
    }

    fn fact(&mut self, c: &Reader, what: &What, agent: &Agent) -> Result<String> {
        Ok(match what {
            What::Tag(names) => {
                let known = c.all("SELECT id, name FROM tag", [], |r| Ok((r.get(0)?, vec![r.get::<_, String>(1)?])))?;
                let ids = self.choose("tag", names, &known, |name, tag| name == tag);
                format!("EXISTS (SELECT 1 FROM conversation_tag WHERE conversation_id = conversation.id AND tag_id IN ({}))", list(&ids))
            }
            What::Mailbox(names) => {
                let known = c.all("SELECT id, address, name FROM mailbox", [], |r| Ok((r.get(0)?, vec![r.get::<_, String>(1)?, r.get(2)?])))?;
                let ids = self.choose("mailbox", names, &known, |name, mailbox| mailbox.starts_with(name));
                format!("conversation.mailbox_id IN ({})", list(&ids))
            }
            What::Assignee(who) => self.assignee(c, who, agent)?,
            What::Status(statuses) => {
                format!("conversation.status IN ({})", statuses.iter().map(|s| format!("'{}'", s.as_str())).collect::<Vec<_>>().join(","))
            }
            What::Unread => format!(
                "coalesce((SELECT message_id FROM seen WHERE seen.agent_id = {} AND seen.conversation_id = conversation.id), 0) < coalesce(last_message_id, 0)",
                agent.id
            ),
            What::Return(OfReturn::Own(field, values)) => of_return(&OfReturn::Numbers(own::holding(c, field, values)?)),
            What::Return(of) => of_return(of),
            What::Note => "EXISTS (SELECT 1 FROM message AS note WHERE note.conversation_id = conversation.id AND note.direction = 'note')".into(),
        })
    }

    fn assignee(&mut self, c: &Reader, who: &[Who], agent: &Agent) -> Result<String> {
        let named: Vec<String> = who.iter().filter_map(|who| if let Who::Named(name) = who { Some(name.clone()) } else { None }).collect();
        let known = c.all("SELECT id, name, email FROM agent", [], |r| Ok((r.get(0)?, vec![r.get::<_, String>(1)?, r.get(2)?])))?;
        let mut ids = self.choose("agent", &named, &known, |name, agent| agent.starts_with(name) || agent.split_whitespace().any(|word| word == name));
        if who.contains(&Who::Me) {
            ids.push(agent.id.0);
        }
        let nobody = if who.contains(&Who::Nobody) { " OR conversation.assignee_id IS NULL" } else { "" };
        Ok(format!("coalesce(conversation.assignee_id IN ({}), 0){nobody}", list(&ids)))
    }

    /// The rows that `names` mean; complains about a name that means none.
    fn choose(&mut self, noun: &str, names: &[String], known: &[(i64, Vec<String>)], means: impl Fn(&str, &str) -> bool) -> Vec<i64> {
        let mut ids = Vec::new();
        for name in names {
            let wanted = folded(name.trim());
            let before = ids.len();
            ids.extend(known.iter().filter(|(_, names)| names.iter().any(|one| means(&wanted, &folded(one)))).map(|(id, _)| *id));
            if ids.len() == before {
                let alike: Vec<&str> =
                    known.iter().filter_map(|(_, names)| names.first()).filter(|one| alike(&wanted, one)).take(3).map(String::as_str).collect();
                let instead = if alike.is_empty() { String::new() } else { format!("; there is {}", alike.join(", ")) };
                self.complaints.push(Complaint::new(name, format!("no {noun} is called that{instead}")));
            }
        }
        ids
    }
}

/// A condition on the conversation's returns. What is written into it are numbers, our own codes, and letters and digits.
fn of_return(of: &OfReturn) -> String {
    let quoted = |codes: Vec<&str>| codes.iter().map(|code| format!("'{code}'")).collect::<Vec<_>>().join(",");
    let fact =
        |field: &str| format!("EXISTS (SELECT 1 FROM return_fact WHERE return_id = return_request.id AND field = '{field}' AND superseded_at IS NULL AND ");
    let holds = match of {
        OfReturn::Numbers(ids) => format!("return_request.id IN ({})", list(&ids.iter().map(|id| id.0).collect::<Vec<_>>())),
        OfReturn::States(states) => format!("return_request.state IN ({})", quoted(states.iter().map(|state| state.code()).collect())),
        OfReturn::Reasons(reasons) => {
            format!("{}json_extract(value, '$.text') IN ({}))", fact("reason"), quoted(reasons.iter().map(|reason| reason.code()).collect()))
        }
        OfReturn::Orders(keys) => {
            let keys: Vec<&str> = keys.iter().filter(|key| key.chars().all(char::is_alphanumeric)).map(String::as_str).collect();
            let plain = "upper(replace(replace(replace(json_extract(value, '$.text'), '-', ''), ' ', ''), '#', ''))";
            format!("{}{plain} IN ({}))", fact("order_number"), quoted(keys))
        }
        OfReturn::Verdicts(verdicts) => format!("return_request.verdict IN ({})", quoted(verdicts.clone())),
        OfReturn::Own(..) => return "0".into(), // asked for by number, above
    };
    format!("EXISTS (SELECT 1 FROM return_request WHERE return_request.conversation_id = conversation.id AND {holds})")
}

fn alike(wanted: &str, known: &str) -> bool {
    let known = folded(known);
    !wanted.is_empty() && (known.contains(wanted) || wanted.contains(&known) || known.chars().take(3).eq(wanted.chars().take(3)))
}

fn list(ids: &[i64]) -> String {
    ids.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

/// The statuses that `query` leaves, for asking an index on status and time.
pub fn statuses(query: &Query) -> Vec<Status> {
    let mut left = Status::ALL.to_vec();
    for fact in &query.facts {
        if let What::Status(some) = &fact.what {
            left.retain(|status| some.contains(status) != fact.without);
        }
    }
    left
}
