//! The clouds, each with its Resource Manager and its authority.

use serde::{Deserialize, Serialize};

/// Where a cloud is asked, and who vouches for those who ask.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cloud {
    /// What it is called.
    pub name: String,
    /// Where Resource Manager is.
    pub resource_manager: String,
    /// Where the authority is; tenants are below it.
    pub authority: String,
    /// What tokens are to be good for.
    pub audience: String,
}

/// A cloud that everybody knows.
struct Known {
    name: &'static str,
    resource_manager: &'static str,
    authority: &'static str,
    domain: &'static str,
}

const PUBLIC: Known = Known {
    name: "AzureCloud",
    resource_manager: "https://management.azure.com/",
    authority: "https://login.microsoftonline.com/",
    domain: "cloudapp.azure.com",
};

const KNOWN: [Known; 3] = [
    PUBLIC,
    Known {
        name: "AzureChinaCloud",
        resource_manager: "https://management.chinacloudapi.cn/",
        authority: "https://login.chinacloudapi.cn/",
        domain: "cloudapp.chinacloudapi.cn",
    },
    Known {
        name: "AzureUSGovernment",
        resource_manager: "https://management.usgovcloudapi.net/",
        authority: "https://login.microsoftonline.us/",
        domain: "cloudapp.usgovcloudapi.net",
    },
];

impl Cloud {
    /// The public cloud.
    pub fn public() -> Self {
        Self::of(&PUBLIC)
    }

    /// The cloud that everybody calls so.
    pub fn named(name: &str) -> Option<Self> {
        KNOWN
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(name))
            .map(Self::of)
    }

    fn of(known: &Known) -> Self {
        Self {
            name: known.name.to_owned(),
            resource_manager: known.resource_manager.to_owned(),
            authority: known.authority.to_owned(),
            audience: known.resource_manager.to_owned(),
        }
    }

    /// The domain in which its locations' names lie. Those of a cloud that nobody knows are taken
    /// for the public one's.
    pub fn domain(&self) -> &'static str {
        KNOWN
            .iter()
            .find(|known| known.name.eq_ignore_ascii_case(&self.name))
            .map_or(PUBLIC.domain, |known| known.domain)
    }

    /// What a token has to be asked for.
    pub fn scope(&self) -> String {
        format!("{}/.default", self.audience.trim_end_matches('/'))
    }
}
