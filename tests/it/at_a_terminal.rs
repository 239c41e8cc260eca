//! The binary at a terminal of eighty columns.

use std::fs::File;
use std::io::Read as _;
use std::process::{Command, Stdio};

use nix::pty::{Winsize, openpty};
use regex::Regex;

use crate::clean_room::CleanRoom;
use crate::simulator::Simulator;

const COLUMNS: u16 = 80;

/// Runs the command with a terminal for both of its outputs, and returns all that it drew.
fn drawn(mut command: Command) -> String {
    let size = Winsize {
        ws_row: 24,
        ws_col: COLUMNS,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let pair = openpty(&size, None).expect("a terminal");
    let end = || Stdio::from(pair.slave.try_clone().expect("a descriptor"));
    let mut child = command
        .stdout(end())
        .stderr(end())
        .spawn()
        .expect("azure starts");
    drop(command);
    drop(pair.slave);
    let mut text = Vec::new();
    // The last one that leaves a terminal makes its reader fail.
    _ = File::from(pair.master).read_to_end(&mut text).ok();
    child.wait().expect("a status");
    String::from_utf8(text).expect("text")
}

fn create(room: &CleanRoom) -> Command {
    room.azure_command(&[
        "vm",
        "docker",
        "create",
        "--fake",
        "--exit",
        "-l",
        "West US",
        "web",
        "Ubuntu-14_04",
        "me",
        "Pa$$w0rd1",
    ])
}

/// What is on one line for a while and then something else.
fn is_drawn_over(text: &str) -> bool {
    text.contains("\r\u{1b}[2K")
}

#[test]
fn what_turns_never_wraps_and_is_cleared() {
    let room = CleanRoom::new();
    let mut command = create(&room);
    command.env("TERM", "xterm");

    let text = drawn(command);

    assert!(is_drawn_over(&text), "{text}");
    let escapes = Regex::new("\u{1b}\\[[0-9;]*[A-Za-z]").expect("an expression");
    for line in text.split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let (turned, last) = line.rsplit_once('\r').unwrap_or(("", line));
        for frame in turned.split('\r') {
            let frame = escapes.replace_all(frame, "");
            assert!(frame.chars().count() < COLUMNS.into(), "{frame}");
        }
        let last = escapes.replace_all(last, "");
        let begins = ["+ ", "info:", "data:", "warn:", "error:"];
        let is_whole = last.is_empty() || begins.iter().any(|begin| last.starts_with(begin));
        assert!(is_whole, "{last:?}");
    }
    assert!(text.contains("+ Creating VM\r\n"), "{text}");
}

#[test]
fn a_dumb_terminal_gets_plain_lines() {
    let room = CleanRoom::new();
    let mut command = create(&room);
    command.env("TERM", "dumb");

    let text = drawn(command);

    assert!(text.contains("info:    Creating VM\r\n"), "{text}");
    assert!(!text.contains('\u{1b}'), "{text}");
}

#[test]
fn no_color_takes_the_colours_alone() {
    let room = CleanRoom::new();
    for (no_color, coloured) in [("", true), ("1", false)] {
        let mut command = room.azure_command(&["vm", "list"]);
        command.env("TERM", "xterm").env("NO_COLOR", no_color);

        let text = drawn(command);

        assert_eq!(text.contains("\u{1b}[31merror:"), coloured, "{text:?}");
        assert_eq!(text.contains("\u{1b}[36mhint:"), coloured, "{text:?}");
    }
}

#[test]
fn a_failure_is_told_before_what_was_made_is_seen_to_go() {
    let simulator = Simulator::start();
    let fault = serde_json::json!({
        "match": {"method": "POST", "path": "/deployments$"},
        "when": "before",
        "effect": {"status": 400, "code": "BadRequest", "message": "No room."}
    });
    simulator.admin()("break", &fault.to_string());

    let ran = simulator.sh(
        r#"azure vm create web Ubuntu-14_04 me 'Pa$$w0rd1' -l "West US""#,
        &[],
    );

    let at = |words: &str| {
        let found = ran.stdout.find(words);
        found.unwrap_or_else(|| panic!("{words}: {}", ran.stdout))
    };
    assert!(
        at("warn:    No room; removing what was made\n") < at("info:    Deleting cloud service\n")
    );
    assert!(ran.stderr.contains("error:   No room.\n"), "{}", ran.stderr);
}
