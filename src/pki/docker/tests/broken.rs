use std::os::unix::fs::symlink;

use jiff::{SignedDuration, ToSpan};

use super::*;
use crate::pki::docker::Planned;

/// Another set, whose authority has the same name.
static OTHER: LazyLock<Set> = LazyLock::new(|| made_at(now()));

/// A set whose leaves have expired and whose authority has not.
static AGED: LazyLock<Set> =
    LazyLock::new(|| made_at(now() - SignedDuration::from_hours(24 * 1200)));

#[test]
fn an_expired_leaf_is_renamed_and_made_anew_under_its_key() {
    let folder = folder_of(
        AGED.iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    );
    let taken = folder.path().join("cert.pem.expired-2026-08-12");
    fs::create_dir(&taken).unwrap();

    let plan = look(folder.path()).unwrap();
    let renamed: Vec<_> = plan
        .will()
        .filter_map(|planned| match planned {
            Planned::Rename { from, to } => Some((from, to)),
            _ => None,
        })
        .collect();
    let set = plan.carry_out().unwrap();

    let path = |name: &str| folder.path().join(name);
    assert_eq!(
        renamed,
        [
            (
                path("server-cert.pem"),
                path("server-cert.pem.expired-2026-08-12")
            ),
            (path("cert.pem"), path("cert.pem.expired-2026-08-12-2")),
        ]
    );
    assert_eq!(set.made, ["server-cert.pem", "cert.pem"].map(path));
    fs::remove_dir(&taken).unwrap();
    let after = contents(folder.path());
    assert_eq!(after["cert.pem.expired-2026-08-12-2"], AGED["cert.pem"]);
    for kept in ["ca.pem", "ca-key.pem", "server-key.pem", "key.pem"] {
        assert_eq!(after[kept], AGED[kept], "{kept}");
    }
    assert!(look(folder.path()).unwrap().is_whole());
}

#[test]
fn an_expired_leaf_without_the_authoritys_key_is_refused() {
    let folder = folder_of(
        AGED.iter()
            .filter(|(name, _)| *name != "ca-key.pem")
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice())),
    );

    let error = look(folder.path()).unwrap_err();

    assert!(
        matches!(error, CertFolderError::NoAuthorityKey { .. }),
        "{error:?}"
    );
}

#[test]
fn an_expired_authority_is_refused() {
    let folder = whole_but(&[]);
    let later = now() + SignedDuration::from_hours(24 * 3651);

    let error = look_at(folder.path(), later).unwrap_err();

    assert!(
        matches!(error, CertFolderError::AuthorityExpired { .. }),
        "{error:?}"
    );
    assert!(look_at(folder.path(), now() + 1.hour()).is_ok());
}

#[test]
fn a_key_of_another_certificate_is_refused() {
    for key in ["ca-key.pem", "server-key.pem", "key.pem"] {
        let folder = whole_but(&[(key, &OTHER[key])]);

        let error = look(folder.path()).unwrap_err();

        let CertFolderError::OtherKey { key: named, .. } = error else {
            panic!("{key}: {error:?}");
        };
        assert_eq!(named, folder.path().join(key));
    }
}

#[test]
fn a_leaf_of_another_authority_is_refused_though_the_names_agree() {
    for (key, certificate) in [
        ("server-key.pem", "server-cert.pem"),
        ("key.pem", "cert.pem"),
    ] {
        let folder = whole_but(&[(key, &OTHER[key]), (certificate, &OTHER[certificate])]);

        let error = look(folder.path()).unwrap_err();

        let CertFolderError::OtherAuthority {
            certificate: named, ..
        } = error
        else {
            panic!("{key}: {error:?}");
        };
        assert_eq!(named, folder.path().join(certificate));
    }
}

#[test]
fn a_file_that_is_not_what_its_name_says_is_refused() {
    let armour = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for name in SIX {
        for nonsense in [b"".as_slice(), b"\xff\xfe", armour] {
            let folder = whole_but(&[(name, nonsense)]);

            let error = look(folder.path()).unwrap_err();

            let CertFolderError::Unparsable { file, .. } = &error else {
                panic!("{name}: {error:?}");
            };
            assert_eq!(*file, folder.path().join(name));
            assert_eq!(contents(folder.path())[name], nonsense);
        }
    }
}

#[test]
fn a_file_that_cannot_be_read_is_refused() {
    for name in SIX {
        for way in ["a folder", "a dangling link", "a link to itself"] {
            let folder = whole_but(&[]);
            let path = folder.path().join(name);
            fs::remove_file(&path).unwrap();
            match way {
                "a folder" => fs::create_dir(&path).unwrap(),
                "a dangling link" => symlink("nowhere", &path).unwrap(),
                _ => symlink(name, &path).unwrap(),
            }

            let error = look(folder.path()).unwrap_err();

            let CertFolderError::Unreadable { file, .. } = &error else {
                panic!("{name} {way}: {error:?}");
            };
            assert_eq!(*file, path);
        }
    }
}

#[test]
fn links_to_good_files_are_followed() {
    let elsewhere = whole_but(&[]);
    let folder = tempfile::tempdir().unwrap();
    for name in SIX {
        symlink(elsewhere.path().join(name), folder.path().join(name)).unwrap();
    }

    assert!(look(folder.path()).unwrap().is_whole());
}

#[test]
fn what_is_no_folder_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("certs");
    crate::files::write_new(&path, b"").unwrap();
    let link = folder.path().join("link");
    symlink("nowhere", &link).unwrap();

    for place in [&path, &link] {
        let error = look(place).unwrap_err();
        assert!(matches!(error, CertFolderError::NotAFolder(_)), "{error:?}");
    }
    let error = look(&path.join("inside")).unwrap_err();
    assert!(
        matches!(error, CertFolderError::FolderUnreadable { .. }),
        "{error:?}"
    );
}

#[test]
fn a_file_that_came_after_the_look_is_kept_and_the_rest_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let plan = look(folder.path()).unwrap();
    crate::files::write_new(&folder.path().join("key.pem"), b"another run's").unwrap();

    let error = plan.carry_out().unwrap_err();

    assert!(
        matches!(error, CertFolderError::CameMeanwhile(_)),
        "{error:?}"
    );
    let after = contents(folder.path());
    assert_eq!(after.len(), 1);
    assert_eq!(after["key.pem"], b"another run's");
}

#[test]
fn other_files_and_the_folders_mode_stay_as_they_are() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder_of([("config.json", b"{}".as_slice()), ("server.csr", b"csr")]);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();

    settle(folder.path()).unwrap();

    let after = contents(folder.path());
    assert_eq!(after.len(), 8);
    assert_eq!(after["config.json"], b"{}");
    let mode = fs::metadata(folder.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o755);
}
