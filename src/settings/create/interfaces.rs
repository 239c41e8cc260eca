//! The list of further network interfaces.

use super::CreateSettingsError;
use crate::backend::site::classic::Interface;

/// Reads `NAME:SUBNET[:STATIC-IP[:NSG[:IP-FORWARDING]]]`, separated by commas.
pub(super) fn parse(text: &str) -> Result<Vec<Interface>, CreateSettingsError> {
    text.split(',')
        .filter(|definition| !definition.trim().is_empty())
        .map(one)
        .collect()
}

fn one(definition: &str) -> Result<Interface, CreateSettingsError> {
    let wrong = || CreateSettingsError::Interface(definition.to_owned());
    let parts: Vec<&str> = definition.trim().split(':').collect();
    let part = |n: usize| parts.get(n).copied().filter(|part| !part.is_empty());
    if parts.len() > 5 {
        return Err(wrong());
    }
    Ok(Interface {
        name: part(0).ok_or_else(wrong)?.to_owned(),
        subnet: part(1).ok_or_else(wrong)?.to_owned(),
        static_address: part(2).map(str::parse).transpose().map_err(|_| wrong())?,
        security_group: part(3).map(str::to_owned),
        forwards: match part(4).map(str::to_ascii_lowercase).as_deref() {
            None => None,
            Some("enabled" | "true") => Some(true),
            Some("disabled" | "false") => Some(false),
            Some(_) => return Err(wrong()),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_may_be_left_out_from_the_end_or_left_empty() {
        let read = parse("nic1:front,nic2:back::guard:Enabled").unwrap();

        assert_eq!(read[0].security_group, None);
        assert_eq!(read[1].security_group.as_deref(), Some("guard"));
        assert_eq!(read[1].forwards, Some(true));
    }

    #[test]
    fn a_name_without_a_subnet_is_refused() {
        assert!(parse("nic1").is_err());
        assert!(parse("nic1:front:not-an-address").is_err());
    }
}
