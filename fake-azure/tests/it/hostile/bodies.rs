//! What a body may cost.

use fake_azure::Limits;
use tokio::io::AsyncWriteExt as _;

use super::peer::{connect, first_line, head, say};
use crate::bodies::{Machine, NAMESPACE, endpoint, hosted_service, root, service};
use crate::stage::{Stage, builder};

const SERVICES: &str = "/services/hostedservices";

/// A body must be refused for what is said to be wrong with it.
async fn refused(stage: &Stage, path: &str, body: &str, why: &str) {
    let answer = stage.post(path, body).await.is(400);
    assert!(answer.detail().contains(why), "{}", answer.detail());
}

#[tokio::test]
async fn elements_attributes_and_name_spaces_are_counted_while_a_body_is_read() {
    let stage = Stage::new().await;
    let many = |n: usize| root("CreateHostedService", &"<a/>".repeat(n));
    // All of them are read and skipped; what is refused is that the name is missing.
    refused(&stage, SERVICES, &many(19_999), "ServiceName is missing").await;
    refused(&stage, SERVICES, &many(20_000), "too many elements").await;
    let long = "x".repeat(257);
    let space = format!("<A xmlns=\"urn:{long}\">{}</A>", "<a/>".repeat(1000));
    refused(&stage, SERVICES, &space, "name of a name space is too long").await;
    let named = root("CreateHostedService", &format!("<{long}/>"));
    refused(&stage, SERVICES, &named, "not the name of an element").await;
    let attributes = |n: usize| {
        let all: Vec<_> = (0..n).map(|i| format!(" a{i}=\"\"")).collect();
        let all = all.concat();
        root("CreateHostedService", &format!("<a{all}/>"))
    };
    refused(&stage, SERVICES, &attributes(64), "ServiceName is missing").await;
    refused(&stage, SERVICES, &attributes(65), "too many attributes").await;
    let bindings = |n: usize| {
        let one = |i: usize| format!("<a xmlns:p{i}=\"urn:p\"/>");
        root("CreateHostedService", &(0..n).map(one).collect::<String>())
    };
    refused(&stage, SERVICES, &bindings(63), "ServiceName is missing").await;
    refused(
        &stage,
        SERVICES,
        &bindings(64),
        "binds too many name spaces",
    )
    .await;
}

#[tokio::test]
async fn lists_have_the_limits_of_the_service() {
    let stage = Stage::new().await;
    stage.post(SERVICES, &hosted_service("web")).await.is(201);
    stage
        .post(
            "/services/storageservices",
            &crate::bodies::storage("store"),
        )
        .await
        .is(202);
    let deployments = format!("{}/deployments", service("web"));
    let opened = |ports: std::ops::Range<u16>| {
        let mut machine = Machine::ubuntu("web");
        machine.endpoints = ports
            .map(|port| endpoint(&format!("e{port}"), &port.to_string(), &port.to_string()))
            .collect();
        machine
    };
    let ruled = |n: usize| {
        let rules: Vec<_> = (1..=n)
            .map(|i| format!("<Rule><Order>{i}</Order><Action>permit</Action><RemoteSubnet>10.0.0.{i}/32</RemoteSubnet></Rule>"))
            .collect();
        let rules = rules.concat();
        let mut machine = Machine::ubuntu("web");
        machine.endpoints = vec![format!(
            "<InputEndpoint><LocalPort>22</LocalPort><Name>ssh</Name><Port>22</Port><Protocol>tcp</Protocol><EndpointAcl><Rules>{rules}</Rules></EndpointAcl></InputEndpoint>"
        )];
        machine.deployment("web")
    };
    refused(&stage, &deployments, &ruled(51), "51 times Rule, but 50").await;
    let many = opened(1..152).deployment("web");
    refused(
        &stage,
        &deployments,
        &many,
        "151 times InputEndpoint, but 150",
    )
    .await;
    let servers: String = (0..1001).map(|_| "<a/>".to_owned()).collect();
    let other = Machine::ubuntu("web").deployment_with(
        "web",
        &format!("<Dns><DnsServers>{servers}</DnsServers></Dns>"),
    );
    refused(&stage, &deployments, &other, "DnsServer, but 100").await;
    // The machines of a deployment share its endpoints.
    let first = stage
        .post(&deployments, &opened(1..150).deployment("web"))
        .await;
    stage.done(first).await;
    let roles = crate::bodies::roles("web");
    let second = |ports| {
        let mut machine = opened(ports);
        machine.name = "two".to_owned();
        machine.provisioning = crate::bodies::linux("two", "azureuser", "Pa$$w0rd1");
        machine.os_disk = crate::bodies::os_disk("two", crate::bodies::UBUNTU);
        machine.role()
    };
    let full = stage.post(&roles, &second(200..202)).await;
    let (status, code, message) = full.refusal();
    assert_eq!((status, code.as_str()), (400, "BadRequest"));
    assert!(message.contains("150 input endpoints"), "{message}");
    let last = stage.post(&roles, &second(200..201)).await;
    stage.done(last).await;
}

