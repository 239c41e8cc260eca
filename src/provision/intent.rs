//! What a run is about to do and how far it has come, as a file: whoever holds it goes on.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::job::{DockerWish, Job};
use super::order::Order;
use crate::saga::{Noted, State};

/// The newest form of the file that is understood.
pub(super) const VERSION: u32 = 1;

/// A run, on disk before its first effect. It holds no secret: passwords are asked for again, keys
/// lie in files of their own, and data for the first boot is read again.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    pub(super) version: u32,
    /// Where the run is going.
    pub stage: Stage,
    /// The machine's name.
    pub machine: String,
    /// What was asked for.
    pub order: Order,
    /// What a Docker host needs besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docker: Option<DockerNote>,
    /// The file of the data for the first boot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_data_file: Option<PathBuf>,
    /// The SHA-256 of that data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_data_digest: Option<String>,
    /// The effects, in the order to begin them, and how far the run has come with each.
    pub effects: Vec<Noted>,
    /// What an earlier machine of the name left behind, because others were in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<Noted>,
    /// What another azure of the same form keeps in the file.
    #[serde(flatten)]
    pub(super) more: Map<String, Value>,
}

/// Where a run is going.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// To a machine.
    Making,
    /// Back: what was made is being taken away.
    Undoing,
    /// To its end: a host that was made is being removed.
    Removing,
    /// It has arrived; what it made is its own.
    Made,
}

/// What a Docker host needs besides its machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DockerNote {
    /// The folder of the certificates.
    pub folder: PathBuf,
    /// The name in the server certificate, when one was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate_name: Option<String>,
    /// How many seconds to wait for Docker.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u64>,
}

impl Intent {
    /// The intent of a job whose plan is for `machine`.
    pub(super) fn new(job: &Job, machine: &str, effects: Vec<Noted>) -> Self {
        Self {
            version: VERSION,
            stage: Stage::Making,
            machine: machine.to_owned(),
            order: job.order.clone(),
            docker: job.docker.as_ref().map(DockerNote::of),
            custom_data_file: job.custom_data_file.clone(),
            custom_data_digest: digest(&job.order),
            effects,
            earlier: Vec::new(),
            more: Map::new(),
        }
    }

    /// Is anything left to be done?
    pub fn is_unfinished(&self) -> bool {
        self.stage != Stage::Made
    }

    /// May something be there that the run made?
    pub fn owns_anything(&self) -> bool {
        self.effects.iter().any(Noted::is_ours)
    }

    /// The same, which keeps what `before` tells of things that are still there.
    pub(super) fn in_place_of(mut self, before: Option<Self>) -> Self {
        let before = before.map(|before| before.earlier.into_iter().chain(before.effects));
        let rests = before.into_iter().flatten();
        self.earlier = rests
            .filter(|noted| noted.is_ours() && !noted.effect.is_machine())
            .collect();
        self
    }

    /// What remains to be told when nothing of the run itself is there any more.
    pub(super) fn without_its_own(self) -> Option<Self> {
        (!self.earlier.is_empty()).then(|| Self {
            stage: Stage::Made,
            effects: self.earlier,
            earlier: Vec::new(),
            ..self
        })
    }

    /// Is a password needed to go on with it, since the machine was not made yet?
    pub fn needs_password(&self) -> bool {
        self.stage == Stage::Making && needs_password(&self.effects)
    }

    /// Does `job` ask for what this run was to do?
    pub(super) fn is_of(&self, job: &Job) -> bool {
        let folder = |note: &DockerNote| (note.folder.clone(), note.certificate_name.clone());
        let theirs = job.docker.as_ref().map(DockerNote::of);
        self.order.asks_as(&job.order)
            && self.custom_data_digest == digest(&job.order)
            && self.docker.as_ref().map(folder) == theirs.as_ref().map(folder)
    }

    /// The job that this run was to do, with `custom_data` read again.
    pub(super) fn job(&self, custom_data: Option<Vec<u8>>) -> Job {
        let mut order = self.order.clone();
        order.custom_data = custom_data;
        Job {
            order,
            docker: self.docker.as_ref().map(|note| DockerWish {
                folder: note.folder.clone(),
                certificate_name: note.certificate_name.clone(),
                wait: note.wait.map(Duration::from_secs),
            }),
            warnings: Vec::new(),
            custom_data_file: self.custom_data_file.clone(),
            keep: true,
            dry_run: false,
        }
    }
}

impl DockerNote {
    pub(super) fn of(wish: &DockerWish) -> Self {
        Self {
            folder: wish.folder.clone(),
            certificate_name: wish.certificate_name.clone(),
            wait: wish.wait.map(|wait| wait.as_secs()),
        }
    }
}

/// Does the list hold a machine that is to be made yet, and that needs a password?
pub(super) fn needs_password(list: &[Noted]) -> bool {
    list.iter().any(|noted| {
        let machine = noted
            .effect
            .machine()
            .filter(|_| noted.state != State::Done);
        machine.is_some_and(|machine| machine.account.needs_password().is_some())
    })
}

