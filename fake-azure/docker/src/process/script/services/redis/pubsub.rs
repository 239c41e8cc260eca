//! Channels: who listens to what, and messages on their way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::commands::Pattern;
use super::protocol::Reply;

/// How many bytes of messages wait for a client that does not read them, before it is let go.
const MOST_WAITING: usize = 8 * 1024 * 1024;

/// Messages that wait for a client.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    messages: Vec<Reply>,
    bytes: usize,
}

impl Mailbox {
    fn put(&self, message: Reply, bytes: usize) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.bytes += bytes;
        if waiting.bytes <= MOST_WAITING {
            waiting.messages.push(message);
        }
        drop(waiting);
        self.news.notify_one();
    }

    /// Waits for messages; none at all for a client that was too slow.
    pub(super) async fn take(&self) -> Option<Vec<Reply>> {
        loop {
            {
                let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                if waiting.bytes > MOST_WAITING {
                    return None;
                }
                if !waiting.messages.is_empty() {
                    waiting.bytes = 0;
                    return Some(std::mem::take(&mut waiting.messages));
                }
            }
            self.news.notified().await;
        }
    }
}

/// What a client listens to.
#[derive(Default)]
pub(super) struct Listening {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) channels: BTreeSet<Vec<u8>>,
    pub(super) patterns: BTreeMap<Vec<u8>, Pattern>,
}

impl Listening {
    pub(super) fn count(&self) -> usize {
        self.channels.len() + self.patterns.len()
    }

    /// Hands a message over as often as the client listens to its channel.
    pub(super) fn hand_over(&self, channel: &[u8], message: &[u8]) -> usize {
        let mut count = 0;
        let bytes = channel.len() + message.len() + 64;
        if self.channels.contains(channel) {
            let words = [&b"message"[..], channel, message];
            self.mailbox
                .put(Reply::Push(words.map(Reply::bulk).into()), bytes);
            count += 1;
        }
        for (name, pattern) in &self.patterns {
            if pattern.matches(channel) {
                let words = [&b"pmessage"[..], name, channel, message];
                self.mailbox
                    .put(Reply::Push(words.map(Reply::bulk).into()), bytes);
                count += 1;
            }
        }
        count
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening")
            .field("channels", &self.channels.len())
            .field("patterns", &self.patterns.len())
            .finish_non_exhaustive()
    }
}
