//! A run that is killed: what the next finds of it, finishes, takes back, and leaves alone.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use super::bad_line::{Fault, Plan};
use super::stage::{CREATE, Stage, azure, end, is_whole, notes, start, wait};
use crate::clean_room::{CleanRoom, run_fed};

/// Kills a create when the request that begins so has taken effect.
fn killed_at(stage: &Stage, request: &str) -> CleanRoom {
    stage.reset();
    let room = stage.room();
    let line = stage.line(None);
    stage.lead(&room, Some(&line));
    assert_eq!(end(azure(&room, &CREATE)).code, Some(0));
    let seen = line.seen();
    let nth = seen.iter().position(|one| one.starts_with(request));
    let nth = nth.unwrap_or_else(|| panic!("{request} in {seen:?}"));

    stage.reset();
    let room = stage.room();
    let fault = Fault::Killed;
    let line = stage.line(Some(Plan { nth, fault }));
    stage.lead(&room, Some(&line));
    let child = start(azure(&room, &CREATE));
    line.aims_at(child.id());
    assert_eq!(wait(child).code, None);
    stage.lead(&room, None);
    room
}

const SERVICE: &str = "POST services/hostedservices";
const ACCOUNT: &str = "POST services/storageservices";
const MACHINE: &str = "POST services/hostedservices/web/deployments";

#[test]
fn another_line_is_told_in_what_it_differs_and_how_to_go_on() {
    let stage = Stage::new();
    let room = killed_at(&stage, ACCOUNT);
    for (more, words) in [
        (
            &["-z", "Large"][..],
            "no --vm-size in the unfinished run, Large now",
        ),
        (
            &["-p", "4244"],
            "--docker-port 4243 in the unfinished run, 4244 now",
        ),
        (
            &["-P", "-G"],
            "--generate-ssh-keys now, not in the unfinished run",
        ),
        (
            &["-A", "set"],
            "no --availability-set in the unfinished run, set now",
        ),
    ] {
        let line: Vec<&str> = CREATE.iter().chain(more).copied().collect();

        let other = end(azure(&room, &line));

        assert_eq!(other.code, Some(1), "{more:?}");
        for words in [
            words,
            "`azure vm docker recover web --password-stdin` finishes it",
        ] {
            assert!(other.stderr.contains(words), "{words}: {}", other.stderr);
        }
    }
    let fed = run_fed(
        &mut azure(
            &room,
            &["vm", "docker", "recover", "web", "--password-stdin"],
        ),
        "Pa$$w0rd1\n",
    );
    assert_eq!(fed.code, Some(0), "{}", fed.stderr);
    assert!(is_whole(&room, "web"));
}

#[test]
fn a_host_that_is_being_made_is_listed_under_its_whole_name() {
    let stage = Stage::new();
    let room = stage.room();
    assert_eq!(end(azure(&room, &CREATE)).code, Some(0));
    // As the service tells it: its address comes when the machine is there.
    let deploying = r#"<Deployment xmlns="http://schemas.microsoft.com/windowsazure"><Name>web</Name><DeploymentSlot>Production</DeploymentSlot><Status>Deploying</Status><RoleList><Role><RoleName>web</RoleName><RoleType>PersistentVMRole</RoleType><ResourceExtensionReferences><ResourceExtensionReference><ReferenceName>DockerExtension</ReferenceName><Publisher>MSOpenTech.Extensions</Publisher><Name>DockerExtension</Name><Version>0.3</Version></ResourceExtensionReference></ResourceExtensionReferences></Role></RoleList></Deployment>"#;
    let rule = serde_json::json!({
        "match": {"method": "GET", "path": "/deploymentslots/Production$"},
        "effect": {"garbage": deploying},
    });
    stage.simulator.admin()("break", &rule.to_string());

    let ran = end(azure(&room, &["vm", "docker", "ls", "--json"]));

    let listed: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(listed[0]["status"], "Deploying", "{listed:#}");
    assert_eq!(listed[0]["host"], "web.cloudapp.net", "{listed:#}");
}

