//! `vm export`, `vm create-from`: a machine in a file.

pub mod role_file;

use std::path::Path;

use super::machine::{Names, one, prefix};
use super::meant::{Thing, or_near};
use super::{CommandResult, Context};
use crate::answer::{Answer, Level};
use crate::backend::service_management::Client;
use crate::backend::service_management::read::{HostedService, Role};
use crate::backend::service_management::write::{
    CertificateFile, CreateHostedService, NewDeployment,
};
use crate::backend::site::classic::CertificateKey;
use crate::backend::{self, Accepted, Place};
use crate::cli::vm::whole::{VmCreateFromArgs, VmExportArgs};
use crate::domain::did_you_mean;
use crate::failure::Failure;
use crate::files;
use crate::input;
use crate::settings::create::ssh_key;

/// What a place must offer for machines to lie there.
const MACHINES: &str = "PersistentVMRole";

/// `vm export`.
pub async fn export(context: &Context, args: &VmExportArgs) -> CommandResult {
    let client = context.client()?;
    let names = Names::ignoring_case(&args.vm_name);
    let Some(found) = one(context, &client, args.dns_name.as_deref(), &names).await? else {
        return Ok(Answer::none().with(Level::Warn, "No VMs found").into());
    };
    context.terminal.progress("Exporting the VM");
    let text = format!("{:#}", role_file::to_json(found.role()));
    let path = args.file.display();
    files::replace(&args.file, text.as_bytes()).map_err(|error| {
        Failure::new(format!("failed to write `{path}`")).with_cause(error.to_string())
    })?;
    let line = format!("VM {} exported to {path}", args.vm_name);
    Ok(Answer::none().with(Level::Info, line).into())
}

fn read(path: &Path) -> Result<Role, Failure> {
    let name = path.display();
    let text = input::read_text(path, input::LONGEST_CONFIGURATION).map_err(|error| {
        Failure::new(format!("failed to read `{name}`")).with_cause(error.to_string())
    })?;
    role_file::from_json(&text).map_err(|error| {
        Failure::of(&error)
            .said_as(format!("`{name}` cannot be used"))
            .with_cause(error.to_string())
            .with_hint("`azure vm export NAME FILE` writes a machine to a file")
    })
}

/// Where the machine goes.
enum Target {
    /// A cloud service that is made for it.
    New(Place),
    /// A cloud service without a deployment.
    Empty,
    /// A deployment of other machines.
    Deployment(String),
}

/// `vm create-from`.
pub async fn create(context: &Context, args: VmCreateFromArgs) -> CommandResult {
    let role = read(&args.role_file)?;
    let key = args
        .ssh_cert
        .as_deref()
        .map(|given| ssh_key(given, context.environment.working_folder()))
        .transpose()
        .map_err(|error| Failure::of(&error))?
        .map(|key| CertificateKey::of(&key))
        .transpose()?;
    let service = prefix(&args.dns_name).to_owned();
    let client = context.client()?;
    let target = target(context, &client, &service, &args).await?;
    match target {
        Target::New(place) => {
            context.terminal.progress("Creating cloud service");
            client
                .create_hosted_service(&CreateHostedService {
                    name: service.clone(),
                    label: service.clone(),
                    description: Some("Implicitly created hosted service".to_owned()),
                    place,
                })
                .await?;
            if let Err(failure) = deploy(
                context,
                &client,
                &service,
                args.virtual_network_name,
                key,
                role,
            )
            .await
            {
                context.terminal.progress("Deleting cloud service");
                if client.delete_hosted_service(&service).await.is_err() {
                    context
                        .terminal
                        .warn(&format!("Error deleting {service} cloud service"));
                    return Err(failure.with_hint(format!(
                        "`azure service delete {service}` removes the cloud service"
                    )));
                }
                return Err(failure);
            }
        }
        Target::Empty => {
            deploy(
                context,
                &client,
                &service,
                args.virtual_network_name,
                key,
                role,
            )
            .await?;
        }
        Target::Deployment(name) => {
            configure(context, &client, &service, key).await?;
            context.terminal.progress("Creating VM");
            let accepted = client.add_role(&service, &name, &role).await;
            let accepted = or_near_size(&client, role.role_size.as_deref(), accepted).await?;
            client.settle(accepted).await?;
        }
    }
    Ok(Answer::none().into())
}

async fn configure(
    context: &Context,
    client: &Client,
    service: &str,
    key: Option<CertificateKey>,
) -> Result<(), Failure> {
    let Some(pem) = key.and_then(|key| key.pem) else {
        return Ok(());
    };
    context.terminal.progress("Configuring certificate");
    let accepted = client
        .add_certificate(
            service,
            &CertificateFile {
                data: pem.into_bytes().into(),
                format: "pfx",
                password: None,
            },
        )
        .await?;
    Ok(client.settle(accepted).await?)
}

async fn deploy(
    context: &Context,
    client: &Client,
    service: &str,
    network: Option<String>,
    key: Option<CertificateKey>,
    role: Role,
) -> Result<(), Failure> {
    configure(context, client, service, key).await?;
    context.terminal.progress("Creating VM");
    let size = role.role_size.clone();
    let deployment = NewDeployment {
        name: service.to_owned(),
        label: service.to_owned(),
        roles: vec![role],
        virtual_network_name: network,
        reserved_ip_name: None,
    };
    let accepted = client.create_deployment(service, &deployment).await;
    let accepted = or_near_size(client, size.as_deref(), accepted).await?;
    Ok(client.settle(accepted).await?)
}

