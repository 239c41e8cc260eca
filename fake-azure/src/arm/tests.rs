//! Resource Manager as its clients know it, one world at a time.

mod clients;
mod export;
mod ledger;
mod life;
mod model;
mod network;
mod questions;
mod rules;
mod spoiled;
mod tags;
mod templates;
mod told;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulation::log::Durability;

use super::Content;
use super::door::{Asked, carry_out};
use crate::Pace;
use crate::cloud::Hand;
use crate::state::{SavedState, SharedFile, StateFile};
use crate::world::catalogue::Catalogue;
use crate::world::directory::Directory;
use crate::world::gallery::Gallery;
use crate::world::holdings::Holdings;
use crate::world::resource_manager;
use crate::world::{OperationId, Owner, Presence, SubscriptionId, World};

/// A world with one subscription, and its time.
#[derive(Clone)]
pub(super) struct Azure {
    pub(super) world: World,
    pub(super) now: Timestamp,
    pub(super) pace: Pace,
    /// Where it is written down, where it is.
    kept: Option<(PathBuf, SharedFile)>,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) skipped: Vec<String>,
    pub(super) notes: Vec<&'static str>,
}

const SUBSCRIPTION: &str = "4fdc5ad5-8e0e-4ac1-b3c7-1ad2d4f0a1b2";

/// How often the worlds were asked.
static ASKED: AtomicU64 = AtomicU64::new(0);

impl Azure {
    pub(super) fn new(pace: Pace) -> Self {
        let block = "127.9.0.0/16".parse().unwrap();
        let mut world = World::new(
            pace,
            7,
            block,
            Catalogue::default(),
            Gallery::default(),
            Directory::default(),
        );
        let id = SubscriptionId::new(SUBSCRIPTION);
        world.add_subscription(id, "Tests", Holdings::default());
        Self {
            world,
            now: Timestamp::from_second(1_700_000_000).unwrap(),
            pace,
            kept: None,
        }
    }

    /// One that is written down.
    fn kept_in(path: &Path, pace: Pace) -> Self {
        let mut azure = Self::new(pace);
        let (mut file, _) = StateFile::open(path, Durability::Process).unwrap();
        let time = (azure.now, SignedDuration::ZERO);
        file.save(&SavedState::new(7, 0, time, &azure.world))
            .unwrap();
        azure.kept = Some((path.to_owned(), SharedFile::new(file)));
        azure
    }

    /// It is killed, and another goes on with what was written down: with the same world.
    fn begin_anew(&mut self) {
        let Some((path, file)) = &self.kept else {
            return;
        };
        file.close();
        let (mut file, saved) = StateFile::open(path, Durability::Process).unwrap();
        file.go_on(self.now).unwrap();
        let mut world = saved.unwrap().world;
        world.settle(self.now);
        let written = |world: &World| serde_json::to_string(world).unwrap();
        assert_eq!(written(&world), written(&self.world));
        self.world = world;
        self.kept = Some((path.clone(), SharedFile::new(file)));
    }

    fn hand(&mut self) -> Hand<'_> {
        match &self.kept {
            None => Hand::unwritten(&mut self.world, self.now),
            Some((_, file)) => Hand::written(&mut self.world, file, self.now),
        }
    }

    /// How many cores machines may have.
    fn limit_cores(&mut self, cores: u32) {
        let request = resource_manager::Request {
            subscription: SubscriptionId::new(SUBSCRIPTION),
            id: OperationId::new(&"f".repeat(32)),
            object: String::new(),
            fault: None,
            command: resource_manager::Command::Quota {
                location: "westus".to_owned(),
                family: None,
                cores,
            },
        };
        self.hand().perform_managed(request).unwrap();
    }

    /// One that has the group `g` in West US.
    pub(super) fn with_group(pace: Pace) -> Self {
        let mut azure = Self::new(pace);
        let made = azure.ask("PUT /resourcegroups/g", &json!({"location": "West US"}));
        assert_eq!(made.status, 201, "{made:?}");
        azure
    }

    /// Asks below the subscription; `null` is no body.
    pub(super) fn ask(&mut self, line: &str, body: &Value) -> Told {
        let (method, path) = line.split_once(' ').unwrap();
        let is_whole = path.to_ascii_lowercase().starts_with("/subscriptions");
        let path = if is_whole {
            path.to_owned()
        } else {
            format!("/subscriptions/{SUBSCRIPTION}{path}")
        };
        let mark = if path.contains('?') { '&' } else { '?' };
        let path = if path.contains("api-version=") {
            path
        } else {
            format!("{path}{mark}api-version=2024-07-01")
        };
        let request = Request::builder().method(method).uri(&path);
        let (head, ()) = request.body(()).unwrap().into_parts();
        let text = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let number = ASKED.fetch_add(1, Ordering::Relaxed);
        let asked = Asked {
            head: &head,
            body: text.as_bytes(),
            base: "https://management.azure.com".to_owned(),
            id: OperationId::new(&format!("{number:032x}")),
            fault: None,
            tenant: "t".to_owned(),
        };
        self.world.settle(self.now);
        let now = self.now;
        match carry_out(&mut self.hand(), now, &asked) {
            Ok(answer) => Told {
                status: answer.status,
                body: match answer.body {
                    Some(Content::Document(body)) => body,
                    Some(Content::Written(json)) => serde_json::from_str(&json).unwrap(),
                    None => Value::Null,
                },
                headers: answer.headers,
                skipped: answer.skipped,
                notes: answer.notes,
            },
            Err(refused) => Told {
                status: refused.status,
                body: refused.document(),
                headers: Vec::new(),
                skipped: Vec::new(),
                notes: Vec::new(),
            },
        }
    }

    pub(super) fn get(&mut self, path: &str) -> Told {
        self.ask(&format!("GET {path}"), &Value::Null)
    }

    /// Lets so many seconds pass.
    pub(super) fn pass(&mut self, seconds: i64) {
        let time = jiff::SignedDuration::from_secs(seconds);
        self.now = self.now.checked_add(time).unwrap();
        self.world.settle(self.now);
    }

    /// What is seen from outside of all that is there.
    pub(super) fn seen(&self) -> Vec<(Owner, Presence)> {
        let owners: Vec<Owner> = self.world.owners().collect();
        owners
            .into_iter()
            .map(|owner| {
                let presence = self.world.presence(&owner, self.now);
                (owner, presence)
            })
            .collect()
    }
}

