//! A run in today's Azure that is killed: what is noted of it, and what the next makes of it.

use serde_json::Value;

use super::bad_line::{Api, Fault, Plan};
use super::stage::{Stage, azure, end, is_whole, notes, start, wait};
use crate::clean_room::{CleanRoom, Ran, run};

/// Kills a create when the request that contains `part` has taken effect.
fn killed_at(stage: &Stage, part: &str) -> CleanRoom {
    let room = stage.room();
    let line = stage.line(None);
    stage.lead(&room, Some(&line));
    assert_eq!(end(azure(&room, &stage.create())).code, Some(0));
    let seen = line.seen();
    let is_it = |one: &String| one.starts_with("PUT ") && one.contains(part);
    let nth = seen.iter().position(is_it);
    let nth = nth.unwrap_or_else(|| panic!("{part} in {seen:?}"));

    stage.reset();
    let room = stage.room();
    let fault = Fault::Killed;
    let line = stage.line(Some(Plan { nth, fault }));
    stage.lead(&room, Some(&line));
    let child = start(azure(&room, &stage.create()));
    line.aims_at(child.id());
    assert_eq!(wait(child).code, None);
    stage.lead(&room, None);
    room
}

/// What nobody uses, in either API: the command's own word on it.
fn orphans(stage: &Stage) -> Ran {
    let words = ["fake", "orphans", "--join"];
    run(stage
        .simulator
        .room
        .azure_command(&words)
        .arg(&stage.simulator.ready))
}

#[test]
fn the_same_command_goes_on_and_no_secret_lies_in_between() {
    let stage = Stage::of(Api::ResourceManager);
    let room = killed_at(&stage, "/networkInterfaces/");
    let [(path, note)] = &notes(&room)[..] else {
        panic!("{:?}", notes(&room));
    };
    assert!(path.ends_with("web@web/web.json"), "{}", path.display());
    let states: Vec<&Value> = note["effects"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|noted| &noted["state"]["state"])
        .collect();
    assert_eq!(
        states,
        ["done", "done", "done", "done", "begun", "waiting"],
        "{note:#}"
    );
    assert!(!note.to_string().contains("PRIVATE"), "{note:#}");
    let listed = end(azure(&room, &["vm", "docker", "recover", "--list"]));
    assert!(listed.stdout.contains("web"), "{}", listed.stdout);

    let ran = end(azure(&room, &stage.create()));

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for words in [
        "Going on with web, which an earlier run began to make",
        "Docker answers at web.westus.cloudapp.azure.com:2376",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    assert!(is_whole(&room, "web"));
    let again = end(azure(&room, &["vm", "docker", "recover", "--list"]));
    assert!(
        again.stdout.contains("Nothing is unfinished"),
        "{}",
        again.stdout
    );
}

#[test]
fn a_machine_that_was_being_made_is_taken_back_with_all_that_it_hangs_on() {
    let stage = Stage::of(Api::ResourceManager);
    let before = stage.things();
    let room = killed_at(&stage, "/virtualMachines/");

    let undone = end(azure(&room, &["vm", "docker", "recover", "web", "--undo"]));

    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
    assert_eq!(stage.things(), before);
    assert!(notes(&room).is_empty());
    let orphans = orphans(&stage);
    assert_eq!(
        orphans.code,
        Some(0),
        "{}{}",
        orphans.stdout,
        orphans.stderr
    );
}
