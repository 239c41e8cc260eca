use arm_template::{Expression, Kind, MOST_SIZE, Nothing, Step, Template, Text};
use proptest::prelude::*;
use serde_json::{Map, Number, Value, json};

use crate::{address, document, plan, scope, value_in};

/// Texts that look like expressions, more or less.
fn near_expression() -> BoxedStrategy<String> {
    let piece = prop_oneof![
        Just("["),
        Just("]"),
        Just("("),
        Just(")"),
        Just(","),
        Just("."),
        Just("'"),
        Just("''"),
        Just(" "),
        Just("concat"),
        Just("parameters"),
        Just("variables"),
        Just("reference"),
        Just("copyIndex"),
        Just("if"),
        Just("true"),
        Just("format"),
        Just("map"),
        Just("lambda"),
        Just("range"),
        Just("json"),
        Just("substring"),
        Just("take"),
        Just("resourceId"),
        Just("dateTimeAdd"),
        Just("padLeft"),
        Just("cidrSubnet"),
        Just("'a'"),
        Just("'{0:N2}'"),
        Just("'A.B/c'"),
        Just("'10.0.0.0/8'"),
        Just("'P1D'"),
        Just("'2020-01-01'"),
        Just("1"),
        Just("-1"),
        Just("9223372036854775807"),
        Just("1.5"),
        Just("ä"),
        Just("😀"),
        Just("{"),
        Just("\0"),
    ];
    prop::collection::vec(piece, 0..40)
        .prop_map(|pieces| pieces.concat())
        .boxed()
}

fn name() -> impl Strategy<Value = String> {
    "[A-Za-z_][A-Za-z0-9_]{0,6}"
}

/// Expressions, without regard to sense.
fn expression() -> impl Strategy<Value = Expression> {
    let leaf = prop_oneof![
        any::<String>().prop_map(Expression::Text),
        any::<i64>().prop_map(|number| Expression::Number(number.into())),
        (-1e6_f64..1e6).prop_map(|number| {
            // A number with a fraction is written with one.
            Expression::Number(Number::from_f64(number.trunc() + 0.5).unwrap())
        }),
    ];
    leaf.prop_recursive(5, 40, 4, |inner| {
        let call = (
            prop::option::of(name()),
            name(),
            prop::collection::vec(inner.clone(), 0..4),
        )
            .prop_map(|(namespace, name, arguments)| Expression::Call {
                namespace,
                name,
                arguments,
            })
            .boxed();
        let step = prop_oneof![
            name().prop_map(Step::Name),
            inner.clone().prop_map(Step::Index)
        ];
        let access = (call.clone(), prop::collection::vec(step, 1..4)).prop_map(|(base, steps)| {
            Expression::Access {
                base: Box::new(base),
                steps,
            }
        });
        prop_oneof![call, access]
    })
}

/// The functions that there are.
pub(crate) const FUNCTIONS: &[&str] = &[
    "add",
    "and",
    "array",
    "base64",
    "base64ToJson",
    "base64ToString",
    "bool",
    "buildUri",
    "cidrHost",
    "cidrSubnet",
    "coalesce",
    "concat",
    "contains",
    "copyIndex",
    "createArray",
    "createObject",
    "dataUri",
    "dataUriToString",
    "dateTimeAdd",
    "dateTimeFromEpoch",
    "dateTimeToEpoch",
    "deployer",
    "deployment",
    "div",
    "empty",
    "endsWith",
    "environment",
    "equals",
    "extensionResourceId",
    "fail",
    "false",
    "filter",
    "first",
    "flatten",
    "float",
    "format",
    "greater",
    "greaterOrEquals",
    "groupBy",
    "guid",
    "if",
    "indexFromEnd",
    "indexOf",
    "int",
    "intersection",
    "items",
    "join",
    "json",
    "last",
    "lastIndexOf",
    "length",
    "less",
    "lessOrEquals",
    "listKeys",
    "managementGroup",
    "managementGroupResourceId",
    "map",
    "mapValues",
    "max",
    "min",
    "mod",
    "mul",
    "newGuid",
    "not",
    "null",
    "objectKeys",
    "or",
    "padLeft",
    "parameters",
    "parseCidr",
    "pickZones",
    "providers",
    "range",
    "reduce",
    "reference",
    "references",
    "replace",
    "resourceGroup",
    "resourceId",
    "resourceInfo",
    "shallowMerge",
    "skip",
    "sort",
    "split",
    "startsWith",
    "string",
    "sub",
    "subscription",
    "subscriptionResourceId",
    "substring",
    "take",
    "tenant",
    "tenantResourceId",
    "toLower",
    "toObject",
    "toUpper",
    "trim",
    "true",
    "tryGet",
    "tryIndexFromEnd",
    "union",
    "uniqueString",
    "uri",
    "uriComponent",
    "uriComponentToString",
    "utcNow",
    "variables",
];

