use arm_template::{Kind, Plan, Problem};
use serde_json::{Value, json};

use crate::{GROUP, address, names, plan};

fn resource(kind: &str, name: &str, depends_on: &Value) -> Value {
    json!({ "type": kind, "apiVersion": "2023-09-01", "name": name, "dependsOn": depends_on })
}

const NETWORK: &str = "Microsoft.Network/virtualNetworks";
const SUBNET: &str = "Microsoft.Network/virtualNetworks/subnets";
const ADDRESS: &str = "Microsoft.Network/publicIPAddresses";

fn waits(plan: &Plan, index: usize) -> &[usize] {
    &plan.resources()[index].depends_on
}

fn with(resources: &[Value]) -> Result<Plan, Problem> {
    plan(&json!({ "resources": resources }))
}

#[test]
fn a_resource_is_named_by_identifier_by_type_and_name_or_by_name_in_any_case() {
    for name in [
        format!("{GROUP}/providers/{NETWORK}/v/subnets/s"),
        format!("{GROUP}/providers/{NETWORK}/v/subnets/s").to_uppercase(),
        "[resourceId('microsoft.network/virtualnetworks/subnets', 'V', 'S')]".to_owned(),
        format!("{NETWORK}/v/subnets/s"),
        format!("{SUBNET}/v/s"),
        "microsoft.network/VIRTUALNETWORKS/subnets/v/S".to_owned(),
        "v/s".to_owned(),
        "[concat('v', '/s')]".to_owned(),
    ] {
        let plan = with(&[
            resource(ADDRESS, "p", &json!([name])),
            resource(SUBNET, "v/s", &json!([])),
        ])
        .unwrap();
        assert_eq!(waits(&plan, 0), [1], "{name}");
    }
}

#[test]
fn dependencies_can_be_an_expression_as_a_whole() {
    let plan = with(&[
        resource(ADDRESS, "a", &json!("[createArray('b', 'c')]")),
        resource(ADDRESS, "b", &json!("c")),
        resource(ADDRESS, "c", &json!([null, []])),
    ])
    .unwrap();
    assert_eq!(waits(&plan, 0), [1, 2]);
    assert_eq!(waits(&plan, 1), [2]);
    assert!(waits(&plan, 2).is_empty());
}

#[test]
fn a_loop_is_waited_for_by_its_name_or_by_one_of_its_rounds() {
    let mut many = address("[concat('a', copyIndex())]", &json!({}));
    many["copy"] = json!({ "name": "many", "count": 3 });
    let plan = with(&[
        many,
        resource(ADDRESS, "all", &json!(["MANY"])),
        resource(ADDRESS, "one", &json!(["a1", "a1"])),
    ])
    .unwrap();
    assert_eq!(waits(&plan, 3), [0, 1, 2]);
    assert_eq!(waits(&plan, 4), [1]);
}

#[test]
fn who_waits_for_what_is_not_there_is_refused() {
    let problem = with(&[
        address("x", &json!({})),
        resource(
            ADDRESS,
            "a",
            &json!(["x", "Microsoft.Network/virtualNetworks/none"]),
        ),
    ])
    .unwrap_err();
    assert_eq!(
        problem.kind(),
        &Kind::DependencyUnknown("Microsoft.Network/virtualNetworks/none".to_owned())
    );
    assert_eq!(problem.path(), "resources[1].dependsOn[1]");
    assert_eq!(
        problem.to_string(),
        "Deployment template validation failed: 'The resource \
         'Microsoft.Network/virtualNetworks/none' is not defined in the template. Please see \
         https://aka.ms/arm-syntax for usage details.'."
    );
    assert!(with(&[resource(ADDRESS, "a", &json!([1]))]).is_err());
    assert!(with(&[resource(ADDRESS, "a", &json!(["[reference('a')]"]))]).is_err());
}

#[test]
fn circles_are_refused() {
    let circular = |resources: &[Value]| {
        let problem = with(resources).unwrap_err();
        assert!(
            matches!(problem.kind(), Kind::CircularDependency(_)),
            "{problem}"
        );
        assert!(
            problem
                .to_string()
                .contains("Circular dependency detected on resource: '/subscriptions/")
        );
        problem.path()
    };
    circular(&[resource(ADDRESS, "a", &json!(["a"]))]);
    let path = circular(&[
        resource(ADDRESS, "first", &json!(["b"])),
        resource(ADDRESS, "b", &json!(["c"])),
        resource(ADDRESS, "c", &json!(["b"])),
    ]);
    assert_ne!(path, "resources[0]");
    circular(&[
        address("a", &json!({ "properties": { "x": "[reference('b').x]" } })),
        resource(ADDRESS, "b", &json!(["a"])),
    ]);
}

#[test]
fn a_name_that_others_have_as_well_means_them() {
    let plan = with(&[
        resource(ADDRESS, "v", &json!(["v"])),
        resource(NETWORK, "v", &json!([])),
    ])
    .unwrap();
    assert_eq!(waits(&plan, 0), [1]);
}

#[test]
fn what_a_condition_excludes_is_waited_for_by_nobody() {
    let mut absent = address("absent", &json!({}));
    absent["condition"] = json!("[equals(1, 2)]");
    let mut there = address("there", &json!({}));
    there["condition"] = json!(true);
    let plan = with(&[
        absent.clone(),
        there,
        resource(ADDRESS, "a", &json!(["absent", "there"])),
    ])
    .unwrap();
    assert_eq!(names(&plan), ["there", "a"]);
    assert_eq!(waits(&plan, 1), [0]);
    absent["condition"] = json!("maybe");
    assert_eq!(
        with(&[absent]).unwrap_err().path(),
        "resources[0].condition"
    );
}

