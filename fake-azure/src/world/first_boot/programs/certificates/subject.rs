//! Names of subjects: `/C=US/O=Me/CN=host`.

use rcgen::{DistinguishedName, DnType};

use super::Failed;
use super::configuration::Configuration;

/// The name that `-subj` says.
pub(super) fn of_text(text: &str) -> Result<DistinguishedName, Failed> {
    let rest = text.strip_prefix('/').ok_or_else(|| {
        "req: subject name is expected to be in the format /type0=value0/type1=value1/type2=... \
         where characters may be escaped by \\. This name is not in that format"
            .to_owned()
    })?;
    let mut name = DistinguishedName::new();
    for part in parts(rest) {
        let Some((kind, value)) = part.split_once('=') else {
            return Err(format!(
                "req: Hit end of string before finding the '=' in \"{part}\""
            ));
        };
        push(&mut name, kind.trim(), value)?;
    }
    Ok(name)
}

/// The parts of a name between slashes and pluses that are not escaped.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        let last = parts.len() - 1;
        match letter {
            '\\' => parts[last].extend(letters.next()),
            '/' => parts.push(String::new()),
            letter => parts[last].push(letter),
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The name that a configuration without questions says.
pub(super) fn of_configuration(
    configuration: &Configuration,
) -> Option<Result<DistinguishedName, Failed>> {
    let asks = configuration.value("req", "prompt").unwrap_or("yes");
    let section = configuration.value("req", "distinguished_name")?;
    let entries = configuration.section(section)?;
    let mut name = DistinguishedName::new();
    let is_asked = !asks.eq_ignore_ascii_case("no");
    for (kind, value) in entries {
        let kind = kind.split_once('.').map_or(kind.as_str(), |(_, kind)| kind);
        // With questions the entries are their words, and the answers stand beside.
        let kind = match (is_asked, kind.strip_suffix("_default")) {
            (true, Some(kind)) => kind,
            (true, None) => continue,
            (false, _) => kind,
        };
        if let Err(why) = push(&mut name, kind, value) {
            return Some(Err(why));
        }
    }
    (!is_asked).then_some(Ok(name))
}

fn push(name: &mut DistinguishedName, kind: &str, value: &str) -> Result<(), Failed> {
    let known = match kind {
        "CN" | "commonName" => DnType::CommonName,
        "C" | "countryName" => DnType::CountryName,
        "ST" | "S" | "stateOrProvinceName" => DnType::StateOrProvinceName,
        "L" | "localityName" => DnType::LocalityName,
        "O" | "organizationName" => DnType::OrganizationName,
        "OU" | "organizationalUnitName" => DnType::OrganizationalUnitName,
        "emailAddress" => DnType::from_oid(&[1, 2, 840, 113_549, 1, 9, 1]),
        "DC" | "domainComponent" => DnType::from_oid(&[0, 9, 2342, 19_200_300, 100, 1, 25]),
        "UID" | "userId" => DnType::from_oid(&[0, 9, 2342, 19_200_300, 100, 1, 1]),
        "SN" | "surname" => DnType::from_oid(&[2, 5, 4, 4]),
        "GN" | "givenName" => DnType::from_oid(&[2, 5, 4, 42]),
        "serialNumber" => DnType::from_oid(&[2, 5, 4, 5]),
        "title" => DnType::from_oid(&[2, 5, 4, 12]),
        _ => {
            return Err(format!(
                "req: Skipping unknown subject name attribute \"{kind}\""
            ));
        }
    };
    if !value.is_empty() {
        name.push(known, value);
    }
    Ok(())
}
