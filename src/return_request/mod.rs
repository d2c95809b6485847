//! A return request: what a customer wants to give back and why, as facts with the sentences they rest on.

pub mod code;
pub mod fields;
pub mod reading;

pub use code::{Reason, Wish};
