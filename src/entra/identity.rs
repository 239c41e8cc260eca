//! The service that tells a machine's own identity: the host of the machine, or of the container.

use jiff::Timestamp;
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;

use super::token::Token;
use crate::backend::wire::{self, Patience};
use crate::backend::{Error, Kind, Reason, Result};
use crate::domain::cut;

/// Where every machine of Azure finds it.
const LINK_LOCAL: &str = "http://169.254.169.254";

/// Where tokens for a machine's own identity are to be had.
#[derive(Debug, Clone, Default)]
pub struct IdentityService {
    /// Another host than that of every machine.
    pub host: Option<String>,
    /// The address of a container's own service.
    pub endpoint: Option<String>,
    /// What that wants to be told.
    pub header: Option<SecretString>,
}

/// A refusal; its words lie in one of two places.
#[derive(Deserialize)]
struct Refused {
    error: serde_json::Value,
    #[serde(default)]
    error_description: String,
}

impl IdentityService {
    /// Asks for a token for `resource`, of the identity `client` where a machine has several.
    pub(super) async fn token(
        &self,
        resource: &str,
        client: Option<&str>,
        patience: Patience,
        now: Timestamp,
    ) -> Result<Token> {
        let own = self.endpoint.as_ref().zip(self.header.as_ref());
        let (address, version) = if let Some((endpoint, _)) = own {
            (endpoint.clone(), "2019-08-01")
        } else {
            let host = self.host.as_deref().unwrap_or(LINK_LOCAL);
            let host = host.trim_end_matches('/');
            (
                format!("{host}/metadata/identity/oauth2/token"),
                "2018-02-01",
            )
        };
        let mut url = Url::parse(&address)
            .map_err(|_| Error::new(Kind::Refused, format!("`{address}` is no address")))?;
        url.query_pairs_mut()
            .append_pair("api-version", version)
            .append_pair("resource", resource)
            .extend_pairs(client.map(|client| ("client_id", client)));
        let host = url.host_str().unwrap_or_default().to_owned();
        let mut request = wire::local_client(&patience)?.get(url);
        request = match own {
            Some((_, header)) => request.header("X-IDENTITY-HEADER", header.expose_secret()),
            None => request.header("Metadata", "true"),
        };
        let heard = wire::ask(request, &host, &patience, now)
            .await
            .map_err(|error| {
                error.with_hint("a managed identity is to be had on a machine of Azure alone")
            })?;
        if heard.status == 200 {
            return Token::read(&heard.body, now);
        }
        let refused = serde_json::from_slice::<Refused>(&heard.body).ok();
        let (code, words) = refused.map_or_else(
            || (None, String::new()),
            |refused| {
                let code = refused.error.as_str().map(str::to_owned);
                (code, refused.error_description)
            },
        );
        let words = if words.is_empty() {
            format!("the identity service answered with status {}", heard.status)
        } else {
            cut(&words, 1000).into_owned()
        };
        let error = Error::new(Kind::Denied, words).because(Reason::SignIn);
        Err(match code {
            Some(code) => error.with_code(code),
            None => error,
        })
    }
}
