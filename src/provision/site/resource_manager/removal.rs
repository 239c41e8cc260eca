//! What belongs to a host in Resource Manager, and what of it stays when the host goes.

use crate::backend::Effect;
use crate::backend::site::resource_manager::{At, ResourceEffect, ResourceTask};

/// What only Resource Manager knows and a removal leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResourceStays {
    /// A resource group.
    Group(String),
}

impl ResourceStays {
    /// Is it what `task` makes?
    pub(in crate::provision) fn is(&self, task: &ResourceTask) -> bool {
        let Self::Group(group) = self;
        matches!(task, ResourceTask::CreateResourceGroup { name, .. } if name.eq_ignore_ascii_case(group))
    }
}

/// The effects that make what a machine hangs on, and its group.
pub(in crate::provision) fn host(
    host: &str,
    machine: &str,
    group: String,
    location: String,
) -> Vec<Effect> {
    let things = ResourceEffect::found(host, machine, &group, &location);
    let at = At {
        name: group.clone(),
        group,
        location,
        host: host.to_owned(),
        run: None,
    };
    let is_part =
        |effect: &ResourceEffect| !matches!(effect, ResourceEffect::VirtualMachine { .. });
    [ResourceEffect::ResourceGroup { at }]
        .into_iter()
        .chain(things.into_iter().filter(is_part))
        .map(Effect::from)
        .collect()
}

/// The effect that makes a machine.
pub(in crate::provision) fn machine(host: &str, name: &str, group: String) -> Effect {
    let mut things = ResourceEffect::found(host, name, &group, "");
    things
        .pop()
        .unwrap_or_else(|| ResourceEffect::ResourceGroup {
            at: At {
                name: group.clone(),
                group,
                location: String::new(),
                host: host.to_owned(),
                run: None,
            },
        })
        .into()
}
