//! The command line: `restante serve`, `demo`, `inspect` … Each command is a file; this one says what they take.

mod accounts;
pub mod backup;
mod check;
pub mod demo;
pub mod export;
pub mod import;
mod inspect;
mod log;
pub mod mails;
mod memory;
pub mod picture;
mod reindex;
pub mod restore;
mod serve;
mod threads;

use clap::{Args, Parser, Subcommand};
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::agent::Role;

/// An email-first helpdesk: one binary, one data folder.
#[derive(Parser)]
#[command(name = "restante", version, max_term_width = 100)]
pub struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

/// Where everything is kept.
#[derive(Args, Clone)]
pub struct DataFolder {
    /// The data folder
    #[arg(long, env = "RESTANTE_DATA", default_value = "./data", value_name = "DIR")]
    pub data: PathBuf,
    /// Ends the process at a named step (tests)
    #[arg(long, hide = true, value_name = "STEP[:PASSES[:exit|panic]]")]
    fail_at: Option<String>,
}

/// How the web inbox is reached.
#[derive(Args, Clone)]
pub struct Listening {
    /// The address to listen on
    #[arg(long, env = "RESTANTE_LISTEN", default_value = "127.0.0.1:8025", value_name = "ADDR")]
    pub listen: SocketAddr,
    /// The public URL, as agents see it (for links and for secure cookies)
    #[arg(long, env = "RESTANTE_URL", value_name = "URL")]
    pub url: Option<String>,
    /// Networks of reverse proxies whose X-Forwarded-For is believed, e.g. 127.0.0.1
    #[arg(long, env = "RESTANTE_TRUSTED_PROXIES", value_name = "ADDR", value_delimiter = ',')]
    pub trusted_proxy: Vec<std::net::IpAddr>,
}

