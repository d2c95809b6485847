//! Against a real Postfix, by hand: `RESTANTE_TEST_SMTP` (an address as `mailbox add` takes it), `RESTANTE_TEST_CA` (a PEM
//! file), `RESTANTE_TEST_PASSWORD`, `RESTANTE_TEST_TO`.

use super::*;

#[test]
#[ignore = "needs a server: see the file's first lines"]
fn a_real_server_takes_a_letter() {
    let var = |name: &str| std::env::var(name).unwrap();
    let address = ServerAddress::parse_smtp(&var("RESTANTE_TEST_SMTP")).unwrap();
    let ca_pem = std::env::var("RESTANTE_TEST_CA").ok().map(|path| std::fs::read_to_string(path).unwrap());
    let carrier = Carrier::Smtp(address);
    let support = EmailAddress::parse("support@shop.test").unwrap();
    let found = probe(&Draft { address: &support, carrier: &carrier, ca_pem: ca_pem.as_deref() }, &var("RESTANTE_TEST_PASSWORD"));
    assert!(found.ok(), "{found:?}");
    let shop = Shop::with(carrier, ca_pem, QUICK);
    let passwords = Passwords::seal(&key(), "", &var("RESTANTE_TEST_PASSWORD"), [[1; 24], [2; 24]]);
    shop.office.db.write(move |tx| tx.execute("UPDATE mailbox SET smtp_password = ?1", [passwords.smtp])).unwrap();
    let to = var("RESTANTE_TEST_TO");
    let (_, id) = shop.queue(&[to.as_str(), "nobody@elsewhere.test"]);
    shop.round();
    let fates = shop.recipients(id);
    assert!(fates.iter().any(|(address, state, _)| *address == to && state == "accepted"), "{fates:?} {:?}", shop.complaint());
    assert!(fates.iter().any(|(address, state, _)| address == "nobody@elsewhere.test" && state == "failed"), "{fates:?}");
    println!("{found:?}\n{fates:?}");
}
