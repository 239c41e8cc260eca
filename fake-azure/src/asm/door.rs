//! The door of the management API: mutual TLS, subscription, version; answers on the wire.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, ServerConfig, SignatureScheme};
use simulation::faults::Hit;
use simulation::http::target::decoded;
use simulation::http::{Half, Query};
use simulation::net::{self, HANDSHAKE, Reset, Resettable};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;

use crate::cloud::Cloud;
use crate::credentials::ServerIdentity;
use crate::faults::{Answered, CloudFault, Effect, NO_CODE, Seconds, When, throttled};
use crate::journal::{self, Entry};
use crate::thumbprint::thumbprint;
use crate::uploads::{HEAD, Unread, Uploads};
use crate::world::{RequestFault, SubscriptionId, World};

use super::contract::{Misplaced, Reading};
use super::writer::{Xml, element};
use super::{Answer, Call, Refused, meant, subscription, table};

/// What the real service called itself in 2016.
const SERVER: &str =
    "1.0.6198.357 (rd_rdfe_stable.160413-1538) Microsoft-HTTPAPI/2.0 Microsoft-HTTPAPI/2.0";

/// Serves the management API on streams.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    cloud: Cloud,
    acceptor: Acceptor,
    base: Arc<str>,
    misplaced: Misplaced,
    uploads: Uploads,
}

#[derive(Clone)]
struct Acceptor(TlsAcceptor);

impl std::fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Acceptor")
    }
}

/// Who asked for what.
struct Asked<'a> {
    head: &'a Parts,
    /// The thumbprint of the client's certificate.
    certificate: Option<&'a str>,
}

/// An exchange without an answer.
struct Lost {
    operation: &'static str,
    request_id: String,
    detail: &'static str,
}

/// What an exchange came to.
struct Outcome {
    operation: &'static str,
    request_id: String,
    result: Result<Answer, Refused>,
    headers: Vec<(String, String)>,
    /// What was skipped in the body.
    skipped: Option<String>,
    /// What becomes of the answer on its way.
    spoiled: Option<Spoiled>,
}

/// What becomes of an answer on its way out.
enum Spoiled {
    /// The connection is cut in the middle of it.
    Cut,
    /// Its body is this.
    Garbage(Vec<u8>),
}

/// How many bytes chance makes up.
const GARBAGE: usize = 512;

impl Outcome {
    /// What is worth telling: what was wrong, and what was skipped.
    fn detail(&self) -> Option<String> {
        let fault = self.result.as_ref().err().map(Refused::fault);
        let spoiled = self.spoiled.as_ref().map(|spoiled| match spoiled {
            Spoiled::Cut => "the connection is cut in the middle of the answer",
            Spoiled::Garbage(_) => "the answer is garbage",
        });
        let told: Vec<_> = fault
            .into_iter()
            .chain(self.skipped.as_deref())
            .chain(spoiled)
            .collect();
        (!told.is_empty()).then(|| told.join("; "))
    }
}

