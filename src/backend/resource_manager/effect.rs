//! The effects of a create: resource group, rules, network, public address, interface, machine.

use super::client::Client;
use super::cloud_config::CloudConfig;
use super::fact::{has_failed, is_busy};
use super::kind::Kind as Thing;
use super::read::{Group, Resource};
use super::write::{self, tag};
use crate::backend::site::resource_manager::{
    At, MachineNeeds, Names, ResourceEffect, ResourcePlan,
};
use crate::backend::{Begun, Error, Kind, Plan, Reason, Result, Secrets, Trace};

/// What a plan comes to, in the order to begin it.
pub(super) fn of(plan: &Plan, own: &ResourcePlan) -> Vec<ResourceEffect> {
    let names = Names::of(plan.machine.name.as_str());
    let host = plan.host.name.to_string();
    let at = |name: &str| At {
        group: own.group.clone(),
        name: name.to_owned(),
        location: own.location.clone(),
        host: host.clone(),
        run: Some(own.run.clone()),
    };
    let group = own
        .makes_group
        .then(|| ResourceEffect::ResourceGroup { at: at(&own.group) });
    let things = [
        ResourceEffect::SecurityGroup {
            at: at(&names.security_group),
            ports: plan.machine.endpoints.clone(),
            open_to: own.open_to.clone(),
        },
        ResourceEffect::VirtualNetwork {
            at: at(&names.network),
        },
        ResourceEffect::PublicAddress {
            at: at(&names.address),
            label: host.to_ascii_lowercase(),
        },
        ResourceEffect::Interface {
            at: at(&names.interface),
            security_group: names.security_group,
            network: names.network,
            address: names.address,
        },
        ResourceEffect::VirtualMachine {
            at: at(&names.machine),
            interface: names.interface,
            needs: Some(Box::new(MachineNeeds {
                machine: plan.machine.clone(),
            })),
        },
    ];
    group.into_iter().chain(things).collect()
}

/// A PUT changes what is there, whoever made it: so nothing of these names may be.
pub(super) async fn are_absent(client: &Client, effects: &[ResourceEffect]) -> Result<()> {
    for effect in effects {
        let at = effect.at();
        let thing = thing(effect);
        if client.resource(thing, &at.group, &at.name).await?.is_some() {
            return Err(Error::new(
                Kind::Conflict,
                format!(
                    "{} `{}` is in resource group `{}` already",
                    thing.words(),
                    at.name,
                    at.group
                ),
            ));
        }
    }
    Ok(())
}

fn thing(effect: &ResourceEffect) -> Thing {
    match effect {
        ResourceEffect::ResourceGroup { .. } => Thing::Group,
        ResourceEffect::SecurityGroup { .. } => Thing::SecurityGroup,
        ResourceEffect::VirtualNetwork { .. } => Thing::VirtualNetwork,
        ResourceEffect::PublicAddress { .. } => Thing::PublicAddress,
        ResourceEffect::Interface { .. } => Thing::Interface,
        ResourceEffect::VirtualMachine { .. } => Thing::VirtualMachine,
    }
}

/// Asks for an effect.
pub(super) async fn begin(
    client: &Client,
    effect: &ResourceEffect,
    secrets: &Secrets,
) -> Result<Begun> {
    let at = effect.at();
    let body = match effect {
        ResourceEffect::ResourceGroup { at } => return begin_group(client, at).await,
        ResourceEffect::SecurityGroup { at, ports, open_to } => {
            write::security_group(at, ports, open_to)
        }
        ResourceEffect::VirtualNetwork { at } => write::network(at),
        ResourceEffect::PublicAddress { at, label } => write::address(at, label),
        ResourceEffect::Interface {
            at,
            security_group,
            network,
            address,
        } => write::interface(
            at,
            client.subscription(),
            [security_group, network, address],
        ),
        ResourceEffect::VirtualMachine {
            at,
            interface,
            needs,
        } => machine(client, at, interface, needs.as_deref(), secrets)?,
    };
    let put = client.put(thing(effect), &at.group, &at.name, body).await?;
    Ok(put.begun)
}

/// Makes a group. A request for one that is there would write over its tags, so it is looked for
/// once more: what has come meanwhile is another's.
async fn begin_group(client: &Client, at: &At) -> Result<Begun> {
    if let Some(group) = client.group(&at.name).await? {
        return if is_ours(at, |name| tag_of(&group, name)) {
            Ok(Begun::Done)
        } else {
            of_another(at)
        };
    }
    let put = client
        .put(Thing::Group, &at.group, &at.name, write::group(at))
        .await?;
    if put.is_new {
        Ok(put.begun)
    } else {
        of_another(at)
    }
}

/// A group that another run has made: of hosts that share it, or of the same host.
fn of_another(at: &At) -> Result<Begun> {
    if !at.name.eq_ignore_ascii_case(&at.host) {
        return Ok(Begun::Standing);
    }
    Err(Error::new(
        Kind::Conflict,
        format!("resource group `{}` came to be meanwhile", at.name),
    )
    .because(Reason::OfAnother))
}

fn machine(
    client: &Client,
    at: &At,
    interface: &str,
    needs: Option<&MachineNeeds>,
    secrets: &Secrets,
) -> Result<serde_json::Value> {
    let needs = needs.ok_or_else(|| {
        Error::new(
            Kind::Refused,
            format!("how machine `{}` was made is not known", at.name),
        )
    })?;
    let data = CloudConfig::of(&needs.machine, secrets)
        .map(|config| config.with(secrets.custom_data.as_deref()))
        .or_else(|| secrets.custom_data.clone());
    Ok(write::machine(
        at,
        client.subscription(),
        interface,
        &needs.machine,
        secrets,
        data.as_deref(),
    ))
}

