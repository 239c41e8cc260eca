//! Today's `az`, already signed in: a folder of its own, and a wrapper that names it.
//!
//! The old CLI reads az's profile under the same name, and what it finds there makes each of its
//! commands fail; so the command's `AZURE_CONFIG_DIR` cannot be az's.

use std::ffi::OsStr;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::commands::sign_in::SignIn;
use crate::files;
use crate::sandbox::Folder;

/// How a wrapper begins. In a run within a run the outer one's is passed over: it names the outer
/// one's folder.
const MARK: &[u8] = b"#!/bin/sh\n# az of a simulated Azure\n";

/// What the subscription is called in az's list.
const SUBSCRIPTION: &str = "Simulated subscription";

/// Signs az in, where there is one on the path.
pub(super) fn prepare(folder: &Folder, sign_in: &SignIn, path: Option<&OsStr>) -> io::Result<()> {
    let Some(az) = path.and_then(|path| find(path, &folder.programs())) else {
        return Ok(());
    };
    let place = folder.today();
    let profile = json!({
        "installationId": sign_in.tenant,
        "subscriptions": [{
            "id": sign_in.subscription,
            "name": SUBSCRIPTION,
            "state": "Enabled",
            "user": { "name": sign_in.client, "type": "servicePrincipal" },
            "isDefault": true,
            "tenantId": sign_in.tenant,
            "environmentName": "AzureCloud",
            "homeTenantId": sign_in.tenant,
            "managedByTenants": [],
        }],
    });
    let entries = json!([{
        "client_id": sign_in.client,
        "tenant": sign_in.tenant,
        "client_secret": sign_in.secret.expose_secret(),
    }]);
    for (name, content) in [
        ("azureProfile.json", profile),
        ("service_principal_entries.json", entries),
    ] {
        files::write_new(&place.join(name), content.to_string().as_bytes())?;
    }
    let mut wrapper = MARK.to_vec();
    for (name, value) in [
        (&b"AZURE_CONFIG_DIR"[..], quoted(place.as_os_str())),
        // It would tell the real cloud of its use, and ask what its user thinks of it.
        (b"AZURE_CORE_COLLECT_TELEMETRY", b"no".to_vec()),
        (b"AZURE_CORE_SURVEY_MESSAGE", b"no".to_vec()),
    ] {
        wrapper.extend([name, b"=", &value, b"\nexport ", name, b"\n"].concat());
    }
    wrapper.extend([b"exec ", &*quoted(az.as_os_str()), b" \"$@\"\n"].concat());
    let mut file = std::fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o700)
        .open(folder.programs().join("az"))?;
    file.write_all(&wrapper)
}

/// The first `az` of a path that is no wrapper of a run's.
fn find(path: &OsStr, own: &Path) -> Option<PathBuf> {
    std::env::split_paths(path)
        .filter(|folder| folder.is_absolute() && folder != own)
        .map(|folder| folder.join("az"))
        .find(|az| is_program(az) && !is_wrapper(az))
}

fn is_program(path: &Path) -> bool {
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

fn is_wrapper(path: &Path) -> bool {
    let mut begin = Vec::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(MARK.len() as u64).read_to_end(&mut begin));
    read.is_ok() && begin == MARK
}

/// A word that the shell takes as it is.
fn quoted(word: &OsStr) -> Vec<u8> {
    let mut text = vec![b'\''];
    for byte in word.as_bytes() {
        match byte {
            b'\'' => text.extend(b"'\\''"),
            other => text.push(*other),
        }
    }
    text.push(b'\'');
    text
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::process::Command;

    use super::*;

    fn sign_in() -> SignIn {
        let text = r#"{"clientId": "c", "clientSecret": "s", "tenantId": "t", "subscriptionId": "u",
            "activeDirectoryEndpointUrl": "x"}"#;
        serde_json::from_str(text).unwrap()
    }

    fn program(folder: &Path, script: &str) -> PathBuf {
        std::fs::create_dir_all(folder).unwrap();
        let path = folder.join("az");
        let mut file = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o700)
            .open(&path)
            .unwrap();
        file.write_all(script.as_bytes()).unwrap();
        path
    }

    #[test]
    fn without_az_on_the_path_there_is_none_afterwards() {
        let folder = Folder::create().unwrap();
        prepare(&folder, &sign_in(), Some(OsStr::new("/nonexistent"))).unwrap();
        prepare(&folder, &sign_in(), None).unwrap();
        assert!(!folder.programs().join("az").exists());
        assert_eq!(folder.today().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn az_finds_a_folder_of_its_own_in_a_run_and_in_one_within_it() {
        let place = tempfile::tempdir().unwrap();
        let odd = place.path().join("it's odd");
        let script = "#!/bin/sh\necho \"$AZURE_CONFIG_DIR $*\"\n";
        program(&odd, script);
        let (outer, inner) = (Folder::create().unwrap(), Folder::create().unwrap());
        let path = std::env::join_paths([&odd]).unwrap();
        prepare(&outer, &sign_in(), Some(&path)).unwrap();
        let within = std::env::join_paths([&outer.programs(), &odd]).unwrap();
        prepare(&inner, &sign_in(), Some(&within)).unwrap();
        for folder in [&outer, &inner] {
            let ran = Command::new(folder.programs().join("az"))
                .args(["account", "a b"])
                .output()
                .unwrap();
            let said = String::from_utf8(ran.stdout).unwrap();
            assert_eq!(said, format!("{} account a b\n", folder.today().display()));
            let entries = folder.today().join("service_principal_entries.json");
            let mode = entries.metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_no_program_is_no_az() {
        let place = tempfile::tempdir().unwrap();
        let (text, link) = (place.path().join("text"), place.path().join("link"));
        let path = program(&text, "words");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        std::fs::create_dir(&link).unwrap();
        let real = program(&place.path().join("real"), "#!/bin/sh\n");
        symlink(real, link.join("az")).unwrap();
        let path = std::env::join_paths([&text, &link]).unwrap();
        let own = place.path().join("own");
        assert_eq!(find(&path, &own), Some(link.join("az")));
    }
}
