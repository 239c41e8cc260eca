//! The engine about itself: version, information, disk usage.

use hyper::StatusCode;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::answer::Answer;
use super::call::Call;
use super::negotiation::{API_VERSION, ApiVersion, MIN_API_VERSION};
use super::{Outcome, containers};
use crate::fault::Fault;
use crate::host::{self, Host, runtime};
use crate::state::container::Status;
use crate::state::image::Summary;
use crate::state::volume::document::Document;

/// What an engine without clients holds open, and what each client adds: files.
const FILES: (usize, usize) = (26, 1);
/// The same for Go's routines.
const ROUTINES: (usize, usize) = (48, 2);

pub(super) fn options(_: &Call) -> Answer {
    Answer::empty(StatusCode::OK)
}

pub(super) fn version(call: &Call) -> Answer {
    let kernel = &call.engine.host().kernel_release();
    Answer::ok(&json!({
        "Platform": {"Name": ""},
        "Components": [
            {
                "Name": "Engine",
                "Version": host::VERSION,
                "Details": {
                    "ApiVersion": API_VERSION,
                    "Arch": host::ARCHITECTURE,
                    "BuildTime": host::BUILD_TIME,
                    "Experimental": "false",
                    "GitCommit": host::GIT_COMMIT,
                    "GoVersion": host::GO_VERSION,
                    "KernelVersion": kernel,
                    "MinAPIVersion": MIN_API_VERSION,
                    "Os": host::OS,
                },
            },
            {
                "Name": "containerd",
                "Version": host::CONTAINERD_VERSION,
                "Details": {"GitCommit": ""},
            },
            {
                "Name": "runc",
                "Version": host::RUNC_VERSION,
                "Details": {"GitCommit": host::RUNC_COMMIT},
            },
            {
                "Name": "docker-init",
                "Version": host::INIT_VERSION,
                "Details": {"GitCommit": ""},
            },
        ],
        "Version": host::VERSION,
        "ApiVersion": API_VERSION,
        "MinAPIVersion": MIN_API_VERSION,
        "GitCommit": host::GIT_COMMIT,
        "GoVersion": host::GO_VERSION,
        "Os": host::OS,
        "Arch": host::ARCHITECTURE,
        "KernelVersion": kernel,
        "BuildTime": host::BUILD_TIME,
    }))
}

pub(super) fn info(call: &Call) -> Answer {
    let mut document = Map::new();
    for part in [counts(call), abilities(call), software(call.engine.host())] {
        if let Value::Object(part) = part {
            document.extend(part);
        }
    }
    Answer::ok(&as_of(&call.version, document))
}

/// What the engine holds.
fn counts(call: &Call) -> Value {
    let state = call.engine.state();
    let images = state.images.len();
    let (mut running, mut paused) = (0, 0);
    for container in state.containers.iter() {
        match container.state.status {
            Status::Paused => paused += 1,
            status if status.is_running() => running += 1,
            _ => {}
        }
    }
    let all = state.containers.len();
    json!({
        "ID": state.id,
        "Containers": all,
        "ContainersRunning": running,
        "ContainersPaused": paused,
        "ContainersStopped": all - running - paused,
        "Images": images,
        "Driver": "overlay2",
        "DriverStatus": [
            ["Backing Filesystem", "extfs"],
            ["Supports d_type", "true"],
            ["Using metacopy", "false"],
            ["Native Overlay Diff", "true"],
            ["userxattr", "false"],
        ],
        "Plugins": {
            "Volume": ["local"],
            "Network": ["bridge", "host", "ipvlan", "macvlan", "null", "overlay"],
            "Authorization": null,
            "Log": [
                "awslogs", "fluentd", "gelf", "journald", "json-file", "local", "splunk",
                "syslog",
            ],
        },
    })
}

/// What the kernel lets the engine do, and how busy the engine is.
fn abilities(call: &Call) -> Value {
    let connections = call.engine.connections();
    json!({
        "MemoryLimit": true,
        "SwapLimit": true,
        "KernelMemoryTCP": true,
        "CpuCfsPeriod": true,
        "CpuCfsQuota": true,
        "CPUShares": true,
        "CPUSet": true,
        "PidsLimit": true,
        "IPv4Forwarding": true,
        "Debug": false,
        "NFd": FILES.0 + FILES.1 * connections,
        "OomKillDisable": true,
        "NGoroutines": ROUTINES.0 + ROUTINES.1 * connections,
        "SystemTime": call.engine.now().to_string(),
        "LoggingDriver": "json-file",
        "CgroupDriver": "cgroupfs",
        "CgroupVersion": "1",
        "NEventsListener": 0,
    })
}

