//! The certificate that proves who we are to the management service.

use std::fmt;

use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use zeroize::Zeroizing;

/// A management certificate with its key; its `Debug` output shows nothing of the key.
#[derive(Clone, PartialEq, Eq)]
pub struct ManagementIdentity {
    key: Zeroizing<Vec<u8>>,
    certificates: Vec<Vec<u8>>,
}

/// Why a `.publishsettings` file's certificate cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// It is not base64.
    #[error("the management certificate is not base64")]
    NotBase64(#[source] base64::DecodeError),
    /// It is not a PKCS#12 file that opens without a password.
    #[error("the management certificate cannot be read")]
    NotReadable(#[source] pfx::Error),
}

impl ManagementIdentity {
    /// Reads the base64 of a PKCS#12 file without a password, in either kind of emptiness.
    pub fn from_base64(text: &str) -> Result<Self, IdentityError> {
        use base64::Engine as _;
        use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

        const LENIENT: GeneralPurpose = GeneralPurpose::new(
            &base64::alphabet::STANDARD,
            GeneralPurposeConfig::new()
                .with_decode_padding_mode(DecodePaddingMode::Indifferent)
                .with_decode_allow_trailing_bits(true),
        );
        // Files that went through a mail or an editor have their lines folded.
        let joined: Zeroizing<String> = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect::<String>()
            .into();
        let file = LENIENT
            .decode(joined.as_bytes())
            .map(Zeroizing::new)
            .map_err(IdentityError::NotBase64)?;
        Self::from_pfx(&file, "")
    }

    /// Reads a PKCS#12 file.
    pub fn from_pfx(file: &[u8], password: &str) -> Result<Self, IdentityError> {
        let contents = pfx::read(file, password).map_err(IdentityError::NotReadable)?;
        if contents.certificates.is_empty() {
            return Err(IdentityError::NotReadable(pfx::Error::NoCertificate));
        }
        Ok(Self {
            key: contents.key,
            certificates: contents.certificates,
        })
    }

    /// Returns the certificates in DER, the key's own first.
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }

    /// Returns the certificates as rustls takes them.
    pub fn chain(&self) -> Vec<CertificateDer<'static>> {
        self.certificates
            .iter()
            .map(|der| CertificateDer::from(der.clone()))
            .collect()
    }

    /// Returns the key as rustls takes it.
    pub fn key(&self) -> PrivateKeyDer<'static> {
        PrivatePkcs8KeyDer::from(self.key.to_vec()).into()
    }

    /// Returns key and certificates as one PEM text, for the profile.
    pub fn to_pem(&self) -> Zeroizing<String> {
        let lines = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        let key = pem::Pem::new("PRIVATE KEY", self.key.to_vec());
        let mut text = Zeroizing::new(pem::encode_config(&key, lines));
        for certificate in &self.certificates {
            let block = pem::Pem::new("CERTIFICATE", certificate.clone());
            text.push_str(&pem::encode_config(&block, lines));
        }
        text
    }
}

impl fmt::Debug for ManagementIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagementIdentity")
            .field("certificates", &self.certificates.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use pfx::{Cipher, EmptyPassword, Password};

    use super::*;

    fn contents() -> pfx::Contents {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/fake-azure/pfx/tests/data");
        pfx::Contents {
            key: std::fs::read(format!("{folder}/key.der")).unwrap().into(),
            certificates: vec![std::fs::read(format!("{folder}/cert.der")).unwrap()],
        }
    }

    #[test]
    fn both_kinds_of_empty_password_open_with_folded_lines_too() {
        for kind in [EmptyPassword::ZeroLength, EmptyPassword::TwoZeroBytes] {
            let file = pfx::write(&contents(), Password::Empty(kind), Cipher::TripleDes).unwrap();
            let text = BASE64_STANDARD.encode(file);
            let (first, second) = text.split_at(64);
            let folded = format!("\n  {first}\r\n  {second}\n");

            for text in [&text, &folded] {
                let identity = ManagementIdentity::from_base64(text).unwrap();
                assert_eq!(identity.certificates(), contents().certificates);
                assert!(!format!("{identity:?}").contains("key"));
            }
        }
    }

    #[test]
    fn what_is_no_certificate_is_told_apart() {
        let other = pfx::write(&contents(), Password::Text("x"), Cipher::TripleDes).unwrap();

        assert!(matches!(
            ManagementIdentity::from_base64("%%%"),
            Err(IdentityError::NotBase64(_))
        ));
        assert!(matches!(
            ManagementIdentity::from_base64(&BASE64_STANDARD.encode(other)),
            Err(IdentityError::NotReadable(pfx::Error::WrongPassword))
        ));
    }

    #[test]
    fn the_pem_text_holds_key_and_certificate() {
        let kind = Password::Empty(EmptyPassword::ZeroLength);
        let file = pfx::write(&contents(), kind, Cipher::Aes256).unwrap();
        let identity = ManagementIdentity::from_pfx(&file, "").unwrap();

        let text = identity.to_pem();
        let blocks = pem::parse_many(text.as_bytes()).unwrap();

        assert_eq!(blocks[0].tag(), "PRIVATE KEY");
        assert_eq!(blocks[1].contents(), contents().certificates[0]);
    }
}
