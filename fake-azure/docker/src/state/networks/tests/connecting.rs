//! Containers that are connected and disconnected.

use super::*;
use RefusalKind::{Forbidden, Internal, Invalid, NotFound};

fn told<T: std::fmt::Debug>(outcome: Result<T, NetworkError>) -> (RefusalKind, String) {
    let error = outcome.unwrap_err();
    (error.kind(), error.to_string())
}

#[test]
fn a_running_container_joins_at_once() {
    let mut world = World::new();
    let id = world.create(json!({"Name": "n"})).unwrap();
    let mut hr = world.running("hr", "bridge");
    let joined = world.connect(&mut hr, "n", json!({"IPAMConfig": {}, "Aliases": ["x"]}));
    assert_eq!(joined, Ok(Some(id)));
    let place = &hr.networks["n"];
    assert_eq!(place.ip_address, "172.18.0.2");
    assert_eq!(place.dns_names.as_ref().unwrap()[..2], ["hr", "x"]);
    assert_eq!(
        told(world.connect(&mut hr, "n", json!({}))),
        (
            Forbidden,
            "endpoint with name hr already exists in network n".to_owned()
        )
    );
    assert_eq!(world.networks.disconnect(&mut hr, "n", false), Ok(Some(id)));
    assert!(!hr.networks.contains_key("n"));
    assert_eq!(
        told(world.networks.disconnect(&mut hr, "n", false)),
        (
            Internal,
            format!("container {} is not connected to network n", hr.id)
        )
    );
}

#[test]
fn a_container_that_does_not_run_joins_when_it_starts() {
    let mut world = World::new();
    world.create(json!({"Name": "n"})).unwrap();
    let mut ar = world.container("ar", "bridge");
    world.networks.settle(&mut ar);
    assert_eq!(world.connect(&mut ar, "n", json!({})), Ok(None));
    assert_eq!(
        world.connect(&mut ar, "n", json!({"Aliases": ["late"]})),
        Ok(None)
    );
    assert_eq!(ar.networks["n"].aliases, None, "the first wish counts");
    assert_eq!(world.connect(&mut ar, "later", json!({})), Ok(None));
    assert_eq!(
        told(world.start(&mut ar)),
        (NotFound, "network later not found".to_owned())
    );
    assert_eq!(world.networks.disconnect(&mut ar, "later", false), Ok(None));
    assert_eq!(world.start(&mut ar).unwrap().len(), 2);
    world.networks.leave(&mut ar);
    ar.state.status = Status::Exited;
    assert_eq!(world.networks.disconnect(&mut ar, "n", true), Ok(None));
    assert_eq!(
        told(world.networks.disconnect(&mut ar, "n", false)),
        (
            Internal,
            format!("container {} is not connected to the network n", ar.id)
        )
    );
}