/// Calls of functions that there are, with values of all types.
fn call() -> impl Strategy<Value = String> {
    let value = prop_oneof![
        Just("'a'".to_owned()),
        Just("''".to_owned()),
        Just("'äöü😀'".to_owned()),
        Just("'2020-02-29T12:00:00Z'".to_owned()),
        Just("'-P1Y2M3DT4H5M6S'".to_owned()),
        Just("'10.1.2.3/30'".to_owned()),
        Just("'::1/127'".to_owned()),
        Just("'{0:D5}{1,-8:X}'".to_owned()),
        Just("'yyyy-MM-ddTHH:mm:ss.fffffff K ddd'".to_owned()),
        Just("'Microsoft.A/b/c'".to_owned()),
        Just("'https://a.b/c'".to_owned()),
        Just("'YQ=='".to_owned()),
        Just("null()".to_owned()),
        Just("true()".to_owned()),
        Just("float('-1.5')".to_owned()),
        Just("createArray(3, 1, 2)".to_owned()),
        Just("createArray('b', 'a')".to_owned()),
        Just("createObject('a', 1, 'B', createArray())".to_owned()),
        Just("lambda('x', lambdaVariables('x'))".to_owned()),
        Just("lambda('x', 'y', less(lambdaVariables('x'), lambdaVariables('y')))".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        (-3_i64..200).prop_map(|number| number.to_string()),
    ];
    let function = prop::sample::select(FUNCTIONS);
    (function, prop::collection::vec(value, 0..4))
        .prop_map(|(function, values)| format!("[{function}({})]", values.join(", ")))
}

fn json_value(text: impl Strategy<Value = String> + 'static) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        text.prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,4}", inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// A good template in which one place is spoiled.
fn spoiled(path: &[prop::sample::Index], by: &Value) -> Value {
    let mut template = document(&json!({
        "parameters": { "p": { "type": "string", "defaultValue": "[utcNow()]", "allowedValues": null, "minLength": 1 } },
        "variables": { "v": { "a": ["[parameters('p')]"] }, "copy": [{ "name": "l", "count": 2, "input": "[copyIndex('l')]" }] },
        "functions": [{ "namespace": "f", "members": { "g": { "parameters": [{ "name": "x", "type": "int" }], "output": { "type": "int", "value": "[add(parameters('x'), 1)]" } } } }],
        "resources": [
            address("p", &json!({ "location": "westus", "condition": true, "copy": null })),
            address("[concat('a', f.g(copyIndex()))]", &json!({
                "copy": { "name": "many", "count": 2, "mode": "serial", "batchSize": 1 },
                "dependsOn": ["p"],
                "properties": { "x": "[reference('p').y]", "copy": [{ "name": "z", "count": 1, "input": "[variables('v').a[0]]" }] },
                "resources": [{ "type": "b", "apiVersion": "1", "name": "c", "scope": null }],
            })),
        ],
        "outputs": { "o": { "type": "array", "condition": true, "copy": { "count": 2, "input": "[copyIndex()]" } } },
    }));
    let mut at = &mut template;
    for index in path {
        let length = match at {
            Value::Array(elements) => elements.len(),
            Value::Object(members) => members.len(),
            _ => 0,
        };
        if length == 0 {
            break;
        }
        let index = index.index(length);
        at = match at {
            Value::Array(elements) => &mut elements[index],
            Value::Object(members) => members.values_mut().nth(index).unwrap(),
            _ => unreachable!("it has something in it"),
        };
    }
    *at = by.clone();
    template
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        if let Ok(read) = Text::read(&text) {
            prop_assert_eq!(Text::read(&read.to_string()).unwrap(), read);
        }
    }

    #[test]
    fn texts_near_expressions_are_read_or_refused(text in near_expression()) {
        if let Ok(read) = Text::read(&text) {
            prop_assert_eq!(Text::read(&read.to_string()).unwrap(), read);
        }
        drop(Expression::read(&text));
        drop(value_in(&json!({}), &json!(format!("[{text}]"))));
    }

    #[test]
    fn what_is_written_is_read_again(expression in expression()) {
        prop_assert_eq!(Expression::read(&expression.to_string()).unwrap(), expression);
    }

    #[test]
    fn any_text_can_be_written_as_a_literal(text in any::<String>()) {
        let written = Text::Literal(text.clone()).to_string();
        prop_assert_eq!(value_in(&json!({}), &json!(written)).unwrap(), json!(text));
    }

    #[test]
    fn any_text_can_be_written_in_quotes(text in any::<String>()) {
        let written = format!("[{}]", Expression::Text(text.clone()));
        prop_assert_eq!(value_in(&json!({}), &json!(written)).unwrap(), json!(text));
    }

    #[test]
    fn values_without_expressions_come_back_as_they_are(value in json_value("[^\\[]{0,8}")) {
        prop_assert_eq!(value_in(&json!({}), &value).unwrap(), value);
    }

    #[test]
    fn any_value_is_evaluated_or_refused(value in json_value(near_expression())) {
        drop(value_in(&json!({}), &value));
    }

    #[test]
    fn parameters_come_back_as_they_are(value in json_value(near_expression())) {
        let members = json!({
            "parameters": { "p": { "type": "object" } },
            "resources": [address("a", &json!({ "properties": "[parameters('p')]" }))],
        });
        let given = json!({ "p": { "value": { "inner": value } } });
        let plan = crate::plan_with(&members, &given).unwrap();
        prop_assert_eq!(&plan.body(0, &Nothing).unwrap()["properties"]["inner"], &value);
    }

    #[test]
    fn any_call_comes_to_a_value_of_a_bounded_size_or_is_refused(call in call()) {
        match value_in(&json!({}), &json!(call)) {
            Ok(value) => prop_assert!(value.to_string().len() <= 2 * MOST_SIZE),
            Err(problem) => {
                let unknown = matches!(problem.kind(), Kind::UnknownFunction(_));
                prop_assert!(!unknown, "{problem}");
                prop_assert!(!problem.to_string().is_empty());
            }
        }
    }

    #[test]
    fn a_template_that_is_spoiled_somewhere_is_planned_or_refused(
        path in prop::collection::vec(any::<prop::sample::Index>(), 0..7),
        by in json_value(near_expression()),
    ) {
        if let Ok(plan) = Template::read(&spoiled(&path, &by)).and_then(|t| t.plan(&json!({}), &scope())) {
            for (index, resource) in plan.resources().iter().enumerate() {
                prop_assert!(!resource.depends_on.contains(&index));
                prop_assert!(resource.depends_on.iter().all(|other| *other < plan.resources().len()));
                drop(plan.body(index, &crate::Echo::default()));
            }
            drop(plan.outputs(&crate::Echo::default()));
        }
    }

    #[test]
    fn any_json_is_a_template_or_refused(value in json_value(near_expression())) {
        drop(Template::read(&value));
    }

    #[test]
    fn resources_can_be_put_up_in_the_order_of_what_they_wait_for(
        edges in prop::collection::vec((0_usize..12, 0_usize..12), 0..24),
    ) {
        let resources: Vec<Value> = (0..12)
            .map(|index| {
                let waits: Vec<String> = edges
                    .iter()
                    .filter(|(from, _)| *from == index)
                    .map(|(_, to)| format!("r{to}"))
                    .collect();
                address(&format!("r{index}"), &json!({ "dependsOn": waits }))
            })
            .collect();
        // An order exists exactly if taking away what waits for nothing leaves nothing.
        let mut left: Vec<usize> = (0..12).collect();
        while let Some(at) = left.iter().position(|index| {
            edges.iter().all(|(from, to)| from != index || !left.contains(to))
        }) {
            left.remove(at);
        }
        match plan(&json!({ "resources": resources })) {
            Ok(_) => prop_assert!(left.is_empty()),
            Err(problem) => {
                prop_assert!(!left.is_empty());
                prop_assert!(matches!(problem.kind(), Kind::CircularDependency(_)));
            }
        }
    }

    #[test]
    fn sorting_sorts_and_keeps_everything(numbers in prop::collection::vec(-50_i64..50, 0..40)) {
        let members = json!({ "variables": { "n": numbers } });
        let sorted = value_in(&members, &json!("[sort(variables('n'), lambda('a', 'b', less(lambdaVariables('a'), lambdaVariables('b'))))]"));
        let mut expected = numbers;
        expected.sort_unstable();
        prop_assert_eq!(sorted.unwrap(), json!(expected));
    }

    #[test]
    fn encodings_come_back(text in any::<String>()) {
        let members = json!({ "variables": { "t": Text::Literal(text.clone()).to_string() } });
        for (there, back) in [("base64", "base64ToString"), ("uriComponent", "uriComponentToString"), ("dataUri", "dataUriToString")] {
            let value = value_in(&members, &json!(format!("[{back}({there}(variables('t')))]"))).unwrap();
            prop_assert_eq!(&value, &json!(text));
        }
    }
}
