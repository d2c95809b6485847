//! A shop in a temporary folder and browsers that visit it, without a network.

mod access;
mod acting;
mod board;
mod calling;
mod consent;
mod deciding;
mod defining;
mod desk_screens;
mod follow_ups;
mod forms;
mod fuzz;
mod headers;
mod kinds;
mod lacking;
mod leads;
mod letters;
mod links;
mod live;
mod look_alikes;
mod mailboxes;
mod many;
mod nasty;
mod order_post;
mod order_table;
mod pieces;
mod policy;
mod public;
mod public_form;
mod return_fields;
mod returns;
mod segments;
mod showing;
mod sign_in;
mod ticket_trick;
mod writing;

use super::{Options, Probed, State, router};
use crate::account::{self, NewEntry, Probe, ProbeStep};
use crate::agent::{self, Role};
use crate::blobs::Blobs;
use crate::conversation::threading::SenderCheck;
use crate::database::{self, Database, Reader, Writer};
use crate::desk;
use crate::email::{self, EmailAddress};
use crate::id::{AgentId, LedgerId, MailboxId};
use crate::secret::SecretKey;
use crate::world;
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use std::sync::Arc;
use tower::ServiceExt;

pub const PASSWORD: &str = "four random words here";

pub struct Shop {
    pub folder: tempfile::TempDir,
    pub state: State,
    router: Router,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: String,
}

/// Keeps its cookies as a browser does.
pub struct Browser<'s> {
    shop: &'s Shop,
    pub cookies: Vec<(String, String)>,
    pub address: &'static str,
}

impl Shop {
    pub fn new() -> Shop {
        Shop::at("http://help.shop.test")
    }

    pub fn at(public_url: &str) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let db = Database::open(&folder.path().join("restante.db")).unwrap();
        let state = State::new(Options {
            index: crate::search::Index::open(&folder.path().join("index"), &db).unwrap(),
            db,
            blobs: Arc::new(Blobs::open(folder.path()).unwrap()),
            key: SecretKey::from_bytes([5; 32]),
            public_url: public_url.into(),
            trusted_proxies: Vec::new(),
            probe: Arc::new(|draft| {
                assert_ne!(draft.imap_password, "panic", "a secret of the inside");
                let ok = draft.imap_password == "right";
                let words = if ok { "IMAP: signed in" } else { "IMAP: the server does not take this password" };
                Probed { probe: Probe { steps: vec![ProbeStep { words: words.into(), ok }] }, folders: vec!["INBOX".into(), "Orders".into()] }
            }),
            try_out: Arc::new(|draft| {
                let outcome = crate::action::answer::Outcome::unanswered(crate::action::answer::Fate::Done, "answered 200");
                crate::web::TriedOut { request: format!("POST {}", draft.action.definition.url), outcome, answer: None }
            }),
            // Here is no binary that could be started for it; tests/promises has one.
            decode: Arc::new(crate::commands::picture::decode),
        });
        Shop { router: router(state.clone()), folder, state }
    }

    pub fn add_agent(&self, email: &str, role: Role) -> AgentId {
        let email = EmailAddress::parse(email).unwrap();
        let hash = agent::hash_password(PASSWORD, [9; 16]);
        self.state.db.write(move |tx| agent::add(tx, &email, "Jules Laurent", role, &hash, crate::world::now())).unwrap()
    }

    /// A mailbox whose servers nobody asks.
    pub fn add_mailbox(&self, address: &str) -> MailboxId {
        let new = account::NewAccount {
            address: EmailAddress::parse(address).unwrap(),
            name: "Atelier Nord".into(),
            source: account::Source::Imap(account::ServerAddress::parse_imap("imaps://a@mail.shop.test").unwrap()),
            carrier: account::Carrier::Smtp(account::ServerAddress::parse_smtp("smtps://a@mail.shop.test").unwrap()),
            passwords: account::Passwords::seal(&self.state.key, "right", "right", [[1; 24], [2; 24]]),
            ca_pem: None,
            after_import: account::AfterImport::Nothing,
            history_since: None,
            folders: Vec::new(),
            sent_folder: None,
        };
        self.write(move |tx| account::add(tx, &new, world::now()))
    }

    /// A mail arrives in a mailbox, as the watcher would bring it.
    pub fn bring(&self, mailbox: MailboxId, raw: &[u8]) -> desk::Received {
        let entry = self.keep(mailbox, raw);
        let (raw, key) = (raw.to_vec(), self.state.key.clone());
        self.write(move |tx| {
            let (entry, account) = (account::find_entry(tx, entry)?.unwrap(), account::find(tx, mailbox)?.unwrap());
            let email = email::read(&raw);
            let arrival = desk::Arrival {
                entry: &entry,
                account: &account,
                email: &email,
                reading: None,
                about: None,
                key: &key,
                sender_check: SenderCheck::On,
                settled_before: 0,
            };
            Ok(desk::receive(tx, &arrival, world::now()).unwrap())
        })
    }

    /// A mail is safe and waits to be read.
    pub fn keep(&self, mailbox: MailboxId, raw: &[u8]) -> LedgerId {
        let raw_hash = self.state.blobs.keep(&[raw]).unwrap().remove(0);
        let bytes = raw.len() as i64;
        self.write(move |tx| {
            let folder_id = account::folders(tx, mailbox)?.remove(0).id;
            let uid = account::ledger_rows(tx, folder_id)? as u32 + 1;
            let new = NewEntry { folder_id, uid_validity: 1, uid, bytes, internal_date: None, raw_hash, too_big: false, rescan: false, history: false };
            account::advance(tx, &new, world::now())
        })
    }

    pub fn write<T: Send + 'static>(&self, change: impl FnOnce(&Writer) -> database::Result<T> + Send + 'static) -> T {
        self.state.db.write(change).unwrap()
    }

    pub fn read<T>(&self, question: impl FnOnce(&Reader) -> database::Result<T>) -> T {
        self.state.db.read(question).unwrap()
    }

    /// Every row of every table, as text.
    pub fn dump(&self) -> Vec<String> {
        self.read(|c| {
            let tables: Vec<String> = c.all("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", [], |r| r.get(0))?;
            let mut dump = Vec::new();
            for table in tables {
                let columns: Vec<String> = c.all("SELECT 'quote(' || name || ')' FROM pragma_table_info(?1)", [&table], |r| r.get(0))?;
                let sql = format!("SELECT {} FROM \"{table}\"", columns.join(" || ' ' || "));
                dump.extend(c.all(&sql, [], |r| r.get::<_, String>(0))?.into_iter().map(|row| format!("{table}: {row}")));
            }
            Ok(dump)
        })
    }

    /// A browser with a session made behind the sign-in page's back: quick.
    pub fn browser_of(&self, agent: AgentId) -> Browser<'_> {
        let (token, csrf) = (world::random_token(), world::random_token());
        let cookie = token.clone();
        self.write(move |tx| agent::open_session(tx, agent, &token, &csrf, "Testfox", world::now()));
        Browser { cookies: vec![("restante".into(), cookie)], ..self.browser() }
    }

    pub fn browser(&self) -> Browser<'_> {
        Browser { shop: self, cookies: Vec::new(), address: "203.0.113.5" }
    }
}

