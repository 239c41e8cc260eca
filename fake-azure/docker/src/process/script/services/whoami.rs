//! `traefik/whoami`, which shows a request and who answers it; `http-echo`, which says one thing;
//! and the page that test libraries start to try themselves.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::daemon::{self, Answer};
use super::site::{Place, Site, TagStyle, clean};
use crate::process::script::media_type;
use crate::process::script::message::{Request, Response};
use crate::process::{Process, Signal};

/// The value of `--name value` or `--name=value`, with one dash or two.
fn flag(args: &[String], name: &str) -> Option<String> {
    let mut args = args.iter().skip(1);
    while let Some(arg) = args.next() {
        let Some(arg) = arg.trim_start_matches('-').strip_prefix(name) else {
            continue;
        };
        match arg.strip_prefix('=') {
            Some(value) => return Some(value.to_owned()),
            None if arg.is_empty() => return args.next().cloned(),
            None => {}
        }
    }
    None
}

/// Runs `whoami`.
pub(super) async fn run(mut process: Process) -> u8 {
    let port = flag(&process.args, "port");
    let port = port.or_else(|| process.variable("WHOAMI_PORT_NUMBER").map(str::to_owned));
    let port = port.and_then(|port| port.parse().ok()).unwrap_or(80);
    let name = flag(&process.args, "name");
    let name = name.or_else(|| process.variable("WHOAMI_NAME").map(str::to_owned));
    let space = process.space.clone();
    let answer: Answer = Arc::new(move |_, request: Request| {
        let host_name = space.host_name().to_owned();
        let addresses = space.network().interfaces();
        let addresses = addresses
            .into_iter()
            .map(|i| i.address.to_string())
            .collect::<Vec<_>>();
        let now = space.clock().now();
        let sniffed = request.path != "/api";
        let answer = whoami(&request, name.as_deref(), &host_name, &addresses)
            .dated(now)
            .in_order_of_go(sniffed);
        Box::pin(async move { answer })
    });
    let stamp = process.now().strftime("%Y/%m/%d %H:%M:%S").to_string();
    let ready = format!("{stamp} Starting up on port {port}\n");
    serve(&mut process, &[port], answer, &ready).await
}

fn whoami(
    request: &Request,
    name: Option<&str>,
    host_name: &str,
    addresses: &[String],
) -> Response {
    match request.path.as_str() {
        "/health" => Response::new(200),
        "/bench" => Response::text(200, "1"),
        "/api" => {
            let headers: serde_json::Map<String, serde_json::Value> = request
                .headers
                .iter()
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                    (canonical(name.as_str()), vec![value].into())
                })
                .collect();
            Response::json(
                200,
                &serde_json::json!({
                    "hostname": host_name,
                    "ip": addresses,
                    "headers": headers,
                    "url": request.target(),
                    "host": request.header("host"),
                    "method": request.method.as_str(),
                    "name": name,
                    "remoteAddr": request.peer.to_string(),
                }),
            )
        }
        _ => {
            let mut text = String::new();
            if let Some(name) = name {
                text.extend(["Name: ", name, "\n"]);
            }
            text.extend(["Hostname: ", host_name, "\n"]);
            for address in addresses {
                text.extend(["IP: ", address, "\n"]);
            }
            text.extend(["RemoteAddr: ", &request.peer.to_string(), "\n"]);
            text.extend([request.method.as_str(), " ", &request.target(), " "]);
            text.extend([request.version, "\nHost: "]);
            text.extend([request.header("host").unwrap_or_default(), "\n"]);
            let mut headers: Vec<String> = request
                .headers
                .iter()
                .filter(|(name, _)| *name != "host")
                .map(|(name, value)| {
                    let value = String::from_utf8_lossy(value.as_bytes());
                    format!("{}: {value}\n", canonical(name.as_str()))
                })
                .collect();
            headers.sort();
            text.extend(headers);
            text.push('\n');
            Response::text(200, text)
        }
    }
}

/// A header's name as Go writes it: `User-Agent`.
fn canonical(name: &str) -> String {
    let mut upper = true;
    let letter = |c: char| {
        let letter = if upper { c.to_ascii_uppercase() } else { c };
        upper = c == '-';
        letter
    };
    name.chars().map(letter).collect()
}

/// Runs `http-echo`.
pub(super) async fn echo(mut process: Process) -> u8 {
    let text = flag(&process.args, "text");
    let text = text.or_else(|| process.variable("ECHO_TEXT").map(str::to_owned));
    let Some(text) = text else {
        process.complain("Missing -text option!\n").await;
        return 127;
    };
    let listen = flag(&process.args, "listen").unwrap_or_else(|| ":5678".to_owned());
    let port = listen
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok());
    let status = flag(&process.args, "status-code");
    let status = status.and_then(|status| status.parse().ok()).unwrap_or(200);
    let (space, body) = (process.space.clone(), format!("{text}\n"));
    let answer: Answer = Arc::new(move |_, _| {
        let answer = Response::text(status, body.clone())
            .header("x-app-name", "http-echo")
            .header("x-app-version", "1.0.0")
            .dated(space.clock().now())
            .in_order_of_go(true);
        Box::pin(async move { answer })
    });
    let stamp = process.now().strftime("%Y/%m/%d %H:%M:%S").to_string();
    let ready = format!("{stamp} [INFO] server is listening on {listen}\n");
    serve(&mut process, &[port.unwrap_or(5678)], answer, &ready).await
}

