//! The service's things as the old CLI told programs of them, and as it read them from files.
//!
//! Its SDK named a field by its element, with a small first letter (`IPAddress` is `iPAddress`
//! there), and in the order in which the service has them. What differs stands in one table.

use std::borrow::Cow;

use serde_json::{Map, Value};

use crate::backend::service_management::{DecodeError, Shape, Source, Tag, Wire};

/// What is peculiar about a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Oddity {
    /// It has another name.
    Named(&'static str),
    /// It is not shown.
    Hidden,
    /// It is a number, if it looks like one: a port is sent as typed, so that the service judges it.
    Number,
    /// It is not shown when it is empty.
    Filled,
    /// It stands before the others.
    First,
}

use Oddity::{Filled, First, Hidden, Named, Number};

/// The odd fields, each by its type and its element; those of all types have none.
const ODDITIES: &[(&str, &str, Oddity)] = &[
    ("", "DiskLabel", Named("label")),
    ("", "DiskName", Named("name")),
    ("", "Lun", Named("logicalUnitNumber")),
    ("", "Url", Named("uri")),
    ("", "Vip", Named("virtualIPAddress")),
    ("ConfigurationSet", "SSH", Named("sshSettings")),
    ("Disk", "AttachedTo", Named("usageDetails")),
    ("Disk", "LogicalDiskSizeInGB", Named("logicalSizeInGB")),
    ("Disk", "MediaLink", Named("mediaLinkUri")),
    ("Disk", "OS", Named("operatingSystemType")),
    ("HostedService", "Deployments", Hidden),
    (
        "HostedService",
        "HostedServiceProperties",
        Named("properties"),
    ),
    ("InputEndpoint", "LocalPort", Number),
    ("InputEndpoint", "Port", Number),
    (
        "LoadBalancer",
        "FrontendIpConfiguration",
        Named("frontendIPConfiguration"),
    ),
    ("LocalNetworkSite", "AddressSpace", First),
    ("Networks", "LocalNetworkSites", Filled),
    ("OsDisk", "OS", Named("operatingSystem")),
    ("OsDiskConfiguration", "OS", Named("operatingSystem")),
    ("OsImage", "MediaLink", Named("mediaLinkUri")),
    ("OsImage", "OS", Named("operatingSystemType")),
    ("OsImage", "OSState", Hidden),
    ("OsImage", "PricingDetailLink", Named("pricingDetailUri")),
    ("Role", "OsVersion", Named("oSVersion")),
    (
        "ServiceCertificate",
        "CertificateUrl",
        Named("certificateUri"),
    ),
    ("StorageAccount", "ServiceName", Named("name")),
    (
        "StorageAccount",
        "StorageServiceProperties",
        Named("properties"),
    ),
    ("StorageKeys", "StorageServiceKeys", Hidden),
    (
        "StorageProperties",
        "StatusOfPrimary",
        Named("statusOfGeoPrimaryRegion"),
    ),
    (
        "StorageProperties",
        "StatusOfSecondary",
        Named("statusOfGeoSecondaryRegion"),
    ),
    ("VirtualIp", "IsReserved", Hidden),
    ("VirtualIp", "ReservedIPName", Hidden),
    ("VirtualNetwork", "Dns", Named("dnsServers")),
    ("VirtualNetworkSite", "DnsServersRef", Filled),
];

/// The types whose fields begin with a capital letter: those of the network configuration, which
/// the old CLI read without its SDK.
const CAPITAL: &[&str] = &[
    "NetworkConfiguration",
    "Networks",
    "Dns",
    "NameServer",
    "LocalNetworkSite",
    "VirtualNetworkSite",
    "SiteSubnet",
    "NameServerRef",
];

fn oddity(record: &str, tag: Tag) -> Option<Oddity> {
    let is_it = |row: &&(&str, &str, _)| (row.0.is_empty() || row.0 == record) && row.1 == tag.name;
    ODDITIES.iter().find(is_it).map(|row| row.2)
}

