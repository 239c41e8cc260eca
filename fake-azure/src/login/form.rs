//! The forms that are posted to the authority.

use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use simulation::http::Query;
use simulation::http::target::decoded;

use super::Refusal;

/// What was posted.
#[derive(Debug)]
pub(super) struct Form {
    fields: Query,
    /// Identifier and secret, where they came in a header of their own.
    basic: Option<(String, String)>,
}

impl Form {
    pub(super) fn read(head: &Parts, body: &[u8]) -> Result<Self, Refusal> {
        let text = std::str::from_utf8(body).map_err(|_| {
            Refusal::new(
                400,
                "invalid_request",
                900_561,
                "The endpoint only accepts forms in UTF-8.",
            )
        })?;
        Ok(Self {
            fields: Query::read(text),
            basic: basic(head),
        })
    }

    /// A field, if it says something.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let found = self.fields.pairs().find(|(key, _)| *key == name);
        found
            .map(|(_, value)| value)
            .filter(|value| !value.is_empty())
    }

    /// A field that must say something.
    pub(super) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name).ok_or_else(|| Refusal::missing(name))
    }

    /// The program's identifier.
    pub(super) fn client(&self) -> Result<&str, Refusal> {
        let basic = self.basic.as_ref().map(|(client, _)| client.as_str());
        self.get("client_id")
            .or(basic)
            .ok_or_else(|| Refusal::missing("client_id"))
    }

    /// The program's secret.
    pub(super) fn secret(&self) -> Option<&str> {
        let basic = self.basic.as_ref().map(|(_, secret)| secret.as_str());
        self.get("client_secret").or(basic)
    }
}

/// Identifier and secret of an `Authorization: Basic` header; both are encoded as in forms.
fn basic(head: &Parts) -> Option<(String, String)> {
    let told = head.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, told) = told.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let told = String::from_utf8(STANDARD.decode(told.trim()).ok()?).ok()?;
    let (client, secret) = told.split_once(':')?;
    let plain = |text: &str| decoded(text).into_owned();
    Some((plain(client), plain(secret)))
}
