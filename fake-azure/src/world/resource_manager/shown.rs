//! What a subscription holds of Resource Manager as JSON, for tests and curious people. No secrets
//! are in it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::document;
use super::machine::Machine;
use super::path::Path;
use super::resource::Core;
use super::view::View;
use crate::world::first_boot::Note;

impl View<'_> {
    /// Everything that exists at `now`.
    pub(in crate::world) fn shown(self, now: Timestamp) -> Value {
        let groups: Vec<Value> = self
            .held
            .groups
            .values()
            .map(|group| self.told_group(group))
            .collect();
        let resources: Vec<Value> = self
            .held
            .shelf
            .iter()
            .map(|(key, resource)| {
                let mut shown = self.told(key, resource);
                if let Core::Machine(machine) = &resource.core {
                    let view = self.instance_view(resource, machine, now);
                    document::set(&mut shown["properties"], "instanceView", view);
                    document::set(&mut shown, "docker", docker(machine));
                }
                shown
            })
            .collect();
        let deployments: Vec<Value> = self
            .held
            .deployments
            .iter()
            .map(|(key, deployment)| {
                json!({
                    "id": self.deployment_id(key.scope(), &deployment.name),
                    "state": deployment.state.word(),
                })
            })
            .collect();
        json!({
            "resource_groups": groups,
            "resources": resources,
            "deployments": deployments,
        })
    }
}

impl View<'_> {
    /// What was done otherwise than in life on the machine of a path, or in the machine that it is a
    /// part of.
    pub(crate) fn notes_of(self, path: &Path) -> Vec<&'static str> {
        let machine = self.machine_at(&path.key()).ok();
        let boot = machine.and_then(|(machine, _)| machine.boot.as_ref());
        let notes = boot.into_iter().flat_map(|boot| boot.notes());
        notes.map(Note::words).collect()
    }
}

/// What a machine's boots have made of Docker, without anything that it was told.
fn docker(machine: &Machine) -> Value {
    let Some(boot) = &machine.boot else {
        return json!({ "installed": false });
    };
    let notes: Vec<&str> = boot.notes().map(Note::words).collect();
    let unknown: Vec<&str> = boot.unknown_programs().collect();
    let mut shown = json!({
        "installed": boot.has_docker(),
        "notes": notes,
        "unknown_programs": unknown,
    });
    match boot.engine() {
        Ok(settings) => {
            let listeners: Vec<String> =
                settings.listeners.iter().map(ToString::to_string).collect();
            document::set(&mut shown, "listens_on", listeners);
            document::set(&mut shown, "tls", settings.tls.is_some());
        }
        Err(why) => document::set(&mut shown, "does_not_run", why.outline()),
    }
    shown
}
