//! The shape of the house: who imports whom, what is built, whether the map is true.

mod circles;
mod rooms;
mod source;
mod startup;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use regex::Regex;

use self::rooms::{CRATES, Crate};
use self::source::{named_modules, root, sources};

/// Crates and modules that stay out of a part of the tree, with the reason.
const NEVER: [(&str, &[&str], &str); 8] = [
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
        "fake-azure/template/src",
        &["azure", "fake_azure", "fake_docker", "pfx", "simulation"],
        "a language, not a cloud",
    ),
    (
        "fake-azure/simulation/src",
        &["azure", "fake_azure", "fake_docker", "pfx"],
        "what simulators share knows neither",
    ),
];

#[test]
fn every_module_imports_only_what_the_table_allows() {
    let module = Regex::new(r"(?m)^(?:pub )?mod ([a-z0-9_]+);").expect("an expression");
    let mut wrong = Vec::new();
    for Crate {
        name,
        root: base,
        rooms,
    } in CRATES
    {
        let base = root().join(base);
        let library = std::fs::read_to_string(base.join("lib.rs")).expect("the library");
        let modules: BTreeSet<String> = module
            .captures_iter(&library)
            .map(|found| found[1].to_owned())
            .collect();
        for (room, _) in *rooms {
            if !modules.contains(*room) {
                wrong.push(format!("{name} has no module `{room}`"));
            }
        }
        for module in &modules {
            let Some((_, allowed)) = rooms.iter().find(|(room, _)| room == module) else {
                wrong.push(format!("`{module}` of {name} has no row in the table"));
                continue;
            };
            let mut idle: BTreeSet<&str> = allowed.iter().copied().collect();
            for source in sources(&base.join(module)) {
                let named = named_modules(&source.code);
                for named in named.iter().filter(|named| modules.contains(*named)) {
                    idle.remove(named.as_str());
                    if named != module && !allowed.contains(&named.as_str()) {
                        wrong.push(format!("{} imports `{named}`", source.path.display()));
                    }
                }
            }
            if !idle.is_empty() {
                wrong.push(format!("`{module}` of {name} does not import {idle:?}"));
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
fn the_ground_of_the_world_knows_none_of_the_worlds_that_stand_on_it() {
    let world = root().join("fake-azure/src/world");
    let joints = ["world.rs", "snapshot.rs"];
    let is_ground = |path: &Path| {
        !path.starts_with(world.join("classic"))
            && !path.ends_with("classic.rs")
            && !joints.iter().any(|joint| path.ends_with(joint))
    };
    let classic = Regex::new(r"\bclassic\b").expect("an expression");
    let shared = Regex::new(r"super::(?:\{[^}]*)?\b(?:Refusal|Command|View|World)\b").expect("one");
    let mut seen = 0;
    for source in sources(&world)
        .iter()
        .filter(|source| is_ground(&source.path))
    {
        seen += 1;
        assert!(
            !classic.is_match(&source.code) && !shared.is_match(&source.code),
            "{} knows classic Azure",
            source.path.display()
        );
    }
    assert!(seen > 10, "{seen} files");
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
