//! New networks.

use super::*;
use RefusalKind::{Conflict, Forbidden, Internal, Invalid, NotFound};

#[test]
fn what_was_asked_for_is_shown() {
    let mut world = World::new();
    world
        .create(json!({
            "Driver": "bridge", "Scope": "",
            "IPAM": {"Driver": "default", "Options": {}, "Config": [{"Subnet": "10.77.0.0/24"}]},
            "Internal": false, "Attachable": false, "Ingress": false, "ConfigOnly": false,
            "ConfigFrom": null, "Options": {}, "Labels": {"l": "1"}, "Name": "net1",
        }))
        .unwrap();
    let document = world.document("net1");
    assert_eq!(
        document["IPAM"],
        json!({"Driver": "default", "Options": {}, "Config": [{"Subnet": "10.77.0.0/24"}]})
    );
    assert_eq!(document["Labels"], json!({"l": "1"}));
    assert_eq!(document["Options"], json!({}));
    assert_eq!(document["ConfigFrom"], json!({"Network": ""}));
    assert_eq!(document["EnableIPv4"], true);
    assert_eq!(document["EnableIPv6"], false);
}

#[test]
fn who_asks_for_no_subnet_gets_the_next() {
    let mut world = World::new();
    let compose = json!({
        "Driver": "", "Scope": "", "IPAM": null, "Internal": false, "Attachable": false,
        "Ingress": false, "ConfigOnly": false, "ConfigFrom": null, "Options": null,
        "Labels": null, "Name": "compose_default",
    });
    world.create(compose).unwrap();
    let document = world.document("compose_default");
    assert_eq!(
        document["IPAM"],
        json!({
            "Driver": "default", "Options": null,
            "Config": [{"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.1"}],
        })
    );
    assert_eq!(document["Driver"], "bridge");
    assert_eq!(document["Labels"], json!({}));
    world
        .create(json!({"Name": "n2", "IPAM": {"Config": []}}))
        .unwrap();
    assert_eq!(
        world.document("n2")["IPAM"]["Config"][0]["Gateway"],
        "172.19.0.1"
    );
}

#[test]
fn a_network_may_have_addresses_of_ipv6() {
    let mut world = World::new();
    world
        .create(json!({
            "Name": "six", "EnableIPv6": true,
            "IPAM": {"Config": [{"Subnet": "fd00:1::/64", "Gateway": "fd00:1::9"}]},
        }))
        .unwrap();
    assert_eq!(
        world.document("six")["IPAM"]["Config"],
        json!([
            {"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.1"},
            {"Subnet": "fd00:1::/64", "Gateway": "fd00:1::9"},
        ])
    );
    world
        .create(json!({"Name": "only", "EnableIPv4": false, "EnableIPv6": true}))
        .unwrap();
    let config = &world.document("only")["IPAM"]["Config"];
    assert_eq!(config.as_array().unwrap().len(), 1);
    assert!(config[0]["Subnet"].as_str().unwrap().starts_with("fd"));
}

#[test]
fn each_refusal_has_its_sentence() {
    let mut world = World::new();
    world.create(json!({"Name": "net1"})).unwrap();
    let swarm = "This node is not a swarm manager. Use \"docker swarm init\" or \"docker swarm join\" to connect this node to swarm and try again.";
    let config_fields = "configuration network can only contain network specific fields. Network operator fields like [ ingress | internal | attachable | scope ] are not supported.";
    for (request, kind, words) in [
        (json!({}), Invalid, "invalid name: name is empty"),
        (json!({"Name": " "}), Invalid, "invalid name: name is empty"),
        (
            json!({"Name": "bridge"}),
            Forbidden,
            "operation is not permitted on predefined bridge network ",
        ),
        (
            json!({"Name": "default"}),
            Forbidden,
            "operation is not permitted on predefined default network ",
        ),
        (
            json!({"Name": "net1"}),
            Conflict,
            "network with name net1 already exists",
        ),
        (
            json!({"Name": "n", "Driver": "nope"}),
            NotFound,
            "plugin \"nope\" not found",
        ),
        (json!({"Name": "n", "Driver": "overlay"}), Forbidden, swarm),
        (
            json!({"Name": "n", "Driver": "host"}),
            Forbidden,
            "only one instance of \"host\" network is allowed",
        ),
        (
            json!({"Name": "n", "Driver": "null"}),
            Forbidden,
            "only one instance of \"null\" network is allowed",
        ),
        (
            json!({"Name": "n", "IPAM": {"Driver": "nope"}}),
            NotFound,
            "plugin \"nope\" not found",
        ),
        (
            json!({"Name": "n", "IPAM": {"Config": [{"Subnet": "172.17.0.0/16"}]}}),
            Forbidden,
            "invalid pool request: Pool overlaps with other one on this address space",
        ),
        (
            json!({"Name": "n", "IPAM": {"Config": [{"Subnet": "x"}]}}),
            Invalid,
            "invalid network config:\ninvalid subnet x: invalid CIDR block notation",
        ),
        (
            json!({"Name": "n", "Scope": "swarm"}),
            Forbidden,
            "cannot create a swarm scoped network when swarm is not active",
        ),
        (
            json!({"Name": "n", "Ingress": true}),
            Forbidden,
            "Ingress network can only be global scope network",
        ),
        (
            json!({"Name": "n", "ConfigOnly": true, "Internal": true}),
            Forbidden,
            config_fields,
        ),
    ] {
        assert_eq!(world.refusal(request), (kind, words.to_owned()));
    }
}

