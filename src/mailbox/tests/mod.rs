//! Stories of mail coming in.
