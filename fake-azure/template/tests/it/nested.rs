use arm_template::{Kind, Nothing};
use serde_json::{Value, json};

use crate::{SUBSCRIPTION, plan};

fn nested(options: &Value) -> Value {
    json!({
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": "inner",
        "resourceGroup": "other",
        "properties": {
            "expressionEvaluationOptions": options,
            "mode": "Incremental",
            "parameters": { "p": { "value": "[variables('v')]" } },
            "template": {
                "variables": { "v": "inner" },
                "resources": [],
                "outputs": { "o": { "type": "string", "value": "[variables('v')]" }, "e": "[[concat('a')]" },
            },
        },
    })
}

#[test]
fn a_nested_template_is_evaluated_inside_or_outside() {
    let value = |options: Value| {
        let plan = plan(&json!({ "variables": { "v": "outer" }, "resources": [nested(&options)] }))
            .unwrap();
        let body = plan.body(0, &Nothing).unwrap();
        assert_eq!(body["properties"]["parameters"]["p"]["value"], "outer");
        assert!(body.get("resourceGroup").is_none());
        (
            body["properties"]["template"]["outputs"]["o"]["value"].clone(),
            body["properties"]["template"]["outputs"]["e"].clone(),
        )
    };
    let inside = (json!("[variables('v')]"), json!("[[concat('a')]"));
    let outside = (json!("outer"), json!("[concat('a')]"));
    assert_eq!(value(json!({ "scope": "inner" })), inside);
    assert_eq!(value(json!({ "scope": "[concat('IN', 'NER')]" })), inside);
    assert_eq!(value(json!({ "scope": "outer" })), outside);
    assert_eq!(value(json!({})), outside);
    assert_eq!(value(json!(null)), outside);
}

#[test]
fn a_nested_deployment_goes_where_it_says() {
    let plan = plan(
        &json!({ "variables": { "v": 1 }, "resources": [nested(&json!({ "scope": "inner" }))] }),
    )
    .unwrap();
    assert_eq!(
        plan.resources()[0].scope,
        format!("/subscriptions/{SUBSCRIPTION}/resourceGroups/other")
    );
    assert_eq!(
        plan.resources()[0].id,
        format!(
            "/subscriptions/{SUBSCRIPTION}/resourceGroups/other/providers/Microsoft.Resources/deployments/inner"
        )
    );
}

#[test]
fn what_an_inner_template_asks_for_is_its_own_affair() {
    let mut inner = nested(&json!({ "scope": "inner" }));
    inner["properties"]["template"]["resources"] =
        json!([{ "x": "[reference('nowhere')]", "y": "[nonsense(]" }]);
    let members = json!({ "variables": { "v": 1 }, "resources": [inner.clone()] });
    assert!(plan(&members).is_ok());
    inner["properties"]["expressionEvaluationOptions"] = json!({});
    let problem = plan(&json!({ "variables": { "v": 1 }, "resources": [inner] })).unwrap_err();
    assert_eq!(
        problem.kind(),
        &Kind::ReferenceUnknown("nowhere".to_owned())
    );
    assert_eq!(
        problem.path(),
        "resources[0].properties.template.resources[0].x"
    );
}
