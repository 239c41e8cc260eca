//! A proxy between the client and the service.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};

use crate::clean_room::{CleanRoom, Ran};

/// A proxy that answers every request in the same way, and tells of their first lines.
fn proxy(answer: &'static str) -> (SocketAddr, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let (tell, told) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.expect("a connection");
            let mut lines = BufReader::new(stream.try_clone().expect("the same")).lines();
            let first = lines.next().expect("a line").expect("text");
            lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
            stream.write_all(answer.as_bytes()).expect("room");
            if tell.send(first).is_err() {
                return;
            }
        }
    });
    (address, told)
}

fn listed_through(proxy: &str) -> Ran {
    let room = CleanRoom::new();
    let settings = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/fixtures/publish-settings/schema-1.publishsettings"
    );
    let imported = room.azure(&["account", "import", settings]);
    assert_eq!(imported.code, Some(0), "{}", imported.stderr);
    let mut list = room.azure_command(&["vm", "list"]);
    crate::clean_room::run(list.env("HTTPS_PROXY", proxy))
}

#[test]
fn a_proxy_that_wants_a_password_is_told_of_at_once() {
    let (address, asked) = proxy(
        "HTTP/1.1 407 Proxy Authentication Required\r\n\
         Proxy-Authenticate: Basic realm=\"way out\"\r\nContent-Length: 0\r\n\r\n",
    );

    let ran = listed_through(&format!("http://{address}"));

    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(
        ran.stderr
            .contains("`management.one.example` cannot be reached"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr
            .contains("hint:    the proxy wants a user and a password: HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT"),
        "{}",
        ran.stderr
    );
    let first = asked.recv().expect("a request");
    assert_eq!(first, "CONNECT management.one.example:443 HTTP/1.1");
    assert!(
        asked.try_recv().is_err(),
        "a password is not there by itself"
    );
}

#[test]
fn a_password_in_the_proxys_address_goes_to_it_and_is_never_printed() {
    let (address, _asked) = proxy("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n");

    let ran = listed_through(&format!("http://user:s3cret-word@{address}"));

    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    let said = ran.stdout + &ran.stderr;
    assert!(said.contains("the proxy wants"), "{said}");
    assert!(!said.contains("s3cret-word"), "{said}");
}
