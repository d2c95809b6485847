//! Raw mails of people who were erased: row, file, and what a dictionary learned from them (PROMISES P69).

use super::squeeze::{self, Unsqueezer};
use super::{Blobs, Hash, Result, files, lock};
use crate::database::{self, params};

/// Raw mails compressed anew in one commit.
const ANEW_AT_ONCE: i64 = 200;

impl Blobs {
    /// Forgets raw mails: overwritten where they stood (secure_delete), and out of the journal.
    pub fn forget(&self, hashes: &[Hash]) -> Result<()> {
        for hash in hashes {
            files::forget(&self.folder, *hash)?;
            lock(&self.writer).execute("DELETE FROM raw WHERE hash = ?1", [hash.0])?;
            lock(&self.fresh).take(*hash);
        }
        // A reader of an older state would keep it in the journal.
        let _no_reader = lock(&self.reader);
        Ok(database::empty_journal(&lock(&self.writer))?)
    }

    /// Writes `mail.db` anew, without what was freed before freed pages were overwritten. Mail that arrives waits meanwhile.
    pub fn write_anew(&self) -> Result<()> {
        Ok(database::write_anew(&lock(&self.writer))?)
    }

    /// Whether a dictionary learned one of these words: then it repeats them for as long as it is there.
    pub fn dictionary_knows(&self, words: &[Vec<u8>]) -> Result<bool> {
        let dictionaries = lock(&self.reader).all("SELECT bytes FROM dictionary", [], |r| r.get::<_, Vec<u8>>(0))?;
        let knows = |word: &Vec<u8>| dictionaries.iter().any(|bytes| squeeze::contains(bytes, word));
        Ok(words.iter().any(knows))
    }

    /// Compresses every mail without a dictionary and drops those that there are; another is learned from what remains.
    pub fn forget_dictionaries(&self) -> Result<()> {
        self.squeezers.retire();
        while self.compress_some_anew()? > 0 {}
        let writer = lock(&self.writer);
        writer.execute("DELETE FROM dictionary", [])?;
        self.squeezers.drop_retired();
        Ok(())
    }

    fn compress_some_anew(&self) -> Result<usize> {
        let rows = lock(&self.reader).all(
            "SELECT id, size, dictionary_id, bytes FROM raw WHERE dictionary_id IS NOT NULL AND bytes IS NOT NULL ORDER BY id LIMIT ?1",
            [ANEW_AT_ONCE],
            |r| Ok((r.get::<_, i64>(0)?, r.get::<_, i64>(1)?, r.get::<_, Option<i64>>(2)?, r.get::<_, Vec<u8>>(3)?)),
        )?;
        let dictionaries = self.squeezers.dictionaries();
        let mut unsqueezer = Unsqueezer::new(&dictionaries);
        let writer = lock(&self.writer);
        writer.batch("BEGIN IMMEDIATE")?;
        let anew = rows.iter().try_for_each(|(id, size, dictionary, bytes)| {
            let plain = unsqueezer.unsqueeze(bytes, *dictionary, *size as usize)?;
            let (_, squeezed) = self.squeezers.squeeze(&[&plain])?;
            writer.execute("UPDATE raw SET dictionary_id = NULL, bytes = ?2 WHERE id = ?1", params![id, squeezed[0]])?;
            Result::Ok(())
        });
        if let Err(failure) = anew.and_then(|()| Ok(writer.batch("COMMIT")?)) {
            writer.batch("ROLLBACK").ok();
            return Err(failure);
        }
        Ok(rows.len())
    }
}
