//! What Resource Manager answers, read leniently: what is not needed is not looked at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::backend::Hardware;

/// One page of a list.
#[derive(Debug, Deserialize)]
pub(super) struct Page<T> {
    #[serde(default = "Vec::new")]
    pub(super) value: Vec<T>,
    #[serde(default, rename = "nextLink")]
    pub(super) next_link: Option<String>,
}

/// A subscription.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Subscription {
    /// Its id.
    #[serde(rename = "subscriptionId")]
    pub id: String,
    /// Its name.
    #[serde(rename = "displayName", default)]
    pub name: String,
    /// Whose it is.
    #[serde(rename = "tenantId", default)]
    pub tenant: Option<String>,
    /// Is it enabled?
    #[serde(default)]
    pub state: Option<String>,
    /// The rest.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A tenant.
#[derive(Debug, Clone, Deserialize)]
pub struct Tenant {
    /// Its id.
    #[serde(rename = "tenantId")]
    pub id: String,
    /// Its name.
    #[serde(rename = "displayName", default)]
    pub name: String,
}

/// A region.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Location {
    /// The name in requests.
    pub name: String,
    /// The name shown.
    #[serde(rename = "displayName", default)]
    pub display_name: String,
    /// The rest.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Location {
    /// Is it a place, rather than a name for several?
    pub fn is_physical(&self) -> bool {
        let kind = self
            .more
            .get("metadata")
            .and_then(|of| of.get("regionType"));
        kind.and_then(Value::as_str)
            .is_none_or(|kind| kind.eq_ignore_ascii_case("physical"))
    }
}

/// A namespace of resources.
#[derive(Debug, Clone, Deserialize)]
pub struct Provider {
    /// May it be used?
    #[serde(rename = "registrationState", default)]
    pub registration_state: String,
}

/// What is used of a quota.
#[derive(Debug, Clone, Deserialize)]
pub struct Usage {
    /// What there is; −1 is no limit.
    #[serde(default)]
    pub limit: i64,
    /// What is used.
    #[serde(rename = "currentValue", default)]
    pub used: i64,
    /// Its name.
    pub name: UsageName,
}

/// The name of a quota.
#[derive(Debug, Clone, Deserialize)]
pub struct UsageName {
    /// In requests.
    #[serde(default)]
    pub value: String,
    /// In words.
    #[serde(rename = "localizedValue", default)]
    pub words: String,
}

/// What Compute sells in a location.
#[derive(Debug, Clone, Deserialize)]
pub struct Sku {
    /// What it is for, such as `virtualMachines`.
    #[serde(rename = "resourceType", default)]
    pub resource_type: String,
    /// Its name.
    pub name: String,
    /// The quota that it counts to.
    #[serde(default)]
    pub family: Option<String>,
    /// What it can, in words.
    #[serde(default)]
    capabilities: Vec<Capability>,
    /// Why the subscription may not have it.
    #[serde(default)]
    restrictions: Vec<Restriction>,
}

#[derive(Debug, Clone, Deserialize)]
struct Capability {
    name: String,
    #[serde(default)]
    value: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Restriction {
    #[serde(rename = "type", default)]
    of: String,
    #[serde(rename = "reasonCode", default)]
    reason: String,
}

impl Sku {
    /// Is it a size of machines?
    pub fn is_size(&self) -> bool {
        self.resource_type.eq_ignore_ascii_case("virtualMachines")
    }

    /// Its virtual processors; 0 when it does not say.
    pub fn cores(&self) -> u64 {
        let cores = self.capability("vCPUs");
        cores.map_or(0, |cores| cores.parse().unwrap_or_default())
    }

    /// The generations of virtual hardware that it has; none when it does not say.
    pub fn generations(&self) -> Vec<String> {
        let all = self.capability("HyperVGenerations").unwrap_or_default();
        let words = all.split(',').map(str::trim);
        words
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }

    /// Its processors' architecture.
    pub fn architecture(&self) -> Option<&str> {
        self.capability("CpuArchitectureType")
    }

