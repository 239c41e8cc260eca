//! The one https origin of today's Azure: Resource Manager, its metadata and the login authority,
//! told apart by path, or by the name that they are called by.

mod storage;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Request, Response, header};
use rustls::ServerConfig;
use simulation::net::{HANDSHAKE, Reset, Resettable};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::azure_names::{self, AzureName};
use crate::faults::{Answered, NO_CODE};
use crate::login::{self, Bearer, Claims, Login, Unauthorized};
use crate::metadata::{self, Called};
use crate::skin::{self, Exchanges, Meant, Skin, failed, with};
use crate::world::RequestFault;
use crate::{arm, cloud::Cloud};

/// The origin; clones are the same.
#[derive(Clone)]
pub(crate) struct Origin {
    exchanges: Exchanges,
    tls: Arc<ServerConfig>,
    login: Login,
    bearer: Bearer,
    resource_manager: Router,
    /// Its URL without a slash at the end.
    own: Arc<str>,
}

impl std::fmt::Debug for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Origin")
            .field("own", &self.own)
            .finish_non_exhaustive()
    }
}

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Area {
    ResourceManager,
    Metadata,
    Login,
    Storage,
    /// A service of Azure's that is not simulated.
    Other,
}

/// Where tokens are to be had, for those who call Resource Manager by its name.
const PUBLIC_AUTHORITY: &str = "https://login.windows.net";

impl Origin {
    pub(crate) fn new(
        cloud: Cloud,
        exchanges: Exchanges,
        tls: Arc<ServerConfig>,
        login: Login,
        own: &str,
    ) -> Self {
        Self {
            exchanges,
            tls,
            bearer: login.bearer(),
            resource_manager: arm::router(cloud),
            login,
            own: own.into(),
        }
    }

    /// Serves one connection until its end.
    pub(crate) async fn serve(self, stream: TcpStream) {
        let (stream, reset) = Resettable::new(stream);
        self.serve_tls(stream, reset).await;
    }

