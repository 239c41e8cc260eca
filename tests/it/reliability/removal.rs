//! `vm docker rm`: what goes, what stays, and that it is said.

use serde_json::{Value, json};

use super::bad_line::{Fault, Plan};
use super::stage::{CREATE, Stage, azure, end, is_whole, notes, start, wait};
use crate::clean_room::{CleanRoom, run_fed};

fn made(room: &CleanRoom, more: &[&str]) {
    let words: Vec<&str> = CREATE.into_iter().chain(more.iter().copied()).collect();
    let ran = end(azure(room, &words));
    assert_eq!(ran.code, Some(0), "{words:?}: {}", ran.stderr);
}

/// Removes a host, which has to work; returns what it printed.
fn removed(room: &CleanRoom, name: &str) -> String {
    let ran = end(azure(room, &["vm", "docker", "rm", name, "-q"]));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.stdout
}

fn names(things: &Value, kind: &str) -> Vec<String> {
    let all = things[kind].as_array();
    all.into_iter()
        .flatten()
        .filter_map(|one| one["name"].as_str().map(str::to_owned))
        .collect()
}

#[test]
fn everything_that_was_made_goes_and_is_named() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    made(&room, &[]);

    let said = removed(&room, "web");

    assert_eq!(stage.things(), nothing);
    assert!(notes(&room).is_empty());
    for words in [
        "Removed virtual machine `web` of cloud service `web`\n",
        "Removed storage account `web",
        "Removed cloud service `web`\n",
    ] {
        assert!(said.contains(words), "{words}{said}");
    }
    let again = end(azure(&room, &["vm", "docker", "rm", "web", "-q"]));
    assert_eq!(again.code, Some(1));
    assert!(
        again.stderr.contains("no Docker host is called `web`"),
        "{}",
        again.stderr
    );
}

#[test]
fn it_asks_first_and_shows_what_would_go() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    made(&room, &[]);
    let remove = || azure(&room, &["vm", "docker", "rm", "web"]);

    let refused = run_fed(&mut remove(), "n\n");

    assert!(
        refused.stdout.contains("- cloud service `web`\n"),
        "{}",
        refused.stdout
    );
    assert!(is_whole(&room, "web"), "{}", refused.stderr);
    let silent = run_fed(&mut remove(), "");
    assert_eq!(silent.code, Some(1));
    assert!(
        silent.stderr.contains("nothing was removed"),
        "{}",
        silent.stderr
    );
    assert!(is_whole(&room, "web"), "{}", silent.stderr);
    let agreed = run_fed(&mut remove(), "y\n");
    assert_eq!(agreed.code, Some(0), "{}", agreed.stderr);
    assert_eq!(stage.things(), nothing);
}

#[test]
fn what_others_are_in_stays_until_the_last_of_them_goes() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    made(&room, &[]);
    let mut join = CREATE;
    join[4] = "2222";
    let words: Vec<&str> = join
        .into_iter()
        .chain(["-c", "-p", "4244", "-n", "web-2"])
        .collect();
    let joined = end(azure(&room, &words));
    assert_eq!(joined.code, Some(0), "{}", joined.stderr);

    let said = removed(&room, "web");

    assert!(
        said.contains("Left cloud service `web`: machine `web-2` is in it"),
        "{said}"
    );
    assert!(said.contains("Left storage account `web"), "{said}");
    assert!(is_whole(&room, "web-2"), "{said}");

    let said = removed(&room, "web-2");

    assert!(said.contains("Removed cloud service `web`"), "{said}");
    assert_eq!(stage.things(), nothing, "{said}");
    assert!(notes(&room).is_empty());
}

#[test]
fn without_a_record_the_service_tells_who_made_it_and_accounts_stay() {
    let stage = Stage::new();
    let before = names(&stage.things(), "storage_accounts").len();
    let room = stage.room();
    made(&room, &[]);
    let other = stage.room();

    let said = removed(&other, "web");

    assert!(said.contains("Removed cloud service `web`"), "{said}");
    assert!(
        said.contains("no record tells that it was made for this host"),
        "{said}"
    );
    let things = stage.things();
    assert!(names(&things, "hosted_services").is_empty());
    assert!(names(&things, "disks").is_empty());
    assert_eq!(names(&things, "storage_accounts").len(), before + 1);
}

