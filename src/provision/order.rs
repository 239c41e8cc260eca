//! What the user wants, as far as that can be told without asking anybody.

use std::net::Ipv4Addr;

use serde::{Deserialize, Serialize};

use super::problem::Problem;
use super::ssh::SshWish;
use crate::backend::{Interface, Site};
use crate::domain::UserName;
use crate::event::{Event, Events, Warning};

/// A machine that is wanted. [`Order::validated`] holds it against every rule that needs
/// no look at the cloud.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Order {
    /// The host's name, as it goes into requests.
    pub host: String,
    /// The machine's name, when it is not the host's.
    pub machine: Option<String>,
    /// The image as it was asked for.
    pub image: String,
    /// Is the image one that the community gave?
    pub community: bool,
    /// Does the machine join others behind the same name?
    pub connect: bool,
    /// The location asked for.
    pub location: Option<String>,
    /// The affinity group asked for.
    pub affinity_group: Option<String>,
    /// Where the disk goes: an address, or a path in the account that is chosen.
    pub disk: Option<String>,
    /// The size asked for.
    pub size: Option<String>,
    /// The user; may be missing when the image brings its own.
    pub user: Option<String>,
    /// How ssh is wanted.
    pub ssh: SshWish,
    /// The public port for remote desktops.
    pub remote_desktop: Option<u16>,
    /// The virtual network.
    pub network: Option<String>,
    /// Its subnets.
    pub subnets: Vec<String>,
    /// The private address.
    pub static_address: Option<Ipv4Addr>,
    /// The name of a public address of its own.
    pub public_address: Option<String>,
    /// The reserved address for the host.
    pub reserved_address: Option<String>,
    /// Further interfaces.
    pub interfaces: Vec<Interface>,
    /// The availability set.
    pub availability_set: Option<String>,
    /// Data for the first boot. Nobody knows what its owner put there, so it is not kept.
    #[serde(skip)]
    pub custom_data: Option<Vec<u8>>,
    /// The port of the Docker daemon, when there is to be one.
    pub docker: Option<u16>,
    /// Are boot diagnostics asked for, or turned off?
    pub boot_diagnostics: Option<bool>,
    /// The random part of the disk's name: 16 hexadecimal digits. It belongs to one run.
    #[serde(skip)]
    pub nonce: String,
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
        if self.community {
            return Err(Problem::CommunityImage(self.image.clone()));
        }
        if let (Some(_), Some(user)) = (self.docker, &self.user) {
            UserName::for_docker_host(user)?;
        }
        self.ssh.check()?;
        self.check_network(&mut warnings)?;
        self.check_ports(site.ssh)?;
        self.check_disk()?;
        if self
            .custom_data
            .as_ref()
            .is_some_and(|data| data.len() > site.custom_data)
        {
            return Err(Problem::CustomDataTooLong);
        }
        Ok(warnings)
    }

    fn check_network(&self, warnings: &mut Vec<Warning>) -> Result<(), Problem> {
        if self.network.is_none() {
            if self.static_address.is_some() {
                return Err(Problem::NeedsNetwork("--static-ip"));
            }
            if !self.subnets.is_empty() {
                return Err(Problem::NeedsNetwork("--subnet-names"));
            }
        }
        if !self.interfaces.is_empty() && (self.network.is_none() || self.subnets.is_empty()) {
            return Err(Problem::InterfacesNeedNetwork);
        }
        if self.static_address.is_some() && !self.subnets.is_empty() {
            warnings.push(Warning::SubnetsIgnored);
        }
        Ok(())
    }

    fn check_ports(&self, inside: u16) -> Result<(), Problem> {
        match (self.docker, self.ssh.port()) {
            (Some(docker), Some(ssh)) if docker == ssh => Err(Problem::PortTaken(docker)),
            (Some(docker), Some(_)) if docker == inside => Err(Problem::LocalPortTaken {
                port: docker,
                endpoint: "docker",
            }),
            _ => Ok(()),
        }
    }

    /// The disk goes into a container, not to the root of an account.
    fn check_disk(&self) -> Result<(), Problem> {
        let Some(disk) = &self.disk else {
            return Ok(());
        };
        let path = match disk.split_once("://") {
            Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
            None => disk.strip_prefix('/').unwrap_or(disk),
        };
        match path.split_once('/') {
            Some((container, _)) if !container.is_empty() && container != "$root" => Ok(()),
            _ => Err(Problem::NoContainer(disk.clone())),
        }
    }
}
