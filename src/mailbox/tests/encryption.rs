//! PROMISES P12: TLS or nothing; no byte of a password before.
