//! Where well-known providers keep their servers, by the domain of an address. Nothing is looked up in a network.

use crate::account::Security;

pub struct Preset {
    pub imap: (&'static str, u16, Security),
    pub smtp: (&'static str, u16, Security),
    /// What people stumble over there.
    pub hint: &'static str,
}

const APP_PASSWORD: &str = "This provider wants an app password, made in the security settings of the account; the everyday password is refused.";

/// (domains, IMAP host, SMTP host, SMTP security, hint); IMAP is TLS on 993 with all of them.
const PROVIDERS: &[(&[&str], &str, &str, Security, &str)] = &[
    (&["gmail.com", "googlemail.com"], "imap.gmail.com", "smtp.gmail.com", Security::Tls, APP_PASSWORD),
    (
        &["outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.de"],
        "outlook.office365.com",
        "smtp.office365.com",
        Security::StartTls,
        "Microsoft may refuse passwords for other programs; an app password or a rule that forwards to another mailbox helps.",
    ),
    (&["fastmail.com", "fastmail.fm"], "imap.fastmail.com", "smtp.fastmail.com", Security::Tls, APP_PASSWORD),
    (&["icloud.com", "me.com", "mac.com"], "imap.mail.me.com", "smtp.mail.me.com", Security::StartTls, APP_PASSWORD),
    (&["yahoo.com", "yahoo.de", "yahoo.co.uk", "ymail.com"], "imap.mail.yahoo.com", "smtp.mail.yahoo.com", Security::Tls, APP_PASSWORD),
    (&["gmx.de", "gmx.net", "gmx.at", "gmx.ch"], "imap.gmx.net", "mail.gmx.net", Security::StartTls, "Switch on IMAP in the settings of GMX first."),
    (&["gmx.com"], "imap.gmx.com", "mail.gmx.com", Security::StartTls, "Switch on IMAP in the settings of GMX first."),
    (&["web.de"], "imap.web.de", "smtp.web.de", Security::StartTls, "Switch on IMAP in the settings of WEB.DE first."),
    (&["zoho.com", "zohomail.com"], "imap.zoho.com", "smtp.zoho.com", Security::Tls, APP_PASSWORD),
    (&["mailbox.org"], "imap.mailbox.org", "smtp.mailbox.org", Security::Tls, ""),
    (&["posteo.de", "posteo.net"], "posteo.de", "posteo.de", Security::Tls, ""),
];

pub fn for_domain(domain: &str) -> Option<Preset> {
    let domain = domain.to_lowercase();
    let (_, imap, smtp, security, hint) = PROVIDERS.iter().find(|(domains, ..)| domains.contains(&domain.as_str()))?;
    let port = if *security == Security::Tls { 465 } else { 587 };
    Some(Preset { imap: (imap, 993, Security::Tls), smtp: (smtp, port, *security), hint })
}
