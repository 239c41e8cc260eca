//! What the look decides, and what carrying out does.

mod broken;
mod old_cli;
mod subsets;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use jiff::Timestamp;

use super::{CertFolder, CertFolderError, CertPlan, DockerCertificates};

/// The six files, in the order in which they are made.
const SIX: [&str; 6] = [
    "ca-key.pem",
    "ca.pem",
    "server-key.pem",
    "server-cert.pem",
    "key.pem",
    "cert.pem",
];

/// A moment for all tests.
fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

/// Names and bytes of a whole set.
type Set = BTreeMap<String, Vec<u8>>;

/// A set made once.
static SET: LazyLock<Set> = LazyLock::new(|| made_at(now()));

/// Makes a set at a moment.
fn made_at(moment: Timestamp) -> Set {
    let folder = tempfile::tempdir().unwrap();
    CertFolder::look(
        folder.path(),
        &"web".parse().unwrap(),
        "cloudapp.net",
        moment,
    )
    .unwrap()
    .carry_out()
    .unwrap();
    contents(folder.path())
}

/// Reads names and bytes of all files of a folder.
fn contents(folder: &Path) -> Set {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            let bytes = fs::read(entry.path()).unwrap();
            (entry.file_name().into_string().unwrap(), bytes)
        })
        .collect()
}

/// A folder that holds some files.
fn folder_of<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        crate::files::write_new(&folder.path().join(name), bytes).unwrap();
    }
    folder
}

/// A folder that holds the set but for what is replaced.
fn whole_but(replaced: &[(&str, &[u8])]) -> tempfile::TempDir {
    folder_of(SET.iter().map(|(name, bytes)| {
        let other = replaced.iter().find(|(other, _)| other == name);
        (
            name.as_str(),
            other.map_or(bytes.as_slice(), |(_, bytes)| bytes),
        )
    }))
}

fn look(folder: &Path) -> Result<CertPlan, CertFolderError> {
    look_at(folder, now())
}

fn look_at(folder: &Path, moment: Timestamp) -> Result<CertPlan, CertFolderError> {
    CertFolder::look(folder, &"web".parse().unwrap(), "cloudapp.net", moment)
}

/// Looks and carries out.
fn settle(folder: &Path) -> Result<DockerCertificates, CertFolderError> {
    look(folder)?.carry_out()
}

#[test]
fn the_clouds_own_domain_is_in_the_servers_certificate() {
    use crate::pki::certificate::Certificate;

    let folder = tempfile::tempdir().unwrap();
    let host = "web".parse().unwrap();
    let now = "2026-11-25T12:00:00Z".parse().unwrap();

    let plan = CertFolder::look(folder.path(), &host, "chinacloudapp.cn", now).unwrap();
    let set = plan.carry_out().unwrap();

    let server = Certificate::from_pem(set.server_cert_pem.as_bytes()).unwrap();
    assert!(server.is_for_host("web.chinacloudapp.cn"));
    assert!(!server.is_for_host("web.cloudapp.net"));
}

#[test]
fn a_key_that_lies_beside_a_certificate_is_not_handed_on() {
    let folder = tempfile::tempdir().unwrap();
    settle(folder.path()).unwrap();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let both = read("ca-key.pem") + &read("ca.pem");
    crate::files::replace(&folder.path().join("ca.pem"), both.as_bytes()).unwrap();
    let both = read("server-key.pem") + &read("ca-key.pem");
    crate::files::replace(&folder.path().join("server-key.pem"), both.as_bytes()).unwrap();

    let set = settle(folder.path()).unwrap();

    assert!(!set.ca_pem.contains("KEY"), "{}", set.ca_pem);
    let key = secrecy::ExposeSecret::expose_secret(&set.server_key_pem);
    assert_eq!(key.matches("BEGIN").count(), 1);
}

#[test]
fn a_hosts_own_certificate_is_made_anew_for_another_address() {
    use crate::pki::certificate::Certificate;

    let folder = tempfile::tempdir().unwrap();
    let host = "web".parse().unwrap();
    let domain = "westus.cloudapp.azure.com";
    let own = |address: [u8; 4]| {
        CertFolder::look_for_own(folder.path(), &host, domain, now())
            .unwrap()
            .with_address(Some(address.into()))
            .unwrap()
    };
    let path = |name: &str| folder.path().join(format!("web.{domain}-{name}"));
    let (first, other) = ([10, 0, 0, 1], [10, 0, 0, 2]);
    let before = own(first).carry_out().unwrap();

    assert!(own(first).is_whole());
    let after = own(other).carry_out().unwrap();

    assert_eq!(after.made, [path("server-cert.pem")]);
    let server = Certificate::from_pem(after.server_cert_pem.as_bytes()).unwrap();
    assert!(server.is_for_address(other.into()) && !server.is_for_address(first.into()));
    assert!(server.is_for_host(&format!("web.{domain}")));
    let aside = path("server-cert.pem.replaced-2026-11-25");
    let kept = fs::read_to_string(aside).unwrap();
    assert_eq!(kept, before.server_cert_pem);
    assert!(own(other).is_whole());

    // Where nothing can be signed, what is there verifies by its name.
    fs::remove_file(folder.path().join("ca-key.pem")).unwrap();
    assert!(own(first).is_whole());
}
