//! What a subscription gets of a region's hardware: which sizes are offered there, and for how many
//! cores there is room.

use super::decision::Scope;
use super::quota::cores;
use super::refusal::Failure;
use super::role::Role;
use super::view::View;
use crate::world::catalogue::{ROLE_SIZES, RoleSize};
use crate::world::phase::Course;
use crate::world::{Name, Size};

impl View<'_> {
    /// Whether all sizes are offered in a region.
    pub(crate) fn offers_all(self, region: &Name) -> bool {
        self.held
            .is_none_or(|held| held.quota.withheld(region).is_none())
    }

    /// The sizes that the subscription is offered in a region.
    pub(crate) fn role_sizes_in(
        self,
        region: &Name,
    ) -> impl Iterator<Item = &'static RoleSize> + Clone {
        let withheld = self.held.and_then(|held| held.quota.withheld(region));
        let is_offered = move |size: &&RoleSize| {
            withheld.is_none_or(|w| w.iter().all(|name| *name != size.name))
        };
        ROLE_SIZES.iter().filter(is_offered)
    }

    /// The names of the sizes that the subscription is offered in a region.
    pub fn sizes_in(self, region: &Name) -> impl Iterator<Item = &'static str> {
        self.role_sizes_in(region).map(|size| size.name)
    }

    fn is_offered(self, region: &Name, size: Size) -> bool {
        self.sizes_in(region).any(|offered| offered == size.name())
    }

    /// How many cores the machines have that take hardware in a region.
    fn cores_taken(self, region: &Name) -> usize {
        let services = self.services().filter(|s| s.location == *region);
        let roles = services.filter_map(|s| s.deployment.as_ref());
        let roles = roles.flat_map(|deployment| &deployment.roles);
        roles
            .filter(|role| role.life.course != Course::Deallocated)
            .map(|role| cores(std::slice::from_ref(role)))
            .sum()
    }
}

impl Scope<'_> {
    /// Why machines get no hardware in a region, where they get none; of their cores so many are
    /// taken already.
    pub(super) fn not_allocated<'r>(
        &self,
        region: &Name,
        roles: impl IntoIterator<Item = &'r Role>,
        taken: usize,
    ) -> Option<Failure> {
        let mut wanted = 0;
        for role in roles {
            if !self.is_offered(region, role.size) {
                return Some(Failure::SizeNotOffered {
                    operation: self.id.clone(),
                    region: region.clone(),
                });
            }
            wanted += cores(std::slice::from_ref(role));
        }
        let more = wanted.saturating_sub(taken);
        // Counting takes time in a large world, where nobody has set a limit.
        let room = self.held?.quota.room(region).filter(|_| more > 0)?;
        let is_room = self.cores_taken(region).saturating_add(more) <= room as usize;
        (!is_room).then_some(Failure::NoRoom)
    }
}