    fn capability(&self, name: &str) -> Option<&str> {
        let mut capabilities = self.capabilities.iter();
        let found = capabilities.find(|capability| capability.name.eq_ignore_ascii_case(name))?;
        Some(&found.value)
    }

    /// Why the subscription may not have it anywhere in the location, in the service's word. What
    /// is barred in some of its zones is not barred for a machine without a zone.
    pub fn barred(&self) -> Option<&str> {
        let mut restrictions = self.restrictions.iter();
        let whole =
            restrictions.find(|restriction| !restriction.of.eq_ignore_ascii_case("zone"))?;
        Some(&whole.reason)
    }
}

/// Whether a label is free.
#[derive(Debug, Clone, Copy, Deserialize)]
pub struct Availability {
    /// Is it?
    pub available: bool,
}

/// A version of an image.
#[derive(Debug, Clone, Deserialize)]
pub struct Version {
    /// Its name.
    pub name: String,
    /// What it holds.
    #[serde(default)]
    pub properties: Value,
}

impl Version {
    /// The hardware it is for; none where it does not say.
    pub fn hardware(&self) -> Option<Hardware> {
        let word = |name: &str| Some(self.properties.get(name)?.as_str()?.to_owned());
        Some(Hardware {
            generation: word("hyperVGeneration")?,
            architecture: word("architecture").unwrap_or_else(|| "x64".to_owned()),
        })
    }

    /// Does it hold Windows?
    pub fn is_windows(&self) -> bool {
        self.properties
            .pointer("/osDiskImage/operatingSystem")
            .and_then(Value::as_str)
            .is_some_and(|system| system.eq_ignore_ascii_case("windows"))
    }
}

/// A resource group.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Group {
    /// Its id.
    #[serde(default)]
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub location: String,
    /// Its tags.
    #[serde(default)]
    pub tags: Option<BTreeMap<String, String>>,
    /// The rest.
    #[serde(default)]
    pub properties: Value,
}

impl Group {
    /// How far it has come.
    pub fn state(&self) -> &str {
        state(&self.properties)
    }
}

/// Any resource.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Resource {
    /// Its id.
    #[serde(default)]
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its kind.
    #[serde(rename = "type", default)]
    pub kind: String,
    /// Where it lies.
    #[serde(default)]
    pub location: String,
    /// Its tags.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<BTreeMap<String, String>>,
    /// What manages it.
    #[serde(rename = "managedBy", default, skip_serializing_if = "Option::is_none")]
    pub managed_by: Option<String>,
    /// What it is.
    #[serde(default)]
    pub properties: Value,
    /// The rest.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

impl Resource {
    /// How far it has come.
    pub fn state(&self) -> &str {
        state(&self.properties)
    }

    /// A text within its properties.
    pub fn text(&self, pointer: &str) -> Option<&str> {
        self.properties.pointer(pointer)?.as_str()
    }

    /// The tag of that name.
    pub fn tag(&self, name: &str) -> Option<&str> {
        self.tags.as_ref()?.get(name).map(String::as_str)
    }

    /// The resource group that it lies in.
    pub fn group(&self) -> &str {
        part(&self.id, "resourceGroups").unwrap_or_default()
    }
}

fn state(properties: &Value) -> &str {
    properties
        .get("provisioningState")
        .and_then(Value::as_str)
        .unwrap_or_default()
}

/// The name behind a word of an id, whatever the case of either.
pub fn part<'a>(id: &'a str, word: &str) -> Option<&'a str> {
    let mut parts = id.split('/');
    parts.find(|part| part.eq_ignore_ascii_case(word))?;
    parts.next()
}

/// What a script in a machine came to.
#[derive(Debug, Deserialize)]
pub(super) struct RunResult {
    #[serde(default)]
    pub(super) value: Vec<RunPart>,
}

/// A part of it.
#[derive(Debug, Deserialize)]
pub(super) struct RunPart {
    #[serde(default)]
    pub(super) message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_whatever_its_case() {
        let id = "/subscriptions/S/RESOURCEGROUPS/Web/providers/X/y/z";
        assert_eq!(part(id, "resourceGroups"), Some("Web"));
        assert_eq!(part(id, "nothing"), None);
    }
}
