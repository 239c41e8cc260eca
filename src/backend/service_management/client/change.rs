//! What can be changed. What the service only takes on is [`Accepted`].

use reqwest::Method;

use super::super::read::{Disk, LoadBalancer, OsImage, Role, StorageKeys};
use super::super::write::{
    AddDisk, Body as _, CertificateFile, CreateAffinityGroup, CreateHostedService, CreateOsImage,
    CreateReservedIp, CreateStorageAccount, Document, LoadBalancedSets, NewDeployment, Operation,
    SecurityGroupName, StorageKeyKind, UpdateStorageAccount,
};
use super::{About, Answered, Client, Family, OCTETS, accepted, read, taken};
use crate::backend::service_management::http::Request;
use crate::backend::{Accepted, Error, Result};

const SERVICES: &str = "services";
const HOSTED: &str = "hostedservices";
const WITH_BLOBS: &[(&str, &str)] = &[("comp", "media")];

fn comp_media(with_blobs: bool) -> &'static [(&'static str, &'static str)] {
    if with_blobs { WITH_BLOBS } else { &[] }
}

/// The path of a deployment, or of what is in it.
fn of_deployment<'a>(service: &'a str, deployment: &'a str, within: &[&'a str]) -> Vec<&'a str> {
    let mut path = vec![SERVICES, HOSTED, service, "deployments", deployment];
    path.extend(within);
    path
}

impl Client {
    /// Makes a cloud service.
    pub async fn create_hosted_service(&self, new: &CreateHostedService) -> Result<()> {
        self.post(Family::Compute, &[SERVICES, HOSTED], new)
            .await
            .map(drop)
            .map_err(Error::of_a_name)
    }

    /// Removes a cloud service that has no deployment.
    pub async fn delete_hosted_service(&self, name: &str) -> Result<()> {
        let path = [SERVICES, HOSTED, name];
        self.change(Family::Compute, Method::DELETE, &path, &[], None)
            .await
            .map(drop)
    }

    /// Puts a certificate into a cloud service.
    pub async fn add_certificate(
        &self,
        service: &str,
        certificate: &CertificateFile,
    ) -> Result<Accepted> {
        let path = [SERVICES, HOSTED, service, "certificates"];
        accepted(self.post(Family::Compute, &path, certificate).await?)
    }

    /// Removes a certificate from a cloud service.
    pub async fn delete_certificate(
        &self,
        service: &str,
        algorithm: &str,
        thumbprint: &str,
    ) -> Result<Accepted> {
        let name = format!("{algorithm}-{thumbprint}");
        let path = [SERVICES, HOSTED, service, "certificates", &name];
        accepted(
            self.change(Family::Compute, Method::DELETE, &path, &[], None)
                .await?,
        )
    }

    /// Makes a deployment in the production slot.
    pub async fn create_deployment(&self, service: &str, new: &NewDeployment) -> Result<Accepted> {
        let path = [SERVICES, HOSTED, service, "deployments"];
        accepted(self.post(Family::Compute, &path, new).await?)
    }

    /// Removes a deployment and its machines; with their disks if `with_blobs`.
    pub async fn delete_deployment(
        &self,
        service: &str,
        deployment: &str,
        with_blobs: bool,
    ) -> Result<Accepted> {
        let path = [SERVICES, HOSTED, service, "deployments", deployment];
        accepted(
            self.change(
                Family::Compute,
                Method::DELETE,
                &path,
                comp_media(with_blobs),
                None,
            )
            .await?,
        )
    }

    /// Adds a machine to a deployment.
    pub async fn add_role(&self, service: &str, deployment: &str, role: &Role) -> Result<Accepted> {
        let path = of_deployment(service, deployment, &["roles"]);
        accepted(self.post(Family::Compute, &path, role).await?)
    }

    /// Puts `role` in the place of what the machine called `name` was asked to be.
    pub async fn update_role(
        &self,
        service: &str,
        deployment: &str,
        name: &str,
        role: &Role,
    ) -> Result<Accepted> {
        let path = of_deployment(service, deployment, &["roles", name]);
        accepted(
            self.change(
                Family::Compute,
                Method::PUT,
                &path,
                &[],
                Some(role.document()),
            )
            .await?,
        )
    }

