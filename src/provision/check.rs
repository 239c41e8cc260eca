//! Asks the cloud everything that can be known beforehand, and decides.

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};

use super::family;
use super::look::Look;
use super::order::Valid;
use super::problem::Problem;
use super::site::{self, SiteCheck};
use super::ssh::{KeyWish, SshEndpoint};
use crate::backend::{
    Account, Availability, Backend, Deployment, DockerPlan, Endpoint, Host, HostPlan, Image, Kind,
    MachinePlan, Os, Plan, Standing,
};
use crate::domain::{Password, PasswordError, UserName, VmName};
use crate::event::{Because, Event, Events, Subject, Warning, Wish};

/// Where a password comes from when one is needed.
#[async_trait]
pub trait PasswordSource: Send + Sync {
    /// Gets the password for `user` of a machine that runs `os`.
    async fn password(&self, user: &UserName, os: Os) -> Result<Password, Problem>;

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
    let look = Look {
        order: order.order(),
        backend,
        events,
    };
    look.plan(passwords).await
}

impl Look<'_> {
    async fn plan(&self, passwords: &dyn PasswordSource) -> Result<Checked, Problem> {
        let place = site::foresee(*self).await?;
        let image = self.image().await?;
        let (account, password) = self.account(&image, passwords).await?;
        let mut site = site::check(*self, place).await?;
        self.ask(Subject::Host(self.backend.site().host));
        let host = match self.backend.host(self.order.host.as_str()).await? {
            Some(host) => self.standing_host(&host, &mut *site).await?,
            None => self.new_host(&image, &mut *site).await?,
        };
        let name = self.machine_name(&host, image.os)?;
        let name = match image.os {
            Os::Linux => VmName::for_linux(&name)?,
            Os::Windows => VmName::for_windows(&name)?,
        };
        let machine = self.machine(name, image, account)?;
        let site = site.plan(&machine, host.deployment.is_none())?;
        Ok(Checked {
            plan: Plan {
                host: host.plan,
                machine,
                site,
            },
            password,
        })
    }

    async fn image(&self) -> Result<Image, Problem> {
        let asked = &self.order.image;
        self.ask(Subject::Image(asked.clone()));
        let image = match self
            .backend
            .image(asked, self.order.location.as_deref())
            .await?
        {
            Some(image) => image,
            None => self.image_by_family(asked).await?,
        };
        if self.order.docker.is_some() && image.os == Os::Windows {
            return Err(Problem::NotLinux(image.name));
        }
        self.warn_of_wishes(image.os);
        Ok(image)
    }

    /// Says which wishes change nothing on a machine with this system.
    fn warn_of_wishes(&self, os: Os) {
        let order = self.order;
        let ssh = &order.ssh;
        let (because, wishes) = match os {
            Os::Linux => (
                Because::HoldsLinux,
                vec![(Wish::RemoteDesktop, order.remote_desktop.is_some())],
            ),
            Os::Windows => (
                Because::HoldsWindows,
                vec![
                    (Wish::Ssh, ssh.port().is_some()),
                    (Wish::HiddenSsh, ssh.endpoint == SshEndpoint::Hidden),
                    (Wish::SshKey, matches!(ssh.key, KeyWish::Given(_))),
                    (Wish::MadeSshKey, matches!(ssh.key, KeyWish::Generated)),
                    (Wish::NoSshPassword, ssh.without_password),
                ],
            ),
        };
        for (wish, _) in wishes.into_iter().filter(|(_, is_wished)| *is_wished) {
            self.warn(Warning::WithoutEffect { wish, because });
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
        let user = self.order.user.as_ref().ok_or(Problem::NoUser)?;
        if image.os == Os::Windows {
            let user = UserName::for_windows(user)?;
            let password = passwords.password(&user, Os::Windows).await?.into_secret();
            self.is_no_guess(&password)?;
            return Ok((Account::Windows { user }, Some(password)));
        }
        let user = UserName::for_linux(user)?;
        let password = if ssh.without_password {
            passwords.typed()
        } else {
            Some(passwords.password(&user, Os::Linux).await?.into_secret())
        };
        if let Some(password) = &password {
            self.is_no_guess(password)?;
        }
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

    /// Refuses a password that the cloud takes for no account.
    fn is_no_guess(&self, password: &SecretString) -> Result<(), Problem> {
        let guessed = self.backend.site().guessed_passwords;
        if guessed.contains(&password.expose_secret()) {
            return Err(PasswordError::Guessed.into());
        }
        Ok(())
    }

    async fn new_host(&self, image: &Image, site: &mut dyn SiteCheck) -> Result<Found, Problem> {
        let name = &self.order.host;
        self.events.emit(Event::HostNotFound {
            kind: self.backend.site().host,
            name: name.to_string(),
        });
        site.new_host(image).await?;
        self.check_name().await?;
        Ok(Found {
            plan: HostPlan {
                name: name.clone(),
                standing: Standing::New,
            },
            deployment: None,
        })
    }

    async fn check_name(&self) -> Result<(), Problem> {
        // A question that the 2014 CLI did not ask: no answer means that nobody knows.
        let order = self.order;
        let asked = self
            .backend
            .availability(order.host.as_str(), order.location.as_deref());
        match asked.await {
            Ok(Availability::Taken(reason)) => Err(Problem::NameTaken {
                name: self.order.host.to_string(),
                reason,
            }),
            Ok(Availability::Free | Availability::Unknown) | Err(_) => Ok(()),
        }
    }

    async fn standing_host(&self, host: &Host, site: &mut dyn SiteCheck) -> Result<Found, Problem> {
        if self.order.location.is_some() {
            self.warn(Warning::LocationIgnored);
        }
        site.standing_host(host)?;
        self.ask(Subject::Deployment);
        let deployment = self.backend.deployment(&host.name).await?;
        let standing = match &deployment {
            None => {
                self.events.emit(Event::HostIsEmpty {
                    name: host.name.clone(),
                });
                Standing::Empty
            }
            Some(deployment) => {
                site.joins(deployment)?;
                Standing::Inhabited(deployment.name.clone())
            }
        };
        Ok(Found {
            plan: HostPlan {
                // As typed: a deployment is called so, and services ignore case.
                name: self.order.host.clone(),
                standing,
            },
            deployment,
        })
    }

    fn machine_name(&self, host: &Found, os: Os) -> Result<String, Problem> {
        let Some(deployment) = &host.deployment else {
            return Ok(self
                .order
                .machine
                .clone()
                .unwrap_or_else(|| self.order.host.to_string()));
        };
        let name = self.order.machine.clone().unwrap_or_else(|| {
            let longest = self.backend.site().windows_name;
            next_name(self.order.host.as_str(), os, longest, deployment)
        });
        if deployment.machine(&name).is_some() {
            return Err(Problem::MachineExists {
                machine: name,
                host: host.plan.name.to_string(),
            });
        }
        Ok(name)
    }

    fn machine(
        &self,
        name: VmName,
        image: Image,
        account: Account,
    ) -> Result<MachinePlan, Problem> {
        let order = self.order;
        let site = self.backend.site();
        let entrance = match image.os {
            Os::Linux => order.ssh.port().map(|port| ("ssh", port, site.ssh)),
            Os::Windows => order
                .remote_desktop
                .map(|port| ("rdp", port, site.remote_desktop)),
        };
        let docker = order.docker.map(|port| ("docker", port, port));
        let endpoints = entrance.into_iter().chain(docker);
        Ok(MachinePlan {
            name,
            image,
            size: order.size.as_deref().unwrap_or(site.default_size).parse()?,
            account,
            endpoints: endpoints
                .map(|(name, public, local)| Endpoint {
                    name: name.to_owned(),
                    public,
                    local,
                })
                .collect(),
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
    use crate::backend::{AgentState, Machine, MachineState, SetupState};

    fn deployment(names: &[&str]) -> Deployment {
        let machine = |name: &&str| Machine {
            name: (*name).to_owned(),
            state: MachineState::Running,
            agent: AgentState::Ready,
            setup: SetupState::Unknown,
            disk: None,
            data_disks: Vec::new(),
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
