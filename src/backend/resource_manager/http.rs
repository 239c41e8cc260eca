//! The wire: tokens, repeats, distrust, and which addresses a token may go to.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::{AUTHORIZATION, HeaderValue, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Method, Url};
use secrecy::{ExposeSecret as _, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::watch;

use super::challenge;
use super::fault;
use crate::backend::wire::retry::{self, Again};
use crate::backend::wire::{self, Endpoint, Observer, Patience, Silence, Talk, Waits};
use crate::backend::{Error, Kind, Reason, RequestId, Result};
use crate::backoff::Backoff;
use crate::clock::Clock;

/// The headers that may bear a request's id.
const REQUEST_IDS: [&str; 2] = ["x-ms-request-id", "x-ms-correlation-request-id"];

/// Gives tokens for one service.
#[async_trait]
pub trait Tokens: fmt::Debug + Send + Sync {
    /// A token that is good for a while yet.
    async fn token(&self, need: Need<'_>) -> Result<SecretString>;
}

/// Which token is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need<'a> {
    /// Any that is good.
    Any,
    /// Another than the last, which the service refuses.
    Another,
    /// One that proves what the service asks for, in JSON.
    Claims(&'a str),
}

/// A connection to one Resource Manager.
#[derive(Clone)]
pub struct Transport {
    http: reqwest::Client,
    endpoint: Endpoint,
    tokens: Arc<dyn Tokens>,
    talk: Talk,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

/// What a [`Transport`] needs to know.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Where the service is.
    pub endpoint: Endpoint,
    /// Who gives tokens for it.
    pub tokens: Arc<dyn Tokens>,
    /// Authorities trusted besides the system's, for this endpoint alone; PEM.
    pub authorities: Vec<String>,
    /// How long to wait.
    pub patience: Patience,
}

/// A request to the service.
#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<Value>,
}

/// What the service answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) request: Option<RequestId>,
    pub(super) retry_after: Option<Duration>,
    pub(super) body: String,
    /// Where the operation that the request began tells of itself.
    pub(super) operation: Option<String>,
    /// Where its result is to be had.
    pub(super) location: Option<String>,
    challenge: Option<String>,
}

impl Transport {
    /// Prepares to talk; nothing is sent yet.
    pub fn new(connection: Connection, clock: Arc<dyn Clock>) -> Result<Self> {
        let http = wire::client(
            &connection.endpoint,
            &connection.authorities,
            &connection.patience,
        )?;
        Ok(Self {
            http,
            endpoint: connection.endpoint,
            tokens: connection.tokens,
            talk: Talk::new(clock, connection.patience),
        })
    }

    /// Tells `observer` of every exchange.
    #[must_use]
    pub fn observed_by(mut self, observer: Observer) -> Self {
        self.talk.observer = Some(observer);
        self
    }

    /// Tells `waits` of waits that take long.
    #[must_use]
    pub fn told_to(mut self, waits: Waits) -> Self {
        self.talk.waits = Some(waits);
        self
    }

    /// Repeats nothing any more once `stop` holds more than 0.
    #[must_use]
    pub fn until(mut self, stop: watch::Receiver<u32>) -> Self {
        self.talk.stop = Some(stop);
        self
    }

    /// Where the service is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// The clock that waits are measured by.
    pub fn clock(&self) -> &dyn Clock {
        &*self.talk.clock
    }

    /// How often an operation is asked after.
    pub fn polls(&self) -> Backoff {
        wire::polls(&self.endpoint)
    }

    /// The address of `path`, whose parts are names, with this query.
    pub(super) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url> {
        let (first, rest) = path
            .split_first()
            .ok_or_else(|| Error::new(Kind::Refused, "there is nothing to ask for"))?;
        self.endpoint.url(first, rest, query)
    }

    /// An address that the service named, if a token may go there.
    pub(super) fn own(&self, named: &str) -> Result<Url> {
        let base = Url::parse(self.endpoint.as_str());
        let url = base.and_then(|base| base.join(named)).map_err(|error| {
            Error::new(
                Kind::Unexpected,
                "the service names a next address that is none",
            )
            .because(Reason::Nonsense)
            .with_source(error)
        })?;
        if self.endpoint.is_origin_of(&url) {
            return Ok(url);
        }
        let place = Endpoint::parse(url.as_str()).map_or_else(
            |_| url.host_str().unwrap_or_default().to_owned(),
            |endpoint| endpoint.authority(),
        );
        Err(fault::advised(
            Error::new(
                Kind::Unexpected,
                format!(
                    "the service points to `{}`, where the token of `{}` does not go",
                    crate::domain::cut(&place, 300),
                    self.endpoint.authority()
                ),
            )
            .because(Reason::Redirected),
        ))
    }

    /// Asks, and reads the answer.
    pub(super) async fn get<T: DeserializeOwned>(&self, url: Url) -> Result<T> {
        self.read(&self.send(&Request::get(url)).await?)
    }

