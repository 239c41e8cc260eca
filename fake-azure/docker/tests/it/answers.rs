//! What each route answers, to the header.

use fake_docker::{Clock, Engine};
use serde_json::{Value, json};

use crate::wire::{Answer, ask, post, talk};

fn engine() -> Engine {
    let birth = "2014-10-01T12:00:00Z".parse().unwrap();
    Engine::builder()
        .seed(7)
        .clock(Clock::by_hand(birth))
        .build()
}

/// The headers, without those that every answer carries.
fn own_headers(answer: &Answer) -> Vec<(&str, &str)> {
    const EVERYWHERE: [(&str, &str); 6] = [
        ("Api-Version", "1.51"),
        ("Docker-Experimental", "false"),
        ("Ostype", "linux"),
        ("Server", "Docker/28.5.2 (linux)"),
        ("Date", "Wed, 01 Oct 2014 12:00:00 GMT"),
        ("Connection", "close"),
    ];
    let headers = answer.headers.iter();
    let mut pairs: Vec<_> = headers
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    for header in EVERYWHERE {
        let at = pairs.iter().position(|pair| *pair == header);
        pairs.remove(at.unwrap_or_else(|| panic!("{header:?} is missing of {pairs:?}")));
    }
    pairs.sort_unstable();
    pairs
}

#[tokio::test]
async fn ping_says_who_is_there() {
    let greeting = |length| {
        [
            ("Builder-Version", "1"),
            ("Cache-Control", "no-cache, no-store, must-revalidate"),
            ("Content-Length", length),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Pragma", "no-cache"),
            ("Swarm", "inactive"),
        ]
    };

    for target in ["/_ping", "/v1.24/_ping"] {
        let get = ask(&engine(), "GET", target).await;
        let head = ask(&engine(), "HEAD", target).await;

        assert_eq!((get.status, get.body.as_slice()), (200, b"OK".as_slice()));
        assert_eq!(own_headers(&get), greeting("2"));
        assert_eq!((head.status, head.body.len()), (200, 0));
        assert_eq!(own_headers(&head), greeting("0"));
    }
}

#[tokio::test]
async fn a_new_engine_is_empty() {
    for (target, document) in [
        ("/containers/json?all=1", "[]\n"),
        ("/images/json", "[]\n"),
        ("/volumes", "{\"Volumes\":[],\"Warnings\":null}\n"),
        ("/plugins", "[]\n"),
        (
            "/system/df",
            "{\"LayersSize\":0,\"Images\":[],\"Containers\":[],\"Volumes\":[],\"BuildCache\":[]}\n",
        ),
        (
            "/system/df?type=image",
            "{\"LayersSize\":0,\"Images\":[],\"Containers\":null,\"Volumes\":null,\"BuildCache\":null}\n",
        ),
    ] {
        let answer = ask(&engine(), "GET", target).await;

        assert_eq!(answer.status, 200, "{target}");
        assert_eq!(String::from_utf8_lossy(&answer.body), document, "{target}");
        let length = document.len().to_string();
        assert_eq!(
            own_headers(&answer),
            [
                ("Content-Length", length.as_str()),
                ("Content-Type", "application/json")
            ]
        );
    }
}

#[tokio::test]
async fn a_new_engine_has_three_networks() {
    let networks = ask(&engine(), "GET", "/v1.51/networks").await.json();

    let named = |key: &str| {
        let networks = networks.as_array().unwrap().iter();
        networks.map(|n| n[key].clone()).collect::<Value>()
    };
    assert_eq!(named("Name"), json!(["none", "host", "bridge"]));
    assert_eq!(named("Driver"), json!(["null", "host", "bridge"]));
    let bridge = &networks[2];
    assert_eq!(bridge["IPAM"]["Config"][0]["Subnet"], "172.17.0.0/16");
    let created = bridge["Created"].as_str().unwrap();
    assert!(created.starts_with("2014-10-01T12:00:00.00"), "{created}");

    let id = bridge["Id"].as_str().unwrap();
    for name in ["bridge", id, &id[..12]] {
        let target = format!("/networks/{name}");
        assert_eq!(&ask(&engine(), "GET", &target).await.json(), bridge);
    }
}