impl Shop {
    /// A browser that signed in by the page.
    pub async fn signed_in(&self, email: &str) -> Browser<'_> {
        let mut browser = self.browser();
        let answer = browser.post("/login", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        browser
    }
}

impl Browser<'_> {
    pub async fn get(&mut self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[], String::new()).await
    }

    /// Sends a form as it stands, without a token.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.ask(Method::POST, path, &kind, encoded(fields)).await
    }

    /// Sends a form with the token of the page that shows it.
    pub async fn submit(&mut self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        let token = shown.csrf().unwrap_or_else(|| panic!("{page} has no token: {}", shown.body)).to_owned();
        self.post(path, &[fields, &[("csrf", &token)]].concat()).await
    }

    /// A token for a form, from the page that everybody has.
    pub async fn token(&mut self) -> String {
        self.get("/settings/profile").await.csrf().unwrap_or_default().to_owned()
    }

    pub async fn ask(&mut self, method: Method, path: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "help.shop.test").header(header::USER_AGENT, "Testfox");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let line: Vec<String> = self.cookies.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header(header::COOKIE, line.join("; "));
        }
        let peer = std::net::SocketAddr::new(self.address.parse().unwrap(), 40_000);
        let request = request.extension(axum::extract::ConnectInfo(peer)).body(body.into()).unwrap();
        let response = self.shop.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let (name, value) = cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.retain(|(n, _)| n != name);
            if !value.is_empty() {
                self.cookies.push((name.into(), value.into()));
            }
        }
        let endless = parts.headers.get(header::CONTENT_TYPE).is_some_and(|t| t == "text/event-stream");
        let body = if endless { Default::default() } else { axum::body::to_bytes(body, usize::MAX).await.unwrap() };
        Answer { status: parts.status, headers: parts.headers, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }

    pub fn csrf(&self) -> Option<&str> {
        self.body.split_once("name=\"csrf\" value=\"")?.1.split('"').next()
    }
}

pub fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") }).collect::<String>();
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
