//! `--faults FILE`, wherever there is a simulator to be told.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex::Regex;

use crate::clean_room::{CleanRoom, Ran, run};

/// A file of faults in the room's home.
fn file(room: &CleanRoom, text: &str) -> String {
    room.write("faults.toml", text).display().to_string()
}

const CREATE: [&str; 10] = [
    "vm",
    "docker",
    "create",
    "--fake",
    "--exit",
    "-l",
    "West US",
    "web",
    "Ubuntu-14_04",
    "azureuser",
];

#[test]
fn a_file_that_means_nothing_is_refused_before_anything_starts() {
    let room = CleanRoom::new();
    let path = file(&room, "[[fault]]\neffect = { explode = true }\n");
    let marker = room.home().join("ran").display().to_string();
    let create = [&CREATE[..], &["Pa$$w0rd1", "--faults", &path]].concat();
    for words in [
        &["fake", "serve", "--faults", &path][..],
        &["fake", "start", "--faults", &path],
        &["fake", "docker", "serve", "--faults", &path],
        &["fake", "run", "--faults", &path, "--", "touch", &marker],
        &create,
    ] {
        let ran = room.azure(words);
        assert_ne!(ran.code, Some(0), "{words:?}");
        let told = format!("{path}:2: `fault[0].effect`: an effect is one of `drop`");
        assert!(ran.stderr.contains(&told), "{words:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("not `explode`"), "{}", ran.stderr);
    }
    assert!(!room.home().join("ran").exists());
    let missing = room.azure(&["fake", "serve", "--faults", "/nowhere.toml"]);
    assert!(
        missing.stderr.contains("`/nowhere.toml` cannot be read"),
        "{}",
        missing.stderr
    );
    let real = [
        "vm",
        "docker",
        "create",
        "-l",
        "x",
        "a",
        "b",
        "c",
        "Pa$$w0rd1",
        "--faults",
        &path,
    ];
    let refused = room.azure(&real).stderr;
    assert!(refused.contains("say --fake, too"), "{refused}");
}

#[test]
fn a_command_meets_the_faults_of_the_file() {
    let room = CleanRoom::new();
    let path = file(
        &room,
        "[[fault]]\nmatch = { operation = \"List Locations\" }\nevery = 1\n\
         effect = { status = 409, code = \"ConflictError\", message = \"on purpose\" }\n",
    );
    let azure = env!("CARGO_BIN_EXE_azure");
    let words = [
        "fake",
        "run",
        "--without-names",
        "--faults",
        &path,
        "--",
        azure,
    ];
    let list = room.azure(&[&words[..], &["vm", "location", "list"]].concat());
    assert_eq!(list.code, Some(1), "{}", list.stdout);
    assert!(list.stderr.contains("on purpose"), "{}", list.stderr);
    let images = room.azure(&[&words[..], &["vm", "image", "list"]].concat());
    assert_eq!(images.code, Some(0), "{}", images.stderr);
}

#[test]
fn a_host_in_process_has_the_flaws_that_the_file_tells() {
    let room = CleanRoom::new();
    let path = file(
        &room,
        "[[fault]]\nmatch = { service = \"web\", role = \"web\" }\n\
         effect.machine.failing_extension = { message = \"Enable Docker failed: no such package.\" }\n",
    );
    let ran = room.azure(&[&CREATE[..], &["Pa$$w0rd1", "--faults", &path]].concat());
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stderr.contains("no such package"), "{}", ran.stderr);

    let path = file(
        &room,
        "[[fault]]\nmatch.operation = \"Create Virtual Machine Deployment\"\n\
         effect.fail_operation = { code = \"AllocationFailed\", message = \"No room.\" }\n",
    );
    let ran = room.azure(&[&CREATE[..], &["Pa$$w0rd1", "--faults", &path]].concat());
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(ran.stderr.contains("No room."), "{}", ran.stderr);
}

/// A question that every create asks, and a change that this one makes, told by method and path.
const QUESTION: &str = "{ method = \"GET\", path = \"^/locations\" }";
const CHANGE: &str = "{ method = \"POST\", path = \"^/services/storageservices\" }";

