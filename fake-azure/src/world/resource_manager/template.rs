//! From the body of a deployment to its steps: the template is read, and what could not go well is
//! refused before anything is made.

use std::collections::BTreeMap;

use arm_template::{Plan, Problem, Runtime, Template};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::deployment::{Course, DeploymentScope, Step, group_of, path_of};
use super::document::{self, Document};
use super::kind::Kind;
use super::offers::environment::environment;
use super::offers::providers;
use super::path::{Path, ResourceId};
use super::quota::Cores;
use super::refusal::Refusal;
use super::resource::{self, Core};
use super::view::View;
use super::{machine_put, names, tags};

/// The type of deployments.
pub(super) const DEPLOYMENTS: &str = "Microsoft.Resources/deployments";

/// The type of groups.
pub(super) const GROUPS: &str = "Microsoft.Resources/resourceGroups";

/// A deployment that is asked for.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) scope: DeploymentScope<'a>,
    pub(crate) name: &'a str,
    pub(crate) body: &'a Value,
    pub(crate) now: Timestamp,
    /// What its identifiers follow from.
    pub(crate) seed: &'a str,
}

/// What a deployment comes to.
pub(crate) struct Planned {
    pub(crate) plan: Plan,
    pub(crate) steps: Vec<Step>,
    pub(crate) is_complete: bool,
    pub(crate) hash: u64,
    pub(crate) template: Document,
    pub(crate) parameters: Document,
    pub(crate) tags: Option<Document>,
    pub(crate) location: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Written {
    properties: Option<WrittenProperties>,
    tags: Option<Value>,
    location: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct WrittenProperties {
    mode: Option<String>,
    template: Option<Value>,
    template_link: Option<Value>,
    parameters: Option<Value>,
    parameters_link: Option<Value>,
}

/// The refusal of a template that is no good.
pub(super) fn refused(problem: &Problem) -> Refusal {
    Refusal::Template {
        code: problem.code().to_owned(),
        message: problem.to_string(),
    }
}

/// Reads the body of a deployment; what could not go well is refused.
pub(crate) fn plan(view: View<'_>, asked: &Asked<'_>) -> Result<Planned, Refusal> {
    let written: Written = document::typed(asked.body)?;
    let Some(properties) = written.properties else {
        return Err(Refusal::Content(
            "Required property 'properties' not found in JSON.".to_owned(),
        ));
    };
    if properties.template_link.is_some() || properties.parameters_link.is_some() {
        return Err(Refusal::NotModelled(
            "A template or parameters behind a link".to_owned(),
        ));
    }
    let location = location(asked, written.location.as_deref())?;
    let is_complete = match properties.mode.as_deref() {
        None => false,
        Some(mode) if mode.eq_ignore_ascii_case("Incremental") => false,
        Some(mode) if mode.eq_ignore_ascii_case("Complete") => true,
        Some(mode) => {
            return Err(Refusal::Content(format!(
                "Error converting value \"{mode}\" to type 'DeploymentMode'."
            )));
        }
    };
    let template = properties.template.unwrap_or_default();
    let read = Template::read(&template).map_err(|problem| refused(&problem))?;
    let scope = scope(view, asked, &template)?;
    let parameters = properties.parameters.unwrap_or_default();
    let plan = read
        .plan(&parameters, &scope)
        .map_err(|problem| refused(&problem))?;
    let steps: Vec<Step> = plan
        .resources()
        .iter()
        .map(|resource| Step {
            id: resource.id.clone(),
            kind: resource.kind.clone(),
            name: resource.name.clone(),
            location: resource.location.clone(),
            depends_on: resource.depends_on.clone(),
            course: Course::Waiting,
            started: None,
            ended: None,
        })
        .collect();
    preflight(view, asked, &plan, &steps)?;
    Ok(Planned {
        hash: hash(&template.to_string()),
        template: Document::free(&without_secrets(&template)),
        parameters: Document::free(&plan.parameters_shown()),
        tags: written.tags.as_ref().map(Document::free),
        location,
        plan,
        steps,
        is_complete,
    })
}

/// The machines that a deployment would make, those of deployments within it, too; none of a
/// template that is no good.
pub(crate) fn machines(view: View<'_>, asked: &Asked<'_>) -> Vec<Path> {
    let mut found = Vec::new();
    note_machines(view, asked, &mut found).ok();
    found
}

fn note_machines(view: View<'_>, asked: &Asked<'_>, found: &mut Vec<Path>) -> Result<(), Problem> {
    let properties = &asked.body["properties"];
    let template = &properties["template"];
    let Ok(scope) = scope(view, asked, template) else {
        return Ok(());
    };
    let plan = Template::read(template)?.plan(&properties["parameters"], &scope)?;
    for (place, resource) in plan.resources().iter().enumerate() {
        if resource.kind.eq_ignore_ascii_case(DEPLOYMENTS) {
            let body = plan.early(place)?.body;
            let within = Asked {
                scope: DeploymentScope(group_of(&resource.id)),
                name: &resource.name,
                body: &body,
                ..*asked
            };
            note_machines(view, &within, found)?;
        } else if let Some(id) = ResourceId::read(&resource.id)
            && id.path.kind == Kind::Machine
        {
            found.push(id.path);
        }
    }
    Ok(())
}

/// Where a subscription's own deployment is kept.
fn location(asked: &Asked<'_>, written: Option<&str>) -> Result<Option<String>, Refusal> {
    match (asked.scope.0, written) {
        (Some(_), _) => Ok(None),
        (None, Some(wanted)) => View::region(wanted, "deployments").map(Some),
        (None, None) => Err(Refusal::Template {
            code: "InvalidDeployment".to_owned(),
            message: format!(
                "The 'location' property must be specified for '{}'. Please see https://aka.ms/deploy-to-subscription for usage details.",
                asked.name
            ),
        }),
    }
}

fn scope(
    view: View<'_>,
    asked: &Asked<'_>,
    template: &Value,
) -> Result<arm_template::Scope, Refusal> {
    let group = asked.scope.0.map(|group| view.group(group)).transpose()?;
    let told = view.world.subscription_name(view.id);
    Ok(arm_template::Scope {
        subscription: Some(json!({
            "id": format!("/subscriptions/{}", view.id),
            "subscriptionId": view.id.as_str(),
            "tenantId": view.world.directory().tenant(),
            "displayName": told.map(|(name, _)| name),
        })),
        resource_group: group.map(|group| view.told_group(group)),
        deployment: Some(json!({
            "name": asked.name,
            "location": asked.body["location"],
            "properties": {
                "template": template,
                "mode": asked.body["properties"]["mode"],
                "provisioningState": "Accepted",
            },
        })),
        tenant: Some(json!({"tenantId": view.world.directory().tenant()})),
        environment: Some(environment()),
        deployer: Some(json!({
            "objectId": view.world.directory().service_principal().map(|one| &one.object_id),
            "tenantId": view.world.directory().tenant(),
            "userPrincipalName": "",
        })),
        providers: providers_for(template),
        seed: asked.seed.to_owned(),
        now: asked.now,
        ..arm_template::Scope::default()
    })
}

/// The list of providers, which is long, for a template that looks into it.
fn providers_for(template: &Value) -> Vec<Value> {
    if !looks_into_providers(template) {
        return Vec::new();
    }
    match providers::listed_of_tenant()["value"].take() {
        Value::Array(all) => all,
        _ => Vec::new(),
    }
}

fn looks_into_providers(value: &Value) -> bool {
    match value {
        Value::String(text) => {
            let text = text.to_ascii_lowercase();
            ["providers(", "pickzones("]
                .iter()
                .any(|call| text.contains(call))
        }
        Value::Array(list) => list.iter().any(looks_into_providers),
        Value::Object(members) => members.values().any(looks_into_providers),
        _ => false,
    }
}

/// Refuses what could not go well, before anything is made.
fn preflight(
    view: View<'_>,
    asked: &Asked<'_>,
    plan: &Plan,
    steps: &[Step],
) -> Result<(), Refusal> {
    let mut inner = Vec::new();
    let mut cores = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        let kinds = [DEPLOYMENTS, GROUPS, tags::TYPE];
        if kinds
            .iter()
            .any(|kind| step.kind.eq_ignore_ascii_case(kind))
        {
            continue;
        }
        let path = path_of(step)?;
        let early = plan.early(place).map_err(|problem| refused(&problem))?;
        if let Err(refusal) = look_at(view, &path, &early.body, early.is_complete, &mut cores) {
            inner.push(refusal);
        }
    }
    if inner.is_empty() {
        return Ok(());
    }
    Err(Refusal::Preflight {
        deployment: asked.name.to_owned(),
        tracking: asked.seed.to_owned(),
        inner,
    })
}

fn look_at(
    view: View<'_>,
    path: &Path,
    body: &Value,
    is_complete: bool,
    cores: &mut BTreeMap<String, Cores>,
) -> Result<(), Refusal> {
    let is_name = match path.kind {
        Kind::StorageAccount => names::is_account_name(&path.name),
        _ => names::is_resource_name(&path.name),
    };
    if !is_name {
        return Err(Refusal::InvalidName(path.clone()));
    }
    if !view.is_registered(path.kind.namespace()) {
        return Err(Refusal::Unregistered(path.kind.namespace().to_owned()));
    }
    if !is_complete {
        return Ok(());
    }
    let (body, _) = document::taken(resource::known(path.kind), body);
    if path.kind.parent().is_some() {
        return Ok(());
    }
    let location = body["location"].as_str();
    let location = location.ok_or(Refusal::NoLocation)?;
    let location = View::region(location, &path.kind.short())?;
    if path.kind != Kind::Machine || view.held.shelf.get(&path.key()).is_some() {
        return Ok(());
    }
    let size = machine_put::preflight(view, &location, &body)?;
    let all = cores.entry(location.clone()).or_default();
    all.add(size);
    view.has_room(&location, all, None)
}

/// A number that follows from a text.
fn hash(text: &str) -> u64 {
    // FNV-1a.
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Members that hold secrets, wherever they stand in a template.
const SECRETS: &[&str] = &[
    "adminPassword",
    "customData",
    "protectedSettings",
    "userData",
];

/// A template without literals that are secrets: those that parameters bring stay as they are
/// asked for.
fn without_secrets(value: &Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(
            members
                .iter()
                .filter(|(name, value)| {
                    let is_secret = SECRETS.iter().any(|s| s.eq_ignore_ascii_case(name));
                    let is_asked = value.as_str().is_some_and(|text| {
                        text.starts_with('[') && !text.starts_with("[[") && text.ends_with(']')
                    });
                    // Parameters are declared by such names, too.
                    let is_declared = value.get("type").is_some();
                    !is_secret || is_asked || is_declared
                })
                .map(|(name, value)| (name.clone(), without_secrets(value)))
                .collect(),
        ),
        Value::Array(list) => list.iter().map(without_secrets).collect(),
        value => value.clone(),
    }
}

/// What templates ask of a deployment that runs.
pub(super) struct Answers<'w>(pub(super) View<'w>);

