//! Whose shell it is: what it reads beyond POSIX, and in whose words it complains.

/// The shell that a program's name stands for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// Busybox's ash, which the small images have.
    #[default]
    Ash,
    /// Debian's `sh`.
    Dash,
    /// The commonest parts of bash.
    Bash,
}

impl Dialect {
    /// Returns the dialect of the program that `name` names, if it is a shell.
    pub fn of_program(name: &str) -> Option<Self> {
        match name {
            "sh" | "ash" => Some(Self::Ash),
            "dash" => Some(Self::Dash),
            "bash" => Some(Self::Bash),
            _ => None,
        }
    }

    /// `[[ … ]]`, `function`, `&>`, `$'…'`, `${x:1:2}`, `${x/a/b}`, `source`, `let`.
    pub(super) fn has_bash_compatibility(self) -> bool {
        self != Self::Dash
    }

    /// `<<<`, `(( … ))`, `for (( … ))`, `+=`, `|&`, `${!x}`, `${x^^}` and `{a,b}`.
    pub(super) fn is_bash(self) -> bool {
        self == Self::Bash
    }

    /// Returns the number of the first line of `-c`'s text.
    pub(super) fn first_line_of_command(self) -> usize {
        match self {
            Self::Ash => 0,
            Self::Dash | Self::Bash => 1,
        }
    }
}
