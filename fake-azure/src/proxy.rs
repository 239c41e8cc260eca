//! The proxy, over plain HTTP: whoever goes through it finds the simulated cloud under the real
//! one's names, and everybody else where they are.
//!
//! TLS for Azure's own names ends here, and none of them ever leads out. Names of simulated
//! machines lead to their addresses. Every other host is reached as if the proxy were not there, or
//! by way of the one that was set before.

mod forward;
mod upstream;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::http::{Method, Request, Response, StatusCode, header};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::{TokioIo, TokioTimer};
use simulation::net::{Reset, Resettable};
use tokio::net::TcpStream;

use crate::azure_names::{self, AzureName};
use crate::cloud::Cloud;
use crate::instance_metadata::InstanceMetadata;
use crate::origin::Origin;
use crate::skin::{ConnectionReset, Exchanges, with};
use crate::uploads::HEAD;

pub use upstream::Upstream;

use upstream::Unreached;

/// The port of https, which is not said in names.
const HTTPS: u16 = 443;

/// The port of http.
const HTTP: u16 = 80;

/// The proxy; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Proxy {
    cloud: Cloud,
    exchanges: Exchanges,
    origin: Origin,
    metadata: InstanceMetadata,
    /// Where Service Management listens.
    management: SocketAddr,
    upstream: Upstream,
}

/// Where a tunnel ends.
#[derive(Debug)]
enum End {
    /// At the simulated Azure.
    Origin,
    /// At a host that was reached.
    Host(TcpStream),
}

/// A tunnel that was granted and begins when the answer is out.
type Granted = Arc<Mutex<Option<(End, OnUpgrade)>>>;

/// A host and its port, as a client calls them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    host: String,
    port: u16,
}

impl Proxy {
    pub(crate) fn new(
        cloud: Cloud,
        exchanges: Exchanges,
        origin: Origin,
        metadata: InstanceMetadata,
        management: SocketAddr,
        upstream: Upstream,
    ) -> Self {
        Self {
            cloud,
            exchanges,
            origin,
            metadata,
            management,
            upstream,
        }
    }

    /// Serves one connection, and the tunnel that it may become, until its end.
    pub(crate) async fn serve(self, stream: TcpStream) {
        let (stream, reset) = Resettable::new(stream);
        let granted = Granted::default();
        let silence = self.exchanges.silence();
        let service = {
            let (granted, reset, proxy) = (granted.clone(), reset.clone(), self.clone());
            service_fn(move |request| {
                let (granted, reset, proxy) = (granted.clone(), reset.clone(), proxy.clone());
                // What may be done is much beside what a connection otherwise holds.
                Box::pin(async move { proxy.answer(request, &granted, &reset).await })
            })
        };
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(silence)
            .max_buf_size(HEAD)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        if let Err(error) = connection.await {
            return tracing::debug!(%error, "a connection to the proxy ended");
        }
        let taken = granted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some((end, upgrade)) = taken else { return };
        let mut stream = match upgrade.await {
            Ok(stream) => TokioIo::new(stream),
            Err(error) => return tracing::debug!(%error, "a tunnel did not begin"),
        };
        match end {
            End::Origin => Box::pin(self.origin.serve_tls(stream, reset)).await,
            End::Host(mut host) => {
                let copied = tokio::io::copy_bidirectional(&mut stream, &mut host).await;
                if let Err(error) = copied {
                    tracing::debug!(%error, "a tunnel ended");
                }
            }
        }
    }

