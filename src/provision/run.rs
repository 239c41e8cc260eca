//! One create, from the job to the answer of Docker.

use std::fmt::Display;
use std::path::Path;

use super::check::{PasswordSource, check};
use super::create::create;
use super::engine::Dialler;
use super::failure::{CreateFailure, Left};
use super::job::{DockerWish, Job};
use super::order::Valid;
use super::outcome::{DockerHost, Outcome, Preview};
use super::problem::Problem;
use super::ssh::KeyWish;
use super::ssh_key;
use super::wait::{Awaited, NotReady, Waiting};
use crate::backend::{Account, Backend, DaemonCertificates, Plan, Step};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::domain::ServiceName;
use crate::event::{Event, Events, Warning};
use crate::pki::docker::{CertFolder, CertPlan, DockerCertificates, NoTlsVerify, Planned};
use crate::saga::{Interrupt, Saga, Stop, Surroundings};

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
        let mut plan = self.checked(order).await?;
        if self.job.dry_run {
            let files = certificates.iter().flat_map(CertPlan::will).collect();
            return self.preview(plan, files).await;
        }
        self.make_ssh_key(&mut plan)?;
        let certificates = match &certificates {
            Some(certificates) => Some(self.make_certificates(certificates)?),
            None => None,
        };
        if let (Some(docker), Some(certificates)) = (&mut plan.machine.docker, &certificates) {
            docker.certificates = Some(DaemonCertificates {
                ca: certificates.ca_pem.clone(),
                certificate: certificates.server_cert_pem.clone(),
                key: certificates.server_key_pem.clone(),
            });
        }
        let steps = self.steps(&plan).await?;
        let mut saga = Saga::new();
        self.make(&steps, &mut saga).await?;
        match (&self.job.docker, certificates, self.job.order.docker) {
            (Some(wish), Some(certificates), Some(port)) if wish.wait.is_some() => {
                self.until_docker_answers(wish, plan, certificates, port, saga)
                    .await
            }
            (wish, ..) => Ok(Outcome::Created {
                public_name: self.public_name(&plan),
                plan: Box::new(plan),
                folder: wish.as_ref().map(|wish| wish.folder.clone()),
            }),
        }
    }

    /// The name under which the world finds a host; the service spells it in lower case.
    fn public_name(&self, plan: &Plan) -> String {
        let host = plan.host.name.to_ascii_lowercase();
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
    async fn checked(&self, order: Valid<'_>) -> Result<Plan, CreateFailure> {
        let ports = &self.ports;
        tokio::select! {
            plan = check(order, ports.backend, ports.passwords, ports.events) => Ok(plan?),
            () = ports.interrupt.asked() => Err(CreateFailure::Interrupted { left: Left::default() }),
        }
    }

    async fn steps(&self, plan: &Plan) -> Result<Vec<Box<dyn Step>>, CreateFailure> {
        tokio::select! {
            steps = self.ports.backend.steps(plan) => Ok(steps.map_err(Problem::from)?),
            () = self.ports.interrupt.asked() => {
                Err(CreateFailure::Interrupted { left: Left::default() })
            }
        }
    }

    async fn preview(&self, plan: Plan, files: Vec<Planned>) -> Result<Outcome, CreateFailure> {
        let tasks = self
            .steps(&plan)
            .await?
            .iter()
            .map(|step| step.task())
            .collect();
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

    async fn make<'a>(
        &self,
        steps: &'a [Box<dyn Step>],
        saga: &mut Saga<'a>,
    ) -> Result<(), CreateFailure> {
        let Err(stop) = create(steps, saga, self.surroundings()).await else {
            return Ok(());
        };
        match &stop {
            Stop::Interrupted => self.tell(Event::Interrupted),
            Stop::Failed(error) => self.tell_why(&error.message(), saga),
        }
        let left = self.wind_up(std::mem::take(saga)).await;
        Err(CreateFailure::stopped(stop, left))
    }

    async fn until_docker_answers(
        &self,
        wish: &DockerWish,
        plan: Plan,
        mut certificates: DockerCertificates,
        port: u16,
        saga: Saga<'_>,
    ) -> Result<Outcome, CreateFailure> {
        let engines = self.ports.dialler.with(&certificates)?;
        let awaited = Awaited {
            host: plan.host.name.clone(),
            public_name: self.public_name(&plan),
            machine: plan.machine.name.clone(),
            port,
            patience: wish.wait.unwrap_or_default(),
        };
        let waiting = Waiting {
            backend: self.ports.backend,
            engines: &*engines,
            clock: self.ports.clock,
            events: self.ports.events,
            looks: self.ports.backend.looks(),
            interrupt: self.ports.interrupt,
        };
        match waiting.until_ready(&awaited).await {
            Ok(ready) => {
                let public_name = ready.public_name.clone();
                if ready.proven.is_some() {
                    certificates.tls_verify = Err(NoTlsVerify::OtherNames {
                        host: public_name.clone(),
                    });
                }
                Ok(Outcome::Ready(Box::new(DockerHost {
                    plan,
                    public_name,
                    port,
                    ready,
                    certificates,
                })))
            }
            Err(why) => {
                if matches!(why, NotReady::Interrupted) {
                    self.tell(Event::Interrupted);
                } else {
                    self.tell_why(&why, &saga);
                }
                let left = self.wind_up(saga).await;
                Err(CreateFailure::not_ready(why, left))
            }
        }
    }

    /// Says why, before what was made is seen to go.
    fn tell_why(&self, why: &dyn Display, saga: &Saga<'_>) {
        if !self.job.keep && saga.made().next().is_some() {
            self.tell(Event::GoingBack {
                why: why.to_string(),
            });
        }
    }

    /// Takes everything back, or keeps it on wish.
    async fn wind_up(&self, saga: Saga<'_>) -> Left {
        let kept = self.job.keep;
        let things = if kept {
            saga.keep().await
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
            polls: self.ports.backend.polls(),
            retries: Backoff::retries(),
            interrupt: self.ports.interrupt,
        }
    }
}
