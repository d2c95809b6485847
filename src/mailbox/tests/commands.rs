//! The honest answers of the server in memory.

use super::fake::{Connection, FakeFolder, Mail};
use std::io::{BufRead, Read};
use std::time::Duration;

/// The day of `05-Nov-2026 10:00:00 +0000` or `5-NOV-2026`.
fn day_of(date: &str) -> jiff::civil::Date {
    jiff::civil::Date::strptime("%d-%b-%Y", date.split(' ').next().unwrap()).unwrap()
}

impl Connection {
    pub(super) fn honest(&mut self, tag: &str, command: &str) -> Option<Vec<u8>> {
        let upper = command.to_uppercase();
        let ok = |mut before: Vec<u8>| {
            before.extend(format!("{tag} OK done\r\n").bytes());
            Some(before)
        };
        let no = |words: &str| Some(format!("{tag} NO {words}\r\n").into_bytes());
        let words: Vec<&str> = command.split(' ').collect();
        match (words[0].to_uppercase().as_str(), words.get(1).map(|w| w.to_uppercase()).as_deref()) {
            ("CAPABILITY", _) => ok(format!("* CAPABILITY {}\r\n", self.state().capabilities).into_bytes()),
            ("AUTHENTICATE", _) => {
                self.send(b"+ \r\n")?;
                let said = data_encoding::BASE64.decode(self.line()?.as_bytes()).ok()?;
                let right = String::from_utf8_lossy(&said).ends_with(&format!("\0{}", self.state().password));
                if right { ok(Vec::new()) } else { no("[AUTHENTICATIONFAILED] wrong password") }
            }
            ("LOGIN", _) => {
                if command.contains(&format!("\"{}\"", self.state().password)) {
                    ok(Vec::new())
                } else {
                    no("wrong password")
                }
            }
            ("SELECT" | "EXAMINE", _) => self.select(tag, command),
            ("LIST", _) => {
                let names: Vec<String> = self.state().folders.keys().cloned().collect();
                ok(names.iter().map(|name| format!("* LIST (\\HasNoChildren) \"/\" \"{name}\"\r\n")).collect::<String>().into_bytes())
            }
            ("UID", Some("SEARCH")) => {
                let found: String = self.search(&upper["UID SEARCH ".len()..], command).iter().map(|uid| format!(" {uid}")).collect();
                ok(format!("* SEARCH{found}\r\n").into_bytes())
            }
            ("UID", Some("FETCH")) => ok(self.fetch(&upper)),
            ("UID", Some("STORE")) => {
                let uids = self.set(words[2]);
                self.with_open(|folder| uids.iter().for_each(|uid| folder.mails.get_mut(uid).unwrap().flags.push(words[4].into())));
                ok(Vec::new())
            }
            ("UID", Some("MOVE")) => {
                let (uids, target) = (self.set(words[2]), words[3].trim_matches('"').to_owned());
                let from = self.open.clone()?;
                let mut state = self.state();
                for uid in uids {
                    let mail = state.folders.get_mut(&from)?.mails.remove(&uid)?;
                    state.deliver(&target, &mail.bytes);
                }
                drop(state);
                ok(Vec::new())
            }
            ("APPEND", _) => self.append(tag, command),
            ("IDLE", _) => self.idle(tag),
            ("NOOP" | "LOGOUT", _) => ok(Vec::new()),
            _ => Some(format!("{tag} BAD what?\r\n").into_bytes()),
        }
    }

    fn with_open<T>(&self, act: impl FnOnce(&mut FakeFolder) -> T) -> T {
        let mut state = self.state();
        act(state.folders.get_mut(self.open.as_deref().unwrap()).unwrap())
    }

    fn select(&mut self, tag: &str, command: &str) -> Option<Vec<u8>> {
        let name = command.split_once(' ')?.1.trim_matches('"').to_owned();
        let state = self.state();
        let Some(folder) = state.folders.get(&name) else { return Some(format!("{tag} NO no such folder\r\n").into_bytes()) };
        let next = if state.hide_uid_next { String::new() } else { format!("* OK [UIDNEXT {}] next\r\n", folder.uid_next) };
        let exists = folder.mails.len();
        let answer =
            format!("* FLAGS (\\Seen)\r\n* {exists} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {}] valid\r\n{next}{tag} OK opened\r\n", folder.uid_validity);
        drop(state);
        self.open = Some(name);
        self.told = exists;
        Some(answer.into_bytes())
    }

