//! What the user wants, as far as that can be told without asking anybody.

use serde::{Deserialize, Serialize};

use super::host_key::HostKey;
use super::problem::Problem;
use super::site::classic::order::ClassicOrder;
use super::site::resource_manager::order::ResourceOrder;
use super::site::resource_manager::problem::ResourceProblem;
use super::ssh::SshWish;
use crate::backend::Site;
use crate::domain::{Port, ServiceName, UserName};
use crate::event::{Event, Events, Warning};

/// A machine that is wanted. [`Order::validated`] holds it against every rule that needs
/// no look at the cloud.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Order {
    /// The host's name, as it goes into requests.
    pub host: ServiceName,
    /// The machine's name, when it is not the host's.
    #[serde(default)]
    pub machine: Option<String>,
    /// The image as it was asked for.
    #[serde(default)]
    pub image: String,
    /// The location asked for.
    #[serde(default)]
    pub location: Option<String>,
    /// The size asked for.
    #[serde(default)]
    pub size: Option<String>,
    /// The user; may be missing when the image brings its own.
    #[serde(default)]
    pub user: Option<String>,
    /// How ssh is wanted.
    #[serde(default)]
    pub ssh: SshWish,
    /// The public port for remote desktops.
    #[serde(default)]
    pub remote_desktop: Option<Port>,
    /// Data for the first boot. Nobody knows what its owner put there, so it is not kept.
    #[serde(skip)]
    pub custom_data: Option<Vec<u8>>,
    /// The port of the Docker daemon, when there is to be one.
    #[serde(default)]
    pub docker: Option<Port>,
    /// Are boot diagnostics asked for, or turned off?
    #[serde(default)]
    pub boot_diagnostics: Option<bool>,
    /// The random part of names that nobody chose: 16 hexadecimal digits. It belongs to one run.
    #[serde(skip)]
    pub nonce: String,
    /// What only its cloud knows.
    #[serde(flatten)]
    pub site: SiteOrder,
}

/// The part of an order that one cloud alone knows.
///
/// In a file its fields stand among the others, without a name: a row that is added stands before
/// the rest and has a field that must be there, since classic Azure's may all be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum SiteOrder {
    /// For Resource Manager.
    ResourceManager(ResourceOrder),
    /// For classic Azure.
    Classic(ClassicOrder),
}

impl Default for SiteOrder {
    fn default() -> Self {
        Self::Classic(ClassicOrder::default())
    }
}

impl SiteOrder {
    /// Checks what cannot be had at all, whatever the rest of the order says.
    fn check_image(&self, image: &str) -> Result<(), Problem> {
        match self {
            Self::Classic(order) => Ok(order.check_image(image)?),
            Self::ResourceManager(_) => Ok(()),
        }
    }

    /// Checks the names that follow from the host's.
    fn check_names(&self, order: &Order) -> Result<(), Problem> {
        match self {
            Self::Classic(_) => Ok(()),
            Self::ResourceManager(own) => {
                Ok(own.check_names(order.host.as_str(), order.machine.as_deref())?)
            }
        }
    }

    fn check_network(&self) -> Result<Option<Warning>, Problem> {
        match self {
            Self::Classic(order) => Ok(order.check_network()?),
            Self::ResourceManager(_) => Ok(None),
        }
    }

    fn check_disk(&self) -> Result<(), Problem> {
        match self {
            Self::Classic(order) => Ok(order.check_disk()?),
            Self::ResourceManager(_) => Ok(()),
        }
    }
}

/// An order whose rules hold.
#[derive(Debug, Clone, Copy)]
pub struct Valid<'a>(&'a Order);

impl<'a> Valid<'a> {
    /// The order itself.
    pub fn order(self) -> &'a Order {
        self.0
    }
}

impl Order {
    /// What the host goes by.
    pub fn key(&self) -> HostKey<'_> {
        HostKey {
            host: self.host.as_str(),
            group: match &self.site {
                SiteOrder::ResourceManager(own) => Some(&own.resource_group),
                SiteOrder::Classic(_) => None,
            },
        }
    }

    /// A machine behind this name, of which nothing more is said.
    pub fn new(host: ServiceName) -> Self {
        Self {
            host,
            machine: None,
            image: String::new(),
            location: None,
            size: None,
            user: None,
            ssh: SshWish::default(),
            remote_desktop: None,
            custom_data: None,
            docker: None,
            boot_diagnostics: None,
            nonce: String::new(),
            site: SiteOrder::default(),
        }
    }

    /// Do both ask for the same, whatever is a run's own?
    pub(super) fn asks_as(&self, other: &Self) -> bool {
        let bare = |order: &Self| Self {
            custom_data: None,
            nonce: String::new(),
            ssh: order.ssh.without_text(),
            ..order.clone()
        };
        bare(self) == bare(other)
    }

    /// Does the machine join others behind the same name?
    pub fn joins(&self) -> bool {
        match &self.site {
            SiteOrder::Classic(order) => order.connect,
            SiteOrder::ResourceManager(_) => false,
        }
    }

    /// Is the choice of the machine's name left to the run?
    pub(super) fn leaves_the_name(&self) -> bool {
        self.machine.is_none() && self.joins()
    }

    /// Checks the rules between the parts of an order for a cloud with these habits, and warns of what
    /// they change.
    pub fn validated(&self, site: Site, events: &dyn Events) -> Result<Valid<'_>, Problem> {
        for warning in self.rules(site)? {
            events.emit(Event::Warned { warning });
        }
        Ok(Valid(self))
    }

    fn rules(&self, site: Site) -> Result<Vec<Warning>, Problem> {
        let mut warnings = Vec::new();
        if self.size.is_none() {
            warnings.push(Warning::SizeDefaulted(site.default_size.to_owned()));
        }
        self.site.check_names(self)?;
        self.site.check_image(&self.image)?;
        if let (Some(_), Some(user)) = (self.docker, &self.user) {
            UserName::for_docker_host(user)?;
        }
        self.ssh.check()?;
        warnings.extend(self.site.check_network()?);
        self.check_ports(site.ssh)?;
        self.site.check_disk()?;
        if self
            .custom_data
            .as_ref()
            .is_some_and(|data| data.len() > site.custom_data)
        {
            return Err(Problem::CustomDataTooLong {
                most: site.custom_data,
            });
        }
        Ok(warnings)
    }

    fn check_ports(&self, inside: Port) -> Result<(), Problem> {
        match (self.docker, self.ssh.port()) {
            // A public port is the machine's own there, on which sshd listens in any case.
            (Some(docker), _)
                if docker == inside && matches!(self.site, SiteOrder::ResourceManager(_)) =>
            {
                Err(ResourceProblem::SamePort(docker).into())
            }
            (Some(docker), Some(ssh)) if docker == ssh => Err(Problem::PortTaken(docker)),
            (Some(docker), Some(_)) if docker == inside => Err(Problem::LocalPortTaken {
                port: docker,
                endpoint: "docker",
            }),
            _ => Ok(()),
        }
    }
}
