//! The power of machines.

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::decision::{Decided, Scope};
use super::effect::Effect;
use super::path::{Key, Path};
use super::refusal::Refusal;
use super::resource::{Core, Resource};
use crate::world::phase::{Boot, Course, Life};

/// What is done with a machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Power {
    Start,
    Restart,
    Stop,
    Deallocate,
    /// It moves to other hardware, and boots there.
    Redeploy,
    /// What is written of it is carried out again.
    Reapply,
    /// Its system forgets who it is: an image can be made of it.
    Generalize,
}

impl Power {
    /// The operation's name in the documentation.
    fn operation(self) -> &'static str {
        match self {
            Self::Start => "Start Virtual Machine",
            Self::Restart => "Restart Virtual Machine",
            Self::Stop => "Power Off Virtual Machine",
            Self::Deallocate => "Deallocate Virtual Machine",
            Self::Redeploy => "Redeploy Virtual Machine",
            Self::Reapply => "Reapply Virtual Machine",
            Self::Generalize => "Generalize Virtual Machine",
        }
    }

    pub(super) fn decide(self, scope: &mut Scope<'_>, path: &Path) -> Result<Decided, Refusal> {
        scope.writable_group(&path.group)?;
        let key = path.key();
        let (machine, resource) = scope.machine_at(&key)?;
        let life = |course| Change::Life(key.clone(), Life::new(course, scope.now));
        let accepted = |seconds| Decided::accepted(self.operation(), seconds);
        let on = |boot| {
            let mut machine = machine.clone();
            machine.switch_on(Course::Up(boot), scope.now);
            let resource = Resource {
                core: Core::Machine(Box::new(machine)),
                ..resource.clone()
            };
            Change::Resource(key.clone(), Box::new(resource))
        };
        let rests = matches!(
            machine.life.course,
            Course::Stopped | Course::Deallocated | Course::Stopping
        );
        if machine.is_generalized && self != Self::Generalize && self != Self::Deallocate {
            return Err(Refusal::Generalized(resource.name.clone()));
        }
        match self {
            Self::Start if rests => {
                let up = on(Boot::Start);
                let mut given = Vec::new();
                for attachment in &machine.interfaces {
                    let (interface, _) = scope.interface_at(&attachment.key)?;
                    given.extend(scope.give_addresses(interface)?);
                }
                Ok(accepted(30).changes(given).change(up))
            }
            Self::Start | Self::Reapply => Ok(accepted(5)),
            Self::Restart | Self::Redeploy if rests => Err(Refusal::Stopped(resource.name.clone())),
            Self::Restart => Ok(accepted(15).change(on(Boot::Restart))),
            Self::Redeploy => Ok(accepted(60).change(on(Boot::Start))),
            Self::Stop if rests => Ok(accepted(5)),
            Self::Stop => Ok(accepted(20)
                .change(life(Course::Stopping))
                .at_end(Effect::Rest {
                    machine: key,
                    is_deallocated: false,
                })),
            Self::Deallocate if machine.life.course == Course::Deallocated => Ok(accepted(5)),
            Self::Deallocate => {
                Ok(accepted(35)
                    .change(life(Course::Stopping))
                    .at_end(Effect::Rest {
                        machine: key,
                        is_deallocated: true,
                    }))
            }
            Self::Generalize if !rests => Err(Refusal::Running(resource.name.clone())),
            Self::Generalize => {
                Ok(Decided::done(self.operation()).change(Change::Generalized(key)))
            }
        }
    }
}

/// A machine that is on its way out.
pub(super) fn going(scope: &Scope<'_>, key: &Key) -> Change {
    Change::Life(key.clone(), Life::new(Course::Deleting, scope.now))
}
