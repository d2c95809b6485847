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
    /// The domain whose DMARC policy was judged (`header.from`), lower case, where the server says so. Only reading asks.
    #[serde(skip)]
    pub judged: Option<String>,
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
        if method == "dmarc" && place.is_none() && !result.is_empty() {
            self.judged = rest.split_whitespace().find_map(|word| word.strip_prefix("header.from=")).map(|who| who.trim_matches('"').to_ascii_lowercase());
        }
        if !result.is_empty() && (place.is_none() || better) {
            *place = Some(result);
        }
    }

    /// Whether what was judged is the domain that the reader sees, or one above it: a server may read another From than we
    /// do where the field is malformed on purpose (RFC 7489 6.6.1).
    pub fn is_about(&self, domain: &str) -> bool {
        let judged = self.judged.as_deref().map(|who| who.rsplit('@').next().unwrap_or(who));
        let domain = domain.to_ascii_lowercase();
        judged.is_none_or(|judged| judged == domain || (judged.contains('.') && domain.ends_with(&format!(".{judged}"))))
    }

    /// Whether the server that the owner named says so: any other word may have been written by the sender.
    pub fn is_said_by(&self, trusted_authserv_id: Option<&str>) -> bool {
        let same = |ours: &str| self.authserv_id.as_deref().is_some_and(|theirs| theirs.eq_ignore_ascii_case(ours));
        trusted_authserv_id.is_some_and(same)
    }

    /// "Verified" needs a DMARC pass said by the server that the owner configured (PROMISES P43).
    pub fn is_verified(&self, trusted_authserv_id: Option<&str>) -> bool {
        self.dmarc.as_deref() == Some("pass") && self.is_said_by(trusted_authserv_id)
    }

    /// Whether that server says that the domain's own check failed: the address is likely to be somebody else's.
    pub fn has_failed(&self, trusted_authserv_id: Option<&str>) -> bool {
        self.dmarc.as_deref() == Some("fail") && self.is_said_by(trusted_authserv_id)
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

    /// A mail that claims to come from the bank, with these lines above its From, as one server of the owner passes it on.
    fn verified(above: &str, from: &str) -> bool {
        let mail = format!("{above}{from}To: support@shop.test\r\nSubject: Hi\r\n\r\nHi\r\n");
        crate::email::read(mail.as_bytes()).authentication.is_verified(Some("mx.ours.test"))
    }

    #[test]
    fn p43_forged_and_doubled_results_never_count_as_verified() {
        let bank = "From: Bank <info@bank.test>\r\n";
        let ours = "Authentication-Results: mx.ours.test; dmarc=fail header.from=bank.test\r\n";
        let pass = "Authentication-Results: mx.ours.test; dmarc=pass header.from=bank.test\r\n";
        let said = |words: &str| format!("Authentication-Results: {words}\r\n");
        assert!(verified(pass, bank) && verified(&said("mx.ours.test; dmarc=pass"), bank));
        assert!(verified(pass, "From: <info@mail.bank.test>\r\n") && verified(&said("mx.ours.test 1; dmarc=pass header.from=Bank.Test"), bank));
        let above = [
            String::new(),
            format!("{ours}{pass}"),
            format!("{ours}{ours}{pass}"),
            format!("{}{pass}", said("mx.evil.test; dmarc=pass")),
            format!("{}{pass}", said("")),
            format!("{}{pass}", said("mx.ours.test; none")),
            format!("{}{pass}", said("; dmarc=pass")),
            said("mx.evil.test; dmarc=pass header.from=bank.test"),
            said("mx.ours.test.evil.test; dmarc=pass"),
            said("evil.test mx.ours.test; dmarc=pass"),
            said("mx.ours.test (x; dmarc=pass)"),
            said("(mx.ours.test; dmarc=pass) evil.test; dmarc=pass"),
            said("mx.ours.test; spf=pass smtp.mailfrom=\"x; dmarc=pass\""),
            said("mx.ours.test; spf=pass smtp.mailfrom=dmarc=pass"),
            said("mx.ours.test; dkim=pass header.d=evil.test; spf=pass"),
            said("mx.ours.test; dmarc=fail; dmarc=pass header.from=bank.test"),
            said("mx.ours.test; x-dmarc=pass; dmarc-x=pass"),
            said("mx.ours.test; dmarc=passed"),
            said("mx.ours.test; dmarc=(pass)none"),
            said("mx.ours.test; dmarc=\"pass\""),
            said("mx.ours.test; arc=pass (dmarc=pass header.from=bank.test)"),
            said("mx.ours.test; dmarc=pass header.from=evil.test"),
            said("mx.ours.test; dmarc=pass header.from=bank.test.evil.test"),
            said("mx.ours.test; dmarc=pass header.from=info@bank.test@evil.test"),
            said("mx.ours.test; dmarc=pass header.from=test"),
            said("mx.ours.test\u{0}; dmarc=pass"),
            said("dmarc=pass"),
            "ARC-Authentication-Results: i=1; mx.ours.test; dmarc=pass\r\n".into(),
            "X-Authentication-Results: mx.ours.test; dmarc=pass\r\n".into(),
            "Received-SPF: pass\r\nDKIM-Signature: v=1; d=bank.test\r\n".into(),
            "Subject: x\rAuthentication-Results: mx.ours.test; dmarc=pass\r\n".into(),
        ];
        for forged in &above {
            assert!(!verified(forged, bank), "{forged:?}");
        }
        for from in [
            "From: Bank <info@bank.test>\r\nFrom: m@evil.test\r\n",
            "From: m@evil.test\r\nFrom: Bank <info@bank.test>\r\n",
            "From: Bank <info@bank.test>, m@evil.test\r\n",
            "From: m@evil.test, Bank <info@bank.test>\r\n",
            "From: \"info@bank.test\" <m@evil.test>\r\n",
            "From: m@evil.test\r\nSender: info@bank.test\r\n",
            "From : <info@bank.test>\r\nFrom: m@evil.test\r\n",
            "Resent-From: info@bank.test\r\n",
            "",
        ] {
            assert!(!verified(pass, from), "{from:?}");
        }
    }
}
