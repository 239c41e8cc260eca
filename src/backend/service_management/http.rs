//! The wire: mutual TLS, redirects, what may be repeated, and what an absent answer means.

mod identity;
mod retry;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, DATE, LOCATION, RETRY_AFTER};
use reqwest::{Method, StatusCode, Url};
use tokio::sync::watch;

pub use identity::{IdentityError, ManagementIdentity};

use super::fault;
use super::write::Document;
use crate::backend::wire::retry::{self as wire_retry, Again};
use crate::backend::wire::{self, Distrust, Doubt, PROXY_PASSWORD, Silence, Talk, Validity};
pub use crate::backend::wire::{Endpoint, EndpointError, Exchange, Observer, Patience, Waits};
use crate::backend::{self, Error, Kind, Reason, RequestId};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::domain::cut;

/// More redirects than this are a circle.
const MOST_REDIRECTS: usize = 5;

/// The headers that may bear a request's id.
const REQUEST_IDS: [&str; 1] = ["x-ms-request-id"];

/// The most of an address elsewhere that is told, in characters.
const LONGEST_ADDRESS: usize = 300;

/// A connection to one subscription of one management endpoint.
#[derive(Clone)]
pub struct Transport {
    http: reqwest::Client,
    endpoint: Endpoint,
    subscription: String,
    talk: Talk,
    only_here: bool,
    validity: Option<Validity>,
    /// Has the service answered anything but that it does not know us? Then it does.
    is_known: Arc<AtomicBool>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("endpoint", &self.endpoint)
            .field("subscription", &self.subscription)
            .finish_non_exhaustive()
    }
}

/// What a [`Transport`] needs to know.
#[derive(Debug, Clone)]
pub struct Connection {
    /// Where the service is.
    pub endpoint: Endpoint,
    /// Whose things it is asked about.
    pub subscription: String,
    /// Who asks; without one the service refuses.
    pub identity: Option<ManagementIdentity>,
    /// Authorities trusted besides the system's, for this endpoint alone; PEM.
    pub authorities: Vec<String>,
    /// How long to wait.
    pub patience: Patience,
}

/// A request to the service.
#[derive(Debug, Clone)]
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) segments: Vec<&'a str>,
    pub(super) query: &'a [(&'a str, &'a str)],
    pub(super) version: &'static str,
    pub(super) content_type: &'static str,
    pub(super) body: Option<Document>,
    /// Does the body replace all of what was read before? Then another operation may have made it
    /// stale, and it is not sent again.
    pub(super) replaces: bool,
}

/// What the service answered.
#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) request: Option<RequestId>,
    pub(super) retry_after: Option<Duration>,
    /// What the service's clock says.
    pub(super) date: Option<Timestamp>,
    pub(super) body: String,
}

