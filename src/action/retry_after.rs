//! When the other side wants to be asked again (RFC 9110 10.2.3): in so many seconds, or at a date.

use crate::database::Millis;
use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;

/// Longer than between any two of our own tries nobody is waited for: a clock that goes wrong over there must not hold a refund for a year.
pub const RETRY_AFTER_MAX: Millis = 8 * 60 * 60 * 1000;

/// The moment that a `Retry-After` names, at most `RETRY_AFTER_MAX` from now; nothing where it cannot be read or has passed.
pub fn read(value: &str, now: Millis) -> Option<Millis> {
    let value = value.trim();
    let is_seconds = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let at = if is_seconds {
        // More digits than a number holds are a very long time.
        now.saturating_add(value.parse::<Millis>().unwrap_or(Millis::MAX).saturating_mul(1000))
    } else {
        date(value)?
    };
    (at > now).then(|| at.min(now + RETRY_AFTER_MAX))
}

/// The three ways to write a date (RFC 9110 5.6.7), all in GMT.
fn date(value: &str) -> Option<Millis> {
    if let Ok(zoned) = rfc2822::parse(value) {
        return Some(zoned.timestamp().as_millisecond());
    }
    let old = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"].iter().find_map(|form| DateTime::strptime(form, value).ok())?;
    Some(old.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_an_hour_however_it_is_written_and_nobody_is_waited_for_for_a_year() {
        let now: Millis = 784_111_777_000; // Sun, 06 Nov 1994 08:49:37 GMT
        let hour = now + 3_600_000;
        for text in ["3600", " 3600 ", "Sun, 06 Nov 1994 09:49:37 GMT", "Sunday, 06-Nov-94 09:49:37 GMT", "Sun Nov  6 09:49:37 1994"] {
            assert_eq!(read(text, now), Some(hour), "{text}");
        }
        for text in ["31536000", "99999999999999999999999", "Mon, 06 Nov 1995 08:49:37 GMT"] {
            assert_eq!(read(text, now), Some(now + RETRY_AFTER_MAX), "{text}");
        }
        for text in ["", "0", "-5", "soon", "1.5", "Sun, 06 Nov 1994 08:49:36 GMT", "Sun, 31 Feb 1994 08:49:37 GMT"] {
            assert_eq!(read(text, now), None, "{text}");
        }
    }
}
