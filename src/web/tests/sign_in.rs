//! Signing in and out, what guessing brings, how sessions end.

use super::*;

const HOUR: i64 = 60 * 60 * 1000;

#[tokio::test]
async fn an_agent_signs_in_and_out_again() {
    let shop = Shop::new();
    shop.add_agent("jules@shop.test", Role::Agent);
    let mut browser = shop.browser();
    let refused = browser.get("/settings/profile?x=1").await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
    assert!(refused.body.contains("<h1>Sign in</h1>") && refused.body.contains("value=\"/settings/profile?x=1\""), "{}", refused.body);
    let answer = browser.post("/login", &[("email", "jules@shop.test"), ("password", PASSWORD), ("to", "/settings")]).await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, "/settings"));
    assert!(answer.header("set-cookie").contains("; HttpOnly") && answer.header("set-cookie").contains("SameSite=Lax"));
    assert_eq!(browser.get("/").await.header("location"), "/inbox");
    let cookies = browser.cookies.clone();
    assert_eq!(browser.submit("/settings/profile", "/logout", &[]).await.status, StatusCode::SEE_OTHER);
    browser.cookies = cookies; // a copy of the old cookie is worth nothing
    assert_eq!(browser.get("/").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn nobody_is_led_to_another_site_by_signing_in() {
    let shop = Shop::new();
    shop.add_agent("jules@shop.test", Role::Agent);
    let answer = shop.browser().post("/login", &[("email", "jules@shop.test"), ("password", PASSWORD), ("to", "//evil.test/")]).await;
    assert_eq!(answer.header("location"), "/");
}

#[tokio::test]
async fn p58_the_answer_is_the_same_whether_the_account_exists_or_not() {
    let shop = Shop::new();
    shop.add_agent("known@shop.test", Role::Agent);
    let gone = shop.add_agent("stale@shop.test", Role::Agent);
    shop.write(move |tx| tx.execute("UPDATE agent SET disabled_at = 1 WHERE id = ?1", [gone]));
    let mut answers = Vec::new();
    // Twenty tries are looked at, the others are refused before: for accounts that nobody has, too.
    for (email, password) in [("known@shop.test", "a wrong password"), ("nobody@shop.test", "a wrong password"), ("stale@shop.test", PASSWORD)] {
        for (try_, locked) in (0..23).map(|n| (n, n >= 20)) {
            let before = shop.state.passwords_hashed();
            let answer = shop.browser().post("/login", &[("email", email), ("password", password)]).await;
            assert_eq!(answer.status, if locked { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::UNAUTHORIZED }, "{email} {try_}");
            assert_eq!(answer.header("set-cookie"), "");
            assert_eq!(shop.state.passwords_hashed() - before, u64::from(!locked), "{email} {try_}: a different amount of work would be heard in the time");
            answers.push((locked, answer.body.replace(email, "…")));
        }
    }
    answers.sort();
    answers.dedup();
    assert_eq!(answers.len(), 2, "one answer for a wrong try, one for a locked account: {answers:#?}");
}

#[test]
fn p58_who_does_not_exist_costs_as_much_as_who_does() {
    // The same algorithm, passes, memory and salt, and a hash of the same length: the comparison does all the work.
    let real = crate::agent::hash_password(PASSWORD, [0; 16]);
    let nobody = crate::web::login::NO_PASSWORD_YET;
    assert_eq!(real.rsplit_once('$').unwrap().0, nobody.rsplit_once('$').unwrap().0);
    assert_eq!(real.len(), nobody.len());
}

#[tokio::test]
async fn p58_ten_thousand_guesses_an_hour_are_hardly_looked_at() {
    let shop = Shop::new();
    shop.add_agent("jules@shop.test", Role::Agent);
    // From ever other places: only the count of the account itself can stop these.
    let places: Vec<&'static str> = (0..250).map(|n| &*format!("198.51.{n}.7").leak()).collect();
    for n in 0..10_000 {
        let mut guesser = shop.browser();
        guesser.address = places[n % places.len()];
        let answer = guesser.post("/login", &[("email", "Jules@shop.test"), ("password", "guess guess guess")]).await;
        assert!(answer.status.is_client_error());
    }
    assert!((1..=60).contains(&shop.state.passwords_hashed()), "{} of 10,000 were looked at", shop.state.passwords_hashed());
}

#[tokio::test]
async fn p58_guessing_stops_early_and_a_locked_account_can_be_reset() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let agent = shop.add_agent("jules@shop.test", Role::Agent);
    for n in 0..30 {
        let mut guesser = shop.browser();
        guesser.address = ["198.51.100.1", "198.51.100.2", "2001:db8::1"][n % 3];
        guesser.post("/login", &[("email", " JULES@shop.test"), ("password", "guess guess guess")]).await;
    }
    let right = shop.browser().post("/login", &[("email", "jules@shop.test"), ("password", PASSWORD)]).await;
    assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
    let mut owner = shop.browser_of(owner);
    owner.submit(&format!("/settings/agents/{agent}"), &format!("/settings/agents/{agent}/link"), &[]).await;
    let page = owner.get(&format!("/settings/agents/{agent}")).await;
    let link = page.body.split_once("value=\"http://help.shop.test").unwrap().1.split('"').next().unwrap().to_owned();
    let mut holder = shop.browser();
    assert_eq!(holder.post(&link, &[("password", "another four random words")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(holder.get("/").await.header("location"), "/inbox");
}

#[tokio::test]
async fn p58_the_right_password_is_not_counted() {
    let shop = Shop::new();
    shop.add_agent("jules@shop.test", Role::Agent);
    for _ in 0..22 {
        assert_eq!(shop.browser().post("/login", &[("email", "jules@shop.test"), ("password", PASSWORD)]).await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(shop.read(|c| c.one("SELECT count(*) FROM login_attempt", [], |r| r.get::<_, i64>(0))), 0);
}

#[tokio::test]
async fn p59_signing_in_gives_a_new_session_and_ends_the_one_before() {
    let shop = Shop::new();
    let id = shop.add_agent("jules@shop.test", Role::Agent);
    let mut browser = shop.browser_of(id);
    let before = browser.cookies.clone();
    browser.post("/login", &[("email", "jules@shop.test"), ("password", PASSWORD)]).await;
    assert_ne!(browser.cookies, before);
    assert_eq!(browser.get("/").await.status, StatusCode::SEE_OTHER);
    browser.cookies = before;
    assert_eq!(browser.get("/").await.status, StatusCode::UNAUTHORIZED);
    let stored = shop.dump().into_iter().filter(|row| row.starts_with("session:")).collect::<String>();
    assert!(!stored.contains(&browser.cookies[0].1), "the cookie itself is not stored");
}

#[tokio::test]
async fn p59_sessions_end_when_idle_when_old_and_when_the_account_is_disabled() {
    let shop = Shop::new();
    let owner = shop.add_agent("owner@shop.test", Role::Owner);
    let id = shop.add_agent("jules@shop.test", Role::Agent);
    for (idle, age, lives) in [(11 * HOUR, 11 * HOUR, true), (13 * HOUR, 13 * HOUR, false), (HOUR, 6 * 24 * HOUR, true), (HOUR, 8 * 24 * HOUR, false)] {
        let mut browser = shop.browser_of(id);
        shop.write(move |tx| {
            let now = world::now();
            tx.execute("UPDATE session SET created_at = ?1, last_seen_at = ?2 WHERE agent_id = ?3", (now - age, now - idle, id))
        });
        assert_eq!(browser.get("/").await.status == StatusCode::SEE_OTHER, lives, "idle {idle}, age {age}");
    }
    let mut browser = shop.browser_of(id);
    let mut chief = shop.browser_of(owner);
    let answer = chief.submit(&format!("/settings/agents/{id}"), &format!("/settings/agents/{id}/access"), &[("do", "disable")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert_eq!(browser.get("/").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn p59_a_changed_password_signs_out_every_other_browser() {
    let shop = Shop::new();
    let id = shop.add_agent("jules@shop.test", Role::Agent);
    let (mut here, mut elsewhere) = (shop.browser_of(id), shop.browser_of(id));
    let wrong =
        here.submit("/settings/profile", "/settings/profile/password", &[("password", "not this one"), ("new_password", "four other random words")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let right = here.submit("/settings/profile", "/settings/profile/password", &[("password", PASSWORD), ("new_password", "four other random words")]).await;
    assert_eq!(right.status, StatusCode::SEE_OTHER);
    assert_eq!(here.get("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(elsewhere.get("/").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_agent_ends_a_session_elsewhere_but_never_somebody_elses() {
    let shop = Shop::new();
    let (jules, mara) = (shop.add_agent("jules@shop.test", Role::Agent), shop.add_agent("mara@shop.test", Role::Agent));
    let (mut here, mut elsewhere, mut other) = (shop.browser_of(jules), shop.browser_of(jules), shop.browser_of(mara));
    let theirs = data_encoding::HEXLOWER.encode(&crate::secret::digest(other.cookies[0].1.as_bytes()));
    here.submit("/settings/profile", "/settings/profile/sessions", &[("session", &theirs)]).await;
    assert_eq!(other.get("/").await.status, StatusCode::SEE_OTHER);
    assert_eq!(elsewhere.get("/").await.status, StatusCode::SEE_OTHER);
    here.submit("/settings/profile", "/settings/profile/sessions", &[]).await;
    assert_eq!(elsewhere.get("/").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(here.get("/").await.status, StatusCode::SEE_OTHER);
}
