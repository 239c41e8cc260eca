//! The steps into the sandbox, and the refusal of one.

use std::fmt;

use nix::errno::Errno;
use serde::{Deserialize, Serialize};

/// One step into the sandbox, in the order in which they are taken.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// A user namespace, in which an ordinary user may have a mount namespace.
    UserNamespace,
    /// The user's and the group's id, each mapped to itself.
    IdMaps,
    /// A mount namespace.
    MountNamespace,
    /// Mounts that no longer reach the rest of the machine.
    PrivateMounts,
    /// The live hosts file over `/etc/hosts`.
    Hosts,
    /// `hosts: files dns` over `/etc/nsswitch.conf`.
    NameService,
    /// An empty folder over that of the name service cache, which reads the machine's files.
    NameCache,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UserNamespace => "making a user namespace",
            Self::IdMaps => "mapping the user's id in the user namespace",
            Self::MountNamespace => "making a mount namespace",
            Self::PrivateMounts => "making the mounts private",
            Self::Hosts => "mounting the simulated names over /etc/hosts",
            Self::NameService => "mounting over /etc/nsswitch.conf",
            Self::NameCache => "hiding the name service cache",
        })
    }
}

/// The machine refused a step; the reason is the kernel's error number.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[error("{step} was refused: {}", reason(*.step, *.errno))]
pub struct Refusal {
    /// Where it ended.
    pub step: Step,
    /// What the kernel said, as in errno(3).
    pub errno: i32,
}

/// The kernel's word, or what it means here.
fn reason(step: Step, errno: i32) -> &'static str {
    match (step, Errno::from_raw(errno)) {
        // user_namespaces(7): so says a machine that admits no more of them, or none.
        (Step::UserNamespace, Errno::ENOSPC) => {
            "the limit in /proc/sys/user/max_user_namespaces is reached"
        }
        (_, errno) => errno.desc(),
    }
}

impl Step {
    /// Names the step in what the kernel answered.
    pub(super) fn refused(self, errno: Errno) -> Refusal {
        Refusal {
            step: self,
            errno: errno as i32,
        }
    }

    /// As [`Step::refused`], for an error of the standard library.
    pub(super) fn failed(self, error: &std::io::Error) -> Refusal {
        Refusal {
            step: self,
            errno: error.raw_os_error().unwrap_or(Errno::EIO as i32),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_the_step_and_the_reason_in_one_line() {
        let refusal = Step::Hosts.refused(Errno::EACCES);
        assert_eq!(
            refusal.to_string(),
            "mounting the simulated names over /etc/hosts was refused: Permission denied"
        );
    }
}