    /// Changes what the machines of load-balanced sets share.
    pub async fn update_load_balanced_sets(
        &self,
        service: &str,
        deployment: &str,
        sets: &LoadBalancedSets,
    ) -> Result<Accepted> {
        let path = [SERVICES, HOSTED, service, "deployments", deployment];
        accepted(
            self.change(
                Family::Compute,
                Method::POST,
                &path,
                &[("comp", "UpdateLbSet")],
                Some(sets.document()),
            )
            .await?,
        )
    }

    /// Makes an internal load balancer.
    pub async fn add_load_balancer(
        &self,
        service: &str,
        deployment: &str,
        new: &LoadBalancer,
    ) -> Result<Accepted> {
        let path = of_deployment(service, deployment, &["loadbalancers"]);
        accepted(self.post(Family::Compute, &path, new).await?)
    }

    /// Changes where an internal load balancer is reached.
    pub async fn update_load_balancer(
        &self,
        service: &str,
        deployment: &str,
        name: &str,
        changed: &LoadBalancer,
    ) -> Result<Accepted> {
        let path = of_deployment(service, deployment, &["loadbalancers", name]);
        let body = Some(changed.document());
        accepted(
            self.change(Family::Compute, Method::PUT, &path, &[], body)
                .await?,
        )
    }

    /// Removes an internal load balancer.
    pub async fn delete_load_balancer(
        &self,
        service: &str,
        deployment: &str,
        name: &str,
    ) -> Result<Accepted> {
        let path = of_deployment(service, deployment, &["loadbalancers", name]);
        accepted(
            self.change(Family::Compute, Method::DELETE, &path, &[], None)
                .await?,
        )
    }

    /// Puts a subnet behind a security group.
    pub async fn guard_subnet(&self, network: &str, subnet: &str, group: &str) -> Result<Accepted> {
        let path = [
            SERVICES,
            "networking",
            "virtualnetwork",
            network,
            "subnets",
            subnet,
            "networksecuritygroups",
        ];
        let body = SecurityGroupName(group.to_owned());
        accepted(self.post(Family::Network, &path, &body).await?)
    }

    /// Removes one machine of several; with its disks if `with_blobs`.
    pub async fn delete_role(
        &self,
        service: &str,
        deployment: &str,
        role: &str,
        with_blobs: bool,
    ) -> Result<Accepted> {
        let path = of_deployment(service, deployment, &["roles", role]);
        accepted(
            self.change(
                Family::Compute,
                Method::DELETE,
                &path,
                comp_media(with_blobs),
                None,
            )
            .await?,
        )
    }

    /// Tells a machine to do something.
    pub async fn operate(
        &self,
        service: &str,
        deployment: &str,
        instance: &str,
        operation: &Operation,
    ) -> Result<Accepted> {
        let path = of_deployment(
            service,
            deployment,
            &["roleinstances", instance, "Operations"],
        );
        accepted(self.post(Family::Compute, &path, operation).await?)
    }

    /// Attaches a data disk.
    pub async fn add_data_disk(
        &self,
        service: &str,
        deployment: &str,
        role: &str,
        disk: &AddDisk,
    ) -> Result<Accepted> {
        let path = of_deployment(service, deployment, &["roles", role, "DataDisks"]);
        accepted(self.post(Family::Compute, &path, disk).await?)
    }

    /// Puts `disk` in the place of what the data disk of that number is.
    pub async fn update_data_disk(
        &self,
        service: &str,
        deployment: &str,
        role: &str,
        lun: u32,
        disk: &AddDisk,
    ) -> Result<Accepted> {
        let lun = lun.to_string();
        let path = of_deployment(service, deployment, &["roles", role, "DataDisks", &lun]);
        accepted(
            self.change(
                Family::Compute,
                Method::PUT,
                &path,
                &[],
                Some(disk.document()),
            )
            .await?,
        )
    }

    /// Detaches a data disk; its blob stays.
    pub async fn delete_data_disk(
        &self,
        service: &str,
        deployment: &str,
        role: &str,
        lun: u32,
    ) -> Result<Accepted> {
        let lun = lun.to_string();
        let path = of_deployment(service, deployment, &["roles", role, "DataDisks", &lun]);
        accepted(
            self.change(Family::Compute, Method::DELETE, &path, &[], None)
                .await?,
        )
    }

    /// Makes an image of a disk that lies in a storage account.
    pub async fn create_os_image(&self, new: &CreateOsImage) -> Result<OsImage> {
        let response = self
            .post(Family::Compute, &[SERVICES, "images"], new)
            .await?;
        Ok(read(About("the making of an image", "OSImage"), response)
            .map_err(Error::lost)?
            .value)
    }

