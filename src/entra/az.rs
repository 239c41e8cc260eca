//! Tokens of whoever is signed in with `az`: it is asked each time, and nothing is kept.

use std::process::Stdio;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::Deserialize;

use super::token::{Token, unsaid};
use crate::backend::{Error, Kind, Reason, Result};
use crate::domain::cut;

/// How long `az`, which takes seconds to start, may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Asks `az`.
#[async_trait]
pub trait Az: std::fmt::Debug + Send + Sync {
    /// What `az account get-access-token` prints for `resource`, within `tenant` if one is named.
    async fn access_token(&self, resource: &str, tenant: Option<&str>) -> Result<Vec<u8>>;
}

/// There is no `az` here.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAz;

#[async_trait]
impl Az for NoAz {
    async fn access_token(&self, _resource: &str, _tenant: Option<&str>) -> Result<Vec<u8>> {
        Err(Error::new(Kind::Denied, "there is no `az` here").because(Reason::SignIn))
    }
}

/// The `az` on the PATH.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OnPath;

#[async_trait]
impl Az for OnPath {
    async fn access_token(&self, resource: &str, tenant: Option<&str>) -> Result<Vec<u8>> {
        let mut command = tokio::process::Command::new("az");
        command
            .args(["account", "get-access-token", "--output", "json"])
            .args(["--resource", resource])
            .args(tenant.iter().flat_map(|tenant| ["--tenant", *tenant]))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let cannot = |words: String| Error::new(Kind::Denied, words).because(Reason::SignIn);
        let output = tokio::time::timeout(PATIENCE, command.output())
            .await
            .map_err(|_| cannot("`az` does not answer".to_owned()))?
            .map_err(|error| cannot("`az` cannot be run".to_owned()).with_source(error))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let said = said.trim().trim_start_matches("ERROR: ");
        Err(cannot(format!("`az` gives no token: {}", cut(said, 1000))))
    }
}

/// What `az` prints.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Printed {
    access_token: String,
    /// Seconds since 1970, since az 2.54.
    #[serde(rename = "expires_on", default)]
    expires: Option<i64>,
}

/// Reads what `az` prints.
pub(super) fn read(printed: &[u8], now: Timestamp) -> Result<Token> {
    let printed: Printed = serde_json::from_slice(printed).map_err(|error| {
        Error::new(Kind::Unexpected, "what `az` prints is no token")
            .because(Reason::Nonsense)
            .with_source(error)
    })?;
    Ok(Token {
        access: printed.access_token.into(),
        expires: printed
            .expires
            .and_then(|moment| Timestamp::from_second(moment).ok())
            .unwrap_or_else(|| unsaid(now)),
        refresh: None,
    })
}
