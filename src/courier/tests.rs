//! The courier on loopback.
