//! Management certificates: who may manage a subscription.

use jiff::Timestamp;
use serde::Serialize;

use super::{Refusal, SubscriptionId, World};

/// How many a subscription may have.
const MOST: usize = 100;

/// A certificate that may manage a subscription: its public part.
#[derive(Clone, Debug, Serialize)]
pub struct ManagementCertificate {
    /// SHA-1 of the certificate, upper-case hexadecimal.
    pub thumbprint: String,
    /// The certificate in DER; none where only the thumbprint was given at birth.
    #[serde(skip)]
    pub der: Option<Vec<u8>>,
    /// When it was added.
    pub created: Timestamp,
}

impl World {
    /// The management certificates of a subscription, by thumbprint.
    pub fn management_certificates<'a>(
        &'a self,
        subscription: &SubscriptionId,
    ) -> impl Iterator<Item = &'a ManagementCertificate> + use<'a> {
        self.subscription(subscription)
            .into_iter()
            .flat_map(|s| s.management_certificates.values())
    }

    /// The management certificate with this thumbprint.
    pub fn management_certificate(
        &self,
        subscription: &SubscriptionId,
        thumbprint: &str,
    ) -> Result<&ManagementCertificate, Refusal> {
        self.subscription(subscription)
            .and_then(|s| {
                s.management_certificates
                    .get(&thumbprint.to_ascii_uppercase())
            })
            .ok_or_else(|| Refusal::resource(format!("management certificate `{thumbprint}`")))
    }

    /// Lets the holder of a certificate manage the subscription.
    pub fn add_management_certificate(
        &mut self,
        subscription: &SubscriptionId,
        der: Vec<u8>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let thumbprint = crate::thumbprint::thumbprint(&der);
        if self
            .management_certificate(subscription, &thumbprint)
            .is_ok()
        {
            return Err(
                Refusal::conflict("The management certificate is already there.")
                    .detail(thumbprint),
            );
        }
        let held = &mut self.subscription_mut(subscription)?.management_certificates;
        if held.len() >= MOST {
            return Err(Refusal::new(
                403,
                "ForbiddenError",
                format!(
                    "The subscription policy limit for resource type 'management certificates' was exceeded. The limit for resource type 'management certificates' is {MOST} per subscription, the current count is {MOST}, and the requested increment is 1."
                ),
            ));
        }
        let certificate = ManagementCertificate {
            thumbprint: thumbprint.clone(),
            der: Some(der),
            created: now,
        };
        held.insert(thumbprint, certificate);
        Ok(())
    }

    /// Takes the right to manage the subscription away from a certificate.
    pub fn delete_management_certificate(
        &mut self,
        subscription: &SubscriptionId,
        thumbprint: &str,
    ) -> Result<(), Refusal> {
        self.management_certificate(subscription, thumbprint)?;
        let held = &mut self.subscription_mut(subscription)?.management_certificates;
        held.remove(&thumbprint.to_ascii_uppercase());
        Ok(())
    }
}
