//! The mounts of a container: what was asked for, and what its processes see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, PoisonError};

use jiff::Timestamp;

use super::devices;
use super::memory_files::{self, Wish};
use crate::fault::Fault;
use crate::files::{Credentials, FileSystem, Limits, Node, SharedTree, Source, Tree, View, path};
use crate::shared::Shared;
use crate::state::State;
use crate::state::config::Config;
use crate::state::container::{Container, Mount};
use crate::state::host_config::{HostConfig, MountRequest};
use crate::state::id::ObjectId;
use crate::state::volume::request::VolumeRequest;

/// A mount that was asked for, before volumes are made for it.
#[derive(Debug)]
struct Wanted {
    mount: Mount,
    /// Options of a volume that is made.
    volume: Option<VolumeRequest>,
    /// Whether an empty volume gets what the image has there.
    copies: bool,
    /// Whether the folder of the host has to be there.
    must_exist: bool,
}

impl Wanted {
    /// A mount for which nothing has to be made.
    fn plain(mount: Mount) -> Self {
        Self {
            mount,
            volume: None,
            copies: false,
            must_exist: false,
        }
    }
}

/// Where the engine keeps its data, as it says.
const ROOT: &str = "/var/lib/docker";
/// How many bytes `/dev` holds.
const DEVICES_SIZE: u64 = 64 << 20;

/// Where the engine keeps a volume's files, as it says.
fn volume_source(name: &str) -> String {
    format!("{ROOT}/volumes/{name}/_data")
}

/// Reads what mounts a container is to have, makes the volumes, and fills them from its image.
///
/// # Errors
/// When a specification is wrong; volumes that were made before stay, as in the engine.
pub(crate) fn prepare(
    state: &mut State,
    host_files: &SharedTree,
    config: &Config,
    host: &HostConfig,
    image: &View,
    now: Timestamp,
) -> Result<Vec<Mount>, Fault> {
    let mut wanted: BTreeMap<String, Wanted> = BTreeMap::new();
    for container in host.volumes_from.iter().flatten() {
        inherit(state, container, &mut wanted)?;
    }
    let mut named = BTreeSet::new();
    let mut add = |want: Wanted, wanted: &mut BTreeMap<String, Wanted>| {
        let at = want.mount.destination.clone();
        if !named.insert(at.clone()) {
            return Err(Fault::Invalid(format!("Duplicate mount point: {at}")));
        }
        wanted.insert(at, want);
        Ok(())
    };
    for bind in host.binds.iter().flatten() {
        add(read_bind(bind)?, &mut wanted)?;
    }
    for request in host.mounts.iter().flatten() {
        add(read_mount(request)?, &mut wanted)?;
    }
    for target in host.tmpfs.iter().flat_map(BTreeMap::keys) {
        let at = path::clean(target);
        if !named.insert(at.clone()) {
            return Err(Fault::Invalid(format!("Duplicate mount point: {at}")));
        }
    }
    for target in config.volumes.iter().flat_map(|set| &set.0) {
        let at = path::clean(target);
        if at == "/" || !target.starts_with('/') {
            let words = format!(
                "invalid volume specification: '{target}': invalid mount config for type \"volume\": invalid mount path: '{target}' mount path must be absolute"
            );
            return Err(Fault::Internal(words));
        }
        if !named.contains(&at) && !wanted.contains_key(&at) {
            wanted.insert(at.clone(), volume("", &at, "", true, true));
        }
    }
    let mut mounts = Vec::new();
    for want in wanted.into_values() {
        mounts.push(settle(state, host_files, want, image, now)?);
    }
    Ok(mounts)
}

/// Takes over the mounts of another container: `name[:ro|rw]`.
fn inherit(state: &State, spec: &str, wanted: &mut BTreeMap<String, Wanted>) -> Result<(), Fault> {
    let (name, mode) = match spec.split_once(':') {
        Some((name, mode)) => (name, mode),
        None => (spec, "rw"),
    };
    if !matches!(mode, "ro" | "rw" | "z" | "Z") {
        return Err(Fault::Invalid(format!(
            "invalid mode for volumes-from: {mode}"
        )));
    }
    let found = state
        .containers
        .find(name)
        .ok()
        .and_then(|id| state.containers.get(id));
    let other = found.ok_or_else(|| Fault::Invalid(format!("No such container: {name}")))?;
    for mount in &other.mounts {
        let mut mount = mount.clone();
        mount.rw &= mode != "ro";
        let volume = (mount.kind == "volume").then(|| VolumeRequest::named(&mount.name));
        let want = Wanted {
            volume,
            copies: false,
            must_exist: false,
            mount,
        };
        wanted.insert(want.mount.destination.clone(), want);
    }
    Ok(())
}

