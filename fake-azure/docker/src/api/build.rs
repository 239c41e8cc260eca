//! Builds, and the doors to BuildKit, which is not here.

use std::collections::BTreeMap;

use futures_util::stream;
use hyper::StatusCode;
use hyper::header::{self, HeaderValue};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::Outcome;
use super::answer::{Answer, TakeOver};
use super::call::Call;
use super::filters::Filters;
use crate::build::context;
use crate::build::grpc;
use crate::build::order::Order;
use crate::build::output::Output;
use crate::build::plan::{Plan, Refusal};
use crate::build::quote::Quoted;
use crate::build::session;
use crate::engine::line::Wire;
use crate::fault::Fault;
use crate::reference::Named;
use crate::registry::Platform;
use crate::state::host_config::{HostConfig, LogConfig};

/// What may be asked of a cache that is pruned.
const PRUNED_BY: [&str; 9] = [
    "description",
    "id",
    "inuse",
    "parent",
    "private",
    "shared",
    "type",
    "until",
    "unused-for",
];

/// Builds an image of the files in the body.
pub(super) async fn build(call: &mut Call) -> Outcome {
    let order = order(call)?;
    let limits = *call.engine.limits();
    let archive = call.body.pieces(limits.archive_bytes).await?;
    call.engine.check_room_for_image(archive.len() as u64)?;
    let now = call.engine.now();
    let files = context::unpacked(archive, limits.archive(), now).await;
    let files = files.map_err(|invalid| refused(&invalid.into()))?;
    let plan = Plan::make(order, files, now).map_err(|refusal| refused(&refusal))?;
    let has_aux = !call.version.is_below("1.30");
    let (output, documents) = Output::new(call.flag("q"), has_aux);
    let engine = call.engine.clone();
    // It goes on beside the answer, and ends when nobody reads that any more.
    tokio::spawn(async move { session::build(plan, &engine, output).await });
    let documents = stream::unfold(documents, |mut documents| async {
        Some((documents.recv().await?, documents))
    });
    Ok(Answer::live("application/json", documents))
}

fn refused(refusal: &Refusal) -> Fault {
    if refusal.is_client_s() {
        Fault::Invalid(refusal.to_string())
    } else {
        Fault::Internal(refusal.to_string())
    }
}

/// Reads what is asked for, in the order in which the engine refuses.
fn order(call: &Call) -> Result<Order, Fault> {
    let query = &call.query;
    let text = |key: &str| query.first(key).to_owned();
    let many = |key: &str| -> Vec<String> { query.all(key).map(str::to_owned).collect() };
    // What is no number counts as none.
    let number = |key: &str| query.first(key).parse().unwrap_or_default();
    let invalid = |words: &str| Fault::Invalid(words.to_owned());
    if query.get("securityopt").is_some() {
        return Err(invalid(
            "The daemon on this platform does not support setting security options on build",
        ));
    }
    let network_mode = match query.first("networkmode") {
        "" | "default" => "bridge",
        mode => mode,
    };
    let host = HostConfig {
        memory: number("memory"),
        memory_swap: number("memswap"),
        cpu_shares: number("cpushares"),
        cpu_period: number("cpuperiod"),
        cpu_quota: number("cpuquota"),
        cpuset_cpus: text("cpusetcpus"),
        cpuset_mems: text("cpusetmems"),
        cgroup_parent: text("cgroupparent"),
        network_mode: network_mode.to_owned(),
        extra_hosts: Some(many("extrahosts")).filter(|hosts| !hosts.is_empty()),
        shm_size: shm_size(query.first("shmsize"))?,
        ulimits: read(query.first("ulimits"), "error reading ulimit settings")?,
        log_config: LogConfig {
            driver: "none".to_owned(),
            ..LogConfig::default()
        },
        ..HostConfig::default()
    };
    let arguments: Option<BTreeMap<_, _>> =
        read(query.first("buildargs"), "error reading build args")?;
    let labels: Option<BTreeMap<_, _>> = read(query.first("labels"), "error reading labels")?;
    let cache_from: Option<Vec<_>> = read(query.first("cachefrom"), "error reading cache-from")?;
    match query.first("version") {
        "" | "1" => {}
        "2" => {
            return Err(invalid(
                "buildkit is not enabled on daemon: set DOCKER_BUILDKIT=0 to build with the classic builder",
            ));
        }
        other => {
            return Err(Fault::Invalid(format!(
                "invalid version: {}",
                Quoted(other)
            )));
        }
    }
    if call.flag("squash") {
        return Err(invalid("squash is only supported with experimental mode"));
    }
    let tags = tags(query.all("t"))?;
    check_remote(query.first("remote"))?;
    let platform = text("platform");
    if !platform.is_empty() {
        Platform::parse(&platform).map_err(|wrong| Fault::Invalid(wrong.to_string()))?;
    }
    let force_remove = call.flag("forcerm");
    let dockerfile = match query.first("dockerfile") {
        "" => "Dockerfile",
        name => name,
    };
    Ok(Order {
        tags,
        dockerfile: dockerfile.to_owned(),
        arguments: arguments.unwrap_or_default(),
        labels: labels.unwrap_or_default(),
        target: text("target"),
        platform,
        no_cache: call.flag("nocache"),
        cache_from: cache_from.unwrap_or_default(),
        pull: call.flag("pull"),
        remove: force_remove || query.first("rm").is_empty() || call.flag("rm"),
        force_remove,
        host,
    })
}

