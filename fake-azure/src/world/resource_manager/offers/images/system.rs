//! What a system tells of itself from inside a machine.

/// The two families of systems that Azure tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OperatingSystem {
    Linux,
    Windows,
}

impl OperatingSystem {
    /// The service's word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Linux => "Linux",
            Self::Windows => "Windows",
        }
    }
}

/// How a Docker engine comes into a system without a repository of somebody else's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Docker {
    /// By a package of this name from the system's own repositories.
    Package(&'static str),
    /// It is part of the system.
    BuiltIn,
    /// Not at all.
    Absent,
}

/// A system, as `/etc/os-release` and the agent tell of it.
#[derive(Debug)]
pub(crate) struct System {
    /// Linux or Windows.
    pub(crate) os: OperatingSystem,
    /// What programs call it, e.g. `ubuntu`.
    pub(crate) id: &'static str,
    /// What it is like, by the same words; nothing when it is like none.
    pub(crate) like: &'static str,
    /// What people call it, e.g. `Ubuntu`.
    pub(crate) name: &'static str,
    /// Its version as programs read it, e.g. `22.04`.
    pub(crate) version_id: &'static str,
    /// Its version as people read it, e.g. `22.04.5 LTS (Jammy Jellyfish)`.
    pub(crate) version: &'static str,
    /// The code name of its version, where versions have some.
    pub(crate) codename: &'static str,
    /// What people call it with its version, e.g. `Ubuntu 22.04.5 LTS`.
    pub(crate) pretty: &'static str,
    /// How Docker comes into it.
    pub(crate) docker: Docker,
}

impl System {
    /// What the agent in a machine calls it, e.g. `ubuntu`.
    pub(crate) fn agent_name(&self) -> &'static str {
        match self.os {
            OperatingSystem::Linux => self.id,
            OperatingSystem::Windows => self.name,
        }
    }

    /// The file `/etc/os-release` of it; Windows has none.
    pub(crate) fn os_release(&self) -> Option<String> {
        if self.os == OperatingSystem::Windows {
            return None;
        }
        let rows = [
            ("PRETTY_NAME", self.pretty),
            ("NAME", self.name),
            ("VERSION_ID", self.version_id),
            ("VERSION", self.version),
            ("VERSION_CODENAME", self.codename),
            ("ID", self.id),
            ("ID_LIKE", self.like),
            // Scripts that install Docker look for it.
            (
                "UBUNTU_CODENAME",
                if self.id == "ubuntu" {
                    self.codename
                } else {
                    ""
                },
            ),
        ];
        let told = rows.iter().filter(|(_, value)| !value.is_empty());
        Some(told.fold(String::new(), |text, (key, value)| {
            let quote = if is_plain(value) { "" } else { "\"" };
            text + key + "=" + quote + value + quote + "\n"
        }))
    }
}

/// Whether a value of `/etc/os-release` stands without quotes.
fn is_plain(value: &str) -> bool {
    value
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b == b'-' || b == b'_')
}
