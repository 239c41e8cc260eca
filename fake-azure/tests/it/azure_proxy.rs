//! The proxy: Azure's names end in it, simulated ones lead to their addresses, and all others
//! are where they are.

use std::net::SocketAddr;

use fake_azure::Upstream;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::bodies::Machine;
use crate::certs::Set;
use crate::stage::{Answer, Stage, VERSION, builder, credentials};
use crate::today::{MANAGEMENT, Today};

/// Says something to the proxy, and tells the first line of its answer.
async fn said(proxy: &str, words: &str) -> (TcpStream, String) {
    let address = proxy.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    let first = head.lines().next().unwrap().to_owned();
    (stream, first)
}

async fn connect(proxy: &str, place: &str) -> (TcpStream, String) {
    said(
        proxy,
        &format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\n\r\n"),
    )
    .await
}

/// A server that answers what it hears with the same, and tells it.
async fn echo() -> (SocketAddr, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tell, heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let tell = tell.clone();
            tokio::spawn(async move {
                let mut buffer = [0; 4096];
                while let Ok(read @ 1..) = stream.read(&mut buffer).await {
                    let said = String::from_utf8_lossy(&buffer[..read]).into_owned();
                    drop(tell.send(said));
                    if stream.write_all(&buffer[..read]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, heard)
}

#[tokio::test]
async fn azures_names_end_in_the_proxy_and_are_answered_by_the_simulator() {
    let today = Today::of(builder()).await;
    let client = today.through_proxy();
    let get = async |url: String| {
        let request = client.get(url).bearer_auth("nothing");
        Answer::of(request.send().await.unwrap()).await
    };
    let tenant = today.told("tenantId");
    let login = "https://login.microsoftonline.com";
    let path = "v2.0/.well-known/openid-configuration";
    let told = get(format!("{login}/{tenant}/{path}")).await.is(200).json();
    assert_eq!(
        told["token_endpoint"],
        format!("{login}/{tenant}/oauth2/v2.0/token")
    );
    let manager = "https://management.azure.com";
    let version = "api-version=2022-09-01";
    let told = get(format!("{manager}/metadata/endpoints?{version}")).await;
    assert_eq!(
        told.is(200).json()["resourceManager"],
        format!("{manager}/")
    );
    let refused = get(format!("{manager}/subscriptions?api-version=2022-12-01")).await;
    let code = (401, "InvalidAuthenticationToken".to_owned());
    assert_eq!(refused.failure(), code);
    let challenge = refused.header("www-authenticate");
    let authority = format!("\"https://login.windows.net/{tenant}\"");
    assert!(challenge.contains(&authority), "{challenge}");

    for host in [
        "graph.microsoft.com",
        "graph.windows.net",
        "me.vault.azure.net",
        "aka.ms",
        "westus-0.in.applicationinsights.azure.com",
    ] {
        let answer = get(format!("https://{host}/x")).await;
        assert_eq!(answer.failure(), (501, "NotImplemented".to_owned()));
        assert!(answer.body.contains(host), "{}", answer.body);
    }
    let blob = "https://azcliprod.blob.core.windows.net";
    get(format!("{blob}/cli/vm/aliases.json")).await.is(200);
    get(format!("{blob}/anything?sig=secret")).await.is(404);
    // In the clear, too.
    let plain = get(format!("http://login.microsoftonline.com/{tenant}/{path}")).await;
    assert_eq!(plain.status, 200);
    let journal = today.admin("journal", None).await.1.to_string();
    assert!(journal.contains("https://graph.microsoft.com/x"));
    assert!(!journal.contains("secret"));
}

#[tokio::test]
async fn machines_find_their_identity_at_the_address_of_life() {
    let today = Today::of(builder()).await;
    let path = "metadata/identity/oauth2/token?api-version=2018-02-01";
    let url = format!("http://169.254.169.254/{path}&resource={MANAGEMENT}");
    let request = today.through_proxy().get(url).header("Metadata", "true");
    let answer = Answer::of(request.send().await.unwrap()).await;
    assert!(answer.is(200).json()["access_token"].is_string());
}

#[tokio::test]
async fn service_management_is_reached_by_its_name_with_its_certificate() {
    let stage = Stage::new().await;
    let proxy = reqwest::Proxy::all(stage.azure.proxy_url()).unwrap();
    let identity = reqwest::Identity::from_pem(credentials().management_pem().as_bytes());
    let ca = reqwest::Certificate::from_pem(credentials().ca_pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder()
        .proxy(proxy)
        .tls_certs_only([ca])
        .identity(identity.unwrap());
    let url = format!(
        "https://management.core.windows.net/{}/locations",
        stage.azure.subscription_id()
    );
    let request = client.build().unwrap().get(url);
    let answer = request.header("x-ms-version", VERSION).send().await;
    assert_eq!(answer.unwrap().status(), 200);
}

#[tokio::test]
async fn simulated_names_lead_to_their_machines_and_others_of_theirs_nowhere() {
    let stage = Stage::new().await;
    let set = Set::shared();
    let machine = Machine::ubuntu("web")
        .with(&set.azure(4243))
        .opened("docker", 4243, 4243);
    stage.ready("web", &machine).await;
    let proxy = stage.azure.proxy_url();
    // Whoever trusts the file of authorities trusts the host.
    let bundle = std::fs::read_to_string(stage.azure.ca_bundle()).unwrap();
    let one = |pem: &str| pem.replace(['\n', '\r'], "");
    assert!(one(&bundle).contains(&one(&set.ca)));
    assert!(one(&bundle).contains(&one(credentials().ca_pem())));

    let (_, first) = connect(proxy, "WEB.cloudapp.net:4243").await;
    assert_eq!(first, "HTTP/1.1 200 OK");
    for nobody in [
        "nobody.cloudapp.net:4243",
        "nobody.westus.cloudapp.azure.com:2376",
        "cloudapp.net:443",
    ] {
        let (mut stream, first) = connect(proxy, nobody).await;
        assert_eq!(first, "HTTP/1.1 502 Bad Gateway", "{nobody}");
        drop(stream.shutdown().await);
    }
    let (_, first) = said(
        proxy,
        "GET http://nobody.cloudapp.net/ HTTP/1.1\r\nHost: nobody.cloudapp.net\r\n\r\n",
    )
    .await;
    assert_eq!(first, "HTTP/1.1 502 Bad Gateway");
}

#[tokio::test]
async fn every_other_host_is_reached_as_if_there_were_no_proxy() {
    let today = Today::of(builder()).await;
    let (address, mut heard) = echo().await;
    let (mut tunnel, first) = connect(today.azure.proxy_url(), &address.to_string()).await;
    assert_eq!(first, "HTTP/1.1 200 OK");
    tunnel.write_all(b"hello").await.unwrap();
    let mut back = [0; 5];
    tunnel.read_exact(&mut back).await.unwrap();
    assert_eq!(&back, b"hello");
    assert_eq!(heard.recv().await.unwrap(), "hello");

    // A request in the clear: the host sees it as if it had come straight.
    let words = format!(
        "GET http://{address}/path?q=1 HTTP/1.1\r\nHost: {address}\r\nProxy-Connection: keep-alive\r\n\
         Proxy-Authorization: Basic secret\r\nX-Mine: yes\r\n\r\n"
    );
    let place = today.azure.proxy_url().strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(place).await.unwrap();
    stream.write_all(words.as_bytes()).await.unwrap();
    let seen = heard.recv().await.unwrap().to_ascii_lowercase();
    assert!(seen.starts_with("get /path?q=1 http/1.1\r\n"), "{seen}");
    assert!(seen.contains("x-mine: yes") && seen.contains(&format!("host: {address}")));
    assert!(!seen.contains("proxy-"), "{seen}");

    // Nobody listens at a port that was just let go.
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gone = free.local_addr().unwrap();
    drop(free);
    let (_, first) = connect(today.azure.proxy_url(), &gone.to_string()).await;
    assert_eq!(first, "HTTP/1.1 502 Bad Gateway");
    for nonsense in [
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT :1 HTTP/1.1\r\n\r\n",
    ] {
        let (_, first) = said(today.azure.proxy_url(), nonsense).await;
        assert_eq!(first, "HTTP/1.1 400 Bad Request", "{nonsense}");
    }
}

#[tokio::test]
async fn the_proxy_that_was_set_before_is_gone_through_and_never_sees_azures_names() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let before = listener.local_addr().unwrap();
    let (tell, mut heard) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut asked = Vec::new();
            while !asked.ends_with(b"\r\n\r\n") {
                asked.push(stream.read_u8().await.unwrap());
            }
            let asked = String::from_utf8(asked).unwrap();
            let answer = if asked.contains("forbidden.example") {
                "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
            } else if asked.starts_with("CONNECT") {
                "HTTP/1.1 200 Connected\r\nX: y\r\n\r\nwelcome"
            } else {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
            };
            tell.send(asked).unwrap();
            stream.write_all(answer.as_bytes()).await.unwrap();
            tokio::spawn(async move {
                let mut rest = Vec::new();
                drop(stream.read_to_end(&mut rest).await);
            });
        }
    });
    let set = format!("http://me:secret@{before}");
    let upstream = Upstream::of_variables(|name| match name {
        "HTTPS_PROXY" | "http_proxy" => Some(set.clone()),
        "NO_PROXY" => Some("near.example".to_owned()),
        _ => None,
    });
    let today = Today::of(builder().upstream(upstream)).await;
    let proxy = today.azure.proxy_url();

    let (mut tunnel, first) = connect(proxy, "elsewhere.example:8443").await;
    assert_eq!(first, "HTTP/1.1 200 OK");
    let mut said_first = [0; 7];
    tunnel.read_exact(&mut said_first).await.unwrap();
    assert_eq!(&said_first, b"welcome");
    let seen = heard.recv().await.unwrap();
    assert!(seen.starts_with("CONNECT elsewhere.example:8443 HTTP/1.1\r\n"));
    assert!(seen.contains("Proxy-Authorization: Basic "), "{seen}");

    let (_, first) = connect(proxy, "forbidden.example:443").await;
    assert_eq!(first, "HTTP/1.1 502 Bad Gateway");
    heard.recv().await.unwrap();
    let words = "GET http://plain.example/x HTTP/1.1\r\nHost: plain.example\r\n\r\n";
    let (_, first) = said(proxy, words).await;
    assert_eq!(first, "HTTP/1.1 200 OK");
    let seen = heard.recv().await.unwrap();
    assert!(seen.starts_with("GET http://plain.example/x "), "{seen}");

    // This machine is always near, and Azure's names are nearer still.
    let (echo, _) = echo().await;
    let (_, first) = connect(proxy, &echo.to_string()).await;
    assert_eq!(first, "HTTP/1.1 200 OK");
    let tenant = today.told("tenantId");
    for url in [
        format!("https://login.microsoftonline.com/{tenant}/discovery/v2.0/keys"),
        "https://never.seen.azure.com/".to_owned(),
        "http://login.windows.net/".to_owned(),
    ] {
        today.through_proxy().get(url).send().await.unwrap();
    }
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn the_proxy_and_the_metadata_service_are_for_this_machine_alone() {
    let everywhere = SocketAddr::from(([0, 0, 0, 0], 0));
    let today = Today::of(builder().listen(everywhere)).await;
    let place = |url: &str| url.rsplit_once(':').unwrap().0.to_owned();
    assert_eq!(place(today.azure.proxy_url()), "http://127.0.0.1");
    assert_eq!(
        place(today.azure.metadata_service_url()),
        "http://127.0.0.1"
    );
    let port = |url: &str| url.rsplit_once(':').unwrap().1.parse::<u16>().unwrap();
    for (url, is_open) in [
        (today.azure.proxy_url(), false),
        (today.azure.metadata_service_url(), false),
        (today.azure.resource_manager_url(), true),
    ] {
        // Another address of this machine's.
        let other = SocketAddr::from(([127, 0, 0, 9], port(url)));
        assert_eq!(TcpStream::connect(other).await.is_ok(), is_open, "{url}");
    }
}
