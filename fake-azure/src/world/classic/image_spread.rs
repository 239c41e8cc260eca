//! Where own images are copied to, and who else may use them.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::image::{ImageKind, no_image};
use super::service::Place;
use super::view::View;
use crate::world::names::Name;

/// What became of an image beyond its subscription.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Spread {
    /// The regions that it was copied to.
    pub regions: Vec<Name>,
    /// Offer, SKU and version of what it is published as.
    pub published_as: Option<[String; 3]>,
    /// Who may use it, in the word of the request.
    pub permission: Option<String>,
}

/// What can be asked about own images beyond their subscription.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Copy one to these regions, to be published.
    Replicate {
        /// The image.
        name: Name,
        /// The regions.
        regions: Vec<Name>,
        /// Offer, SKU and version of what it is published as.
        published_as: [String; 3],
    },
    /// Take the copies of one back.
    Unreplicate {
        /// The image.
        name: Name,
    },
    /// Say who may use one.
    Share {
        /// The image.
        name: Name,
        /// Who, in the word of the request.
        permission: String,
    },
}

impl View<'_> {
    /// What became of an image beyond its subscription.
    pub fn spread(self, name: &str) -> Spread {
        self.held
            .and_then(|s| s.image_spread.get(name))
            .cloned()
            .unwrap_or_default()
    }

    /// The spread of an own image, and whether it is a VM image.
    fn own_spread(self, name: &str) -> Result<(Spread, bool), Refusal> {
        let vm = self.vm_image(name).map(|image| (image.kind, true));
        let os = || self.image(name).ok().map(|image| (image.kind, false));
        match vm.or_else(os) {
            None => Err(no_image(name)),
            Some((ImageKind::Public, _)) => Err(Refusal::PlatformImage {
                name: name.into(),
                verb: "replicated or shared".into(),
            }),
            Some((ImageKind::User, is_vm)) => Ok((self.spread(name), is_vm)),
        }
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Replicate {
                name,
                regions,
                published_as,
            } => {
                let mut known = Vec::new();
                for region in regions {
                    let region = scope.region_of(&Place::Location(region))?;
                    if !known.contains(&region) {
                        known.push(region);
                    }
                }
                let (mut spread, is_vm) = scope.own_spread(&name)?;
                spread.regions = known;
                spread.published_as = Some(published_as);
                let operation = if is_vm {
                    "Replicate VM Image"
                } else {
                    "Replicate OS Image"
                };
                Ok(Decided::done(operation).change(Change::Spread {
                    image: name,
                    spread,
                }))
            }
            Self::Unreplicate { name } => {
                let (mut spread, is_vm) = scope.own_spread(&name)?;
                spread.regions.clear();
                spread.published_as = None;
                let operation = if is_vm {
                    "Unreplicate VM Image"
                } else {
                    "Unreplicate OS Image"
                };
                Ok(Decided::done(operation).change(Change::Spread {
                    image: name,
                    spread,
                }))
            }
            Self::Share { name, permission } => {
                let (mut spread, _) = scope.own_spread(&name)?;
                spread.permission = Some(permission);
                Ok(Decided::accepted("Share Image", 30).change(Change::Spread {
                    image: name,
                    spread,
                }))
            }
        }
    }
}
