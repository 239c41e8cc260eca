//! What the programs of a container remember: counters and values.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The most entries that are kept.
const MOST_ENTRIES: usize = 10_000;
/// The most bytes that names and values take together.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What the programs of a container remember.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    counters: BTreeMap<String, u64>,
    values: BTreeMap<String, String>,
    bytes: usize,
}

impl Memory {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts, and tells how far; a counter beyond the limit stays at 1.
    pub(super) fn count(&self, name: &str) -> u64 {
        let mut kept = self.kept();
        if let Some(counter) = kept.counters.get_mut(name) {
            *counter = counter.saturating_add(1);
            return *counter;
        }
        if kept.has_room(name.len()) {
            kept.bytes += name.len();
            kept.counters.insert(name.to_owned(), 1);
        }
        1
    }

    /// How far a counter is.
    pub(super) fn counted(&self, name: &str) -> u64 {
        self.kept().counters.get(name).copied().unwrap_or_default()
    }

    /// Keeps a value; an empty one is forgotten, and so is one beyond the limit.
    pub(super) fn set(&self, name: &str, value: String) {
        let mut kept = self.kept();
        if let Some(old) = kept.values.remove(name) {
            kept.bytes -= name.len() + old.len();
        }
        let size = name.len() + value.len();
        if !value.is_empty() && kept.has_room(size) {
            kept.bytes += size;
            kept.values.insert(name.to_owned(), value);
        }
    }

    /// A value that was kept.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        self.kept().values.get(name).cloned()
    }
}

impl Kept {
    fn has_room(&self, size: usize) -> bool {
        self.counters.len() + self.values.len() < MOST_ENTRIES && self.bytes + size <= MOST_BYTES
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_go_up_and_values_are_replaced() {
        let memory = Memory::default();
        assert_eq!(
            (memory.count("a"), memory.count("a"), memory.count("b")),
            (1, 2, 1)
        );
        assert_eq!(memory.counted("a"), 2);
        memory.set("x", "1".to_owned());
        memory.set("x", "2".to_owned());
        assert_eq!(memory.value("x").as_deref(), Some("2"));
        memory.set("x", String::new());
        assert_eq!(memory.value("x"), None);
    }

    #[test]
    fn what_is_remembered_stays_bounded() {
        let memory = Memory::default();
        for number in 0..2 * MOST_ENTRIES {
            memory.set(&number.to_string(), "x".to_owned());
        }
        assert_eq!(memory.kept().values.len(), MOST_ENTRIES);
        memory.set("0", "x".repeat(MOST_BYTES));
        assert_eq!(memory.value("0"), None);
        assert!(memory.kept().bytes < MOST_BYTES);
    }
}
