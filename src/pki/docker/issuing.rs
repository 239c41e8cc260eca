//! Carries a plan out: all in memory, then all on disk, then all at once by name.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

use super::pair::{Leaf, Pair};
use super::plan::{Authority, CertPlan};
use super::problem::CertFolderError;
use super::set::DockerCertificates;
use crate::files::{self, Staged};
use crate::pki::authority::{self, CannotMake, Purpose, ServerNames};
use crate::pki::certificate::Certificate;
use crate::pki::private_key::PrivateKey;

/// A file to be made.
struct New {
    path: PathBuf,
    text: SecretString,
}

/// A leaf's pair as it will be.
struct LeafTexts {
    key: SecretString,
    certificate: String,
}

impl CertPlan {
    /// Makes what is to be made; what was there keeps every byte.
    pub fn carry_out(&self) -> Result<DockerCertificates, CertFolderError> {
        carry_out(self)
    }
}

/// Carries `plan` out. Others may make their first certificates in the same folder at this moment:
/// it is held meanwhile, and looked at once more.
fn carry_out(plan: &CertPlan) -> Result<DockerCertificates, CertFolderError> {
    if plan.is_whole() {
        return made(plan);
    }
    let mut folders = NewFolder::default();
    if plan.folder_is_new {
        files::make_folder(&plan.folder).map_err(cannot_write(&plan.folder))?;
        folders.0 = Some(&plan.folder);
    }
    let lock = files::lock(&plan.folder).map_err(cannot_write(&plan.folder))?;
    // What came meanwhile is used, if it can be; else what was shown is what is done, or refused.
    let result = match plan.look_again() {
        Ok(now) if !now.will().eq(plan.will()) => made(&now),
        Ok(_) | Err(_) => made(plan),
    };
    if result.is_ok() {
        folders.0 = None;
    }
    drop(lock);
    result
}

/// A folder that goes again unless something came to lie in it.
#[derive(Default)]
struct NewFolder<'a>(Option<&'a Path>);

impl Drop for NewFolder<'_> {
    fn drop(&mut self) {
        if let Some(folder) = self.0 {
            // Another's files keep it.
            drop(fs::remove_dir(folder));
        }
    }
}

fn made(plan: &CertPlan) -> Result<DockerCertificates, CertFolderError> {
    let mut new = Vec::new();
    let (ca_pem, certificate, key) = authority(plan, &mut new)?;
    let ca = key.as_deref().map(|key| (&*certificate, key));
    let server = leaf(
        plan,
        &plan.server,
        &plan.server_at,
        Purpose::Server,
        ca,
        &mut new,
    )?;
    let client = leaf(
        plan,
        &plan.client,
        &plan.client_at,
        Purpose::Client,
        ca,
        &mut new,
    )?;
    write(plan, &new)?;
    Ok(DockerCertificates {
        ca_pem,
        server_cert_pem: server.certificate,
        server_key_pem: server.key,
        client_cert_pem: client.certificate,
        client_key_pem: client.key,
        made: new.into_iter().map(|file| file.path).collect(),
        warnings: plan.warnings.clone(),
        tls_verify: plan.tls_verify.clone(),
        good_for_localhost: plan.good_for_localhost,
        ca_file: plan.authority_at.certificate.clone(),
        client_cert_file: plan.client_at.certificate.clone(),
        client_key_file: plan.client_at.key.clone(),
    })
}

type AuthorityTexts<'a> = (String, Cow<'a, Certificate>, Option<KeyOf<'a>>);

/// A key of the plan's, or a new one.
enum KeyOf<'a> {
    Found(&'a PrivateKey),
    Made(PrivateKey),
}

impl std::ops::Deref for KeyOf<'_> {
    type Target = PrivateKey;

    fn deref(&self) -> &PrivateKey {
        match self {
            Self::Found(key) => key,
            Self::Made(key) => key,
        }
    }
}

fn authority<'a>(
    plan: &'a CertPlan,
    new: &mut Vec<New>,
) -> Result<AuthorityTexts<'a>, CertFolderError> {
    match &plan.authority {
        Authority::Use {
            text,
            certificate,
            key,
        } => Ok((
            text.clone(),
            Cow::Borrowed(certificate),
            key.as_ref().map(KeyOf::Found),
        )),
        Authority::Make => {
            // Not encrypted: a pass phrase that stands in a program's source protects
            // nothing, and the file's mode keeps it as private as the other keys.
            let (key, key_text) = make_key(&plan.authority_at.key)?;
            let at = &plan.authority_at.certificate;
            let text = authority::make_authority(&key, plan.now).map_err(cannot_make(at))?;
            let certificate =
                Certificate::from_pem(text.as_bytes()).map_err(|why| unparsable(at, why))?;
            new.push(New {
                path: plan.authority_at.key.clone(),
                text: key_text,
            });
            new.push(New {
                path: at.clone(),
                text: text.clone().into(),
            });
            Ok((text, Cow::Owned(certificate), Some(KeyOf::Made(key))))
        }
    }
}

