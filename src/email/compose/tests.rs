//! Letters as they leave.
