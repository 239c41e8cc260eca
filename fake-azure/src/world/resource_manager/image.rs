//! Images that were made of machines.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::decision::{Decided, Scope};
use super::document::{self, Known, REFERENCE};
use super::kind::Kind;
use super::machine::Hardware;
use super::path::Path;
use super::refusal::Refusal;
use super::resource::{Core, known_top};
use super::virtual_network::Referred;

/// What rules and machines go by of an image.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Image {
    /// `Linux` or `Windows`.
    pub(crate) system: String,
    pub(crate) size_gb: u32,
    /// What the system calls itself.
    pub(crate) label: String,
    /// What its agent calls it: name and version.
    pub(crate) agent: (String, String),
    /// What hardware its system is for, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hardware: Option<Hardware>,
}

pub(crate) const KNOWN: Known = known_top! {
    "properties": Known::Object(&[
        ("sourceVirtualMachine", REFERENCE),
        ("storageProfile", Known::Any),
        ("hyperVGeneration", Known::Any),
        ("provisioningState", Known::Told),
    ]),
};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Written {
    properties: WrittenProperties,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenProperties {
    source_virtual_machine: Option<Referred>,
    storage_profile: StorageProfile,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct StorageProfile {
    os_disk: OsDisk,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct OsDisk {
    os_type: Option<String>,
    #[serde(rename = "diskSizeGB", deserialize_with = "document::number")]
    size_gb: Option<i64>,
}

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let written: Written = document::typed(body)?;
    let id = path.id(scope.view.id);
    let told = written.properties;
    // What it was made of may be gone, and is not looked at again.
    if let Some(Core::Image(old)) = draft.old.map(|old| &old.core) {
        let core = Core::Image(old.clone());
        return Ok(draft.decided(scope, &KNOWN, body, core, 40));
    }
    let source = scope.reference(
        told.source_virtual_machine.as_ref(),
        Kind::Machine,
        &id,
        "properties.sourceVirtualMachine.id",
    )?;
    let mut document = body.clone();
    let image = match source {
        Some(key) => {
            let (machine, resource) = scope.machine_at(&key)?;
            if !machine.is_generalized {
                return Err(Refusal::NotGeneralized(resource.name.clone()));
            }
            let os = &machine.os_disk;
            let disk = os.key.as_ref().map(|key| json!({"id": scope.id_of(key)}));
            let profile = json!({
                "osDisk": {
                    "osType": machine.system,
                    "osState": "Generalized",
                    "diskSizeGB": os.size_gb,
                    "caching": "ReadWrite",
                    "storageAccountType": "Standard_LRS",
                },
                "dataDisks": [],
            });
            let properties = document::object(&mut document, "properties");
            document::set_default(properties, "storageProfile", profile);
            let os_disk =
                document::object(document::object(properties, "storageProfile"), "osDisk");
            if let Some(disk) = disk {
                document::set_default(os_disk, "managedDisk", disk);
            }
            Image {
                system: machine.system.clone(),
                size_gb: os.size_gb,
                label: machine.label.clone(),
                agent: machine.agent.clone(),
                hardware: machine.hardware,
            }
        }
        None => Image {
            system: told
                .storage_profile
                .os_disk
                .os_type
                .unwrap_or_else(|| "Linux".to_owned()),
            size_gb: told
                .storage_profile
                .os_disk
                .size_gb
                .and_then(|size| u32::try_from(size).ok())
                .unwrap_or(30),
            label: "Linux".to_owned(),
            agent: <(String, String)>::default(),
            hardware: None,
        },
    };
    Ok(draft.decided(scope, &KNOWN, &document, Core::Image(image), 40))
}

impl Image {
    pub(super) fn tell(&self, told: &mut Value) {
        let properties = document::object(told, "properties");
        document::set_default(properties, "hyperVGeneration", "V1");
        let disk = document::object(document::object(properties, "storageProfile"), "osDisk");
        document::set_default(disk, "osType", self.system.clone());
        document::set_default(disk, "osState", "Generalized");
        document::set_default(disk, "diskSizeGB", self.size_gb);
    }
}
