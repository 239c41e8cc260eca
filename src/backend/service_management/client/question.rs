//! What can be asked.

use super::super::read::{
    AddressAvailability, AffinityGroup, Availability, Deployment, Disk, ExtensionImage,
    HostedService, Location, NetworkConfiguration, OsImage, ReservedIp, Role, ServiceCertificate,
    StorageAccount, StorageKeys, VirtualNetwork, VmImage,
};
use super::{About, Answered, Client, Family, absent, document};
use crate::backend::Result;

const SERVICES: &str = "services";
const HOSTED: &str = "hostedservices";

impl Client {
    /// Lists the locations.
    pub async fn locations(&self) -> Result<Vec<Location>> {
        let what = About("a question after the locations", "Locations");
        Ok(self
            .get(Family::Management, what, &["locations"], &[])
            .await?
            .value)
    }

    /// Lists the affinity groups.
    pub async fn affinity_groups(&self) -> Result<Vec<AffinityGroup>> {
        let what = About("a question after the affinity groups", "AffinityGroups");
        Ok(self
            .get(Family::Management, what, &["affinitygroups"], &[])
            .await?
            .value)
    }

    /// Shows one affinity group, with what lies in it.
    pub async fn affinity_group(&self, name: &str) -> Result<Answered<AffinityGroup>> {
        let what = About("a question after an affinity group", "AffinityGroup");
        self.get(Family::Management, what, &["affinitygroups", name], &[])
            .await
    }

    /// Lists the cloud services.
    pub async fn hosted_services(&self) -> Result<Vec<HostedService>> {
        let what = About("a question after the cloud services", "HostedServices");
        Ok(self
            .get(Family::Compute, what, &[SERVICES, HOSTED], &[])
            .await?
            .value)
    }

    /// Shows one cloud service; its deployments only with `detail`.
    pub async fn hosted_service(
        &self,
        name: &str,
        detail: bool,
    ) -> Result<Answered<HostedService>> {
        let query: &[(&str, &str)] = if detail {
            &[("embed-detail", "true")]
        } else {
            &[]
        };
        let what = About("a question after a cloud service", "HostedService");
        self.get(Family::Compute, what, &[SERVICES, HOSTED, name], query)
            .await
    }

    /// Is the name of a cloud service free, among all subscriptions?
    pub async fn hosted_service_availability(&self, name: &str) -> Result<Availability> {
        let path = [SERVICES, HOSTED, "operations", "isavailable", name];
        let what = About("a question after a name", "AvailabilityResponse");
        Ok(self.get(Family::Compute, what, &path, &[]).await?.value)
    }

    /// Lists the certificates of a cloud service.
    pub async fn service_certificates(&self, service: &str) -> Result<Vec<ServiceCertificate>> {
        let path = [SERVICES, HOSTED, service, "certificates"];
        let what = About("a question after certificates", "Certificates");
        Ok(self.get(Family::Compute, what, &path, &[]).await?.value)
    }

    /// Shows the production deployment of a cloud service, if it has one.
    pub async fn deployment(&self, service: &str) -> Result<Option<Deployment>> {
        let path = [SERVICES, HOSTED, service, "deploymentslots", "Production"];
        let what = About("a question after a deployment", "Deployment");
        Ok(absent(self.get(Family::Compute, what, &path, &[]).await)?
            .map(|answered: Answered<Deployment>| answered.value))
    }

    /// Shows one role, with its network settings.
    pub async fn role(&self, service: &str, deployment: &str, role: &str) -> Result<Role> {
        let path = [
            SERVICES,
            HOSTED,
            service,
            "deployments",
            deployment,
            "roles",
            role,
        ];
        let what = About("a question after a machine", "PersistentVMRole");
        Ok(self.get(Family::Compute, what, &path, &[]).await?.value)
    }

    /// Lists the images of system disks.
    pub async fn os_images(&self) -> Result<Vec<OsImage>> {
        let what = About("a question after the images", "Images");
        Ok(self
            .get(Family::Compute, what, &[SERVICES, "images"], &[])
            .await?
            .value)
    }

    /// Shows one image of a system disk, if there is one of exactly this name.
    pub async fn os_image(&self, name: &str) -> Result<Option<OsImage>> {
        let what = About("a question after an image", "OSImage");
        let answer = self
            .get(Family::Compute, what, &[SERVICES, "images", name], &[])
            .await;
        Ok(absent(answer)?.map(|answered: Answered<OsImage>| answered.value))
    }

    /// Lists the images of whole machines.
    pub async fn vm_images(&self) -> Result<Vec<VmImage>> {
        let what = About("a question after the VM images", "VMImages");
        Ok(self
            .get(Family::Compute, what, &[SERVICES, "vmimages"], &[])
            .await?
            .value)
    }

