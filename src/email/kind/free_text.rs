//! Delivery reports in free text: qmail, Exim, Exchange, Postfix, sendmail, the big providers, and many small ones.

use super::{Bounce, Evidence};
use crate::email::{EmailAddress, MessageId, references};

/// A report says what it is at its beginning.
const READ_CHARS_MAX: usize = 6_000;

/// A mail server speaks, by its name in From or by an empty return path.
pub fn is_machine(evidence: &Evidence) -> bool {
    let author = evidence.author();
    let local = evidence.from.map(|from| from.address.as_str().split('@').next().unwrap_or_default().to_lowercase()).unwrap_or_default();
    const LOCALS: &[&str] = &[
        "mailer-daemon",
        "mailerdaemon",
        "mail-daemon",
        "mailer_daemon",
        "postmaster",
        "maildaemon",
        "mdaemon",
        "mail.delivery.system",
        "mailadmin",
        "mailsystem",
        "bounce",
        "bounces",
        "microsoftexchange",
    ];
    const NAMES: &[&str] = &[
        "mailer-daemon",
        "mail delivery s",
        "mail delivery system",
        "delivery subsystem",
        "mailer daemon",
        "mail administrator",
        "postmaster",
        "system administrator",
        "internet mail delivery",
    ];
    LOCALS.iter().any(|known| local == *known || known.len() > 8 && local.starts_with(known))
        || NAMES.iter().any(|known| author.contains(known))
        || author.trim() == "<>"
        || evidence.has_null_sender()
}

pub fn is_bounce(evidence: &Evidence) -> bool {
    if evidence.headers.has("X-Failed-Recipients") {
        return true;
    }
    let subject = evidence.bare_subject();
    let by_subject = SUBJECTS.iter().any(|known| subject.starts_with(known) || known.len() > 16 && subject.contains(known));
    let returned = evidence.reports.returned.is_some();
    let machine = is_machine(evidence);
    // A person who asks what a bounce means forwards its words; a server does not write "Re:".
    let answered = ["re:", "aw:", "sv:", "fwd:", "fw:", "wg:"].iter().any(|mark| subject.starts_with(mark));
    if !machine && (answered || !(by_subject || returned || machine_words(&subject))) {
        return false; // most mail leaves here, its text unread
    }
    let text = told(evidence.text).to_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let unmistakable = OPENINGS.iter().any(|known| text.contains(known));
    if !machine {
        return unmistakable;
    }
    let by_text = || TEXTS.iter().any(|known| text.contains(known));
    let daemon_returns = || returned && !answered && is_daemon(evidence);
    (by_subject || unmistakable || by_text() || daemon_returns()) && !super::auto_reply::has_unmistakable_subject(&subject)
}

/// `MAILER-DAEMON` writes nothing but reports.
fn is_daemon(evidence: &Evidence) -> bool {
    let author = evidence.author();
    author.contains("daemon") || author.contains("mail delivery")
}

fn machine_words(subject: &str) -> bool {
    ["deliver", "return", "fail", "undeliver", "not member", "loop alert", "bounce", "reject"].iter().any(|word| subject.contains(word))
}

pub fn read(evidence: &Evidence, original_message_id: Option<MessageId>) -> Bounce {
    let status = status(evidence);
    let text = told(evidence.text).to_lowercase();
    let subject = evidence.bare_subject();
    let for_now = FOR_NOW.iter().any(|known| text.contains(known) || subject.contains(known));
    let permanent = match &status {
        Some(status) => status.starts_with('5') && !for_now,
        None => !for_now,
    };
    Bounce { recipient: recipient(evidence), permanent, status, original_message_id }
}

/// The report itself, without the copy of the mail that follows it.
fn told(text: &str) -> &str {
    let end = text.char_indices().nth(READ_CHARS_MAX).map_or(text.len(), |(at, _)| at);
    let text = &text[..end];
    let copy = COPIES.iter().filter_map(|mark| text.find(mark)).filter(|at| *at > 20).min();
    copy.map_or(text, |at| &text[..at])
}

/// The enhanced status code that the report names, the first that is not `x.0.0`.
pub fn status(evidence: &Evidence) -> Option<String> {
    status_in(told(evidence.text))
}