    async fn answer(
        &self,
        mut request: Request<Incoming>,
        granted: &Granted,
        reset: &Reset,
    ) -> Result<Response<Body>, ConnectionReset> {
        if request.method() == Method::CONNECT {
            let Some(place) = Place::of(&request, HTTPS) else {
                return Ok(refused(StatusCode::BAD_REQUEST, "say which HOST:PORT"));
            };
            return Ok(match self.reach(&place).await {
                Ok(end) => {
                    let upgrade = hyper::upgrade::on(&mut request);
                    let mut granted = granted.lock().unwrap_or_else(PoisonError::into_inner);
                    *granted = Some((end, upgrade));
                    Response::new(Body::empty())
                }
                Err(unreached) => unreached.answer(),
            });
        }
        let is_plain = request.uri().scheme_str() == Some("http");
        let place = Place::of(&request, HTTP).filter(|_| is_plain);
        let Some(place) = place else {
            let words = "this is a proxy: it takes CONNECT, and addresses that begin with http://";
            return Ok(refused(StatusCode::BAD_REQUEST, words));
        };
        match azure_names::whose(&place.host) {
            Some(AzureName::InstanceMetadata) => {
                let answered = self.exchanges.exchange(request, &self.metadata, reset);
                answered.await
            }
            Some(_) => {
                let answered = self.exchanges.exchange(request, &self.origin, reset);
                answered.await
            }
            None => Ok(self
                .pass_on(request, &place)
                .await
                .unwrap_or_else(|unreached| unreached.answer())),
        }
    }

    /// The end of a tunnel to a place.
    async fn reach(&self, place: &Place) -> Result<End, Unreached> {
        match azure_names::whose(&place.host) {
            // It asks its callers for certificates, so the tunnel ends where it listens.
            Some(AzureName::ServiceManagement) if place.port == HTTPS => {
                let own = Place::at(self.management);
                upstream::dial(&own).await.map(End::Host)
            }
            Some(_) => Ok(End::Origin),
            None => match self.simulated(place)? {
                Some(own) => upstream::dial(&own).await.map(End::Host),
                None => self.upstream.tunnel(place).await.map(End::Host),
            },
        }
    }

    /// Where a simulated name leads to; none where it is nobody's here.
    fn simulated(&self, place: &Place) -> Result<Option<Place>, Unreached> {
        match self.cloud.address_of(&azure_names::plain(&place.host)) {
            Some(address) => Ok(Some(Place::at(SocketAddr::new(address.into(), place.port)))),
            None if azure_names::is_machine(&place.host) => Err(Unreached::new(format!(
                "nobody is called {} in the simulated Azure",
                place.host
            ))),
            None => Ok(None),
        }
    }

    /// Has a request in the clear answered by whom it is for.
    async fn pass_on(
        &self,
        request: Request<Incoming>,
        place: &Place,
    ) -> Result<Response<Body>, Unreached> {
        if let Some(own) = self.simulated(place)? {
            return forward::to_host(request, upstream::dial(&own).await?).await;
        }
        match self.upstream.for_plain(place)? {
            None => forward::to_host(request, upstream::dial(place).await?).await,
            Some(proxy) => {
                let stream = upstream::dial(&proxy.place()).await?;
                forward::to_proxy(request, stream, proxy).await
            }
        }
    }
}

impl Place {
    /// Where a request goes.
    fn of(request: &Request<Incoming>, port: u16) -> Option<Self> {
        let authority = request.uri().authority()?;
        let host = authority.host();
        let host = host.trim_start_matches('[').trim_end_matches(']');
        (!host.is_empty()).then(|| Self {
            host: host.to_owned(),
            port: authority.port_u16().unwrap_or(port),
        })
    }

    fn at(address: SocketAddr) -> Self {
        Self {
            host: address.ip().to_string(),
            port: address.port(),
        }
    }

    /// As it is written in requests.
    fn authority(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }
}

impl Unreached {
    fn answer(&self) -> Response<Body> {
        refused(StatusCode::BAD_GATEWAY, &self.to_string())
    }
}

fn refused(status: StatusCode, words: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("{words}\n")));
    *response.status_mut() = status;
    with(
        response.headers_mut(),
        header::CONTENT_TYPE.as_str(),
        "text/plain; charset=utf-8",
    );
    response
}