impl Told {
    /// The code of an error.
    pub(super) fn code(&self) -> &str {
        self.body["error"]["code"].as_str().unwrap_or_default()
    }

    pub(super) fn state(&self) -> &str {
        self.body["properties"]["provisioningState"]
            .as_str()
            .unwrap_or_default()
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The path of a resource of Compute or Network in the group `g`.
pub(super) fn compute(rest: &str) -> String {
    format!("/resourceGroups/g/providers/Microsoft.Compute/{rest}")
}

pub(super) fn network(rest: &str) -> String {
    format!("/resourceGroups/g/providers/Microsoft.Network/{rest}")
}

pub(super) fn id(path: &str) -> String {
    format!("/subscriptions/{SUBSCRIPTION}{path}")
}

/// A key as ssh-keygen writes it.
pub(super) const KEY: &str = "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQC7 me@here";

/// The body of a machine on an interface.
pub(super) fn machine(interface: &str) -> Value {
    json!({
        "location": "westus",
        "properties": {
            "hardwareProfile": {"vmSize": "Standard_B2s"},
            "storageProfile": {
                "imageReference": {"publisher": "Canonical", "offer": "ubuntu-24_04-lts",
                    "sku": "server", "version": "latest"},
                "osDisk": {"createOption": "fromImage", "deleteOption": "Delete"},
            },
            "osProfile": {
                "computerName": "v", "adminUsername": "me",
                "customData": "I2Nsb3VkLWNvbmZpZwo=",
                "linuxConfiguration": {
                    "disablePasswordAuthentication": true,
                    "ssh": {"publicKeys": [{"path": "/home/me/.ssh/authorized_keys", "keyData": KEY}]},
                },
            },
            "networkProfile": {"networkInterfaces": [
                {"id": id(&network(&format!("networkInterfaces/{interface}"))),
                    "properties": {"deleteOption": "Delete"}},
            ]},
        },
    })
}

/// The body of a machine on an interface whose engine listens on 2375 for everybody.
pub(super) fn docker_machine(interface: &str) -> Value {
    let data = "#cloud-config\npackages: [docker.io]\nwrite_files:\n- path: /etc/systemd/system/docker.service.d/a.conf\n  content: |\n    [Service]\n    ExecStart=\n    ExecStart=dockerd -H tcp://0.0.0.0:2375\nruncmd:\n- [systemctl, daemon-reload]\n- [systemctl, restart, docker]\n";
    let mut body = machine(interface);
    body["properties"]["osProfile"]["customData"] = json!(STANDARD.encode(data));
    body
}

impl Azure {
    /// Makes a network, a group with the docker port open, an address and an interface.
    pub(super) fn make_network(&mut self, sku: &str) {
        let group = network("networkSecurityGroups/n");
        let rule = json!({"name": "docker", "properties": {"protocol": "Tcp",
            "sourcePortRange": "*", "destinationPortRange": "2376", "sourceAddressPrefix": "*",
            "destinationAddressPrefix": "*", "access": "allow", "priority": 900,
            "direction": "inbound"}});
        for (path, body) in [
            (
                network("virtualNetworks/net"),
                json!({"location": "westus", "properties": {
                    "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
                    "subnets": [{"name": "s", "properties": {"addressPrefix": "10.0.0.0/24"}}]}}),
            ),
            (
                group.clone(),
                json!({"location": "westus", "properties": {"securityRules": [rule]}}),
            ),
            (
                network("publicIPAddresses/p"),
                json!({"location": "westus", "sku": {"name": sku}, "properties": {
                    "dnsSettings": {"domainNameLabel": "web1"}}}),
            ),
            (
                network("networkInterfaces/i"),
                json!({"location": "westus", "properties": {
                    "networkSecurityGroup": {"id": id(&group)},
                    "ipConfigurations": [{"name": "ip", "properties": {
                        "subnet": {"id": id(&network("virtualNetworks/net/subnets/s"))},
                        "publicIPAddress": {"id": id(&network("publicIPAddresses/p"))}}}]}}),
            ),
        ] {
            let made = self.ask(&format!("PUT {path}"), &body);
            assert_eq!(made.status, 201, "{path}: {made:?}");
        }
    }
}
