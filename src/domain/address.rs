//! Names in the addresses that a cloud tells.

/// The host in an address such as `http://web.cloud.example/`, in lower case; none when it is no
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
    fn an_address_tells_a_name_or_nothing() {
        assert_eq!(
            host_of("http://Web.cloud.example/").as_deref(),
            Some("web.cloud.example")
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
