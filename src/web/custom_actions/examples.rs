//! Actions to begin with, as the services' public documentation has them; docs/actions.md explains each.

use crate::action::{BodyKind, Definition, Good, Method, Then};
use crate::return_request::{Decision, State};

/// Code and words of those that there are.
pub const EXAMPLES: &[(&str, &str)] = &[("stripe", "a refund by Stripe"), ("shopify", "a refund in Shopify"), ("woocommerce", "a refund in WooCommerce")];

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
                url: "https://YOUR-SHOP.myshopify.com/admin/api/2025-01/orders/{{order_id}}/refunds.json".into(),
                secret_headers: secret("X-Shopify-Access-Token"),
                body: "{\"refund\": {\"note\": \"Return {{return}}\", \"notify\": false, \"currency\": \"{{currency}}\",\n  \"transactions\": [{\"parent_id\": {{payment}}, \
                       \"amount\": \"{{amount}}\", \"kind\": \"refund\", \"gateway\": \"shopify_payments\"}]}}"
                    .into(),
                reference: "/refund/id".into(),
                ..refund
            },
        ),
        "woocommerce" => (
            "Refund in WooCommerce",
            Definition {
                method: Method::Post,
                url: "https://YOUR-SHOP.example/wp-json/wc/v3/orders/{{order_number}}/refunds".into(),
                secret_headers: secret("Authorization"),
                body: "{\"amount\": \"{{amount}}\", \"reason\": \"Return {{return}}: {{reason}}\", \"api_refund\": true}".into(),
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
    use crate::action::{Inside, Kind};

    #[test]
    fn every_example_could_be_saved() {
        for (code, _) in EXAMPLES {
            let (_, definition) = example(code).unwrap();
            assert_eq!(definition.complaints(Kind::Call, &Inside::default(), &[]), [], "{code}");
        }
    }
}
