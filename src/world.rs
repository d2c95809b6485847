//! The clock and the dice: the only place that asks for the time or for randomness. Doors and commands call it; what
//! lies below them is told.

use crate::database::Millis;

/// Milliseconds since 1970 UTC.
pub fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

/// Bytes from the operating system's generator, fit for secrets.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}

/// 128 random bits as 26 letters and digits: message ids, boundaries, file names.
pub fn random_word() -> String {
    data_encoding::BASE32_NOPAD.encode(&random::<16>()).to_ascii_lowercase()
}

/// 256 random bits for a URL or a cookie.
pub fn random_token() -> String {
    data_encoding::BASE64URL_NOPAD.encode(&random::<32>())
}
