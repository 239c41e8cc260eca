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
    /// What all its files are below; nothing where they have nothing in common.
    root: &'static str,
    /// Its files, each of them.
    files: &'static [&'static str],
    reason: &'static str,
}

impl Allowed {
    /// Whether it is this circle, file by file.
    fn is(&self, house: &Crate, circle: &BTreeSet<Module>) -> bool {
        let root = self.root.split("::").filter(|word| !word.is_empty());
        let root: Module = root.map(str::to_owned).collect();
        let files = self.files.iter().map(|file| {
            let words = file.split("::").map(str::to_owned);
            root.iter().cloned().chain(words).collect()
        });
        self.name == house.name && *circle == files.collect::<BTreeSet<Module>>()
    }
}

const ALLOWED: &[Allowed] = &[
    Allowed {
        name: "fake-azure",
        root: "world::classic",
        files: &[
            "affinity_group",
            "agent",
            "capture",
            "certificate",
            "change",
            "command",
            "data_disk",
            "decision",
            "deployment",
            "disk",
            "dns_server",
            "effect",
            "holdings",
            "image",
            "image_spread",
            "ledger",
            "load_balancer",
            "machine_network",
            "management_certificate",
            "network",
            "network_configuration",
            "network_interface",
            "plan_disk",
            "plan_extension",
            "plan_role",
            "power",
            "provisioning",
            "public_ip",
            "quota",
            "refusal",
            "registration",
            "report",
            "reserved_ip",
            "role",
            "roles",
            "route_table",
            "security_group",
            "service",
            "storage",
            "view",
            "virtual_ip",
        ],
        reason: "things refer to each other as they do in Azure: a machine to its disks, a disk to its machine",
    },
    Allowed {
        name: "fake-azure",
        root: "world::resource_manager",
        files: &[
            "availability_set",
            "change",
            "command",
            "decision",
            "deployment",
            "disk",
            "disk_source",
            "effect",
            "extension",
            "group",
            "holdings",
            "image",
            "interface",
            "machine",
            "machine_disks",
            "machine_document",
            "machine_put",
            "machine_rules",
            "platform_image",
            "power",
            "public_address",
            "quota",
            "resource",
            "run_command",
            "security_group",
            "shelf",
            "snapshot",
            "storage_account",
            "tags",
            "template",
            "view",
            "virtual_network",
        ],
        reason: "resources refer to each other, and a deployment makes any of them",
    },
    Allowed {
        name: "fake-azure",
        root: "",
        files: &[
            "arm",
            "asm",
            "cloud",
            "faults",
            "guest::engines",
            "guest::keeping",
            "state",
        ],
        reason: "the doors ask the cloud which rule a call meets, rules name operations as the routes do, and they are a \
         part of the state that the cloud writes down",
    },
    Allowed {
        name: "fake-docker",
        root: "",
        files: &["engine::host_ports", "process::network::datagrams"],
        reason: "a datagram at a host's port goes into a container's network, and its answer back",
    },
    Allowed {
        name: "fake-docker",
        root: "",
        files: &["api", "engine", "engine::fate", "faults", "journal"],
        reason: "an engine serves its own API, which asks it; its journal and its faults tell of it",
    },
    Allowed {
        name: "fake-docker",
        root: "api",
        files: &[
            "build",
            "call",
            "distribution",
            "events",
            "fault",
            "images",
            "networks",
            "ping",
            "plugins",
            "registry_auth",
            "routes",
            "swarm",
            "system",
            "volumes",
        ],
        reason: "routes name their handlers, and a call knows the route that it came by",
    },
    Allowed {
        name: "fake-docker",
        root: "process",
        files: &[
            "descriptor",
            "launch",
            "locks",
            "proc",
            "program",
            "space",
            "task",
            "terminals",
            "tty",
        ],
        reason: "a process has descriptors, and there are descriptors that tell of processes",
    },
    Allowed {
        name: "fake-docker",
        root: "process::script::services::redis",
        files: &["commands", "pubsub", "server", "session"],
        reason: "a session carries out commands on what the server holds, and channels lead to sessions",
    },
    Allowed {
        name: "fake-docker",
        root: "process::shell",
        files: &["frame", "input"],
        reason: "input is one kind of frame, and is read from the frames that wait",
    },
    Allowed {
        name: "fake-docker",
        root: "registry",
        files: &["catalogue", "manifest", "published", "recipe"],
        reason: "published images are made by recipes that begin with published images",
    },
    Allowed {
        name: "fake-docker",
        root: "registry::catalogue",
        files: &["alpine", "system"],
        reason: "Alpine is laid out as every system is, and has accounts of its own",
    },
    Allowed {
        name: "fake-docker",
        root: "state::image",
        files: &["progress", "pull", "push"],
        reason: "the messages of progress are those of a pull and of a push, which tell them in turn",
    },
    Allowed {
        name: "fake-docker",
        root: "",
        files: &["reference", "registry"],
        reason: "what an image is called tells its registry, and registries find images by their names",
    },
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
            let allowed = ALLOWED.iter().find(|allowed| allowed.is(house, &circle));
            if let Some(allowed) = allowed {
                idle.remove(allowed);
            } else {
                let names: Vec<String> = circle.iter().map(|module| module.join("::")).collect();
                wrong.push(format!("{}: {}", house.name, names.join(", ")));
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
