//! What machines alone have: power, their instance view, their extensions.

use serde_json::Value;

use super::operations::{self, Way};
use super::resources;
use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::resource_manager::document::{self, Body};
use crate::world::resource_manager::offers::sizes;
use crate::world::resource_manager::path::Key;
use crate::world::resource_manager::power::Power;
use crate::world::resource_manager::resource::Resource;
use crate::world::resource_manager::{Command, Core, Kind, Path, View};

pub(super) const ROUTES: &[Route] = routes! {
    below "/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{name}" of Machine;
    GET "": "Get Virtual Machine" => get;
    GET "/instanceView": "Get Instance View of Virtual Machine" => instance_view;
    GET "/vmSizes": "List Sizes of Virtual Machine" => sizes;
    POST "/start": "Start Virtual Machine" => start;
    POST "/restart": "Restart Virtual Machine" => restart;
    POST "/powerOff": "Power Off Virtual Machine" => power_off;
    POST "/deallocate": "Deallocate Virtual Machine" => deallocate;
    POST "/redeploy": "Redeploy Virtual Machine" => redeploy;
    POST "/reapply": "Reapply Virtual Machine" => reapply;
    POST "/runCommand": "Run Command" => run_command;
    POST "/generalize": "Generalize Virtual Machine" => generalize;
    POST "/capture": "Capture Virtual Machine";
    POST "/reimage": "Reimage Virtual Machine";
    POST "/performMaintenance": "Perform Maintenance";
    POST "/simulateEviction": "Simulate Eviction";
    POST "/assessPatches": "Assess Patches";
    POST "/installPatches": "Install Patches";
    POST "/convertToManagedDisks": "Convert to Managed Disks";
    POST "/retrieveBootDiagnosticsData": "Retrieve Boot Diagnostics";
    POST "/attachDetachDataDisks": "Attach and Detach Data Disks";
};

pub(super) const IN_REGION: &[Route] = routes! {
    below "/providers/Microsoft.Compute/locations/{location}/virtualMachines" of Machine;
    GET "": "List Virtual Machines of Location" => resources::list_in_region;
};

pub(super) const EXTENSIONS: &[Route] = routes! {
    below "/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{name}/extensions" of Extension;
    GET "": "List Virtual Machine Extensions" => extensions;
    GET "/{extension}": "Get Virtual Machine Extension" => extension;
    HEAD "/{extension}": "Check Virtual Machine Extension" => resources::head;
    PUT "/{extension}": "Create or Update Virtual Machine Extension" => resources::put;
    PATCH "/{extension}": "Update Virtual Machine Extension" => resources::patch;
    DELETE "/{extension}": "Delete Virtual Machine Extension" => resources::delete;
};

impl Call<'_> {
    /// Looking at a machine moves it on at the pace of reads.
    pub(super) fn look_at_machine(&mut self, path: &Path) {
        if path.kind == Kind::Machine {
            self.world.look_at_machine(&self.subscription, &path.key());
        }
    }

    /// A resource as it is listed.
    pub(super) fn listed(&self, here: View<'_>, key: &Key, resource: &Resource) -> Value {
        let mut told = here.told(key, resource);
        let status_only = self.parameter("statusOnly");
        let with_view = self.expands("instanceView")
            || status_only.is_some_and(|only| only.eq_ignore_ascii_case("true"));
        if with_view && let Core::Machine(machine) = &resource.core {
            let view = here.instance_view(resource, machine, self.now);
            document::set(
                document::object(&mut told, "properties"),
                "instanceView",
                view,
            );
        }
        told
    }
}

/// Get Virtual Machine.
fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    call.look_at_machine(&path);
    let here = call.here()?;
    let resource = here.resource(&path)?;
    let mut told = call.listed(here, &path.key(), resource);
    if call.expands("userData")
        && let Core::Machine(machine) = &resource.core
        && let Some(data) = &machine.user_data
    {
        let properties = document::object(&mut told, "properties");
        document::set(properties, "userData", &**data);
    }
    Ok(Answer::document(told))
}

/// Get Instance View of Virtual Machine.
fn instance_view(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    call.look_at_machine(&path);
    let here = call.here()?;
    here.resource(&path)?;
    let (machine, resource) = here.machine_at(&path.key())?;
    Ok(Answer::document(
        here.instance_view(resource, machine, call.now),
    ))
}

fn sizes(call: &mut Call<'_>) -> Result<Answer, Refused> {
    call.here()?.resource(&call.path()?)?;
    Ok(Answer::document(sizes::listed()))
}

fn power(call: &mut Call<'_>, power: Power) -> Result<Answer, Refused> {
    let path = call.path()?;
    let here = call.here()?;
    here.resource(&path)?;
    let location = here.held_location(&path);
    let performed = call.perform(Command::Power { path, power })?;
    if !call.is_over(&performed) {
        return Ok(call.pending(Answer::bare(202), Kind::Machine, &location, Way::Act));
    }
    // What is over at once is told as its operation would be in the end: az reads that.
    Ok(call.here()?.operation(&call.id).map_or_else(
        || Answer::bare(200),
        |operation| Answer::document(operations::told(operation)),
    ))
}

fn start(call: &mut Call<'_>) -> Result<Answer, Refused> {
    power(call, Power::Start)
}

fn restart(call: &mut Call<'_>) -> Result<Answer, Refused> {
    power(call, Power::Restart)
}

fn power_off(call: &mut Call<'_>) -> Result<Answer, Refused> {
    power(call, Power::Stop)
}

fn deallocate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    power(call, Power::Deallocate)
}

fn redeploy(call: &mut Call<'_>) -> Result<Answer, Refused> {
    power(call, Power::Redeploy)
}

fn reapply(call: &mut Call<'_>) -> Result<Answer, Refused> {
    power(call, Power::Reapply)
}

fn generalize(call: &mut Call<'_>) -> Result<Answer, Refused> {
    power(call, Power::Generalize)
}

/// Run Command.
fn run_command(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let here = call.here()?;
    here.resource(&path)?;
    let location = here.held_location(&path);
    let body = call.document()?;
    let performed = call.perform(Command::Run {
        path: path.clone(),
        body: Body(body),
    })?;
    if call.is_over(&performed) {
        let here = call.here()?;
        return Ok(Answer {
            notes: here.notes_of(&path),
            ..Answer::document(here.output(&call.id).unwrap_or_default())
        });
    }
    Ok(call.pending(Answer::bare(202), Kind::Machine, &location, Way::Act))
}

/// List Virtual Machine Extensions.
fn extensions(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = Path {
        group: call.name(0).to_owned(),
        kind: Kind::Machine,
        name: call.name(1).to_owned(),
        child: None,
    };
    let here = call.here()?;
    here.resource(&path)?;
    let (machine, _) = here.machine_at(&path.key())?;
    let with_view = call.expands("instanceView");
    let all: Result<Vec<_>, _> = machine
        .extensions
        .iter()
        .map(|extension| {
            here.told_extension_at(&path.child(Kind::Extension, &extension.name), with_view)
        })
        .collect();
    Ok(Answer::list(all?))
}

/// Get Virtual Machine Extension.
fn extension(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let path = call.path()?;
    let here = call.here()?;
    here.group(&path.group)?;
    let told = here.told_extension_at(&path, call.expands("instanceView"))?;
    Ok(Answer::document(told))
}
