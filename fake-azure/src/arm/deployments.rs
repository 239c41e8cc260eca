//! Deployments of templates.

use serde_json::{Value, json};

use super::refusals::failed;
use super::route::{Route, routes};
use super::{Answer, Call, Refused};
use crate::world::resource_manager::deployment::{
    Command as DeploymentCommand, Course, Deployment, DeploymentScope, State,
};
use crate::world::resource_manager::deployment_told::{dependencies, duration, named, providers};
use crate::world::resource_manager::document::{self, Body};
use crate::world::resource_manager::template::{self, Asked};
use crate::world::resource_manager::{Command, Progress, View};

/// The operation that deploys a template to a group.
pub(super) const PUT: &str = "Create or Update Deployment";

/// The operation that deploys one to a subscription.
pub(super) const PUT_AT_SUBSCRIPTION: &str = "Create or Update Deployment at Subscription Scope";

/// The operations that deploy templates, and so make what these say.
pub(crate) const DEPLOY: [&str; 2] = [PUT, PUT_AT_SUBSCRIPTION];

pub(super) const ROUTES: &[Route] = routes! {
    below "/resourcegroups/{group}/providers/Microsoft.Resources/deployments";
    GET "": "List Deployments" => of_group::list;
    PUT "/{deployment}": PUT => of_group::put;
    GET "/{deployment}": "Get Deployment" => of_group::get;
    HEAD "/{deployment}": "Check Deployment" => of_group::head;
    DELETE "/{deployment}": "Delete Deployment" => of_group::delete;
    POST "/{deployment}/validate": "Validate Deployment" => of_group::validate;
    POST "/{deployment}/cancel": "Cancel Deployment" => of_group::cancel;
    POST "/{deployment}/exportTemplate": "Export Template of Deployment" => of_group::export;
    POST "/{deployment}/whatIf": "What If";
    GET "/{deployment}/operations": "List Deployment Operations" => of_group::operations;
    GET "/{deployment}/operations/{operation}": "Get Deployment Operation" => of_group::operation;
    GET "/{deployment}/operationStatuses/{status}": "Get Deployment Status" => of_group::status;
};

/// What a deployment in a group did, at the shorter path by which clients ask for it.
pub(super) const OPERATIONS: &[Route] = routes! {
    below "/resourcegroups/{group}/deployments/{deployment}/operations";
    GET "": "List Deployment Operations" => of_group::operations;
    GET "/{operation}": "Get Deployment Operation" => of_group::operation;
};

pub(super) const OF_SUBSCRIPTION: &[Route] = routes! {
    below "/providers/Microsoft.Resources/deployments";
    GET "": "List Deployments at Subscription Scope" => of_subscription::list;
    PUT "/{deployment}": PUT_AT_SUBSCRIPTION => of_subscription::put;
    GET "/{deployment}": "Get Deployment at Subscription Scope" => of_subscription::get;
    HEAD "/{deployment}": "Check Deployment at Subscription Scope" => of_subscription::head;
    DELETE "/{deployment}": "Delete Deployment at Subscription Scope" => of_subscription::delete;
    POST "/{deployment}/validate": "Validate Deployment at Subscription Scope" => of_subscription::validate;
    POST "/{deployment}/cancel": "Cancel Deployment at Subscription Scope" => of_subscription::cancel;
    POST "/{deployment}/exportTemplate": "Export Template at Subscription Scope" => of_subscription::export;
    POST "/{deployment}/whatIf": "What If at Subscription Scope";
    GET "/{deployment}/operations": "List Deployment Operations at Subscription Scope" => of_subscription::operations;
    GET "/{deployment}/operations/{operation}": "Get Deployment Operation at Subscription Scope" => of_subscription::operation;
    GET "/{deployment}/operationStatuses/{status}": "Get Deployment Status at Subscription Scope" => of_subscription::status;
};

/// Where a deployment is asked for.
struct At {
    /// None is the subscription itself.
    group: Option<String>,
    name: String,
    /// A name behind the deployment's.
    behind: String,
}

impl At {
    fn of_group(call: &Call<'_>) -> Self {
        Self {
            group: Some(call.name(0).to_owned()),
            name: call.name(1).to_owned(),
            behind: call.name(2).to_owned(),
        }
    }

