//! What may be called (PROMISES P61): public addresses on the ports that web services have, over TLS. Everything else only where the owner
//! named host and port in the list of inside hosts. Judged are addresses, not names; the courier connects to what was judged.

use super::target::{Target, Where};
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ports that are called without being named.
const PORTS: &[u16] = &[80, 443, 8080, 8443];
const HOSTS_MAX: usize = 50;
/// A few certificates.
const CA_BYTES_MAX: usize = 32 * 1024;

/// Hosts of the shop's own network that may be called; the setting `inside_hosts`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    hosts: Vec<(String, u16)>,
    /// The authority that vouches for them, as PEM; empty: those that everybody trusts. It vouches for no host of the internet.
    #[serde(default)]
    ca_pem: String,
}

/// How freely a target may be connected to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permit {
    /// To public addresses alone.
    Public,
    /// The owner named it: to whatever address it has.
    Named,
}

impl Inside {
    /// A line each: `host:port`; a host alone means its web ports.
    pub fn read(text: &str) -> Result<Inside, String> {
        let mut hosts = Vec::new();
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let wrong = || format!("“{}” is no host with a port: write it like erp.lan:8069, a line each.", line.chars().take(60).collect::<String>());
            if line.contains("://") || line.contains(['/', '@', '?', '#', ' ', '*']) {
                return Err(wrong());
            }
            // Ports of both schemes are tried, so that `:80` and `:443` are not lost as what everybody expects.
            let ports: Vec<u16> = match line.rsplit_once(':').filter(|(host, _)| !host.is_empty() && (!host.contains(':') || host.ends_with(']'))) {
                Some((_, port)) => vec![port.parse().ok().filter(|port| *port > 0).ok_or_else(wrong)?],
                None => PORTS.to_vec(),
            };
            let target = Target::parse(&format!("http://{line}/")).map_err(|_| wrong())?;
            hosts.extend(ports.into_iter().map(|port| (target.host_text(), port)));
        }
        if hosts.len() > HOSTS_MAX * PORTS.len() {
            return Err(format!("These are more than {HOSTS_MAX} hosts."));
        }
        Ok(Inside { hosts, ca_pem: String::new() })
    }

    /// The same with the shop's own authority.
    pub fn vouched_for_by(self, ca_pem: &str) -> Result<Inside, String> {
        let pem = ca_pem.trim();
        let fits = pem.is_empty() || pem.starts_with("-----BEGIN CERTIFICATE-----") && pem.len() <= CA_BYTES_MAX;
        if fits {
            Ok(Inside { ca_pem: pem.to_owned(), ..self })
        } else {
            Err("The authority is a certificate in PEM: it begins with -----BEGIN CERTIFICATE-----.".into())
        }
    }

    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// As `read` takes it.
    pub fn text(&self) -> String {
        self.hosts.iter().map(|(host, port)| format!("{host}:{port}")).collect::<Vec<_>>().join("\n")
    }

    /// Whether `target` may be called at all, before anybody asks for its address.
    pub fn permit(&self, target: &Target) -> Result<Permit, String> {
        if self.hosts.iter().any(|(host, port)| *port == target.port && *host == target.host_text()) {
            return Ok(Permit::Named);
        }
        let named = format!("name {} in the list of inside hosts", target.authority());
        if !target.https {
            return Err(format!("Without encryption nothing is sent to the internet: write https://, or {named}."));
        }
        if !PORTS.contains(&target.port) {
            return Err(format!("Port {} is none of web services: take another, or {named}.", target.port));
        }
        match target.host {
            Where::Address(ip) if !is_public(ip) => Err(inside_words(&target.host_text(), ip, &named)),
            _ => Ok(Permit::Public),
        }
    }

    pub fn complaint(&self, target: &Target) -> Option<String> {
        self.permit(target).err()
    }

    /// The addresses that a name was found to have, if all of them may be connected to.
    pub fn judge(&self, target: &Target, found: Vec<IpAddr>) -> Result<Vec<IpAddr>, String> {
        let permit = self.permit(target)?;
        let named = format!("name {} in the list of inside hosts, if that is meant", target.authority());
        // One address inside is enough: who mixes them wants the other one to be taken.
        match found.iter().find(|ip| permit == Permit::Public && !is_public(**ip)) {
            Some(ip) => Err(inside_words(&target.host_text(), *ip, &named)),
            None => Ok(found),
        }
    }
}

fn inside_words(host: &str, ip: IpAddr, named: &str) -> String {
    let ip = ip.to_string();
    let is = if host.trim_matches(['[', ']']) == ip { String::new() } else { format!(" is {ip}, which") };
    format!("{host}{is} belongs to a network of its own, not to the internet: {named}.")
}

/// Whether an address is one of the internet's. Everything that IANA set apart is not (special-purpose address registries, RFC 6890), and
/// neither is an IPv6 address that carries an IPv4 one in it.
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => !V4_APART.iter().any(|(net, bits)| within(u128::from(u32::from(ip)), u128::from(u32::from(*net)), 32 - bits)),
        IpAddr::V6(ip) => within(ip.into(), GLOBAL.into(), 125) && !V6_APART.iter().any(|(net, bits)| within(ip.into(), (*net).into(), 128 - bits)),
    }
}

fn within(ip: u128, net: u128, free_bits: u32) -> bool {
    ip >> free_bits == net >> free_bits
}

const fn v4(a: u8, b: u8, c: u8) -> Ipv4Addr {
    Ipv4Addr::new(a, b, c, 0)
}

const fn v6(a: u16, b: u16) -> Ipv6Addr {
    Ipv6Addr::new(a, b, 0, 0, 0, 0, 0, 0)
}

const V4_APART: &[(Ipv4Addr, u32)] = &[
    (v4(0, 0, 0), 8),       // this network
    (v4(10, 0, 0), 8),      // private
    (v4(100, 64, 0), 10),   // behind a provider's translation, RFC 6598
    (v4(127, 0, 0), 8),     // loopback
    (v4(169, 254, 0), 16),  // link-local, where clouds tell secrets
    (v4(172, 16, 0), 12),   // private
    (v4(192, 0, 0), 24),    // protocol assignments
    (v4(192, 0, 2), 24),    // documentation
    (v4(192, 88, 99), 24),  // 6to4 relays, RFC 7526
    (v4(192, 168, 0), 16),  // private
    (v4(198, 18, 0), 15),   // benchmarks
    (v4(198, 51, 100), 24), // documentation
    (v4(203, 0, 113), 24),  // documentation
    (v4(224, 0, 0), 4),     // multicast
    (v4(240, 0, 0), 4),     // reserved, and broadcast
];

/// 2000::/3 is all that was given out. Mapped, compatible and translated (64:ff9b::) addresses, unique-local, link-local and multicast ones
/// lie outside of it.
const GLOBAL: Ipv6Addr = v6(0x2000, 0);
const V6_APART: &[(Ipv6Addr, u32)] = &[
    (v6(0x2001, 0), 23),     // protocol assignments, Teredo among them
    (v6(0x2001, 0xdb8), 32), // documentation
    (v6(0x2002, 0), 16),     // 6to4
    (v6(0x3fff, 0), 20),     // documentation
];
