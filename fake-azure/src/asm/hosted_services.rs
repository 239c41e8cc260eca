//! Hosted services and their certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::prelude::FromDer as _;

use crate::world::names::is_domain;
use crate::world::{
    HostedService, HostedServiceUpdate, Look, NewHostedService, Place, certificate, service,
};

use super::contract::Cursor;
use super::route::{Route, routes};
use super::subscription::compute_capabilities;
use super::writer::{Xml, element, seconds};
use super::{Answer, Call, Refused, deployments, refusals};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices";
    GET "": "List Hosted Services" => list;
    POST "": "Create Hosted Service" => create;
    GET "/operations/isavailable/{name}": "Check Hosted Service Name Availability" => is_available;
    GET "/{service}": "Get Hosted Service Properties" => get;
    PUT "/{service}": "Update Hosted Service" => update;
    DELETE "/{service}": "Delete Hosted Service" => delete;
    POST "/{service}": "Swap Deployment";
    GET "/{service}/certificates": "List Service Certificates" => certificates;
    POST "/{service}/certificates": "Add Service Certificate" => add_certificate;
    GET "/{service}/certificates/{certificate}": "Get Service Certificate" => certificate;
    DELETE "/{service}/certificates/{certificate}": "Delete Service Certificate" => delete_certificate;
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
            .with(compute_capabilities())
    });
    Ok(Answer::Document(element("HostedServices").all(services)))
}

/// Get Hosted Service Properties.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let name = call.name(0).to_owned();
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

