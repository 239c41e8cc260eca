//! Assertions: a program proves by a signature that it has the key of a certificate.

use aws_lc_rs::digest::{SHA256, digest};
use axum::http::Uri;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use x509_parser::prelude::FromDer as _;

use super::{Asked, Refusal, jwt};
use crate::world::directory::{Application, DirectoryRefusal};

/// How far clocks may be apart, in seconds.
const SKEW: i64 = 300;

/// Refuses an assertion that proves nothing.
pub(super) fn check(
    assertion: &str,
    application: &Application,
    asked: &Asked<'_>,
    now: Timestamp,
) -> Result<(), Refusal> {
    let malformed = || {
        Refusal::new(
            400,
            "invalid_request",
            50027,
            "JWT token is invalid or malformed.",
        )
    };
    let read = jwt::read(assertion).ok_or_else(malformed)?;
    let certificate = certificate(&read, application)?;
    let (_, certificate) = x509_parser::certificate::X509Certificate::from_der(&certificate)
        .map_err(|_| malformed())?;
    if !read.is_signed_by_certified(&certificate.public_key().subject_public_key.data) {
        return Err(Refusal::new(
            401,
            "invalid_client",
            700_027,
            "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was found, but use of the key to verify the signature failed.]",
        ));
    }
    for name in ["iss", "sub"] {
        let told = read.claim(name).unwrap_or_default();
        if !told.eq_ignore_ascii_case(&application.id) {
            return Err(Refusal::new(
                401,
                "invalid_client",
                700_021,
                "Client assertion application identifier doesn't match 'client_id' parameter. Review the documentation at https://aka.ms/certCreds.",
            ));
        }
    }
    let audience = read.claim("aud").unwrap_or_default();
    if !is_here(audience, asked) {
        return Err(Refusal::new(
            401,
            "invalid_client",
            700_023,
            format!(
                "Client assertion audience claim does not match Realm issuer. Review the documentation at https://aka.ms/certCreds. The audience was '{audience}'."
            ),
        ));
    }
    let now = now.as_second();
    let ends = read.moment("exp").ok_or_else(malformed)?;
    let begins = read.moment("nbf").unwrap_or(now);
    if now > ends + SKEW || now < begins - SKEW {
        return Err(Refusal::new(
            401,
            "invalid_client",
            700_024,
            "Client assertion is not within its valid time range. Current time, assertion range and skew differ. Review the documentation at https://aka.ms/certCreds.",
        ));
    }
    Ok(())
}

/// The certificate that an assertion names by its digest.
fn certificate(read: &jwt::Read<'_>, application: &Application) -> Result<Vec<u8>, Refusal> {
    if let Some(digest_told) = read.header("x5t#S256") {
        let wanted = URL_SAFE_NO_PAD.decode(digest_told.trim_end_matches('='));
        let wanted = wanted.unwrap_or_default();
        let found = application
            .certificates()
            .find(|der| digest(&SHA256, der).as_ref() == wanted);
        return found.ok_or_else(|| DirectoryRefusal::NoCertificate(digest_told.to_owned()).into());
    }
    let Some(told) = read.header("x5t") else {
        return Err(Refusal::bad_assertion(
            "Client assertion's header names no certificate: it has neither 'x5t' nor 'x5t#S256'.",
        ));
    };
    let bytes = URL_SAFE_NO_PAD.decode(told.trim_end_matches('='));
    let hex = bytes
        .unwrap_or_default()
        .iter()
        .fold(String::new(), |hex, byte| format!("{hex}{byte:02X}"));
    Ok(application.certificate(&hex)?)
}

/// Whether an audience is this authority: whatever it is called, one of its tenants, or the token
/// endpoint of one.
fn is_here(audience: &str, asked: &Asked<'_>) -> bool {
    let (Ok(audience), Ok(base)) = (audience.parse::<Uri>(), asked.base.parse::<Uri>()) else {
        return false;
    };
    let is_called = audience.scheme() == base.scheme()
        && match (audience.authority(), base.authority()) {
            // One program calls it by its name and writes its address, or the other way round.
            (Some(told), Some(own)) => {
                told == own || told.port_u16() == own.port_u16() || told.port_u16().is_none()
            }
            _ => false,
        };
    let path = audience.path().trim_matches('/').to_ascii_lowercase();
    is_called && (path.ends_with("/token") || path.ends_with("/v2.0") || !path.contains('/'))
}