impl Door {
    pub(crate) fn new(
        cloud: Cloud,
        identity: ServerIdentity,
        base: &str,
        misplaced: Misplaced,
        uploads: Uploads,
    ) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?
            .with_client_cert_verifier(Arc::new(AnyCertificate(provider)))
            .with_single_cert(identity.chain, identity.key)?;
        let acceptor = Acceptor(TlsAcceptor::from(Arc::new(config)));
        Ok(Self {
            cloud,
            acceptor,
            base: base.into(),
            misplaced,
            uploads,
        })
    }

    /// Serves one connection until its end.
    pub(crate) async fn serve(self, stream: TcpStream, _peer: SocketAddr) {
        let (stream, reset) = Resettable::new(stream);
        let handshake = tokio::time::timeout(HANDSHAKE, self.acceptor.0.accept(stream));
        let stream = match handshake.await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return tracing::debug!(%error, "a handshake failed"),
            Err(_) => return tracing::debug!("a handshake took too long"),
        };
        let certificate = stream
            .get_ref()
            .1
            .peer_certificates()
            .and_then(|chain| chain.first())
            .map(|certificate| Arc::<str>::from(thumbprint(certificate)));
        let silence = self.uploads.silence();
        let service = service_fn(move |request| {
            let (door, certificate, reset) = (self.clone(), certificate.clone(), reset.clone());
            async move { door.exchange(request, certificate.as_deref(), &reset).await }
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .title_case_headers(true)
            .timer(TokioTimer::new())
            .header_read_timeout(silence)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service);
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection ended");
        }
    }

    async fn exchange(
        &self,
        request: Request<Incoming>,
        certificate: Option<&str>,
        reset: &Reset,
    ) -> Result<Response<Body>, ConnectionReset> {
        let (head, body) = request.into_parts();
        let asked = Asked {
            head: &head,
            certificate,
        };
        let body = self.body(&asked, body).await;
        let read = body.as_ref().map(Vec::as_slice).unwrap_or_default();
        let hit = (!self.cloud.is_faultless()).then(|| {
            let path = meant::below_subscription(&head);
            self.cloud.hit(&meant::call(&head, &path, read))
        });
        let _work = net::at_work();
        let ended = match body {
            Err(unread) => Ok(self.refused("", not_read(&unread))),
            Ok(body) => match hit.flatten() {
                None => Ok(self.carry_out(&asked, &body, None)),
                Some(hit) => self.carry_out_badly(&asked, &body, hit).await,
            },
        };
        match ended {
            Ok(outcome) => {
                let status = match &outcome.result {
                    Ok(answer) => answer.status().as_u16(),
                    Err(refusal) => refusal.status,
                };
                let detail = outcome.detail();
                self.note(
                    &asked,
                    outcome.operation,
                    status,
                    &outcome.request_id,
                    detail,
                );
                Ok(self.respond(outcome, &head.method).await)
            }
            Err(Lost {
                operation,
                request_id,
                detail,
            }) => {
                self.note(&asked, operation, 0, &request_id, Some(detail.to_owned()));
                reset.arm();
                Err(ConnectionReset)
            }
        }
    }

    /// The body of a request; none where the head alone is refused, whatever the body says.
    async fn body(&self, asked: &Asked<'_>, body: Incoming) -> Result<Vec<u8>, Unread> {
        if hyper::body::Body::is_end_stream(&body) {
            return Ok(Vec::new());
        }
        let Parts {
            method,
            uri,
            headers,
            ..
        } = asked.head;
        let is_welcome = self.cloud.look(|world| {
            let admitted = admit(world, uri, headers, asked.certificate);
            let found = admitted.and_then(|(_, path)| table::find(method, &path, &Query::of(uri)));
            found.is_ok_and(|found| found.route.handler.is_some())
        });
        if !is_welcome {
            self.uploads.discard(headers, body);
            return Ok(Vec::new());
        }
        self.uploads.read(headers, body).await
    }

    /// Does what was asked as a fault wants it.
    async fn carry_out_badly(
        &self,
        asked: &Asked<'_>,
        body: &[u8],
        hit: Hit<CloudFault>,
    ) -> Result<Outcome, Lost> {
        let Hit {
            when,
            effect,
            mut names,
            mut chance,
        } = hit;
        let effect = match effect {
            Effect::Own(own) => {
                let fault = own.of_request(when, names.remove("role"));
                return Ok(self.carry_out(asked, body, Some(fault)));
            }
            Effect::Delay(Seconds(time)) => {
                if when == When::Before {
                    self.cloud.sleep(time).await;
                }
                let outcome = self.carry_out(asked, body, None);
                if when == When::After {
                    self.cloud.sleep(time).await;
                }
                return Ok(outcome);
            }
            Effect::Status(answered) => return Ok(self.broken(asked, body, when, answered)),
            Effect::Throttle(seconds) => {
                return Ok(self.broken(asked, body, when, throttled(seconds)));
            }
            effect => effect,
        };
        let outcome = match when {
            When::Before => Outcome {
                operation: "",
                request_id: self.fresh_id(),
                result: Ok(Answer::Done),
                headers: Vec::new(),
                skipped: None,
                spoiled: None,
            },
            When::After => self.carry_out(asked, body, None),
        };
        let spoiled = match effect {
            Effect::Cut => Spoiled::Cut,
            Effect::Garbage(Some(text)) => Spoiled::Garbage(text.into_bytes()),
            Effect::Garbage(None) => Spoiled::Garbage(chance.bytes::<GARBAGE>().to_vec()),
            effect => {
                if effect == Effect::Hang {
                    self.cloud.wait_for_clearing().await;
                }
                return Err(Lost {
                    operation: outcome.operation,
                    request_id: outcome.request_id,
                    detail: match when {
                        When::Before => "dropped before it took effect",
                        When::After => "dropped after it took effect",
                    },
                });
            }
        };
        Ok(Outcome {
            spoiled: Some(spoiled),
            ..outcome
        })
    }

    fn fresh_id(&self) -> String {
        self.cloud.new_request_id().to_string()
    }

    /// An error in the place of what an exchange comes to.
    fn broken(&self, asked: &Asked<'_>, body: &[u8], when: When, fault: Answered) -> Outcome {
        let Answered {
            status,
            code,
            message,
            headers,
        } = fault;
        let code = code.as_deref().unwrap_or(NO_CODE);
        let refusal = Refused::new(status, code, message).detail("arranged by POST /_fake/break");
        let operation = match when {
            When::Before => "",
            When::After => self.carry_out(asked, body, None).operation,
        };
        Outcome {
            headers: headers.into_iter().collect(),
            ..self.refused(operation, refusal)
        }
    }

    fn refused(&self, operation: &'static str, refusal: Refused) -> Outcome {
        Outcome {
            operation,
            request_id: self.fresh_id(),
            result: Err(refusal),
            headers: Vec::new(),
            skipped: None,
            spoiled: None,
        }
    }

    fn note(
        &self,
        asked: &Asked<'_>,
        operation: &'static str,
        status: u16,
        request_id: &str,
        detail: Option<String>,
    ) {
        let time = self.cloud.now();
        self.cloud.write_journal(|number| Entry {
            number,
            time,
            operation: operation.into(),
            method: journal::method(&asked.head.method),
            path: asked
                .head
                .uri
                .path_and_query()
                .map(ToString::to_string)
                .unwrap_or_default(),
            status,
            request_id: request_id.into(),
            detail,
        });
    }

    /// Does what was asked, with a fault of what it begins or makes.
    fn carry_out(&self, asked: &Asked<'_>, body: &[u8], fault: Option<RequestFault>) -> Outcome {
        let Parts {
            method,
            uri,
            headers,
            ..
        } = asked.head;
        let reading = Reading::new(self.misplaced);
        let id = self.cloud.new_request_id();
        let request_id = id.to_string();
        let mut operation = "";
        let result = self.cloud.act(|world, now| {
            if *method == Method::GET && is_above_subscriptions(uri) {
                operation = "List Subscriptions";
                let certificate = shown(asked.certificate)?;
                versioned(headers)?;
                return Ok(subscription::list(world.world(), certificate));
            }
            let (subscription, path) = admit(world.world(), uri, headers, asked.certificate)?;
            let query = Query::of(uri);
            let found = table::find(method, &path, &query)?;
            operation = found.route.operation;
            let handler = found
                .route
                .handler
                .ok_or_else(|| Refused::not_modelled(operation))?;
            let mut call = Call {
                world: world.again(),
                now,
                subscription,
                id,
                object: format!("/{}", path.join("/")),
                fault,
                names: found.values,
                query,
                body,
                reading: &reading,
                base: &self.base,
            };
            handler(&mut call)
        });
        Outcome {
            operation,
            request_id,
            result,
            headers: Vec::new(),
            skipped: reading.told(),
            spoiled: None,
        }
    }

    async fn respond(&self, outcome: Outcome, method: &Method) -> Response<Body> {
        let detail = outcome.detail().map(|detail| one_line(&detail));
        let mut response = match outcome.result {
            Ok(answer) => answer.into_response(),
            Err(refusal) => refuse(&refusal),
        };
        let now = self.cloud.now();
        let headers = response.headers_mut();
        let mut set = |name: &str, value: &str| {
            if let (Ok(name), Ok(value)) = (
                name.parse::<header::HeaderName>(),
                HeaderValue::from_str(value),
            ) {
                headers.insert(name, value);
            }
        };
        set("Cache-Control", "no-cache");
        set("Server", SERVER);
        set("x-ms-servedbyregion", "ussouth3");
        set(
            "Strict-Transport-Security",
            "max-age=31536000; includeSubDomains",
        );
        set("x-ms-request-id", &outcome.request_id);
        set(
            "Date",
            &now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string(),
        );
        if let Some(detail) = detail {
            set("x-fake-azure-detail", &detail);
        }
        for (name, value) in &outcome.headers {
            set(name, value);
        }
        if *method == Method::HEAD {
            *response.body_mut() = Body::empty();
        }
        match outcome.spoiled {
            None => response,
            Some(Spoiled::Garbage(bytes)) => response.map(|_| Body::from(bytes)),
            Some(Spoiled::Cut) => {
                let (head, body) = response.into_parts();
                Response::from_parts(head, Body::new(Half::of(body).await))
            }
        }
    }
}