/// The size is the one word of the file that people write by hand.
async fn or_near_size(
    client: &Client,
    size: Option<&str>,
    accepted: backend::Result<Accepted>,
) -> Result<Accepted, Failure> {
    match size {
        Some(size) => or_near(client, Thing::Size(size), accepted).await,
        None => Ok(accepted?),
    }
}

async fn target(
    context: &Context,
    client: &Client,
    service: &str,
    args: &VmCreateFromArgs,
) -> Result<Target, Failure> {
    context.terminal.progress("Looking up cloud service");
    let all = client.hosted_services().await?;
    let existing = all
        .iter()
        .find(|one| one.service_name.eq_ignore_ascii_case(service));
    if existing.is_none() {
        context
            .terminal
            .info(&format!("cloud service {service} not found."));
        return Ok(Target::New(place(context, client, args).await?));
    }
    within(context, client, existing, args).await
}

async fn within(
    context: &Context,
    client: &Client,
    existing: Option<&HostedService>,
    args: &VmCreateFromArgs,
) -> Result<Target, Failure> {
    let service = existing.map_or(args.dns_name.as_str(), |one| one.service_name.as_str());
    if args.location.is_some() {
        context.terminal.warn("--location option will be ignored");
    }
    if args.affinity_group.is_some() {
        context
            .terminal
            .warn("--affinity-group option will be ignored");
    }
    context.terminal.progress("Looking up deployment");
    let Some(deployment) = client.deployment(service).await? else {
        return Ok(Target::Empty);
    };
    if !args.connect {
        context
            .terminal
            .help("Specify --connect option to connect the new VM to an existing VM");
        return Err(Failure::new(format!(
            "A VM with dns prefix \"{service}\" already exists"
        )));
    }
    let network = deployment
        .virtual_network_name
        .as_deref()
        .unwrap_or_default();
    if let Some(wanted) = &args.virtual_network_name
        && !wanted.eq_ignore_ascii_case(network)
    {
        return Err(Failure::new(format!(
            "The existing deployment does not belong to virtual network {wanted}"
        )));
    }
    Ok(Target::Deployment(deployment.name))
}

/// The place of a new cloud service: the one asked for, else that of the virtual network.
async fn place(
    context: &Context,
    client: &Client,
    args: &VmCreateFromArgs,
) -> Result<Place, Failure> {
    let home = match &args.virtual_network_name {
        Some(name) => Some(home(context, client, name).await?),
        None => None,
    };
    match (&args.location, &args.affinity_group, home) {
        (Some(_), Some(_), _) => Err(Failure::new(
            "both --location and --affinitygroup options are specified",
        )),
        (Some(wanted), None, _) => location(client, wanted).await,
        (None, Some(wanted), _) => group(client, wanted).await,
        (None, None, Some(home)) => {
            context.terminal.info(&match &home {
                Place::Location(name) => format!("Using the virtual network's location {name}"),
                Place::AffinityGroup(name) => {
                    format!("Using the virtual network's affinity group {name}")
                }
            });
            Ok(home)
        }
        (None, None, None) => {
            for line in [
                "following commands show available locations and affinity groups:",
                "    azure vm location list",
                "    azure account affinity-group list",
            ] {
                context.terminal.help(line);
            }
            Err(Failure::new(
                "location or affinity group is required for a new cloud service\nplease specify --location or --affinity-group",
            ))
        }
    }
}

async fn home(context: &Context, client: &Client, name: &str) -> Result<Place, Failure> {
    context.terminal.progress("Looking up virtual network");
    let network = client
        .virtual_networks()
        .await?
        .into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(name))
        .ok_or_else(|| Failure::new(format!("Virtual network with name {name} not found")))?;
    Ok(match network.affinity_group {
        Some(group) => Place::AffinityGroup(group),
        None => Place::Location(network.location.unwrap_or_default()),
    })
}

async fn location(client: &Client, wanted: &str) -> Result<Place, Failure> {
    let all = client.locations().await?;
    let found = all
        .iter()
        .find(|one| {
            one.name.eq_ignore_ascii_case(wanted) || one.display_name.eq_ignore_ascii_case(wanted)
        })
        .ok_or_else(|| {
            let question = did_you_mean(wanted, all.iter().map(|one| one.name.as_str()));
            Failure::new(
                "No location found which has DisplayName or Name same as value of --location",
            )
            .with_hint(
                question
                    .unwrap_or_else(|| "`azure vm location list` lists the locations".to_owned()),
            )
        })?;
    if !found.available_services.iter().any(|one| one == MACHINES) {
        return Err(Failure::new(format!(
            "the given location '{wanted}' does not support {MACHINES} service"
        )));
    }
    Ok(Place::Location(found.name.clone()))
}

async fn group(client: &Client, wanted: &str) -> Result<Place, Failure> {
    let found = client
        .affinity_groups()
        .await?
        .into_iter()
        .find(|one| one.name.eq_ignore_ascii_case(wanted))
        .ok_or_else(|| {
            Failure::new(format!("No affinity group found with name {wanted}"))
                .with_hint("`azure account affinity-group list` lists the affinity groups")
        })?;
    if !found.capabilities.iter().any(|one| one == MACHINES) {
        return Err(Failure::new(format!(
            "the given affinity group '{wanted}' does not support {MACHINES} service"
        )));
    }
    Ok(Place::AffinityGroup(found.name))
}