#[tokio::test]
async fn filters_choose_networks() {
    for (filters, names) in [
        (r#"{"name":["host"]}"#, json!(["host"])),
        (r#"{"name":{"o":true}}"#, json!(["none", "host"])),
        (r#"{"driver":["null","bridge"]}"#, json!(["none", "bridge"])),
        (r#"{"type":["custom"]}"#, json!([])),
        (
            r#"{"dangling":["false"]}"#,
            json!(["none", "host", "bridge"]),
        ),
        (r#"{"dangling":["true"]}"#, json!([])),
        (r#"{"scope":["swarm"]}"#, json!([])),
        (r#"{"label":["x"]}"#, json!([])),
    ] {
        let escaped = escaped(filters);
        let networks = ask(&engine(), "GET", &format!("/networks?filters={escaped}")).await;

        let networks = networks.json();
        let shown = networks.as_array().unwrap().iter();
        assert_eq!(
            shown.map(|n| n["Name"].clone()).collect::<Value>(),
            names,
            "{filters}"
        );
    }
}

#[tokio::test]
async fn a_filter_nobody_knows_is_refused() {
    for list in [
        "/containers/json",
        "/images/json",
        "/volumes",
        "/networks",
        "/plugins",
    ] {
        let filters = escaped(r#"{"nosuch":["1"]}"#);
        let answer = ask(&engine(), "GET", &format!("{list}?filters={filters}")).await;

        assert_eq!(
            (answer.status, answer.message().as_str()),
            (400, "invalid filter 'nosuch'"),
            "{list}"
        );
    }
}

#[tokio::test]
async fn a_wrong_value_of_a_filter_is_refused_in_the_engines_words() {
    for (list, filters, status, message) in [
        ("/containers/json", "x", 400, "invalid filter"),
        (
            "/containers/json",
            r#"{"status":["asleep"]}"#,
            400,
            "invalid filter 'status=asleep': invalid value for state (asleep): must be one of created, running, paused, restarting, removing, exited, dead",
        ),
        (
            "/containers/json",
            r#"{"exited":["x"]}"#,
            400,
            "invalid filter 'exited=x': strconv.Atoi: parsing \"x\": invalid syntax",
        ),
        (
            "/containers/json",
            r#"{"since":["c9"]}"#,
            404,
            "No such container: c9",
        ),
        (
            "/images/json",
            r#"{"dangling":["maybe"]}"#,
            400,
            "invalid filter 'dangling=[maybe]'",
        ),
        (
            "/images/json",
            r#"{"before":["busybox"]}"#,
            404,
            "No such image: busybox:latest",
        ),
        (
            "/networks",
            r#"{"dangling":["maybe"]}"#,
            400,
            "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")",
        ),
    ] {
        let target = format!("{list}?filters={}", escaped(filters));
        let answer = ask(&engine(), "GET", &target).await;

        assert_eq!(
            (answer.status, answer.message().as_str()),
            (status, message),
            "{target}"
        );
    }
}

#[tokio::test]
async fn what_is_not_there_is_named() {
    for (method, target, status, message) in [
        ("GET", "/containers/c9/json", 404, "No such container: c9"),
        ("POST", "/containers/c9/start", 404, "No such container: c9"),
        ("DELETE", "/containers/c9", 404, "No such container: c9"),
        ("GET", "/exec/e9/json", 404, "No such exec instance: e9"),
        ("GET", "/images/x/json", 404, "No such image: x:latest"),
        (
            "GET",
            "/images/docker.io%2Fa%2Fb:1/json",
            404,
            "No such image: a/b:1",
        ),
        (
            "GET",
            "/images/X/json",
            400,
            "invalid reference format: repository name (library/X) must be lowercase",
        ),
        ("DELETE", "/images/x", 404, "No such image: x:latest"),
        ("GET", "/volumes/v9", 404, "get v9: no such volume"),
        ("GET", "/networks/n9", 404, "network n9 not found"),
        ("DELETE", "/networks/n9", 404, "network n9 not found"),
        (
            "DELETE",
            "/networks/bridge",
            403,
            "bridge is a pre-defined network and cannot be removed",
        ),
        (
            "GET",
            "/networks/bridge?scope=swarm",
            404,
            "network bridge not found",
        ),
        ("GET", "/plugins/p9/json", 404, "plugin \"p9\" not found"),
        (
            "POST",
            "/plugins/pull?remote=x",
            404,
            "error resolving plugin reference: docker.io/library/x:latest: not found",
        ),
        (
            "POST",
            "/swarm/leave",
            503,
            "This node is not part of a swarm",
        ),
        (
            "GET",
            "/containers/json?limit=x",
            500,
            "strconv.Atoi: parsing \"x\": invalid syntax",
        ),
        ("GET", "/system/df?type=x", 400, "unknown object type: x"),
    ] {
        let answer = ask(&engine(), method, target).await;

        assert_eq!(
            (answer.status, answer.message().as_str()),
            (status, message),
            "{method} {target}"
        );
        own_headers(&answer);
    }
}

#[tokio::test]
async fn what_is_not_modelled_says_which_route_it_is() {
    let engine = engine();
    for (target, body, route) in [
        (
            "/swarm/init",
            r#"{"ListenAddr":"0.0.0.0:2377"}"#,
            "POST /swarm/init",
        ),
        ("/plugins/create?name=x", "[]", "POST /plugins/create"),
    ] {
        let answer = post(&engine, target, body).await;

        assert_eq!(answer.status, 501, "{target}");
        assert!(
            answer.message().starts_with(&format!("{route} is not")),
            "{}",
            answer.message()
        );
        assert_eq!(answer.header("Content-Type"), Some("application/json"));
        own_headers(&answer);
    }
}

#[tokio::test]
async fn a_large_upload_is_read_before_it_is_refused() {
    let answer = post(&engine(), "/plugins/create", &"x".repeat(3 << 20)).await;

    assert_eq!(answer.status, 501);
}

#[tokio::test]
async fn what_the_engine_has_not_is_no_page() {
    for (method, target) in [
        ("GET", "/"),
        ("GET", "/nosuch"),
        ("GET", "/v1.51"),
        ("GET", "/v1.51/nosuch"),
        ("POST", "/info"),
        ("DELETE", "/containers/json/x/y/z/"),
        ("GET", "/containers/c1/nosuch"),
        ("GET", "/vX/info"),
    ] {
        let answer = ask(&engine(), method, target).await;
        if method == "DELETE" {
            assert_eq!(answer.message(), "No such container: json/x/y/z/");
            continue;
        }

        assert_eq!(answer.status, 404, "{method} {target}");
        assert_eq!(answer.body, b"{\"message\":\"page not found\"}\n");
    }
}

#[tokio::test]
async fn versions_outside_of_the_range_are_refused_as_the_engine_does() {
    let new = ask(&engine(), "GET", "/v1.99/containers/json").await;
    let old = ask(&engine(), "GET", "/v1.10/containers/json").await;

    assert_eq!(new.status, 400);
    assert_eq!(
        new.body,
        b"{\"message\":\"client version 1.99 is too new. Maximum supported API version is 1.51\"}\n"
    );
    assert_eq!(new.header("Content-Type"), Some("application/json"));
    assert_eq!(old.status, 400);
    assert_eq!(
        old.body,
        b"client version 1.10 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version\n"
    );
    assert_eq!(
        old.header("Content-Type"),
        Some("text/plain; charset=utf-8")
    );
    assert_eq!(old.header("X-Content-Type-Options"), Some("nosniff"));
    for refused in [new, old] {
        assert_eq!(refused.header("Api-Version"), Some("1.51"));
        assert_eq!(refused.header("Docker-Experimental"), None);
    }
}

#[tokio::test]
async fn information_has_the_shape_of_the_version_asked_for() {
    let engine = engine();
    let info = async |version: &str| {
        let answer = ask(&engine, "GET", &format!("/v{version}/info")).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("Transfer-Encoding"), Some("chunked"));
        answer.json()
    };

    let newest = info("1.51").await;
    assert_eq!(newest["ServerVersion"], "28.5.2");
    assert_eq!(newest["FirewallBackend"]["Driver"], "iptables");
    assert!(newest.get("BridgeNfIptables").is_none());
    assert!(info("1.49").await.get("BridgeNfIptables").is_some());
    let before_firewall = info("1.48").await;
    assert!(before_firewall.get("FirewallBackend").is_none());
    assert!(before_firewall["RuncCommit"].get("Expected").is_some());
    assert!(before_firewall.get("Containerd").is_some());
    let registry = &info("1.46").await["RegistryConfig"];
    assert!(
        registry
            .get("AllowNondistributableArtifactsCIDRs")
            .is_some()
    );
    assert!(info("1.45").await.get("Containerd").is_none());
    let old = &info("1.43").await["Runtimes"]["runc"];
    assert_eq!(old, &json!({"path": "runc"}));
    let oldest = info("1.24").await;
    assert_eq!(oldest["ExecutionDriver"], "<not supported>");
    assert_eq!(oldest["SecurityOptions"], json!(["seccomp"]));
}

#[tokio::test]
async fn information_shows_the_host() {
    let engine = Engine::builder()
        .name("my-docker-host")
        .cpus(2)
        .memory_bytes(3_500_000_000)
        .operating_system("Ubuntu 14.04.6 LTS")
        .kernel_version("3.13.0-170-generic")
        .build();

    let info = ask(&engine, "GET", "/info").await.json();

    assert_eq!(info["Name"], "my-docker-host");
    assert_eq!(info["NCPU"], 2);
    assert_eq!(info["MemTotal"], 3_500_000_000_u64);
    assert_eq!(info["OperatingSystem"], "Ubuntu 14.04.6 LTS");
    assert_eq!(info["OSVersion"], "14.04");
    assert_eq!(info["KernelVersion"], "3.13.0-170-generic");
}

#[tokio::test]
async fn a_connection_is_kept_for_the_next_request() {
    let two = "GET /_ping HTTP/1.1\r\nHost: d\r\n\r\nGET /images/json HTTP/1.1\r\nHost: d\r\n\r\n";

    let answers = talk(&engine(), two.as_bytes()).await;

    let answers = String::from_utf8(answers).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK\r\n").count(), 2);
    assert!(answers.ends_with("\r\n\r\n[]\n"), "{answers}");
}

#[tokio::test]
async fn a_doubled_slash_is_sent_to_the_right_path() {
    let answer = ask(&engine(), "GET", "/containers//c1/json?size=1").await;

    assert_eq!(answer.status, 301);
    assert_eq!(
        answer.header("Location"),
        Some("/containers/c1/json?size=1")
    );
}

#[tokio::test]
async fn a_request_without_a_host_is_refused() {
    let answer = talk(&engine(), b"GET /info HTTP/1.1\r\n\r\n").await;

    assert!(answer.starts_with(b"HTTP/1.1 400 Bad Request\r\n"));
}

#[test]
fn an_engine_can_be_shared_between_tasks() {
    fn is_shared<T: Clone + Send + Sync + std::fmt::Debug>(_: &T) {}

    is_shared(&engine());
}

/// Escapes what a query may not hold.
pub(crate) fn escaped(text: &str) -> String {
    text.bytes().fold(String::new(), |escaped, byte| {
        if byte.is_ascii_alphanumeric() {
            escaped + char::from(byte).encode_utf8(&mut [0; 4])
        } else {
            escaped + &format!("%{byte:02X}")
        }
    })
}