/// The refusal of a body that was not read.
fn not_read(unread: &Unread) -> Refused {
    let refusal = match unread {
        Unread::Crowded(_) => Refused::new(
            503,
            "ServerBusy",
            "The server (or an internal component) is currently unavailable to receive requests. Please retry your request.",
        ),
        Unread::Long(_) | Unread::Slow(_) | Unread::Broken(_) => Refused::invalid_xml(""),
    };
    refusal.detail(unread.to_string())
}

impl Answer {
    fn status(&self) -> StatusCode {
        match self {
            Self::Document(_) | Self::Text { .. } | Self::Done => StatusCode::OK,
            Self::Created(_) => StatusCode::CREATED,
            Self::Accepted | Self::AcceptedAt(_) => StatusCode::ACCEPTED,
        }
    }

    fn into_response(self) -> Response<Body> {
        let status = self.status();
        let (location, content) = match self {
            Self::Document(xml) => (
                None,
                Some(("application/xml; charset=utf-8", xml.document())),
            ),
            Self::Text { content_type, text } => (None, Some((content_type, text))),
            Self::Created(location) | Self::AcceptedAt(location) => (Some(location), None),
            Self::Done | Self::Accepted => (None, None),
        };
        let mut response = Response::new(Body::empty());
        *response.status_mut() = status;
        if let Some(location) = location.and_then(|l| HeaderValue::from_str(&l).ok()) {
            response.headers_mut().insert(header::LOCATION, location);
        }
        if let Some((kind, text)) = content {
            response
                .headers_mut()
                .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            *response.body_mut() = Body::from(text);
        }
        response
    }
}

