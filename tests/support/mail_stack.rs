//! A whole mail provider on loopback: Dovecot (IMAP, IMAPS, LMTP) and Postfix (the internet's door on port `smtp`,
//! submission, submissions) in one short temporary folder, with a certificate authority of its own.
//!
//! Every address of shop.test and example.test has a box and the password `PASSWORD`, except `nobody…`, which is
//! refused. Other domains: sink.test takes and drops, defer.test is put off for ever, bounce.test is accepted and comes
//! back as a delivery status notification, the rest is refused with 550.

use super::leash::{Leash, as_root};
use super::{Imap, ports};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, Weak};

pub const PASSWORD: &str = "correct-horse-battery";
const SBIN: &str = "/usr/lib/postfix/sbin";

pub struct MailStack {
    pub imap: u16,
    pub imaps: u16,
    pub lmtp: u16,
    pub smtp: u16,
    pub submission: u16,
    pub submissions: u16,
    auth: u16,
    dovecot: Mutex<Option<Leash>>,
    postfix: Mutex<Option<Leash>>,
    folder: tempfile::TempDir,
}

impl MailStack {
    /// A stack of one's own, for tests that stop servers.
    pub fn start() -> MailStack {
        let folder = tempfile::Builder::new().prefix("ms").tempdir_in("/tmp").unwrap(); // short: Unix sockets live below
        let stack = MailStack {
            imap: ports::free(),
            imaps: ports::free(),
            lmtp: ports::free(),
            smtp: ports::free(),
            submission: ports::free(),
            submissions: ports::free(),
            auth: ports::free(),
            dovecot: Mutex::new(None),
            postfix: Mutex::new(None),
            folder,
        };
        stack.configure();
        stack.start_imap();
        stack.start_smtp();
        stack
    }

