//! A picture is decoded by a process of its own, made of this same binary: a decoder of HEIC is young, any decoder may be wrong, and a
//! small file can make one ask for memory and time without end (PROMISES P36, P66). That process has limits, no data and no secrets, and
//! whatever becomes of it, this one lives on.

use crate::web::{PHOTO_SIDE, Pixels};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread::Builder;
use std::time::Duration;

/// The sub-command that decodes; nobody types it.
pub const COMMAND: &str = "decode-picture";
/// A photo of 24 megapixels takes seconds; the process ends itself after 10 s of work, and a busy machine gets some more.
const PATIENCE: Duration = Duration::from_secs(15);
/// Width and height, each as four bytes, before the pixels.
const HEAD_BYTES: usize = 8;
const ANSWER_BYTES_MAX: u64 = HEAD_BYTES as u64 + PHOTO_SIDE as u64 * PHOTO_SIDE as u64 * 3;

/// The picture, upright and no larger than `PHOTO_SIDE`. `None`: it cannot be read, or not within the limits.
pub fn aside(bytes: &[u8]) -> Option<Pixels> {
    let child = std::env::current_exe().and_then(|program| {
        let mut command = Command::new(program);
        command.arg(COMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()
    });
    match child {
        Ok(child) => from_wire(&answer(child, bytes)?),
        Err(failure) => {
            tracing::warn!(%failure, "no process that decodes a picture can be started");
            None
        }
    }
}

/// What the process wrote within its time; it has ended when this returns, and its two threads with it.
fn answer(mut child: Child, bytes: &[u8]) -> Option<Vec<u8>> {
    let pipes = child.stdin.take().zip(child.stdout.take());
    std::thread::scope(|scope| {
        let (told, heard) = mpsc::channel();
        let begun = pipes.map(|(mut to, from)| {
            // What it does not want to read any more is not needed either.
            Builder::new().name("picture".into()).spawn_scoped(scope, move || to.write_all(bytes).ok())?;
            Builder::new().name("picture".into()).spawn_scoped(scope, move || {
                let mut bytes = Vec::new();
                told.send(from.take(ANSWER_BYTES_MAX + 1).read_to_end(&mut bytes).map(|_| bytes)).ok()
            })
        });
        let answer = match begun {
            Some(Ok(_)) => heard.recv_timeout(PATIENCE).ok().and_then(Result::ok),
            _ => None, // no thread to be had
        };
        // It has said all that it may say; a pipe that ends lets its thread go.
        child.kill().ok();
        child.wait().ok();
        answer
    })
}

/// A picture as it comes from the one process to the other.
pub fn to_wire(picture: &Pixels) -> Vec<u8> {
    [&picture.width.to_be_bytes()[..], &picture.height.to_be_bytes(), &picture.rgb].concat()
}

/// A whole picture, or none: how the process ended says nothing more.
fn from_wire(bytes: &[u8]) -> Option<Pixels> {
    let (head, rgb) = bytes.split_at_checked(HEAD_BYTES)?;
    let (width, height) = head.split_at(HEAD_BYTES / 2);
    let (width, height) = (u32::from_be_bytes(width.try_into().ok()?), u32::from_be_bytes(height.try_into().ok()?));
    let fits = (1..=PHOTO_SIDE).contains(&width) && (1..=PHOTO_SIDE).contains(&height);
    let whole = fits && rgb.len() as u64 == u64::from(width) * u64::from(height) * 3;
    whole.then(|| Pixels { width, height, rgb: rgb.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p36_half_a_picture_and_one_that_lies_about_its_size_are_none() {
        let picture = Pixels { width: 3, height: 2, rgb: (0..18).collect() };
        let wire = to_wire(&picture);
        let back = from_wire(&wire).unwrap();
        assert_eq!((back.width, back.height, back.rgb), (3, 2, picture.rgb));
        for cut in 0..wire.len() {
            assert!(from_wire(&wire[..cut]).is_none());
        }
        assert!(from_wire(&[&wire[..], &[0]].concat()).is_none());
        assert!(from_wire(&to_wire(&Pixels { width: 0, height: 9, rgb: Vec::new() })).is_none());
        assert!(from_wire(&to_wire(&Pixels { width: u32::MAX, height: u32::MAX, rgb: vec![0; 3] })).is_none());
    }
}