fn volume(name: &str, at: &str, mode: &str, rw: bool, copies: bool) -> Wanted {
    Wanted {
        mount: Mount {
            kind: "volume".to_owned(),
            name: name.to_owned(),
            destination: at.to_owned(),
            driver: "local".to_owned(),
            mode: mode.to_owned(),
            rw,
            anonymous: name.is_empty(),
            ..Mount::default()
        },
        volume: Some(VolumeRequest::named(name)),
        copies,
        must_exist: false,
    }
}

/// Reads `[source:]target[:options]`.
fn read_bind(spec: &str) -> Result<Wanted, Fault> {
    let wrong =
        |why: String| Fault::Internal(format!("invalid volume specification: '{spec}'{why}"));
    let parts: Vec<&str> = spec.split(':').collect();
    let (source, target, mode) = match parts[..] {
        [target] => ("", target, ""),
        [source, target] => (source, target, ""),
        [source, target, mode] => (source, target, mode),
        _ => return Err(wrong(String::new())),
    };
    let is_path = source.starts_with('/');
    let kind = if is_path { "bind" } else { "volume" };
    let config = |why: &str| wrong(format!(": invalid mount config for type \"{kind}\": {why}"));
    if source.is_empty() && parts.len() > 1 || target.is_empty() {
        return Err(wrong(String::new()));
    }
    if !target.starts_with('/') {
        return Err(config(&format!(
            "invalid mount path: '{target}' mount path must be absolute"
        )));
    }
    let at = path::clean(target);
    if at == "/" {
        return Err(config("invalid specification: destination can't be '/'"));
    }
    let mut rw = true;
    let mut copies = true;
    for option in mode.split(',').filter(|option| !option.is_empty()) {
        match option {
            "ro" | "readonly" => rw = false,
            "nocopy" => copies = false,
            "rw" | "z" | "Z" | "cached" | "delegated" | "consistent" | "rprivate" | "private"
            | "rshared" | "shared" | "rslave" | "slave" => {}
            _ => return Err(wrong(format!(": invalid mode: {mode}"))),
        }
    }
    if is_path {
        Ok(Wanted::plain(Mount {
            kind: "bind".to_owned(),
            propagation: propagation(mode, &path::clean(source)).to_owned(),
            source: path::clean(source),
            destination: at,
            mode: mode.to_owned(),
            rw,
            ..Mount::default()
        }))
    } else {
        let mode = if mode.is_empty() && !source.is_empty() {
            "z"
        } else {
            mode
        };
        Ok(volume(source, &at, mode, rw, copies))
    }
}

/// What reaches from the host into a bind later. What has to do with the engine's own data gets
/// what is mounted there, lest the engine be kept from unmounting it.
fn propagation<'a>(mode: &'a str, source: &str) -> &'a str {
    let told = mode.split(',').find(|option| {
        matches!(
            *option,
            "rprivate" | "private" | "rshared" | "shared" | "rslave" | "slave"
        )
    });
    let is_related = source.starts_with(ROOT)
        || ROOT.starts_with(source)
        // The engine that was recorded kept its data there.
        || source == "/tmp";
    told.unwrap_or(if is_related { "rslave" } else { "rprivate" })
}

