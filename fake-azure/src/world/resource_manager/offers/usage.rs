//! How much of something a subscription uses, and how much of it it may.

use serde_json::{Value, json};

/// One line of an answer of `usages`, and its name for people.
pub(crate) fn usage(name: &str, label: &str, (used, limit): (u32, u32)) -> Value {
    json!({
        "limit": limit,
        "unit": "Count",
        "currentValue": used,
        "name": { "value": name, "localizedValue": label },
    })
}
