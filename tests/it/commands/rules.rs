//! `vm endpoint acl-rule`.

use super::{IMAGE, done, json, refused_beforehand, with_machine};

#[test]
fn rules_are_made_changed_and_removed() {
    let simulator = with_machine();
    done(
        &simulator,
        "azure vm endpoint acl-rule create -n web -e ssh -o 2 -a Permit -t 010.0.0.0/8 -r 'the office'",
    );
    done(
        &simulator,
        "azure vm endpoint acl-rule create web ssh 0 deny 0.0.0.0/0",
    );

    let listed = done(&simulator, "azure vm endpoint acl-rule list web ssh");
    let rules = json(&simulator, "azure vm endpoint acl-rule list web ssh --json");

    assert!(listed.contains("data:    Order  Action  RemoteSubnet  Description\n"));
    assert!(
        listed.contains("data:    2      permit  10.0.0.0/8    the office \n"),
        "{listed}"
    );
    let orders: Vec<_> = rules
        .as_array()
        .expect("a list")
        .iter()
        .map(|one| &one["order"])
        .collect();
    assert!(
        orders.contains(&&2.into()) && orders.contains(&&0.into()),
        "{rules}"
    );

    done(
        &simulator,
        "azure vm endpoint acl-rule set web ssh 2 -w 5 -t 192.168.0.0/16",
    );
    done(&simulator, "azure vm endpoint acl-rule delete web ssh 0 -q");
    let rules = json(&simulator, "azure vm endpoint acl-rule list web ssh --json");
    assert_eq!(
        rules,
        serde_json::json!([{
            "order": 5, "action": "permit", "remoteSubnet": "192.168.0.0/16", "description": "the office"
        }])
    );

    done(&simulator, "azure vm endpoint acl-rule delete web ssh 5 -q");
    let none = done(&simulator, "azure vm endpoint acl-rule list web ssh");
    assert!(none.contains("info:    No ACL rules found\n"), "{none}");
}

#[test]
fn the_machines_of_a_set_share_their_rules() {
    let simulator = with_machine();
    done(
        &simulator,
        &format!("azure vm create web {IMAGE} me 'Pa$$w0rd1' -c -n web-2"),
    );
    for machine in ["web", "web-2"] {
        done(
            &simulator,
            &format!("azure vm endpoint create {machine} 80 8080 -n http -b pool -t 8080"),
        );
    }

    done(
        &simulator,
        "azure vm endpoint acl-rule create web http 1 permit 10.0.0.0/8",
    );

    for machine in ["web", "web-2"] {
        let line = format!("azure vm endpoint acl-rule list {machine} http --json");
        assert_eq!(json(&simulator, &line)[0]["order"], 1, "{machine}");
    }
}

#[test]
fn a_rule_that_cannot_be_is_refused_beforehand() {
    let simulator = with_machine();
    done(
        &simulator,
        "azure vm endpoint acl-rule create web ssh 1 permit 10.0.0.0/8",
    );
    for (line, words) in [
        ("create", "vm-name is required"),
        ("create web", "endpoint-name is required"),
        ("create web ssh", "order is required"),
        ("create web ssh 3 permit", "remote-subnet is required"),
        (
            "create web ssh 70000 permit 10.0.0.0/8",
            "<order> must be an integer in the range [0, 65535]",
        ),
        (
            "create web ssh 3 allow 10.0.0.0/8",
            "valid values for <action> are permit or deny",
        ),
        (
            "create web ssh 3 permit 10.0.0.0",
            "the paramater <remote-subnet> should be in cidr format, ipv4/cidr",
        ),
        (
            "create web ssh 1 permit 10.0.0.0/8",
            "An ACL rule with order 1 already exists",
        ),
        (
            "create web nope 1 permit 10.0.0.0/8",
            "Endpoint nope not found in the network configuration",
        ),
        (
            "set web ssh 1",
            "one of the optional parameter --new-order, --action, --remote-subnet or --description is required",
        ),
        (
            "delete web ssh 4 -q",
            "An ACL rule with order 4 not found for this endpoint",
        ),
        ("create nobody ssh 1 permit 10.0.0.0/8", "No VMs found"),
    ] {
        refused_beforehand(
            &simulator,
            &format!("azure vm endpoint acl-rule {line}"),
            words,
        );
    }
}
