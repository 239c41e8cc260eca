//! `service internal-load-balancer`.

use super::{IMAGE, done, json, refused_beforehand};
use crate::simulator::Simulator;

#[test]
fn a_load_balancer_inside_is_added_moved_and_removed() {
    let simulator = Simulator::start();
    done(
        &simulator,
        &format!(
            r#"azure network vnet create inside -e 10.0.0.0 -i 16 -p 10.0.1.0 -r 24 -n front -l "West US"
            azure vm create web {IMAGE} me 'Pa$$w0rd1' -l "West US" -e 22 -w inside -b front"#
        ),
    );
    let none = done(&simulator, "azure service internal-load-balancer list web");
    assert!(none.contains("info:    No internal load balancers defined\n"));

    for (line, words) in [
        ("add web", "internalLBName is required"),
        (
            "add web inner -a 10.0.1.50",
            "--subnet-name is required when --static-virtualnetwork-ipaddress is specified",
        ),
        ("add web inner -t front -a 10.0.1", "is invalid"),
        (
            "set web inner",
            "one of the optional argument --subnet-name, --static-virtualnetwork-ipaddress, --remove-subnet or --remove-vnetip is required",
        ),
        (
            "set web inner -d -t front",
            "--subnet-name or --static-virtualnetwork-ipaddress are not allowed when --remove-subnet is specified",
        ),
        (
            "set web inner -e -a 10.0.1.50",
            "--static-virtualnetwork-ipaddress not allowed when --remove-vnetip is specified",
        ),
    ] {
        refused_beforehand(
            &simulator,
            &format!("azure service internal-load-balancer {line}"),
            words,
        );
    }

    let added = done(
        &simulator,
        "azure service internal-load-balancer add -r web -n inner -t front -a 10.0.1.50",
    );
    assert!(added.contains("info:    Adding internal load balancer\n"));
    let listed = done(&simulator, "azure service internal-load-balancer list web");
    assert!(
        listed.contains(
            "data:    Name   Type     SubnetName  StaticVirtualNetworkIPAddress\ndata:    -----  -------  ----------  -----------------------------\ndata:    inner  Private  front       10.0.1.50                    \n"
        ),
        "{listed}"
    );

    done(
        &simulator,
        "azure service internal-load-balancer set web INNER -a 10.0.1.60",
    );
    let told = json(
        &simulator,
        "azure service internal-load-balancer list web --json",
    );
    assert_eq!(
        told,
        serde_json::json!([{
            "name": "inner",
            "frontendIPConfiguration": {
                "type": "Private", "subnetName": "front", "staticVirtualNetworkIPAddress": "10.0.1.60"
            }
        }])
    );
    done(
        &simulator,
        "azure service internal-load-balancer delete web inner -q",
    );
    let gone = done(
        &simulator,
        "azure service internal-load-balancer delete web inner -q",
    );
    assert!(gone.contains("info:    No matching internal load balancer defined\n"));
}
