//! `storage account`: storage accounts and their keys.

use serde_json::{Map, Value, json};

use super::meant::{Thing, or_near};
use super::{CommandResult, Context, sas, service, view};
use crate::answer::{Answer, Level};
use crate::backend::service_management::Answered;
use crate::backend::service_management::read::StorageKeys;
use crate::backend::service_management::write::{
    CreateStorageAccount, StorageKeyKind, UpdateStorageAccount,
};
use crate::backend::{Error, Kind, Place};
use crate::cli::storage::{
    ConnectionStringArgs, ConnectionStringCommand, SasCommand, StorageAccountCommand,
    StorageAccountCreateArgs, StorageAccountDeleteArgs, StorageAccountSetArgs, StorageKeysCommand,
    StorageKeysRenewArgs, StorageKindArgs,
};
use crate::failure::Failure;

/// Carries out one of the commands on storage accounts.
pub async fn run(context: &Context, command: StorageAccountCommand) -> CommandResult {
    match command {
        StorageAccountCommand::List => list(context).await,
        StorageAccountCommand::Show(args) => show(context, &args.name).await,
        StorageAccountCommand::Create(args) => create(context, args).await,
        StorageAccountCommand::Set(args) => set(context, args).await,
        StorageAccountCommand::Delete(args) => delete(context, &args).await,
        StorageAccountCommand::Check(args) => check(context, &args.name).await,
        StorageAccountCommand::Keys(StorageKeysCommand::List(args)) => {
            keys(context, &args.name).await
        }
        StorageAccountCommand::Keys(StorageKeysCommand::Renew(args)) => renew(context, &args).await,
        StorageAccountCommand::Sas(SasCommand::Create(args)) => sas::create(context, *args).await,
        StorageAccountCommand::Connectionstring(ConnectionStringCommand::Show(args)) => {
            connection_string(context, &args).await
        }
    }
}

async fn list(context: &Context) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting storage accounts");
    let all = client.storage_accounts().await?;
    if all.is_empty() {
        let none = Answer::none().with(Level::Info, "No storage accounts defined");
        return Ok(none.with_json(json!([])).into());
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let properties = &one.properties;
            let place = properties.location.clone().unwrap_or_else(|| {
                let group = properties.affinity_group.as_deref().unwrap_or_default();
                match &properties.geo_primary_region {
                    Some(region) => format!("{group} ({region})"),
                    None => group.to_owned(),
                }
            });
            // 0.8 looks for the label where it is not, and so shows none.
            vec![one.name.clone(), String::new(), place]
        })
        .collect();
    Ok(Answer::table(&["Name", "Label", "Location"], &rows, view::list(&all)).into())
}

async fn show(context: &Context, name: &str) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting storage account");
    let answered = client.storage_account(name).await;
    let answered = or_near(&client, Thing::Account(name), answered).await?;
    let one = &answered.value;
    let mut lines = vec![format!("Name {}", one.name)];
    lines.extend(one.url.as_ref().map(|url| format!("Url {url}")));
    let json = view::json(one);
    for (title, field) in [
        ("Account Properties", "properties"),
        ("Extended Properties", "extendedProperties"),
    ] {
        lines.extend(service::properties(title, &json[field]));
    }
    Ok(Answer::none()
        .with_lines(Level::Data, lines)
        .with_json(json)
        .into())
}

/// The JSON of an answer tells its status and request too.
fn with_request<T>(mut json: Value, answered: &Answered<T>) -> Value {
    if let Value::Object(map) = &mut json {
        map.insert("statusCode".to_owned(), answered.status.into());
        if let Some(request) = &answered.request {
            map.insert("requestId".to_owned(), request.as_str().into());
        }
    }
    json
}

/// The account type that was asked for, in the service's words.
fn account_type(kind: &StorageKindArgs) -> Result<Option<String>, Failure> {
    let named = match kind.kind.as_deref() {
        None if kind.geo_replication => "Standard_GRS",
        None if kind.disable_geo_replication => "Standard_LRS",
        None => return Ok(None),
        Some(short) => match short.to_ascii_uppercase().as_str() {
            "LRS" => "Standard_LRS",
            "ZRS" => "Standard_ZRS",
            "GRS" => "Standard_GRS",
            "RAGRS" => "Standard_RAGRS",
            "PLRS" => "Premium_LRS",
            _ => {
                return Err(Failure::new(format!(
                    "Given  \"{short}\" is invalid, supported values are: LRS, ZRS, GRS, RAGRS, PLRS"
                )));
            }
        },
    };
    Ok(Some(named.to_owned()))
}

async fn create(context: &Context, args: StorageAccountCreateArgs) -> CommandResult {
    let place = match (args.location, args.affinity_group) {
        (Some(location), None) => Place::Location(location),
        (None, Some(group)) => Place::AffinityGroup(group),
        (Some(_), Some(_)) => {
            return Err(Failure::new(
                "both --location and --affinity-group options are specified",
            ));
        }
        (None, None) => {
            return Err(Failure::new("--location or --affinity-group is required")
                .with_hint("`azure vm location list` lists the locations"));
        }
    };
    let account_type = account_type(&args.kind)?.unwrap_or_else(|| "Standard_LRS".to_owned());
    let client = context.client()?;
    context.terminal.progress("Creating storage account");
    let accepted = client
        .create_storage_account(&CreateStorageAccount {
            label: args.label.unwrap_or_else(|| args.name.clone()),
            name: args.name,
            description: args.description,
            place: place.clone(),
            account_type: Some(account_type),
        })
        .await;
    let accepted = or_near(&client, Thing::Place(&place), accepted).await?;
    client.settle(accepted).await?;
    Ok(Answer::none().into())
}

