//! `account env`: clouds by name, those that everybody knows and those of the profile.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::backend::service_management::Endpoint;
use crate::backend::site::classic::Cloud;
use crate::cli::account_env::{AccountEnvCommand, EnvironmentArgs, EnvironmentNameArgs};
use crate::failure::Failure;
use crate::settings::profile::Profile;

/// The endpoint that names a cloud.
const MANAGEMENT: &str = "managementEndpointUrl";

/// Carries out one of the commands on environments.
pub fn run(context: &Context, command: AccountEnvCommand) -> CommandResult {
    match command {
        AccountEnvCommand::List => list(context),
        AccountEnvCommand::Show(args) => show(context, &args),
        AccountEnvCommand::Add(args) => add(context, *args),
        AccountEnvCommand::Set(args) => set(context, *args),
        AccountEnvCommand::Delete(args) => delete(context, &args),
    }
}

/// What everybody knows of a cloud.
fn built_in(cloud: Cloud) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut put = |name: &str, value: String| fields.insert(name.to_owned(), value);
    put(MANAGEMENT, format!("https://{}", cloud.management));
    if let Some(storage) = cloud.management.strip_prefix("management") {
        put("storageEndpointSuffix", storage.to_owned());
    }
    if let Some(page) = cloud.publish_settings_page() {
        put("publishingProfileUrl", page.to_owned());
    }
    fields
}

fn told(name: &str, fields: &BTreeMap<String, String>) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), name.into());
    for (field, value) in fields {
        map.insert(field.clone(), value.clone().into());
    }
    Value::Object(map)
}

/// All that are known, by name.
fn all(profile: &Profile) -> Vec<(String, BTreeMap<String, String>)> {
    let known = Cloud::all().map(|cloud| (cloud.name.to_owned(), built_in(cloud)));
    let own = profile.environments().clone().into_iter();
    known.chain(own).collect()
}

fn list(context: &Context) -> CommandResult {
    let all = all(&context.profile()?);
    let rows: Vec<Vec<String>> = all.iter().map(|(name, _)| vec![name.clone()]).collect();
    let json = all
        .iter()
        .map(|(name, fields)| told(name, fields))
        .collect();
    Ok(Answer::table(&["Name"], &rows, json).into())
}

fn named(args: &EnvironmentNameArgs) -> Result<&str, Failure> {
    args.name
        .as_deref()
        .or(args.name_option.as_deref())
        .ok_or_else(|| Failure::new("the name of an environment is required"))
}

fn unknown(name: &str) -> Failure {
    Failure::new(format!("Unknown environment {name}"))
        .with_hint("`azure account env list` lists the environments")
}

fn show(context: &Context, args: &EnvironmentNameArgs) -> CommandResult {
    let name = named(args)?;
    let all = all(&context.profile()?);
    let (name, fields) = all
        .iter()
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .ok_or_else(|| unknown(name))?;
    let line = |label: &str, value: &str| format!("{label:<28}: {value}");
    let lines = fields.iter().map(|(field, value)| line(field, value));
    Ok(Answer::none()
        .with(Level::Data, line("Name", name))
        .with_lines(Level::Data, lines)
        .with_json(told(name, fields))
        .into())
}

fn add(context: &Context, args: EnvironmentArgs) -> CommandResult {
    let name = named(&args.name)?.to_owned();
    let mut profile = context.profile_to_change()?;
    if Cloud::is_known(&name) || profile.environment(&name).is_some() {
        return Err(Failure::new(format!("Environment {name} exists"))
            .with_hint("`azure account env set` changes one that was added"));
    }
    let fields = fields(args)?;
    if !fields.contains_key(MANAGEMENT) {
        return Err(Failure::new("--management-endpoint-url is required")
            .with_hint("it is the address at which the cloud's management API answers"));
    }
    profile.keep_environment(&name, fields);
    written(&profile)
}

fn set(context: &Context, args: EnvironmentArgs) -> CommandResult {
    let name = named(&args.name)?.to_owned();
    let mut profile = context.profile_to_change()?;
    if Cloud::is_known(&name) {
        return Err(
            Failure::new(format!("Environment {name} cannot be changed"))
                .with_hint("`azure account env add` adds one of another name"),
        );
    }
    let (name, old) = profile.environment(&name).ok_or_else(|| unknown(&name))?;
    let (name, mut all) = (name.clone(), old.clone());
    all.extend(fields(args)?);
    profile.keep_environment(&name, all);
    written(&profile)
}

fn delete(context: &Context, args: &EnvironmentNameArgs) -> CommandResult {
    let name = named(args)?;
    let mut profile = context.profile_to_change()?;
    if Cloud::is_known(name) {
        return Err(Failure::new(format!(
            "Environment {name} cannot be deleted"
        )));
    }
    if !profile.forget_environment(name) {
        return Err(unknown(name));
    }
    written(&profile)
}

fn written(profile: &Profile) -> CommandResult {
    profile.write().map_err(|error| Failure::of(&error))?;
    Ok(Answer::none().with(Level::Info, "Changes saved").into())
}

/// The endpoints that were given, by the names that programs are told.
fn fields(args: EnvironmentArgs) -> Result<BTreeMap<String, String>, Failure> {
    if let Some(url) = &args.management_endpoint_url {
        Endpoint::parse(url).map_err(|error| Failure::of(&error))?;
    }
    Ok([
        ("portalUrl", args.portal_url),
        ("publishingProfileUrl", args.publishing_profile_url),
        (MANAGEMENT, args.management_endpoint_url),
        (
            "resourceManagerEndpointUrl",
            args.resource_manager_endpoint_url,
        ),
        ("sqlManagementEndpointUrl", args.sql_management_endpoint_url),
        ("sqlServerHostnameSuffix", args.sql_server_hostname_suffix),
        (
            "activeDirectoryEndpointUrl",
            args.active_directory_endpoint_url,
        ),
        (
            "activeDirectoryResourceId",
            args.active_directory_resource_id,
        ),
        ("galleryEndpointUrl", args.gallery_endpoint_url),
        (
            "activeDirectoryGraphResourceId",
            args.active_directory_graph_resource_id,
        ),
        (
            "activeDirectoryGraphApiVersion",
            args.active_directory_graph_api_version,
        ),
        ("storageEndpointSuffix", args.storage_endpoint_suffix),
        ("keyVaultDnsSuffix", args.key_vault_dns_suffix),
        (
            "azureDataLakeStoreFileSystemEndpointSuffix",
            args.azure_data_lake_store_file_system_endpoint_suffix,
        ),
        (
            "azureDataLakeAnalyticsCatalogAndJobEndpointSuffix",
            args.azure_data_lake_analytics_catalog_and_job_endpoint_suffix,
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name.to_owned(), value?)))
    .collect())
}

/// The name of the cloud at a management endpoint, in the profile first; an endpoint that nobody
/// knows is its own.
pub(super) fn name_of(endpoint: &str, profile: &Profile) -> String {
    let Ok(parsed) = Endpoint::parse(endpoint) else {
        return endpoint.to_owned();
    };
    let is_there = |fields: &BTreeMap<String, String>| {
        fields
            .get(MANAGEMENT)
            .and_then(|url| Endpoint::parse(url).ok())
            .is_some_and(|known| known.authority() == parsed.authority())
    };
    let own = profile.environments().iter();
    own.filter(|(_, fields)| is_there(fields))
        .map(|(name, _)| name.clone())
        .next()
        .or_else(|| Cloud::at(parsed.host()).map(|cloud| cloud.name.to_owned()))
        .unwrap_or_else(|| parsed.authority())
}
