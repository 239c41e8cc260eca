//! Why a machine's engine does not run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a machine's engine does not run. [`fmt::Display`] has the words that the machine's own logs
/// hold: they quote what the machine was told, so they stay inside it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum WhyNot {
    /// Docker is not on the machine.
    NotInstalled,
    /// It was stopped, or nobody has started it.
    Stopped,
    /// Its unit leads to `/dev/null`.
    Masked,
    /// Its unit has no `ExecStart`.
    NoCommand,
    /// Its unit has several, since a drop-in has none that is empty first.
    SeveralCommands,
    /// `ExecStart` or `Environment` cannot be taken apart.
    BadLine,
    /// The program of `ExecStart` is not there.
    NoProgram(String),
    /// It is another one than dockerd.
    OtherProgram(String),
    /// A file of the environment is not there.
    NoEnvironmentFile(String),
    /// A word that is no flag.
    Argument,
    /// A flag that dockerd does not know.
    UnknownFlag(String),
    /// A flag without what it needs.
    NoValue(String),
    /// A flag with what it does not take.
    BadValue { flag: String, value: String },
    /// A configuration that was named is not there.
    NoConfiguration(String),
    /// It is not JSON.
    Json { path: String, reason: String },
    /// A value in it is of the wrong type.
    Type { path: String, reason: String },
    /// Keys in it that mean nothing.
    UnknownKeys { path: String, keys: Vec<String> },
    /// What is told both by a flag and in the configuration.
    Both { path: String, directives: Vec<Both> },
    /// A certificate or key is not there.
    NoFile { flag: String, path: String },
    /// Certificates that are no good.
    Certificates(String),
    /// An address that cannot be read.
    Host(String),
    /// An address that is not the machine's.
    ForeignAddress(String),
    /// An address that is listened on already.
    AddressInUse(String),
    /// It was told to end at once: `--version`, `--validate`.
    Ended,
}

/// A directive that is told twice.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Both {
    /// Its name in the configuration.
    pub(crate) name: String,
    /// What the flag says.
    pub(crate) flag: String,
    /// What the configuration says.
    pub(crate) file: String,
}

impl WhyNot {
    /// The reason without anything that the machine was told.
    pub(crate) const fn outline(&self) -> &'static str {
        match self {
            Self::NotInstalled => "Docker is not installed",
            Self::Stopped => "docker.service is not running",
            Self::Masked => "docker.service is masked",
            Self::NoCommand => "docker.service has no ExecStart",
            Self::SeveralCommands => "docker.service has more than one ExecStart",
            Self::BadLine => "a line of docker.service cannot be taken apart",
            Self::NoProgram(_) => "the program of ExecStart is not there",
            Self::OtherProgram(_) => "the program of ExecStart is not dockerd",
            Self::NoEnvironmentFile(_) => "an EnvironmentFile is not there",
            Self::Argument => "dockerd accepts no arguments",
            Self::UnknownFlag(_) => "dockerd does not know a flag",
            Self::NoValue(_) => "a flag of dockerd needs an argument",
            Self::BadValue { .. } => "a flag of dockerd has an invalid argument",
            Self::NoConfiguration(_) => "the configuration file is not there",
            Self::Json { .. } => "the configuration file is not JSON",
            Self::Type { .. } => "a value in the configuration file is of the wrong type",
            Self::UnknownKeys { .. } => "a directive in the configuration file is unknown",
            Self::Both { .. } => {
                "directives are specified both as a flag and in the configuration file"
            }
            Self::NoFile { .. } => "a certificate or key that is named is not there",
            Self::Certificates(_) => "the certificates are not usable",
            Self::Host(_) => "an address to listen on is invalid",
            Self::ForeignAddress(_) => "an address to listen on is not the machine's",
            Self::AddressInUse(_) => "an address to listen on is named twice",
            Self::Ended => "dockerd was told to end at once",
        }
    }

    /// Whether systemd says this, and not dockerd.
    pub(crate) const fn is_of_systemd(&self) -> bool {
        matches!(
            self,
            Self::NotInstalled
                | Self::Stopped
                | Self::Masked
                | Self::NoCommand
                | Self::SeveralCommands
                | Self::BadLine
                | Self::NoProgram(_)
                | Self::OtherProgram(_)
                | Self::NoEnvironmentFile(_)
        )
    }
}