fn read_mount(request: &MountRequest) -> Result<Wanted, Fault> {
    let kind = request.kind.as_str();
    let wrong =
        |why: &str| Fault::Invalid(format!("invalid mount config for type \"{kind}\": {why}"));
    if !matches!(
        kind,
        "bind" | "volume" | "tmpfs" | "npipe" | "cluster" | "image"
    ) {
        return Err(wrong("mount type unknown"));
    }
    if matches!(kind, "npipe" | "cluster" | "image") {
        return Err(wrong("this simulated engine has no such mounts"));
    }
    if request.target.is_empty() {
        return Err(wrong("field Target must not be empty"));
    }
    if !request.target.starts_with('/') {
        let words = format!(
            "invalid mount path: '{}' mount path must be absolute",
            request.target
        );
        return Err(wrong(&words));
    }
    let at = path::clean(&request.target);
    if at == "/" {
        return Err(wrong("invalid specification: destination can't be '/'"));
    }
    let foreign = [
        ("bind", "BindOptions", request.bind_options.is_some()),
        ("volume", "VolumeOptions", request.volume_options.is_some()),
        ("tmpfs", "TmpfsOptions", request.tmpfs_options.is_some()),
    ];
    if let Some((_, name, _)) = foreign.iter().find(|(of, _, told)| *told && *of != kind) {
        let words = format!("{name} must not be specified on mount type \"{kind}\"");
        return Err(wrong(&words));
    }
    match kind {
        "volume" => Ok(volume_mount(request, &at)),
        "bind" => bind_mount(request, at).map_err(|why| wrong(&why)),
        _ if !request.source.is_empty() => Err(wrong("field Source must not be specified")),
        _ => Ok(Wanted::plain(Mount {
            kind: "tmpfs".to_owned(),
            destination: at,
            rw: !request.read_only,
            ..Mount::default()
        })),
    }
}

fn volume_mount(request: &MountRequest, at: &str) -> Wanted {
    let options = request.volume_options.clone().unwrap_or_default();
    let (rw, copies) = (!request.read_only, !options.no_copy);
    let mut want = volume(&request.source, at, "z", rw, copies);
    want.mount.subpath = options.subpath;
    if let Some(made) = &mut want.volume {
        made.labels = options.labels;
        let driver = options.driver_config.unwrap_or_default();
        made.driver = driver.name;
        made.driver_opts = driver.options;
    }
    want
}

fn bind_mount(request: &MountRequest, at: String) -> Result<Wanted, String> {
    let source = &request.source;
    if source.is_empty() {
        return Err("field Source must not be empty".to_owned());
    }
    if !source.starts_with('/') {
        return Err(format!(
            "invalid mount path: '{source}' mount path must be absolute"
        ));
    }
    let told = |key: &str| request.bind_options.as_ref()?.get(key).cloned();
    let propagation = told("Propagation");
    let propagation = propagation.as_ref().and_then(|p| p.as_str());
    let propagation = propagation.filter(|p| !p.is_empty());
    let propagation = propagation.unwrap_or_else(|| self::propagation("", source));
    let makes = told("CreateMountpoint").and_then(|makes| makes.as_bool());
    Ok(Wanted {
        must_exist: makes != Some(true),
        ..Wanted::plain(Mount {
            kind: "bind".to_owned(),
            source: path::clean(source),
            destination: at,
            rw: !request.read_only,
            propagation: propagation.to_owned(),
            ..Mount::default()
        })
    })
}

/// Makes what a mount needs.
fn settle(
    state: &mut State,
    host_files: &SharedTree,
    want: Wanted,
    image: &View,
    now: Timestamp,
) -> Result<Mount, Fault> {
    let Wanted {
        mut mount,
        volume,
        copies,
        must_exist,
    } = want;
    if let Some(request) = volume {
        let State {
            volumes,
            chance,
            events,
            ..
        } = state;
        let mut fresh = || ObjectId::new(chance.bytes());
        let (volume, is_new) = volumes.create(request, now, &mut fresh)?;
        mount.name.clone_from(&volume.name);
        mount.source = volume_source(&volume.name);
        if copies {
            // What does not fit is missed when it is looked for, as on a full disk.
            volume.fill(image, &mount.destination, now).ok();
        }
        if is_new {
            events.push(volume.event(now, "create"));
        }
    } else if mount.kind == "bind" {
        let view = View::new(host_files.clone());
        let root = &Credentials::ROOT;
        if !view.exists(&mount.source, root) {
            if must_exist {
                let words = format!(
                    "invalid mount config for type \"bind\": bind source path does not exist: {}",
                    mount.source
                );
                return Err(Fault::Invalid(words));
            }
            let made = view.create_dir_all(&mount.source, 0o755, root, now);
            made.map_err(|errno| {
                Fault::Internal(format!(
                    "error while creating mount source path '{}': {errno}",
                    mount.source
                ))
            })?;
        }
    }
    Ok(mount)
}

/// Tells that a container that starts uses its volumes.
pub(crate) fn tell_mounted(state: &mut State, container: &Container, now: Timestamp) {
    for mount in container.mounts.iter().filter(|m| m.kind == "volume") {
        if let Ok(volume) = state.volumes.get(&mount.name) {
            let event = volume.mounted(now, container.id, &mount.destination, mount.rw);
            state.events.push(event);
        }
    }
}

