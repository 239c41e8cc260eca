//! Networks.

use hyper::StatusCode;
use serde::Serialize;

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::fault::Fault;
use crate::state::event::{Event, EventKind};
use crate::state::id::ObjectId;
use crate::state::network::Network;
use crate::state::network::document::Document;
use crate::state::network::error::NetworkError;
use crate::state::network::request::{ConnectRequest, DisconnectRequest, NetworkRequest};

const FILTERS: &[&str] = &["dangling", "driver", "id", "label", "name", "scope", "type"];
const PRUNE_FILTERS: &[&str] = &["label", "label!", "until"];
/// The one scope that networks outside a swarm have.
const SCOPE: &str = "local";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    id: ObjectId,
    warning: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Pruned {
    networks_deleted: Option<Vec<String>>,
}

pub(super) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    let dangling = dangling(&filters)?;
    for kind in filters.values("type") {
        if !matches!(kind, "builtin" | "custom") {
            // The real engine takes this for a failure of its own.
            return Err(Fault::Internal(format!("invalid filter: 'type'='{kind}'")));
        }
    }
    let is_kind = |network: &Network| {
        let kind = if network.is_predefined() {
            "builtin"
        } else {
            "custom"
        };
        filters.is_exactly("type", kind)
    };
    let with_members = call.version.is_below("1.28");

    let state = call.engine.state();
    let shown: Vec<Document<'_>> = state
        .networks
        .list()
        .into_iter()
        .filter(|network| filters.is_exactly("driver", &network.driver))
        .filter(|_| filters.is_exactly("scope", SCOPE))
        .filter(|network| filters.matches("name", &network.name))
        .filter(|network| filters.matches("id", &network.id.to_string()))
        .filter(|network| filters.has_labels(&network.labels))
        .filter(|network| dangling.is_none_or(|dangling| dangling == network.is_dangling()))
        .filter(|network| is_kind(network))
        .map(|network| network.document(with_members))
        .collect();
    Ok(Answer::ok(&shown))
}

/// Reads the one filter of networks that has sentences of its own.
fn dangling(filters: &Filters) -> Result<Option<bool>, Fault> {
    let mut values = filters.values("dangling");
    let Some(value) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        let words = "got more than one value for filter key \"dangling\"";
        return Err(Fault::Invalid(words.to_owned()));
    }
    match value {
        "1" | "true" => Ok(Some(true)),
        "0" | "false" => Ok(Some(false)),
        _ => {
            let words = "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")";
            Err(Fault::Invalid(words.to_owned()))
        }
    }
}

pub(super) fn inspect(call: &Call) -> Outcome {
    let verbose = call.query.first("verbose");
    if !verbose.is_empty() && !is_go_bool(verbose) {
        return Err(Fault::Invalid(format!(
            "invalid value for verbose: {verbose}: strconv.ParseBool: parsing {verbose:?}: invalid syntax"
        )));
    }
    let state = call.engine.state();
    let network = state
        .networks
        .find(&call.name)
        .map_err(|error| match error {
            NetworkError::Ambiguous { name, matches } => Fault::Invalid(format!(
                "{matches} matches found based on ID prefix: network {name} is ambiguous"
            )),
            other => other.into(),
        })?;
    let scope = call.query.first("scope");
    if !scope.is_empty() && scope != SCOPE {
        return Err(NetworkError::Missing(call.name.clone()).into());
    }
    Ok(Answer::ok(&network.document(true)))
}

pub(super) async fn create(call: &mut Call) -> Outcome {
    let mut request: NetworkRequest = call.document().await?;
    if call.version.is_below("1.48") {
        request.enable_ipv4 = None;
    }
    let now = call.engine.now();
    let mut state = call.engine.state();
    let state = &mut *state;
    let chance = &mut state.chance;
    let mut fresh = || ObjectId::new(chance.bytes());
    let network = state.networks.create(request, now, &mut fresh)?;
    state.events.push(network.event(now, "create", None));
    let created = Created {
        id: network.id,
        warning: "",
    };
    call.engine.happened();
    Ok(Answer::json(StatusCode::CREATED, &created))
}

pub(super) fn delete(call: &Call) -> Outcome {
    let now = call.engine.now();
    let mut state = call.engine.state();
    let network = state.networks.remove(&call.name)?;
    if !network.config_only {
        state.events.push(network.event(now, "destroy", None));
    }
    drop(state);
    call.engine.happened();
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

pub(super) fn prune(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, PRUNE_FILTERS)?;
    let now = call.engine.now();
    let until = filters.until(now)?;
    let mut state = call.engine.state();
    let gone = state.networks.prune(|network| {
        until.is_none_or(|until| network.created <= until) && filters.chooses(&network.labels)
    });
    for network in &gone {
        state.events.push(network.event(now, "destroy", None));
    }
    let reclaimed = [("reclaimed".to_owned(), "0".to_owned())].into();
    let pruned = Event::new(now, EventKind::Network, "prune", "", reclaimed);
    state.events.push(pruned);
    drop(state);
    call.engine.happened();
    let names: Vec<String> = gone.into_iter().map(|network| network.name).collect();
    Ok(Answer::ok(&Pruned {
        networks_deleted: (!names.is_empty()).then_some(names),
    }))
}

pub(super) async fn connect(call: &mut Call) -> Outcome {
    let request: ConnectRequest = call.document().await?;
    call.engine.connect(&call.name, request)?;
    Ok(Answer::empty(StatusCode::OK))
}

pub(super) async fn disconnect(call: &mut Call) -> Outcome {
    let request: DisconnectRequest = call.document().await?;
    call.engine.disconnect(&call.name, &request)?;
    Ok(Answer::empty(StatusCode::OK))
}

/// Whether Go reads `word` as a boolean.
fn is_go_bool(word: &str) -> bool {
    crate::state::networks::go_bool(word).is_some()
}
