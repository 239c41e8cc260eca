use std::sync::Arc;

use crate::process::script::bench::{Bench, NoPrograms, Running};
use crate::process::script::services::Services;

const CONF: &str = "\
user nginx;
worker_processes auto;
error_log /var/log/nginx/error.log notice;
pid /run/nginx.pid;
events { worker_connections 1024; }
http {
    include /etc/nginx/mime.types;
    default_type application/octet-stream;
    access_log /var/log/nginx/access.log;
    include /etc/nginx/conf.d/*.conf;
}
";
const DEFAULT: &str = "\
server {
    listen 80;
    listen [::]:80;
    server_name localhost;
    location / {
        root /usr/share/nginx/html;
        index index.html index.htm;
    }
    error_page 500 502 503 504 /50x.html;
    location = /50x.html { root /usr/share/nginx/html; }
}
";
const OFF: [&str; 3] = ["nginx", "-g", "daemon off;"];

fn bench(server: &str) -> Bench {
    let bench = Bench::new(Arc::new(Services::before(Arc::new(NoPrograms))));
    let root = &crate::files::Credentials::ROOT;
    let now = jiff::Timestamp::UNIX_EPOCH;
    bench.program("/usr/sbin/nginx", "nginx");
    bench.write(
        "/etc/passwd",
        b"root:x:0:0::/root:/bin/sh\nnginx:x:101:101::/:/bin/false\n",
        0o644,
    );
    bench.write("/etc/nginx/nginx.conf", CONF.as_bytes(), 0o644);
    bench.write(
        "/etc/nginx/mime.types",
        b"types { text/html html htm; text/css css; }",
        0o644,
    );
    bench.write("/etc/nginx/conf.d/default.conf", server.as_bytes(), 0o644);
    bench.write(
        "/usr/share/nginx/html/index.html",
        b"<h1>Welcome to nginx!</h1>",
        0o644,
    );
    bench.write("/usr/share/nginx/html/a/b.css", b"0123456789", 0o644);
    bench.write("/usr/share/nginx/html/secret", b"x", 0o600);
    bench.write("/run/x", b"", 0o644);
    bench.write("/var/cache/nginx/x", b"", 0o644);
    bench
        .files()
        .create_dir_all("/var/log/nginx", 0o755, root, now)
        .unwrap();
    for (to, at) in [("/dev/stdout", "access.log"), ("/dev/stderr", "error.log")] {
        bench
            .files()
            .symlink(to, &format!("/var/log/nginx/{at}"), root, now)
            .unwrap();
    }
    bench
}

async fn started(bench: &Bench) -> Running {
    let running = bench.start_words(&OFF);
    running.err.until("start worker process 2").await;
    running
}

fn status(head: &str) -> &str {
    &head[9..12]
}

#[tokio::test]
async fn the_welcome_page_is_served_and_logged() {
    let bench = bench(DEFAULT);
    let running = started(&bench).await;
    let request = "GET /?a HTTP/1.1\r\nHost: x\r\nUser-Agent: \"t\"\r\nConnection: close\r\n\r\n";
    let answer = bench.ask(80, request).await;
    assert_eq!(
        answer,
        "HTTP/1.1 200 OK\r\nServer: nginx/1.29.1\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\
         Content-Type: text/html\r\nContent-Length: 26\r\n\
         Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: close\r\n\
         ETag: \"0-1a\"\r\nAccept-Ranges: bytes\r\n\r\n<h1>Welcome to nginx!</h1>"
    );
    assert_eq!(
        running.out.text(),
        "127.0.0.1 - - [01/Jan/1970:00:00:00 +0000] \"GET /?a HTTP/1.1\" 200 26 \"-\" \"\\x22t\\x22\"\n"
    );
    assert!(running.err.text().starts_with(
        "1970/01/01 00:00:00 [notice] 1#1: using the \"epoll\" event method\n\
         1970/01/01 00:00:00 [notice] 1#1: nginx/1.29.1\n"
    ));
}

/// The names of an answer's headers, as they were sent.
fn names(answer: &str) -> Vec<&str> {
    let head = answer
        .split_once("\r\n\r\n")
        .map_or(answer, |(head, _)| head);
    let lines = head.lines().skip(1);
    lines
        .filter_map(|line| Some(line.split_once(": ")?.0))
        .collect()
}

#[tokio::test]
async fn headers_stand_in_the_order_and_spelling_of_nginx() {
    let bench = bench(
        "server {
            listen 80;
            root /usr/share/nginx/html;
            location / {
                add_header X-Request-ID $http_host;
                add_header set-COOKIE a=1;
                add_header set-COOKIE b=2;
                add_header X-None $arg_none;
            }
            location /list/ { autoindex on; }
            location /auth { return 401; }
            location /moved { return 302 /there; }
            location /tea { return 418; }
            error_page 404 /index.html;
            location = /plain { return 200 text; }
        }",
    );
    bench.write("/usr/share/nginx/html/list/file", b"", 0o644);
    started(&bench).await;
    let own = "X-Request-ID set-COOKIE set-COOKIE";
    let file = "Content-Type Content-Length Last-Modified Connection ETag";
    let page = "Content-Type Content-Length Connection";
    let cases = [
        ("GET /", "", "200 OK", format!("{file} {own} Accept-Ranges")),
        (
            "HEAD /",
            "",
            "200 OK",
            format!("{file} {own} Accept-Ranges"),
        ),
        (
            "GET /",
            "Range: bytes=0-1\r\n",
            "206 Partial Content",
            format!("{file} {own} Content-Range"),
        ),
        (
            "GET /",
            "Range: bytes=99-\r\n",
            "416 Requested Range Not Satisfiable",
            format!("{page} Content-Range"),
        ),
        (
            "GET /",
            "If-None-Match: \"0-1a\"\r\n",
            "304 Not Modified",
            format!("Last-Modified Connection ETag {own}"),
        ),
        ("GET /nope", "", "404 Not Found", format!("{page} ETag")),
        (
            "GET /list/",
            "",
            "200 OK",
            "Content-Type Transfer-Encoding Connection".to_owned(),
        ),
        (
            "GET /moved",
            "",
            "302 Moved Temporarily",
            "Content-Type Content-Length Location Connection".to_owned(),
        ),
        (
            "GET /tea",
            "",
            "418 ",
            "Content-Length Connection".to_owned(),
        ),
        ("GET /plain", "", "200 OK", page.to_owned()),
    ];
    for (asked, more, status, expected) in cases {
        let request = format!("{asked} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{more}\r\n");
        let answer = bench.ask(80, request).await;
        let first = answer.lines().next();
        assert_eq!(first, Some(format!("HTTP/1.1 {status}").as_str()));
        let expected = format!("Server Date {expected}");
        assert_eq!(names(&answer).join(" "), expected, "{asked}: {answer}");
    }
    // What is kept of one answer's spelling is not the next one's.
    let two = "GET /plain HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n\
               GET /plain HTTP/1.0\r\n\r\n";
    let answers = bench.ask(80, two.to_owned()).await;
    assert_eq!(answers.matches("\r\nETag: ").count(), 1, "{answers}");
    assert_eq!(answers.matches("\r\nConnection: keep-alive").count(), 2);
    assert_eq!(answers.matches("\r\nConnection: close").count(), 1);
}

#[tokio::test]
async fn what_is_not_there_or_not_allowed_gets_its_page() {
    let bench = bench(DEFAULT);
    let running = started(&bench).await;
    let (head, body) = bench.http(80, "GET /nope", "").await;
    assert_eq!(status(&head), "404");
    assert!(body.starts_with("<html>\r\n<head><title>404 Not Found</title></head>\r\n"));
    assert!(body.contains("<center>nginx/1.29.1</center>"), "{body}");
    assert!(running.err.text().contains(
        "[error] 2#2: *1 open() \"/usr/share/nginx/html/nope\" failed (2: No such file or \
         directory), client: 127.0.0.1, server: localhost, request: \"GET /nope HTTP/1.1\", \
         host: \"box\""
    ));
    assert_eq!(status(&bench.http(80, "GET /secret", "").await.0), "403");
    assert_eq!(status(&bench.http(80, "GET /a/", "").await.0), "403");
    assert_eq!(status(&bench.http(80, "POST /", "x").await.0), "405");
    assert_eq!(
        status(&bench.http(80, "GET /../../etc/passwd", "").await.0),
        "400"
    );
    let (head, _) = bench.http(80, "GET /a?q", "").await;
    assert_eq!(status(&head), "301");
    assert!(head.contains("Location: http://box/a/?q"), "{head}");
    let (head, body) = bench.http(80, "HEAD /a/b.css", "").await;
    assert!(
        head.contains("Content-Length: 10") && head.contains("text/css"),
        "{head}"
    );
    assert_eq!(body, "");
}

#[tokio::test]
async fn parts_and_unchanged_files_are_told() {
    let bench = bench(DEFAULT);
    started(&bench).await;
    let ask = |header: &str| {
        let request =
            format!("GET /a/b.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{header}\r\n\r\n");
        bench.ask(80, request)
    };
    let part = ask("Range: bytes=2-4").await;
    assert!(
        part.starts_with("HTTP/1.1 206") && part.ends_with("\r\n\r\n234"),
        "{part}"
    );
    assert!(part.contains("Content-Range: bytes 2-4/10"), "{part}");
    assert!(
        ask("If-None-Match: \"0-a\"")
            .await
            .starts_with("HTTP/1.1 304")
    );
    let since = "If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT";
    assert!(ask(since).await.starts_with("HTTP/1.1 304"));
    assert!(ask("Range: bytes=99-").await.starts_with("HTTP/1.1 416"));
}

#[tokio::test]
async fn the_configuration_is_followed() {
    let bench = bench(
        "server {
            listen 8080 default_server;
            server_name a.example *.b.example;
            add_header X-Host $host always;
            location = /exact { return 200 'exact $uri $arg_q ${request_method}\n'; }
            location /go { return 301 /there; }
            location ^~ /img/ { alias /srv/pictures/; }
            location ~* \\.(GIF|png)$ { return 200 expression; }
            location /list/ { root /srv; autoindex on; }
            location /app/ { root /srv; try_files $uri $uri/ /app/index.html; }
            location /deny { deny all; }
            location /hidden { internal; return 200 hidden; }
            location @named { return 418 tea; }
            location /named { root /srv; try_files $uri @named; }
            location / { root /srv; }
            error_page 404 /errors/404.html;
            error_page 403 =200 /errors/ok.html;
        }
        server { listen 8080; server_name second; return 204; }",
    );
    bench.write("/srv/pictures/x.gif", b"alias", 0o644);
    bench.write("/srv/list/file", b"", 0o644);
    bench.write("/srv/app/index.html", b"app", 0o644);
    bench.write("/srv/errors/404.html", b"not here", 0o644);
    bench.write("/srv/errors/ok.html", b"fine", 0o644);
    started(&bench).await;
    assert!(bench.connect(80).await.is_err());
    let cases = [
        ("/exact?q=1", "200", "exact /exact 1 GET\n"),
        ("/img/x.gif", "200", "alias"),
        ("/other/x.gif", "200", "expression"),
        ("/app/deep/link", "200", "app"),
        ("/deny", "200", "fine"),
        ("/hidden", "404", "not here"),
        ("/named", "418", "tea"),
        ("/missing", "404", "not here"),
    ];
    for (path, expected, body) in cases {
        let (head, got) = bench.http(8080, &format!("GET {path}"), "").await;
        assert_eq!((status(&head), got.as_str()), (expected, body), "{path}");
        assert!(head.contains("X-Host: box"), "{head}");
    }
    let (head, _) = bench.http(8080, "GET /go", "").await;
    assert!(head.contains("Location: http://box:8080/there"), "{head}");
    let (_, listing) = bench.http(8080, "GET /list/", "").await;
    assert!(listing.contains("<a href=\"file\">file</a>"), "{listing}");
    let second = "GET / HTTP/1.1\r\nHost: second:8080\r\nConnection: close\r\n\r\n";
    assert!(bench.ask(8080, second).await.starts_with("HTTP/1.1 204"));
}

#[tokio::test]
async fn requests_are_handed_on_to_other_servers() {
    let bench = bench(
        "upstream app { server localhost:81; }
        server {
            listen 80;
            location / { proxy_pass http://app; proxy_set_header Host $host; }
            location /api/ { proxy_pass http://127.0.0.1:81/v1/; }
            location /gone { proxy_pass http://127.0.0.1:82; }
        }
        server { listen 81; location / { return 200 '$request_method $request_uri $http_host'; } }",
    );
    let running = started(&bench).await;
    assert_eq!(bench.http(80, "POST /x?y", "body").await.1, "POST /x?y box");
    assert_eq!(
        bench.http(80, "GET /api/users", "").await.1,
        "GET /v1/users 127.0.0.1:81"
    );
    assert_eq!(status(&bench.http(80, "GET /gone", "").await.0), "502");
    assert!(
        running
            .err
            .text()
            .contains("connect() failed (111: Connection refused) while")
    );
}

#[tokio::test]
async fn a_wrong_configuration_is_told_and_a_signal_reloads_a_right_one() {
    let bench = bench("server { listen 80;\n bogus on; }");
    let (code, _, err) = bench.run("nginx -t").await;
    assert_eq!(code, 1);
    assert!(
        err.contains(
            "nginx: [emerg] unknown directive \"bogus\" in /etc/nginx/conf.d/default.conf:2\n\
             nginx: configuration file /etc/nginx/nginx.conf test failed\n"
        ),
        "{err}"
    );
    for (conf, problem) in [
        ("server {", "unexpected end of file, expecting \"}\""),
        ("}", "unexpected \"}\""),
        ("server { listen 99999; }", "invalid port in \"99999\""),
        (
            "server { location ~ ( { } }",
            "the expression \"(\" is not read",
        ),
        (
            "include /nope;",
            "open() \"/nope\" failed (2: No such file or directory)",
        ),
        (
            "server { location / { proxy_pass http://nobody:1; } }",
            "host not found in upstream",
        ),
        (
            "include /etc/nginx/conf.d/default.conf;",
            "too many levels of include",
        ),
    ] {
        bench.write("/etc/nginx/conf.d/default.conf", conf.as_bytes(), 0o644);
        let (code, _, err) = bench.run("nginx -t").await;
        assert!(code == 1 && err.contains(problem), "{conf}: {err}");
    }
    bench.write(
        "/etc/nginx/conf.d/default.conf",
        b"server { listen 80; return 200 one; }",
        0o644,
    );
    let (code, _, err) = bench.run("nginx -t").await;
    assert_eq!(code, 0);
    assert!(err.ends_with("nginx.conf test is successful\n"), "{err}");
    let running = started(&bench).await;
    assert_eq!(bench.http(80, "GET /", "").await.1, "one");
    bench.write(
        "/etc/nginx/conf.d/default.conf",
        b"server { listen 81; return 200 two; }",
        0o644,
    );
    assert_eq!(bench.run("nginx -s reload").await.0, 0);
    bench.settle().await;
    assert_eq!(bench.http(81, "GET /", "").await.1, "two");
    assert!(bench.connect(80).await.is_err());
    bench.write(
        "/etc/nginx/conf.d/default.conf",
        b"server { nonsense }",
        0o644,
    );
    running.signal("HUP");
    bench.settle().await;
    assert_eq!(bench.http(81, "GET /", "").await.1, "two");
    let idle = bench.connect(81).await.unwrap();
    idle.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    bench.settle().await;
    running.signal("QUIT");
    assert_eq!(running.wait().await, 0);
    assert!(
        String::from_utf8(idle.read(999).await.unwrap())
            .unwrap()
            .ends_with("two")
    );
    assert!(
        running
            .err
            .text()
            .contains("signal 3 (SIGQUIT) received, shutting down")
    );
    assert_eq!(bench.read("/run/nginx.pid"), None);
}

#[tokio::test]
async fn it_tells_its_version_and_stops_by_itself() {
    let bench = bench(DEFAULT).env("NGINX_VERSION", "1.27.5");
    let (code, _, err) = bench.run("nginx -v").await;
    assert_eq!((code, err.as_str()), (0, "nginx version: nginx/1.27.5\n"));
    let running = bench.start_words(&OFF);
    running.err.until("start worker process 2").await;
    assert_eq!(bench.run("nginx -s bogus").await.0, 1);
    let stop = bench.start("nginx -s stop");
    assert_eq!(running.wait().await, 0);
    drop(stop);
}

#[tokio::test]
async fn configurations_of_noise_are_refused_in_good_time() {
    let bench = bench("");
    let mut seed = 7_u64;
    let pieces = [
        "server ",
        "{",
        "}",
        ";",
        "\"",
        "'",
        "\\",
        "$",
        "${",
        "listen 80",
        "# x\n",
        "location ",
    ];
    for _ in 0..300 {
        let mut conf = String::new();
        for _ in 0..40 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            conf += pieces[usize::try_from(seed >> 33).unwrap() % pieces.len()];
        }
        bench.write("/etc/nginx/conf.d/default.conf", conf.as_bytes(), 0o644);
        bench.run("nginx -t").await;
    }
    let deep = "server {".repeat(10_000);
    bench.write("/etc/nginx/conf.d/default.conf", deep.as_bytes(), 0o644);
    assert_eq!(bench.run("nginx -t").await.0, 1);
}