/// The SHA-256 of an order's data for the first boot.
pub(super) fn digest(order: &Order) -> Option<String> {
    use std::fmt::Write as _;

    let data = order.custom_data.as_ref()?;
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(data) {
        // Writing to a text cannot fail.
        _ = write!(text, "{byte:02x}").ok();
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::site::classic::{ClassicEffect, DOCKER_PORT, DiskPlan, Interface, Place};
    use crate::backend::{Account, Effect, Endpoint};
    use crate::domain::Port;
    use crate::provision::order::SiteOrder;

    /// As it was written before what only classic Azure knows had a part of its own.
    const FIRST_FORM: &str = r#"{
        "version": 1, "stage": "making", "machine": "web-2",
        "order": {
            "host": "web", "machine": null, "image": "Ubuntu-14_10", "community": false,
            "connect": true, "location": "West US", "affinityGroup": "near",
            "disk": "/vhds/web.vhd", "size": "Large", "user": "azureuser",
            "ssh": {"endpoint": {"port": 22}, "key": {"given": {"thumbprint": "AB"}},
                "withoutPassword": true},
            "remoteDesktop": null, "network": "net", "subnets": ["front"],
            "staticAddress": "10.0.0.4", "publicAddress": "own", "reservedAddress": "fixed",
            "interfaces": [{"name": "nic", "subnet": "back", "static_address": "10.0.1.4",
                "security_group": null, "forwards": true}],
            "availabilitySet": "set", "docker": 4243, "bootDiagnostics": false
        },
        "effects": [
            {"effect": {"kind": "host", "name": "web", "place": {"AffinityGroup": "near"}},
                "state": {"state": "done"}},
            {"effect": {"kind": "machine", "host": "web", "name": "web-2", "joins": "web",
                "disk": "https://a.blob.core.windows.net/vhds/web.vhd",
                "needs": {
                    "machine": {
                        "name": "web-2",
                        "image": {"name": "Ubuntu", "kind": "Disk", "os": "Linux", "own": false,
                            "locations": ["West US"], "label": "", "family": "", "published": ""},
                        "size": "Large",
                        "account": {"Linux": {"user": "azureuser", "password_over_ssh": false,
                            "key": {"thumbprint": "AB"}}},
                        "endpoints": [{"name": "ssh", "public": 22, "local": 22}],
                        "full_network": true, "subnets": ["front"],
                        "static_address": "10.0.0.4", "public_address": "own",
                        "interfaces": [], "availability_set": "set",
                        "disk": {"PathInAccount": "/vhds/web.vhd"},
                        "docker": {"port": 4243}, "boot_diagnostics": false
                    },
                    "network": "net", "reserved_address": "fixed"
                }},
                "state": {"state": "begun", "operation": "ff"}}
        ],
        "ofAnother": 1
    }"#;

    #[test]
    fn a_file_of_the_first_form_is_understood_and_written_alike() {
        let intent: Intent = serde_json::from_str(FIRST_FORM).unwrap();

        assert_eq!(intent.order.docker, Some(DOCKER_PORT));
        let SiteOrder::Classic(order) = &intent.order.site else {
            panic!("{:?}", intent.order.site);
        };
        assert!(order.connect);
        assert_eq!(order.affinity_group.as_deref(), Some("near"));
        assert_eq!(order.disk.as_deref(), Some("/vhds/web.vhd"));
        assert_eq!(order.network.as_deref(), Some("net"));
        assert_eq!(order.subnets, ["front"]);
        assert_eq!(order.static_address, "10.0.0.4".parse().ok());
        assert_eq!(order.public_address.as_deref(), Some("own"));
        assert_eq!(order.reserved_address.as_deref(), Some("fixed"));
        assert_eq!(order.availability_set.as_deref(), Some("set"));
        assert!(matches!(
            &order.interfaces[..],
            [Interface {
                forwards: Some(true),
                ..
            }]
        ));
        assert_eq!(intent.effects[0].state, State::Done);
        assert_eq!(
            intent.effects[0].effect,
            Effect::Classic(ClassicEffect::Host {
                name: "web".to_owned(),
                place: Place::AffinityGroup("near".to_owned()),
            })
        );
        let Effect::Classic(machine) = &intent.effects[1].effect else {
            panic!("{:?}", intent.effects[1]);
        };
        let needs = machine.machine().unwrap();
        assert_eq!(needs.network.as_deref(), Some("net"));
        assert_eq!(needs.reserved_address.as_deref(), Some("fixed"));
        let (common, parts) = (&needs.machine.common, &needs.machine.parts);
        assert!(
            matches!(&common.account, Account::Linux { user, .. } if user.as_str() == "azureuser")
        );
        assert!(matches!(
            &common.endpoints[..],
            [Endpoint {
                public: Port::SSH,
                ..
            }]
        ));
        assert!(parts.full_network);
        assert_eq!(
            parts.disk,
            DiskPlan::PathInAccount("/vhds/web.vhd".to_owned())
        );
        let before: Value = serde_json::from_str(FIRST_FORM).unwrap();
        assert_eq!(serde_json::to_value(&intent).unwrap(), before);
    }

    #[test]
    fn an_order_that_tells_little_is_one_for_classic_azure() {
        let order: Order = serde_json::from_str(r#"{"host": "web"}"#).unwrap();

        assert_eq!(order, Order::new("web".parse().unwrap()));
    }
}
