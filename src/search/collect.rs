//! Collects what the index found: for every conversation its best or newest message, and how many conversations there are.

use super::find::Order;
use std::cmp::Reverse;
use std::sync::Arc;
use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::{DocId, Score, SegmentOrdinal, SegmentReader};

/// Row ids beyond this are damage: no shop has as many conversations.
const IDS_MAX: u64 = 1 << 28;

/// Row ids as bits: they are small and dense.
#[derive(Clone, Debug, Default)]
pub struct Ids {
    bits: Vec<u64>,
}

impl Ids {
    pub fn insert(&mut self, id: u64) {
        let word = (id / 64) as usize;
        if id < IDS_MAX {
            if self.bits.len() <= word {
                self.bits.resize(word + 1, 0);
            }
            self.bits[word] |= 1 << (id % 64);
        }
    }

    pub fn contains(&self, id: u64) -> bool {
        self.bits.get((id / 64) as usize).is_some_and(|word| word & (1 << (id % 64)) != 0)
    }

    pub fn count(&self) -> usize {
        self.bits.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn merge(&mut self, other: &Ids) {
        self.bits.resize(self.bits.len().max(other.bits.len()), 0);
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a |= b);
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// Arrival or score: greater is first.
    pub key: i64,
    pub message: u64,
    pub conversation: u64,
}

impl Candidate {
    fn rank(&self) -> Reverse<(i64, u64)> {
        Reverse((self.key, self.message))
    }
}

fn keep_first(candidates: &mut Vec<Candidate>, keep: usize) {
    if candidates.len() > keep {
        candidates.select_nth_unstable_by_key(keep, Candidate::rank);
        candidates.truncate(keep);
    }
}

#[derive(Default)]
pub struct Collected {
    /// In order, first of each conversation only.
    pub candidates: Vec<Candidate>,
    /// Conversations in all, also those whose candidates were let go.
    pub conversations: usize,
}

/// Collects the conversations among `allowed` (`None`: any).
pub struct Gather {
    pub order: Order,
    pub allowed: Option<Arc<Ids>>,
    /// Messages kept: only the first of them are shown.
    pub keep: usize,
}

pub struct Segment {
    order: Order,
    keep: usize,
    allowed: Option<Arc<Ids>>,
    ids: Arc<dyn ColumnValues<u64>>,
    conversations: Arc<dyn ColumnValues<u64>>,
    at: Arc<dyn ColumnValues<i64>>,
    found: Vec<Candidate>,
    seen: Ids,
}

impl Collector for Gather {
    type Fruit = Collected;
    type Child = Segment;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<Segment> {
        let columns = segment.fast_fields();
        Ok(Segment {
            order: self.order,
            keep: self.keep,
            allowed: self.allowed.clone(),
            ids: columns.u64("id")?.first_or_default_col(0),
            conversations: columns.u64("conversation")?.first_or_default_col(0),
            at: columns.i64("at")?.first_or_default_col(0),
            found: Vec::new(),
            seen: Ids::default(),
        })
    }

    fn requires_scoring(&self) -> bool {
        self.order == Order::Best
    }

    fn merge_fruits(&self, segments: Vec<(Vec<Candidate>, Ids)>) -> tantivy::Result<Collected> {
        let (mut candidates, mut all) = (Vec::new(), Ids::default());
        for (found, seen) in segments {
            candidates.extend(found);
            all.merge(&seen);
        }
        keep_first(&mut candidates, self.keep);
        candidates.sort_unstable_by_key(Candidate::rank);
        let mut taken = Ids::default();
        candidates.retain(|c| {
            let first = !taken.contains(c.conversation);
            taken.insert(c.conversation);
            first
        });
        Ok(Collected { candidates, conversations: all.count() })
    }
}

impl SegmentCollector for Segment {
    type Fruit = (Vec<Candidate>, Ids);

    fn collect(&mut self, doc: DocId, score: Score) {
        let conversation = self.conversations.get_val(doc);
        if self.allowed.as_ref().is_some_and(|allowed| !allowed.contains(conversation)) {
            return;
        }
        let key = match self.order {
            Order::Newest => self.at.get_val(doc),
            Order::Best => i64::from(score.max(0.0).to_bits()), // positive floats sort as their bits do
        };
        self.seen.insert(conversation);
        self.found.push(Candidate { key, message: self.ids.get_val(doc), conversation });
        if self.found.len() >= self.keep * 2 {
            keep_first(&mut self.found, self.keep);
        }
    }

    fn harvest(self) -> (Vec<Candidate>, Ids) {
        (self.found, self.seen)
    }
}
