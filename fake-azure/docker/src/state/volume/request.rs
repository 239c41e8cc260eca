//! What a client says of a volume that is to be made.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::state::null::nullable;

/// The body of `POST /volumes/create`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename = "CreateOptions", rename_all = "PascalCase", default)]
pub struct VolumeRequest {
    /// The name; one is made when it is empty.
    #[serde(deserialize_with = "nullable")]
    pub name: String,
    /// The driver; `local` when empty.
    #[serde(deserialize_with = "nullable")]
    pub driver: String,
    /// Options of the driver.
    pub driver_opts: Option<BTreeMap<String, String>>,
    /// Labels.
    pub labels: Option<BTreeMap<String, String>>,
}

impl VolumeRequest {
    /// A volume of this name, or of one that is made when it is empty, and nothing else.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}
