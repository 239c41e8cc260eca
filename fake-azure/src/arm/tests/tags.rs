//! Tags, written at whatever has them, and the names that are ready for them.

use serde_json::{Value, json};

use super::{Azure, compute, id, machine, network};
use crate::Pace;

const TAGS: &str = "/providers/Microsoft.Resources/tags/default";

fn body(tags: &Value) -> Value {
    json!({ "properties": { "tags": tags } })
}

fn patch(operation: &str, tags: &Value) -> Value {
    json!({ "operation": operation, "properties": { "tags": tags } })
}

/// A world in which a group has one resource of each kind.
fn full() -> Azure {
    let mut azure = Azure::with_group(Pace::Instant);
    azure.make_network("Standard");
    let west = json!({"location": "westus"});
    let empty = json!({"location": "westus", "properties": {
        "creationData": {"createOption": "Empty"}, "diskSizeGB": 10}});
    let account = json!({"location": "westus", "kind": "Storage", "sku": {"name": "Standard_LRS"}});
    let extension = json!({"location": "westus", "properties": {
        "publisher": "Microsoft.OSTCExtensions", "type": "VMAccessForLinux",
        "typeHandlerVersion": "1.5"}});
    let template = json!({"properties": {"mode": "Incremental", "template": {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0", "resources": []}}});
    for (path, body) in [
        (compute("virtualMachines/v"), machine("i")),
        (compute("virtualMachines/v/extensions/e"), extension),
        (compute("availabilitySets/a"), west.clone()),
        (compute("disks/d"), empty),
        (
            "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/accountx".to_owned(),
            account,
        ),
        (
            "/resourceGroups/g/providers/Microsoft.Resources/deployments/d".to_owned(),
            template,
        ),
    ] {
        let made = azure.ask(&format!("PUT {path}"), &body);
        assert!(made.status < 300, "{path}: {made:?}");
    }
    azure
}

/// What has tags, by what follows the subscription.
fn scopes() -> Vec<String> {
    vec![
        String::new(),
        "/resourceGroups/g".to_owned(),
        compute("virtualMachines/v"),
        compute("virtualMachines/v/extensions/e"),
        compute("availabilitySets/a"),
        compute("disks/d"),
        network("virtualNetworks/net"),
        network("networkSecurityGroups/n"),
        network("publicIPAddresses/p"),
        network("networkInterfaces/i"),
        "/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/accountx".to_owned(),
        "/resourceGroups/g/providers/Microsoft.Resources/deployments/d".to_owned(),
    ]
}

#[test]
fn whatever_has_tags_has_them_written_merged_replaced_and_taken_away() {
    let mut azure = full();
    for scope in scopes() {
        let at = format!("{scope}{TAGS}");
        let told = azure.get(&at);
        assert_eq!(told.status, 200, "{scope}: {told:?}");
        assert_eq!(
            told.body,
            json!({"id": id(&at), "name": "default", "type": "Microsoft.Resources/tags",
                "properties": {"tags": {}}})
        );
        let own = |azure: &mut Azure| azure.get(&scope).body["tags"].clone();
        let written = azure.ask(&format!("PUT {at}"), &body(&json!({"Env": "a", "b": ""})));
        assert_eq!(written.status, 200, "{scope}: {written:?}");
        assert_eq!(own(&mut azure), json!({"Env": "a", "b": ""}), "{scope}");
        for (asked, tags) in [
            // Names have no case, and stay as they were written first.
            (
                patch("Merge", &json!({"ENV": "A", "c": "3"})),
                json!({"Env": "A", "b": "", "c": "3"}),
            ),
            // A value that is not the tag's spares it; values have case.
            (
                patch("delete", &json!({"env": "a", "C": "3"})),
                json!({"Env": "A", "b": ""}),
            ),
            // No value means whatever it is.
            (patch("Delete", &json!({"eNV": ""})), json!({"b": ""})),
            (patch("Replace", &json!({"x": "y"})), json!({"x": "y"})),
        ] {
            let written = azure.ask(&format!("PATCH {at}"), &asked);
            assert_eq!(written.status, 200, "{scope}: {written:?}");
            assert_eq!(written.body["properties"]["tags"], tags, "{scope}");
            assert_eq!(own(&mut azure), tags, "{scope}");
        }
        let gone = azure.ask(&format!("DELETE {at}"), &Value::Null);
        assert_eq!((gone.status, &gone.body), (200, &Value::Null), "{scope}");
        assert_eq!(azure.get(&at).body["properties"]["tags"], json!({}));
        // What else there is of it is as it was.
        let again = azure.get(&scope);
        assert_eq!(again.status, 200, "{scope}: {again:?}");
    }
    let view = azure.get(&format!("{}/instanceView", compute("virtualMachines/v")));
    assert_eq!(view.body["statuses"][1]["code"], "PowerState/running");
}

#[test]
fn tags_are_written_in_the_version_of_what_has_them() {
    let mut azure = full();
    let path = network("virtualNetworks/net");
    let before = azure.get(&path).body["etag"].clone();
    azure.ask(&format!("PUT {path}{TAGS}"), &body(&json!({"a": "b"})));
    let after = azure.get(&path).body["etag"].clone();
    assert_ne!(before, after);
    let found = azure.get("/resources?$filter=tagName%20eq%20'A'%20and%20tagValue%20eq%20'b'");
    let found = found.body["value"].as_array().unwrap().clone();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["id"], json!(id(&path)));
}

#[test]
fn what_is_not_there_or_has_no_tags_has_none_to_write() {
    let mut azure = full();
    let rule = network("networkSecurityGroups/n/securityRules/docker");
    for (line, status, code) in [
        (
            "PUT /resourceGroups/none".to_owned(),
            404,
            "ResourceGroupNotFound",
        ),
        (
            format!("PATCH {}", compute("virtualMachines/none")),
            404,
            "ResourceNotFound",
        ),
        (
            format!("DELETE {}", compute("disks/none")),
            404,
            "ResourceNotFound",
        ),
        (
            format!("GET {}", network("virtualNetworks/net/subnets/x")),
            404,
            "NotFound",
        ),
        (
            format!("PUT {}", compute("virtualMachines/v/extensions/x")),
            404,
            "NotFound",
        ),
        (format!("PUT {rule}"), 400, "TagsNotSupported"),
        (
            "PUT /resourceGroups/g/providers/Microsoft.Moon/rocks/r".to_owned(),
            501,
            "NotImplemented",
        ),
        (
            "GET /resourceGroups/g/providers/Microsoft.Resources/deployments/x".to_owned(),
            404,
            "DeploymentNotFound",
        ),
    ] {
        let told = azure.ask(&format!("{line}{TAGS}"), &body(&json!({"a": "b"})));
        assert_eq!(
            (told.status, told.code()),
            (status, code),
            "{line}: {told:?}"
        );
    }
    let told = azure.get(&format!("{rule}{TAGS}"));
    assert_eq!(told.body["properties"]["tags"], json!({}), "{told:?}");
    for wrong in [
        json!({}),
        json!([]),
        body(&json!(["a"])),
        body(&json!({"a": 1})),
        patch("Mix", &json!({"a": "b"})),
    ] {
        let told = azure.ask(&format!("PATCH /resourceGroups/g{TAGS}"), &wrong);
        assert_eq!(told.code(), "InvalidRequestContent", "{wrong}: {told:?}");
    }
}

#[test]
fn names_with_reserved_letters_are_refused_wherever_tags_are_written() {
    let mut azure = full();
    let mut tagged = machine("i");
    tagged["tags"] = json!({"a/b": "c"});
    for (line, written) in [
        (
            "PUT /resourcegroups/h".to_owned(),
            json!({"location": "westus", "tags": {"a?": ""}}),
        ),
        (
            "PATCH /resourcegroups/g".to_owned(),
            json!({"tags": {"a%": ""}}),
        ),
        (format!("PUT {TAGS}"), body(&json!({"<": "x"}))),
        (format!("PUT {}", compute("virtualMachines/v")), tagged),
        ("PUT /tagNames/a%26b".to_owned(), Value::Null),
    ] {
        let told = azure.ask(&line, &written);
        assert_eq!(
            (told.status, told.code()),
            (400, "InvalidTagNameCharacters"),
            "{line}: {told:?}"
        );
    }
    let hidden = json!({"hidden-link:/subscriptions/x": "Resource"});
    let told = azure.ask(&format!("PUT /resourceGroups/g{TAGS}"), &body(&hidden));
    assert_eq!(told.body["properties"]["tags"], hidden);
}

#[test]
fn names_of_tags_are_made_ready_counted_and_forgotten_when_nothing_has_them() {
    let mut azure = full();
    let ask = |azure: &mut Azure, line: &str| azure.ask(line, &Value::Null);
    let early = ask(&mut azure, "PUT /tagNames/env/tagValues/x");
    assert_eq!(
        (early.status, early.code()),
        (404, "PredefinedTagNameNotFound")
    );
    let made = ask(&mut azure, "PUT /tagNames/env");
    assert_eq!(
        (made.status, &made.body),
        (
            201,
            &json!({"id": id("/tagNames/env"), "tagName": "env",
                "count": {"type": "Total", "value": 0}, "values": []})
        )
    );
    assert_eq!(ask(&mut azure, "PUT /tagNames/ENV").status, 200);
    let value = ask(&mut azure, "PUT /tagNames/env/tagValues/a%20b");
    assert_eq!(
        (value.status, &value.body),
        (
            201,
            &json!({"id": id("/tagNames/env/tagValues/a b"), "tagValue": "a b",
                "count": {"type": "Total", "value": 0}})
        )
    );
    for scope in [
        "",
        "/resourceGroups/g",
        &compute("virtualMachines/v/extensions/e"),
    ] {
        let at = format!("PUT {scope}{TAGS}");
        azure.ask(&at, &body(&json!({"Env": "a b", "other": "1"})));
    }
    let listed = azure.get("/tagNames").body;
    assert_eq!(
        listed["value"],
        json!([
            {"id": id("/tagNames/env"), "tagName": "env", "count": {"type": "Total", "value": 3},
                "values": [{"id": id("/tagNames/env/tagValues/a b"), "tagValue": "a b",
                    "count": {"type": "Total", "value": 3}}]},
            {"id": id("/tagNames/other"), "tagName": "other", "count": {"type": "Total", "value": 3},
                "values": [{"id": id("/tagNames/other/tagValues/1"), "tagValue": "1",
                    "count": {"type": "Total", "value": 3}}]},
        ])
    );
    for line in [
        "DELETE /tagNames/env/tagValues/a%20b",
        "DELETE /tagNames/env",
    ] {
        let told = ask(&mut azure, line);
        assert_eq!((told.status, told.code()), (409, "Conflict"), "{told:?}");
    }
    for scope in [
        "",
        "/resourceGroups/g",
        &compute("virtualMachines/v/extensions/e"),
    ] {
        ask(&mut azure, &format!("DELETE {scope}{TAGS}"));
    }
    let has_values = ask(&mut azure, "DELETE /tagNames/env");
    assert_eq!((has_values.status, has_values.code()), (409, "Conflict"));
    for (line, status) in [
        ("DELETE /tagNames/env/tagValues/a%20b", 200),
        ("DELETE /tagNames/env/tagValues/a%20b", 204),
        ("DELETE /tagNames/env", 200),
        ("DELETE /tagNames/env", 204),
    ] {
        assert_eq!(ask(&mut azure, line).status, status, "{line}");
    }
    assert_eq!(azure.get("/tagNames").body["value"], json!([]));
}

#[test]
fn templates_write_tags() {
    let mut azure = full();
    let template = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [
            {"type": "Microsoft.Resources/tags", "name": "default", "apiVersion": "2021-04-01",
                "properties": {"tags": {"of": "group"}}},
            {"type": "Microsoft.Resources/tags", "name": "default", "apiVersion": "2021-04-01",
                "scope": "Microsoft.Compute/virtualMachines/v",
                "properties": {"tags": {"of": "[concat('mach', 'ine')]"}}},
        ],
    });
    let made = azure.ask(
        "PUT /resourcegroups/g/providers/Microsoft.Resources/deployments/t",
        &json!({"properties": {"mode": "Incremental", "template": template}}),
    );
    assert_eq!((made.status, made.state()), (201, "Succeeded"), "{made:?}");
    assert_eq!(
        azure.get("/resourcegroups/g").body["tags"],
        json!({"of": "group"})
    );
    assert_eq!(
        azure.get(&compute("virtualMachines/v")).body["tags"],
        json!({"of": "machine"})
    );
}

#[test]
fn tags_survive_whoever_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut azure = Azure::kept_in(&folder.path().join("state"), Pace::Instant);
    azure.ask("PUT /resourcegroups/g", &json!({"location": "westus"}));
    azure.ask("PUT /tagNames/env", &Value::Null);
    azure.ask("PUT /tagNames/env/tagValues/v", &Value::Null);
    for scope in ["", "/resourceGroups/g"] {
        azure.ask(&format!("PUT {scope}{TAGS}"), &body(&json!({"Env": "a"})));
    }
    azure.begin_anew();
    let own = azure.get("");
    assert_eq!(own.body["tags"], json!({"Env": "a"}), "{own:?}");
    let listed = azure.get("/tagNames").body;
    assert_eq!(listed["value"][0]["count"]["value"], 2, "{listed}");
    assert_eq!(listed["value"][0]["values"].as_array().unwrap().len(), 2);
}
