//! Networks, and containers that run in them.

use std::net::{Ipv4Addr, SocketAddr};

use fake_docker::process::script::{Script, Scripts, http};
use fake_docker::{Engine, EngineBuilder};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::wire::{Answer, ask, post};

/// Programs that wait, answer on port 80, or ask others for their page.
fn builder() -> EngineBuilder {
    let programs = Script::image("*")
        .program("wait")
        .stays()
        .program("web")
        .listens(80, http().get("/", 200, "welcome"))
        .exits_on("TERM", 0)
        .program_fn("hosts", |mut process| async move {
            let hosts = process.space.files().read("/etc/hosts", &process.user);
            let text = hosts.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            process.print(text.unwrap_or_default()).await.ok();
            0
        })
        .program_fn("ask", |mut process| async move {
            let name = process.args[1].clone();
            let port = process.args.get(2).and_then(|port| port.parse().ok());
            let network = process.space.network().clone();
            let Some(address) = network.resolve(&name).first().copied() else {
                return 2;
            };
            let to = SocketAddr::new(address, port.unwrap_or(80));
            let Ok(connection) = network.connect(to).await else {
                return 3;
            };
            let request = b"GET / HTTP/1.0\r\n\r\n";
            connection.write(request).await.ok();
            while let Ok(bytes) = connection.read(4096).await {
                if bytes.is_empty() {
                    return 0;
                }
                process.write(1, &bytes).await.ok();
            }
            4
        });
    let scripts = Scripts::new().with(programs).unwrap();
    Engine::builder().seed(7).scripts(scripts)
}

fn engine() -> Engine {
    builder().build()
}

/// Makes a container that runs a program.
async fn create(engine: &Engine, name: &str, words: &[&str], more: Value) -> String {
    let mut body = json!({"Image": "", "Cmd": words});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    let target = format!("/v1.51/containers/create?name={name}");
    let answer = post(engine, &target, &body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.message());
    answer.json()["Id"].as_str().unwrap().to_owned()
}

/// Runs a container.
async fn run(engine: &Engine, name: &str, words: &[&str], host: Value) -> String {
    let id = create(engine, name, words, json!({"HostConfig": host})).await;
    let answer = start(engine, name).await;
    assert_eq!(answer.status, 204, "{}", answer.message());
    id
}

async fn start(engine: &Engine, name: &str) -> Answer {
    ask(engine, "POST", &format!("/v1.51/containers/{name}/start")).await
}

/// Waits for a container; its exit code and what it wrote.
async fn outcome(engine: &Engine, name: &str) -> (i64, String) {
    let waited = ask(engine, "POST", &format!("/containers/{name}/wait")).await;
    let code = waited.json()["StatusCode"].as_i64().unwrap();
    let target = format!("/containers/{name}/logs?stdout=1");
    let log = ask(engine, "GET", &target).await.body;
    let mut text = String::new();
    let mut rest = log.as_slice();
    while rest.len() >= 8 {
        let length = u32::from_be_bytes(rest[4..8].try_into().unwrap()) as usize;
        text.push_str(std::str::from_utf8(&rest[8..8 + length]).unwrap());
        rest = &rest[8 + length..];
    }
    (code, text)
}

async fn network(engine: &Engine, body: Value) {
    let answer = post(engine, "/v1.51/networks/create", &body.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.message());
}

async fn inspect(engine: &Engine, target: &str) -> Value {
    ask(engine, "GET", &format!("/v1.51{target}")).await.json()
}

fn told(answer: &Answer) -> (u16, String) {
    (answer.status, answer.message())
}

