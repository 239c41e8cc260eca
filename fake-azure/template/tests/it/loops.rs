use arm_template::{CopyMode, CopyPosition, Kind, Nothing};
use serde_json::{Value, json};

use crate::{address, names, plan, value_in};

fn bodies(members: &Value) -> Vec<Value> {
    let plan = plan(members).unwrap();
    (0..plan.resources().len())
        .map(|index| plan.body(index, &Nothing).unwrap()["properties"].clone())
        .collect()
}

#[test]
fn a_loop_makes_a_resource_a_round() {
    let members = json!({ "resources": [
        address("before", &json!({})),
        address("[concat('a', copyIndex(), '-', copyIndex(10), '-', copyIndex('l'), '-', copyIndex('L', 1))]", &json!({
            "copy": { "name": "l", "count": "[add(1, 1)]" },
            "properties": { "index": "[copyIndex()]" },
        })),
    ] });
    let plan = plan(&members).unwrap();
    assert_eq!(names(&plan), ["before", "a0-10-0-1", "a1-11-1-2"]);
    assert_eq!(
        plan.resources()[2].copy,
        Some(CopyPosition {
            name: "l".to_owned(),
            index: 1,
            count: 2,
            mode: CopyMode::Parallel,
        })
    );
    assert_eq!(plan.resources()[0].copy, None);
    assert_eq!(
        bodies(&members)[1..],
        [json!({ "index": 0 }), json!({ "index": 1 })]
    );
}

#[test]
fn a_serial_loop_goes_in_batches() {
    let members = |batch: Value| {
        let mut copy = json!({ "name": "l", "count": 5, "mode": "Serial" });
        copy["batchSize"] = batch;
        json!({ "resources": [address("[concat('a', copyIndex())]", &json!({ "copy": copy }))] })
    };
    let waits = |members: &Value| -> Vec<Vec<usize>> {
        let plan = plan(members).unwrap();
        plan.resources()
            .iter()
            .map(|r| r.depends_on.clone())
            .collect()
    };
    assert_eq!(
        waits(&members(json!(2))),
        [vec![], vec![], vec![0, 1], vec![0, 1], vec![2, 3]]
    );
    assert_eq!(waits(&members(json!(null)))[4], [3]);
    let plan = plan(&members(json!(2))).unwrap();
    assert_eq!(
        plan.resources()[0].copy.as_ref().unwrap().mode,
        CopyMode::Serial { batch_size: 2 }
    );
    assert!(crate::plan(&members(json!(0))).is_err());
}

#[test]
fn a_loop_goes_round_from_never_to_eight_hundred_times() {
    let members = |count: i64| {
        json!({ "resources": [address("[concat('a', copyIndex())]", &json!({
            "copy": { "name": "l", "count": count },
        }))] })
    };
    assert_eq!(plan(&members(0)).unwrap().resources().len(), 0);
    assert_eq!(plan(&members(800)).unwrap().resources().len(), 800);
    for count in [-1, 801, i64::MAX, i64::MIN] {
        let problem = plan(&members(count)).unwrap_err();
        assert_eq!(
            problem.kind(),
            &Kind::Rounds {
                name: "l".to_owned(),
                count
            }
        );
        assert_eq!(problem.path(), "resources[0].copy.count");
    }
}

#[test]
fn properties_are_made_by_loops_within_loops() {
    let members = json!({ "resources": [address("[concat('a', copyIndex())]", &json!({
        "copy": { "name": "l", "count": 2 },
        "properties": {
            "before": 1,
            "copy": [
                {
                    "name": "disks",
                    "count": "[add(copyIndex(), 1)]",
                    "input": {
                        "lun": "[copyIndex('disks')]",
                        "of": "[copyIndex()]",
                        "copy": [{ "name": "inner", "count": 1, "input": "[concat(copyIndex('l'), copyIndex('disks'), copyIndex('inner', 5))]" }],
                    },
                },
                { "name": "none", "count": 0, "input": 1 },
            ],
        },
    }))] });
    assert_eq!(
        bodies(&members),
        [
            json!({ "before": 1, "disks": [{ "lun": 0, "of": 0, "inner": ["005"] }], "none": [] }),
            json!({
                "before": 1,
                "disks": [
                    { "lun": 0, "of": 1, "inner": ["105"] },
                    { "lun": 1, "of": 1, "inner": ["115"] },
                ],
                "none": [],
            }),
        ]
    );
}

#[test]
fn variables_are_made_by_loops() {
    let members = json!({ "variables": {
        "copy": [{ "name": "flat", "count": 3, "input": "[concat('x', copyIndex('flat', 1))]" }],
        "inner": { "copy": [{ "name": "list", "count": 2, "input": { "n": "[copyIndex('list')]" } }], "other": 1 },
    } });
    assert_eq!(
        value_in(&members, &json!("[variables('Flat')]")).unwrap(),
        json!(["x1", "x2", "x3"])
    );
    assert_eq!(
        value_in(&members, &json!("[variables('inner')]")).unwrap(),
        json!({ "list": [{ "n": 0 }, { "n": 1 }], "other": 1 })
    );
}

#[test]
fn a_property_called_copy_need_not_be_a_loop() {
    let value = json!({ "copy": "[concat('a')]", "inner": { "copy": [] } });
    assert_eq!(
        value_in(&json!({}), &value).unwrap(),
        json!({ "copy": "a", "inner": { "copy": [] } })
    );
}

#[test]
fn outside_of_loops_there_are_no_rounds() {
    for text in ["[copyIndex()]", "[copyIndex('l')]"] {
        let problem = value_in(&json!({}), &json!(text)).unwrap_err();
        assert_eq!(problem.kind(), &Kind::Misplaced("copyIndex".to_owned()));
    }
}

#[test]
fn children_of_a_loop_go_round_with_it() {
    let members = json!({ "resources": [{
        "type": "Microsoft.Network/virtualNetworks",
        "apiVersion": "2023-09-01",
        "name": "[concat('v', copyIndex())]",
        "copy": { "name": "nets", "count": 2 },
        "resources": [{
            "type": "subnets",
            "apiVersion": "2023-09-01",
            "name": "s",
            "dependsOn": ["[concat('v', copyIndex())]"],
            "properties": { "addressPrefix": "[concat('10.', copyIndex(), '.0.0/16')]" },
        }],
    }] });
    let plan = plan(&members).unwrap();
    assert_eq!(names(&plan), ["v0", "v0/s", "v1", "v1/s"]);
    assert_eq!(plan.resources()[3].depends_on, [2]);
    assert_eq!(
        bodies(&members)[3],
        json!({ "addressPrefix": "10.1.0.0/16" })
    );
}
