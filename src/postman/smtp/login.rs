//! Signing in (RFC 4954): PLAIN, or LOGIN where a server knows nothing better. The password leaves only on an encrypted
//! connection, to this machine, or where the owner insists.

use super::Session;
use data_encoding::BASE64;

impl Session {
    pub(super) fn sign_in(&mut self, user: &str) -> Result<(), String> {
        let address = &self.server.address;
        if !self.wire.is_encrypted() && !address.is_loopback() && !address.insist_on_plain {
            return Err(format!("The connection to {} is not encrypted, so the password was not sent.", self.host()));
        }
        let password = self.server.password.clone();
        if user.contains('\0') || password.contains('\0') {
            return Err("The user name or the password holds a NUL, which no server takes: enter it again.".into());
        }
        let offered: Vec<String> = self.offer("AUTH").unwrap_or_default().split([' ', '=']).map(str::to_owned).collect();
        let has = |mechanism: &str| offered.iter().any(|o| o == mechanism);
        let answer = if has("PLAIN") {
            self.command(&format!("AUTH PLAIN {}", BASE64.encode(format!("\0{user}\0{password}").as_bytes())))
        } else if has("LOGIN") {
            self.login(user, &password)
        } else {
            return Err(format!(
                "{} does not let anyone sign in with a password here{}. Check the port (465 or 587), or ask your provider for an app password.",
                self.host(),
                if offered.iter().all(String::is_empty) { String::new() } else { format!(" (it offers {})", offered.join(", ")) }
            ));
        };
        let answer = answer.map_err(|e| format!("{} broke off while signing in: {e}.", self.host()))?;
        match answer.code {
            235 => Ok(()),
            400..500 => Err(format!("{} cannot check the password now: {}. It is tried again later.", self.host(), answer.words())),
            _ => Err(format!(
                "{} refuses the user name or the password: {}. Enter the password again; some providers want an app password.",
                self.host(),
                answer.words()
            )),
        }
    }

    fn login(&mut self, user: &str, password: &str) -> Result<super::Answer, super::Trouble> {
        let asked = self.command("AUTH LOGIN")?;
        if asked.code != 334 {
            return Ok(asked);
        }
        let asked = self.command(&BASE64.encode(user.as_bytes()))?;
        if asked.code != 334 {
            return Ok(asked);
        }
        self.command(&BASE64.encode(password.as_bytes()))
    }
}
