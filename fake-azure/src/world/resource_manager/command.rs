//! What can be asked of Resource Manager, as data.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::change::Change;
use super::decision::{Decided, Scope};
use super::document::{self, Body};
use super::effect::Effect;
use super::kind::Kind;
use super::path::Path;
use super::refusal::{Failure, Refusal};
use super::resource::{self, Core, Doing, Pending};
use super::view::View;
use super::{
    availability_set, deployment, disk, extension, group, image, interface, machine_put, power,
    public_address, run_command, security_group, snapshot, storage_account, tags, virtual_network,
};
use crate::world::names::Name;
use crate::world::{operation, request};

/// A request by such a command.
pub(crate) type Request = request::Request<Command, Failure>;

/// What is to go wrong with such a request that is granted.
pub(crate) type RequestFault = request::RequestFault<Failure>;

/// Where an operation stands that such a command began.
pub(crate) type Progress = operation::Progress<Failure>;

/// The versions, by their tags, on which a request hangs; `*` is any.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Conditions {
    /// The version that must be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) if_match: Option<String>,
    /// The version that must not be there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) if_none_match: Option<String>,
}

/// What can be asked for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Command {
    Group(group::Command),
    /// Make a resource, or write it anew.
    Put {
        path: Path,
        body: Body,
        #[serde(flatten)]
        conditions: Conditions,
    },
    /// Write some of a resource anew.
    Patch {
        path: Path,
        body: Body,
    },
    Delete {
        path: Path,
        #[serde(flatten)]
        conditions: Conditions,
    },
    Power {
        path: Path,
        power: power::Power,
    },
    /// Make one of a storage account's keys anew.
    NewAccountKey {
        path: Path,
        key: String,
    },
    /// Run a script in a machine.
    Run {
        path: Path,
        body: Body,
    },
    Deployment(deployment::Command),
    Tags(tags::Command),
    Register {
        namespace: String,
    },
    Unregister {
        namespace: String,
    },
    /// How many cores machines may have in a region: all, or those of a family of sizes.
    Quota {
        location: String,
        family: Option<String>,
        cores: u32,
    },
    /// Which sizes are not offered in a region: these, and no others.
    Withhold {
        location: String,
        sizes: BTreeSet<String>,
    },
    /// For how many cores a region has room: none, where it has for all.
    Room {
        location: String,
        cores: Option<u32>,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Group(command) => command.decide(scope),
            Self::Put {
                path,
                body,
                conditions,
            } => {
                scope.check(&path, &conditions)?;
                put(scope, &path, &body.0)
            }
            Self::Patch { path, body } => patch(scope, &path, &body.0),
            Self::Delete { path, conditions } => {
                scope.check(&path, &conditions)?;
                delete(scope, &path)
            }
            Self::Power { path, power } => power.decide(scope, &path),
            Self::NewAccountKey { path, key } => storage_account::new_key(scope, &path, &key),
            Self::Run { path, body } => run_command::decide(scope, &path, &body.0),
            Self::Deployment(command) => command.decide(scope),
            Self::Tags(command) => command.decide(scope),
            Self::Register { namespace } => Ok(Decided::done("Register Provider")
                .change(Change::Registered(Name::from(&namespace)))),
            Self::Unregister { namespace } => Ok(Decided::done("Unregister Provider")
                .change(Change::NotRegistered(Name::from(&namespace)))),
            Self::Quota {
                location,
                family,
                cores,
            } => {
                let location = View::region(&location, "locations")?;
                let change = match family {
                    None => Change::Quota(location, cores),
                    Some(family) => Change::FamilyQuota(location, family, cores),
                };
                Ok(Decided::unnoted().change(change))
            }
            Self::Withhold { location, sizes } => {
                let location = View::region(&location, "locations")?;
                Ok(Decided::unnoted().change(Change::Withheld(location, sizes)))
            }
            Self::Room { location, cores } => {
                let location = View::region(&location, "locations")?;
                Ok(Decided::unnoted().change(Change::Room(location, cores)))
            }
        }
    }
}

fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    if !body.is_object() {
        return Err(Refusal::Content("An object is expected.".to_owned()));
    }
    let (body, _) = document::taken(resource::known(path.kind), body);
    let put = match path.kind {
        Kind::AvailabilitySet => availability_set::put,
        Kind::Disk => disk::put,
        Kind::Extension => extension::put,
        Kind::Image => image::put,
        Kind::Interface => interface::put,
        Kind::Machine => machine_put::put,
        Kind::PublicAddress => public_address::put,
        Kind::SecurityGroup => security_group::put,
        Kind::SecurityRule => security_group::put_rule,
        Kind::Snapshot => snapshot::put,
        Kind::StorageAccount => storage_account::put,
        Kind::Subnet => virtual_network::put_subnet,
        Kind::VirtualNetwork => virtual_network::put,
    };
    put(scope, path, &body)
}

/// What a resource would be written as, with some of it new.
fn patch(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    if path.kind.parent().is_some() {
        let mut whole = scope.view.told_at(path)?;
        machine_put::merge(&mut whole, body);
        return put(scope, path, &whole);
    }
    let key = path.key();
    let old = scope.resource(path)?;
    let mut whole = scope.view.told(&key, old);
    machine_put::merge(&mut whole, body);
    put(scope, path, &whole)
}

/// How long the deletion of a resource takes, of the real service's seconds; none at all where
/// it is done at once.
fn deletion_seconds(kind: Kind) -> Option<i64> {
    match kind {
        Kind::AvailabilitySet | Kind::StorageAccount => None,
        Kind::Machine => Some(40),
        Kind::Disk | Kind::Image | Kind::Extension | Kind::Snapshot => Some(15),
        Kind::Interface
        | Kind::PublicAddress
        | Kind::SecurityGroup
        | Kind::SecurityRule
        | Kind::Subnet
        | Kind::VirtualNetwork => Some(10),
    }
}

fn delete(scope: &mut Scope<'_>, path: &Path) -> Result<Decided, Refusal> {
    scope.writable_group(&path.group)?;
    match path.kind {
        Kind::Subnet => return virtual_network::delete_subnet(scope, path),
        Kind::SecurityRule => return Ok(security_group::delete_rule(scope, path)),
        Kind::Extension => return Ok(extension::delete(scope, path)),
        _ => {}
    }
    let Some(draft) = scope.standing(path) else {
        return Ok(Decided::nothing());
    };
    match path.kind {
        Kind::AvailabilitySet => availability_set::delete(scope, &draft)?,
        Kind::Disk => disk::delete(scope, &draft)?,
        Kind::Interface => interface::delete(scope, &draft)?,
        Kind::PublicAddress => public_address::delete(scope, &draft)?,
        Kind::SecurityGroup => security_group::delete(scope, &draft)?,
        Kind::VirtualNetwork => virtual_network::delete(scope, &draft)?,
        _ => {}
    }
    let operation = "Delete Resource";
    let Some(seconds) = deletion_seconds(path.kind) else {
        let gone = Change::NoResource(draft.key.clone());
        return Ok(Decided::done(operation).change(gone));
    };
    let pending = Pending {
        operation: scope.id.clone(),
        doing: Doing::Deleting,
    };
    let mut decided =
        Decided::accepted(operation, seconds).change(Change::Pending(draft.key.clone(), pending));
    if let Some(Core::Machine(_)) = draft.old.map(|old| &old.core) {
        decided = decided.change(power::going(scope, &draft.key));
    }
    Ok(decided.at_end(Effect::Delete(draft.key.clone())))
}