async fn set(context: &Context, args: StorageAccountSetArgs) -> CommandResult {
    let changes = UpdateStorageAccount {
        description: args.description,
        label: args.label,
        account_type: account_type(&args.kind)?,
    };
    let client = context.client()?;
    context.terminal.progress("Updating storage account");
    let updated = client.update_storage_account(&args.name, &changes).await;
    or_near(&client, Thing::Account(&args.name), updated).await?;
    Ok(Answer::none().into())
}

async fn delete(context: &Context, args: &StorageAccountDeleteArgs) -> CommandResult {
    let question = format!("Delete storage account {}? [y/n] ", args.name);
    if let Some(outcome) = context.refused(args.quiet, &question) {
        return Ok(outcome);
    }
    let client = context.client()?;
    context.terminal.progress("Deleting storage account");
    let deleted = client.delete_storage_account(&args.name).await;
    or_near(&client, Thing::Account(&args.name), deleted).await?;
    Ok(Answer::none().into())
}

async fn check(context: &Context, name: &str) -> CommandResult {
    let client = context.client()?;
    context
        .terminal
        .progress("Checking availability of the storage account name");
    let (is_free, reason, status, request) = match client.storage_availability(name).await {
        Ok(answered) => (
            answered.value.is_available,
            answered.value.reason.clone(),
            answered.status,
            answered.request.as_ref().map(|r| r.as_str().to_owned()),
        ),
        // A name that is none is told by an error, which is an answer to this question.
        Err(error) if is_about_the_name(&error) => {
            let request = error.request().map(|r| r.as_str().to_owned());
            (false, Some(error.message().to_owned()), 400, request)
        }
        Err(error) => return Err(error.into()),
    };
    let mut json = Map::new();
    json.extend(
        reason
            .clone()
            .map(|reason| ("reason".to_owned(), reason.into())),
    );
    json.insert("statusCode".to_owned(), status.into());
    json.extend(request.map(|request| ("requestId".to_owned(), request.into())));
    json.insert("nameAvailable".to_owned(), is_free.into());
    let mut lines = vec![format!("Availability: {is_free}")];
    lines.extend(reason.map(|reason| format!("Reason: {reason}")));
    Ok(Answer::none()
        .with_lines(Level::Data, lines)
        .with_json(Value::Object(json))
        .into())
}

fn is_about_the_name(error: &Error) -> bool {
    error.kind() == Kind::Refused && error.code() == Some("BadRequest")
}

async fn keys(context: &Context, name: &str) -> CommandResult {
    let client = context.client()?;
    context.terminal.progress("Getting storage account keys");
    let keys = client.storage_keys(name).await;
    let keys = or_near(&client, Thing::Account(name), keys).await?;
    Ok(show_keys(&keys).into())
}

async fn renew(context: &Context, args: &StorageKeysRenewArgs) -> CommandResult {
    let kind = match (args.primary, args.secondary) {
        (true, false) => StorageKeyKind::Primary,
        (false, true) => StorageKeyKind::Secondary,
        _ => {
            return Err(Failure::new(
                "Need to specify either --primary or --secondary",
            ));
        }
    };
    let client = context.client()?;
    context.terminal.progress("Renewing storage account key");
    let keys = client.renew_storage_key(&args.name, kind).await;
    let keys = or_near(&client, Thing::Account(&args.name), keys).await?;
    Ok(show_keys(&keys).into())
}

/// The keys are what was asked for: here alone they are printed.
fn show_keys(answered: &Answered<StorageKeys>) -> Answer {
    let keys = &answered.value.keys;
    let mut json = view::json(&answered.value);
    let mut lines = Vec::new();
    for (title, field, key) in [
        ("Primary", "primaryKey", &keys.primary),
        ("Secondary", "secondaryKey", &keys.secondary),
    ] {
        let text = key.as_ref().map_or("", |key| key.expose());
        lines.push(format!("{title} {text}"));
        if let Value::Object(map) = &mut json {
            map.insert(field.to_owned(), text.into());
        }
    }
    Answer::none()
        .with_lines(Level::Data, lines)
        .with_json(with_request(json, answered))
}

async fn connection_string(context: &Context, args: &ConnectionStringArgs) -> CommandResult {
    let client = context.client()?;
    let answered = client.storage_keys(&args.name).await;
    let answered = or_near(&client, Thing::Account(&args.name), answered).await?;
    let protocol = if args.use_http { "http" } else { "https" };
    let mut parts = vec![format!("DefaultEndpointsProtocol={protocol}")];
    let endpoints = [
        ("Blob", &args.blob_endpoint),
        ("Queue", &args.queue_endpoint),
        ("Table", &args.table_endpoint),
    ];
    for (kind, endpoint) in endpoints {
        parts.extend(
            endpoint
                .as_ref()
                .map(|endpoint| format!("{kind}Endpoint={endpoint}")),
        );
    }
    let key = answered
        .value
        .keys
        .primary
        .as_ref()
        .map_or("", |key| key.expose());
    parts.push(format!("AccountName={}", args.name));
    parts.push(format!("AccountKey={key}"));
    let string = parts.join(";");
    Ok(Answer::none()
        .with(Level::Data, format!("connectionstring {string}"))
        .with_json(json!({ "string": string }))
        .into())
}
