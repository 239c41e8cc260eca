use super::*;
use crate::pki::docker::Planned;

/// What the rule of pairs says about a subset, written without a look at the code.
fn oracle(present: &[&str]) -> Result<Vec<&'static str>, &'static str> {
    let has = |name| present.contains(&name);
    let missing = || {
        SIX.into_iter()
            .filter(|name| !has(*name))
            .collect::<Vec<_>>()
    };
    if present.is_empty() {
        return Ok(missing());
    }
    if !has("ca.pem") {
        return Err("ca.pem");
    }
    for (certificate, key) in [
        ("server-cert.pem", "server-key.pem"),
        ("cert.pem", "key.pem"),
    ] {
        if has(certificate) && !has(key) {
            return Err(key);
        }
    }
    match missing().as_slice() {
        [] | ["ca-key.pem"] => Ok(vec![]),
        _ if !has("ca-key.pem") => Err("ca-key.pem"),
        missing => Ok(missing.to_vec()),
    }
}

#[test]
fn each_of_the_64_subsets_has_its_outcome() {
    for subset in 0_u8..64 {
        let present: Vec<&str> = (0..6)
            .filter(|bit| subset & (1 << bit) != 0)
            .map(|bit| SIX[bit])
            .collect();
        let folder = folder_of(present.iter().map(|name| (*name, SET[*name].as_slice())));
        let before = contents(folder.path());

        let settled = settle(folder.path());

        let after = contents(folder.path());
        for (name, bytes) in &before {
            assert_eq!(after.get(name), Some(bytes), "{present:?} changed {name}");
        }
        match (oracle(&present), settled) {
            (Ok(made), Ok(set)) => {
                println!("{present:?}: makes {made:?}");
                let names: Vec<_> = set
                    .made
                    .iter()
                    .map(|path| path.file_name().unwrap())
                    .collect();
                assert_eq!(names, made, "{present:?}");
                let whole = present.len() + made.len();
                assert_eq!(after.len(), whole, "{present:?} left {:?}", after.keys());
                let again = look(folder.path()).unwrap();
                assert!(again.is_whole(), "{present:?}");
                assert!(
                    again
                        .will()
                        .all(|planned| matches!(planned, Planned::Use(_)))
                );
                assert!(again.carry_out().unwrap().made.is_empty());
                assert_eq!(contents(folder.path()), after, "{present:?} run twice");
            }
            (Err(missing), Err(error)) => {
                let said = error.to_string();
                println!("{present:?}: {said}");
                let missing = folder.path().join(missing);
                assert!(
                    said.contains(&missing.display().to_string()),
                    "{present:?}: {said}"
                );
                assert_eq!(after, before, "{present:?}");
            }
            (expected, found) => panic!("{present:?}: expected {expected:?}, found {found:?}"),
        }
    }
}

#[test]
fn a_refusal_without_the_authority_names_every_file_that_is_there() {
    let folder = folder_of(["ca-key.pem", "key.pem"].map(|name| (name, SET[name].as_slice())));

    let error = look(folder.path()).unwrap_err();

    let CertFolderError::NoAuthority { missing, beside } = error else {
        panic!("{error:?}");
    };
    assert_eq!(missing, folder.path().join("ca.pem"));
    let expected = ["ca-key.pem", "key.pem"].map(|name| folder.path().join(name));
    assert_eq!(beside, expected);
}

#[test]
fn the_later_old_clis_names_are_used_for_their_host_alone() {
    let renamed = |name: &str| match name {
        "server-key.pem" => "web-server-key.pem".to_owned(),
        "server-cert.pem" => "web-server-cert.pem".to_owned(),
        name => name.to_owned(),
    };
    let named: Vec<_> = SET
        .iter()
        .map(|(name, bytes)| (renamed(name), bytes))
        .collect();
    let folder = folder_of(
        named
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    );

    assert!(look(folder.path()).unwrap().is_whole());

    let other = CertFolder::look(
        folder.path(),
        &"shop".parse().unwrap(),
        "cloudapp.net",
        now(),
    )
    .unwrap();
    let made = other.carry_out().unwrap().made;
    assert_eq!(
        made,
        ["server-key.pem", "server-cert.pem"].map(|name| folder.path().join(name))
    );
}

#[test]
fn a_new_folder_and_its_files_are_private_and_its_parents_are_made() {
    use std::os::unix::fs::PermissionsExt as _;
    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("not/there/.docker");

    settle(&folder).unwrap();

    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for name in SIX {
        assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
    }
}

#[test]
fn a_made_set_stands_for_every_host_and_for_this_machine() {
    let folder = whole_but(&[]);

    let set = settle(folder.path()).unwrap();

    assert_eq!(set.tls_verify, Ok(()));
    assert!(set.good_for_localhost);
    assert!(set.warnings.is_empty(), "{:?}", set.warnings);
    assert!(set.client_config().is_ok());
    let server = crate::pki::certificate::Certificate::from_pem(set.server_cert_pem.as_bytes());
    let server = server.unwrap();
    assert!(server.is_for_host("another.cloudapp.net"));
    assert!(server.is_for_host("localhost"));
    assert!(!server.is_for_host("cloudapp.net"));
    assert!(!server.is_for_host("a.b.cloudapp.net"));
}

#[test]
fn no_secret_is_in_the_debug_output() {
    let folder = whole_but(&[]);
    let plan = look(folder.path()).unwrap();

    let shown = format!("{plan:?} {:?}", plan.carry_out().unwrap());

    assert!(!shown.contains("PRIVATE KEY"), "{shown}");
}
