//! What a client needs to be let in: the simulator's CA, a management certificate, and the
//! `.publishsettings` that carries both.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::net::IpAddr;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use pfx::{Cipher, Contents, EmptyPassword, Password};
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, RsaKeySize,
};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use simulation::Clock;
use simulation::chance::dashed;
use x509_parser::prelude::FromDer as _;

use crate::thumbprint::thumbprint;
use crate::world::SubscriptionId;

/// What lies in a folder of credentials.
pub(crate) const CA: &str = "ca.pem";
pub(crate) const CA_KEY: &str = "ca-key.pem";
pub(crate) const MANAGEMENT: &str = "management.pem";
pub(crate) const PUBLISH_SETTINGS: &str = "fake-azure.publishsettings";

/// Why credentials could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CredentialsError {
    /// A file could not be read or written.
    #[error("`{}` cannot be {verb}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// `read` or `written`.
        verb: &'static str,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Another simulator has the folder.
    #[error("`{}` belongs to another simulator that is running: end that one, or name another folder", folder.display())]
    Held {
        /// The folder.
        folder: PathBuf,
    },
    /// Some of the files are there and some are not.
    #[error("`{}` is missing beside `{}`: put it back, or take the other away to have all made anew", missing.display(), there.display())]
    Incomplete {
        /// The file that is not there.
        missing: PathBuf,
        /// A file that is.
        there: PathBuf,
    },
    /// A file does not hold what its name says.
    #[error("`{}` is not usable: {reason}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A key or certificate could not be made.
    #[error("a certificate could not be made")]
    Making(#[from] rcgen::Error),
    /// The PKCS#12 file could not be made.
    #[error("the management certificate could not be packed")]
    Packing(#[from] pfx::Error),
}

/// The simulator's CA and the management certificate of its subscriptions.
#[derive(Clone)]
pub struct Credentials {
    ca: String,
    ca_key: String,
    certificate: String,
    key: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("thumbprint", &self.thumbprint())
            .finish_non_exhaustive()
    }
}

/// The certificate and key with which the management endpoint serves.
#[derive(Debug)]
pub(crate) struct ServerIdentity {
    pub(crate) chain: Vec<CertificateDer<'static>>,
    pub(crate) key: PrivateKeyDer<'static>,
}

