//! The key file beside the database: seals mailbox passwords and signs what must come back to us unforged. Whoever has
//! a backup without `secret.key` has no password.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const NONCE_BYTES: usize = 24;
/// 128 bits: no one guesses that by mail (PROMISES P39).
const SIGNATURE_BYTES: usize = 16;

#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl SecretKey {
    pub fn from_bytes(bytes: [u8; 32]) -> SecretKey {
        SecretKey(bytes)
    }

    /// Reads `path`, or writes `fresh` there (mode 0600) when there is no such file yet.
    pub fn load_or_create(path: &Path, fresh: [u8; 32]) -> std::io::Result<SecretKey> {
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
            Ok(mut file) => {
                file.write_all(&fresh)?;
                file.sync_all()?;
                Ok(SecretKey(fresh))
            }
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {
                let mut bytes = Vec::new();
                OpenOptions::new().read(true).open(path)?.read_to_end(&mut bytes)?;
                let bytes =
                    bytes.try_into().map_err(|_| std::io::Error::other(format!("{} is not a key of 32 bytes: restore it from your backup", path.display())))?;
                Ok(SecretKey(bytes))
            }
            Err(e) => Err(e),
        }
    }

    /// Encrypts `plain`; `purpose` must be the same when it is opened. `nonce` must be random.
    pub fn seal(&self, purpose: &str, plain: &[u8], nonce: [u8; NONCE_BYTES]) -> Vec<u8> {
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: purpose.as_bytes() }).expect("a password fits in memory");
        [&nonce[..], &sealed].concat()
    }

    /// What `seal` was given; nothing if the key, the purpose or a byte differs.
    pub fn open(&self, purpose: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE_BYTES)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().ok()?;
        self.cipher().decrypt(&XNonce::from(nonce), Payload { msg: body, aad: purpose.as_bytes() }).ok()
    }

    /// 128 bits of HMAC-SHA256 over purpose and text, as letters and digits that survive any mail server.
    pub fn sign(&self, purpose: &str, text: &str) -> String {
        let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(text.as_bytes());
        data_encoding::BASE32_NOPAD.encode(&mac.finalize().into_bytes()[..SIGNATURE_BYTES]).to_ascii_lowercase()
    }

    /// Compares in constant time.
    pub fn verify(&self, purpose: &str, text: &str, signature: &str) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.sign(purpose, text).as_bytes(), signature.to_ascii_lowercase().as_bytes()).into()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&self.0.into())
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// HMAC-SHA256 under a secret that others share (RFC 2104): what webhooks are signed with.
pub fn hmac_sha256(secret: &[u8], text: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(text);
    mac.finalize().into_bytes().into()
}

/// SHA-256, for tokens at rest and for the names of blobs.
pub fn digest(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_only_with_the_same_key_and_purpose() {
        let key = SecretKey::from_bytes([7; 32]);
        let sealed = key.seal("imap 1", b"hunter2", [1; NONCE_BYTES]);
        assert!(!sealed.windows(7).any(|w| w == b"hunter2"));
        assert_eq!(key.open("imap 1", &sealed).as_deref(), Some(&b"hunter2"[..]));
        assert_eq!(key.open("imap 2", &sealed), None);
        assert_eq!(SecretKey::from_bytes([8; 32]).open("imap 1", &sealed), None);
        assert_eq!(key.open("imap 1", &sealed[..10]), None);
    }

    #[test]
    fn a_signature_is_bound_to_its_text_and_purpose() {
        let key = SecretKey::from_bytes([7; 32]);
        let signature = key.sign("conversation", "42.abc");
        assert!(key.verify("conversation", "42.abc", &signature.to_uppercase()));
        assert!(!key.verify("conversation", "43.abc", &signature));
        assert!(!key.verify("form", "42.abc", &signature));
    }
}
