//! Service certificates: what a hosted service's machines may use.

use jiff::Timestamp;
use serde::Serialize;

use super::names::{key, same};
use super::operation::OperationId;
use super::{Refusal, SubscriptionId, World};

/// A certificate in a hosted service: its public part.
#[derive(Clone, Debug, Serialize)]
pub struct ServiceCertificate {
    /// SHA-1 of the certificate, upper-case hexadecimal.
    pub thumbprint: String,
    /// The certificate in DER.
    #[serde(skip)]
    pub der: Vec<u8>,
}

impl World {
    /// The certificates of a hosted service, by thumbprint.
    pub fn service_certificates<'a>(
        &'a self,
        subscription: &SubscriptionId,
        service: &str,
    ) -> Result<impl Iterator<Item = &'a ServiceCertificate> + use<'a>, Refusal> {
        Ok(self.service(subscription, service)?.certificates.values())
    }

    /// The certificate with this thumbprint.
    pub fn service_certificate(
        &self,
        subscription: &SubscriptionId,
        service: &str,
        thumbprint: &str,
    ) -> Result<&ServiceCertificate, Refusal> {
        self.service(subscription, service)?
            .certificates
            .get(&thumbprint.to_ascii_uppercase())
            .ok_or_else(|| Refusal::not_found("The certificate does not exist.").detail(thumbprint))
    }

    /// Adds a certificate; adding it again changes nothing.
    pub fn add_service_certificate(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        der: Vec<u8>,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.unlocked(subscription, service)?;
        let thumbprint = crate::thumbprint::thumbprint(&der);
        let held = self.service_mut(subscription, service)?;
        held.certificates
            .insert(thumbprint.clone(), ServiceCertificate { thumbprint, der });
        held.modified = now;
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Add Service Certificate",
            30,
            lock,
            None,
            now,
        )
    }

    /// Takes a certificate away.
    pub fn delete_service_certificate(
        &mut self,
        subscription: &SubscriptionId,
        id: OperationId,
        service: &str,
        thumbprint: &str,
        now: Timestamp,
    ) -> Result<OperationId, Refusal> {
        self.service_certificate(subscription, service, thumbprint)?;
        self.unlocked(subscription, service)?;
        let roles = self
            .production(subscription, service)
            .map(|deployment| deployment.roles.as_slice())
            .unwrap_or_default();
        if let Some(role) = roles
            .iter()
            .find(|role| role.certificates.iter().any(|t| same(t, thumbprint)))
        {
            return Err(Refusal::conflict(format!(
                "The certificate with thumbprint {thumbprint} is in use by role {}.",
                role.name
            )));
        }
        let held = self.service_mut(subscription, service)?;
        held.certificates.remove(&thumbprint.to_ascii_uppercase());
        held.modified = now;
        let lock = Some(key(service));
        self.accept(
            subscription,
            id,
            "Delete Service Certificate",
            30,
            lock,
            None,
            now,
        )
    }
}