    /// Lists the disks.
    pub async fn disks(&self) -> Result<Vec<Disk>> {
        let what = About("a question after the disks", "Disks");
        Ok(self
            .get(Family::Compute, what, &[SERVICES, "disks"], &[])
            .await?
            .value)
    }

    /// Shows one disk.
    pub async fn disk(&self, name: &str) -> Result<Disk> {
        let what = About("a question after a disk", "Disk");
        Ok(self
            .get(Family::Compute, what, &[SERVICES, "disks", name], &[])
            .await?
            .value)
    }

    /// Lists the newest version of each extension, or every version of one.
    pub async fn extensions(&self, of: Option<(&str, &str)>) -> Result<Vec<ExtensionImage>> {
        let mut path = vec![SERVICES, "resourceextensions"];
        if let Some((publisher, name)) = of {
            path.extend([publisher, name]);
        }
        let what = About("a question after the extensions", "ResourceExtensions");
        Ok(self.get(Family::Compute, what, &path, &[]).await?.value)
    }

    /// Lists the storage accounts.
    pub async fn storage_accounts(&self) -> Result<Vec<StorageAccount>> {
        let what = About("a question after the storage accounts", "StorageServices");
        Ok(self
            .get(Family::Storage, what, &[SERVICES, "storageservices"], &[])
            .await?
            .value)
    }

    /// Shows one storage account.
    pub async fn storage_account(&self, name: &str) -> Result<Answered<StorageAccount>> {
        let what = About("a question after a storage account", "StorageService");
        let path = [SERVICES, "storageservices", name];
        self.get(Family::Storage, what, &path, &[]).await
    }

    /// Shows both keys of a storage account.
    pub async fn storage_keys(&self, name: &str) -> Result<Answered<StorageKeys>> {
        let what = About(
            "a question after the keys of a storage account",
            "StorageService",
        );
        let path = [SERVICES, "storageservices", name, "keys"];
        self.get(Family::Storage, what, &path, &[]).await
    }

    /// Is the name of a storage account free, among all subscriptions?
    pub async fn storage_availability(&self, name: &str) -> Result<Answered<Availability>> {
        let path = [
            SERVICES,
            "storageservices",
            "operations",
            "isavailable",
            name,
        ];
        let what = About("a question after a name", "AvailabilityResponse");
        self.get(Family::Storage, what, &path, &[]).await
    }

    /// Lists the reserved addresses.
    pub async fn reserved_ips(&self) -> Result<Vec<ReservedIp>> {
        let path = [SERVICES, "networking", "reservedips"];
        let what = About("a question after the reserved addresses", "ReservedIPs");
        Ok(self.get(Family::Network, what, &path, &[]).await?.value)
    }

    /// Shows one reserved address, if it is there.
    pub async fn reserved_ip(&self, name: &str) -> Result<Option<ReservedIp>> {
        let path = [SERVICES, "networking", "reservedips", name];
        let what = About("a question after a reserved address", "ReservedIP");
        Ok(absent(self.get(Family::Network, what, &path, &[]).await)?
            .map(|answered: Answered<ReservedIp>| answered.value))
    }

    /// Lists the virtual networks.
    pub async fn virtual_networks(&self) -> Result<Vec<VirtualNetwork>> {
        let path = [SERVICES, "networking", "virtualnetwork"];
        let what = About(
            "a question after the virtual networks",
            "VirtualNetworkSites",
        );
        Ok(self.get(Family::Network, what, &path, &[]).await?.value)
    }

    /// Tells whether an address of a virtual network is free, and which others are.
    pub async fn address_availability(
        &self,
        network: &str,
        address: &str,
    ) -> Result<AddressAvailability> {
        let path = [SERVICES, "networking", network];
        let what = About("a question after an address", "AddressAvailabilityResponse");
        let query = [("op", "checkavailability"), ("address", address)];
        Ok(self.get(Family::Network, what, &path, &query).await?.value)
    }

    /// Is there a security group of that name?
    pub async fn security_group_exists(&self, name: &str) -> Result<bool> {
        let path = [SERVICES, "networking", "networksecuritygroups", name];
        let what = About("a question after a security group", "NetworkSecurityGroup");
        let answer = self.answered(Family::Network, &path, &[], |response| {
            document(what, &response).map(drop)
        });
        Ok(absent(answer.await)?.is_some())
    }

    /// Reads the network configuration of the subscription, if it has one.
    pub async fn network_configuration(&self) -> Result<Option<NetworkConfiguration>> {
        let path = [SERVICES, "networking", "media"];
        let what = About(
            "a question after the network configuration",
            "NetworkConfiguration",
        );
        Ok(absent(self.get(Family::Network, what, &path, &[]).await)?
            .map(|answered: Answered<NetworkConfiguration>| answered.value))
    }
}
