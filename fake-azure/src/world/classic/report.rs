//! What an onlooker is told of the machines of a hosted service.

use crate::world::word::words;
use jiff::Timestamp;

use super::view::View;
use super::{Refusal, Role};
use crate::world::{Agent, Extensions, Name, PowerState, Stage};

/// What is told of one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The role's name.
    pub role: Name,
    /// Its `InstanceStatus`.
    pub instance_status: InstanceStatus,
    /// Its `PowerState`.
    pub power_state: PowerState,
    /// Does its agent take orders?
    pub agent_ready: bool,
    /// What the agent tells of its extensions; nothing while it is silent.
    pub extensions: Vec<ExtensionReport>,
}

/// What is told of one extension.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExtensionReport {
    /// The extension's name.
    pub name: Name,
    /// How far it is.
    pub state: ExtensionOutcome,
}

/// How far an extension is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ExtensionOutcome {
    /// It is being installed.
    Installing,
    /// It is installed.
    Ready,
    /// It gave up, with these words.
    Failed(String),
}

words! {
    /// How far a machine is, in the words of the `InstanceStatus` element.
    pub enum InstanceStatus {
        /// Nothing was heard of it.
        Unknown = "RoleStateUnknown",
        /// It is being put on hardware.
        Creating = "CreatingVM",
        /// Its hardware is being switched on.
        Starting = "StartingVM",
        /// Its system is being set up.
        Provisioning = "Provisioning",
        /// It runs.
        Ready = "ReadyRole",
        /// It is being stopped.
        Stopping = "StoppingVM",
        /// It is stopped and keeps its hardware.
        Stopped = "StoppedVM",
        /// It is stopped and has given its hardware back.
        Deallocated = "StoppedDeallocated",
        /// It is being deleted.
        Deleting = "DeletingVM",
    }
}

impl From<Stage> for InstanceStatus {
    fn from(stage: Stage) -> Self {
        match stage {
            Stage::Unknown => Self::Unknown,
            Stage::Creating => Self::Creating,
            Stage::Starting => Self::Starting,
            Stage::Provisioning => Self::Provisioning,
            Stage::Ready => Self::Ready,
            Stage::Stopping => Self::Stopping,
            Stage::Stopped => Self::Stopped,
            Stage::Deallocated => Self::Deallocated,
            Stage::Deleting => Self::Deleting,
        }
    }
}

impl View<'_> {
    /// How the machines of a hosted service stand.
    pub fn report(self, service: &str, now: Timestamp) -> Result<Vec<Report>, Refusal> {
        let pace = self.world.ground.pace;
        let report = |role: &Role| {
            let phase = role.phase(pace, now);
            let agent_ready = role.has_agent() && phase.agent == Agent::Ready;
            let extensions = role
                .enabled_extensions()
                .filter(|_| agent_ready)
                .map(|extension| ExtensionReport {
                    name: extension.name.clone(),
                    state: match extension.verdict.setting().map(|s| s.error) {
                        _ if role.progress_of(extension, pace, now) != Extensions::Done => {
                            ExtensionOutcome::Installing
                        }
                        Some(Some(error)) => ExtensionOutcome::Failed(error.to_owned()),
                        _ => ExtensionOutcome::Ready,
                    },
                })
                .collect();
            Report {
                role: role.name.clone(),
                instance_status: phase.stage.into(),
                power_state: phase.power,
                agent_ready,
                extensions,
            }
        };
        Ok(self.production(service)?.roles.iter().map(report).collect())
    }

    /// Does an operation run that keeps others off a hosted service?
    pub fn is_locked(self, service: &str) -> bool {
        self.unlocked(service).is_err()
    }
}
