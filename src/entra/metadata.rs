//! What a Resource Manager tells of its cloud to whoever asks.

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::Cloud;
use crate::backend::wire::{self, Endpoint, Patience};
use crate::backend::{Error, Kind, Reason, Result};

#[derive(Deserialize)]
struct Document {
    #[serde(default)]
    name: String,
    authentication: Authentication,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Authentication {
    login_endpoint: String,
    audiences: Vec<String>,
}

/// Asks the Resource Manager at `url` for its authority and its audience; `ca` is trusted besides
/// the system's.
pub async fn discover(
    url: &str,
    ca: Option<&str>,
    patience: Patience,
    now: Timestamp,
) -> Result<Cloud> {
    let refused =
        |error: crate::backend::wire::EndpointError| Error::new(Kind::Refused, error.to_string());
    let endpoint = Endpoint::parse(url)
        .and_then(Endpoint::secret)
        .map_err(refused)?;
    let authorities: Vec<String> = ca.map(str::to_owned).into_iter().collect();
    let http = wire::client(&endpoint, &authorities, &patience)?;
    let address = endpoint.url("metadata", &["endpoints"], &[("api-version", "2022-09-01")])?;
    let heard = wire::ask(http.get(address), endpoint.host(), &patience, now).await?;
    let nonsense = || {
        Error::new(
            Kind::Unexpected,
            format!("`{}` tells of no cloud", endpoint.authority()),
        )
        .because(Reason::Nonsense)
    };
    if heard.status != 200 {
        return Err(nonsense());
    }
    let document: Value = serde_json::from_slice(&heard.body).map_err(|_| nonsense())?;
    // Earlier versions answer with a list.
    let document = match document {
        Value::Array(mut all) if !all.is_empty() => all.swap_remove(0),
        one => one,
    };
    let document: Document = serde_json::from_value(document).map_err(|_| nonsense())?;
    let audience = document.authentication.audiences.into_iter().next();
    // A secret goes there: it is no less private than the place that names it.
    Endpoint::parse(&document.authentication.login_endpoint)
        .and_then(Endpoint::secret)
        .map_err(refused)?;
    Ok(Cloud {
        name: document.name,
        resource_manager: endpoint.as_str().to_owned(),
        authority: document.authentication.login_endpoint,
        audience: audience.ok_or_else(nonsense)?,
    })
}
