//! Consent as evidence.
