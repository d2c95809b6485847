//! Restante: a self-hosted, email-first helpdesk for small shops. The rooms, from the cellar up.

// The cellar: knows nothing of helpdesks.
pub mod blobs; // raw mails by hash
pub mod database; // SQLite: many readers, one writer, a tick after every commit
pub mod email; // the letter itself, pure
pub mod failpoint; // steps at which a test can end the process
pub mod id; // row ids as types
pub mod money; // sums, never floats
pub mod secret; // the key file: seals passwords, signs tokens
pub mod spelling; // how far a word is from another

// The ground floor: the nouns, each whole.
pub mod account; // a mailbox's settings, folders, ledger, health
pub mod action; // what the owner wants called by HTTP, and what became of each call
pub mod agent; // who answers
pub mod consent; // what people agreed to, as evidence, and who said stop
pub mod conversation; // status, message, threading, timeline, tag, draft, list
pub mod customer; // who writes
pub mod follow_up; // what is written afterwards: plans, pace, codes
pub mod lead; // who may buy again: interests, wishes, segments
pub mod order; // what they bought, as far as the shop has told us
pub mod outbox; // letters waiting to leave
pub mod piece; // what the shop has for sale, and whom it would suit
pub mod reply_template; // words with placeholders
pub mod return_policy; // what the shop takes back: rules to a verdict, versions
pub mod return_request; // what comes back, why, and where it stands
pub mod search; // the index: derived, disposable
pub mod setting; // what the owner decided for the whole shop

// The first floor: what happens across the nouns.
pub mod automation; // what Restante does by itself: facts to actions, pure
pub mod desk; // the journeys, each one transaction

// The doors: the only code that waits for the world.
pub mod courier; // custom actions and webhooks to HTTP, through one guarded client
pub mod mailbox; // IMAP, or a folder of mails, to the desk
pub mod postman; // the outbox to SMTP, or to a folder
pub mod web; // what browsers see

// The roof, and what only doors and roof may touch.
pub mod app; // opens everything, starts the doors, stops them
pub mod commands; // the command line
pub mod world; // the clock and the dice
