//! What the files in `fixtures/` are for: each is read as a stranger would hand it in.

mod exchange;
mod operations;
mod peer;
mod spoiled;
mod walk;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::clean_room::CleanRoom;

fn publish_settings() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/publish-settings")
}

/// Imports a file and tells the subscriptions that came of it: name, address.
fn imported(file: &str) -> Vec<(String, String)> {
    let room = CleanRoom::new();
    let path = publish_settings().join(file);
    let ran = room.azure(&["account", "import", path.to_str().expect("a path")]);
    assert_eq!(ran.code, Some(0), "{file}: {}", ran.stderr);
    let listed = room.azure(&["account", "list", "--json"]);
    let all: Vec<Value> = serde_json::from_str(&listed.stdout).expect("JSON");
    all.iter()
        .map(|one| {
            let text = |field: &str| one[field].as_str().expect("text").to_owned();
            (text("name"), text("managementEndpointUrl"))
        })
        .collect()
}

#[test]
fn both_kinds_of_publish_settings_are_imported() {
    let pair = |name: &str, url: &str| (name.to_owned(), url.to_owned());

    assert_eq!(
        imported("schema-1.publishsettings"),
        [
            pair("First", "https://management.one.example"),
            pair("Second", "https://management.one.example"),
        ]
    );
    assert_eq!(
        imported("schema-2.publishsettings"),
        [
            pair("First", "https://management.one.example"),
            pair("Second & last", "https://management.two.example:8443/"),
        ]
    );
}

#[test]
fn a_web_sites_file_is_told_apart() {
    let room = CleanRoom::new();
    let path = publish_settings().join("web-site.publishsettings");

    let ran = room.azure(&["account", "import", path.to_str().expect("a path")]);

    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("publish profile of a web site"),
        "{}",
        ran.stderr
    );
}

#[test]
fn no_file_lies_there_that_no_test_reads() {
    let mut names: Vec<String> = std::fs::read_dir(publish_settings())
        .expect("the folder")
        .map(|one| {
            one.expect("a file")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        [
            "schema-1.publishsettings",
            "schema-2.publishsettings",
            "web-site.publishsettings"
        ]
    );
}
