//! What all suites begin with, the images, and extension: the galleries.

use serde_json::Value;

use super::stage::{LINUX, Stage, WINDOWS, stages};

#[test]
fn the_first_public_images_are_those_that_all_suites_take() {
    for stage in stages("instant") {
        let listed = stage.json("vm image list");
        let first = |os: &str| {
            let fits = |image: &&Value| {
                let nested = &image["oSDiskConfiguration"]["operatingSystem"];
                let of = image["operatingSystemType"].as_str().or(nested.as_str());
                let of = of.expect("every image has an operating system");
                let category = image["category"].as_str().expect("a category");
                of.eq_ignore_ascii_case(os) && category.eq_ignore_ascii_case("public")
            };
            let found = listed.as_array().expect("a list").iter().find(fits);
            found.map(|image| image["name"].clone())
        };
        assert_eq!(first("linux"), Some(LINUX.into()));
        assert_eq!(first("windows"), Some(WINDOWS.into()));
    }
}

fn listed(stage: &Stage, options: &str) -> Vec<(String, String, String)> {
    let listed = stage.json(&format!("vm extension list {options}"));
    let listed = listed.as_array().expect("a list");
    let text = |one: &Value, what: &str| one[what].as_str().expect("a text").to_owned();
    listed
        .iter()
        .map(|one| {
            (
                text(one, "publisher"),
                text(one, "name"),
                text(one, "version"),
            )
        })
        .collect()
}

#[test]
fn extensions_are_listed_by_publisher_name_and_version() {
    const PUBLISHER: &str = "Microsoft.VisualStudio.Azure.RemoteDebug";
    for stage in stages("instant") {
        let all = listed(&stage, "");
        for (publisher, name) in [
            ("Microsoft.Compute", "BGInfo"),
            ("MSOpenTech.Extensions", "DockerExtension"),
            ("Microsoft.Azure.Extensions", "DockerExtension"),
        ] {
            assert!(
                all.iter().any(|(p, n, _)| p == publisher && n == name),
                "{name}"
            );
        }

        let either = listed(&stage, &format!("-p {PUBLISHER} -n VS2012Debugger"));
        assert!(either.len() > 1);
        assert!(
            either
                .iter()
                .all(|(p, n, _)| p == PUBLISHER || n == "VS2012Debugger")
        );

        let both = format!("-p {PUBLISHER} -n VS14CTPDebugger");
        let versions = listed(&stage, &format!("{both} -a"));
        assert!(versions.len() > 1);
        assert!(
            versions
                .iter()
                .all(|(p, n, _)| p == PUBLISHER && n == "VS14CTPDebugger")
        );
        let one = listed(&stage, &format!("{both} -e 1.0.0.0"));
        assert_eq!(
            one,
            [(PUBLISHER.into(), "VS14CTPDebugger".into(), "1.0.0.0".into())]
        );
    }
}
