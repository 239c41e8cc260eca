//! The environment that the command gets.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use fake_azure::Upstream;
use secrecy::ExposeSecret as _;

use super::old_cli;
use super::ready::Ready;
use crate::commands::sign_in::SignIn;
use crate::sandbox::Folder;

/// What is not for the simulator's own proxy: the names of machines lead to this one.
const DIRECT: &str = ".cloudapp.net,.cloudapp.azure.com,localhost,127.0.0.1";

/// What is not for another proxy.
const SIMULATED: &str = ".cloudapp.net,.blob.core.windows.net,.queue.core.windows.net,\
    .table.core.windows.net,.file.core.windows.net,localhost,127.0.0.1";

/// The names of machines that came with Resource Manager.
const LATER: &str = ".cloudapp.azure.com";

/// The proxies that the old CLIs ask for everything, whatever `NO_PROXY` says, and whatever is asked.
const UNAWARE: [&str; 6] = [
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "ALL_PROXY",
    "all_proxy",
];

/// The variables of this process that the command's depend on.
#[derive(Clone, Debug, Default)]
pub struct Inherited {
    /// `PATH`.
    pub path: Option<OsString>,
    /// `NO_PROXY`, or `no_proxy`.
    pub no_proxy: Option<OsString>,
    /// Whether any variable sends requests to a proxy.
    pub proxied: bool,
    /// `NODE_EXTRA_CA_CERTS`.
    pub authorities: Option<OsString>,
    /// `NODE_OPTIONS`.
    pub node_options: Option<OsString>,
    /// `REQUESTS_CA_BUNDLE`, or `SSL_CERT_FILE`.
    pub ca_bundle: Option<OsString>,
    /// The proxies that were set.
    pub upstream: Upstream,
}

/// What the command meets instead of the real cloud.
#[derive(Debug)]
pub(super) struct CommandEnvironment<'a> {
    pub(super) ready: &'a Ready,
    /// What programs sign in with, where the simulator tells it.
    pub(super) sign_in: Option<&'a SignIn>,
    /// What Node is to read before any program.
    pub(super) for_node: PathBuf,
    pub(super) folder: &'a Folder,
    pub(super) home: Option<PathBuf>,
    /// The authorities that Node is to trust.
    pub(super) authorities: PathBuf,
    pub(super) keep_proxies: bool,
    pub(super) inherited: &'a Inherited,
}

impl CommandEnvironment<'_> {
    pub(super) fn put_on(&self, command: &mut Command) {
        command
            .env("AZURE_CONFIG_DIR", self.folder.profile())
            .env("AZURE_MANAGEMENTENDPOINT_URL", &self.ready.management)
            .env("AZURE_PUBLISH_SETTINGS", &self.ready.publish_settings)
            .env("AZURE_FAKE_READY_FILE", &self.ready.file)
            .env("NODE_EXTRA_CA_CERTS", &self.authorities)
            .env(
                "PATH",
                first(self.folder.programs().as_os_str(), ":", self.path()),
            );
        if let Some(home) = &self.home {
            command.env("HOME", home);
        }
        if self.inherited.proxied {
            let others = self.inherited.no_proxy.as_deref();
            let direct = first(OsStr::new(SIMULATED), ",", others);
            command.env("NO_PROXY", &direct).env("no_proxy", &direct);
            if !self.keep_proxies {
                for name in UNAWARE {
                    command.env_remove(name);
                }
            }
        }
        self.put_on_today(command);
    }

    /// What programs for Resource Manager look for.
    fn put_on_today(&self, command: &mut Command) {
        if let Some(proxy) = self.ready.proxy.as_ref().filter(|_| !self.keep_proxies) {
            let others = self.inherited.no_proxy.as_deref();
            let own = if self.inherited.proxied {
                &format!("{SIMULATED},{LATER}")
            } else {
                DIRECT
            };
            let direct = first(OsStr::new(own), ",", others);
            command
                .env("HTTPS_PROXY", proxy)
                .env("https_proxy", proxy)
                .env("NO_PROXY", &direct)
                .env("no_proxy", &direct);
            let told = self.inherited.node_options.as_deref();
            if let Some(options) = old_cli::node_options(&self.for_node, told) {
                command.env("NODE_OPTIONS", options);
            }
        }
        if let Some(bundle) = &self.ready.ca_bundle {
            command
                .env("REQUESTS_CA_BUNDLE", bundle)
                .env("SSL_CERT_FILE", bundle);
        }
        if let Some(service) = &self.ready.metadata_service {
            command.env("AZURE_POD_IDENTITY_AUTHORITY_HOST", service);
        }
        if let Some(sign_in) = self.sign_in {
            command
                .env("AZURE_TENANT_ID", &sign_in.tenant)
                .env("AZURE_CLIENT_ID", &sign_in.client)
                .env("AZURE_CLIENT_SECRET", sign_in.secret.expose_secret())
                .env("AZURE_SUBSCRIPTION_ID", &sign_in.subscription)
                // Ansible's collection calls two of them otherwise.
                .env("AZURE_TENANT", &sign_in.tenant)
                .env("AZURE_SECRET", sign_in.secret.expose_secret());
        }
    }

    fn path(&self) -> Option<&OsStr> {
        self.inherited.path.as_deref()
    }
}

