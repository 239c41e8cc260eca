//! What programs of scripts answer to whoever connects.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::{SECOND, api};
use crate::process::script::bench::Bench;
use crate::process::script::{Response, Script, Scripts, http};

#[tokio::test]
async fn ports_open_after_their_time_and_close_again() {
    let bench = api("prints = 'ready on {env.PORT:-7000}'
         [[image.program.port]]
         number = '{env.PORT:-7000}'
         does = 'echo'
         [[image.program.port]]
         number = 7001
         after = 2
         closes = '3s'
         does = 'close'");
    let running = bench.start("api");
    running.out.until("ready").await;
    assert_eq!(bench.ask(7000, "abc").await, "abc");
    assert!(bench.connect(7001).await.is_err());
    bench.pass(2 * SECOND).await;
    assert_eq!(bench.ask(7001, "abc").await, "");
    bench.pass(3 * SECOND).await;
    assert!(bench.connect(7001).await.is_err());
    assert_eq!(running.exit(), None);
}

#[tokio::test]
async fn a_port_that_is_none_or_is_taken_ends_the_program() {
    let port = "[[image.program.port]]\nnumber = '{env.PORT:-0}'\ndoes = 'hang'";
    let (code, _, err) = api(port).run("api").await;
    assert_eq!((code, err.as_str()), (1, "api: `0` is no port\n"));
    let bench = api(port).env("PORT", "80");
    bench.start("api");
    bench.settle().await;
    let (code, _, err) = bench.run("api").await;
    assert_eq!(
        (code, err.as_str()),
        (1, "api: cannot listen on port 80: Address already in use\n")
    );
}

#[tokio::test]
async fn a_port_speaks_lines_and_shares_what_is_remembered() {
    let bench = api("[[image.program.port]]
         number = 6000
         [image.program.port.talk]
         greeting = '220 {hostname}'
         end = 'crlf'
         answer = [
           { to = 'SET * *', set = { '{1}' = '{2}' }, say = 'OK', log = '{peer} set {1}' },
           { to = 'GET *', say = '{state.{1}}' },
           { to = 'SLOW', after = '1m', say = 'done' },
           { to = 'QUIT', say = 'bye', close = true },
           { to = 'STOP', exit = 3 },
         ]
         otherwise = { say = '500 {line}' }");
    let running = bench.start("api");
    bench.settle().await;
    assert_eq!(
        bench.ask(6000, "SET a 1\r\nQUIT\r\nGET a\r\n").await,
        "220 box\r\nOK\r\nbye\r\n"
    );
    assert_eq!(
        bench.ask(6000, "GET a\nx").await,
        "220 box\r\n1\r\n500 x\r\n"
    );
    assert_eq!(running.out.text(), "127.0.0.1:40000 set a\n");
    let slow = bench.connect(6000).await.unwrap();
    slow.write(b"SLOW\r\n").await.unwrap();
    bench.pass(Duration::from_mins(1)).await;
    assert_eq!(slow.read(99).await.unwrap(), b"220 box\r\ndone\r\n");
    bench.ask(6000, "STOP").await;
    assert_eq!(running.wait().await, 3);
}

#[tokio::test]
async fn a_port_speaks_bytes() {
    let bench = api("[[image.program.port]]
         number = 6000
         raw = { greeting = { hex = '01 02' }, replies = ['a', { hex = 'ff' }] }
         [[image.program.port]]
         number = 6001
         raw = { greeting = 'x', hold = true }
         [[image.program.port]]
         number = 6002
         does = 'hang'");
    bench.start("api");
    bench.settle().await;
    assert_eq!(bench.ask_bytes(6000, "x").await, [1, 2, b'a']);
    for port in [6001, 6002] {
        let connection = bench.connect(port).await.unwrap();
        connection.write(b"abc").await.unwrap();
        bench.settle().await;
        if port == 6001 {
            assert_eq!(connection.read(9).await.unwrap(), b"x");
        }
        let more = futures_util::FutureExt::now_or_never(connection.read(9));
        assert!(more.is_none());
    }
}

#[tokio::test]
async fn a_port_answers_http_by_routes() {
    let bench = api("[[image.program.port]]
         number = 8080
         access_log = '{method} {path} {status}'
         [[image.program.port.route]]
         on = 'GET /health'
         reply = [{ status = 503, body = 'no' }, { body = 'ok' }]
         [[image.program.port.route]]
         on = 'GET /users/{id}'
         headers = { x-user = '{path.id}' }
         json = { id = '{path.id}', q = '{query.q}', deep = { n = 1 } }
         [[image.program.port.route]]
         on = 'POST /users'
         status = 201
         set = { last = '{body}' }
         log = 'got {header.content-length}'
         after = '1s'
         [[image.program.port.route]]
         on = '* /last'
         body = '{state.last}'
         [[image.program.port.route]]
         on = 'GET /files/{path:.*}'
         file = '/srv/{path.path}'
         [[image.program.port.route]]
         on = 'DELETE /self'
         status = 204
         exit = 6");
    bench.write("/srv/a/b.css", b"p {}", 0o644);
    let running = bench.start("api");
    bench.settle().await;
    let status = |head: &str| head[9..12].to_owned();
    for (expected, body) in [("503", "no"), ("200", "ok"), ("200", "ok")] {
        let (head, got) = bench.http(8080, "GET /health", "").await;
        assert_eq!((status(&head).as_str(), got.as_str()), (expected, body));
    }
    let (head, body) = bench.http(8080, "GET /users/a%22b?q=x+y", "").await;
    assert!(head.contains("X-User: a\"b"), "{head}");
    assert!(head.contains("Content-Type: application/json"), "{head}");
    assert!(
        head.contains("Date: Thu, 01 Jan 1970 00:00:00 GMT"),
        "{head}"
    );
    assert_eq!(body, r#"{"id":"a\"b","q":"x y","deep":{"n":1}}"#);
    let (posted, ()) = tokio::join!(bench.http(8080, "POST /users", "Ann"), bench.pass(SECOND));
    assert_eq!(status(&posted.0), "201");
    assert_eq!(bench.http(8080, "PUT /last", "").await.1, "Ann");
    let (head, body) = bench.http(8080, "GET /files/a/b.css", "").await;
    assert!(head.contains("Content-Type: text/css"), "{head}");
    assert_eq!(body, "p {}");
    assert_eq!(status(&bench.http(8080, "GET /nothing", "").await.0), "404");
    assert_eq!(status(&bench.http(8080, "POST /health", "").await.0), "405");
    let (head, body) = bench.http(8080, "HEAD /health", "").await;
    assert!(
        head.contains("Content-Length: 2") && body.is_empty(),
        "{head}"
    );
    assert!(
        running
            .out
            .text()
            .contains("got 3\nPOST /users 201\nPUT /last 200\n")
    );
    assert_eq!(status(&bench.http(8080, "DELETE /self", "").await.0), "204");
    assert_eq!(running.wait().await, 6);
}

#[tokio::test]
async fn garbage_gets_an_answer_or_none_and_ends_nothing() {
    let bench = api("[[image.program.port]]
         number = 80
         route = [{ on = 'GET /', body = 'ok' }]
         [[image.program.port]]
         number = 81
         talk = { answer = [{ to = 'a*b', say = '{1}' }] }");
    let running = bench.start("api");
    bench.settle().await;
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    for _ in 0..200 {
        let mut bytes = Vec::new();
        for _ in 0..seed % 300 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            bytes.push(seed.to_le_bytes()[0]);
        }
        seed = seed.wrapping_add(1);
        bench.ask_bytes(80, &bytes).await;
        bench.ask_bytes(81, &bytes).await;
    }
    let long = vec![b'a'; 3_000_000];
    bench.ask_bytes(81, &long).await;
    assert_eq!(bench.http(80, "GET /", "").await.1, "ok");
    assert_eq!(running.exit(), None);
}

#[tokio::test]
async fn functions_are_programs_and_handlers() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = seen.clone();
    let script = Script::image("acme/api")
        .program("api")
        .on_connection(70, |connection| async move {
            let name = connection.read(99).await.unwrap_or_default();
            let answer = [b"hello ", name.as_slice()].concat();
            connection.write(&answer).await.ok();
        })
        .listens(
            80,
            http().handle("/{name}", move |request| {
                let kept = kept.clone();
                async move {
                    kept.lock().unwrap().push(request.target());
                    Response::json(200, &request.decoded_path())
                }
            }),
        )
        .prints("ready")
        .program_fn("double", |mut process| async move {
            let number: u8 = process.args[1].parse().unwrap_or(0);
            process.print(format!("{number}")).await.ok();
            number * 2
        });
    let bench = Bench::with(&Scripts::new().with(script).unwrap());
    let running = bench.start("api");
    running.out.until("ready").await;
    assert_eq!(bench.ask(70, "you").await, "hello you");
    assert_eq!(bench.http(80, "GET /a%20b?c", "").await.1, "\"/a b\"");
    assert_eq!(seen.lock().unwrap().as_slice(), ["/a%20b?c"]);
    assert_eq!(
        bench.run("double 21").await,
        (42, "21".to_owned(), String::new())
    );
}
