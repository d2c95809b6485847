//! The screens of follow-ups: plans, discounts, pace and the calendar, as owners and agents use them.

use super::*;
use crate::consent::{self, Given, Purpose, Way};
use crate::follow_up::{self, Kind, New, State as Stands, discount, plan};

const DISCOUNT: &[(&str, &str)] = &[("name", "Thank you"), ("worth", "10 %"), ("kind", "list"), ("codes", "A-1\nA-2\na-1"), ("ends", "days"), ("days", "30")];
const PLAN: &[(&str, &str)] = &[("name", "Thanks"), ("kind", "discount"), ("discount", "1"), ("days", "14"), ("after", "closed")];

impl Shop {
    /// Somebody who agreed, and a question to them that is planned.
    fn planned(&self, mailbox: MailboxId, address: &'static str) -> follow_up::FollowUpId {
        let key = self.state.key.clone();
        self.write(move |tx| {
            let now = world::now();
            let from = email::NameAddr { name: "Mara <b>Okafor</b>".into(), address: EmailAddress::parse(address).unwrap() };
            let customer_id = crate::customer::recognise(tx, &from, None, now)?;
            let given = Given {
                customer_id,
                address,
                purpose: Purpose::Offers,
                way: Way::Form,
                words: "Yes",
                policy_text: "",
                proof: "",
                message_id: None,
                at: now,
                by: None,
            };
            consent::grant(tx, &key, &given, now)?;
            let new = New {
                kind: Kind::CheckIn,
                customer_id,
                address,
                plan_id: None,
                return_id: None,
                piece_id: None,
                wish_id: None,
                discount_id: None,
                conversation_id: None,
                mailbox_id: mailbox,
                own_words: None,
                due_at: now + 60_000,
                by: None,
            };
            Ok(follow_up::plan(tx, &new, now)?.unwrap())
        })
    }
}

