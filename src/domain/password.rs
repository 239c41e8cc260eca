//! The password of a machine's first account.

use std::fmt;
use std::str::FromStr;

use secrecy::{ExposeSecret, SecretString};

/// The shortest password, in UTF-16 units: the old CLI and the service count so.
pub const SHORTEST: usize = 8;
/// The longest password of a Linux machine, in UTF-16 units; the service's limit.
pub const LONGEST_LINUX: usize = 72;
/// The longest password of a Windows machine, in UTF-16 units; the service's limit.
pub const LONGEST_WINDOWS: usize = 123;
/// What counts as special: what the old CLI's message lists, and the `*` that it admits besides.
pub const SPECIAL: &str = "*!@#$%^&+=";

/// A password that keeps the rule: long enough, four kinds of characters, none that cannot be typed.
///
/// Its `Debug` output says nothing of it.
#[derive(Clone)]
pub struct Password(SecretString);

impl Password {
    /// Accepts a password for a Linux machine.
    pub fn for_linux(text: &str) -> Result<Self, PasswordError> {
        Self::new(text, LONGEST_LINUX)
    }

    /// Accepts a password for a Windows machine.
    pub fn for_windows(text: &str) -> Result<Self, PasswordError> {
        Self::new(text, LONGEST_WINDOWS)
    }

    fn new(text: &str, most: usize) -> Result<Self, PasswordError> {
        if text.chars().any(is_untypable) {
            return Err(PasswordError::Untypable);
        }
        let is = text.encode_utf16().count();
        let has = |kind: fn(char) -> bool| text.contains(kind);
        if is < SHORTEST {
            Err(PasswordError::TooShort {
                is,
                least: SHORTEST,
            })
        } else if is > most {
            Err(PasswordError::TooLong { is, most })
        } else if !has(|c| c.is_ascii_lowercase()) {
            Err(PasswordError::NoLowerCase)
        } else if !has(|c| c.is_ascii_uppercase()) {
            Err(PasswordError::NoUpperCase)
        } else if !has(|c| c.is_ascii_digit()) {
            Err(PasswordError::NoDigit)
        } else if !has(|c| SPECIAL.contains(c)) {
            Err(PasswordError::NoSpecial)
        } else {
            Ok(Self(text.into()))
        }
    }

    /// Gives the password out, to be sent and nothing else.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Gives it up as a secret of the common kind.
    pub fn into_secret(self) -> SecretString {
        self.0
    }
}

/// Line ends and other controls cannot be typed at the machine's prompt, and XML
/// cannot carry most of them; the old CLI's rule refused line ends as well.
fn is_untypable(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

impl FromStr for Password {
    type Err = PasswordError;

    fn from_str(text: &str) -> Result<Self, PasswordError> {
        Self::for_linux(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Why a password is refused. The first four classes share the old CLI's sentence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    /// Fewer UTF-16 units than allowed.
    TooShort {
        /// How many there are.
        is: usize,
        /// How many there must be.
        least: usize,
    },
    /// More UTF-16 units than the service allows.
    TooLong {
        /// How many there are.
        is: usize,
        /// How many there may be.
        most: usize,
    },
    /// None of `a` to `z`.
    NoLowerCase,
    /// None of `A` to `Z`.
    NoUpperCase,
    /// None of `0` to `9`.
    NoDigit,
    /// None of [`SPECIAL`].
    NoSpecial,
    /// A line end or another control character.
    Untypable,
    /// One that the cloud takes for no account.
    Guessed,
}

impl PasswordError {
    /// Says what is missing, in a few words that tell nothing of the password itself.
    pub fn reason(&self) -> &'static str {
        match self {
            Self::TooShort { .. } => "it is too short",
            Self::TooLong { .. } => "it is too long",
            Self::NoLowerCase => "a lower case letter is missing",
            Self::NoUpperCase => "an upper case letter is missing",
            Self::NoDigit => "a digit is missing",
            Self::NoSpecial => "a special character is missing, one of *!@#$%^&+=",
            Self::Guessed => "it is among those that everybody guesses, and no account gets it",
            Self::Untypable => "it holds a line end or another control character",
        }
    }
}

impl fmt::Display for PasswordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong { most, .. } => {
                write!(f, "password must be at most {most} characters in length")
            }
            Self::Guessed => f.write_str("the specified password is not allowed"),
            Self::Untypable => {
                f.write_str("password must not contain line ends or other control characters")
            }
            _ => f.write_str(
                "password must be at least 8 character in length, it must contain a lower case, \
                 an upper case, a number and a special character such as !@#$%^&+=",
            ),
        }
    }
}

impl std::error::Error for PasswordError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seeds_password_is_accepted() {
        assert_eq!(
            Password::for_linux("Pa$$w0rd1").unwrap().expose(),
            "Pa$$w0rd1"
        );
    }

    #[test]
    fn a_full_stop_is_not_special_and_a_star_is() {
        assert_eq!(
            Password::for_linux("Passw0rd.").unwrap_err(),
            PasswordError::NoSpecial
        );
        assert!(Password::for_linux("Passw0rd*").is_ok());
    }

    #[test]
    fn windows_allows_longer_ones() {
        let long = format!("aA1!{}", "x".repeat(100));

        assert_eq!(
            Password::for_linux(&long).unwrap_err(),
            PasswordError::TooLong { is: 104, most: 72 }
        );
        assert!(Password::for_windows(&long).is_ok());
    }
}
