use arm_template::{Kind, Nothing, Problem};
use serde_json::{Value, json};

use crate::{Echo, GROUP, address, plan};

fn outputs(declared: &Value) -> Result<Value, Problem> {
    plan(&json!({
        "resources": [address("p", &json!({}))],
        "outputs": declared,
    }))?
    .outputs(&Echo::default())
}

#[test]
fn outputs_have_types_and_values() {
    assert_eq!(
        outputs(&json!({
            "text": { "type": "string", "value": "[concat('a', 'b')]" },
            "number": { "type": "INT", "value": "[add(1, 2)]" },
            "secret": { "type": "securestring", "value": "hush" },
            "asked": { "type": "string", "value": "[reference('p').ipAddress]" },
            "all": { "type": "object", "value": "[reference('p', '2020-01-01', 'full')]" },
            "absent": { "type": "string", "condition": "[equals(1, 2)]", "value": "[reference('none').x]" },
            "there": { "type": "bool", "condition": true, "value": true },
            "loop": { "type": "array", "copy": { "count": 2, "input": "[copyIndex(1)]" } },
            "nothing": { "type": "string", "nullable": true, "value": "[null()]" },
        }))
        .unwrap(),
        json!({
            "text": { "type": "String", "value": "ab" },
            "number": { "type": "Int", "value": 3 },
            "secret": { "type": "SecureString" },
            "asked": { "type": "String", "value": "1.2.3.4" },
            "all": { "type": "Object", "value": {
                "location": "westus",
                "properties": {
                    "ipAddress": "1.2.3.4",
                    "of": format!("{GROUP}/providers/Microsoft.Network/publicIPAddresses/p"),
                },
            } },
            "there": { "type": "Bool", "value": true },
            "loop": { "type": "Array", "value": [1, 2] },
            "nothing": { "type": "String", "value": null },
        })
    );
    assert_eq!(outputs(&json!({})).unwrap(), json!({}));
}

#[test]
fn outputs_that_go_wrong_are_told_by_name() {
    let problem =
        outputs(&json!({ "o": { "type": "int", "value": "[reference('p').ipAddress]" } }))
            .unwrap_err();
    assert_eq!(problem.code(), "DeploymentOutputEvaluationFailed");
    assert_eq!(problem.path(), "outputs.o");
    assert!(
        problem
            .to_string()
            .starts_with("The template output 'o' is not valid: "),
        "{problem}"
    );
    assert!(
        problem
            .to_string()
            .contains("Expected 'Integer'. Actual 'String'"),
        "{problem}"
    );

    let problem =
        outputs(&json!({ "o": { "type": "string", "value": "[reference('p').nothing]" } }))
            .unwrap_err();
    assert!(
        problem
            .to_string()
            .contains("The language expression property 'nothing' doesn't exist"),
        "{problem}"
    );
}

#[test]
fn outputs_that_cannot_go_well_are_found_before_anything_is_made() {
    for (declared, path) in [
        (json!({ "type": "int", "value": "text" }), "outputs.o"),
        (
            json!({ "type": "string", "value": "[nonsense()]" }),
            "outputs.o.value",
        ),
        (json!({ "type": "nonsense", "value": "" }), "outputs.o.type"),
        (
            json!({ "type": "string", "value": "[reference('nowhere').x]" }),
            "outputs.o.value",
        ),
    ] {
        let problem = plan(&json!({ "outputs": { "o": declared } })).unwrap_err();
        assert_eq!(problem.path(), path, "{declared}");
    }
}

#[test]
fn who_is_asked_too_early_knows_nothing() {
    let plan = plan(&json!({
        "resources": [address("p", &json!({}))],
        "outputs": { "o": { "type": "string", "value": "[reference('p').x]" } },
    }))
    .unwrap();
    let problem = plan.outputs(&Nothing).unwrap_err();
    assert!(matches!(problem.kind(), Kind::Output { .. }));
}
