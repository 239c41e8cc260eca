//! One connection, and its exchanges one after the other.

use std::convert::Infallible;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use simulation::faults::{Call, Hit};
use simulation::http::{Attended, Half};
use simulation::net::{self, Reset};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Meant, Noted, Skin, with};
use crate::cloud::Cloud;
use crate::faults::{Answered, CloudFault, Effect, Seconds, When, throttled};
use crate::journal::{self, Entry};
use crate::uploads::{HEAD, Unread, Uploads};
use crate::world::{FlawedMachine, RequestFault};

/// How many bytes chance makes up.
const GARBAGE: usize = 512;

/// How exchanges go, whatever they are about; clones share what bodies may hold.
#[derive(Clone, Debug)]
pub(crate) struct Exchanges {
    cloud: Cloud,
    uploads: Uploads,
}

/// The connection is to be cut without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset")]
pub(crate) struct ConnectionReset;

impl From<Infallible> for ConnectionReset {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Serves a connection until its end; what is armed cuts it.
pub(crate) async fn serve<S>(
    stream: S,
    reset: Reset,
    exchanges: Exchanges,
    skin: impl Skin,
    title_case: bool,
) where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let silence = exchanges.uploads.silence();
    let service = service_fn(move |request| {
        let (exchanges, skin, reset) = (exchanges.clone(), skin.clone(), reset.clone());
        async move { exchanges.exchange(request, &skin, &reset).await }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .title_case_headers(title_case)
        .timer(TokioTimer::new())
        .header_read_timeout(silence)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), service);
    // It holds all that the exchanges do, which is much beside what a task otherwise has.
    if let Err(error) = Box::pin(connection).await {
        tracing::debug!(%error, "a connection ended");
    }
}

impl Exchanges {
    pub(crate) fn new(cloud: Cloud, uploads: Uploads) -> Self {
        Self { cloud, uploads }
    }

    /// How long a connection may go without the whole head of a request.
    pub(crate) fn silence(&self) -> std::time::Duration {
        self.uploads.silence()
    }

    /// One exchange: a request, and an answer or none.
    pub(crate) async fn exchange(
        &self,
        request: Request<Incoming>,
        skin: &impl Skin,
        reset: &Reset,
    ) -> Result<Response<Body>, ConnectionReset> {
        let (head, body) = request.into_parts();
        let (method, announced) = (head.method.clone(), head.headers.clone());
        let body = if hyper::body::Body::is_end_stream(&body) {
            Ok(Vec::new())
        } else {
            self.uploads.read(&announced, body).await
        };
        let work = net::at_work();
        let told = body.as_ref().map(Vec::as_slice).unwrap_or_default();
        let meant = skin.meant(&head, told);
        let hit = (!self.cloud.is_faultless()).then(|| {
            self.cloud.hit(&Call {
                method: method.as_str(),
                path: &meant.path,
                operation: meant.operation,
                names: meant.names.clone(),
                within: None,
            })
        });
        let ended = match body {
            Err(unread) => Some(skin.error(&head, not_read(&unread))),
            Ok(body) => match hit.flatten() {
                None => {
                    let flawed = self.flawed(skin, meant.operation, &head, &body);
                    Some(skin.answer(head, body, flawed).await)
                }
                Some(hit) => self.carry_out_badly(skin, head, body, hit).await,
            },
        };
        let Some(mut response) = ended else {
            let detail = Some("the connection is cut by a fault".to_owned());
            self.note(
                &meant,
                &method,
                0,
                Noted {
                    detail,
                    ..Noted::default()
                },
            );
            reset.arm();
            return Err(ConnectionReset);
        };
        let noted = response.extensions_mut().remove::<Noted>();
        let status = response.status().as_u16();
        self.note(&meant, &method, status, noted.unwrap_or_default());
        let now = self.cloud.now();
        let date = now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        with(response.headers_mut(), "Date", &date);
        if method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        Ok(response.map(|body| Body::new(Attended::new(body, work))))
    }

    /// What is to be wrong with machines that a request makes by the way.
    fn flawed(
        &self,
        skin: &impl Skin,
        outer: &'static str,
        head: &Parts,
        body: &[u8],
    ) -> Option<RequestFault> {
        if self.cloud.is_faultless() {
            return None;
        }
        let mut flawed = Vec::new();
        for meant in skin.within(&self.cloud, head, body) {
            let hit = self.cloud.hit(&Call {
                method: head.method.as_str(),
                path: &meant.path,
                operation: meant.operation,
                names: meant.names.clone(),
                within: Some(outer),
            });
            let Some(Effect::Own(CloudFault::Machine(flaws))) = hit.map(|hit| hit.effect) else {
                continue;
            };
            let mut names = meant.names.into_iter();
            let role = names.find(|(word, _)| *word == "role");
            flawed.push(FlawedMachine {
                role: role.map(|(_, name)| name.into()),
                flaws,
            });
        }
        (!flawed.is_empty()).then_some(RequestFault::Machines(flawed))
    }

