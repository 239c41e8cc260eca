//! The language of templates from outside.
#![allow(
    clippy::unwrap_used,
    clippy::too_many_lines,
    reason = "tests fail by panicking, and templates are long"
)]

mod arbitrary;
mod bounds;
mod clients;
mod dependencies;
mod expressions;
mod functions;
mod loops;
mod nested;
mod outputs;
mod parameters;
mod quickstarts;
mod reading;
mod running;
mod secrets;

use std::cell::RefCell;

use arm_template::{Nothing, Plan, Problem, Runtime, Scope, Template};
use serde_json::{Value, json};

const SUBSCRIPTION: &str = "00000000-1111-2222-3333-444444444444";
const GROUP: &str = "/subscriptions/00000000-1111-2222-3333-444444444444/resourceGroups/g";

/// A group in `westus`, at noon of a day.
fn scope() -> Scope {
    Scope {
        subscription: Some(json!({
            "id": format!("/subscriptions/{SUBSCRIPTION}"),
            "subscriptionId": SUBSCRIPTION,
            "tenantId": "t",
            "displayName": "Test",
        })),
        resource_group: Some(json!({
            "id": GROUP,
            "name": "g",
            "type": "Microsoft.Resources/resourceGroups",
            "location": "westus",
            "tags": {},
            "properties": { "provisioningState": "Succeeded" },
        })),
        management_group: None,
        deployment: Some(json!({ "name": "d", "properties": { "mode": "Incremental" } })),
        tenant: Some(json!({ "tenantId": "t" })),
        environment: Some(
            json!({ "name": "AzureCloud", "suffixes": { "storage": "core.windows.net" } }),
        ),
        deployer: Some(json!({ "objectId": "o", "tenantId": "t" })),
        providers: vec![json!({
            "namespace": "Microsoft.Compute",
            "resourceTypes": [{
                "resourceType": "virtualMachines",
                "locations": ["West US"],
                "apiVersions": ["2024-07-01"],
                "zoneMappings": [{ "location": "West US", "zones": ["2", "1", "3"] }],
            }],
        })],
        seed: "d".to_owned(),
        now: "2026-11-26T12:00:00Z".parse().unwrap(),
    }
}

/// A template with these members beside those that it must have.
fn document(members: &Value) -> Value {
    let mut document = json!({
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": [],
    });
    for (name, value) in members.as_object().unwrap() {
        document[name] = value.clone();
    }
    document
}

fn plan_with(members: &Value, parameters: &Value) -> Result<Plan, Problem> {
    Template::read(&document(members))?.plan(parameters, &scope())
}

fn plan(members: &Value) -> Result<Plan, Problem> {
    plan_with(members, &json!({}))
}

/// A public address of this name, with these members beside.
fn address(name: &str, members: &Value) -> Value {
    let mut address = json!({
        "type": "Microsoft.Network/publicIPAddresses",
        "apiVersion": "2023-09-01",
        "name": name,
    });
    for (name, value) in members.as_object().unwrap() {
        address[name] = value.clone();
    }
    address
}

/// What a value comes to as a property of a resource.
fn value_in(members: &Value, value: &Value) -> Result<Value, Problem> {
    let mut members = members.clone();
    members["resources"] = json!([address("a", &json!({ "properties": { "value": value } }))]);
    let plan = plan(&members)?;
    Ok(plan.body(0, &Nothing)?["properties"]["value"].clone())
}

/// What an expression comes to.
fn try_value(expression: &str) -> Result<Value, Problem> {
    value_in(&json!({}), &format!("[{expression}]").into())
}

#[track_caller]
fn value(expression: &str) -> Value {
    match try_value(expression) {
        Ok(value) => value,
        Err(problem) => panic!("{expression}: {problem}"),
    }
}

#[track_caller]
fn refusal(expression: &str) -> String {
    match try_value(expression) {
        Ok(value) => panic!("{expression} comes to {value}"),
        Err(problem) => problem.to_string(),
    }
}

fn names(plan: &Plan) -> Vec<&str> {
    plan.resources()
        .iter()
        .map(|resource| resource.name.as_str())
        .collect()
}

/// A deployment in which every resource is what its identifier says, and which keeps a record.
#[derive(Default)]
struct Echo {
    asked: RefCell<Vec<String>>,
}

impl Runtime for Echo {
    fn reference(&self, id: &str, version: Option<&str>, full: bool) -> Result<Value, Problem> {
        let version = version.unwrap_or("none");
        self.asked
            .borrow_mut()
            .push(format!("{id} {version} {full}"));
        let properties = json!({ "ipAddress": "1.2.3.4", "of": id });
        Ok(if full {
            json!({ "location": "westus", "properties": properties })
        } else {
            properties
        })
    }

    fn list(
        &self,
        function: &str,
        id: &str,
        version: &str,
        body: Option<&Value>,
    ) -> Result<Value, Problem> {
        let body = body.unwrap_or(&Value::Null);
        self.asked
            .borrow_mut()
            .push(format!("{function} {id} {version} {body}"));
        Ok(json!({ "keys": [{ "value": "k" }] }))
    }
}
