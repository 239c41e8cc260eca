use arm_template::{Kind, Nothing, Plan, Problem, Runtime};
use serde_json::{Value, json};

use crate::{Echo, GROUP, address, plan, refusal};

fn asked(expression: &str) -> (Value, Vec<String>) {
    let plan = plan(&json!({ "resources": [
        address("p", &json!({})),
        address("a", &json!({ "properties": { "x": expression } })),
    ] }))
    .unwrap();
    let echo = Echo::default();
    let body = plan.body(1, &echo).unwrap();
    (body["properties"]["x"].clone(), echo.asked.take())
}

#[test]
fn resources_are_asked_by_identifier_and_version() {
    let p = format!("{GROUP}/providers/Microsoft.Network/publicIPAddresses/p");
    for (expression, value, question) in [
        (
            "[reference('p').ipAddress]",
            json!("1.2.3.4"),
            format!("{p} 2023-09-01 false"),
        ),
        (
            "[reference('P', '2020-01-01').ipAddress]",
            json!("1.2.3.4"),
            format!("{p} 2020-01-01 false"),
        ),
        (
            "[reference('p', '2020-01-01', 'Full').location]",
            json!("westus"),
            format!("{p} 2020-01-01 true"),
        ),
        (
            "[reference(resourceId('Microsoft.Network/publicIPAddresses', 'p')).of]",
            json!(p),
            format!("{p} 2023-09-01 false"),
        ),
        (
            "[reference('/subscriptions/s/resourceGroups/h/providers/A.B/c/d', '2020-01-01').ipAddress]",
            json!("1.2.3.4"),
            "/subscriptions/s/resourceGroups/h/providers/A.B/c/d 2020-01-01 false".to_owned(),
        ),
        (
            "[reference(concat('Microsoft.Storage/storageAccounts/', 's'), '2020-01-01').ipAddress]",
            json!("1.2.3.4"),
            format!("{GROUP}/providers/Microsoft.Storage/storageAccounts/s 2020-01-01 false"),
        ),
        (
            "[listKeys('p', '2019-06-01').keys[0].value]",
            json!("k"),
            format!("listKeys {p} 2019-06-01 null"),
        ),
        (
            "[listAccountSas('/a/b', '2019-06-01', createObject('x', 1)).keys[0].value]",
            json!("k"),
            "listAccountSas /a/b 2019-06-01 {\"x\":1}".to_owned(),
        ),
    ] {
        assert_eq!(asked(expression), (value, vec![question]), "{expression}");
    }
}

#[test]
fn what_is_not_in_the_template_is_spelled_out() {
    for (expression, name) in [
        ("reference('nowhere')", "nowhere"),
        ("reference('nowhere', '2020-01-01')", "nowhere"),
        ("reference('/a/b/c')", "/a/b/c"),
    ] {
        assert!(
            refusal(expression).contains(&format!(
                "The template reference '{name}' is not valid: could not find template resource or \
                 resource copy with this name."
            )),
            "{expression}"
        );
    }
    assert!(refusal("reference('/a/b', '2020-01-01', 'Half')").contains("'Full'"));
}

#[test]
fn names_of_several_resources_do_not_tell_which() {
    let problem = plan(&json!({ "resources": [
        address("v", &json!({})),
        { "type": "Microsoft.Network/virtualNetworks", "apiVersion": "1", "name": "v" },
        address("a", &json!({ "properties": { "x": "[reference('v').y]" } })),
    ] }))
    .unwrap_err();
    assert_eq!(problem.kind(), &Kind::ReferenceAmbiguous("v".to_owned()));
}

#[test]
fn resources_are_not_asked_where_nothing_runs() {
    for members in [
        json!({ "variables": { "v": "[reference('p').x]" }, "outputs": { "o": { "type": "string", "value": "[variables('v')]" } } }),
        json!({ "resources": [address("[reference('p').x]", &json!({}))] }),
        json!({ "resources": [address("a", &json!({ "condition": "[reference('p').x]" }))] }),
        json!({ "resources": [address("a", &json!({ "copy": { "name": "l", "count": "[listKeys('p', '1').x]" } }))] }),
    ] {
        let problem = plan(&members).unwrap_err();
        assert!(matches!(problem.kind(), Kind::Misplaced(_)), "{problem}");
    }
}

#[test]
fn before_it_runs_a_body_is_known_as_far_as_it_can_be() {
    let plan = plan(&json!({ "resources": [
        address("p", &json!({ "location": "[resourceGroup().location]" })),
        address("a", &json!({
            "location": "[reference('p', '2020-01-01', 'full').location]",
            "sku": { "name": "[concat('Stand', 'ard')]" },
            "tags": { "[reference('p').ipAddress]": 1 },
        })),
    ] }))
    .unwrap();
    assert_eq!(plan.resources()[0].location.as_deref(), Some("westus"));
    assert_eq!(plan.resources()[1].location, None);
    assert!(plan.early(0).unwrap().is_complete);
    let early = plan.early(1).unwrap();
    assert!(!early.is_complete);
    assert_eq!(
        early.body,
        json!({
            "location": "[reference('p', '2020-01-01', 'full').location]",
            "sku": { "name": "Standard" },
            "tags": { "[reference('p').ipAddress]": 1 },
        })
    );
    assert_eq!(
        plan.body(1, &Echo::default()).unwrap()["location"],
        "westus"
    );
    assert!(plan.body(2, &Nothing).is_err());
    assert!(matches!(
        plan.body(1, &Nothing).unwrap_err().kind(),
        Kind::NeedsRuntime(_)
    ));
}