    /// The one that the tests of a run share while any of them holds it: give every test addresses of its own.
    pub fn shared() -> Arc<MailStack> {
        static SHARED: Mutex<Weak<MailStack>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            let stack = Arc::new(MailStack::start());
            *shared = Arc::downgrade(&stack);
            stack
        })
    }

    pub fn start_imap(&self) {
        let configuration = self.path("dovecot.conf");
        *lock(&self.dovecot) = Some(Leash::start(&["/usr/sbin/dovecot", "-F", "-c", &configuration], &self.log("dovecot.out"), true));
        self.wait_for(&[self.imap, self.imaps, self.lmtp, self.auth]);
    }

    pub fn start_smtp(&self) {
        let configuration = self.path("pf");
        as_root(&["/usr/sbin/postfix", "-c", &configuration, "check"]);
        *lock(&self.postfix) = Some(Leash::start(&[&format!("{SBIN}/master"), "-c", &configuration, "-s"], &self.log("postfix.out"), true));
        self.wait_for(&[self.smtp, self.submission, self.submissions]);
    }

    pub fn stop_imap(&self) {
        *lock(&self.dovecot) = None;
    }

    pub fn stop_smtp(&self) {
        *lock(&self.postfix) = None;
        // Postfix's children hold the ports a moment longer than their master lives.
        super::eventually("the SMTP ports are free", || (!ports::answers(self.smtp) && !ports::answers(self.submission)).then_some(()));
    }

    /// The certificate authority that signed for localhost, mail.shop.test and 127.0.0.1.
    pub fn ca(&self) -> PathBuf {
        self.folder.path().join("tls/ca.pem")
    }

    /// A second client's view of `address`'s box.
    pub fn open_box(&self, address: &str) -> Imap {
        Imap::login(self.imap, address, PASSWORD)
    }

    pub fn imaps_url(&self, address: &str) -> String {
        format!("imaps://{}@localhost:{}", escaped(address), self.imaps)
    }

    pub fn imap_starttls_url(&self, address: &str) -> String {
        format!("imap+starttls://{}@localhost:{}", escaped(address), self.imap)
    }

    pub fn imap_url(&self, address: &str) -> String {
        format!("imap://{}@127.0.0.1:{}", escaped(address), self.imap)
    }

    pub fn smtps_url(&self, address: &str) -> String {
        format!("smtps://{}@localhost:{}", escaped(address), self.submissions)
    }

    pub fn smtp_starttls_url(&self, address: &str) -> String {
        format!("smtp+starttls://{}@localhost:{}", escaped(address), self.submission)
    }

    pub fn smtp_url(&self, address: &str) -> String {
        format!("smtp://{}@127.0.0.1:{}", escaped(address), self.submission)
    }

    /// What the servers wrote, for a failed test's message.
    pub fn logs(&self) -> String {
        ["dovecot.log", "dovecot.out", "postfix.log", "postfix.out"]
            .map(|name| format!("--- {name}\n{}", std::fs::read_to_string(self.log(name)).unwrap_or_default()))
            .concat()
    }

    fn configure(&self) {
        let folder = self.folder.path();
        for name in ["run", "state", "log", "mail", "tls", "pf", "pfq", "pfd"] {
            std::fs::create_dir(folder.join(name)).unwrap();
        }
        std::fs::write(self.log("postfix.log"), "").unwrap();
        std::fs::write(self.log("dovecot.log"), "").unwrap();
        std::fs::write(folder.join("no-users"), "").unwrap();
        make_certificates(&folder.join("tls"));
        std::fs::write(folder.join("dovecot.conf"), self.fill(include_str!("mail_stack/dovecot.conf"))).unwrap();
        std::fs::write(folder.join("pf/main.cf"), self.fill(include_str!("mail_stack/main.cf"))).unwrap();
        std::fs::write(folder.join("pf/master.cf"), self.fill(include_str!("mail_stack/master.cf"))).unwrap();
        std::fs::write(folder.join("pf/boxes"), include_str!("mail_stack/boxes")).unwrap();
        as_root(&["chmod", "755", &self.path("")]);
        as_root(&["chown", "mail:mail", &self.path("mail")]);
        as_root(&["chown", "postfix:postfix", &self.path("pfd")]);
        as_root(&["chown", "-R", "root:root", &self.path("pf"), &self.path("pfq")]);
    }

    fn fill(&self, template: &str) -> String {
        let numbers = [
            ("{imap}", self.imap),
            ("{imaps}", self.imaps),
            ("{lmtp}", self.lmtp),
            ("{smtp}", self.smtp),
            ("{submission}", self.submission),
            ("{submissions}", self.submissions),
            ("{auth}", self.auth),
        ];
        let text = template.replace("{folder}", &self.path("")).replace("{password}", PASSWORD);
        numbers.iter().fold(text, |text, (name, port)| text.replace(name, &port.to_string()))
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().trim_end_matches('/').to_owned()
    }

    fn log(&self, name: &str) -> PathBuf {
        self.folder.path().join("log").join(name)
    }

    #[track_caller]
    fn wait_for(&self, ports: &[u16]) {
        for port in ports {
            let up = super::look_for(super::PATIENCE, || ports::answers(*port).then_some(()));
            assert!(up.is_some(), "nothing listens on port {port}\n{}", self.logs());
        }
    }
}

impl Drop for MailStack {
    fn drop(&mut self) {
        self.stop_smtp();
        self.stop_imap();
        // Boxes belong to other users: what is left must be removable by whoever runs the tests.
        if !rustix::process::geteuid().is_root() {
            as_root(&["rm", "-rf", &self.path("mail"), &self.path("pfq"), &self.path("pfd"), &self.path("pf"), &self.path("run"), &self.path("state")]);
        }
    }
}

pub fn escaped(address: &str) -> String {
    address.replace('%', "%25").replace('+', "%2B").replace('@', "%40")
}

pub fn make_certificates(folder: &Path) {
    let output = std::process::Command::new("sh").arg("-euc").arg(include_str!("mail_stack/certificates.sh")).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "openssl: {}", String::from_utf8_lossy(&output.stderr));
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