#[tokio::test]
async fn heads_are_bounded() {
    let stage = Stage::new().await;
    for (filler, status) in [
        (60_000, "HTTP/1.1 400 Bad Request"),
        (140_000, "HTTP/1.1 431 Request Header Fields Too Large"),
    ] {
        let more = format!("x-filler: {}\r\n", "x".repeat(filler));
        let mut peer = connect(&stage, true).await;
        let head = head(&stage, SERVICES, 0, &more);
        assert_eq!(say(&mut peer, &head).await, status, "{filler}");
    }
}

#[tokio::test]
async fn what_the_head_refuses_is_refused_before_the_body_is_there() {
    let stage = Stage::new().await;
    for (is_owner, path, status) in [
        (false, SERVICES, "HTTP/1.1 403 Forbidden"),
        (true, "/nowhere", "HTTP/1.1 404 Not Found"),
        (
            true,
            "/services/hostedservices/web/slots",
            "HTTP/1.1 404 Not Found",
        ),
    ] {
        // The body never comes.
        let mut peer = connect(&stage, is_owner).await;
        let head = head(&stage, path, 1_000_000, "");
        assert_eq!(say(&mut peer, &head).await, status, "{path}");
        // Who asks before sending is told not to.
        let mut peer = connect(&stage, is_owner).await;
        let head = head.replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n");
        assert_eq!(say(&mut peer, &head).await, status, "{path}");
    }
    let mut peer = connect(&stage, true).await;
    let head = head(&stage, SERVICES, 10, "Expect: 100-continue\r\n");
    assert_eq!(say(&mut peer, &head).await, "HTTP/1.1 100 Continue");
}

#[tokio::test]
async fn a_refused_body_that_comes_all_the_same_is_thrown_away_and_the_connection_goes_on() {
    let stage = Stage::of(builder().limits(Limits {
        // If it were kept it would be more than is allowed.
        unfinished_bytes: 1000,
        ..Limits::default()
    }))
    .await;
    let mut peer = connect(&stage, false).await;
    let whole = head(&stage, SERVICES, 1_000_000, "") + &"x".repeat(1_000_000);
    for _ in 0..3 {
        assert_eq!(say(&mut peer, &whole).await, "HTTP/1.1 403 Forbidden");
        while !first_line(&mut peer).await.is_empty() {}
        let mut body = first_line_of_body(&mut peer).await;
        body.make_ascii_lowercase();
        assert!(body.contains("forbiddenerror"));
    }
}

/// The body of a refusal, up to its end.
async fn first_line_of_body(peer: &mut (impl tokio::io::AsyncRead + Unpin)) -> String {
    use tokio::io::AsyncReadExt as _;
    let mut body = Vec::new();
    while !body.ends_with(b"</Error>") {
        body.push(peer.read_u8().await.unwrap());
    }
    String::from_utf8(body).unwrap()
}

#[tokio::test]
async fn unfinished_bodies_have_a_limit_together_and_make_room_when_they_end() {
    let limits = Limits {
        body_bytes: 4000,
        unfinished_bytes: 10_000,
        ..Limits::default()
    };
    let stage = Stage::of(builder().limits(limits)).await;
    let begun = head(&stage, SERVICES, 4000, "") + &"x".repeat(3999);
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut peer = connect(&stage, true).await;
        peer.write_all(begun.as_bytes()).await.unwrap();
        peer.flush().await.unwrap();
        held.push(peer);
    }
    // They are read in their time; from then on a third one is too many.
    let busy = loop {
        let mut peer = connect(&stage, true).await;
        peer.write_all(begun.as_bytes()).await.unwrap();
        peer.flush().await.unwrap();
        let answer = tokio::select! {
            line = first_line(&mut peer) => Some(line),
            () = turns(&stage) => None,
        };
        match answer {
            Some(line) => break line,
            None => held.push(peer),
        }
    };
    assert_eq!(busy, "HTTP/1.1 503 Service Unavailable");
    assert_eq!(held.len(), 2);
    // Nobody else is in the way of that.
    stage.get("/locations").await.is(200);
    drop(held);
    let made = loop {
        let made = stage.post(SERVICES, &hosted_service("web")).await;
        if made.status != 503 {
            break made;
        }
    };
    made.is(201);
    let long = root("A", &"x".repeat(4001));
    refused(&stage, SERVICES, &long, "longer than 4000 bytes").await;
}

/// As many exchanges as surely let the others be read before.
async fn turns(stage: &Stage) {
    for _ in 0..20 {
        stage.get("/locations").await.is(200);
    }
}

#[tokio::test]
async fn all_that_is_refused_for_its_size_leaves_the_world_as_it_was() {
    let stage = Stage::new().await;
    let (_, before) = stage.admin("world", None).await;
    let deep = "<a>".repeat(100_000);
    let body = format!("<CreateHostedService xmlns=\"{NAMESPACE}\">{deep}");
    refused(&stage, SERVICES, &body, "nested too deep").await;
    refused(
        &stage,
        SERVICES,
        &"x".repeat(3 << 20),
        "longer than 2097152",
    )
    .await;
    let (_, after) = stage.admin("world", None).await;
    assert_eq!(before["subscriptions"], after["subscriptions"]);
}
