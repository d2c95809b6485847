//! Mailbox passwords, sealed with the key file. They are opened at the moment of signing in, and nowhere else.

use crate::secret::SecretKey;

/// Which of the two servers a password is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Service {
    Imap,
    Smtp,
}

/// Sealed bytes; `None` where no password is needed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Passwords {
    pub imap: Option<Vec<u8>>,
    pub smtp: Option<Vec<u8>>,
}

impl Passwords {
    /// Seals both; each nonce must be fresh randomness.
    pub fn seal(key: &SecretKey, imap: &str, smtp: &str, nonces: [[u8; 24]; 2]) -> Passwords {
        let seal = |service: Service, plain: &str, nonce| (!plain.is_empty()).then(|| key.seal(service.purpose(), plain.as_bytes(), nonce));
        Passwords { imap: seal(Service::Imap, imap, nonces[0]), smtp: seal(Service::Smtp, smtp, nonces[1]) }
    }

    /// The password in clear, or in words why it cannot be had. Empty where none is needed.
    pub fn open(&self, key: &SecretKey, service: Service) -> Result<String, String> {
        let sealed = match service {
            Service::Imap => &self.imap,
            Service::Smtp => &self.smtp,
        };
        let Some(sealed) = sealed else { return Ok(String::new()) };
        let plain = key
            .open(service.purpose(), sealed)
            .ok_or("The stored password cannot be read with this secret.key: enter the password again, or restore the key file.")?;
        String::from_utf8(plain).map_err(|_| "The stored password is damaged: enter it again.".into())
    }
}

impl Service {
    fn purpose(self) -> &'static str {
        match self {
            Service::Imap => "imap password",
            Service::Smtp => "smtp password",
        }
    }
}

impl std::fmt::Debug for Passwords {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("Passwords(sealed)")
    }
}