/// `5.1.1` in a text; not a part of an IP address or a version.
pub fn status_in(text: &str) -> Option<String> {
    let mut vague = None;
    for word in text.split(|c: char| !(c.is_ascii_digit() || c == '.')) {
        let word = word.trim_matches('.');
        let mut numbers = word.split('.');
        let (Some(class), Some(subject), Some(detail), None) = (numbers.next(), numbers.next(), numbers.next(), numbers.next()) else { continue };
        let three = matches!(class, "4" | "5") && (1..=3).contains(&subject.len()) && (1..=3).contains(&detail.len());
        if three && subject == "0" && detail == "0" {
            vague = vague.or_else(|| Some(word.to_owned()));
        } else if three {
            return Some(word.to_owned());
        }
    }
    vague
}

/// Whom the mail did not reach: the first address that opens a line, else the first that is neither ours nor a server's.
pub fn recipient(evidence: &Evidence) -> Option<EmailAddress> {
    let named =
        evidence.headers.plain("X-Failed-Recipients").and_then(|value| value.split(',').find_map(|one| EmailAddress::parse(one.trim_matches(['<', '>', ' ']))));
    if named.is_some() {
        return named;
    }
    let sender = evidence.headers.plain("To").unwrap_or_default().to_lowercase();
    let ours = |address: &EmailAddress| {
        sender.contains(&address.key()) || evidence.from.is_some_and(|from| from.address.key() == address.key()) || is_servers(address)
    };
    let mut later = None;
    let mut own = None;
    for line in told(evidence.text).lines() {
        let lower = line.to_lowercase();
        // Lines that name others: whom to ask, who sent it.
        let about_others =
            ["contact", "postmaster", "mail from:", "from:", "sent by", "support", "visit", "help", "reply-to"].iter().any(|word| lower.contains(word));
        let opening = line.trim_start_matches([' ', '\t', '*', '-', '<', '"', '\'', '>', '•', '\u{3000}', '「']);
        for address in addresses(line) {
            if ours(&address) {
                own = own.or_else(|| (!is_servers(&address)).then_some(address));
            } else if opening.starts_with(address.as_str()) && !lower.contains("mail from") {
                return Some(address);
            } else if !about_others || lower.contains("rcpt") {
                later = later.or(Some(address));
            }
        }
    }
    later.or_else(|| returned_to(evidence)).or(own)
}

/// The To of the returned mail.
fn returned_to(evidence: &Evidence) -> Option<EmailAddress> {
    let (headers, _) = crate::email::read::Headers::split(evidence.reports.returned.as_deref()?);
    addresses(&headers.plain("X-Original-To").or_else(|| headers.plain("To"))?).into_iter().next()
}

fn is_servers(address: &EmailAddress) -> bool {
    let key = address.key();
    ["mailer-daemon@", "postmaster@", "abuse@", "no-reply@", "noreply@"].iter().any(|known| key.starts_with(known))
}

fn addresses(line: &str) -> Vec<EmailAddress> {
    if !line.contains('@') || line.len() > 2_000 {
        return Vec::new();
    }
    let words = line.split(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | ',' | ';' | '"' | '\'' | '「' | '」' | '…'));
    words
        .filter(|word| word.contains('@') && !word.contains('='))
        .filter_map(|word| EmailAddress::parse(word.trim_matches(['.', ':', '*', '`', '。']).trim_start_matches("mailto:")))
        .filter(|a| a.domain().contains('.'))
        .collect()
}

/// A Message-ID in the copy of our mail that the text holds.
pub fn original_in_text(text: &str) -> Option<MessageId> {
    let field = |line: &str| {
        let line = line.trim_start_matches([' ', '\t', '>', '|']);
        let rest = line.get(..11).filter(|name| name.eq_ignore_ascii_case("message-id:")).map(|_| &line[11..])?;
        Some(rest.trim().to_owned())
    };
    let mut lines = text.lines().take(2_000);
    while let Some(line) = lines.next() {
        if let Some(value) = field(line) {
            let value = if value.is_empty() { lines.next().unwrap_or_default().to_owned() } else { value };
            return references::parse(&value).into_iter().next();
        }
    }
    None
}

/// Where the copy of the mail begins.
#[rustfmt::skip]
const COPIES: &[&str] = &[
    "copy of the message", "copy of your message", "--- Original message", "----- Original message", "Original message follows", "Original Message Follows",
    "Unsent message follows", "Message headers follow", "START OF RETURNED MESSAGE", "--- The header of the original message", "Original message headers",
    "\nReceived: ", "\nReturn-Path: ", "\nReturn-path: ", "Enclosed is a copy", "Old message:", "--- The message headers", "Message header follows",
];

