//! The same table, run by the shells of the machine: what is expected of this shell is
//! what they do.

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Case, Kind, Outcome, cases, differences};

/// Finds a program of the machine.
fn find(name: &str) -> Option<PathBuf> {
    let folders = ["/bin", "/usr/bin", "/usr/local/bin"];
    let mut paths = folders.iter().map(|folder| Path::new(folder).join(name));
    paths.find(|path| path.exists())
}

/// Runs a case by a real shell that is called `name`, and that is `sh` for the case.
fn run(name: &str, program: &Path, case: &Case) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    let programs = folder.path().join("programs");
    let work = folder.path().join("work");
    for folder in [&programs, &work] {
        std::fs::create_dir(folder).unwrap();
    }
    std::os::unix::fs::symlink(program, programs.join("sh")).unwrap();
    if name != "sh" {
        std::os::unix::fs::symlink(program, programs.join(name)).unwrap();
    }
    // Called by its name alone, so that it says no other.
    let line = format!("exec {name} -c \"$1\"");
    let output = Command::new(programs.join(name))
        .args(["-c", &line, name, &case.script])
        .current_dir(&work)
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", programs.display()))
        .env("HOME", "/root")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let status = output
        .status
        .code()
        .or(output.status.signal().map(|signal| 128 + signal))
        .unwrap();
    Outcome {
        status: u8::try_from(status).unwrap(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs all cases of these kinds by a real shell, if there is one.
fn compare(name: &str, program: &str, kinds: &[Kind], with_stderr: bool) {
    let Some(path) = find(program) else {
        _ = std::io::Write::write_all(
            &mut std::io::stderr(),
            format!("SKIPPED: there is no {program} here; on Debian: apt-get install {program}\n")
                .as_bytes(),
        )
        .ok();
        return;
    };
    let wrong: Vec<String> = cases()
        .iter()
        .filter(|case| kinds.contains(&case.kind))
        .filter_map(|case| differences(case, &run(name, &path, case), with_stderr))
        .collect();
    assert!(
        wrong.is_empty(),
        "{program}: {} wrong\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_real_dash_does_what_the_table_says() {
    compare("dash", "dash", &[Kind::Posix], false);
}

#[test]
fn the_real_busybox_does_what_the_table_says() {
    compare("sh", "busybox", &[Kind::Posix, Kind::Ash], true);
}

#[test]
fn the_real_bash_does_what_the_table_says() {
    compare("bash", "bash", &[Kind::Posix, Kind::Bash], false);
}
