//! What is told of deployments.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::deployment::{Deployment, DeploymentScope, State, Step};
use super::document::{self, Document};
use super::view::View;

/// A span of time, as documents write it.
pub(crate) fn duration(from: Timestamp, to: Timestamp) -> String {
    let time = to.duration_since(from);
    format!("PT{}.{:03}S", time.as_secs(), time.subsec_millis())
}

/// A namespace, and its kinds of resources with their regions.
type Provider = (String, Vec<(String, Option<String>)>);

/// The kinds of resources of a deployment, by namespace.
pub(crate) fn providers(steps: &[Step]) -> Vec<Value> {
    let mut found: Vec<Provider> = Vec::new();
    for step in steps {
        let (namespace, kind) = step.kind.split_once('/').unwrap_or((&step.kind, ""));
        let entry = (kind.to_owned(), step.location.clone());
        match found.iter_mut().find(|(known, _)| known == namespace) {
            Some((_, kinds)) if kinds.contains(&entry) => {}
            Some((_, kinds)) => kinds.push(entry),
            None => found.push((namespace.to_owned(), vec![entry])),
        }
    }
    found
        .into_iter()
        .map(|(namespace, kinds)| {
            let kinds: Vec<Value> = kinds
                .into_iter()
                .map(|(kind, location)| json!({ "resourceType": kind, "locations": [location] }))
                .collect();
            json!({ "namespace": namespace, "resourceTypes": kinds })
        })
        .collect()
}

/// A resource of a deployment, as others name it.
pub(crate) fn named(step: &Step) -> Value {
    json!({ "id": step.id, "resourceType": step.kind, "resourceName": step.name })
}

/// What each resource of a deployment comes after.
pub(crate) fn dependencies(steps: &[Step]) -> Vec<Value> {
    let with_some = steps.iter().filter(|step| !step.depends_on.is_empty());
    with_some
        .map(|step| {
            let on: Vec<Value> = step
                .depends_on
                .iter()
                .filter_map(|place| Some(named(steps.get(*place)?)))
                .collect();
            let mut told = named(step);
            document::set(&mut told, "dependsOn", on);
            told
        })
        .collect()
}

impl View<'_> {
    /// A deployment as it is told, but for why it failed.
    pub(crate) fn told_deployment(
        self,
        scope: DeploymentScope<'_>,
        deployment: &Deployment,
    ) -> Value {
        let until = deployment.ended.unwrap_or(deployment.started);
        let mut properties = json!({
            "templateHash": deployment.hash.to_string(),
            "parameters": deployment.parameters.read(),
            "mode": if deployment.is_complete { "Complete" } else { "Incremental" },
            "provisioningState": deployment.state.word(),
            "timestamp": until.to_string(),
            "duration": duration(deployment.started, until),
            "correlationId": deployment.correlation,
            "providers": providers(&deployment.steps),
            "dependencies": dependencies(&deployment.steps),
        });
        if deployment.state == State::Succeeded {
            let outputs = deployment.outputs.as_ref().map(Document::read);
            let outputs = outputs.unwrap_or_else(|| Value::Object(Map::new()));
            document::set(&mut properties, "outputs", outputs);
            let resources: Vec<Value> = deployment
                .steps
                .iter()
                .map(|step| json!({ "id": step.id }))
                .collect();
            document::set(&mut properties, "outputResources", resources);
        }
        let mut told = json!({
            "id": self.deployment_id(scope, &deployment.name),
            "name": deployment.name,
            "type": "Microsoft.Resources/deployments",
            "properties": properties,
        });
        if let Some(location) = &deployment.location {
            document::set(&mut told, "location", location.clone());
        }
        if let Some(tags) = &deployment.tags {
            document::set(&mut told, "tags", tags.read());
        }
        told
    }
}
