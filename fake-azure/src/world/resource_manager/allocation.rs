//! Whether machines get hardware: for how many cores a region has room.

use super::change::Change;
use super::decision::{Decided, Scope};
use super::refusal::Failure;
use super::resource::{Core, Resource};
use super::view::View;
use crate::world::operation::Progress;
use crate::world::phase::Course;
use crate::world::request::OperationFault;

/// How many cores of its region's hardware a resource takes.
fn cores(resource: &Resource) -> u32 {
    match &resource.core {
        Core::Machine(machine) if machine.life.course != Course::Deallocated => {
            machine.size.cores()
        }
        _ => 0,
    }
}

impl View<'_> {
    /// How many cores machines have that take hardware in a region.
    fn cores_taken(self, location: &str) -> u32 {
        let here = self.held.shelf.iter();
        here.filter(|(_, resource)| resource.location == location)
            .map(|(_, resource)| cores(resource))
            .sum()
    }
}

impl Decided {
    /// The failure of an operation that puts machines on hardware which is not there.
    pub(super) fn not_allocated(&self, scope: &Scope<'_>) -> Option<OperationFault<Failure>> {
        self.changes.iter().find_map(|change| {
            let Change::Resource(key, resource) = change else {
                return None;
            };
            let had = scope.held.shelf.get(key).map_or(0, cores);
            let more = cores(resource).saturating_sub(had);
            // Counting takes time in a large world, where nobody has set a limit.
            let room = scope.room(&resource.location).filter(|_| more > 0)?;
            let taken = scope.cores_taken(&resource.location);
            (taken.saturating_add(more) > room).then_some(OperationFault {
                takes_effect: false,
                end: Progress::Failed {
                    error: Failure::NoRoom,
                },
            })
        })
    }
}