/// An effect, and whether a create ends well when it hits a question before or after that was
/// looked into, and a change before or after that had its effect.
const CELLS: &[(&str, [bool; 4])] = &[
    (
        "status = 500, code = \"InternalError\", message = \"on purpose\"",
        [true, true, false, false],
    ),
    (
        "status = 409, code = \"ConflictError\", message = \"on purpose\"",
        [false; 4],
    ),
    ("throttle = 30", [true, true, true, false]),
    ("drop = true", [true, true, false, true]),
    ("cut = true", [true, true, false, true]),
    ("garbage = true", [true, true, false, true]),
    (
        "garbage = \"<html>Please log in</html>\"",
        [true, true, false, true],
    ),
    ("delay = 1", [true; 4]),
    ("hang = true", [false, false, false, true]),
    (
        "fail_operation = { code = \"InternalError\", message = \"on purpose\" }",
        [true, true, false, false],
    ),
];

/// One that lasts: it is tried where all cells of the sweep are.
const ENDLESS: (&str, [bool; 4]) = ("endless_operation = true", [true, true, false, true]);

/// What a run said of what went wrong, without what no two runs have in common: names, ids, and
/// in which way made up bytes are no document.
fn told(ran: &Ran) -> Vec<String> {
    let changing = Regex::new("[0-9a-f]{32}|[0-9]{4,}").expect("an expression");
    let both = [&ran.stdout, &ran.stderr];
    let lines = both.iter().flat_map(|text| text.lines());
    let told = ["error:", "warn:", "hint:", "help:"];
    let wrong = lines.filter(|line| told.iter().any(|word| line.starts_with(word)));
    wrong
        .map(|line| changing.replace_all(line, "N").into_owned())
        .collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "whoever runs it says how much")]
fn a_file_of_faults_comes_to_the_same_in_process_and_over_the_wire() {
    let all = std::env::var_os("AZURE_SWEEP").is_some_and(|which| which == "all");
    let effects = CELLS.iter().chain(all.then_some(&ENDLESS));
    let places = [
        (QUESTION, "before"),
        (QUESTION, "after"),
        (CHANGE, "before"),
        (CHANGE, "after"),
    ];
    let cells: Vec<_> = effects
        .flat_map(|(effect, ends)| {
            let ends = places.iter().zip(ends);
            ends.map(move |((about, when), is_well)| {
                let rule = format!(
                    "[[fault]]\nmatch = {about}\nwhen = \"{when}\"\neffect = {{ {effect} }}\n"
                );
                (rule, *is_well)
            })
        })
        .collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some((rule, is_well)) = cells.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (here, there) = (in_process(rule), over_the_wire(rule));
                    let same = told(&here) == told(&there) && here.code == there.code;
                    if !same || here.code != Some(i32::from(!is_well)) {
                        let told = format!("{rule}in process: {here:#?}\nby wire: {there:#?}");
                        wrong.lock().expect("no panic").push(told);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().expect("no panic");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn in_process(rule: &str) -> Ran {
    let room = CleanRoom::new();
    let path = file(&room, rule);
    let words = [&CREATE[..], &["Pa$$w0rd1", "--faults", &path]].concat();
    hurried(&room, &words)
}

fn over_the_wire(rule: &str) -> Ran {
    let room = CleanRoom::new();
    let path = file(&room, rule);
    let azure = env!("CARGO_BIN_EXE_azure");
    let run = [
        "fake",
        "run",
        "--without-names",
        "--faults",
        &path,
        "--",
        azure,
    ];
    let create = CREATE
        .into_iter()
        .filter(|word| !["--fake", "--exit"].contains(word));
    let words: Vec<&str> = run.into_iter().chain(create).chain(["Pa$$w0rd1"]).collect();
    hurried(&room, &words)
}

/// Runs it with waits a thousand times shorter, and an answer's patience of five seconds.
fn hurried(room: &CleanRoom, words: &[&str]) -> Ran {
    run(room.azure_command(words).env("XPLAT_FAST", "1000"))
}
