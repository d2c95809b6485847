//! Reads In-Reply-To and References as clients really write them.

use super::MessageId;

/// A thread of more identifiers than this tells nothing more: the first and the last ones are kept.
pub const REFERENCES_MAX: usize = 100;

/// The identifiers of a field value, oldest first, without repetitions. Phrases and comments between them (RFC 5322
/// 4.5.4 obsolete forms) are skipped; identifiers broken over lines are joined. Words without angle brackets are no
/// identifiers (3.6.4): an address or a phrase would bind strangers together.
pub fn parse(value: &str) -> Vec<MessageId> {
    let mut found: Vec<MessageId> = Vec::new();
    for piece in value.split('<').skip(1) {
        let Some((inside, _)) = piece.split_once('>') else { continue };
        let joined: String = inside.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        found.extend(MessageId::parse(&joined));
    }
    let mut seen = std::collections::HashSet::new();
    found.retain(|id| seen.insert(id.clone()));
    if found.len() > REFERENCES_MAX {
        let last = found.split_off(found.len() - REFERENCES_MAX / 2);
        found.truncate(REFERENCES_MAX / 2);
        found.extend(last);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::parse;

    fn ids(value: &str) -> Vec<String> {
        parse(value).iter().map(|id| id.as_str().to_owned()).collect()
    }

    #[test]
    fn identifiers_are_found_however_they_are_written() {
        assert_eq!(ids("<a@x> <b@y>"), ["a@x", "b@y"]);
        assert_eq!(ids("<a@x><b@y>,<a@x>"), ["a@x", "b@y"]);
        assert_eq!(ids("Your message of Monday <a@x>"), ["a@x"]);
        assert_eq!(ids("<a@long\r\n -name>"), ["a@long-name"]);
        assert_eq!(ids("a@x b@y"), Vec::<String>::new());
        assert_eq!(ids("garbage <"), Vec::<String>::new());
    }

    #[test]
    fn endless_references_keep_their_ends() {
        let many: String = (0..50_000).map(|n| format!("<{n}@x> ")).collect();
        let found = ids(&many);
        assert_eq!(found.len(), super::REFERENCES_MAX);
        assert_eq!((found[0].as_str(), found[99].as_str()), ("0@x", "49999@x"));
    }
}
