//! The catalogue of a region as it is listed: identifiers, and versions in their order.

use std::cmp::Ordering;

use serde_json::{Value, json};

use super::super::super::SubscriptionId;
use super::regions::Region;
use crate::world::spelling::is_same;

/// Where the catalogue of a region lies, in the service's own spelling: the stem of all its
/// identifiers.
pub(super) struct Stem<'a> {
    region: &'a Region,
    path: String,
}

impl<'a> Stem<'a> {
    pub(super) fn new(subscription: &SubscriptionId, region: &'a Region) -> Self {
        Self {
            region,
            path: format!(
                "/Subscriptions/{subscription}/Providers/Microsoft.Compute/Locations/{}/Publishers",
                region.name
            ),
        }
    }

    pub(super) fn publisher(&self, name: &str) -> Value {
        self.item(name, &[name])
    }

    /// One thing of the catalogue: its name, and the rest of its identifier.
    pub(super) fn item(&self, name: &str, rest: &[&str]) -> Value {
        json!({
            "location": self.region.name,
            "name": name,
            "id": format!("{}/{}", self.path, rest.join("/")),
        })
    }
}

/// Which of two versions is the newer: number by number, and by letters where there are no numbers.
pub(super) fn compare_versions(a: &str, b: &str) -> Ordering {
    let (mut ours, mut theirs) = (a.split('.'), b.split('.'));
    loop {
        let order = match (ours.next(), theirs.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some(_)) => Ordering::Less,
            (Some(_), None) => Ordering::Greater,
            (Some(a), Some(b)) => match (a.parse::<u64>(), b.parse::<u64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => a.cmp(b),
            },
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// In what way versions are listed.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Listing<'a> {
    /// How many at most (`$top`).
    pub(crate) top: Option<usize>,
    /// By what they are sorted (`$orderby`): `name`, or `name desc`.
    pub(crate) order: Option<&'a str>,
    /// What more is told of each (`$expand`): `properties`, or a part of these.
    pub(crate) expand: Option<&'a str>,
}

impl Listing<'_> {
    /// The versions that are listed, in their order.
    pub(super) fn of(&self, versions: &'static [&'static str]) -> Vec<&'static str> {
        let mut listed = versions.to_vec();
        listed.sort_by(|a, b| compare_versions(a, b));
        let last = self.order.and_then(|order| order.split_whitespace().last());
        if last.is_some_and(|word| is_same(word, "desc")) {
            listed.reverse();
        }
        listed.truncate(self.top.unwrap_or(usize::MAX));
        listed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_by_their_numbers() {
        assert_eq!(compare_versions("1.2.0", "1.2.0"), Ordering::Equal);
        assert_eq!(compare_versions("1.10", "1.9"), Ordering::Greater);
        assert_eq!(compare_versions("2.1", "2.1.3"), Ordering::Less);
        assert_eq!(
            compare_versions("16.04.202109281", "16.04.201611150"),
            Ordering::Greater
        );
        assert_eq!(
            compare_versions("2023.07.26", "2022.11.04"),
            Ordering::Greater
        );
    }

    #[test]
    fn versions_are_listed_by_their_numbers_in_either_direction() {
        let versions = &["1.10.0", "1.9.0", "2.0.0"];
        let listed = |order, top| {
            let listing = Listing {
                top,
                order,
                expand: None,
            };
            listing.of(versions)
        };
        assert_eq!(listed(None, None), ["1.9.0", "1.10.0", "2.0.0"]);
        assert_eq!(listed(Some("name asc"), Some(1)), ["1.9.0"]);
        assert_eq!(listed(Some("name DESC"), Some(2)), ["2.0.0", "1.10.0"]);
        assert!(listed(Some("name"), Some(0)).is_empty());
    }
}
