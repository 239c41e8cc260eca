//! Tools that reach others.

use std::sync::Arc;

use super::bench::{Bench, Page, morning};
use crate::process::{Child, Descriptor, Descriptors, Exit, Process};

fn words(line: &str) -> Vec<String> {
    line.split(' ').map(str::to_owned).collect()
}

async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

/// Starts a server that nobody listens to.
async fn serve(bench: &Bench, line: &str) -> Child {
    let nothing = Descriptors::standard(Descriptor::Null, Descriptor::Null, Descriptor::Null);
    let child = bench.start(&words(line), nothing);
    settle().await;
    child
}

async fn run(bench: &Bench, line: &str) -> (String, String, u8) {
    let (out, err, code) = bench.run(&words(line), b"").await;
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (text(out), text(err), code)
}

fn pair(out: &str, err: &str, code: u8) -> (String, String, u8) {
    (out.to_owned(), err.to_owned(), code)
}

#[tokio::test]
async fn wget_fetches_what_httpd_serves() {
    let bench = Bench::new();
    serve(&bench, "httpd -f -p 8080 -h dir").await;
    let got = run(&bench, "wget -qO- http://localhost:8080/inner.txt").await;
    assert_eq!(got, pair("inside\n", "", 0));
    let bar = "*".repeat(32);
    assert_eq!(
        run(&bench, "wget http://localhost:8080/inner.txt").await,
        pair(
            "",
            &format!(
                "Connecting to localhost:8080 (127.0.0.1:8080)\nsaving to 'inner.txt'\n\
                 inner.txt            100% |{bar}|     7  0:00:00 ETA\n'inner.txt' saved\n"
            ),
            0
        )
    );
    assert_eq!(run(&bench, "cat inner.txt").await.0, "inside\n");
    assert_eq!(
        run(&bench, "wget -q http://localhost:8080/nosuch").await,
        pair(
            "",
            "wget: server returned error: HTTP/1.1 404 Not Found\n",
            1
        )
    );
    assert_eq!(
        run(&bench, "wget -q http://localhost:81/").await,
        pair(
            "",
            "wget: can't connect to remote host (127.0.0.1): Connection refused\n",
            1
        )
    );
    assert_eq!(
        run(&bench, "wget -q http://nosuch/").await,
        pair("", "wget: bad address 'nosuch'\n", 1)
    );
    assert_eq!(
        run(&bench, "wget -q https://nosuch/").await,
        pair("", "wget: bad address 'nosuch'\n", 1)
    );
    assert_eq!(
        run(&bench, "wget -q https://localhost/").await,
        pair(
            "",
            "wget: TLS is not supported in this simulator; use http\n",
            1
        )
    );
    let (_, err, code) = run(&bench, "wget -S --spider http://localhost:8080/inner.txt").await;
    assert!(err.contains("  HTTP/1.1 200 OK\n"), "{err}");
    assert!(err.ends_with("remote file exists\n"), "{err}");
    assert_eq!(code, 0);
    // A folder is its index, and there is none.
    assert_eq!(run(&bench, "wget -q http://localhost:8080/sub").await.2, 1);
    assert_eq!(
        run(&bench, "wget -qO- http://localhost:8080/../../etc/passwd")
            .await
            .2,
        1
    );
}

