//! Who comes in with a token, and what is said to those who may not.
//!
//! ```text
//! let caller = bearer.admit(&head.headers, base)?;   // Arc<Claims>, or what to answer
//! ```
//!
//! It knows no routes. A token is verified once and remembered, so that a call costs a look-up; its
//! time is looked at on each.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jiff::Timestamp;

use crate::cloud::Cloud;

use super::keys::{Key, Keys};
use super::token::{self, Claims, TokenFault};

/// How many tokens are remembered.
const REMEMBERED: usize = 1_024;

/// The resources that are Resource Manager, but for its own address.
const AUDIENCES: [&str; 4] = [
    "https://management.core.windows.net/",
    "https://management.core.windows.net",
    "https://management.azure.com/",
    "https://management.azure.com",
];

/// Lets bearers of good tokens in; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Bearer {
    cloud: Cloud,
    keys: Keys,
    own: Arc<str>,
    verified: Arc<Mutex<Verified>>,
}

/// Tokens that a key has signed.
#[derive(Debug, Default)]
struct Verified {
    key: String,
    claims: HashMap<Box<str>, Arc<Claims>>,
}

/// What is answered to those who may not come in: always with 401.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unauthorized {
    /// The error's code.
    pub(crate) code: &'static str,
    /// The error's message.
    pub(crate) message: String,
    /// The value of `WWW-Authenticate`.
    pub(crate) challenge: String,
}

impl Unauthorized {
    /// The status of the answer.
    pub(crate) const STATUS: u16 = 401;
}

impl Bearer {
    pub(super) fn new(cloud: Cloud, keys: Keys, own: &str) -> Self {
        Self {
            cloud,
            keys,
            own: own.into(),
            verified: Arc::default(),
        }
    }

    /// Who comes in to Resource Manager with these headers; `authority` is how the login authority
    /// is called by whoever came, without a slash at the end.
    pub(crate) fn admit(
        &self,
        headers: &HeaderMap,
        authority: &str,
    ) -> Result<Arc<Claims>, Unauthorized> {
        let tenant = self
            .cloud
            .look(|world| world.directory().tenant().to_owned());
        let refused = |code, message: String| Unauthorized {
            code,
            challenge: challenge(authority, &tenant, &message),
            message,
        };
        let Some(shown) = headers.get(AUTHORIZATION) else {
            return Err(Unauthorized {
                code: "AuthenticationFailed",
                message: "Authentication failed. The 'Authorization' header is missing.".to_owned(),
                challenge: challenge(
                    authority,
                    &tenant,
                    "The authentication failed because of missing 'Authorization' header.",
                ),
            });
        };
        let token = shown.to_str().ok().and_then(|shown| {
            let (scheme, token) = shown.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let Some(token) = token else {
            return Err(refused(
                "AuthenticationFailedInvalidHeader",
                "Authentication failed. The 'Authorization' header is provided in an invalid format.".to_owned(),
            ));
        };
        let now = self.cloud.now();
        let admitted = self.verify(token, now).and_then(|claims| {
            if self.is_own(&claims.audience) {
                Ok(claims)
            } else {
                Err(TokenFault::Audience(claims.audience.clone()))
            }
        });
        admitted.map_err(|fault| {
            let (code, message) = words(&fault, authority, &tenant, now);
            refused(code, message)
        })
    }

    /// What a token says that is good at this moment in this tenant, for whatever resource.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Result<Arc<Claims>, TokenFault> {
        // Without a key no token was ever given.
        let key = self.keys.now(&self.cloud).ok_or(TokenFault::Invalid)?;
        let claims = if let Some(claims) = self.remembered(&key, token) {
            claims
        } else {
            let claims = Arc::new(token::read(&key, token)?);
            self.remember(&key, token, claims.clone());
            claims
        };
        self.cloud
            .look(|world| token::check(&claims, world.directory().tenant(), now))?;
        Ok(claims)
    }

    fn remembered(&self, key: &Key, token: &str) -> Option<Arc<Claims>> {
        let verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        let is_of_key = verified.key == key.id;
        verified.claims.get(token).filter(|_| is_of_key).cloned()
    }

    fn remember(&self, key: &Key, token: &str, claims: Arc<Claims>) {
        let mut verified = self.verified.lock().unwrap_or_else(PoisonError::into_inner);
        if verified.key != key.id {
            verified.claims.clear();
            verified.key.clone_from(&key.id);
        }
        if verified.claims.len() >= REMEMBERED {
            verified.claims.clear();
        }
        verified.claims.insert(token.into(), claims);
    }

    /// Whether a resource is Resource Manager.
    fn is_own(&self, audience: &str) -> bool {
        let plain = audience.trim_end_matches('/');
        AUDIENCES.contains(&audience) || {
            let port = self.own.rsplit_once(':').map_or("", |(_, port)| port);
            plain.eq_ignore_ascii_case(&self.own)
                || ["localhost", "127.0.0.1"]
                    .iter()
                    .any(|name| plain.eq_ignore_ascii_case(&format!("https://{name}:{port}")))
        }
    }
}

/// Where a token is to be had.
fn challenge(authority: &str, tenant: &str, description: &str) -> String {
    format!(
        "Bearer authorization_uri=\"{authority}/{tenant}\", error=\"invalid_token\", error_description=\"{}\"",
        description.replace('"', "'")
    )
}

/// How Resource Manager says what is wrong with a token.
fn words(
    fault: &TokenFault,
    authority: &str,
    tenant: &str,
    now: Timestamp,
) -> (&'static str, String) {
    let time = |at: Timestamp| at.strftime("%-m/%-d/%Y %-I:%M:%S %p").to_string();
    match fault {
        TokenFault::Invalid => (
            "InvalidAuthenticationToken",
            "The access token is invalid.".to_owned(),
        ),
        TokenFault::Early => (
            "InvalidAuthenticationToken",
            "The access token is not valid yet.".to_owned(),
        ),
        TokenFault::Expired(end) => (
            "ExpiredAuthenticationToken",
            format!(
                "The access token expiry UTC time '{}' is earlier than current UTC time '{}'.",
                time(*end),
                time(now)
            ),
        ),
        TokenFault::Tenant(issuer) => (
            "InvalidAuthenticationTokenTenant",
            format!(
                "The access token is from the wrong issuer '{issuer}'. It must match the tenant '{}' associated with this subscription. Please use the authority (URL) '{authority}/{tenant}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.",
                token::issuer(tenant)
            ),
        ),
        TokenFault::Audience(audience) => (
            "InvalidAuthenticationTokenAudience",
            format!(
                "The access token has been obtained for wrong audience or resource '{audience}'. It should exactly match with one of the allowed audiences '{}'.",
                AUDIENCES.join("','")
            ),
        ),
    }
}
