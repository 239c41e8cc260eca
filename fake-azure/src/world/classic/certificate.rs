//! Service certificates: what a hosted service's machines may use.

use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::refusal::Thing;
use super::view::View;
use crate::world::{Name, Thumbprint};

/// A certificate in a hosted service: its public part.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceCertificate {
    /// SHA-1 of the certificate, upper-case hexadecimal.
    pub thumbprint: Thumbprint,
    /// The certificate in DER.
    #[serde(with = "crate::world::encoded")]
    pub der: Vec<u8>,
}

/// What can be asked about the certificates of a hosted service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Add one; adding it again changes nothing.
    Add {
        /// The hosted service.
        service: Name,
        /// The certificate in DER.
        #[serde(with = "crate::world::encoded")]
        der: Vec<u8>,
    },
    /// Take one away that no machine uses.
    Delete {
        /// The hosted service.
        service: Name,
        /// Its thumbprint.
        thumbprint: Thumbprint,
    },
}

impl<'w> View<'w> {
    /// The certificates of a hosted service, by thumbprint.
    pub fn service_certificates(
        self,
        service: &str,
    ) -> Result<impl Iterator<Item = &'w ServiceCertificate> + use<'w>, Refusal> {
        Ok(self.service(service)?.certificates.values())
    }

    /// The certificate with this thumbprint.
    pub fn service_certificate(
        self,
        service: &str,
        thumbprint: &str,
    ) -> Result<&'w ServiceCertificate, Refusal> {
        self.service(service)?
            .certificates
            .get(thumbprint)
            .ok_or_else(|| Refusal::missing(Thing::Certificate, thumbprint))
    }
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        let now = scope.now;
        match self {
            Self::Add { service, der } => {
                scope.unlocked(&service)?;
                let certificate = ServiceCertificate {
                    thumbprint: crate::thumbprint::thumbprint(&der).into(),
                    der,
                };
                Ok(Decided::accepted("Add Service Certificate", 30)
                    .locks(&service)
                    .change(Change::Certificate {
                        service,
                        certificate,
                        now,
                    }))
            }
            Self::Delete {
                service,
                thumbprint,
            } => {
                scope.service_certificate(&service, &thumbprint)?;
                scope.unlocked(&service)?;
                let deployment = scope.production(&service).ok();
                let mut roles = deployment.into_iter().flat_map(|d| &d.roles);
                if let Some(role) = roles.find(|role| role.certificates.contains(&thumbprint)) {
                    return Err(Refusal::InUse {
                        what: Thing::Certificate,
                        name: thumbprint.as_str().into(),
                        by: role.name.to_string(),
                    });
                }
                Ok(Decided::accepted("Delete Service Certificate", 30)
                    .locks(&service)
                    .change(Change::NoCertificate {
                        service,
                        thumbprint,
                        now,
                    }))
            }
        }
    }
}
