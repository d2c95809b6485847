//! Where a call goes: a URL as browsers read it, taken apart once. What is judged and what is connected to are the same value.

use super::fill::{self, Place};
use std::net::IpAddr;
use url::{Host, Url};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub https: bool,
    pub host: Where,
    pub port: u16,
    /// Path and query, as they stand on the request line.
    pub path: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// In ASCII, lower case, without a dot at its end.
    Name(String),
    /// Written as a number in whatever form.
    Address(IpAddr),
}

impl Target {
    /// Reads a whole URL; says in words what is wrong with it.
    pub fn parse(text: &str) -> Result<Target, String> {
        let url = Url::parse(text.trim()).map_err(|_| "This is no URL: write it like https://api.example.com/refunds.".to_owned())?;
        let https = match url.scheme() {
            "https" => true,
            "http" => false,
            other => return Err(format!("{other}: is not called: the URL begins with https://.")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err("A name or a password does not belong into the URL: put it into a secret header.".into());
        }
        let host = match url.host() {
            Some(Host::Domain(name)) => Where::Name(name.trim_end_matches('.').to_ascii_lowercase()),
            Some(Host::Ipv4(ip)) => Where::Address(ip.into()),
            Some(Host::Ipv6(ip)) => Where::Address(ip.into()),
            None => return Err("The URL names no host.".into()),
        };
        if host == Where::Name(String::new()) {
            return Err("The URL names no host.".into());
        }
        let path = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        Ok(Target { https, host, port: url.port_or_known_default().unwrap_or(0), path })
    }

    /// The same for a template. Its host stands fast: placeholders come behind it.
    pub fn of_template(template: &str) -> Result<Target, String> {
        let origin_end = template.find("://").map_or(0, |at| at + 3);
        let behind = template[origin_end..].find(['/', '?', '#', '\\']).map_or(template.len(), |at| origin_end + at);
        if template[..behind].contains("{{") {
            return Err("Placeholders stand behind the host: the host itself is always the same.".into());
        }
        let own: Vec<String> = fill::unknown(template, &[]);
        Target::filled(template, &fill::sample(&own))
    }

    /// Fills a template. A value must not change the path that the owner wrote: `..` would climb to another resource.
    pub fn filled(template: &str, facts: &fill::Facts) -> Result<Target, String> {
        let filled = fill::fill(template.trim(), facts, Place::Url).map_err(|names| not_known(&names))?;
        let target = Target::parse(&filled)?;
        let written = filled.split(['?', '#']).next().unwrap_or_default().split('/').skip(3);
        let climbs = |part: &str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
        if written.into_iter().any(climbs) {
            return Err("A part of the URL would be “.” or “..”, which means another address.".into());
        }
        Ok(target)
    }

    /// `https://api.example.com:443`: what secrets are bound to.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.https { "https" } else { "http" }, self.authority())
    }

    /// `api.example.com:443`
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host_text(), self.port)
    }

    /// As it stands in the Host header: without the port that everybody expects.
    pub fn host_header(&self) -> String {
        if self.port == if self.https { 443 } else { 80 } { self.host_text() } else { self.authority() }
    }

    pub fn host_text(&self) -> String {
        match &self.host {
            Where::Name(name) => name.clone(),
            Where::Address(IpAddr::V6(ip)) => format!("[{ip}]"),
            Where::Address(ip) => ip.to_string(),
        }
    }
}

/// What is said when a call cannot be filled in.
pub fn not_known(names: &[String]) -> String {
    let plain = |name: &String| if name == "amount_minor" || name == "currency" { "amount".into() } else { name.replace('_', " ") };
    let mut words: Vec<String> = names.iter().map(plain).collect();
    words.dedup();
    format!("Not called, because this is not known: {}.", words.join(", "))
}
