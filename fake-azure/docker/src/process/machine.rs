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

/// Kernels by the system that they come with: its name's beginning, release, and build.
const KERNELS: &[(&str, &str, &str)] = &[
    (
        "Ubuntu 16.04",
        "4.15.0-1113-azure",
        "#126~16.04.1-Ubuntu SMP Tue Apr 13 16:55:24 UTC 2021",
    ),
    (
        "Ubuntu 18.04",
        "5.4.0-1109-azure",
        "#115~18.04.1-Ubuntu SMP Mon May 22 20:06:37 UTC 2023",
    ),
    (
        "Ubuntu 20.04",
        "5.15.0-1089-azure",
        "#98~20.04.1-Ubuntu SMP Mon Apr 14 19:29:20 UTC 2025",
    ),
    (
        "Ubuntu 22.04",
        "6.8.0-1031-azure",
        "#36~22.04.1-Ubuntu SMP Tue Jul  1 03:54:01 UTC 2025",
    ),
    (
        "Ubuntu 24.04",
        "6.14.0-1012-azure",
        "#12~24.04.1-Ubuntu SMP Fri Aug 22 02:21:01 UTC 2025",
    ),
    (
        "Ubuntu 26.04",
        "7.0.0-1004-azure",
        "#4-Ubuntu SMP PREEMPT_DYNAMIC Wed Apr 22 12:00:00 UTC 2026",
    ),
    (
        "Debian GNU/Linux 10",
        "4.19.0-27-cloud-amd64",
        "#1 SMP Debian 4.19.316-1 (2024-06-25)",
    ),
    (
        "Debian GNU/Linux 11",
        "5.10.0-35-cloud-amd64",
        "#1 SMP Debian 5.10.237-1 (2025-05-19)",
    ),
    (
        "Debian GNU/Linux 12",
        "6.1.0-37-cloud-amd64",
        "#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)",
    ),
    (
        "Debian GNU/Linux 13",
        "6.12.48+deb13-cloud-amd64",
        "#1 SMP PREEMPT_DYNAMIC Debian 6.12.48-1 (2025-09-20)",
    ),
];

/// The kernel of systems of today that no table names.
const OTHER: (&str, &str) = (
    "6.6.96.2-1.azl3",
    "#1 SMP PREEMPT_DYNAMIC Thu Jul 17 00:12:10 UTC 2025",
);

impl Machine {
    /// A machine with the kernel that comes with a system of this name, such as
    /// `Ubuntu 22.04.5 LTS`; one of 2014 where Ubuntu's is older than that.
    pub fn of_system(name: &str) -> Self {
        let is_of_2014 = ["Ubuntu 12.", "Ubuntu 13.", "Ubuntu 14."]
            .iter()
            .any(|old| name.starts_with(old));
        if is_of_2014 || name.is_empty() {
            return Self::default();
        }
        let known = KERNELS.iter().find(|(system, ..)| name.starts_with(system));
        let (release, version) = known.map_or(OTHER, |(_, release, version)| (release, version));
        Self {
            kernel_release: release.to_owned(),
            kernel_version: version.to_owned(),
            ..Self::default()
        }
    }
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