fn refuse(refusal: &Refused) -> Response<Body> {
    let body: Xml = element("Error")
        .text("Code", &refusal.code)
        .text("Message", &refusal.message);
    let mut response = Answer::Document(body).into_response();
    *response.status_mut() =
        StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
}

/// Header values are ASCII on one line; the journal has the whole.
fn one_line(detail: &str) -> String {
    detail
        .chars()
        .map(|c| {
            if c.is_ascii_graphic() || c == ' ' {
                c
            } else {
                '?'
            }
        })
        .take(500)
        .collect()
}

/// Who may come in: the subscription must know the certificate, the version must be a date.
fn admit(
    world: &World,
    uri: &Uri,
    headers: &HeaderMap,
    certificate: Option<&str>,
) -> Result<(SubscriptionId, Vec<String>), Refused> {
    let path = uri.path();
    let path = path.strip_prefix('/').unwrap_or(path);
    // One slash at the end is how the documentation writes some paths; an empty name inside
    // is a client's mistake, and must not turn the path into another one.
    let mut segments = path
        .strip_suffix('/')
        .unwrap_or(path)
        .split('/')
        .map(|segment| decoded(segment).into_owned());
    let id = SubscriptionId::new(&segments.next().unwrap_or_default());
    let view = world.of(&id);
    let (subscription, held) = view
        .subscription
        .zip(view.held)
        .ok_or_else(|| Refused::forbidden(format!("there is no subscription `{id}`")))?;
    let thumbprint = shown(certificate)?;
    if !held.management_certificates.contains_key(thumbprint) {
        return Err(Refused::forbidden(format!(
            "the certificate {thumbprint} is not the subscription's"
        )));
    }
    if subscription.disabled {
        return Err(Refused::new(
            403,
            "SubscriptionDisabled",
            "The subscription is in a disabled state.",
        ));
    }
    versioned(headers)?;
    Ok((id, segments.collect()))
}

fn shown(certificate: Option<&str>) -> Result<&str, Refused> {
    certificate.ok_or_else(|| Refused::forbidden("the client showed no certificate"))
}

fn versioned(headers: &HeaderMap) -> Result<(), Refused> {
    let version = headers
        .get("x-ms-version")
        .and_then(|v| v.to_str().ok())
        .unwrap_or_default();
    let known = version.len() == 10
        && version
            .parse::<jiff::civil::Date>()
            .is_ok_and(|date| date >= jiff::civil::date(2009, 10, 1));
    if !known {
        return Err(Refused::new(
            400,
            "MissingOrIncorrectVersionHeader",
            "The versioning header is not specified or was specified incorrectly.",
        )
        .detail(format!("x-ms-version: `{version}`")));
    }
    Ok(())
}

/// Is this the list of all subscriptions, which is in none of them?
fn is_above_subscriptions(uri: &Uri) -> bool {
    uri.path()
        .trim_matches('/')
        .eq_ignore_ascii_case("subscriptions")
}

/// The connection is to be cut without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset")]
struct ConnectionReset;

impl From<Infallible> for ConnectionReset {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}

/// Any certificate passes the handshake, and none does too: the service answers 403 itself.
/// That the client holds the certificate's key is checked all the same.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ClientCertVerifier for AnyCertificate {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, rustls::Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
