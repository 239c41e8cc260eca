//! The life of machines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Azure, compute, machine, network};
use crate::Pace;

fn docker_extension() -> Value {
    let key = rcgen::KeyPair::generate().unwrap();
    let name = vec!["docker".to_owned()];
    let certificate = rcgen::CertificateParams::new(name).unwrap();
    let pem = certificate.self_signed(&key).unwrap().pem();
    let certs = json!({"ca": STANDARD.encode(&pem), "cert": STANDARD.encode(&pem),
        "key": STANDARD.encode(key.serialize_pem())});
    json!({"location": "westus", "properties": {
        "publisher": "Microsoft.Azure.Extensions", "type": "DockerExtension",
        "typeHandlerVersion": "1.0", "settings": {"docker": {"port": "2376"}},
        "protectedSettings": {"certs": certs}}})
}

fn power(azure: &mut Azure) -> String {
    let view = azure.get(&compute("virtualMachines/v/instanceView"));
    let statuses = view.body["statuses"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let last = statuses.last().cloned().unwrap_or_default();
    last["code"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_size_starts_what_its_hardware_is_for() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let path = compute("virtualMachines/v");
    let mut body = machine("i");
    for (size, words) in [
        ("Standard_A2", "cannot boot Hypervisor Generation '2'."),
        (
            "Standard_D2ps_v5",
            "only supports a CPU Architecture of 'Arm64', but an image or disk with CPU Architecture 'x64' was given.",
        ),
    ] {
        body["properties"]["hardwareProfile"]["vmSize"] = json!(size);
        let refused = azure.ask(&format!("PUT {path}"), &body);
        assert_eq!(
            (refused.status, refused.code()),
            (400, "BadRequest"),
            "{refused:?}"
        );
        let told = refused.body["error"]["message"].as_str().unwrap();
        assert!(told.contains(words), "{told}");
    }
    let made = azure.ask(&format!("PUT {path}"), &machine("i"));
    assert_eq!(made.status, 201, "{made:?}");
    let size = json!({"properties": {"hardwareProfile": {"vmSize": "Standard_A2"}}});
    let refused = azure.ask(&format!("PATCH {path}"), &size);
    assert_eq!(refused.code(), "BadRequest", "{refused:?}");
}

#[test]
fn what_is_done_otherwise_than_in_life_is_told_with_the_answer() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let mut body = machine("i");
    let script = "#!/bin/sh\nopenssl s_client -connect example.org:443\n";
    body["properties"]["osProfile"]["customData"] = json!(STANDARD.encode(script));
    let made = azure.ask(&format!("PUT {}", compute("virtualMachines/v")), &body);
    assert_eq!(
        made.notes,
        ["openssl was asked for what it does not do here"],
        "{made:?}"
    );
}

#[test]
fn a_machine_is_told_without_its_secrets_and_with_all_that_clients_read() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let path = compute("virtualMachines/v");
    let made = azure.ask(&format!("PUT {path}"), &machine("i"));
    assert_eq!((made.status, made.state()), (201, "Succeeded"), "{made:?}");
    assert_eq!(made.header("Azure-AsyncOperation"), None);
    let told = azure.get(&format!("{path}?$expand=instanceView")).body;
    let text = told.to_string();
    assert!(!text.contains("customData") && !text.contains("adminPassword"));
    let properties = &told["properties"];
    assert_eq!(
        properties["storageProfile"]["osDisk"]["createOption"],
        "FromImage"
    );
    assert!(
        properties["storageProfile"]["osDisk"]["name"]
            .as_str()
            .is_some_and(|name| name.starts_with("v_OsDisk_1_"))
    );
    assert!(properties["storageProfile"]["imageReference"]["exactVersion"].is_string());
    assert_eq!(
        properties["instanceView"]["statuses"][1]["code"],
        "PowerState/running"
    );
    // What it made is there, and refers to it.
    let disks = azure.get("/providers/Microsoft.Compute/disks").body;
    assert_eq!(disks["value"][0]["managedBy"], told["id"]);
    let interface = azure.get(&network("networkInterfaces/i")).body;
    assert_eq!(interface["properties"]["virtualMachine"]["id"], told["id"]);
    // A repeated create passes, and so does writing back what was read.
    let again = azure.ask(&format!("PUT {path}"), &machine("i"));
    assert_eq!(again.status, 200, "{again:?}");
    let back = azure.ask(&format!("PUT {path}"), &told);
    assert_eq!(back.status, 200, "{back:?}");
}

