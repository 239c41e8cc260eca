//! A request on its way to its handler.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};
use hyper::header::{self, HeaderMap};
use serde::de::DeserializeOwned;
use serde_json::Value;
use simulation::http::Query;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::json;
use super::negotiation::ApiVersion;
use super::routes::Route;
use crate::engine::Engine;
use crate::fault::Fault;
use crate::faults::EngineFault;
use crate::files::pieces::Pieces;

/// How many bytes Python up to 3.13 reads at once of an answer's head. A head that is as long
/// leaves no room in its buffer for what follows.
pub(crate) const PYTHON_BUFFER: usize = 8192;

/// A request on its way to its handler.
pub(crate) struct Call {
    pub(crate) engine: Engine,
    pub(crate) route: &'static Route,
    pub(crate) version: ApiVersion,
    /// What stands for the variable of the route's pattern; empty when it has none.
    pub(crate) name: String,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Upload,
    /// What is to go wrong with it, for the handler that knows how.
    pub(crate) wrong: Option<EngineFault>,
}

/// The body of a request; what a handler leaves is read away before the answer.
pub(crate) struct Upload {
    pieces: Option<axum::body::BodyDataStream>,
    /// How long it may pause.
    silence: Duration,
    /// What is left for all that have not ended.
    room: Arc<Semaphore>,
    /// What of that it holds.
    held: Option<OwnedSemaphorePermit>,
}

impl Upload {
    pub(super) fn new(body: Body, engine: &Engine) -> Self {
        Self {
            pieces: Some(body.into_data_stream()),
            silence: engine.limits().silence,
            room: engine.uploads().clone(),
            held: None,
        }
    }

    /// The next bytes; none at the end, or when the client went away.
    pub(crate) async fn next(&mut self) -> Option<Bytes> {
        let pieces = self.pieces.as_mut()?;
        let next = tokio::select! {
            biased;
            next = pieces.next() => next,
            () = simulation::clock::wait(self.silence) => None,
        };
        let Some(Ok(bytes)) = next else {
            self.pieces = None;
            return None;
        };
        Some(bytes)
    }

    /// Takes what the next bytes of a body that is kept need of the room that all share.
    fn hold(&mut self, bytes: &Bytes) -> Result<(), Fault> {
        let crowded = || {
            let words = "this simulated engine reads too many requests at once".to_owned();
            Fault::Internal(words)
        };
        let wanted = u32::try_from(bytes.len()).map_err(|_| crowded())?;
        let room = self.room.clone().try_acquire_many_owned(wanted);
        let room = room.map_err(|_| crowded())?;
        match &mut self.held {
            Some(held) => held.merge(room),
            none => *none = Some(room),
        }
        Ok(())
    }

    /// Reads the whole body, if it is within a limit.
    pub(crate) async fn whole(&mut self, limit: usize) -> Result<Vec<u8>, Fault> {
        let mut all = Vec::new();
        while let Some(bytes) = self.next().await {
            if all.len() + bytes.len() > limit {
                return Err(Fault::TooLarge { limit });
            }
            self.hold(&bytes)?;
            all.extend_from_slice(&bytes);
        }
        self.held = None;
        Ok(all)
    }

    /// Reads the whole body, if it is within a limit, for a reader that lets go of what it read.
    pub(crate) async fn pieces(&mut self, limit: usize) -> Result<Pieces, Fault> {
        let mut pieces = Pieces::default();
        while let Some(bytes) = self.next().await {
            if pieces.len() + bytes.len() > limit {
                return Err(Fault::TooLarge { limit });
            }
            self.hold(&bytes)?;
            pieces.push(&bytes);
        }
        self.held = None;
        Ok(pieces)
    }