impl Answers<'_> {
    fn told(&self, id: &str) -> Result<(ResourceId, Value), Problem> {
        let read = ResourceId::read(id).ok_or_else(|| missing(id))?;
        let told = self.0.told_at(&read.path).map_err(|_| missing(id))?;
        Ok((read, told))
    }

    /// A deployment that another one refers to: its outputs are what is asked for.
    fn told_deployment(&self, id: &str, name: &str) -> Result<Value, Problem> {
        let scope = DeploymentScope(group_of(id));
        let found = self.0.deployment(scope, name).map_err(|_| missing(id))?;
        Ok(self.0.told_deployment(scope, found))
    }

    fn told_group(&self, id: &str, name: &str) -> Result<Value, Problem> {
        let found = self.0.group(name).map_err(|_| missing(id))?;
        Ok(self.0.told_group(found))
    }
}

fn missing(id: &str) -> Problem {
    let name = id.rsplit('/').next().unwrap_or_default();
    Problem::runtime(
        "ResourceNotFound",
        format!("The Resource '{name}' with the identifier '{id}' was not found."),
    )
}

/// The name of the group that an identifier is of.
fn group_named(id: &str) -> Option<&str> {
    let words: Vec<&str> = id.split('/').collect();
    match words.as_slice() {
        ["", first, _, second, name]
            if first.eq_ignore_ascii_case("subscriptions")
                && second.eq_ignore_ascii_case("resourceGroups") =>
        {
            Some(name)
        }
        ["", first, _, "providers", namespace, kind, name]
            if first.eq_ignore_ascii_case("subscriptions")
                && namespace.eq_ignore_ascii_case("Microsoft.Resources")
                && kind.eq_ignore_ascii_case("resourceGroups") =>
        {
            Some(name)
        }
        _ => None,
    }
}

