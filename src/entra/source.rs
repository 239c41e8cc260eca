//! Tokens of somebody who signed in, renewed before they cease to be good.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;

use super::assertion;
use super::authority::Authority;
use super::az::{self, Az, OnPath};
use super::device::PUBLIC_CLIENT;
use super::identity::IdentityService;
use super::login::{Credential, Login};
use super::token::Token;
use crate::backend::resource_manager::{Need, Tokens};
use crate::backend::wire::Patience;
use crate::backend::{Error, Kind, Result};
use crate::clock::Clock;
use crate::input;

/// The longest token in a file, in bytes.
const LONGEST_TOKEN: usize = 64 << 10;

/// What proves who has a signed assertion.
const BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Told of what gives the next token, when it changes.
pub type Keeper = Arc<dyn Fn(&SecretString) + Send + Sync>;

/// What lies around somebody who asks for tokens.
#[derive(Clone)]
pub struct Around {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// How long to wait.
    pub patience: Patience,
    /// Draws a number by chance.
    pub drawn: fn() -> u64,
    /// Where a machine's own identity is told.
    pub identity: IdentityService,
    /// Keeps what gives the next token.
    pub keep: Option<Keeper>,
}

impl fmt::Debug for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around").finish_non_exhaustive()
    }
}

/// Tokens of somebody who signed in.
#[derive(Debug)]
pub struct TokenSource {
    login: Login,
    around: Around,
    az: Arc<dyn Az>,
    held: Mutex<Option<Token>>,
}

impl TokenSource {
    /// Tokens of `login`. None is asked for yet.
    pub fn new(login: Login, around: Around) -> Self {
        Self {
            login,
            around,
            az: Arc::new(OnPath),
            held: Mutex::new(None),
        }
    }

    /// The same, with a token that is there already.
    #[must_use]
    pub fn holding(mut self, token: Token) -> Self {
        self.held = Mutex::new(Some(token));
        self
    }

    /// The same, with another `az` than the one on the PATH.
    #[must_use]
    pub fn with_az(mut self, az: Arc<dyn Az>) -> Self {
        self.az = az;
        self
    }

    /// The token that is held.
    pub async fn held(&self) -> Option<Token> {
        self.held.lock().await.clone()
    }

    async fn ask(&self, claims: Option<&str>, refresh: Option<&SecretString>) -> Result<Token> {
        let login = &self.login;
        let now = self.around.clock.now();
        let scope = login.cloud.scope();
        let audience = login.cloud.audience.as_str();
        let authority = || {
            Authority::new(
                &login.cloud.authority,
                &login.tenant,
                login.ca.as_deref(),
                self.around.patience,
            )
        };
        let claims = claims.map(|claims| ("claims", claims));
        let credentials = |client: &str, proof: &[(&str, &str)]| -> Vec<(String, String)> {
            [
                ("grant_type", "client_credentials"),
                ("client_id", client),
                ("scope", scope.as_str()),
            ]
            .iter()
            .chain(proof)
            .chain(&claims)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
        };
        let form = match &login.credential {
            Credential::Secret { client, secret } => {
                credentials(client, &[("client_secret", secret.expose_secret())])
            }
            Credential::Certificate { client, file } => {
                let url = authority()?.token_url()?;
                let id = format!(
                    "{:016x}{:016x}",
                    (self.around.drawn)(),
                    (self.around.drawn)()
                );
                let signed = assertion::signed(file, client, url.as_str(), &id, now)?;
                credentials(
                    client,
                    &[
                        ("client_assertion_type", BEARER),
                        ("client_assertion", &signed),
                    ],
                )
            }
            Credential::FederatedToken { client, file } => {
                let token = input::read_text(file, LONGEST_TOKEN).map_err(|error| {
                    Error::new(
                        Kind::Refused,
                        format!("the token file `{}` cannot be read", file.display()),
                    )
                    .with_source(error)
                })?;
                credentials(
                    client,
                    &[
                        ("client_assertion_type", BEARER),
                        ("client_assertion", token.trim()),
                    ],
                )
            }
            Credential::ManagedIdentity { client } => {
                return self
                    .around
                    .identity
                    .token(audience, client.as_deref(), self.around.patience, now)
                    .await;
            }
            Credential::Az => {
                let tenant = (!login.tenant.is_empty()).then_some(login.tenant.as_str());
                let printed = self.az.access_token(audience, tenant).await?;
                let printed = zeroize::Zeroizing::new(printed);
                return az::read(&printed, now);
            }
            Credential::User { refresh_token } => {
                let refresh = refresh.unwrap_or(refresh_token);
                [
                    ("grant_type", "refresh_token"),
                    ("client_id", PUBLIC_CLIENT),
                    ("refresh_token", refresh.expose_secret()),
                    ("scope", &format!("{scope} offline_access")),
                ]
                .iter()
                .chain(&claims)
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect()
            }
        };
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        authority()?.token(&form, now).await
    }
}

#[async_trait]
impl Tokens for TokenSource {
    async fn token(&self, need: Need<'_>) -> Result<SecretString> {
        // Held while it is renewed: those who need one at the same time wait for the one.
        let mut held = self.held.lock().await;
        let now = self.around.clock.now();
        if need == Need::Any
            && let Some(token) = held.as_ref().filter(|token| token.is_good(now))
        {
            return Ok(token.access.clone());
        }
        let claims = match need {
            Need::Claims(claims) => Some(claims),
            Need::Any | Need::Another => None,
        };
        let refresh = held.as_ref().and_then(|token| token.refresh.clone());
        let token = self.ask(claims, refresh.as_ref()).await?;
        if let (Some(refresh), Some(keep)) = (&token.refresh, &self.around.keep) {
            keep(refresh);
        }
        let access = token.access.clone();
        *held = Some(token);
        Ok(access)
    }
}
