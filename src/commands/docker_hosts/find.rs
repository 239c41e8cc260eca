//! Finds the hosts that have Docker: by the extension that their machines were given, and by the
//! records of those that were made here.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use super::wanted::Wanted;
use crate::backend::service_management::read::{Deployment, Role};
use crate::commands::Context;
use crate::commands::classic::machine::{Found, look_up};
use crate::commands::cloud::Service;
use crate::domain::address::domain_of;
use crate::domain::{CertDir, Port};
use crate::failure::Failure;
use crate::provision::{Entry, HostKey, Intent, Records};

/// The extension's name, of both generations.
const EXTENSION: &str = "DockerExtension";

/// The endpoint that a create names so.
const ENDPOINT: &str = "docker";

/// A machine that has Docker.
#[derive(Debug, Clone)]
pub(super) struct DockerMachine {
    /// Its cloud service.
    pub(super) host: String,
    /// Its name.
    pub(super) name: String,
    /// The public name of its service.
    pub(super) public_name: String,
    /// The public address of its service.
    pub(super) address: Option<IpAddr>,
    /// Docker's public port.
    pub(super) port: Option<u16>,
    /// What the service says of it.
    pub(super) state: String,
    /// The folder of its certificates.
    pub(super) folder: PathBuf,
    /// Its resource group, where its cloud has them.
    pub(super) group: Option<String>,
}

impl DockerMachine {
    /// What its host goes by.
    pub(super) fn key(&self) -> HostKey<'_> {
        HostKey {
            host: &self.host,
            group: self.group.as_deref(),
        }
    }

    /// Where Docker is to be asked.
    pub(super) fn socket(&self) -> Option<SocketAddr> {
        Some(SocketAddr::new(self.address?, self.port?))
    }
}

/// The folder of certificates where no record tells one.
pub(super) fn usual_folder(
    context: &Context,
    option: Option<&std::ffi::OsStr>,
) -> Result<PathBuf, Failure> {
    CertDir::resolve(
        option,
        context.environment.home(),
        context.environment.working_folder(),
    )
    .map(|folder| folder.path().to_owned())
    .map_err(|error| Failure::of(&error))
}

/// Finds the hosts, among those that are wanted.
pub(super) async fn find(
    context: &Context,
    service: &Service,
    records: &Records,
    wanted: Wanted<'_>,
    certificates: Option<&std::ffi::OsStr>,
) -> Result<Vec<DockerMachine>, Failure> {
    let records = records.all().map_err(|error| Failure::of(&error))?;
    let usual = usual_folder(context, certificates)?;
    let is_told = certificates.is_some();
    let client = match service {
        Service::Classic(_) if wanted.group.is_some() => {
            return Err(Failure::new(
                "--resource-group is about Resource Manager and needs arm mode",
            )
            .with_hint("`azure config mode arm` chooses it"));
        }
        Service::Classic(client) => client,
        Service::ResourceManager(client) => {
            let found = super::find_managed::find(context, client, wanted).await?;
            return Ok(found
                .into_iter()
                .map(|found| found.with_folder(&records, &usual, is_told))
                .collect());
        }
    };
    let found = look_up(context, client, wanted.dns_name, None, has_docker).await?;
    let domain = found.iter().find_map(domain);
    let domain = domain.unwrap_or_else(|| client.domain().to_owned());
    Ok(found
        .iter()
        .map(|found| {
            let name = format!("{}.{domain}", found.service.to_lowercase());
            let public_name = found.deployment.dns_name().map_or(name, str::to_owned);
            machine(found, public_name, &records, &usual, is_told)
        })
        .collect())
}

/// The domain of public names, where a deployment tells its own.
fn domain(found: &Found) -> Option<String> {
    domain_of(found.deployment.url.as_deref()?, &found.service)
}

fn has_docker(role: &Role) -> bool {
    let extensions = role.resource_extension_references.iter().flatten();
    let mut names = extensions.filter_map(|extension| extension.name.as_deref());
    names.any(|name| name.eq_ignore_ascii_case(EXTENSION)) || endpoint(role).is_some()
}

/// The public port of the endpoint that a create made for Docker.
fn endpoint(role: &Role) -> Option<u16> {
    role.network()?
        .input_endpoints
        .iter()
        .flatten()
        .find(|endpoint| endpoint.name.as_deref() == Some(ENDPOINT))
        .and_then(|endpoint| endpoint.port.as_ref()?.parse().ok())
}

/// The record of a machine.
fn record<'a>(records: &'a [Entry], key: &HostKey<'_>, machine: &str) -> Option<&'a Intent> {
    records
        .iter()
        .filter_map(|entry| entry.intent.as_ref().ok())
        .find(|intent| is_about(intent, key, machine))
}

/// The folder of certificates that a record tells, unless another was named.
fn folder(record: Option<&Intent>, usual: &Path, is_told: bool) -> PathBuf {
    record
        .filter(|_| !is_told)
        .and_then(|record| record.docker.as_ref())
        .map_or_else(|| usual.to_owned(), |docker| docker.folder.clone())
}

impl DockerMachine {
    /// The same, with the folder that its record tells.
    fn with_folder(mut self, records: &[Entry], usual: &Path, is_told: bool) -> Self {
        let record = record(records, &self.key(), &self.name);
        self.folder = folder(record, usual, is_told);
        self.port = self
            .port
            .or_else(|| record.and_then(|record| record.order.docker).map(Port::get));
        self
    }
}

