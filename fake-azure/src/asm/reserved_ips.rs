//! Reserved addresses.

use crate::world::label::check_label;
use crate::world::reserved_ip::Command;
use crate::world::{DeploymentPath, ReservedIp};

use super::route::{Route, routes};
use super::writer::{Xml, element};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/networking/reservedips";
    GET "": "List Reserved IP Addresses" => list;
    POST "": "Create Reserved IP Address" => create;
    GET "/{name}": "Get Reserved IP Address" => get;
    DELETE "/{name}": "Delete Reserved IP Address" => delete;
    POST "/{name}/operations/associate": "Associate Reserved IP Address" => associate;
    POST "/{name}/operations/disassociate": "Disassociate Reserved IP Address" => disassociate;
    POST "/{name}/migration": "Migrate Reserved IP Address";
};

/// List Reserved IP Addresses.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let list = call.here().reserved_ips().map(|ip| describe(call, ip));
    Ok(Answer::Document(element("ReservedIPs").all(list)))
}

/// Get Reserved IP Address.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let ip = call.here().reserved_ip(call.name(0))?;
    let (document, operation) = (describe(call, ip), ip.operation.clone());
    call.look_at(operation);
    Ok(Answer::Document(document))
}

fn describe(call: &Call<'_>, ip: &ReservedIp) -> Xml {
    let used = ip.used_by.as_ref();
    element("ReservedIP")
        .text("Name", &ip.name)
        .text("Address", ip.address)
        .text("Id", &ip.id)
        .maybe_text("Label", ip.label.as_deref())
        .text("State", call.here().reserved_ip_state(ip))
        .maybe_text("InUse", used.map(|_| "true"))
        .maybe_text("ServiceName", used.map(|(service, _)| service))
        .maybe_text("DeploymentName", used.map(|(_, deployment)| deployment))
        .text("Location", &ip.location)
        .maybe_text("VirtualIPName", used.map(|_| &ip.name))
}

/// The members of a new reserved address.
const NEW_RESERVED_IP: &[&str] = &[
    "Name",
    "Label",
    "ServiceName",
    "DeploymentName",
    "Location",
    "VirtualIPName",
];

/// Create Reserved IP Address.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (name, label, of, location) = call.document("ReservedIP")?.read(NEW_RESERVED_IP, |c| {
        let name = c.required("Name")?;
        let label: Option<String> = c.text("Label")?;
        let service = c.filled("ServiceName")?;
        let deployment = c.filled("DeploymentName")?;
        let location = c.required("Location")?;
        c.text::<String>("VirtualIPName")?;
        Ok((name, label, (service, deployment), location))
    })?;
    if let Some(label) = label.as_deref().filter(|label| !label.is_empty()) {
        check_label(label)?;
    }
    let of = match of {
        (Some(service), Some(deployment)) => Some(DeploymentPath {
            service,
            deployment,
        }),
        (None, None) => None,
        _ => {
            return Err(Refused::invalid_xml(
                "ReservedIP: ServiceName and DeploymentName go together",
            ));
        }
    };
    call.perform(Command::Create {
        name,
        label,
        location,
        of,
    })?;
    Ok(Answer::Accepted)
}

/// Associate Reserved IP Address.
pub(crate) fn associate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let with = association(call)?;
    let [name] = call.owned();
    call.perform(Command::Associate { name, with })?;
    Ok(Answer::Accepted)
}

/// Disassociate Reserved IP Address.
pub(crate) fn disassociate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let from = association(call)?;
    let [name] = call.owned();
    call.perform(Command::Disassociate { name, from })?;
    Ok(Answer::Accepted)
}

fn association(call: &Call<'_>) -> Result<DeploymentPath, Refused> {
    call.document("ReservedIPAssociation")?.read(
        &["ServiceName", "DeploymentName", "VirtualIPName"],
        |c| {
            let service = c.required("ServiceName")?;
            let deployment = c.required("DeploymentName")?;
            c.text::<String>("VirtualIPName")?;
            Ok(DeploymentPath {
                service,
                deployment,
            })
        },
    )
}

/// Delete Reserved IP Address.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    call.perform(Command::Delete { name })?;
    Ok(Answer::Accepted)
}