    /// Does what was asked as a fault wants it; none where there is no answer.
    async fn carry_out_badly(
        &self,
        skin: &impl Skin,
        head: Parts,
        body: Vec<u8>,
        hit: Hit<CloudFault>,
    ) -> Option<Response<Body>> {
        let Hit {
            when,
            effect,
            mut names,
            mut chance,
        } = hit;
        let carry_out =
            |fault: Option<RequestFault>| skin.answer(head.clone(), body.clone(), fault);
        let instead = |answered: Answered| arranged(skin.error(&head, answered));
        match effect {
            Effect::Own(own) => {
                let fault = own.of_request(when, names.remove("role"));
                Some(carry_out(Some(fault)).await)
            }
            Effect::Delay(Seconds(time)) => {
                if when == When::Before {
                    self.cloud.sleep(time).await;
                }
                let response = carry_out(None).await;
                if when == When::After {
                    self.cloud.sleep(time).await;
                }
                Some(response)
            }
            Effect::Status(answered) => {
                if when == When::After {
                    carry_out(None).await;
                }
                let headers = answered.headers.clone();
                let mut response = instead(answered);
                for (name, value) in &headers {
                    with(response.headers_mut(), name, value);
                }
                Some(response)
            }
            Effect::Throttle(seconds) => {
                if when == When::After {
                    carry_out(None).await;
                }
                // Today's APIs say so with a status of its own.
                let answered = Answered {
                    status: 429,
                    ..throttled(seconds)
                };
                let headers = answered.headers.clone();
                let mut response = instead(answered);
                for (name, value) in &headers {
                    with(response.headers_mut(), name, value);
                }
                Some(response)
            }
            Effect::Drop | Effect::Hang => {
                if when == When::After {
                    carry_out(None).await;
                }
                if effect == Effect::Hang {
                    self.cloud.wait_for_clearing().await;
                }
                None
            }
            Effect::Cut | Effect::Garbage(_) => {
                let response = match when {
                    When::Before => Response::new(Body::empty()),
                    When::After => carry_out(None).await,
                };
                let (head, body) = arranged(response).into_parts();
                let body = match effect {
                    Effect::Garbage(Some(text)) => Body::from(text),
                    Effect::Garbage(None) => Body::from(chance.bytes::<GARBAGE>().to_vec()),
                    _ => Body::new(Half::of(body).await),
                };
                Some(Response::from_parts(head, body))
            }
        }
    }

    fn note(&self, meant: &Meant, method: &Method, status: u16, noted: Noted) {
        let time = self.cloud.now();
        self.cloud.write_journal(|number| Entry {
            number,
            time,
            operation: meant.operation.into(),
            method: journal::method(method),
            path: meant.shown.clone(),
            status,
            request_id: noted.request_id.unwrap_or_default(),
            detail: noted.detail,
        });
    }
}

/// Has the journal say that a fault was arranged.
fn arranged(mut response: Response<Body>) -> Response<Body> {
    let noted = response.extensions_mut().get_or_insert_default::<Noted>();
    noted.detail = Some("arranged by POST /_fake/break".to_owned());
    response
}

/// The refusal of a body that was not read.
fn not_read(unread: &Unread) -> Answered {
    let (status, code) = match unread {
        Unread::Long(_) => (StatusCode::PAYLOAD_TOO_LARGE, "RequestContentTooLarge"),
        Unread::Crowded(_) => (StatusCode::SERVICE_UNAVAILABLE, "ServerBusy"),
        Unread::Slow(_) => (StatusCode::REQUEST_TIMEOUT, "RequestTimeout"),
        Unread::Broken(_) => (StatusCode::BAD_REQUEST, "InvalidRequestContent"),
    };
    let message = match unread {
        // As the service was seen saying it.
        Unread::Long(bytes) if bytes.is_multiple_of(1 << 20) => format!(
            "The request content size exceeds the maximum size of {} MB.",
            bytes >> 20
        ),
        unread => unread.to_string(),
    };
    Answered {
        status: status.as_u16(),
        code: Some(code.to_owned()),
        message,
        ..Answered::default()
    }
}
