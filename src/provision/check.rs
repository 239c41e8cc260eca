//! Asks the cloud everything that can be known beforehand, and decides.

use async_trait::async_trait;
use secrecy::SecretString;

use super::family;
use super::order::{Order, Valid};
use super::place::{self, Parts};
use super::problem::Problem;
use super::ssh::KeyWish;
use super::subnet;
use crate::backend::{
    Account, AffinityGroup, Availability, Backend, Deployment, DiskPlan, DockerPlan, Endpoint,
    Host, HostPlan, Image, Kind, Location, MachinePlan, Network, Os, Place, Plan, ReservedAddress,
    Standing,
};
use crate::domain::{Password, UserName, VmName};
use crate::event::{Event, Events, Subject, Warning};

/// Where a password comes from when one is needed.
#[async_trait]
pub trait PasswordSource: Send + Sync {
    /// Gets the password for `user` of a machine that runs `os`.
    async fn password(&self, user: &str, os: Os) -> Result<Password, Problem>;

    /// A password that stands in the line itself, as it was typed. It becomes the account's even
    /// where ssh takes keys alone.
    fn typed(&self) -> Option<SecretString> {
        None
    }
}

/// A plan that holds, and what it needs besides.
#[derive(Debug)]
pub struct Checked {
    /// The plan.
    pub plan: Plan,
    /// The password of the machine's user, where one is to be set.
    pub password: Option<SecretString>,
}

/// Turns an order into a plan. Asks, but changes nothing, here or in the cloud.
pub async fn check(
    order: Valid<'_>,
    backend: &dyn Backend,
    passwords: &dyn PasswordSource,
    events: &dyn Events,
) -> Result<Checked, Problem> {
    Check {
        order: order.order(),
        backend,
        events,
    }
    .plan(passwords)
    .await
}

struct Check<'a> {
    order: &'a Order,
    backend: &'a dyn Backend,
    events: &'a dyn Events,
}

