//! How a virtual machine comes to be, and becomes another.

use serde_json::Value;

use super::change::Change;
use super::decision::{Decided, Draft, Scope};
use super::document::{self, Document};
use super::effect::Effect;
use super::kind::Kind;
use super::machine::{Attachment, DataDisk, Hardware, Machine};
use super::machine_disks::{data_disks, os_disk, source};
use super::machine_document::{KNOWN, Written, WrittenInterface, is_delete};
use super::machine_rules;
use super::offers::sizes::{self, Size};
use super::path::Path;
use super::platform_image::platform_image;
use super::quota::Cores;
use super::refusal::{InUse, Refusal};
use super::resource::{Core, Doing, Pending, Resource};
use super::view::View;
use crate::world::first_boot::{Boot, Power};
use crate::world::phase::{self, Course, Life};

pub(super) fn put(scope: &mut Scope<'_>, path: &Path, body: &Value) -> Result<Decided, Refusal> {
    let draft = scope.draft(path, body)?;
    let written: Written = document::typed(body)?;
    match draft.old {
        Some(old) => {
            let Core::Machine(machine) = &old.core else {
                return Err(Refusal::NoResource(path.clone()));
            };
            update(scope, &draft, body, &written, old, machine)
        }
        None => create(scope, &draft, body, written),
    }
}

fn create(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    body: &Value,
    written: Written,
) -> Result<Decided, Refusal> {
    let told = written.properties;
    let id = draft.path.id(scope.view.id);
    let size = size(
        scope.view,
        &draft.location,
        told.hardware_profile.vm_size.as_deref(),
    )?;
    if told
        .network_profile
        .network_interface_configurations
        .is_some()
    {
        return Err(Refusal::NotModelled(
            "networkInterfaceConfigurations of a virtual machine".to_owned(),
        ));
    }
    let interfaces = interfaces(scope, draft, &id, &told.network_profile.network_interfaces)?;
    let source = source(scope, draft, &told.storage_profile, &id)?;
    if let Some(hardware) = source.hardware {
        hardware.check(size)?;
    }
    let custom_data = machine_rules::check_profile(
        told.os_profile.as_ref(),
        &source.system,
        told.storage_profile.os_disk.create_option.as_deref(),
    )?;
    let availability_set = scope.reference(
        told.availability_set.as_ref(),
        Kind::AvailabilitySet,
        &id,
        "properties.availabilitySet.id",
    )?;
    scope.has_room(&draft.location, &Cores::of(size), None)?;
    let mut changes = Vec::new();
    let os_disk = os_disk(
        scope,
        draft,
        &told.storage_profile.os_disk,
        &source,
        &mut changes,
    )?;
    let data_disks = data_disks(
        scope,
        draft,
        &told.storage_profile.data_disks,
        os_disk.key.as_ref(),
        &[],
        &mut changes,
    )?;
    check_disks(size, &data_disks)?;
    changes.extend(plugged_in(scope, &interfaces, true)?);
    let profile = told.os_profile.as_ref();
    let admin = profile.and_then(|profile| profile.admin_username.clone());
    let keys = profile
        .map(machine_rules::OsProfile::keys)
        .unwrap_or_default();
    let data = profile.and_then(machine_rules::OsProfile::custom_data);
    let computer_name = told
        .os_profile
        .and_then(|profile| profile.computer_name)
        .unwrap_or_else(|| draft.path.name.clone());
    let primary = interfaces.iter().find(|attachment| attachment.is_primary);
    let address = primary.and_then(|attachment| scope.private_address(&attachment.key));
    let mut machine = Machine {
        serial: scope.draw.next_serial(),
        size,
        system: source.system,
        label: source.label,
        agent: source.agent,
        hardware: source.hardware,
        exact_version: source.exact_version,
        os_disk,
        data_disks,
        interfaces,
        availability_set,
        computer_name,
        life: Life::new(Course::Up(phase::Boot::Managed), scope.now),
        is_generalized: false,
        custom_data,
        user_data: told.user_data,
        extensions: Vec::new(),
        boot: None,
        engine: None,
        admin,
        family: source.family,
        flaws: scope.flaws_of(&draft.path.name),
    };
    if let Some(data) = &data {
        let before = machine.before_boot(address, keys);
        machine.take_boot(Box::new(Boot::of(before, Some(data), scope.now)));
    }
    let switches_off = machine.told_power() == Power::Off;
    let key = draft.key.clone();
    let mut decided = draft.decided(scope, &KNOWN, body, Core::Machine(Box::new(machine)), 45);
    if switches_off {
        decided = decided.at_end(Effect::Obey { machine: key });
    }
    // Disks and addresses are there before the machine that has them.
    Ok(decided.changes_before(changes))
}

