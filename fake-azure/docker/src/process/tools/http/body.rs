//! The body of an answer, as it comes.

use super::HttpError;
use crate::process::task::CHUNK;
use crate::process::{Connection, Process};

/// The longest line between chunks, in bytes.
const LONGEST_LINE: usize = 4096;

/// How one knows where a body ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Left {
    /// So many bytes are to come.
    Bytes(u64),
    /// A line with the length of the next chunk is to come.
    ChunkLength,
    /// So many bytes of this chunk, and a line end.
    Chunk(u64),
    /// Lines up to an empty one.
    Trailers,
    /// All until the connection ends.
    UntilEnd,
}

/// A body that is still to be read.
#[derive(Debug)]
pub(in crate::process::tools) struct Body {
    connection: Connection,
    held: Vec<u8>,
    left: Left,
}

impl Body {
    pub(super) fn of(
        connection: Connection,
        held: Vec<u8>,
        headers: &[(String, String)],
        code: u16,
        method: &str,
    ) -> Result<Self, HttpError> {
        let header = |name: &str| {
            let mut headers = headers.iter();
            let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value.as_str())
        };
        let chunked = header("Transfer-Encoding")
            .is_some_and(|value| value.to_ascii_lowercase().ends_with("chunked"));
        let length = match header("Content-Length") {
            Some(text) => Some(text.parse().map_err(|_| HttpError::Malformed)?),
            None => None,
        };
        let left = if method == "HEAD" || matches!(code, 204 | 304) {
            Left::Bytes(0)
        } else if chunked {
            Left::ChunkLength
        } else {
            length.map_or(Left::UntilEnd, Left::Bytes)
        };
        Ok(Self {
            connection,
            held,
            left,
        })
    }

    /// The next bytes; nothing is the end.
    pub(in crate::process::tools) async fn next(
        &mut self,
        process: &mut Process,
    ) -> Result<Option<Vec<u8>>, HttpError> {
        loop {
            match self.left {
                Left::Bytes(0) => return Ok(None),
                Left::Bytes(left) => {
                    let bytes = self.some(process, left).await?.ok_or(HttpError::Short)?;
                    self.left = Left::Bytes(left - bytes.len() as u64);
                    return Ok(Some(bytes));
                }
                Left::UntilEnd => return self.some(process, u64::MAX).await,
                Left::ChunkLength => {
                    let line = self.line(process).await?;
                    let digits = line.split(';').next().unwrap_or_default().trim();
                    let length = u64::from_str_radix(digits, 16);
                    self.left = match length.map_err(|_| HttpError::Malformed)? {
                        0 => Left::Trailers,
                        length => Left::Chunk(length),
                    };
                }
                Left::Chunk(0) => {
                    if !self.line(process).await?.is_empty() {
                        return Err(HttpError::Malformed);
                    }
                    self.left = Left::ChunkLength;
                }
                Left::Chunk(left) => {
                    let bytes = self.some(process, left).await?.ok_or(HttpError::Short)?;
                    self.left = Left::Chunk(left - bytes.len() as u64);
                    return Ok(Some(bytes));
                }
                Left::Trailers => {
                    if self.line(process).await?.is_empty() {
                        self.left = Left::Bytes(0);
                    }
                }
            }
        }
    }

    /// Some bytes, at most so many; nothing where the connection has ended.
    async fn some(
        &mut self,
        process: &mut Process,
        most: u64,
    ) -> Result<Option<Vec<u8>>, HttpError> {
        if self.held.is_empty() {
            self.held = self.read(process).await?;
        }
        if self.held.is_empty() {
            return Ok(None);
        }
        let taken = usize::try_from(most)
            .unwrap_or(usize::MAX)
            .min(self.held.len());
        let rest = self.held.split_off(taken);
        Ok(Some(std::mem::replace(&mut self.held, rest)))
    }

    async fn read(&self, process: &mut Process) -> Result<Vec<u8>, HttpError> {
        let bytes = self
            .connection
            .read(CHUNK)
            .await
            .map_err(HttpError::Broken)?;
        process.step().await;
        Ok(bytes)
    }

    async fn line(&mut self, process: &mut Process) -> Result<String, HttpError> {
        loop {
            if let Some(end) = self.held.iter().position(|b| *b == b'\n') {
                let rest = self.held.split_off(end + 1);
                let line = std::mem::replace(&mut self.held, rest);
                return Ok(String::from_utf8_lossy(line.trim_ascii_end()).into_owned());
            }
            if self.held.len() > LONGEST_LINE {
                return Err(HttpError::Malformed);
            }
            let bytes = self.read(process).await?;
            if bytes.is_empty() {
                return Err(HttpError::Short);
            }
            self.held.extend(bytes);
        }
    }
}
