//! What a shell is told, in its own words and with its own quoting.

use crate::failure::Failure;

/// A shell whose words we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shell {
    /// sh, bash, zsh and their kin.
    Posix,
    /// fish.
    Fish,
    /// PowerShell.
    Pwsh,
    /// The command prompt of Windows.
    Cmd,
}

const NAMES: [(&str, Shell); 6] = [
    ("sh", Shell::Posix),
    ("bash", Shell::Posix),
    ("zsh", Shell::Posix),
    ("fish", Shell::Fish),
    ("powershell", Shell::Pwsh),
    ("cmd", Shell::Cmd),
];

impl Shell {
    /// The shell that is asked for by name; else that at the path `own`; else sh.
    pub(super) fn choose(wanted: Option<&str>, own: Option<&str>) -> Result<Self, Failure> {
        let known = |name: &str| {
            NAMES
                .into_iter()
                .find(|(known, _)| known.eq_ignore_ascii_case(name))
                .map(|(_, shell)| shell)
        };
        match wanted {
            Some(name) => known(name).ok_or_else(|| {
                Failure::new(format!(
                    "Given shell \"{name}\" is invalid, supported values are: {}",
                    NAMES.map(|(name, _)| name).join(", ")
                ))
            }),
            None => Ok(own
                .and_then(|path| path.rsplit('/').next())
                .and_then(known)
                .unwrap_or(Self::Posix)),
        }
    }

    /// The line that sets a variable for the shell and what it starts.
    pub(super) fn set(self, name: &str, value: &str) -> String {
        match self {
            Self::Posix => format!("export {name}='{}'", value.replace('\'', r"'\''")),
            Self::Fish => format!(
                "set -gx {name} '{}';",
                value.replace('\\', r"\\").replace('\'', r"\'")
            ),
            Self::Pwsh => format!("$Env:{name} = '{}'", value.replace('\'', "''")),
            Self::Cmd => format!("SET \"{name}={value}\""),
        }
    }

    /// The line that takes a variable back.
    pub(super) fn unset(self, name: &str) -> String {
        match self {
            Self::Posix => format!("unset {name}"),
            Self::Fish => format!("set -e {name};"),
            Self::Pwsh => {
                format!(r"Remove-Item Env:\{name} -ErrorAction SilentlyContinue")
            }
            Self::Cmd => format!("SET {name}="),
        }
    }

    /// A remark that the shell passes over.
    pub(super) fn remark(self, text: &str) -> String {
        match self {
            Self::Cmd => format!("REM {text}"),
            Self::Posix | Self::Fish | Self::Pwsh => format!("# {text}"),
        }
    }

    /// The line to type so that the shell obeys what `command` prints.
    pub(super) fn obey(self, command: &str) -> String {
        match self {
            Self::Posix => format!("eval \"$({command})\""),
            Self::Fish => format!("{command} | source"),
            Self::Pwsh => format!("{command} | Out-String | Invoke-Expression"),
            Self::Cmd => format!("FOR /f \"tokens=*\" %i IN ('{command}') DO @%i"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_with_a_quote_and_a_blank_stays_one_value() {
        let path = "/home/me/it's my\\certs";
        for (shell, line) in [
            (
                Shell::Posix,
                r"export DOCKER_CERT_PATH='/home/me/it'\''s my\certs'",
            ),
            (
                Shell::Fish,
                r"set -gx DOCKER_CERT_PATH '/home/me/it\'s my\\certs';",
            ),
            (
                Shell::Pwsh,
                r"$Env:DOCKER_CERT_PATH = '/home/me/it''s my\certs'",
            ),
            (
                Shell::Cmd,
                r#"SET "DOCKER_CERT_PATH=/home/me/it's my\certs""#,
            ),
        ] {
            assert_eq!(shell.set("DOCKER_CERT_PATH", path), line);
        }
    }

    #[test]
    fn the_own_shell_is_known_by_its_path_and_another_is_sh() {
        let chosen = |wanted, own| Shell::choose(wanted, own).ok();

        assert_eq!(chosen(None, Some("/usr/bin/fish")), Some(Shell::Fish));
        assert_eq!(chosen(None, Some("/bin/tcsh")), Some(Shell::Posix));
        assert_eq!(chosen(None, None), Some(Shell::Posix));
        assert_eq!(
            chosen(Some("PowerShell"), Some("/bin/zsh")),
            Some(Shell::Pwsh)
        );
        assert_eq!(chosen(Some("tcsh"), None), None);
    }
}
