//! The live test of a way out: every step in words, and what to do about the one that failed. Nothing is sent.

use super::folder;
use super::smtp::{Patience, Server, Session};
use crate::account::{Carrier, Probe, ProbeStep};
use crate::email::EmailAddress;
use std::sync::Arc;

/// A mailbox that is being set up.
#[derive(Clone, Debug)]
pub struct Draft<'a> {
    pub address: &'a EmailAddress,
    pub carrier: &'a Carrier,
    pub ca_pem: Option<&'a str>,
}

/// Connects, encrypts, signs in, and leaves.
pub fn probe(draft: &Draft, password: &str) -> Probe {
    let mut steps = Vec::new();
    let outcome = match draft.carrier {
        Carrier::Smtp(address) => {
            let wire = crate::email::compose::wire_address(draft.address).unwrap_or_default();
            let hello = wire.rsplit_once('@').map_or("localhost", |(_, domain)| domain).to_owned();
            let server =
                Server { address: address.clone(), password: password.to_owned(), ca_pem: draft.ca_pem.map(str::to_owned), hello, patience: Patience::PROBE };
            Session::open(server, &Arc::default(), &mut |words| steps.push(ProbeStep { words, ok: true })).map(Session::quit)
        }
        Carrier::Folder { path } => folder::try_out(path)
            .map(|()| steps.push(ProbeStep { words: format!("Letters are written into {}", path.display()), ok: true }))
            .map_err(|e| format!("The folder {} cannot be written to ({e}). Check that it exists and is not full.", path.display())),
    };
    if let Err(words) = outcome {
        steps.push(ProbeStep { words: if words.starts_with("SMTP") { words } else { format!("SMTP: {words}") }, ok: false });
    }
    Probe { steps }
}
