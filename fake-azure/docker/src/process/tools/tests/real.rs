//! A real busybox, if the machine has one.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::bench::FILES;
use super::transcript::Ran;

pub(super) struct Busybox(PathBuf);

impl Busybox {
    pub(super) fn find() -> Option<Self> {
        ["/bin/busybox", "/usr/bin/busybox"]
            .into_iter()
            .map(PathBuf::from)
            .find(|path| path.exists())
            .map(Self)
    }

    /// A folder with the files that the bench has, too.
    #[expect(clippy::disallowed_methods, reason = "the folder is the test's own")]
    pub(super) fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in FILES {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        std::os::unix::fs::symlink("a.txt", folder.path().join("link")).unwrap();
        folder
    }

    pub(super) fn run(&self, folder: &Path, words: &[String], stdin: &[u8]) -> Ran {
        let mut command = Command::new(&self.0);
        command.args(words).env_clear().env("LC_ALL", "C.UTF-8");
        ran(&mut command, folder, stdin)
    }
}

/// Whether the machine's tools are GNU's.
pub(super) fn has_gnu() -> bool {
    let told = Command::new("ls").arg("--version").output();
    told.is_ok_and(|told| String::from_utf8_lossy(&told.stdout).contains("GNU coreutils"))
}

/// Runs one of the machine's own tools, in the locale of containers.
pub(super) fn run_own(folder: &Path, words: &[String], stdin: &[u8]) -> Ran {
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).env_clear();
    ran(&mut command, folder, stdin)
}

fn ran(command: &mut Command, folder: &Path, stdin: &[u8]) -> Ran {
    let mut child = command
        .current_dir(folder)
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", "/root")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A tool that wants no input has gone, and that is well.
    child.stdin.take().unwrap().write_all(stdin).ok();
    let output = child.wait_with_output().unwrap();
    Ran {
        out: output.stdout,
        err: output.stderr,
        code: output
            .status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(255),
    }
}
