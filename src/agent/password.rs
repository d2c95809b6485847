//! Passwords: argon2id, long rather than clever (NIST SP 800-63B: length counts, composition rules do not).

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

pub const PASSWORD_CHARS_MIN: usize = 10;
/// Hashing an endless password would be a way to keep the server busy.
const PASSWORD_BYTES_MAX: usize = 512;
/// OWASP's recommendation for argon2id: 19 MiB, two passes, one lane.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// What is wrong with a new password, in words; `None` when it is fine.
pub fn password_complaint(password: &str) -> Option<String> {
    let length = password.chars().count();
    if length < PASSWORD_CHARS_MIN {
        return Some(format!("A password needs at least {PASSWORD_CHARS_MIN} characters; this one has {length}. Four random words are a good one."));
    }
    (password.len() > PASSWORD_BYTES_MAX).then(|| format!("A password may have at most {PASSWORD_BYTES_MAX} bytes."))
}

/// The PHC string to store; `salt` must be fresh randomness.
pub fn hash_password(password: &str, salt: [u8; 16]) -> String {
    argon2().hash_password_with_salt(password.as_bytes(), &salt).expect("a salt of 16 bytes and fixed parameters are valid").to_string()
}

/// Takes the same time whether the account exists or not when called with `DUMMY_HASH` for those that do not.
pub fn verify_password(password: &str, stored: &str) -> bool {
    password.len() <= PASSWORD_BYTES_MAX && PasswordHash::new(stored).is_ok_and(|hash| argon2().verify_password(password.as_bytes(), &hash).is_ok())
}

fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(MEMORY_KIB, PASSES, 1, None).expect("fixed parameters are valid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_opens() {
        let stored = hash_password("correct horse battery", [3; 16]);
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify_password("correct horse battery", &stored));
        assert!(!verify_password("correct horse batter", &stored));
        assert!(!verify_password("x", "not a hash"));
    }

    #[test]
    fn a_short_password_is_refused_in_words() {
        assert!(password_complaint("short").unwrap().contains("at least 10"));
        assert_eq!(password_complaint("long enough it is"), None);
    }
}
