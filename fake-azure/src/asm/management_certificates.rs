//! Management certificates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer as _;

use crate::thumbprint::thumbprint;
use crate::world::management_certificate::Command;
use crate::world::{ManagementCertificate, Thumbprint};

use super::route::{Route, routes};
use super::writer::{Xml, element, seconds};
use super::{Answer, Call, Refused};

pub(super) const ROUTES: &[Route] = routes! {
    below "/certificates";
    GET "": "List Management Certificates" => list;
    POST "": "Add Management Certificate" => add;
    GET "/{thumbprint}": "Get Management Certificate" => get;
    DELETE "/{thumbprint}": "Delete Management Certificate" => delete;
};

/// List Management Certificates.
pub(crate) fn list(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let list = call.here().management_certificates().map(describe);
    Ok(Answer::Document(
        element("SubscriptionCertificates").all(list),
    ))
}

/// Get Management Certificate.
pub(crate) fn get(call: &mut Call<'_>) -> Result<Answer, Refused> {
    Ok(Answer::Document(describe(
        call.here().management_certificate(call.name(0))?,
    )))
}

fn describe(certificate: &ManagementCertificate) -> Xml {
    let der = certificate.der.as_deref().unwrap_or_default();
    let key = X509Certificate::from_der(der)
        .map(|(_, parsed)| STANDARD.encode(&parsed.public_key().subject_public_key.data));
    element("SubscriptionCertificate")
        .text("SubscriptionCertificatePublicKey", key.unwrap_or_default())
        .text("SubscriptionCertificateThumbprint", &certificate.thumbprint)
        .text("SubscriptionCertificateData", STANDARD.encode(der))
        .text("Created", seconds(certificate.created))
}

/// Add Management Certificate.
pub(crate) fn add(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let (named, der) = call.document("SubscriptionCertificate")?.read(
        &[
            "SubscriptionCertificatePublicKey",
            "SubscriptionCertificateThumbprint",
            "SubscriptionCertificateData",
        ],
        |c| {
            c.expect("SubscriptionCertificatePublicKey")?.base64()?;
            Ok((
                c.required::<Thumbprint>("SubscriptionCertificateThumbprint")?,
                c.expect("SubscriptionCertificateData")?.base64()?,
            ))
        },
    )?;
    if !X509Certificate::from_der(&der).is_ok_and(|(rest, _)| rest.is_empty()) {
        return Err(Refused::parameter(
            "SubscriptionCertificateData: not a certificate",
        ));
    }
    if named != *thumbprint(&der) {
        return Err(Refused::parameter(format!(
            "SubscriptionCertificateThumbprint: `{named}` is another's"
        )));
    }
    call.perform(Command::Add { der })?;
    Ok(Answer::Done)
}

/// Delete Management Certificate.
pub(crate) fn delete(call: &mut Call<'_>) -> Result<Answer, Refused> {
    let thumbprint = call.name(0).into();
    call.perform(Command::Delete { thumbprint })?;
    Ok(Answer::Done)
}
