//! The shape of the house: who imports whom, what is built, whether the map is true.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

/// Each module of `azure`, and those of the same crate that it may import.
const MAY_IMPORT: [(&str, &[&str]); 18] = [
    ("answer", &["backend", "domain"]),
    ("backend", &["backoff", "clock", "domain", "event", "pki"]),
    ("backoff", &[]),
    ("cli", &["domain"]),
    ("clock", &[]),
    (
        "commands",
        &[
            "answer",
            "backend",
            "backoff",
            "cli",
            "clock",
            "domain",
            "event",
            "failure",
            "files",
            "input",
            "pki",
            "provision",
            "saga",
            "sandbox",
            "settings",
            "terminal",
        ],
    ),
    ("domain", &[]),
    ("event", &["backend", "domain"]),
    (
        "failure",
        &[
            "answer",
            "backend",
            "commands",
            "domain",
            "pki",
            "provision",
            "saga",
            "settings",
        ],
    ),
    ("files", &[]),
    ("input", &[]),
    ("pki", &["clock", "domain", "files", "input"]),
    (
        "provision",
        &[
            "backend", "backoff", "clock", "domain", "event", "files", "input", "pki", "saga",
        ],
    ),
    ("saga", &["backend", "backoff", "clock", "event"]),
    ("sandbox", &[]),
    (
        "settings",
        &[
            "backend",
            "cli",
            "clock",
            "domain",
            "event",
            "files",
            "input",
            "pki",
            "provision",
        ],
    ),
    ("terminal", &["answer", "domain", "event", "input"]),
    // The program itself meets everybody; nobody meets it.
    ("main", &["*"]),
];