#[tokio::test]
async fn curl_tells_what_it_got_and_why_it_did_not() {
    let bench = Bench::new();
    serve(&bench, "httpd -f -p 8080 -h dir").await;
    let got = run(&bench, "curl http://localhost:8080/inner.txt").await;
    assert_eq!(got, pair("inside\n", "", 0));
    let got = run(
        &bench,
        "curl -s -o /dev/null -w %{http_code}\\n http://localhost:8080/x",
    )
    .await;
    assert_eq!(got, pair("404\n", "", 0));
    let got = run(&bench, "curl -fsS http://localhost:8080/x").await;
    assert_eq!(
        got,
        pair("", "curl: (22) The requested URL returned error: 404\n", 22)
    );
    let got = run(&bench, "curl -s http://localhost:81/").await;
    assert_eq!(got, pair("", "", 7));
    assert_eq!(
        run(&bench, "curl http://localhost:81/").await.1,
        "curl: (7) Failed to connect to localhost port 81 after 0 ms: Could not connect to server\n"
    );
    let got = run(&bench, "curl http://nosuch/").await;
    assert_eq!(
        got,
        pair("", "curl: (6) Could not resolve host: nosuch\n", 6)
    );
    let (out, _, code) = run(&bench, "curl -sI http://localhost:8080/inner.txt").await;
    assert!(
        out.starts_with("HTTP/1.1 200 OK\r\n") && out.ends_with("\r\n\r\n"),
        "{out}"
    );
    assert!(out.contains("Content-Length: 7\r\n"), "{out}");
    assert_eq!(code, 0);
    let (_, err, _) = run(&bench, "curl -v http://localhost:8080/inner.txt").await;
    assert!(
        err.contains("> GET /inner.txt HTTP/1.1\n> Host: localhost:8080\n"),
        "{err}"
    );
    assert!(err.contains("< HTTP/1.1 200 OK\n"), "{err}");
    assert_eq!(run(&bench, "curl").await.2, 2);
    assert_eq!(run(&bench, "curl --nonsense http://localhost/").await.2, 2);
    // A redirection is shown, or followed if so asked.
    let got = run(
        &bench,
        "curl -s -w %{http_code} -o /dev/null http://localhost:8080/sub",
    )
    .await;
    assert_eq!(got.0, "302");
    let got = run(
        &bench,
        "curl -sL -w %{http_code} -o /dev/null http://localhost:8080/sub",
    )
    .await;
    assert_eq!(got.0, "404");
}

#[tokio::test]
async fn curl_sends_data_in_chunks_of_its_own_and_reads_those_of_others() {
    let bench = Bench::new();
    let mut listener = bench.space.network().listen(90).unwrap();
    let server = tokio::spawn(async move {
        let connection = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"a=b&c=d") {
            asked.extend(connection.read(4096).await.unwrap());
        }
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\
                      4\r\nwiki\r\n5;x=y\r\npedia\r\n0\r\nTrailer: x\r\n\r\n";
        for byte in answer.bytes() {
            connection.write(&[byte]).await.unwrap();
        }
        String::from_utf8(asked).unwrap()
    });
    let got = run(
        &bench,
        "curl -s -d a=b -d c=d -H X-A:1 http://localhost:90/p?q",
    )
    .await;
    assert_eq!(got, pair("wikipedia", "", 0));
    let asked = server.await.unwrap();
    assert!(
        asked.starts_with("POST /p?q HTTP/1.1\r\nHost: localhost:90\r\n"),
        "{asked}"
    );
    assert!(asked.contains("X-A: 1\r\n"), "{asked}");
    assert!(asked.contains("Content-Length: 7\r\n"), "{asked}");
}

#[tokio::test]
async fn nc_carries_bytes_both_ways_until_the_other_side_ends() {
    let bench = Bench::new();
    let (reader, writer) = Process::pipe();
    let heard = Arc::new(Page::default());
    let sink = Descriptor::Sink(heard.clone());
    let standard = Descriptors::standard(reader, sink, Descriptor::Null);
    let server = bench.start(&words("nc -l -p 5000"), standard);
    settle().await;
    writer.write(b"from the server\n", morning()).await.unwrap();
    drop(writer);
    let (out, _, code) = bench
        .run(&words("nc localhost 5000"), b"from the client\n")
        .await;
    assert_eq!((out.as_slice(), code), (&b"from the server\n"[..], 0));
    assert_eq!(server.wait().await, Exit::Code(0));
    assert_eq!(heard.text(), b"from the client\n");
    assert_eq!(
        run(&bench, "nc localhost 5000").await,
        pair(
            "",
            "nc: can't connect to remote host (127.0.0.1): Connection refused\n",
            1
        )
    );
    assert_eq!(run(&bench, "nc -z localhost 5000").await.2, 1);
    serve(&bench, "nc -lk -p 5001 -e cat").await;
    assert_eq!(run(&bench, "nc -z localhost 5001").await.2, 0);
    let (out, _, _) = bench.run(&words("nc localhost 5001"), b"echo\n").await;
    assert_eq!(out, b"echo\n");
}

