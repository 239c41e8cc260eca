//! Every request of a create and of a removal goes wrong in every way, with real processes: each run
//! ends complete or clean, or (killed) is brought to either by the next.
//!
//! A sample in the ordinary run; all of it with `AZURE_SWEEP=all`, which then prints the table, and
//! writes it into docs/reliability.md with `UPDATE_DOCS=1`. How often a machine that boots is looked at
//! depends on the day, so tables are not compared: the cells are what is held.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use super::bad_line::{Api, Fault, Plan};
use super::stage::{Stage, azure, end, is_whole, notes, start, wait};
use crate::clean_room::{CleanRoom, Ran};

/// What is swept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Job {
    Create,
    Remove,
}

const REMOVE: [&str; 5] = ["vm", "docker", "rm", "web", "-q"];

/// One request that goes wrong in one way.
#[derive(Debug, Clone, Copy)]
struct Cell {
    job: Job,
    plan: Plan,
}

impl Job {
    fn words(self, stage: &Stage) -> Vec<&'static str> {
        match self {
            Self::Create => stage.create(),
            Self::Remove => REMOVE.to_vec(),
        }
    }

    /// A room in which it can be done.
    fn prepared(self, stage: &Stage) -> CleanRoom {
        stage.reset();
        let room = stage.room();
        if self == Self::Remove {
            let made = end(azure(&room, &stage.create()));
            assert_eq!(made.code, Some(0), "{}", made.stderr);
        }
        room
    }

    /// The requests of a run in which nothing goes wrong.
    fn requests(self, stage: &Stage) -> Vec<String> {
        let room = self.prepared(stage);
        let line = stage.line(None);
        stage.lead(&room, Some(&line));
        let ran = end(azure(&room, &self.words(stage)));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        line.seen()
    }
}

/// What is there after a run.
#[derive(Debug, PartialEq, Eq)]
enum There {
    Whole,
    Nothing,
    Part,
}

fn there(stage: &Stage, room: &CleanRoom, before: &serde_json::Value) -> There {
    stage.lead(room, None);
    if stage.things() == *before {
        There::Nothing
    } else if is_whole(room, "web") {
        There::Whole
    } else {
        There::Part
    }
}

/// Carries a cell out; tells in a word how it ended, or why it ended badly.
fn carry_out(cell: Cell, stage: &Stage) -> Result<&'static str, String> {
    stage.reset();
    let before = stage.things();
    if cell.plan.fault == Fault::Killed {
        // To either end: forward by the same command, and by `recover`.
        for (way, end) in [
            (cell.job.words(stage), There::Whole),
            (stage.recover(), There::Whole),
            (
                vec!["vm", "docker", "recover", "web", "--undo"],
                There::Nothing,
            ),
        ] {
            let end = if cell.job == Job::Remove {
                There::Nothing
            } else {
                end
            };
            recovered(cell, stage, &before, &way, &end)?;
        }
        return Ok("recovered");
    }
    let room = cell.job.prepared(stage);
    let (ran, has_fired) = run(cell, stage, &room);
    if !has_fired {
        return Ok("–");
    }
    let told = |what: &str| {
        Err(format!(
            "{cell:?}: {what}: {:?}\n{}\n{}\n{:#}",
            ran.code,
            ran.stdout,
            ran.stderr,
            stage.things()
        ))
    };
    let found = there(stage, &room, &before);
    let unfinished = notes(&room)
        .into_iter()
        .filter(|(_, note)| note["stage"] != "made")
        .count();
    match (cell.job, ran.code, found) {
        (Job::Create, Some(0), There::Whole) | (Job::Remove, Some(1), There::Whole)
            if unfinished == 0 =>
        {
            Ok("complete")
        }
        (Job::Create, Some(1), There::Nothing) | (Job::Remove, Some(0), There::Nothing)
            if unfinished == 0 =>
        {
            Ok("clean")
        }
        (.., found) => told(&format!("{found:?}, {unfinished} unfinished")),
    }
}