/// What of a machine can be seen to be wrong before anything is made; how many cores it has.
pub(super) fn preflight(view: View<'_>, location: &str, body: &Value) -> Result<Size, Refusal> {
    let written: Written = document::typed(body)?;
    let told = written.properties;
    let size = size(view, location, told.hardware_profile.vm_size.as_deref())?;
    let reference = told.storage_profile.image_reference.as_ref();
    let system = match reference.filter(|reference| reference.id.is_none()) {
        Some(reference) => {
            let image = platform_image(reference)?;
            Hardware::of(&image).check(size)?;
            image.system().os.as_str()
        }
        None => "Linux",
    };
    machine_rules::check_profile(
        told.os_profile.as_ref(),
        system,
        told.storage_profile.os_disk.create_option.as_deref(),
    )?;
    Ok(size)
}

fn size(view: View<'_>, location: &str, name: Option<&str>) -> Result<Size, Refusal> {
    let Some(name) = name else {
        return Err(Refusal::parameter(
            "vmSize",
            "Required parameter 'vmSize' is missing (null).".to_owned(),
        ));
    };
    let Some(found) = sizes::size(name) else {
        return Err(Refusal::UnknownSize {
            size: name.to_owned(),
        });
    };
    if view.is_size_withheld(location, name) {
        return Err(Refusal::SizeNotOffered {
            size: name.to_owned(),
            location: location.to_owned(),
        });
    }
    Ok(found)
}

fn interfaces(
    scope: &Scope<'_>,
    draft: &Draft<'_>,
    id: &str,
    written: &[WrittenInterface],
) -> Result<Vec<Attachment>, Refusal> {
    if written.is_empty() {
        return Err(Refusal::parameter(
            "networkProfile",
            "Virtual machine must have at least one network interface.".to_owned(),
        ));
    }
    let is_alone = written.len() == 1;
    let primaries = written
        .iter()
        .filter(|interface| interface.properties.primary == Some(true))
        .count();
    if !is_alone && primaries != 1 {
        return Err(Refusal::PrimaryInterface(draft.path.name.clone()));
    }
    let mut found: Vec<Attachment> = Vec::new();
    for interface in written {
        let text = interface.id.as_deref().unwrap_or_default();
        let key = scope.referred(
            text,
            Kind::Interface,
            &draft.location,
            id,
            "properties.networkProfile.networkInterfaces.id",
        )?;
        let other = scope.machine_of(&key).filter(|other| **other != draft.key);
        if let Some(other) = other {
            return Err(InUse::Interface {
                id: text.to_owned(),
                by: scope.id_of(other),
            }
            .into());
        }
        if found.iter().any(|other| other.key == key) {
            return Err(Refusal::parameter(
                "networkInterfaces",
                format!("Network interface '{text}' is named twice."),
            ));
        }
        found.push(Attachment {
            key,
            is_primary: is_alone || interface.properties.primary == Some(true),
            is_told_primary: interface.properties.primary == Some(true),
            goes: is_delete(interface.properties.delete_option.as_deref()),
        });
    }
    Ok(found)
}

/// What changes with interfaces that a machine gets: they have hardware addresses, and while it has
/// not given its hardware back, public ones.
fn plugged_in(
    scope: &mut Scope<'_>,
    interfaces: &[Attachment],
    holds_addresses: bool,
) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    for attachment in interfaces {
        let (interface, _) = scope.interface_at(&attachment.key)?;
        if holds_addresses {
            changes.extend(scope.give_addresses(interface)?);
        }
        if interface.mac.is_none() {
            let [a, b, c] = scope.draw.chance.bytes::<3>();
            let mac = format!("60-45-BD-{a:02X}-{b:02X}-{c:02X}");
            changes.push(Change::HardwareAddress(attachment.key.clone(), mac));
        }
    }
    Ok(changes)
}

