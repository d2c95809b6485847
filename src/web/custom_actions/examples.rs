//! Actions to begin with, in the shapes of the services' public documentation; docs/actions.md explains each and says what was checked.

use crate::action::{BodyKind, Definition, Good, Method, Then};
use crate::return_request::{Decision, State};

/// Code and words of those that there are.
pub const EXAMPLES: &[(&str, &str)] = &[("stripe", "a refund by Stripe"), ("shopify", "a refund in Shopify"), ("woocommerce", "a refund in WooCommerce")];

/// Of the Admin API's `refundCreate`, which wants the key in the mutation itself.
const SHOPIFY_REFUND: &str = r#"{"query": "mutation($input: RefundInput!, $key: String!) { refundCreate(input: $input) @idempotent(key: $key) { refund { id } userErrors { message } } }",
 "variables": {"key": "{{key}}", "input": {"orderId": "{{order_id}}", "currency": "{{currency}}", "note": "Return {{return}}", "notify": false,
  "transactions": [{"orderId": "{{order_id}}", "parentId": "{{payment}}", "kind": "REFUND", "gateway": "shopify_payments", "amount": "{{amount}}"}]}}}"#;

/// A name, and a definition whose gaps are in capitals.
pub fn example(code: &str) -> Option<(&'static str, Definition)> {
    let refund = Definition {
        button: true,
        fired_by: Some(State::ToRefund),
        decisions: vec![Decision::Refund, Decision::PartialRefund, Decision::KeepItem],
        then: Some(Then::AsDecided),
        ..Definition::default()
    };
    let secret = |name: &str| vec![name.to_owned()];
    Some(match code {
        "stripe" => (
            "Refund by Stripe",
            Definition {
                url: "https://api.stripe.com/v1/refunds".into(),
                secret_headers: secret("Authorization"),
                body_kind: BodyKind::Form,
                body: "payment_intent={{payment}}\namount={{amount_minor}}\nreason=requested_by_customer\nmetadata[return]={{return}}".into(),
                good: Good { pointer: "/status".into(), value: "succeeded|pending".into(), ..Good::default() },
                reference: "/id".into(),
                repeatable: true,
                ..refund
            },
        ),
        "shopify" => (
            "Refund in Shopify",
            Definition {
                url: "https://YOUR-SHOP.myshopify.com/admin/api/2026-10/graphql.json".into(),
                secret_headers: secret("X-Shopify-Access-Token"),
                body: SHOPIFY_REFUND.into(),
                good: Good { pointer: "/data/refundCreate/refund/id".into(), ..Good::default() },
                reference: "/data/refundCreate/refund/id".into(),
                repeatable: true,
                ..refund
            },
        ),
        "woocommerce" => (
            "Refund in WooCommerce",
            Definition {
                method: Method::Post,
                url: "https://YOUR-SHOP.example/wp-json/wc/v3/orders/{{order_number}}/refunds".into(),
                secret_headers: secret("Authorization"),
                body: "{\"amount\": \"{{amount}}\", \"reason\": \"Return {{return}}: {{reason}}\", \"api_refund\": true, \"api_restock\": false}".into(),
                reference: "/id".into(),
                ..refund
            },
        ),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::action::answer::{Answer, Fate, judge};
    use crate::action::{Action, ActionId, Facts, Inside, Kind, Secrets, fill, request};

    #[test]
    fn every_example_could_be_saved() {
        for (code, _) in EXAMPLES {
            let (_, definition) = example(code).unwrap();
            assert_eq!(definition.complaints(Kind::Call, &Inside::default(), &[]), [], "{code}");
        }
    }

    /// What is sent under the word `k1`, and what comes of an answer.
    fn sent(code: &str, facts: &Facts) -> (String, impl Fn(u16, &str) -> (Fate, String) + use<>) {
        let (name, definition) = example(code).unwrap();
        let mut secrets = Secrets::default();
        definition.secret_headers.iter().for_each(|header| secrets.set(header, "a secret of theirs"));
        let made = request::make(Kind::Call, &definition, &secrets, facts, "k1", 0).unwrap();
        let action = Action { id: ActionId(1), kind: Kind::Call, name: name.into(), definition, sealed: None };
        let answer = move |status: u16, body: &str| {
            let outcome = judge(&action, &Secrets::default(), &Answer { status, body: body.into(), ..Answer::default() });
            (outcome.fate, outcome.reference)
        };
        (format!("{} {}\n{}", made.method, made.target.path, String::from_utf8(made.body).unwrap()), answer)
    }

    #[test]
    fn a_refund_by_stripe_is_a_form_in_the_smallest_unit_and_its_answer_a_refund() {
        let (request, answered) = sent("stripe", &fill::sample(&[]));
        assert_eq!(request, "POST /v1/refunds\npayment_intent=pi_example&amount=6800&reason=requested_by_customer&metadata%5Breturn%5D=R-0000");
        const GOOD: &str = include_str!("../../../tests/fixtures/shops/stripe_refund.json");
        assert_eq!(answered(200, GOOD), (Fate::Done, "re_1Example0000000000000000".to_owned()));
        assert_eq!(answered(200, &GOOD.replace("succeeded", "pending")).0, Fate::Done);
        for other in ["requires_action", "failed", "canceled"] {
            assert_eq!(answered(200, &GOOD.replace("succeeded", other)).0, Fate::Refused, "{other}");
        }
        assert_eq!(answered(402, r#"{"error": {"type": "invalid_request_error", "code": "charge_already_refunded"}}"#).0, Fate::Refused);
    }

    #[test]
    fn a_refund_in_shopify_carries_its_key_in_the_mutation_and_its_user_errors_are_a_no() {
        let mut facts = fill::sample(&[]);
        facts.extend(
            [("order_id", "gid://shopify/Order/5533112"), ("payment", "gid://shopify/OrderTransaction/42239183")].map(|(k, v)| (k.to_owned(), v.into())),
        );
        let (request, answered) = sent("shopify", &facts);
        let (line, body) = request.split_once('\n').unwrap();
        assert_eq!(line, "POST /admin/api/2026-10/graphql.json");
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert!(body["query"].as_str().unwrap().contains("refundCreate(input: $input) @idempotent(key: $key)"), "{body}");
        let input = &body["variables"]["input"];
        assert_eq!((body["variables"]["key"].as_str(), input["orderId"].as_str()), (Some("k1"), Some("gid://shopify/Order/5533112")));
        let transaction = &input["transactions"][0];
        assert_eq!((transaction["amount"].as_str(), transaction["kind"].as_str()), (Some("68.00"), Some("REFUND")));
        assert_eq!(transaction["parentId"], "gid://shopify/OrderTransaction/42239183");
        let good = answered(200, include_str!("../../../tests/fixtures/shops/shopify_refund.json"));
        assert_eq!(good, (Fate::Done, "gid://shopify/Refund/929361463".to_owned()));
        assert_eq!(answered(200, include_str!("../../../tests/fixtures/shops/shopify_refund_refused.json")).0, Fate::Refused);
    }

    #[test]
    fn a_refund_in_woocommerce_is_a_sum_as_text_below_its_order() {
        let (request, answered) = sent("woocommerce", &fill::sample(&[]));
        let (line, body) = request.split_once('\n').unwrap();
        assert_eq!(line, "POST /wp-json/wc/v3/orders/AT-10482/refunds");
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((body["amount"].as_str(), body["api_refund"].as_bool(), body["api_restock"].as_bool()), (Some("68.00"), Some(true), Some(false)));
        assert_eq!(answered(201, include_str!("../../../tests/fixtures/shops/woocommerce_refund.json")), (Fate::Done, "726".to_owned()));
        assert_eq!(answered(500, r#"{"code": "woocommerce_rest_cannot_create_order_refund"}"#).0, Fate::Uncertain);
    }
}
