//! What was asked of a simulator, in order.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many entries are kept; the oldest go first.
const KEPT: usize = 100_000;

/// The entries so far. What an entry tells is its owner's matter; secrets it does not.
#[derive(Debug)]
pub struct Journal<E> {
    pages: Mutex<Pages<E>>,
}

#[derive(Debug)]
struct Pages<E> {
    entries: VecDeque<E>,
    written: u64,
}

impl<E> Default for Pages<E> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            written: 0,
        }
    }
}

impl<E> Default for Journal<E> {
    fn default() -> Self {
        Self {
            pages: Mutex::default(),
        }
    }
}

impl<E> Journal<E> {
    fn pages(&self) -> MutexGuard<'_, Pages<E>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the entry that `entry` makes of its number; they are counted from 1.
    pub fn write(&self, entry: impl FnOnce(u64) -> E) {
        let mut pages = self.pages();
        pages.written += 1;
        if pages.entries.len() == KEPT {
            pages.entries.pop_front();
        }
        let entry = entry(pages.written);
        pages.entries.push_back(entry);
    }

    /// Forgets all entries and begins to count anew.
    pub fn clear(&self) {
        *self.pages() = Pages::default();
    }
}

impl<E: Clone> Journal<E> {
    /// Every entry that is kept.
    pub fn entries(&self) -> Vec<E> {
        self.pages().entries.iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_counted_from_one_and_the_oldest_go_first() {
        let journal = Journal::default();
        for _ in 0..KEPT + 2 {
            journal.write(|number| number);
        }
        let entries = journal.entries();
        assert_eq!(entries.len(), KEPT);
        assert_eq!((entries[0], entries[KEPT - 1]), (3, KEPT as u64 + 2));

        journal.clear();
        journal.write(|number| number);
        assert_eq!(journal.entries(), [1]);
    }
}
