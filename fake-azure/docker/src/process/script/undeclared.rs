//! Commands that nobody declared: package managers, and what is not there.

use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::process::{Process, Program};

/// Commands that fetch or build what the simulator does not have.
const FETCHERS: [&str; 33] = [
    "apk", "apt", "apt-get", "bundle", "cargo", "cmake", "composer", "conda", "dnf", "dotnet",
    "gem", "go", "gradle", "make", "microdnf", "mvn", "npm", "npx", "pecl", "pip", "pip3", "pipx",
    "pnpm", "poetry", "rpm", "rustup", "tdnf", "uv", "yarn", "yum", "zypper", "dpkg", "bun",
];

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
pub(super) enum Undeclared {
    /// It passes, and somebody is told.
    Passes(Assumed),
    /// It fails, and its user is told what can be done.
    Fails,
}

impl Program for Undeclared {
    fn run(self: Arc<Self>, mut process: Process) -> BoxFuture<'static, u8> {
        Box::pin(async move {
            match &*self {
                Self::Passes(assumed) => {
                    (assumed.0)(&process.args);
                    0
                }
                Self::Fails => {
                    let words = refusal(&process.args);
                    process.complain(words).await;
                    127
                }
            }
        })
    }
}

fn refusal(args: &[String]) -> String {
    let name = args.first().map_or("", String::as_str);
    let line = args.join(" ");
    let line: String = line.chars().take(200).collect();
    format!(
        "sh: {name}: not found\n\
         {name}: nothing is installed or built in a simulated container: declare in a script what \
         `{line}` does (docs/scripts.md), or let such commands pass with --assume-ok\n"
    )
}
