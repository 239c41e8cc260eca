//! The steps of a create: cloud service, storage account, certificate, machine.

use std::sync::Arc;

use async_trait::async_trait;

use super::super::service_management::read::Role;
use super::super::service_management::write::{
    CertificateFile, CreateHostedService, CreateStorageAccount, NewDeployment,
};
use super::super::service_management::{Client, read};
use super::storage::Choice;
use super::{absent, gone};
use crate::backend::{Account, Begun, Place, Plan, Result, SshKey, Standing, Step, Task, Trace};

/// What both old generations wrote, and what their users see in every list.
const DESCRIPTION: &str = "Implicitly created hosted service";

/// Makes the cloud service.
#[derive(Debug)]
pub(super) struct HostStep {
    client: Arc<Client>,
    name: String,
    place: Place,
}

impl HostStep {
    pub(super) fn new(client: Arc<Client>, plan: &Plan) -> Self {
        Self {
            client,
            name: plan.host.name.clone(),
            place: plan.host.place.clone(),
        }
    }
}

#[async_trait]
impl Step for HostStep {
    fn task(&self) -> Task {
        Task::CreateHost {
            name: self.name.clone(),
            place: self.place.name().to_owned(),
        }
    }

    async fn begin(&self) -> Result<Begun> {
        self.client
            .create_hosted_service(&CreateHostedService {
                name: self.name.clone(),
                label: self.name.clone(),
                description: Some(DESCRIPTION.to_owned()),
                place: self.place.clone(),
            })
            .await?;
        Ok(Begun::Done)
    }

    async fn look_up(&self) -> Result<Trace> {
        let found = self
            .client
            .hosted_services()
            .await?
            .into_iter()
            .any(|service| service.service_name.eq_ignore_ascii_case(&self.name));
        Ok(if found { Trace::Present } else { Trace::Absent })
    }

    async fn undo(&self) -> Result<Begun> {
        self.client.delete_hosted_service(&self.name).await?;
        Ok(Begun::Done)
    }
}

/// Makes the storage account, or takes the one that is there.
#[derive(Debug)]
pub(super) struct StorageStep {
    client: Arc<Client>,
    choice: Choice,
}

impl StorageStep {
    pub(super) fn new(client: Arc<Client>, choice: Choice) -> Self {
        Self { client, choice }
    }
}

#[async_trait]
impl Step for StorageStep {
    fn task(&self) -> Task {
        Task::ChooseStorage {
            name: self.choice.name.clone(),
            made: self.choice.made,
        }
    }

    fn is_given(&self) -> bool {
        !self.choice.made
    }

    async fn begin(&self) -> Result<Begun> {
        let accepted = self
            .client
            .create_storage_account(&CreateStorageAccount {
                name: self.choice.name.clone(),
                description: None,
                label: self.choice.name.clone(),
                place: self.choice.place.clone(),
                account_type: Some("Standard_LRS".to_owned()),
            })
            .await?;
        Ok(Begun::Accepted(accepted))
    }

    async fn look_up(&self) -> Result<Trace> {
        let account = absent(self.client.storage_account(&self.choice.name).await)?;
        Ok(
            match account.map(|answered| answered.value.properties.status) {
                None => Trace::Absent,
                Some(Some(status)) if matches!(status.as_str(), "Creating" | "Deleting") => {
                    Trace::Underway
                }
                Some(_) => Trace::Present,
            },
        )
    }

    async fn undo(&self) -> Result<Begun> {
        self.client
            .delete_storage_account(&self.choice.name)
            .await?;
        Ok(Begun::Done)
    }
}

/// Puts the ssh certificate into the cloud service.
#[derive(Debug)]
pub(super) struct CertificateStep {
    client: Arc<Client>,
    host: String,
    thumbprint: String,
    pem: String,
}

impl CertificateStep {
    /// None when there is nothing to upload, or when it is there already and so not ours to undo.
    pub(super) async fn new(client: &Arc<Client>, plan: &Plan) -> Result<Option<Self>> {
        let Account::Linux {
            key:
                Some(SshKey {
                    thumbprint,
                    pem: Some(pem),
                }),
            ..
        } = &plan.machine.account
        else {
            return Ok(None);
        };
        let step = Self {
            client: Arc::clone(client),
            host: plan.host.name.clone(),
            thumbprint: thumbprint.clone(),
            pem: pem.clone(),
        };
        let is_there =
            plan.host.standing != Standing::New && step.look_up().await? == Trace::Present;
        Ok((!is_there).then_some(step))
    }
}

