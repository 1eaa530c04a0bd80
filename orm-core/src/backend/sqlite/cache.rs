//! The prepared statements of a connection, by text.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Duration;

use super::raw::StatementId;

/// The place of a statement in the cache. It is good until the next insertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(usize);

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Only reads.
    Read {
        /// Whether a second run on the same data gives the same rows in the same order.
        repeatable: bool,
    },
    Write,
    /// Begins a transaction, or begins or ends a savepoint: never long.
    Mark,
    /// Ends a transaction, or undoes a part of it.
    End,
}

/// A statement that is kept, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Known {
    pub(super) id: StatementId,
    pub(super) kind: Kind,
    /// How long it took: the last run, or half as long as before where that is more. `None` before the first one.
    pub(super) took: Option<Duration>,
}

struct Entry {
    known: Known,
    /// When it was last used, in uses of the cache.
    used: u64,
}

/// As many statements as were asked for; the one that was not used for longest goes first.
pub(super) struct Cache {
    places: HashMap<Box<str>, usize, BuildHasherDefault<TextHasher>>,
    entries: Vec<Entry>,
    capacity: usize,
    uses: u64,
}

impl Cache {
    /// For at least one statement.
    pub(super) fn new(capacity: usize) -> Self {
        Cache { places: HashMap::default(), entries: Vec::new(), capacity: capacity.max(1), uses: 0 }
    }

    /// The statement with this text.
    pub(super) fn find(&mut self, text: &str) -> Option<(Place, Known)> {
        let place = *self.places.get(text)?;
        self.uses += 1;
        let entry = self.entries.get_mut(place)?;
        entry.used = self.uses;
        Some((Place(place), entry.known))
    }

    /// Keeps a statement, and gives the one that had to make place for it.
    pub(super) fn insert(&mut self, text: &str, known: Known) -> (Place, Option<StatementId>) {
        self.uses += 1;
        let entry = Entry { known, used: self.uses };
        let oldest =
            self.entries.iter().enumerate().min_by_key(|(_, entry)| entry.used).map(|(place, _)| place);
        let (place, evicted) = match oldest.filter(|_| self.entries.len() >= self.capacity) {
            None => {
                self.entries.push(entry);
                (self.entries.len() - 1, None)
            }
            Some(oldest) => {
                self.places.retain(|_, place| *place != oldest);
                let old = self.entries.get_mut(oldest).map(|old| std::mem::replace(old, entry));
                (oldest, old.map(|old| old.known.id))
            }
        };
        self.places.insert(text.into(), place);
        (Place(place), evicted)
    }

    /// As if nothing had ever taken long.
    #[cfg(test)]
    pub(super) fn forget_times(&mut self) {
        for entry in &mut self.entries {
            entry.known.took = Some(Duration::ZERO);
        }
    }

    /// Writes down how long a run took.
    pub(super) fn record(&mut self, place: Place, took: Duration) {
        if let Some(entry) = self.entries.get_mut(place.0) {
            let before = entry.known.took.unwrap_or_default();
            entry.known.took = Some(took.max(before / 2));
        }
    }
}

/// A hash of SQL, eight bytes at a time: statements of many rows have long texts. They are the program's own, so that nobody
/// makes them collide.
#[derive(Default)]
pub(super) struct TextHasher(u64);

impl TextHasher {
    fn add(&mut self, word: u64) {
        // Of Knuth's multiplicative hashing: 2^64 by the golden ratio.
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
}

impl Hasher for TextHasher {
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let last = rest.iter().fold(rest.len() as u64, |last, byte| (last << 8) | u64::from(*byte));
        self.add(last);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 32)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn known(id: usize) -> Known {
        Known { id: StatementId::of_test(id), kind: Kind::Write, took: None }
    }

    #[test]
    fn what_was_not_used_for_longest_makes_place() {
        let mut cache = Cache::new(2);
        assert!(cache.insert("a", known(1)).1.is_none());
        assert!(cache.insert("b", known(2)).1.is_none());
        cache.find("a").unwrap();
        assert_eq!(cache.insert("c", known(3)).1, Some(StatementId::of_test(2)));
        assert!(cache.find("b").is_none());
        assert_eq!(cache.find("a").unwrap().1.id, StatementId::of_test(1));
        assert_eq!(cache.find("c").unwrap().1.id, StatementId::of_test(3));
    }

    #[test]
    fn a_slow_run_is_forgotten_by_halves() {
        let mut cache = Cache::new(0);
        let (place, _) = cache.insert("a", known(1));
        for (took, remembered) in [(8, 8), (1, 4), (1, 2), (1, 1), (3, 3)] {
            cache.record(place, Duration::from_millis(took));
            assert_eq!(cache.find("a").unwrap().1.took, Some(Duration::from_millis(remembered)));
        }
    }

    #[test]
    fn texts_that_differ_hash_apart() {
        let hash = |text: &str| {
            let mut hasher = TextHasher::default();
            hasher.write(text.as_bytes());
            hasher.finish()
        };
        let texts: Vec<String> =
            (0..2_000).map(|n| format!("SELECT {} FROM t{n}", "a".repeat(n % 40))).collect();
        let mut hashes: Vec<u64> = texts.iter().map(|text| hash(text)).collect();
        hashes.sort_unstable();
        hashes.dedup();
        assert_eq!(hashes.len(), texts.len());
        assert_ne!(hash("\0"), hash(""));
    }
}
