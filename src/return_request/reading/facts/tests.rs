//! Letters as people write them, with what they state.