/// Looks whether an effect is there. Tags tell whose it is.
pub(super) async fn look_up(client: &Client, effect: &ResourceEffect) -> Result<Trace> {
    let at = effect.at();
    if matches!(effect, ResourceEffect::ResourceGroup { .. }) {
        let found = client.group(&at.name).await?;
        return Ok(match &found {
            None => Trace::Absent,
            Some(group) if !is_group_ours(client, at, group).await? => Trace::Foreign,
            Some(group) if is_busy(group.state()) => Trace::Underway,
            Some(_) => Trace::Present,
        });
    }
    let found = client.resource(thing(effect), &at.group, &at.name).await?;
    Ok(match &found {
        None => Trace::Absent,
        Some(resource) if !is_ours(at, |name| resource.tag(name)) => Trace::Foreign,
        Some(resource) if is_busy(resource.state()) => Trace::Underway,
        Some(resource) if has_failed(resource.state()) => Trace::Failed,
        Some(_) => Trace::Present,
    })
}

/// Was a group made by the run? Of two runs that made it at the same moment the tags are the later
/// one's, and what lies in it is the one's that went on.
async fn is_group_ours(client: &Client, at: &At, group: &Group) -> Result<bool> {
    if is_ours(at, |name| tag_of(group, name)) {
        return Ok(true);
    }
    if tag_of(group, tag::MADE_BY) != Some(tag::US) {
        return Ok(false);
    }
    let Some(run) = &at.run else {
        return Ok(false);
    };
    let all = client.resources(&at.group).await?;
    Ok(all.iter().any(|one| one.tag(tag::RUN) == Some(run)))
}

fn tag_of<'a>(group: &'a Group, name: &str) -> Option<&'a str> {
    group.tags.as_ref()?.get(name).map(String::as_str)
}

/// Was it made by the run, or, where no run is known, for the host?
fn is_ours<'a>(at: &At, tag: impl Fn(&str) -> Option<&'a str>) -> bool {
    match &at.run {
        Some(run) => tag(tag::RUN) == Some(run),
        None => {
            tag(tag::MADE_BY) == Some(tag::US)
                && tag(tag::HOST).is_some_and(|host| host.eq_ignore_ascii_case(&at.host))
        }
    }
}

/// Takes an effect back.
pub(super) async fn undo(client: &Client, effect: &ResourceEffect) -> Result<Begun> {
    let at = effect.at();
    client.delete(thing(effect), &at.group, &at.name).await
}

/// Names what others have in what `effect` made.
pub(super) async fn tenants(client: &Client, effect: &ResourceEffect) -> Result<Vec<String>> {
    let at = effect.at();
    match effect {
        ResourceEffect::ResourceGroup { at } => {
            let all = client.resources(&at.group).await?;
            let is_of_ours = |resource: &Resource| {
                is_ours(at, |name| resource.tag(name))
                    || resource.managed_by.as_deref().is_some_and(|manager| {
                        all.iter().any(|other| {
                            other.id.eq_ignore_ascii_case(manager)
                                && is_ours(at, |name| other.tag(name))
                        })
                    })
            };
            Ok(all
                .iter()
                .filter(|resource| !is_of_ours(resource))
                .map(|resource| format!("{} `{}`", resource.kind, resource.name))
                .collect())
        }
        ResourceEffect::SecurityGroup { .. } | ResourceEffect::VirtualNetwork { .. } => {
            let found = client.resource(thing(effect), &at.group, &at.name).await?;
            Ok(found.map(|found| users(&found, at)).unwrap_or_default())
        }
        // Their users are the run's own, or the service refuses.
        ResourceEffect::PublicAddress { .. }
        | ResourceEffect::Interface { .. }
        | ResourceEffect::VirtualMachine { .. } => Ok(Vec::new()),
    }
}

/// The interfaces of others that use rules or a network.
fn users(found: &Resource, at: &At) -> Vec<String> {
    let pointers = ["/networkInterfaces", "/subnets"];
    let listed = pointers
        .iter()
        .filter_map(|pointer| found.properties.pointer(pointer)?.as_array())
        .flatten();
    let mut ids: Vec<&str> = Vec::new();
    for one in listed {
        let configurations = one.pointer("/properties/ipConfigurations");
        match configurations.and_then(serde_json::Value::as_array) {
            Some(configurations) => ids.extend(
                configurations
                    .iter()
                    .filter_map(|configuration| configuration.get("id")?.as_str()),
            ),
            None => ids.extend(
                one.get("id")
                    .and_then(serde_json::Value::as_str)
                    .filter(|id| super::read::part(id, "networkInterfaces").is_some()),
            ),
        }
    }
    let own = at
        .name
        .rsplit_once('-')
        .map(|(machine, _)| Names::of(machine).interface)
        .unwrap_or_default();
    let is_own = |id: &&str| {
        super::read::part(id, "resourceGroups").is_some_and(|of| of.eq_ignore_ascii_case(&at.group))
            && super::read::part(id, "networkInterfaces")
                .is_some_and(|name| name.eq_ignore_ascii_case(&own))
    };
    let mut others: Vec<String> = ids
        .into_iter()
        .filter(|id| !is_own(id))
        .filter_map(|id| super::read::part(id, "networkInterfaces"))
        .map(|name| format!("network interface `{name}`"))
        .collect();
    others.dedup();
    others
}
