//! `apt`: sources of packages, and apt's own configuration, as files.

use fake_docker::files::{Credentials, View};
use jiff::Timestamp;

use super::super::machine::Machine;
use super::super::yaml::Yaml;

/// Writes what a cloud-config says of apt. Keys that are to be fetched are not.
pub(crate) fn configure(
    files: &View,
    config: &Yaml,
    machine: &Machine,
    now: Timestamp,
) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut write = |path: String, text: String| {
        let root = &Credentials::ROOT;
        if files
            .write(&path, text.into_bytes(), 0o644, root, now)
            .is_err()
        {
            complaints.push("Running module apt-configure failed".to_owned());
        }
    };
    let Some(apt) = config.get("apt") else {
        return complaints;
    };
    if let Some(text) = apt.get("conf").and_then(Yaml::as_text) {
        write(
            "/etc/apt/apt.conf.d/94cloud-init-config".to_owned(),
            text.to_owned(),
        );
    }
    let release = machine.release("VERSION_CODENAME");
    let Some(Yaml::Map(sources)) = apt.get("sources") else {
        return complaints;
    };
    for (name, source) in sources {
        let told = source
            .get("filename")
            .and_then(Yaml::as_text)
            .unwrap_or(name);
        let file = told.rsplit('/').next().unwrap_or(told);
        let file = file.strip_suffix(".list").unwrap_or(file);
        if let Some(key) = source.get("key").and_then(Yaml::as_text) {
            write(format!("/etc/apt/trusted.gpg.d/{file}.asc"), key.to_owned());
        }
        if let Some(line) = source.get("source").and_then(Yaml::as_text) {
            let key = format!("/etc/apt/trusted.gpg.d/{file}.asc");
            let line = line
                .replace("$RELEASE", &release)
                .replace("$KEY_FILE", &key);
            write(
                format!("/etc/apt/sources.list.d/{file}.list"),
                format!("{line}\n"),
            );
        }
    }
    complaints
}
