//! What networks do, by the sentences that clients see.

mod connecting;
mod creating;
mod joining;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::*;
use crate::files::Tree;
use crate::state::config::Config;
use crate::state::container::{Container, ContainerState, Status};
use crate::state::endpoint::Endpoint;
use crate::state::host_config::HostConfig;
use crate::state::log::Log;
use crate::state::network::request::NetworkRequest;
use crate::state::refusal::RefusalKind;

pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// Identifiers that begin with 1, 2, 3 …, in this order.
pub(crate) fn counter() -> impl FnMut() -> ObjectId {
    let mut last = 0_u32;
    move || {
        last += 1;
        let mut bytes = [0x5a; 32];
        bytes[..4].copy_from_slice(&last.reverse_bits().to_be_bytes());
        ObjectId::new(bytes)
    }
}

/// Networks with their source of identifiers.
struct World {
    networks: Networks,
    ids: Box<dyn FnMut() -> ObjectId>,
}

impl World {
    fn new() -> Self {
        let mut ids: Box<dyn FnMut() -> ObjectId> = Box::new(counter());
        Self {
            networks: Networks::new(NOW, &mut ids),
            ids,
        }
    }

    fn create(&mut self, request: Value) -> Result<ObjectId, NetworkError> {
        let request: NetworkRequest = serde_json::from_value(request).unwrap();
        let made = self.networks.create(request, NOW, &mut self.ids);
        made.map(|network| network.id)
    }

    fn refusal(&mut self, request: Value) -> (RefusalKind, String) {
        let before = serde_json::to_value(&self.networks.space).unwrap();
        let error = self.create(request).unwrap_err();
        let after = serde_json::to_value(&self.networks.space).unwrap();
        assert_eq!(before, after, "a refusal takes no addresses");
        (error.kind(), error.to_string())
    }

    fn document(&self, name: &str) -> Value {
        let network = self.networks.find(name).unwrap();
        serde_json::to_value(network.document(true)).unwrap()
    }

    /// A container that is in the network of its mode when it starts.
    fn container(&mut self, name: &str, mode: &str) -> Container {
        container((self.ids)(), name, mode)
    }

    fn start(&mut self, container: &mut Container) -> Result<Vec<ObjectId>, NetworkError> {
        let joined = self.networks.join(container, &mut self.ids)?;
        container.state.status = Status::Running;
        Ok(joined)
    }

    /// A container that runs.
    fn running(&mut self, name: &str, mode: &str) -> Container {
        let mut container = self.container(name, mode);
        self.start(&mut container).unwrap();
        container
    }

    fn connect(
        &mut self,
        container: &mut Container,
        network: &str,
        endpoint: Value,
    ) -> Result<Option<ObjectId>, NetworkError> {
        let endpoint = serde_json::from_value(endpoint).unwrap();
        self.networks
            .connect(container, network, Some(endpoint), &mut self.ids)
    }
}

/// A container that does not run.
pub(crate) fn container(id: ObjectId, name: &str, mode: &str) -> Container {
    let mut container = Container {
        id,
        name: name.to_owned(),
        created: NOW,
        image: String::new(),
        layer: None,
        host_name: id.short(),
        config: Config::default().into(),
        host: HostConfig::default().into(),
        networks: crate::state::container::Networks::default(),
        mounts: Vec::new(),
        state: ContainerState::default(),
        ports: [].into(),
        files: Tree::new(NOW).shared(),
        log: Arc::new(Mutex::new(Log::new(1 << 20, true))),
    };
    mode.clone_into(&mut container.host.network_mode);
    container
}

#[test]
fn an_engine_is_born_with_three_networks() {
    let world = World::new();
    let names: Vec<_> = world
        .networks
        .list()
        .iter()
        .map(|n| n.name.as_str())
        .collect();
    assert_eq!(names, ["none", "host", "bridge"]);
    let bridge = world.document("bridge");
    assert_eq!(
        bridge["IPAM"],
        json!({
            "Driver": "default", "Options": null,
            "Config": [{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}],
        })
    );
    assert_eq!(bridge["Options"].as_object().unwrap().len(), 6);
    let none = world.document("none");
    assert_eq!(none["Driver"], "null");
    assert_eq!(none["IPAM"]["Config"], Value::Null);
    let keys: Vec<_> = none.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        [
            "Name",
            "Id",
            "Created",
            "Scope",
            "Driver",
            "EnableIPv4",
            "EnableIPv6",
            "IPAM",
            "Internal",
            "Attachable",
            "Ingress",
            "ConfigFrom",
            "ConfigOnly",
            "Containers",
            "Options",
            "Labels",
        ]
    );
}