/// What the engine runs on and is made of.
fn software(host: &Host) -> Value {
    let runc = json!({
        "path": "runc",
        "status": {"org.opencontainers.runtime-spec.features": runtime::features()},
    });
    json!({
        "KernelVersion": host.kernel_release(),
        "OperatingSystem": host.operating_system,
        "OSVersion": host.os_version(),
        "OSType": host::OS,
        "Architecture": host::MACHINE,
        "IndexServerAddress": "https://index.docker.io/v1/",
        "RegistryConfig": {
            "IndexConfigs": {
                "docker.io": {
                    "Mirrors": [],
                    "Name": "docker.io",
                    "Official": true,
                    "Secure": true,
                },
            },
            "InsecureRegistryCIDRs": ["::1/128", "127.0.0.0/8"],
            "Mirrors": [],
        },
        "NCPU": host.cpus,
        "MemTotal": host.memory_bytes,
        "GenericResources": null,
        "DockerRootDir": "/var/lib/docker",
        "HttpProxy": "",
        "HttpsProxy": "",
        "NoProxy": "",
        "Name": host.name,
        "Labels": [],
        "ExperimentalBuild": false,
        "ServerVersion": host::VERSION,
        "Runtimes": {"io.containerd.runc.v2": runc, "runc": runc},
        "DefaultRuntime": "runc",
        "Swarm": {
            "NodeID": "",
            "NodeAddr": "",
            "LocalNodeState": "inactive",
            "ControlAvailable": false,
            "Error": "",
            "RemoteManagers": null,
        },
        "LiveRestoreEnabled": false,
        "Isolation": "",
        "InitBinary": "docker-init",
        "ContainerdCommit": {"ID": ""},
        "RuncCommit": {"ID": host::RUNC_COMMIT},
        "InitCommit": {"ID": ""},
        "SecurityOptions": ["name=seccomp,profile=builtin"],
        "FirewallBackend": {"Driver": "iptables"},
        "CDISpecDirs": ["/etc/cdi", "/var/run/cdi"],
        "Containerd": {
            "Address": "/run/containerd/containerd.sock",
            "Namespaces": {"Containers": "moby", "Plugins": "plugins.moby"},
        },
        "Warnings": null,
    })
}

/// Gives the information the shape that a client of `version` knows.
fn as_of(version: &ApiVersion, mut info: Map<String, Value>) -> Value {
    if version.is_below("1.25") {
        info.insert("ExecutionDriver".to_owned(), "<not supported>".into());
        info.insert("SecurityOptions".to_owned(), json!(["seccomp"]));
    }
    if version.is_below("1.44") {
        let runtimes = info.get_mut("Runtimes").and_then(Value::as_object_mut);
        let runtimes = runtimes.into_iter().flat_map(Map::values_mut);
        for runtime in runtimes.filter_map(Value::as_object_mut) {
            runtime.remove("status");
        }
    }
    if version.is_below("1.46") {
        info.shift_remove("Containerd");
    }
    if version.is_below("1.47")
        && let Some(Value::Object(registry)) = info.get_mut("RegistryConfig")
    {
        for kind in ["CIDRs", "Hostnames"] {
            registry.insert(format!("AllowNondistributableArtifacts{kind}"), Value::Null);
        }
    }
    if version.is_below("1.49") {
        info.shift_remove("FirewallBackend");
        for commit in ["ContainerdCommit", "RuncCommit", "InitCommit"] {
            if let Some(Value::Object(commit)) = info.get_mut(commit) {
                let expected = commit.get("ID").cloned().unwrap_or_default();
                commit.insert("Expected".to_owned(), expected);
            }
        }
    }
    let mut info = Value::Object(info);
    if version.is_below("1.50")
        && let Some(document) = info.as_object_mut()
    {
        document.insert("BridgeNfIptables".to_owned(), false.into());
        document.insert("BridgeNfIp6tables".to_owned(), false.into());
        // Where the engine adds what has gone since, it writes the keys in order.
        info.sort_all_objects();
    }
    info
}

/// Disk usage; what was not asked for is null.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct DiskUsage<'a> {
    layers_size: u64,
    images: Option<Vec<Summary>>,
    containers: Option<Vec<containers::list::Summary>>,
    volumes: Option<Vec<Document<'a>>>,
    build_cache: Option<[(); 0]>,
}

pub(super) fn disk_usage(call: &Call) -> Outcome {
    const KINDS: [&str; 4] = ["container", "image", "volume", "build-cache"];
    let asked: Vec<&str> = if call.version.is_below("1.42") {
        Vec::new()
    } else {
        call.query.all("type").collect()
    };
    if let Some(unknown) = asked.iter().find(|kind| !KINDS.contains(kind)) {
        return Err(Fault::Invalid(format!("unknown object type: {unknown}")));
    }
    let is_asked = |kind| asked.is_empty() || asked.contains(&kind);

    let images = is_asked("image").then(|| super::images::usage(call));
    let state = call.engine.state();
    let users = state.users_of_volumes();
    let count = |name: &str| users.get(name).map_or(0, Vec::len);
    let volumes = state.volumes.list().into_iter();
    let volumes = volumes
        .filter(|volume| volume.is_plain())
        .map(|volume| volume.document(Some(count(&volume.name))));
    let now = call.engine.now();
    let containers = state.containers.iter();
    let containers = containers.map(|container| {
        let sizes = Some(state.sizes(container));
        containers::list::summary(container, sizes, now)
    });
    Ok(Answer::ok(&DiskUsage {
        layers_size: images
            .as_ref()
            .map(|images| images.layers_size)
            .unwrap_or_default(),
        images: images.map(|images| images.images),
        containers: is_asked("container").then(|| containers.collect()),
        volumes: is_asked("volume").then(|| volumes.collect()),
        build_cache: is_asked("build-cache").then_some([]),
    }))
}
