//! Where a template is deployed, and when.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::value::at;

/// What is around a deployment, as the functions of the same names tell it. What is absent cannot
/// be asked for: a deployment to a subscription has no resource group.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Scope {
    /// `subscription()`: `id`, `subscriptionId`, `tenantId`, `displayName`.
    pub subscription: Option<Value>,
    /// `resourceGroup()`: `id`, `name`, `type`, `location`, `tags`, `properties`.
    pub resource_group: Option<Value>,
    /// `managementGroup()`.
    pub management_group: Option<Value>,
    /// `deployment()`: `name`, `location` outside of groups, `properties`.
    pub deployment: Option<Value>,
    /// `tenant()`.
    pub tenant: Option<Value>,
    /// `environment()`: the metadata of the cloud.
    pub environment: Option<Value>,
    /// `deployer()`: `objectId`, `tenantId`, `userPrincipalName`.
    pub deployer: Option<Value>,
    /// What `providers()` and `pickZones()` look into: the service's list of providers.
    pub providers: Vec<Value>,
    /// What makes `newGuid()` of this deployment differ from that of another.
    pub seed: String,
    /// What `utcNow()` tells.
    pub now: Timestamp,
}

impl Scope {
    /// The identifier of what resources are put into; empty for a tenant.
    pub(crate) fn id(&self) -> &str {
        [
            &self.resource_group,
            &self.subscription,
            &self.management_group,
        ]
        .into_iter()
        .flatten()
        .find_map(|value| at(value, "id")?.as_str())
        .unwrap_or_default()
    }

    pub(crate) fn subscription_id(&self) -> Option<&str> {
        at(self.subscription.as_ref()?, "subscriptionId")?.as_str()
    }

    pub(crate) fn resource_group_name(&self) -> Option<&str> {
        at(self.resource_group.as_ref()?, "name")?.as_str()
    }
}

impl fmt::Debug for Scope {
    /// Without what `deployment()` tells, since parameters are in it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("id", &self.id())
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}
