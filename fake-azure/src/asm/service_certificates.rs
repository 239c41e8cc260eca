//! Certificates of hosted services.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use x509_parser::prelude::FromDer as _;

use crate::world::certificate::Command;

use super::route::{Route, routes};
use super::writer::element;
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/services/hostedservices/{service}/certificates";
    GET "": "List Service Certificates" => list;
    POST "": "Add Service Certificate" => add;
    GET "/{certificate}": "Get Service Certificate" => get;
    DELETE "/{certificate}": "Delete Service Certificate" => delete;
};

/// List Service Certificates.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
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
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let certificate = call
        .here()
        .service_certificate(call.name(0), thumbprint(call.name(1))?)?;
    Ok(Answer::Document(
        element("Certificate").text("Data", STANDARD.encode(&certificate.der)),
    ))
}

/// Delete Service Certificate.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let thumbprint = thumbprint(call.name(1))?.to_owned();
    let [service] = call.owned();
    call.perform(Command::Delete {
        service,
        thumbprint: thumbprint.into(),
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
pub(crate) fn add(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (data, format, password) = call.document("CertificateFile")?.read(
        &["Data", "CertificateFormat", "Password"],
        |c| {
            let data = c.expect("Data")?.base64()?;
            let format = c
                .expect("CertificateFormat")?
                .word_in_any_case(&[("pfx", Format::Pfx), ("cer", Format::Cer)])?;
            Ok((
                data,
                format,
                c.text::<String>("Password")?.unwrap_or_default(),
            ))
        },
    )?;
    let der = certificate_in(&data, format, &password)?;
    let [service] = call.owned();
    call.perform(Command::Add { service, der })?;
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