#[tokio::test]
async fn a_network_is_made_shown_and_removed() {
    let engine = engine();
    let body = json!({"Name": "net1", "IPAM": {"Config": [{"Subnet": "10.77.0.0/24"}]}});
    let made = post(&engine, "/v1.51/networks/create", &body.to_string()).await;
    assert_eq!(made.status, 201);
    let keys: Vec<_> = made.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(keys, ["Id", "Warning"]);
    let again = post(&engine, "/v1.51/networks/create", &body.to_string()).await;
    assert_eq!(
        told(&again),
        (409, "network with name net1 already exists".to_owned())
    );
    let shown = inspect(&engine, "/networks/net1").await;
    assert_eq!(shown["Id"], made.json()["Id"]);
    let removed = ask(&engine, "DELETE", "/v1.51/networks/net1").await;
    assert_eq!((removed.status, removed.body.len()), (204, 0));
    let gone = ask(&engine, "DELETE", "/v1.51/networks/net1").await;
    assert_eq!(told(&gone), (404, "network net1 not found".to_owned()));
}

#[tokio::test]
async fn a_running_container_is_a_member_and_reached_by_name() {
    let engine = engine();
    network(&engine, json!({"Name": "net1"})).await;
    let id = run(&engine, "web", &["web"], json!({"NetworkMode": "net1"})).await;
    let members = &inspect(&engine, "/networks/net1").await["Containers"];
    assert_eq!(members[&id]["IPv4Address"], "172.18.0.2/16");
    run(
        &engine,
        "client",
        &["ask", "web"],
        json!({"NetworkMode": "net1"}),
    )
    .await;
    let (code, page) = outcome(&engine, "client").await;
    assert_eq!(code, 0);
    assert!(page.ends_with("welcome"), "{page}");

    let busy = ask(&engine, "DELETE", "/networks/net1").await;
    let (status, words) = told(&busy);
    assert_eq!(status, 403);
    let start = "error while removing network: network net1 has active endpoints (name:\"web\" id:";
    assert!(words.starts_with(start), "{words}");
    assert_eq!(
        ask(&engine, "POST", "/containers/web/stop").await.status,
        204
    );
    assert_eq!(
        inspect(&engine, "/networks/net1").await["Containers"],
        json!({})
    );
    assert_eq!(ask(&engine, "DELETE", "/networks/net1").await.status, 204);
}

#[tokio::test]
async fn a_published_port_answers_to_the_host() {
    let engine = engine();
    let host = json!({"PortBindings": {"80/tcp": [{"HostPort": "8080"}]}});
    run(&engine, "web", &["web"], host.clone()).await;
    let ports = &inspect(&engine, "/containers/web/json").await["NetworkSettings"]["Ports"];
    assert_eq!(
        ports["80/tcp"],
        json!([
            {"HostIp": "0.0.0.0", "HostPort": "8080"}, {"HostIp": "::", "HostPort": "8080"},
        ])
    );
    let (mut ours, theirs) = tokio::io::duplex(1 << 12);
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, 8080));
    let from = SocketAddr::from((Ipv4Addr::LOCALHOST, 5000));
    engine.arrive(at, from, theirs).await.unwrap();
    ours.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut page = String::new();
    ours.read_to_string(&mut page).await.unwrap();
    assert!(page.ends_with("welcome"), "{page}");

    let second = create(&engine, "c4", &["wait"], json!({"HostConfig": host})).await;
    let (status, words) = told(&start(&engine, "c4").await);
    assert_eq!(status, 500);
    assert!(
        words.starts_with("failed to set up container networking: driver failed programming external connectivity on endpoint c4 (")
            && words.ends_with("): Bind for 0.0.0.0:8080 failed: port is already allocated"),
        "{words}"
    );
    let members = inspect(&engine, "/networks/bridge").await["Containers"].clone();
    assert!(members.get(&second).is_none(), "{members}");
    run(&engine, "client", &["ask", "172.17.0.1", "8080"], json!({})).await;
    assert_eq!(outcome(&engine, "client").await.0, 0, "through the gateway");
    ask(&engine, "POST", "/containers/web/kill").await;
    ask(&engine, "POST", "/containers/web/wait").await;
    let (_, theirs) = tokio::io::duplex(1);
    assert!(engine.arrive(at, from, theirs).await.is_err());
    assert_eq!(start(&engine, "c4").await.status, 204, "it is free again");
}

