//! Networks.

use super::Outcome;
use super::answer::Answer;
use super::call::Call;
use super::filters::Filters;
use crate::fault::Fault;
use crate::world::{Network, NetworkLookup};

const FILTERS: &[&str] = &["dangling", "driver", "id", "label", "name", "scope", "type"];

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
        filters
            .values("type")
            .all(|kind| (kind == "builtin") == network.is_predefined())
    };

    let world = call.engine.world();
    let shown: Vec<&Network> = world
        .networks
        .iter()
        .filter(|network| filters.is_exactly("driver", &network.driver))
        .filter(|network| filters.is_exactly("scope", network.scope))
        .filter(|network| filters.matches("name", &network.name))
        .filter(|network| filters.matches("id", &network.id))
        .filter(|network| filters.has_labels(&network.labels))
        .filter(|network| dangling.is_none_or(|dangling| dangling == network.is_dangling()))
        .filter(|network| is_kind(network))
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
    let world = call.engine.world();
    let network = world.network(&call.name)?;
    let scope = call.query.first("scope");
    if !scope.is_empty() && scope != network.scope {
        return Err(NetworkLookup::Missing(call.name.clone()).into());
    }
    Ok(Answer::ok(network))
}

pub(super) fn delete(call: &Call) -> Fault {
    match call.engine.world().network(&call.name) {
        Ok(network) if network.is_predefined() => Fault::PredefinedNetwork(network.name.clone()),
        Ok(_) => super::fault::not_modelled(call.route),
        Err(lookup) => lookup.into(),
    }
}

/// Answers who would join or leave a network: there is nobody, but the network may be.
pub(super) fn member(call: &Call) -> Fault {
    match call.engine.world().network(&call.name) {
        Ok(_) => super::fault::not_modelled(call.route),
        Err(lookup) => lookup.into(),
    }
}

/// Whether Go reads `word` as a boolean.
fn is_go_bool(word: &str) -> bool {
    matches!(
        word,
        "1" | "t" | "T" | "TRUE" | "true" | "True" | "0" | "f" | "F" | "FALSE" | "false" | "False"
    )
}
