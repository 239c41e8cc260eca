//! `GET /containers/json`: which containers there are.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::text;
use crate::api::Outcome;
use crate::api::answer::Answer;
use crate::api::call::Call;
use crate::api::filters::Filters;
use crate::fault::Fault;
use crate::state::State;
use crate::state::container::{Container, HealthStatus, Mount, Networks};
use crate::state::host_config::PortBinding;
use crate::state::id::ObjectId;

const FILTERS: &[&str] = &[
    "ancestor",
    "before",
    "exited",
    "expose",
    "health",
    "id",
    "is-task",
    "isolation",
    "label",
    "name",
    "network",
    "publish",
    "since",
    "status",
    "volume",
];

const STATUSES: &[&str] = &[
    "created",
    "dead",
    "exited",
    "paused",
    "removing",
    "restarting",
    "running",
];

const HEALTH: &[&str] = &["healthy", "none", "starting", "unhealthy"];

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::api) struct Summary {
    id: ObjectId,
    names: Vec<String>,
    image: String,
    #[serde(rename = "ImageID")]
    image_id: String,
    command: String,
    created: i64,
    ports: Vec<Port>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_rw: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    size_root_fs: Option<u64>,
    labels: BTreeMap<String, String>,
    state: String,
    status: String,
    host_config: HostSummary,
    network_settings: NetworkSummary,
    mounts: Vec<Mount>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct HostSummary {
    network_mode: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct NetworkSummary {
    networks: Networks,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
#[expect(clippy::struct_field_names, reason = "the document has these names")]
struct Port {
    #[serde(rename = "IP", skip_serializing_if = "String::is_empty")]
    ip: String,
    private_port: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    public_port: Option<u16>,
    #[serde(rename = "Type")]
    protocol: String,
}

pub(in crate::api) fn list(call: &Call) -> Outcome {
    let filters = Filters::of(&call.query, FILTERS)?;
    let limit = call.number("limit")?.unwrap_or(0);
    let choice = Choice::of(call, &filters)?;
    let all = call.flag("all") || limit > 0 || choice.asks_for_states();
    let with_size = call.flag("size");
    let now = call.engine.now();
    let state = call.engine.state();
    let mut found: Vec<&Container> = state
        .containers
        .iter()
        .filter(|container| all || container.is_running())
        .filter(|container| choice.takes(&state, container))
        .collect();
    found.sort_by_key(|container| std::cmp::Reverse((container.created, container.id)));
    if let Ok(limit @ 1..) = usize::try_from(limit) {
        found.truncate(limit);
    }
    let shown: Vec<Summary> = found
        .into_iter()
        .map(|container| {
            let size = with_size.then(|| state.sizes(container));
            summary(container, size, now)
        })
        .collect();
    Ok(Answer::ok(&shown))
}

/// What is told of a container in a list; sizes are its own bytes, and those with its image.
pub(in crate::api) fn summary(
    container: &Container,
    size: Option<(u64, u64)>,
    now: Timestamp,
) -> Summary {
    let networks = container.networks.iter();
    let networks = networks.map(|(name, place)| (name.clone(), Box::new(place.listed())));
    Summary {
        id: container.id,
        names: vec![format!("/{}", container.name)],
        image: container.config.image.clone(),
        image_id: container.image.clone(),
        command: text::command(container),
        created: container.created.as_second(),
        ports: ports(container),
        size_rw: size.map(|(own, _)| own).filter(|own| *own > 0),
        size_root_fs: size.map(|(_, all)| all),
        labels: container.config.labels.clone().unwrap_or_default(),
        state: container.state.status.to_string(),
        status: text::status(container, now),
        host_config: HostSummary {
            network_mode: container.host.network_mode.clone(),
        },
        network_settings: NetworkSummary {
            networks: networks.collect(),
        },
        mounts: container.mounts.clone(),
    }
}

fn ports(container: &Container) -> Vec<Port> {
    let mut shown = Vec::new();
    for (port, bindings) in &container.ports {
        let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        let Ok(private_port) = number.parse() else {
            continue;
        };
        let one = |binding: Option<&PortBinding>| Port {
            ip: binding.map(|b| b.host_ip.clone()).unwrap_or_default(),
            private_port,
            public_port: binding.and_then(|b| b.host_port.parse().ok()),
            protocol: protocol.to_owned(),
        };
        match bindings {
            Some(bindings) if !bindings.is_empty() => {
                shown.extend(bindings.iter().map(|binding| one(Some(binding))));
            }
            _ => shown.push(one(None)),
        }
    }
    shown
}

/// Which containers are wanted.
struct Choice<'a> {
    filters: &'a Filters,
    before: Option<(Timestamp, ObjectId)>,
    since: Option<(Timestamp, ObjectId)>,
    ancestors: Vec<String>,
}

impl<'a> Choice<'a> {
    fn of(call: &Call, filters: &'a Filters) -> Result<Self, Fault> {
        for code in filters.values("exited") {
            if code.parse::<i64>().is_err() {
                return Err(Fault::Invalid(format!(
                    "invalid filter 'exited={code}': strconv.Atoi: parsing {code:?}: invalid syntax"
                )));
            }
        }
        for status in filters.values("status") {
            if !STATUSES.contains(&status) {
                return Err(Fault::Invalid(format!(
                    "invalid filter 'status={status}': invalid value for state ({status}): must be one of created, running, paused, restarting, removing, exited, dead"
                )));
            }
        }
        for health in filters.values("health") {
            if !HEALTH.contains(&health) {
                return Err(Fault::Invalid(format!(
                    "invalid filter 'health={health}': invalid value for health ({health}): must be one of none, starting, healthy, unhealthy"
                )));
            }
        }
        filters.flag("is-task")?;
        let moment = |key: &str| {
            let Some(name) = filters.values(key).next() else {
                return Ok(None);
            };
            let id = call.engine.container_id(name)?;
            let state = call.engine.state();
            let created = state.containers.get(id).map(|c| (c.created, c.id));
            Ok::<_, Fault>(created)
        };
        Ok(Self {
            filters,
            before: moment("before")?,
            since: moment("since")?,
            ancestors: call.engine.descendants(filters.values("ancestor")),
        })
    }

    /// Whether containers are asked for that do not run.
    fn asks_for_states(&self) -> bool {
        ["status", "exited"]
            .iter()
            .any(|key| self.filters.values(key).next().is_some())
    }

    fn takes(&self, state: &State, container: &Container) -> bool {
        let filters = self.filters;
        let any = |key: &str, fits: &dyn Fn(&str) -> bool| {
            let mut values = filters.values(key).peekable();
            values.peek().is_none() || values.any(fits)
        };
        let born = (container.created, container.id);
        let code = container.state.exit_code.to_string();
        let has_ended = container.state.finished_at.is_some() && !container.is_running();
        let health = container.state.health.as_ref().map(|health| health.status);
        let health = match health {
            None => "none",
            Some(HealthStatus::Starting) => "starting",
            Some(HealthStatus::Healthy) => "healthy",
            Some(HealthStatus::Unhealthy) => "unhealthy",
        };
        let status = container.state.status.to_string();
        let slashed = format!("/{}", container.name);
        let network = |wanted: &str| {
            container.networks.iter().any(|(name, endpoint)| {
                name == wanted
                    || !endpoint.network_id.is_empty() && endpoint.network_id.starts_with(wanted)
                    || state
                        .networks
                        .find(wanted)
                        .is_ok_and(|network| network.name == *name)
            })
        };
        self.before.is_none_or(|before| born < before)
            && self.since.is_none_or(|since| born > since)
            && (filters.matches("name", &container.name) || filters.matches("name", &slashed))
            && filters.matches("id", &container.id.to_string())
            && filters.has_labels(container.config.labels.as_ref().unwrap_or(&BTreeMap::new()))
            && any("status", &|wanted| wanted == status)
            && any("exited", &|wanted| has_ended && wanted == code)
            && any("health", &|wanted| wanted == health)
            && any("network", &network)
            && any("volume", &|wanted| {
                container
                    .mounts
                    .iter()
                    .any(|mount| mount.name == wanted || mount.destination == wanted)
            })
            && any("expose", &|wanted| {
                let exposed = container.config.exposed_ports.iter().flat_map(|set| &set.0);
                exposed.into_iter().any(|port| fits_port(wanted, port))
            })
            && any("publish", &|wanted| {
                container
                    .ports
                    .iter()
                    .filter(|(_, b)| b.is_some())
                    .any(|(port, bindings)| {
                        fits_port(wanted, port)
                            || bindings
                                .iter()
                                .flatten()
                                .any(|b| fits_port(wanted, &b.host_port))
                    })
            })
            && (filters.values("ancestor").next().is_none()
                || self.ancestors.contains(&container.image))
            && any("is-task", &|wanted| matches!(wanted, "0" | "false"))
    }
}

/// Whether a port such as `80/tcp` is in `80`, `80/tcp` or `80-90/tcp`.
fn fits_port(wanted: &str, port: &str) -> bool {
    let (range, wanted_protocol) = wanted.split_once('/').unwrap_or((wanted, "tcp"));
    let (number, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    match (
        first.parse::<u16>(),
        last.parse::<u16>(),
        number.parse::<u16>(),
    ) {
        (Ok(first), Ok(last), Ok(number)) => {
            protocol == wanted_protocol && (first..=last).contains(&number)
        }
        _ => false,
    }
}