/// A mailbox for a container's first start.
#[derive(Args, Clone)]
pub struct FirstMailbox {
    #[arg(long = "mailbox-address", env = "RESTANTE_MAILBOX_ADDRESS", value_name = "ADDRESS")]
    pub address: Option<String>,
    #[arg(long = "mailbox-imap", env = "RESTANTE_IMAP_URL", value_name = "URL")]
    pub imap: Option<String>,
    #[arg(long = "mailbox-smtp", env = "RESTANTE_SMTP_URL", value_name = "URL")]
    pub smtp: Option<String>,
    #[arg(long = "mailbox-password-file", env = "RESTANTE_MAILBOX_PASSWORD_FILE", value_name = "FILE")]
    pub password_file: Option<PathBuf>,
    #[arg(long = "mailbox-ca-file", env = "RESTANTE_MAILBOX_CA_FILE", value_name = "PEM")]
    pub ca_file: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the helpdesk
    Serve {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        listening: Listening,
        #[command(flatten)]
        mailbox: FirstMailbox,
    },
    /// Add or list the people who answer
    #[command(subcommand)]
    Agent(AgentCommand),
    /// Add or list mailboxes
    #[command(subcommand)]
    Mailbox(MailboxCommand),
    /// Try the whole product: a made-up shop with mail, nothing to set up
    Demo {
        /// Keep the shop in this folder (without it, it is gone when you stop)
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
        /// The address to listen on
        #[arg(long, env = "RESTANTE_LISTEN", default_value = "127.0.0.1:8025", value_name = "ADDR")]
        listen: SocketAddr,
    },
    /// Bring in older mail from files, while no server runs; safe to repeat
    Import {
        #[command(flatten)]
        data: DataFolder,
        /// The mailbox that the mail belongs to (needed when there are several)
        #[arg(long, value_name = "ADDRESS")]
        mailbox: Option<String>,
        /// A folder of .eml files, a Maildir, or an mbox
        #[arg(value_name = "FOLDER|MBOX")]
        path: PathBuf,
    },
    /// Write everything as JSON, one conversation per line
    Export {
        #[command(flatten)]
        data: DataFolder,
        /// The format (there is one)
        #[arg(long, required = true)]
        json: bool,
    },
    /// Write the shop into one file, while the server works
    Backup {
        #[command(flatten)]
        data: DataFolder,
        /// Put the key file in, too: who has the backup can then read the mailbox passwords
        #[arg(long)]
        with_key: bool,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Make a data folder from a backup; sending stays paused until the owner starts it
    Restore {
        #[command(flatten)]
        data: DataFolder,
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Try every mailbox's servers and say what is wrong
    Check {
        #[command(flatten)]
        data: DataFolder,
        /// Ask the running server instead (for a container's health check)
        #[arg(long)]
        health: bool,
        #[arg(long, env = "RESTANTE_LISTEN", default_value = "127.0.0.1:8025", value_name = "ADDR")]
        listen: SocketAddr,
    },
    /// Make the search index anew
    Reindex {
        #[command(flatten)]
        data: DataFolder,
    },
    /// Show how mails are read, one JSON object per line
    Inspect {
        /// Print the conversations that the mails form, as one JSON array of arrays of Message-IDs
        #[arg(long)]
        threads: bool,
        /// .eml files, folders of them, or (with --threads) an mbox
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Decode a picture from standard input, within limits (the server asks for this)
    #[command(name = crate::app::picture::COMMAND, hide = true)]
    DecodePicture,
}

#[derive(Subcommand)]
enum AgentCommand {
    /// Add somebody who answers
    Add {
        #[command(flatten)]
        data: DataFolder,
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        #[arg(long, value_enum, default_value = "agent")]
        role: Role,
        /// Read the password from standard input
        #[arg(long, required = true)]
        password_stdin: bool,
    },
    /// List the people who answer
    List {
        #[command(flatten)]
        data: DataFolder,
    },
}

#[derive(Subcommand)]
enum MailboxCommand {
    /// Add a mailbox
    Add {
        #[command(flatten)]
        data: DataFolder,
        #[command(flatten)]
        new: Box<NewMailbox>,
    },
    /// List mailboxes and how they are
    List {
        #[command(flatten)]
        data: DataFolder,
    },
}

/// A mailbox on the command line.
#[derive(Args)]
pub struct NewMailbox {
    /// The address that customers write to
    #[arg(long)]
    pub address: String,
    /// The name that customers see
    #[arg(long)]
    pub name: String,
    /// imaps://, imap+starttls:// or imap:// user@host:port, the user's @ written %40
    #[arg(long, value_name = "URL")]
    pub imap: String,
    /// smtps://, smtp+starttls:// or smtp:// user@host:port
    #[arg(long, value_name = "URL")]
    pub smtp: String,
    /// A folder to read (repeatable; INBOX when none is named)
    #[arg(long = "folder", value_name = "F")]
    pub folders: Vec<String>,
    /// The folder of sent mail: read as replies of the shop
    #[arg(long, value_name = "F")]
    pub sent: Option<String>,
    /// Copy each reply into this folder
    #[arg(long, value_name = "F")]
    pub copy_to: Option<String>,
    /// An own certificate authority
    #[arg(long, value_name = "PEM")]
    pub ca_file: Option<PathBuf>,
    /// Read the password from standard input
    #[arg(long)]
    pub password_stdin: bool,
    /// Another password for SMTP
    #[arg(long, value_name = "FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// Leave mail from before this day (YYYY-MM-DD) on the server
    #[arg(long, value_name = "DAY")]
    pub since: Option<jiff::civil::Date>,
    /// What happens to the server's copy: nothing, mark-read, or move:FOLDER
    #[arg(long, default_value = "nothing", value_name = "WHAT")]
    pub after_import: String,
    /// Send the password without encryption although the server is another machine
    #[arg(long)]
    pub insist_on_plain: bool,
}

/// Reads the command line and runs the command.
pub fn run() -> anyhow::Result<()> {
    let line = CommandLine::parse();
    match line.command {
        Command::Serve { data, listening, mailbox } => {
            memory::give_back_large_pieces();
            serve::run(&data.armed()?, &listening, &mailbox)
        }
        Command::Agent(AgentCommand::Add { data, email, name, role, password_stdin: _ }) => accounts::add_agent(&data.armed()?, &email, &name, role),
        Command::Agent(AgentCommand::List { data }) => accounts::list_agents(&data.armed()?),
        Command::Mailbox(MailboxCommand::Add { data, new }) => accounts::add_mailbox(&data.armed()?, &new),
        Command::Mailbox(MailboxCommand::List { data }) => accounts::list_mailboxes(&data.armed()?),
        Command::Demo { data, listen } => demo::run(data.as_deref(), listen),
        Command::Import { data, mailbox, path } => import::run(&path, mailbox.as_deref(), &data.armed()?, &mut std::io::stdout().lock()).map(|_| ()),
        Command::Export { data, json: _ } => export::run(&data.armed()?, &mut std::io::BufWriter::new(std::io::stdout().lock())).map(|_| ()),
        Command::Backup { data, with_key, file } => {
            backup::run(&file, &data.armed()?, with_key, crate::world::now(), &mut std::io::stdout().lock()).map(|_| ())
        }
        Command::Restore { data, file } => {
            restore::run(&file, &data.armed()?, &crate::world::random_word(), crate::world::now(), &mut std::io::stdout().lock()).map(|_| ())
        }
        Command::Check { health: true, listen, .. } => check::health(listen, &mut std::io::stdout().lock()),
        Command::Check { data, .. } => check::servers(&data.armed()?, &mut std::io::stdout().lock()),
        Command::Reindex { data } => reindex::run(&data.armed()?, &mut std::io::stdout()),
        Command::Inspect { threads: true, paths } => threads::run(&paths, &mut std::io::stdout().lock()),
        Command::Inspect { threads: false, paths } => {
            let mut out = std::io::BufWriter::new(std::io::stdout().lock());
            inspect::run(&paths, &mut out)?;
            Ok(out.flush()?)
        }
        Command::DecodePicture => picture::run(),
    }
}

impl DataFolder {
    /// The folder, after arming the fail-point that a test asked for.
    fn armed(&self) -> anyhow::Result<PathBuf> {
        if let Some(words) = &self.fail_at {
            crate::failpoint::arm_from(words).ok_or_else(|| anyhow::anyhow!("--fail-at takes STEP[:PASSES[:exit|panic]]"))?;
        }
        Ok(self.data.clone())
    }
}
