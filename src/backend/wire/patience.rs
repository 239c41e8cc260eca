//! How long is waited, and how often tried.

use std::time::Duration;

/// Longer answers than any that the service gives are not read to their end, in bytes.
const LONGEST_ANSWER: usize = 32 << 20;

/// How long the client waits, and how often it tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a connection.
    pub connect: Duration,
    /// For a whole answer.
    pub answer: Duration,
    /// How often a request is repeated where that is safe.
    pub repeats: u32,
    /// The longest wait that the service may ask for before a repeat.
    pub longest_wait: Duration,
    /// For another operation that holds what is to be changed, in all.
    pub exclusive: Duration,
    /// The longest answer, in bytes.
    pub longest_answer: usize,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(15),
            answer: Duration::from_mins(2),
            repeats: 3,
            longest_wait: Duration::from_mins(5),
            exclusive: Duration::from_mins(10),
            longest_answer: LONGEST_ANSWER,
        }
    }
}

/// A service that hurries has answered within this time.
const SHORTEST_ANSWER: Duration = Duration::from_secs(5);

impl Patience {
    /// Waits for answers so many times shorter, but not so short that a busy machine passes for an
    /// absent one.
    pub fn hurried(factor: u32) -> Self {
        let whole = Self::default();
        let answer = whole.answer / factor.max(1);
        Self {
            answer: answer.max(SHORTEST_ANSWER),
            ..whole
        }
    }
}
