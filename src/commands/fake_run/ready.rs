//! The file in which a simulator says where it is to be found.

use std::io;
use std::net::{TcpStream, ToSocketAddrs as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::unistd::Pid;

use serde::Deserialize;

use crate::backend::service_management::Endpoint;
use crate::input;

/// What the commands that meet a simulator need of its ready file; more may be in it.
#[derive(Clone, Debug, Deserialize)]
pub struct Ready {
    /// The management endpoint, exactly as the `.publishsettings` has it: the old CLI compares.
    pub management: String,
    /// The `.publishsettings` of the simulated subscription.
    pub publish_settings: PathBuf,
    /// The authority that the management endpoint's certificate is of, PEM.
    pub ca: PathBuf,
    /// One line `address name` per public name, kept current.
    pub hosts_file: PathBuf,
    /// URL of the admin API, without `/_fake`.
    #[serde(default)]
    pub admin: Option<String>,
    /// The simulator's process.
    #[serde(default)]
    pub pid: Option<i32>,
    /// URL of Resource Manager.
    #[serde(default)]
    pub resource_manager: Option<String>,
    /// URL of the authority that signs programs in.
    #[serde(default)]
    pub authority: Option<String>,
    /// URL of the proxy that knows the real cloud's names.
    #[serde(default)]
    pub proxy: Option<String>,
    /// URL of what gives tokens to managed identities.
    #[serde(default)]
    pub metadata_service: Option<String>,
    /// The authorities to trust: the system's, and the simulator's.
    #[serde(default)]
    pub ca_bundle: Option<PathBuf>,
    /// What programs sign in with.
    #[serde(default)]
    pub service_principal: Option<PathBuf>,
    /// The ready file itself, absolute.
    #[serde(skip)]
    pub file: PathBuf,
}

/// A ready file that is of no use.
#[derive(Debug, thiserror::Error)]
pub enum ReadyError {
    /// It cannot be read.
    #[error("failed to read the ready file `{}`", path.display())]
    Unreadable {
        /// As given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// It is not what a simulator writes.
    #[error("`{}` is not the ready file of a simulator", path.display())]
    Unparsable {
        /// As given.
        path: PathBuf,
        /// Where it ceases to be one.
        source: serde_json::Error,
    },
    /// Its process is gone, and nothing answers where it was.
    #[error("the simulator of `{}` has ended: process {pid} is gone", path.display())]
    Dead {
        /// As given.
        path: PathBuf,
        /// The process.
        pid: i32,
    },
    /// A file that it names is gone: the simulator has ended.
    #[error("the simulator of `{}` has ended: `{}` is gone", path.display(), gone.display())]
    Ended {
        /// As given.
        path: PathBuf,
        /// What it names.
        gone: PathBuf,
    },
}

impl Ready {
    /// Reads the file and makes sure that the files it names are there.
    pub fn read(path: &Path) -> Result<Self, ReadyError> {
        let unreadable = |source| ReadyError::Unreadable {
            path: path.to_owned(),
            source,
        };
        let content = input::read_text(path, input::LONGEST_SETTINGS).map_err(unreadable)?;
        let mut ready: Self =
            serde_json::from_str(&content).map_err(|source| ReadyError::Unparsable {
                path: path.to_owned(),
                source,
            })?;
        ready.file = path.canonicalize().map_err(unreadable)?;
        for named in [&ready.publish_settings, &ready.ca, &ready.hosts_file] {
            if !named.exists() {
                return Err(ReadyError::Ended {
                    path: path.to_owned(),
                    gone: named.clone(),
                });
            }
        }
        match ready.pid {
            Some(pid) if !is_alive(pid) && !ready.answers() => Err(ReadyError::Dead {
                path: path.to_owned(),
                pid,
            }),
            _ => Ok(ready),
        }
    }

    /// Is its process alive, and does somebody listen there? A number alone may be another's by now.
    pub fn is_served_by_its_process(&self) -> bool {
        self.pid.is_some_and(is_alive) && self.answers()
    }

    /// Does somebody listen at the management endpoint? The process may live where it has another
    /// number.
    fn answers(&self) -> bool {
        Endpoint::parse(&self.management)
            .ok()
            .and_then(|endpoint| endpoint.authority().to_socket_addrs().ok())
            .into_iter()
            .flatten()
            .any(|address| TcpStream::connect_timeout(&address, LOOK).is_ok())
    }
}

/// How long a simulator on this machine may take to accept a connection.
const LOOK: Duration = Duration::from_secs(2);

fn is_alive(pid: i32) -> bool {
    let there = pid > 0 && kill(Pid::from_raw(pid), None) != Err(Errno::ESRCH);
    // What has ended and was not reaped yet is still there by number.
    let has_ended = std::fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| {
        stat.rsplit_once(')')
            .is_some_and(|(_, state)| state.trim_start().starts_with(['Z', 'X']))
    });
    there && !has_ended
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn file(content: &str) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        file
    }

    #[test]
    fn more_in_the_file_than_is_needed_does_no_harm() {
        let there = file("");
        let path = serde_json::to_string(there.path()).unwrap();
        let ready = file(&format!(
            r#"{{"management": "https://127.0.0.1:1/", "admin": "http://127.0.0.1:2",
                "subscription_id": "x", "publish_settings": {path}, "ca": {path},
                "hosts_file": {path}, "management_certificate": {path}, "pid": {}}}"#,
            std::process::id()
        ));
        let ready = Ready::read(ready.path()).unwrap();
        assert_eq!(ready.management, "https://127.0.0.1:1/");
        assert_eq!(ready.admin.as_deref(), Some("http://127.0.0.1:2"));
        assert!(ready.file.is_absolute());
    }

    #[test]
    fn each_useless_file_is_told_apart() {
        let missing = Ready::read(Path::new("/nonexistent/ready.json"));
        assert!(
            matches!(missing, Err(ReadyError::Unreadable { .. })),
            "{missing:?}"
        );
        let other = file("{\"management\": 7}");
        let other = Ready::read(other.path());
        assert!(
            matches!(other, Err(ReadyError::Unparsable { .. })),
            "{other:?}"
        );
        let there = file("");
        let there = serde_json::to_string(there.path()).unwrap();
        let dead = file(&format!(
            r#"{{"management": "https://127.0.0.1:1", "publish_settings": {there},
                "ca": {there}, "hosts_file": {there}, "pid": {}}}"#,
            i32::MAX
        ));
        let dead = Ready::read(dead.path());
        assert!(matches!(dead, Err(ReadyError::Dead { .. })), "{dead:?}");
        let ended = file(
            r#"{"management": "https://127.0.0.1:1", "publish_settings": "/nonexistent/p",
                "ca": "/nonexistent/c", "hosts_file": "/nonexistent/h"}"#,
        );
        let ended = Ready::read(ended.path());
        assert!(matches!(ended, Err(ReadyError::Ended { .. })), "{ended:?}");
    }
}
