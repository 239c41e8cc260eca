//! Accounts of registries: `POST /auth`, and what other requests say of them.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::Serialize;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use crate::registry::{Login, Refusal};

/// What is told of a login that went well.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct LoggedIn {
    identity_token: &'static str,
    status: &'static str,
}

/// The header in which a client says who it is to the registry.
const HEADER: &str = "x-registry-auth";

/// base64 of either alphabet comes without the padding, too.
const PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&alphabet::URL_SAFE, PADDING);

pub(super) async fn login(call: &mut Call) -> Outcome {
    let login: Login = call.document().await?;
    let engine = &call.engine;
    match engine.nearby_registry(login.host(), &login).await {
        Some(nearby) if nearby.is_refused() => return Err(Refusal::Unauthorized.into()),
        Some(_) => {}
        None => engine.registry().login(&login)?,
    }
    Ok(Answer::ok(&LoggedIn {
        identity_token: "",
        status: "Login Succeeded",
    }))
}

/// Who the client is to the registry; nobody when it says nothing that can be read.
pub(super) fn of_header(call: &Call) -> Login {
    let value = call
        .headers
        .get(HEADER)
        .and_then(|value| value.to_str().ok());
    let json = value.and_then(|value| URL_SAFE.decode(value.trim()).ok());
    let login = json.and_then(|json| serde_json::from_slice(&json).ok());
    login.unwrap_or_default()
}
