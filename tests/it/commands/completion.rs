//! `completion`, `man`.

use std::process::Command;

use crate::clean_room::{CleanRoom, run};

#[test]
fn every_shell_gets_a_script_that_knows_the_commands() {
    let room = CleanRoom::new();
    for shell in ["bash", "zsh", "fish", "powershell"] {
        let ran = room.azure(&["completion", shell]);

        assert_eq!(ran.code, Some(0), "{shell}: {}", ran.stderr);
        for word in [
            "docker",
            "attach-new",
            "internal-load-balancer",
            "blob-delete",
        ] {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
        assert!(!ran.stdout.contains("info:    "), "{shell}");
    }
    let refused = room.azure(&["completion", "csh"]);
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains(
        "error:   Given shell \"csh\" is invalid, supported values are: bash, zsh, fish, powershell\n"
    ));
}

#[test]
fn bash_completes_a_command_with_its_script() {
    let room = CleanRoom::new();
    let script = room.azure(&["completion", "bash"]).stdout;
    let script = room.write("azure.bash", script);
    let mut bash = Command::new("bash");
    bash.arg("-c")
        .arg(
            r#"source "$1"; COMP_WORDS=(azure vm disk att); COMP_CWORD=3; _azure azure att disk; echo "${COMPREPLY[@]}""#,
        )
        .arg("bash")
        .arg(script);

    let completed = run(&mut bash);

    assert_eq!(
        completed.stdout, "attach attach-new\n",
        "{}",
        completed.stderr
    );
}

#[test]
fn each_command_has_a_page_in_the_manual() {
    let room = CleanRoom::new();

    let whole = room.azure(&["man"]);
    let written = room.azure(&["man", "--folder", "man1"]);

    assert!(whole.stdout.contains(".TH azure 1"), "{}", whole.stdout);
    assert_eq!(written.code, Some(0), "{}", written.stderr);
    let folder = room.home().join("man1");
    let page = std::fs::read_to_string(folder.join("azure-vm-docker-create.1")).expect("a page");
    assert!(page.contains(r"\-\-docker\-port"), "{page}");
    let pages = std::fs::read_dir(folder).expect("the folder").count();
    assert!(
        written
            .stdout
            .contains(&format!("{pages} pages written to man1"))
    );
    assert!(pages > 100, "{pages}");
}
