//! Answers of the store, remembered for a moment.
//!
//! What is remembered is dropped at once when this process hears of a change,
//! and soon by itself when the change was made elsewhere.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A bounded map whose entries expire.
#[derive(Debug)]
pub(crate) struct Recent<K, V> {
    lifetime: Duration,
    capacity: usize,
    state: Mutex<State<K, V>>,
}

#[derive(Debug)]
struct State<K, V> {
    entries: HashMap<K, (Instant, V)>,
    /// Counts changes, so that an answer asked for before one is not
    /// remembered after it.
    changes: u64,
}

/// The moment at which an answer was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked(u64);

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    pub(crate) fn new(lifetime: Duration, capacity: usize) -> Self {
        let state = State {
            entries: HashMap::new(),
            changes: 0,
        };
        Self {
            lifetime,
            capacity,
            state: Mutex::new(state),
        }
    }

    /// What is remembered, or else the moment to hand to [`Self::remember`].
    pub(crate) fn recall(&self, key: &K) -> Result<V, Asked> {
        let state = self.state();
        match state.entries.get(key) {
            Some((until, value)) if *until > Instant::now() => Ok(value.clone()),
            _ => Err(Asked(state.changes)),
        }
    }

    pub(crate) fn remember(&self, asked: Asked, key: K, value: V) {
        let now = Instant::now();
        let mut state = self.state();
        if state.changes != asked.0 {
            return;
        }
        if state.entries.len() >= self.capacity {
            state.entries.retain(|_, (until, _)| *until > now);
        }
        if state.entries.len() >= self.capacity {
            state.entries.clear();
        }
        state.entries.insert(key, (now + self.lifetime, value));
    }

    /// Drops every entry whose key is `stale`.
    pub(crate) fn forget(&self, stale: impl Fn(&K) -> bool) {
        let mut state = self.state();
        state.changes += 1;
        state.entries.retain(|key, _| !stale(key));
    }

    fn state(&self) -> MutexGuard<'_, State<K, V>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(3600);

    fn remember(recent: &Recent<u8, u8>, key: u8) {
        if let Err(asked) = recent.recall(&key) {
            recent.remember(asked, key, key);
        }
    }

    #[test]
    fn a_change_also_drops_answers_on_their_way() {
        let recent = Recent::new(LONG, 8);
        remember(&recent, 1);
        assert_eq!(recent.recall(&1).ok(), Some(1));
        let asked = recent.recall(&2).expect_err("nothing is remembered yet");
        recent.forget(|key| *key == 1);
        assert!(recent.recall(&1).is_err());
        recent.remember(asked, 2, 2);
        assert!(recent.recall(&2).is_err());
        remember(&recent, 2);
        assert_eq!(recent.recall(&2).ok(), Some(2));
    }

    #[test]
    fn it_is_bounded_in_number_and_time() {
        let recent = Recent::new(LONG, 4);
        (0..100).for_each(|key| remember(&recent, key));
        assert!(recent.state().entries.len() <= 4);
        let recent = Recent::new(Duration::ZERO, 4);
        remember(&recent, 1);
        assert!(recent.recall(&1).is_err());
    }
}
