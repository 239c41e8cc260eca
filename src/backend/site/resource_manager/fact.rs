//! What Resource Manager tells that no other cloud does.

use async_trait::async_trait;

use crate::backend::{Hardware, Result};

/// The questions that only Resource Manager answers. What is not there is `None`.
#[async_trait]
pub trait Facts: Send + Sync {
    /// Finds a resource group.
    async fn group(&self, name: &str) -> Result<Option<Group>>;

    /// Tells whether the subscription may use a namespace of resources.
    async fn provider(&self, namespace: &str) -> Result<Provider>;

    /// Lists the sizes that machines may have in a location; empty when the cloud does not say.
    async fn sizes(&self, location: &str) -> Result<Vec<SizeFact>>;

    /// Lists what the subscription uses of its quotas in a location.
    async fn usages(&self, location: &str) -> Result<Vec<Usage>>;

    /// The resource group that a host's things lie in, unless it was named: the host's name.
    fn group_of(&self, host: &str) -> String;
}

/// A resource group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Where it lies.
    pub location: String,
}

/// Whether a namespace may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Provider {
    /// It may.
    Registered,
    /// Not yet; in the cloud's word.
    Unregistered(String),
}

/// A size of machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeFact {
    /// Its name.
    pub name: String,
    /// Its cores; 0 when the cloud does not say.
    pub cores: u64,
    /// The quota that its cores count to, beside that of all.
    pub family: Option<String>,
    /// The generations of virtual hardware that it has; empty when the cloud does not say.
    pub generations: Vec<String>,
    /// Its processors' architecture.
    pub architecture: Option<String>,
    /// Why the subscription may not have it in the location, in the cloud's word.
    pub barred: Option<String>,
}

impl SizeFact {
    /// Does what is for this hardware start on it, as far as is known?
    pub fn starts(&self, hardware: &Hardware) -> bool {
        self.has_processor_for(hardware) && self.has_generation_of(hardware)
    }

    /// Are its processors those that the hardware has, as far as is known?
    pub fn has_processor_for(&self, hardware: &Hardware) -> bool {
        let own = self.architecture.as_ref();
        own.is_none_or(|own| own.eq_ignore_ascii_case(&hardware.architecture))
    }

    fn has_generation_of(&self, hardware: &Hardware) -> bool {
        let mut own = self.generations.iter();
        self.generations.is_empty() || own.any(|own| own.eq_ignore_ascii_case(&hardware.generation))
    }
}

/// What is used of a quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    /// The quota's name, such as `cores`.
    pub name: String,
    /// The same in words.
    pub words: String,
    /// What is used.
    pub used: u64,
    /// What there is.
    pub limit: u64,
}
