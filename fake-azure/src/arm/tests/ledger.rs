//! What nobody uses, and since when.

use serde_json::{Value, json};

use super::{Azure, compute, machine, network};
use crate::Pace;

impl Azure {
    /// Kind, name and age of what nobody uses.
    fn orphans(&self) -> Vec<(String, String, i64)> {
        let all = self.world.orphans(self.now);
        all.into_iter()
            .map(|orphan| {
                let told = serde_json::to_value(&orphan).unwrap();
                let id = told["id"].as_str().unwrap();
                assert!(id.ends_with(&orphan.name) && id.starts_with("/subscriptions/"));
                assert_eq!(told["resource_group"], "g");
                let kind = told["kind"].as_str().unwrap().to_owned();
                (kind, orphan.name, orphan.age_seconds)
            })
            .collect()
    }

    fn assert_orphans(&self, expected: &[(&str, &str, i64)]) {
        let found = self.orphans();
        let told: Vec<_> = found
            .iter()
            .map(|(kind, name, age)| (kind.as_str(), name.as_str(), *age))
            .collect();
        assert_eq!(told, expected);
    }

    fn done(&mut self, line: &str, body: &Value) {
        let told = self.ask(line, body);
        assert!(told.status < 300, "{line}: {told:?}");
    }

    fn delete(&mut self, path: &str) {
        self.done(&format!("DELETE {path}"), &Value::Null);
    }
}

#[test]
fn each_kind_is_an_orphan_until_it_is_used_and_again_when_its_last_user_goes() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.pass(10);
    azure.assert_orphans(&[("resource-group", "g", 10)]);
    azure.make_network("Standard");
    let here = json!({"location": "westus"});
    azure.done(&format!("PUT {}", compute("availabilitySets/set")), &here);
    azure.pass(5);
    // What an interface has is in use, and the interface is not.
    azure.assert_orphans(&[
        ("availability-set", "set", 5),
        ("network-interface", "i", 5),
    ]);

    let mut body = machine("i");
    let set = super::id(&compute("availabilitySets/set"));
    body["properties"]["availabilitySet"] = json!({"id": set});
    body["properties"]["storageProfile"]["osDisk"]["name"] = json!("os");
    body["properties"]["storageProfile"]["osDisk"]["deleteOption"] = json!("Detach");
    body["properties"]["networkProfile"]["networkInterfaces"][0]["properties"]["deleteOption"] =
        json!("Detach");
    let path = compute("virtualMachines/v");
    azure.done(&format!("PUT {path}"), &body);
    azure.pass(7);
    azure.assert_orphans(&[]);
    // To be written anew is not to be left.
    azure.done(&format!("PUT {path}"), &body);
    azure.pass(7);
    azure.delete(&path);
    azure.pass(3);
    azure.assert_orphans(&[
        ("availability-set", "set", 3),
        ("managed-disk", "os", 3),
        ("network-interface", "i", 3),
    ]);
    // An update makes nothing younger.
    azure.done(
        &format!("PATCH {}", compute("disks/os")),
        &json!({"tags": {"a": "b"}}),
    );
    azure.pass(1);
    azure.delete(&network("networkInterfaces/i"));
    azure.pass(2);
    azure.assert_orphans(&[
        ("availability-set", "set", 6),
        ("managed-disk", "os", 6),
        ("network-security-group", "n", 2),
        ("public-ip-address", "p", 2),
        ("virtual-network", "net", 2),
    ]);
    for path in [
        compute("availabilitySets/set"),
        compute("disks/os"),
        network("networkSecurityGroups/n"),
        network("publicIPAddresses/p"),
        network("virtualNetworks/net"),
    ] {
        azure.delete(&path);
    }
    azure.pass(4);
    azure.assert_orphans(&[("resource-group", "g", 4)]);
    azure.delete("/resourcegroups/g");
    azure.assert_orphans(&[]);
    azure.done("PUT /resourcegroups/g", &here);
    azure.assert_orphans(&[("resource-group", "g", 0)]);
}

#[test]
fn images_are_used_by_disks_that_were_made_of_them_and_accounts_by_what_lies_in_them() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let group = "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/store";
    azure.done(&format!("PUT {group}"), &json!({"location": "westus"}));
    let image = json!({"location": "westus", "properties": {"storageProfile": {"osDisk": {
        "osType": "Linux", "osState": "Generalized"}}}});
    azure.done(&format!("PUT {}", compute("images/own")), &image);
    azure.pass(2);
    azure.assert_orphans(&[
        ("image", "own", 2),
        ("network-interface", "i", 2),
        ("storage-account", "store", 2),
    ]);
    let mut body = machine("i");
    body["properties"]["storageProfile"] = json!({
        "imageReference": {"id": super::id(&compute("images/own"))},
        "osDisk": {"createOption": "FromImage", "deleteOption": "Delete"},
        "dataDisks": [{"lun": 0, "createOption": "Empty", "diskSizeGB": 4,
            "vhd": {"uri": "https://store.blob.core.windows.net/vhds/d.vhd"}}],
    });
    let path = compute("virtualMachines/v");
    azure.done(&format!("PUT {path}"), &body);
    azure.assert_orphans(&[]);
    azure.pass(9);
    // The interface goes along, and leaves what it had.
    azure.delete(&path);
    azure.pass(1);
    azure.assert_orphans(&[
        ("image", "own", 1),
        ("network-security-group", "n", 1),
        ("public-ip-address", "p", 1),
        ("storage-account", "store", 1),
        ("virtual-network", "net", 1),
    ]);
}

#[test]
fn what_is_on_its_way_out_is_none_and_the_ledger_is_a_part_of_the_state() {
    let mut azure = Azure::with_group(Pace::After(1.0));
    azure.make_network("Standard");
    azure.pass(60);
    azure.delete(&network("networkInterfaces/i"));
    azure.assert_orphans(&[]);
    azure.pass(60);
    let left = [
        ("network-security-group", "n", 50),
        ("public-ip-address", "p", 50),
        ("virtual-network", "net", 50),
    ];
    azure.assert_orphans(&left);
    let written = serde_json::to_string(&azure.world).unwrap();
    azure.world = serde_json::from_str(&written).unwrap();
    azure.assert_orphans(&left);
    azure.delete("/resourcegroups/g");
    azure.assert_orphans(&[]);
}
