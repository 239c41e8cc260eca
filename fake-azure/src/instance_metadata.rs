//! What machines are told of themselves, over plain HTTP: tokens of their managed identity, in both
//! forms in which programs ask for them.

pub(crate) mod routes;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Method, Response, StatusCode};
use serde_json::{Value, json};
use simulation::http::Query;
use simulation::net::Resettable;
use tokio::net::TcpStream;

use crate::faults::Answered;
use crate::login::{Login, Managed};
use crate::skin::{self, Exchanges, Meant, Noted, Skin};
use crate::world::RequestFault;

use routes::{OF_APPLICATION, OF_MACHINE, TOKEN, is_at, not_modelled};

/// The metadata service; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct InstanceMetadata {
    exchanges: Exchanges,
    login: Login,
}

impl InstanceMetadata {
    pub(crate) fn new(exchanges: Exchanges, login: Login) -> Self {
        Self { exchanges, login }
    }

    /// Serves one connection until its end.
    pub(crate) async fn serve(self, stream: TcpStream) {
        let (stream, reset) = Resettable::new(stream);
        let exchanges = self.exchanges.clone();
        skin::serve(stream, reset, exchanges, self, false).await;
    }

    async fn token(&self, head: &Parts, body: &[u8]) -> Result<Value, Refused> {
        let is_machine = is_at(head, OF_MACHINE);
        let header = |name| head.headers.get(name).and_then(|value| value.to_str().ok());
        let query = Query::of(&head.uri);
        let body = std::str::from_utf8(body).map(Query::read);
        let body = body.unwrap_or_default();
        let told = |name: &str| {
            let found = query
                .pairs()
                .chain(body.pairs())
                .find(|(key, _)| key.eq_ignore_ascii_case(name));
            found
                .map(|(_, value)| value.to_owned())
                .filter(|value| !value.is_empty())
        };
        if is_machine {
            let is_said =
                header("metadata").is_some_and(|value| value.eq_ignore_ascii_case("true"));
            if !is_said {
                return Err(Refused::request("Required metadata header not specified"));
            }
        } else if header("x-identity-header").is_none_or(str::is_empty)
            && header("secret").is_none_or(str::is_empty)
        {
            return Err(Refused {
                status: 401,
                error: "unauthorized",
                words: "The header X-IDENTITY-HEADER is missing".to_owned(),
            });
        }
        if told("api-version").is_none() {
            return Err(Refused::request(
                "Required query variable 'api-version' is missing",
            ));
        }
        let resource = told("resource")
            .ok_or_else(|| Refused::request("Required query variable 'resource' is missing"))?;
        let client = told("client_id").or_else(|| told("clientid"));
        let managed = self.login.managed_identity(&resource, client.as_deref());
        let Managed {
            token,
            client_id,
            from,
        } = managed.await.map_err(|refusal| Refused {
            status: 400,
            error: refusal.error(),
            words: refusal.told(),
        })?;
        let from = from.as_second();
        Ok(json!({
            "access_token": token,
            "client_id": client_id,
            "expires_in": Managed::LIFE.to_string(),
            "expires_on": (from + Managed::LIFE).to_string(),
            "ext_expires_in": Managed::LIFE.to_string(),
            "not_before": from.to_string(),
            "resource": resource,
            "token_type": "Bearer",
        }))
    }
}

/// Why there is no token.
struct Refused {
    status: u16,
    error: &'static str,
    words: String,
}

impl Refused {
    fn request(words: &str) -> Self {
        Self {
            status: 400,
            error: "invalid_request",
            words: words.to_owned(),
        }
    }

    fn answer(&self) -> Response<Body> {
        refused(self.status, self.error, &self.words)
    }
}

fn refused(status: u16, error: &str, words: &str) -> Response<Body> {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = skin::json(
        status,
        &json!({ "error": error, "error_description": words }),
    );
    response.extensions_mut().insert(Noted {
        request_id: None,
        detail: Some(format!("{error}: {words}")),
    });
    response
}

impl Skin for InstanceMetadata {
    fn meant(&self, head: &Parts, _body: &[u8]) -> Meant {
        let operation = if is_at(head, OF_MACHINE) || is_at(head, OF_APPLICATION) {
            TOKEN
        } else {
            not_modelled(head).unwrap_or_default()
        };
        let path = head.uri.path_and_query();
        let path = path.map(ToString::to_string).unwrap_or_default();
        Meant {
            operation,
            shown: path.clone(),
            path,
            names: Vec::new(),
        }
    }

    async fn answer(
        &self,
        head: Parts,
        body: Vec<u8>,
        _fault: Option<RequestFault>,
    ) -> Response<Body> {
        if is_at(&head, OF_MACHINE) || is_at(&head, OF_APPLICATION) {
            // An older form of the second posts.
            if head.method != Method::GET && head.method != Method::POST {
                return refused(405, "method_not_allowed", "The method is not allowed here");
            }
            return match self.token(&head, &body).await {
                Ok(granted) => skin::json(StatusCode::OK, &granted),
                Err(refusal) => refusal.answer(),
            };
        }
        match not_modelled(&head) {
            Some(operation) => refused(
                501,
                "not_implemented",
                &format!("{operation} is not simulated"),
            ),
            None => refused(404, "not_found", "There is no such path"),
        }
    }

    fn error(&self, _head: &Parts, error: Answered) -> Response<Body> {
        let code = error.code.as_deref().unwrap_or("unknown");
        refused(error.status, code, &error.message)
    }
}
