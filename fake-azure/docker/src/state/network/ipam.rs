//! The addresses that a network was asked to have, and what can be wrong with them.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::state::null::nullable;
use crate::state::subnet::{Family, Subnet};

/// Who gives a network's addresses, and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ipam {
    /// The driver; `default` when empty.
    #[serde(deserialize_with = "nullable")]
    pub driver: String,
    /// Its options.
    pub options: Option<BTreeMap<String, String>>,
    /// The subnets.
    pub config: Option<Vec<IpamConfig>>,
}

/// A subnet, as it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct IpamConfig {
    /// All addresses.
    #[serde(
        deserialize_with = "nullable",
        skip_serializing_if = "String::is_empty"
    )]
    pub subnet: String,
    /// The addresses that are given to those who ask for none.
    #[serde(
        rename = "IPRange",
        deserialize_with = "nullable",
        skip_serializing_if = "String::is_empty"
    )]
    pub ip_range: String,
    /// The way out.
    #[serde(
        deserialize_with = "nullable",
        skip_serializing_if = "String::is_empty"
    )]
    pub gateway: String,
    /// Addresses that others have, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auxiliary_addresses: Option<BTreeMap<String, String>>,
}

impl IpamConfig {
    /// Its block, if it is one.
    pub fn block(&self) -> Option<Subnet> {
        self.subnet.parse().ok()
    }

    /// Its addresses that others have.
    pub fn others(&self) -> impl Iterator<Item = (&String, &String)> {
        self.auxiliary_addresses.iter().flatten()
    }
}

impl Ipam {
    /// The subnets that it was asked to have.
    pub fn subnets(&self) -> &[IpamConfig] {
        self.config.as_deref().unwrap_or_default()
    }

    /// The subnets of this version that it was asked to have.
    pub fn subnets_of(&self, family: Family) -> impl Iterator<Item = &IpamConfig> {
        self.subnets()
            .iter()
            .filter(move |config| config.block().is_some_and(|block| block.family() == family))
    }

    /// Says all that is wrong with it, in the engine's words.
    ///
    /// # Errors
    /// The sentence, of a line for each mistake.
    pub fn check(&self, with_ipv6: bool) -> Result<(), String> {
        let mut mistakes = Vec::new();
        for config in self.subnets() {
            mistakes.extend(mistakes_of(config, with_ipv6));
        }
        match joined(&mistakes) {
            Some(mistakes) => Err(format!("invalid network config:\n{mistakes}")),
            None => Ok(()),
        }
    }
}

/// Writes mistakes as the engine does: one as it is, several as a list.
pub(crate) fn joined(mistakes: &[String]) -> Option<String> {
    match mistakes {
        [] => None,
        [one] => Some(one.clone()),
        several => {
            let items = several.iter().map(|item| item.replace('\n', "\n\t"));
            Some(format!("* {}", items.collect::<Vec<_>>().join("\n* ")))
        }
    }
}

fn mistakes_of(config: &IpamConfig, with_ipv6: bool) -> Vec<String> {
    let Ok(subnet) = config.subnet.parse::<Subnet>() else {
        let words = format!(
            "invalid subnet {}: invalid CIDR block notation",
            config.subnet
        );
        return vec![words];
    };
    if !with_ipv6 && subnet.family() == Family::V6 {
        return Vec::new();
    }
    let mut mistakes = Vec::new();
    if subnet != subnet.masked() {
        let right = subnet.masked();
        mistakes.push(format!("invalid subnet {subnet}: it should be {right}"));
    }
    mistakes.extend(mistakes_of_range(&config.ip_range, subnet));
    if let Err(why) = is_of(&config.gateway, subnet) {
        mistakes.push(format!("invalid gateway {}: {why}", config.gateway));
    }
    for (name, address) in config.others() {
        if let Err(why) = is_of(address, subnet) {
            mistakes.push(format!("invalid auxiliary address {name}: {why}"));
        }
    }
    mistakes
}

