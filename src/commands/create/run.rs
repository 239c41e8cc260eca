//! One create, from the order to the answer of Docker.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use super::failure::{CreateFailure, Left};
use super::ssh_key;
use crate::backend::{Account, Backend, DaemonCertificates, Plan, Step, Task};
use crate::backoff::Backoff;
use crate::clock::Clock;
use crate::domain::ServiceName;
use crate::event::{Event, Events, Warning};
use crate::pki::docker::{CertFolder, CertPlan, DockerCertificates, NoTlsVerify, Planned};
use crate::provision::{
    self, Awaited, KeyWish, NotReady, PasswordSource, Problem, Ready, TlsEngines, Valid, Waiting,
};
use crate::saga::{Interrupt, Saga, Stop, Surroundings};
use crate::settings::create::{CreateSettings, DockerSettings};

/// What a create works with.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// The cloud.
    pub backend: &'a dyn Backend,
    /// Time.
    pub clock: &'a dyn Clock,
    /// The listener.
    pub events: &'a dyn Events,
    /// Where a password comes from.
    pub passwords: &'a dyn PasswordSource,
    /// The user's wish to stop.
    pub interrupt: &'a Interrupt,
    /// The folder of ssh keys.
    pub ssh_folder: &'a Path,
}

impl std::fmt::Debug for Tools<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tools")
            .field("backend", &self.backend)
            .finish_non_exhaustive()
    }
}

/// How a create ended well.
#[derive(Debug)]
pub enum Outcome {
    /// The plan stands, and nothing was done.
    Planned(Box<Preview>),
    /// The machine is made; whether it is ready was not asked.
    Created {
        /// Its plan.
        plan: Box<Plan>,
        /// The host's public name.
        public_name: String,
    },
    /// Docker answers.
    Ready(Box<DockerHost>),
}

/// What would be done.
#[derive(Debug)]
pub struct Preview {
    /// The plan.
    pub plan: Plan,
    /// The steps, in order.
    pub tasks: Vec<Task>,
    /// What would be done in the certificate folder.
    pub files: Vec<Planned>,
}

/// A Docker host that answers.
#[derive(Debug)]
pub struct DockerHost {
    /// Its plan.
    pub plan: Plan,
    /// Its public name.
    pub public_name: String,
    /// The daemon's port.
    pub port: u16,
    /// What the daemon said, and where.
    pub ready: Ready,
    /// What its client needs.
    pub certificates: DockerCertificates,
}

/// Makes a machine.
pub async fn machine(
    settings: &CreateSettings,
    tools: Tools<'_>,
) -> Result<Outcome, CreateFailure> {
    let mut plan = checked(announced(settings, tools)?, tools).await?;
    if settings.dry_run {
        return preview(plan, Vec::new(), tools).await;
    }
    make_ssh_key(settings, &mut plan, tools)?;
    let steps = steps(&plan, tools).await?;
    let mut saga = Saga::new();
    create(settings, &steps, &mut saga, tools).await?;
    let public_name = public_name(&plan.host.name, tools.backend.domain());
    Ok(Outcome::Created {
        plan: Box::new(plan),
        public_name,
    })
}

/// Makes a Docker host, and waits until it answers.
pub async fn docker(settings: &DockerSettings, tools: Tools<'_>) -> Result<Outcome, CreateFailure> {
    let create_settings = &settings.create;
    let host: ServiceName = create_settings
        .order
        .host
        .parse()
        .map_err(|_| Problem::NameTaken {
            name: create_settings.order.host.clone(),
            reason: "The hosted service name is invalid.".to_owned(),
        })?;
    // What is wrong with the order itself is told first, as it always was.
    let order = announced(create_settings, tools)?;
    let domain = tools.backend.domain();
    let folder = settings.certificates.path();
    let certificates = CertFolder::look_in(folder, &host, domain, tools.clock.now())?
        .with_common_name(settings.certificate_name.clone());
    if certificates.is_whole() {
        tools.events.emit(Event::CertificatesFound { server: true });
    }
    if settings.certificate_name.is_some() && !certificates.makes_server() {
        tools.events.emit(Event::Warned {
            warning: Warning::Ignored {
                option: "--docker-cert-cn",
                because: "the server certificate is there already",
            },
        });
    }
    for warning in certificates.warnings() {
        tools.events.emit(Event::Warned {
            warning: Warning::Certificates(warning.to_string()),
        });
    }
    let mut plan = checked(order, tools).await?;
    if create_settings.dry_run {
        return preview(plan, certificates.will().collect(), tools).await;
    }
    make_ssh_key(create_settings, &mut plan, tools)?;
    let certificates = make_certificates(&certificates, tools)?;
    if let Some(docker) = &mut plan.machine.docker {
        docker.certificates = Some(DaemonCertificates {
            ca: certificates.ca_pem.clone(),
            certificate: certificates.server_cert_pem.clone(),
            key: certificates.server_key_pem.clone(),
        });
    }
    let steps = steps(&plan, tools).await?;
    let mut saga = Saga::new();
    create(create_settings, &steps, &mut saga, tools).await?;
    let (Some(patience), Some(port)) = (settings.wait, create_settings.order.docker) else {
        let public_name = public_name(&plan.host.name, domain);
        return Ok(Outcome::Created {
            plan: Box::new(plan),
            public_name,
        });
    };
    let awaited = Awaited {
        host: plan.host.name.clone(),
        public_name: public_name(&plan.host.name, domain),
        machine: plan.machine.name.clone(),
        port,
        patience,
    };
    let engines = TlsEngines::new(Arc::new(certificates.client_config()?));
    let waiting = Waiting {
        backend: tools.backend,
        engines: &engines,
        clock: tools.clock,
        events: tools.events,
        looks: tools.backend.looks(),
        interrupt: tools.interrupt,
    };
    match waiting.until_ready(&awaited).await {
        Ok(ready) => {
            let public_name = ready.public_name.clone();
            let mut certificates = certificates;
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
                tools.events.emit(Event::Interrupted);
            } else {
                tell_why(&why, create_settings, &saga, tools);
            }
            let left = wind_up(create_settings, saga, tools).await;
            Err(CreateFailure::not_ready(why, left))
        }
    }
}