impl Check<'_> {
    async fn plan(&self, passwords: &dyn PasswordSource) -> Result<Checked, Problem> {
        let image = self.image().await?;
        let (account, password) = self.account(&image, passwords).await?;
        let network = self.network().await?;
        let address = self.reserved_address().await?;

        self.ask(Subject::Host);
        let host = match self.backend.host(&self.order.host).await? {
            Some(host) => self.standing_host(host, address.as_ref()).await?,
            None => {
                self.new_host(&image, network.as_ref(), address.as_ref())
                    .await?
            }
        };
        let name = self.machine_name(&host, image.os)?;
        match image.os {
            Os::Linux => VmName::for_linux(&name)?,
            Os::Windows => VmName::for_windows(&name)?,
        };
        let machine = self.machine(name, image, account, network.as_ref())?;
        if let Some(address) = &address
            && machine.endpoints.is_empty()
            && host.deployment.is_none()
        {
            return Err(Problem::AddressWithoutEndpoint(address.name.clone()));
        }
        Ok(Checked {
            plan: Plan {
                host: host.plan,
                machine,
                network: network.map(|network| network.name),
                reserved_address: address.map(|address| address.name),
            },
            password,
        })
    }

    fn ask(&self, about: Subject) {
        self.events.emit(Event::Asked { about });
    }

    fn warn(&self, warning: Warning) {
        self.events.emit(Event::Warned { warning });
    }

    async fn image(&self) -> Result<Image, Problem> {
        let asked = &self.order.image;
        self.ask(Subject::Image(asked.clone()));
        let image = match self.backend.image(asked).await? {
            Some(image) => image,
            None => self.image_by_family(asked).await?,
        };
        if self.order.docker.is_some() && image.os == Os::Windows {
            return Err(Problem::NotLinux(image.name));
        }
        self.warn_of_options(image.os);
        Ok(image)
    }

    /// Says which options change nothing on a machine with this system.
    fn warn_of_options(&self, os: Os) {
        let order = self.order;
        let ssh = &order.ssh;
        let (because, options) = match os {
            Os::Linux => (
                "the image holds Linux",
                vec![("--rdp", order.remote_desktop.is_some())],
            ),
            Os::Windows => (
                "the image holds Windows",
                vec![
                    ("--ssh", ssh.port().is_some()),
                    (
                        "--no-ssh-endpoint",
                        ssh.endpoint == super::ssh::SshEndpoint::Hidden,
                    ),
                    ("--ssh-cert", matches!(ssh.key, KeyWish::Given(_))),
                    ("--generate-ssh-keys", matches!(ssh.key, KeyWish::Generated)),
                    ("--no-ssh-password", ssh.without_password),
                ],
            ),
        };
        for (option, _) in options.into_iter().filter(|(_, is_given)| *is_given) {
            self.warn(Warning::Ignored { option, because });
        }
    }

    /// Beyond what the 2014 CLI understood, so a cloud that does not list its images is no error.
    async fn image_by_family(&self, asked: &str) -> Result<Image, Problem> {
        let images = match self.backend.images().await {
            Ok(images) => images,
            Err(error) if error.kind() == Kind::NotFound => Vec::new(),
            Err(error) => return Err(error.into()),
        };
        let image = family::choose(asked, &images)?;
        self.events.emit(Event::ImageChosen {
            asked: asked.to_owned(),
            name: image.name.clone(),
        });
        Ok(image.clone())
    }

    async fn account(
        &self,
        image: &Image,
        passwords: &dyn PasswordSource,
    ) -> Result<(Account, Option<SecretString>), Problem> {
        let ssh = &self.order.ssh;
        if image.is_specialized() {
            if self.order.user.is_some() {
                self.warn(Warning::AccountIgnored);
            }
            if !matches!(ssh.key, KeyWish::Absent) {
                self.warn(Warning::SshCertificateIgnored);
            }
            return Ok((Account::OfTheImage, None));
        }
        let user = self.order.user.clone().ok_or(Problem::NoUser)?;
        if image.os == Os::Windows {
            UserName::for_windows(&user)?;
            let password = passwords.password(&user, Os::Windows).await?.into_secret();
            return Ok((Account::Windows { user }, Some(password)));
        }
        UserName::for_linux(&user)?;
        let password = if ssh.without_password {
            passwords.typed()
        } else {
            Some(passwords.password(&user, Os::Linux).await?.into_secret())
        };
        let account = Account::Linux {
            user,
            password_over_ssh: ssh.is_wanted().then_some(!ssh.without_password),
            key: match &ssh.key {
                KeyWish::Given(key) => Some(key.clone()),
                KeyWish::Absent | KeyWish::Generated => None,
            },
        };
        Ok((account, password))
    }

    async fn network(&self) -> Result<Option<Network>, Problem> {
        let Some(name) = &self.order.network else {
            return Ok(None);
        };
        self.ask(Subject::Network);
        match self.backend.network(name).await? {
            Some(network) => Ok(Some(network)),
            None => Err(Problem::NetworkNotFound(name.clone())),
        }
    }

    async fn reserved_address(&self) -> Result<Option<ReservedAddress>, Problem> {
        let Some(name) = &self.order.reserved_address else {
            return Ok(None);
        };
        self.ask(Subject::ReservedAddress);
        let address = self
            .backend
            .reserved_address(name)
            .await?
            .ok_or_else(|| Problem::AddressNotFound(name.clone()))?;
        match &address.used_by {
            Some(host) if !host.eq_ignore_ascii_case(&self.order.host) => {
                Err(Problem::AddressInUse {
                    address: address.name.clone(),
                    host: host.clone(),
                })
            }
            _ => Ok(Some(address)),
        }
    }

    async fn new_host(
        &self,
        image: &Image,
        network: Option<&Network>,
        address: Option<&ReservedAddress>,
    ) -> Result<Found, Problem> {
        let order = self.order;
        self.events.emit(Event::HostNotFound {
            name: order.host.clone(),
        });
        let network_group = match network.map(|network| &network.place) {
            Some(Place::AffinityGroup(name)) => self.backend.affinity_group(name).await?,
            _ => None,
        };
        let groups = match &order.affinity_group {
            Some(_) if order.location.is_none() => self.backend.affinity_groups().await?,
            _ => Vec::new(),
        };
        let group = order
            .affinity_group
            .as_ref()
            .and_then(|name| find_group(&groups, name));
        let (place, derived) = place::choose(
            order,
            Parts {
                network: network.map(|network| (network, network_group.as_ref())),
                group,
                address,
                image: Some(image),
            },
        )?;
        if let Some(value) = derived {
            self.events.emit(Event::Derived { value });
        }
        let place = self.place(place, groups, image).await?;
        self.check_name().await?;
        Ok(Found {
            plan: HostPlan {
                name: order.host.clone(),
                place,
                standing: Standing::New,
            },
            deployment: None,
        })
    }

    async fn check_name(&self) -> Result<(), Problem> {
        // A question that the 2014 CLI did not ask: no answer means that nobody knows.
        match self.backend.availability(&self.order.host).await {
            Ok(Availability::Taken(reason)) => Err(Problem::NameTaken {
                name: self.order.host.clone(),
                reason,
            }),
            Ok(Availability::Free | Availability::Unknown) | Err(_) => Ok(()),
        }
    }

    /// Finds the chosen place in the cloud's list, and what it offers.
    async fn place(
        &self,
        place: Place,
        mut groups: Vec<AffinityGroup>,
        image: &Image,
    ) -> Result<Place, Problem> {
        let (place, region, sizes) = match place {
            Place::Location(name) => {
                let location = self.location(&name).await?;
                let region = location.name.clone();
                (Place::Location(location.name), region, location.sizes)
            }
            Place::AffinityGroup(name) => {
                if groups.is_empty() {
                    groups = self.backend.affinity_groups().await?;
                }
                let group = find_group(&groups, &name)
                    .ok_or_else(|| Problem::AffinityGroupNotFound(name.clone()))?;
                if !group.has_machines {
                    return Err(Problem::AffinityGroupWithoutMachines(name));
                }
                (
                    Place::AffinityGroup(group.name.clone()),
                    group.location.clone(),
                    group.sizes.clone(),
                )
            }
        };
        let default = self.backend.site().default_size;
        let size = self.order.size.as_deref().unwrap_or(default);
        if !sizes.is_empty() && !sizes.iter().any(|here| here.eq_ignore_ascii_case(size)) {
            return Err(Problem::SizeNotOffered {
                size: size.to_owned(),
                place: place.name().to_owned(),
                offered: sizes,
            });
        }
        if !image.is_in(&region) {
            return Err(Problem::ImageElsewhere {
                image: image.name.clone(),
                location: region,
            });
        }
        Ok(place)
    }

    async fn location(&self, name: &str) -> Result<Location, Problem> {
        let locations = self.backend.locations().await?;
        let known = locations
            .iter()
            .map(|location| location.display_name.clone())
            .collect();
        let by_name = |location: &&Location| location.name.eq_ignore_ascii_case(name);
        let by_display_name =
            |location: &&Location| location.display_name.eq_ignore_ascii_case(name);
        let found = locations
            .iter()
            .find(by_name)
            .or_else(|| locations.iter().find(by_display_name))
            .ok_or_else(|| Problem::LocationNotFound {
                name: name.to_owned(),
                known,
            })?;
        if found.has_machines {
            Ok(found.clone())
        } else {
            Err(Problem::LocationWithoutMachines(name.to_owned()))
        }
    }

    async fn standing_host(
        &self,
        host: Host,
        address: Option<&ReservedAddress>,
    ) -> Result<Found, Problem> {
        let order = self.order;
        if order.location.is_some() {
            self.warn(Warning::LocationIgnored);
        }
        if order.affinity_group.is_some() {
            self.warn(Warning::AffinityGroupIgnored);
        }
        self.ask(Subject::HostProperties);
        if let (Some(address), Place::Location(location)) = (address, &host.place)
            && !address.location.eq_ignore_ascii_case(location)
        {
            return Err(Problem::PlacesDiffer(
                "The hosted service location must be the same as the reserved IP address' location"
                    .to_owned(),
            ));
        }
        self.ask(Subject::Deployment);
        let deployment = self.backend.deployment(&host.name).await?;
        let standing = match &deployment {
            None => {
                self.events.emit(Event::HostIsEmpty {
                    name: host.name.clone(),
                });
                Standing::Empty
            }
            Some(_) if !order.connect => return Err(Problem::HostInhabited(order.host.clone())),
            Some(deployment) => {
                self.joins(deployment)?;
                if order.reserved_address.is_some() {
                    self.warn(Warning::Ignored {
                        option: "--reserved-ip",
                        because: "the cloud service has its address already",
                    });
                }
                Standing::Inhabited(deployment.name.clone())
            }
        };
        Ok(Found {
            plan: HostPlan {
                // As typed: a deployment is called so, and services ignore case.
                name: order.host.clone(),
                place: host.place,
                standing,
            },
            deployment,
        })
    }

    /// Checks that a machine of this order can stand beside those of `deployment`.
    fn joins(&self, deployment: &Deployment) -> Result<(), Problem> {
        if let Some(network) = &self.order.network
            && !deployment
                .network
                .as_ref()
                .is_some_and(|theirs| theirs.eq_ignore_ascii_case(network))
        {
            return Err(Problem::OtherNetwork(network.clone()));
        }
        let taken: Vec<u16> = deployment
            .machines
            .iter()
            .flat_map(|machine| machine.endpoints.iter().map(|endpoint| endpoint.public))
            .collect();
        let wanted = [
            self.order.docker,
            self.order.ssh.port(),
            self.order.remote_desktop,
        ];
        match wanted
            .into_iter()
            .flatten()
            .find(|port| taken.contains(port))
        {
            Some(port) => Err(Problem::PortTaken(port)),
            None => Ok(()),
        }
    }

    fn machine_name(&self, host: &Found, os: Os) -> Result<String, Problem> {
        let Some(deployment) = &host.deployment else {
            return Ok(self
                .order
                .machine
                .clone()
                .unwrap_or_else(|| self.order.host.clone()));
        };
        let name = self.order.machine.clone().unwrap_or_else(|| {
            let longest = self.backend.site().windows_name;
            next_name(&self.order.host, os, longest, deployment)
        });
        if deployment.machine(&name).is_some() {
            return Err(Problem::MachineExists {
                machine: name,
                host: host.plan.name.clone(),
            });
        }
        Ok(name)
    }

    fn machine(
        &self,
        name: String,
        image: Image,
        account: Account,
        network: Option<&Network>,
    ) -> Result<MachinePlan, Problem> {
        let order = self.order;
        let site = self.backend.site();
        let subnets = subnet::choose(order, network)?;
        let mut endpoints = Vec::new();
        let entrance = match image.os {
            Os::Linux => order.ssh.port().map(|port| ("ssh", port, site.ssh)),
            Os::Windows => order
                .remote_desktop
                .map(|port| ("rdp", port, site.remote_desktop)),
        };
        if let Some((name, public, local)) = entrance {
            endpoints.push(Endpoint {
                name: name.to_owned(),
                public,
                local,
            });
        }
        // The 2014 CLI described the whole network for these wishes alone; a Docker endpoint by
        // itself got a shorter description.
        let full_network = !endpoints.is_empty()
            || !subnets.is_empty()
            || order.public_address.is_some()
            || !order.interfaces.is_empty();
        if let Some(port) = order.docker {
            endpoints.push(Endpoint {
                name: "docker".to_owned(),
                public: port,
                local: port,
            });
        }
        let disk = match &order.disk {
            Some(path) if path.starts_with('/') => DiskPlan::PathInAccount(path.clone()),
            Some(url) => DiskPlan::At(url.clone()),
            None => DiskPlan::InAccount {
                blob: format!("{name}-{}", order.nonce),
            },
        };
        Ok(MachinePlan {
            name,
            image,
            size: order
                .size
                .clone()
                .unwrap_or_else(|| site.default_size.to_owned()),
            account,
            endpoints,
            full_network,
            subnets,
            static_address: order.static_address,
            public_address: order.public_address.clone(),
            interfaces: order.interfaces.clone(),
            availability_set: order.availability_set.clone(),
            disk,
            docker: order.docker.map(|port| DockerPlan { port }),
            boot_diagnostics: order.boot_diagnostics,
        })
    }
}

