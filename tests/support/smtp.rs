//! The internet's side of SMTP: a customer's server that hands in a mail, in the fewest words that work.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Hands `mail` (CRLF lines) in on `port` as from `from` to each of `to`, and returns the server's last words.
#[track_caller]
pub fn hand_in(port: u16, from: &str, to: &[&str], mail: &str) -> String {
    let mut talk = Talk::open(port);
    talk.letter(from, to, mail)
}

/// The same as a user of the provider, by submission.
#[track_caller]
pub fn hand_in_signed(port: u16, user: &str, password: &str, to: &str, mail: &str) -> String {
    let mut talk = Talk::open(port);
    let words = data_encoding::BASE64.encode(format!("\0{user}\0{password}").as_bytes());
    talk.say(&format!("AUTH PLAIN {words}\r\n"), "235");
    talk.letter(user, &[to], mail)
}

/// What the server says to one recipient.
pub fn try_recipient(port: u16, from: &str, to: &str) -> String {
    let mut talk = Talk::open(port);
    talk.say(&format!("MAIL FROM:<{from}>\r\n"), "250");
    talk.say(&format!("RCPT TO:<{to}>\r\n"), "")
}

struct Talk(BufReader<TcpStream>);

impl Talk {
    #[track_caller]
    fn open(port: u16) -> Talk {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let mut talk = Talk(BufReader::new(stream));
        talk.expect("220");
        talk.say("EHLO customer.example.test\r\n", "250");
        talk
    }

    #[track_caller]
    fn letter(&mut self, from: &str, to: &[&str], mail: &str) -> String {
        self.say(&format!("MAIL FROM:<{from}>\r\n"), "250");
        for address in to {
            self.say(&format!("RCPT TO:<{address}>\r\n"), "250");
        }
        self.say("DATA\r\n", "354");
        let stuffed = mail.replace("\r\n.", "\r\n..");
        let answer = self.say(&format!("{}\r\n.\r\n", stuffed.trim_end_matches("\r\n")), "250");
        self.say("QUIT\r\n", "221");
        answer
    }

    #[track_caller]
    fn say(&mut self, words: &str, code: &str) -> String {
        self.0.get_mut().write_all(words.as_bytes()).unwrap();
        self.expect(code)
    }

    #[track_caller]
    fn expect(&mut self, code: &str) -> String {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line).unwrap();
            assert!(line.starts_with(code), "expected {code}, the server said {line:?}");
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }
}