#[test]
fn a_network_is_found_by_name_identifier_and_prefix() {
    let mut world = World::new();
    let id = world.create(json!({"Name": "net1"})).unwrap();
    let found = |name: &str| world.networks.find(name).map(|network| network.id);
    assert_eq!(found("net1"), Ok(id));
    assert_eq!(found(&id.to_string()), Ok(id));
    assert_eq!(found(&id.to_string()[..12]), Ok(id));
    let error = found("nosuch").unwrap_err();
    assert_eq!(error.to_string(), "network nosuch not found");
    assert_eq!(error.kind(), RefusalKind::NotFound);
    let short = NetworkError::Ambiguous {
        name: "ab".to_owned(),
        matches: 2,
    };
    assert_eq!(
        short.to_string(),
        "network ab is ambiguous (2 matches found based on ID prefix)"
    );
}

#[test]
fn a_removed_network_gives_its_subnet_back() {
    let mut world = World::new();
    world.create(json!({"Name": "a"})).unwrap();
    world.create(json!({"Name": "b"})).unwrap();
    world.networks.remove("a").unwrap();
    world.create(json!({"Name": "c"})).unwrap();
    assert_eq!(
        world.document("c")["IPAM"]["Config"][0]["Subnet"],
        "172.18.0.0/16"
    );
}

#[test]
fn what_is_not_removed_says_why() {
    let mut world = World::new();
    world.create(json!({"Name": "net1"})).unwrap();
    world
        .create(json!({"Name": "conf", "ConfigOnly": true}))
        .unwrap();
    world
        .create(json!({"Name": "user", "ConfigFrom": {"Network": "conf"}}))
        .unwrap();
    let n1 = world.running("n1", "net1");
    let place = n1.networks["net1"].endpoint_id[..12].to_owned();
    for (name, kind, words) in [
        (
            "nosuch",
            RefusalKind::NotFound,
            "network nosuch not found".to_owned(),
        ),
        (
            "bridge",
            RefusalKind::Forbidden,
            "bridge is a pre-defined network and cannot be removed".to_owned(),
        ),
        (
            "net1",
            RefusalKind::Forbidden,
            format!(
                "error while removing network: network net1 has active endpoints (name:\"n1\" id:\"{place}\")"
            ),
        ),
        (
            "conf",
            RefusalKind::Forbidden,
            "error while removing network: configuration network \"conf\" is in use".to_owned(),
        ),
    ] {
        let error = world.networks.remove(name).unwrap_err();
        assert_eq!((error.kind(), error.to_string()), (kind, words));
    }
}

#[test]
fn pruning_takes_what_nobody_uses() {
    let mut world = World::new();
    for name in ["used", "b", "a", "kept"] {
        let labels = if name == "kept" {
            json!({"keep": ""})
        } else {
            json!({})
        };
        world
            .create(json!({"Name": name, "Labels": labels}))
            .unwrap();
    }
    world
        .create(json!({"Name": "conf", "ConfigOnly": true}))
        .unwrap();
    world.running("c1", "used");
    let gone = world
        .networks
        .prune(|network| !network.labels.contains_key("keep"));
    let gone: Vec<_> = gone.into_iter().map(|network| network.name).collect();
    assert_eq!(gone, ["b", "a"]);
    assert_eq!(world.networks.list().len(), 6);
}

#[test]
fn networks_are_a_value() {
    let mut world = World::new();
    world
        .create(json!({"Name": "n", "EnableIPv6": true, "Options": {"a": "b"}}))
        .unwrap();
    world.running("c1", "n");
    let written = serde_json::to_string(&world.networks).unwrap();
    let read: Networks = serde_json::from_str(&written).unwrap();
    assert_eq!(read.list(), world.networks.list());
    assert_eq!(read.space, world.networks.space);
}

#[test]
fn an_event_tells_the_network_and_who_came() {
    let world = World::new();
    let bridge = world.networks.find("bridge").unwrap();
    let event = bridge.event(NOW, "connect", Some(bridge.id));
    assert_eq!(
        serde_json::to_value(&event).unwrap(),
        json!({
            "Type": "network", "Action": "connect",
            "Actor": {
                "ID": bridge.id.to_string(),
                "Attributes": {
                    "container": bridge.id.to_string(), "name": "bridge", "type": "bridge",
                },
            },
            "scope": "local", "time": 0, "timeNano": 0,
        })
    );
}
