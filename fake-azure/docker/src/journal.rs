//! What was asked of an engine, in order. No secrets: neither bodies nor credentials.

use jiff::Timestamp;
use serde::Serialize;

use crate::engine::Engine;

/// How many entries an engine keeps.
pub(crate) const KEPT: usize = 10_000;

/// How many bytes all of them may have.
pub(crate) const BYTES: usize = 4 << 20;

/// One exchange with an engine, or something that happened without one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Its number, from 1.
    pub number: u64,
    /// When it was answered, in the engine's time.
    pub time: Timestamp,
    /// The route, such as `/containers/{id}/json`; empty where there is none.
    pub route: String,
    /// The HTTP method; empty where nobody asked.
    pub method: String,
    /// The path and query as they were asked for, or what it is about.
    pub path: String,
    /// The status of the answer; 0 where there was none.
    pub status: u16,
    /// What went wrong, or what else is to be known.
    pub detail: Option<String>,
}

impl simulation::journal::Record for Entry {
    fn texts(&mut self) -> Vec<&mut String> {
        let mut texts = vec![&mut self.route, &mut self.method, &mut self.path];
        texts.extend(&mut self.detail);
        texts
    }
}

impl Engine {
    /// What was asked so far, as much of it as is kept.
    pub fn journal(&self) -> Vec<Entry> {
        self.pages().entries()
    }

    /// What was asked after the entry of this number, up to so many entries.
    pub fn journal_page(&self, after: u64, most: usize) -> Vec<Entry> {
        self.pages().page(after, most)
    }

    /// Forgets what was asked so far.
    pub fn clear_journal(&self) {
        self.pages().clear();
    }

    /// Notes something that no request is behind.
    pub(crate) fn write_down(&self, subject: &str, detail: &str) {
        let time = self.now();
        self.pages().write(|number| Entry {
            number,
            time,
            route: String::new(),
            method: String::new(),
            path: subject.to_owned(),
            status: 0,
            detail: Some(detail.to_owned()),
        });
    }
}
