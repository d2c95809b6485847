//! Somebody who visits the pages without a browser: follows links, fills in the forms that a page really has, keeps
//! cookies. What works here works without JavaScript.

use super::restante::{OWNER, OWNER_PASSWORD, client};
use reqwest::blocking::{Client, Response};
use reqwest::header::{HeaderMap, LOCATION, ORIGIN};

const REDIRECTS_MAX: usize = 5;

pub struct Visitor {
    pub http: Client,
    base: String,
}

pub struct Page {
    pub path: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

/// A form as the page has it: where it goes and what is already filled in.
#[derive(Clone, Debug)]
pub struct Form {
    pub action: String,
    pub fields: Vec<(String, String)>,
    pub html: String,
}

impl Visitor {
    pub fn of(port: u16) -> Visitor {
        Visitor { http: client(), base: format!("http://127.0.0.1:{port}") }
    }

    /// Somebody who is signed in as the owner.
    #[track_caller]
    pub fn owner(port: u16) -> Visitor {
        Visitor::sign_in(port, OWNER, OWNER_PASSWORD)
    }

    #[track_caller]
    pub fn sign_in(port: u16, who: &str, secret: &str) -> Visitor {
        let visitor = Visitor::of(port);
        let page = visitor.get("/");
        let mut form = page.form_with("type=\"password\"");
        let email = form.field_of_type("email").unwrap_or_else(|| "email".into());
        let password = form.field_of_type("password").expect("a sign-in form has a password");
        form.set(&email, who);
        form.set(&password, secret);
        let page = visitor.submit(&form);
        assert!(page.status == 200 && !page.html.contains("type=\"password\""), "cannot sign in: {} {}\n{}", page.status, page.path, page.html);
        visitor
    }

    /// A page, redirects followed.
    #[track_caller]
    pub fn get(&self, path: &str) -> Page {
        let mut path = path.to_owned();
        for _ in 0..REDIRECTS_MAX {
            let page = self.look(&path);
            match page.location() {
                Some(next) => path = next,
                None => return page,
            }
        }
        panic!("{path} redirects for ever");
    }

    /// One answer, as it comes.
    #[track_caller]
    pub fn look(&self, path: &str) -> Page {
        page(path, self.http.get(self.url(path)).send().unwrap())
    }

    /// Sends a form, redirects followed.
    #[track_caller]
    pub fn submit(&self, form: &Form) -> Page {
        let answer = self.post(form);
        match answer.location() {
            Some(next) => self.get(&next),
            None => answer,
        }
    }

    /// The answer to a form, as it comes.
    #[track_caller]
    pub fn post(&self, form: &Form) -> Page {
        let request = match form.html.contains("multipart/form-data") {
            true => {
                let parts = form.fields.iter().fold(reqwest::blocking::multipart::Form::new(), |parts, (name, value)| parts.text(name.clone(), value.clone()));
                self.http.post(self.url(&form.action)).multipart(parts)
            }
            false => {
                let body = url_encoded(&form.fields);
                self.http.post(self.url(&form.action)).header("content-type", "application/x-www-form-urlencoded").body(body)
            }
        };
        page(&form.action, request.header(ORIGIN, &self.base).send().unwrap())
    }

    pub fn url(&self, path: &str) -> String {
        if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) }
    }
}

impl Page {
    /// The paths of all links on the page, without fragments, of this server only.
    pub fn links(&self) -> Vec<String> {
        let mut links: Vec<String> = [" href=\"", " src=\"", " action=\""].iter().flat_map(|name| attribute_values(&self.html, name)).collect();
        links.retain(|link| link.starts_with('/') && !link.starts_with("//"));
        for link in &mut links {
            link.truncate(link.find('#').unwrap_or(link.len()));
        }
        links.sort();
        links.dedup();
        links
    }

    pub fn forms(&self) -> Vec<Form> {
        let blocks = self.html.split("<form").skip(1).filter_map(|rest| rest.split_once("</form>").map(|(block, _)| block));
        blocks.map(|block| Form::read(block, &self.path)).collect()
    }

    /// The first form whose HTML holds `words`.
    #[track_caller]
    pub fn form_with(&self, words: &str) -> Form {
        let found = self.forms().into_iter().find(|form| form.html.contains(words));
        found.unwrap_or_else(|| panic!("no form with {words:?} on {} ({}):\n{}", self.path, self.status, self.html))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    fn location(&self) -> Option<String> {
        (300..400).contains(&self.status).then(|| self.headers.get(LOCATION)).flatten().map(|value| value.to_str().unwrap().to_owned())
    }
}

impl Form {
    fn read(block: &str, page: &str) -> Form {
        let (head, _) = block.split_once('>').unwrap_or((block, ""));
        let attribute = |name: &str| attribute_values(head, name).into_iter().next();
        let inputs = block.split("<input").skip(1).filter_map(|rest| rest.split_once('>')).filter_map(|(tag, _)| {
            let tag = format!(" {tag} ");
            let kind = attribute_values(&tag, " type=\"").pop().unwrap_or_default();
            let unchecked = matches!(kind.as_str(), "checkbox" | "radio") && !tag.contains(" checked");
            let name = attribute_values(&tag, " name=\"").pop()?;
            (!unchecked && kind != "submit" && kind != "file").then(|| (name, attribute_values(&tag, " value=\"").pop().unwrap_or_default()))
        });
        let areas = block.split("<textarea").skip(1).filter_map(|rest| rest.split_once('>')).filter_map(|(tag, rest)| {
            let name = attribute_values(tag, " name=\"").pop()?;
            Some((name, decoded(rest.split("</textarea>").next().unwrap_or_default().trim_start_matches('\n'))))
        });
        Form { action: attribute(" action=\"").unwrap_or_else(|| page.to_owned()), fields: inputs.chain(areas).collect(), html: block.to_owned() }
    }

    /// The name of the first input of this type.
    pub fn field_of_type(&self, kind: &str) -> Option<String> {
        let tag = self.html.split("<input").skip(1).find(|rest| rest.split('>').next().is_some_and(|tag| tag.contains(&format!("type=\"{kind}\""))))?;
        attribute_values(tag.split('>').next()?, " name=\"").pop()
    }

    pub fn set(&mut self, name: &str, value: &str) {
        self.fields.retain(|(n, _)| n != name);
        self.fields.push((name.to_owned(), value.to_owned()));
    }
}

fn page(path: &str, response: Response) -> Page {
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page { path: path.to_owned(), status, headers, html: response.text().unwrap_or_default() }
}

/// Every value of an attribute, given with its leading space and its `="`.
pub fn attribute_values(html: &str, name: &str) -> Vec<String> {
    html.split(name).skip(1).filter_map(|rest| rest.split_once('"')).map(|(value, _)| decoded(value)).collect()
}

fn decoded(text: &str) -> String {
    let pairs = [
        ("&#34;", "\""),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&#x27;", "'"),
        ("&#60;", "<"),
        ("&lt;", "<"),
        ("&#62;", ">"),
        ("&gt;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ];
    pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn url_encoded(fields: &[(String, String)]) -> String {
    let encode = |text: &str| text.bytes().map(|b| if b.is_ascii_alphanumeric() { (b as char).to_string() } else { format!("%{b:02X}") }).collect::<String>();
    fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}
