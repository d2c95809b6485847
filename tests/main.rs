//! The one test binary: what needs the whole product, real servers or a browser. Unit tests stand beside the code.

mod borders;
mod promises;
mod stories;
mod support;