fn run(cell: Cell, stage: &Stage, room: &CleanRoom) -> (Ran, bool) {
    let line = stage.line(Some(cell.plan));
    stage.lead(room, Some(&line));
    let child = start(azure(room, &cell.job.words(stage)));
    line.aims_at(child.id());
    let ran = wait(child);
    (ran, line.has_fired())
}

/// Kills a run at the request, and lets the next go on.
fn recovered(
    cell: Cell,
    stage: &Stage,
    before: &serde_json::Value,
    way: &[&str],
    wanted: &There,
) -> Result<(), String> {
    let room = cell.job.prepared(stage);
    let (killed, _) = run(cell, stage, &room);
    if killed.code.is_some() {
        return Err(format!("{cell:?}: it was not killed: {killed:?}"));
    }
    stage.lead(&room, None);
    let was_noted = notes(&room).iter().any(|(_, note)| note["stage"] != "made");
    if !was_noted && way[2] == "recover" {
        // Killed before it was to change anything.
        let untouched = match cell.job {
            Job::Create => There::Nothing,
            Job::Remove => There::Whole,
        };
        let found = there(stage, &room, before);
        return if found == untouched {
            Ok(())
        } else {
            Err(format!(
                "{cell:?}: nothing was noted, and there is {found:?}"
            ))
        };
    }
    let ran = end(azure(&room, way));
    let found = there(stage, &room, before);
    let unfinished = notes(&room)
        .into_iter()
        .filter(|(_, note)| note["stage"] != "made")
        .count();
    if found == *wanted && unfinished == 0 && ran.code == Some(0) {
        Ok(())
    } else {
        Err(format!(
            "{cell:?}: {way:?} ends {:?} with {found:?}, {unfinished} unfinished\n{}\n{}\n{:#}",
            ran.code,
            ran.stdout,
            ran.stderr,
            stage.things()
        ))
    }
}

/// Carries cells out, several at a time, and tells how each ended.
fn sweep(api: Api, cells: &[Cell], at_a_time: usize) -> Vec<Result<&'static str, String>> {
    let next = AtomicUsize::new(0);
    let ended = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..at_a_time {
            scope.spawn(|| {
                let stage = Stage::of(api);
                loop {
                    let index = next.fetch_add(1, Ordering::SeqCst);
                    let Some(cell) = cells.get(index) else {
                        return;
                    };
                    let end = carry_out(*cell, &stage);
                    ended.lock().expect("no panic").insert(index, end);
                }
            });
        }
    });
    ended
        .into_inner()
        .expect("no panic")
        .into_values()
        .collect()
}

#[test]
fn a_request_that_goes_wrong_leaves_a_host_that_is_complete_or_nothing() {
    sweep_all(Api::ServiceManagement);
}

#[test]
fn a_request_of_todays_azure_that_goes_wrong_leaves_a_host_that_is_complete_or_nothing() {
    sweep_all(Api::ResourceManager);
}

