//! Every exchange with the simulator, in order. No secrets: neither bodies nor credentials.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use serde::Serialize;

/// How many entries are kept.
const KEPT: usize = 100_000;

/// One exchange.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When it was answered, in the simulator's time.
    pub time: Timestamp,
    /// The operation's name in the documentation.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path and query as they were asked for.
    pub path: String,
    /// The status of the answer; 0 where the connection was dropped.
    pub status: u16,
    /// The identifier of the request.
    pub request_id: String,
    /// What exactly was at fault.
    pub detail: Option<String>,
}

/// The entries so far.
#[derive(Debug, Default)]
pub(crate) struct Journal {
    pages: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    entries: VecDeque<Entry>,
    written: u64,
}

impl Journal {
    fn pages(&self) -> MutexGuard<'_, Pages> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes an entry; its number is given here.
    pub(crate) fn write(&self, mut entry: Entry) {
        let mut pages = self.pages();
        pages.written += 1;
        entry.number = pages.written;
        if pages.entries.len() == KEPT {
            pages.entries.pop_front();
        }
        pages.entries.push_back(entry);
    }

    /// Notes something that no request is behind.
    pub(crate) fn note(&self, time: Timestamp, operation: &str, path: String, detail: String) {
        self.write(Entry {
            number: 0,
            time,
            operation: operation.to_owned(),
            method: String::new(),
            path,
            status: 0,
            request_id: String::new(),
            detail: Some(detail),
        });
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        self.pages().entries.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        *self.pages() = Pages::default();
    }
}