#[test]
fn the_same_resource_stands_once_unless_conditions_exclude_it() {
    let problem = with(&[address("a", &json!({})), address("A", &json!({}))]).unwrap_err();
    assert!(matches!(problem.kind(), Kind::Duplicate(_)));
    let either = |condition: bool| address("a", &json!({ "condition": condition }));
    assert_eq!(
        with(&[either(true), either(false)])
            .unwrap()
            .resources()
            .len(),
        1
    );
}

#[test]
fn asking_about_a_resource_of_the_template_is_waiting_for_it() {
    let asks = |expression: &str| {
        let plan = with(&[
            address("p", &json!({})),
            address("a", &json!({ "properties": { "deep": [expression] } })),
        ])
        .unwrap();
        waits(&plan, 1).to_vec()
    };
    assert_eq!(asks("[reference('p').x]"), [0]);
    assert_eq!(asks("[reference('P', '2020-01-01', 'Full').x]"), [0]);
    assert_eq!(asks("[concat('a', reference(concat('p', '')).x)]"), [0]);
    assert_eq!(
        asks("[reference(resourceId('Microsoft.Network/publicIPAddresses', 'p')).x]"),
        [0]
    );
    assert_eq!(asks("[listKeys('p', '2020-01-01').x]"), [0]);
    assert_eq!(
        asks("[if(equals(1, 1), 'a', reference('p').x)]"),
        [0_usize; 0]
    );
    assert_eq!(asks("[if(equals(1, 1), reference('p').x, 'a')]"), [0]);
    // By its whole identifier and a version it may have been there before.
    assert_eq!(
        asks("[reference(resourceId('Microsoft.Network/publicIPAddresses', 'p'), '2020-01-01').x]"),
        [0_usize; 0]
    );
}

#[test]
fn loops_of_properties_ask_in_every_round() {
    let mut many = address("[concat('p', copyIndex())]", &json!({}));
    many["copy"] = json!({ "name": "many", "count": 2 });
    let plan = with(&[
        many,
        address(
            "a",
            &json!({ "properties": { "copy": [{
            "name": "all",
            "count": 2,
            "input": "[reference(concat('p', copyIndex('all'))).x]",
        }] } }),
        ),
    ])
    .unwrap();
    assert_eq!(waits(&plan, 2), [0, 1]);
}

#[test]
fn names_have_as_many_segments_as_types_ask_for() {
    for (kind, name) in [
        (NETWORK, "v/s"),
        (SUBNET, "v"),
        (SUBNET, "v/"),
        ("Microsoft.Network", "v"),
        (ADDRESS, ""),
    ] {
        let problem = with(&[resource(kind, name, &json!([]))]).unwrap_err();
        assert!(
            matches!(problem.kind(), Kind::Segments { .. }),
            "{kind} {name}"
        );
        assert!(
            problem
                .to_string()
                .contains("has incorrect segment lengths")
        );
    }
}

#[test]
fn children_are_flattened_and_wait_for_nobody_by_themselves() {
    let plan = with(&[json!({
        "type": NETWORK,
        "apiVersion": "2023-09-01",
        "name": "v",
        "condition": "[bool('true')]",
        "resources": [
            { "type": "subnets", "apiVersion": "2023-09-01", "name": "a" },
            { "type": "subnets", "apiVersion": "2023-09-01", "name": "b", "dependsOn": ["v", "v/a"] },
        ],
    })])
    .unwrap();
    let ids: Vec<&str> = plan.resources().iter().map(|r| r.id.as_str()).collect();
    assert_eq!(
        ids,
        [
            format!("{GROUP}/providers/{NETWORK}/v"),
            format!("{GROUP}/providers/{NETWORK}/v/subnets/a"),
            format!("{GROUP}/providers/{NETWORK}/v/subnets/b"),
        ]
    );
    assert_eq!(plan.resources()[1].kind, SUBNET);
    assert!(waits(&plan, 1).is_empty());
    assert_eq!(waits(&plan, 2), [0, 1]);
}

#[test]
fn resources_can_extend_others_or_belong_elsewhere() {
    let lock = |scope: Value| {
        let mut lock = resource("Microsoft.Authorization/locks", "l", &json!([]));
        lock["scope"] = scope;
        with(&[lock]).unwrap().resources()[0].id.clone()
    };
    let expected =
        format!("{GROUP}/providers/{ADDRESS}/p/providers/Microsoft.Authorization/locks/l");
    assert_eq!(
        lock(json!("Microsoft.Network/publicIPAddresses/p")),
        expected
    );
    assert_eq!(
        lock(json!(
            "[resourceId('Microsoft.Network/publicIPAddresses', 'p')]"
        )),
        expected
    );
    assert_eq!(
        lock(json!("/")),
        "/providers/Microsoft.Authorization/locks/l"
    );
    let plan = with(&[resource(
        "Microsoft.Compute/virtualMachines/providers/locks",
        "v/Microsoft.Authorization/l",
        &json!([]),
    )])
    .unwrap();
    assert_eq!(
        plan.resources()[0].id,
        format!(
            "{GROUP}/providers/Microsoft.Compute/virtualMachines/v/providers/Microsoft.Authorization/locks/l"
        )
    );
}
