//! What the client reads of others, tried with what is nearly right: a reader may refuse, in words
//! of a bounded length; it may not panic, nor work on for longer than its input is long.
//!
//! `FUZZ_INPUTS=1000000 cargo test --test it readers` tries longer; what fails is told with its input.

use std::fmt::Write as _;
use std::path::Path;

use azure::backend::service_management::{Element, ManagementIdentity};
use azure::commands::classic::machine_file::role_file;
use azure::failure::Failure;
use azure::input;
use azure::pki::certificate::Certificate;
use azure::pki::private_key::PrivateKey;
use azure::pki::{armour, ssh_rsa};
use azure::settings::profile::Profile;
use azure::settings::publish;
use simulation::mutation::{Mutation, count, try_out};

const SEED: u64 = 20_261_126;

/// Words that stand in what is read.
const XML: &[&str] = &[
    "<",
    "</",
    "/>",
    "&lt;",
    "&#x41;",
    "&#0;",
    "&x;",
    "<![CDATA[",
    "]]>",
    "<!--",
    "<!DOCTYPE a [<!ENTITY x \"y\">]>",
    " xmlns=\"urn:x\"",
    " i:nil=\"true\"",
    "<Error><Code>",
    "true",
    "\u{feff}",
    "\u{202e}",
    "\u{1b}[2J",
];
const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "\"version\"",
    "\"\\ud800\"",
    "1e400",
    "\u{feff}",
];
const PEM: &[&str] = &[
    "-----BEGIN CERTIFICATE-----\n",
    "-----END CERTIFICATE-----\n",
    "-----BEGIN RSA PRIVATE KEY-----\n",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
    "-----END PRIVATE KEY-----\n",
    "Proc-Type: 4,ENCRYPTED\n",
    "DEK-Info: DES-EDE3-CBC,00\n",
    "\r\n",
    "=",
];

/// The words about an input have an end, whatever stands in it.
fn is_short(error: &dyn std::error::Error) {
    let failure = Failure::of(error);
    let mut told = String::new();
    for (level, line) in failure.lines() {
        write!(told, "{level}{line}").expect("room");
    }
    assert!(!told.is_empty());
    assert!(told.len() < 16_000, "{} bytes: {told:.200}", told.len());
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn fixtures(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("fixtures").join(folder))
        .expect("fixtures")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|end| end == ending))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{folder}");
    let read = |path| std::fs::read(path).expect("a fixture");
    files.into_iter().map(read).collect()
}

/// Tries a reader with its seeds, which it has to read, and with what comes of them.
fn tried(seeds: &[Vec<u8>], words: &[&str], unless_told: u64, mut read: impl FnMut(&[u8]) -> bool) {
    for seed in seeds {
        assert!(read(seed), "{}", String::from_utf8_lossy(seed));
    }
    let (mut taken, mut refused) = (0_u64, 0_u64);
    let mutation = Mutation::new(SEED, seeds, words);
    try_out(mutation, count(unless_told), |_, input| {
        if read(input) {
            taken += 1;
        } else {
            refused += 1;
        }
    });
    assert!(refused > 0, "every input of {taken} was taken");
}

fn outcome<T, E: std::error::Error + 'static>(read: Result<T, E>) -> bool {
    read.map_err(|error| is_short(&error)).is_ok()
}

#[test]
fn documents_that_are_nearly_right() {
    let bodies: Vec<Vec<u8>> = fixtures("operations", "answer")
        .iter()
        .filter_map(|answer| {
            let at = answer.windows(4).position(|part| part == b"\r\n\r\n")?;
            let body = answer[at + 4..].to_vec();
            (!body.is_empty() && body.len() < 40_000).then_some(body)
        })
        .collect();
    tried(&bodies, XML, 4000, |bytes| {
        let read = Element::parse(&String::from_utf8_lossy(bytes));
        if let Ok(element) = &read {
            // What was read can be written, and that be read again.
            let again = Element::parse(&element.to_xml());
            assert!(again.is_ok(), "{again:?}");
        }
        outcome(read)
    });
}

#[test]
fn publish_settings_that_are_nearly_right() {
    let mut seeds = fixtures("publish-settings", "publishsettings");
    seeds.retain(|text| !String::from_utf8_lossy(text).contains("publishMethod"));
    tried(&seeds, XML, 300, |bytes| {
        let Ok(text) = input::text(bytes) else {
            return false;
        };
        outcome(publish::read(&text, "https://management.core.windows.net"))
    });
}

