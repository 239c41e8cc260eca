//! What the environment says, read once, in `main`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use secrecy::ExposeSecret;

use crate::input;

/// The variables that mean something to this CLI.
#[derive(Debug, Clone, Default)]
pub struct Environment {
    home: Option<PathBuf>,
    working_folder: PathBuf,
    config_dir: Option<PathBuf>,
    endpoint: Option<String>,
    authority: Option<PathBuf>,
    wait: Option<String>,
    haste: u32,
    no_color: bool,
    dumb: bool,
    shell: Option<String>,
    strict: bool,
    password: Option<secrecy::SecretString>,
    publish_settings: Option<PathBuf>,
    domain: Option<String>,
    ready_file: Option<PathBuf>,
    admin_token: Option<secrecy::SecretString>,
    entra: Entra,
}

/// What programs of today's Azure are told to sign in with.
#[derive(Debug, Clone, Default)]
pub struct Entra {
    /// `AZURE_TENANT_ID`.
    pub tenant: Option<String>,
    /// `AZURE_CLIENT_ID`.
    pub client: Option<String>,
    /// `AZURE_CLIENT_SECRET`.
    pub secret: Option<secrecy::SecretString>,
    /// `AZURE_CLIENT_CERTIFICATE_PATH`.
    pub certificate: Option<PathBuf>,
    /// `AZURE_FEDERATED_TOKEN_FILE`.
    pub federated_token: Option<PathBuf>,
    /// `AZURE_POD_IDENTITY_AUTHORITY_HOST`.
    pub identity_host: Option<String>,
    /// `IDENTITY_ENDPOINT`.
    pub identity_endpoint: Option<String>,
    /// `IDENTITY_HEADER`.
    pub identity_header: Option<secrecy::SecretString>,
}

impl Environment {
    /// Reads what `variable` tells; an empty value counts as none.
    pub fn read(
        variable: impl Fn(&str) -> Option<OsString>,
        working_folder: impl Into<PathBuf>,
    ) -> Self {
        let path = |name: &str| variable(name).filter(|value| !value.is_empty());
        let text = |name: &str| {
            path(name)
                .and_then(|value| value.into_string().ok())
                .map(|value| input::without_mark(&value).to_owned())
        };
        Self {
            home: path("HOME").map(PathBuf::from),
            working_folder: working_folder.into(),
            config_dir: path("AZURE_CONFIG_DIR").map(PathBuf::from),
            endpoint: text("AZURE_MANAGEMENTENDPOINT_URL"),
            authority: path("AZURE_CA_FILE").map(PathBuf::from),
            wait: text("AZURE_WAIT"),
            haste: text("XPLAT_FAST")
                .and_then(|value| value.parse().ok())
                .unwrap_or(1),
            no_color: text("NO_COLOR").is_some(),
            strict: text("AZURE_STRICT").is_some_and(|value| value != "0"),
            shell: text("SHELL"),
            dumb: text("TERM").is_some_and(|kind| kind == "dumb"),
            password: text("AZURE_VM_PASSWORD").map(Into::into),
            publish_settings: path("AZURE_PUBLISH_SETTINGS").map(PathBuf::from),
            domain: text("AZURE_CLOUD_DOMAIN")
                .map(|name| name.trim_start_matches('.').to_ascii_lowercase()),
            ready_file: path("AZURE_FAKE_READY_FILE").map(PathBuf::from),
            admin_token: text("FAKE_AZURE_ADMIN_TOKEN").map(Into::into),
            entra: Entra {
                tenant: text("AZURE_TENANT_ID"),
                client: text("AZURE_CLIENT_ID"),
                secret: text("AZURE_CLIENT_SECRET").map(Into::into),
                certificate: path("AZURE_CLIENT_CERTIFICATE_PATH").map(PathBuf::from),
                federated_token: path("AZURE_FEDERATED_TOKEN_FILE").map(PathBuf::from),
                identity_host: text("AZURE_POD_IDENTITY_AUTHORITY_HOST"),
                identity_endpoint: text("IDENTITY_ENDPOINT"),
                identity_header: text("IDENTITY_HEADER").map(Into::into),
            },
        }
    }