/// The name of the deployment that an identifier is of.
fn deployment_named(id: &str) -> Option<&str> {
    let (before, name) = id.rsplit_once('/')?;
    let ending = format!("/providers/{DEPLOYMENTS}");
    let start = before.len().checked_sub(ending.len())?;
    before
        .get(start..)
        .filter(|end| end.eq_ignore_ascii_case(&ending))
        .map(|_| name)
}

impl Runtime for Answers<'_> {
    fn reference(&self, id: &str, _: Option<&str>, full: bool) -> Result<Value, Problem> {
        let mut told = match (deployment_named(id), group_named(id)) {
            (Some(name), _) => self.told_deployment(id, name)?,
            (None, Some(name)) => self.told_group(id, name)?,
            (None, None) => self.told(id)?.1,
        };
        Ok(if full {
            told
        } else {
            told["properties"].take()
        })
    }

    fn list(&self, function: &str, id: &str, _: &str, _: Option<&Value>) -> Result<Value, Problem> {
        let (read, _) = self.told(id)?;
        let resource = self.0.resource(&read.path).ok();
        match resource.map(|resource| &resource.core) {
            Some(Core::StorageAccount(account)) if function.eq_ignore_ascii_case("listKeys") => {
                Ok(account.told_keys())
            }
            _ => Err(Problem::runtime(
                "InvalidTemplate",
                format!("The function '{function}' is not to be had of '{id}'."),
            )),
        }
    }
}