impl Credentials {
    /// Makes new ones.
    ///
    /// The management key is RSA-2048, the one kind that the old CLI reads; it takes some
    /// tenths of a second, so tests that start many simulators may share one value.
    pub fn generate() -> Result<Self, CredentialsError> {
        let validity = Validity::at(&Clock::real());
        let ca_key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut ca = params("fake-azure", validity);
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca = ca.self_signed(&ca_key)?;
        let key = KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048)?;
        let mut management = params("fake-azure management", validity);
        management.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let management = management.self_signed(&key)?;
        Ok(Self {
            ca: ca.pem(),
            ca_key: ca_key.serialize_pem(),
            certificate: management.pem(),
            key: key.serialize_pem(),
        })
    }

    /// Reads those in a folder, or makes new ones there when it has none.
    pub fn open(folder: &Path) -> Result<Self, CredentialsError> {
        let paths = [CA, CA_KEY, MANAGEMENT].map(|name| folder.join(name));
        let there: Vec<&PathBuf> = paths.iter().filter(|path| path.exists()).collect();
        match (there.first(), paths.iter().find(|path| !path.exists())) {
            (None, _) => {
                let made = Self::generate()?;
                made.save(folder)?;
                Ok(made)
            }
            (Some(there), Some(missing)) => Err(CredentialsError::Incomplete {
                missing: missing.clone(),
                there: (*there).clone(),
            }),
            (Some(_), None) => Self::load(&paths),
        }
    }

    fn load([ca, ca_key, management]: &[PathBuf; 3]) -> Result<Self, CredentialsError> {
        let read = |path: &PathBuf| {
            std::fs::read_to_string(path).map_err(|source| CredentialsError::File {
                path: path.clone(),
                verb: "read",
                source,
            })
        };
        let unusable = |path: &PathBuf, reason: String| CredentialsError::Unusable {
            path: path.clone(),
            reason,
        };
        let both = read(management)?;
        let parts =
            pem::parse_many(&both).map_err(|error| unusable(management, error.to_string()))?;
        let part = |label: &str| {
            parts
                .iter()
                .find(|part| part.tag().ends_with(label))
                .map(|part| {
                    let lines = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
                    pem::encode_config(part, lines)
                })
        };
        let loaded = Self {
            ca: read(ca)?,
            ca_key: read(ca_key)?,
            certificate: part("CERTIFICATE")
                .ok_or_else(|| unusable(management, "it holds no certificate".to_owned()))?,
            key: part("PRIVATE KEY")
                .ok_or_else(|| unusable(management, "it holds no private key".to_owned()))?,
        };
        let der = CertificateDer::from_pem_slice(loaded.ca.as_bytes())
            .map_err(|_| unusable(ca, "it is not a certificate in PEM".to_owned()))?;
        let (_, parsed) = x509_parser::certificate::X509Certificate::from_der(&der)
            .map_err(|error| unusable(ca, error.to_string()))?;
        if !parsed.validity().is_valid() {
            return Err(unusable(
                ca,
                "it has expired; take the folder's files away to have all made anew".to_owned(),
            ));
        }
        loaded
            .issuer()
            .map_err(|error| unusable(ca_key, error.to_string()))?;
        CertificateDer::from_pem_slice(loaded.certificate.as_bytes())
            .map_err(|_| unusable(management, "its certificate is not in PEM".to_owned()))?;
        Ok(loaded)
    }

    /// Writes CA, CA key and management certificate into a folder, readable by its owner alone.
    pub fn save(&self, folder: &Path) -> Result<(), CredentialsError> {
        private_folder(folder)?;
        write_private(&folder.join(CA), self.ca.as_bytes())?;
        write_private(&folder.join(CA_KEY), self.ca_key.as_bytes())?;
        write_private(&folder.join(MANAGEMENT), self.management_pem().as_bytes())
    }

    /// The CA's certificate in PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca
    }

    /// The management certificate in PEM, its key behind it. A secret.
    pub fn management_pem(&self) -> String {
        format!("{}{}", self.certificate, self.key)
    }

    /// The management certificate's thumbprint.
    pub fn thumbprint(&self) -> String {
        thumbprint(&self.certificate_der())
    }

    /// The management certificate in DER, without its key.
    pub(crate) fn certificate_der(&self) -> Vec<u8> {
        der_of(&self.certificate)
    }

    /// The subscription that is this management certificate's when nobody says otherwise;
    /// made from its thumbprint, so that it stays the same with the same credentials.
    pub fn subscription_id(&self) -> SubscriptionId {
        let digits = self.thumbprint().to_ascii_lowercase();
        SubscriptionId::new(&dashed(&digits[..32]))
    }

    /// A certificate for the management endpoint, signed by the CA.
    pub(crate) fn issue_server(
        &self,
        addresses: &[IpAddr],
        validity: Validity,
    ) -> Result<ServerIdentity, CredentialsError> {
        let mut names: Vec<String> = vec![
            "localhost".to_owned(),
            "management.core.windows.net".to_owned(),
        ];
        names.extend(addresses.iter().map(IpAddr::to_string));
        self.issue(names, "fake-azure management endpoint", validity)
    }

    /// A certificate for a server of these names, signed by the CA.
    pub(crate) fn issue(
        &self,
        names: Vec<String>,
        title: &str,
        validity: Validity,
    ) -> Result<ServerIdentity, CredentialsError> {
        let issuer = self.issuer()?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
        let mut server = CertificateParams::new(names)?;
        dress(&mut server, title, validity);
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        server.use_authority_key_identifier_extension = true;
        let certificate = server.signed_by(&key, &issuer)?;
        let key = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        Ok(ServerIdentity {
            chain: vec![certificate.der().clone()],
            key,
        })
    }

    /// The `.publishsettings` (schema 2.0) for these subscriptions at this endpoint. A secret.
    ///
    /// The PKCS#12 inside has a zero-length password and a MAC, 3DES throughout: what the old
    /// CLI's own decoder, OpenSSL 3 and Python all read.
    pub(crate) fn publish_settings(
        &self,
        url: &str,
        subscriptions: &[(SubscriptionId, String)],
    ) -> Result<String, CredentialsError> {
        let key = PrivateKeyDer::from_pem_slice(self.key.as_bytes())
            .map_err(|_| rcgen::Error::CouldNotParseKeyPair)?;
        let contents = Contents {
            key: key.secret_der().to_vec().into(),
            certificates: vec![self.certificate_der()],
        };
        let packed = pfx::write(
            &contents,
            Password::Empty(EmptyPassword::ZeroLength),
            Cipher::TripleDes,
        )?;
        let (packed, ca) = (STANDARD.encode(packed), STANDARD.encode(der_of(&self.ca)));
        let mut text = String::from(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<PublishData>\n  <PublishProfile SchemaVersion=\"2.0\" PublishMethod=\"AzureServiceManagementAPI\">\n",
        );
        for (id, name) in subscriptions {
            let name = quick_xml::escape::escape(name.as_str());
            // Writing into a string cannot fail.
            write!(
                text,
                "    <Subscription\n      ServiceManagementUrl=\"{url}\"\n      Id=\"{id}\"\n      Name=\"{name}\"\n      ManagementCertificate=\"{packed}\"\n      FakeAzureCertificateAuthority=\"{ca}\" />\n"
            )
            .ok();
        }
        text += "  </PublishProfile>\n</PublishData>\n";
        Ok(text)
    }

    fn issuer(&self) -> Result<Issuer<'static, KeyPair>, rcgen::Error> {
        Issuer::from_ca_cert_pem(&self.ca, KeyPair::from_pem(&self.ca_key)?)
    }
}