    fn of_subscription(call: &Call<'_>) -> Self {
        Self {
            group: None,
            name: call.name(0).to_owned(),
            behind: call.name(1).to_owned(),
        }
    }

    fn scope(&self) -> DeploymentScope<'_> {
        DeploymentScope(self.group.as_deref())
    }
}

/// The same operations of groups and of subscriptions.
macro_rules! of_both {
    ($($name:ident),*) => {
        mod of_group {
            use super::{Answer, At, Call, Refused};
            $(pub(super) fn $name(call: &mut Call<'_>) -> Result<Answer, Refused> {
                let at = At::of_group(call);
                super::$name(call, &at)
            })*
        }

        mod of_subscription {
            use super::{Answer, At, Call, Refused};
            $(pub(super) fn $name(call: &mut Call<'_>) -> Result<Answer, Refused> {
                let at = At::of_subscription(call);
                super::$name(call, &at)
            })*
        }
    };
}

of_both!(
    cancel, delete, export, get, head, list, operation, operations, put, status, validate
);

/// The number by which the status of a deployment is asked for.
fn number(deployment: &Deployment) -> String {
    let digits = deployment.operation.as_str();
    let head = digits.get(..16).unwrap_or_default();
    format!("{:020}", u64::from_str_radix(head, 16).unwrap_or_default())
}

fn put(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let (scope, name) = (at.scope(), &at.name);
    let was_there = call.here()?.deployment(scope, name).is_ok();
    let body = call.document()?;
    call.perform(Command::Deployment(DeploymentCommand::Put {
        group: at.group.clone(),
        name: name.clone(),
        body: Body(body),
    }))?;
    let here = call.here()?;
    let status = if was_there { 200 } else { 201 };
    let id = here.deployment_id(scope, name);
    let deployment = here.deployment(scope, name)?;
    let mut told = told(here, scope, deployment);
    let answer = |told| Answer {
        status,
        ..Answer::document(told)
    };
    if deployment.state == State::Succeeded {
        return Ok(answer(told));
    }
    if deployment.state == State::Running {
        told["properties"]["provisioningState"] = json!("Accepted");
    }
    let to = format!(
        "{}{id}/operationStatuses/{}?api-version={}",
        call.base,
        number(deployment),
        call.version()
    );
    Ok(answer(told)
        .header("Azure-AsyncOperation", to)
        .header("Retry-After", "1"))
}

fn get(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let here = call.here()?;
    let deployment = here.deployment(at.scope(), &at.name)?;
    Ok(Answer::document(told(here, at.scope(), deployment)))
}

fn head(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let here = call.here()?;
    let is_there = here.deployment(at.scope(), &at.name).is_ok();
    Ok(Answer::bare(if is_there { 204 } else { 404 }))
}

fn list(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let here = call.here()?;
    here.check_scope(at.scope())?;
    let all = here.held.deployments.iter();
    let within = all.filter(|(key, _)| at.scope().has(key));
    Ok(Answer::list(
        within
            .map(|(_, deployment)| told(here, at.scope(), deployment))
            .collect(),
    ))
}

fn delete(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    call.perform(Command::Deployment(DeploymentCommand::Delete {
        group: at.group.clone(),
        name: at.name.clone(),
    }))?;
    Ok(Answer::bare(204))
}

fn cancel(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    call.perform(Command::Deployment(DeploymentCommand::Cancel {
        group: at.group.clone(),
        name: at.name.clone(),
    }))?;
    Ok(Answer::bare(204))
}

fn validate(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let body = call.document()?;
    let here = call.here()?;
    let seed = call.id.dashed();
    let (scope, name) = (at.scope(), &at.name);
    let planned = template::plan(
        here,
        &Asked {
            scope,
            name,
            body: &body,
            now: call.now,
            seed: &seed,
        },
    )?;
    let validated: Vec<Value> = planned
        .steps
        .iter()
        .map(|step| json!({ "id": step.id }))
        .collect();
    Ok(Answer::document(json!({
        "id": here.deployment_id(scope, name),
        "name": name,
        "type": "Microsoft.Resources/deployments",
        "location": planned.location,
        "properties": {
            "templateHash": planned.hash.to_string(),
            "parameters": planned.parameters.read(),
            "mode": if planned.is_complete { "Complete" } else { "Incremental" },
            "provisioningState": "Succeeded",
            "timestamp": call.now.to_string(),
            "duration": "PT0S",
            "correlationId": seed,
            "providers": providers(&planned.steps),
            "dependencies": dependencies(&planned.steps),
            "validatedResources": validated,
        },
    })))
}

