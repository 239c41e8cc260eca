//! How resources are told from each other: by group, kind and name, without case.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::kind::Kind;
use crate::world::SubscriptionId;
use crate::world::names::Name;

/// A resource of its own within a subscription, as it is found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Key {
    pub(crate) group: Name,
    pub(crate) kind: Kind,
    pub(crate) name: Name,
}

/// A resource as somebody names it: with the case that was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Path {
    pub(crate) group: String,
    pub(crate) kind: Kind,
    /// Its name; of a child the parent's.
    pub(crate) name: String,
    /// A child's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) child: Option<String>,
}

/// A resource identifier that somebody wrote, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ResourceId {
    pub(crate) subscription: SubscriptionId,
    pub(crate) path: Path,
    /// What of the resource it names, e.g. `ipConfigurations/ip`.
    pub(crate) part: Vec<String>,
}

impl Key {
    pub(crate) fn new(group: &str, kind: Kind, name: &str) -> Self {
        Self {
            group: Name::from(group),
            kind,
            name: Name::from(name),
        }
    }
}

impl Path {
    /// The resource of its own that it names, or that the child is part of.
    pub(crate) fn key(&self) -> Key {
        Key::new(
            &self.group,
            self.kind.parent().unwrap_or(self.kind),
            &self.name,
        )
    }

    /// The last of its names.
    pub(crate) fn last(&self) -> &str {
        self.child.as_deref().unwrap_or(&self.name)
    }

    /// All of its names, e.g. `vm/extension`.
    pub(crate) fn names(&self) -> String {
        match &self.child {
            None => self.name.clone(),
            Some(child) => format!("{}/{child}", self.name),
        }
    }

    /// The path of what it is part of, where it is a child.
    pub(crate) fn parent(&self) -> Option<Self> {
        Some(Self {
            kind: self.kind.parent()?,
            child: None,
            ..self.clone()
        })
    }

    /// A child of it.
    pub(crate) fn child(&self, kind: Kind, name: &str) -> Self {
        Self {
            kind,
            child: Some(name.to_owned()),
            ..self.clone()
        }
    }

    /// The whole identifier.
    pub(crate) fn id(&self, subscription: &SubscriptionId) -> String {
        let mut id = format!(
            "/subscriptions/{subscription}/resourceGroups/{}/providers/{}",
            self.group,
            self.kind.namespace()
        );
        let names = [Some(self.name.as_str()), self.child.as_deref()];
        for (word, name) in self.kind.words().iter().zip(names.into_iter().flatten()) {
            id.push('/');
            id.push_str(word);
            id.push('/');
            id.push_str(name);
        }
        id
    }
}

impl fmt::Display for Path {
    /// `Microsoft.Compute/virtualMachines/v`, as errors call it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.full(), self.names())
    }
}

impl ResourceId {
    /// The resource that this text names, if it is one of a kind that is modelled.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let mut words = text.strip_prefix('/')?.split('/').filter(|w| !w.is_empty());
        let mut word = |expected: &str| {
            let is_so = words.next()?.eq_ignore_ascii_case(expected);
            is_so.then(|| words.next()).flatten()
        };
        let subscription = SubscriptionId::new(word("subscriptions")?);
        let group = word("resourceGroups")?.to_owned();
        let namespace = word("providers")?;
        let rest: Vec<&str> = words.collect();
        let pairs: Vec<&[&str]> = rest.chunks_exact(2).collect();
        if pairs.len() * 2 != rest.len() {
            return None;
        }
        // The longest kind that fits; what comes after it is a part.
        let (count, kind) = (1..=pairs.len().min(2)).rev().find_map(|count| {
            let words: Vec<&str> = pairs[..count].iter().map(|pair| pair[0]).collect();
            let kind = Kind::of(namespace, &words)?;
            Some((count, kind))
        })?;
        let path = Path {
            group,
            kind,
            name: pairs[0][1].to_owned(),
            child: (count == 2).then(|| pairs[1][1].to_owned()),
        };
        let part = rest[count * 2..].iter().map(|w| (*w).to_owned()).collect();
        Some(Self {
            subscription,
            path,
            part,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_taken_apart_without_case_and_written_in_the_services_own() {
        let text = "/SUBSCRIPTIONS/S/resourcegroups/G/Providers/microsoft.network/virtualnetworks/v/subnets/s";
        let id = ResourceId::read(text).unwrap();
        assert_eq!(id.path.kind, Kind::Subnet);
        assert_eq!(
            id.path.id(&id.subscription),
            "/subscriptions/s/resourceGroups/G/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
        );
        assert_eq!(id.path.key(), Key::new("g", Kind::VirtualNetwork, "V"));
        let nic = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/networkInterfaces/n/ipConfigurations/ip";
        let id = ResourceId::read(nic).unwrap();
        assert_eq!(id.path.kind, Kind::Interface);
        assert_eq!(id.part, ["ipConfigurations", "ip"]);
    }

    #[test]
    fn what_is_no_identifier_is_none() {
        for text in [
            "",
            "v",
            "/subscriptions/s",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachines",
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.Moon/rocks/r",
        ] {
            assert_eq!(ResourceId::read(text), None, "{text}");
        }
    }
}
