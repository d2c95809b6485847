//! Address fields (RFC 5322 3.4) as clients write them: names in quotes or not, encoded, with commas, in groups, broken.

use super::headers::one_line;
use super::words;
use crate::email::{EmailAddress, NameAddr};

/// A list field with more people than this is cut; nobody answers them all.
pub const ADDRESSES_MAX: usize = 500;

/// The people of a field value (unfolded, encoded words still encoded). Group names and empty groups fall away.
pub fn parse(value: &str) -> Vec<NameAddr> {
    let found = people(value, true);
    if !found.is_empty() || !value.contains('@') && !value.contains("=?") {
        return found;
    }
    // A quote that never closes swallowed everything: read again without quotes. Last, a sender that encoded the
    // address together with the name.
    let found = people(value, false);
    if !found.is_empty() || !value.contains("=?") {
        return found;
    }
    people(&words::decode(value), true)
}

#[derive(Default)]
struct Reader {
    found: Vec<NameAddr>,
    /// Words before the angle, or a bare address.
    phrase: String,
    comment: String,
    angle: Option<String>,
    /// Pieces before a comma that held no address: part of a name such as `Müller, Jörg <j@x>`.
    carried: String,
}

fn people(value: &str, quotes: bool) -> Vec<NameAddr> {
    let mut reader = Reader::default();
    let mut chars = value.chars().peekable();
    let (mut quoted, mut depth, mut in_angle) = (false, 0usize, false);
    while let Some(c) = chars.next() {
        if reader.found.len() >= ADDRESSES_MAX {
            break;
        }
        match c {
            '\\' if quoted => chars.next().into_iter().for_each(|c| reader.push(c, in_angle)),
            '"' if quotes && depth == 0 => quoted = !quoted,
            _ if quoted => reader.push(c, in_angle),
            '(' if !in_angle => depth += 1,
            ')' if depth > 0 => depth -= 1,
            _ if depth > 0 => reader.comment.push(c),
            '<' if !in_angle => {
                in_angle = true;
                if let Some(earlier) = reader.angle.replace(String::new()) {
                    reader.phrase.push_str(&earlier);
                }
            }
            '>' => in_angle = false,
            ',' if !in_angle => reader.close(),
            ';' if !in_angle => {
                reader.close();
                reader.carried.clear();
            }
            ':' if !in_angle && !reader.phrase.contains('@') => {
                reader.phrase.clear(); // the name of a group
                reader.carried.clear();
            }
            _ => reader.push(c, in_angle),
        }
    }
    reader.close();
    reader.found
}

impl Reader {
    fn push(&mut self, c: char, in_angle: bool) {
        match &mut self.angle {
            Some(angle) if in_angle => angle.push(c),
            _ => self.phrase.push(c),
        }
    }

    /// The end of a mailbox.
    fn close(&mut self) {
        let phrase = std::mem::take(&mut self.phrase);
        let comment = std::mem::take(&mut self.comment);
        match self.angle.take() {
            Some(angle) => {
                let Some(address) = address(&angle).or_else(|| address(&phrase)) else { return };
                let carried = std::mem::take(&mut self.carried);
                let name = if phrase.trim().is_empty() { comment } else { format!("{carried}{phrase}") };
                self.add(&name, address);
            }
            None => match last_word_address(&phrase).or_else(|| address(&phrase)) {
                Some(address) => {
                    self.carried.clear();
                    self.add(&comment, address);
                }
                None if !phrase.trim().is_empty() && self.carried.len() < 200 => self.carried = format!("{}{}, ", self.carried, phrase.trim()),
                None => {}
            },
        }
    }

    fn add(&mut self, name: &str, address: EmailAddress) {
        let name = one_line(&words::decode(name));
        let name = name.trim_matches(['"', '\'']).trim().to_owned();
        self.found.push(NameAddr { name, address });
    }
}

/// The address inside angles: routes (`@a,@b:c@d`), `mailto:` and inner blanks fall away.
fn address(text: &str) -> Option<EmailAddress> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let text = text.trim_matches(['\'', '"', '[', ']']);
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let text = if text.starts_with('@') { text.rsplit_once(':').map_or(text, |(_, after)| after) } else { text };
    EmailAddress::parse(text).or_else(|| EmailAddress::parse(&words::decode(text)))
}

/// `Anna Lee anna@example.com` without angles.
fn last_word_address(phrase: &str) -> Option<EmailAddress> {
    phrase.split_whitespace().rev().find(|word| word.contains('@')).and_then(address)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn people_are_found_however_they_are_written() {
        for (written, meant) in [
            ("Anna Lee <anna@x.com>", "Anna Lee|anna@x.com"),
            ("\"Lee, Anna\" <anna@x.com>", "Lee, Anna|anna@x.com"),
            ("Müller, Jörg <j@x.de>", "Müller, Jörg|j@x.de"),
            ("=?utf-8?Q?J=C3=B6rg?= <j@x.de>", "Jörg|j@x.de"),
            ("\"=?utf-8?Q?J=C3=B6rg?=\" <j@x.de>", "Jörg|j@x.de"),
            ("anna@x.com (Anna Lee)", "Anna Lee|anna@x.com"),
            ("anna@x.com", "|anna@x.com"),
            ("a@x.com <a@x.com>", "a@x.com|a@x.com"),
            ("<@relay,@hub:anna@x.com>", "|anna@x.com"),
            ("\"Anna <anna@x.com>", "Anna|anna@x.com"),
            ("Team: a@x.com, B <b@x.com>;", "|a@x.com B|b@x.com"),
            ("undisclosed-recipients:;", ""),
            ("'Anna' <mailto:anna@x.com>", "Anna|anna@x.com"),
            ("Anna Lee anna@x.com", "|anna@x.com"),
            ("=?utf-8?Q?Anna_<anna@x.com>?=", "Anna|anna@x.com"),
            ("a@x.com, , b@x.com", "|a@x.com |b@x.com"),
            ("a@x.com; b@x.com", "|a@x.com |b@x.com"),
        ] {
            let found: Vec<_> = parse(written).iter().map(|p| format!("{}|{}", p.name, p.address)).collect();
            assert_eq!(found.join(" "), meant, "{written}");
        }
    }

    #[test]
    fn ten_thousand_recipients_are_cut() {
        let many: String = (0..10_000).map(|n| format!("p{n}@x.com, ")).collect();
        assert_eq!(parse(&many).len(), super::ADDRESSES_MAX);
    }
}