    fn set(&self, set: &str) -> Vec<u32> {
        self.with_open(|folder| {
            let last = folder.mails.keys().last().copied().unwrap_or(0);
            let number = |text: &str| if text == "*" { last } else { text.parse().unwrap() };
            let range = |part: &str| {
                let (a, b) = part.split_once(':').map_or_else(|| (number(part), number(part)), |(a, b)| (number(a), number(b)));
                a.min(b)..=a.max(b)
            };
            let ranges: Vec<_> = set.split(',').map(range).collect();
            folder.mails.keys().copied().filter(|uid| ranges.iter().any(|range| range.contains(uid))).collect()
        })
    }

    fn search(&mut self, upper: &str, command: &str) -> Vec<u32> {
        if let Some(identifier) = upper.strip_prefix("HEADER MESSAGE-ID ").map(|_| command.rsplit(' ').next().unwrap().trim_matches('"')) {
            return self.with_open(|folder| {
                folder.mails.iter().filter(|(_, mail)| String::from_utf8_lossy(&mail.bytes).contains(identifier)).map(|(uid, _)| *uid).collect()
            });
        }
        let set = upper.split_once("UID ").map_or("1:*", |(_, set)| set.split(' ').next().unwrap());
        let uids = self.set(set);
        let unseen = upper.starts_with("UNSEEN");
        let since = upper.split_once("SINCE ").map(|(_, day)| day_of(day));
        let wanted = |mail: &Mail| (!unseen || mail.flags.is_empty()) && since.is_none_or(|since| day_of(mail.date()) >= since);
        self.with_open(|folder| uids.into_iter().filter(|uid| wanted(&folder.mails[uid])).collect())
    }

    fn fetch(&mut self, upper: &str) -> Vec<u8> {
        let uids = self.set(upper.split(' ').nth(2).unwrap());
        let piece = upper.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map(|(piece, _)| {
            let (at, count) = piece.split_once('.').unwrap();
            (at.parse::<usize>().unwrap(), count.parse::<usize>().unwrap())
        });
        self.with_open(|folder| {
            let mut answer = Vec::new();
            for (at, (uid, mail)) in folder.mails.iter().enumerate().filter(|(_, (uid, _))| uids.contains(uid)) {
                let date = mail.date();
                answer.extend(format!("* {} FETCH (UID {uid}", at + 1).bytes());
                if upper.contains("RFC822.SIZE") {
                    answer.extend(format!(" INTERNALDATE \"{date}\" RFC822.SIZE {})\r\n", mail.bytes.len()).bytes());
                    continue;
                }
                let (name, bytes) = match piece {
                    Some((from, count)) => (format!("BODY[]<{from}>"), mail.bytes.iter().skip(from).take(count).copied().collect()),
                    None => ("BODY[]".to_owned(), mail.bytes.clone()),
                };
                answer.extend(format!(" {name} {{{}}}\r\n", bytes.len()).bytes());
                answer.extend(bytes);
                answer.extend(b")\r\n");
            }
            answer
        })
    }

    fn append(&mut self, tag: &str, command: &str) -> Option<Vec<u8>> {
        let name = command.split('"').nth(1)?.to_owned();
        let size: usize = command.rsplit('{').next()?.trim_end_matches('}').parse().ok()?;
        self.send(b"+ go on\r\n")?;
        let mut bytes = vec![0; size + 2];
        self.reader.read_exact(&mut bytes).ok()?;
        self.state().deliver(&name, &bytes[..size]);
        Some(format!("{tag} OK [APPENDUID 1 1] done\r\n").into_bytes())
    }

    fn idle(&mut self, tag: &str) -> Option<Vec<u8>> {
        self.send(b"+ idling\r\n")?;
        self.out.set_read_timeout(Some(Duration::from_millis(20))).ok()?;
        let mut line = String::new();
        loop {
            let count = self.with_open(|folder| folder.mails.len());
            if self.state().down {
                return None;
            }
            if count != self.told {
                self.told = count;
                self.send(format!("* {count} EXISTS\r\n").as_bytes())?;
            }
            match self.reader.read_line(&mut line) {
                Ok(0) => return None,
                Ok(_) if line.trim_end() == "DONE" => break,
                Ok(_) => return None,
                Err(_) => {}
            }
        }
        self.out.set_read_timeout(None).ok()?;
        Some(format!("{tag} OK idled\r\n").into_bytes())
    }
}