#[tokio::test]
async fn names_are_looked_up_and_hosts_pinged() {
    let bench = Bench::new();
    assert_eq!(
        run(&bench, "nslookup localhost").await,
        pair(
            "Server:\t\t127.0.0.11\nAddress:\t127.0.0.11:53\n\nNon-authoritative answer:\n\n\
             Non-authoritative answer:\nName:\tlocalhost\nAddress: 127.0.0.1\n\n",
            "",
            0
        )
    );
    assert_eq!(run(&bench, "nslookup nosuch").await.2, 1);
    assert_eq!(
        run(&bench, "ping -c 1 localhost").await,
        pair(
            "PING localhost (127.0.0.1): 56 data bytes\n\
             64 bytes from 127.0.0.1: seq=0 ttl=64 time=0.050 ms\n\n\
             --- localhost ping statistics ---\n\
             1 packets transmitted, 1 packets received, 0% packet loss\n\
             round-trip min/avg/max = 0.050/0.050/0.050 ms\n",
            "",
            0
        )
    );
    let got = run(&bench, "ping -c 1 nosuch").await;
    assert_eq!(got, pair("", "ping: bad address 'nosuch'\n", 1));
}

#[tokio::test]
async fn interfaces_are_shown_as_busybox_shows_them() {
    let bench = Bench::new();
    assert_eq!(
        run(&bench, "ip addr").await.0,
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000\n    \
         link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    \
         inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n"
    );
    assert_eq!(run(&bench, "ip route").await.0, "");
    assert_eq!(run(&bench, "ls /sys/class/net").await.0, "lo\n");
    assert!(
        run(&bench, "ifconfig")
            .await
            .0
            .contains("inet addr:127.0.0.1  Mask:255.0.0.0")
    );
}

#[tokio::test]
async fn netstat_shows_who_listens_as_busybox_prints_it() {
    let bench = Bench::new();
    serve(&bench, "httpd -f -p 80 -h dir").await;
    serve(&bench, "nc -u -l -p 5000").await;
    let head = "Proto Recv-Q Send-Q Local Address           Foreign Address         State       ";
    let tcp = "tcp        0      0 0.0.0.0:80              0.0.0.0:*               LISTEN      ";
    let udp = "udp        0      0 0.0.0.0:5000            0.0.0.0:*                           ";
    let servers = "Active Internet connections (only servers)";
    for (line, expected) in [
        ("netstat -tln", format!("{servers}\n{head}\n{tcp}\n")),
        ("netstat -uln", format!("{servers}\n{head}\n{udp}\n")),
        (
            "netstat -tuln",
            format!("{servers}\n{head}\n{tcp}\n{udp}\n"),
        ),
        (
            "netstat -tlnp",
            format!("{servers}\n{head}PID/Program name\n{tcp}2/httpd             \n"),
        ),
        (
            "netstat -tn",
            format!("Active Internet connections (w/o servers)\n{head}\n"),
        ),
    ] {
        let told = run(&bench, line).await;
        // What stands behind a line is a matter of the width of a column.
        let trimmed = |text: &str| {
            let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
            lines.join("\n")
        };
        assert_eq!(trimmed(&told.0), trimmed(&expected), "{line}");
        assert_eq!((told.1.as_str(), told.2), ("", 0));
    }
    let named = run(&bench, "netstat -atl").await.0;
    assert!(named.contains("(servers and established)"), "{named}");
    assert!(named.contains("0.0.0.0:http "), "{named}");
    assert!(
        run(&bench, "netstat")
            .await
            .0
            .contains("Active UNIX domain sockets (w/o servers)\n")
    );
    let routes = run(&bench, "netstat -rn").await.0;
    let columns = "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface";
    assert_eq!(routes, format!("Kernel IP routing table\n{columns}\n"));
}
