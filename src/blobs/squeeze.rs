//! zstd with a dictionary learned from the shop's own mails. A dictionary stays while mails name it.

use super::Result;
use crate::database::{Millis, Writer, params};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// Level 3 keeps up with the network; 9 saves 7 % more at a sixth of the speed.
const LEVEL: i32 = 3;
/// zstd's own recommendation; larger ones win nothing on mails.
const DICTIONARY_BYTES: usize = 110 * 1024;

pub struct Dictionary {
    id: i64,
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

pub struct Squeezers {
    /// The newest is used for writing.
    dictionaries: RwLock<Vec<Arc<Dictionary>>>,
    /// They are only read with any more, until the last mail that needs them is compressed anew.
    retired: AtomicBool,
}

impl Squeezers {
    pub fn load(writer: &Writer) -> Result<Squeezers> {
        let rows = writer.all("SELECT id, bytes FROM dictionary ORDER BY id", [], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, Vec<u8>>(1)?)))?;
        let dictionaries = rows.into_iter().map(|(id, bytes)| Arc::new(Dictionary::new(id, &bytes))).collect();
        Ok(Squeezers { dictionaries: RwLock::new(dictionaries), retired: AtomicBool::new(false) })
    }

    pub fn has_dictionary(&self) -> bool {
        !self.dictionaries.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// Each mail compressed, and the dictionary that they need. (Making a compressor costs as much as a mail.)
    pub fn squeeze(&self, mails: &[&[u8]]) -> Result<(Option<i64>, Vec<Vec<u8>>)> {
        let dictionary = self.newest();
        let mut compressor = match &dictionary {
            None => Compressor::new(LEVEL)?,
            Some(dictionary) => Compressor::with_prepared_dictionary(&dictionary.encoder)?,
        };
        let squeezed = mails.iter().map(|bytes| compressor.compress(bytes)).collect::<std::io::Result<Vec<_>>>()?;
        Ok((dictionary.as_ref().map(|dictionary| dictionary.id), squeezed))
    }

    /// The dictionaries that there are now, for `Unsqueezer`.
    pub fn dictionaries(&self) -> Vec<Arc<Dictionary>> {
        self.dictionaries.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Learns from compressed samples (none of which has a dictionary yet) and keeps the result.
    pub fn learn(&self, samples: Vec<(Vec<u8>, i64)>, writer: &Writer, now: Millis) -> Result<()> {
        let plain = samples.iter().map(|(bytes, size)| zstd::bulk::decompress(bytes, *size as usize)).collect::<std::io::Result<Vec<_>>>()?;
        let bytes = zstd::dict::from_samples(&plain, DICTIONARY_BYTES)?;
        let id = writer.insert("INSERT INTO dictionary(bytes, at) VALUES (?1, ?2)", params![bytes, now])?;
        self.dictionaries.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(Dictionary::new(id, &bytes)));
        Ok(())
    }

    /// From now on mails are compressed without them.
    pub fn retire(&self) {
        self.retired.store(true, Ordering::SeqCst);
    }

    /// No mail needs them any more.
    pub fn drop_retired(&self) {
        self.dictionaries.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.retired.store(false, Ordering::SeqCst);
    }

    fn newest(&self) -> Option<Arc<Dictionary>> {
        if self.retired.load(Ordering::SeqCst) {
            return None;
        }
        self.dictionaries.read().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }
}

/// Takes many mails apart with one decompressor.
pub struct Unsqueezer<'d> {
    dictionaries: &'d [Arc<Dictionary>],
    /// Set up for the dictionary of the mail before.
    last: Option<(Option<i64>, Decompressor<'d>)>,
}

impl<'d> Unsqueezer<'d> {
    pub fn new(dictionaries: &'d [Arc<Dictionary>]) -> Unsqueezer<'d> {
        Unsqueezer { dictionaries, last: None }
    }

    pub fn unsqueeze(&mut self, squeezed: &[u8], dictionary: Option<i64>, size: usize) -> std::io::Result<Vec<u8>> {
        if let Some((id, decompressor)) = &mut self.last
            && *id == dictionary
        {
            return decompressor.decompress(squeezed, size);
        }
        let mut decompressor = match dictionary {
            None => Decompressor::new()?,
            Some(id) => {
                let known = self.dictionaries.iter().find(|known| known.id == id).ok_or_else(|| std::io::Error::other("its dictionary is missing"))?;
                Decompressor::with_prepared_dictionary(&known.decoder)?
            }
        };
        let bytes = decompressor.decompress(squeezed, size);
        self.last = Some((dictionary, decompressor));
        bytes
    }
}

/// Whether `word` stands in `bytes`.
pub fn contains(bytes: &[u8], word: &[u8]) -> bool {
    !word.is_empty() && bytes.windows(word.len()).any(|window| window == word)
}

impl Dictionary {
    fn new(id: i64, bytes: &[u8]) -> Dictionary {
        Dictionary { id, encoder: EncoderDictionary::copy(bytes, LEVEL), decoder: DecoderDictionary::copy(bytes) }
    }
}
