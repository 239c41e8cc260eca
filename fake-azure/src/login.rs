//! The login authority: discovery, tokens and their errors, a thin skin of JSON on the directory.

mod assertion;
mod bearer;
mod device_code;
mod discovery;
mod form;
mod grant;
mod jwt;
mod keys;
mod refusal;
mod resource;
pub(crate) mod routes;
mod token;

use std::sync::Arc;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{Response, StatusCode, header};
use jiff::Timestamp;
use serde_json::Value;
use simulation::Clock;
use simulation::chance::dashed;

pub(crate) use bearer::{Bearer, Unauthorized};
pub(crate) use token::Claims;

use crate::cloud::Cloud;
use crate::pace::Pace;
use crate::skin::{Noted, json, with};

use form::Form;
use keys::Keys;
use refusal::Refusal;
use routes::Task;
use token::{LIFE, Order, Subject};

/// The authority of a cloud; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    cloud: Cloud,
    keys: Keys,
    /// Where it is found without a proxy, without a slash at the end.
    own: Arc<str>,
    /// How often programs are to ask whether a code was approved, in seconds.
    interval: u32,
}

/// What a request has besides its body.
struct Asked<'a> {
    /// Which tenant is meant, by the name that was used.
    tenant: &'a str,
    /// How the authority was called, without a slash at the end.
    base: &'a str,
    /// 32 hexadecimal digits that no other request has.
    id: &'a str,
}

/// Which version of the token API somebody speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Version {
    One,
    Two,
}

impl Login {
    pub(crate) fn new(cloud: Cloud, own: &str, pace: Pace) -> Self {
        Self {
            cloud,
            keys: Keys::default(),
            own: own.into(),
            interval: if pace == Pace::Instant { 1 } else { 5 },
        }
    }

    /// Who lets bearers of tokens in.
    pub(crate) fn bearer(&self) -> Bearer {
        Bearer::new(self.cloud.clone(), self.keys.clone(), &self.own)
    }

    /// Answers a request that came whole; `base` is how the authority was called.
    pub(crate) async fn answer(&self, base: &str, head: &Parts, body: &[u8]) -> Response<Body> {
        let id = self.cloud.new_request_id().to_string();
        let Some(found) = routes::find(head) else {
            return json(
                StatusCode::NOT_FOUND,
                &serde_json::json!({ "error": "not_found", "error_description": "There is no such path." }),
            );
        };
        let asked = Asked {
            tenant: &found.tenant,
            base,
            id: &id,
        };
        let version = found.task.version();
        let done = self.carry_out(&asked, &found, head, body).await;
        let mut response = match done {
            Ok(document) => json(StatusCode::OK, &document),
            Err(refusal) => {
                let refusal = match version {
                    Version::One => refusal.of_version_1(),
                    Version::Two => refusal,
                };
                self.refused(&asked, head, &refusal)
            }
        };
        if found.task == Task::Page {
            response = page(&self.own);
        }
        let noted = response.extensions_mut().get_or_insert_default::<Noted>();
        noted.request_id = Some(dashed(&id).into());
        let headers = response.headers_mut();
        with(headers, "Cache-Control", "no-store, no-cache");
        with(headers, "Pragma", "no-cache");
        with(headers, "Expires", "-1");
        with(
            headers,
            "Strict-Transport-Security",
            "max-age=31536000; includeSubDomains",
        );
        with(headers, "X-Content-Type-Options", "nosniff");
        with(headers, "x-ms-request-id", &dashed(&id));
        let correlation = head.headers.get("client-request-id");
        let wanted = head.headers.get("return-client-request-id");
        if wanted.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
            && let Some(correlation) = correlation.cloned()
        {
            headers.insert("client-request-id", correlation);
        }
        response
    }

    async fn carry_out(
        &self,
        asked: &Asked<'_>,
        found: &routes::Found,
        head: &Parts,
        body: &[u8],
    ) -> Result<Value, Refusal> {
        match found.task {
            Task::Instance => return Ok(self.instance(asked)),
            Task::Page => return Ok(Value::Null),
            Task::SignOut => return Ok(serde_json::json!({})),
            Task::NotModelled => {
                let operation = found.operation;
                return Err(Refusal::new(
                    501,
                    "not_implemented",
                    0,
                    format!("The operation '{operation}' is not simulated."),
                ));
            }
            _ => {}
        }
        let is_known = self
            .cloud
            .look(|world| world.directory().is_called(asked.tenant));
        if !is_known {
            return Err(Refusal::no_tenant(asked.tenant));
        }
        match found.task {
            Task::Discovery(version) => Ok(self.discovery(asked, version)),
            Task::SigningKeys => self.signing_keys(asked).await,
            Task::Realm => Ok(self.realm(&found.name)),
            Task::DeviceCode(version) => {
                let form = Form::read(head, body)?;
                self.begin_device_code(version, &form)
            }
            Task::Token(version) => {
                let form = Form::read(head, body)?;
                self.token(asked, version, &form).await
            }
            Task::Instance | Task::Page | Task::SignOut | Task::NotModelled => Ok(Value::Null),
        }
    }

