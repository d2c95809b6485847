//! One letter over an open session: MAIL, RCPT for each, DATA, the bytes, the journal, the final dot, the answer.

use super::{Answer, Session, Trouble};
use crate::failpoint::reached;
use crate::outbox::{Fate, NO_ANSWER};
use std::time::Duration;

/// A recipient as the outbox knows it and as it stands on the wire.
#[derive(Clone, Debug)]
pub struct Recipient {
    pub address: String,
    pub wire: String,
}

/// Called between the mail and its final dot with the fates that are known already, to be written down then, and with the
/// recipients for whom the server has the mail from then on. An error stops the letter: the dot is not sent.
pub type BeforeDot<'a> = dyn FnMut(&[(String, Fate)], Vec<String>) -> Result<(), String> + 'a;

impl Session {
    /// Hands over `bytes`; every recipient gets a fate, here or in `before_dot`.
    pub fn send(&mut self, from: &str, recipients: &[Recipient], bytes: &[u8], before_dot: &mut BeforeDot) -> Vec<(String, Fate)> {
        if let Some(fate) = self.too_big(bytes.len()) {
            return all(recipients, &fate);
        }
        let mail = self.mail_from(from, bytes);
        match self.command(&mail) {
            Ok(answer) if answer.is_positive() => {}
            Ok(answer) => return all(recipients, &refusal(&answer)),
            Err(trouble) => return all(recipients, &deferral(&trouble)),
        }
        let (mut refused, taken) = self.recipients(recipients);
        if taken.is_empty() {
            return refused;
        }
        if let Err(fate) = self.data(bytes) {
            refused.extend(all(&taken, &fate));
            return refused;
        }
        reached("postman.before_dot_journal");
        if let Err(words) = before_dot(&refused, taken.iter().map(|r| r.address.clone()).collect()) {
            refused.extend(all(&taken, &Fate::Deferred(words)));
            return refused;
        }
        reached("postman.dot_journaled");
        all(&taken, &self.final_dot())
    }

    /// RFC 1870: a server that says how much it takes spares both sides the attempt.
    fn too_big(&self, bytes: usize) -> Option<Fate> {
        let limit: usize = self.offer("SIZE")?.split(' ').next()?.parse().ok().filter(|limit| *limit > 0)?;
        let mega = |bytes: usize| bytes.div_ceil(1_000_000);
        (bytes > limit).then(|| {
            Fate::Failed(format!("The mail has {} MB, and {} takes {} MB at most: send it with smaller or fewer files.", mega(bytes), self.host(), mega(limit)))
        })
    }

    fn mail_from(&self, from: &str, bytes: &[u8]) -> String {
        let size = if self.offer("SIZE").is_some() { format!(" SIZE={}", bytes.len()) } else { String::new() };
        let eight_bit = if !bytes.is_ascii() && self.offer("8BITMIME").is_some() { " BODY=8BITMIME" } else { "" };
        format!("MAIL FROM:<{from}>{size}{eight_bit}")
    }

    /// Asks for each recipient by itself: the refusal of one is nothing to the others.
    fn recipients(&mut self, recipients: &[Recipient]) -> (Vec<(String, Fate)>, Vec<Recipient>) {
        let (mut fates, mut taken) = (Vec::new(), Vec::<Recipient>::new());
        for (n, recipient) in recipients.iter().enumerate() {
            match self.command(&format!("RCPT TO:<{}>", recipient.wire)) {
                Ok(answer) if answer.is_positive() => taken.push(recipient.clone()),
                Ok(answer) => fates.push((recipient.address.clone(), about_address(&answer))),
                Err(trouble) => {
                    fates.extend(all(&taken, &deferral(&trouble)));
                    fates.extend(all(&recipients[n..], &deferral(&trouble)));
                    return (fates, Vec::new());
                }
            }
        }
        (fates, taken)
    }

    /// All of the mail but its final dot. Without the dot the server must forget what it got (RFC 5321 4.1.1.4).
    fn data(&mut self, bytes: &[u8]) -> Result<(), Fate> {
        let patience = self.server.patience;
        let usual = std::mem::replace(&mut self.server.patience.command, patience.data_begin);
        let answer = self.command("DATA");
        self.server.patience.command = usual;
        match answer {
            Ok(answer) if answer.code == 354 => {}
            Ok(answer) => return Err(refusal(&answer)),
            Err(trouble) => return Err(deferral(&trouble)),
        }
        if let Err(trouble) = self.wire.write(&stuffed(bytes), patience.data_block) {
            // A server that has had enough says why before it hangs up.
            let said = self.wire.answer(Duration::from_secs(1).min(patience.command));
            return Err(said.map_or_else(|_| deferral(&trouble), |answer| refusal(&answer)));
        }
        Ok(())
    }

    /// From the first byte of the dot on, only an answer tells whether the server has the mail.
    fn final_dot(&mut self) -> Fate {
        self.wire.ignore_stop();
        let uncertain = |trouble: &Trouble| Fate::Uncertain(format!("{NO_ANSWER} ({trouble})"));
        if let Err(trouble) = self.wire.write(b".\r\n", self.server.patience.data_block) {
            return uncertain(&trouble);
        }
        reached("postman.data_sent");
        match self.wire.answer(self.server.patience.final_dot) {
            Ok(answer) if answer.is_positive() => Fate::Accepted(answer.words()),
            Ok(answer) if answer.code >= 400 => refusal(&answer),
            Ok(answer) => Fate::Uncertain(format!("{NO_ANSWER} (It said: {})", answer.words())),
            Err(trouble) => uncertain(&trouble),
        }
    }
}

/// Lines that begin with a dot get another (RFC 5321 4.5.2), and the last line ends.
pub fn stuffed(bytes: &[u8]) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(bytes.len() + bytes.len() / 50 + 2);
    let mut line_begins = true;
    for &byte in bytes {
        if line_begins && byte == b'.' {
            stuffed.push(b'.');
        }
        stuffed.push(byte);
        line_begins = byte == b'\n';
    }
    if !line_begins {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed
}

fn all(recipients: &[Recipient], fate: &Fate) -> Vec<(String, Fate)> {
    recipients.iter().map(|recipient| (recipient.address.clone(), fate.clone())).collect()
}

fn refusal(answer: &Answer) -> Fate {
    if answer.code >= 500 { Fate::Failed(answer.words()) } else { Fate::Deferred(answer.words()) }
}

/// RFC 3463: x.7.x is a matter of policy ("we do not relay"), not of the address.
fn about_address(answer: &Answer) -> Fate {
    let policy = answer.lines.first().is_some_and(|line| line.starts_with("5.7."));
    if answer.code >= 500 && !policy { Fate::NoSuchAddress(answer.words()) } else { refusal(answer) }
}

fn deferral(trouble: &Trouble) -> Fate {
    Fate::Deferred(format!("The mail was not handed over: {trouble}."))
}
