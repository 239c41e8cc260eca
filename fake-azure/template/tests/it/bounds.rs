use arm_template::{Kind, MOST_RESOURCES, Problem};
use serde_json::{Value, json};

use crate::{address, plan, plan_with, try_value, value_in};

/// Stacks of machines' threads are smaller than those of tests.
const STACK: usize = 1 << 20;

fn on_a_small_stack<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> T {
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(act)
        .unwrap()
        .join()
        .unwrap()
}

fn is_bounded(result: Result<Value, Problem>) {
    match result {
        Ok(value) => panic!("{} characters came of it", value.to_string().len()),
        Err(problem) => assert!(
            matches!(
                problem.kind(),
                Kind::TooDeep
                    | Kind::TooLarge
                    | Kind::TooMuchWork
                    | Kind::TooMany { .. }
                    | Kind::Syntax { .. }
            ),
            "{problem}"
        ),
    }
}

#[test]
fn expressions_within_expressions() {
    on_a_small_stack(|| {
        for (open, close) in [("concat(", ")"), ("concat('')[", "]")] {
            let deep = format!("{}'x'{}", open.repeat(3000), close.repeat(3000));
            is_bounded(try_value(&deep));
            let fine = format!("{}'x'{}", "toLower(".repeat(60), ")".repeat(60));
            assert_eq!(try_value(&fine).unwrap(), "x");
        }
        is_bounded(try_value(&format!("concat('{}')", "x".repeat(30_000))));
    });
}

#[test]
fn values_within_values() {
    on_a_small_stack(|| {
        let mut deep = json!("[concat('a')]");
        for _ in 0..100 {
            deep = json!([deep]);
        }
        assert!(value_in(&json!({}), &deep).is_ok());
        for _ in 0..400 {
            deep = json!({ "a": deep });
        }
        is_bounded(value_in(&json!({}), &deep));
        is_bounded(
            plan_with(
                &json!({ "parameters": { "p": { "type": "object" } } }),
                &json!({ "p": { "value": deep } }),
            )
            .map(|plan| plan.parameters_shown()),
        );
    });
}

/// Variables of which each is made of the one before.
fn chain(first: &Value, next: impl Fn(&str) -> String) -> Value {
    let mut variables = json!({ "v0": first });
    for index in 1..2000 {
        variables[format!("v{index}")] = next(&format!("variables('v{}')", index - 1)).into();
    }
    json!({ "variables": variables })
}

#[test]
fn variables_of_variables() {
    on_a_small_stack(|| {
        let members = chain(&json!("x"), |before| format!("[{before}]"));
        assert_eq!(
            value_in(&members, &json!("[variables('v40')]")).unwrap(),
            "x"
        );
        is_bounded(value_in(&members, &json!("[variables('v1999')]")));
        let members = chain(&json!([]), |before| format!("[createArray({before})]"));
        is_bounded(value_in(&members, &json!("[variables('v1999')]")));
    });
}

#[test]
fn functions_of_functions() {
    on_a_small_stack(|| {
        let members = json!({ "functions": [{ "namespace": "f", "members": {
            "again": { "output": { "type": "string", "value": "[f.again()]" } },
            "twice": { "parameters": [{ "name": "n", "type": "int" }], "output": { "type": "string", "value": "[concat(f.twice(parameters('n')), f.twice(parameters('n')))]" } },
        } }] });
        is_bounded(value_in(&members, &json!("[f.again()]")));
        is_bounded(value_in(&members, &json!("[f.twice(1)]")));
    });
}

#[test]
fn values_that_grow() {
    for next in [
        |before: &str| format!("[concat({before}, {before})]"),
        |before: &str| format!("[replace({before}, 'x', 'xxxxxxxx')]"),
        |before: &str| format!("[string(createArray({before}, {before}))]"),
        |before: &str| format!("[join(createArray({before}, {before}), {before})]"),
        |before: &str| format!("[format('{{0}}{{0}}', {before})]"),
        |before: &str| format!("[base64({before})]"),
        |before: &str| format!("[uriComponent(concat('%', {before}))]"),
    ] {
        let members = chain(&json!("xx"), next);
        // As far as the depth of variables lets it, starting from the front.
        let all: Vec<String> = (0..2000)
            .step_by(20)
            .map(|index| format!("[variables('v{index}')]"))
            .collect();
        is_bounded(value_in(&members, &json!(all)));
    }
    let members = chain(&json!(["x"]), |before| {
        format!("[concat({before}, {before})]")
    });
    let all: Vec<String> = (0..200)
        .step_by(10)
        .map(|index| format!("[length(variables('v{index}'))]"))
        .collect();
    is_bounded(value_in(&members, &json!(all)));
}