#[tokio::test]
async fn containers_are_connected_and_disconnected() {
    let engine = engine();
    network(&engine, json!({"Name": "net1"})).await;
    run(&engine, "web", &["web"], json!({"NetworkMode": "net1"})).await;
    run(&engine, "c1", &["wait"], json!({})).await;
    let body = json!({"Container": "c1", "EndpointConfig": {"IPAMConfig": {}, "Aliases": ["x"]}});
    let connect = "/v1.51/networks/net1/connect";
    let answer = post(&engine, connect, &body.to_string()).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let places =
        inspect(&engine, "/containers/c1/json").await["NetworkSettings"]["Networks"].clone();
    assert_eq!(places["net1"]["IPAddress"], "172.18.0.3");
    assert_eq!(places["bridge"]["IPAddress"], "172.17.0.2");
    let again = post(&engine, connect, &body.to_string()).await;
    assert_eq!(
        told(&again),
        (
            403,
            "endpoint with name c1 already exists in network net1".to_owned()
        )
    );
    let nobody = post(&engine, connect, r#"{"Container":"nosuch"}"#).await;
    assert_eq!(told(&nobody), (404, "No such container: nosuch".to_owned()));

    let leave = "/v1.51/networks/net1/disconnect";
    let answer = post(&engine, leave, r#"{"Container":"c1","Force":false}"#).await;
    assert_eq!((answer.status, answer.body.len()), (200, 0));
    let answer = post(&engine, leave, r#"{"Container":"c1"}"#).await;
    let (status, words) = told(&answer);
    assert_eq!(status, 500);
    assert!(
        words.ends_with("is not connected to network net1"),
        "{words}"
    );
}

#[tokio::test]
async fn a_container_may_share_the_network_of_another() {
    let engine = engine();
    run(&engine, "web", &["web"], json!({})).await;
    let shared = json!({"NetworkMode": "container:web"});
    run(&engine, "client", &["ask", "localhost"], shared.clone()).await;
    assert_eq!(outcome(&engine, "client").await.0, 0);
    let client = inspect(&engine, "/containers/client/json").await;
    assert_eq!(client["NetworkSettings"]["Networks"], json!({}));
    for (mode, status, words) in [
        (
            "container:nope",
            500,
            "joining network namespace of container: No such container: nope",
        ),
        (
            "container:client",
            409,
            "cannot join network namespace of a non running container: container client is exited",
        ),
        (
            "nonet",
            404,
            "failed to set up container networking: network nonet not found",
        ),
    ] {
        let name = mode.replace(':', "-");
        let host = json!({"HostConfig": {"NetworkMode": mode}});
        create(&engine, &name, &["wait"], host).await;
        assert_eq!(
            told(&start(&engine, &name).await),
            (status, words.to_owned())
        );
    }
}

#[tokio::test]
async fn the_hosts_network_is_shared_with_the_host() {
    let engine = engine();
    run(&engine, "web", &["web"], json!({"NetworkMode": "host"})).await;
    run(&engine, "client", &["ask", "172.17.0.1"], json!({})).await;
    assert_eq!(outcome(&engine, "client").await.0, 0);
    let at = SocketAddr::from((Ipv4Addr::new(10, 0, 0, 4), 80));
    let (_ours, theirs) = tokio::io::duplex(1);
    assert!(engine.arrive(at, at, theirs).await.is_ok());
}

#[tokio::test]
async fn etc_hosts_tells_the_container_and_its_extra_hosts() {
    let engine = engine();
    let host = json!({"ExtraHosts": ["foo:10.0.0.1", "host.docker.internal:host-gateway"]});
    let id = run(&engine, "c1", &["hosts"], host).await;
    let (_, hosts) = outcome(&engine, "c1").await;
    let own = format!("172.17.0.2\t{}\n", &id[..12]);
    assert!(
        hosts.starts_with("127.0.0.1\tlocalhost\n::1\tlocalhost"),
        "{hosts}"
    );
    let end = format!("10.0.0.1\tfoo\n172.17.0.1\thost.docker.internal\n{own}");
    assert!(hosts.ends_with(&end), "{hosts}");
}

#[tokio::test]
async fn etc_hosts_follows_the_networks_of_a_running_container() {
    let engine = engine();
    network(&engine, json!({"Name": "net1"})).await;
    let id = run(&engine, "c1", &["wait"], json!({})).await;
    let read = |name: &'static str| {
        let engine = engine.clone();
        async move {
            let target = format!("/containers/c1/archive?path=/etc/{name}");
            let tar = ask(&engine, "GET", &target).await.body;
            String::from_utf8_lossy(&tar).into_owned()
        }
    };
    let own = format!("172.18.0.2\t{}\n", &id[..12]);
    assert!(!read("hosts").await.contains(&own));
    let body = r#"{"Container":"c1"}"#;
    post(&engine, "/networks/net1/connect", body).await;
    assert!(read("hosts").await.contains(&own));
    assert!(
        read("resolv.conf")
            .await
            .contains("nameserver 127.0.0.11\n")
    );
    post(&engine, "/networks/net1/disconnect", body).await;
    assert!(!read("hosts").await.contains(&own));
    assert!(!read("resolv.conf").await.contains("127.0.0.11"));
}

#[tokio::test]
async fn pruning_tells_what_went() {
    let engine = engine();
    for name in ["a", "b"] {
        network(&engine, json!({"Name": name, "Labels": {"of": name}})).await;
    }
    let prune = |filters: &str| {
        let target = format!(
            "/v1.51/networks/prune?filters={}",
            crate::answers::escaped(filters)
        );
        let engine = engine.clone();
        async move { ask(&engine, "POST", &target).await }
    };
    let young = prune(r#"{"until":["24h"]}"#).await;
    assert_eq!(young.json(), json!({"NetworksDeleted": null}));
    let spared = prune(r#"{"label!":["of=b"]}"#).await;
    assert_eq!(spared.json(), json!({"NetworksDeleted": ["a"]}));
    for (filters, words) in [
        (r#"{"x":["y"]}"#, "invalid filter 'x'"),
        (
            r#"{"until":["1h","2h"]}"#,
            "more than one until filter specified",
        ),
        (
            r#"{"until":["soon"]}"#,
            "failed to parse value as time or duration: \"soon\"",
        ),
    ] {
        assert_eq!(told(&prune(filters).await), (400, words.to_owned()));
    }
    assert_eq!(prune("").await.json(), json!({"NetworksDeleted": ["b"]}));
}

#[tokio::test]
async fn a_place_that_cannot_be_is_refused_at_the_creation() {
    let engine = engine();
    network(&engine, json!({"Name": "net1"})).await;
    let body = json!({
        "Image": "", "Cmd": ["wait"], "HostConfig": {"NetworkMode": "net1"},
        "NetworkingConfig": {"EndpointsConfig": {
            "net1": {"IPAMConfig": {"IPv4Address": "10.1.1.1"}},
        }},
    });
    let answer = post(&engine, "/v1.51/containers/create", &body.to_string()).await;
    assert_eq!(
        told(&answer),
        (
            400,
            "invalid config for network net1: invalid endpoint settings:\nuser specified IP address is supported only when connecting to networks with user configured subnets".to_owned()
        )
    );
}

#[tokio::test]
async fn a_host_knows_its_whole_name_its_domain_and_its_address() {
    let engine = crate::alpine::engine().await;
    let body = json!({"Image": "alpine:3.22", "Cmd": ["sleep", "300"],
        "Hostname": "box", "Domainname": "example.org"});
    let made = post(&engine, "/containers/create?name=box", &body.to_string()).await;
    assert_eq!(made.status, 201);
    assert_eq!(post(&engine, "/containers/box/start", "").await.status, 204);
    let script =
        "hostname; hostname -s; hostname -f; hostname -d; hostname -i; netstat -rn | tail -n 2";
    assert_eq!(
        crate::alpine::exec(&engine, "box", "", script).await,
        "box\nbox\nbox.example.org\nexample.org\n172.17.0.2\n\
         0.0.0.0         172.17.0.1      0.0.0.0         UG        0 0          0 eth0\n\
         172.17.0.0      0.0.0.0         255.255.0.0     U         0 0          0 eth0\n"
    );
}