#[test]
fn pkcs12_that_is_nearly_right() {
    use base64::Engine as _;

    let text = fixtures("publish-settings", "publishsettings");
    let seeds: Vec<Vec<u8>> = text
        .iter()
        .flat_map(|text| {
            let text = String::from_utf8_lossy(text).into_owned();
            let values: Vec<String> = text
                .split("ManagementCertificate=\"")
                .skip(1)
                .map(|rest| {
                    rest.split('"')
                        .next()
                        .expect("a value")
                        .split_whitespace()
                        .collect()
                })
                .collect();
            values
        })
        .map(|value: String| {
            let bytes = base64::engine::general_purpose::STANDARD.decode(value);
            bytes.expect("base64")
        })
        .collect();
    assert!(seeds.len() > 1);
    tried(&seeds, &["\u{30}\u{0}", "\u{4}\u{0}"], 400, |bytes| {
        outcome(pfx::read(bytes, ""))
    });
}

#[test]
fn pem_that_is_nearly_right() {
    let mut seeds = fixtures("pki/old-cli", "pem");
    seeds.retain(|pem| Certificate::from_pem(pem).is_ok());
    tried(&seeds, PEM, 3000, |bytes| {
        if let Ok(text) = input::text(bytes) {
            let certificates = armour::certificates(&text);
            let mut blocks = certificates.split("-----BEGIN ").skip(1);
            assert!(blocks.all(|block| block.starts_with("CERTIFICATE-----")));
            armour::first_key(&text);
            ManagementIdentity::from_pem(text.to_string().into()).ok();
        }
        outcome(Certificate::from_pem(bytes))
    });
    let key = root().join("fixtures/pki/old-cli/server-key.pem");
    let seeds = [std::fs::read(key).expect("a key")];
    tried(&seeds, PEM, 1500, |bytes| {
        outcome(PrivateKey::of_authority(bytes)) & outcome(PrivateKey::from_pem(bytes))
    });
}

#[test]
fn public_keys_that_are_nearly_right() {
    let seed = concat!(
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQDVH1xvT4r5Ye0cNfUKKtLSFB7pLLbPqWv8GQXwmPzPNm+bcQNGxWpA",
        "FIhNT0VvVqnWZ0Wg8dPYAcqSU8mXJTyTjQ8eHTJzCJzMcmyRoFbCWUm4ynvC8LrXfTo0uXnJC6hYsL2wRJQqtuNoIfFB",
        "8mC7hrbLqLQ6pYyGMJqgAEdnnTQwJ0cSSoX3Yt2vVOEqWEW5T7qCNwqKB9RrPGGRy1uQ8Xpqg1JPXQm8ItxKbmh1cyuB",
        "tlOPC3nDkVg9VbUPzsB6sYwmXZ5cdEJzNxtK0GlNmMmR0MCuDYFzSgYoKYCjVLFFxnvM8Ngoh0bBHc6XkB0QWFW3jVRB",
        "AAAAAAAAAAAA me@here"
    );
    let seeds = [seed.as_bytes().to_vec()];
    let mutation = Mutation::new(SEED, &seeds, &["ssh-rsa ", "AAAAB3NzaC1yc2E", " "]);
    try_out(mutation, count(300), |_, bytes| {
        outcome(ssh_rsa::certificate(&String::from_utf8_lossy(bytes)));
    });
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what a user's profile became")]
fn profiles_that_are_nearly_right() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut profile = Profile::read_to_change(Some(folder.path())).expect("an empty one");
    let text = fixtures("publish-settings", "publishsettings").swap_remove(0);
    let text = input::text(&text).expect("text");
    for one in publish::read(&text, "https://management.core.windows.net").expect("settings") {
        profile.import(one);
    }
    profile.set("mode", "asm");
    profile.write().expect("room");
    drop(profile);
    let file = std::fs::read_dir(folder.path())
        .expect("the folder")
        .map(|entry| entry.expect("a file").path())
        .find(|path| path.extension().is_some_and(|end| end == "json"))
        .expect("the profile");
    let seeds = [std::fs::read(&file).expect("the profile")];
    tried(&seeds, JSON, 1500, |bytes| {
        std::fs::write(&file, bytes).expect("room");
        outcome(Profile::read(Some(folder.path())))
    });
}

#[test]
fn machines_in_files_that_are_nearly_right() {
    let role = br#"{"roleName":"web","roleType":"PersistentVMRole","roleSize":"Small","configurationSets":[{"configurationSetType":"NetworkConfiguration","inputEndpoints":[{"name":"ssh","port":22,"localPort":22,"protocol":"tcp"}],"subnetNames":[]}],"dataVirtualHardDisks":[{"logicalUnitNumber":0,"logicalDiskSizeInGB":10}],"oSVirtualHardDisk":{"name":"disk","operatingSystem":"Linux"}}"#;
    tried(&[role.to_vec()], JSON, 2000, |bytes| {
        outcome(role_file::from_json(&String::from_utf8_lossy(bytes)))
    });
}
