//! `service`: cloud services.

use serde_json::{Value, json};

use super::meant::{Thing, or_near};
use super::{CommandResult, Context, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::write::CreateHostedService;
use crate::backend::{Kind, Place};
use crate::cli::service::{ServiceCreateArgs, ServiceDeleteArgs, ServiceShowArgs};
use crate::failure::Failure;

/// `service list`.
pub async fn list(context: &Context) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting cloud services");
    let all = client.hosted_services().await?;
    if all.is_empty() {
        return Ok(Answer::none()
            .with(Level::Info, "No Cloud Services exist")
            .with_json(json!([]))
            .into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            vec![
                one.service_name.clone(),
                one.properties.location.clone().unwrap_or_default(),
                one.properties.affinity_group.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let headers = ["Name", "Location", "Affinity Group"];
    Ok(Answer::table(&headers, &rows, view::list(&all)).into())
}

/// `service show`.
pub async fn show(context: &Context, args: &ServiceShowArgs) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting cloud service");
    // 0.10 asked with the deployments; a service that is told of only so is there, too.
    let answered = match client.hosted_service(&args.name, false).await {
        Err(error) if error.kind() == Kind::NotFound => {
            client.hosted_service(&args.name, true).await
        }
        answer => answer,
    };
    let answered = or_near(&client, Thing::Service(&args.name), answered).await?;
    let one = &answered.value;
    let mut lines = vec![format!("Name {}", one.service_name)];
    lines.extend(one.url.as_ref().map(|url| format!("Url {url}")));
    let mut fields = view::json(&one.properties);
    if let Some(extended) = fields
        .as_object_mut()
        .and_then(|fields| fields.shift_remove("extendedProperties"))
    {
        lines.extend(properties("Extended Properties", &extended));
    }
    lines.extend(properties("Properties", &fields));
    let mut json = view::json(one);
    if let Value::Object(map) = &mut json {
        map.insert("statusCode".to_owned(), answered.status.into());
        if let Some(request) = &answered.request {
            map.insert("requestId".to_owned(), request.as_str().into());
        }
    }
    Ok(Answer::none()
        .with_lines(Level::Data, lines)
        .with_json(json)
        .into())
}

/// A line per field, as the old CLI printed an object under a title: dates show no value, and
/// lists their indices.
pub(super) fn properties(title: &str, fields: &Value) -> Vec<String> {
    let Value::Object(fields) = fields else {
        return Vec::new();
    };
    fields
        .iter()
        .filter_map(|(name, value)| {
            let text = match value {
                Value::String(_) if name.starts_with("date") => String::new(),
                Value::String(text) => text.clone(),
                Value::Array(items) => items
                    .iter()
                    .enumerate()
                    .map(|(index, item)| format!("{index}={}", item.as_str().unwrap_or_default()))
                    .collect::<Vec<_>>()
                    .join(", "),
                Value::Object(map) if map.is_empty() => return None,
                Value::Object(map) => map
                    .iter()
                    .map(|(name, item)| format!("{name}={}", item.as_str().unwrap_or_default()))
                    .collect::<Vec<_>>()
                    .join(", "),
                other => other.to_string(),
            };
            Some(format!("{title} {name} {text}").trim_end().to_owned())
        })
        .collect()
}

/// `service create`.
pub async fn create(context: &Context, args: &ServiceCreateArgs) -> CommandResult {
    let place = match (&args.location, &args.affinity_group) {
        (Some(_), Some(_)) => {
            return Err(Failure::new(
                "both --location and --affinitygroup options are specified",
            ));
        }
        (Some(location), None) => Place::Location(location.clone()),
        (None, Some(group)) => Place::AffinityGroup(group.clone()),
        (None, None) => {
            return Err(Failure::new("--location or --affinitygroup is required")
                .with_hint("`azure vm location list` lists the locations"));
        }
    };
    let client = context.client()?;
    context.terminal.progress("Creating cloud service");
    let made = client
        .create_hosted_service(&CreateHostedService {
            name: args.name.clone(),
            label: args.label.clone().unwrap_or_else(|| args.name.clone()),
            description: args.description.clone(),
            place: place.clone(),
        })
        .await;
    or_near(&client, Thing::Place(&place), made).await?;
    Ok(Answer::none()
        .with(Level::Data, format!("Cloud service name {}", args.name))
        .with_json(json!({"serviceName": args.name}))
        .into())
}

/// `service delete`.
pub async fn delete(context: &Context, args: &ServiceDeleteArgs) -> CommandResult {
    let question = format!("Delete cloud service {}? [y/n] ", args.name);
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    let client = context.client()?;
    context.terminal.progress("Deleting cloud service");
    let deleted = client.delete_hosted_service(&args.name).await;
    or_near(&client, Thing::Service(&args.name), deleted).await?;
    Ok(Answer::none().into())
}