impl Transport {
    /// Prepares to talk; nothing is sent yet.
    pub fn new(connection: Connection, clock: Arc<dyn Clock>) -> backend::Result<Self> {
        let only_here = !connection.authorities.is_empty();
        let mut builder = wire::builder(
            &connection.endpoint,
            &connection.authorities,
            &connection.patience,
        )?;
        if let Some(identity) = &connection.identity {
            let identity =
                reqwest::Identity::from_pem(identity.pem().as_bytes()).map_err(|error| {
                    wire::unusable("the management certificate cannot be used", error)
                })?;
            builder = builder.identity(identity);
        }
        let validity = connection
            .identity
            .as_ref()
            .and_then(|identity| Validity::of(identity.certificate()));
        let http = builder
            .build()
            .map_err(|error| wire::unusable("TLS cannot be set up", error))?;
        Ok(Self {
            http,
            endpoint: connection.endpoint,
            subscription: connection.subscription,
            talk: Talk::new(clock, connection.patience),
            only_here,
            validity,
            is_known: Arc::default(),
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

    /// How often an operation is asked after.
    pub fn polls(&self) -> Backoff {
        wire::polls(&self.endpoint)
    }

    /// The wait that the service wishes, within the bounds of a poll.
    pub(super) fn bounded(&self, wish: Duration) -> Duration {
        self.talk.bounded(wish)
    }

    /// Waits before a question is put once more that was put so many times again; false when that is
    /// enough, or the user asked to stop.
    pub(super) async fn asks_again(&self, times: u32) -> bool {
        times < self.talk.patience.repeats && self.talk.pause(Backoff::retries().wait(times)).await
    }

    /// The clock that waits are measured by.
    pub fn clock(&self) -> &dyn Clock {
        &*self.talk.clock
    }

    /// Asks, follows redirects, and repeats what is safe to repeat.
    pub(super) async fn send(&self, request: &Request<'_>) -> backend::Result<Response> {
        let url = self
            .endpoint
            .url(&self.subscription, &request.segments, request.query)?;
        let backoff = Backoff::retries();
        let mut repeats = 0;
        let mut held = Held::default();
        let (mut stale, mut seconds) = (false, 0);
        loop {
            let outcome = self.once(request, url.clone()).await;
            if let Ok(response) = &outcome
                && (200..300).contains(&response.status)
            {
                self.is_known.store(true, Ordering::Relaxed);
            }
            let wait = match &outcome {
                Ok(response) => retry::after_answer(&request.method, response, &self.talk.patience),
                Err(failure) => wire_retry::after_silence(&request.method, failure),
            };
            let wait = match wait {
                Again::After(wait) if repeats < self.talk.patience.repeats => Some(wait),
                Again::Soon if repeats < self.talk.patience.repeats => Some(backoff.wait(repeats)),
                Again::WhenFree(wish) if request.replaces => {
                    stale = !self.talk.patience.exclusive.is_zero();
                    seconds = wish.map_or(0, |wish| self.talk.bounded(wish).as_secs());
                    None
                }
                Again::WhenFree(wish) => self.while_held(&mut held, wish),
                _ => None,
            };
            let goes_on = match wait {
                Some(wait) => self.talk.pause(wait).await,
                None => false,
            };
            if !goes_on {
                return match outcome {
                    Ok(response) if response.status < 300 => Ok(response),
                    Ok(response) if stale => {
                        let seconds = u16::try_from(seconds).unwrap_or(u16::MAX);
                        Err(self.refusal(request, response).held(seconds))
                    }
                    Ok(response) => Err(self.refusal(request, response)),
                    Err(failure) => {
                        let is_denied = matches!(failure, Silence::Untrusted(_, Distrust::Client));
                        let error = failure.into_error(self.endpoint.host(), self.talk.clock.now());
                        Err(if is_denied {
                            self.doubted(error, None)
                        } else {
                            error
                        })
                    }
                };
            }
            if held.times == 0 {
                repeats += 1;
            }
        }
    }

    /// The next wait for another operation that holds what is to be changed, if any is left.
    fn while_held(&self, held: &mut Held, wish: Option<Duration>) -> Option<Duration> {
        let wait = wish
            .map_or_else(
                || self.polls().wait(held.times),
                |wish| self.talk.bounded(wish),
            )
            .min(self.talk.patience.exclusive.saturating_sub(held.waited));
        if wait.is_zero() && held.waited >= self.talk.patience.exclusive {
            return None;
        }
        if held.times == 0 {
            self.talk.tell("Waiting for another operation to end");
        }
        held.times = held.times.saturating_add(1);
        held.waited += wait;
        Some(wait)
    }

    fn refusal(&self, request: &Request<'_>, response: Response) -> Error {
        if fault::is_of_another(response.status, &response.body) {
            let error = fault::strange(response.status, response.request);
            return if request.method == Method::GET {
                error
            } else {
                error.lost()
            };
        }
        let mut error = fault::answered(response.status, &response.body, response.request);
        // What may not be done is refused with the same code as who is not known; but nobody is
        // unknown who was answered before.
        let is_stranger = response.status == 401
            || response.status == 403 && !self.is_known.load(Ordering::Relaxed);
        if is_stranger && error.reason().is_none() {
            error = error.because(Reason::Certificate);
        }
        match error.kind() {
            _ if response.status == 407 => error.with_hint(PROXY_PASSWORD),
            Kind::Denied if error.reason() == Some(Reason::Certificate) => {
                self.doubted(error, response.date)
            }
            Kind::Busy => match response.retry_after {
                Some(wait) => error.with_hint(wire_retry::left_alone(wait)),
                None => error,
            },
            _ => error,
        }
    }

    /// Says so where the refusal may come from a clock, or from a certificate out of its time.
    fn doubted(&self, error: Error, served: Option<Timestamp>) -> Error {
        let doubt = Doubt {
            now: self.talk.clock.now(),
            served,
            identity: self.validity,
        };
        match doubt.hint() {
            Some(hint) => error.with_hint(hint),
            None => error,
        }
    }

    async fn once(&self, request: &Request<'_>, first: Url) -> Result<Response, Silence> {
        let mut url = first;
        for _ in 0..=MOST_REDIRECTS {
            let response = self.exchange(request, &url).await?;
            if !response.status.is_redirection() {
                return Ok(response.answer);
            }
            let Some(location) = response.location else {
                return Ok(response.answer);
            };
            if !keeps_the_request(response.status, &request.method) {
                return Err(Silence::Astray(format!(
                    "status {} would make another request of it",
                    response.status.as_u16()
                )));
            }
            let next = url.join(&location).map_err(|error| {
                Silence::Astray(format!("`{}`: {error}", cut(&location, LONGEST_ADDRESS)))
            })?;
            if !self.endpoint.trusts(&next, self.only_here) {
                return Err(Silence::Astray(format!(
                    "`{}` is not a host that this subscription's requests may go to",
                    cut(next.host_str().unwrap_or_default(), LONGEST_ADDRESS)
                )));
            }
            url = next;
        }
        Err(Silence::Astray(
            "the service redirects in circles".to_owned(),
        ))
    }

    async fn exchange(&self, request: &Request<'_>, url: &Url) -> Result<Raw, Silence> {
        let mut builder = self
            .http
            .request(request.method.clone(), url.clone())
            .header("x-ms-version", request.version);
        if matches!(request.method, Method::POST | Method::PUT) {
            builder = builder.header(CONTENT_TYPE, request.content_type).body(
                request
                    .body
                    .as_ref()
                    .map_or_else(String::new, |body| body.as_str().to_owned()),
            );
        }
        let sent = builder.send().await;
        self.talk.saw(&request.method, url, &sent, &REQUEST_IDS);
        let answer = sent.map_err(|error| Silence::of(error, self.talk.patience.answer))?;
        let status = answer.status();
        let request = wire::request_id(answer.headers(), &REQUEST_IDS);
        let header = |name| {
            answer
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned)
        };
        let location = header(LOCATION);
        let retry_after = header(RETRY_AFTER)
            .and_then(|text| wire_retry::read_retry_after(&text, self.talk.clock.now()));
        let date = header(DATE).and_then(|text| wire_retry::read_date(&text));
        let bytes = wire::whole(answer, &self.talk.patience).await?;
        Ok(Raw {
            status,
            location,
            answer: Response {
                status: status.as_u16(),
                request,
                retry_after,
                date,
                body: String::from_utf8_lossy(&bytes).into_owned(),
            },
        })
    }
}

/// Is the request to be sent to the new place as it is? Only 307 and 308 say so of a change.
fn keeps_the_request(status: StatusCode, method: &Method) -> bool {
    matches!(
        status,
        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
    ) || matches!(*method, Method::GET | Method::HEAD)
}

/// How long another operation was waited for.
#[derive(Debug, Default)]
struct Held {
    times: u32,
    waited: Duration,
}

struct Raw {
    status: StatusCode,
    location: Option<String>,
    answer: Response,
}
