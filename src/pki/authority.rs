//! Makes certificates: an authority, and servers and clients under it.

use std::net::{IpAddr, Ipv4Addr};

use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyUsagePurpose, SanType,
};
use rustls_pki_types::CertificateDer;
use time::OffsetDateTime;

use super::certificate::Certificate;
use super::private_key::PrivateKey;

/// Clocks of other machines run late; a certificate of this moment would be refused there. A day,
/// because a clock in the wrong time zone is no rarer than one that was never set.
const LEEWAY: SignedDuration = SignedDuration::from_hours(24);
/// An authority outlives what it signs several times over, so that it is hardly ever met expired.
const AUTHORITY: SignedDuration = SignedDuration::from_hours(24 * 3650);
/// Three times the old CLI's year: an expired server certificate stops a running host's daemon.
const LEAF: SignedDuration = SignedDuration::from_hours(24 * 1095);

/// What a certificate under the authority is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Docker's daemon.
    Server,
    /// Docker's client.
    Client,
}

/// A certificate could not be made.
#[derive(Debug, thiserror::Error)]
#[error("cannot make a certificate")]
pub struct CannotMake(#[from] rcgen::Error);

/// Makes an authority's own certificate, valid from a day ago for ten years.
pub fn make_authority(key: &PrivateKey, now: Timestamp) -> Result<String, CannotMake> {
    let mut params = params("Docker certificate authority", now, now + AUTHORITY);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(unix_lines(&params.self_signed(key.pair())?.pem()))
}

/// Makes a certificate under an authority, valid from a day ago for three years at most.
///
/// A server's stands for the names of `names`, `localhost` and `127.0.0.1`: so one set can serve every host, and the
/// engines of the simulator on this machine.
pub fn make_leaf(
    purpose: Purpose,
    key: &PrivateKey,
    names: ServerNames<'_>,
    authority: (&Certificate, &PrivateKey),
    now: Timestamp,
) -> Result<String, CannotMake> {
    let (authority, authority_key) = authority;
    let ends = (now + LEAF).min(authority.ends());
    let mut params = match purpose {
        Purpose::Server => {
            let mut params = params(names.common_name.unwrap_or(names.first), now, ends);
            params.subject_alt_names = names.alternatives();
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
            params
        }
        Purpose::Client => {
            let mut params = params("Docker client", now, ends);
            params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            params
        }
    };
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.use_authority_key_identifier_extension = true;
    let authority = CertificateDer::from(authority.der());
    let issuer = Issuer::from_ca_cert_der(&authority, authority_key.pair())?;
    Ok(unix_lines(&params.signed_by(key.pair(), &issuer)?.pem()))
}

/// The names that a server is to prove.
#[derive(Debug, Clone, Copy)]
pub struct ServerNames<'a> {
    /// The name of the host, or one that stands for all of a domain.
    pub first: &'a str,
    /// The name that was wished besides.
    pub common_name: Option<&'a str>,
    /// The public address of the host, where the certificate is for one alone.
    pub address: Option<IpAddr>,
}

impl ServerNames<'_> {
    fn alternatives(&self) -> Vec<SanType> {
        [self.first, "localhost"]
            .into_iter()
            .chain(self.common_name.filter(|name| *name != self.first))
            // A common name need not be a DNS name; such a one stands in the subject alone.
            .filter_map(|name| name.try_into().ok().map(SanType::DnsName))
            .chain([SanType::IpAddress(Ipv4Addr::LOCALHOST.into())])
            .chain(self.address.map(SanType::IpAddress))
            .collect()
    }
}

fn params(common_name: &str, now: Timestamp, ends: Timestamp) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params
        .distinguished_name
        .push(DnType::CommonName, common_name);
    params.not_before = date(now - LEEWAY);
    params.not_after = date(ends);
    params
}

fn date(moment: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(moment.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

fn unix_lines(pem: &str) -> String {
    pem.replace("\r\n", "\n")
}