#[test]
fn single_calls_that_ask_for_too_much() {
    for expression in [
        "padLeft('x', 2000000000)",
        "padLeft('x', 5000000, 'é')",
        "format('{0,2000000000}', 1)",
        "format('{0,-9223372036854775808}', 1)",
        "map(range(0, 10000), lambda('x', range(0, 10000)))",
        "reduce(range(0, 10000), 'x', lambda('a', 'b', concat(lambdaVariables('a'), lambdaVariables('a'))))",
        "map(range(0, 10000), lambda('x', map(range(0, 10000), lambda('y', 1))))",
        "filter(range(0, 10000), lambda('x', contains(range(0, 10000), -1)))",
        "sort(range(0, 10000), lambda('a', 'b', contains(range(0, 10000), -1)))",
        "replace(padLeft('', 4000000, 'x'), 'x', padLeft('', 4000000, 'x'))",
        "split(padLeft('', 4000000, 'x'), 'x')",
        "union(range(0, 10000), range(10000, 10000))",
    ] {
        is_bounded(try_value(expression));
    }
}

#[test]
fn loops_of_loops() {
    let mut value = json!("x");
    for index in 0..10 {
        value = json!({ "copy": [{ "name": format!("l{index}"), "count": 800, "input": value }] });
    }
    is_bounded(value_in(&json!({}), &value));

    let child = json!({
        "type": "subnets",
        "apiVersion": "1",
        "name": "[concat('s', copyIndex('inner'))]",
        "copy": { "name": "inner", "count": 800 },
    });
    let problem = plan(&json!({ "resources": [{
        "type": "Microsoft.Network/virtualNetworks",
        "apiVersion": "1",
        "name": "[concat('v', copyIndex())]",
        "copy": { "name": "outer", "count": 800 },
        "resources": [child],
    }] }))
    .unwrap_err();
    assert_eq!(
        problem.kind(),
        &Kind::TooMany {
            what: "resources",
            limit: MOST_RESOURCES,
            actual: MOST_RESOURCES + 1
        }
    );
}

#[test]
fn resources_that_a_condition_excludes() {
    let resources = |loops: usize| -> Vec<Value> {
        (0..loops)
            .map(|index| {
                let mut none = address(&format!("[concat('a{index}-', copyIndex())]"), &json!({}));
                none["condition"] = json!(false);
                none["copy"] = json!({ "name": format!("l{index}"), "count": 800 });
                none
            })
            .collect()
    };
    let fine = plan(&json!({ "resources": resources(5) })).unwrap();
    assert!(fine.resources().is_empty());
    is_bounded(plan(&json!({ "resources": resources(200) })).map(|_| Value::Null));
}

#[test]
fn bodies_that_grow() {
    let piece = "[padLeft('', 1000000, 'x')]";
    assert!(value_in(&json!({}), &json!([piece, piece, piece])).is_ok());
    is_bounded(value_in(
        &json!({}),
        &json!([piece, piece, piece, piece, piece]),
    ));
}

#[test]
fn large_values_in_many_resources() {
    let members = json!({
        "variables": { "big": "x".repeat(1 << 20) },
        "resources": [address("[concat('a', copyIndex())]", &json!({
            "copy": { "name": "l", "count": 800 },
            "properties": { "x": "[concat(variables('big'), copyIndex())]" },
        }))],
    });
    assert_eq!(plan(&members).unwrap_err().kind(), &Kind::TooMuchWork);
}

#[test]
fn hundreds_of_machines_with_documents_of_their_own_are_fine() {
    let members = json!({
        "parameters": { "customData": { "type": "string", "defaultValue": "x".repeat(20_000) } },
        "resources": [address("[concat('a', copyIndex())]", &json!({
            "copy": { "name": "l", "count": 300 },
            "properties": { "osProfile": { "customData": "[base64(concat(parameters('customData'), copyIndex()))]" } },
        }))],
    });
    assert_eq!(plan(&members).unwrap().resources().len(), 300);
}