fn export(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let here = call.here()?;
    let deployment = here.deployment(at.scope(), &at.name)?;
    Ok(Answer::document(
        json!({ "template": deployment.template.read() }),
    ))
}

fn status(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let (scope, name) = (at.scope(), &at.name);
    let operation = call.here()?.deployment(scope, name)?.operation.clone();
    call.world.look_at_managed(&call.subscription, &operation);
    let here = call.here()?;
    let progress = here.progress(&operation);
    let told = match progress {
        Some(Progress::InProgress) | None => json!({ "status": "Running" }),
        Some(Progress::Succeeded) => json!({ "status": "Succeeded" }),
        Some(Progress::Failed { error }) => {
            let state = here.deployment(scope, name).map(|d| d.state);
            let word = match state {
                Ok(State::Canceled) => "Canceled",
                _ => "Failed",
            };
            json!({ "status": word, "error": failed(error).error() })
        }
    };
    Ok(Answer::document(told).header("Retry-After", "1"))
}

fn told(here: View<'_>, scope: DeploymentScope<'_>, deployment: &Deployment) -> Value {
    let mut told = here.told_deployment(scope, deployment);
    if let Some(Progress::Failed { error }) = here.progress(&deployment.operation) {
        document::set(&mut told["properties"], "error", failed(error).error());
    }
    told
}

/// The identifier of a step's operation.
fn operation_id(deployment: &Deployment, place: usize) -> String {
    let head = deployment.operation.as_str();
    format!(
        "{}{place:04X}",
        head[..head.len().min(12)].to_ascii_uppercase()
    )
}

fn told_operation(
    here: View<'_>,
    scope: DeploymentScope<'_>,
    deployment: &Deployment,
    place: usize,
) -> Value {
    let step = &deployment.steps[place];
    let id = operation_id(deployment, place);
    let (state, code, message) = match &step.course {
        Course::Waiting | Course::Running { .. } => ("Running", None, None),
        Course::Done { is_new: true } => ("Succeeded", Some("Created"), None),
        Course::Done { is_new: false } => ("Succeeded", Some("OK"), None),
        Course::Failed(failure) => {
            let refused = failed(failure);
            let code = match refused.status {
                400 => "BadRequest",
                404 => "NotFound",
                409 => "Conflict",
                _ => "InternalServerError",
            };
            ("Failed", Some(code), Some(refused.document()))
        }
    };
    let from = step.started.unwrap_or(deployment.started);
    let until = step.ended.unwrap_or(from);
    let mut properties = json!({
        "provisioningOperation": "Create",
        "provisioningState": state,
        "timestamp": until.to_string(),
        "duration": duration(from, until),
        "trackingId": deployment.correlation,
        "targetResource": named(step),
    });
    if let Some(code) = code {
        document::set(&mut properties, "statusCode", code);
    }
    if let Some(message) = message {
        document::set(&mut properties, "statusMessage", message);
    }
    json!({
        "id": format!("{}/operations/{id}", here.deployment_id(scope, &deployment.name)),
        "operationId": id,
        "properties": properties,
    })
}

fn operations(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let here = call.here()?;
    let deployment = here.deployment(at.scope(), &at.name)?;
    let begun = deployment.steps.iter().enumerate();
    let begun = begun.filter(|(_, step)| !matches!(step.course, Course::Waiting));
    Ok(Answer::list(
        begun
            .map(|(place, _)| told_operation(here, at.scope(), deployment, place))
            .collect(),
    ))
}

fn operation(call: &mut Call<'_>, at: &At) -> Result<Answer, Refused> {
    let here = call.here()?;
    let deployment = here.deployment(at.scope(), &at.name)?;
    let wanted = at.behind.as_str();
    let place = (0..deployment.steps.len())
        .find(|place| operation_id(deployment, *place).eq_ignore_ascii_case(wanted));
    let place = place.ok_or_else(|| Refused::no_operation(wanted))?;
    Ok(Answer::document(told_operation(
        here,
        at.scope(),
        deployment,
        place,
    )))
}