    /// Asks for what may not be there.
    pub(super) async fn find<T: DeserializeOwned>(&self, url: Url) -> Result<Option<T>> {
        match self.get(url).await {
            Ok(found) => Ok(Some(found)),
            Err(error) if error.kind() == Kind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads an answer.
    pub(super) fn read<T: DeserializeOwned>(&self, answer: &Answer) -> Result<T> {
        serde_json::from_str(&answer.body).map_err(|error| {
            let error = Error::new(
                Kind::Unexpected,
                format!(
                    "the answer of `{}` is not one of Resource Manager's",
                    self.endpoint.host()
                ),
            )
            .because(Reason::Nonsense)
            .with_source(error);
            match &answer.request {
                Some(id) => error.with_request(id.clone()),
                None => error,
            }
        })
    }

    /// The wait that the service wishes, within the bounds of a poll.
    pub(super) fn bounded(&self, wish: Duration) -> Duration {
        self.talk.bounded(wish)
    }

    /// Asks, proves what is asked for once, and repeats what is safe to repeat.
    pub(super) async fn send(&self, request: &Request) -> Result<Answer> {
        let backoff = Backoff::retries();
        let mut repeats = 0;
        let mut is_proven = false;
        let mut token = self.tokens.token(Need::Any).await?;
        loop {
            let outcome = self.exchange(request, &token).await;
            if let Ok(answer) = &outcome
                && answer.status == 401
                && !is_proven
            {
                is_proven = true;
                let claims = answer.challenge.as_deref().and_then(challenge::claims);
                let need = claims.as_deref().map_or(Need::Another, Need::Claims);
                token = self.tokens.token(need).await?;
                continue;
            }
            let again = match &outcome {
                Ok(answer) => after_answer(&request.method, answer, &self.talk.patience),
                Err(silence) => retry::after_silence(&request.method, silence),
            };
            let wait = match again {
                Again::After(wait) if repeats < self.talk.patience.repeats => Some(wait),
                Again::Soon if repeats < self.talk.patience.repeats => Some(backoff.wait(repeats)),
                _ => None,
            };
            let goes_on = match wait {
                Some(wait) => self.talk.pause(wait).await,
                None => false,
            };
            if goes_on {
                repeats += 1;
                continue;
            }
            return match outcome {
                Ok(answer) if (200..300).contains(&answer.status) => Ok(answer),
                Ok(answer) if (300..400).contains(&answer.status) => {
                    let place = answer.location.unwrap_or_default();
                    let silence = Silence::Astray(crate::domain::cut(&place, 300).into_owned());
                    Err(self.heard_nothing(silence))
                }
                Ok(answer) => Err(refusal(&answer)),
                Err(silence) => Err(self.heard_nothing(silence)),
            };
        }
    }

    fn heard_nothing(&self, silence: Silence) -> Error {
        let now = self.talk.clock.now();
        fault::advised(silence.into_error(self.endpoint.host(), now))
    }

    async fn exchange(
        &self,
        request: &Request,
        token: &SecretString,
    ) -> std::result::Result<Answer, Silence> {
        let mut builder = self
            .http
            .request(request.method.clone(), request.url.clone());
        if let Ok(mut value) = HeaderValue::from_str(&format!("Bearer {}", token.expose_secret())) {
            value.set_sensitive(true);
            builder = builder.header(AUTHORIZATION, value);
        }
        if let Some(body) = &request.body {
            builder = builder
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(body.to_string());
        } else if matches!(request.method, Method::POST | Method::PUT) {
            builder = builder.body(String::new());
        }
        let sent = builder.send().await;
        self.talk
            .saw(&request.method, &request.url, &sent, &REQUEST_IDS);
        let silence = |error| Silence::of(error, self.talk.patience.answer);
        let answer = sent.map_err(silence)?;
        let header = |name: &str| {
            let value = answer.headers().get(name)?;
            value.to_str().ok().map(str::to_owned)
        };
        let told = Answer {
            status: answer.status().as_u16(),
            request: wire::request_id(answer.headers(), &REQUEST_IDS),
            retry_after: header(RETRY_AFTER.as_str())
                .and_then(|text| retry::read_retry_after(&text, self.talk.clock.now())),
            operation: header("azure-asyncoperation"),
            location: header(LOCATION.as_str()),
            challenge: header(WWW_AUTHENTICATE.as_str()),
            body: String::new(),
        };
        let bytes = wire::whole(answer, &self.talk.patience).await?;
        Ok(Answer {
            body: String::from_utf8_lossy(&bytes).into_owned(),
            ..told
        })
    }
}

impl Request {
    /// A question.
    pub(super) fn get(url: Url) -> Self {
        Self {
            method: Method::GET,
            url,
            body: None,
        }
    }

    /// A change.
    pub(super) fn new(method: Method, url: Url, body: Option<Value>) -> Self {
        Self { method, url, body }
    }
}

fn refusal(answer: &Answer) -> Error {
    let error = fault::answered(answer.status, &answer.body, answer.request.clone());
    match (error.kind(), answer.retry_after) {
        (Kind::Busy, Some(wait)) => error.with_hint(retry::left_alone(wait)),
        _ => error,
    }
}

fn after_answer(method: &Method, answer: &Answer, patience: &Patience) -> Again {
    let was_refused_unread =
        answer.status == 429 || answer.status == 503 && answer.retry_after.is_some();
    retry::after_answer(
        method,
        answer.status,
        was_refused_unread,
        answer.retry_after,
        patience,
    )
}
