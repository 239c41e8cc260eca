//! Several at once: one clear winner per name, one valid set of certificates, nothing half done.

use super::stage::{CREATE, Stage, azure, end, is_whole, notes, start, wait};
use crate::clean_room::Ran;

fn create_of<'a>(name: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut words: Vec<&str> = CREATE
        .into_iter()
        .map(|word| if word == "web" { name } else { word })
        .collect();
    words.extend(more);
    words
}

fn winners(ran: &[Ran]) -> usize {
    ran.iter().filter(|ran| ran.code == Some(0)).count()
}

fn machines(stage: &Stage) -> usize {
    let things = stage.things();
    let services = things["hosted_services"].as_array().cloned();
    let roles = |service: &serde_json::Value| {
        let roles = service["deployment"]["roles"].as_array();
        roles.map_or(0, Vec::len)
    };
    services.iter().flatten().map(roles).sum()
}

#[test]
fn of_two_runs_on_one_name_in_one_profile_one_wins() {
    let stage = Stage::new();
    for _ in 0..3 {
        stage.reset();
        let room = stage.room();
        let children = [0, 1].map(|_| start(azure(&room, &CREATE)));

        let ran = children.map(wait);

        assert_eq!(winners(&ran), 1, "{ran:?}");
        let loser = ran.iter().find(|ran| ran.code != Some(0)).expect("one");
        let is_told = [
            "is at work on `web`",
            "A VM with dns prefix \"web\" already exists",
        ]
        .iter()
        .any(|words| loser.stderr.contains(words));
        assert!(is_told, "{}", loser.stderr);
        assert!(is_whole(&room, "web"));
        assert_eq!(machines(&stage), 1);
        assert_eq!(notes(&room).len(), 1);
    }
}

#[test]
fn of_two_machines_that_make_one_name_one_wins_and_the_other_takes_nothing_away() {
    let stage = Stage::new();
    for _ in 0..3 {
        stage.reset();
        let rooms = [stage.room(), stage.room()];
        let children = rooms
            .iter()
            .map(|room| start(azure(room, &CREATE)))
            .collect::<Vec<_>>();

        let ran: Vec<Ran> = children.into_iter().map(wait).collect();

        assert_eq!(winners(&ran), 1, "{ran:?}");
        let winner = ran.iter().position(|ran| ran.code == Some(0)).expect("one");
        assert!(is_whole(&rooms[winner], "web"), "{ran:?}");
        let unfinished = notes(&rooms[1 - winner])
            .into_iter()
            .filter(|(_, note)| note["stage"] != "made");
        assert_eq!(unfinished.count(), 0, "{ran:?}");
        assert_eq!(machines(&stage), 1);
    }
}

#[test]
fn two_hosts_join_one_service_at_once() {
    let stage = Stage::new();
    let room = stage.room();
    let first = end(azure(&room, &CREATE));
    assert_eq!(first.code, Some(0), "{}", first.stderr);
    let join = |name, port, ssh| {
        let mut words = create_of("web", &["-c", "-n", name, "-p", port]);
        words[4] = ssh;
        start(azure(&room, &words))
    };

    let children = [join("a", "4244", "2201"), join("b", "4245", "2202")];
    let ran = children.map(wait);

    assert_eq!(winners(&ran), 2, "{ran:?}");
    for name in ["web", "a", "b"] {
        assert!(is_whole(&room, name), "{name}: {ran:?}");
    }
    assert_eq!(machines(&stage), 3);
}

#[test]
fn a_create_during_a_removal_ends_with_a_whole_host_or_none() {
    let stage = Stage::new();
    let nothing = stage.things();
    for is_first in [true, false] {
        stage.reset();
        let room = stage.room();
        let made = end(azure(&room, &CREATE));
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let remove = ["vm", "docker", "rm", "web", "-q"];
        let order: [&[&str]; 2] = if is_first {
            [&remove, &CREATE]
        } else {
            [&CREATE, &remove]
        };

        let ran = order.map(|words| start(azure(&room, words))).map(wait);

        let is_clean = stage.things() == nothing;
        assert!(is_clean || is_whole(&room, "web"), "{ran:?}");
        let unfinished = notes(&room)
            .into_iter()
            .filter(|(_, note)| note["stage"] != "made");
        assert_eq!(unfinished.count(), 0, "{ran:?}");
        for ran in ran.iter().filter(|ran| ran.code != Some(0)) {
            assert!(ran.stderr.contains("error:"), "{ran:?}");
        }
    }
}

#[test]
fn twenty_first_creates_share_one_empty_certificate_folder() {
    let stage = Stage::new();
    let room = stage.room();
    let names: Vec<String> = (0..20).map(|n| format!("host{n}")).collect();
    let children: Vec<_> = names
        .iter()
        .map(|name| start(azure(&room, &create_of(name, &[]))))
        .collect();

    let ran: Vec<Ran> = children.into_iter().map(wait).collect();

    for ran in &ran {
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    }
    let mut files: Vec<_> = std::fs::read_dir(room.home().join(".docker"))
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    files.sort();
    assert_eq!(
        files,
        [
            "ca-key.pem",
            "ca.pem",
            "cert.pem",
            "key.pem",
            "server-cert.pem",
            "server-key.pem"
        ]
    );
    let listed = end(azure(&room, &["vm", "docker", "ls", "--json"]));
    let listed: serde_json::Value = serde_json::from_str(&listed.stdout).expect("JSON");
    let answering = listed
        .as_array()
        .into_iter()
        .flatten()
        .filter(|one| one["docker"]["answers"] == true);
    assert_eq!(answering.count(), 20, "{listed:#}");
}
