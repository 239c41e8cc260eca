//! What a removal leaves on purpose, and why.

use super::site::classic::removal::ClassicStays;
use super::site::resource_manager::removal::ResourceStays;
use crate::backend::Task;

/// Something that stays on purpose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What.
    pub thing: Stays,
    /// Why.
    pub why: Why,
}

/// What stays.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stays {
    /// The host's name and what belongs to it.
    Host(String),
    /// What only classic Azure knows.
    Classic(ClassicStays),
    /// What only Resource Manager knows.
    ResourceManager(ResourceStays),
}

impl Stays {
    /// Is it what `task` makes?
    pub(super) fn is(&self, task: &Task) -> bool {
        match (self, task) {
            (Self::Host(name), Task::Classic(task)) => ClassicStays::is_host(name, task),
            (Self::Classic(thing), Task::Classic(task)) => thing.is(task),
            (Self::ResourceManager(thing), Task::ResourceManager(task)) => thing.is(task),
            _ => false,
        }
    }
}

/// Why something stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was there before the host was made.
    WasThere,
    /// It does not look like one that a create makes.
    OfAnother,
    /// Nothing tells who made it.
    Unknown,
}