#[test]
fn what_was_there_before_stays() {
    let stage = Stage::new();
    let room = stage.room();
    for words in [
        &["service", "create", "web", "--location", "West US"][..],
        &["storage", "account", "create", "mine", "-l", "West US"],
    ] {
        let ran = end(azure(&room, words));
        assert_eq!(ran.code, Some(0), "{words:?}: {}", ran.stderr);
    }
    let before = stage.things();
    made(&room, &[]);

    let said = removed(&room, "web");

    for words in [
        "Left cloud service `web`: it was there before",
        "Left storage account `mine`: it was there before",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    let after = stage.things();
    for kind in ["hosted_services", "storage_accounts", "disks"] {
        assert_eq!(names(&after, kind), names(&before, kind), "{kind}");
    }
}

#[test]
fn several_go_at_once_or_none_when_one_is_not_there() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    for name in ["one", "two"] {
        let words: Vec<&str> = CREATE
            .into_iter()
            .map(|word| if word == "web" { name } else { word })
            .collect();
        let ran = end(azure(&room, &words));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    let before = stage.things();

    let wrong = end(azure(&room, &["vm", "docker", "rm", "one", "twoo", "-q"]));

    assert_eq!(wrong.code, Some(1));
    assert_eq!(stage.things(), before);
    let both = end(azure(
        &room,
        &["vm", "docker", "rm", "one", "two", "-q", "--json"],
    ));
    assert_eq!(both.code, Some(0), "{}", both.stderr);
    let told: Value = serde_json::from_str(&both.stdout).expect("JSON");
    assert_eq!(told["left"], serde_json::json!([]), "{told:#}");
    assert_eq!(stage.things(), nothing);
}

#[test]
fn a_half_made_host_is_removed_too() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    stage.simulator.admin()(
        "break",
        r#"{"match": {"method": "POST", "path": "/deployments$"}, "effect": {"status": 400, "code": "BadRequest", "message": "no"}}"#,
    );
    let words: Vec<&str> = CREATE.into_iter().chain(["--keep"]).collect();
    let kept = end(azure(&room, &words));
    assert_eq!(kept.code, Some(1), "{}", kept.stdout);
    assert!(
        kept.stderr
            .contains("`azure vm docker recover web --password-stdin`"),
        "{}",
        kept.stderr
    );
    assert_ne!(stage.things(), nothing);

    removed(&room, "web");

    assert_eq!(stage.things(), nothing);
    assert!(notes(&room).is_empty());
}

#[test]
fn a_certificate_that_another_machine_was_given_goes_with_the_last() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    made(&room, &["-G"]);
    let mut join = CREATE;
    join[4] = "2222";
    let more = ["-G", "-c", "-p", "4244", "-n", "web-2"];
    let words: Vec<&str> = join.into_iter().chain(more).collect();
    let joined = end(azure(&room, &words));
    assert_eq!(joined.code, Some(0), "{}", joined.stderr);

    let said = removed(&room, "web");

    assert!(said.contains("Left certificate "), "{said}");
    assert!(is_whole(&room, "web-2"), "{said}");
    removed(&room, "web-2");
    assert_eq!(stage.things(), nothing);
    assert!(notes(&room).is_empty());
}

#[test]
fn a_record_of_what_another_has_made_anew_is_not_gone_by() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    made(&room, &[]);
    let other = stage.room();
    let gone = end(azure(&other, &["vm", "delete", "web", "-b", "-q"]));
    assert_eq!(gone.code, Some(0), "{}", gone.stderr);
    made(&other, &[]);
    let accounts = names(&stage.things(), "storage_accounts");

    let said = removed(&room, "web");

    assert!(said.contains("Removed virtual machine `web`"), "{said}");
    // The account is of the first making, and nobody is in it any more.
    assert!(
        said.contains(&format!("Removed storage account `{}`", accounts[0])),
        "{said}"
    );
    assert_eq!(stage.things(), nothing);
}

