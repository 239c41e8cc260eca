//! What was asked of a simulator, in order.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many entries are kept unless told.
const KEPT: usize = 100_000;

/// The entries so far. What an entry tells is its owner's matter; secrets it does not.
#[derive(Debug)]
pub struct Journal<E> {
    pages: Mutex<Pages<E>>,
    /// How many entries are kept; the oldest go first.
    kept: usize,
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
        Self::keeping(KEPT)
    }
}

impl<E> Journal<E> {
    /// A journal that keeps so many entries, at least one.
    pub fn keeping(kept: usize) -> Self {
        Self {
            pages: Mutex::default(),
            kept: kept.max(1),
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages<E>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes the entry that `entry` makes of its number; they are counted from 1.
    pub fn write(&self, entry: impl FnOnce(u64) -> E) {
        let mut pages = self.pages();
        pages.written += 1;
        if pages.entries.len() == self.kept {
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
        let journal = Journal::keeping(3);
        for _ in 0..5 {
            journal.write(|number| number);
        }
        assert_eq!(journal.entries(), [3, 4, 5]);

        journal.clear();
        journal.write(|number| number);
        assert_eq!(journal.entries(), [1]);
    }
}
