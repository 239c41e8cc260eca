//! Groups as templates.

use serde_json::{Value, json};

use super::{Azure, KEY, compute, id, machine, network};
use crate::Pace;

/// A group with a machine and all that it needs, an extension, and a disk of a snapshot.
fn group() -> Azure {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let mut body = machine("i");
    body["tags"] = json!({"odd": "[not an expression]"});
    body["properties"]["availabilitySet"] = json!({"id": id(&compute("availabilitySets/a.b-c"))});
    let script = json!({"location": "westus", "properties": {
        "publisher": "Microsoft.Azure.Extensions", "type": "CustomScript",
        "typeHandlerVersion": "2.1", "settings": {"commandToExecute": "echo hi"}}});
    for (path, body) in [
        (
            "availabilitySets/a.b-c",
            json!({"location": "westus", "sku": {"name": "Aligned"}}),
        ),
        ("virtualMachines/v", body),
        ("virtualMachines/v/extensions/e", script),
    ] {
        let made = azure.ask(&format!("PUT {}", compute(path)), &body);
        assert!(made.status < 300, "{path}: {made:?}");
    }
    azure
}

fn exported(azure: &mut Azure, body: &Value) -> Value {
    let told = azure.ask("POST /resourcegroups/g/exportTemplate", body);
    assert_eq!(told.status, 200, "{told:?}");
    told.body["template"].clone()
}

/// What is there, without what differs each time.
fn standing(azure: &mut Azure) -> Vec<Value> {
    let mut all = Vec::new();
    let listed = azure.get("/resources").body;
    for one in listed["value"].as_array().unwrap() {
        let told = azure.get(one["id"].as_str().unwrap()).body;
        all.push(without(&told));
    }
    all
}

fn without(told: &Value) -> Value {
    const CHANGING: [&str; 9] = [
        "etag",
        "resourceGuid",
        "uniqueId",
        "timeCreated",
        "vmId",
        "macAddress",
        "ipAddress",
        "exactVersion",
        "internalDomainNameSuffix",
    ];
    match told {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(name, _)| !CHANGING.contains(&name.as_str()))
                .map(|(name, value)| (name.clone(), without(value)))
                .collect(),
        ),
        Value::Array(list) => list.iter().map(without).collect(),
        value => value.clone(),
    }
}

#[test]
fn what_is_exported_makes_the_same_again() {
    for options in [
        "IncludeParameterDefaultValue",
        "IncludeParameterDefaultValue,IncludeComments",
        "SkipAllParameterization",
        "includeparameterdefaultvalue, skipresourcenameparameterization",
    ] {
        let mut azure = group();
        let before = standing(&mut azure);
        let template = exported(&mut azure, &json!({"resources": ["*"], "options": options}));
        azure.ask("DELETE /resourcegroups/g", &Value::Null);
        azure.ask("PUT /resourcegroups/g", &json!({"location": "westus"}));
        assert_eq!(standing(&mut azure), Vec::<Value>::new());

        let deployment = json!({"properties": {"mode": "Incremental", "template": template}});
        let at = "/resourcegroups/g/providers/Microsoft.Resources/deployments/d";
        let made = azure.ask(&format!("PUT {at}"), &deployment);
        assert_eq!(made.state(), "Succeeded", "{made:?}\n{template:#}");

        let after = standing(&mut azure);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after, "{options}");
        }
        assert_eq!(before.len(), after.len());
    }
}

#[test]
fn names_are_parameters_and_what_is_needed_is_said() {
    let mut azure = group();
    let template = exported(&mut azure, &json!({"resources": ["*"]}));
    let parameters = template["parameters"].as_object().unwrap();
    let names: Vec<&str> = parameters.keys().map(String::as_str).collect();
    assert!(names.contains(&"virtualMachines_v_name"), "{names:?}");
    assert!(names.contains(&"availabilitySets_a_b_c_name"), "{names:?}");
    for parameter in parameters.values() {
        assert_eq!(*parameter, json!({"type": "String"}));
    }
    let of = |kind: &str| {
        let mut all = template["resources"].as_array().unwrap().iter();
        all.find(|one| one["type"] == kind).unwrap().clone()
    };
    let vm = of("Microsoft.Compute/virtualMachines");
    assert_eq!(vm["name"], "[parameters('virtualMachines_v_name')]");
    assert_eq!(vm["tags"]["odd"], "[[not an expression]");
    let needs = vm["dependsOn"].to_string();
    for kind in ["networkInterfaces", "availabilitySets", "disks"] {
        assert!(needs.contains(kind), "{needs}");
    }
    let extension = of("Microsoft.Compute/virtualMachines/extensions");
    assert_eq!(
        extension["name"],
        "[concat(parameters('virtualMachines_v_name'), '/e')]"
    );
    let interface = of("Microsoft.Network/networkInterfaces");
    let subnet = &interface["properties"]["ipConfigurations"][0]["properties"]["subnet"]["id"];
    assert_eq!(
        *subnet,
        "[concat(resourceId('Microsoft.Network/virtualNetworks', parameters('virtualNetworks_net_name')), '/subnets/s')]"
    );
    let text = template.to_string();
    assert!(text.contains(KEY) && !text.contains("customData"), "{text}");
    assert!(!text.contains("provisioningState"), "{text}");
}

#[test]
fn what_is_not_exported_along_is_named_by_a_parameter() {
    let mut azure = group();
    let interface = id(&network("networkInterfaces/i"));
    let body = json!({"resources": [interface], "options": "IncludeParameterDefaultValue"});
    let template = exported(&mut azure, &body);
    assert_eq!(template["resources"].as_array().unwrap().len(), 1);
    assert_eq!(template["resources"][0].get("dependsOn"), None);
    let external = &template["parameters"]["virtualNetworks_net_externalid"];
    assert_eq!(
        external["defaultValue"],
        json!(id(&network("virtualNetworks/net")))
    );
    let ip = &template["resources"][0]["properties"]["ipConfigurations"][0]["properties"];
    assert_eq!(
        ip["subnet"]["id"],
        "[concat(parameters('virtualNetworks_net_externalid'), '/subnets/s')]"
    );
}

#[test]
fn what_cannot_be_exported_is_refused() {
    let mut azure = group();
    let mut refused = |group: &str, body: Value| {
        let line = format!("POST /resourcegroups/{group}/exportTemplate");
        let told = azure.ask(&line, &body);
        (told.status, told.code().to_owned())
    };
    let refusal = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(
        refused("nowhere", json!({"resources": ["*"]})),
        refusal(404, "ResourceGroupNotFound")
    );
    assert_eq!(
        refused("g", json!({"resources": [id(&compute("disks/none"))]})),
        refusal(404, "ResourceNotFound")
    );
    assert_eq!(
        refused("g", json!({"resources": ["x"]})),
        refusal(400, "LinkedInvalidPropertyId")
    );
    assert_eq!(
        refused("g", json!({"resources": ["*"], "outputFormat": "Bicep"})).0,
        501
    );
}
