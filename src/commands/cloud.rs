//! The cloud that a command is about, opened.

use super::Context;
use crate::backend::Backend;
use crate::backend::classic::Classic;
use crate::backend::resource_manager::{self, ResourceManager};
use crate::backend::service_management;
use crate::failure::Failure;
use crate::provision::SiteOrder;
use crate::settings::mode::Mode;

/// One of the two clouds, as provisioning sees it.
#[derive(Debug)]
pub(super) enum Cloud {
    /// Classic Azure.
    Classic(Classic),
    /// Resource Manager.
    ResourceManager(ResourceManager),
}

impl Cloud {
    /// The cloud for a host in this resource group, where it has groups.
    pub(super) fn backend(&self, group: Option<String>) -> Box<dyn Backend> {
        match self {
            Self::Classic(classic) => Box::new(classic.clone()),
            Self::ResourceManager(managed) => Box::new(managed.clone().within(group)),
        }
    }
}

/// The mode that an order is for, and its resource group.
pub(super) fn of_order(order: &SiteOrder) -> (Mode, Option<String>) {
    match order {
        SiteOrder::ResourceManager(own) => (Mode::Arm, Some(own.resource_group.clone())),
        _ => (Mode::Asm, None),
    }
}

/// One of the two clouds, as commands that list and show see it.
#[derive(Debug)]
pub(super) enum Service {
    /// Classic Azure.
    Classic(Box<service_management::Client>),
    /// Resource Manager.
    ResourceManager(Box<resource_manager::Client>),
}

impl Service {
    /// The one of the mode.
    pub(super) fn of(context: &Context) -> Result<Self, Failure> {
        Ok(match context.mode()? {
            Mode::Asm => Self::Classic(Box::new(context.client()?)),
            Mode::Arm => Self::ResourceManager(Box::new(context.resource_manager()?)),
        })
    }

    /// The same, where classic names lie in this domain.
    pub(super) fn named_under(self, domain: Option<&str>) -> Self {
        match (self, domain) {
            (Self::Classic(client), Some(domain)) => {
                Self::Classic(Box::new(client.named_under(domain)))
            }
            (service, _) => service,
        }
    }

    /// The domain of public names that are not known otherwise.
    pub(super) fn domain(&self) -> &str {
        match self {
            Self::Classic(client) => client.domain(),
            Self::ResourceManager(client) => client.domain(),
        }
    }
}