/// Where a running simulator's credentials lie.
#[derive(Debug)]
pub(crate) struct CredentialFiles {
    pub(crate) publish_settings: PathBuf,
    pub(crate) ca: PathBuf,
    pub(crate) management: PathBuf,
}

impl CredentialFiles {
    pub(crate) fn write(
        folder: &Path,
        credentials: Option<&Credentials>,
        publish_settings: &str,
    ) -> Result<Self, CredentialsError> {
        if let Some(credentials) = credentials {
            credentials.save(folder)?;
        }
        let files = Self {
            publish_settings: folder.join(PUBLISH_SETTINGS),
            ca: folder.join(CA),
            management: folder.join(MANAGEMENT),
        };
        write_private(&files.publish_settings, publish_settings.as_bytes())?;
        Ok(files)
    }
}

/// When certificates are good.
///
/// Clients go by the machine's time, engines by the simulator's, which may have been advanced: from
/// a day before the earlier of the two, since clocks differ, until ten years after the later.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Validity {
    from: Timestamp,
    until: Timestamp,
}

impl Validity {
    pub(crate) fn at(clock: &Clock) -> Self {
        let moved = |moment: Timestamp, days: i64| {
            let by = SignedDuration::from_hours(24 * days);
            moment.checked_add(by).unwrap_or(moment)
        };
        Self {
            from: moved(clock.earliest(), -1),
            until: moved(clock.latest(), 3650),
        }
    }
}

fn params(name: &str, validity: Validity) -> CertificateParams {
    let mut params = CertificateParams::default();
    dress(&mut params, name, validity);
    params
}

/// Gives a certificate its time and its name.
pub(crate) fn dress(params: &mut CertificateParams, name: &str, validity: Validity) {
    let at = |moment: Timestamp| {
        time::OffsetDateTime::from_unix_timestamp(moment.as_second())
            .unwrap_or(time::OffsetDateTime::UNIX_EPOCH)
    };
    params.not_before = at(validity.from);
    params.not_after = at(validity.until);
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
}

fn der_of(pem: &str) -> Vec<u8> {
    CertificateDer::from_pem_slice(pem.as_bytes())
        .map(|der| der.to_vec())
        .unwrap_or_default()
}

/// Makes a folder that its owner alone may look into.
pub(crate) fn private_folder(folder: &Path) -> Result<(), CredentialsError> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|source| CredentialsError::File {
            path: folder.to_owned(),
            verb: "written",
            source,
        })
}

/// Writes beside the file and renames, readable by its owner alone.
///
/// The disk is not waited for, which can take longer than all else at a start: credentials that
/// the machine's own fall has damaged are told so, and made anew at no cost.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> Result<(), CredentialsError> {
    let failed = |source| CredentialsError::File {
        path: path.to_owned(),
        verb: "written",
        source,
    };
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.as_file()
        .set_permissions(std::fs::Permissions::from_mode(0o600))
        .map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