#[test]
fn a_body_is_all_but_what_the_plan_tells() {
    let plan = plan(&json!({ "resources": [{
        "type": "Microsoft.Compute/virtualMachines",
        "apiVersion": "2024-07-01",
        "name": "v",
        "comments": "c",
        "condition": true,
        "copy": { "name": "l", "count": 1 },
        "dependsOn": [],
        "scope": null,
        "location": "westus",
        "zones": ["1"],
        "identity": { "type": "SystemAssigned" },
        "plan": { "name": "n" },
        "tags": {},
        "kind": null,
        "properties": { "a": null },
        "resources": [],
    }] }))
    .unwrap();
    assert_eq!(
        plan.body(0, &Nothing).unwrap(),
        json!({
            "location": "westus",
            "zones": ["1"],
            "identity": { "type": "SystemAssigned" },
            "plan": { "name": "n" },
            "tags": {},
            "kind": null,
            "properties": { "a": null },
        })
    );
}

#[test]
fn refusals_of_who_is_asked_stay_their_own() {
    struct Refusing;

    impl Runtime for Refusing {
        fn reference(&self, id: &str, _: Option<&str>, _: bool) -> Result<Value, Problem> {
            Err(Problem::runtime(
                "ResourceNotFound",
                format!("{id} was not found."),
            ))
        }

        fn list(&self, _: &str, _: &str, _: &str, _: Option<&Value>) -> Result<Value, Problem> {
            Ok(json!(1))
        }
    }

    let plan = plan(&json!({
        "resources": [
            address("p", &json!({})),
            address("a", &json!({ "properties": { "x": "[reference('p').x]" } })),
        ],
        "outputs": { "o": { "type": "string", "value": "[reference('p').x]" } },
    }))
    .unwrap();
    for problem in [
        plan.body(1, &Refusing).unwrap_err(),
        plan.outputs(&Refusing).unwrap_err(),
    ] {
        assert_eq!(problem.code(), "ResourceNotFound");
        assert!(problem.to_string().starts_with("/subscriptions/"));
        assert!(problem.to_string().ends_with("/p was not found."));
    }
}

#[test]
fn resources_with_names_of_the_templates_own() {
    let plan = plan(&json!({
        "languageVersion": "2.0",
        "resources": {
            "net": {
                "existing": true,
                "type": "Microsoft.Network/virtualNetworks",
                "apiVersion": "2022-01-01",
                "name": "v",
            },
            "many": {
                "type": "Microsoft.Network/publicIPAddresses",
                "apiVersion": "2023-09-01",
                "name": "[format('p{0}', copyIndex())]",
                "copy": { "name": "many", "count": 2 },
            },
            "card": {
                "type": "Microsoft.Network/networkInterfaces",
                "apiVersion": "2023-09-01",
                "name": "n",
                "properties": {
                    "net": "[reference('net').of]",
                    "second": "[reference('many[1]').of]",
                    "id": "[resourceInfo('net').id]",
                },
                "dependsOn": ["many", "net"],
            },
        },
        "outputs": { "all": { "type": "array", "value": "[map(references('many'), lambda('r', lambdaVariables('r').ipAddress))]" } },
    }))
    .unwrap();
    assert_eq!(crate::names(&plan), ["p0", "p1", "n"]);
    assert_eq!(plan.resources()[2].symbol.as_deref(), Some("card"));
    assert_eq!(plan.resources()[2].depends_on, [0, 1]);
    let echo = Echo::default();
    let net = format!("{GROUP}/providers/Microsoft.Network/virtualNetworks/v");
    assert_eq!(
        plan.body(2, &echo).unwrap()["properties"],
        json!({
            "net": net,
            "second": format!("{GROUP}/providers/Microsoft.Network/publicIPAddresses/p1"),
            "id": net,
        })
    );
    assert_eq!(echo.asked.borrow()[0], format!("{net} 2022-01-01 false"));
    assert_eq!(
        plan.outputs(&echo).unwrap()["all"]["value"],
        json!(["1.2.3.4", "1.2.3.4"])
    );
}

#[test]
fn a_plan_can_be_stored() {
    let plan = plan(&json!({
        "variables": { "copy": [{ "name": "v", "count": 2, "input": "[copyIndex('v')]" }] },
        "resources": [
            address("p", &json!({})),
            address("[concat('a', copyIndex())]", &json!({
                "copy": { "name": "l", "count": 2 },
                "properties": { "x": "[reference('p').of]", "v": "[variables('v')]", "i": "[copyIndex()]" },
            })),
        ],
        "outputs": { "o": { "type": "string", "value": "[reference('p').of]" } },
    }))
    .unwrap();
    let stored = serde_json::to_string(&plan).unwrap();
    let back: Plan = serde_json::from_str(&stored).unwrap();
    let echo = Echo::default();
    assert_eq!(back.resources(), plan.resources());
    for index in 0..3 {
        assert_eq!(
            back.body(index, &echo).unwrap(),
            plan.body(index, &echo).unwrap()
        );
    }
    assert_eq!(back.outputs(&echo).unwrap(), plan.outputs(&echo).unwrap());
    assert_eq!(serde_json::to_string(&back).unwrap(), stored);
}
