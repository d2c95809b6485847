//! zstd with a dictionary learned from the shop's own mails. A dictionary is never deleted: old mails name it.

use super::Result;
use crate::database::{Millis, Writer, params};
use std::sync::{Arc, PoisonError, RwLock};
use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};

/// Level 3 keeps up with the network; 9 saves 7 % more at a sixth of the speed.
const LEVEL: i32 = 3;
/// zstd's own recommendation; larger ones win nothing on mails.
const DICTIONARY_BYTES: usize = 110 * 1024;

struct Dictionary {
    id: i64,
    encoder: EncoderDictionary<'static>,
    decoder: DecoderDictionary<'static>,
}

pub struct Squeezers {
    /// The newest is used for writing.
    dictionaries: RwLock<Vec<Arc<Dictionary>>>,
}

impl Squeezers {
    pub fn load(writer: &Writer) -> Result<Squeezers> {
        let rows = writer.all("SELECT id, bytes FROM dictionary ORDER BY id", [], |r| Ok((r.get::<_, i64>(0)?, r.get::<_, Vec<u8>>(1)?)))?;
        let dictionaries = rows.into_iter().map(|(id, bytes)| Arc::new(Dictionary::new(id, &bytes))).collect();
        Ok(Squeezers { dictionaries: RwLock::new(dictionaries) })
    }

    pub fn has_dictionary(&self) -> bool {
        !self.dictionaries.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    /// The compressed bytes and the dictionary they need.
    pub fn squeeze(&self, bytes: &[u8]) -> Result<(Option<i64>, Vec<u8>)> {
        match self.newest() {
            None => Ok((None, zstd::bulk::compress(bytes, LEVEL)?)),
            Some(dictionary) => Ok((Some(dictionary.id), Compressor::with_prepared_dictionary(&dictionary.encoder)?.compress(bytes)?)),
        }
    }

    pub fn unsqueeze(&self, squeezed: &[u8], dictionary: Option<i64>, size: usize) -> std::io::Result<Vec<u8>> {
        let Some(id) = dictionary else { return zstd::bulk::decompress(squeezed, size) };
        let all = self.dictionaries.read().unwrap_or_else(PoisonError::into_inner);
        let dictionary = all.iter().find(|d| d.id == id).ok_or_else(|| std::io::Error::other("its dictionary is missing"))?.clone();
        drop(all);
        Decompressor::with_prepared_dictionary(&dictionary.decoder)?.decompress(squeezed, size)
    }

    /// Learns from compressed samples (none of which has a dictionary yet) and keeps the result.
    pub fn learn(&self, samples: Vec<(Vec<u8>, i64)>, writer: &Writer, now: Millis) -> Result<()> {
        let plain = samples.iter().map(|(bytes, size)| zstd::bulk::decompress(bytes, *size as usize)).collect::<std::io::Result<Vec<_>>>()?;
        let bytes = zstd::dict::from_samples(&plain, DICTIONARY_BYTES)?;
        let id = writer.insert("INSERT INTO dictionary(bytes, at) VALUES (?1, ?2)", params![bytes, now])?;
        self.dictionaries.write().unwrap_or_else(PoisonError::into_inner).push(Arc::new(Dictionary::new(id, &bytes)));
        Ok(())
    }

    fn newest(&self) -> Option<Arc<Dictionary>> {
        self.dictionaries.read().unwrap_or_else(PoisonError::into_inner).last().cloned()
    }
}

impl Dictionary {
    fn new(id: i64, bytes: &[u8]) -> Dictionary {
        Dictionary { id, encoder: EncoderDictionary::copy(bytes, LEVEL), decoder: DecoderDictionary::copy(bytes) }
    }
}