#[tokio::test]
async fn an_owner_makes_a_discount_and_a_plan_and_switches_it_on() {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    let mut browser = shop.browser_of(jules);
    assert!(browser.get("/follow-ups").await.body.contains("Every plan is off"));

    // What cannot be a discount comes back with everything that was typed.
    let wrong = [("name", "Thank you"), ("worth", ""), ("kind", "pattern"), ("pattern", "THANKS-#"), ("ends", "days"), ("days", "0")];
    let answer = browser.submit("/follow-ups/discounts", "/follow-ups/discounts", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(["What is it worth?", "At least 4 places", "a number from 1 to 730", "THANKS-#"].iter().all(|words| answer.body.contains(words)));
    assert_eq!(browser.submit("/follow-ups/discounts", "/follow-ups/discounts", DISCOUNT).await.status, StatusCode::SEE_OTHER);
    assert!(browser.get("/follow-ups/discounts/1").await.body.contains("one code each from a list, 2 left, valid for 30 days"));
    browser.submit("/follow-ups/discounts/1", "/follow-ups/discounts/1/codes", &[("codes", "Code,Value\nA-2,10\nA-3,10")]).await;
    assert!(browser.get("/follow-ups/discounts").await.body.contains("3 left"));

    let answer =
        browser.submit("/follow-ups/plans", "/follow-ups/plans", &[("name", "Thanks"), ("kind", "discount"), ("days", "x"), ("after", "closed")]).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains("Which discount?") && answer.body.contains(r#"value="x""#));
    assert_eq!(browser.submit("/follow-ups/plans", "/follow-ups/plans", PLAN).await.status, StatusCode::SEE_OTHER);
    let plans = shop.read(plan::all);
    assert!(plans[0].enabled_at.is_none(), "off until somebody switches it on");
    browser.submit("/follow-ups/plans", "/follow-ups/plans/1/switch", &[("on", "1")]).await;
    assert!(shop.read(plan::all)[0].enabled_at.is_some());
    let page = browser.get("/follow-ups/plans/1").await.body;
    assert!(page.contains("10 % off, 14 days after a return was refunded, replaced or credited") && page.contains("Save the plan"));
    browser.submit("/follow-ups/plans", "/follow-ups/plans/1/removal", &[]).await;
    assert_eq!(shop.read(plan::all).len(), 0);
    browser.submit("/follow-ups/discounts/1", "/follow-ups/discounts/1/end", &[]).await;
    assert!(shop.read(discount::all)[0].ended_at.is_some());
}

#[tokio::test]
async fn a_test_goes_to_the_owner_alone_and_touches_nobodys_consent() {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    shop.add_mailbox("support@shop.test");
    let mut browser = shop.browser_of(jules);
    browser.submit("/follow-ups/discounts", "/follow-ups/discounts", DISCOUNT).await;
    browser.submit("/follow-ups/plans", "/follow-ups/plans", PLAN).await;
    browser.submit("/follow-ups/plans", "/follow-ups/plans/1/test", &[]).await;
    let (to, consent, follow_ups, links) = shop.read(|c| {
        c.one(
            "SELECT (SELECT address FROM outbox_recipient), (SELECT consent_id FROM outbox), (SELECT count(*) FROM follow_up), (SELECT count(*) FROM consent_link)",
            [],
            |r| Ok((r.get::<_, String>(0)?, r.get::<_, Option<i64>>(1)?, r.get::<_, i64>(2)?, r.get::<_, i64>(3)?)),
        )
    });
    assert_eq!((to.as_str(), consent, follow_ups, links), ("jules@shop.test", None, 0, 0));
    let text: String = shop.read(|c| c.one("SELECT new_text FROM message_text", [], |r| r.get(0)));
    assert!(text.starts_with("Test: this is how it will read.") && text.contains("TEST-CODE") && text.contains("/unsubscribe/test"), "{text}");
    assert_eq!(shop.read(|c| discount::codes_of(c, crate::id::DiscountId(1), 9)).len(), 0, "no code is spent");
}

#[tokio::test]
async fn the_calendar_says_who_what_and_why_and_cancels_one_or_a_day() {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Agent);
    let mailbox = shop.add_mailbox("support@shop.test");
    let first = shop.planned(mailbox, "mara@example.test");
    shop.planned(mailbox, "jon@example.test");
    shop.planned(mailbox, "ida@example.test");
    let mut browser = shop.browser_of(jules);
    let page = browser.get("/follow-ups").await.body;
    assert!(page.contains("Is all well?") && page.contains("Cancel all 3") && page.contains("&#60;b&#62;Okafor") && !page.contains("<b>Okafor"));
    assert!(page.contains("Restante does not know its own address"), "why nothing goes");
    assert!(!page.contains("/follow-ups/plans"), "plans are the owner's");
    browser.submit("/follow-ups", &format!("/follow-ups/{first}/cancellation"), &[]).await;
    let found = shop.read(move |c| follow_up::find(c, first)).unwrap();
    assert_eq!((found.state, found.because.as_str()), (Stands::Cancelled, "cancelled by hand"));
    let day = page.split("name=\"day\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    browser.submit("/follow-ups", "/follow-ups/cancellation", &[("day", &day)]).await;
    assert!(browser.get("/follow-ups").await.body.contains("Nothing is planned."));
    // Whoever does not see the mailbox does not see its follow-ups, and cancels none.
    let hidden = shop.planned(mailbox, "eva@example.test");
    let other = shop.add_agent("other@shop.test", Role::Agent);
    let sales = shop.add_mailbox("sales@shop.test");
    shop.write(move |tx| agent::limit_to(tx, other, &[sales]));
    let mut browser = shop.browser_of(other);
    assert!(!browser.get("/follow-ups").await.body.contains("Is all well?"));
    browser.submit("/follow-ups", &format!("/follow-ups/{hidden}/cancellation"), &[]).await;
    assert_eq!(shop.read(move |c| follow_up::find(c, hidden)).unwrap().state, Stands::Planned);
}

#[tokio::test]
async fn the_pace_is_what_an_owner_says_within_what_is_humane() {
    let shop = Shop::new();
    let jules = shop.add_agent("jules@shop.test", Role::Owner);
    let mut browser = shop.browser_of(jules);
    let wrong = [("per_hour", "500"), ("per_month", "2"), ("from_hour", "19"), ("until_hour", "9"), ("country", "Sweden")];
    let answer = browser.submit("/follow-ups/pace", "/follow-ups/pace", &wrong).await;
    assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains(r#"value="500""#));
    assert!(["from 1 to 60", "the beginning before the end", "two letters"].iter().all(|words| answer.body.contains(words)), "{}", answer.body);
    let right = [("per_hour", "12"), ("per_month", "1"), ("from_hour", "10"), ("until_hour", "17"), ("country", "se")];
    assert_eq!(browser.submit("/follow-ups/pace", "/follow-ups/pace", &right).await.status, StatusCode::SEE_OTHER);
    let pace = shop.read(crate::desk::follow_ups::pace);
    assert_eq!((pace.per_hour, pace.per_month, pace.from_hour, pace.until_hour, pace.country.as_str()), (12, 1, 10, 17, "SE"));
}
