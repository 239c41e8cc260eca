//! What Resource Manager offers before anybody made anything: tables that stand still, and the
//! answers that are read from them.

pub(crate) mod providers;
pub(crate) mod regions;
pub(crate) mod sizes;

use serde_json::{Map, Value};

/// A list as Resource Manager wraps it.
fn list(items: impl Iterator<Item = Value>) -> Value {
    Value::Object(Map::from_iter([("value".to_owned(), items.collect())]))
}

#[cfg(test)]
mod tests {
    use super::super::super::SubscriptionId;
    use super::regions::{Region, region};

    pub(super) fn subscription() -> SubscriptionId {
        SubscriptionId::new("5CC0D8F1-3643-410C-8646-1A2961134BD3")
    }

    pub(super) fn west_us() -> &'static Region {
        region("West US").expect("a region")
    }
}