fn winrm(service: &HostedService) -> Option<String> {
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
            extended.push((name.to_owned(), value.clone()));
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

/// Where something is, as an element.
pub(crate) fn place(place: &Place) -> Xml {
    match place {
        Place::Location(name) => super::writer::text("Location", name),
        Place::AffinityGroup(name) => super::writer::text("AffinityGroup", name),
    }
}

/// The owner's own properties.
pub(crate) fn properties(list: &[(String, String)]) -> Xml {
    element("ExtendedProperties").all(list.iter().map(|(name, value)| {
        element("ExtendedProperty")
            .text("Name", name)
            .text("Value", value)
    }))
}

/// Reads `ExtendedProperties`: 50 at most, names of letters, digits and underscores up to 64
/// characters, values up to 255 ("Create Hosted Service").
pub(crate) fn read_properties(
    cursor: &Cursor<'_>,
) -> Result<Option<Vec<(String, String)>>, Refused> {
    let Some(list) = cursor.maybe("ExtendedProperties")? else {
        return Ok(None);
    };
    let list = list.list("ExtendedProperty", |p| {
        p.read(&["Name", "Value"], |c| {
            Ok((c.required("Name")?, c.expect("Value")?.text()?.to_owned()))
        })
    })?;
    let is_name = |name: &str| {
        name.len() <= 64
            && name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    for (n, (name, value)) in list.iter().enumerate() {
        if n >= 50 || !is_name(name) || value.chars().count() > 255 {
            return Err(Refused::parameter(format!("ExtendedProperty: `{name}`")));
        }
        if list[..n].iter().any(|(other, _)| other == name) {
            return Err(Refused::parameter(format!(
                "ExtendedProperty: `{name}` stands there twice"
            )));
        }
    }
    Ok(Some(list))
}

/// Reads `Location` or `AffinityGroup`, exactly one of them, in either order of the schema.
pub(crate) fn read_place(
    location: Option<String>,
    group: Option<String>,
) -> Result<Place, Refused> {
    let named = [("Location", &location), ("AffinityGroup", &group)];
    if let Some((what, _)) = named.iter().find(|(_, name)| name.as_deref() == Some("")) {
        return Err(Refused::parameter(format!("{what}: empty")));
    }
    match (location, group) {
        (Some(location), None) => Ok(Place::Location(location)),
        (None, Some(group)) => Ok(Place::AffinityGroup(group)),
        (None, None) => Err(Refused::invalid_xml(
            "neither Location nor AffinityGroup is there",
        )),
        (Some(_), Some(_)) => Err(Refused::parameter(
            "Location and AffinityGroup are both there",
        )),
    }
}

/// A label as it was sent: base64 of 100 characters at most. Only those of affinity groups
/// may be empty: the old CLI sends such ones.
pub(crate) fn check_label(label: &str) -> Result<(), Refused> {
    let text = STANDARD
        .decode(label)
        .ok()
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .ok_or_else(|| Refused::parameter("Label: not base64"))?;
    if text.chars().count() > 100 {
        Err(Refused::parameter("Label: longer than 100 characters"))
    } else {
        Ok(())
    }
}

/// A label that replaces another, which must say something.
pub(crate) fn check_new_label(label: Option<&str>) -> Result<(), Refused> {
    match label {
        None => Ok(()),
        Some("") => Err(Refused::parameter("Label: empty")),
        Some(label) => check_label(label),
    }
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

/// A description: 1024 characters at most.
pub(crate) fn check_description(description: Option<&str>) -> Result<(), Refused> {
    match description {
        Some(text) if text.chars().count() > 1024 => Err(Refused::parameter(
            "Description: longer than 1024 characters",
        )),
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

/// `AvailabilityResponse`.
pub(crate) fn availability(reason: Option<&crate::world::Refusal>) -> Xml {
    let reason = reason.and_then(refusals::availability);
    element("AvailabilityResponse")
        .text("Result", reason.is_none())
        .text_or_nil("Reason", reason)
}

/// List Service Certificates.
pub(crate) fn certificates(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let service = call.here().service(call.name(0))?;
    let list = service.certificates.values().map(|certificate| {
        let path = format!(
            "/services/hostedservices/{}/certificates/sha1-{}",
            service.name, certificate.thumbprint
        );
        element("Certificate")
            .text("CertificateUrl", call.url(&path))
            .text("Thumbprint", &certificate.thumbprint)
            .text("ThumbprintAlgorithm", "sha1")
            .text("Data", STANDARD.encode(&certificate.der))
    });
    Ok(Answer::Document(element("Certificates").all(list)))
}

/// Get Service Certificate.
pub(crate) fn certificate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let certificate = call
        .here()
        .service_certificate(call.name(0), thumbprint(call.name(1))?)?;
    Ok(Answer::Document(
        element("Certificate").text("Data", STANDARD.encode(&certificate.der)),
    ))
}

/// Delete Service Certificate.
pub(crate) fn delete_certificate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let thumbprint = thumbprint(call.name(1))?.to_owned();
    let [service] = call.owned();
    call.perform(certificate::Command::Delete {
        service,
        thumbprint,
    })?;
    Ok(Answer::Accepted)
}

/// `{algorithm}-{thumbprint}`.
fn thumbprint(name: &str) -> Result<&str, Refused> {
    match name.split_once('-') {
        Some((algorithm, thumbprint)) if algorithm.eq_ignore_ascii_case("sha1") => Ok(thumbprint),
        _ => Err(Refused::parameter(format!("certificate: `{name}`"))),
    }
}

/// Add Service Certificate.
pub(crate) fn add_certificate(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (data, format, password) = call.document("CertificateFile")?.read(
        &["Data", "CertificateFormat", "Password"],
        |c| {
            let data = c.expect("Data")?.base64()?;
            let format = c
                .expect("CertificateFormat")?
                .word_in_any_case(&[("pfx", Format::Pfx), ("cer", Format::Cer)])?;
            Ok((data, format, c.text("Password")?.unwrap_or_default()))
        },
    )?;
    let der = certificate_in(&data, format, &password)?;
    let [service] = call.owned();
    call.perform(certificate::Command::Add { service, der })?;
    Ok(Answer::Accepted)
}

#[derive(Clone, Copy)]
enum Format {
    Pfx,
    Cer,
}

/// The certificate in an uploaded file. Whatever the format claims, PEM is taken too: the
/// clients of the day send an SSH certificate as PEM and call it `pfx`.
fn certificate_in(data: &[u8], format: Format, password: &str) -> Result<Vec<u8>, Refused> {
    let bad = |what: &str| {
        Refused::bad_request("The certificate data is not valid.").detail(format!("Data: {what}"))
    };
    let whole = |der: &[u8]| {
        x509_parser::certificate::X509Certificate::from_der(der)
            .is_ok_and(|(rest, _)| rest.is_empty())
    };
    if let Ok(certificate) = CertificateDer::from_pem_slice(data) {
        return if whole(&certificate) {
            Ok(certificate.to_vec())
        } else {
            Err(bad("not a certificate in the PEM"))
        };
    }
    if whole(data) {
        return Ok(data.to_vec());
    }
    match format {
        Format::Cer => Err(bad("not a certificate")),
        Format::Pfx => match pfx::certificates(data, password) {
            Ok(list) => list
                .into_iter()
                .next()
                .ok_or_else(|| bad("no certificate in the PKCS#12 file")),
            Err(error) => Err(bad(&error.to_string())),
        },
    }
}
