//! `restante serve`: the whole product on a real mailbox.

use super::{FirstMailbox, Listening};
use std::path::Path;

pub fn run(_data: &Path, _listening: &Listening, _mailbox: &FirstMailbox) -> anyhow::Result<()> {
    anyhow::bail!("the web door is not built yet")
}
