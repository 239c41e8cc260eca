//! A user approves this program on another device.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::authority::Authority;
use super::token::{Token, nonsense};
use crate::backend::{Error, Kind, Reason, Result};
use crate::clock::Clock;

/// The program under whose name command lines ask, and which every tenant knows.
pub const PUBLIC_CLIENT: &str = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";

/// The shortest wait between two questions.
const SHORTEST: Duration = Duration::from_secs(1);

/// The longest.
const LONGEST: Duration = Duration::from_mins(1);

/// What the user is to be told, and what is asked with.
#[derive(Debug, Clone, Deserialize)]
pub struct DeviceCode {
    /// In the authority's words: where to go, and what to type there.
    pub message: String,
    #[serde(rename = "device_code")]
    code: String,
    #[serde(default = "fifteen_minutes")]
    expires_in: i64,
    #[serde(default = "five_seconds")]
    interval: u64,
}

fn fifteen_minutes() -> i64 {
    900
}

fn five_seconds() -> u64 {
    5
}

impl DeviceCode {
    /// Asks for a code that is good for `scope`.
    pub async fn ask(authority: &Authority, scope: &str, now: Timestamp) -> Result<Self> {
        let url = authority.url(&["oauth2", "v2.0", "devicecode"])?;
        let form = [("client_id", PUBLIC_CLIENT), ("scope", scope)];
        match authority.ask(url, &form, now).await? {
            Ok(body) => serde_json::from_slice(&body).map_err(|_| nonsense()),
            Err(refused) => Err(refused.into_error()),
        }
    }

    /// Waits until the user has approved, or has not.
    pub async fn approved(&self, authority: &Authority, clock: &dyn Clock) -> Result<Token> {
        let ends = clock.now() + SignedDuration::from_secs(self.expires_in.clamp(0, 3600));
        let mut interval = Duration::from_secs(self.interval).clamp(SHORTEST, LONGEST);
        let form = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", PUBLIC_CLIENT),
            ("device_code", self.code.as_str()),
        ];
        while clock.now() < ends {
            clock.sleep(interval).await;
            let now = clock.now();
            match authority.ask(authority.token_url()?, &form, now).await {
                Ok(Ok(body)) => return Token::read(&body, now),
                Ok(Err(refused)) => match refused.error.as_str() {
                    "authorization_pending" => {}
                    "slow_down" => interval = (interval + Duration::from_secs(5)).min(LONGEST),
                    _ => return Err(refused.into_error()),
                },
                // One question that goes unanswered is put again.
                Err(error) if error.kind() == Kind::Busy => {}
                Err(error) => return Err(error),
            }
        }
        Err(
            Error::new(Kind::Denied, "nobody has approved the sign-in in time")
                .because(Reason::SignIn),
        )
    }
}