/// `item` in front of a list; an empty item of a PATH would mean the working folder.
fn first(item: &OsStr, separator: &str, list: Option<&OsStr>) -> OsString {
    let mut whole = item.to_owned();
    if let Some(list) = list.filter(|list| !list.is_empty()) {
        whole.push(separator);
        whole.push(list);
    }
    whole
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn dressed(home: Option<PathBuf>, inherited: &Inherited) -> Vec<(OsString, Option<OsString>)> {
        let ready = Ready {
            management: "https://127.0.0.1:1/".to_owned(),
            publish_settings: "/sim/p".into(),
            ca: "/sim/ca.pem".into(),
            hosts_file: "/sim/hosts".into(),
            file: "/sim/ready.json".into(),
            admin: None,
            pid: None,
            resource_manager: None,
            authority: None,
            proxy: None,
            metadata_service: None,
            ca_bundle: None,
            service_principal: None,
        };
        let folder = Folder::at(Path::new("/run"));
        let environment = CommandEnvironment {
            ready: &ready,
            sign_in: None,
            for_node: "/run/old-cli.js".into(),
            folder: &folder,
            home,
            authorities: "/sim/ca.pem".into(),
            keep_proxies: false,
            inherited,
        };
        let mut command = Command::new("true");
        environment.put_on(&mut command);
        command
            .get_envs()
            .map(|(k, v)| (k.to_owned(), v.map(OsStr::to_owned)))
            .collect()
    }

    fn value(of: &[(OsString, Option<OsString>)], name: &str) -> Option<String> {
        let (_, value) = of.iter().find(|(key, _)| key == name)?;
        value
            .as_ref()
            .map(|value| value.to_string_lossy().into_owned())
    }

    #[test]
    fn home_and_proxies_stay_as_they_are_unless_asked() {
        let inherited = Inherited {
            path: Some("/bin".into()),
            ..Inherited::default()
        };
        let plain = dressed(None, &inherited);
        assert_eq!(value(&plain, "HOME"), None);
        assert_eq!(value(&plain, "NO_PROXY"), None);
        assert_eq!(value(&plain, "PATH").unwrap(), "/run/bin:/bin");
        assert_eq!(
            value(&plain, "AZURE_MANAGEMENTENDPOINT_URL").unwrap(),
            "https://127.0.0.1:1/"
        );
        let moved = dressed(Some("/elsewhere".into()), &inherited);
        assert_eq!(value(&moved, "HOME").unwrap(), "/elsewhere");
    }

    #[test]
    fn a_proxy_never_sees_the_simulated_names() {
        let inherited = Inherited {
            no_proxy: Some("intra".into()),
            proxied: true,
            ..Inherited::default()
        };
        let proxied = dressed(None, &inherited);
        for name in ["NO_PROXY", "no_proxy"] {
            assert_eq!(value(&proxied, name).unwrap(), format!("{SIMULATED},intra"));
        }
        for name in UNAWARE {
            assert!(
                proxied
                    .iter()
                    .any(|(key, value)| key == name && value.is_none())
            );
        }
        assert_eq!(value(&proxied, "PATH").unwrap(), "/run/bin");
    }
}