    /// Serves what comes through a tunnel, or straight, until its end.
    pub(crate) async fn serve_tls<S>(self, stream: S, reset: Reset)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let handshake = TlsAcceptor::from(self.tls.clone()).accept(stream);
        match tokio::time::timeout(HANDSHAKE, handshake).await {
            Ok(Ok(stream)) => {
                let exchanges = self.exchanges.clone();
                skin::serve(stream, reset, exchanges, self, false).await;
            }
            Ok(Err(error)) => tracing::debug!(%error, "a handshake failed"),
            Err(_) => tracing::debug!("a handshake took too long"),
        }
    }

    /// What a request is for, and the name of Azure's that it calls, if it does.
    fn area(head: &Parts) -> (Area, Option<String>) {
        let path = head.uri.path();
        let first = path.trim_start_matches('/').split('/').next();
        let first = first.unwrap_or_default().to_ascii_lowercase();
        let is_metadata = metadata::operation(path).is_some();
        let by_path = || match first.as_str() {
            "subscriptions" | "providers" | "tenants" => Area::ResourceManager,
            _ if is_metadata => Area::Metadata,
            _ => Area::Login,
        };
        let Some((host, name)) = called(head) else {
            return (by_path(), None);
        };
        let area = match name {
            AzureName::Login => Area::Login,
            AzureName::ResourceManager | AzureName::Storage if is_metadata => Area::Metadata,
            AzureName::ResourceManager => Area::ResourceManager,
            AzureName::Storage => Area::Storage,
            AzureName::ServiceManagement | AzureName::InstanceMetadata | AzureName::Other => {
                Area::Other
            }
        };
        (area, Some(host))
    }

    /// How the origin was called by somebody who used no name of Azure's.
    fn called_own(&self, headers: &HeaderMap) -> String {
        let port = self.own.rsplit_once(':').map_or("", |(_, port)| port);
        let host = headers
            .get(header::HOST)
            .and_then(|host| host.to_str().ok());
        // Whoever comes by another port has come through something that has one of its own.
        match host.filter(|host| host.rsplit_once(':').is_some_and(|(_, p)| p == port)) {
            Some(host) => format!("https://{}", host.to_ascii_lowercase()),
            None => self.own.to_string(),
        }
    }

    /// How the authority is called by whoever calls Resource Manager, or it, like this.
    fn authority(&self, head: &Parts) -> String {
        match called(head) {
            Some((host, AzureName::Login)) => format!("https://{host}"),
            Some(_) => PUBLIC_AUTHORITY.to_owned(),
            None => self.called_own(&head.headers),
        }
    }

    async fn to_resource_manager(
        &self,
        head: Parts,
        body: Vec<u8>,
        fault: Option<RequestFault>,
    ) -> Response<Body> {
        let admitted = self.bearer.admit(&head.headers, &self.authority(&head));
        let caller: Arc<Claims> = match admitted {
            Ok(caller) => caller,
            Err(unauthorized) => return challenge(&unauthorized),
        };
        let mut request = Request::from_parts(head, Body::from(body));
        request.extensions_mut().insert(caller);
        if let Some(fault) = fault {
            request.extensions_mut().insert(fault);
        }
        match self.resource_manager.clone().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// The name of Azure's that a request calls, and what it leads to.
fn called(head: &Parts) -> Option<(String, AzureName)> {
    let in_target = head.uri.host().map(str::to_owned);
    let host = in_target.or_else(|| {
        let host = head.headers.get(header::HOST)?.to_str().ok()?;
        Some(host.split(':').next().unwrap_or_default().to_owned())
    })?;
    let name = azure_names::whose(&host)?;
    Some((azure_names::plain(&host), name))
}

impl Skin for Origin {
    fn meant(&self, head: &Parts, body: &[u8]) -> Meant {
        let (area, host) = Self::area(head);
        let whole = head
            .uri
            .path_and_query()
            .map(ToString::to_string)
            .unwrap_or_default();
        let plain = |operation| Meant {
            operation,
            path: whole.clone(),
            shown: whole.clone(),
            names: Vec::new(),
        };
        match area {
            Area::ResourceManager => arm::meant(head, body),
            Area::Metadata => plain(metadata::operation(head.uri.path()).unwrap_or_default()),
            Area::Login => {
                let operation = login::routes::operation(head).unwrap_or_default();
                Meant {
                    shown: without_secrets(&whole),
                    ..plain(operation)
                }
            }
            Area::Storage | Area::Other => {
                let host = host.unwrap_or_default();
                Meant {
                    // Signatures of storage stand in queries.
                    shown: format!("https://{host}{}", head.uri.path()),
                    ..plain("")
                }
            }
        }
    }

    fn within(&self, cloud: &Cloud, head: &Parts, body: &[u8]) -> Vec<Meant> {
        match Self::area(head) {
            (Area::ResourceManager, _) => arm::within(cloud, head, body),
            _ => Vec::new(),
        }
    }

    async fn answer(
        &self,
        head: Parts,
        body: Vec<u8>,
        fault: Option<RequestFault>,
    ) -> Response<Body> {
        let (area, host) = Self::area(&head);
        match area {
            Area::ResourceManager => self.to_resource_manager(head, body, fault).await,
            Area::Metadata => {
                let own = self.called_own(&head.headers);
                let called = match called(&head) {
                    None => Called {
                        resource_manager: &own,
                        authority: &own,
                        own: &own,
                    },
                    Some(_) => Called {
                        resource_manager: "https://management.azure.com",
                        authority: "https://login.microsoftonline.com",
                        own: "https://azcliprod.blob.core.windows.net",
                    },
                };
                metadata::answer(&called, &head)
            }
            Area::Login => {
                self.login
                    .answer(&self.authority(&head), &head, &body)
                    .await
            }
            Area::Storage => storage::answer(&head),
            Area::Other => {
                let host = host.unwrap_or_default();
                failed(
                    501,
                    "NotImplemented",
                    &format!("{host} is a service of Azure's that is not simulated."),
                )
            }
        }
    }

    fn error(&self, head: &Parts, error: Answered) -> Response<Body> {
        let Answered {
            status,
            code,
            message,
            ..
        } = error;
        match Self::area(head).0 {
            Area::Login => {
                let code = code.as_deref().unwrap_or("temporarily_unavailable");
                let base = self.authority(head);
                self.login.arranged(&base, head, status, code, &message)
            }
            _ => failed(status, code.as_deref().unwrap_or(NO_CODE), &message),
        }
    }
}

/// What is said to whoever may not come in.
fn challenge(unauthorized: &Unauthorized) -> Response<Body> {
    let mut response = failed(
        Unauthorized::STATUS,
        unauthorized.code,
        &unauthorized.message,
    );
    with(
        response.headers_mut(),
        "WWW-Authenticate",
        &unauthorized.challenge,
    );
    response
}

/// A path and its query, but for the query where that holds what nobody is to be told.
fn without_secrets(path: &str) -> String {
    const SECRET: [&str; 7] = [
        "client_secret",
        "password",
        "assertion",
        "refresh_token",
        "device_code",
        "code",
        "access_token",
    ];
    let Some((plain, query)) = path.split_once('?') else {
        return path.to_owned();
    };
    let query = simulation::http::Query::read(query);
    let tells = query
        .pairs()
        .any(|(key, _)| SECRET.iter().any(|secret| key.ends_with(secret)));
    if tells {
        format!("{plain}?…")
    } else {
        path.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(host: &str, path: &str) -> Area {
        let request = Request::builder().uri(path).header("Host", host);
        let (head, ()) = request.body(()).unwrap().into_parts();
        Origin::area(&head).0
    }

    #[test]
    fn names_and_paths_tell_what_a_request_is_for() {
        let own = "127.0.0.1:4443";
        for (host, path, told) in [
            (own, "/subscriptions/s?api-version=1", Area::ResourceManager),
            (own, "/TENANTS?api-version=1", Area::ResourceManager),
            (own, "/providers/Microsoft.Compute", Area::ResourceManager),
            (own, "/metadata/endpoints?api-version=1", Area::Metadata),
            (own, "/cli/vm/aliases.json", Area::Metadata),
            (own, "/t/oauth2/token", Area::Login),
            (own, "/metadata", Area::Login),
            (
                "management.azure.com",
                "/t/oauth2/token",
                Area::ResourceManager,
            ),
            (
                "management.azure.com:443",
                "/metadata/endpoints",
                Area::Metadata,
            ),
            (
                "login.microsoftonline.com",
                "/subscriptions/oauth2/token",
                Area::Login,
            ),
            ("x.blob.core.windows.net", "/vhds", Area::Storage),
            (
                "azcliprod.blob.core.windows.net",
                "/cli/vm/aliases.json",
                Area::Metadata,
            ),
            ("graph.microsoft.com", "/v1.0/me", Area::Other),
        ] {
            assert_eq!(area(host, path), told, "{host}{path}");
        }
    }

    #[test]
    fn the_journal_is_told_no_secret_of_a_query() {
        let path = "/t/oauth2/token?api-version=1.0";
        assert_eq!(without_secrets(path), path);
        assert_eq!(
            without_secrets("/t/oauth2/token?client_secret=x&a=b"),
            "/t/oauth2/token?…"
        );
    }
}
