//! Affinity groups: things that are to be near each other.

use jiff::Timestamp;
use serde::Serialize;

use super::names::{is_plain, key, same};
use super::service::Place;
use super::{Refusal, SubscriptionId, World};

/// An affinity group.
#[derive(Clone, Debug, Serialize)]
pub struct AffinityGroup {
    /// Its name.
    pub name: String,
    /// What it is called: base64, as it was sent.
    pub label: String,
    /// What it is for.
    pub description: Option<String>,
    /// Its region.
    pub location: String,
    /// When it was made.
    pub created: Timestamp,
}

impl World {
    /// The subscription's affinity groups, by name.
    pub fn affinity_groups<'a>(
        &'a self,
        subscription: &SubscriptionId,
    ) -> impl Iterator<Item = &'a AffinityGroup> + use<'a> {
        self.subscription(subscription)
            .into_iter()
            .flat_map(|s| s.affinity_groups.values())
    }

    /// The affinity group of this name.
    pub fn affinity_group(
        &self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&AffinityGroup, Refusal> {
        self.subscription(subscription)
            .and_then(|s| s.affinity_groups.get(&key(name)))
            .ok_or_else(|| Refusal::not_found("The affinity group does not exist.").detail(name))
    }

    /// Makes an affinity group.
    pub fn create_affinity_group(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        label: &str,
        description: Option<String>,
        location: &str,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        if !is_plain(name, 63) {
            return Err(Refusal::bad_request("The affinity group name is invalid.").detail(name));
        }
        if self.affinity_group(subscription, name).is_ok() {
            return Err(Refusal::conflict(
                "An affinity group with the specified name already exists.",
            )
            .detail(name));
        }
        let location = self.region_of(subscription, &Place::Location(location.to_owned()))?;
        let group = AffinityGroup {
            name: name.to_owned(),
            label: label.to_owned(),
            description,
            location,
            created: now,
        };
        self.subscription_mut(subscription)?
            .affinity_groups
            .insert(key(name), group);
        Ok(())
    }

    /// Changes what an affinity group is called and what it is for.
    pub fn update_affinity_group(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        label: &str,
        description: Option<String>,
    ) -> Result<(), Refusal> {
        self.affinity_group(subscription, name)?;
        if let Some(group) = self
            .subscription_mut(subscription)?
            .affinity_groups
            .get_mut(&key(name))
        {
            label.clone_into(&mut group.label);
            group.description = description;
        }
        Ok(())
    }

    /// Deletes an affinity group that nothing is in.
    pub fn delete_affinity_group(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<(), Refusal> {
        if !is_plain(name, 63) {
            return Err(Refusal::bad_request("The affinity group name is invalid.").detail(name));
        }
        self.affinity_group(subscription, name)?;
        let inside =
            |place: &Place| matches!(place, Place::AffinityGroup(group) if same(group, name));
        let service = self
            .services(subscription)
            .find(|s| inside(&s.place))
            .map(|s| s.name.clone());
        let account = self
            .storage_accounts(subscription)
            .find(|a| inside(&a.place))
            .map(|a| a.name.clone());
        let network = self
            .virtual_networks(subscription)
            .find(|n| inside(&n.place))
            .map(|n| n.name.clone());
        if let Some(user) = service.or(account).or(network) {
            return Err(Refusal::conflict(format!(
                "The affinity group {name} is in use, e.g. by {user}, and cannot be deleted."
            )));
        }
        self.subscription_mut(subscription)?
            .affinity_groups
            .remove(&key(name));
        Ok(())
    }
}
