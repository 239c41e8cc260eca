//! What clients that were run against the simulator expect, in the small.

use serde_json::{Value, json};

use super::{Azure, compute, machine, network};
use crate::Pace;

fn names(list: &Value) -> Vec<&str> {
    let all = list["value"].as_array().unwrap();
    all.iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect()
}

#[test]
fn groups_come_by_the_page_and_none_is_missed_by_who_deletes_them() {
    let mut azure = Azure::new(Pace::Instant);
    for name in ["B", "a", "d", "c", "e"] {
        azure.ask(
            &format!("PUT /resourcegroups/{name}"),
            &json!({"location": "westus"}),
        );
    }
    let mut at = "/resourcegroups?%24top=2&x=y".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = azure.get(&at).body;
        seen.push(names(&page).join(""));
        for name in names(&page) {
            azure.ask(&format!("DELETE /resourcegroups/{name}"), &Value::Null);
        }
        let Some(next) = page["nextLink"].as_str() else {
            break;
        };
        assert!(next.contains("x=y&"), "{next}");
        let next = next.strip_prefix("https://management.azure.com").unwrap();
        at = next.to_owned();
    }
    assert_eq!(seen, ["aB", "cd", "e"]);
}

#[test]
fn machines_are_listed_by_region_and_with_how_they_are() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    azure.ask(
        &format!("PUT {}", compute("virtualMachines/v")),
        &machine("i"),
    );
    let here = "/providers/Microsoft.Compute/locations/West US/virtualMachines";
    let here = here.replace(' ', "%20");
    assert_eq!(names(&azure.get(&here).body), ["v"]);
    let there = here.replace("West", "East");
    assert_eq!(azure.get(&there).body, json!({"value": []}));
    let path = "/providers/Microsoft.Compute/virtualMachines";
    let shown = |told: &Value| {
        let view = &told["value"][0]["properties"]["instanceView"];
        view["statuses"][1]["code"].as_str().map(str::to_owned)
    };
    assert_eq!(shown(&azure.get(path).body), None);
    let told = azure.get(&format!("{path}?statusOnly=true")).body;
    assert_eq!(shown(&told).as_deref(), Some("PowerState/running"));
}

#[test]
fn disks_and_accounts_are_written_as_sdks_take_it() {
    let disk = json!({"location": "westus", "properties": {
        "creationData": {"createOption": "Empty"}, "diskSizeGB": 10}});
    let account = json!({"location": "westus", "kind": "Storage", "sku": {"name": "Standard_LRS"}});
    let accounts = "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/accountx";
    for (pace, status) in [(Pace::Instant, 200), (Pace::ByHand, 202)] {
        let mut azure = Azure::with_group(pace);
        let made = azure.ask(&format!("PUT {}", compute("disks/d")), &disk);
        assert_eq!(made.status, status, "{made:?}");
        assert_eq!(made.header("Azure-AsyncOperation").is_some(), status == 202);
        let made = azure.ask(&format!("PUT {accounts}"), &account);
        assert_eq!(made.status, status, "{made:?}");
        assert_eq!(made.header("Location").is_some(), status == 202);
    }
}

#[test]
fn user_data_is_told_to_those_who_ask_for_it() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let path = compute("virtualMachines/v");
    let mut written = machine("i");
    written["properties"]["userData"] = json!("b25l");
    let made = azure.ask(&format!("PUT {path}"), &written);
    assert_eq!(made.status, 201, "{made:?}");
    assert!(!made.body.to_string().contains("b25l"), "{made:?}");
    assert_eq!(made.skipped, Vec::<String>::new());
    let asked = |azure: &mut Azure, expand: &str| {
        azure.get(&format!("{path}{expand}")).body["properties"]["userData"].clone()
    };
    for expand in ["", "?$expand=instanceView"] {
        assert_eq!(asked(&mut azure, expand), Value::Null, "{expand}");
    }
    assert_eq!(asked(&mut azure, "?$expand=userData"), "b25l");
    let other = json!({"properties": {"userData": "dHdv"}});
    azure.ask(&format!("PATCH {path}"), &other);
    azure.ask(&format!("PATCH {path}"), &json!({"tags": {"a": "b"}}));
    assert_eq!(
        asked(&mut azure, "?%24expand=instanceView,userdata"),
        "dHdv"
    );
}

#[test]
fn a_machine_may_be_written_back_as_it_was_told() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let path = compute("virtualMachines/v");
    let mut written = machine("i");
    let profile = &mut written["properties"]["osProfile"];
    profile["adminPassword"] = json!("Pa55-of-a-test");
    profile
        .as_object_mut()
        .unwrap()
        .remove("linuxConfiguration");
    azure.ask(&format!("PUT {path}"), &written);
    let told = azure.get(&path).body;
    let again = azure.ask(&format!("PUT {path}"), &told);
    assert_eq!(again.status, 200, "{again:?}");
    let mut other = told;
    other["properties"]["osProfile"]["linuxConfiguration"]["disablePasswordAuthentication"] =
        json!(true);
    let refused = azure.ask(&format!("PUT {path}"), &other);
    assert_eq!(refused.code(), "PropertyChangeNotAllowed", "{refused:?}");
    let interface = azure.get(&network("networkInterfaces/i")).body;
    let again = azure.ask(
        &format!("PUT {}", network("networkInterfaces/i")),
        &interface,
    );
    assert_eq!(again.status, 200, "{again:?}");
}