/// Tells that a container that ended uses its volumes no more.
pub(crate) fn tell_unmounted(state: &mut State, container: &Container, now: Timestamp) {
    for mount in container.mounts.iter().filter(|m| m.kind == "volume") {
        if let Ok(volume) = state.volumes.get(&mount.name) {
            let event = volume.unmounted(now, container.id);
            state.events.push(event);
        }
    }
}

/// A file that the engine gives a container: where, and what stands in it.
pub(super) type OwnFile = (&'static str, Shared<String>);

/// What a container's processes see on a machine with so much memory: its files and its mounts.
///
/// # Errors
/// When something cannot be mounted where it is to be.
pub(crate) fn view(
    state: &State,
    host_files: &SharedTree,
    container: &Container,
    network_files: &[OwnFile],
    memory: u64,
    now: Timestamp,
) -> Result<View, Fault> {
    let mut view = View::new(container.files.clone());
    mount(
        &mut view,
        "/dev",
        own_devices(container.config.tty, now),
        now,
    )?;
    let is_taken = |at: &str| {
        let in_memory = container.host.tmpfs.iter().flat_map(BTreeMap::keys);
        let mut taken = in_memory
            .map(|target| path::clean(target))
            .chain(container.mounts.iter().map(|m| m.destination.clone()));
        taken.any(|target| target == at)
    };
    let shared = u64::try_from(container.host.shm_size).unwrap_or_default();
    if container.host.ipc_mode != "none" && !is_taken("/dev/shm") {
        let source = memory_files::shared_memory(shared, now);
        mount(&mut view, "/dev/shm", source, now)?;
    }
    if container.host.init == Some(true) {
        mount(&mut view, super::start::INIT, init_file(now), now)?;
    }
    let tree = own_files(network_files, now);
    for (at, _) in network_files {
        let source = on_disk(&tree, inside(at).to_owned(), false);
        mount(&mut view, at, source, now)?;
    }
    for (at, options) in container.host.tmpfs.iter().flatten() {
        let at = path::clean(at);
        let wish = Wish::read(options, memory)?;
        let source = wish.source(&view, &at, memory, now);
        mount(&mut view, &at, source, now)?;
    }
    for wanted in &container.mounts {
        let at = &wanted.destination;
        let source = match wanted.kind.as_str() {
            "volume" => {
                let volume = state.volumes.get(&wanted.name)?;
                on_disk(&volume.files, path::join("/", &wanted.subpath), !wanted.rw)
            }
            "bind" => on_disk(host_files, wanted.source.clone(), !wanted.rw),
            _ => {
                let mut asked = container.host.mounts.iter().flatten();
                let asked = asked.find(|request| path::clean(&request.target) == *at);
                let asked = asked.cloned().unwrap_or_default();
                Wish::of_mount(&asked, memory)?.source(&view, at, memory, now)
            }
        };
        mount(&mut view, at, source, now)?;
    }
    devices::give(&container.host, host_files, &view, now)?;
    view.set_read_only_root(container.host.readonly_rootfs);
    Ok(view)
}

fn mount(view: &mut View, at: &str, source: Source, now: Timestamp) -> Result<(), Fault> {
    view.mount(at, source, now).map_err(|errno| {
        Fault::Internal(format!(
            "failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: error mounting to rootfs at {at:?}: {}",
            errno.to_string().to_lowercase()
        ))
    })
}

/// What lies at a path in a tree on the machine's disk.
fn on_disk(tree: &SharedTree, inside: String, read_only: bool) -> Source {
    Source {
        tree: tree.clone(),
        inside,
        read_only,
        system: FileSystem::Disk,
    }
}

/// The program that stands before a container's own, shared by all.
fn init_file(now: Timestamp) -> Source {
    static TREE: std::sync::OnceLock<SharedTree> = std::sync::OnceLock::new();
    let tree = TREE.get_or_init(|| {
        let view = View::of(Tree::new(now));
        let content = crate::process::program::image_of("docker-init");
        // An empty tree takes it.
        view.write("/docker-init", content, 0o755, &Credentials::ROOT, now)
            .ok();
        view.root().clone()
    });
    on_disk(tree, "/docker-init".to_owned(), true)
}

/// The files that the engine gives to each container, such as `/etc/hosts`; they are written when
/// somebody looks.
fn own_files(files: &[OwnFile], now: Timestamp) -> SharedTree {
    static BASE: std::sync::OnceLock<Arc<Tree>> = std::sync::OnceLock::new();
    let base = BASE.get_or_init(|| {
        let view = View::of(Tree::new(now));
        for name in ["/hostname", "/hosts", "/resolv.conf"] {
            // An empty tree takes all of them.
            view.write(name, Vec::new(), 0o644, &Credentials::ROOT, now)
                .ok();
        }
        let tree = view.root().lock().unwrap_or_else(PoisonError::into_inner);
        Arc::new(tree.flattened())
    });
    let contents = files.iter().map(|(at, text)| (inside(at), text.clone()));
    Tree::promise(base.clone(), contents.collect(), now).shared()
}

/// Where a file of `/etc` lies among those that the engine gives.
fn inside(at: &'static str) -> &'static str {
    at.strip_prefix("/etc").unwrap_or(at)
}

/// `/dev`, as every container has it, with a console where there is a terminal; the nodes are
/// shared until somebody changes one.
fn own_devices(has_terminal: bool, now: Timestamp) -> Source {
    static BASES: [std::sync::OnceLock<Arc<Tree>>; 2] = [const { std::sync::OnceLock::new() }; 2];
    static SYSTEM: std::sync::OnceLock<FileSystem> = std::sync::OnceLock::new();
    let base = BASES[usize::from(has_terminal)].get_or_init(|| {
        let view = View::of(Tree::new(now));
        let root = &Credentials::ROOT;
        let nodes = [
            ("null", 1, 3),
            ("zero", 1, 5),
            ("full", 1, 7),
            ("random", 1, 8),
            ("urandom", 1, 9),
            ("tty", 5, 0),
        ];
        let console = has_terminal.then_some(("console", 136, 0));
        for (name, major, minor) in nodes.into_iter().chain(console) {
            let node = Node::CharDevice { major, minor };
            // An empty tree takes all of them.
            view.mknod(&format!("/{name}"), node, 0o666, root, now).ok();
        }
        let links = [
            ("core", "/proc/kcore"),
            ("fd", "/proc/self/fd"),
            ("stdin", "/proc/self/fd/0"),
            ("stdout", "/proc/self/fd/1"),
            ("stderr", "/proc/self/fd/2"),
            ("ptmx", "pts/ptmx"),
        ];
        for (name, target) in links {
            view.symlink(target, &format!("/{name}"), root, now).ok();
        }
        for name in ["/shm", "/mqueue"] {
            view.create_dir(name, 0o1777, root, now).ok();
        }
        view.create_dir("/pts", 0o755, root, now).ok();
        let multiplexer = Node::CharDevice { major: 5, minor: 2 };
        view.mknod("/pts/ptmx", multiplexer, 0o666, root, now).ok();
        let tree = view.root().lock().unwrap_or_else(PoisonError::into_inner);
        Arc::new(tree.flattened())
    });
    let mut tree = Tree::on(base.clone());
    tree.set_limits(Limits {
        bytes: DEVICES_SIZE,
        ..Limits::default()
    });
    Source {
        system: SYSTEM
            .get_or_init(|| FileSystem::in_memory("tmpfs", "nosuid,size=65536k,mode=755"))
            .clone(),
        ..on_disk(&tree.shared(), "/".to_owned(), false)
    }
}

/// The tree of an engine's host before anything is in it.
pub(crate) fn host_tree(now: Timestamp) -> SharedTree {
    let view = View::of(Tree::new(now));
    let root = &Credentials::ROOT;
    for (folder, mode) in [
        ("/tmp", 0o1777),
        ("/root", 0o700),
        ("/home", 0o755),
        ("/etc", 0o755),
        ("/var/lib/docker", 0o711),
        ("/var/run", 0o755),
        ("/run", 0o755),
        ("/srv", 0o755),
        ("/opt", 0o755),
        ("/mnt", 0o755),
        ("/usr", 0o755),
        ("/lib", 0o755),
        ("/sys", 0o555),
        ("/proc", 0o555),
        ("/dev", 0o755),
    ] {
        view.create_dir_all(folder, 0o755, root, now).ok();
        view.chmod(folder, mode, root).ok();
    }
    for socket in ["/var/run/docker.sock", "/run/docker.sock"] {
        view.mknod(socket, Node::Socket, 0o660, root, now).ok();
    }
    view.root().clone()
}
