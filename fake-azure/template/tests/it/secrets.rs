use serde_json::{Value, json};

use crate::{Echo, address, document, plan_with};
use arm_template::Template;

const SECRET: &str = "hush-hush";

fn parameters() -> Value {
    json!({ "secret": { "value": SECRET } })
}

fn members(resource: &Value) -> Value {
    json!({
        "parameters": { "secret": { "type": "securestring", "allowedValues": [SECRET] } },
        "variables": { "v": "[parameters('secret')]", "literal": SECRET },
        "resources": [resource],
    })
}

#[test]
fn nothing_that_is_told_for_finding_errors_holds_a_value() {
    let resource = address(
        "[parameters('secret')]",
        &json!({
            "location": "[parameters('secret')]",
            "properties": { "customData": "[variables('v')]", "literal": SECRET },
        }),
    );
    let members = members(&resource);
    let template = Template::read(&document(&members)).unwrap();
    let plan = template.plan(&parameters(), &crate::scope()).unwrap();
    for told in [
        format!("{template:?}"),
        format!("{plan:?}"),
        format!("{:?}", plan.resources()),
        format!("{:?}", plan.early(0).unwrap()),
        plan.parameters_shown().to_string(),
    ] {
        assert!(!told.contains(SECRET), "{told}");
    }
    assert_eq!(
        plan.body(0, &Echo::default()).unwrap()["properties"]["customData"],
        SECRET
    );
}

#[test]
fn problems_hold_no_values() {
    for expression in [
        "[json(parameters('secret'))]",
        "[int(parameters('secret'))]",
        "[bool(parameters('secret'))]",
        "[base64ToString(concat('*', parameters('secret')))]",
        "[format(concat('{9}', parameters('secret')))]",
        "[uri(parameters('secret'), 'a')]",
        "[dateTimeAdd(parameters('secret'), 'P1D')]",
        "[parseCidr(variables('v'))]",
        "[if(parameters('secret'), 1, 2)]",
        "[parameters('secret').x]",
        "[concat(variables('literal'), ]",
        "[not(variables('literal'))]",
    ] {
        let resource = address("a", &json!({ "properties": { "x": expression } }));
        let problem = plan_with(&members(&resource), &parameters()).unwrap_err();
        for told in [problem.to_string(), format!("{problem:?}")] {
            assert!(!told.contains(SECRET), "{expression}: {told}");
        }
    }
    let mut wrong = members(&address("a", &json!({})));
    for given in [
        json!({ "secret": { "value": "guess" } }),
        json!({ "secret": { "value": [SECRET] } }),
    ] {
        let problem = plan_with(&wrong, &given).unwrap_err();
        assert!(!problem.to_string().contains(SECRET), "{problem}");
        assert!(!problem.to_string().contains("guess"), "{problem}");
    }
    wrong["resources"][0]["properties"] = json!({ "x": format!("[{SECRET}]") });
    let problem = plan_with(&wrong, &parameters()).unwrap_err();
    assert!(!problem.to_string().contains(SECRET), "{problem}");
}
