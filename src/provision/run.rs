//! One create, from the job to the answer of Docker.

use std::fmt::Display;
use std::path::Path;
use std::time::Duration;

use super::check::{Checked, PasswordSource, check};
use super::engine::Dialler;
use super::failure::{CreateFailure, Left};
use super::job::{DockerWish, Job};
use super::order::Valid;
use super::outcome::{DockerHost, Outcome, Preview};
use super::problem::Problem;
use super::ssh::KeyWish;
use super::ssh_key;
use super::wait::{Awaited, Engines, NotReady, Ready, Waiting};
use crate::backend::{Account, Backend, DaemonCertificates, Effect, Plan, Secrets};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::domain::ServiceName;
use crate::event::{Event, Events, Warning};
use crate::pki::docker::{CertFolder, CertPlan, DockerCertificates, NoTlsVerify, Planned};
use crate::saga::{Forgetful, Interrupt, Saga, Stop, Surroundings};

/// What a create works with.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// The cloud.
    pub backend: &'a dyn Backend,
    /// Time.
    pub clock: &'a dyn Clock,
    /// The listener.
    pub events: &'a dyn Events,
    /// Where a password comes from.
    pub passwords: &'a dyn PasswordSource,
    /// The way to the daemon.
    pub dialler: &'a dyn Dialler,
    /// The user's wish to stop.
    pub interrupt: &'a Interrupt,
    /// The folder of ssh keys.
    pub ssh_folder: &'a Path,
}

impl std::fmt::Debug for Ports<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ports")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

/// Carries `job` out: checks, plans, prepares, makes, waits, and takes back what failed.
pub async fn run(job: &Job, ports: Ports<'_>) -> Result<Outcome, CreateFailure> {
    Run { job, ports }.whole().await
}

/// What a Docker host needs when its machine is made.
struct Docker {
    port: u16,
    wait: Option<Duration>,
    certificates: DockerCertificates,
    engines: Box<dyn Engines>,
}

impl Docker {
    fn secrets(&self) -> DaemonCertificates {
        DaemonCertificates {
            ca: self.certificates.ca_pem.clone(),
            certificate: self.certificates.server_cert_pem.clone(),
            key: self.certificates.server_key_pem.clone(),
        }
    }
}

fn ready_host(awaited: Awaited, ready: Ready, mut certificates: DockerCertificates) -> Outcome {
    let public_name = ready.public_name.clone();
    if ready.proven.is_some() {
        certificates.tls_verify = Err(NoTlsVerify::OtherNames {
            host: public_name.clone(),
        });
    }
    Outcome::Ready(Box::new(DockerHost {
        machine: awaited.machine,
        public_name,
        port: awaited.port,
        ready,
        certificates,
    }))
}

struct Run<'a> {
    job: &'a Job,
    ports: Ports<'a>,
}