#[test]
fn a_machine_goes_with_what_is_to_go_along_and_leaves_the_rest() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    azure.ask(
        &format!("PUT {}", compute("virtualMachines/v")),
        &machine("i"),
    );
    let held = azure.ask(
        &format!("DELETE {}", network("networkInterfaces/i")),
        &Value::Null,
    );
    assert_eq!((held.status, held.code()), (400, "NicInUse"));
    let gone = azure.ask(
        &format!("DELETE {}", compute("virtualMachines/v")),
        &Value::Null,
    );
    assert_eq!(gone.status, 200);
    let left: Vec<String> = azure.get("/resources").body["value"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(left, ["p", "n", "net"]);
    let nothing = azure.ask(
        &format!("DELETE {}", compute("virtualMachines/v")),
        &Value::Null,
    );
    assert_eq!(nothing.status, 204);
}

#[test]
fn an_operation_that_takes_time_is_asked_for_until_it_ends() {
    let mut azure = Azure::with_group(Pace::ByHand);
    azure.make_network("Standard");
    azure.pass(10);
    let made = azure.ask(
        &format!("PUT {}", compute("virtualMachines/v")),
        &machine("i"),
    );
    assert_eq!((made.status, made.state()), (201, "Creating"), "{made:?}");
    let to = made.header("Azure-AsyncOperation").unwrap();
    let to = to
        .strip_prefix("https://management.azure.com")
        .unwrap()
        .to_owned();
    assert_eq!(azure.get(&to).body["status"], "InProgress");
    assert_eq!(power(&mut azure), "PowerState/starting");
    azure.pass(60);
    assert_eq!(azure.get(&to).body["status"], "Succeeded");
    assert_eq!(power(&mut azure), "PowerState/running");
    let gone = azure.ask(
        &format!("DELETE {}", compute("virtualMachines/v")),
        &Value::Null,
    );
    assert_eq!(gone.status, 202);
    let to = gone.header("Location").unwrap();
    let to = to
        .strip_prefix("https://management.azure.com")
        .unwrap()
        .to_owned();
    assert_eq!(azure.get(&to).status, 202);
    azure.pass(60);
    assert_eq!(azure.get(&to).status, 200);
    assert_eq!(
        azure.get(&compute("virtualMachines/v")).code(),
        "ResourceNotFound"
    );
}

#[test]
fn docker_answers_where_machine_interface_rules_and_address_let_it() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    azure.ask(
        &format!("PUT {}", compute("virtualMachines/v")),
        &machine("i"),
    );
    let path = compute("virtualMachines/v/extensions/docker");
    let set = azure.ask(&format!("PUT {path}"), &docker_extension());
    assert_eq!((set.status, set.state()), (201, "Succeeded"), "{set:?}");
    assert!(!set.body.to_string().contains("protectedSettings"));
    let doors = |azure: &Azure| -> usize {
        azure
            .seen()
            .iter()
            .map(|(_, presence)| presence.doors.len())
            .sum()
    };
    assert_eq!(doors(&azure), 1);
    let names: Vec<_> = azure
        .seen()
        .into_iter()
        .flat_map(|(_, p)| p.names)
        .collect();
    assert_eq!(names[0].0, "web1.westus.cloudapp.azure.com");
    assert!(names[0].1.is_some());
    // A rule that denies closes the door, and one before it opens it again.
    let deny = |priority: u16, access: &str| {
        json!({"properties": {"protocol": "*", "sourcePortRange": "*",
            "destinationPortRange": "2000-3000", "sourceAddressPrefix": "Internet",
            "destinationAddressPrefix": "*", "access": access, "priority": priority,
            "direction": "Inbound"}})
    };
    let rule = |name: &str| {
        format!(
            "PUT {}",
            network(&format!("networkSecurityGroups/n/securityRules/{name}"))
        )
    };
    azure.ask(&rule("no"), &deny(200, "Deny"));
    assert_eq!(doors(&azure), 0);
    azure.ask(&rule("yes"), &deny(150, "Allow"));
    assert_eq!(doors(&azure), 1);
    azure.ask(
        &format!("POST {}", compute("virtualMachines/v/deallocate")),
        &Value::Null,
    );
    assert_eq!(doors(&azure), 0);
    assert_eq!(power(&mut azure), "PowerState/deallocated");
    azure.ask(
        &format!("POST {}", compute("virtualMachines/v/start")),
        &Value::Null,
    );
    assert_eq!(doors(&azure), 1);
}

