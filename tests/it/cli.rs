//! The binary: what it prints where, and how it ends, in the old CLI's manners.

use crate::clean_room::CleanRoom;

#[test]
fn help_is_on_standard_output_whichever_way_it_is_asked_for() {
    let room = CleanRoom::new();
    for words in [
        &["vm", "docker"][..],
        &["vm", "docker", "--help"],
        &["help", "vm", "docker"],
        &["vm", "docker", "create", "-h"],
    ] {
        let ran = room.azure(words);

        assert_eq!(ran.code, Some(0), "{words:?}");
        assert!(
            ran.stdout
                .contains("vm docker create [options] <dns-name> <image> <user-name> [password]")
        );
        assert_eq!(ran.stderr, "", "{words:?}");
    }
}

#[test]
fn azure_alone_shows_its_banner_and_categories() {
    let ran = CleanRoom::new().azure(&[]);

    assert_eq!(ran.code, Some(0));
    assert!(ran.stdout.starts_with("info:             _    _____ "));
    assert!(
        ran.stdout
            .contains("help:      vm          Commands to manage your Virtual Machines\n")
    );
}

#[test]
fn every_complaint_ends_with_1_and_leaves_standard_output_empty() {
    let room = CleanRoom::new();
    for (words, words_of_it) in [
        (
            &["frob"][..],
            "error:   'frob' is not an azure command. See 'azure help'.\n",
        ),
        (
            &["vm", "show"],
            "error:   missing required argument `name'\n",
        ),
        (&["vm", "--frob"], "error:   unknown option `--frob'\n"),
        (
            &["vm", "show", "a", "--frob"],
            "error:   unknown option `--frob'\n",
        ),
        (
            &["vm", "delete", "-b", "-q", "a", "b", "c"],
            "error:   too many arguments: `b'; nothing was done\n",
        ),
        (
            &["vm", "create", "a", "b", "c", "-hAa1!"],
            "error:   unknown option `-hAa1!'\n",
        ),
        (
            &["vm", "list", "-d", "-s"],
            "error:   option `-d, --dns-name <name>' argument missing, got `-s'\n",
        ),
    ] {
        let ran = room.azure(words);

        assert_eq!(ran.code, Some(1), "{words:?}");
        assert_eq!(ran.stderr, words_of_it);
        assert_eq!(ran.stdout, "");
    }
}

#[test]
fn a_failure_names_a_way_out_before_it_names_the_command() {
    let ran = CleanRoom::new().azure(&["vm", "list"]);

    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.stdout, "info:    Executing command vm list\n");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].starts_with("error:   There is no current subscription."));
    assert!(lines[1].starts_with("hint:    "));
    assert_eq!(lines[2], "error:   vm list command failed");
    assert_eq!(lines[3], "");
}

#[test]
fn settings_are_kept_in_a_file_of_our_own() {
    let room = CleanRoom::new();
    let theirs = room.write(".azure/config.json", r#"{"mode":"arm"}"#);
    room.write(".azure/azureProfile.json", "not ours");

    let set = room.azure(&["config", "set", "colour", "blue"]);
    let list = room.azure(&["config", "list", "--json"]);

    assert_eq!(
        set.stdout,
        "info:    Setting \"colour\" to value \"blue\"\ninfo:    Changes saved\n"
    );
    assert_eq!(list.stdout, "{\n  \"colour\": \"blue\"\n}\n");
    let kept = std::fs::read_to_string(theirs).expect("their file");
    assert_eq!(kept, r#"{"mode":"arm"}"#);
    let gone = room.azure(&["config", "delete", "size"]);
    assert_eq!(gone.code, Some(0));
    assert_eq!(gone.stdout, "warn:    Setting \"size\" does not exist\n");
}

#[test]
fn a_question_that_nobody_answers_changes_nothing() {
    let room = CleanRoom::new();
    room.azure(&["config", "set", "a", "b"]);

    let silent = room.azure(&["account", "clear"]);
    let refused = room.azure_fed(&["account", "clear"], "n\n");

    assert_eq!(silent.code, Some(1));
    for words in [
        "nothing was removed: the question got no answer",
        "-q removes",
    ] {
        assert!(silent.stderr.contains(words), "{}", silent.stderr);
    }
    assert!(!silent.stdout.contains("command OK"));
    assert!(refused.stdout.ends_with("account clear command OK\n"));
    assert!(room.home().join(".azure/classic.json").exists());
    let agreed = room.azure_fed(&["account", "clear"], "y\n");
    assert!(
        agreed
            .stdout
            .contains("Account settings cleared successfully")
    );
    assert!(!room.home().join(".azure/classic.json").exists());
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    let room = CleanRoom::new();
    let program = env!("CARGO_BIN_EXE_azure");
    let mut shell = room.command("/bin/sh");
    shell.args(["-c", &format!("'{program}' help vm; echo $? >code")]);
    let mut child = shell
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("a shell");
    drop(child.stdout.take());

    let ended = child.wait_with_output().expect("its end");

    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
    let code = std::fs::read_to_string(room.home().join("code")).expect("a code");
    assert_eq!(code, "0\n");
}

#[test]
fn what_is_no_publish_settings_file_is_refused() {
    let room = CleanRoom::new();
    for content in ["", "<PublishData/>", "hello"] {
        let file = room.write("a.publishsettings", content);

        let ran = room.azure(&["account", "import", &file.to_string_lossy()]);

        assert_eq!(ran.code, Some(1));
        assert!(
            ran.stderr
                .starts_with("error:   Invalid publishSettings file.")
        );
    }
    let ran = room.azure(&["account", "import", "nowhere"]);
    assert!(ran.stderr.contains("failed to read `nowhere`"));
}

#[test]
fn a_damaged_profile_names_its_way_out_and_can_be_cleared() {
    let room = CleanRoom::new();
    let profile = room.write(".azure/classic.json", "{garbage");

    let listed = room.azure(&["account", "list"]);
    let cleared = room.azure(&["account", "clear", "-q"]);

    assert_eq!(listed.code, Some(1));
    assert!(listed.stderr.contains("\nhint:    `azure account clear`"));
    assert_eq!(cleared.code, Some(0), "{}", cleared.stderr);
    assert!(!profile.exists());
}

#[test]
#[cfg(target_os = "linux")]
fn an_answer_that_is_lost_on_a_full_disk_is_a_failure() {
    let room = CleanRoom::new();
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("Linux has one");
    let mut command = room.azure_command(&["account", "list", "--json"]);

    let output = command.stdout(full).output().expect("azure runs");

    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("standard output does not take the answer"),
        "{said}"
    );
}
