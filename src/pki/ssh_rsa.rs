//! An `ssh-rsa` public key in the form that the service takes keys in: a certificate.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{
    CertificateParams, DistinguishedName, DnType, Issuer, KeyPair, PKCS_ECDSA_P256_SHA256,
    SubjectPublicKeyInfo,
};

/// Why a key cannot be wrapped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SshRsaError {
    /// The line is no `ssh-rsa` public key.
    #[error("it is not an ssh-rsa public key")]
    NotAKey,
    /// The certificate cannot be made.
    #[error("a certificate cannot be made for the key")]
    Making(#[from] rcgen::Error),
}

/// Whether the line is an `ssh-rsa` public key, as `ssh-keygen -t rsa` writes it, of 1024 bits or more.
pub fn is_public_key(line: &str) -> bool {
    line.trim_start().starts_with("ssh-rsa ") && numbers(line).is_some()
}

/// Wraps the public key into a certificate in PEM.
///
/// A throw-away key signs it, since the owner's private key is not at hand: the machine takes
/// the public key out of the certificate and never looks who signed (0.10 did the same).
pub fn certificate(line: &str) -> Result<String, SshRsaError> {
    let (exponent, modulus) = numbers(line).ok_or(SshRsaError::NotAKey)?;
    let subject = SubjectPublicKeyInfo::from_der(&subject_public_key_info(&modulus, &exponent))
        .map_err(|_| SshRsaError::NotAKey)?;
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, "ssh");
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    let issuer = Issuer::new(
        params.clone(),
        KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?,
    );
    Ok(params
        .signed_by(&subject, &issuer)?
        .pem()
        .replace("\r\n", "\n"))
}

/// The line of `authorized_keys` for a `SubjectPublicKeyInfo` in DER; none when it is no RSA key.
pub fn line(public_key: &[u8], comment: &str) -> Option<String> {
    use x509_parser::prelude::FromDer as _;
    use x509_parser::public_key::PublicKey;
    use x509_parser::x509::SubjectPublicKeyInfo as Parsed;

    let (_, parsed) = Parsed::from_der(public_key).ok()?;
    let PublicKey::RSA(key) = parsed.parsed().ok()? else {
        return None;
    };
    let mut blob = Vec::new();
    for part in [&b"ssh-rsa"[..], key.exponent, key.modulus] {
        blob.extend_from_slice(&u32::try_from(part.len()).ok()?.to_be_bytes());
        blob.extend_from_slice(part);
    }
    Some(format!("ssh-rsa {} {comment}", STANDARD.encode(blob)))
}

/// Exponent and modulus (RFC 4253, 6.6): three strings, each behind its length in four bytes.
fn numbers(line: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let encoded = line.split_ascii_whitespace().nth(1)?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let mut rest = bytes.as_slice();
    let mut next = || {
        let (length, behind) = rest.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
        let (text, behind) = behind.split_at_checked(length)?;
        rest = behind;
        Some(text.to_vec())
    };
    let (kind, exponent, modulus) = (next()?, next()?, next()?);
    let whole =
        kind == b"ssh-rsa" && rest.is_empty() && !exponent.is_empty() && modulus.len() >= 128;
    whole.then_some((exponent, modulus))
}

/// `SubjectPublicKeyInfo` of an RSA key (RFC 8017, A.1.1).
fn subject_public_key_info(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    /// `rsaEncryption` with its NULL parameters.
    const RSA: &[u8] = &[
        0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00,
    ];
    let key = element(
        0x30,
        &[element(0x02, modulus), element(0x02, exponent)].concat(),
    );
    let bits = element(0x03, &[&[0], key.as_slice()].concat());
    element(0x30, &[RSA, &bits].concat())
}

/// A DER element: tag, length, content. The numbers of ssh are those of DER already: big
/// endian, a zero before a set top bit.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    let length = content.len().to_be_bytes();
    let digits = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    match digits {
        [] => out.push(0),
        [short] if *short < 0x80 => out.push(*short),
        long => {
            out.push(0x80 | u8::try_from(long.len()).unwrap_or_default());
            out.extend(long);
        }
    }
    out.extend(content);
    out
}

#[cfg(test)]
mod tests {
    use rcgen::PublicKeyData as _;
    use x509_parser::prelude::FromDer as _;

    use super::*;

    /// A line for the public key of a pair.
    fn line_of(pair: &KeyPair) -> String {
        let spki = pair.subject_public_key_info();
        let (_, parsed) = x509_parser::x509::SubjectPublicKeyInfo::from_der(&spki).unwrap();
        let Ok(x509_parser::public_key::PublicKey::RSA(key)) = parsed.parsed() else {
            panic!("an RSA key");
        };
        let mut blob = Vec::new();
        for part in [b"ssh-rsa".as_slice(), key.exponent, key.modulus] {
            blob.extend(u32::try_from(part.len()).unwrap().to_be_bytes());
            blob.extend(part);
        }
        format!("ssh-rsa {} me@here\n", STANDARD.encode(blob))
    }

    #[test]
    fn the_certificate_holds_the_very_key() {
        let pair = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let line = line_of(&pair);
        assert!(is_public_key(&line));
        let der = pem::parse(certificate(&line).unwrap()).unwrap();
        let (_, parsed) =
            x509_parser::certificate::X509Certificate::from_der(der.contents()).unwrap();
        assert_eq!(parsed.public_key().raw, pair.subject_public_key_info());
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "ssh-rsa",
            "ssh-rsa %",
            "ssh-rsa AAAAB3NzaC1yc2E=",
            "ssh-ed25519 AAAA",
            "",
        ] {
            assert!(
                matches!(certificate(text), Err(SshRsaError::NotAKey)),
                "{text}"
            );
        }
    }

    #[test]
    fn a_line_comes_back_from_its_certificate() {
        let pair = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256).unwrap();
        let line = line(
            &rcgen::PublicKeyData::subject_public_key_info(&pair),
            "me@here",
        )
        .unwrap();
        assert!(is_public_key(&line) && line.ends_with(" me@here"), "{line}");
        let pem = certificate(&line).unwrap();
        let again = crate::pki::certificate::Certificate::from_pem(pem.as_bytes()).unwrap();
        assert_eq!(super::line(again.public_key(), "me@here"), Some(line));
    }
}