#[test]
fn what_cannot_be_in_a_network_is_refused() {
    let mut world = World::new();
    world.create(json!({"Name": "n"})).unwrap();
    world
        .create(json!({"Name": "static", "IPAM": {"Config": [{"Subnet": "10.77.0.0/24"}]}}))
        .unwrap();
    let mut hr = world.running("hr", "bridge");
    let settings = "invalid endpoint settings:\n";
    for (network, endpoint, words) in [
        (
            "host",
            json!({}),
            "cannot connect container to host network - container must be created in host network mode".to_owned(),
        ),
        (
            "n",
            json!({"IPAMConfig": {"IPv4Address": "1.2.3.4"}}),
            format!("{settings}user specified IP address is supported only when connecting to networks with user configured subnets"),
        ),
        (
            "static",
            json!({"IPAMConfig": {"IPv4Address": "10.78.0.4"}}),
            format!("{settings}no configured subnet or ip-range contain the IP address 10.78.0.4"),
        ),
        (
            "static",
            json!({"IPAMConfig": {"IPv4Address": "fd00::1"}}),
            format!("{settings}* invalid IPv4 address: fd00::1\n* no configured subnet or ip-range contain the IP address fd00::1"),
        ),
        (
            "n",
            json!({"MacAddress": "xyz"}),
            "invalid MAC address xyz".to_owned(),
        ),
        (
            "n",
            json!({"DriverOpts": {"com.docker.network.endpoint.sysctls": "net.ipv4.conf.eth0.x=1"}}),
            format!("{settings}unrecognised network interface sysctl 'net.ipv4.conf.eth0.x=1'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'"),
        ),
        (
            "none",
            json!({}),
            "container cannot be connected to multiple networks with one of the networks in private (none) mode".to_owned(),
        ),
    ] {
        let outcome = world.connect(&mut hr, network, endpoint);
        assert_eq!(told(outcome), (Invalid, words));
    }
    world.networks.disconnect(&mut hr, "bridge", false).unwrap();
    for (endpoint, words) in [
        (
            json!({"IPAMConfig": {"IPv4Address": "172.17.0.9"}}),
            "user specified IP address is supported on user defined networks only",
        ),
        (
            json!({"Aliases": ["x"]}),
            "network-scoped alias is supported only for containers in user defined networks",
        ),
    ] {
        let outcome = world.connect(&mut hr, "bridge", endpoint);
        assert_eq!(told(outcome), (Invalid, format!("{settings}{words}")));
    }
    assert_eq!(
        told(world.connect(&mut hr, "nosuch", json!({}))),
        (NotFound, "network nosuch not found".to_owned())
    );
}

#[test]
fn who_shares_a_network_joins_no_other() {
    let mut world = World::new();
    world.create(json!({"Name": "n"})).unwrap();
    let words = "container sharing network namespace with another container or host cannot be connected to any other network";
    for mode in ["container:x", "host"] {
        let mut container = world.running("c", mode);
        let outcome = world.connect(&mut container, "n", json!({}));
        assert_eq!(told(outcome), (Invalid, words.to_owned()), "{mode}");
        if mode == "host" {
            let outcome = world.networks.disconnect(&mut container, "host", true);
            assert_eq!(
                told(outcome).1,
                "cannot disconnect container from host network - container was created in host network mode"
            );
        }
    }
}

#[test]
fn a_container_that_goes_away_is_let_alone() {
    let mut world = World::new();
    world.create(json!({"Name": "n"})).unwrap();
    let mut container = world.container("c", "bridge");
    container.state.status = Status::Removing;
    let words = format!(
        "Container {} is marked for removal and cannot be connected or disconnected to the network",
        container.id
    );
    let outcome = world.connect(&mut container, "n", json!({}));
    assert_eq!(told(outcome), (Internal, words.clone()));
    let outcome = world.networks.disconnect(&mut container, "n", false);
    assert_eq!(told(outcome), (Internal, words));
}

#[test]
fn a_place_without_a_container_is_forgotten() {
    let mut world = World::new();
    let id = world.create(json!({"Name": "n"})).unwrap();
    drop(world.running("gone", "n"));
    assert_eq!(
        told(world.networks.forget("other", "n")),
        (NotFound, "endpoint other not found".to_owned())
    );
    assert_eq!(world.networks.forget("gone", "n"), Ok(id));
    assert!(world.networks.remove("n").is_ok());
}

#[test]
fn mistakes_at_a_creation_name_the_network() {
    let mut world = World::new();
    world.create(json!({"Name": "n"})).unwrap();
    let check = |endpoints: Value| {
        let endpoints: std::collections::BTreeMap<String, Option<Endpoint>> =
            serde_json::from_value(endpoints).unwrap();
        let endpoints = endpoints.iter().map(|(name, place)| (name, place.as_ref()));
        world.networks.check_endpoints(endpoints)
    };
    assert_eq!(check(json!({"n": {}, "nosuch": {}})), Ok(()));
    assert_eq!(
        told(check(json!({"n": {"IPAMConfig": {"IPv4Address": "1.2.3.4"}}}))),
        (
            Invalid,
            "invalid config for network n: invalid endpoint settings:\nuser specified IP address is supported only when connecting to networks with user configured subnets".to_owned()
        )
    );
    assert_eq!(
        told(check(json!({"n": null}))).1,
        "invalid config for network n: EndpointsConfig is nil"
    );
}
