//! What Resource Manager offers before anybody made anything: regions, providers, sizes, images and
//! extensions. Tables that stand still, and the answers that are read from them.

pub(crate) mod environment;
pub(crate) mod extensions;
pub(crate) mod images;
mod listing;
pub(crate) mod providers;
pub(crate) mod regions;
pub(crate) mod run_commands;
pub(crate) mod sizes;
pub(crate) mod usage;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use self::listing::Stem;
use self::regions::Region;
use super::super::SubscriptionId;
use crate::world::spelling::is_same;

/// The publishers of images and extensions: the answer of `GET …/locations/L/publishers`.
pub(crate) fn publishers(subscription: &SubscriptionId, region: &Region) -> Value {
    let names: BTreeMap<String, &str> = images::publisher_names()
        .chain(extensions::publisher_names())
        .map(|name| (name.to_ascii_lowercase(), name))
        .collect();
    let stem = Stem::new(subscription, region);
    names.values().map(|name| stem.publisher(name)).collect()
}

/// A list as Resource Manager wraps it.
fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::Object(Map::from_iter([("value".to_owned(), items.collect())]))
}

/// How the name of a publisher of images or extensions is spelled, if there is such a one.
fn publisher_name(name: &str) -> Option<&'static str> {
    images::publisher_names()
        .chain(extensions::publisher_names())
        .find(|known| is_same(known, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn subscription() -> SubscriptionId {
        SubscriptionId::new("5CC0D8F1-3643-410C-8646-1A2961134BD3")
    }

    pub(super) fn west_us() -> &'static Region {
        regions::region("West US").expect("a region")
    }

    #[test]
    fn publishers_are_those_of_images_and_extensions() {
        let publishers = publishers(&subscription(), west_us());
        let names: Vec<&str> = publishers
            .as_array()
            .unwrap()
            .iter()
            .map(|publisher| publisher["name"].as_str().unwrap())
            .collect();
        for name in ["Canonical", "Debian", "Microsoft.Azure.Extensions"] {
            assert!(names.contains(&name), "{name}");
        }
        assert!(names.is_sorted_by_key(|name| name.to_ascii_lowercase()));
        assert_eq!(
            publishers[0]["id"],
            format!(
                "/Subscriptions/5cc0d8f1-3643-410c-8646-1a2961134bd3/Providers/Microsoft.Compute\
                 /Locations/westus/Publishers/{}",
                names[0]
            )
        );
    }
}
