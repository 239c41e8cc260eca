//! The look at a folder, and what follows from it.

use std::fmt;
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::pair::{FoundPair, Leaf, Pair};
use super::problem::CertFolderError;
use super::warning::{NoTlsVerify, Warning};
use crate::domain::ServiceName;
use crate::pki::certificate::Certificate;
use crate::pki::private_key::PrivateKey;

/// The folder, before it is looked into.
#[derive(Debug)]
pub struct CertFolder;

/// What will be done in the folder; nothing has been done yet.
#[derive(Debug)]
pub struct CertPlan {
    pub(super) folder: PathBuf,
    pub(super) folder_is_new: bool,
    pub(super) authority_at: Pair,
    pub(super) authority: Authority,
    pub(super) server_at: Pair,
    pub(super) server: Leaf,
    pub(super) client_at: Pair,
    pub(super) client: Leaf,
    host: ServiceName,
    domain: String,
    is_own: bool,
    pub(super) address: Option<IpAddr>,
    pub(super) common_name: Option<String>,
    pub(super) now: Timestamp,
    pub(super) tls_verify: Result<(), NoTlsVerify>,
    pub(super) good_for_localhost: bool,
    pub(super) warnings: Vec<Warning>,
}

/// The authority's pair.
#[derive(Debug)]
pub(super) enum Authority {
    Make,
    Use {
        text: String,
        certificate: Certificate,
        key: Option<PrivateKey>,
    },
}

/// What will be done with one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Planned {
    /// Used as it is.
    Use(PathBuf),
    /// Made.
    Make(PathBuf),
    /// Renamed, because it expired or is for another address.
    Rename {
        /// Its name.
        from: PathBuf,
        /// Its name to be.
        to: PathBuf,
    },
}

impl fmt::Display for Planned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Use(file) => write!(f, "use `{}`", file.display()),
            Self::Make(file) => write!(f, "make `{}`", file.display()),
            Self::Rename { from, to } => {
                write!(f, "rename `{}` to `{}`", from.display(), to.display())
            }
        }
    }
}

impl CertFolder {
    /// Reads the folder at `path` and decides what to do for `host` of the cloud whose public names
    /// lie in `domain`; changes nothing.
    pub fn look(
        path: &Path,
        host: &ServiceName,
        domain: &str,
        now: Timestamp,
    ) -> Result<CertPlan, CertFolderError> {
        look(path, host, domain, false, now)
    }

    /// The same, for a server whose certificate is for `host` alone and lies in files of its own,
    /// named after it.
    pub fn look_for_own(
        path: &Path,
        host: &ServiceName,
        domain: &str,
        now: Timestamp,
    ) -> Result<CertPlan, CertFolderError> {
        look(path, host, domain, true, now)
    }
}

fn look(
    path: &Path,
    host: &ServiceName,
    domain: &str,
    is_own: bool,
    now: Timestamp,
) -> Result<CertPlan, CertFolderError> {
    let folder_is_new = !is_folder(path)?;
    let authority = Pair::new(path, "ca-key.pem", "ca.pem").find()?;
    let server = if is_own {
        own_pair(path, host, domain)?
    } else {
        server_pair(path, host, domain)?
    };
    let client = Pair::new(path, "key.pem", "cert.pem").find()?;

    let warnings = [&authority, &server, &client]
        .into_iter()
        .filter_map(|pair| pair.key.as_ref())
        .filter(|key| key.is_open_to_others)
        .map(|key| Warning::OpenToOthers(key.path.clone()))
        .collect();
    let mut plan = CertPlan {
        folder: path.to_owned(),
        folder_is_new,
        authority: judge_authority(&authority, [&server, &client], now)?,
        authority_at: authority.at.clone(),
        server: Leaf::Make,
        server_at: server.at.clone(),
        client: Leaf::Make,
        client_at: client.at.clone(),
        host: host.clone(),
        domain: domain.to_owned(),
        is_own,
        address: None,
        common_name: None,
        now,
        tls_verify: Ok(()),
        good_for_localhost: true,
        warnings,
    };
    if let Authority::Use { certificate, .. } = &plan.authority {
        let authority = (plan.authority_at.certificate.as_path(), certificate);
        plan.server = server.judge(authority, now)?;
        plan.client = client.judge(authority, now)?;
    }
    plan.refuse_without_authority_key()?;
    plan.judge_names(host);
    Ok(plan)
}

