//! Where own images are copied to, and who else may use them.

use jiff::Timestamp;

use super::image::{ImageKind, no_image};
use super::names::key;
use super::operation::OperationId;
use super::service::Place;
use super::{Refusal, SubscriptionId, World};

/// What became of an image beyond its subscription.
#[derive(Clone, Debug, Default)]
pub struct Spread {
    /// The regions that it was copied to.
    pub regions: Vec<String>,
    /// Offer, SKU and version of what it is published as.
    pub published_as: Option<[String; 3]>,
    /// Who may use it, in the word of the request.
    pub permission: Option<String>,
}

impl World {
    /// What became of an image beyond its subscription.
    pub fn spread(&self, subscription: &SubscriptionId, name: &str) -> Spread {
        let held = self.subscription(subscription);
        held.and_then(|s| s.image_spread.get(&key(name)))
            .cloned()
            .unwrap_or_default()
    }

    fn spread_mut(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<&mut Spread, Refusal> {
        let vm = self.vm_image(subscription, name).map(|image| image.kind);
        let os = || self.image(subscription, name).ok().map(|image| image.kind);
        match vm.or_else(os) {
            None => Err(no_image(name)),
            Some(ImageKind::Public) => Err(Refusal::bad_request(
                "A platform image cannot be replicated or shared.",
            )
            .detail(name)),
            Some(ImageKind::User) => {
                let spread = &mut self.subscription_mut(subscription)?.image_spread;
                Ok(spread.entry(key(name)).or_default())
            }
        }
    }

    /// Copies an own image to these regions, to be published.
    pub fn replicate_image(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
        regions: &[String],
        published_as: [String; 3],
    ) -> Result<(), Refusal> {
        let mut known = Vec::new();
        for region in regions {
            let region = self.region_of(subscription, &Place::Location(region.clone()))?;
            if !known.contains(&region) {
                known.push(region);
            }
        }
        let spread = self.spread_mut(subscription, name)?;
        spread.regions = known;
        spread.published_as = Some(published_as);
        Ok(())
    }

    /// Takes the copies of an own image back.
    pub fn unreplicate_image(
        &mut self,
        subscription: &SubscriptionId,
        name: &str,
    ) -> Result<(), Refusal> {
        let spread = self.spread_mut(subscription, name)?;
        spread.regions.clear();
        spread.published_as = None;
        Ok(())
    }

    /// Says who may use an own image.
    pub fn share_image(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        name: &str,
        permission: &str,
        operation: &'static str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.spread_mut(subscription, name)?.permission = Some(permission.to_owned());
        self.accept(subscription, id, operation, 30, None, None, now)
    }
}
