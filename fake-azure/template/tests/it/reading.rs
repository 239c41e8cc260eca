use arm_template::{Kind, Template};
use serde_json::{Value, json};

use crate::{address, document, names, plan};

#[test]
fn a_template_has_a_schema_a_version_and_resources() {
    for member in ["$schema", "contentVersion", "resources"] {
        let mut template = document(&json!({}));
        template.as_object_mut().unwrap().remove(member);
        let problem = Template::read(&template).unwrap_err();
        assert_eq!(problem.kind(), &Kind::MissingMember(member.to_owned()));
        assert_eq!(problem.code(), "InvalidTemplate");
        assert!(problem.to_string().starts_with(&format!(
            "Deployment template parse failed: 'Required property '{member}' not found in JSON."
        )));
    }
    let template = Template::read(&document(&json!({}))).unwrap();
    assert!(template.schema().ends_with("deploymentTemplate.json#"));
    assert_eq!(template.content_version(), "1.0.0.0");
}

#[test]
fn parts_of_other_types_are_refused_where_they_stand() {
    for (members, path) in [
        (json!({ "resources": 1 }), "resources"),
        (json!({ "resources": [1] }), "resources[0]"),
        (
            json!({ "resources": [{ "name": "a", "apiVersion": "1" }] }),
            "resources[0]",
        ),
        (
            json!({ "resources": [{ "type": "a/b", "name": 1, "apiVersion": "1" }] }),
            "resources[0].name",
        ),
        (
            json!({ "resources": [{ "type": "a/b", "name": "a" }] }),
            "resources[0]",
        ),
        (
            json!({ "resources": [address("a", &json!({ "resources": [{}] }))] }),
            "resources[0].resources[0]",
        ),
        (json!({ "parameters": [] }), "parameters"),
        (json!({ "parameters": { "a": 1 } }), "parameters.a"),
        (json!({ "parameters": { "a": {} } }), "parameters.a"),
        (json!({ "variables": 1 }), "variables"),
        (
            json!({ "variables": { "copy": [{}] } }),
            "variables.copy[0]",
        ),
        (json!({ "functions": {} }), "functions"),
        (
            json!({ "functions": [{ "namespace": "a" }] }),
            "functions[0]",
        ),
        (
            json!({ "functions": [{ "namespace": "a", "members": { "b": {} } }] }),
            "functions[0].members.b",
        ),
        (json!({ "outputs": { "a": { "value": 1 } } }), "outputs.a"),
        (json!({ "contentVersion": 1 }), "contentVersion"),
    ] {
        let problem = Template::read(&document(&members)).unwrap_err();
        assert_eq!(problem.path(), path, "{members}");
    }
    for document in [json!(null), json!([]), json!("x")] {
        assert!(Template::read(&document).is_err());
    }
}

#[test]
fn members_that_are_null_are_absent_and_names_have_no_case() {
    let template = json!({
        "$SCHEMA": "s",
        "ContentVersion": "1.0.0.0",
        "Parameters": null,
        "VARIABLES": null,
        "functions": null,
        "outputs": null,
        "Resources": [{
            "Type": "Microsoft.Network/publicIPAddresses",
            "NAME": "a",
            "apiversion": "2023-09-01",
            "copy": null,
            "condition": null,
            "dependsOn": null,
            "scope": null,
            "resources": null,
        }],
    });
    let plan = Template::read(&template)
        .unwrap()
        .plan(&Value::Null, &crate::scope())
        .unwrap();
    assert_eq!(names(&plan), ["a"]);
}

#[test]
fn a_profile_tells_versions() {
    let plan = plan(&json!({
        "apiProfile": "2018-03-01-hybrid",
        "resources": [{ "type": "Microsoft.Network/publicIPAddresses", "name": "a" }],
    }))
    .unwrap();
    assert_eq!(plan.resources()[0].api_version, None);
}

#[test]
fn hashes_tell_templates_apart_but_not_their_case() {
    let hash = |name: &str| {
        Template::read(&document(
            &json!({ "resources": [address(name, &json!({}))] }),
        ))
        .unwrap()
        .hash()
    };
    assert_eq!(hash("a"), hash("A"));
    assert_ne!(hash("a"), hash("b"));
}