#[test]
fn the_same_command_goes_on_and_says_so_and_no_secret_lies_in_between() {
    let stage = Stage::new();
    let room = killed_at(&stage, ACCOUNT);
    let [(path, note)] = &notes(&room)[..] else {
        panic!("{:?}", notes(&room));
    };
    assert!(path.ends_with("web/web.json"), "{}", path.display());
    let mode = std::fs::metadata(path).expect("it is there").permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
    assert_eq!(note["version"], 1);
    let states: Vec<&Value> = note["effects"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|noted| &noted["state"]["state"])
        .collect();
    assert_eq!(states, ["done", "begun", "waiting"]);
    let text = note.to_string();
    assert!(
        !text.contains("w0rd") && !text.contains("PRIVATE"),
        "{text}"
    );

    let ran = end(azure(&room, &CREATE));

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for line in [
        "info:    Going on with web, which an earlier run began to make\n",
        "info:    Found cloud service `web`, which an earlier run made\n",
        "info:    Creating VM\n",
        "info:    Docker answers at web.cloudapp.net:4243\n",
    ] {
        assert!(ran.stdout.contains(line), "{line}{}", ran.stdout);
    }
    assert!(is_whole(&room, "web"));
    assert_eq!(notes(&room)[0].1["stage"], "made");
}