/// What changes with interfaces that a machine had and has no longer.
fn unplugged(
    scope: &Scope<'_>,
    old: &[Attachment],
    new: &[Attachment],
) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    for attachment in old {
        if new.iter().all(|kept| kept.key != attachment.key) {
            let (interface, _) = scope.interface_at(&attachment.key)?;
            changes.extend(scope.take_addresses(interface.public_addresses()));
        }
    }
    Ok(changes)
}

fn update(
    scope: &mut Scope<'_>,
    draft: &Draft<'_>,
    body: &Value,
    written: &Written,
    old: &Resource,
    machine: &Machine,
) -> Result<Decided, Refusal> {
    let told = &written.properties;
    let id = draft.path.id(scope.view.id);
    // Clients write back what they were told, what the service filled in included.
    let was = scope.view.told(&draft.path.key(), old);
    machine_rules::check_fixed(&was, body, machine)?;
    let mut changed = machine.clone();
    if told.user_data.is_some() {
        changed.user_data.clone_from(&told.user_data);
    }
    if let Some(name) = &told.hardware_profile.vm_size
        && !name.eq_ignore_ascii_case(machine.size.name())
    {
        let size = size(scope.view, &draft.location, Some(name))?;
        if let Some(hardware) = machine.hardware {
            hardware.check(size)?;
        }
        scope.has_room(&draft.location, &Cores::of(size), Some(machine.size))?;
        changed.size = size;
        // A machine that runs is restarted in its new size.
        if let Course::Up(_) = machine.life.course {
            changed.switch_on(Course::Up(phase::Boot::Restart), scope.now);
        }
    }
    // Hardware is looked for anew where none was found.
    let is_tried_again = scope.view.was_never_made(old, machine);
    if is_tried_again {
        changed.switch_on(Course::Up(phase::Boot::Managed), scope.now);
    }
    let mut further = Vec::new();
    if !told.network_profile.network_interfaces.is_empty() {
        changed.interfaces =
            interfaces(scope, draft, &id, &told.network_profile.network_interfaces)?;
        let holds = is_tried_again || scope.runs(&draft.key);
        further.extend(unplugged(scope, &machine.interfaces, &changed.interfaces)?);
        further.extend(plugged_in(scope, &changed.interfaces, holds)?);
    }
    if body["properties"]["storageProfile"]["dataDisks"].is_array() {
        changed.data_disks = data_disks(
            scope,
            draft,
            &told.storage_profile.data_disks,
            machine.os_disk.key.as_ref(),
            &machine.data_disks,
            &mut further,
        )?;
    }
    check_disks(changed.size, &changed.data_disks)?;
    if let Some(option) = &told.storage_profile.os_disk.delete_option {
        changed.os_disk.goes = is_delete(Some(option));
    }
    let mut document = old.document.read();
    merge(&mut document, body);
    let resource = Resource {
        document: Document::of(&KNOWN, &document),
        version: old.version + 1,
        changed: scope.now,
        pending: Some(Pending {
            operation: scope.id.clone(),
            doing: Doing::Updating,
        }),
        core: Core::Machine(Box::new(changed)),
        ..old.clone()
    };
    Ok(Decided::accepted("Update Virtual Machine", 20)
        .changes(further)
        .change(Change::Resource(draft.key.clone(), Box::new(resource))))
}

/// Writes what is new over what was; lists and tags are written whole.
pub(super) fn merge(old: &mut Value, new: &Value) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for (name, value) in new {
                match old.get_mut(name) {
                    Some(place) if name != "tags" => merge(place, value),
                    _ => {
                        old.insert(name.clone(), value.clone());
                    }
                }
            }
        }
        (old, new) => *old = new.clone(),
    }
}

/// Whether a machine of a size takes so many disks.
fn check_disks(size: Size, disks: &[DataDisk]) -> Result<(), Refusal> {
    let most = size.data_disks();
    if disks.len() > most as usize {
        return Err(Refusal::TooManyDisks { most });
    }
    Ok(())
}
