//! `--faults FILE`, wherever there is a simulator to be told.

use crate::clean_room::CleanRoom;

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
