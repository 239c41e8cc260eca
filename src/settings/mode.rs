//! Which of the two clouds commands are about.

use std::fmt;
use std::str::FromStr;

/// The name of the setting.
pub const MODE: &str = "mode";

/// A mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Service Management: classic Azure.
    #[default]
    Asm,
    /// Resource Manager: today's Azure.
    Arm,
}

/// A word is no mode.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid value: {0}. Options are: asm,arm.")]
pub struct NoMode(String);

impl FromStr for Mode {
    type Err = NoMode;

    fn from_str(text: &str) -> Result<Self, NoMode> {
        match text.to_lowercase().as_str() {
            "asm" => Ok(Self::Asm),
            "arm" => Ok(Self::Arm),
            _ => Err(NoMode(text.to_owned())),
        }
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Asm => "asm",
            Self::Arm => "arm",
        })
    }
}