impl Run<'_> {
    async fn whole(&self) -> Result<Outcome, CreateFailure> {
        // What is wrong with the order itself is told first, as it always was.
        let order = self.announced()?;
        let certificates = match &self.job.docker {
            Some(wish) => Some(self.look_at_certificates(wish)?),
            None => None,
        };
        let Checked { mut plan, password } = self.checked(order).await?;
        if self.job.dry_run {
            let files = certificates.iter().flat_map(CertPlan::will).collect();
            return self.preview(plan, files).await;
        }
        self.make_ssh_key(&mut plan)?;
        let docker = match &certificates {
            Some(certificates) => Some(self.docker(certificates)?),
            None => None,
        };
        let secrets = Secrets {
            password,
            custom_data: self.job.order.custom_data.clone(),
            daemon: docker.as_ref().map(Docker::secrets),
        };
        let mut saga = Saga::new(self.effects(&plan).await?);
        self.make(&mut saga, &secrets).await?;
        let (host, machine) = (plan.host.name, plan.machine.name);
        match docker {
            Some(Docker {
                wait: Some(patience),
                port,
                certificates,
                engines,
            }) => {
                let awaited = Awaited {
                    public_name: self.public_name(&host),
                    host,
                    machine,
                    port,
                    patience,
                };
                let ready = self.until_docker_answers(&awaited, &*engines, saga).await?;
                Ok(ready_host(awaited, ready, certificates))
            }
            docker => Ok(Outcome::Created {
                public_name: self.public_name(&host),
                machine,
                port: docker.map(|docker| docker.port),
                folder: self.job.docker.as_ref().map(|wish| wish.folder.clone()),
            }),
        }
    }

    /// The name under which the world finds a host; the service spells it in lower case.
    fn public_name(&self, host: &str) -> String {
        let host = host.to_ascii_lowercase();
        format!("{host}.{}", self.ports.backend.domain())
    }

    fn tell(&self, event: Event) {
        self.ports.events.emit(event);
    }

    fn warn(&self, warning: Warning) {
        self.tell(Event::Warned { warning });
    }

    /// Checks the order's own rules, and tells what was read for it.
    fn announced(&self) -> Result<Valid<'_>, CreateFailure> {
        if self.job.docker.is_some() {
            self.host_name()?;
        }
        let order = self.job.order.validated(self.ports.events)?;
        for warning in &self.job.warnings {
            self.warn(warning.clone());
        }
        if let Some(path) = &self.job.custom_data_file {
            self.tell(Event::CustomData {
                path: path.display().to_string(),
            });
        }
        Ok(order)
    }

    fn host_name(&self) -> Result<ServiceName, Problem> {
        let name = &self.job.order.host;
        name.parse().map_err(|_| Problem::NameTaken {
            name: name.clone(),
            reason: "The hosted service name is invalid.".to_owned(),
        })
    }

    fn look_at_certificates(&self, wish: &DockerWish) -> Result<CertPlan, CreateFailure> {
        let certificates = CertFolder::look_in(
            &wish.folder,
            &self.host_name()?,
            self.ports.backend.domain(),
            self.ports.clock.now(),
        )?
        .with_common_name(wish.certificate_name.clone());
        if certificates.is_whole() {
            self.tell(Event::CertificatesFound { server: true });
        }
        if wish.certificate_name.is_some() && !certificates.makes_server() {
            self.warn(Warning::Ignored {
                option: "--docker-cert-cn",
                because: "the server certificate is there already",
            });
        }
        for warning in certificates.warnings() {
            self.warn(Warning::Certificates(warning.to_string()));
        }
        Ok(certificates)
    }

    /// Checks everything that can be known beforehand.
    async fn checked(&self, order: Valid<'_>) -> Result<Checked, CreateFailure> {
        let ports = &self.ports;
        tokio::select! {
            checked = check(order, ports.backend, ports.passwords, ports.events) => Ok(checked?),
            () = ports.interrupt.asked() => Err(CreateFailure::Interrupted { left: Left::default() }),
        }
    }

    async fn effects(&self, plan: &Plan) -> Result<Vec<Effect>, CreateFailure> {
        tokio::select! {
            effects = self.ports.backend.effects(plan) => Ok(effects.map_err(Problem::from)?),
            () = self.ports.interrupt.asked() => {
                Err(CreateFailure::Interrupted { left: Left::default() })
            }
        }
    }

    async fn preview(&self, plan: Plan, files: Vec<Planned>) -> Result<Outcome, CreateFailure> {
        let effects = self.effects(&plan).await?;
        let tasks = effects.iter().map(Effect::task).collect();
        Ok(Outcome::Planned(Box::new(Preview { plan, tasks, files })))
    }

    fn make_certificates(&self, plan: &CertPlan) -> Result<DockerCertificates, CreateFailure> {
        if !plan.is_whole() {
            let files = plan
                .will()
                .filter_map(|planned| match planned {
                    Planned::Make(path) => Some(path.display().to_string()),
                    Planned::Use(_) | Planned::Rename { .. } => None,
                })
                .collect();
            self.tell(Event::CertificatesMade { files });
        }
        Ok(plan.carry_out()?)
    }

    /// Makes the certificates that are missing, and the way to the daemon that will have them.
    fn docker(&self, plan: &CertPlan) -> Result<Docker, CreateFailure> {
        let certificates = self.make_certificates(plan)?;
        Ok(Docker {
            wait: self.job.docker.as_ref().and_then(|wish| wish.wait),
            port: self.job.order.docker.unwrap_or_default(),
            engines: self.ports.dialler.with(&certificates)?,
            certificates,
        })
    }

    fn make_ssh_key(&self, plan: &mut Plan) -> Result<(), CreateFailure> {
        let order = &self.job.order;
        let (KeyWish::Generated, Account::Linux { key, .. }) =
            (&order.ssh.key, &mut plan.machine.account)
        else {
            return Ok(());
        };
        let now = self.ports.clock.now();
        let (made, path) = ssh_key::key(self.ports.ssh_folder, &order.host, now)?;
        *key = Some(made);
        self.tell(Event::SshKeyReady {
            path: path.display().to_string(),
        });
        Ok(())
    }

    async fn make(&self, saga: &mut Saga, secrets: &Secrets) -> Result<(), CreateFailure> {
        let Err(stop) = saga.run(secrets, self.surroundings()).await else {
            return Ok(());
        };
        match &stop {
            Stop::Interrupted => self.tell(Event::Interrupted),
            Stop::Failed(error) => self.tell_why(&error.message(), saga),
            Stop::Unnoted(_) => self.tell_why(&stop, saga),
        }
        let left = self.wind_up(saga).await;
        Err(CreateFailure::stopped(stop, left))
    }

    async fn until_docker_answers(
        &self,
        awaited: &Awaited,
        engines: &dyn Engines,
        mut saga: Saga,
    ) -> Result<Ready, CreateFailure> {
        let waiting = Waiting {
            backend: self.ports.backend,
            engines,
            clock: self.ports.clock,
            events: self.ports.events,
            looks: self.ports.backend.looks(),
            interrupt: self.ports.interrupt,
        };
        let why = match waiting.until_ready(awaited).await {
            Ok(ready) => return Ok(ready),
            Err(why) => why,
        };
        if matches!(why, NotReady::Interrupted) {
            self.tell(Event::Interrupted);
        } else {
            self.tell_why(&why, &saga);
        }
        let left = self.wind_up(&mut saga).await;
        Err(CreateFailure::not_ready(why, left))
    }

    /// Says why, before what was made is seen to go.
    fn tell_why(&self, why: &dyn Display, saga: &Saga) {
        if !self.job.keep && saga.made().next().is_some() {
            self.tell(Event::GoingBack {
                why: why.to_string(),
            });
        }
    }

    /// Takes everything back, or keeps it on wish.
    async fn wind_up(&self, saga: &mut Saga) -> Left {
        let kept = self.job.keep;
        let things = if kept {
            saga.keep(self.surroundings()).await
        } else {
            saga.unwind(self.surroundings()).await
        };
        Left { things, kept }
    }

    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings {
            backend: self.ports.backend,
            clock: self.ports.clock,
            events: self.ports.events,
            notes: &Forgetful,
            polls: self.ports.backend.polls(),
            retries: Backoff::retries(),
            interrupt: self.ports.interrupt,
        }
    }
}
