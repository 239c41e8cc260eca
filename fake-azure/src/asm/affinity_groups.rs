//! Affinity groups.

use crate::world::AffinityGroup;
use crate::world::affinity_group::Command;

use super::members::{check_description, check_label};
use super::route::{Route, routes};
use super::subscription::compute_capabilities;
use super::writer::{Xml, element, seconds};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/affinitygroups";
    GET "": "List Affinity Groups" => list;
    POST "": "Create Affinity Group" => create;
    GET "/{name}": "Get Affinity Group" => get;
    PUT "/{name}": "Update Affinity Group" => update;
    DELETE "/{name}": "Delete Affinity Group" => delete;
};

/// List Affinity Groups.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let groups = call.here().affinity_groups().map(|group| {
        head(group)
            .with(capabilities())
            .text("CreatedTime", seconds(group.created))
            .with(compute_capabilities(call.here(), &group.location))
    });
    Ok(Answer::Document(element("AffinityGroups").all(groups)))
}

/// Get Affinity Group.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    use crate::world::Place;
    let group = call.here().affinity_group(call.name(0))?;
    let inside = |place: &Place| matches!(place, Place::AffinityGroup(name) if *name == group.name);
    let services = call
        .here()
        .services()
        .filter(|s| inside(&s.place))
        .map(|s| {
            element("HostedService")
                .text(
                    "Url",
                    call.url(&format!("/services/hostedservices/{}", s.name)),
                )
                .text("ServiceName", &s.name)
        });
    let accounts = call
        .here()
        .storage_accounts()
        .filter(|a| inside(&a.place))
        .map(|a| {
            element("StorageService")
                .text(
                    "Url",
                    call.url(&format!("/services/storageservices/{}", a.name)),
                )
                .text("ServiceName", &a.name)
                .with(element("ExtendedProperties"))
        });
    let document = head(group)
        .with(element("HostedServices").all(services))
        .with(element("StorageServices").all(accounts))
        .with(capabilities())
        .text("CreatedTime", seconds(group.created));
    Ok(Answer::Document(document))
}

fn head(group: &AffinityGroup) -> Xml {
    element("AffinityGroup")
        .text("Name", &group.name)
        .text("Label", &group.label)
        .text_or_nil("Description", group.description.as_deref())
        .text("Location", &group.location)
}

fn capabilities() -> Xml {
    element("Capabilities")
        .text("Capability", "PersistentVMRole")
        .text("Capability", "HighMemory")
}

/// Create Affinity Group.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (name, label, description, location) = call.document("CreateAffinityGroup")?.read(
        &["Name", "Label", "Description", "Location"],
        |c| {
            Ok((
                c.required("Name")?,
                c.expect("Label")?.text()?.to_owned(),
                c.text("Description")?,
                c.required("Location")?,
            ))
        },
    )?;
    check_label(&label)?;
    check_description(description.as_deref())?;
    let created = format!(
        "{}/subscriptions/{}/affinitygroup/{name}",
        call.base, call.subscription
    );
    call.perform(Command::Create {
        name,
        label,
        description,
        location,
    })?;
    Ok(Answer::Created(created))
}

/// Update Affinity Group.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (label, description) =
        call.document("UpdateAffinityGroup")?
            .read(&["Label", "Description"], |c| {
                Ok((
                    c.expect("Label")?.text()?.to_owned(),
                    c.text("Description")?,
                ))
            })?;
    check_label(&label)?;
    check_description(description.as_deref())?;
    let [name] = call.owned();
    call.perform(Command::Update {
        name,
        label,
        description,
    })?;
    Ok(Answer::Done)
}

/// Delete Affinity Group.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    call.perform(Command::Delete { name })?;
    Ok(Answer::Done)
}
