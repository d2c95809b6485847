//! `restante demo`

pub fn run(_data: Option<&std::path::Path>, _listen: std::net::SocketAddr) -> anyhow::Result<()> {
    anyhow::bail!("not built yet")
}
