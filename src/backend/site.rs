//! What a cloud's own habits decide, so that the story need not know any cloud; and, for each cloud,
//! what it alone knows.
//!
//! The enums here have one row a cloud. What is in a row is that cloud's own business.

pub mod classic;
pub mod resource_manager;

use std::fmt;

use crate::domain::Port;

/// The sizes, ports and limits of a cloud.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Site {
    /// What a host is called.
    pub host: &'static str,
    /// The size of a machine whose size was not chosen.
    pub default_size: &'static str,
    /// The port of Docker where none was chosen.
    pub docker: Port,
    /// The port of ssh inside a machine.
    pub ssh: Port,
    /// The port of remote desktops inside a machine.
    pub remote_desktop: Port,
    /// The most that is taken as custom data, in bytes.
    pub custom_data: usize,
    /// Passwords that it takes for no account, since everybody guesses them.
    pub guessed_passwords: &'static [&'static str],
    /// The longest name of a Windows machine, in characters.
    pub windows_name: usize,
    /// What brings Docker into a machine, in words.
    pub setup: Setup,
    /// Does each daemon get a certificate of its own, for its name and its address? Else one serves
    /// them all.
    pub own_certificates: bool,
}

/// The words for what brings Docker into a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setup {
    /// What it is called where layers are named.
    pub name: &'static str,
    /// It is at work, and says no more.
    pub working: &'static str,
    /// The agent is there, and nothing is heard of it.
    pub silent: &'static str,
}

/// Where a host lies, as its cloud tells it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum SiteHost {
    /// In classic Azure.
    Classic(classic::Place),
    /// In Resource Manager.
    ResourceManager {
        /// The resource group.
        group: String,
        /// The location.
        location: String,
    },
}

/// The part of a plan that one cloud alone knows.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SitePlan {
    /// For classic Azure.
    Classic(classic::ClassicPlan),
    /// For Resource Manager.
    ResourceManager(resource_manager::ResourcePlan),
}

/// The questions that one cloud alone answers.
#[non_exhaustive]
pub enum SiteFacts<'a> {
    /// Those of classic Azure.
    Classic(&'a dyn classic::Facts),
    /// Those of Resource Manager.
    ResourceManager(&'a dyn resource_manager::Facts),
}

impl fmt::Debug for SiteFacts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Classic(_) => f.write_str("Classic"),
            Self::ResourceManager(_) => f.write_str("ResourceManager"),
        }
    }
}