impl fmt::Display for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const CONFIGURE: &str = "unable to configure the Docker daemon with file";
        const LISTEN: &str = "failed to load listeners:";
        match self {
            Self::NotInstalled => f.write_str("Unit docker.service could not be found."),
            Self::Stopped => f.write_str("docker.service is inactive."),
            Self::Masked => f.write_str("Unit docker.service is masked."),
            Self::NoCommand => f.write_str(
                "docker.service: Service has no ExecStart=, ExecStop=, or SuccessAction=. Refusing.",
            ),
            Self::SeveralCommands => f.write_str(
                "docker.service: Service has more than one ExecStart= setting, which is only allowed for Type=oneshot services. Refusing.",
            ),
            Self::BadLine => f.write_str("docker.service: Unbalanced quoting or a bad line, ignoring"),
            Self::NoProgram(path) => write!(
                f,
                "docker.service: Failed to locate executable {path}: No such file or directory"
            ),
            Self::OtherProgram(path) => {
                write!(f, "docker.service: {path} is not dockerd, and is not run here")
            }
            Self::NoEnvironmentFile(path) => write!(
                f,
                "docker.service: Failed to load environment files: {path}: No such file or directory"
            ),
            Self::Argument => {
                f.write_str("\"dockerd\" accepts no arguments.\nSee 'dockerd --help'.")
            }
            Self::UnknownFlag(flag) if !flag.starts_with("--") => write!(
                f,
                "unknown shorthand flag: '{}' in {flag}\nSee 'dockerd --help'.",
                flag.trim_start_matches('-')
            ),
            Self::UnknownFlag(flag) => write!(f, "unknown flag: {flag}\nSee 'dockerd --help'."),
            Self::NoValue(flag) => write!(f, "flag needs an argument: {flag}\nSee 'dockerd --help'."),
            Self::BadValue { flag, value } => write!(
                f,
                "invalid argument \"{value}\" for \"--{flag}\" flag\nSee 'dockerd --help'."
            ),
            Self::NoConfiguration(path) => {
                write!(f, "{CONFIGURE} {path}: open {path}: no such file or directory")
            }
            Self::Json { path, reason } => write!(f, "{CONFIGURE} {path}: {reason}"),
            Self::Type { path, reason } => write!(f, "{CONFIGURE} {path}: json: cannot unmarshal {reason}"),
            Self::UnknownKeys { path, keys } => write!(
                f,
                "{CONFIGURE} {path}: the following directives don't match any configuration option: {}",
                keys.join(", ")
            ),
            Self::Both { path, directives } => {
                let told: Vec<_> = directives
                    .iter()
                    .map(|Both { name, flag, file }| {
                        format!("{name}: (from flag: {flag}, from file: {file})")
                    })
                    .collect();
                write!(
                    f,
                    "{CONFIGURE} {path}: the following directives are specified both as a flag and in the configuration file: {}",
                    told.join(", ")
                )
            }
            Self::NoFile { flag, path } if flag == "tlscacert" => write!(
                f,
                "invalid TLS configuration: could not read CA certificate \"{path}\": open {path}: no such file or directory"
            ),
            Self::NoFile { path, .. } => write!(
                f,
                "invalid TLS configuration: could not load X509 key pair: open {path}: no such file or directory"
            ),
            Self::Certificates(reason) => write!(f, "invalid TLS configuration: {reason}"),
            Self::Host(host) => write!(f, "invalid bind address ({host})"),
            Self::ForeignAddress(host) => write!(
                f,
                "{LISTEN} listen {host}: bind: cannot assign requested address"
            ),
            Self::AddressInUse(host) => {
                write!(f, "{LISTEN} listen {host}: bind: address already in use")
            }
            Self::Ended => f.write_str("dockerd ended at once"),
        }
    }
}

/// As little as the outline: what a machine was told is nobody's to show.
impl fmt::Debug for WhyNot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.outline())
    }
}
