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
pub const PUBLIC: Cloud = Cloud {
    name: "AzureCloud",
    management: "management.core.windows.net",
    domain: "cloudapp.net",
};

const ALL: [Cloud; 4] = [
    PUBLIC,
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

/// The host in an address such as `http://web.cloudapp.net/`, in lower case; none when it is no
/// host's name.
pub fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    (host.len() <= 253 && host.contains('.') && host.split('.').all(is_label))
        .then(|| host.to_ascii_lowercase())
}

/// The domain under which the cloud service called `service` has its name, in the address of its
/// deployment.
pub fn domain_of(url: &str, service: &str) -> Option<String> {
    let host = host_of(url)?;
    let (name, domain) = host.split_once('.')?;
    name.eq_ignore_ascii_case(service)
        .then(|| domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployments_address_tells_the_domain() {
        assert_eq!(
            domain_of("http://Web.cloud.example/", "web").as_deref(),
            Some("cloud.example")
        );
        for url in ["http://0f3a.cloud.example/", "http://web/", ""] {
            assert_eq!(domain_of(url, "web"), None, "{url}");
        }
    }

    #[test]
    fn an_endpoint_tells_the_cloud() {
        let china = Cloud::at("management.core.ChinaCloudAPI.cn").unwrap();

        assert_eq!(
            (china.name, china.domain),
            ("AzureChinaCloud", "chinacloudapp.cn")
        );
        assert_eq!(Cloud::at("127.0.0.1"), None);
    }

    #[test]
    fn an_address_tells_a_name_or_nothing() {
        assert_eq!(
            host_of("http://Web.chinacloudapp.cn/").as_deref(),
            Some("web.chinacloudapp.cn")
        );
        for url in [
            "",
            "http://",
            "web",
            "http://a b.net/",
            "http://-a.net",
            "http://a..net/",
            "x;reboot.net",
        ] {
            assert_eq!(host_of(url), None, "{url}");
        }
    }
}
