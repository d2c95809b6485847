//! Restante: a self-hosted, email-first helpdesk for small shops. The rooms, from the cellar up.

// The cellar: knows nothing of helpdesks.
pub mod blobs; // raw mails by hash
pub mod database; // SQLite: many readers, one writer, a tick after every commit
pub mod email; // the letter itself, pure
pub mod failpoint; // steps at which a test can end the process
pub mod secret; // the key file: seals passwords, signs tokens

// The roof, and what only doors and roof may touch.
pub mod world; // the clock and the dice