#[test]
fn settings_of_another_network_exclude_own_ones() {
    let mut world = World::new();
    world.create(json!({"Name": "net1"})).unwrap();
    for (request, kind, words) in [
        (
            json!({"Name": "n", "ConfigFrom": {"Network": "net1"}}),
            NotFound,
            "configuration network \"net1\" does not exist",
        ),
        (
            json!({"Name": "n", "ConfigOnly": true, "ConfigFrom": {"Network": "net1"}}),
            Forbidden,
            "a configuration network cannot depend on another configuration network",
        ),
        (
            json!({"Name": "n", "Labels": {"a": ""}, "ConfigFrom": {"Network": "c"}}),
            Forbidden,
            "user-specified configurations are not supported if the network depends on a configuration network",
        ),
        (
            json!({"Name": "n", "Options": {"a": ""}, "ConfigFrom": {"Network": "c"}}),
            Forbidden,
            "network driver options are not supported if the network depends on a configuration network",
        ),
    ] {
        assert_eq!(world.refusal(request), (kind, words.to_owned()));
    }
}

#[test]
fn options_that_a_driver_cannot_follow_are_refused() {
    let mut world = World::new();
    for (request, kind, words) in [
        (
            json!({"Name": "n", "Options": {"com.docker.network.enable_ipv6": "maybe"}}),
            Invalid,
            "driver-opt \"com.docker.network.enable_ipv6\" is not a valid bool",
        ),
        (
            json!({"Name": "n", "Options": {"com.docker.network.bridge.enable_icc": "maybe"}}),
            Invalid,
            "failed to parse com.docker.network.bridge.enable_icc value: maybe (strconv.ParseBool: parsing \"maybe\": invalid syntax)",
        ),
        (
            json!({"Name": "n", "Options": {"com.docker.network.driver.mtu": "x"}}),
            Invalid,
            "failed to parse com.docker.network.driver.mtu value: x (strconv.Atoi: parsing \"x\": invalid syntax)",
        ),
        (
            json!({"Name": "n", "Driver": "macvlan", "Options": {"macvlan_mode": "x"}}),
            Internal,
            "requested macvlan mode 'x' is not valid, 'bridge' mode is the macvlan driver default",
        ),
        (
            json!({"Name": "n", "IPAM": {"Config": [{"Subnet": "10.1.0.0/24"}, {"Subnet": "10.2.0.0/24"}]}}),
            Forbidden,
            "bridge driver doesn't support multiple subnets",
        ),
        (
            json!({"Name": "n", "IPAM": {"Config": [{
                "Subnet": "10.1.0.0/24", "Gateway": "10.1.0.5",
                "AuxiliaryAddresses": {"printer": "10.1.0.5"},
            }]}}),
            Internal,
            "failed to allocate secondary ip address (printer:10.1.0.5): Address already in use",
        ),
        (
            json!({"Name": "n", "IPAM": {"Config": [{"Subnet": "10.1.0.0/24", "Gateway": "10.1.0.0"}]}}),
            Internal,
            "failed to allocate gateway (10.1.0.0): Address already in use",
        ),
    ] {
        assert_eq!(world.refusal(request), (kind, words.to_owned()));
    }
}

#[test]
fn a_name_may_have_blanks() {
    assert!(World::new().create(json!({"Name": "n 6"})).is_ok());
}

#[test]
fn two_bridges_have_two_names() {
    let mut world = World::new();
    let options = json!({"com.docker.network.bridge.name": "docker0"});
    let (kind, words) = world.refusal(json!({"Name": "n", "Options": options}));
    assert_eq!(kind, Forbidden);
    assert!(words.ends_with("networks have same bridge name"), "{words}");
}

#[test]
fn a_parent_interface_is_given_once() {
    let mut world = World::new();
    let request = |name: &str, parent: &str| json!({"Name": name, "Driver": "ipvlan", "Options": {"parent": parent}});
    let id = world.create(request("a", "eth0.10")).unwrap();
    assert_eq!(
        world.refusal(request("b", "eth0.10")).1,
        format!(
            "network dm-{} is already using parent interface eth0.10",
            id.short()
        )
    );
    world.create(request("b", "eth0.11")).unwrap();
    world.create(request("c", "")).unwrap();
    world.create(request("d", "")).unwrap();
    assert_eq!(
        world.refusal(request("e", "wlan7")).1,
        "invalid subinterface vlan name wlan7, example formatting is eth0.10"
    );
}

#[test]
fn a_network_may_have_the_settings_of_another() {
    let mut world = World::new();
    world
        .create(json!({
            "Name": "conf", "ConfigOnly": true, "Options": {"a": "b"},
            "IPAM": {"Config": [{"Subnet": "10.5.0.0/24"}]},
        }))
        .unwrap();
    world
        .create(json!({"Name": "user", "ConfigFrom": {"Network": "conf"}}))
        .unwrap();
    let document = world.document("user");
    assert_eq!(
        document["IPAM"]["Config"],
        json!([{"Subnet": "10.5.0.0/24"}])
    );
    assert_eq!(document["ConfigFrom"], json!({"Network": "conf"}));
    assert_eq!(document["Options"], json!({"a": "b"}));
    let conf = world.document("conf");
    assert_eq!(conf["ConfigOnly"], true);
    assert_eq!(conf["Driver"], "null");
}

#[test]
fn after_31_networks_there_are_no_subnets_left() {
    let mut world = World::new();
    for number in 0..30 {
        world.create(json!({"Name": format!("n{number}")})).unwrap();
    }
    assert_eq!(
        world.refusal(json!({"Name": "n"})),
        (
            Invalid,
            "all predefined address pools have been fully subnetted".to_owned()
        )
    );
}
