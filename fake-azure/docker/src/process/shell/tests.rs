//! Scripts with what they write and how they end, run by this shell and by real ones.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use simulation::Clock;

use super::super::program::image_of;
use super::super::{Descriptor, Descriptors, Launch, Process, Space, tools};
use super::*;
use crate::files::{Credentials, Tree, View};

mod behaviour;
mod real;
mod terminal;

const NOW: Timestamp = Timestamp::UNIX_EPOCH;
const ROOT: Credentials = Credentials::ROOT;

/// How long a script may take, in real time.
const PATIENCE: Duration = Duration::from_mins(1);

/// A space with the userland in `/bin`; `sh` is this shell.
fn space_with(sh: &str, clock: Clock) -> Arc<Space> {
    let files = View::of(Tree::new(NOW));
    for folder in ["/bin", "/work", "/root", "/tmp", "/etc", "/dev"] {
        files.create_dir_all(folder, 0o755, &ROOT, NOW).unwrap();
    }
    let put = |name: &str, program: &str| {
        let path = format!("/bin/{name}");
        files
            .write(&path, image_of(program), 0o755, &ROOT, NOW)
            .unwrap();
    };
    for tool in tools::all() {
        put(tool.name(), tool.name());
    }
    put("sh", sh);
    put("dash", "dash");
    put("bash", "bash");
    let null = crate::files::Node::CharDevice { major: 1, minor: 3 };
    files.mknod("/dev/null", null, 0o666, &ROOT, NOW).unwrap();
    let users = "root:x:0:0:root:/root:/bin/sh\nme:x:7:7::/home/me:/bin/sh\n";
    files
        .write("/etc/passwd", users, 0o644, &ROOT, NOW)
        .unwrap();
    Space::builder(files, clock, Arc::new(userland())).build()
}

fn space() -> Arc<Space> {
    space_with("sh", Clock::scaled(50.0))
}

/// What a script did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Outcome {
    status: u8,
    stdout: String,
    stderr: String,
}

/// How a shell is started that commands are not typed into.
fn launch(args: &[&str]) -> Launch {
    let mut launch = Launch::new(args.iter().copied());
    launch.cwd = "/work".to_owned();
    launch.env = [("PATH", "/bin"), ("HOME", "/root")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
    launch
}

/// Runs a command line to its end. Process 1 is another, so signals are as elsewhere.
async fn run_in(space: &Arc<Space>, args: &[&str], stdin: &str) -> Outcome {
    let (input, to_input) = Process::pipe();
    let (from_stdout, stdout) = Process::pipe();
    let (from_stderr, stderr) = Process::pipe();
    let mut launch = launch(args);
    launch.descriptors = Descriptors::standard(input, stdout, stderr);
    let init = Launch::new(["init"]);
    let init = space.run(init, |_| std::future::pending()).unwrap();
    launch.parent = init.pid;
    let child = space.launch(launch).unwrap();
    let feed = async move {
        to_input.write(stdin.as_bytes(), NOW).await.ok();
    };
    let read = |from: Descriptor| async move {
        let mut all = Vec::new();
        loop {
            match from.read(1 << 16).await {
                Ok(bytes) if !bytes.is_empty() => all.extend(bytes),
                _ => return String::from_utf8_lossy(&all).into_owned(),
            }
        }
    };
    let all = async { tokio::join!(feed, read(from_stdout), read(from_stderr), child.wait()) };
    let ((), stdout, stderr, exit) = tokio::time::timeout(PATIENCE, all)
        .await
        .unwrap_or_else(|_| panic!("{args:?} takes too long"));
    space.end();
    space.revive();
    Outcome {
        status: exit.code(),
        stdout,
        stderr,
    }
}

async fn sh(script: &str) -> Outcome {
    run_in(&space(), &["sh", "-c", script], "").await
}

/// Who does the same as this shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Every POSIX shell.
    Posix,
    /// Busybox's ash.
    Ash,
    Bash,
}

/// A script of the table.
#[derive(Debug)]
struct Case {
    kind: Kind,
    name: String,
    script: String,
    status: u8,
    stdout: String,
    stderr: Option<String>,
}

/// Reads the table: `=== kind: name`, the script, `--- status`, what it writes, and
/// `--- stderr` with its complaints where those are the same everywhere.
fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut part = 0;
    for line in include_str!("tests/scripts.txt").split_inclusive('\n') {
        if let Some(head) = line.strip_prefix("=== ") {
            let (kind, name) = head.trim_end().split_once(": ").unwrap();
            part = 0;
            cases.push(Case {
                kind: match kind {
                    "posix" => Kind::Posix,
                    "ash" => Kind::Ash,
                    "bash" => Kind::Bash,
                    other => panic!("{other}"),
                },
                name: name.to_owned(),
                script: String::new(),
                status: 0,
                stdout: String::new(),
                stderr: None,
            });
            continue;
        }
        let case = cases.last_mut().unwrap();
        if line == "--- stderr\n" {
            case.stderr = Some(String::new());
            part = 2;
        } else if let Some(status) = line.strip_prefix("--- ") {
            case.status = status.trim_end().parse().unwrap();
            part = 1;
        } else {
            match part {
                0 => case.script.push_str(line),
                1 => case.stdout.push_str(line),
                _ => case.stderr.as_mut().unwrap().push_str(line),
            }
        }
    }
    cases
}

/// Returns the differences between what was expected and what came.
fn differences(case: &Case, outcome: &Outcome, with_stderr: bool) -> Option<String> {
    let stderr = case.stderr.as_ref().filter(|_| with_stderr);
    let is_same = case.status == outcome.status
        && case.stdout == outcome.stdout
        && stderr.is_none_or(|stderr| *stderr == outcome.stderr);
    (!is_same).then(|| {
        format!(
            "== {}\n{}-- expected {}\n{}{}-- came {}\n{}{}",
            case.name,
            case.script,
            case.status,
            case.stdout,
            stderr.map(String::as_str).unwrap_or_default(),
            outcome.status,
            outcome.stdout,
            outcome.stderr,
        )
    })
}

#[tokio::test]
async fn the_table_holds_as_ash() {
    let mut wrong = Vec::new();
    for case in cases().into_iter().filter(|case| case.kind != Kind::Bash) {
        let outcome = run_in(&space(), &["sh", "-c", &case.script], "").await;
        wrong.extend(differences(&case, &outcome, true));
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[tokio::test]
async fn what_is_posix_holds_in_dash_and_bash() {
    let mut wrong = Vec::new();
    for (dialect, own) in [("dash", Kind::Posix), ("bash", Kind::Bash)] {
        let cases = cases().into_iter();
        for case in cases.filter(|case| case.kind == Kind::Posix || case.kind == own) {
            let outcome = run_in(&space(), &[dialect, "-c", &case.script], "").await;
            let difference = differences(&case, &outcome, false);
            wrong.extend(difference.map(|words| format!("{dialect} {words}")));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
