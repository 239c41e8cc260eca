//! `GET /containers/{id}/json`: all of a container, in the order in which the engine tells it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::text::Moment;
use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::fault::Fault;
use crate::state::config::Config;
use crate::state::container::{Container, HealthResult, HealthStatus, Mount, Networks, Status};
use crate::state::endpoint::Endpoint;
use crate::state::exec::ExecProgress;
use crate::state::host_config::{HostConfig, PortMap};
use crate::state::id::ObjectId;

/// Where the engine keeps its data, as it says.
const ROOT: &str = "/var/lib/docker";

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Inspected<'a> {
    id: ObjectId,
    created: Moment,
    path: String,
    args: Vec<String>,
    state: State<'a>,
    image: &'a str,
    resolv_conf_path: String,
    hostname_path: String,
    hosts_path: String,
    log_path: String,
    name: String,
    restart_count: i64,
    driver: &'static str,
    platform: &'static str,
    mount_label: &'static str,
    process_label: &'static str,
    app_armor_profile: &'static str,
    #[serde(rename = "ExecIDs")]
    exec_ids: Option<Vec<String>>,
    host_config: &'a HostConfig,
    graph_driver: GraphDriver,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_rw: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_root_fs: Option<u64>,
    mounts: &'a [Mount],
    config: Config,
    network_settings: NetworkSettings<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
struct State<'a> {
    status: Status,
    running: bool,
    paused: bool,
    restarting: bool,
    #[serde(rename = "OOMKilled")]
    oom_killed: bool,
    dead: bool,
    pid: u32,
    exit_code: i64,
    error: &'a str,
    started_at: Moment,
    finished_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    health: Option<Health<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Health<'a> {
    status: HealthStatus,
    failing_streak: i64,
    log: &'a [HealthResult],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct GraphDriver {
    data: BTreeMap<&'static str, String>,
    name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkSettings<'a> {
    bridge: &'static str,
    #[serde(rename = "SandboxID")]
    sandbox_id: String,
    sandbox_key: String,
    ports: &'a PortMap,
    hairpin_mode: bool,
    #[serde(rename = "LinkLocalIPv6Address")]
    link_local_ipv6_address: &'static str,
    #[serde(rename = "LinkLocalIPv6PrefixLen")]
    link_local_ipv6_prefix_len: u8,
    #[serde(rename = "SecondaryIPAddresses")]
    secondary_ip_addresses: Option<()>,
    #[serde(rename = "SecondaryIPv6Addresses")]
    secondary_ipv6_addresses: Option<()>,
    #[serde(rename = "EndpointID")]
    endpoint_id: &'a str,
    gateway: &'a str,
    #[serde(rename = "GlobalIPv6Address")]
    global_ipv6_address: &'a str,
    #[serde(rename = "GlobalIPv6PrefixLen")]
    global_ipv6_prefix_len: u8,
    #[serde(rename = "IPAddress")]
    ip_address: &'a str,
    #[serde(rename = "IPPrefixLen")]
    ip_prefix_len: u8,
    #[serde(rename = "IPv6Gateway")]
    ipv6_gateway: &'a str,
    mac_address: &'a str,
    networks: Networks,
}

pub(in crate::api) fn inspect(call: &Call) -> Outcome {
    let id = call.engine.container_id(&call.name)?;
    let with_size = call.flag("size");
    let state = call.engine.state();
    let container = state.containers.get(id);
    let container = container.ok_or_else(|| Fault::NoSuchContainer(call.name.clone()))?;
    let execs: Vec<String> = state
        .execs
        .values()
        .filter(|exec| exec.container == id)
        .filter(|exec| !matches!(exec.progress, ExecProgress::Ended { .. }))
        .map(|exec| exec.id.to_string())
        .collect();
    let size = with_size.then(|| state.sizes(container));
    let shown = Inspected {
        exec_ids: (!execs.is_empty()).then_some(execs),
        size_rw: size.map(|(own, _)| own),
        size_root_fs: size.map(|(_, all)| all),
        ..document(container)
    };
    Ok(Answer::ok(&shown))
}

