//! The machine that an engine runs on, and the software it says it is made of.

pub(crate) mod runtime;

/// The engine's release.
pub(crate) const VERSION: &str = "28.5.2";
/// How the engine signs its answers.
pub(crate) const SERVER: &str = "Docker/28.5.2 (linux)";
/// The operating system in the words of Go.
pub(crate) const OS: &str = "linux";
/// The processor in the words of Go.
pub(crate) const ARCHITECTURE: &str = "amd64";
/// The processor in the words of the kernel.
pub(crate) const MACHINE: &str = "x86_64";
/// The compiler that built the engine.
pub(crate) const GO_VERSION: &str = "go1.27.1";
/// The commit that the engine was built from.
pub(crate) const GIT_COMMIT: &str = "3ef3c07c883be49a2e8097bcf6d2952fce1d70eb";
/// When the engine was built.
pub(crate) const BUILD_TIME: &str = "2026-09-15T11:02:57.000000000+00:00";
/// The release of containerd.
pub(crate) const CONTAINERD_VERSION: &str = "2.1.9+unknown";
/// The release of runc.
pub(crate) const RUNC_VERSION: &str = "1.1.5+ds1";
/// The commit that runc says it was built from.
pub(crate) const RUNC_COMMIT: &str = "1.1.5+ds1-1+deb12u1";
/// The release of the init process for containers.
pub(crate) const INIT_VERSION: &str = "0.19.0";

/// What a host tells of itself.
#[derive(Debug, Clone)]
pub(crate) struct Host {
    pub(crate) name: String,
    pub(crate) cpus: u32,
    pub(crate) memory_bytes: u64,
    pub(crate) operating_system: String,
    /// The kernel's release, where it is not the one that comes with the system.
    pub(crate) kernel_version: Option<String>,
}

impl Default for Host {
    /// A small machine of 2014.
    fn default() -> Self {
        Self {
            name: "docker".to_owned(),
            cpus: 1,
            memory_bytes: 1_879_048_192,
            operating_system: "Ubuntu 14.10".to_owned(),
            kernel_version: None,
        }
    }
}

impl Host {
    /// Cuts the release out of the operating system's name: `14.04` of
    /// `Ubuntu 14.04.6 LTS`, as `VERSION_ID` of such a system has it.
    pub(crate) fn os_version(&self) -> String {
        let release = self
            .operating_system
            .split_whitespace()
            .find(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let parts: Vec<&str> = release.unwrap_or_default().splitn(3, '.').collect();
        parts[..parts.len().min(2)].join(".")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_release_is_cut_out_of_the_name_of_the_system() {
        let version = |name: &str| {
            Host {
                operating_system: name.to_owned(),
                ..Host::default()
            }
            .os_version()
        };

        assert_eq!(version("Ubuntu 14.10"), "14.10");
        assert_eq!(version("Ubuntu 14.04.6 LTS"), "14.04");
        assert_eq!(version("Debian GNU/Linux 12 (bookworm)"), "12");
        assert_eq!(version("CoreOS"), "");
    }
}
