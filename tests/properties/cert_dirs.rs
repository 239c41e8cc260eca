use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use azure::domain::{CertDir, CertDirError};
use azure::pki::docker::CertFolder;
use jiff::Timestamp;
use proptest::prelude::*;

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().unwrap()
}

fn resolve(option: &OsStr) -> Result<PathBuf, CertDirError> {
    CertDir::resolve(
        Some(option),
        Some(Path::new("/home/me")),
        Path::new("/work/here"),
    )
    .map(|folder| folder.path().to_owned())
}

/// Makes what is missing for a host; how many files were made.
fn settle(folder: &Path) -> usize {
    let host = "web".parse().unwrap();
    let plan = CertFolder::look(folder, &host, "cloudapp.net", now()).unwrap();
    plan.carry_out().unwrap().made.len()
}

fn contents(folder: &Path) -> BTreeMap<OsString, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| (entry.file_name(), fs::read(entry.path()).unwrap()))
        .collect()
}

/// A name of a folder, not always UTF-8.
fn name() -> impl Strategy<Value = OsString> {
    prop::collection::vec(1_u8.., 1..20)
        .prop_map(|mut bytes| {
            bytes.retain(|byte| *byte != b'/');
            OsString::from_vec(bytes)
        })
        .prop_filter("dots and the home sign mean something", |name| {
            !["", ".", "..", "~"]
                .map(OsStr::new)
                .contains(&name.as_os_str())
        })
}

#[test]
fn the_option_means_what_a_shell_would_make_of_it() {
    let cases = [
        ("certs", "/work/here/certs"),
        ("./certs/", "/work/here/certs"),
        ("a b/c d", "/work/here/a b/c d"),
        ("/etc/docker//certs///", "/etc/docker/certs"),
        ("~", "/home/me"),
        ("~/", "/home/me"),
        ("~/.docker", "/home/me/.docker"),
        ("~other/certs", "/work/here/~other/certs"),
        ("a/~/b", "/work/here/a/~/b"),
        ("../certs", "/work/here/../certs"),
        ("", "/home/me/.docker"),
    ];
    for (option, expected) in cases {
        assert_eq!(
            resolve(OsStr::new(option)).unwrap(),
            Path::new(expected),
            "{option}"
        );
    }
    assert_eq!(resolve(OsStr::new("/")), Err(CertDirError::Root));
    let zero = OsStr::from_bytes(b"a\0b");
    assert_eq!(resolve(zero), Err(CertDirError::ZeroByte(zero.to_owned())));
}

#[test]
fn without_a_home_only_what_needs_one_is_refused() {
    let resolve = |option: Option<&str>, home: Option<&str>| {
        CertDir::resolve(
            option.map(OsStr::new),
            home.map(Path::new),
            Path::new("/here"),
        )
    };
    for home in [None, Some("")] {
        assert_eq!(resolve(None, home), Err(CertDirError::NoHome));
        assert_eq!(resolve(Some("~/x"), home), Err(CertDirError::NoHome));
        assert!(resolve(Some("x"), home).is_ok());
    }
}

#[test]
fn a_link_to_a_folder_is_followed_with_and_without_a_slash() {
    let place = tempfile::tempdir().unwrap();
    let real = place.path().join("real");
    fs::create_dir(&real).unwrap();
    symlink("real", place.path().join("link")).unwrap();

    for option in ["link", "link/"] {
        let folder = CertDir::resolve(Some(OsStr::new(option)), None, place.path()).unwrap();
        settle(folder.path());
    }

    assert_eq!(contents(&real).len(), 6);
    assert!(place.path().join("link").is_symlink());
}

proptest! {
    #[test]
    fn a_relative_name_lies_in_the_current_folder(name in name(), slash in any::<bool>()) {
        let mut typed = name.clone();
        if slash {
            typed.push("/");
        }

        prop_assert_eq!(resolve(&typed).unwrap(), Path::new("/work/here").join(name));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_else_changes_a_byte_and_a_second_run_does_nothing(
        folder in name(),
        others in prop::collection::btree_map("[a-z]{1,8}\\.(json|csr|bak)", prop::collection::vec(any::<u8>(), 0..50), 0..4),
    ) {
        let place = tempfile::tempdir().unwrap();
        let folder = CertDir::resolve(Some(&folder), None, place.path()).unwrap();
        fs::create_dir(folder.path()).unwrap();
        for (name, bytes) in &others {
            fs::write(folder.path().join(name), bytes).unwrap();
        }

        prop_assert_eq!(settle(folder.path()), 6);

        let first = contents(folder.path());
        prop_assert_eq!(first.len(), 6 + others.len());
        for (name, bytes) in &others {
            prop_assert_eq!(&first[OsStr::new(name)], bytes);
        }
        prop_assert_eq!(settle(folder.path()), 0);
        prop_assert_eq!(contents(folder.path()), first);
    }
}
