//! `POST /containers/create`.

use std::collections::BTreeMap;

use hyper::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::json;
use crate::engine::create::CreateRequest;
use crate::fault::Fault;
use crate::state::config::Config;
use crate::state::endpoint::Endpoint;
use crate::state::host_config::HostConfig;
use crate::state::id::ObjectId;

/// What stands in the document beside the members of `Config`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename = "CreateRequest", rename_all = "PascalCase", default)]
struct Beside {
    host_config: Option<HostConfig>,
    networking_config: Option<NetworkingConfig>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct NetworkingConfig {
    endpoints_config: Option<BTreeMap<String, Option<Endpoint>>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    id: ObjectId,
    warnings: Vec<String>,
}

pub(in crate::api) async fn create(call: &mut Call) -> Outcome {
    let members: Map<String, Value> = call.document().await?;
    let is_beside = |name: &String| {
        let beside = ["HostConfig", "NetworkingConfig"];
        beside.iter().any(|each| each.eq_ignore_ascii_case(name))
    };
    let (beside, config): (Map<_, _>, Map<_, _>) =
        members.into_iter().partition(|(name, _)| is_beside(name));
    if config.is_empty() {
        let words = "config cannot be empty in order to create a container";
        return Err(Fault::Invalid(words.to_owned()));
    }
    let config: Config = json::part("CreateRequest", config.into())?;
    let beside: Beside = json::typed(beside.into())?;
    let endpoints = beside
        .networking_config
        .and_then(|config| config.endpoints_config);
    let endpoints = endpoints.unwrap_or_default().into_iter();
    let request = CreateRequest {
        name: call.query.first("name").to_owned(),
        platform: call.query.first("platform").to_owned(),
        config,
        host: beside.host_config.unwrap_or_default(),
        endpoints: endpoints
            .map(|(name, endpoint)| (name, Box::new(endpoint.unwrap_or_default())))
            .collect(),
    };
    let (id, warnings) = call.engine.create(request)?;
    Ok(Answer::json(StatusCode::CREATED, &Created { id, warnings }))
}
