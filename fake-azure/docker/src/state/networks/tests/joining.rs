//! Containers that start and end.

use super::*;

fn address(container: &Container, network: &str) -> String {
    container.networks[network].ip_address.clone()
}

#[test]
fn a_container_that_starts_gets_the_lowest_free_address() {
    let mut world = World::new();
    let c1 = world.running("c1", "bridge");
    let mut c2 = world.running("c2", "default");
    let c3 = world.running("c3", "");
    assert_eq!(address(&c1, "bridge"), "172.17.0.2");
    assert_eq!(address(&c2, "bridge"), "172.17.0.3");
    assert_eq!(address(&c3, "bridge"), "172.17.0.4");
    let left = world.networks.leave(&mut c2);
    assert_eq!(left.len(), 1);
    assert_eq!(
        address(&world.running("c4", "bridge"), "bridge"),
        "172.17.0.3"
    );
}

#[test]
fn a_place_tells_all_that_a_running_container_has() {
    let mut world = World::new();
    let c1 = world.running("c1", "bridge");
    let bridge = world.networks.find("bridge").unwrap();
    let member = &bridge.members[&c1.id];
    let place = &c1.networks["bridge"];
    assert_eq!(
        serde_json::to_value(place.shown()).unwrap(),
        json!({
            "IPAMConfig": null, "Links": null, "Aliases": null, "MacAddress": member.mac,
            "DriverOpts": null, "GwPriority": 0, "NetworkID": bridge.id.to_string(),
            "EndpointID": member.endpoint.to_string(), "Gateway": "172.17.0.1",
            "IPAddress": "172.17.0.2", "IPPrefixLen": 16, "IPv6Gateway": "",
            "GlobalIPv6Address": "", "GlobalIPv6PrefixLen": 0, "DNSNames": null,
        })
    );
    assert_eq!(
        world.document("bridge")["Containers"],
        json!({c1.id.to_string(): {
            "Name": "c1", "EndpointID": member.endpoint.to_string(), "MacAddress": member.mac,
            "IPv4Address": "172.17.0.2/16", "IPv6Address": "",
        }})
    );
    let first = u8::from_str_radix(&member.mac[..2], 16).unwrap();
    assert_eq!(
        first & 3,
        2,
        "given by nobody, for one machine: {}",
        member.mac
    );
}

#[test]
fn a_container_that_ended_keeps_what_it_asked_for() {
    let mut world = World::new();
    world
        .create(json!({"Name": "net1", "IPAM": {"Config": [{"Subnet": "10.77.0.0/24"}]}}))
        .unwrap();
    let mut n1 = world.container("n1", "net1");
    n1.networks.insert(
        "net1".to_owned(),
        serde_json::from_value(json!({
            "IPAMConfig": {"IPv4Address": "10.77.0.9"}, "Aliases": ["ali", "n1"],
            "MacAddress": "02-42-AC-11-00-09",
        }))
        .unwrap(),
    );
    n1.networks.get_mut("net1").unwrap().begin();
    n1.host_name = "host1".to_owned();
    for _ in 0..2 {
        world.start(&mut n1).unwrap();
        let place = &n1.networks["net1"];
        assert_eq!(place.ip_address, "10.77.0.9");
        assert_eq!(place.ip_prefix_len, 24);
        assert_eq!(place.mac_address, "02:42:ac:11:00:09");
        let names = place.dns_names.as_ref().unwrap();
        assert_eq!(names, &["n1", "ali", n1.id.short().as_str(), "host1"]);
        world.networks.leave(&mut n1);
        let place = &n1.networks["net1"];
        assert_eq!(
            (place.ip_address.as_str(), place.mac_address.as_str()),
            ("", "")
        );
        assert!(!place.network_id.is_empty());
        assert!(place.dns_names.is_some());
        assert_eq!(world.document("net1")["Containers"], json!({}));
    }
}

#[test]
fn a_static_address_is_given_once() {
    let mut world = World::new();
    world
        .create(json!({"Name": "net1", "IPAM": {"Config": [{"Subnet": "10.77.0.0/24"}]}}))
        .unwrap();
    let wish = || serde_json::from_value(json!({"IPAMConfig": {"IPv4Address": "10.77.0.2"}}));
    let mut a = world.container("a", "net1");
    a.networks
        .insert("net1".to_owned(), Box::new(wish().unwrap()));
    world.start(&mut a).unwrap();
    let b = world.running("b", "net1");
    assert_eq!(address(&b, "net1"), "10.77.0.3");
    let mut c = world.container("c", "net1");
    c.networks
        .insert("net1".to_owned(), Box::new(wish().unwrap()));
    let error = world.start(&mut c).unwrap_err();
    assert_eq!(error.to_string(), "Address already in use");
    assert_eq!(error.kind(), RefusalKind::Forbidden);
}