fn leaf(
    plan: &CertPlan,
    leaf: &Leaf,
    at: &Pair,
    purpose: Purpose,
    authority: Option<(&Certificate, &PrivateKey)>,
    new: &mut Vec<New>,
) -> Result<LeafTexts, CertFolderError> {
    let made;
    let (key, key_text) = match leaf {
        Leaf::Use {
            key_text,
            certificate_text,
            ..
        } => {
            return Ok(LeafTexts {
                key: key_text.clone(),
                certificate: certificate_text.clone(),
            });
        }
        Leaf::Certify { key, key_text, .. } => (key, key_text.clone()),
        Leaf::Make => {
            made = make_key(&at.key)?;
            new.push(New {
                path: at.key.clone(),
                text: made.1.clone(),
            });
            (&made.0, made.1.clone())
        }
    };
    // The look refuses to make anything without the authority's key.
    let authority = authority.ok_or_else(|| CertFolderError::NoAuthorityKey {
        missing: plan.authority_at.key.clone(),
        authority: plan.authority_at.certificate.clone(),
        needed_for: vec![at.certificate.clone()],
    })?;
    let first = plan.server_name();
    let names = ServerNames {
        first: &first,
        common_name: plan.common_name.as_deref(),
        address: plan.address,
    };
    let certificate = authority::make_leaf(purpose, key, names, authority, plan.now)
        .map_err(cannot_make(&at.certificate))?;
    new.push(New {
        path: at.certificate.clone(),
        text: certificate.clone().into(),
    });
    Ok(LeafTexts {
        key: key_text,
        certificate,
    })
}

fn make_key(at: &Path) -> Result<(PrivateKey, SecretString), CertFolderError> {
    let key = PrivateKey::generate()
        .map_err(CannotMake::from)
        .map_err(cannot_make(at))?;
    let text = key.to_pem().as_str().into();
    Ok((key, text))
}

fn cannot_make(at: &Path) -> impl FnOnce(CannotMake) -> CertFolderError {
    let file = at.to_owned();
    |source| CertFolderError::CannotMake { file, source }
}

fn unparsable(at: &Path, why: impl std::error::Error) -> CertFolderError {
    CertFolderError::Unparsable {
        file: at.to_owned(),
        why: why.to_string(),
    }
}

/// What was done, to be taken back if the rest fails.
#[derive(Default)]
struct Done<'a> {
    kept: Vec<PathBuf>,
    renamed: Vec<(&'a Path, &'a Path)>,
}

fn write(plan: &CertPlan, new: &[New]) -> Result<(), CertFolderError> {
    if new.is_empty() {
        return Ok(());
    }
    let mut done = Done::default();
    let written = write_all(plan, new, &mut done);
    if written.is_err() {
        done.take_back();
    }
    written
}

fn write_all<'a>(
    plan: &'a CertPlan,
    new: &[New],
    done: &mut Done<'a>,
) -> Result<(), CertFolderError> {
    // The bytes of all are on disk before the first gets its name, and the names follow each other
    // without a wait, so that next to nothing can come between a key and its certificate.
    let mut staged = Vec::new();
    for file in new {
        let text = file.text.expose_secret().as_bytes();
        staged.push(Staged::new(&file.path, text).map_err(cannot_write(&file.path))?);
    }
    for (leaf, at) in [
        (&plan.server, &plan.server_at),
        (&plan.client, &plan.client_at),
    ] {
        if let Leaf::Certify {
            aside: Some(to), ..
        } = leaf
        {
            files::rename_new(&at.certificate, to).map_err(cannot_write(to))?;
            done.renamed.push((&at.certificate, to));
        }
    }
    for file in staged {
        let path = file.path().to_owned();
        file.keep().map_err(cannot_write(&path))?;
        done.kept.push(path);
    }
    files::sync(&plan.folder).map_err(cannot_write(&plan.folder))
}

fn cannot_write(file: &Path) -> impl FnOnce(io::Error) -> CertFolderError {
    let file = file.to_owned();
    |source| {
        if source.kind() == io::ErrorKind::AlreadyExists {
            CertFolderError::CameMeanwhile(file)
        } else {
            CertFolderError::CannotWrite { file, source }
        }
    }
}

impl Done<'_> {
    /// Takes back what was done as far as that can be: the first failure is what is told.
    fn take_back(&self) {
        for path in self.kept.iter().rev() {
            drop(fs::remove_file(path));
        }
        for (from, to) in self.renamed.iter().rev() {
            drop(files::rename_new(to, from));
        }
    }
}
