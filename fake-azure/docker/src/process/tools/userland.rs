//! Finding a program by the name that its file holds, and `busybox` itself.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;

use super::tool::called;
use crate::process::{Process, Program, Programs};

/// The first line that busybox prints of itself.
const BANNER: &str = "BusyBox v1.37.0 (2025-12-16 14:19:28 UTC) multi-call binary.\n";

/// The programs that files can name: the tools, and what others add, such as shells.
#[derive(Clone, Default)]
pub struct Userland {
    added: Arc<BTreeMap<String, Arc<dyn Program>>>,
}

impl Userland {
    /// The tools alone.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a program, such as a shell as `sh`; it stands before a tool of the same name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, program: Arc<dyn Program>) -> Self {
        Arc::make_mut(&mut self.added).insert(name.into(), program);
        self
    }

    /// The program of this name, `busybox` included.
    pub fn lookup(&self, name: &str) -> Option<Arc<dyn Program>> {
        if name == "busybox" {
            return Some(Arc::new(Busybox(self.clone())));
        }
        self.applet(name)
    }

    /// The names of all programs, in order.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.added.keys().map(String::as_str).collect();
        for tool in super::all() {
            names.push(tool.name());
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn applet(&self, name: &str) -> Option<Arc<dyn Program>> {
        if let Some(program) = self.added.get(name) {
            return Some(program.clone());
        }
        super::find(name).map(|tool| Arc::new(*tool) as Arc<dyn Program>)
    }
}

impl Programs for Userland {
    fn named(&self, name: &str) -> Option<Arc<dyn Program>> {
        self.lookup(name)
    }
}

impl fmt::Debug for Userland {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Userland")
            .field("added", &self.added.keys())
            .finish_non_exhaustive()
    }
}

/// The one program that is all of them, by the name it is called by.
struct Busybox(Userland);

impl Program for Busybox {
    /// The applet's own future, and not one around it: it lives as long as the process.
    fn run(self: Arc<Self>, mut process: Process) -> BoxFuture<'static, u8> {
        let mut name = called(&process, "busybox");
        let is_named = name.starts_with("busybox");
        if is_named {
            if let Some(text) = self.told_of_itself(process.args.get(1)) {
                return Box::pin(async move {
                    // Whether anybody reads it does not matter to the exit code.
                    process.print(text).await.ok();
                    0
                });
            }
            process.args.remove(0);
            name = called(&process, "busybox");
        }
        // A login shell is called with a dash in front.
        let applet = name.strip_prefix('-').unwrap_or(&name);
        if let Some(program) = self.0.added.get(applet) {
            return program.clone().run(process);
        }
        if let Some(tool) = super::find(applet) {
            return tool.run_as_applet(process);
        }
        let words = if is_named {
            "applet not found"
        } else {
            // A file stands for it: busybox itself would have it.
            "this program is not simulated: declare in a script what it does (docs/scripts.md)"
        };
        Box::pin(async move {
            process.complain(format!("{name}: {words}\n")).await;
            127
        })
    }
}

impl Busybox {
    /// What it writes when it is asked about itself.
    fn told_of_itself(&self, asked: Option<&String>) -> Option<String> {
        let names = || self.0.names().into_iter();
        match asked.map(String::as_str) {
            None | Some("--help") => Some(self.help()),
            Some("--list") => Some(self.0.names().join("\n") + "\n"),
            Some("--list-full") => {
                Some(names().fold(String::new(), |text, name| text + "bin/" + name + "\n"))
            }
            Some(_) => None,
        }
    }

    fn help(&self) -> String {
        let names = self.0.names().join(", ");
        format!(
            "{BANNER}Usage: busybox [function [arguments]...]\n   or: busybox --list[-full]\n   \
             or: function [arguments]...\n\nCurrently defined functions:\n{names}\n"
        )
    }
}
