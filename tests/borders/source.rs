//! A source file as the borders see it: its production code with comments and the insides of strings taken away, and
//! the strings apart. A small reader of Rust's surface, enough for a tree that rustfmt has laid out.

use std::path::Path;

pub struct Source {
    /// Below `src/`.
    pub path: String,
    text: String,
    /// Without comments, strings and tests.
    code: String,
    strings: Vec<String>,
    test_only: bool,
}

/// Every file of `src/`.
pub fn all() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &mut |path| {
        if path.extension().is_some_and(|e| e == "rs") {
            let name = path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
            files.push(Source::new(&name, &std::fs::read_to_string(path).unwrap()));
        }
    });
    files
}

/// Calls `visit` with every file below `folder`.
pub fn walk(folder: &Path, visit: &mut impl FnMut(&Path)) {
    let mut entries: Vec<_> = std::fs::read_dir(folder).map(|entries| entries.map(|e| e.unwrap().path()).collect()).unwrap_or_default();
    entries.sort();
    for path in entries {
        if path.is_dir() { walk(&path, visit) } else { visit(&path) }
    }
}

impl Source {
    pub fn new(path: &str, text: &str) -> Source {
        let test_only = path.ends_with("tests.rs") || path.contains("tests/");
        let (code, strings) = if test_only { Default::default() } else { separate(production(text)) };
        Source { path: path.to_owned(), text: text.to_owned(), code, strings, test_only }
    }

    /// The first folder, or the file's own name at the top.
    pub fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Lines of production code; a word alone on its line, as rustfmt lays out lists of them, is not one.
    pub fn lines(&self) -> usize {
        let word_of_list = |line: &str| line.trim().starts_with('"') && line.trim().ends_with("\",");
        if self.test_only { 0 } else { production(&self.text).lines().filter(|line| !word_of_list(line)).count() }
    }

    pub fn opens_with_what_it_is(&self) -> bool {
        self.test_only || self.text.strip_prefix("//!").is_some_and(|rest| rest.lines().next().is_some_and(|line| line.len() > 10))
    }

    pub fn strings(&self) -> &[String] {
        &self.strings
    }

    /// Whether `word` stands in the code, not as a part of a longer word.
    pub fn says(&self, word: &str) -> bool {
        positions(&self.code, word).next().is_some()
    }

    /// Whether the code names the crate: `name::…` or `use name…`, not `other::name::…`.
    pub fn uses_crate(&self, name: &str) -> bool {
        positions(&self.code, name).any(|at| {
            let (before, after) = (&self.code[..at], &self.code[at + name.len()..]);
            !before.ends_with("::") && (after.starts_with("::") || before.ends_with("use ") && after.starts_with([';', ' ']))
                || before.ends_with("::") && before.trim_end_matches("::").ends_with(|c: char| !c.is_alphanumeric() && c != '_') && after.starts_with("::")
        })
    }

    /// The rooms named as `crate::room`, `restante::room` or inside `crate::{…}`.
    pub fn rooms_used(&self) -> Vec<String> {
        let mut rooms = Vec::new();
        for root in ["crate::", "restante::"] {
            for at in positions(&self.code, root) {
                rooms.extend(heads(&self.code[at + root.len()..]));
            }
        }
        rooms.sort();
        rooms.dedup();
        rooms.retain(|room| room.starts_with(|c: char| c.is_ascii_lowercase()));
        rooms
    }

    /// Every function with its number of lines, from `fn` to its closing brace.
    pub fn functions(&self) -> Vec<(String, usize)> {
        positions(&self.code, "fn ").filter_map(|at| function_at(&self.code[at..])).collect()
    }
}

/// What stands before the test module, which by the house's custom is the last thing in a file.
fn production(text: &str) -> &str {
    match text.find("#[cfg(test)]\nmod ") {
        Some(at) => &text[..at],
        None => text,
    }
}

/// The first names after `crate::`: one, or several where a brace groups them.
fn heads(rest: &str) -> Vec<String> {
    let name = |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    let Some(group) = rest.strip_prefix('{') else { return vec![name(rest)] };
    let (mut depth, mut heads, mut start) = (1, Vec::new(), 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 || (depth == 1 && c == ',') {
            heads.push(name(&group[start..at]));
            start = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

fn function_at(rest: &str) -> Option<(String, usize)> {
    let name: String = rest[3..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    let open = rest.find('{')?;
    if name.is_empty() || rest[..open].contains(';') && !rest[..open].contains('[') {
        return None; // a declaration without a body, or a type such as `fn (…)`
    }
    let mut depth = 0;
    for (at, c) in rest[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((name, rest[..open + at].matches('\n').count() + 1));
        }
    }
    None
}

fn positions<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = text[..*at].chars().next_back().is_some_and(part_of_name);
        let after = text[at + word.len()..].chars().next().is_some_and(part_of_name);
        !(before && word.starts_with(part_of_name) || after && word.ends_with(part_of_name))
    })
}

/// Code with its comments gone and its strings empty, lines kept; and the strings.
fn separate(text: &str) -> (String, Vec<String>) {
    let bytes = text.as_bytes();
    let (mut code, mut strings, mut at) = (String::new(), Vec::new(), 0);
    while at < bytes.len() {
        let rest = &text[at..];
        let taken = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(length) = string_length(rest, code.ends_with(|c: char| c.is_alphanumeric() || c == '_')) {
            strings.push(rest[..length].trim_start_matches(['b', 'c', 'r', '#', '"']).trim_end_matches(['"', '#']).to_owned());
            code.push_str("\"\"");
            code.extend(rest[..length].chars().filter(|c| *c == '\n'));
            length
        } else {
            let length = character_length(rest);
            code.push_str(if length > 1 && rest.starts_with('\'') { "' '" } else { &rest[..length] });
            length
        };
        at += taken;
    }
    (code, strings)
}

/// The length of the string literal that `rest` begins with.
fn string_length(rest: &str, inside_name: bool) -> Option<usize> {
    let prefix = if inside_name { 0 } else { rest.find(|c| !matches!(c, 'b' | 'c' | 'r')).filter(|n| *n <= 2)? };
    let hashes = if rest[..prefix].ends_with('r') { rest[prefix..].find(|c| c != '#')? } else { 0 };
    let open = prefix + hashes;
    if !rest[open..].starts_with('"') {
        return None;
    }
    if rest[..prefix].ends_with('r') {
        let close = format!("\"{}", "#".repeat(hashes));
        return Some(open + 1 + rest[open + 1..].find(&close)? + close.len());
    }
    let mut escaped = false;
    for (at, c) in rest[open + 1..].char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(open + 1 + at + 1),
            _ => {}
        }
    }
    None
}

/// One character, or a whole character literal such as `'{'` or `'\''`, which must not count as a brace or a quote.
fn character_length(rest: &str) -> usize {
    let mut characters = rest.char_indices();
    let (_, first) = characters.next().expect("there is text left");
    let literal = first == '\'' && (rest[1..].starts_with('\\') || rest[1..].chars().nth(1) == Some('\''));
    if !literal {
        return first.len_utf8();
    }
    let body = if rest[1..].starts_with('\\') { 3 } else { 1 + rest[1..].chars().next().map_or(1, char::len_utf8) };
    rest[body..].find('\'').map_or(1, |at| body + at + 1)
}