/// Takes away what a host is made of, with the commands that everybody has.
fn taken(room: &CleanRoom, commands: &[&[&str]]) {
    for words in commands {
        let ran = end(azure(room, words));
        assert_eq!(ran.code, Some(0), "{words:?}: {}", ran.stderr);
    }
}

fn disk(stage: &Stage) -> String {
    let mut disks = names(&stage.things(), "disks");
    assert_eq!(disks.len(), 1, "{disks:?}");
    disks.remove(0)
}

const MACHINE_GOES: &[&str] = &["vm", "delete", "web", "-q"];

#[test]
fn a_machine_that_went_some_other_way_leaves_nothing_of_the_record() {
    let stage = Stage::new();
    let nothing = stage.things();
    for is_account_given in [false, true] {
        stage.reset();
        let room = stage.room();
        if is_account_given {
            let words: &[&str] = &["storage", "account", "create", "mine", "-l", "West US"];
            taken(&room, &[words]);
        }
        let before = stage.things();
        made(&room, &[]);
        taken(&room, &[MACHINE_GOES]);
        disk(&stage);

        let said = removed(&room, "web");

        for words in [
            "virtual machine `web` of cloud service `web` was gone already\n",
            "Removed disk `https://",
        ] {
            assert!(said.contains(words), "{words}{said}");
        }
        assert!(!said.contains("Removed virtual machine"), "{said}");
        let after = stage.things();
        for kind in ["hosted_services", "storage_accounts", "disks"] {
            assert_eq!(names(&after, kind), names(&before, kind), "{kind}: {said}");
        }
        assert!(is_account_given || after == nothing);
        assert!(notes(&room).is_empty());
    }
}

#[test]
fn whatever_of_a_host_is_gone_the_rest_goes_and_both_are_said() {
    let stage = Stage::new();
    let nothing = stage.things();
    for depth in 1..=2 {
        stage.reset();
        let room = stage.room();
        made(&room, &[]);
        let account = names(&stage.things(), "storage_accounts").remove(0);
        let disk = disk(&stage);
        let disk_goes = ["vm", "disk", "delete", &disk, "-b"];
        let account_goes = ["storage", "account", "delete", &account, "-q"];
        let all: [&[&str]; 3] = [MACHINE_GOES, &disk_goes, &account_goes];
        taken(&room, &all[..=depth]);

        let ran = end(azure(&room, &["vm", "docker", "rm", "web", "-q", "--json"]));

        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
        let was_gone = told["wasGone"].as_array().expect("a list");
        assert_eq!(was_gone.len(), depth + 2, "{told:#}");
        let is_told = |what: &str, list: &str| {
            let list = told[list].as_array().expect("a list");
            list.iter()
                .any(|one| one.as_str().is_some_and(|one| one.starts_with(what)))
        };
        assert!(is_told("cloud service `web`", "wasGone"), "{told:#}");
        assert!(is_told("disk `https://", "wasGone"), "{told:#}");
        assert_eq!(
            is_told("storage account", "removed"),
            depth == 1,
            "{told:#}"
        );
        assert_eq!(stage.things(), nothing, "{told:#}");
        assert!(notes(&room).is_empty());
    }
}

