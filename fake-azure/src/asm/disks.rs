//! Disks.

use crate::world::disk::Command;
use crate::world::label::check_label;
use crate::world::{AccountType, Disk, Link, Name, NewDisk};

use super::contract::Body;
use super::members::place;
use super::role_reader::OPERATING_SYSTEMS;
use super::route::{Route, routes};
use super::writer::{Xml, element, seconds};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/disks";
    GET "": "List Disks" => list;
    POST "": "Add Disk" => create;
    GET "/{name}": "Get Disk" => get;
    PUT "/{name}": "Update Disk" => update;
    DELETE "/{name}": "Delete Disk" => delete;
};

/// The members of a disk that is to be changed; versions before 2013 had the system last.
const UPDATED_DISK: &[&str] = &[
    "HasOperatingSystem",
    "OS",
    "Label",
    "MediaLink",
    "Name",
    "OS",
    "ResizedSizeInGB",
];

/// List Disks.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let disks = call.here().disks().map(|disk| describe(call, disk));
    Ok(Answer::Document(element("Disks").all(disks)))
}

/// Get Disk.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let disk = call.here().disk(call.name(0))?;
    Ok(Answer::Document(describe(call, disk)))
}

fn describe(call: &Call<'_>, disk: &Disk) -> Xml {
    let attached = disk.attached.as_ref().map(|at| {
        element("AttachedTo")
            .text("DeploymentName", &at.deployment)
            .text("HostedServiceName", &at.service)
            .text("RoleName", &at.role)
    });
    // An affinity group stands first, a location after the label.
    let group = matches!(disk.place, crate::world::Place::AffinityGroup(_));
    element("Disk")
        .maybe(group.then(|| place(&disk.place)))
        .maybe(attached)
        .maybe_text("OS", disk.os)
        .maybe_text("Label", disk.label.as_deref())
        .maybe((!group).then(|| place(&disk.place)))
        .text("LogicalDiskSizeInGB", disk.size_gb)
        .text("MediaLink", &disk.media_link)
        .text("Name", &disk.name)
        .maybe_text("SourceImageName", disk.source_image.as_deref())
        .text("IsPremium", false)
        .text("CreatedTime", seconds(disk.created))
        .text("IOType", io_type(call, &disk.media_link))
}

/// The members of a new disk.
const NEW_DISK: &[&str] = &["OS", "Label", "MediaLink", "Name"];
/// The same in versions before 2013, as the Python SDK wrote it until 0.8.
const NEW_DISK_OF_OLD: &[&str] = &["HasOperatingSystem", "Label", "MediaLink", "Name", "OS"];

fn new_disk(body: &Body<'_>) -> Result<NewDisk, Refused> {
    let old = body.has("HasOperatingSystem");
    body.read(if old { NEW_DISK_OF_OLD } else { NEW_DISK }, |c| {
        if old {
            c.boolean("HasOperatingSystem")?;
        }
        let label: String = c.required("Label")?;
        check_label(&label)?;
        Ok(NewDisk {
            os: c.word("OS", OPERATING_SYSTEMS)?,
            label,
            media_link: c.required("MediaLink")?,
            name: c.required("Name")?,
        })
    })
}

/// Add Disk.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = new_disk(&call.document("Disk")?)?;
    let name = new.name.clone();
    call.perform(Command::Create { new })?;
    let disk = call.here().disk(&name)?;
    Ok(Answer::Document(describe(call, disk)))
}

/// Update Disk.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (label, link, named, resized) = call.document("Disk")?.read(UPDATED_DISK, |c| {
        c.boolean("HasOperatingSystem")?;
        c.word("OS", OPERATING_SYSTEMS)?;
        let label: String = c.required("Label")?;
        let link: Option<Link> = c.filled("MediaLink")?;
        // The documentation calls the name deprecated here, and one SDK leaves it out.
        let named: Option<Name> = c.text("Name")?;
        Ok((label, link, named, c.value::<u32>("ResizedSizeInGB")?))
    })?;
    check_label(&label)?;
    let [name] = call.owned();
    if let Some(named) = named.filter(|named| name != **named) {
        return Err(Refused::parameter(format!("Name: `{named}`")));
    }
    let held = call.here().disk(&name)?;
    if let Some(link) = link.filter(|link| held.media_link != **link) {
        return Err(Refused::parameter(format!("MediaLink: `{link}`")));
    }
    let Some(size_gb) = resized else {
        call.perform(Command::Update { name, label })?;
        return Ok(Answer::Done);
    };
    call.perform(Command::Resize {
        name,
        label,
        size_gb,
    })?;
    Ok(Answer::Accepted)
}

/// Delete Disk.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    call.with_media()?;
    let [name] = call.owned();
    call.perform(Command::Delete { name })?;
    Ok(Answer::Done)
}

/// Premium storage gives operations per second for sure.
pub(crate) fn io_type(call: &Call<'_>, link: &str) -> &'static str {
    let host = link.split("://").nth(1).unwrap_or_default();
    let account = host.split('.').next().unwrap_or_default();
    let held = call.here().storage_account(account);
    match held {
        Ok(account) if account.account_type == AccountType::PremiumLrs => "Provisioned",
        _ => "Standard",
    }
}
