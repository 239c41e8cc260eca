use arm_template::{Kind, Nothing, Problem, Rule};
use serde_json::{Value, json};

use crate::{address, plan_with};

fn shown(declared: &Value, given: &Value) -> Result<Value, Problem> {
    plan_with(&json!({ "parameters": declared }), given).map(|plan| plan.parameters_shown())
}

#[test]
fn values_are_shown_by_type_in_the_order_of_the_template() {
    let declared = json!({
        "s": { "type": "string" },
        "secret": { "type": "securestring" },
        "i": { "type": "int" },
        "b": { "type": "bool" },
        "o": { "type": "object" },
        "so": { "type": "secureObject" },
        "a": { "type": "Array" },
    });
    let given = json!({
        "A": { "value": [1] },
        "s": { "value": "[not an expression(]" },
        "secret": { "value": "hush" },
        "i": { "value": 5 },
        "b": { "value": false },
        "o": { "value": { "x": "[y]" } },
        "so": { "value": { "k": "hush" } },
    });
    let shown = shown(&declared, &given).unwrap();
    assert_eq!(
        shown.to_string(),
        json!({
            "s": { "type": "String", "value": "[not an expression(]" },
            "secret": { "type": "SecureString" },
            "i": { "type": "Int", "value": 5 },
            "b": { "type": "Bool", "value": false },
            "o": { "type": "Object", "value": { "x": "[y]" } },
            "so": { "type": "SecureObject" },
            "a": { "type": "Array", "value": [1] },
        })
        .to_string()
    );
}

#[test]
fn defaults_stand_for_what_is_not_given_and_refer_to_other_parameters() {
    let declared = json!({
        "c": { "type": "string", "defaultValue": "[concat(parameters('A'), parameters('b'))]" },
        "a": { "type": "string", "defaultValue": "x" },
        "b": { "type": "string", "defaultValue": "[resourceGroup().location]" },
        "n": { "type": "string", "nullable": true },
    });
    let values = |given: &Value| -> Vec<Value> {
        shown(&declared, given)
            .unwrap()
            .as_object()
            .unwrap()
            .values()
            .map(|shown| shown["value"].clone())
            .collect()
    };
    assert_eq!(
        values(&json!({})),
        [json!("xwestus"), json!("x"), json!("westus"), json!(null)]
    );
    assert_eq!(values(&Value::Null), values(&json!({})));
    assert_eq!(
        values(&json!({ "b": { "value": "y" }, "a": { "value": null }, "n": null })),
        [json!("xy"), json!("x"), json!("y"), json!(null)]
    );
}

#[test]
fn defaults_ask_for_no_variables_and_not_for_themselves() {
    let declared = |default: &str| json!({ "p": { "type": "string", "defaultValue": default } });
    let problem = shown(&declared("[variables('v')]"), &json!({})).unwrap_err();
    assert_eq!(problem.kind(), &Kind::Misplaced("variables".to_owned()));
    assert_eq!(problem.path(), "parameters.p.defaultValue");
    let problem = shown(&declared("[reference('v')]"), &json!({})).unwrap_err();
    assert_eq!(problem.kind(), &Kind::Misplaced("reference".to_owned()));
    let problem = shown(&declared("[parameters('p')]"), &json!({})).unwrap_err();
    assert!(
        problem
            .to_string()
            .contains("Circular dependency detected on template parameter: 'p'")
    );
    let problem = shown(&declared("[parameters('q')]"), &json!({})).unwrap_err();
    assert!(
        problem
            .to_string()
            .contains("The template parameter 'q' is not found.")
    );
}

#[test]
fn what_is_missing_unknown_or_elsewhere_is_refused() {
    let declared = json!({ "p": { "type": "string" }, "q": { "type": "int", "defaultValue": 1 } });
    assert_eq!(
        shown(&declared, &json!({})).unwrap_err().to_string(),
        "Deployment template validation failed: 'The value for the template parameter 'p' is not \
         provided. Please see https://aka.ms/arm-create-parameter-file for usage details.'."
    );
    assert_eq!(
        shown(
            &declared,
            &json!({ "p": { "value": "a" }, "x": { "value": 1 }, "y": {} })
        )
        .unwrap_err()
        .kind(),
        &Kind::ParametersUnknown {
            names: vec!["x".to_owned(), "y".to_owned()],
            known: vec!["p".to_owned(), "q".to_owned()],
        }
    );
    let vault = json!({ "p": { "reference": { "keyVault": { "id": "/v" }, "secretName": "s" } } });
    assert_eq!(
        shown(&declared, &vault).unwrap_err().kind(),
        &Kind::ParameterReference("p".to_owned())
    );
    assert!(matches!(
        shown(&declared, &json!({ "p": "bare" }))
            .unwrap_err()
            .kind(),
        Kind::MemberType { .. }
    ));
    assert!(matches!(
        shown(&declared, &json!([])).unwrap_err().kind(),
        Kind::MemberType { .. }
    ));
}

