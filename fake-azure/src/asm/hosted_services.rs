//! Hosted services.

use crate::world::names::is_domain;
use crate::world::{
    HostedService, HostedServiceUpdate, Look, NewHostedService, Thumbprint, service,
};

use super::members::{
    availability, check_description, check_label, check_new_label, place, properties, read_place,
    read_properties,
};
use super::route::{Route, routes};
use super::subscription::compute_capabilities;
use super::writer::{Xml, element, seconds};
use super::{Answer, Call, Refused, deployments};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices";
    GET "": "List Hosted Services" => list;
    POST "": "Create Hosted Service" => create;
    GET "/operations/isavailable/{name}": "Check Hosted Service Name Availability" => is_available;
    GET "/{service}": "Get Hosted Service Properties" => get;
    PUT "/{service}": "Update Hosted Service" => update;
    DELETE "/{service}": "Delete Hosted Service" => delete;
    POST "/{service}": "Swap Deployment";
    GET "/{service}/extensions": "List Extensions";
    POST "/{service}/extensions": "Add Extension";
    GET "/{service}/extensions/{extension}": "Get Extension";
    DELETE "/{service}/extensions/{extension}": "Delete Extension";
};

/// The members of a new service.
const NEW_SERVICE: &[&str] = &[
    "ServiceName",
    "Label",
    "Description",
    "Location",
    "AffinityGroup",
    "ExtendedProperties",
    "ReverseDnsFqdn",
];
/// The SDK writes the name before the properties, the documentation after them.
const UPDATED_SERVICE: &[&str] = &[
    "Label",
    "Description",
    "ReverseDnsFqdn",
    "ExtendedProperties",
    "ReverseDnsFqdn",
];

/// List Hosted Services.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let services = call.here().services().map(|service| {
        describe(call, service)
            .maybe_text("DefaultWinRmCertificateThumbprint", winrm(service))
            .with(compute_capabilities(call.here(), &service.location))
    });
    Ok(Answer::Document(element("HostedServices").all(services)))
}

/// Get Hosted Service Properties.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    let detail = match call.parameter("embed-detail") {
        None => false,
        Some(value) if value.eq_ignore_ascii_case("true") => true,
        Some(value) if value.eq_ignore_ascii_case("false") => false,
        Some(other) => return Err(Refused::query(format!("embed-detail: `{other}`"))),
    };
    let service = call.here().service(&name)?;
    let mut shown = describe(call, service);
    if detail {
        let deployment = service
            .deployment
            .as_ref()
            .map(|d| deployments::describe(call, service, d));
        shown = shown.with(element("Deployments").all(deployment));
        call.look(&Look::Service(name));
    }
    Ok(Answer::Document(shown))
}

fn winrm(service: &HostedService) -> Option<Thumbprint> {
    service
        .deployment
        .as_ref()?
        .roles
        .iter()
        .find_map(|r| r.winrm_thumbprint.clone())
}

fn describe(call: &Call<'_>, service: &HostedService) -> Xml {
    let mut extended: Vec<(String, String)> = service.extended_properties.clone();
    // The service adds these two with the first deployment.
    for (name, value) in [
        ("ResourceGroup", &service.name),
        ("ResourceLocation", &service.location),
    ] {
        if service.grouped && !extended.iter().any(|(n, _)| n == name) {
            extended.push((name.to_owned(), value.to_string()));
        }
    }
    let properties = element("HostedServiceProperties")
        .text_or_nil("Description", service.description.as_deref())
        .with(place(&service.place))
        .text("Label", &service.label)
        .text("Status", "Created")
        .text("DateCreated", seconds(service.created))
        .text("DateLastModified", seconds(service.modified))
        .with(properties(&extended))
        .maybe_text("ReverseDnsFqdn", service.reverse_dns.as_deref());
    element("HostedService")
        .text(
            "Url",
            call.url(&format!("/services/hostedservices/{}", service.name)),
        )
        .text("ServiceName", &service.name)
        .with(properties)
}

/// A name that the service's address is to resolve to; an empty one takes it back.
fn check_reverse_dns(name: Option<&str>) -> Result<(), Refused> {
    match name {
        Some(name) if !name.is_empty() && !is_domain(name) => {
            Err(Refused::parameter(format!("ReverseDnsFqdn: `{name}`")))
        }
        _ => Ok(()),
    }
}

/// Create Hosted Service.
pub(crate) fn create(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let new = call
        .document("CreateHostedService")?
        .read(NEW_SERVICE, |c| {
            let name = c.required("ServiceName")?;
            let label = c.required("Label")?;
            let description = c.text("Description")?;
            let location = c.text("Location")?;
            let place = read_place(location, c.text("AffinityGroup")?);
            let extended_properties = read_properties(c)?.unwrap_or_default();
            let reverse_dns = c.text("ReverseDnsFqdn")?;
            // What is out of its place is told before what is missing.
            c.finish()?;
            Ok(NewHostedService {
                name,
                label,
                description,
                place: place?,
                extended_properties,
                reverse_dns,
            })
        })?;
    check_reverse_dns(new.reverse_dns.as_deref())?;
    check_label(&new.label)?;
    check_description(new.description.as_deref())?;
    let created = format!(
        "{}/subscriptions/{}/compute/{}",
        call.base, call.subscription, new.name
    );
    call.perform(service::Command::Create { new })?;
    Ok(Answer::Created(created))
}

/// Update Hosted Service.
pub(crate) fn update(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let update = call
        .document("UpdateHostedService")?
        .read(UPDATED_SERVICE, |c| {
            let label = c.text("Label")?;
            let description = c.text("Description")?;
            Ok(HostedServiceUpdate {
                label,
                description,
                extended_properties: read_properties(c)?,
                reverse_dns: c.text("ReverseDnsFqdn")?,
            })
        })?;
    check_new_label(update.label.as_deref())?;
    check_description(update.description.as_deref())?;
    check_reverse_dns(update.reverse_dns.as_deref())?;
    let [name] = call.owned();
    call.perform(service::Command::Update { name, update })?;
    Ok(Answer::Done)
}

/// Delete Hosted Service.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let [name] = call.owned();
    if call.with_media()? {
        call.perform(service::Command::DeleteWithMedia { name })?;
        return Ok(Answer::Accepted);
    }
    call.perform(service::Command::Delete { name })?;
    Ok(Answer::Done)
}

/// Check Hosted Service Name Availability.
pub(crate) fn is_available(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let reason = call.world.service_name_available(call.name(0))?;
    Ok(Answer::Document(availability(reason.as_ref())))
}