#[test]
fn a_disk_that_another_machine_uses_stays_with_its_account_and_the_record_until_it_is_free() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    made(&room, &[]);
    let other = stage.room();
    let file = other.home().join("role.json");
    taken(
        &other,
        &[&["vm", "export", "web", file.to_str().expect("text")]],
    );
    taken(&room, &[MACHINE_GOES]);
    let disk = disk(&stage);
    let role = std::fs::read_to_string(&file).expect("a role");
    let file = other.write("role.json", role.replace(r#""web""#, r#""other""#));
    let file = file.to_str().expect("text");
    taken(
        &other,
        &[&["vm", "create-from", "other", file, "-l", "West US"]],
    );

    let said = removed(&room, "web");

    assert!(
        said.contains("virtual machine `other` of cloud service `other`, which uses it now"),
        "{said}"
    );
    assert_eq!(names(&stage.things(), "disks"), [disk.as_str()]);
    assert_eq!(notes(&room).len(), 1, "{said}");
    // A host of the name does not make the record forget.
    made(&room, &[]);
    taken(&other, &[&["vm", "delete", "other", "-q"]]);
    removed(&room, "web");
    assert_eq!(stage.things(), nothing);
    assert!(notes(&room).is_empty());
}

#[test]
fn a_removal_that_was_killed_is_ended_by_another_whatever_goes_meanwhile() {
    for way in [
        &["vm", "docker", "rm", "web", "-q"][..],
        &["vm", "docker", "recover", "web", "--undo"],
    ] {
        let stage = Stage::new();
        let nothing = stage.things();
        let room = stage.room();
        made(&room, &[]);
        let line = stage.line(None);
        stage.lead(&room, Some(&line));
        let plan = {
            let ran = end(azure(&room, &["vm", "docker", "ls"]));
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            Plan {
                nth: 4,
                fault: Fault::Killed,
            }
        };
        drop(line);
        let line = stage.line(Some(plan));
        stage.lead(&room, Some(&line));
        let child = start(azure(&room, &["vm", "docker", "rm", "web", "-q"]));
        line.aims_at(child.id());
        let killed = wait(child);
        assert_eq!(killed.code, None, "{killed:?}");
        assert_eq!(notes(&room)[0].1["stage"], "removing");
        stage.lead(&room, None);
        taken(&room, &[MACHINE_GOES]);

        let ran = end(azure(&room, way));

        assert_eq!(ran.code, Some(0), "{way:?}: {}", ran.stderr);
        assert_eq!(stage.things(), nothing, "{way:?}: {}", ran.stdout);
        assert!(notes(&room).is_empty());
    }
}

/// Two hosts in one service, of which the one that made it is gone.
fn one_of_two(stage: &Stage) -> CleanRoom {
    stage.reset();
    let room = stage.room();
    made(&room, &[]);
    let mut join = CREATE;
    join[4] = "2222";
    let words: Vec<&str> = join
        .into_iter()
        .chain(["-c", "-p", "4244", "-n", "web-2"])
        .collect();
    let joined = end(azure(&room, &words));
    assert_eq!(joined.code, Some(0), "{}", joined.stderr);
    removed(&room, "web");
    room
}

#[test]
fn a_name_of_a_machine_that_is_gone_never_means_another_of_its_service() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = one_of_two(&stage);

    let said = removed(&room, "web");

    assert!(is_whole(&room, "web-2"), "{said}");
    let words = "Left cloud service `web`: machine `web-2` is in it";
    assert!(said.contains(words), "{said}");
    removed(&room, "web-2");
    assert_eq!(stage.things(), nothing);
}

#[test]
fn without_a_record_and_a_question_the_name_of_a_service_means_no_other_machine() {
    let stage = Stage::new();
    let room = one_of_two(&stage);
    let other = stage.room();

    let refused = end(azure(&other, &["vm", "docker", "rm", "web", "-q"]));

    assert_eq!(refused.code, Some(1), "{}", refused.stdout);
    let words = "the Docker host of `web` is called `web-2`";
    assert!(refused.stderr.contains(words), "{}", refused.stderr);
    assert!(is_whole(&room, "web-2"), "{}", refused.stderr);
    removed(&other, "web-2");
}

#[test]
fn a_service_that_went_some_other_way_is_not_said_to_be_left() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = one_of_two(&stage);
    taken(&room, &[&["vm", "delete", "web-2", "-b", "-q"]]);

    let said = removed(&room, "web-2");

    assert!(!said.contains("Left cloud service"), "{said}");
    assert_eq!(stage.things(), nothing, "{said}");
}

/// Kills a removal when its request of this number has taken effect.
fn killed_at(stage: &Stage, room: &CleanRoom, name: &str, nth: usize) {
    let fault = Fault::Killed;
    let line = stage.line(Some(Plan { nth, fault }));
    stage.lead(room, Some(&line));
    let child = start(azure(room, &["vm", "docker", "rm", name, "-q"]));
    line.aims_at(child.id());
    let killed = wait(child);
    assert_eq!(killed.code, None, "{killed:?}");
    stage.lead(room, None);
}

