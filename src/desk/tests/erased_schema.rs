//! Every table that may hold a word of a person is known to their erasure, or is known to hold none.

use super::shop::Shop;
use std::collections::BTreeSet;

/// Rows are emptied or deleted by `desk::rights::steps`, or go with the row that they belong to.
const CLEANED: &[&str] = &[
    "action_call",
    "attachment",
    "consent",
    "consent_asked",
    "consent_link",
    "conversation",
    "customer",
    "customer_address",
    "customer_join",
    "draft",
    "event",
    "follow_up",
    "interest",
    "lead",
    "lead_event",
    "ledger",
    "message",
    "message_reference",
    "message_text",
    "outbox",
    "outbox_recipient",
    "participant",
    "return_fact",
    "return_item",
    "return_link",
    "return_request",
    "return_upload",
    "shop_order",
    "upload",
    "wanted_letter",
    "wish",
];

/// With the reason why nothing of a customer stands there.
const HOLDS_NOBODY: &[(&str, &str)] = &[
    ("agent", "who answers"),
    ("custom_action", "what the owner wants called"),
    ("discount", "what the owner gives"),
    ("discount_code", "codes of the shop; whose one was goes with the follow-up"),
    ("erased_mail", "digests"),
    ("erased_raw", "digests, until the bytes are gone"),
    ("erasure", "that it was done, not to whom"),
    ("folder", "of the mailbox"),
    ("follow_up_plan", "what the owner wants"),
    ("login_attempt", "agents' accounts and networks"),
    ("mailbox", "the shop's own"),
    ("order_line", "what was bought, in the shop's books"),
    ("order_reference", "what the order is called elsewhere, in the shop's books"),
    ("piece", "what the shop sells"),
    ("piece_picture", "of a piece"),
    ("piece_sale", "how many of a piece"),
    ("policy_version", "the owner's words"),
    ("reply_template", "the shop's words"),
    ("return_field", "the owner's fields"),
    ("return_tally", "counts"),
    ("secret_link", "agents' links"),
    ("segment", "an agent's search, as it was typed"),
    ("session", "agents' browsers"),
    ("setting", "what the owner decided"),
    ("shop_key", "the shop's programs"),
    ("supplier", "who is marked as no customer"),
    ("suppression", "keyed hashes, kept so that nobody writes to them again"),
    ("tag", "the shop's words"),
    ("tally", "counts"),
];

#[test]
fn a_table_that_is_new_is_erased_or_holds_nobody() {
    let shop = Shop::open();
    let sql = "SELECT DISTINCT m.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS column
        WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND upper(column.type) IN ('TEXT', 'BLOB', 'ANY', '')";
    let there: BTreeSet<String> = shop.tx.all(sql, [], |r| r.get::<_, String>(0)).unwrap().into_iter().collect();
    let known: BTreeSet<String> = CLEANED.iter().copied().chain(HOLDS_NOBODY.iter().map(|(table, _)| *table)).map(str::to_owned).collect();
    assert_eq!(there, known, "decide what an erasure does with it: desk::rights::steps");
    assert!(CLEANED.iter().all(|table| HOLDS_NOBODY.iter().all(|(nobody, _)| nobody != table)));
}

#[test]
fn what_is_said_to_be_cleaned_is_named_in_the_steps_or_goes_with_a_row_that_is() {
    let shop = Shop::open();
    let steps = include_str!("../rights/steps.rs");
    for table in CLEANED {
        let named = ["UPDATE", "DELETE FROM"].iter().any(|verb| steps.contains(&format!("\"{verb} {table} ")));
        let owner = "SELECT EXISTS (SELECT 1 FROM pragma_foreign_key_list(?1) WHERE on_delete = 'CASCADE')";
        assert!(named || shop.tx.one(owner, [table], |r| r.get::<_, bool>(0)).unwrap(), "{table}");
    }
}
