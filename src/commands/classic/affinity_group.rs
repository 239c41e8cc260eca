//! `account affinity-group`: things that are to be near each other.

use serde_json::{Value, json};

use super::meant::{Thing, or_near};
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level, or_undefined};
use crate::backend::service_management::read::{AffinityGroup, Moment};
use crate::backend::service_management::write::CreateAffinityGroup;
use crate::cli::account::{
    AffinityGroupCommand, AffinityGroupCreateArgs, AffinityGroupDeleteArgs, AffinityGroupShowArgs,
};
use crate::failure::Failure;

/// Carries out one of the commands on affinity groups.
pub async fn run(context: &Context, command: AffinityGroupCommand) -> CommandResult {
    match command {
        AffinityGroupCommand::List => list(context).await,
        AffinityGroupCommand::Create(args) => create(context, args).await,
        AffinityGroupCommand::Show(args) => show(context, &args).await,
        AffinityGroupCommand::Delete(args) => delete(context, &args).await,
    }
}

async fn list(context: &Context) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting affinity groups");
    let all = client.affinity_groups().await?;
    if all.is_empty() {
        let none = Answer::none().with(Level::Info, "No affinity groups defined");
        return Ok(none.with_json(json!([])).into());
    }
    let cell = |text: &Option<String>| or_undefined(text.as_ref());
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| vec![one.name.clone(), cell(&one.label), cell(&one.location)])
        .collect();
    Ok(Answer::table(&["Name", "Label", "Location"], &rows, view::list(&all)).into())
}

async fn create(context: &Context, args: AffinityGroupCreateArgs) -> CommandResult {
    let Some(location) = args.location else {
        return Err(Failure::new("--location is required")
            .with_hint("`azure vm location list` lists the locations"));
    };
    let client = context.client()?;
    context.terminal.progress("Creating affinity group");
    let made = client
        .create_affinity_group(&CreateAffinityGroup {
            // Without a description 0.8 leaves the label empty.
            label: args.label.unwrap_or_else(|| match &args.description {
                Some(_) => args.name.clone(),
                None => String::new(),
            }),
            name: args.name,
            description: args.description,
            location: location.clone(),
        })
        .await;
    or_near(&client, Thing::Location(&location), made).await?;
    Ok(Answer::none().into())
}

async fn show(context: &Context, args: &AffinityGroupShowArgs) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting affinity groups");
    let answered = client.affinity_group(&args.name).await;
    let answered = or_near(&client, Thing::AffinityGroup(&args.name), answered).await?;
    let mut json = view::json(&answered.value);
    if let Value::Object(map) = &mut json {
        map.insert("statusCode".to_owned(), answered.status.into());
        if let Some(request) = &answered.request {
            map.insert("requestId".to_owned(), request.as_str().into());
        }
    }
    let lines = fields(&json, &answered.value);
    Ok(Answer::none()
        .with_lines(Level::Data, lines)
        .with_json(json)
        .into())
}

/// A line per field, as JavaScript turns its value into text.
fn fields(json: &Value, group: &AffinityGroup) -> Vec<String> {
    let Value::Object(map) = json else {
        return Vec::new();
    };
    map.iter()
        .flat_map(|(name, value)| {
            let text = match value {
                Value::String(_) if name == "createdTime" => group
                    .created_time
                    .as_ref()
                    .and_then(Moment::timestamp)
                    .map(|at| {
                        at.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (UTC)")
                            .to_string()
                    })
                    .unwrap_or_default(),
                Value::String(text) => text.clone(),
                Value::Array(items) => items
                    .iter()
                    .filter_map(Value::as_str)
                    .collect::<Vec<_>>()
                    .join(","),
                other => other.to_string(),
            };
            std::iter::once(format!("{name}: {text}")).chain(members(value))
        })
        .collect()
}

/// The fields of what lies in a group, further in than its own.
fn members(value: &Value) -> Vec<String> {
    value
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .flatten()
        .map(|(name, value)| format!("       {name}: {}", value.as_str().unwrap_or_default()))
        .collect()
}

async fn delete(context: &Context, args: &AffinityGroupDeleteArgs) -> CommandResult {
    let question = format!("Delete affinity group {}? [y/n] ", args.name);
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    let client = context.client()?;
    context.terminal.progress("Deleting affinity group");
    let deleted = client.delete_affinity_group(&args.name).await;
    or_near(&client, Thing::AffinityGroup(&args.name), deleted).await?;
    Ok(Answer::none().into())
}
