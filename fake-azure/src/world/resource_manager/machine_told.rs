//! Machines and their extensions as the service tells them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::document;
use super::extension::Extension;
use super::kind::Kind;
use super::machine::Machine;
use super::path::Path;
use super::refusal::Failure;
use super::resource::Resource;
use super::view::View;
use crate::world::phase::{Agent, Course, PowerState};

/// The agent that all machines have.
const AGENT: &str = "2.9.1.1";

impl View<'_> {
    /// Tells who an identity of the system's is: the application whose tokens machines get.
    fn tell_identity(self, told: &mut Value) {
        let Some(identity) = told.get_mut("identity") else {
            return;
        };
        let kind = identity["type"].as_str().unwrap_or_default();
        if !kind.to_ascii_lowercase().contains("systemassigned") {
            // Clients write back what they were told of the one that is no more.
            if let Some(identity) = identity.as_object_mut() {
                identity.retain(|name, _| name != "principalId" && name != "tenantId");
            }
            return;
        }
        let directory = self.world.directory();
        if let Some(application) = directory.service_principal() {
            document::set(identity, "principalId", application.object_id.clone());
        }
        document::set(identity, "tenantId", directory.tenant());
    }

    pub(super) fn tell_machine(
        self,
        path: &Path,
        resource: &Resource,
        machine: &Machine,
        told: &mut Value,
    ) {
        document::set(told, "etag", resource.etag());
        let extensions: Vec<Value> = machine
            .extensions
            .iter()
            .map(|extension| self.told_extension(path, resource, extension))
            .collect();
        if !extensions.is_empty() {
            document::set(told, "resources", extensions);
        }
        self.tell_identity(told);
        let properties = document::object(told, "properties");
        document::set(properties, "vmId", resource.guid.clone());
        document::set(properties, "timeCreated", resource.created.to_string());
        let hardware = document::object(properties, "hardwareProfile");
        document::set(hardware, "vmSize", machine.size.name());
        self.tell_disks(machine, document::object(properties, "storageProfile"));
        tell_profile(machine, properties);
        let interfaces: Vec<Value> = machine
            .interfaces
            .iter()
            .map(|interface| {
                let option = if interface.goes { "Delete" } else { "Detach" };
                let mut told = json!({
                    "id": self.id_of(&interface.key),
                    "properties": {"deleteOption": option},
                });
                if machine.interfaces.len() > 1 || interface.is_told_primary {
                    document::set(&mut told["properties"], "primary", interface.is_primary);
                }
                told
            })
            .collect();
        let network = document::object(properties, "networkProfile");
        document::set(network, "networkInterfaces", interfaces);
        if let Some(set) = &machine.availability_set {
            document::set(
                properties,
                "availabilitySet",
                json!({"id": self.id_of(set)}),
            );
        }
    }

    fn tell_disks(self, machine: &Machine, storage: &mut Value) {
        if let Some(version) = &machine.exact_version
            && let Some(reference) = storage.get_mut("imageReference")
        {
            document::set(reference, "exactVersion", version.clone());
        }
        let disk = document::object(storage, "osDisk");
        let os = &machine.os_disk;
        document::set(disk, "osType", machine.system.clone());
        document::set(disk, "name", os.name.clone());
        let told_option = disk["createOption"].as_str().map(str::to_owned);
        let option = [
            ("FromImage", "fromimage"),
            ("Attach", "attach"),
            ("Empty", "empty"),
        ]
        .into_iter()
        .find(|(_, lower)| {
            let told = told_option.as_deref();
            told.is_some_and(|told| told.eq_ignore_ascii_case(lower))
        });
        document::set(
            disk,
            "createOption",
            option.map_or("FromImage", |(word, _)| word),
        );
        document::set_default(disk, "caching", "ReadWrite");
        document::set(
            disk,
            "deleteOption",
            if os.goes { "Delete" } else { "Detach" },
        );
        document::set(disk, "diskSizeGB", os.size_gb);
        if let Some(key) = &os.key {
            let id = self.id_of(key);
            let managed = document::object(disk, "managedDisk");
            document::set(managed, "id", id);
            if let Some(storage) = self.storage_of(key) {
                document::set(managed, "storageAccountType", storage);
            }
        }
        let told = storage["dataDisks"].as_array().cloned().unwrap_or_default();
        let disks: Vec<Value> = machine
            .data_disks
            .iter()
            .map(|disk| {
                let written = told.iter().find(|told| told["lun"] == json!(disk.lun));
                let mut told = written.cloned().unwrap_or_else(|| json!({}));
                document::set(&mut told, "lun", disk.lun);
                document::set(&mut told, "name", disk.name.clone());
                document::set_default(&mut told, "createOption", "Attach");
                document::set_default(&mut told, "caching", "None");
                document::set(&mut told, "diskSizeGB", disk.size_gb);
                document::set(&mut told, "toBeDetached", false);
                let option = if disk.goes { "Delete" } else { "Detach" };
                document::set(&mut told, "deleteOption", option);
                if let Some(key) = &disk.key {
                    let managed = document::object(&mut told, "managedDisk");
                    document::set(managed, "id", self.id_of(key));
                    if let Some(storage) = self.storage_of(key) {
                        document::set(managed, "storageAccountType", storage);
                    }
                }
                told
            })
            .collect();
        document::set(storage, "dataDisks", disks);
    }

    /// The extension of a machine.
    pub(super) fn told_extension(
        self,
        machine: &Path,
        resource: &Resource,
        extension: &Extension,
    ) -> Value {
        let path = machine.child(Kind::Extension, &extension.name);
        let mut told = extension.document.read();
        document::set(&mut told, "name", extension.name.clone());
        document::set(&mut told, "id", path.id(self.id));
        document::set(&mut told, "type", path.kind.full());
        document::set(&mut told, "location", resource.location.clone());
        let state = self.state_of(&extension.pending);
        let properties = document::object(&mut told, "properties");
        document::set(properties, "publisher", extension.publisher.clone());
        document::set(properties, "type", extension.handler.clone());
        document::set_default(
            properties,
            "typeHandlerVersion",
            extension.verdict.version.clone(),
        );
        document::set_default(properties, "autoUpgradeMinorVersion", false);
        document::set(properties, "provisioningState", state);
        told
    }

    /// What an extension reports of itself.
    pub(super) fn extension_view(self, extension: &Extension) -> Value {
        let state = self.state_of(&extension.pending);
        let (code, display, message) = match (state, extension.verdict.setting()) {
            ("Failed", setting) => (
                "ProvisioningState/failed/0",
                "Provisioning failed",
                setting
                    .and_then(|setting| setting.error)
                    .unwrap_or("Enable failed.")
                    .to_owned(),
            ),
            ("Succeeded", setting) => (
                "ProvisioningState/succeeded",
                "Provisioning succeeded",
                match (&extension.message, setting) {
                    (Some(message), _) => message.clone(),
                    (None, Some(setting)) => setting.done.to_owned(),
                    (None, None) => "Enable succeeded".to_owned(),
                },
            ),
            (state, _) => (
                if state == "Creating" {
                    "ProvisioningState/creating"
                } else {
                    "ProvisioningState/updating"
                },
                state,
                String::new(),
            ),
        };
        json!({
            "name": extension.name,
            "type": format!("{}.{}", extension.publisher, extension.handler),
            "typeHandlerVersion": extension.verdict.version,
            "statuses": [{
                "code": code,
                "level": if state == "Failed" { "Error" } else { "Info" },
                "displayStatus": display,
                "message": message,
            }],
        })
    }

    /// How far the last that was done to a resource has come.
    fn provisioning_status(self, resource: &Resource) -> Value {
        let state = self.provisioning_state(resource);
        let failure = match self.failure_of(resource) {
            Some(Failure::Arranged { code, message }) => Some((code, message)),
            _ => None,
        };
        let (code, display) = match state {
            "Failed" => ("failed", "Provisioning failed"),
            "Creating" => ("creating", "Creating"),
            "Updating" => ("updating", "Updating"),
            "Deleting" => ("deleting", "Deleting"),
            _ => ("succeeded", "Provisioning succeeded"),
        };
        let mut status = json!({
            "code": format!("ProvisioningState/{code}"),
            "level": if state == "Failed" { "Error" } else { "Info" },
            "displayStatus": display,
            "time": resource.changed.to_string(),
        });
        if let Some((code, message)) = failure {
            document::set(
                &mut status,
                "code",
                format!("ProvisioningState/failed/{code}"),
            );
            document::set(&mut status, "message", message.clone());
        }
        status
    }

    /// What a machine shows of itself at this moment.
    pub(crate) fn instance_view(
        self,
        resource: &Resource,
        machine: &Machine,
        now: Timestamp,
    ) -> Value {
        let phase = machine.life.phase(self.world.ground.pace, now);
        let mut view = json!({});
        if phase.agent == Agent::Ready && !machine.flaws.as_ref().is_some_and(|f| f.silent_agent) {
            let (name, version) = &machine.agent;
            document::set(&mut view, "computerName", machine.computer_name.clone());
            document::set(&mut view, "osName", name.clone());
            document::set(&mut view, "osVersion", version.clone());
            let handlers: Vec<Value> = machine
                .extensions
                .iter()
                .map(|extension| {
                    json!({
                        "type": format!("{}.{}", extension.publisher, extension.handler),
                        "typeHandlerVersion": extension.verdict.version,
                        "status": {
                            "code": "ProvisioningState/succeeded",
                            "level": "Info",
                            "displayStatus": "Ready",
                        },
                    })
                })
                .collect();
            document::set(
                &mut view,
                "vmAgent",
                json!({
                    "vmAgentVersion": AGENT,
                    "statuses": [{
                        "code": "ProvisioningState/succeeded",
                        "level": "Info",
                        "displayStatus": "Ready",
                        "message": "Guest Agent is running",
                        "time": now.to_string(),
                    }],
                    "extensionHandlers": handlers,
                }),
            );
        }
        document::set(&mut view, "hyperVGeneration", "V2");
        let names = std::iter::once(&machine.os_disk.name)
            .chain(machine.data_disks.iter().map(|disk| &disk.name));
        let disks: Vec<Value> = names
            .map(|name| {
                json!({
                    "name": name,
                    "statuses": [{
                        "code": "ProvisioningState/succeeded",
                        "level": "Info",
                        "displayStatus": "Provisioning succeeded",
                        "time": resource.created.to_string(),
                    }],
                })
            })
            .collect();
        document::set(&mut view, "disks", disks);
        if !machine.extensions.is_empty() {
            let all: Vec<Value> = machine
                .extensions
                .iter()
                .map(|extension| self.extension_view(extension))
                .collect();
            document::set(&mut view, "extensions", all);
        }
        let mut statuses = vec![self.provisioning_status(resource)];
        if machine.is_generalized {
            statuses.push(json!({
                "code": "OSState/generalized",
                "level": "Info",
                "displayStatus": "VM generalized",
            }));
        }
        let power = match (machine.life.course, phase.power) {
            (Course::Deallocated, _) => "deallocated",
            (_, PowerState::Starting) => "starting",
            (_, PowerState::Started) => "running",
            (_, PowerState::Stopping) => "stopping",
            (_, PowerState::Stopped) => "stopped",
        };
        statuses.push(json!({
            "code": format!("PowerState/{power}"),
            "level": "Info",
            "displayStatus": format!("VM {power}"),
        }));
        document::set(&mut view, "statuses", statuses);
        view
    }
}

fn tell_profile(machine: &Machine, properties: &mut Value) {
    let Some(profile) = properties.get_mut("osProfile") else {
        return;
    };
    document::set(profile, "computerName", machine.computer_name.clone());
    document::set_default(profile, "secrets", json!([]));
    document::set_default(profile, "allowExtensionOperations", true);
    document::set_default(profile, "requireGuestProvisionSignal", true);
    if machine.system.eq_ignore_ascii_case("Linux") {
        let linux = document::object(profile, "linuxConfiguration");
        document::set_default(linux, "disablePasswordAuthentication", false);
        document::set_default(linux, "provisionVMAgent", true);
        document::set_default(
            linux,
            "patchSettings",
            json!({"patchMode": "ImageDefault", "assessmentMode": "ImageDefault"}),
        );
        document::set_default(linux, "enableVMAgentPlatformUpdates", false);
    }
}