/// The line of an RSA key with so many bits.
fn rsa_key(bits: usize) -> String {
    let field = |bytes: &[u8]| {
        let length = u32::try_from(bytes.len()).unwrap().to_be_bytes();
        [&length, bytes].concat()
    };
    let modulus = [&[0, 0x80][..], &vec![1; bits / 8 - 1]].concat();
    let blob = [field(b"ssh-rsa"), field(&[1, 0, 1]), field(&modulus)].concat();
    format!("ssh-rsa {} me@here", STANDARD.encode(blob))
}

#[test]
fn a_machine_of_the_shortest_keys_and_the_most_disks_is_made() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let mut body = machine("i");
    let properties = &mut body["properties"];
    properties["osProfile"]["linuxConfiguration"]["ssh"]["publicKeys"][0]["keyData"] =
        json!(rsa_key(2048));
    let disks = (0..4).map(|lun| json!({"lun": lun, "createOption": "Empty", "diskSizeGB": 1}));
    properties["storageProfile"]["dataDisks"] = disks.collect();
    let made = azure.ask(&format!("PUT {}", compute("virtualMachines/v")), &body);
    assert_eq!(made.status, 201, "{made:?}");
    // A smaller size does not take them.
    let smaller = json!({"properties": {"hardwareProfile": {"vmSize": "Standard_B1s"}}});
    let refused = azure.ask(&format!("PATCH {}", compute("virtualMachines/v")), &smaller);
    assert_eq!(refused.code(), "OperationNotAllowed", "{refused:?}");
}

#[test]
fn what_clients_write_back_is_told_as_it_is_now() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let v = compute("virtualMachines/v");
    let mut body = machine("i");
    body["identity"] = json!({"type": "SystemAssigned"});
    body["properties"]["networkProfile"]["networkInterfaces"][0]["properties"]["primary"] =
        json!(true);
    let made = azure.ask(&format!("PUT {v}"), &body);
    assert_eq!(made.status, 201, "{made:?}");
    let told = azure.get(&v).body;
    assert!(told["identity"]["tenantId"].is_string(), "{told}");
    let interface = &told["properties"]["networkProfile"]["networkInterfaces"][0];
    assert_eq!(interface["properties"]["primary"], true, "{told}");

    // As az takes an identity away.
    let mut without = told;
    without["identity"]["type"] = json!("None");
    without["identity"]["principalId"] = json!("somebody");
    let put = azure.ask(&format!("PUT {v}"), &without);
    assert_eq!(put.status, 200, "{put:?}");
    assert_eq!(azure.get(&v).body["identity"], json!({"type": "None"}));

    let script = json!({"location": "westus", "properties": {"publisher": "Microsoft.Azure.Extensions",
        "type": "CustomScript", "typeHandlerVersion": "2.1", "settings": {"commandToExecute": "true"}}});
    let set = azure.ask(&format!("PUT {v}/extensions/script"), &script);
    assert_eq!(set.status, 201, "{set:?}");
    let all = azure.get("/resources?$expand=provisioningState").body;
    for one in all["value"].as_array().unwrap() {
        assert_eq!(one["provisioningState"], "Succeeded", "{one}");
    }
}

#[test]
fn what_no_machine_may_be_is_refused_before_anything_is_made() {
    for (place, value, code) in [
        (
            "/properties/hardwareProfile/vmSize",
            json!("Huge"),
            "InvalidParameter",
        ),
        (
            "/properties/osProfile/adminUsername",
            json!("root"),
            "InvalidParameter",
        ),
        (
            "/properties/osProfile/customData",
            json!("%"),
            "InvalidParameter",
        ),
        (
            "/properties/storageProfile/imageReference/sku",
            json!("no"),
            "PlatformImageNotFound",
        ),
        (
            "/properties/networkProfile/networkInterfaces/0/id",
            json!("x"),
            "LinkedInvalidPropertyId",
        ),
        (
            "/properties/networkProfile/networkInterfaces",
            json!([]),
            "InvalidParameter",
        ),
        (
            "/location",
            json!("moon"),
            "LocationNotAvailableForResourceType",
        ),
        ("/location", json!(7), "InvalidRequestContent"),
        (
            "/properties/osProfile/linuxConfiguration/ssh",
            json!(null),
            "InvalidParameter",
        ),
        (
            "/properties/osProfile/linuxConfiguration/ssh/publicKeys/0/keyData",
            json!(rsa_key(1024)),
            "InvalidParameter",
        ),
        (
            "/properties/osProfile/linuxConfiguration/ssh/publicKeys/0/keyData",
            json!("ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTY= me@here"),
            "InvalidParameter",
        ),
        (
            "/properties/storageProfile/dataDisks",
            (0..5)
                .map(|lun| json!({"lun": lun, "createOption": "Empty", "diskSizeGB": 1}))
                .collect(),
            "OperationNotAllowed",
        ),
    ] {
        let mut azure = Azure::with_group(Pace::Instant);
        azure.make_network("Standard");
        let before = azure.get("/resources").body;
        let mut body = machine("i");
        body["properties"]["storageProfile"]["dataDisks"] = json!([]);
        *body.pointer_mut(place).unwrap() = value;
        let refused = azure.ask(&format!("PUT {}", compute("virtualMachines/v")), &body);
        assert_eq!(refused.code(), code, "{place}: {refused:?}");
        assert_eq!(azure.get("/resources").body, before);
    }
}