fn mistakes_of_range(text: &str, subnet: Subnet) -> Vec<String> {
    if text.is_empty() {
        return Vec::new();
    }
    let wrong = |why: String| format!("invalid ip-range {text}: {why}");
    let Ok(range) = text.parse::<Subnet>() else {
        return vec![wrong("invalid CIDR block notation".to_owned())];
    };
    if range.family() != subnet.family() {
        let family = subnet.family();
        return vec![wrong(format!("parent subnet is an {family} block"))];
    }
    let mut mistakes = Vec::new();
    if range.prefix() < subnet.prefix() {
        mistakes.push(wrong(format!(
            "CIDR block is bigger than its parent subnet {subnet}"
        )));
    }
    if range != range.masked() {
        mistakes.push(wrong(format!("it should be {}", range.masked())));
    }
    if !subnet.overlaps(range) {
        mistakes.push(wrong(format!(
            "parent subnet {subnet} doesn't contain ip-range"
        )));
    }
    mistakes
}

/// Whether a text is an address of a subnet; nothing is not wrong.
fn is_of(text: &str, subnet: Subnet) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let address: IpAddr = text.parse().map_err(|_| "invalid address".to_owned())?;
    if Family::of(address) != subnet.family() {
        return Err(format!("parent subnet is an {} block", subnet.family()));
    }
    if !subnet.contains(address) {
        return Err(format!(
            "parent subnet {subnet} doesn't contain this address"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistakes(config: &serde_json::Value) -> String {
        let ipam = serde_json::json!({"Config": [config]});
        let ipam: Ipam = serde_json::from_value(ipam).unwrap();
        ipam.check(true).unwrap_err()
    }

    #[test]
    fn each_mistake_has_its_sentence() {
        for (config, words) in [
            (
                serde_json::json!({"Subnet": "x"}),
                "invalid subnet x: invalid CIDR block notation",
            ),
            (
                serde_json::json!({}),
                "invalid subnet : invalid CIDR block notation",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.7/24"}),
                "invalid subnet 10.9.0.7/24: it should be 10.9.0.0/24",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "Gateway": "10.8.0.1"}),
                "invalid gateway 10.8.0.1: parent subnet 10.9.0.0/24 doesn't contain this address",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "Gateway": "fd00::1"}),
                "invalid gateway fd00::1: parent subnet is an IPv4 block",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "Gateway": "gate"}),
                "invalid gateway gate: invalid address",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "IPRange": "10.9.0.0"}),
                "invalid ip-range 10.9.0.0: invalid CIDR block notation",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "IPRange": "fd00::/64"}),
                "invalid ip-range fd00::/64: parent subnet is an IPv4 block",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "IPRange": "10.9.0.0/16"}),
                "invalid ip-range 10.9.0.0/16: CIDR block is bigger than its parent subnet 10.9.0.0/24",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "IPRange": "10.9.0.5/28"}),
                "invalid ip-range 10.9.0.5/28: it should be 10.9.0.0/28",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "IPRange": "10.8.0.0/28"}),
                "invalid ip-range 10.8.0.0/28: parent subnet 10.9.0.0/24 doesn't contain ip-range",
            ),
            (
                serde_json::json!({"Subnet": "10.9.0.0/24", "AuxiliaryAddresses": {"a": "10.8.0.1"}}),
                "invalid auxiliary address a: parent subnet 10.9.0.0/24 doesn't contain this address",
            ),
        ] {
            assert_eq!(
                mistakes(&config),
                format!("invalid network config:\n{words}")
            );
        }
    }

    #[test]
    fn several_mistakes_are_a_list() {
        assert_eq!(
            mistakes(&serde_json::json!({"Subnet": "10.9.0.7/24", "Gateway": "x"})),
            "invalid network config:\n* invalid subnet 10.9.0.7/24: it should be 10.9.0.0/24\n* invalid gateway x: invalid address"
        );
    }

    #[test]
    fn subnets_of_ipv6_do_not_matter_where_there_is_none() {
        let ipam: Ipam = serde_json::from_value(
            serde_json::json!({"Config": [{"Subnet": "fd00::7/64"}], "Driver": null}),
        )
        .unwrap();
        assert_eq!(ipam.check(false), Ok(()));
        assert!(ipam.check(true).is_err());
    }
}