/// The name under which the world finds a host; the service spells it in lower case.
pub fn public_name(host: &str, domain: &str) -> String {
    format!("{}.{domain}", host.to_ascii_lowercase())
}

/// Checks the order's own rules, and tells what was read for it.
fn announced<'a>(
    settings: &'a CreateSettings,
    tools: Tools<'_>,
) -> Result<Valid<'a>, CreateFailure> {
    let order = settings.order.validated(tools.events)?;
    for warning in &settings.warnings {
        tools.events.emit(Event::Warned {
            warning: warning.clone(),
        });
    }
    if let Some(path) = &settings.custom_data_file {
        tools.events.emit(Event::CustomData {
            path: path.display().to_string(),
        });
    }
    Ok(order)
}

/// Checks everything that can be known beforehand.
async fn checked(order: Valid<'_>, tools: Tools<'_>) -> Result<Plan, CreateFailure> {
    let check = provision::check(order, tools.backend, tools.passwords, tools.events);
    tokio::select! {
        plan = check => Ok(plan?),
        () = tools.interrupt.asked() => Err(CreateFailure::Interrupted { left: Left::default() }),
    }
}

async fn steps(plan: &Plan, tools: Tools<'_>) -> Result<Vec<Box<dyn Step>>, CreateFailure> {
    tokio::select! {
        steps = tools.backend.steps(plan) => Ok(steps.map_err(Problem::from)?),
        () = tools.interrupt.asked() => Err(CreateFailure::Interrupted { left: Left::default() }),
    }
}

async fn preview(
    plan: Plan,
    files: Vec<Planned>,
    tools: Tools<'_>,
) -> Result<Outcome, CreateFailure> {
    let tasks = steps(&plan, tools)
        .await?
        .iter()
        .map(|step| step.task())
        .collect();
    Ok(Outcome::Planned(Box::new(Preview { plan, tasks, files })))
}

fn make_certificates(
    plan: &CertPlan,
    tools: Tools<'_>,
) -> Result<DockerCertificates, CreateFailure> {
    if !plan.is_whole() {
        let files = plan
            .will()
            .filter_map(|planned| match planned {
                Planned::Make(path) => Some(path.display().to_string()),
                Planned::Use(_) | Planned::Rename { .. } => None,
            })
            .collect();
        tools.events.emit(Event::CertificatesMade { files });
    }
    Ok(plan.carry_out()?)
}

fn make_ssh_key(
    settings: &CreateSettings,
    plan: &mut Plan,
    tools: Tools<'_>,
) -> Result<(), CreateFailure> {
    let (KeyWish::Generated, Account::Linux { key, .. }) =
        (&settings.order.ssh.key, &mut plan.machine.account)
    else {
        return Ok(());
    };
    let (made, path) = ssh_key::key(tools.ssh_folder, &settings.order.host, tools.clock.now())?;
    *key = Some(made);
    tools.events.emit(Event::SshKeyReady {
        path: path.display().to_string(),
    });
    Ok(())
}

async fn create<'a>(
    settings: &CreateSettings,
    steps: &'a [Box<dyn Step>],
    saga: &mut Saga<'a>,
    tools: Tools<'_>,
) -> Result<(), CreateFailure> {
    let Err(stop) = provision::create(steps, saga, surroundings(&tools)).await else {
        return Ok(());
    };
    match &stop {
        Stop::Interrupted => tools.events.emit(Event::Interrupted),
        Stop::Failed(error) => tell_why(&error.message(), settings, saga, tools),
    }
    let left = wind_up(settings, std::mem::take(saga), tools).await;
    Err(CreateFailure::stopped(stop, left))
}

/// Says why, before what was made is seen to go.
fn tell_why(why: &dyn Display, settings: &CreateSettings, saga: &Saga<'_>, tools: Tools<'_>) {
    if !settings.keep && saga.made().next().is_some() {
        tools.events.emit(Event::GoingBack {
            why: why.to_string(),
        });
    }
}

/// Takes everything back, or keeps it on wish.
async fn wind_up(settings: &CreateSettings, saga: Saga<'_>, tools: Tools<'_>) -> Left {
    let things = if settings.keep {
        saga.keep().await
    } else {
        saga.unwind(surroundings(&tools)).await
    };
    Left {
        things,
        kept: settings.keep,
    }
}

fn surroundings<'a>(tools: &Tools<'a>) -> Surroundings<'a> {
    Surroundings {
        backend: tools.backend,
        clock: tools.clock,
        events: tools.events,
        polls: tools.backend.polls(),
        retries: Backoff::retries(),
        interrupt: tools.interrupt,
    }
}