#[test]
fn values_are_of_their_types() {
    for (kind, value, actual) in [
        ("string", json!(1), "Integer"),
        ("securestring", json!(true), "Boolean"),
        ("int", json!("1"), "String"),
        ("int", json!(1.5), "Float"),
        ("bool", json!("true"), "String"),
        ("object", json!([]), "Array"),
        ("array", json!({}), "Object"),
    ] {
        for (declared, given) in [
            (
                json!({ "p": { "type": kind } }),
                json!({ "p": { "value": value } }),
            ),
            (
                json!({ "p": { "type": kind, "defaultValue": value } }),
                json!({}),
            ),
        ] {
            match shown(&declared, &given).unwrap_err().kind() {
                Kind::ParameterType {
                    name,
                    actual: found,
                    ..
                } => {
                    assert_eq!((name.as_str(), *found), ("p", actual));
                }
                other => panic!("{kind}: {other:?}"),
            }
        }
    }
    let problem = shown(&json!({ "p": { "type": "date" } }), &json!({})).unwrap_err();
    assert_eq!(problem.kind(), &Kind::ParameterDeclaration("p".to_owned()));
}

#[test]
fn values_keep_to_their_rules() {
    let one_of = |values: &[&str]| Rule::OneOf(values.iter().map(|&v| v.to_owned()).collect());
    for (rules, value, broken) in [
        (
            json!({ "type": "string", "allowedValues": ["a", "b"] }),
            json!("c"),
            Some(one_of(&["a", "b"])),
        ),
        (
            json!({ "type": "string", "allowedValues": ["a", "b"] }),
            json!("B"),
            None,
        ),
        (
            json!({ "type": "int", "allowedValues": [1, 2] }),
            json!(3),
            Some(one_of(&["1", "2"])),
        ),
        (
            json!({ "type": "array", "allowedValues": ["a", "b"] }),
            json!(["b"]),
            None,
        ),
        (
            json!({ "type": "array", "allowedValues": ["a", "b"] }),
            json!(["c"]),
            Some(one_of(&["a", "b"])),
        ),
        (
            json!({ "type": "string", "minLength": 3 }),
            json!("ab"),
            Some(Rule::MinLength(3)),
        ),
        (
            json!({ "type": "string", "maxLength": 3 }),
            json!("abcd"),
            Some(Rule::MaxLength(3)),
        ),
        (
            json!({ "type": "array", "minLength": 1 }),
            json!([]),
            Some(Rule::MinLength(1)),
        ),
        (
            json!({ "type": "int", "minValue": 1, "maxValue": 9 }),
            json!(0),
            Some(Rule::MinValue(1)),
        ),
        (
            json!({ "type": "int", "minValue": 1, "maxValue": 9 }),
            json!(10),
            Some(Rule::MaxValue(9)),
        ),
        (
            json!({ "type": "int", "minValue": 1, "maxValue": 9 }),
            json!(9),
            None,
        ),
    ] {
        let found = shown(&json!({ "p": rules }), &json!({ "p": { "value": value } }));
        match (found, broken) {
            (Ok(_), None) => {}
            (Err(problem), Some(rule)) => assert_eq!(
                problem.kind(),
                &Kind::ParameterValue {
                    name: "p".to_owned(),
                    rule
                }
            ),
            (found, broken) => panic!("{rules} {value}: {found:?}, not {broken:?}"),
        }
    }
}

#[test]
fn types_can_be_defined_by_the_template() {
    let members = json!({
        "languageVersion": "2.0",
        "definitions": {
            "size": { "$ref": "#/definitions/text", "maxLength": 2 },
            "text": { "type": "string" },
            "endless": { "$ref": "#/definitions/endless" },
        },
        "parameters": { "p": { "$ref": "#/definitions/size" } },
        "resources": [address("a", &json!({ "tags": { "p": "[parameters('p')]" } }))],
    });
    let plan = plan_with(&members, &json!({ "p": { "value": "ok" } })).unwrap();
    assert_eq!(plan.body(0, &Nothing).unwrap()["tags"]["p"], "ok");
    assert!(matches!(
        plan_with(&members, &json!({ "p": { "value": "long" } }))
            .unwrap_err()
            .kind(),
        Kind::ParameterValue { .. }
    ));
    let mut endless = members;
    endless["parameters"]["p"]["$ref"] = json!("#/definitions/endless");
    assert_eq!(
        plan_with(&endless, &json!({})).unwrap_err().kind(),
        &Kind::TooDeep
    );
}