    /// Removes an image of a system disk; with its blob if `with_blobs`.
    pub async fn delete_os_image(&self, name: &str, with_blobs: bool) -> Result<()> {
        let path = [SERVICES, "images", name];
        self.change(
            Family::Compute,
            Method::DELETE,
            &path,
            comp_media(with_blobs),
            None,
        )
        .await
        .map(drop)
    }

    /// Removes an image of a whole machine; with its blobs if `with_blobs`.
    pub async fn delete_vm_image(&self, name: &str, with_blobs: bool) -> Result<Accepted> {
        let path = [SERVICES, "vmimages", name];
        accepted(
            self.change(
                Family::Compute,
                Method::DELETE,
                &path,
                comp_media(with_blobs),
                None,
            )
            .await?,
        )
    }

    /// Makes a disk of a blob.
    pub async fn create_disk(&self, body: Document) -> Result<Disk> {
        let path = [SERVICES, "disks"];
        let response = self
            .change(Family::Compute, Method::POST, &path, &[], Some(body))
            .await?;
        Ok(read(About("the making of a disk", "Disk"), response)
            .map_err(Error::lost)?
            .value)
    }

    /// Removes a disk; with its blob if `with_blob`.
    pub async fn delete_disk(&self, name: &str, with_blob: bool) -> Result<()> {
        let path = [SERVICES, "disks", name];
        self.change(
            Family::Compute,
            Method::DELETE,
            &path,
            comp_media(with_blob),
            None,
        )
        .await
        .map(drop)
    }

    /// Makes an affinity group.
    pub async fn create_affinity_group(&self, new: &CreateAffinityGroup) -> Result<()> {
        self.post(Family::Management, &["affinitygroups"], new)
            .await
            .map(drop)
    }

    /// Removes an affinity group.
    pub async fn delete_affinity_group(&self, name: &str) -> Result<()> {
        let path = ["affinitygroups", name];
        self.change(Family::Management, Method::DELETE, &path, &[], None)
            .await
            .map(drop)
    }

    /// Makes a storage account.
    pub async fn create_storage_account(&self, new: &CreateStorageAccount) -> Result<Accepted> {
        let path = [SERVICES, "storageservices"];
        let answer = self.post(Family::Storage, &path, new).await;
        accepted(answer.map_err(Error::of_a_name)?)
    }

    /// Changes a storage account.
    pub async fn update_storage_account(
        &self,
        name: &str,
        changes: &UpdateStorageAccount,
    ) -> Result<()> {
        let path = [SERVICES, "storageservices", name];
        self.change(
            Family::Storage,
            Method::PUT,
            &path,
            &[],
            Some(changes.document()),
        )
        .await
        .map(drop)
    }

    /// Makes one of the keys of a storage account anew.
    pub async fn renew_storage_key(
        &self,
        name: &str,
        kind: StorageKeyKind,
    ) -> Result<Answered<StorageKeys>> {
        let path = [SERVICES, "storageservices", name, "keys"];
        let query = [("action", "regenerate")];
        let body = Some(kind.document());
        let response = self
            .change(Family::Storage, Method::POST, &path, &query, body)
            .await?;
        read(About("the renewal of a key", "StorageService"), response).map_err(Error::lost)
    }

    /// Removes a storage account.
    pub async fn delete_storage_account(&self, name: &str) -> Result<()> {
        let path = [SERVICES, "storageservices", name];
        self.change(Family::Storage, Method::DELETE, &path, &[], None)
            .await
            .map(drop)
    }

    /// Reserves a public address.
    pub async fn create_reserved_ip(&self, new: &CreateReservedIp) -> Result<Accepted> {
        let path = [SERVICES, "networking", "reservedips"];
        accepted(self.post(Family::Network, &path, new).await?)
    }

    /// Gives a reserved address back.
    pub async fn delete_reserved_ip(&self, name: &str) -> Result<Accepted> {
        let path = [SERVICES, "networking", "reservedips", name];
        accepted(
            self.change(Family::Network, Method::DELETE, &path, &[], None)
                .await?,
        )
    }

    /// Replaces the network configuration of the subscription.
    pub async fn set_network_configuration(&self, body: Document) -> Result<Accepted> {
        let response = self
            .transport
            .send(&Request {
                method: Method::PUT,
                segments: vec![SERVICES, "networking", "media"],
                query: &[],
                version: Family::Network.version(),
                content_type: OCTETS,
                body: Some(body),
                replaces: true,
            })
            .await?;
        accepted(taken(response)?)
    }
}
