//! The bodies of requests: how long one may be and take, and how much all may hold together.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;
use hyper::body::Incoming;
use simulation::clock;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How much a simulator takes upon itself for those who come to its ports, so that none of them
/// can exhaust the machine that it runs on. What an engine takes upon itself is told by
/// [`fake_docker::Limits`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How many bytes a body may have. A longer one is refused with 400.
    pub body_bytes: usize,
    /// The same of Resource Manager, its metadata, its authority and the metadata service of
    /// machines. A longer one is refused with 413.
    pub managed_body_bytes: usize,
    /// How many bytes all bodies may have together that have begun and not ended. One more is
    /// refused with 503.
    pub unfinished_bytes: usize,
    /// How many bytes a snapshot may have that the admin API is to restore, and all of them
    /// together that have begun and not ended.
    pub snapshot_bytes: usize,
    /// How long a connection may go without the whole head of a request, and how long the body
    /// of one may take. The machine's time counts, not the simulator's.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            body_bytes: 2 << 20,
            managed_body_bytes: 4 << 20,
            unfinished_bytes: 32 << 20,
            snapshot_bytes: 512 << 20,
            silence: Duration::from_mins(2),
        }
    }
}

/// How many bytes the head of a request may have.
pub(crate) const HEAD: usize = 64 << 10;

/// Who reads bodies; clones share what all may hold together.
#[derive(Clone, Debug)]
pub(crate) struct Uploads {
    limits: Limits,
    room: Arc<Semaphore>,
}

/// Why a body was not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unread {
    #[error("the body is longer than {0} bytes")]
    Long(usize),
    #[error("the bodies that have not ended have {0} bytes together already")]
    Crowded(usize),
    #[error("the body has not ended within {0:?}")]
    Slow(Duration),
    #[error("the body could not be read: {0}")]
    Broken(String),
}

impl Uploads {
    pub(crate) fn new(limits: Limits) -> Self {
        let most = limits.unfinished_bytes.min(Semaphore::MAX_PERMITS);
        Self {
            limits,
            room: Arc::new(Semaphore::new(most)),
        }
    }

    /// Who reads snapshots for the same simulator.
    pub(crate) fn of_snapshots(&self) -> Self {
        Self::new(Limits {
            body_bytes: self.limits.snapshot_bytes,
            unfinished_bytes: self.limits.snapshot_bytes,
            ..self.limits
        })
    }

    /// Who reads what goes to Resource Manager for the same simulator: all bodies have their limit
    /// together.
    pub(crate) fn of_managed(&self) -> Self {
        Self {
            limits: Limits {
                body_bytes: self.limits.managed_body_bytes,
                ..self.limits
            },
            room: Arc::clone(&self.room),
        }
    }

    /// How long a connection may go without the whole head of a request.
    pub(crate) fn silence(&self) -> Duration {
        self.limits.silence
    }

    /// Reads a body. One that is refused for its length is thrown away as it comes.
    pub(crate) async fn read(
        &self,
        headers: &HeaderMap,
        body: Incoming,
    ) -> Result<Vec<u8>, Unread> {
        let announced = headers.get(header::CONTENT_LENGTH);
        let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let mut pieces = Body::new(body).into_data_stream();
        let read = if announced.is_some_and(|length| length > self.limits.body_bytes as u64) {
            Err(Unread::Long(self.limits.body_bytes))
        } else {
            let whole = self.whole(&mut pieces);
            tokio::time::timeout(self.limits.silence, whole)
                .await
                .unwrap_or(Err(Unread::Slow(self.limits.silence)))
        };
        if let Err(Unread::Long(_) | Unread::Crowded(_)) = read {
            self.throw_away(headers, pieces);
        }
        read
    }

    async fn whole(&self, pieces: &mut BodyDataStream) -> Result<Vec<u8>, Unread> {
        let (most, together) = (self.limits.body_bytes, self.limits.unfinished_bytes);
        let mut bytes = Vec::new();
        let mut held: Option<OwnedSemaphorePermit> = None;
        while let Some(piece) = pieces.next().await {
            let piece = piece.map_err(|error| Unread::Broken(error.to_string()))?;
            if bytes.len() + piece.len() > most {
                return Err(Unread::Long(most));
            }
            let wanted = u32::try_from(piece.len()).map_err(|_| Unread::Long(most))?;
            let room = self.room.clone().try_acquire_many_owned(wanted);
            let room = room.map_err(|_| Unread::Crowded(together))?;
            match &mut held {
                Some(held) => held.merge(room),
                none => *none = Some(room),
            }
            bytes.extend_from_slice(&piece);
        }
        Ok(bytes)
    }

    /// Throws a body away as it comes, for a while: a client that is cut off in the middle of
    /// it would never read why. One that asks before it sends need not send at all.
    pub(crate) fn discard(&self, headers: &HeaderMap, body: Incoming) {
        if !hyper::body::Body::is_end_stream(&body) {
            self.throw_away(headers, Body::new(body).into_data_stream());
        }
    }

    fn throw_away(&self, headers: &HeaderMap, mut pieces: BodyDataStream) {
        if headers.contains_key(header::EXPECT) {
            return;
        }
        let (mut left, silence) = (4 * self.limits.body_bytes, self.limits.silence);
        // It ends with the connection, if not before.
        tokio::spawn(async move {
            let end = clock::wait(silence);
            let all = async {
                while let Some(Ok(piece)) = pieces.next().await {
                    left = left.saturating_sub(piece.len());
                    if left == 0 {
                        break;
                    }
                }
            };
            tokio::select! {
                () = all => {}
                () = end => {}
            }
        });
    }
}
