//! The name of a machine's first account.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The longest user name on Linux, in characters; the service's limit.
pub const LONGEST_LINUX: usize = 32;
/// The longest user name on Windows, in characters; Windows' own limit.
pub const LONGEST_WINDOWS: usize = 20;

/// Names that the service keeps for the system, as its documentation lists them.
const RESERVED: &[&str] = &[
    "1",
    "123",
    "a",
    "actuser",
    "adm",
    "admin",
    "admin1",
    "admin2",
    "administrator",
    "aspnet",
    "backup",
    "console",
    "david",
    "guest",
    "john",
    "owner",
    "root",
    "server",
    "sql",
    "support",
    "support_388945a0",
    "sys",
    "test",
    "test1",
    "test2",
    "test3",
    "user",
    "user1",
    "user2",
    "user3",
    "user4",
    "user5",
    "video",
];

/// A user name that the service takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct UserName(String);

impl UserName {
    /// Accepts the name of an account on a Linux machine.
    pub fn for_linux(text: &str) -> Result<Self, UserNameError> {
        if text.is_empty() {
            return Err(UserNameError::Empty);
        }
        let is = text.chars().count();
        if is > LONGEST_LINUX {
            return Err(UserNameError::TooLong {
                is,
                most: LONGEST_LINUX,
            });
        }
        let is_plain = text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
        if !is_plain || text.starts_with(['-', '.']) {
            return Err(UserNameError::Characters(text.to_owned()));
        }
        refuse_reserved(text)?;
        Ok(Self(text.to_owned()))
    }

    /// Accepts the name of an account on a Docker host, where a group `docker` gets in the way.
    pub fn for_docker_host(text: &str) -> Result<Self, UserNameError> {
        if text.eq_ignore_ascii_case("docker") {
            return Err(UserNameError::Docker);
        }
        Self::for_linux(text)
    }

    /// Accepts the name of an account on a Windows machine.
    pub fn for_windows(text: &str) -> Result<Self, UserNameError> {
        if text.is_empty() {
            return Err(UserNameError::Empty);
        }
        if text.eq_ignore_ascii_case("administrator") {
            return Err(UserNameError::Administrator(text.to_owned()));
        }
        let is = text.chars().count();
        if is > LONGEST_WINDOWS {
            return Err(UserNameError::TooLong {
                is,
                most: LONGEST_WINDOWS,
            });
        }
        let is_foreign = |c: char| c.is_control() || "\\/\"[]:|<>+=;,?*@".contains(c);
        if text.contains(is_foreign) || text.ends_with('.') || text.trim() != text {
            return Err(UserNameError::Characters(text.to_owned()));
        }
        refuse_reserved(text)?;
        Ok(Self(text.to_owned()))
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn refuse_reserved(text: &str) -> Result<(), UserNameError> {
    if RESERVED.iter().any(|name| name.eq_ignore_ascii_case(text)) {
        return Err(UserNameError::Reserved(text.to_owned()));
    }
    Ok(())
}

/// Of whatever system the machine is.
impl TryFrom<String> for UserName {
    type Error = UserNameError;

    fn try_from(text: String) -> Result<Self, UserNameError> {
        Self::for_linux(&text).or_else(|_| Self::for_windows(&text))
    }
}

impl From<UserName> for String {
    fn from(name: UserName) -> Self {
        name.0
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a user name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UserNameError {
    /// There is no name.
    #[error("the user name is empty")]
    Empty,
    /// `docker` in any case, on a Docker host.
    #[error("docker is not valid username for docker vm. Please specify another username.")]
    Docker,
    /// `administrator` in any case, on Windows.
    #[error("user name {0} cannot be used")]
    Administrator(String),
    /// A name that the service keeps.
    #[error("user name {0} cannot be used: the service reserves it")]
    Reserved(String),
    /// More characters than the system allows.
    #[error("a user name has at most {most} characters, this one has {is}")]
    TooLong {
        /// How many there are.
        is: usize,
        /// How many there may be.
        most: usize,
    },
    /// A character that the system does not allow, or one in the wrong place. The text is not shown:
    /// it may be a password in the user's place.
    #[error("the user name holds a character that is not allowed in one")]
    Characters(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn docker_in_any_case_is_refused_on_docker_hosts_alone() {
        for name in ["docker", "Docker", "DOCKER"] {
            assert_eq!(UserName::for_docker_host(name), Err(UserNameError::Docker));
            assert!(UserName::for_linux(name).is_ok());
        }
        assert!(UserName::for_docker_host("dockeruser").is_ok());
    }

    #[test]
    fn what_the_service_reserves_is_refused() {
        for name in ["root", "ADMIN", "administrator"] {
            let refused = UserName::for_linux(name).unwrap_err();
            assert_eq!(refused, UserNameError::Reserved(name.to_owned()));
        }
        assert_eq!(
            UserName::for_windows("Administrator")
                .unwrap_err()
                .to_string(),
            "user name Administrator cannot be used"
        );
    }

    #[test]
    fn lengths_and_characters_are_those_of_the_system() {
        assert!(UserName::for_linux(&"u".repeat(32)).is_ok());
        assert_eq!(
            UserName::for_linux(&"u".repeat(33)),
            Err(UserNameError::TooLong { is: 33, most: 32 })
        );
        for name in ["a b", "-x", "x:y", "ü", "x\ny"] {
            let refused = UserName::for_linux(name).unwrap_err();
            assert_eq!(refused, UserNameError::Characters(name.to_owned()));
        }
        assert!(UserName::for_windows("Jane Doe").is_ok());
    }
}
