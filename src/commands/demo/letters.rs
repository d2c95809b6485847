//! The letters of the demo's shop, as files of `demo/` inside the binary. Their dates are relative to now, so that the
//! shop always looks as if it had opened this morning: `{{now - 2d 03:10 +0100}}` is the date field of two days, three
//! hours and ten minutes ago in that zone; `{{now + 3d 02:00 as "%Y-%m-%d"}}` is another way to write one.

use crate::database::Millis;
use anyhow::Context;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp, Zoned};

/// A letter and the file it becomes.
pub struct Letter {
    /// "mails/…" or "sent/…", without its ending.
    pub name: &'static str,
    template: &'static [u8],
}

macro_rules! letters {
    ($($name:literal),+ $(,)?) => {
        &[$(Letter { name: $name, template: include_bytes!(concat!("../../../demo/", $name, ".eml")) }),+]
    };
}

pub const LETTERS: &[Letter] = letters![
    "mails/address-change",
    "mails/ana-commission-1",
    "mails/ana-commission-2",
    "mails/arabic-shipping",
    "mails/birgit-other-address",
    "mails/bounce-commission-update",
    "mails/broken-charset",
    "mails/carrier-claim",
    "mails/charged-twice",
    "mails/chloe-changed-mind",
    "mails/forwarded-poster",
    "mails/greta-fjaril-1",
    "mails/greta-fjaril-2",
    "mails/hakan-gift-wrap",
    "mails/hostile-html",
    "mails/hostile-names",
    "mails/hotel-invoice-vat",
    "mails/inline-photo-greenish",
    "mails/invitation-ics",
    "mails/joao-commission-house",
    "mails/jun-asks-about-wens-return",
    "mails/karin-wholesale",
    "mails/licence-schoolbook",
    "mails/lucia-colores",
    "mails/maison-petit-cartes-1",
    "mails/maison-petit-cartes-2",
    "mails/mara-framing-harbour-1",
    "mails/mara-framing-harbour-2",
    "mails/mara-refund-1",
    "mails/mara-refund-2",
    "mails/mara-where-is-my-order",
    "mails/oskar-rueckgabe-original",
    "mails/out-of-office-karin",
    "mails/paper-mill-newsletter",
    "mails/payout-notice",
    "mails/photo-only",
    "mails/priscilla-back-in-stock",
    "mails/priya-refund-no-order",
    "mails/sato-utf8",
    "mails/school-visit",
    "mails/seo-offer",
    "mails/tanaka-iso-2022-jp",
    "mails/thank-you",
    "mails/tomas-wrong-frame",
    "mails/voucher-forwarded-as-attachment",
    "mails/wen-broken-glass",
    "mails/wen-posted",
    "mails/whitfield-wrong-poster-1",
    "mails/whitfield-wrong-poster-2",
    "mails/zoll-schweiz",
    "sent/ana-commission-answer-1",
    "sent/ana-commission-answer-2",
    "sent/chloe-changed-mind-answer",
    "sent/greta-fjaril-answer",
    "sent/hakan-gift-wrap-answer",
    "sent/jon-commission-update",
    "sent/karin-wholesale-answer",
    "sent/maison-petit-answer",
    "sent/mara-framing-harbour-answer",
    "sent/mara-refund-answer",
    "sent/mara-where-is-my-order-answer",
    "sent/wen-return-approved",
    "sent/whitfield-wrong-poster-answer",
];

impl Letter {
    /// The bytes as a mail server keeps them, and the moment of its Date field.
    pub fn written(&self, now: Millis) -> anyhow::Result<(Vec<u8>, Millis)> {
        let mut bytes = Vec::with_capacity(self.template.len() + self.template.len() / 40);
        let mut date = None;
        let mut rest = self.template;
        while let Some(at) = find(rest, b"{{now ") {
            let end = at + find(&rest[at..], b"}}").with_context(|| format!("{}: a date is not closed", self.name))?;
            push_with_crlf(&mut bytes, &rest[..at]);
            let words = std::str::from_utf8(&rest[at + 6..end])?;
            let (moment, text) = written_date(words, now).with_context(|| format!("{}: {words}", self.name))?;
            if bytes.ends_with(b"\nDate: ") && date.is_none() {
                date = Some(moment);
            }
            bytes.extend_from_slice(text.as_bytes());
            rest = &rest[end + 2..];
        }
        push_with_crlf(&mut bytes, rest);
        Ok((bytes, date.with_context(|| format!("{} has no Date field", self.name))?))
    }
}

