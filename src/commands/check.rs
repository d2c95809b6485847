//! `restante check`: tries every mailbox's servers and says in words what is wrong. `--health` asks the running server, for
//! a container's health check.

use crate::account;
use crate::app::{Folder, probe_account};
use anyhow::{Context, bail};
use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::time::Duration;

/// A container is asked every half minute; an answer that takes longer is none.
const HEALTH_PATIENCE: Duration = Duration::from_secs(3);

pub fn servers(data: &Path, out: &mut impl Write) -> anyhow::Result<()> {
    let folder = Folder::open_existing(data)?;
    let accounts = folder.db.read(account::all)?;
    if accounts.is_empty() {
        bail!("there is no mailbox yet: add one with `restante mailbox add`, or in the browser");
    }
    let mut broken = 0;
    for found in accounts {
        writeln!(out, "{}", found.address)?;
        let probe = probe_account(&folder, &found);
        for step in &probe.steps {
            writeln!(out, "  {} {}", if step.ok { "ok  " } else { "FAIL" }, step.words)?;
        }
        broken += usize::from(!probe.ok());
    }
    if broken > 0 {
        bail!("{broken} of the mailboxes cannot work like this");
    }
    Ok(())
}

/// Asks `/healthz` of the server that listens on `address`.
pub fn health(address: SocketAddr, out: &mut impl Write) -> anyhow::Result<()> {
    let reachable = SocketAddr::new(from_inside(address.ip()), address.port());
    let mut stream = TcpStream::connect_timeout(&reachable, HEALTH_PATIENCE).with_context(|| format!("nothing answers on {reachable}"))?;
    stream.set_read_timeout(Some(HEALTH_PATIENCE))?;
    write!(stream, "GET /healthz HTTP/1.0\r\nHost: {reachable}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).context("the server did not finish its answer")?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    writeln!(out, "{}", body.trim())?;
    if head.split(' ').nth(1) != Some("200") {
        bail!("not well");
    }
    Ok(())
}

/// 0.0.0.0 is where a server listens, not where one asks.
fn from_inside(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(v4) if v4.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(v6) if v6.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        other => other,
    }
}
