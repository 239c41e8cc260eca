//! What a step does, as data: progress, the dry run and the list of what is left read it.

use serde::Serialize;

use super::site::classic::ClassicTask;
use super::site::resource_manager::ResourceTask;

/// One thing that a run makes. The kinds are each cloud's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum Task {
    /// In classic Azure.
    Classic(ClassicTask),
    /// In Resource Manager.
    ResourceManager(ResourceTask),
}

impl From<ResourceTask> for Task {
    fn from(task: ResourceTask) -> Self {
        Self::ResourceManager(task)
    }
}

impl From<ClassicTask> for Task {
    fn from(task: ClassicTask) -> Self {
        Self::Classic(task)
    }
}

impl Task {
    /// A short name, the same in every run.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Classic(task) => task.name(),
            Self::ResourceManager(task) => task.name(),
        }
    }
}