/// The name of a field of a `record`.
fn name(record: &str, tag: Tag) -> Cow<'static, str> {
    if let Some(Named(name)) = oddity(record, tag) {
        return Cow::Borrowed(name);
    }
    let (first, rest) = tag.name.split_at(1);
    Cow::Owned(if CAPITAL.contains(&record) {
        first.to_ascii_uppercase() + rest
    } else {
        first.to_ascii_lowercase() + rest
    })
}

/// What programs are told of `one`.
pub(super) fn json(one: &impl Wire) -> Value {
    shown(&one.shape())
}

/// What programs are told of several.
pub(super) fn list<'a, T: Wire + 'a>(all: impl IntoIterator<Item = &'a T>) -> Value {
    all.into_iter().map(json).collect()
}

fn shown(shape: &Shape<'_>) -> Value {
    match shape {
        Shape::Absent | Shape::Secret(_) => Value::Null,
        Shape::Text(text) | Shape::Markup(text) => Value::from(*text),
        Shape::Moment(moment) => Value::from(moment.to_string()),
        Shape::Number(number) => Value::from(*number),
        Shape::Flag(flag) => Value::from(*flag),
        Shape::Properties(all) => {
            let all = all.iter();
            all.map(|(name, value)| (name.clone(), Value::from(value.as_str())))
                .collect()
        }
        Shape::List(members) => members.iter().map(shown).collect(),
        Shape::Record(record, fields) => {
            let mut map = Map::new();
            for (tag, value) in fields {
                let value = field(oddity(record, *tag), value);
                let at = match oddity(record, *tag) {
                    Some(First) => 0,
                    _ => map.len(),
                };
                if let Some(value) = value {
                    map.shift_insert(at, name(record, *tag).into_owned(), value);
                }
            }
            Value::Object(map)
        }
    }
}

/// What is shown of a field, if anything is.
fn field(oddity: Option<Oddity>, shape: &Shape<'_>) -> Option<Value> {
    let value = shown(shape);
    match (oddity, value) {
        (Some(Hidden), _) | (_, Value::Null) => None,
        (Some(Filled), Value::Array(all)) if all.is_empty() => None,
        (Some(Number), Value::String(text)) => {
            let number = text.parse::<u64>().map(Value::from);
            Some(number.unwrap_or(Value::String(text)))
        }
        (_, value) => Some(value),
    }
}

/// A file of the old CLI, or one that was written after its example: a field may have the name of
/// its element, and what is empty is an empty text.
impl Source for Value {
    fn field(&self, record: &str, tag: Tag) -> Result<Option<&dyn Source>, DecodeError> {
        match self {
            Self::Object(map) => {
                let found = map.get(&*name(record, tag)).or_else(|| map.get(tag.name));
                let found = found.filter(|value| !value.is_null());
                Ok(found.map(|value| -> &dyn Source { value }))
            }
            Self::String(text) if text.is_empty() => Ok(None),
            other => Err(unexpected(other, "an object")),
        }
    }

    fn members(&self) -> Result<Vec<&dyn Source>, DecodeError> {
        let all: Vec<&Self> = match self {
            Self::Array(all) => all.iter().collect(),
            Self::Object(map) => map.values().collect(),
            Self::Null | Self::String(_) => Vec::new(),
            other => return Err(unexpected(other, "a list")),
        };
        Ok(all.into_iter().map(|one| -> &dyn Source { one }).collect())
    }

    fn text(&self) -> Cow<'_, str> {
        match self {
            Self::String(text) => Cow::Borrowed(text),
            Self::Number(_) | Self::Bool(_) => Cow::Owned(self.to_string()),
            Self::Null | Self::Array(_) | Self::Object(_) => Cow::Borrowed(""),
        }
    }
}

