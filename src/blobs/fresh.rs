//! Mails that were kept a moment ago and are read next: they need not be looked up, decompressed and checked for that.

use super::Hash;
use std::collections::VecDeque;

/// What may wait here; the oldest makes room. Some windows of fetched mail.
const BYTES_MAX: usize = 4 * 1024 * 1024;

#[derive(Default)]
pub struct Fresh {
    /// Oldest first, which is the order in which they are read.
    mails: VecDeque<(Hash, Vec<u8>)>,
    bytes: usize,
}

impl Fresh {
    pub fn remember(&mut self, hash: Hash, mail: &[u8]) {
        if mail.len() > BYTES_MAX {
            return;
        }
        self.bytes += mail.len();
        self.mails.push_back((hash, mail.to_vec()));
        while self.bytes > BYTES_MAX
            && let Some((_, oldest)) = self.mails.pop_front()
        {
            self.bytes -= oldest.len();
        }
    }

    /// Gives a mail out, once.
    pub fn take(&mut self, hash: Hash) -> Option<Vec<u8>> {
        let at = self.mails.iter().position(|(known, _)| *known == hash)?;
        let (_, mail) = self.mails.remove(at)?;
        self.bytes -= mail.len();
        if self.mails.is_empty() {
            self.mails.shrink_to_fit();
        }
        Some(mail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_given_out_once_and_the_oldest_makes_room() {
        let mut fresh = Fresh::default();
        let mail = |n: u8| vec![n; BYTES_MAX / 3];
        for n in 0..4 {
            fresh.remember(Hash([n; 32]), &mail(n));
        }
        fresh.remember(Hash([9; 32]), &vec![9; BYTES_MAX + 1]);
        assert_eq!((fresh.take(Hash([0; 32])), fresh.take(Hash([9; 32]))), (None, None));
        assert_eq!(fresh.take(Hash([2; 32])), Some(mail(2)));
        assert_eq!(fresh.take(Hash([2; 32])), None);
        assert_eq!((fresh.take(Hash([1; 32])), fresh.take(Hash([3; 32])), fresh.bytes), (Some(mail(1)), Some(mail(3)), 0));
    }
}
