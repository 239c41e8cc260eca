//! The machine that processes believe to run on.

use serde::{Deserialize, Serialize};

/// What is told of the machine by `uname`, `nproc`, `free` and `/proc`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// The kernel's release, as `uname -r` tells it.
    pub kernel_release: String,
    /// When and how the kernel was built, as `uname -v` tells it.
    pub kernel_version: String,
    /// The kind of its processors, as `uname -m` tells it.
    pub hardware: String,
    /// How many processors there are.
    pub cpus: u32,
    /// How much memory there is.
    pub memory_bytes: u64,
}

impl Default for Machine {
    /// A small machine of 2014.
    fn default() -> Self {
        Self {
            kernel_release: "3.16.0-77-generic".to_owned(),
            kernel_version: "#99~14.04.1-Ubuntu SMP Tue Jun 28 19:17:10 UTC 2016".to_owned(),
            hardware: "x86_64".to_owned(),
            cpus: 1,
            memory_bytes: 1_879_048_192,
        }
    }
}
