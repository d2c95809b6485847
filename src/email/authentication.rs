//! What the receiving server said of SPF, DKIM and DMARC (RFC 8601 Authentication-Results). Reported, not believed: only
//! the topmost field counts, and only from the server that the owner named.

use super::read::Headers;
use serde::{Deserialize, Serialize};

/// A server reports a handful of methods.
const RESULTS_MAX: usize = 40;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// Who says so: the first word of the topmost field.
    pub authserv_id: Option<String>,
    /// `pass`, `fail`, `softfail`, `none` …, lower case.
    pub spf: Option<String>,
    pub dkim: Option<String>,
    pub dmarc: Option<String>,
}

impl Authentication {
    /// The topmost Authentication-Results: the last server that touched the mail wrote it. Those below may be forged
    /// (RFC 8601 5).
    pub fn from_headers(headers: &Headers) -> Authentication {
        headers.plain("Authentication-Results").map(|value| Authentication::parse(&value)).unwrap_or_default()
    }

    /// RFC 8601 2.2: `authserv-id [version]; method=result [reason=…] [property=…]; …`, comments anywhere.
    fn parse(value: &str) -> Authentication {
        let value = without_comments(value);
        let mut pieces = split_outside_quotes(&value, ';');
        let first = pieces.next().unwrap_or_default();
        let mut found = Authentication { authserv_id: first.split_whitespace().next().map(|id| id.trim_matches('"').to_owned()), ..Authentication::default() };
        if first.contains('=') {
            // No identifier: some servers begin with the results. Nobody said it, so nobody is believed.
            found.authserv_id = None;
            found.take(&first);
        }
        pieces.take(RESULTS_MAX).for_each(|piece| found.take(&piece));
        found
    }

    fn take(&mut self, piece: &str) {
        let Some((method, rest)) = piece.split_once('=') else { return };
        let method = method.trim().split('/').next().unwrap_or_default().trim().to_ascii_lowercase();
        let result: String = rest.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric()).collect::<String>().to_ascii_lowercase();
        let place = match method.as_str() {
            "spf" => &mut self.spf,
            "dkim" => &mut self.dkim,
            "dmarc" => &mut self.dmarc,
            _ => return,
        };
        // Several signatures: one that holds is enough for DKIM. Of SPF and DMARC there is one result; a second is odd, and
        // the first stays.
        let better = method == "dkim" && result == "pass";
        if !result.is_empty() && (place.is_none() || better) {
            *place = Some(result);
        }
    }

    /// "Verified" needs a DMARC pass said by the server that the owner configured (PROMISES P43).
    pub fn is_verified(&self, trusted_authserv_id: Option<&str>) -> bool {
        let said_by_ours = matches!((&self.authserv_id, trusted_authserv_id), (Some(said), Some(ours)) if said.eq_ignore_ascii_case(ours));
        said_by_ours && self.dmarc.as_deref() == Some("pass")
    }
}

/// Comments nest (RFC 5322 3.2.2) and may stand between any two words; inside quotes a parenthesis is a letter.
fn without_comments(value: &str) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) = (String::with_capacity(value.len()), 0usize, false, false);
    for c in value.chars() {
        let keep = depth == 0;
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => {
                depth += 1;
                continue;
            }
            ')' if !quoted && depth > 0 => {
                depth -= 1;
                out.push(' ');
                continue;
            }
            _ => {}
        }
        if keep {
            out.push(c);
        }
    }
    out
}

fn split_outside_quotes(value: &str, separator: char) -> impl Iterator<Item = String> + '_ {
    let mut quoted = false;
    let pieces = value.split(move |c| {
        quoted ^= c == '"';
        c == separator && !quoted
    });
    pieces.map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::Authentication;

    fn read(value: &str) -> String {
        let found = Authentication::parse(value);
        [found.authserv_id, found.spf, found.dkim, found.dmarc].map(|v| v.unwrap_or_else(|| "-".into())).join(" ")
    }

    #[test]
    fn results_are_read_and_comments_are_not() {
        for (written, meant) in [
            ("mx.example.com; spf=pass smtp.mailfrom=a@x; dkim=pass header.d=x; dmarc=pass (p=NONE) header.from=x", "mx.example.com pass pass pass"),
            ("mx.example.com 1; spf=softfail (dmarc=pass; really) smtp.mailfrom=x", "mx.example.com softfail - -"),
            ("mx.example.com; none", "mx.example.com - - -"),
            ("mx.example.com; dkim=fail reason=\"bad; dmarc=pass\" header.d=x; dkim=pass header.d=y", "mx.example.com - pass -"),
            ("mx.example.com; dmarc/1 = FAIL; dmarc=pass", "mx.example.com - - fail"),
            ("spf=pass smtp.mailfrom=x", "- pass - -"),
            ("mx.example.com; x-dmarc=pass; smtp.mailfrom=\"dmarc=pass\"", "mx.example.com - - -"),
        ] {
            assert_eq!(read(written), meant, "{written}");
        }
    }

    #[test]
    fn p43_verified_needs_the_servers_own_word() {
        let pass = Authentication::parse("mx.ours.example; dmarc=pass");
        assert!(pass.is_verified(Some("MX.ours.example")));
        assert!(!pass.is_verified(Some("mx.other.example")) && !pass.is_verified(None));
        assert!(!Authentication::parse("dmarc=pass").is_verified(Some("dmarc=pass")));
    }
}
