//! `restante serve`: the whole product on a real mailbox, until it is asked to stop.

use super::accounts::{password_from_file, read_ca};
use super::{FirstMailbox, Listening};
use crate::app::first_start::{self, FromEnvironment};
use crate::app::{Door, Folder, Running, web_runtime};
use anyhow::{Context, bail};
use std::path::Path;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

pub fn run(data: &Path, listening: &Listening, mailbox: &FirstMailbox) -> anyhow::Result<()> {
    super::log::log_to_stderr();
    check_url(listening.url.as_deref())?;
    let runtime = web_runtime()?;
    // Now already: a stop during the start is a clean stop, too. The first process of a container would not even hear it.
    let stop = asked_to_stop(&runtime)?;
    let first = from_environment(mailbox)?;
    let folder = Folder::open(data)?;
    let running = Running::start(folder.clone())?;
    if let Some(first) = &first
        && first_start::add_mailbox(&folder, first)?
    {
        tracing::info!(address = %first.address, "the mailbox was added");
    }
    let door = Door { listen: listening.listen, url: listening.url.clone(), trusted_proxies: listening.trusted_proxy.clone() };
    let ready = |url: &str| {
        println!("Restante answers at {url}");
        if let Some(link) = first_start::setup_link(&folder, url)? {
            println!("First visit: make the owner's account at {link}");
        }
        Ok(())
    };
    running.serve(runtime, &door, ready, stop)
}

/// Ends when the process gets SIGTERM or SIGINT; one that comes before anybody waits for this is not missed.
pub fn asked_to_stop(runtime: &Runtime) -> anyhow::Result<impl Future<Output = ()> + Send + 'static + use<>> {
    let _here = runtime.enter();
    let mut term = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut int = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
    })
}

fn check_url(url: Option<&str>) -> anyhow::Result<()> {
    match url {
        Some(url) if !(url.starts_with("https://") || url.starts_with("http://")) => {
            bail!("--url “{url}” is no web address: write for example https://help.shop.example")
        }
        _ => Ok(()),
    }
}

fn from_environment(given: &FirstMailbox) -> anyhow::Result<Option<FromEnvironment>> {
    let Some(address) = given.address.clone() else { return Ok(None) };
    let need = |value: &Option<String>, name: &str| value.clone().with_context(|| format!("RESTANTE_MAILBOX_ADDRESS is set, but {name} is not"));
    let file = given.password_file.as_deref().context("RESTANTE_MAILBOX_ADDRESS is set, but RESTANTE_MAILBOX_PASSWORD_FILE is not")?;
    Ok(Some(FromEnvironment {
        address,
        imap: need(&given.imap, "RESTANTE_IMAP_URL")?,
        smtp: need(&given.smtp, "RESTANTE_SMTP_URL")?,
        password: password_from_file(file)?,
        ca_pem: given.ca_file.as_deref().map(read_ca).transpose()?,
    }))
}
