//! Extensions of certificates, as configurations and `-addext` write them.

use std::net::IpAddr;

use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, KeyUsagePurpose, SanType,
};

use super::Failed;
use super::configuration::Configuration;

/// Puts extensions into what a certificate will be.
pub(super) fn put(
    params: &mut CertificateParams,
    entries: &[(String, String)],
    configuration: &Configuration,
) -> Result<(), Failed> {
    for (name, value) in entries {
        let bad = || format!("Error in extension {name}: {value}");
        // Sections of a request have other things in them.
        let name = name.split('.').next_back().unwrap_or(name);
        let words = words(value);
        match name {
            "subjectAltName" => {
                params.subject_alt_names = alternatives(&words, configuration).ok_or_else(bad)?;
            }
            "extendedKeyUsage" => {
                let purposes = words
                    .iter()
                    .map(|word| purpose(word))
                    .collect::<Option<_>>();
                params.extended_key_usages = purposes.ok_or_else(bad)?;
            }
            "keyUsage" => {
                let usages = words.iter().map(|word| usage(word)).collect::<Option<_>>();
                params.key_usages = usages.ok_or_else(bad)?;
            }
            "basicConstraints" => params.is_ca = constraints(&words).ok_or_else(bad)?,
            "authorityKeyIdentifier" => params.use_authority_key_identifier_extension = true,
            "subjectKeyIdentifier"
            | "nsCertType"
            | "nsComment"
            | "issuerAltName"
            | "crlDistributionPoints"
            | "authorityInfoAccess"
            | "certificatePolicies" => {}
            _ => return Err(bad()),
        }
    }
    Ok(())
}

/// The words of a value, but for the one that says that it is critical.
fn words(value: &str) -> Vec<&str> {
    let words = value.split(',').map(str::trim);
    words
        .filter(|word| !word.is_empty() && *word != "critical")
        .collect()
}

fn alternatives(words: &[&str], configuration: &Configuration) -> Option<Vec<SanType>> {
    let mut all = Vec::new();
    for word in words {
        if let Some(section) = word.strip_prefix('@') {
            for (kind, value) in configuration.section(section)? {
                let kind = kind.split('.').next().unwrap_or(kind);
                all.push(alternative(kind, value)?);
            }
        } else {
            let (kind, value) = word.split_once(':')?;
            if kind == "email" && value == "copy" {
                continue;
            }
            all.push(alternative(kind, value)?);
        }
    }
    Some(all)
}

fn alternative(kind: &str, value: &str) -> Option<SanType> {
    let value = value.trim();
    Some(match kind.trim() {
        "DNS" => SanType::DnsName(value.try_into().ok()?),
        "IP" => SanType::IpAddress(value.parse::<IpAddr>().ok()?),
        "URI" => SanType::URI(value.try_into().ok()?),
        "email" => SanType::Rfc822Name(value.try_into().ok()?),
        _ => return None,
    })
}

fn purpose(word: &str) -> Option<ExtendedKeyUsagePurpose> {
    Some(match word {
        "serverAuth" => ExtendedKeyUsagePurpose::ServerAuth,
        "clientAuth" => ExtendedKeyUsagePurpose::ClientAuth,
        "codeSigning" => ExtendedKeyUsagePurpose::CodeSigning,
        "emailProtection" => ExtendedKeyUsagePurpose::EmailProtection,
        "timeStamping" => ExtendedKeyUsagePurpose::TimeStamping,
        "OCSPSigning" => ExtendedKeyUsagePurpose::OcspSigning,
        "anyExtendedKeyUsage" => ExtendedKeyUsagePurpose::Any,
        number => {
            let parts = number.split('.').map(|part| part.parse::<u64>().ok());
            let parts: Vec<u64> = parts.collect::<Option<_>>()?;
            match parts.as_slice() {
                [1, 3, 6, 1, 5, 5, 7, 3, 1] => ExtendedKeyUsagePurpose::ServerAuth,
                [1, 3, 6, 1, 5, 5, 7, 3, 2] => ExtendedKeyUsagePurpose::ClientAuth,
                [_, _, ..] => ExtendedKeyUsagePurpose::Other(parts),
                _ => return None,
            }
        }
    })
}

fn usage(word: &str) -> Option<KeyUsagePurpose> {
    Some(match word {
        "digitalSignature" => KeyUsagePurpose::DigitalSignature,
        "nonRepudiation" | "contentCommitment" => KeyUsagePurpose::ContentCommitment,
        "keyEncipherment" => KeyUsagePurpose::KeyEncipherment,
        "dataEncipherment" => KeyUsagePurpose::DataEncipherment,
        "keyAgreement" => KeyUsagePurpose::KeyAgreement,
        "keyCertSign" => KeyUsagePurpose::KeyCertSign,
        "cRLSign" => KeyUsagePurpose::CrlSign,
        "encipherOnly" => KeyUsagePurpose::EncipherOnly,
        "decipherOnly" => KeyUsagePurpose::DecipherOnly,
        _ => return None,
    })
}

fn constraints(words: &[&str]) -> Option<IsCa> {
    let mut is_ca = IsCa::ExplicitNoCa;
    for word in words {
        let (name, value) = word.split_once(':')?;
        match (name.trim(), value.trim()) {
            ("CA", value) if value.eq_ignore_ascii_case("true") => {
                is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            }
            ("CA", value) if value.eq_ignore_ascii_case("false") => {}
            ("pathlen", value) => {
                let length = value.parse().ok()?;
                if let IsCa::Ca(_) = is_ca {
                    is_ca = IsCa::Ca(BasicConstraints::Constrained(length));
                }
            }
            _ => return None,
        }
    }
    Some(is_ca)
}
