//! What was asked of a simulator, in order.
//!
//! Who asks decides what is written down, so a journal is bounded on its own: each text is cut
//! at [`TEXT`], and of all entries the oldest go, when they are too many or too long together.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many bytes of a text are kept.
pub const TEXT: usize = 2048;

/// How many entries are kept unless told.
pub const ENTRIES: usize = 100_000;

/// How many bytes all entries may have unless told.
pub const BYTES: usize = 32 << 20;

/// Something that a journal can hold.
pub trait Record {
    /// The texts that others had a say in.
    fn texts(&mut self) -> Vec<&mut String>;
}

/// The entries so far. What an entry tells is its owner's matter; secrets it does not.
#[derive(Debug)]
pub struct Journal<E> {
    pages: Mutex<Pages<E>>,
    /// How many entries are kept; the oldest go first.
    entries: usize,
    /// How many bytes all of them may have.
    bytes: usize,
}

#[derive(Debug)]
struct Pages<E> {
    entries: VecDeque<(u64, usize, E)>,
    written: u64,
    bytes: usize,
}

impl<E> Default for Pages<E> {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            written: 0,
            bytes: 0,
        }
    }
}

impl<E> Default for Journal<E> {
    fn default() -> Self {
        Self::keeping(ENTRIES, BYTES)
    }
}

impl<E> Journal<E> {
    /// A journal that keeps so many entries of so many bytes together, at least one.
    pub fn keeping(entries: usize, bytes: usize) -> Self {
        Self {
            pages: Mutex::default(),
            entries: entries.max(1),
            bytes,
        }
    }

    fn pages(&self) -> MutexGuard<'_, Pages<E>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Forgets all entries and begins to count anew.
    pub fn clear(&self) {
        *self.pages() = Pages::default();
    }

    /// How many bytes the entries have that are kept.
    pub fn bytes(&self) -> usize {
        self.pages().bytes
    }
}

impl<E: Record> Journal<E> {
    /// Writes the entry that `entry` makes of its number; they are counted from 1.
    pub fn write(&self, entry: impl FnOnce(u64) -> E) {
        let mut pages = self.pages();
        pages.written += 1;
        let number = pages.written;
        let mut entry = entry(number);
        let mut size = size_of::<(u64, usize, E)>();
        for text in entry.texts() {
            cut(text, TEXT);
            if text.capacity() > text.len() {
                // A copy, since what is cut off of a long text in its place leaves gaps between
                // the entries that nothing fits into.
                *text = text.as_str().to_owned();
            }
            size += text.len();
        }
        pages.bytes += size;
        pages.entries.push_back((number, size, entry));
        while pages.entries.len() > self.entries
            || (pages.bytes > self.bytes && pages.entries.len() > 1)
        {
            let oldest = pages.entries.pop_front();
            pages.bytes -= oldest.map_or(0, |(_, size, _)| size);
        }
    }
}

impl<E: Clone> Journal<E> {
    /// Every entry that is kept.
    pub fn entries(&self) -> Vec<E> {
        self.page(0, usize::MAX)
    }

    /// The entries after one of this number, up to so many.
    pub fn page(&self, after: u64, most: usize) -> Vec<E> {
        let pages = self.pages();
        let first = pages.entries.partition_point(|(n, ..)| *n <= after);
        let later = pages.entries.range(first..).take(most);
        later.map(|(_, _, entry)| entry.clone()).collect()
    }
}

/// Cuts a text to so many bytes, and says at its end how many there were.
pub fn cut(text: &mut String, most: usize) {
    if text.len() <= most {
        return;
    }
    let mark = format!("… ({} bytes)", text.len());
    let mut end = most.saturating_sub(mark.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.push_str(&mark);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Said(u64, String);

    impl Record for Said {
        fn texts(&mut self) -> Vec<&mut String> {
            vec![&mut self.1]
        }
    }

    fn write(journal: &Journal<Said>, text: &str) {
        journal.write(|number| Said(number, text.to_owned()));
    }

    fn numbers(entries: &[Said]) -> Vec<u64> {
        entries.iter().map(|said| said.0).collect()
    }

    #[test]
    fn entries_are_counted_from_one_and_the_oldest_go_first() {
        let journal = Journal::keeping(3, BYTES);
        for _ in 0..5 {
            write(&journal, "");
        }
        assert_eq!(numbers(&journal.entries()), [3, 4, 5]);

        journal.clear();
        write(&journal, "");
        assert_eq!(numbers(&journal.entries()), [1]);
    }

    #[test]
    fn long_texts_are_cut_and_marked_and_all_together_have_a_limit() {
        let journal = Journal::keeping(ENTRIES, 20_000);
        for _ in 0..1000 {
            write(&journal, &"é".repeat(50_000));
            assert!(journal.bytes() <= 20_000);
        }
        let entries = journal.entries();
        assert_eq!(entries.last().unwrap().0, 1000);
        for Said(_, text) in &entries {
            assert!(text.len() <= TEXT && text.capacity() <= TEXT);
            assert!(text.starts_with("éé") && text.ends_with("… (100000 bytes)"));
        }
        assert!((8..=10).contains(&entries.len()));
        // The last one stays, however long it is.
        let small = Journal::keeping(ENTRIES, 1);
        write(&small, "a");
        write(&small, "b");
        assert_eq!(small.entries(), [Said(2, "b".to_owned())]);
    }

    #[test]
    fn pages_follow_each_other() {
        let journal = Journal::keeping(6, BYTES);
        for _ in 0..9 {
            write(&journal, "");
        }
        assert_eq!(numbers(&journal.page(0, 2)), [4, 5]);
        assert_eq!(numbers(&journal.page(5, 3)), [6, 7, 8]);
        assert_eq!(numbers(&journal.page(8, 3)), [9]);
        assert!(journal.page(9, 3).is_empty());
        assert!(journal.page(u64::MAX, 3).is_empty());
    }

    proptest! {
        #[test]
        fn a_cut_text_is_within_its_limit(text in "\\PC{0,200}", most in 40_usize..100) {
            let mut short = text.clone();
            cut(&mut short, most);
            prop_assert!(short.len() <= most);
            prop_assert_eq!(short == text, text.len() <= most);
        }
    }
}
