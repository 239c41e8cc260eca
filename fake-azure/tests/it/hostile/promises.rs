//! docs/security.md: each of its bounds is held by a test that is there.

use std::path::{Path, PathBuf};
use std::time::Duration;

use fake_azure::Limits;

fn text(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join("..").join(path)).unwrap()
}

/// Every source file below a folder.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("target") {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What stands between backticks, where it is the path of a function.
fn functions(cell: &str) -> impl Iterator<Item = &str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    quoted.filter(|word| word.contains("::"))
}

#[test]
fn each_promise_has_its_test() {
    let page = text("docs/security.md");
    let mut files = Vec::new();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for folder in ["src", "tests", "fake-azure"] {
        sources(&workspace.join(folder), &mut files);
    }
    let sources: Vec<_> = files
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let mut promises = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let cell = row.trim_end_matches(" |").rsplit(" | ").next().unwrap();
        if matches!(cell, "test" | "bound") {
            continue;
        }
        assert!(functions(cell).count() > 0, "no test in: {row}");
        for function in functions(cell) {
            let name = function.rsplit("::").next().unwrap();
            let head = format!("fn {name}(");
            let is_there = sources.iter().any(|source| source.contains(&head));
            assert!(is_there, "there is no test {function}");
        }
        promises += 1;
    }
    assert!(promises > 60, "{promises}");
}

#[test]
fn the_numbers_are_those_of_the_program() {
    let page = text("docs/security.md");
    let Limits {
        body_bytes,
        managed_body_bytes,
        unfinished_bytes,
        snapshot_bytes,
        silence,
    } = Limits::default();
    for said in [
        format!("{} MiB (`Limits::body_bytes`)", body_bytes >> 20),
        format!(
            "{} MiB (`Limits::managed_body_bytes`)",
            managed_body_bytes >> 20
        ),
        format!(
            "{} MiB (`Limits::unfinished_bytes`)",
            unfinished_bytes >> 20
        ),
        format!("{} MiB (`Limits::snapshot_bytes`)", snapshot_bytes >> 20),
        format!(
            "{} minutes for the rest (`Limits::silence`)",
            silence.as_secs() / 60
        ),
    ] {
        assert!(page.contains(&said), "{said}");
    }
    assert_eq!(body_bytes % (1 << 20) + unfinished_bytes % (1 << 20), 0);
    assert_eq!(silence, Duration::from_mins(2));
    let docker = fake_azure::fake_docker::Limits::default();
    for said in [
        format!("documents {} MiB", docker.document_bytes >> 20),
        format!("archives {} GiB", docker.archive_bytes >> 30),
        format!("together {} GiB", docker.unfinished_bytes >> 30),
        format!("Docker ports {} minutes", docker.silence.as_secs() / 60),
    ] {
        assert!(page.contains(&said), "{said}");
    }
}