fn is_folder(path: &Path) -> Result<bool, CertFolderError> {
    match fs::metadata(path) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(CertFolderError::NotAFolder(path.to_owned())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // A link that leads nowhere is in the folder's place, too. A folder came between the looks.
            match fs::symlink_metadata(path) {
                Ok(metadata) if metadata.is_dir() => Ok(true),
                Ok(_) => Err(CertFolderError::NotAFolder(path.to_owned())),
                Err(_) => Ok(false),
            }
        }
        Err(source) => Err(CertFolderError::FolderUnreadable {
            folder: path.to_owned(),
            source,
        }),
    }
}

/// Finds the pair of this host alone.
fn own_pair(folder: &Path, host: &ServiceName, domain: &str) -> Result<FoundPair, CertFolderError> {
    let name = format!("{host}.{domain}").to_ascii_lowercase();
    let key = format!("{name}-server-key.pem");
    Pair::new(folder, &key, &format!("{name}-server-cert.pem")).find()
}

/// Finds the server's pair: the common one or, as the later old CLI named it, this host's own.
///
/// A whole pair wins over a part, and the common one over the host's.
fn server_pair(
    folder: &Path,
    host: &ServiceName,
    domain: &str,
) -> Result<FoundPair, CertFolderError> {
    // The later old CLI puts the DNS name into the file's, as it was typed.
    let mut pairs = Vec::new();
    for prefix in [
        String::new(),
        format!("{host}-"),
        format!("{host}.{domain}-"),
    ] {
        let key = format!("{prefix}server-key.pem");
        let certificate = format!("{prefix}server-cert.pem");
        pairs.push(Pair::new(folder, &key, &certificate).find()?);
    }
    let chosen = pairs
        .iter()
        .position(FoundPair::is_whole)
        .or_else(|| pairs.iter().position(|pair| !pair.is_empty()))
        .unwrap_or(0);
    Ok(pairs.swap_remove(chosen))
}

fn judge_authority(
    pair: &FoundPair,
    leaves: [&FoundPair; 2],
    now: Timestamp,
) -> Result<Authority, CertFolderError> {
    let Some(found) = &pair.certificate else {
        let beside: Vec<_> = [pair]
            .into_iter()
            .chain(leaves)
            .flat_map(FoundPair::present)
            .collect();
        if beside.is_empty() {
            return Ok(Authority::Make);
        }
        return Err(CertFolderError::NoAuthority {
            missing: pair.at.certificate.clone(),
            beside,
        });
    };
    let certificate = found.certificate()?;
    let key = pair
        .key
        .as_ref()
        .map(|key| {
            let private = key.authority_key()?;
            if private.public_key() == certificate.public_key() {
                Ok(private)
            } else {
                Err(CertFolderError::OtherKey {
                    key: key.path.clone(),
                    certificate: found.path.clone(),
                })
            }
        })
        .transpose()?;
    if now > certificate.ends() {
        return Err(CertFolderError::AuthorityExpired {
            file: found.path.clone(),
            ended: certificate.ends(),
        });
    }
    if now < certificate.begins() {
        return Err(CertFolderError::NotYetValid {
            file: found.path.clone(),
            begins: certificate.begins(),
        });
    }
    Ok(Authority::Use {
        text: found.certificates(),
        certificate,
        key,
    })
}

impl CertPlan {
    /// Wishes a common name for the server, which is used only if its certificate is made.
    #[must_use]
    pub fn with_common_name(mut self, name: Option<String>) -> Self {
        self.common_name = name;
        self
    }

    /// Puts the public address into the server's certificate, too, if that is made. One of the host's
    /// own that is for another address, which a host of its name had before, is made anew where the
    /// authority's key is at hand.
    pub fn with_address(mut self, address: Option<IpAddr>) -> Result<Self, CertFolderError> {
        self.address = address;
        let can_sign = matches!(self.authority, Authority::Use { key: Some(_), .. });
        if let Some(address) = address.filter(|_| self.is_own && can_sign) {
            let server = std::mem::replace(&mut self.server, Leaf::Make);
            self.server = server.for_address(address, &self.server_at, self.now)?;
        }
        Ok(self)
    }

