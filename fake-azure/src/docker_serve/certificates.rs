//! The certificates of an engine that stands alone, where Docker's clients look for theirs.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};

use crate::credentials::{CredentialsError, Validity, dress, private_folder, write_private};
use crate::world::docker_settings::DockerCertificates;

/// The files: the authority's, the server's two, the client's two.
const NAMES: [&str; 5] = [
    "ca.pem",
    "server-cert.pem",
    "server-key.pem",
    "cert.pem",
    "key.pem",
];

/// Reads what the folder holds, or makes it all where it holds none of it.
pub(super) fn open(
    folder: &Path,
    addresses: &[IpAddr],
    validity: Validity,
) -> Result<Arc<DockerCertificates>, CredentialsError> {
    private_folder(folder)?;
    let failed = |source| CredentialsError::File {
        path: folder.to_owned(),
        verb: "used as a folder",
        source,
    };
    let making = std::fs::File::open(folder).map_err(failed)?;
    // Several that begin at once make one set; where there are no locks, each its own.
    making.lock().ok();
    let paths = NAMES.map(|name| folder.join(name));
    let there = paths.iter().find(|path| path.exists());
    let missing = paths.iter().find(|path| !path.exists());
    match (there, missing) {
        (Some(there), Some(missing)) => {
            return Err(CredentialsError::Incomplete {
                missing: missing.clone(),
                there: there.clone(),
            });
        }
        (None, _) => {
            let made = make(addresses, validity)?;
            for (path, text) in paths.iter().zip(made) {
                write_private(path, text.as_bytes())?;
            }
        }
        (Some(_), None) => {}
    }
    read(folder, &paths)
}

fn read(folder: &Path, paths: &[PathBuf; 5]) -> Result<Arc<DockerCertificates>, CredentialsError> {
    let bytes = |path: &PathBuf| {
        std::fs::read(path).map_err(|source| CredentialsError::File {
            path: path.clone(),
            verb: "read",
            source,
        })
    };
    let [ca, certificate, key] = [bytes(&paths[0])?, bytes(&paths[1])?, bytes(&paths[2])?];
    let [ca_name, certificate_name, key_name, ..] = NAMES;
    DockerCertificates::of(
        [ca_name, certificate_name, key_name],
        Some(ca),
        [certificate, key],
    )
    .map_err(|reason| CredentialsError::Unusable {
        path: folder.to_owned(),
        reason,
    })
}

/// Makes the five files' contents; the authority's key is forgotten.
fn make(addresses: &[IpAddr], validity: Validity) -> Result<[String; 5], CredentialsError> {
    let key = || KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256);
    let (ca_key, server_key, client_key) = (key()?, key()?, key()?);
    let mut ca = CertificateParams::default();
    dress(&mut ca, "fake-docker", validity);
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let ca_pem = ca.self_signed(&ca_key)?.pem();
    let issuer = Issuer::new(ca, ca_key);

    let own = [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::from(Ipv6Addr::LOCALHOST),
    ];
    let mut names = vec!["localhost".to_owned()];
    let further = addresses.iter().filter(|address| !own.contains(address));
    names.extend(own.iter().chain(further).map(ToString::to_string));
    let mut server = CertificateParams::new(names)?;
    dress(&mut server, "fake-docker engine", validity);
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    server.use_authority_key_identifier_extension = true;

    let mut client = CertificateParams::default();
    dress(&mut client, "fake-docker client", validity);
    client.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    client.use_authority_key_identifier_extension = true;

    Ok([
        ca_pem,
        server.signed_by(&server_key, &issuer)?.pem(),
        server_key.serialize_pem(),
        client.signed_by(&client_key, &issuer)?.pem(),
        client_key.serialize_pem(),
    ])
}