fn machine(
    found: &Found,
    public_name: String,
    records: &[Entry],
    usual: &Path,
    is_told: bool,
) -> DockerMachine {
    let name = found.role().role_name.clone().unwrap_or_default();
    let record = record(records, &found.service.as_str().into(), &name);
    let folder = folder(record, usual, is_told);
    let deployment: &Deployment = &found.deployment;
    DockerMachine {
        public_name,
        address: deployment
            .virtual_ips
            .iter()
            .find_map(|ip| ip.address.parse().ok()),
        port: endpoint(found.role())
            .or_else(|| record.and_then(|record| record.order.docker).map(Port::get)),
        state: found
            .instance()
            .and_then(|instance| instance.instance_status.clone())
            .unwrap_or_else(|| deployment.status.clone()),
        host: found.service.clone(),
        name,
        folder,
        group: None,
    }
}

/// Is it the record of that machine?
pub(super) fn is_about(intent: &Intent, key: &HostKey<'_>, machine: &str) -> bool {
    intent.order.key().is(key) && intent.machine.eq_ignore_ascii_case(machine)
}

/// The one host of that name: a machine's, or else a cloud service's with one such machine.
pub(super) fn one<'a>(
    all: &'a [DockerMachine],
    name: &str,
) -> Result<Option<&'a DockerMachine>, Failure> {
    let name = crate::commands::classic::machine::prefix(name);
    let machines: Vec<_> = all
        .iter()
        .filter(|one| one.name.eq_ignore_ascii_case(name))
        .collect();
    let of_service: Vec<_> = all
        .iter()
        .filter(|one| one.host.eq_ignore_ascii_case(name))
        .collect();
    match (machines.as_slice(), of_service.as_slice()) {
        ([only], _) | ([], [only]) => Ok(Some(only)),
        ([], []) => Ok(None),
        ([], several) => {
            let names: Vec<_> = several.iter().map(|one| one.name.as_str()).collect();
            Err(Failure::new(format!(
                "cloud service `{name}` has several Docker hosts: {}",
                names.join(", ")
            ))
            .with_hint("name the machine"))
        }
        (several, _) => {
            let same: Vec<_> = several
                .iter()
                .filter(|one| one.host.eq_ignore_ascii_case(name))
                .collect();
            match same.as_slice() {
                [only] => Ok(Some(only)),
                _ => Err(ambiguous(name, several.iter().map(|one| one.key()))),
            }
        }
    }
}

/// Whom a name means, by what is there and by what the records tell.
pub(super) enum Meant<'a> {
    /// The machine of that name, or the one that was made as the host of that name.
    There(&'a DockerMachine),
    /// The machine of the record, which is there no more. Another one of its service is not meant.
    Gone(&'a Intent),
    /// The only machine of a service of that name: nothing tells that it is meant.
    CalledOtherwise(&'a DockerMachine),
    /// No machine.
    Nobody,
}

/// Whom `name` means.
pub(super) fn meant<'a>(
    all: &'a [DockerMachine],
    records: &'a [Entry],
    name: &str,
    wanted: Wanted<'_>,
) -> Result<Meant<'a>, Failure> {
    let found = one(all, name);
    let Some(known) = super::of_record(records, name, wanted) else {
        return Ok(match found? {
            Some(machine) if is_called(&machine.name, name) => Meant::There(machine),
            Some(machine) => Meant::CalledOtherwise(machine),
            None => Meant::Nobody,
        });
    };
    if let Ok(Some(machine)) = found {
        let mut others = super::of_records(records, name, wanted);
        // A host of the name that is there no more may be meant, too.
        let other = others.find(|other| {
            let may_be_meant = match machine.group {
                // No two have the same whole name.
                Some(_) => wanted.whole_name().is_none(),
                None => std::ptr::eq(*other, known),
            };
            may_be_meant && !is_of_host(other, machine)
        });
        if let Some(other) = other {
            return Err(ambiguous(name, [machine.key(), other.order.key()]));
        }
    }
    let is_there = || all.iter().any(|one| is_called(&one.name, &known.machine));
    if is_called(&known.machine, name) && !is_there() {
        return Ok(Meant::Gone(known));
    }
    Ok(match found? {
        Some(machine)
            if is_called(&machine.name, name) || is_called(&machine.name, &known.machine) =>
        {
            Meant::There(machine)
        }
        Some(machine) => Meant::CalledOtherwise(machine),
        None => Meant::Gone(known),
    })
}

/// Is it a record of the machine's host? One of an earlier version tells no group.
fn is_of_host(intent: &Intent, machine: &DockerMachine) -> bool {
    let key = intent.order.key();
    match key.group {
        Some(_) => key.is(&machine.key()),
        None => intent.order.host.is_same(&machine.host),
    }
}

/// Is it the machine of that name, or of its whole name?
fn is_called(machine: &str, name: &str) -> bool {
    machine.eq_ignore_ascii_case(crate::commands::classic::machine::prefix(name))
}

/// No host has that name; those of `all` that come near are told.
pub(super) fn nobody(context: &Context, all: &[DockerMachine], name: &str) -> Failure {
    let known = all.iter().map(|one| one.name.as_str());
    context.tell_near("Docker host", name, known);
    super::none(name)
}

/// The only machine of a host has a name of its own.
pub(super) fn called_otherwise(host: &str, machine: &DockerMachine) -> Failure {
    Failure::new(format!(
        "the Docker host of `{host}` is called `{}`",
        machine.name
    ))
}

/// Machines of several hosts have that name.
pub(super) fn ambiguous<'a>(name: &str, keys: impl IntoIterator<Item = HostKey<'a>>) -> Failure {
    let mut groups: Vec<&str> = keys.into_iter().filter_map(|key| key.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let words = format!("several Docker hosts are called `{name}`");
    if groups.is_empty() {
        return Failure::new(words).with_hint("name the cloud service too, with --dns-name");
    }
    Failure::new(format!("{words}: in resource groups {}", groups.join(", ")))
        .with_hint("name its resource group too, with -g")
}
