//! The authority: where tokens are asked for, and what it says when it gives none.

use jiff::Timestamp;
use reqwest::Url;
use serde::Deserialize;

use super::token::{Token, nonsense};
use crate::backend::wire::{self, Endpoint, Patience};
use crate::backend::{Error, Kind, Reason, Result};
use crate::domain::cut;

/// The longest words of an authority that are told, in characters.
const LONGEST: usize = 1000;

/// The authority of a tenant.
#[derive(Debug, Clone)]
pub struct Authority {
    http: reqwest::Client,
    endpoint: Endpoint,
    tenant: String,
    patience: Patience,
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Refused {
    pub(super) error: String,
    #[serde(default)]
    pub(super) error_description: String,
}

impl Authority {
    /// The authority at `url`, for `tenant`; `ca` is trusted besides the system's.
    pub fn new(url: &str, tenant: &str, ca: Option<&str>, patience: Patience) -> Result<Self> {
        let endpoint = Endpoint::parse(url)
            .and_then(Endpoint::secret)
            .map_err(|error| Error::new(Kind::Refused, error.to_string()))?;
        let authorities: Vec<String> = ca.map(str::to_owned).into_iter().collect();
        Ok(Self {
            http: wire::client(&endpoint, &authorities, &patience)?,
            endpoint,
            tenant: tenant.to_owned(),
            patience,
        })
    }

    /// Where tokens are asked for.
    pub fn token_url(&self) -> Result<Url> {
        self.endpoint
            .url(&self.tenant, &["oauth2", "v2.0", "token"], &[])
    }

    /// Asks for a token with a form.
    pub(super) async fn token(&self, form: &[(&str, &str)], now: Timestamp) -> Result<Token> {
        match self.ask(self.token_url()?, form, now).await? {
            Ok(body) => Token::read(&body, now),
            Err(refused) => Err(refused.into_error()),
        }
    }

    /// Posts a form; a refusal is told apart from silence.
    pub(super) async fn ask(
        &self,
        url: Url,
        form: &[(&str, &str)],
        now: Timestamp,
    ) -> Result<std::result::Result<zeroize::Zeroizing<Vec<u8>>, Refused>> {
        let request = self
            .http
            .post(url)
            .header(
                reqwest::header::CONTENT_TYPE,
                "application/x-www-form-urlencoded",
            )
            .body(encoded(form));
        let heard = wire::ask(request, self.endpoint.host(), &self.patience, now).await?;
        if heard.status == 200 {
            return Ok(Ok(heard.body));
        }
        match serde_json::from_slice::<Refused>(&heard.body) {
            Ok(refused) => Ok(Err(refused)),
            Err(_) if heard.status >= 500 || heard.status == 429 => Err(Error::new(
                Kind::Busy,
                format!("the authority answered with status {}", heard.status),
            )),
            Err(_) => Err(nonsense()),
        }
    }

    /// The address below the tenant.
    pub(super) fn url(&self, path: &[&str]) -> Result<Url> {
        self.endpoint.url(&self.tenant, path, &[])
    }
}

/// A form as it is posted.
fn encoded(form: &[(&str, &str)]) -> String {
    // Only its query is used.
    let Ok(mut url) = Url::parse("https://form.invalid/") else {
        return String::new();
    };
    url.query_pairs_mut().extend_pairs(form);
    url.query().unwrap_or_default().to_owned()
}

impl Refused {
    /// The refusal in the authority's words.
    pub(super) fn into_error(self) -> Error {
        let words = self
            .error_description
            .lines()
            .next()
            .filter(|line| !line.is_empty())
            .unwrap_or(&self.error);
        Error::new(Kind::Denied, cut(words, LONGEST).into_owned())
            .with_code(self.error)
            .because(Reason::SignIn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_keeps_what_is_in_it() {
        assert_eq!(
            encoded(&[("a", "b c&d"), ("scope", "https://x/.default")]),
            "a=b+c%26d&scope=https%3A%2F%2Fx%2F.default"
        );
    }

    #[test]
    fn a_refusal_is_told_in_the_authoritys_words() {
        let refused = Refused {
            error: "invalid_client".to_owned(),
            error_description: "AADSTS7000215: Invalid client secret.\r\nTrace ID: x".to_owned(),
        };
        let error = refused.into_error();
        assert_eq!(error.message(), "AADSTS7000215: Invalid client secret.");
        assert_eq!(
            (error.code(), error.reason()),
            (Some("invalid_client"), Some(Reason::SignIn))
        );
    }
}