/// A host with the machines that were found there.
struct Found {
    plan: HostPlan,
    deployment: Option<Deployment>,
}

fn find_group<'a>(groups: &'a [AffinityGroup], name: &str) -> Option<&'a AffinityGroup> {
    groups
        .iter()
        .find(|group| group.name.eq_ignore_ascii_case(name))
}

/// The name of one more machine: one above the highest number that follows a last hyphen, where what
/// stands before it begins the host's name, too. Windows cuts the name, not the number.
fn next_name(host: &str, os: Os, longest: usize, deployment: &Deployment) -> String {
    let highest = deployment
        .machines
        .iter()
        .filter_map(|machine| machine.name.rsplit_once('-'))
        .filter(|(before, _)| host.starts_with(before))
        .filter_map(|(_, number)| number.parse::<u32>().ok())
        .max()
        .unwrap_or(1)
        .max(1);
    let tag = format!("-{}", highest.saturating_add(1));
    let kept: String = match os {
        Os::Linux => host.to_owned(),
        Os::Windows => {
            let room = longest.saturating_sub(tag.len());
            host.chars().take(room).collect()
        }
    };
    kept + &tag
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{AgentState, ExtensionState, Machine, MachineState};

    fn deployment(names: &[&str]) -> Deployment {
        let machine = |name: &&str| Machine {
            name: (*name).to_owned(),
            state: MachineState::Running,
            agent: AgentState::Ready,
            extension: ExtensionState::Unknown,
            disk: None,
            endpoints: Vec::new(),
        };
        Deployment {
            name: "web".to_owned(),
            busy: false,
            address: None,
            public_name: None,
            network: None,
            machines: names.iter().map(machine).collect(),
        }
    }

    #[test]
    fn one_more_machine_counts_those_named_after_the_host_alone() {
        for (machines, name) in [
            (&["web"][..], "web-2"),
            (&["web", "web-2"], "web-3"),
            (&["web", "other-7"], "web-2"),
            (&["web", "w-4"], "web-5"),
            (&["web", "web-x"], "web-2"),
        ] {
            assert_eq!(next_name("web", Os::Linux, 15, &deployment(machines)), name);
        }
    }

    #[test]
    fn windows_takes_a_shorter_name_with_its_whole_number() {
        let host = "averylongwindowshost";
        let deployment = deployment(&[host, "averylongwind-11"]);

        assert_eq!(
            next_name(host, Os::Windows, 15, &deployment),
            "averylongwin-12"
        );
        assert_eq!(
            next_name(host, Os::Linux, 15, &deployment),
            format!("{host}-12")
        );
    }
}