#[test]
fn a_removal_that_was_killed_amid_what_another_host_left_is_gone_on_with() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = one_of_two(&stage);
    let line = stage.line(None);
    stage.lead(&room, Some(&line));
    removed(&room, "web-2");
    let seen = line.seen();
    assert_eq!(stage.things(), nothing, "{seen:?}");
    let deletes = (0..seen.len()).filter(|nth| seen[*nth].starts_with("DELETE"));
    let deletes: Vec<usize> = deletes.collect();
    assert_eq!(deletes.len(), 3, "{seen:?}");

    for nth in deletes.into_iter().chain([seen.len() - 1]) {
        let room = one_of_two(&stage);
        killed_at(&stage, &room, "web-2", nth);

        let ran = end(azure(&room, &["vm", "docker", "recover"]));

        assert_eq!(ran.code, Some(0), "{}: {}", seen[nth], ran.stderr);
        assert_eq!(stage.things(), nothing, "{}: {}", seen[nth], ran.stdout);
        assert!(notes(&room).is_empty(), "{}", seen[nth]);
    }
}

#[test]
fn what_recover_cannot_remove_makes_it_fail_and_is_named_with_what_went() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    made(&room, &[]);
    killed_at(&stage, &room, "web", 4);
    let rule = json!({
        "match": {"method": "DELETE", "path": "storageservices/"},
        "every": 1,
        "effect": {"status": 400, "code": "BadRequest", "message": "not today"},
    });
    stage.simulator.admin()("break", &rule.to_string());

    let recover = ["vm", "docker", "recover"];
    let ran = end(azure(&room, &recover));

    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    for words in ["not everything could be removed", "not today"] {
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
    }
    assert!(
        ran.stdout.contains("Removed virtual machine `web`"),
        "{}",
        ran.stdout
    );
    let again = end(azure(&room, &["vm", "docker", "recover", "--json"]));
    assert_eq!(again.code, Some(1), "{}", again.stdout);
    assert!(
        again.stdout.contains("\"ended\": \"unfinished\""),
        "{}",
        again.stdout
    );
    stage.simulator.admin()("break", r#"{"clear": true}"#);
    let ran = end(azure(&room, &recover));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(stage.things(), nothing);
}

#[test]
fn a_disk_whose_place_the_cloud_chose_is_known_to_the_record() {
    let stage = Stage::new();
    let room = stage.room();
    made(&room, &[]);
    taken(
        &room,
        &[
            &["vm", "shutdown", "web"],
            &["vm", "capture", "web", "mine", "-t"],
        ],
    );
    let before = stage.things();
    let words: Vec<&str> = CREATE
        .into_iter()
        .map(|word| match word {
            "web" => "own",
            "Ubuntu-14_04" => "mine",
            other => other,
        })
        .collect();
    taken(&room, &[&words, &["vm", "delete", "own", "-q"]]);
    assert_eq!(
        names(&stage.things(), "disks").len(),
        names(&before, "disks").len() + 1
    );

    let said = removed(&room, "own");

    assert!(said.contains("Removed disk `https://"), "{said}");
    assert_eq!(names(&stage.things(), "disks"), names(&before, "disks"));
}

#[test]
fn a_disk_that_somebody_attached_is_not_destroyed_with_the_machine() {
    let stage = Stage::new();
    let room = stage.room();
    made(&room, &[]);
    let attached = end(azure(&room, &["vm", "disk", "attach-new", "web", "10"]));
    assert_eq!(attached.code, Some(0), "{}", attached.stderr);
    assert_eq!(names(&stage.things(), "disks").len(), 2);

    let ran = end(azure(&room, &["vm", "docker", "rm", "web", "-q"]));

    let said = format!("{}{}", ran.stdout, ran.stderr);
    assert!(
        said.contains("which was attached later, is in it"),
        "{said}"
    );
    assert_eq!(names(&stage.things(), "disks").len(), 2, "{said}");
    assert!(is_whole(&room, "web"), "{said}");

    let detached = end(azure(&room, &["vm", "disk", "detach", "web", "0"]));
    assert_eq!(detached.code, Some(0), "{}", detached.stderr);
    let said = removed(&room, "web");
    let left = names(&stage.things(), "disks");
    assert_eq!(left.len(), 1, "{said}");
    assert!(
        said.contains(&format!("disk `{}` is in it", left[0])),
        "{said}"
    );
}
