//! A custom action, with the real binary: the owner defines it by forms, a decision fires it, and although the process dies between the
//! answer and its record, the other side can tell the repeat by its key; the return ends refunded, with the reference.

use crate::support::api::Api;
use crate::support::restante::{add_mailbox, add_owner};
use crate::support::shop::{question, settle};
use crate::support::{PATIENCE, Restante, Visitor, eventually, header, ports};
use std::path::Path;

/// The process ends here: it was answered, and nobody wrote that down.
const STEP: &str = "courier.answered";
const SECRET: &str = "canary-of-the-payment-provider";

#[test]
fn a_refund_is_issued_once_although_the_plug_is_pulled_before_its_answer_is_written_down() {
    let api = Api::answering(&[("200 OK", r#"{"id": "re_17", "status": "succeeded"}"#)]);
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    add_owner(&data);
    let nowhere = format!("imap://idle%40shop.test@127.0.0.1:{}", ports::free());
    add_mailbox(&data, "idle@shop.test", &nowhere, &nowhere.replace("imap:", "smtp:"), &[]);
    settle(&data, "undo_seconds", "0");
    let restante = Restante::serve_with(&data, &["--fail-at", STEP]);
    let owner = Visitor::owner(restante.port);
    define(&owner, api.port);
    start_a_return(restante.port);
    decide(&owner);
    let (status, log) = restante.wait(PATIENCE);
    assert_eq!(status.code(), Some(restante::failpoint::EXIT_CODE), "{log}");
    assert_eq!(api.heard().len(), 1);

    let restante = Restante::serve_talkative(&data, "trace");
    eventually("the call waits for its repeat", || question(&data, "SELECT 1 FROM action_call WHERE state = 'waiting' AND in_doubt", ""));
    // Its time has come.
    rusqlite::Connection::open(data.join("restante.db")).unwrap().execute("UPDATE action_call SET due_at = 0", []).unwrap();
    eventually("the return is refunded", || question(&data, "SELECT 1 FROM return_request WHERE state = 'refunded'", ""));
    let owner = Visitor::owner(restante.port);
    let page = owner.get("/calls/1");
    assert!(page.html.contains("re_17") && page.html.contains("done") && !page.html.contains(SECRET), "{}", page.html);
    restante.stop();
    Restante::serve(&data).stop();
    let heard = api.heard();
    assert_eq!(heard.len(), 2, "{heard:?}");
    let key = header(&heard[0], "Idempotency-Key");
    assert!(!key.is_empty() && key == header(&heard[1], "Idempotency-Key"), "{heard:?}");
    assert!(heard[0].ends_with("amount=6800&metadata%5Breturn%5D=R-0001") && heard[0].contains(SECRET), "{}", heard[0]);
    no_secret_in(&data);
}

/// The owner defines the action, and names the one inside host that it may reach.
pub fn define(owner: &Visitor, port: u16) {
    let mut hosts = owner.get("/settings/actions").form_with("name=\"hosts\"");
    hosts.set("hosts", &format!("127.0.0.1:{port}"));
    owner.submit(&hosts);
    let mut action = owner.get("/settings/actions/new?kind=call").form_with("name=\"url\"");
    for (name, value) in [
        ("name", "Issue the refund"),
        ("method", "POST"),
        ("url", &format!("http://127.0.0.1:{port}/v1/refunds")),
        ("secret_name_1", "Authorization"),
        ("secret_value_1", &format!("Bearer {SECRET}")),
        ("body_kind", "form"),
        ("body", "amount={{amount_minor}}\nmetadata[return]={{return}}"),
        ("good_pointer", "/status"),
        ("good_value", "succeeded|pending"),
        ("reference", "/id"),
        ("fired_by", "to_refund"),
        ("then", "as_decided"),
        ("repeatable", "1"),
    ] {
        action.set(name, value);
    }
    let saved = owner.submit(&action);
    assert!(saved.path.starts_with("/settings/actions/1") && saved.html.contains("Saved."), "{} {}", saved.path, saved.html);
}

fn start_a_return(port: u16) {
    let stranger = Visitor::of(port);
    let mut form = stranger.get("/start-a-return").form_with("name=\"address\"");
    for (name, value) in [("address", "mara@example.test"), ("order_number", "AT-10482"), ("item", "Low Tide"), ("reason", "damaged"), ("wish", "refund")] {
        form.set(name, value);
    }
    let sent = stranger.submit(&form);
    assert_eq!(sent.status, 200, "{}", sent.html);
}

fn decide(owner: &Visitor) {
    let mut decide = owner.get("/returns/1/decide?decision=refund").form_with("Send and decide");
    decide.set("amount", "68.00 EUR");
    decide.set("text", "Hello Mara, your refund of 68.00 EUR is on its way.");
    // The process may end before it has answered: that is the story.
    owner.http.post(owner.url(&decide.action)).form(&decide.fields).header("origin", owner.url("")).send().ok();
}

fn no_secret_in(data: &Path) {
    crate::borders::source::walk(data.parent().unwrap(), &mut |path| {
        let bytes = std::fs::read(path).unwrap();
        assert!(!bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes()), "{path:?}");
    });
}
