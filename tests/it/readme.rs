//! What the README shows: its example in Rust is compiled, run, and the page's own.

mod example;

use std::path::Path;
use std::process::Command;

const PAGE: &str = include_str!("../../README.md");
const EXAMPLE: &str = include_str!("readme/example.rs");

#[test]
fn the_readme_shows_the_example_that_is_compiled() {
    let lines = EXAMPLE.lines().filter(|line| !line.starts_with("#[ignore"));
    let shown: String = lines.flat_map(|line| [line, "\n"]).collect();

    assert!(PAGE.contains(&format!("```rust\n{shown}```\n")), "{shown}");
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the example finds `azure` as its reader's would"
)]
fn the_example_of_the_readme_works() {
    let programs = Path::new(env!("CARGO_BIN_EXE_azure")).parent().unwrap();
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let path = std::iter::once(programs.to_owned()).chain(std::env::split_paths(&rest));

    let run = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "readme::example::a_docker_host_is_made"])
        .arg("--ignored")
        .env("PATH", std::env::join_paths(path).unwrap())
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&run.stdout);
    assert!(run.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

/// The bodies in the table of the admin API: what stands in backquotes and is JSON.
fn bodies(route: &str) -> Vec<&'static str> {
    let row = PAGE
        .lines()
        .find(|line| line.starts_with(&format!("| `POST {route}` |")))
        .expect("its row");
    row.split('`')
        .filter(|text| serde_json::from_str::<serde_json::Value>(text).is_ok())
        .collect()
}

#[test]
fn the_bodies_of_the_readme_are_taken() {
    let simulator = crate::simulator::Simulator::start();
    let admin = simulator.admin();
    for route in ["/_fake/advance", "/_fake/break", "/_fake/reset"] {
        let bodies = bodies(route);
        assert!(!bodies.is_empty(), "{route}");
        for body in bodies {
            // Anything but a yes is a panic in there; some are parts of a body.
            if !body.starts_with("{\"drop") {
                admin(route.trim_start_matches("/_fake/"), body);
            }
        }
    }
}
