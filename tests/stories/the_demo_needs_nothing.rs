//! `restante demo`: no account, no server, no configuration. It prints the address and the sign-in; an `.eml` dropped into its
//! folder arrives within a second. The README's pictures are taken here: `RESTANTE_DOCS=1` puts them into docs/screens.

use crate::support::{Browser, Theme, eventually, ports, restante, within};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::Duration;

const ARRIVES_WITHIN: Duration = Duration::from_secs(1);
/// One look at the page costs its share on two busy cores.
const LOOKING_TAKES: Duration = Duration::from_secs(2);

struct Demo {
    process: Child,
    printed: PathBuf,
}

impl Drop for Demo {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

#[test]
fn the_demo_shows_the_whole_product_without_any_set_up() {
    let folder = tempfile::tempdir().unwrap();
    let printed = folder.path().join("printed");
    let port = ports::free();
    let out = std::fs::File::create(&printed).unwrap();
    let data = folder.path().join("demo");
    let arguments = ["demo", "--listen", &format!("127.0.0.1:{port}"), "--data", data.to_str().unwrap()];
    let process = restante::command(&data).args(arguments).stdin(Stdio::null()).stdout(out).stderr(Stdio::null()).spawn().unwrap();
    let demo = Demo { process, printed };

    let password = said(&demo.printed, "password");
    let email = said(&demo.printed, "sign in with");
    let drop_here = said(&demo.printed, "when you drop an .eml into");
    let browser = Browser::start();
    browser.open(&format!("http://127.0.0.1:{port}/"));
    browser.fill("input[type=email]", &email);
    browser.fill("input[type=password]", &password);
    browser.type_into("input[type=password]", "\u{E007}");
    browser.sees("Inbox");
    assert!(browser.count("#lines li") >= 5, "the demo's inbox is empty:\n{}", browser.page_text());
    pictures(&browser, port);

    browser.open(&format!("http://127.0.0.1:{port}/inbox"));
    let mail = "From: Ruth Abebe <ruth@example.test>\r\nTo: support@atelier.test\r\nSubject: Dropped into the folder\r\nMessage-ID: <dropped@example.test>\r\n\r\nHere I am.\r\n";
    std::fs::write(Path::new(&drop_here).join("dropped.eml"), mail).unwrap();
    within(ARRIVES_WITHIN + LOOKING_TAKES, "the dropped mail is on the page, which nobody reloads", || {
        browser.page_text().contains("Dropped into the folder").then_some(())
    });
}

/// The inbox with a conversation open, as the README shows it, and the same at every width.
fn pictures(browser: &Browser, port: u16) {
    browser.screenshots("demo-inbox");
    browser.click("#lines li a");
    browser.sees("Reply");
    browser.screenshots("demo-conversation");
    for_the_readme(browser, "inbox");
    browser.open(&format!("http://127.0.0.1:{port}/returns"));
    browser.sees("within policy");
    browser.screenshots("demo-returns");
    for_the_readme(browser, "returns");
    browser.open(&format!("http://127.0.0.1:{port}/leads"));
    browser.screenshots("demo-leads");
    browser.open(&format!("http://127.0.0.1:{port}/search?q=refund"));
    browser.screenshots("demo-search");
}

/// The page as it stands, in both themes, where the README looks for it.
fn for_the_readme(browser: &Browser, name: &str) {
    if std::env::var_os("RESTANTE_DOCS").is_none() {
        return;
    }
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/screens");
    std::fs::create_dir_all(&docs).unwrap();
    for (theme, word) in [(Theme::Light, "light"), (Theme::Dark, "dark")] {
        browser.look_like(1440, theme);
        let name = format!("{name}-{word}");
        std::fs::copy(browser.screenshot(&name), docs.join(format!("{name}.png"))).unwrap();
    }
}

/// What the demo printed behind `words`.
fn said(printed: &Path, words: &str) -> String {
    eventually(words, || {
        let text = std::fs::read_to_string(printed).ok()?;
        let line = text.lines().find(|line| line.contains(words))?;
        Some(line.split_once(words)?.1.trim().to_owned()).filter(|found| !found.is_empty())
    })
}
