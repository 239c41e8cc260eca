//! What tells hosts apart.

/// What a host goes by: its name and, where its cloud has resource groups, the one that it is in. Hosts
/// of one name may be in several.
#[derive(Debug, Clone, Copy)]
pub struct HostKey<'a> {
    /// The host's name.
    pub host: &'a str,
    /// Its resource group.
    pub group: Option<&'a str>,
}

impl HostKey<'_> {
    /// Whether both are the same host's: names have no case.
    pub fn is(&self, other: &HostKey<'_>) -> bool {
        self.is_beside(other) && self.host.eq_ignore_ascii_case(other.host)
    }

    /// Whether both are in one resource group, or in one cloud that has none.
    pub fn is_beside(&self, other: &HostKey<'_>) -> bool {
        match (self.group, other.group) {
            (Some(group), Some(other)) => group.eq_ignore_ascii_case(other),
            (None, None) => true,
            _ => false,
        }
    }
}

impl<'a> From<&'a str> for HostKey<'a> {
    /// The key of a host in a cloud without groups.
    fn from(host: &'a str) -> Self {
        Self { host, group: None }
    }
}