#[test]
fn a_network_that_is_not_there_is_told_at_the_start() {
    let mut world = World::new();
    let mut container = world.container("hc", "nonet");
    for name in ["bridge", "nonet"] {
        container.networks.insert(name.to_owned(), Box::default());
    }
    container.host.network_mode = "bridge".to_owned();
    let error = world.start(&mut container).unwrap_err();
    assert_eq!(
        format!("{SETUP_FAILED}: {error}"),
        "failed to set up container networking: network nonet not found"
    );
    assert_eq!(error.kind(), RefusalKind::NotFound);
    assert_eq!(world.document("bridge")["Containers"], json!({}));
}

#[test]
fn a_full_network_takes_nobody() {
    let mut world = World::new();
    let id = world
        .create(json!({"Name": "tiny", "IPAM": {"Config": [{"Subnet": "10.77.0.0/30"}]}}))
        .unwrap();
    world.running("a", "tiny");
    let mut b = world.container("b", "tiny");
    let error = world.start(&mut b).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("no available IPv4 addresses on this network's address pools: tiny ({id})")
    );
    assert_eq!(error.kind(), RefusalKind::Internal);
}

#[test]
fn the_networks_of_the_host_and_of_nobody_give_no_addresses() {
    let mut world = World::new();
    for mode in ["host", "none"] {
        let container = world.running(mode, mode);
        let place = &container.networks[mode];
        assert_eq!(place.ip_address, "");
        assert_eq!(place.mac_address, "");
        assert!(!place.endpoint_id.is_empty());
    }
}

#[test]
fn who_shares_anothers_network_has_none() {
    let mut world = World::new();
    let mut container = world.container("c", "container:other");
    assert_eq!(world.start(&mut container).unwrap(), []);
    assert!(container.networks.is_empty());
}

#[test]
fn a_network_named_by_identifier_is_kept_by_name() {
    let mut world = World::new();
    let id = world.create(json!({"Name": "net1"})).unwrap();
    let mut container = world.container("c", &id.to_string());
    world.networks.settle(&mut container);
    assert!(container.networks.contains_key("net1"));
    let mut container = world.container("d", &id.short());
    world.start(&mut container).unwrap();
    assert_eq!(container.networks.keys().collect::<Vec<_>>(), ["net1"]);
}

#[test]
fn several_networks_are_joined_that_of_the_mode_first() {
    let mut world = World::new();
    let a = world.create(json!({"Name": "a"})).unwrap();
    let z = world
        .create(json!({"Name": "z", "Internal": true}))
        .unwrap();
    let mut container = world.container("c", "z");
    for name in ["a", "z"] {
        container.networks.insert(name.to_owned(), Box::default());
    }
    assert_eq!(world.start(&mut container).unwrap(), [z, a]);
    assert_eq!(container.networks["a"].gateway, "172.18.0.1");
    assert_eq!(container.networks["z"].gateway, "", "nothing leads out");
    let of_container = world.networks.list();
    let of_container: Vec<_> = of_container
        .into_iter()
        .filter(|network| network.members.contains_key(&container.id))
        .collect();
    assert_eq!(of_container.len(), 2);
    assert_eq!(world.networks.leave(&mut container), [z, a]);
}

#[test]
fn a_renamed_container_is_found_by_its_new_name() {
    let mut world = World::new();
    world.create(json!({"Name": "net1"})).unwrap();
    let mut container = world.running("old", "net1");
    container.name = "new".to_owned();
    world.networks.rename(&mut container);
    let names = container.networks["net1"].dns_names.clone().unwrap();
    assert_eq!(names, ["new", &container.id.short()]);
    let members = &world.networks.find("net1").unwrap().members;
    assert_eq!(members[&container.id].name, "new");
}

#[test]
fn members_of_a_network_with_ipv6_have_two_addresses() {
    let mut world = World::new();
    world
        .create(json!({
            "Name": "six", "EnableIPv6": true,
            "IPAM": {"Config": [{"Subnet": "fd00:1::/64"}]},
        }))
        .unwrap();
    let container = world.running("c", "six");
    let place = &container.networks["six"];
    assert_eq!(place.ip_address, "172.18.0.2");
    assert_eq!(place.global_ipv6_address, "fd00:1::2");
    assert_eq!(place.global_ipv6_prefix_len, 64);
    assert_eq!(place.ipv6_gateway, "fd00:1::1");
    let id = container.id.to_string();
    assert_eq!(
        world.document("six")["Containers"][&id]["IPv6Address"],
        "fd00:1::2/64"
    );
}
