//! What is new in a reply: quoted history and signature folded away, never lost.

/// The part of `text` that its author wrote this time. All of `text` when nothing would remain.
pub fn new_text(text: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for line in text.lines() {
        if line.trim_end() == "--" || line.starts_with("-----Original Message") {
            break;
        }
        if !line.starts_with('>') {
            kept.push(line);
        }
    }
    let new = kept.join("\n").trim().to_owned();
    if new.is_empty() { text.trim().to_owned() } else { new }
}
