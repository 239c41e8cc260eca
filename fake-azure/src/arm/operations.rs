//! Operations that take time: how they are answered, and how they are asked for.

use serde_json::{Value, json};

use super::refusals::failed;
use super::route::{Route, routes};
use super::{Answer, Call, Content, Refused};
use crate::world::resource_manager::{Kind, Operation, Path, Progress};
use crate::world::{OperationId, Performed};

pub(super) const ROUTES: &[Route] = routes! {
    below "";
    GET "/providers/{namespace}/locations/{location}/operations/{id}": "Get Operation" => get;
    GET "/providers/{namespace}/locations/{location}/operationResults/{id}": "Get Operation Result" => result;
    GET "/providers/{namespace}/operations/{id}": "Get Storage Operation" => result;
    GET "/operationresults/{id}": "Get Deletion of Resource Group" => result;
};

/// What becomes of a request on a resource in this call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// A new resource is written.
    Create,
    /// A resource that is there is written.
    Update,
    /// It is done, and nothing is told.
    Act,
}

impl Way {
    /// Whoever is to ask for the end is told no end yet, though at the instant pace it has come.
    fn is_underway(self, told: &mut Value) {
        let doing = match self {
            Self::Create => "Creating",
            Self::Update => "Updating",
            Self::Act => return,
        };
        if let Some(state) = told.pointer_mut("/properties/provisioningState")
            && *state == "Failed"
        {
            *state = json!(doing);
        }
    }
}

/// How many seconds clients are asked to wait between two looks.
const WAIT: &str = "1";

impl Call<'_> {
    /// How an operation is answered whose end is not told with it: with where to ask.
    pub(super) fn pending(&self, answer: Answer, kind: Kind, location: &str, way: Way) -> Answer {
        let id = self.id.dashed();
        let version = self.version();
        let namespace = kind.namespace();
        let root = format!("{}/subscriptions/{}", self.base, self.subscription);
        let place = format!("{root}/providers/{namespace}/locations/{location}");
        let query = format!("api-version={version}");
        if kind == Kind::StorageAccount {
            let to = format!("{root}/providers/{namespace}/operations/{id}?monitor=true&{query}");
            return Answer {
                status: 202,
                body: None,
                ..answer
            }
            .header("Location", to)
            .header("Retry-After", WAIT);
        }
        let operation = format!("{place}/operations/{id}?{query}");
        let answer = answer
            .header("Azure-AsyncOperation", operation.clone())
            .header("Retry-After", WAIT);
        match (way, namespace) {
            (Way::Create | Way::Update, "Microsoft.Compute") => {
                answer.header("Azure-AsyncNotification", "Enabled")
            }
            (Way::Create | Way::Update, _) => answer,
            (Way::Act, "Microsoft.Network") => {
                answer.header("Location", format!("{place}/operationResults/{id}?{query}"))
            }
            (Way::Act, _) => answer.header("Location", format!("{operation}&monitor=true")),
        }
    }

    /// Whether an operation that was just begun has ended well: it is then told at once.
    pub(super) fn is_over(&self, performed: &Performed) -> bool {
        match performed {
            Performed::Done => true,
            Performed::Accepted(id) => {
                let progress = self.here().ok().and_then(|here| here.progress(id));
                matches!(progress, Some(Progress::Succeeded) | None)
            }
        }
    }

    /// How a resource is answered that was written.
    pub(super) fn written(
        &self,
        performed: &Performed,
        path: &Path,
        way: Way,
        skipped: Vec<String>,
    ) -> Result<Answer, Refused> {
        let here = self.here()?;
        let mut told = here.told_at(path)?;
        let owner = here.held_location(path);
        let is_over = self.is_over(performed);
        if !is_over {
            way.is_underway(&mut told);
        }
        let status = match (path.kind, way) {
            // SDKs take no other for them; accounts that are pending are told as such below.
            (Kind::Disk | Kind::Snapshot | Kind::StorageAccount, _) if is_over => 200,
            (Kind::Disk | Kind::Snapshot, _) => 202,
            (_, Way::Create) => 201,
            _ => 200,
        };
        let answer = Answer {
            status,
            body: Some(Content::Document(told)),
            headers: Vec::new(),
            skipped,
            notes: here.notes_of(path),
        };
        if is_over {
            return Ok(answer);
        }
        Ok(self.pending(answer, path.kind, &owner, way))
    }
}

/// An operation as it is told.
pub(super) fn told(operation: &Operation) -> Value {
    let mut told = json!({
        "startTime": operation.started.to_string(),
        "name": operation.id.dashed(),
    });
    if let Some(ended) = operation.ended {
        told["endTime"] = json!(ended.to_string());
    }
    let (status, error) = match &operation.progress {
        Progress::InProgress => ("InProgress", None),
        Progress::Succeeded => ("Succeeded", None),
        Progress::Failed { error } => ("Failed", Some(failed(error))),
    };
    told["status"] = json!(status);
    if let Some(error) = error {
        told["error"] = error.error();
    }
    told
}

fn operation_id(text: &str) -> OperationId {
    OperationId::new(text)
}

/// Get Operation.
fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    if call.parameter("monitor").is_some() {
        return result(call);
    }
    let id = operation_id(call.name(2));
    call.world.look_at_managed(&call.subscription, &id);
    let here = call.here()?;
    let operation = here
        .operation(&id)
        .ok_or_else(|| Refused::no_operation(call.name(2)))?;
    let mut told = told(operation);
    if let Some(output) = here.output(&id) {
        told["properties"] = json!({ "output": output });
    }
    let answer = Answer::document(told);
    Ok(if operation.is_running() {
        answer.header("Retry-After", WAIT)
    } else {
        answer
    })
}

/// Get Operation Result.
fn result(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let last = call.names.last().cloned().unwrap_or_default();
    let id = operation_id(&token_id(&last).unwrap_or(last.clone()));
    call.world.look_at_managed(&call.subscription, &id);
    let here = call.here()?;
    let operation = here
        .operation(&id)
        .ok_or_else(|| Refused::no_operation(&last))?;
    match &operation.progress {
        Progress::InProgress => {
            let again = format!("{}{}", call.base, call.target);
            Ok(Answer::bare(202)
                .header("Location", again)
                .header("Retry-After", WAIT))
        }
        Progress::Failed { error } => Err(failed(error)),
        Progress::Succeeded => Ok(match here.output(&id) {
            Some(output) => Answer::document(output),
            None => match here.result_of(&id) {
                Some(told) => Answer::document(told),
                None => Answer::bare(200),
            },
        }),
    }
}

/// The token by which the deletion of a group is asked for.
pub(super) fn group_token(id: &OperationId) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let job = json!({
        "jobId": format!("RESOURCEGROUPDELETIONJOB-{}", id.as_str().to_ascii_uppercase()),
        "jobLocation": "westus",
    });
    URL_SAFE_NO_PAD.encode(job.to_string())
}

/// The operation that such a token names.
fn token_id(token: &str) -> Option<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let job = URL_SAFE_NO_PAD.decode(token).ok()?;
    let job: Value = serde_json::from_slice(&job).ok()?;
    let id = job.get("jobId")?.as_str()?;
    Some(id.rsplit('-').next()?.to_owned())
}
