//! The photos that go with a letter: so many, and so large together, that every server takes the letter. Those that stay behind are named in
//! it, and stand behind its link.

use crate::email::compose::File;

/// In one letter; nobody opens more from a mail.
const PHOTOS_MAX: usize = 6;
/// All photos of a letter. In base64 they are 14 MB; many servers refuse a mail of more than 20.
const PHOTOS_BYTES_MAX: usize = 10 * 1024 * 1024;
/// Of a photo's name: enough to know it by.
const NAME_CHARS_MAX: usize = 60;

#[derive(Clone, Debug, Default)]
pub struct Enclosed {
    pub files: Vec<File>,
    /// Names of photos that do not go along.
    pub left_out: Vec<String>,
}

impl Enclosed {
    /// Whether another photo is worth making anew.
    pub fn has_room(&self) -> bool {
        self.files.len() < PHOTOS_MAX && self.bytes() < PHOTOS_BYTES_MAX
    }

    /// Takes a photo as it was made anew; `None`: it could not be, or nobody tried.
    pub fn add(&mut self, name: &str, jpeg: Option<Vec<u8>>) {
        match jpeg.filter(|jpeg| self.has_room() && self.bytes() + jpeg.len() <= PHOTOS_BYTES_MAX) {
            Some(bytes) => self.files.push(File { name: name.to_owned(), content_type: String::new(), bytes }),
            None => self.left_out.push(one_line(name)),
        }
    }

    fn bytes(&self) -> usize {
        self.files.iter().map(|file| file.bytes.len()).sum()
    }
}

/// A name is its sender's own words: it stays on its line.
fn one_line(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_takes_as_many_photos_as_every_server_takes_and_names_the_others() {
        let megabytes = |n: usize| Some(vec![0; n * 1024 * 1024]);
        let mut enclosed = Enclosed::default();
        for (name, jpeg) in [("a.jpg", megabytes(4)), ("b.jpg", megabytes(5)), ("c \n.jpg", megabytes(2)), ("broken.jpg", None), ("d.jpg", megabytes(1))] {
            enclosed.add(name, jpeg);
        }
        let names: Vec<&str> = enclosed.files.iter().map(|file| file.name.as_str()).collect();
        assert_eq!((names, enclosed.left_out.join("|")), (vec!["a.jpg", "b.jpg", "d.jpg"], "c .jpg|broken.jpg".to_owned()));
        assert!(!enclosed.has_room());
        let mut many = Enclosed::default();
        (0..9).for_each(|n| many.add(&format!("{n}.jpg"), Some(vec![1])));
        assert_eq!((many.files.len(), many.left_out.len()), (PHOTOS_MAX, 3));
    }
}
