//! Chromium without a screen, driven over the WebDriver protocol (W3C) by plain HTTP: what an agent does with mouse and
//! keys, and pictures of what they see.

use super::leash::Leash;
use super::{PATIENCE, look_for, ports};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// W3C WebDriver, 11: the name under which an element travels.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";
const WIDTHS: [u32; 3] = [390, 1024, 1440];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    fn word(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

pub struct Browser {
    session: String,
    http: reqwest::blocking::Client,
    _driver: Leash,
    _profile: tempfile::TempDir,
}

impl Browser {
    pub fn start() -> Browser {
        Browser::with(&[])
    }

    /// With preferences of one's own, such as `("profile.managed_default_content_settings.javascript", 2)`.
    pub fn with(preferences: &[(&str, i64)]) -> Browser {
        let profile = tempfile::Builder::new().prefix("br").tempdir_in("/tmp").unwrap();
        let port = ports::free();
        let log = profile.path().join("driver.log");
        let driver = Leash::start(&["chromedriver", &format!("--port={port}")], &log, false);
        let http = reqwest::blocking::Client::builder().timeout(Duration::from_secs(60)).no_proxy().build().unwrap();
        let status = format!("http://127.0.0.1:{port}/status");
        look_for(PATIENCE, || http.get(&status).send().ok()).unwrap_or_else(|| panic!("chromedriver: {}", std::fs::read_to_string(&log).unwrap_or_default()));
        let user_data = format!("--user-data-dir={}", profile.path().join("user").display());
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars",
            "--disable-features=LocalNetworkAccessChecks,PrivateNetworkAccessSendPreflights,BlockInsecurePrivateNetworkRequests", // a canary on loopback must be reachable, or its silence means nothing
            "--force-prefers-reduced-motion",
            "--window-size=1440,900",
            &user_data,
        ];
        let preferences: serde_json::Map<String, Value> = preferences.iter().map(|(name, value)| ((*name).to_owned(), json!(value))).collect();
        let wishes = json!({"capabilities": {"alwaysMatch": {"goog:chromeOptions": {"args": arguments, "prefs": preferences}}}});
        let answer: Value = http.post(format!("http://127.0.0.1:{port}/session")).json(&wishes).send().unwrap().json().unwrap();
        let id = answer["value"]["sessionId"].as_str().unwrap_or_else(|| panic!("no browser session: {answer}"));
        Browser { session: format!("http://127.0.0.1:{port}/session/{id}"), http, _driver: driver, _profile: profile }
    }

    pub fn open(&self, url: &str) {
        self.post("/url", json!({"url": url}));
    }

    pub fn url(&self) -> String {
        self.get("/url").as_str().unwrap_or_default().to_owned()
    }

    /// Clicks the first element that `css` finds, as soon as there is one that takes the click.
    #[track_caller]
    pub fn click(&self, css: &str) {
        self.with_element(css, "cannot be clicked", |id| self.try_post(&format!("/element/{id}/click"), json!({})));
    }

    /// Replaces what stands in a field.
    #[track_caller]
    pub fn fill(&self, css: &str, text: &str) {
        self.with_element(css, "cannot be emptied", |id| self.try_post(&format!("/element/{id}/clear"), json!({})));
        self.type_into(css, text);
    }

    /// Types at the end of a field; `\u{E007}` is Enter.
    #[track_caller]
    pub fn type_into(&self, css: &str, text: &str) {
        self.with_element(css, "cannot be typed into", |id| self.try_post(&format!("/element/{id}/value"), json!({"text": text})));
    }

    /// What is readable in the first element that `css` finds.
    #[track_caller]
    pub fn text(&self, css: &str) -> String {
        let text = self.with_element(css, "has no text", |id| self.try_get(&format!("/element/{id}/text")));
        text.as_str().unwrap_or_default().to_owned()
    }

    pub fn count(&self, css: &str) -> usize {
        self.post("/elements", json!({"using": "css selector", "value": css})).as_array().map_or(0, Vec::len)
    }

    /// Waits until `text` can be read on the page.
    #[track_caller]
    pub fn sees(&self, text: &str) {
        let seen = look_for(PATIENCE, || self.page_text().contains(text).then_some(()));
        assert!(seen.is_some(), "{:?} is not on {}:\n{}", text, self.url(), self.page_text());
    }

    pub fn page_text(&self) -> String {
        self.run("return document.body ? document.body.innerText : ''").as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page and returns what it returns.
    pub fn run(&self, script: &str) -> Value {
        self.try_post("/execute/sync", json!({"script": script, "args": []})).unwrap_or(Value::Null)
    }

    /// Pictures of the page at every width in both themes: `target/screens/NAME-390-dark.png` …
    pub fn screenshots(&self, name: &str) -> Vec<PathBuf> {
        let mut made = Vec::new();
        for theme in [Theme::Light, Theme::Dark] {
            for width in WIDTHS {
                self.look_like(width, theme);
                made.push(self.screenshot(&format!("{name}-{width}-{}", theme.word())));
            }
        }
        self.look_like(1440, Theme::Light);
        made
    }

    /// The width of the page in CSS pixels (a phone is narrower than any window), and what the system prefers.
    pub fn look_like(&self, width: u32, theme: Theme) {
        let height = if width < 600 { 844 } else { 900 };
        self.devtools("Emulation.setDeviceMetricsOverride", json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}));
        self.devtools("Emulation.setEmulatedMedia", json!({"features": [{"name": "prefers-color-scheme", "value": theme.word()}]}));
    }

    /// One picture into `target/screens/NAME.png`.
    pub fn screenshot(&self, name: &str) -> PathBuf {
        let png = self.get("/screenshot");
        let bytes = data_encoding::BASE64.decode(png.as_str().unwrap_or_default().as_bytes()).unwrap();
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/screens");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join(format!("{name}.png"));
        std::fs::write(&path, bytes).unwrap();
        path
    }

    pub fn devtools(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", json!({"cmd": command, "params": parameters}))
    }

    #[track_caller]
    fn with_element(&self, css: &str, complaint: &str, act: impl Fn(&str) -> Result<Value, String>) -> Value {
        let mut last = String::new();
        let done = look_for(PATIENCE, || {
            let found = self.try_post("/element", json!({"using": "css selector", "value": css}));
            let outcome = found.and_then(|element| act(element[ELEMENT].as_str().unwrap_or_default()));
            outcome.map_err(|complaint| last = complaint).ok()
        });
        done.unwrap_or_else(|| panic!("{css} {complaint} on {}: {last}\n{}", self.url(), self.page_text()))
    }

    #[track_caller]
    fn get(&self, path: &str) -> Value {
        self.try_get(path).unwrap_or_else(|complaint| panic!("browser, {path}: {complaint}"))
    }

    #[track_caller]
    fn post(&self, path: &str, body: Value) -> Value {
        self.try_post(path, body).unwrap_or_else(|complaint| panic!("browser, {path}: {complaint}"))
    }

    fn try_get(&self, path: &str) -> Result<Value, String> {
        answer(self.http.get(format!("{}{path}", self.session)).send())
    }

    fn try_post(&self, path: &str, body: Value) -> Result<Value, String> {
        answer(self.http.post(format!("{}{path}", self.session)).json(&body).send())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        self.http.delete(&self.session).send().ok(); // ends Chromium; the driver follows with its leash
    }
}

fn answer(response: reqwest::Result<reqwest::blocking::Response>) -> Result<Value, String> {
    let mut body: Value = response.and_then(|r| r.json()).map_err(|e| e.to_string())?;
    match body["value"]["error"].as_str() {
        Some(error) => Err(format!("{error}: {}", body["value"]["message"].as_str().unwrap_or_default().lines().next().unwrap_or_default())),
        None => Ok(body["value"].take()),
    }
}
