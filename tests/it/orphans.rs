//! `azure fake orphans`: a run of tests ends with it, and fails when it left something.

use crate::simulator::Simulator;

#[test]
fn it_ends_with_1_as_long_as_something_is_left() {
    let simulator = Simulator::start();
    let file = simulator.ready.to_str().expect("text").to_owned();
    let orphans = |more: &[&str]| {
        let words = [&["fake", "orphans", "--join", &file], more].concat();
        simulator.room.azure(&words)
    };
    let clean = orphans(&[]);
    assert_eq!(clean.code, Some(0), "{}", clean.stderr);
    assert!(clean.stdout.contains("everything is in use"), "{clean:?}");
    let none: serde_json::Value = serde_json::from_str(&orphans(&["--json"]).stdout).expect("JSON");
    assert_eq!(none["orphans"], serde_json::json!([]));

    let made = simulator.sh(
        "azure service create --location 'West US' left; azure fake orphans",
        &[],
    );
    // The command finds the simulator that it runs in.
    assert_eq!(made.code, Some(1), "{made:?}");
    assert!(made.stdout.contains("hosted-service"), "{made:?}");
    (simulator.admin())("advance", "{\"seconds\": 93600}");
    let table = orphans(&[]);
    assert_eq!(table.code, Some(1), "{}", table.stderr);
    let row = table.stdout.lines().find(|line| line.contains(" left "));
    let row = row.expect("its row");
    assert!(
        row.contains("hosted-service") && row.contains("1d 2h"),
        "{row}"
    );

    let json = orphans(&["--json"]);
    assert_eq!(json.code, Some(1));
    let told: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let orphan = &told["orphans"][0];
    assert_eq!(orphan["name"], "left");
    assert!(orphan["age_seconds"].as_i64().expect("a number") >= 93_600);

    let gone = simulator.sh("azure service delete -q left; azure fake orphans", &[]);
    assert_eq!(gone.code, Some(0), "{gone:?}");
}

#[test]
fn a_simulator_that_is_not_there_is_told_from_one_without_orphans() {
    let simulator = Simulator::start();
    let none = simulator.room.azure(&["fake", "orphans"]);
    assert_eq!(none.code, Some(1));
    assert!(
        none.stderr.contains("no simulator called `default` runs"),
        "{none:?}"
    );
    let join = ["fake", "orphans", "--join", "/nonexistent/ready.json"];
    let unread = simulator.room.azure(&join);
    assert_eq!(unread.code, Some(1));
    assert!(
        unread.stderr.contains("failed to read the ready file"),
        "{unread:?}"
    );
}
