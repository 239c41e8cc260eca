//! Circles of files: those that import each other, straight or by way of others.
//!
//! A module and those below it are one another's business, so imports between them are no part of
//! a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::rooms::{CRATES, Crate};
use super::source::{imported, root, sources};

/// A circle that may be.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Allowed {
    name: &'static str,
    /// What its files are, or are below.
    within: &'static [&'static str],
    reason: &'static str,
}

const fn allowed(
    name: &'static str,
    within: &'static [&'static str],
    reason: &'static str,
) -> Allowed {
    Allowed {
        name,
        within,
        reason,
    }
}

const ALLOWED: &[Allowed] = &[
    allowed(
        "fake-azure",
        &["world::classic"],
        "things refer to each other as they do in Azure: a machine to its disks, a disk to its machine",
    ),
    allowed(
        "fake-azure",
        &["world::resource_manager"],
        "resources refer to each other, and a deployment makes any of them",
    ),
    allowed(
        "fake-azure",
        &["arm", "asm", "cloud", "faults", "guest", "state"],
        "the door asks the cloud which rule a call meets, rules name operations as the routes do, and they are a \
         part of the state that the cloud writes down",
    ),
    allowed(
        "fake-docker",
        &["engine::host_ports", "process::network::datagrams"],
        "a datagram at a host's port goes into a container's network, and its answer back",
    ),
    allowed(
        "fake-docker",
        &["api", "engine", "journal", "faults"],
        "an engine serves its own API, which asks it; its journal and its faults tell of it",
    ),
    allowed(
        "fake-docker",
        &["api"],
        "routes name their handlers, and a call knows the route that it came by",
    ),
    allowed(
        "fake-docker",
        &["process"],
        "a process has descriptors, and there are descriptors that tell of processes",
    ),
    allowed(
        "fake-docker",
        &["registry", "reference"],
        "published images are made by recipes that begin with published images, by their names",
    ),
    allowed(
        "fake-docker",
        &["state"],
        "networks and pulls are told by their parts, which know what they are parts of",
    ),
];

type Module = Vec<String>;

/// Who imports whom among the files of a crate.
fn imports(house: &Crate) -> BTreeMap<Module, BTreeSet<Module>> {
    let base = root().join(house.root);
    let module_of = |path: &Path| -> Module {
        let path = path.strip_prefix(&base).expect("below its root");
        let path = path.with_extension("");
        let words = path.iter().map(|word| word.to_string_lossy().into_owned());
        words.filter(|word| word != "lib").collect()
    };
    let codes: BTreeMap<Module, String> = sources(&base)
        .into_iter()
        .map(|source| (module_of(&source.path), source.code))
        .collect();
    let file_of = |path: &[String]| -> Module {
        let longest = (0..=path.len()).rev().map(|n| &path[..n]);
        let found = longest.into_iter().find(|path| codes.contains_key(*path));
        found.map(<[String]>::to_vec).unwrap_or_default()
    };
    let resolved = |from: &Module, path: &[String]| -> Option<Module> {
        let (mut at, mut rest) = match path.first()?.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" | "super" => (from.clone(), path),
            first => {
                let child: Module = from.iter().cloned().chain([first.to_owned()]).collect();
                codes.contains_key(&child).then(|| (from.clone(), path))?
            }
        };
        while let Some((word, after)) = rest.split_first()
            && (word == "self" || word == "super")
        {
            if word == "super" {
                at.pop();
            }
            rest = after;
        }
        at.extend(rest.iter().cloned());
        Some(file_of(&at))
    };
    codes
        .iter()
        .map(|(from, code)| {
            let paths = imported(code);
            let named = paths.iter().filter_map(|path| resolved(from, path));
            let others = named.filter(|to| !to.starts_with(from) && !from.starts_with(to));
            (from.clone(), others.collect())
        })
        .collect()
}

/// All that a file comes to by its imports.
fn reached<'a>(
    imports: &'a BTreeMap<Module, BTreeSet<Module>>,
    from: &'a Module,
) -> BTreeSet<&'a Module> {
    let mut seen = BTreeSet::new();
    let mut waiting: Vec<&Module> = imports[from].iter().collect();
    while let Some(module) = waiting.pop() {
        if seen.insert(module) {
            waiting.extend(imports.get(module).into_iter().flatten());
        }
    }
    seen
}

/// The circles of a crate, each as its files.
fn circles(imports: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<BTreeSet<Module>> {
    let reach: BTreeMap<&Module, BTreeSet<&Module>> = imports
        .keys()
        .map(|from| (from, reached(imports, from)))
        .collect();
    let with = |module: &Module| -> BTreeSet<Module> {
        let others = reach[module].iter();
        let back = others.filter(|other| reach[**other].contains(module));
        back.map(|other| (*other).clone()).collect()
    };
    reach
        .keys()
        .filter(|module| reach[**module].contains(*module))
        .map(|module| with(module))
        .collect()
}

#[test]
fn files_import_each_other_in_no_circle_but_those_that_are_allowed() {
    let mut wrong = Vec::new();
    let mut idle: BTreeSet<_> = ALLOWED.iter().collect();
    for house in CRATES {
        for circle in circles(&imports(house)) {
            let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
            let is_in = |within: &[&str]| {
                let below = |name: &str, module: &str| {
                    let rest = name.strip_prefix(module);
                    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
                };
                names
                    .iter()
                    .all(|name| within.iter().any(|module| below(name, module)))
            };
            let allowed = ALLOWED
                .iter()
                .filter(|allowed| allowed.name == house.name && is_in(allowed.within))
                .min_by_key(|allowed| allowed.within.len());
            match allowed {
                Some(allowed) => {
                    idle.remove(allowed);
                }
                None => wrong.push(format!("{}: {}", house.name, names.join(", "))),
            }
        }
    }
    assert!(wrong.is_empty(), "circles of files:\n{}", wrong.join("\n"));
    assert!(idle.is_empty(), "these are allowed and not there: {idle:?}");
}

#[test]
fn a_circle_is_found_and_its_files_are_told() {
    let module = |name: &str| vec![name.to_owned()];
    let edges = [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")];
    let mut graph: BTreeMap<Module, BTreeSet<Module>> = BTreeMap::new();
    for (from, to) in edges {
        graph.entry(module(to)).or_default();
        graph.entry(module(from)).or_default().insert(module(to));
    }
    let circle = BTreeSet::from([module("b"), module("c")]);
    assert_eq!(circles(&graph), BTreeSet::from([circle]));
}
