//! Things that may happen again and again, counted rather than written down each time.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// So long after the first one of a kind, others are only counted.
const WINDOW: Duration = Duration::from_secs(60);

/// Counts by kind, each with what is to be written of it.
pub(super) struct Tally<K, V> {
    counts: HashMap<K, Count<V>>,
    swept: Instant,
}

struct Count<V> {
    since: Instant,
    more: u64,
    what: V,
}

impl<K: Eq + Hash, V> Tally<K, V> {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            counts: HashMap::new(),
            swept: now,
        }
    }

    /// Whether it has happened just before: then it is counted.
    pub(super) fn again(&mut self, kind: &K, now: Instant) -> bool {
        let count = self.counts.get_mut(kind);
        let count = count.filter(|count| now < count.since + WINDOW);
        count.map(|count| count.more += 1).is_some()
    }

    /// Begins to count, from after this first one on. Gives those that were only
    /// counted in times that are over; `None` where it was counted just now.
    pub(super) fn first(&mut self, kind: K, what: V, now: Instant) -> Option<Vec<(V, u64)>> {
        if self.again(&kind, now) {
            return None;
        }
        let mut over = Vec::new();
        if self.swept + WINDOW <= now {
            self.swept = now;
            let ended = self
                .counts
                .extract_if(|_, count| count.since + WINDOW <= now);
            over.extend(ended.map(|(_, count)| count));
        }
        let count = Count {
            since: now,
            more: 0,
            what,
        };
        over.extend(self.counts.insert(kind, count));
        Some(counted(over.into_iter()))
    }

    /// Gives all that was only counted, and forgets it.
    pub(super) fn rest(&mut self) -> Vec<(V, u64)> {
        counted(self.counts.drain().map(|(_, count)| count))
    }
}

fn counted<V>(counts: impl Iterator<Item = Count<V>>) -> Vec<(V, u64)> {
    let counted = counts.filter(|count| count.more > 0);
    counted.map(|count| (count.what, count.more)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_a_kind_is_written_and_others_are_counted() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut tally = Tally::new(start);
        assert!(!tally.again(&"a", at(0)));
        assert_eq!(tally.first("a", "A", at(0)), Some(vec![]));
        for second in 1..60 {
            assert!(tally.again(&"a", at(second)));
        }
        assert_eq!(tally.first("a", "A", at(59)), None);
        assert_eq!(tally.first("b", "B", at(59)), Some(vec![]));
        assert!(!tally.again(&"a", at(60)));
        assert_eq!(tally.first("a", "A", at(60)), Some(vec![("A", 60)]));
        assert!(tally.again(&"b", at(61)));
        assert_eq!(tally.first("c", "C", at(200)), Some(vec![("B", 1)]));
        assert!(tally.again(&"c", at(201)));
        assert_eq!(tally.rest(), [("C", 1)]);
        assert_eq!(tally.rest(), []);
    }
}
