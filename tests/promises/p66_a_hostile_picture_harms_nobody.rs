//! P36 and P66 on the real binary: a HEIC of 2.5 kB whose 1,024 tiles name one picture of a megapixel makes its decoder ask
//! for 3 GB. Sent by a stranger or mailed, it is only a picture that cannot be read, and the same server lives on.

use crate::support::restante::command;
use crate::support::shop::question;
use crate::support::{Demo, Visitor, eventually};
use reqwest::blocking::multipart;
use std::io::Write;
use std::path::Path;
use std::process::Stdio;

const HOSTILE: &[u8] = include_bytes!("../fixtures/hostile.heic");
const PHOTO: &[u8] = include_bytes!("../fixtures/photo.heic");

#[test]
fn p66_a_picture_that_takes_all_memory_is_not_read_and_the_server_lives_on() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let demo = Demo::start(&data);
    let stranger = Visitor::of(demo.port);
    let action = stranger.get("/start-a-return").form_with("name=\"address\"").action;
    let (status, html) = sends_photos(&stranger, &action, &[("bomb.heic", HOSTILE), ("IMG_2041.HEIC", PHOTO), ("bomb-2.heic", HOSTILE)]);
    assert_eq!(status, 422, "{html}");
    assert!(html.contains("“bomb.heic” is not a picture") && html.contains("“bomb-2.heic” is not a picture"), "{html}");
    assert!(html.contains("alt=\"IMG_2041.jpg\"") && html.contains("It came with a crack."), "{html}");

    // The same by mail, when somebody looks.
    let owner = demo.owner();
    let hostile = looked_at(&owner, &data, "bomb.heic", HOSTILE);
    assert_eq!(hostile, [(200, "application/octet-stream".to_owned()), (404, "text/html; charset=utf-8".to_owned())]);
    let photo = looked_at(&owner, &data, "shelf.heic", PHOTO);
    assert_eq!(photo, [(200, "image/jpeg".to_owned()), (200, "image/jpeg".to_owned())]);
    demo.stop(); // it is the process that was started, and it ends as it should
}

#[test]
fn p36_the_process_that_decodes_ends_by_itself_and_says_nothing_but_a_picture() {
    let folder = tempfile::tempdir().unwrap();
    let (ended_well, pixels) = decoded(folder.path(), PHOTO);
    assert!(ended_well && pixels.len() == 8 + 160 * 120 * 3, "{}", pixels.len());
    for unreadable in [HOSTILE, &PHOTO[..900], b"GIF89a", b""] {
        assert_eq!(decoded(folder.path(), unreadable), (false, Vec::new()));
    }
    let help = command(folder.path()).arg("--help").output().unwrap();
    assert!(!String::from_utf8_lossy(&help.stdout).contains("decode"), "nobody has to know of it");
}

fn sends_photos(stranger: &Visitor, action: &str, photos: &[(&str, &'static [u8])]) -> (u16, String) {
    let mut parts = multipart::Form::new().text("details", "It came with a crack.").text("photos_only", "1");
    for (name, bytes) in photos {
        parts = parts.part("photos", multipart::Part::bytes(*bytes).file_name((*name).to_owned()));
    }
    let answer = stranger.http.post(stranger.url(action)).header("origin", stranger.url("")).multipart(parts).send().unwrap();
    (answer.status().as_u16(), answer.text().unwrap())
}

/// A mail with this attachment arrives; what the attachment is when it is opened, and as a small picture.
fn looked_at(owner: &Visitor, data: &Path, name: &str, bytes: &[u8]) -> [(u16, String); 2] {
    let mail = format!(
        "From: Mara <mara@example.test>\r\nTo: support@atelier.test\r\nSubject: A picture\r\nMessage-ID: <{name}@example.test>\r\nMIME-Version: 1.0\r\nContent-Type: image/heic\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: base64\r\n\r\n{}\r\n",
        data_encoding::BASE64_MIME.encode(bytes)
    );
    // Whole at once: the folder is read while it is written.
    let half = data.join(name);
    std::fs::write(&half, mail).unwrap();
    std::fs::rename(&half, data.join("mail/inbox").join(format!("{name}.eml"))).unwrap();
    let id = eventually("the mail is there", || question(data, "SELECT id FROM attachment WHERE name = ?1", name));
    ["inline", "thumbnail"].map(|way| {
        let page = owner.look(&format!("/attachments/{id}/{way}"));
        (page.status, page.header("content-type").to_owned())
    })
}

fn decoded(data: &Path, bytes: &[u8]) -> (bool, Vec<u8>) {
    let mut process = command(data).arg("decode-picture").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    process.stdin.take().unwrap().write_all(bytes).ok();
    let output = process.wait_with_output().unwrap();
    (output.status.success(), output.stdout)
}
