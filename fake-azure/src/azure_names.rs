//! Which host names are the cloud's own, so that nothing that is meant for it leaves this machine.

/// What a name of the cloud's leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AzureName {
    /// Resource Manager, and the metadata that it tells.
    ResourceManager,
    /// The login authority.
    Login,
    /// Service Management, which wants certificates.
    ServiceManagement,
    /// A storage account.
    Storage,
    /// What tells machines of themselves.
    InstanceMetadata,
    /// Another of its services, which is not simulated.
    Other,
}

/// Where machines are told of themselves.
const INSTANCE_METADATA: &str = "169.254.169.254";

const LOGIN: &[&str] = &[
    "login.microsoftonline.com",
    "login.windows.net",
    "login.microsoft.com",
    "sts.windows.net",
    "login.microsoftonline.us",
    "login.chinacloudapi.cn",
    "login.partner.microsoftonline.cn",
];

const RESOURCE_MANAGER: &[&str] = &[
    "management.azure.com",
    "management.usgovcloudapi.net",
    "management.chinacloudapi.cn",
];

const SERVICE_MANAGEMENT: &[&str] = &["management.core.windows.net"];

/// Services that programs for Azure ask besides: what they know of their users, where their
/// extensions are, and what they report.
const OTHERS: &[&str] = &[
    "aka.ms",
    "dc.services.visualstudio.com",
    "graph.microsoft.com",
    "login.live.com",
];

/// All that ends so is of the cloud, but for [`STRANGERS`].
const ENDS: &[&str] = &[
    "azure.com",
    "azure.net",
    "azure.us",
    "azure.cn",
    "azurecr.io",
    "chinacloudapi.cn",
    "microsoftonline.com",
    "usgovcloudapi.net",
    "windows.net",
];

/// What bears a name of the cloud's and is no part of it.
const STRANGERS: &[&str] = &["dev.azure.com"];

/// Where machines and services of its users have their names.
const MACHINES: &[&str] = &["cloudapp.net", "cloudapp.azure.com"];

/// What a host is of the cloud's; none where it is somebody else's, or a machine's of its users.
pub(crate) fn whose(host: &str) -> Option<AzureName> {
    let host = plain(host);
    let host = host.as_str();
    let is_one_of = |names: &[&str]| names.contains(&host);
    if host == INSTANCE_METADATA {
        Some(AzureName::InstanceMetadata)
    } else if is_one_of(LOGIN) {
        Some(AzureName::Login)
    } else if is_one_of(RESOURCE_MANAGER) {
        Some(AzureName::ResourceManager)
    } else if is_one_of(SERVICE_MANAGEMENT) {
        Some(AzureName::ServiceManagement)
    } else if is_machine(host) || is_below(host, STRANGERS) {
        None
    } else if host.ends_with(".core.windows.net") {
        Some(AzureName::Storage)
    } else if is_one_of(OTHERS) || is_below(host, ENDS) {
        Some(AzureName::Other)
    } else {
        None
    }
}

/// Whether a name is of a machine or a service of the cloud's users: there are no others of it
/// than those that are simulated.
pub(crate) fn is_machine(host: &str) -> bool {
    is_below(&plain(host), MACHINES)
}

/// A name as it is compared: lower case, without the dot that may end it.
pub(crate) fn plain(host: &str) -> String {
    host.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a name is one of these or below one of them.
fn is_below(host: &str, ends: &[&str]) -> bool {
    ends.iter().any(|end| {
        host.strip_suffix(end)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_of_the_cloud_is_known_and_no_other() {
        for (host, whose_it_is) in [
            ("management.azure.com", Some(AzureName::ResourceManager)),
            ("MANAGEMENT.azure.com.", Some(AzureName::ResourceManager)),
            ("login.microsoftonline.com", Some(AzureName::Login)),
            ("sts.windows.net", Some(AzureName::Login)),
            (
                "management.core.windows.net",
                Some(AzureName::ServiceManagement),
            ),
            ("azcliprod.blob.core.windows.net", Some(AzureName::Storage)),
            ("graph.windows.net", Some(AzureName::Other)),
            ("graph.microsoft.com", Some(AzureName::Other)),
            (
                "westus-0.in.applicationinsights.azure.com",
                Some(AzureName::Other),
            ),
            ("me.vault.azure.net", Some(AzureName::Other)),
            ("169.254.169.254", Some(AzureName::InstanceMetadata)),
            ("v.westus.cloudapp.azure.com", None),
            ("v.cloudapp.net", None),
            ("dev.azure.com", None),
            ("notazure.com", None),
            ("azure.com.example.org", None),
            ("packages.microsoft.com", None),
            ("pypi.org", None),
            ("127.0.0.1", None),
            ("", None),
        ] {
            assert_eq!(whose(host), whose_it_is, "{host}");
        }
        assert!(is_machine("v.westus.cloudapp.azure.com") && is_machine("V.Cloudapp.Net."));
        assert!(!is_machine("notcloudapp.net") && !is_machine("management.azure.com"));
    }
}
