//! Data disks of machines.

use crate::world::Disks;
use crate::world::data_disk::Command;

use super::route::{Route, routes};
use super::writer::{Xml, element};
use super::{Answer, Call, Refused, disks, role_reader};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}";
    POST "/DataDisks": "Add Data Disk" => add;
    GET "/DataDisks/{lun}": "Get Data Disk" => get;
    PUT "/DataDisks/{lun}": "Update Data Disk" => update;
    DELETE "/DataDisks/{lun}": "Delete Data Disk" => delete;
};

/// Add Data Disk.
pub(crate) fn add(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = role_reader::added_data_disk(&call.document("DataVirtualHardDisk")?)?;
    let to = call.role_path();
    call.perform(Command::Add { to, new })?;
    Ok(Answer::Accepted)
}

/// Get Data Disk.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let deployment = call.here().deployment(call.name(0), call.name(1))?;
    let role = deployment.role(call.name(2))?;
    let lun = number(call)?;
    Ok(Answer::Document(describe(call, lun, role.data_disk(lun)?)))
}

/// Update Data Disk.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (host_caching, new_lun) =
        role_reader::updated_data_disk(&call.document("DataVirtualHardDisk")?)?;
    let (of, lun) = (call.role_path(), number(call)?);
    call.perform(Command::Update {
        of,
        lun,
        host_caching,
        new_lun,
    })?;
    Ok(Answer::Accepted)
}

/// Delete Data Disk.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let disks = Disks::of_media(call.with_media()?);
    let (from, lun) = (call.role_path(), number(call)?);
    call.perform(Command::Delete { from, lun, disks })?;
    Ok(Answer::Accepted)
}

fn number(call: &Call<'_>) -> Result<u32, Refused> {
    let lun = call.name(3);
    lun.parse()
        .map_err(|_| Refused::parameter(format!("lun: `{lun}`")))
}

/// Number 0 is left out, as the service does.
pub(crate) fn describe(call: &Call<'_>, lun: u32, name: &str) -> Xml {
    let disk = call.here().disk(name).ok();
    element("DataVirtualHardDisk")
        .maybe_text("HostCaching", disk.map(|d| d.host_caching))
        .maybe_text("DiskLabel", disk.and_then(|d| d.label.as_ref()))
        .text("DiskName", name)
        .maybe_text("Lun", (lun != 0).then_some(lun))
        .maybe_text("LogicalDiskSizeInGB", disk.map(|d| d.size_gb))
        .maybe_text("MediaLink", disk.map(|d| &d.media_link))
        .text(
            "IOType",
            disks::io_type(call, disk.map_or("", |d| d.media_link.as_str())),
        )
}