fn document(container: &Container) -> Inspected<'_> {
    let id = container.id;
    let mut line = container.config.command_line().into_iter();
    // They are made when it is first started.
    let has_files = container.state.started_at.is_some();
    let file = |name: &str| {
        if has_files {
            format!("{ROOT}/containers/{id}/{name}")
        } else {
            String::new()
        }
    };
    Inspected {
        id,
        created: Moment(Some(container.created)),
        path: line.next().unwrap_or_default(),
        args: line.collect(),
        state: state(container),
        image: &container.image,
        resolv_conf_path: file("resolv.conf"),
        hostname_path: file("hostname"),
        hosts_path: file("hosts"),
        log_path: match container.host.log_config.driver.as_str() {
            "json-file" => file(&format!("{id}-json.log")),
            _ => String::new(),
        },
        name: format!("/{}", container.name),
        restart_count: container.state.restart_count,
        driver: "overlay2",
        platform: "linux",
        mount_label: "",
        process_label: "",
        app_armor_profile: "",
        exec_ids: None,
        host_config: &container.host,
        graph_driver: graph_driver(container),
        size_rw: None,
        size_root_fs: None,
        mounts: &container.mounts,
        config: container.whole_config(),
        network_settings: network_settings(container),
    }
}

fn state(container: &Container) -> State<'_> {
    let state = &container.state;
    State {
        status: state.status,
        running: state.status.is_running(),
        paused: state.status == Status::Paused,
        restarting: state.status == Status::Restarting,
        oom_killed: state.oom_killed,
        dead: state.status == Status::Dead,
        pid: state.pid,
        exit_code: state.exit_code,
        error: &state.error,
        started_at: Moment(state.started_at),
        finished_at: Moment(state.finished_at),
        health: state.health.as_ref().map(|health| Health {
            status: health.status,
            failing_streak: health.failing_streak,
            log: &health.log,
        }),
    }
}

/// Where an overlay of this container would lie.
fn graph_driver(container: &Container) -> GraphDriver {
    let id = container.id;
    let dir = format!("{ROOT}/overlay2/{id}");
    let image = container.image.trim_start_matches("sha256:");
    GraphDriver {
        data: BTreeMap::from([
            ("ID", id.to_string()),
            (
                "LowerDir",
                format!("{dir}-init/diff:{ROOT}/overlay2/{image}/diff"),
            ),
            ("MergedDir", format!("{dir}/merged")),
            ("UpperDir", format!("{dir}/diff")),
            ("WorkDir", format!("{dir}/work")),
        ]),
        name: "overlay2",
    }
}

fn network_settings(container: &Container) -> NetworkSettings<'_> {
    // The members beside `Networks` are those of the engine's own bridge.
    let bridge = container.networks.get("bridge");
    let text = |of: fn(&Endpoint) -> &String| bridge.map_or("", |bridge| of(bridge).as_str());
    let is_up = container.is_running();
    let sandbox = if is_up {
        sandbox(container.id)
    } else {
        String::new()
    };
    NetworkSettings {
        bridge: "",
        sandbox_key: match container.host.network_mode.as_str() {
            _ if !is_up => String::new(),
            "host" => "/var/run/docker/netns/default".to_owned(),
            _ => format!("/var/run/docker/netns/{}", &sandbox[..12]),
        },
        sandbox_id: sandbox,
        ports: &container.ports,
        hairpin_mode: false,
        link_local_ipv6_address: "",
        link_local_ipv6_prefix_len: 0,
        secondary_ip_addresses: None,
        secondary_ipv6_addresses: None,
        endpoint_id: text(|bridge| &bridge.endpoint_id),
        gateway: text(|bridge| &bridge.gateway),
        global_ipv6_address: text(|bridge| &bridge.global_ipv6_address),
        global_ipv6_prefix_len: bridge.map_or(0, |bridge| bridge.global_ipv6_prefix_len),
        ip_address: text(|bridge| &bridge.ip_address),
        ip_prefix_len: bridge.map_or(0, |bridge| bridge.ip_prefix_len),
        ipv6_gateway: text(|bridge| &bridge.ipv6_gateway),
        mac_address: text(|bridge| &bridge.mac_address),
        networks: container
            .networks
            .iter()
            .map(|(name, place)| (name.clone(), Box::new(place.shown())))
            .collect(),
    }
}

/// The identifier of a container's network sandbox: its own, turned around.
fn sandbox(id: ObjectId) -> String {
    id.to_string().chars().rev().collect()
}