    /// What of the body lies within a limit; it is there to be read all the same.
    pub(super) async fn peek(&mut self, limit: usize) -> Vec<u8> {
        let mut pieces = Vec::new();
        let mut seen = Vec::new();
        while seen.len() < limit
            && let Some(bytes) = self.next().await
        {
            seen.extend_from_slice(&bytes[..bytes.len().min(limit - seen.len())]);
            pieces.push(Ok(bytes));
        }
        let again = stream::iter(pieces);
        let rest = self.pieces.take().into_iter().map(StreamExt::boxed);
        let rest = stream::iter(rest).flatten();
        self.pieces = Some(Body::from_stream(again.chain(rest)).into_data_stream());
        seen
    }

    /// Reads away what nobody asked for: a client whose upload is cut off would never read why.
    pub(super) async fn drain(mut self) {
        self.held = None;
        while self.next().await.is_some() {}
    }
}

impl Call {
    /// Whether a parameter is set, as the engine reads booleans: to anything but `0`, `no`,
    /// `false`, `none` and nothing.
    pub(crate) fn flag(&self, key: &str) -> bool {
        !matches!(
            self.query.first(key).trim().to_ascii_lowercase().as_str(),
            "" | "0" | "no" | "false" | "none"
        )
    }

    /// A parameter as a number; what is no number is told in Go's words.
    pub(crate) fn number(&self, key: &str) -> Result<Option<i64>, Fault> {
        let text = self.query.first(key);
        if text.is_empty() {
            return Ok(None);
        }
        text.parse()
            .map(Some)
            .map_err(|_| Fault::Internal(format!("strconv.Atoi: parsing {text:?}: invalid syntax")))
    }

    /// Whether the client wants the connection for itself.
    pub(crate) fn wants_upgrade(&self) -> bool {
        self.headers.contains_key(header::UPGRADE)
    }

    /// Whether the client may lose bytes that arrive together with the head of an answer: docker-py
    /// reads heads through a buffer and streams beside it, see [`PYTHON_BUFFER`].
    ///
    /// It is known by what the HTTP library below it asks for, since programs name themselves in its
    /// stead (`tc-python/4.15.0`).
    pub(crate) fn reads_beside_its_buffer(&self) -> bool {
        let told = |name| {
            let value = self.headers.get(name);
            value
                .and_then(|value| value.to_str().ok())
                .unwrap_or_default()
        };
        told(header::USER_AGENT).contains("docker-sdk-python/")
            || told(header::ACCEPT) == "*/*"
                && told(header::ACCEPT_ENCODING).starts_with("gzip, deflate")
    }

    /// Reads the body as a JSON document.
    pub(crate) async fn document<T: DeserializeOwned>(&mut self) -> Result<T, Fault> {
        match self.value().await? {
            None | Some(Value::Null) => {
                let words = "invalid JSON: got EOF while reading request body";
                Err(Fault::Invalid(words.to_owned()))
            }
            Some(value) => json::typed(value),
        }
    }

    /// Reads the body as a JSON document; one that is not there is the default.
    pub(crate) async fn optional_document<T: DeserializeOwned + Default>(
        &mut self,
    ) -> Result<T, Fault> {
        match self.value().await? {
            None => Ok(T::default()),
            Some(value) => json::typed(value),
        }
    }

    async fn value(&mut self) -> Result<Option<Value>, Fault> {
        let body = self.body.whole(self.engine.limits().document_bytes).await?;
        if body.is_empty() {
            return Ok(None);
        }
        self.check_content_type()?;
        json::document(&body)
    }

    fn check_content_type(&self) -> Result<(), Fault> {
        let told = self.headers.get(header::CONTENT_TYPE);
        let told = told
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let kind = told.split(';').next().unwrap_or_default().trim();
        // Older clients send no type.
        if kind.is_empty() && self.version.is_below("1.32") || kind == "application/json" {
            return Ok(());
        }
        let words = if kind.contains('/') {
            format!("unsupported Content-Type header ({kind}): must be 'application/json'")
        } else {
            format!("malformed Content-Type header ({told}): mime: no media type")
        };
        Err(Fault::Invalid(words))
    }
}

impl std::fmt::Debug for Call {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Call")
            .field("route", &self.route.pattern)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