#[expect(
    clippy::disallowed_methods,
    reason = "how much is swept is said when the tests are run"
)]
fn sweep_all(api: Api) {
    let stage = Stage::of(api);
    let create = Job::Create.requests(&stage);
    let remove = Job::Remove.requests(&stage);
    assert!(create.len() > 8, "{create:?}");
    assert!(remove.len() > 5, "{remove:?}");
    drop(stage);
    let all = |job: Job, requests: &[String]| -> Vec<Cell> {
        let requests = 0..requests.len();
        requests
            .flat_map(|nth| {
                Fault::ALL.map(|fault| Cell {
                    job,
                    plan: Plan { nth, fault },
                })
            })
            .collect()
    };
    let mut cells = all(Job::Create, &create);
    cells.extend(all(Job::Remove, &remove));
    let is_whole = std::env::var_os("AZURE_SWEEP").is_some_and(|wish| wish == "all");
    if !is_whole {
        let seed = std::env::var("AZURE_SWEEP_SEED").ok();
        let seed = seed.and_then(|seed| seed.parse().ok());
        let seed = seed.unwrap_or_else(|| rand::rng().random());
        println!("AZURE_SWEEP_SEED={seed}");
        cells = sample(&cells, seed);
    }

    let ended = sweep(api, &cells, if is_whole { 4 } else { 2 });

    let bad: Vec<&String> = ended.iter().filter_map(|end| end.as_ref().err()).collect();
    let all = ended.len();
    assert!(
        bad.is_empty(),
        "{} of {all} cells ended badly:\n{}",
        bad.len(),
        bad.iter()
            .map(|end| end.as_str())
            .collect::<Vec<_>>()
            .join("\n\n")
    );
    if is_whole {
        let words: Vec<&str> = ended
            .iter()
            .map(|end| *end.as_ref().expect("seen"))
            .collect();
        let table = table(&create, &remove, &words);
        println!("{table}");
        put_into_the_page(api, &table);
    }
}

/// One cell for each fault of each job.
fn sample(cells: &[Cell], seed: u64) -> Vec<Cell> {
    let mut chance = StdRng::seed_from_u64(seed);
    let mut chosen = Vec::new();
    for job in [Job::Create, Job::Remove] {
        for fault in Fault::ALL {
            let fitting: Vec<Cell> = cells
                .iter()
                .filter(|cell| cell.job == job && cell.plan.fault == fault)
                .copied()
                .collect();
            chosen.extend(fitting.choose(&mut chance).copied());
        }
    }
    chosen
}

fn table(create: &[String], remove: &[String], words: &[&str]) -> String {
    let mut words = words.iter();
    let mut text = String::new();
    for (title, requests) in [("create", create), ("rm", remove)] {
        write!(text, "| `vm docker {title}` |").expect("a string");
        for fault in Fault::ALL {
            write!(text, " {} |", fault.name()).expect("a string");
        }
        text.push_str("\n|---|");
        text.push_str(&"---|".repeat(Fault::ALL.len()));
        text.push('\n');
        for (nth, request) in requests.iter().enumerate() {
            write!(text, "| {}. `{}` |", nth + 1, plain(request)).expect("a string");
            for _ in Fault::ALL {
                let word = words.next().expect("a cell");
                write!(text, " {word} |").expect("a string");
            }
            text.push('\n');
        }
        text.push('\n');
    }
    text
}

/// A request without what differs from run to run.
fn plain(request: &str) -> String {
    let mut request = request.to_owned();
    for (pattern, word) in [
        ("api-version=[0-9-]+&?", ""),
        (r"[?&]$", ""),
        (r"versions/[0-9]+(\.[0-9]+)+", "versions/VERSION"),
        (" [0-9a-f]{8}-[0-9a-f-]{27}/", " "),
        ("[0-9a-f]{32}", "ID"),
        ("storageservices/[a-z0-9]+", "storageservices/ACCOUNT"),
    ] {
        let pattern = regex::Regex::new(pattern).expect("an expression");
        request = pattern.replace_all(&request, word).into_owned();
    }
    request
}

#[expect(
    clippy::disallowed_methods,
    reason = "the page is written anew when its maintainer asks for it"
)]
fn put_into_the_page(api: Api, table: &str) {
    if std::env::var_os("UPDATE_DOCS").is_none() {
        return;
    }
    let classic = "<!-- the sweep: written by its test -->\n";
    let today = "<!-- the sweep of Resource Manager: written by its test -->\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reliability.md");
    let page = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = page.split_once(classic).expect("a place for the table");
    let (first, second) = rest.split_once(today).expect("a place for the table");
    let table = format!("\n{}\n", table.trim_end());
    let page = match api {
        Api::ServiceManagement => format!("{before}{classic}{table}\n{today}{second}"),
        Api::ResourceManager => format!("{before}{classic}{first}{today}{table}"),
    };
    std::fs::write(&path, page).expect("the page");
}