fn unexpected(found: &Value, wanted: &str) -> DecodeError {
    DecodeError::new(format_args!("there is `{found}` where {wanted} should be"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::service_management::decode;
    use crate::backend::service_management::read::{
        ConfigurationSet, DataDisk, DataDiskConfiguration, Disk, Dns, HostedService, InputEndpoint,
        LoadBalancer, LocalNetworkSite, NameServer, NameServerRef, NetworkConfiguration, Networks,
        OsDisk, OsDiskConfiguration, OsImage, Role, Secret, ServiceCertificate, SiteSubnet,
        StorageAccount, StorageKeys, StorageProperties, VirtualIp, VirtualNetwork,
        VirtualNetworkSite,
    };

    /// The types that have oddities, each with its elements.
    fn odd_types() -> Vec<(&'static str, Vec<&'static str>)> {
        macro_rules! all {
            ($($type:ident)*) => {
                vec![$(match $type::default().shape() {
                    Shape::Record(name, fields) => {
                        (name, fields.iter().map(|(tag, _)| tag.name).collect())
                    }
                    other => panic!("{other:?} is no record"),
                }),*]
            };
        }
        all! {
            ConfigurationSet DataDisk DataDiskConfiguration Disk Dns HostedService InputEndpoint
            LoadBalancer LocalNetworkSite NameServer NameServerRef NetworkConfiguration Networks
            OsDisk OsDiskConfiguration OsImage Role ServiceCertificate SiteSubnet StorageAccount
            StorageKeys StorageProperties VirtualIp VirtualNetwork VirtualNetworkSite
        }
    }

    #[test]
    fn every_oddity_is_one_of_a_field_that_is_there() {
        let types = odd_types();
        for (record, element, _) in ODDITIES {
            let mut able = types
                .iter()
                .filter(|(name, _)| record.is_empty() || name == record);
            assert!(
                able.any(|(_, elements)| elements.contains(element)),
                "{record} {element}"
            );
        }
        for record in CAPITAL {
            assert!(types.iter().any(|(name, _)| name == record), "{record}");
        }
    }

    #[test]
    fn a_port_is_a_number_where_it_can_be() {
        let endpoint = InputEndpoint {
            local_port: Some("22".to_owned()),
            port: Some("many".to_owned()),
            vip: Some("1.2.3.4".to_owned()),
            ..InputEndpoint::default()
        };

        assert_eq!(
            json(&endpoint).to_string(),
            r#"{"localPort":22,"port":"many","virtualIPAddress":"1.2.3.4"}"#
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let mut keys = StorageKeys::default();
        keys.keys.primary = Some(Secret::new("Pa$$w0rd1"));

        assert_eq!(json(&keys).to_string(), "{}");
        assert_eq!(json(&keys.keys).to_string(), "{}");
    }

    #[test]
    fn a_network_has_capital_letters_and_an_order_of_its_own() {
        let site = LocalNetworkSite {
            name: "l".to_owned(),
            address_space: vec!["10.0.0.0/8".to_owned()],
            vpn_gateway_address: Some("4.4.4.4".to_owned()),
        };

        assert_eq!(
            json(&site).to_string(),
            r#"{"AddressSpace":["10.0.0.0/8"],"VPNGatewayAddress":"4.4.4.4","Name":"l"}"#
        );
    }

    #[test]
    fn a_file_of_the_old_cli_can_be_read() {
        let text = r#"{"VirtualNetworkConfiguration":{"Dns":{"DnsServers":""},"VirtualNetworkSites":[{"AddressSpace":["10.0.0.0/8"],"Subnets":[{"AddressPrefix":"10.0.0.0/8","Name":"s"}],"Name":"v","AffinityGroup":"ag"}]}}"#;
        let file: Value = serde_json::from_str(text).unwrap();

        let read: NetworkConfiguration = decode(&file).unwrap();

        let site = &read.virtual_network_configuration.virtual_network_sites[0];
        assert_eq!(site.affinity_group.as_deref(), Some("ag"));
        assert_eq!(site.subnets[0].name, "s");
    }

    #[test]
    fn another_file_is_refused() {
        for text in [
            "5",
            "[]",
            "null",
            r#""a network""#,
            r#"{"VirtualNetworkConfiguration":true}"#,
            r#"{"VirtualNetworkConfiguration":{"VirtualNetworkSites":7}}"#,
        ] {
            let file: Value = serde_json::from_str(text).unwrap();

            assert!(decode::<NetworkConfiguration>(&file).is_err(), "{text}");
        }
    }
}
