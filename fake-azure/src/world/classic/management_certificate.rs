//! Management certificates: who may manage a subscription.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Refusal;
use super::change::Change;
use super::decision::{Decided, Scope};
use super::refusal::Thing;
use super::view::View;
use crate::world::Thumbprint;

/// How many a subscription may have.
const MOST: usize = 100;

/// A certificate that may manage a subscription: its public part.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ManagementCertificate {
    /// SHA-1 of the certificate, upper-case hexadecimal.
    pub thumbprint: Thumbprint,
    /// The certificate in DER; none where only the thumbprint was given at birth.
    #[serde(with = "crate::world::encoded::maybe")]
    pub der: Option<Vec<u8>>,
    /// When it was added.
    pub created: Timestamp,
}

/// What can be asked about management certificates.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Command {
    /// Let the holder of one manage the subscription.
    Add {
        /// The certificate in DER.
        #[serde(with = "crate::world::encoded")]
        der: Vec<u8>,
    },
    /// Take the right to manage the subscription away from one.
    Delete {
        /// Its thumbprint.
        thumbprint: Thumbprint,
    },
}

impl Command {
    pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
        match self {
            Self::Add { der } => {
                let thumbprint = crate::thumbprint::thumbprint(&der);
                if scope.management_certificate(&thumbprint).is_ok() {
                    return Err(Refusal::Exists(
                        Thing::ManagementCertificate,
                        thumbprint.into(),
                    ));
                }
                if scope.management_certificates().count() >= MOST {
                    return Err(Refusal::Limit {
                        of: "management certificates".into(),
                        most: Some(MOST),
                    });
                }
                let certificate = ManagementCertificate {
                    thumbprint: thumbprint.into(),
                    der: Some(der),
                    created: scope.now,
                };
                Ok(Decided::done("Add Management Certificate")
                    .change(Change::ManagementCertificate(certificate)))
            }
            Self::Delete { thumbprint } => {
                scope.management_certificate(&thumbprint)?;
                Ok(Decided::done("Delete Management Certificate")
                    .change(Change::NoManagementCertificate(thumbprint)))
            }
        }
    }
}

impl<'w> View<'w> {
    /// The management certificates of a subscription, by thumbprint.
    pub fn management_certificates(self) -> impl Iterator<Item = &'w ManagementCertificate> {
        self.held
            .into_iter()
            .flat_map(|s| s.management_certificates.values())
    }

    /// The management certificate with this thumbprint.
    pub fn management_certificate(
        self,
        thumbprint: &str,
    ) -> Result<&'w ManagementCertificate, Refusal> {
        self.held
            .and_then(|s| s.management_certificates.get(thumbprint))
            .ok_or_else(|| Refusal::missing(Thing::ManagementCertificate, thumbprint))
    }
}