    /// The name in the server's certificate: the host's, or one for all of the domain.
    pub(super) fn server_name(&self) -> String {
        if self.is_own {
            format!("{}.{}", self.host, self.domain).to_ascii_lowercase()
        } else {
            format!("*.{}", self.domain)
        }
    }

    /// Returns what will be done, file by file.
    pub fn will(&self) -> impl Iterator<Item = Planned> {
        let authority = match &self.authority {
            Authority::Make => vec![
                Planned::Make(self.authority_at.key.clone()),
                Planned::Make(self.authority_at.certificate.clone()),
            ],
            Authority::Use { key, .. } => key
                .iter()
                .map(|_| Planned::Use(self.authority_at.key.clone()))
                .chain([Planned::Use(self.authority_at.certificate.clone())])
                .collect(),
        };
        authority
            .into_iter()
            .chain(leaf_will(&self.server, &self.server_at))
            .chain(leaf_will(&self.client, &self.client_at))
    }

    /// Returns the certificate folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Will all be used as it is, so that carrying out changes nothing?
    pub fn is_whole(&self) -> bool {
        !matches!(self.authority, Authority::Make)
            && self.server.is_whole()
            && self.client.is_whole()
    }

    /// Will the server's certificate be made?
    pub fn makes_server(&self) -> bool {
        !self.server.is_whole()
    }

    /// Returns what works, but not as well as it might.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Looks at the folder as it is now, with the same wishes.
    pub(super) fn look_again(&self) -> Result<Self, CertFolderError> {
        let plan = look(
            &self.folder,
            &self.host,
            &self.domain,
            self.is_own,
            self.now,
        )?;
        plan.with_common_name(self.common_name.clone())
            .with_address(self.address)
    }

    fn refuse_without_authority_key(&self) -> Result<(), CertFolderError> {
        let Authority::Use { key: None, .. } = self.authority else {
            return Ok(());
        };
        let needed_for: Vec<_> = self
            .will()
            .filter_map(|planned| match planned {
                Planned::Make(file) => Some(file),
                _ => None,
            })
            .collect();
        if needed_for.is_empty() {
            return Ok(());
        }
        Err(CertFolderError::NoAuthorityKey {
            missing: self.authority_at.key.clone(),
            authority: self.authority_at.certificate.clone(),
            needed_for,
        })
    }

    fn judge_names(&mut self, host: &ServiceName) {
        let (
            Leaf::Use { certificate, .. },
            Authority::Use {
                certificate: ca, ..
            },
        ) = (&self.server, &self.authority)
        else {
            return;
        };
        let host = format!("{host}.{}", self.domain);
        self.tls_verify = if !certificate.has_names() {
            Err(NoTlsVerify::NoNames)
        } else if certificate.is_for_host(&host) {
            Ok(())
        } else {
            Err(NoTlsVerify::OtherNames { host })
        };
        self.good_for_localhost = certificate.is_for_address(Ipv4Addr::LOCALHOST.into());
        if let Err(why) = &self.tls_verify {
            self.warnings.push(Warning::TlsVerifyFails {
                certificate: self.server_at.certificate.clone(),
                why: why.clone(),
            });
        }
        if certificate.has_subject_of(ca) {
            let file = self.server_at.certificate.clone();
            self.warnings.push(Warning::SubjectOfAuthority(file));
        }
    }
}

fn leaf_will(leaf: &Leaf, at: &Pair) -> Vec<Planned> {
    let (key, certificate) = (at.key.clone(), at.certificate.clone());
    match leaf {
        Leaf::Make => vec![Planned::Make(key), Planned::Make(certificate)],
        Leaf::Use { .. } => vec![Planned::Use(key), Planned::Use(certificate)],
        Leaf::Certify { aside, .. } => {
            let rename = aside.as_ref().map(|to| Planned::Rename {
                from: certificate.clone(),
                to: to.clone(),
            });
            [Planned::Use(key)]
                .into_iter()
                .chain(rename)
                .chain([Planned::Make(certificate)])
                .collect()
        }
    }
}
