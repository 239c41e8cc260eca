//! What the options of `vm endpoint acl-rule` mean.

use std::net::Ipv4Addr;

/// The last place among the rules.
const LAST_ORDER: u32 = 65_535;
/// The longest description, in characters.
const LONGEST_DESCRIPTION: usize = 255;

/// Why the options make no sense; the words are the old CLI's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AclError {
    /// The place among the rules is none.
    #[error("{0} must be an integer in the range [0, {LAST_ORDER}]")]
    Order(&'static str),
    /// There is no action.
    #[error("action value is required, permit or deny")]
    NoAction,
    /// The action is none.
    #[error("valid values for <action> are permit or deny")]
    Action,
    /// The subnet has no prefix.
    #[error("the paramater <remote-subnet> should be in cidr format, ipv4/cidr")]
    NotCidr,
    /// The prefix of the subnet is none.
    #[error("cidr part {0} should be a number in the range [0, 32] in paramater <remote-subnet>")]
    Prefix(String),
    /// The address of the subnet is none.
    #[error("the ip address part {0} is invalid in paramater <remote-subnet>")]
    Address(String),
    /// The description is too long.
    #[error("the maximum length of the parameter --description is {LONGEST_DESCRIPTION}")]
    Description,
}

/// Reads a place among the rules.
pub fn order(text: &str, argument: &'static str) -> Result<u32, AclError> {
    text.trim()
        .parse()
        .ok()
        .filter(|order| *order <= LAST_ORDER)
        .ok_or(AclError::Order(argument))
}

/// Reads an action, however it is spelled.
pub fn action(text: Option<&str>) -> Result<String, AclError> {
    let action = text.ok_or(AclError::NoAction)?.to_ascii_lowercase();
    if ["permit", "deny"].contains(&action.as_str()) {
        Ok(action)
    } else {
        Err(AclError::Action)
    }
}

/// Reads a subnet, as address and prefix; leading zeros of the address are decimal.
pub fn remote_subnet(text: &str) -> Result<String, AclError> {
    let (address, prefix) = text
        .split_once('/')
        .filter(|(_, prefix)| !prefix.contains('/'))
        .ok_or(AclError::NotCidr)?;
    let prefix: u32 = prefix
        .parse()
        .ok()
        .filter(|prefix| *prefix <= 32)
        .ok_or_else(|| AclError::Prefix(prefix.to_owned()))?;
    let address: Ipv4Addr =
        super::vnet::address(address, "").map_err(|_| AclError::Address(address.to_owned()))?;
    Ok(format!("{address}/{prefix}"))
}

/// Reads a description.
pub fn description(text: &str) -> Result<String, AclError> {
    let text = text.trim();
    if text.chars().count() > LONGEST_DESCRIPTION {
        return Err(AclError::Description);
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_among_the_rules_is_a_number_of_sixteen_bits() {
        assert_eq!(order("0", "<order>"), Ok(0));
        assert_eq!(order("65535", "<order>"), Ok(65_535));
        for text in ["65536", "-1", "1.5", "x", ""] {
            assert_eq!(order(text, "<order>"), Err(AclError::Order("<order>")));
        }
    }

    #[test]
    fn a_subnet_is_an_address_and_a_prefix() {
        assert_eq!(remote_subnet("010.0.0.1/08").as_deref(), Ok("10.0.0.1/8"));
        assert_eq!(remote_subnet("0.0.0.0/0").as_deref(), Ok("0.0.0.0/0"));
        assert_eq!(remote_subnet("10.0.0.1"), Err(AclError::NotCidr));
        assert_eq!(remote_subnet("10.0.0.1/8/9"), Err(AclError::NotCidr));
        assert_eq!(
            remote_subnet("10.0.0.1/33"),
            Err(AclError::Prefix("33".to_owned()))
        );
        assert_eq!(
            remote_subnet("10.0.0.256/8"),
            Err(AclError::Address("10.0.0.256".to_owned()))
        );
    }

    #[test]
    fn an_action_is_one_of_two() {
        assert_eq!(action(Some("Permit")).as_deref(), Ok("permit"));
        assert_eq!(action(Some("allow")), Err(AclError::Action));
        assert_eq!(action(None), Err(AclError::NoAction));
    }
}