#[rustfmt::skip]
const SUBJECTS: &[&str] = &[
    "mail delivery failed", "mail delivery failure", "mail delivery system", "mail failure", "mail system error", "mail could not be delivered",
    "delivery status notification", "delivery failure", "delivery failed", "delivery error", "delivery notification: delivery has failed", "delivery delayed",
    "undelivered mail", "undeliverable", "undelivered", "unable to deliver", "returned mail", "failure notice", "failure delivery", "failed delivery",
    "warning: could not send message", "warning: message", "message delivery", "message not delivered", "message undeliverable", "could not send message",
    "email delivery failure", "non-delivery", "non delivery", "nondeliverable mail", "notification d'échec", "there was an error sending your mail",
    "your message could not be delivered", "your mail could not be delivered", "rejected:", "returned email", "mail returned", "user unknown", "mailbox full",
    "error sending", "unzustellbar", "nicht zustellbar", "zustellung fehlgeschlagen", "zustellungsfehler", "rücksendung", "mailzustellung",
    "übermittlung fehlgeschlagen", "non remis", "échec de la remise", "echec de la remise", "message non distribué", "no se puede entregar",
    "no se pudo entregar", "error de entrega", "correo no entregado", "impossibile recapitare", "mancato recapito", "recapito non riuscito", "onbestelbaar",
    "kan niet worden afgeleverd", "niet afgeleverd", "não foi possível entregar", "falha na entrega", "mensagem não entregue", "olevererbart",
    "kunde inte levereras", "kunne ikke leveres", "ikke leveret", "toimitus epäonnistui", "ei voitu toimittaa", "niedostarczon", "nie dostarczono",
    "nedoručiteln", "не доставлено", "недоставленн", "teslim edilemedi", "配信不能", "送信エラー", "メールが配信できません", "配送エラー", "メールエラー", "不達", "退信", "系统退信", "無法傳遞", "무배달", "반송",
    "you are not allowed to post", "loop alert", "mail rejected", "delivery problem", "problem delivering your mail",
];

#[rustfmt::skip]
const TEXTS: &[&str] = &[
    "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "was not delivered", "not be delivered",
    "unable to deliver", "wasn't able to deliver", "failed permanently", "recipient address rejected", "user unknown", "unknown user", "no such user",
    "mailbox full", "mailbox is full", "over quota", "quota exceeded", "mailbox unavailable", "undeliverable", "did not reach the following",
    "delivery to the following recipient", "permanent error", "permanent fatal error", "address(es) failed", "following addresses", "delivery failed",
    "delivery has failed", "delivery has been delayed", "was rejected", "rejected by", "rejected recipient", "host unknown", "unrouteable address",
    "non-delivery", "nicht zugestellt", "konnte nicht", "n'a pas pu être", "no ha podido", "non è stato possibile", "kon niet worden", "não pôde ser",
    "kunde inte", "配信できません", "届けることができません", "送信できません", "配送できません", "送達できません", "お届けできません", "見つかりません", "无法发送", "无法投递", "no se ha podido", "delivery failed",
    "error delivering", "error sending your", "returned to sender", "transcript of session", "mail box", "account is disabled", "been discontinued",
    "address does not exist", "could not be found", "does not exist", "delivery attempts", "will be retried", "still in the queue",
];

/// Words that only servers write.
#[rustfmt::skip]
const OPENINGS: &[&str] = &[
    "this is the qmail-send program", "this message was created automatically by mail delivery software", "this is the mail system at host",
    "this is the postfix program", "this is the mail delivery agent", "this is the mail system", "dragonfly mail agent", "transcript of session follows",
    "automatically generated delivery status notification", "this is an automatically generated delivery",
    "your message did not reach some or all of the intended recipients", "did not reach the following recipient(s)",
    "delivery has failed to these recipients", "delivery to the following recipient", "the following address(es) failed", "had permanent fatal errors",
    "had permanent delivery errors", "unable to deliver message to the following address", "we were unable to deliver your message to the following address",
    "i wasn't able to deliver your message", "non-delivery report", "each of the following recipients was rejected",
    "you are not a member of this mailing list", "duplicated message-id in", "we had trouble delivering your message", "generated by mail delivery software",
    "your mail message to the following address(es) could not be delivered", "this is an automated message from the mail system",
    "message could not be delivered to", "您的邮件", "邮件无法发送到您指定的地址", "user's mailbox is full", "次のあて先へのメッセージはエラーのため送信できませんでした", "あなたが送信したメール",
    "送信先のメールアドレスが見つかりません", "the message you sent to", "could not be delivered to: <", "the user(s) account is",
];

#[rustfmt::skip]
const FOR_NOW: &[&str] = &[
    "delay", "will be retried", "still trying", "still being", "not need to resend", "temporary failure", "temporarily", "warning message only",
    "will keep trying", "try again later", "wird weiter versucht",
];