/// Crates and modules that stay out of a part of the tree, with the reason.
const NEVER: [(&str, &[&str], &str); 7] = [
    (
        "src/domain",
        &["reqwest", "clap", "tokio", "fake_azure"],
        "words know no machinery",
    ),
    (
        "src/provision",
        &["service_management", "reqwest", "clap", "fake_azure"],
        "one story, any cloud",
    ),
    (
        "src/saga",
        &["service_management", "reqwest", "clap", "fake_azure"],
        "undo knows no cloud",
    ),
    (
        "fake-azure/src",
        &["azure"],
        "the simulator judges the client and shares nothing with it",
    ),
    (
        "fake-azure/docker/src",
        &["azure", "fake_azure", "pfx"],
        "an engine knows no cloud",
    ),
    (
        "fake-azure/pfx/src",
        &["azure", "fake_azure", "fake_docker"],
        "files, not clouds",
    ),
    (
        "fake-azure/simulation/src",
        &["azure", "fake_azure", "fake_docker", "pfx"],
        "what simulators share knows neither",
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A source file and its lines that are neither comments nor tests.
struct Source {
    path: PathBuf,
    code: String,
}

/// All sources below a module: `src/x.rs` and `src/x/`, or a folder.
fn sources(module: &Path) -> Vec<Source> {
    let mut found = Vec::new();
    let mut waiting = vec![module.to_owned(), module.with_extension("rs")];
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("a folder of sources");
            waiting.extend(entries.map(|entry| entry.expect("an entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && path.file_stem().is_some_and(|stem| stem != "tests")
            && path.is_file()
        {
            let text = std::fs::read_to_string(&path).expect("a source");
            let (code, _tests) = text.split_once("#[cfg(test)]").unwrap_or((&text, ""));
            let code = code
                .lines()
                .filter(|line| !line.trim_start().starts_with("//"))
                .collect::<Vec<_>>()
                .join("\n");
            found.push(Source { path, code });
        }
    }
    found
}

/// The modules of its own crate that a source names, in `use` lines and in paths.
fn named_modules(code: &str) -> BTreeSet<String> {
    let single = Regex::new(r"\bcrate::([a-z_]+)").expect("an expression");
    let group = Regex::new(r"\bcrate::\{([^;]*)\}").expect("an expression");
    let member = Regex::new(r"(?:^|,)\s*([a-z_]+)").expect("an expression");
    let nested = Regex::new(r"\{[^{}]*\}").expect("an expression");
    let mut named: BTreeSet<String> = single
        .captures_iter(code)
        .map(|found| found[1].to_owned())
        .collect();
    for found in group.captures_iter(code) {
        let mut members = found[1].to_owned();
        while nested.is_match(&members) {
            members = nested.replace_all(&members, "").into_owned();
        }
        named.extend(
            member
                .captures_iter(&members)
                .map(|name| name[1].to_owned()),
        );
    }
    named
}

#[test]
fn the_modules_named_by_a_source_are_found() {
    let code = "use crate::a::B;\nuse crate::{b, c::{D, e}, f::g};\nlet x = crate::h::i();";
    assert_eq!(named_modules(code).into_iter().collect::<String>(), "abcfh");
}

#[test]
fn every_module_imports_only_what_the_table_allows() {
    let library = std::fs::read_to_string(root().join("src/lib.rs")).expect("the library");
    let modules = Regex::new(r"(?m)^(?:pub )?mod ([a-z_]+);").expect("an expression");
    let mut wrong = Vec::new();
    for module in modules
        .captures_iter(&library)
        .map(|found| found[1].to_owned())
    {
        let Some((_, allowed)) = MAY_IMPORT.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!("`{module}` has no row in the table"));
            continue;
        };
        for source in sources(&root().join("src").join(&module)) {
            for named in named_modules(&source.code) {
                if named != module && !allowed.contains(&named.as_str()) {
                    wrong.push(format!("{} imports `{named}`", source.path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_must_stay_out_stays_out() {
    let mut wrong = Vec::new();
    for (part, banned, reason) in NEVER {
        for source in sources(&root().join(part)) {
            for name in banned {
                let named = Regex::new(&format!(r"(?:\buse |[^_:a-z])({name})(?:::|;)"))
                    .expect("an expression");
                if named.is_match(&source.code) {
                    wrong.push(format!(
                        "{} names `{name}`: {reason}",
                        source.path.display()
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_world_knows_neither_skins_nor_what_runs_in_its_machines() {
    let allowed = ["world", "pace", "thumbprint", "tls_material"];
    for source in sources(&root().join("fake-azure/src/world")) {
        for named in named_modules(&source.code) {
            assert!(
                allowed.contains(&named.as_str()),
                "{} imports `{named}`",
                source.path.display()
            );
        }
    }
}

#[test]
fn every_path_that_the_architecture_names_exists() {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).expect("the map");
    let quoted = Regex::new(r"`([A-Za-z0-9_.][A-Za-z0-9_./-]*)`").expect("an expression");
    let is_path = |name: &str| {
        name.contains('/')
            || [".rs", ".toml", ".md", ".sh"]
                .iter()
                .any(|end| name.ends_with(end))
    };
    let missing: Vec<_> = quoted
        .captures_iter(&text)
        .map(|found| found[1].to_owned())
        .filter(|name| is_path(name))
        .filter(|name| !root().join(name).exists() && !root().join("src").join(name).exists())
        .collect();
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md names what is not there: {missing:?}"
    );
}

#[test]
fn modules_lie_beside_their_folders() {
    let found: Vec<_> = ["src", "fake-azure", "tests"]
        .iter()
        .flat_map(|folder| sources(&root().join(folder)))
        .filter(|source| source.path.ends_with("mod.rs"))
        .map(|source| source.path)
        .collect();
    assert!(
        found.is_empty(),
        "a module is `foo.rs` beside `foo/`: {found:?}"
    );
}

#[test]
fn one_tls_stack_is_built() {
    let tree = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--workspace",
            "--edges",
            "normal,build,dev",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}", "--locked", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo");
    assert!(
        tree.status.success(),
        "{}",
        String::from_utf8_lossy(&tree.stderr)
    );
    let tree = String::from_utf8(tree.stdout).expect("text");
    let built: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(
        built.contains("aws-lc-rs"),
        "the tree is not the whole tree"
    );
    for banned in ["ring", "openssl", "openssl-sys", "native-tls", "chrono"] {
        assert!(
            !built.contains(banned),
            "`{banned}` is built: cargo tree --workspace -i {banned}"
        );
    }
}
