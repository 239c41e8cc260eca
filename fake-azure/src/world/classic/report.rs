//! What an onlooker is told of the machines of a hosted service.

use jiff::Timestamp;

use super::view::View;
use super::{Refusal, Role};
use crate::world::{Agent, Extensions, PowerState, Stage};

/// What is told of one machine.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The role's name.
    pub role: String,
    /// Its `InstanceStatus`.
    pub instance_status: &'static str,
    /// Its `PowerState`.
    pub power_state: &'static str,
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
    pub name: String,
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

/// The `InstanceStatus` of a machine that is so far.
pub(crate) fn instance_status(stage: Stage) -> &'static str {
    match stage {
        Stage::Unknown => "RoleStateUnknown",
        Stage::Creating => "CreatingVM",
        Stage::Starting => "StartingVM",
        Stage::Provisioning => "Provisioning",
        Stage::Ready => "ReadyRole",
        Stage::Stopping => "StoppingVM",
        Stage::Stopped => "StoppedVM",
        Stage::Deallocated => "StoppedDeallocated",
        Stage::Deleting => "DeletingVM",
    }
}

/// The `PowerState` of a machine whose hardware does this.
pub(crate) fn power_state(power: PowerState) -> &'static str {
    match power {
        PowerState::Starting => "Starting",
        PowerState::Started => "Started",
        PowerState::Stopping => "Stopping",
        PowerState::Stopped => "Stopped",
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
                instance_status: instance_status(phase.stage),
                power_state: power_state(phase.power),
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