/// Runs the page of `testcontainers/helloworld`.
pub(super) async fn helloworld(mut process: Process) -> u8 {
    let delay = process
        .variable("DELAY_START_MSEC")
        .and_then(|text| text.parse::<u64>().ok());
    let delay = delay.unwrap_or_default();
    let words = format!("DELAY_START_MSEC: {delay}\nSleeping for {delay} ms\n");
    process.print(words).await.ok();
    process.sleep(std::time::Duration::from_millis(delay)).await;
    let words = "Starting server on port 8080\nStarting server on port 8081\n";
    process.print(words).await.ok();
    let (space, user) = (process.space.clone(), process.user.clone());
    let root = process.path("static");
    let answer: Answer = Arc::new(move |_, request: Request| -> BoxFuture<'static, Response> {
        let answer = match request.path.as_str() {
            "/ping" => Response::text(200, "PONG"),
            "/uuid" => Response::text(200, "00000000-0000-4000-8000-000000000000"),
            path => {
                let site = Site {
                    files: space.files(),
                    user: &user,
                };
                let file =
                    clean(path).map(|path| site.look(&format!("{root}{path}"), ["index.html"]));
                match file {
                    Some(Place::File(page)) => {
                        let media_type = media_type::of(&page.path);
                        page.answer(&request, media_type, TagStyle::TimeAndSize, Response::new)
                            .without("etag")
                    }
                    _ => Response::text(404, "404 page not found\n"),
                }
            }
        };
        let answer = answer.dated(space.clock().now()).in_order_of_go(false);
        Box::pin(async move { answer })
    });
    serve(
        &mut process,
        &[8080, 8081],
        answer,
        "Ready, listening on 8080 and 8081\n",
    )
    .await
}

/// Listens, says so, and answers until a signal comes.
async fn serve(process: &mut Process, ports: &[u16], answer: Answer, ready: &str) -> u8 {
    daemon::catch_ends(process);
    let mut listeners = match daemon::listen(process, ports) {
        Ok(listeners) => listeners,
        Err((port, errno)) => {
            process
                .complain(format!("listen tcp :{port}: bind: {errno}\n"))
                .await;
            return 1;
        }
    };
    process.print(ready).await.ok();
    // These programs handle no signal: they end as Go's do.
    match daemon::http(process, &mut listeners, &answer).await {
        Signal::INT | Signal::TERM => 2,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::script::bench::{Bench, NoPrograms};
    use crate::process::script::services::Services;

    fn bench() -> Bench {
        let bench = Bench::new(Arc::new(Services::before(Arc::new(NoPrograms))));
        bench.program("/whoami", "traefik-whoami");
        bench.program("/http-echo", "http-echo");
        bench.program("/app/helloworld", "testcontainers-helloworld");
        bench
    }

    #[tokio::test]
    async fn whoami_shows_the_request_and_who_answers() {
        let bench = bench();
        let running = bench.start("/whoami --port 8000 --name me");
        running.out.until("Starting up on port 8000").await;
        let (_, body) = bench.http(8000, "GET /a?b", "").await;
        assert_eq!(
            body,
            "Name: me\nHostname: box\nIP: 127.0.0.1\nRemoteAddr: 127.0.0.1:40000\nGET /a?b \
             HTTP/1.1\nHost: box\nConnection: close\nContent-Length: 0\n\n"
        );
        let (_, api) = bench.http(8000, "GET /api", "").await;
        let api: serde_json::Value = serde_json::from_str(&api).unwrap();
        assert_eq!(api["hostname"], "box");
        running.signal("TERM");
        assert_eq!(running.wait().await, 2);
    }

    #[tokio::test]
    async fn http_echo_says_its_text() {
        let bench = bench();
        assert_eq!(bench.run("/http-echo").await.0, 127);
        let running = bench.start("/http-echo -text=hi -listen=:80");
        running.out.until("listening on :80").await;
        assert_eq!(bench.http(80, "GET /", "").await.1, "hi\n");
    }

    #[tokio::test]
    async fn the_page_of_test_libraries_is_there_after_its_delay() {
        let bench = bench().env("DELAY_START_MSEC", "2000");
        bench.write("/static/index.html", b"<h1>Hello world</h1>", 0o644);
        let running = bench.start("/app/helloworld");
        bench.pass(std::time::Duration::from_secs(2)).await;
        running.out.until("Ready, listening on 8080 and 8081").await;
        assert_eq!(bench.http(8081, "GET /ping", "").await.1, "PONG");
        assert_eq!(
            bench.http(8080, "GET /", "").await.1,
            "<h1>Hello world</h1>"
        );
    }
}
