//! create_loc_vnet_vm, network and network.reservedip.

use serde_json::{Value, json};

use super::stage::{LINUX, PASSWORD, Stage, WEST, WINDOWS, some, stages};

/// A network with an affinity group of its own, as the suites make one.
fn network(stage: &Stage, name: &str) -> Value {
    stage.silent(&format!(
        "network vnet create {name} --address-space 10.0.0.0 --create-new-affinity-group --location {WEST}"
    ));
    let listed = stage.json("network vnet list");
    let listed = listed.as_array().expect("a list");
    let made = listed.iter().find(|one| one["name"] == name);
    made.expect("the network").clone()
}

#[test]
fn machines_join_a_network_with_and_without_a_place() {
    for stage in stages("reads:1") {
        let made = network(&stage, "testvnet1");
        let group = made["affinityGroup"].as_str().expect("a group");
        let group = stage.json(&format!("account affinity-group show {group}"));
        assert_eq!(group["location"], "West US");
        for (name, options, image) in [
            ("clitestVm1", format!("-w testvnet1 -l {WEST}"), LINUX),
            ("clitestVm2", "--ssh -w testvnet1".to_owned(), LINUX),
            ("clitestVm3", format!("-z ExtraSmall -l {WEST}"), WINDOWS),
        ] {
            stage.json(&format!(
                "vm create {options} {name} {image} azureuser {PASSWORD}"
            ));
        }
        let made = stage.json("vm list");
        assert_eq!(made.as_array().map(Vec::len), Some(3));
    }
}

#[test]
fn a_network_is_made_exported_deleted_and_brought_back() {
    for stage in stages("after:0.001") {
        let made = network(&stage, "vnet1");
        assert_eq!(made["state"], "Created");
        assert_eq!(
            made["addressSpace"]["addressPrefixes"],
            json!(["10.0.0.0/8"])
        );
        assert_eq!(
            made["subnets"],
            json!([{"name": "Subnet-1", "addressPrefix": "10.0.0.0/11"}])
        );
        stage.silent("network export net.json");
        stage.silent("network vnet delete vnet1 --quiet");
        stage.silent("network import net.json");
        assert_eq!(stage.json("network vnet show vnet1")["name"], "vnet1");
    }
}

#[test]
fn dns_servers_are_registered_used_and_gone_also_where_there_is_no_network() {
    for stage in stages("instant") {
        let dns = if stage.latest() {
            "network dns-server"
        } else {
            "network dnsserver"
        };
        let addresses = || {
            let listed = stage.json(&format!("{dns} list"));
            let listed = listed.as_array().expect("a list");
            let mut addresses: Vec<_> = listed
                .iter()
                .map(|server| server["IPAddress"].as_str().expect("a text").to_owned())
                .collect();
            addresses.sort();
            addresses
        };

        stage.silent(&format!("{dns} register 10.0.0.1"));
        stage.silent(&format!("{dns} register 66.77.88.14 --dns-id dns-cli-1"));
        assert_eq!(addresses(), ["10.0.0.1", "66.77.88.14"]);
        stage.silent(&format!(
            "network vnet create vnet1 --address-space 10.0.0.0 --dns-server-id dns-cli-1 --location {WEST}"
        ));
        let shown = stage.json("network vnet show vnet1");
        assert_eq!(shown["dnsServers"][0]["name"], "dns-cli-1");

        stage.silent(&format!("{dns} unregister 10.0.0.1 --quiet"));
        stage.silent("network vnet delete vnet1 --quiet");
        stage.silent(&format!("{dns} register 10.0.0.2"));
        // The latest release unregisters nothing where no network is left: it can read neither an
        // empty list of networks nor none.
        if stage.latest() {
            assert_eq!(addresses(), ["10.0.0.2", "66.77.88.14"]);
        } else {
            stage.silent(&format!("{dns} unregister 66.77.88.14 --quiet"));
            assert_eq!(addresses(), ["10.0.0.2"]);
        }
    }
}

#[test]
fn a_reserved_address_is_made_listed_shown_and_deleted() {
    for stage in stages("after:0.001") {
        stage.silent(&format!("network reserved-ip create clitestrip {WEST}"));
        assert!(some(
            &stage.json("network reserved-ip list"),
            "name",
            "clitestrip"
        ));
        let shown = stage.json("network reserved-ip show clitestrip");
        assert_eq!(shown["location"], "West US");
        stage.silent("network reserved-ip delete clitestrip -q");
    }
}
