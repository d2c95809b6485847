//! What the owner decided for the whole shop. Few, typed, each with a default that most shops keep.

use crate::database::{Millis, Reader, Result, Writer, params};
use crate::id::AgentId;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Seconds in which a reply can be taken back.
pub const UNDO_SECONDS_DEFAULT: i64 = 10;

/// Nobody answers last year's questions; a month's may still wait.
const HISTORY_OPEN_DAYS_DEFAULT: i64 = 30;

pub const SHOP_NAME: &str = "shop_name";
pub const UNDO_SECONDS: &str = "undo_seconds";
/// Set by a restore: nothing is sent until the owner says so. Its value says why.
pub const OUTBOX_PAUSED: &str = "outbox_paused";
/// Days after which a mail found as history arrives resolved, not open.
pub const HISTORY_OPEN_DAYS: &str = "history_open_days";
/// Whether missing details of a return are asked for `automatic`ally or with `one_key`, which is what a shop begins with: an owner
/// who connects a mailbox must not find that letters left by themselves.
pub const RETURNS_ASK: &str = "returns_ask";
/// Days after which a customer who was asked and did not answer is asked once more; nothing: never.
pub const RETURNS_REMIND_DAYS: &str = "returns_remind_days";
/// The shape of the shop's order numbers, e.g. `AT-#####`.
pub const ORDER_PATTERN: &str = "order_pattern";
/// An owner's own lines of the rules by which requests are seen (`return_request::reading::Lexicon`).
pub const RETURN_WORDS: &str = "return_words";
/// Addresses beside the shop's own whose order and shipping confirmations are believed: ["orders@shop.example"].
pub const ORDER_SENDERS: &str = "order_senders";
/// Who is told of returns, and after what: {"address": …, "when": "complete" | "approved"}.
pub const FULFILMENT: &str = "fulfilment";
/// Sums above which an owner must agree: {"minor": …, "currency": …}.
pub const OWNER_AGREES_ABOVE: &str = "owner_agrees_above";
/// The language of a customer whose own is not known.
pub const LANGUAGE: &str = "language";
/// A return policy that is being written (`return_policy::draft`).
pub const POLICY_DRAFT: &str = "policy_draft";
/// What people type into their browser, as the running server was told: letters carry links to it.
pub const PUBLIC_URL: &str = "public_url";
/// Hosts of the shop's own network that custom actions may call: `action::Inside`.
pub const INSIDE_HOSTS: &str = "inside_hosts";
/// How fast and when follow-ups go: `follow_up::pace::Pace`.
pub const FOLLOW_UPS_PACE: &str = "follow_ups_pace";
/// When the house last looked for follow-ups that are due: what fell due while it was away is not sent in a burst.
pub const FOLLOW_UPS_LOOKED_AT: &str = "follow_ups_looked_at";
/// Both databases were written anew since freed pages are overwritten: the first erasure does it.
pub const FREED_PAGES_CLEAN: &str = "freed_pages_clean";
/// Changes with every restore, so that an index of another life is not believed.
pub const GENERATION: &str = "generation";

/// To which address pieces are mailed, and who may beside the agents: {"address": …, "senders": […]}.
pub const PIECE_MAIL: &str = "piece_mail";

pub fn get<T: DeserializeOwned>(c: &Reader, key: &str) -> Result<Option<T>> {
    let value = c.optional("SELECT value FROM setting WHERE key = ?1", [key], |r| r.get::<_, String>(0))?;
    Ok(value.and_then(|json| serde_json::from_str(&json).ok()))
}

pub fn set<T: Serialize>(tx: &Writer, key: &str, value: &T, by: Option<AgentId>, now: Millis) -> Result<()> {
    tx.execute(
        "INSERT INTO setting(key, value, changed_at, changed_by) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT(key) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at, changed_by = excluded.changed_by",
        params![key, serde_json::to_string(value)?, now, by],
    )?;
    Ok(())
}

pub fn clear(tx: &Writer, key: &str) -> Result<()> {
    tx.execute("DELETE FROM setting WHERE key = ?1", [key])?;
    Ok(())
}

/// How long a reply waits before it leaves.
pub fn undo_window(c: &Reader) -> Result<Millis> {
    Ok(get::<i64>(c, UNDO_SECONDS)?.unwrap_or(UNDO_SECONDS_DEFAULT).clamp(0, 120) * 1000)
}

/// Mail from before this moment was settled long ago, answered or not: it arrives resolved.
pub fn settled_before(c: &Reader, now: Millis) -> Result<Millis> {
    const DAY: Millis = 24 * 60 * 60 * 1000;
    Ok(now - get::<i64>(c, HISTORY_OPEN_DAYS)?.unwrap_or(HISTORY_OPEN_DAYS_DEFAULT) * DAY)
}

/// The shop's name, for templates and the sign-in page; the first mailbox's name where none was set.
pub fn shop_name(c: &Reader) -> Result<String> {
    if let Some(name) = get::<String>(c, SHOP_NAME)? {
        return Ok(name);
    }
    Ok(c.optional("SELECT name FROM mailbox ORDER BY id LIMIT 1", [], |r| r.get(0))?.unwrap_or_else(|| "Restante".into()))
}
