//! Commands that nobody declared: package managers, and what is not there.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::versions;
use crate::process::{Process, Program};

/// Commands that fetch or build what the simulator does not have.
const FETCHERS: [&str; 33] = [
    "apk", "apt", "apt-get", "bundle", "bun", "cargo", "cmake", "composer", "conda", "dnf",
    "dotnet", "dpkg", "gem", "go", "gradle", "make", "microdnf", "mvn", "npm", "npx", "pecl",
    "pip", "pip3", "pipx", "pnpm", "poetry", "rpm", "rustup", "tdnf", "uv", "yarn", "yum",
    "zypper",
];

/// The longest program that is read to see whether there is one, in bytes.
const LONGEST: usize = 1024 * 1024;

/// Whether a command line is an interpreter's that reads its program from its standard input.
fn is_interpreter(args: &[String]) -> bool {
    let name = args
        .first()
        .map_or("", |word| word.rsplit('/').next().unwrap_or(word));
    match args.get(1..).unwrap_or_default() {
        [] => matches!(
            name,
            "node" | "nodejs" | "python" | "python3" | "irb" | "ruby" | "jshell" | "php"
        ),
        [only] => name == "php" && only == "-a",
        _ => false,
    }
}

/// Whether a command fetches or builds what the simulator does not have.
pub(super) fn is_fetcher(word: &str) -> bool {
    FETCHERS.contains(&word.rsplit('/').next().unwrap_or(word))
}

/// Told of each command line that was let pass although nobody declared it.
#[derive(Clone)]
pub struct Assumed(Arc<Listener>);

type Listener = dyn Fn(&[String]) + Send + Sync;

impl Assumed {
    /// Wraps a function that gets the command line.
    pub fn new(function: impl Fn(&[String]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(function))
    }

    /// Tells nobody.
    pub fn unheard() -> Self {
        Self::new(|_| {})
    }
}

impl fmt::Debug for Assumed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Assumed(…)")
    }
}

/// A command that nobody declared.
pub(super) struct Undeclared {
    /// Who is told of it, when it passes.
    pub(super) passes: Option<Assumed>,
    /// Whether there is a file for it.
    pub(super) is_there: bool,
}

impl Program for Undeclared {
    fn run(self: Arc<Self>, mut process: Process) -> BoxFuture<'static, u8> {
        Box::pin(async move {
            if self.is_there
                && let Some(version) = versions::answer(&process)
            {
                let descriptor = if version.to_stderr { 2 } else { 1 };
                let written = process.write(descriptor, version.text.as_bytes()).await;
                return u8::from(written.is_err());
            }
            if let Some(assumed) = &self.passes {
                (assumed.0)(&process.args);
                return 0;
            }
            let typed = process.descriptors.get(0).is_ok_and(|open| open.is_tty());
            if self.is_there && is_interpreter(&process.args) && !typed {
                // Without a terminal it reads a program, and there is nothing in an empty one.
                let text = process.read_to_end(0, LONGEST).await.unwrap_or_default();
                if text.trim_ascii().is_empty() {
                    return 0;
                }
            }
            let words = refusal(&process.args, self.is_there);
            process.complain(words).await;
            127
        })
    }
}

fn refusal(args: &[String], is_there: bool) -> String {
    let name = args.first().map_or("", String::as_str);
    let line: String = args.join(" ").chars().take(200).collect();
    let begin = if is_there {
        String::new()
    } else {
        format!("sh: {name}: not found\n")
    };
    let why = if is_fetcher(name) {
        "nothing is installed or built in a simulated container"
    } else {
        "this program is not simulated"
    };
    format!(
        "{begin}{name}: {why}: declare in a script what `{line}` does (docs/scripts.md), or let \
         such commands pass with --assume-ok\n"
    )
}
