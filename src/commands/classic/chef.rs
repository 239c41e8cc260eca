//! `vm extension set-chef|get-chef`: the extension that lets Chef configure a machine.

use std::path::Path;

use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};

use super::machine::{Found, needed};
use super::machine_extension::{apply, shown_of};
use super::{CommandResult, Context};
use crate::backend::service_management::Client;
use crate::cli::vm::chef::{ChefGetArgs, ChefSetArgs};
use crate::cli::vm::extension::{ExtensionGetArgs, ExtensionSetArgs};
use crate::failure::Failure;
use crate::input;

const PUBLISHER: &str = "Chef.Bootstrap.WindowsAzure";

/// The ways in which the client may run on its own.
const DAEMONS: [&str; 3] = ["none", "service", "task"];

/// The extension for the machine's system.
fn name(found: &Found) -> &'static str {
    if is_windows(found) {
        "ChefClient"
    } else {
        "LinuxChefClient"
    }
}

fn is_windows(found: &Found) -> bool {
    let disk = found.role().os_virtual_hard_disk.as_ref();
    disk.and_then(|disk| disk.os.as_deref()) == Some("Windows")
}

/// `vm extension get-chef`.
pub async fn get(context: &Context, args: ChefGetArgs) -> CommandResult {
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &args.vm_name).await?;
    let wanted = ExtensionGetArgs {
        vm_name: args.vm_name,
        extension_name: Some(name(&found).to_owned()),
        publisher_name: Some(PUBLISHER.to_owned()),
        reference_name: args.reference_name,
        dns_name: args.dns_name,
    };
    Ok(shown_of(&found, &wanted).into())
}

fn read(path: &Path) -> Result<String, Failure> {
    let text = input::read_text(path, input::LONGEST_CONFIGURATION).map_err(|error| {
        Failure::new(format!("failed to read `{}`", path.display())).with_cause(error.to_string())
    })?;
    Ok(text.to_string())
}

fn parsed(text: Option<&str>, option: &str) -> Result<Option<Value>, Failure> {
    text.map(|text| {
        serde_json::from_str(text).map_err(|error| {
            Failure::new(format!("Bad user input for {option} option"))
                .with_cause(error.to_string())
        })
    })
    .transpose()
}

/// What anybody may know.
fn public(args: &ChefSetArgs, client_config: &Path) -> Result<Value, Failure> {
    let text = |text: &Option<String>| text.clone().map(Value::from);
    let fields = [
        ("client_rb", Some(Value::from(read(client_config)?))),
        ("runlist", text(&args.run_list)),
        ("bootstrap_version", text(&args.bootstrap_version)),
        ("chef_daemon_interval", text(&args.chef_daemon_interval)),
        ("daemon", text(&args.daemon)),
        (
            "custom_json_attr",
            parsed(args.json_attributes.as_deref(), "--json-attributes")?,
        ),
        (
            "bootstrap_options",
            parsed(
                args.bootstrap_options.as_deref(),
                "-j or --bootstrap-options",
            )?,
        ),
    ];
    Ok(object(fields))
}

/// What the machine alone may know.
fn private(args: &ChefSetArgs) -> Result<SecretString, Failure> {
    let (field, path) = match (&args.client_pem, &args.validation_pem) {
        (Some(path), _) => ("client_pem", path),
        (None, Some(path)) => ("validation_key", path),
        (None, None) => return Err(incomplete()),
    };
    let secret = match (&args.secret_file, &args.secret) {
        (Some(path), _) => Some(Value::from(read(path)?)),
        (None, Some(secret)) => Some(Value::from(secret.expose_secret())),
        (None, None) => None,
    };
    let json = object([
        (field, Some(Value::from(read(path)?))),
        ("encrypted_data_bag_secret", secret),
    ]);
    Ok(SecretString::from(json.to_string()))
}

fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
        .collect::<Map<String, Value>>()
        .into()
}

fn incomplete() -> Failure {
    Failure::new("Required --validation-pem or --client-pem and --client-config options.")
}

/// `vm extension set-chef`.
pub async fn set(context: &Context, args: ChefSetArgs) -> CommandResult {
    let client_config = args.client_config.as_deref().ok_or_else(incomplete)?;
    let private = private(&args)?;
    let public = public(&args, client_config)?;
    if let Some(daemon) = &args.daemon
        && !DAEMONS.contains(&daemon.as_str())
    {
        return Err(Failure::new("Invalid user input for --daemon option."));
    }
    let client = context.client()?;
    let found = needed(context, &client, args.dns_name.as_deref(), &args.vm_name).await?;
    if args.daemon.is_some() && !is_windows(&found) {
        return Err(Failure::new("The daemon option is valid for Windows node."));
    }
    let name = name(&found);
    let version = match args.extension_version {
        Some(version) => version,
        None => latest(&client, name).await?,
    };
    let wanted = ExtensionSetArgs {
        vm_name: args.vm_name,
        extension_name: name.to_owned(),
        publisher_name: PUBLISHER.to_owned(),
        extension_version: version,
        reference_name: args.reference_name,
        public_config: Some(public.to_string()),
        public_config_path: None,
        private_config: Some(private),
        private_config_path: None,
        disable: args.disable,
        uninstall: args.uninstall,
        dns_name: args.dns_name,
    };
    apply(context, &client, &found, wanted).await
}

/// The newest generation of the extension, whichever its smaller versions.
async fn latest(client: &Client, name: &str) -> Result<String, Failure> {
    let generation = |version: &str| -> Option<u32> { version.split('.').next()?.parse().ok() };
    client
        .extensions(None)
        .await?
        .iter()
        .filter(|one| {
            one.publisher.eq_ignore_ascii_case(PUBLISHER) && one.name.eq_ignore_ascii_case(name)
        })
        .filter_map(|one| generation(&one.version))
        .max()
        .map(|generation| format!("{generation}.*"))
        .ok_or_else(|| {
            Failure::new(format!("there is no extension {name} of {PUBLISHER}"))
                .with_hint("name its version with --version")
        })
}
