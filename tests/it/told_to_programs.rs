//! What the create commands tell programs: one JSON document, however they end.

use serde_json::{Value, json};

use crate::clean_room::CleanRoom;
use crate::simulator::Simulator;

const HOST: &str = r#"web Ubuntu-14_04 me 'Pa$$w0rd1' -l "West US" --json"#;

fn document(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Refuses the machine, which comes after the service and the account.
fn refuse_the_machine(simulator: &Simulator) {
    let fault = json!({
        "match": {"method": "POST", "path": "/deployments$"},
        "when": "before",
        "effect": {"status": 400, "code": "BadRequest", "message": "No room."}
    });
    simulator.admin()("break", &fault.to_string());
}

#[test]
fn a_docker_host_is_told_whole() {
    let simulator = Simulator::start();

    let planned = simulator.sh(
        &format!("azure vm docker create {HOST} --dry-run; azure service list --json"),
        &[],
    );
    let made = simulator.sh(&format!("azure vm docker create {HOST}"), &[]);

    assert_eq!(planned.code, Some(0), "{}", planned.stderr);
    let (plan, services) = planned.stdout.rsplit_once("}\n").expect("two documents");
    assert_eq!(services, "[]\n");
    let plan = document(&format!("{plan}}}"));
    assert_eq!(plan["plan"]["host"]["name"], "web");
    assert_eq!(plan["plan"]["machine"]["docker"]["port"], 4243);
    assert_eq!(plan["steps"][0]["task"], "create_host");
    assert!(
        plan["files"][0]
            .as_str()
            .expect("text")
            .starts_with("make ")
    );
    assert!(!planned.stdout.contains("Pa$$w0rd1"));

    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let told = document(&made.stdout);
    assert_eq!(told["host"], "web.cloudapp.net");
    assert_eq!(told["name"], "web");
    assert_eq!(told["port"], 4243);
    assert_eq!(told["docker"]["Name"], "web");
    let address = told["address"].as_str().expect("text");
    let port = told["port"].as_u64().expect("a number");
    std::net::TcpStream::connect(format!("{address}:{port}")).expect("it listens there");
    let folder = told["certificateFolder"].as_str().expect("text");
    assert!(std::path::Path::new(folder).join("ca.pem").is_file());
}

#[test]
fn a_machine_and_a_host_that_nobody_waits_for_are_told_of() {
    let simulator = Simulator::start();
    for line in [
        format!("azure vm create {HOST}"),
        format!(
            "azure vm docker create {} --wait 0",
            HOST.replace("web", "web2")
        ),
    ] {
        let ran = simulator.sh(&line, &[]);

        assert_eq!(ran.code, Some(0), "{line}: {}", ran.stderr);
        let told = document(&ran.stdout);
        let host = told["host"].as_str().expect("text");
        assert!(host.ends_with(".cloudapp.net"), "{told}");
        assert_eq!(told["docker"], Value::Null);
    }
}

#[test]
fn a_failure_tells_what_is_left_and_how_to_remove_it() {
    let simulator = Simulator::start();
    for command in ["vm docker create", "vm create"] {
        refuse_the_machine(&simulator);
        let undone = simulator.sh(&format!("azure {command} {HOST}"), &[]);
        refuse_the_machine(&simulator);
        let kept = simulator.sh(&format!("azure {command} {HOST} --keep"), &[]);

        for ran in [&undone, &kept] {
            assert_eq!(ran.code, Some(1), "{}", ran.stdout);
            assert_eq!(document(&ran.stdout)["error"], "No room.");
            assert!(ran.stderr.contains("error: No room.\n"), "{}", ran.stderr);
        }
        assert_eq!(document(&undone.stdout)["left"], json!([]));
        let left = document(&kept.stdout)["left"].clone();
        let ways_out: Vec<&str> = left
            .as_array()
            .expect("a list")
            .iter()
            .filter_map(|thing| thing["remove"].as_str())
            .collect();
        assert!(!ways_out.is_empty(), "{left}");
        let removed = simulator.sh(
            &format!("{}; azure service list --json", ways_out.join(";")),
            &[],
        );
        assert!(removed.stdout.ends_with("[]\n"), "{}", removed.stdout);
    }
}

#[test]
fn what_was_never_begun_is_told_too() {
    let simulator = Simulator::start();

    let ran = simulator.sh("azure vm docker create web nope me 'Pa$$w0rd1' --json", &[]);

    assert_eq!(ran.code, Some(1));
    let told = document(&ran.stdout);
    assert_eq!(told["left"], json!([]));
    assert_eq!(told["interrupted"], false);
    assert!(ran.stderr.contains(told["error"].as_str().expect("text")));
}

#[test]
fn a_host_in_the_embedded_simulator_is_one_document_too() {
    let room = CleanRoom::new();

    let ran = room.azure(&[
        "vm",
        "docker",
        "create",
        "--fake",
        "--exit",
        "--json",
        "-l",
        "West US",
        "web",
        "Ubuntu-14_04",
        "me",
        "Pa$$w0rd1",
    ]);

    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let told = document(&ran.stdout);
    assert_eq!(told["address"], "127.0.0.1");
    assert_eq!(told["docker"]["Name"], "web");
    let typed = told["commands"][0].as_str().expect("text");
    assert!(typed.starts_with("docker --tls "), "{typed}");
}