#[test]
fn a_dry_run_tells_what_is_unfinished_and_what_the_command_would_do() {
    let stage = Stage::new();
    let room = killed_at(&stage, ACCOUNT);
    let (before, noted) = (stage.things(), notes(&room));
    let dry: Vec<&str> = CREATE.iter().copied().chain(["--dry-run"]).collect();

    let ran = end(azure(&room, &dry));

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for words in [
        "data:    Unfinished: an earlier run began to make web; this command finishes it\n",
        "data:    Made by the earlier run: cloud service `web`\n",
        "data:    Step: create virtual machine `web` of cloud service `web`\n",
        "`azure vm docker recover --list` lists what is unfinished",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {}", ran.stdout);
    }
    assert!(
        !ran.stdout.contains("Step: create cloud service"),
        "{}",
        ran.stdout
    );

    let line: Vec<&str> = dry.iter().copied().chain(["--json"]).collect();
    let ran = end(azure(&room, &line));
    let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(told["plan"], Value::Null);
    let unfinished = &told["unfinished"];
    assert_eq!(unfinished["name"], "web");
    assert_eq!(unfinished["stage"], "making");
    assert_eq!(unfinished["next"], "finish");
    assert_eq!(unfinished["things"][0], "cloud service `web`");

    // Another line would be refused, and so is its rehearsal.
    let line: Vec<&str> = dry.iter().copied().chain(["-z", "Large"]).collect();
    let ran = end(azure(&room, &line));
    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(
        ran.stderr
            .contains("no --vm-size in the unfinished run, Large now"),
        "{}",
        ran.stderr
    );

    assert_eq!(stage.things(), before);
    assert_eq!(notes(&room), noted);
    let ran = end(azure(&room, &CREATE));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[test]
fn a_dry_run_over_nothing_unfinished_has_a_plan() {
    let stage = Stage::new();
    let room = killed_at(&stage, SERVICE);
    let gone = end(azure(&stage.room(), &["service", "delete", "web", "-q"]));
    assert_eq!(gone.code, Some(0), "{}", gone.stderr);
    let line: Vec<&str> = CREATE
        .iter()
        .copied()
        .chain(["--dry-run", "--json"])
        .collect();

    let ran = end(azure(&room, &line));

    let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(told["unfinished"]["next"], "begin_anew", "{told:#}");
    assert_eq!(told["plan"]["host"]["standing"], "New", "{told:#}");
    // A room in which nothing is noted has nothing to tell.
    let ran = end(azure(&stage.room(), &line));
    let told: Value = serde_json::from_str(&ran.stdout).expect("JSON");
    assert_eq!(told["unfinished"], Value::Null, "{told:#}");
}

#[test]
fn another_command_for_the_name_is_told_what_to_do_and_changes_nothing() {
    let stage = Stage::new();
    let room = killed_at(&stage, MACHINE);
    let before = stage.things();
    let mut other = CREATE;
    other[4] = "2222";

    let ran = end(azure(&room, &other));

    assert_eq!(ran.code, Some(1), "{}", ran.stdout);
    assert!(
        ran.stderr.contains("began to make as `web` is unfinished"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("`azure vm docker recover web --undo`"),
        "{}",
        ran.stderr
    );
    assert_eq!(stage.things(), before);
}

#[test]
fn recover_lists_asks_for_what_it_needs_and_finishes() {
    let stage = Stage::new();
    let room = killed_at(&stage, SERVICE);
    let before = stage.things();

    let listed = end(azure(
        &room,
        &["vm", "docker", "recover", "--list", "--json"],
    ));
    let told: Value = serde_json::from_str(&listed.stdout).expect("JSON");
    assert_eq!(told[0]["name"], "web");
    assert_eq!(told[0]["stage"], "making");
    assert_eq!(told[0]["things"][0], "cloud service `web`");
    assert_eq!(told[0]["things"][1], Value::Null);

    let without = end(azure(&room, &["vm", "docker", "recover"]));
    assert_eq!(without.code, Some(1), "{}", without.stdout);
    for words in ["recover web --password-stdin", "recover web --undo"] {
        assert!(without.stderr.contains(words), "{}", without.stderr);
    }
    assert_eq!(stage.things(), before);

    let with = end(azure(
        &room,
        &["vm", "docker", "recover", "-p", "Pa$$w0rd1"],
    ));
    assert_eq!(with.code, Some(0), "{}", with.stderr);
    assert!(
        with.stdout
            .contains("web is finished: Docker answers at web.cloudapp.net:4243"),
        "{}",
        with.stdout
    );
    assert!(is_whole(&room, "web"));
    let again = end(azure(&room, &["vm", "docker", "recover"]));
    assert!(
        again.stdout.contains("Nothing is unfinished"),
        "{}",
        again.stdout
    );
}

#[test]
fn an_undo_that_is_killed_is_gone_on_with() {
    let stage = Stage::new();
    let room = killed_at(&stage, MACHINE);
    let undo = ["vm", "docker", "recover", "web", "--undo"];
    for nth in 0.. {
        let fault = Fault::Killed;
        let line = stage.line(Some(Plan { nth, fault }));
        stage.lead(&room, Some(&line));
        let child = start(azure(&room, &undo));
        line.aims_at(child.id());
        let ran = wait(child);
        if ran.code.is_some() {
            assert_eq!(ran.code, Some(0), "{}", ran.stderr);
            break;
        }
        assert!(nth < 50, "it does not come to its end");
    }
    stage.lead(&room, None);
    let things = stage.things();
    stage.reset();
    assert_eq!(things, stage.things());
    assert!(notes(&room).is_empty());
}

#[test]
fn what_another_made_under_the_name_is_not_touched() {
    let stage = Stage::new();
    let room = killed_at(&stage, MACHINE);
    // Another's machine of the same name, in a service and an account that look like ours.
    let other = stage.room();
    let gone = end(azure(&other, &["vm", "delete", "web", "-b", "-q"]));
    assert_eq!(gone.code, Some(0), "{}", gone.stderr);
    let made = end(azure(&other, &CREATE));
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let before = stage.things();

    for words in [
        &CREATE[..],
        &["vm", "docker", "recover", "web", "-p", "Pa$$w0rd1"],
        &["vm", "docker", "recover", "web", "--undo"],
    ] {
        let ran = end(azure(&room, words));

        assert_eq!(ran.code, Some(1), "{words:?}: {}", ran.stdout);
        assert_eq!(stage.things(), before, "{words:?}: {}", ran.stderr);
    }
    assert!(is_whole(&other, "web"));
}

#[test]
fn a_machine_without_docker_is_gone_on_with_too() {
    let stage = Stage::new();
    let room = stage.room();
    let words: Vec<&str> = CREATE
        .into_iter()
        .filter(|word| *word != "docker")
        .collect();
    let line = stage.line(None);
    stage.lead(&room, Some(&line));
    let clean = end(azure(&room, &words));
    assert_eq!(clean.code, Some(0), "{}", clean.stderr);
    let nth = line.seen().iter().position(|one| one.starts_with(MACHINE));
    stage.reset();
    let room = stage.room();
    let plan = Plan {
        nth: nth.expect("the request"),
        fault: Fault::Killed,
    };
    let line = stage.line(Some(plan));
    stage.lead(&room, Some(&line));
    let child = start(azure(&room, &words));
    line.aims_at(child.id());
    assert_eq!(wait(child).code, None);
    stage.lead(&room, None);

    let ran = end(azure(&room, &words));

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stdout.contains("Going on with web"), "{}", ran.stdout);
    let listed = end(azure(&room, &["vm", "list", "--json"]));
    assert!(listed.stdout.contains("\"ReadyRole\""), "{}", listed.stdout);
}

#[test]
fn a_run_that_is_at_work_is_not_taken_for_a_dead_one() {
    let stage = Stage::new();
    let room = stage.room();
    let fault = Fault::NoReply;
    // The account's operation: the intent is down, and the run waits.
    let line = stage.line(Some(Plan { nth: 9, fault }));
    stage.lead(&room, Some(&line));
    let mut command = room.azure_command(&CREATE);
    command.env("XPLAT_FAST", "1");
    let mut child = start(command);
    while !line.has_fired() {
        std::thread::yield_now();
    }
    stage.lead(&room, None);

    let all = end(azure(&room, &["vm", "docker", "recover"]));
    let named = end(azure(&room, &["vm", "docker", "recover", "web", "--undo"]));
    let create = end(azure(&room, &CREATE));
    let remove = end(azure(&room, &["vm", "docker", "rm", "web", "-q"]));

    let words = format!("another azure (process {}) is at work on `web`", child.id());
    assert_eq!(all.code, Some(0), "{}", all.stderr);
    assert!(all.stdout.contains(&words), "{}", all.stdout);
    for ran in [named, create, remove] {
        assert_eq!(ran.code, Some(1), "{}", ran.stdout);
        assert!(ran.stderr.contains(&words), "{}", ran.stderr);
    }
    child.kill().expect("it was alive");
    assert_eq!(wait(child).code, None);
}

/// At any moment, not at those of requests alone: while certificates are made, while notes are written.
#[test]
fn a_create_that_is_killed_again_and_again_comes_to_its_end() {
    let stage = Stage::new();
    let nothing = stage.things();
    let room = stage.room();
    for n in 0.. {
        let mut child = start(azure(&room, &CREATE));
        let begin = std::time::Instant::now();
        let life = std::time::Duration::from_millis(7 * n);
        while begin.elapsed() < life && child.try_wait().expect("a status").is_none() {
            std::thread::park_timeout(std::time::Duration::from_millis(1));
        }
        // One that has ended is not killed.
        _ = child.kill().ok();
        let ran = wait(child);
        // The one before may have been killed when only the telling was left to do.
        let was_done = || n > 0 && ran.stderr.contains("\"web\" already exists");
        if ran.code.is_some() {
            assert!(ran.code == Some(0) || was_done(), "{}", ran.stderr);
            break;
        }
    }
    assert!(is_whole(&room, "web"));
    let left: Vec<_> = std::fs::read_dir(room.home().join(".azure/hosts"))
        .expect("the records")
        .flat_map(|entry| std::fs::read_dir(entry.expect("one").path().join("web")))
        .flatten()
        .map(|entry| entry.expect("a file").file_name())
        .collect();
    assert_eq!(left, ["web.json"]);

    let removed = end(azure(&room, &["vm", "docker", "rm", "web", "-q"]));

    assert_eq!(removed.code, Some(0), "{}", removed.stderr);
    assert_eq!(stage.things(), nothing);
}

#[test]
fn without_the_certificates_that_a_machine_was_given_nothing_is_done_but_to_undo_it() {
    let stage = Stage::new();
    let room = killed_at(&stage, MACHINE);
    let before = stage.things();
    std::fs::remove_dir_all(room.home().join(".docker")).expect("the certificates");

    for words in [&CREATE[..], &["vm", "docker", "recover", "web"]] {
        let ran = end(azure(&room, words));

        assert_eq!(ran.code, Some(1), "{}", ran.stdout);
        assert!(
            ran.stderr
                .contains("the certificates that the machine was given lie in"),
            "{}",
            ran.stderr
        );
        assert_eq!(stage.things(), before);
        assert!(!room.home().join(".docker").exists());
    }
    let undone = end(azure(&room, &["vm", "docker", "recover", "web", "--undo"]));
    assert_eq!(undone.code, Some(0), "{}", undone.stderr);
}