#[test]
fn a_region_has_cores_for_so_many_machines() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let mut body = machine("i");
    body["properties"]["hardwareProfile"]["vmSize"] = json!("Standard_D64s_v3");
    let first = azure.ask(&format!("PUT {}", compute("virtualMachines/v")), &body);
    assert_eq!(first.status, 201, "{first:?}");
    let usages = azure
        .get("/providers/Microsoft.Compute/locations/westus/usages")
        .body;
    let cores = usages["value"].as_array().unwrap().iter();
    let cores = cores
        .clone()
        .find(|usage| usage["name"]["value"] == "cores")
        .unwrap();
    assert_eq!(
        (cores["currentValue"].as_i64(), cores["limit"].as_i64()),
        (Some(64), Some(100))
    );
    let interface = json!({"location": "westus", "properties": {"ipConfigurations": [
        {"name": "ip", "properties": {"subnet": {"id": super::id(&network("virtualNetworks/net/subnets/s"))}}}]}});
    azure.ask(
        &format!("PUT {}", network("networkInterfaces/j")),
        &interface,
    );
    let mut body = machine("j");
    body["properties"]["hardwareProfile"]["vmSize"] = json!("Standard_D64s_v3");
    let refused = azure.ask(&format!("PUT {}", compute("virtualMachines/w")), &body);
    assert_eq!(
        (refused.status, refused.code()),
        (409, "OperationNotAllowed"),
        "{refused:?}"
    );
}

#[test]
fn a_group_goes_with_all_that_is_in_it() {
    let mut azure = Azure::with_group(Pace::ByHand);
    azure.make_network("Standard");
    azure.ask(
        &format!("PUT {}", compute("virtualMachines/v")),
        &machine("i"),
    );
    azure.pass(100);
    let gone = azure.ask("DELETE /resourcegroups/G", &Value::Null);
    assert_eq!(gone.status, 202);
    assert_eq!(azure.get("/resourcegroups/g").state(), "Deleting");
    let refused = azure.ask("PUT /resourcegroups/g", &json!({"location": "westus"}));
    assert_eq!(refused.code(), "ResourceGroupBeingDeleted");
    azure.pass(100);
    assert_eq!(
        azure.get("/resourcegroups/g").code(),
        "ResourceGroupNotFound"
    );
    assert_eq!(azure.get("/resources").body["value"], json!([]));
}

#[test]
fn a_group_whose_network_another_uses_stays() {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    azure.ask("PUT /resourcegroups/h", &json!({"location": "westus"}));
    let interface = json!({"location": "westus", "properties": {"ipConfigurations": [
        {"name": "ip", "properties": {"subnet": {"id": super::id(&network("virtualNetworks/net/subnets/s"))}}}]}});
    let path = "/resourceGroups/h/providers/Microsoft.Network/networkInterfaces/far";
    assert_eq!(azure.ask(&format!("PUT {path}"), &interface).status, 201);
    let gone = azure.ask("DELETE /resourcegroups/g", &Value::Null);
    assert_eq!(gone.status, 202, "{gone:?}");
    let to = gone.header("Location").unwrap();
    let to = to
        .strip_prefix("https://management.azure.com")
        .unwrap()
        .to_owned();
    assert_eq!(azure.get(&to).code(), "ResourceGroupDeletionBlocked");
    assert_eq!(azure.get("/resourcegroups/g").status, 200);
    azure.ask(&format!("DELETE {path}"), &Value::Null);
    assert_eq!(
        azure.ask("DELETE /resourcegroups/g", &Value::Null).status,
        200
    );
}
