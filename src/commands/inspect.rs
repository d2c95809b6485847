//! `restante inspect FILE.eml|FOLDER`: how a mail is read, one JSON object per line. Needs no data folder.

use crate::desk::returns;
use crate::email::{self, Email, Kind, NameAddr, html, read};
use crate::lead::interest::Feature;
use crate::lead::reading::{self, Reading};
use anyhow::Context;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

/// Files that one thread takes at a time; also what is held back for the sake of the order.
const FILES_PER_ROUND: usize = 64;

/// Reads every file of `paths` (folders with all that is in them) and writes a line for each, in the order of their names.
pub fn run(paths: &[PathBuf], out: &mut impl Write) -> anyhow::Result<()> {
    let mut files = Vec::new();
    for path in paths {
        collect(path, &mut files)?;
    }
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let mut unreadable = None;
    for round in files.chunks(FILES_PER_ROUND * threads) {
        for line in lines(round, threads) {
            // One file that cannot be read does not keep the others from being read.
            let line = match line {
                Ok(line) => line,
                Err(why) => {
                    unreadable.get_or_insert(why);
                    continue;
                }
            };
            match writeln!(out, "{line}") {
                // `restante inspect … | head`
                Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
                written => written.context("writing the result")?,
            }
        }
    }
    match out.flush() {
        Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => return Ok(()),
        flushed => flushed.context("writing the result")?,
    }
    unreadable.map_or(Ok(()), Err)
}

/// The regular files at or below `path`, sorted.
fn collect(path: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let kind = std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    if !kind.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let mut entries: Vec<_> = std::fs::read_dir(path).with_context(|| format!("cannot list {}", path.display()))?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type()?;
        if kind.is_dir() {
            collect(&entry.path(), files)?;
        } else if kind.is_file() {
            files.push(entry.path());
        }
    }
    Ok(())
}

/// One line for each file, read by several threads, in the order of the files.
fn lines(files: &[PathBuf], threads: usize) -> Vec<anyhow::Result<String>> {
    let (sender, receiver) = mpsc::channel();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..threads.min(files.len()) {
            let (sender, next) = (sender.clone(), &next);
            scope.spawn(move || {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(at) else { return };
                    let read = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()));
                    let line = read.map(|raw| shown(file, &email::read(&raw)).to_string());
                    if sender.send((at, line)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut found: Vec<_> = receiver.into_iter().collect();
        found.sort_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, line)| line).collect()
    })
}

/// The shape that is relied upon.
fn shown(file: &Path, email: &Email) -> Value {
    // Inline pictures keep the name by which the attachments list them.
    let named = |id: &String| (id.clone(), format!("cid:{id}"));
    let pictures = html::Pictures { remote: false, inline: email.attachments.iter().filter_map(|a| a.content_id.as_ref().map(named)).collect() };
    json!({
        "file": file.display().to_string(),
        "message_id": email.message_id.as_ref().map(ToString::to_string),
        "from": email.from.as_ref().map(person),
        "to": people(&email.to),
        "cc": people(&email.cc),
        "reply_to": people(&email.reply_to),
        "subject": email.subject,
        "date": email.date.map(|millis| read::rfc3339(millis, email.date_offset)),
        "kind": email.kind.as_str(),
        "bounce": email.bounce.as_ref().map(|bounce| json!({
            "recipient": bounce.recipient.as_ref().map(|r| r.as_str()),
            "permanent": bounce.permanent,
            "status": bounce.status,
            "original_message_id": bounce.original_message_id.as_ref().map(ToString::to_string),
        })),
        "text": email.text,
        "new_text": email.new_text,
        "html": email.html.as_deref().map(|raw| html::safe(raw, &pictures).as_str().to_owned()),
        "attachments": email.attachments.iter().map(|a| json!({
            "name": a.name,
            "content_type": a.content_type,
            "bytes": a.bytes,
            "inline": a.inline,
            "content_id": a.content_id,
        })).collect::<Vec<_>>(),
        "authentication": { "spf": email.authentication.spf, "dkim": email.authentication.dkim, "dmarc": email.authentication.dmarc },
        "complaints": email.complaints,
        "refund": refund(email),
        "about": about(email),
    })
}

/// What the mail says about a return; machines' mail says nothing.
fn refund(email: &Email) -> Value {
    let reading = returns::Context::default().read(email).unwrap_or_default();
    let mut fields: serde_json::Map<String, Value> = reading
        .facts
        .iter()
        .map(|found| (found.field.clone(), json!({ "value": found.value.as_json(), "sentence": found.sentence, "certain": found.certain })))
        .collect();
    if !reading.photos.is_empty() {
        fields.insert("photos".into(), json!({ "value": reading.photos.len(), "sentence": "", "certain": true }));
    }
    json!({ "asks": reading.asks(), "confidence": reading.confidence, "because": reading.because, "fields": fields })
}

/// What the mail says about its writer. Names are those that anybody would see: no shop's are known here.
fn about(email: &Email) -> Value {
    if email.kind != Kind::Person {
        return Value::Null;
    }
    let Reading { interests, wish, consents, withdrawal, country } = reading::read(&reading::Letter::of(email), &reading::Known::default());
    let feature = |feature: &Feature| json!({ "kind": feature.kind.code(), "value": feature.value });
    json!({
        "interests": interests.iter().map(|found| json!({ "kind": found.feature.kind.code(), "value": found.feature.value, "sentence": found.sentence })).collect::<Vec<_>>(),
        "wish": wish.map(|wish| json!({ "sentence": wish.sentence, "features": wish.features.iter().map(feature).collect::<Vec<_>>() })),
        "consents": consents.iter().map(|(purpose, sentence)| json!({ "purpose": purpose.code(), "sentence": sentence })).collect::<Vec<_>>(),
        "withdrawal": withdrawal,
        "country": country.map(|(code, sentence)| json!({ "code": code, "sentence": sentence })),
    })
}

fn people(people: &[NameAddr]) -> Vec<Value> {
    people.iter().map(person).collect()
}

fn person(person: &NameAddr) -> Value {
    json!({ "name": person.name, "address": person.address.as_str() })
}
