//! What a create tells programs: one JSON document, however it ended.

use std::net::SocketAddr;
use std::path::Path;

use serde_json::{Value, json};

use super::{removal, words};
use crate::backend::site::classic::ClassicPlan;
use crate::backend::site::resource_manager::ResourcePlan;
use crate::backend::{Plan, SitePlan};
use crate::provision::{DockerHost, Preview, Unfinished};
use crate::saga::Leftover;

/// A machine that is made; whether anything answers in it was not asked.
pub fn created(
    machine: &str,
    public_name: &str,
    port: Option<u16>,
    certificates: Option<&Path>,
) -> Value {
    json!({
        "host": public_name,
        "name": machine,
        "address": null,
        "port": port,
        "certificateFolder": certificates.map(Path::to_string_lossy),
        "docker": null,
    })
}

/// A Docker host that answers at `address`, with the lines to type for it.
pub fn ready(host: &DockerHost, address: SocketAddr, lines: &[String]) -> Value {
    let folder = host
        .certificates
        .ca_file
        .parent()
        .map(Path::to_string_lossy);
    json!({
        "host": host.public_name,
        "name": host.machine,
        "address": address.ip(),
        "port": address.port(),
        "certificateFolder": folder,
        "commands": lines,
        "docker": host.ready.info.0,
    })
}

/// What would be done.
pub fn planned(preview: &Preview) -> Value {
    let files: Vec<String> = preview.files.iter().map(ToString::to_string).collect();
    json!({
        "plan": preview.plan.as_ref().map(plan),
        "files": files,
        "steps": preview.tasks,
        "unfinished": preview.unfinished.as_ref().map(unfinished),
    })
}

/// An earlier run, told as `vm docker recover` tells it.
fn unfinished(unfinished: &Unfinished) -> Value {
    let things: Vec<String> = unfinished.things.iter().map(words::thing).collect();
    json!({
        "name": unfinished.machine,
        "stage": unfinished.stage,
        "things": things,
        "next": unfinished.next,
    })
}

/// A plan, with what only its cloud knows among the rest.
fn plan(plan: &Plan) -> Value {
    match &plan.site {
        SitePlan::Classic(own) => classic(plan, own),
        SitePlan::ResourceManager(own) => resource_manager(plan, own),
    }
}

fn resource_manager(plan: &Plan, own: &ResourcePlan) -> Value {
    let (host, machine) = (&plan.host, &plan.machine);
    json!({
        "host": {
            "name": host.name,
            "publicName": own.public_name,
            "resourceGroup": own.group,
            "makesResourceGroup": own.makes_group,
            "location": own.location,
            "standing": host.standing,
        },
        "machine": {
            "name": machine.name,
            "image": machine.image,
            "size": machine.size,
            "account": machine.account,
            "endpoints": machine.endpoints,
            "docker": machine.docker,
        },
        "openTo": own.open_to,
    })
}

fn classic(plan: &Plan, own: &ClassicPlan) -> Value {
    let (host, machine) = (&plan.host, &plan.machine);
    json!({
        "host": {
            "name": host.name,
            "place": own.place,
            "standing": host.standing,
        },
        "machine": {
            "name": machine.name,
            "image": machine.image,
            "size": machine.size,
            "account": machine.account,
            "endpoints": machine.endpoints,
            "full_network": own.machine.full_network,
            "subnets": own.machine.subnets,
            "static_address": own.machine.static_address,
            "public_address": own.machine.public_address,
            "interfaces": own.machine.interfaces,
            "availability_set": own.machine.availability_set,
            "disk": own.machine.disk,
            "docker": machine.docker,
            "boot_diagnostics": machine.boot_diagnostics,
        },
        "network": own.network,
        "reserved_address": own.reserved_address,
    })
}

/// What is left of a create that failed; what goes with another thing has no command of its own.
pub fn left(things: &[Leftover]) -> Value {
    things
        .iter()
        .map(|left| {
            let error = left.error.as_ref().map(ToString::to_string);
            json!({
                "thing": words::thing(&left.task),
                "remove": removal::is_to_be_removed(&left.task, things)
                    .then(|| words::command(&left.task)),
                "error": error,
            })
        })
        .collect()
}
