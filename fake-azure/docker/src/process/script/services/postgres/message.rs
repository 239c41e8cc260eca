//! The messages of PostgreSQL's protocol.

use crate::process::Connection;
use crate::process::task::CHUNK;

/// The longest message, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;
/// The longest first message, in bytes.
const LONGEST_FIRST: usize = 10_000;

/// A message that arrived: its kind, and what is in it.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) kind: u8,
    pub(super) body: Body,
}

/// What is in a message, to be read from the front.
#[derive(Debug)]
pub(super) struct Body {
    bytes: Vec<u8>,
    at: usize,
}

impl Body {
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&[u8]> {
        let bytes = self.bytes.get(self.at..self.at.checked_add(count)?)?;
        self.at += count;
        Some(bytes)
    }

    pub(super) fn rest(&mut self) -> &[u8] {
        let bytes = &self.bytes[self.at..];
        self.at = self.bytes.len();
        bytes
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    pub(super) fn short(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }

    pub(super) fn number(&mut self) -> Option<i32> {
        Some(i32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    /// A text up to its zero.
    pub(super) fn text(&mut self) -> Option<String> {
        let rest = self.bytes.get(self.at..)?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        let text = String::from_utf8_lossy(&rest[..end]).into_owned();
        self.at += end + 1;
        Some(text)
    }
}

/// A connection with messages on it.
pub(super) struct Wire<'a> {
    connection: &'a Connection,
    waiting: Vec<u8>,
    out: Vec<u8>,
}

impl<'a> Wire<'a> {
    pub(super) fn new(connection: &'a Connection) -> Self {
        Self {
            connection,
            waiting: Vec::new(),
            out: Vec::new(),
        }
    }

    /// Waits for so many bytes.
    async fn fill(&mut self, count: usize) -> Option<()> {
        while self.waiting.len() < count {
            let bytes = self.connection.read(CHUNK).await.ok()?;
            if bytes.is_empty() {
                return None;
            }
            self.waiting.extend(bytes);
        }
        Some(())
    }

    fn taken(&mut self, count: usize) -> Vec<u8> {
        let rest = self.waiting.split_off(count);
        std::mem::replace(&mut self.waiting, rest)
    }

    /// The first message, which has no kind.
    pub(super) async fn first(&mut self) -> Option<Body> {
        self.fill(4).await?;
        let length = i32::from_be_bytes(self.waiting.get(..4)?.try_into().ok()?);
        let length = usize::try_from(length).ok()?;
        if !(8..=LONGEST_FIRST).contains(&length) {
            return None;
        }
        self.fill(length).await?;
        let mut body = Body::new(self.taken(length));
        body.number()?;
        Some(body)
    }

    /// The next message; none when the client is gone or says nothing sensible.
    pub(super) async fn message(&mut self) -> Option<Message> {
        self.fill(5).await?;
        let kind = self.waiting[0];
        let length = i32::from_be_bytes(self.waiting.get(1..5)?.try_into().ok()?);
        let length = usize::try_from(length).ok()?;
        if !(4..=LONGEST).contains(&length) {
            return None;
        }
        self.fill(length + 1).await?;
        let mut body = Body::new(self.taken(length + 1));
        body.take(5)?;
        Some(Message { kind, body })
    }

    /// Puts a message on its way.
    pub(super) fn put(&mut self, kind: u8, body: &[u8]) {
        self.out.push(kind);
        let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
        self.out.extend(length.to_be_bytes());
        self.out.extend(body);
    }

    /// Puts bytes that are no message.
    pub(super) fn put_raw(&mut self, bytes: &[u8]) {
        self.out.extend(bytes);
    }

    /// Whether much waits to be sent.
    pub(super) fn is_full(&self) -> bool {
        self.out.len() > CHUNK
    }

    pub(super) async fn flush(&mut self) -> Option<()> {
        let out = std::mem::take(&mut self.out);
        if out.is_empty() {
            return Some(());
        }
        self.connection.write(&out).await.ok()
    }
}

/// Texts, each with its zero.
pub(super) fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend(text.replace('\0', "").as_bytes());
        bytes.push(0);
    }
    bytes
}