/// `- 2d 03:10 +0100 as "…"`, where days, zone and format may be left out.
fn written_date(words: &str, now: Millis) -> anyhow::Result<(Millis, String)> {
    let (words, format) = words.split_once(" as ").map_or((words, "%a, %d %b %Y %H:%M:%S %z"), |(words, format)| (words, format.trim_matches('"')));
    let mut words = words.split_whitespace();
    let sign = if words.next() == Some("+") { 1 } else { -1 };
    let mut away = SignedDuration::ZERO;
    let mut zone = Offset::UTC;
    for word in words {
        if let Some(days) = word.strip_suffix('d') {
            away += SignedDuration::from_hours(24 * days.parse::<i64>()?);
        } else if let Some((hours, minutes)) = word.split_once(':') {
            away += SignedDuration::from_mins(60 * hours.parse::<i64>()? + minutes.parse::<i64>()?);
        } else {
            let hundreds: i32 = word.parse()?;
            zone = Offset::from_seconds((hundreds / 100 * 60 + hundreds % 100) * 60)?;
        }
    }
    let moment = Timestamp::from_millisecond(now)? + away * sign;
    let local: Zoned = moment.to_zoned(TimeZone::fixed(zone));
    Ok((moment.as_millisecond(), jiff::fmt::strtime::format(format, &local)?))
}

/// Line ends are LF in the tree and CRLF on the wire (RFC 5322 2.3).
fn push_with_crlf(bytes: &mut Vec<u8>, text: &[u8]) {
    for byte in text {
        if *byte == b'\n' {
            bytes.push(b'\r');
        }
        bytes.push(*byte);
    }
}

fn find(text: &[u8], words: &[u8]) -> Option<usize> {
    text.windows(words.len()).position(|window| window == words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::email;

    /// Monday, 14 September 2026, 12:00 UTC.
    const NOW: Millis = 1_789_387_200_000;

    #[test]
    fn dates_are_written_relative_to_now() {
        let written = |words| written_date(words, NOW).unwrap().1;
        assert_eq!(written("- 2d 03:10 +0100"), "Sat, 12 Sep 2026 09:50:00 +0100");
        assert_eq!(written("- 00:04"), "Mon, 14 Sep 2026 11:56:00 +0000");
        assert_eq!(written("+ 3d 02:00 +0000 as \"%Y%m%dT%H0000Z\""), "20260917T140000Z");
        assert_eq!(written("- 01:00 -0530 as \"%a, %b %-d, %Y at %-I:%M %p\""), "Mon, Sep 14, 2026 at 5:30 AM");
        assert!(written_date("- soon", NOW).is_err());
    }

    #[test]
    fn every_letter_is_a_mail_with_a_sender_an_identifier_and_a_date_of_the_last_months() {
        let mut identifiers = std::collections::HashSet::new();
        for letter in LETTERS {
            let (bytes, date) = letter.written(NOW).unwrap();
            assert!(find(&bytes, b"{{now").is_none(), "{}", letter.name);
            assert!((NOW - 200 * 86_400_000..NOW).contains(&date), "{}", letter.name);
            let read = email::read(&bytes);
            assert_eq!(read.date, Some(date), "{}", letter.name);
            assert!(read.from.is_some() && !read.subject.is_empty() && !read.text.trim().is_empty(), "{}", letter.name);
            assert!(identifiers.insert(read.message_id.unwrap()), "{}", letter.name);
            let ours = read.from.unwrap().address.as_str() == "support@atelier.test";
            assert_eq!(ours, letter.name.starts_with("sent/"), "{}", letter.name);
        }
        assert!(LETTERS.len() > 50);
    }

    #[test]
    fn all_names_are_reserved_ones() {
        // RFC 2606 and RFC 6761: nobody receives mail because somebody tried the demo.
        for letter in LETTERS {
            let text = String::from_utf8_lossy(letter.template).replace("=\n", ""); // soft line breaks of quoted-printable
            let addresses = text.split(|c: char| c.is_whitespace() || "<>\"(),;:'=[]&".contains(c)).filter(|word| word.contains('@'));
            for domain in addresses.filter_map(|word| word.rsplit('@').next()).filter(|domain| domain.contains('.')) {
                let domain = domain.trim_end_matches(['.', '/', '?', '*', '}']);
                assert!(domain.ends_with(".test") || domain.ends_with(".example"), "{}: {domain}", letter.name);
            }
        }
    }
}