#[async_trait]
impl Step for CertificateStep {
    fn task(&self) -> Task {
        Task::AddCertificate {
            host: self.host.clone(),
            thumbprint: self.thumbprint.clone(),
        }
    }

    async fn begin(&self) -> Result<Begun> {
        let accepted = self
            .client
            .add_certificate(
                &self.host,
                &CertificateFile {
                    data: self.pem.clone().into_bytes().into(),
                    format: "pfx",
                    password: None,
                },
            )
            .await?;
        Ok(Begun::Accepted(accepted))
    }

    async fn look_up(&self) -> Result<Trace> {
        let there = absent(self.client.service_certificates(&self.host).await)?
            .into_iter()
            .flatten()
            .any(|certificate| {
                certificate
                    .thumbprint
                    .eq_ignore_ascii_case(&self.thumbprint)
            });
        Ok(if there { Trace::Present } else { Trace::Absent })
    }

    async fn undo(&self) -> Result<Begun> {
        let accepted = self
            .client
            .delete_certificate(&self.host, "sha1", &self.thumbprint)
            .await?;
        Ok(Begun::Accepted(accepted))
    }
}

/// Makes the machine: in a deployment of its own, or beside others.
#[derive(Debug)]
pub(super) struct MachineStep {
    client: Arc<Client>,
    host: String,
    name: String,
    joins: Option<String>,
    role: Role,
    network: Option<String>,
    reserved_address: Option<String>,
}

impl MachineStep {
    pub(super) fn new(client: Arc<Client>, plan: &Plan, role: Role) -> Self {
        Self {
            client,
            host: plan.host.name.clone(),
            name: plan.machine.name.clone(),
            joins: match &plan.host.standing {
                Standing::Inhabited(deployment) => Some(deployment.clone()),
                Standing::New | Standing::Empty => None,
            },
            role,
            network: plan.network.clone(),
            reserved_address: plan.reserved_address.clone(),
        }
    }

    async fn deployment(&self) -> Result<Option<read::Deployment>> {
        match self.client.deployment(&self.host).await {
            Err(error) if gone(&error) => Ok(None),
            answer => answer,
        }
    }
}

#[async_trait]
impl Step for MachineStep {
    fn task(&self) -> Task {
        Task::CreateMachine {
            host: self.host.clone(),
            name: self.name.clone(),
            joins: self.joins.is_some(),
        }
    }

    async fn begin(&self) -> Result<Begun> {
        let accepted = if let Some(deployment) = &self.joins {
            self.client
                .add_role(&self.host, deployment, &self.role)
                .await?
        } else {
            let new = NewDeployment {
                name: self.host.clone(),
                label: self.host.clone(),
                roles: vec![self.role.clone()],
                virtual_network_name: self.network.clone(),
                reserved_ip_name: self.reserved_address.clone(),
            };
            self.client.create_deployment(&self.host, &new).await?
        };
        Ok(Begun::Accepted(accepted))
    }

    async fn look_up(&self) -> Result<Trace> {
        let Some(deployment) = self.deployment().await? else {
            return Ok(Trace::Absent);
        };
        let is_there = deployment.roles.iter().any(|role| {
            role.role_name
                .as_ref()
                .is_some_and(|name| name.eq_ignore_ascii_case(&self.name))
        });
        let busy = deployment.locked.unwrap_or(false)
            || matches!(deployment.status.as_str(), "Deploying" | "Deleting");
        Ok(match (is_there, busy) {
            (_, true) => Trace::Underway,
            (true, false) => Trace::Present,
            (false, false) => Trace::Absent,
        })
    }

    async fn undo(&self) -> Result<Begun> {
        let accepted = match &self.joins {
            Some(deployment) => {
                self.client
                    .delete_role(&self.host, deployment, &self.name, true)
                    .await?
            }
            None => {
                self.client
                    .delete_deployment(&self.host, &self.host, true)
                    .await?
            }
        };
        Ok(Begun::Accepted(accepted))
    }
}
