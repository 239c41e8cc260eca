//! `azure fake start|status|stop`, and the page at the admin port.

use std::io::{Read as _, Write as _};

use crate::clean_room::CleanRoom;

/// Ends what a failed test left running.
struct Stopped<'a>(&'a CleanRoom, &'static [&'static str]);

impl Drop for Stopped<'_> {
    fn drop(&mut self) {
        for name in self.1 {
            self.0.azure(&["fake", "stop", name]);
        }
    }
}

fn page(admin: &str) -> String {
    let host = admin.trim_start_matches("http://").trim_end_matches('/');
    let mut stream = std::net::TcpStream::connect(host).expect("a connection");
    write!(
        stream,
        "GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    answer
}

#[test]
fn simulators_run_in_the_background_one_of_a_name() {
    let room = CleanRoom::new();
    let none = room.azure(&["fake", "status"]);
    assert_eq!(none.code, Some(1));
    assert_eq!(none.stdout, "no simulator runs in the background\n");
    let _stopped = Stopped(&room, &["default", "two"]);

    let first = room.azure(&["fake", "start"]);
    let again = room.azure(&["fake", "start"]);
    let second = room.azure(&["fake", "start", "two", "--pace", "by-hand"]);

    assert_eq!(
        (first.code, second.code),
        (Some(0), Some(0)),
        "{}",
        second.stderr
    );
    assert_eq!(again.code, Some(1), "{}", again.stdout);
    assert!(
        again.stderr.contains("called `default` runs already"),
        "{}",
        again.stderr
    );
    let told = |name: &str| {
        let line = second
            .stdout
            .lines()
            .find_map(|line| line.strip_prefix(name));
        line.expect("the line").trim().to_owned()
    };
    let answer = page(&told("admin "));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains("text/html") && answer.contains("href=\"/_fake/world\""));
    let words = told("run in it:  azure").replace("COMMAND", "azure vm list");
    let words: Vec<&str> = words.split_whitespace().collect();
    assert_eq!(room.azure(&words).code, Some(0), "{words:?}");
    let both = room.azure(&["fake", "status"]);
    assert_eq!(both.code, Some(0));
    assert!(both.stdout.contains("default runs: ") && both.stdout.contains("two runs: "));

    for name in ["default", "two"] {
        let ended = room.azure(&["fake", "stop", name]);
        assert_eq!(
            (ended.code, ended.stdout),
            (Some(0), format!("{name} has ended\n"))
        );
        assert_eq!(room.azure(&["fake", "stop", name]).code, Some(1));
        assert_eq!(room.azure(&["fake", "status", name]).code, Some(1));
    }
    let left = |folder: std::path::PathBuf| std::fs::read_dir(folder).expect("a folder").count();
    assert_eq!(left(room.home().join(".azure/fake")), 0);
    assert_eq!(left(room.tmp()), 0);
}

#[test]
fn what_cannot_start_says_why_and_leaves_no_name() {
    let room = CleanRoom::new();
    for (words, why) in [
        (&["--pace", "quick"][..], "`quick` is not a pace"),
        (&["mine", "--listen", "127.0.0.1:99999"], "invalid value"),
        (&["mine", "--ready-file", "x"], "a ready file of its own"),
        (&["../mine"], "cannot name a simulator"),
    ] {
        let ran = room.azure(&[&["fake", "start"], words].concat());

        assert_eq!(ran.code, Some(1), "{words:?}");
        assert!(ran.stderr.contains(why), "{words:?}: {}", ran.stderr);
        let status = room.azure(&["fake", "status"]);
        assert_eq!(status.stdout, "no simulator runs in the background\n");
    }
}

#[test]
fn a_name_whose_process_was_killed_is_free() {
    let room = CleanRoom::new();
    let _stopped = Stopped(&room, &["default"]);
    let started = room.azure(&["fake", "start"]);
    let pid = started
        .stdout
        .lines()
        .next()
        .and_then(|line| line.rsplit_once(' '));
    let pid = pid.expect("its number").1;
    let killed = room
        .command("kill")
        .args(["-KILL", pid])
        .status()
        .expect("kill runs");
    assert!(killed.success());

    while room.azure(&["fake", "status", "default"]).code == Some(0) {
        std::thread::yield_now();
    }

    let again = room.azure(&["fake", "start"]);
    assert_eq!(again.code, Some(0), "{}", again.stderr);
}
