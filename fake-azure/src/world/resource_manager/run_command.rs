//! Scripts that are run in machines on command.

use serde::Deserialize;
use serde_json::{Value, json};

use super::change::Change;
use super::decision::{Decided, Scope};
use super::document;
use super::effect::Effect;
use super::extension::said;
use super::offers::run_commands;
use super::path::Path;
use super::refusal::Refusal;
use crate::world::phase::Course;

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Written {
    command_id: Option<String>,
    script: Vec<String>,
    parameters: Vec<Parameter>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parameter {
    name: String,
    value: String,
}

/// How long a script takes, of the real service's seconds, beside its own sleeps.
const SECONDS: i64 = 15;

pub(super) fn decide(scope: &Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    scope.writable_group(&path.group)?;
    let key = path.key();
    let (machine, resource) = scope.machine_at(&key)?;
    if !matches!(machine.life.course, Course::Up(_)) {
        return Err(Refusal::Stopped(resource.name.clone()));
    }
    let written: Written = document::typed(body)?;
    let id = written.command_id.unwrap_or_default();
    let command = run_commands::run_command(&id).filter(|command| command.is_for("Linux"));
    let Some(command) = command else {
        return Err(Refusal::NotModelled(format!("The command '{id}'")));
    };
    let script = if command.is_brought {
        written.script.join("\n")
    } else {
        command.script.join("\n")
    };
    let parameters: Vec<(String, String)> = written
        .parameters
        .into_iter()
        .map(|parameter| (parameter.name, parameter.value))
        .collect();
    let mut boot = machine.booted(scope.address_of(machine), scope.now);
    let output = boot.run(script.as_bytes(), &parameters, scope.now);
    let told = json!({ "value": [{
        "code": "ProvisioningState/succeeded",
        "level": "Info",
        "displayStatus": "Provisioning succeeded",
        "message": said("Enable succeeded", &output),
    }] });
    Ok(Decided::accepted("Run Command", SECONDS)
        .change(Change::Output(scope.id.clone(), told))
        .at_end(Effect::Booted { machine: key, boot }))
}