    /// The ready file of the simulator that the command runs in.
    pub fn ready_file(&self) -> Option<&Path> {
        self.ready_file.as_deref()
    }

    /// The token that a simulator's admin API asks for.
    pub fn admin_token(&self) -> Option<&str> {
        self.admin_token.as_ref().map(ExposeSecret::expose_secret)
    }

    /// What programs of today's Azure are told to sign in with.
    pub fn entra(&self) -> &Entra {
        &self.entra
    }

    /// The home folder.
    pub fn home(&self) -> Option<&Path> {
        self.home.as_deref()
    }

    /// The folder that relative paths begin at.
    pub fn working_folder(&self) -> &Path {
        &self.working_folder
    }

    /// The folder of the profile.
    pub fn profile_folder(&self) -> Option<PathBuf> {
        self.config_dir
            .clone()
            .or_else(|| self.home.as_ref().map(|home| home.join(".azure")))
    }

    /// The management endpoint of subscriptions whose file names none.
    pub fn endpoint(&self) -> &str {
        self.endpoint
            .as_deref()
            .unwrap_or("https://management.core.windows.net")
    }

    /// The file of an authority to trust besides the system's.
    pub fn authority(&self) -> Option<&Path> {
        self.authority.as_deref()
    }

    /// `AZURE_WAIT`, as it is.
    pub fn wait(&self) -> Option<&str> {
        self.wait.as_deref()
    }

    /// By what every wait is divided.
    pub fn haste(&self) -> u32 {
        self.haste
    }

    /// Were colours refused?
    pub fn is_colour_refused(&self) -> bool {
        self.no_color
    }

    /// `AZURE_STRICT`: is what is not found or not done a failure?
    pub fn is_strict(&self) -> bool {
        self.strict
    }

    /// Is the terminal one that only ever adds to what it shows?
    pub fn is_terminal_dumb(&self) -> bool {
        self.dumb
    }

    /// The path of the user's shell.
    pub fn shell(&self) -> Option<&str> {
        self.shell.as_deref()
    }

    /// The password of a machine to be made.
    pub fn password(&self) -> Option<&secrecy::SecretString> {
        self.password.as_ref()
    }

    /// The domain of the public names of cloud services, in a cloud that nobody knows.
    pub fn domain(&self) -> Option<&str> {
        self.domain.as_deref()
    }

    /// The publish settings of the simulator around us.
    pub fn publish_settings(&self) -> Option<&Path> {
        self.publish_settings.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Environment {
        let value = |name: &str| {
            let (_, value) = variables.iter().find(|(key, _)| *key == name)?;
            Some(OsString::from(value))
        };
        Environment::read(value, "/work")
    }

    #[test]
    fn the_profile_lies_below_home_unless_told() {
        let at_home = with(&[("HOME", "/h")]);
        let elsewhere = with(&[("HOME", "/h"), ("AZURE_CONFIG_DIR", "/c")]);

        assert_eq!(at_home.profile_folder(), Some("/h/.azure".into()));
        assert_eq!(elsewhere.profile_folder(), Some("/c".into()));
    }

    #[test]
    fn the_mark_of_a_windows_shell_is_no_part_of_a_value() {
        use secrecy::ExposeSecret as _;

        let environment = with(&[("AZURE_VM_PASSWORD", "\u{feff}Pa$$w0rd1")]);

        let password = environment.password().unwrap();
        assert_eq!(password.expose_secret(), "Pa$$w0rd1");
    }

    #[test]
    fn a_password_does_not_show() {
        let environment = with(&[("AZURE_VM_PASSWORD", "Pa$$w0rd1")]);

        assert!(!format!("{environment:?}").contains("w0rd"));
    }

    #[test]
    fn an_empty_value_is_none() {
        assert_eq!(with(&[("HOME", "")]).home(), None);
    }
}