/// Reads a parameter that is a JSON document; one that is not there is nothing.
fn read<T: DeserializeOwned>(text: &str, doing: &str) -> Result<Option<T>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    serde_json::from_str(text).map_err(|error| Fault::Invalid(format!("{doing}: {error}")))
}

fn shm_size(text: &str) -> Result<i64, Fault> {
    match text {
        "" => Ok(0),
        text => text.parse().map_err(|_| {
            let text = Quoted(text);
            Fault::Internal(format!("strconv.ParseInt: parsing {text}: invalid syntax"))
        }),
    }
}

/// Reads the names that the image gets, each once.
fn tags<'a>(written: impl Iterator<Item = &'a str>) -> Result<Vec<String>, Fault> {
    let mut tags = Vec::new();
    for text in written.filter(|text| !text.is_empty()) {
        // The engine takes these mistakes for its own.
        let named = Named::parse(text).map_err(|wrong| Fault::Internal(wrong.to_string()))?;
        if named.digest().is_some() {
            let words = "build tag cannot contain a digest";
            return Err(Fault::Internal(words.to_owned()));
        }
        let tag = named.or_latest().familiar();
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

/// Refuses files that would have to be fetched from somewhere.
fn check_remote(remote: &str) -> Result<(), Fault> {
    const NO_NETWORK: &str = "a simulated engine fetches nothing: send the files in the body";
    let is_url = remote.starts_with("http://") || remote.starts_with("https://");
    let is_git = remote.starts_with("git://")
        || remote.starts_with("git@")
        || remote.starts_with("github.com/")
        || is_url
            && remote
                .split('#')
                .next()
                .and_then(|url| url.rsplit_once('.'))
                .is_some_and(|(_, end)| end == "git");
    match remote {
        "" => Ok(()),
        "client-session" => Err(Fault::Invalid(
            "experimental session with v1 builder is no longer supported, use builder version v2 (BuildKit) instead"
                .to_owned(),
        )),
        git if is_git => Err(Fault::Internal(format!(
            "error initializing submodules of {git}: {NO_NETWORK}"
        ))),
        url if is_url => Err(Fault::Internal(format!(
            "error downloading remote context {url}: {}",
            crate::registry::Refusal::of_url(url)
        ))),
        other => Err(Fault::Internal(format!(
            "remoteURL ({other}) could not be recognized as URL"
        ))),
    }
}

/// Throws away what BuildKit keeps, which is nothing.
pub(super) fn prune(call: &Call) -> Outcome {
    Filters::of(&call.query, &PRUNED_BY)?;
    for key in [
        "keep-storage",
        "reserved-space",
        "max-used-space",
        "min-free-space",
    ] {
        let text = call.query.first(key);
        if !text.is_empty() && text.parse::<i64>().is_err() {
            return Err(Fault::Invalid(format!(
                "{key} is in bytes and expects an integer, got {text}"
            )));
        }
    }
    Ok(Answer::ok(
        &json!({"CachesDeleted": null, "SpaceReclaimed": 0}),
    ))
}

/// Ends a build of BuildKit's, of which there is none.
pub(super) fn cancel(call: &Call) -> Outcome {
    if call.query.first("id").is_empty() {
        return Err(Fault::Invalid("build ID not provided".to_owned()));
    }
    let kind = HeaderValue::from_static("application/json");
    Ok(Answer::empty(StatusCode::OK).with(header::CONTENT_TYPE, kind))
}

/// Takes a session that a client offers to BuildKit.
pub(super) fn session(call: &Call) -> Outcome {
    if !call.wants_upgrade() {
        return Err(Fault::Invalid("no upgrade proto in request".to_owned()));
    }
    upgrade(call, |wire| {
        Box::pin(async { traced(grpc::keep_session(wire).await) })
    })
}

/// Takes BuildKit's calls.
pub(super) fn calls(call: &Call) -> Outcome {
    if !call.wants_upgrade() {
        return Err(Fault::Internal("no upgrade proto in request".to_owned()));
    }
    upgrade(call, |wire| {
        Box::pin(async { traced(grpc::refuse(wire).await) })
    })
}

fn upgrade(
    call: &Call,
    talk: impl FnOnce(Wire) -> futures_util::future::BoxFuture<'static, ()> + Send + 'static,
) -> Outcome {
    let asked = call.headers.get(header::UPGRADE);
    let asked = asked
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if asked != "h2c" {
        return Err(Fault::Invalid(format!("protocol {asked} not supported")));
    }
    let talk: TakeOver = Box::new(talk);
    Ok(Answer::upgrade("", "h2c", talk).unsigned())
}

fn traced(ended: std::io::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a client of BuildKit went");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal<T: std::fmt::Debug>(outcome: Result<T, Fault>) -> String {
        outcome.unwrap_err().to_string()
    }

    #[test]
    fn a_tag_is_a_name_and_stands_once() {
        let read = |list: &[&str]| tags(list.iter().copied());

        assert_eq!(
            read(&["a", "", "a:latest", "x/b:1"]).unwrap(),
            ["a:latest", "x/b:1"]
        );
        assert_eq!(
            read(&["BAD"]).unwrap_err(),
            Fault::Internal(
                "invalid reference format: repository name (library/BAD) must be lowercase"
                    .to_owned()
            )
        );
        let digest = format!("a@sha256:{}", "0".repeat(64));
        assert_eq!(
            refusal(read(&[&digest])),
            "build tag cannot contain a digest"
        );
    }

    #[test]
    fn files_from_elsewhere_are_refused_with_the_engine_s_beginning() {
        assert_eq!(check_remote(""), Ok(()));
        for (remote, words) in [
            (
                "http://127.0.0.1:1/x",
                "error downloading remote context http://127.0.0.1:1/x: ",
            ),
            (
                "https://h/x.git#main:dir",
                "error initializing submodules of https://h/x.git#main:dir: ",
            ),
            ("git@h:x", "error initializing submodules of git@h:x: "),
            ("x", "remoteURL (x) could not be recognized as URL"),
            ("client-session", "experimental session with v1 builder"),
        ] {
            let said = refusal(check_remote(remote));
            assert!(said.starts_with(words), "{said}");
        }
    }

    #[test]
    fn documents_among_the_parameters_have_to_be_readable() {
        let arguments: Option<BTreeMap<String, Option<String>>> =
            read("{\"a\":\"1\",\"b\":null}", "x").unwrap();
        assert_eq!(arguments.unwrap()["b"], None);
        let outcome = read::<Vec<String>>("{", "error reading labels");
        assert!(refusal(outcome).starts_with("error reading labels: "));
        assert_eq!(
            refusal(shm_size("x")),
            "strconv.ParseInt: parsing \"x\": invalid syntax"
        );
    }
}
