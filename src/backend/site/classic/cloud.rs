//! The clouds that speak the same protocol, each with endpoints and names of its own.

/// One of the provider's clouds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cloud {
    /// What the CLI calls it.
    pub name: &'static str,
    /// The host of its management endpoint.
    pub management: &'static str,
    /// The domain of the names of cloud services.
    pub domain: &'static str,
}

/// The public cloud, whose names stand for those of an endpoint that nobody knows.
pub const PUBLIC_CLOUD: Cloud = Cloud {
    name: "AzureCloud",
    management: "management.core.windows.net",
    domain: "cloudapp.net",
};

const ALL: [Cloud; 4] = [
    PUBLIC_CLOUD,
    Cloud {
        name: "AzureChinaCloud",
        management: "management.core.chinacloudapi.cn",
        domain: "chinacloudapp.cn",
    },
    Cloud {
        name: "AzureUSGovernment",
        management: "management.core.usgovcloudapi.net",
        domain: "usgovcloudapp.net",
    },
    Cloud {
        name: "AzureGermanCloud",
        management: "management.core.cloudapi.de",
        domain: "azurecloudapp.de",
    },
];

impl Cloud {
    /// All clouds that everybody knows.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.into_iter()
    }

    /// The cloud that the CLI calls so.
    pub fn named(name: &str) -> Option<Self> {
        Self::all().find(|cloud| cloud.name.eq_ignore_ascii_case(name))
    }

    /// Where its publish settings were to be had, as far as the old CLI knew.
    pub fn publish_settings_page(self) -> Option<&'static str> {
        match self.name {
            "AzureCloud" => Some("http://go.microsoft.com/fwlink/?LinkId=254432"),
            "AzureChinaCloud" => Some("http://go.microsoft.com/fwlink/?LinkID=301774"),
            _ => None,
        }
    }

    /// Is there a cloud that the CLI calls so?
    pub fn is_known(name: &str) -> bool {
        Self::named(name).is_some()
    }

    /// The cloud whose management endpoint is at `host`.
    pub fn at(host: &str) -> Option<Self> {
        let host = host.trim_end_matches('.');
        ALL.into_iter()
            .find(|cloud| cloud.management.eq_ignore_ascii_case(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_tells_the_cloud() {
        let china = Cloud::at("management.core.ChinaCloudAPI.cn").unwrap();

        assert_eq!(
            (china.name, china.domain),
            ("AzureChinaCloud", "chinacloudapp.cn")
        );
        assert_eq!(Cloud::at("127.0.0.1"), None);
    }
}
