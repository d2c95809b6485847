//! One of the two servers in the mailbox form. A password is never written back into a page: what was typed travels
//! sealed, bound to the server that it was typed for (PROMISES P62).

use crate::account::{Passwords, Security, ServerAddress, Service};
use crate::secret::SecretKey;
use crate::web::Fields;
use crate::world;

#[derive(Clone, Default)]
pub struct Server {
    pub host: String,
    pub port: String,
    /// "tls", "start_tls" or "plain".
    pub security: String,
    pub user: String,
    /// Typed just now. No template shows it.
    pub password: String,
    /// The password typed before, sealed for this server.
    pub kept: String,
    pub insist: bool,
}

impl Server {
    pub fn of_fields(fields: &Fields, protocol: &str) -> Server {
        let get = |part: &str| fields.get(&format!("{protocol}_{part}")).to_owned();
        Server {
            host: get("host"),
            port: get("port"),
            security: get("security"),
            user: get("user"),
            password: fields.text(&format!("{protocol}_password")),
            kept: get("kept"),
            insist: fields.has(&format!("{protocol}_insist")),
        }
    }

    pub fn of_address(address: &ServerAddress) -> Server {
        let security = match address.security {
            Security::Tls => "tls",
            Security::StartTls => "start_tls",
            Security::Plain => "plain",
        };
        Server {
            host: address.host.clone(),
            port: address.port.to_string(),
            security: security.into(),
            user: if address.user.is_empty() { NOBODY.into() } else { address.user.clone() },
            insist: address.insist_on_plain,
            ..Server::default()
        }
    }

    pub fn fill(&mut self, (host, port, security): (&str, u16, Security)) {
        if self.host.is_empty() {
            let filled = Server::of_address(&ServerAddress { host: host.into(), port, security, user: self.user.clone(), insist_on_plain: false });
            *self = Server { password: std::mem::take(&mut self.password), kept: std::mem::take(&mut self.kept), ..filled };
        }
    }

    pub fn no_user(&self) -> bool {
        self.user == NOBODY
    }

    pub fn read(&self, which: &str, tls_port: u16, other_port: u16) -> Result<ServerAddress, String> {
        let security = match self.security.as_str() {
            "start_tls" => Security::StartTls,
            "plain" => Security::Plain,
            _ => Security::Tls,
        };
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || host.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '/' | '@')) {
            return Err(format!("Name the {which} server, like mail.shop.example, without anything around it."));
        }
        let usual = if security == Security::Tls { tls_port } else { other_port };
        let port = if self.port.is_empty() { Some(usual) } else { self.port.parse().ok().filter(|p| *p > 0) };
        let port = port.ok_or_else(|| format!("The {which} port is a number; usual is {usual}."))?;
        if self.user.contains(char::is_control) {
            return Err(format!("The {which} user holds a character that no server takes."));
        }
        let user = if self.no_user() { String::new() } else { self.user.clone() };
        let address = ServerAddress { host: host.to_owned(), port, security, user, insist_on_plain: self.insist };
        address.may_connect()?;
        Ok(address)
    }

    /// Typed now, typed before for this very server, or stored for this very server. Nobody signing in needs none.
    pub fn password_for(
        &self,
        server: &ServerAddress,
        key: &SecretKey,
        service: Service,
        stored: Option<(&ServerAddress, &Passwords)>,
    ) -> Result<Option<String>, String> {
        if server.user.is_empty() {
            return Ok(Some(String::new()));
        }
        if !self.password.is_empty() {
            return Ok(Some(self.password.clone()));
        }
        if let Some(kept) = unseal(key, service, server, &self.kept) {
            return Ok(Some(kept));
        }
        match stored.filter(|(old, _)| *old == server) {
            Some((_, passwords)) => passwords.open(key, service).map(Some),
            None => Ok(None),
        }
    }
}

/// Written as the user of a relay that asks for none.
const NOBODY: &str = "-";

pub fn seal(key: &SecretKey, service: Service, server: &ServerAddress, password: &str) -> String {
    data_encoding::BASE64URL_NOPAD.encode(&key.seal(&purpose(service, server), password.as_bytes(), world::random()))
}

fn unseal(key: &SecretKey, service: Service, server: &ServerAddress, kept: &str) -> Option<String> {
    let sealed = data_encoding::BASE64URL_NOPAD.decode(kept.as_bytes()).ok()?;
    String::from_utf8(key.open(&purpose(service, server), &sealed)?).ok()
}

fn purpose(service: Service, server: &ServerAddress) -> String {
    format!("typed {service:?} password for {}", server.url("mail"))
}
