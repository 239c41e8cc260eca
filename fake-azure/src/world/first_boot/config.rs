//! The one cloud-config that all cloud-configs of a machine's custom data come to.

use std::collections::BTreeMap;

use super::merge::Mergers;
use super::part::Part;
use super::yaml::{self, Yaml};

/// All cloud-configs as one, and what is to be logged of those that could not join.
pub(super) fn merged<'a>(parts: impl Iterator<Item = &'a Part>) -> (Yaml, Vec<String>) {
    let mut whole = Yaml::Map(BTreeMap::new());
    let mut complaints = Vec::new();
    for part in parts {
        match joined(&whole, part) {
            Ok(joined) => whole = joined,
            Err(reason) => complaints.push(format!(
                "Failed at merging in cloud config part from {}: {reason}",
                part.name
            )),
        }
    }
    (whole, complaints)
}

fn joined(whole: &Yaml, part: &Part) -> Result<Yaml, String> {
    let mut config = match yaml::read(&part.text) {
        Ok(Yaml::Map(config)) => config,
        Ok(_) => return Err("empty cloud config".to_owned()),
        Err(error) => return Err(error.to_string()),
    };
    let mergers = Mergers::of(&mut config, part.merge.as_deref()).map_err(|e| e.to_string())?;
    mergers
        .merge(whole.clone(), Yaml::Map(config))
        .map_err(|error| error.to_string())
}