    fn refused(&self, asked: &Asked<'_>, head: &Parts, refusal: &Refusal) -> Response<Body> {
        let trace = dashed(asked.id);
        let correlation = head.headers.get("client-request-id");
        let correlation = correlation.and_then(|id| id.to_str().ok());
        let document = refusal.document(
            asked.base,
            self.cloud.now(),
            &trace,
            correlation.unwrap_or(&trace),
        );
        let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = json(status, &document);
        response.extensions_mut().insert(Noted {
            request_id: Some(trace.into()),
            detail: Some(refusal.told()),
        });
        response
    }

    /// An error in the authority's shape that nothing but a fault rule is behind.
    pub(crate) fn arranged(
        &self,
        base: &str,
        head: &Parts,
        status: u16,
        error: &str,
        words: &str,
    ) -> Response<Body> {
        let id = self.cloud.new_request_id().to_string();
        let asked = Asked {
            tenant: "",
            base,
            id: &id,
        };
        let refusal = Refusal::new(status, "temporarily_unavailable", 90033, words);
        let mut response = self.refused(&asked, head, &refusal);
        let trace = dashed(&id);
        let mut document = refusal.document(base, self.cloud.now(), &trace, &trace);
        document["error"] = error.into();
        *response.body_mut() = Body::from(document.to_string());
        response
    }

    /// A token for a program that is where the simulated machines are: managed identity.
    pub(crate) async fn managed_identity(
        &self,
        resource: &str,
        client: Option<&str>,
    ) -> Result<Managed, Refusal> {
        let audience = resource::of_resource(resource, &self.tenant())?;
        let (subject, client_id) = self.cloud.look(|world| {
            let directory = world.directory();
            let found = match client {
                Some(id) => directory.application(id)?,
                None => directory.service_principal().ok_or(
                    crate::world::directory::DirectoryRefusal::NoApplication(String::new()),
                )?,
            };
            Ok::<_, Refusal>((
                Subject::Application {
                    id: found.id.clone(),
                    object_id: found.object_id.clone(),
                },
                found.id.clone(),
            ))
        })?;
        let id = self.cloud.new_request_id().to_string();
        let token = self.access(&audience, &subject, &id).await?;
        let from = machine_now();
        Ok(Managed {
            token,
            client_id,
            from,
        })
    }

    fn tenant(&self) -> String {
        self.cloud
            .look(|world| world.directory().tenant().to_owned())
    }

    /// An access token.
    async fn access(&self, audience: &str, subject: &Subject, id: &str) -> Result<String, Refusal> {
        let key = self.keys.made(&self.cloud).await?;
        let tenant = self.tenant();
        let order = Order {
            tenant: &tenant,
            audience,
            subject,
            now: self.cloud.now(),
            id,
        };
        Ok(token::access(&key, &order))
    }
}

/// What time it is for programs, who go by the machine's clock.
fn machine_now() -> Timestamp {
    Clock::real().now()
}

/// What a managed identity gets.
#[derive(Debug)]
pub(crate) struct Managed {
    pub(crate) token: String,
    pub(crate) client_id: String,
    /// Since when it is good, by the machine's clock, which programs go by.
    pub(crate) from: Timestamp,
}

impl Managed {
    /// How long it is good, in seconds.
    pub(crate) const LIFE: i64 = LIFE;
}

impl Version {
    /// How a number is written in answers.
    fn number(self, number: i64) -> Value {
        match self {
            Self::One => number.to_string().into(),
            Self::Two => number.into(),
        }
    }
}

/// What somebody sees who opens the page that device codes are typed at.
fn page(own: &str) -> Response<Body> {
    let text = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>A simulated Azure</title>\n\
         <h1>A simulated Azure</h1>\n<p>Nothing is to be typed here, at {own}. A code is approved the second \
         time that its program asks, or, where the simulator was started with <code>--approve by-hand</code>, \
         by <code>POST /_fake/approve {{\"user_code\": \"CODE\"}}</code> to its admin API.</p>\n"
    );
    let mut response = Response::new(Body::from(text));
    with(
        response.headers_mut(),
        header::CONTENT_TYPE.as_str(),
        "text/html; charset=utf-8",
    );
    response
}

#[cfg(test)]
mod tests;
