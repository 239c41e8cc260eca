//! One create, from the job to the answer of Docker.

use std::borrow::Cow;
use std::fmt::Display;
use std::io;
use std::net::IpAddr;
use std::ops::Range;
use std::time::Duration;

use super::check::{Checked, check};
use super::compare::differences;
use super::difference::Difference;
use super::failure::{CreateFailure, Left};
use super::intent::{Intent, Stage, needs_password};
use super::job::Job;
use super::order::Valid;
use super::outcome::{DockerHost, Outcome};
use super::ports::Ports;
use super::problem::Problem;
use super::records::{Held, NEXT};
use super::remove::conclude;
use super::site;
use super::ssh::KeyWish;
use super::wait::{Awaited, Engines, NotReady, Ready, Waiting};
use crate::backend::{Account, DaemonCertificates, Effect, MachinePlan, Plan, Secrets};
use crate::domain::Port;
use crate::event::{Because, Direction, Event, Warning, Wish};
use crate::pki::docker::{CertFolder, CertPlan, DockerCertificates, NoTlsVerify, Planned};
use crate::saga::{Forgetful, Leftover, Noted, Notes, Saga, State, Stop, Surroundings};

/// Carries `job` out: checks, plans, prepares, makes, waits, and takes back what failed. What an
/// earlier run of the same job left unfinished is gone on with.
pub async fn run(job: &Job, ports: Ports<'_>) -> Result<Outcome, CreateFailure> {
    Run::new(job, ports).whole().await
}

pub(super) struct Run<'a> {
    pub(super) job: &'a Job,
    pub(super) ports: Ports<'a>,
}

/// What is held of the records: the place of the machine, and that of the choice of its name where it
/// was left to us.
struct Holding {
    held: Held,
    _choice: Option<Held>,
}

/// What a Docker host needs when its machine is made.
struct Docker {
    port: u16,
    wait: Option<Duration>,
    certificates: DockerCertificates,
    engines: Box<dyn Engines>,
}

/// What a run needs that goes on with an earlier one.
pub(super) struct Rest {
    pub(super) certificates: Option<CertPlan>,
    password: Option<secrecy::SecretString>,
}

/// What a Docker host needs, before its machine is made.
enum Daemon {
    /// There is to be none.
    Unwanted,
    /// All is there.
    Prepared(Box<Docker>),
    /// The certificate tells the host's address, which is not known yet.
    AtItsAddress(Box<CertPlan>),
}

/// Where in the list the machine stands.
fn machines_place(saga: &Saga) -> usize {
    let list = saga.list();
    list.iter()
        .position(|noted| noted.effect.is_machine())
        .unwrap_or(list.len())
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

impl<'a> Run<'a> {
    pub(super) fn new(job: &'a Job, ports: Ports<'a>) -> Self {
        Self { job, ports }
    }

    async fn whole(&self) -> Result<Outcome, CreateFailure> {
        // What is wrong with the order itself is told first, as it always was.
        let order = self.announced()?;
        if self.job.dry_run {
            return self.rehearse(order).await;
        }
        let mut holding = self.hold()?;
        if let Some(Holding { held, .. }) = &holding
            && let Some(intent) = held.intent().filter(Intent::is_unfinished)
            && let Some(saga) = self.earlier(held, intent).await?
        {
            return self.go_on(held, saga).await;
        }
        let certificates = self.look_at_certificates()?;
        let Checked { mut plan, password } = self.checked(order).await?;
        self.make_ssh_key(&mut plan)?;
        let daemon = self.daemon(certificates)?;
        let effects = self.effects(&plan).await?;
        let saga = Saga::new(effects);
        let machine = plan.machine.name;
        self.note(&mut holding, machine.as_str(), &saga)?;
        let held = holding.as_ref().map(|holding| &holding.held);
        self.make(saga, password, daemon, machine.to_string(), held)
            .await
    }

    /// Holds the machine's record: of two runs on one name, one wins.
    fn hold(&self) -> Result<Option<Holding>, CreateFailure> {
        let Some(records) = self.ports.records else {
            return Ok(None);
        };
        let order = &self.job.order;
        let host = &order.host;
        if !order.leaves_the_name() {
            let machine = order.machine.as_deref().unwrap_or(host.as_str());
            return Ok(Some(Holding {
                held: records.hold(order.key(), machine)?,
                _choice: None,
            }));
        }
        let choice = records.hold(order.key(), NEXT)?;
        for entry in records.about(order.key())? {
            let Ok(intent) = entry.intent else {
                continue;
            };
            if intent.is_unfinished() && intent.is_of(self.job) {
                return Ok(Some(Holding {
                    held: records.hold(order.key(), &intent.machine)?,
                    _choice: Some(choice),
                }));
            }
        }
        Ok(Some(Holding {
            held: choice,
            _choice: None,
        }))
    }

    /// Puts the intent down, where nothing has been done yet.
    fn note(
        &self,
        holding: &mut Option<Holding>,
        machine: &str,
        saga: &Saga,
    ) -> Result<(), CreateFailure> {
        let (Some(records), Some(mut kept)) = (self.ports.records, holding.take()) else {
            return Ok(());
        };
        let order = &self.job.order;
        if order.leaves_the_name() {
            kept = Holding {
                held: records.hold(order.key(), machine)?,
                _choice: Some(kept.held),
            };
        }
        let intent =
            Intent::new(self.job, machine, saga.list().to_vec()).in_place_of(kept.held.intent());
        kept.held.write(intent).map_err(CreateFailure::unnoted)?;
        *holding = Some(kept);
        Ok(())
    }

    /// What an earlier run left, when this one is to go on with it. What is nobody's any more is
    /// forgotten, and this run begins at the beginning.
    async fn earlier(&self, held: &Held, intent: Intent) -> Result<Option<Saga>, CreateFailure> {
        let host = &self.job.order.host;
        match intent.stage {
            Stage::Made => return Ok(None),
            Stage::Removing => return Err(Problem::BeingRemoved(host.to_string()).into()),
            Stage::Undoing => {
                self.take_back(held, intent).await?;
                return Ok(None);
            }
            Stage::Making => {}
        }
        let is_same = intent.is_of(self.job);
        let differences = differences(&intent, self.job);
        if is_same && intent.owns_anything() {
            self.announce_resumption(&intent);
        }
        let saga = self.find_again(held, intent).await?;
        if saga.made().next().is_none() {
            held.clear().map_err(CreateFailure::unnoted)?;
            return Ok(None);
        }
        if is_same {
            Ok(Some(saga))
        } else {
            Err(self.another(differences, &saga).into())
        }
    }

    /// What is unfinished was to become something else.
    pub(super) fn another(&self, differences: Vec<Difference>, saga: &Saga) -> Problem {
        Problem::Unfinished {
            host: self.job.order.host.to_string(),
            differences,
            needs_password: needs_password(saga.list()),
        }
    }

    /// Says that an earlier run is gone on with.
    pub(super) fn announce_resumption(&self, intent: &Intent) {
        self.tell(Event::Resuming {
            host: intent.order.host.to_string(),
            direction: match intent.stage {
                Stage::Making | Stage::Made => Direction::Forward,
                Stage::Undoing | Stage::Removing => Direction::Back,
            },
        });
    }

    /// Finds out what stands of an earlier run.
    pub(super) async fn find_again(
        &self,
        notes: &dyn Notes,
        intent: Intent,
    ) -> Result<Saga, CreateFailure> {
        let mut saga = Saga::resumed(intent.effects);
        match saga.find_again(self.ports.surroundings(notes)).await {
            Ok(()) => Ok(saga),
            // Nothing was done yet: all stays as it is.
            Err(stop) => Err(CreateFailure::stopped(stop, self.left(Vec::new(), true))),
        }
    }

    /// Takes back what an earlier run made.
    pub(super) async fn take_back(
        &self,
        held: &Held,
        mut intent: Intent,
    ) -> Result<(), CreateFailure> {
        intent.stage = Stage::Undoing;
        if intent.owns_anything() {
            self.announce_resumption(&intent);
        }
        let list = intent.effects.clone();
        held.write(intent).map_err(CreateFailure::unnoted)?;
        let mut saga = Saga::resumed(list);
        let left = saga.unwind(self.ports.surroundings(held)).await.left;
        conclude(held, &left);
        if left.is_empty() {
            return Ok(());
        }
        Err(CreateFailure::StillThere {
            left: self.left(left, false),
        })
    }

    /// Goes on where an earlier run ended.
    pub(super) async fn go_on(&self, held: &Held, saga: Saga) -> Result<Outcome, CreateFailure> {
        let Rest {
            certificates,
            password,
        } = self.rest(&saga).await?;
        let name = saga
            .machine()
            .map_or(self.job.order.host.as_str(), |noted| noted.effect.name())
            .to_owned();
        let daemon = self.daemon(certificates)?;
        self.make(saga, password, daemon, name, Some(held)).await
    }

    /// What is needed besides, to go on where an earlier run ended.
    pub(super) async fn rest(&self, saga: &Saga) -> Result<Rest, CreateFailure> {
        let certificates = self.look_at_certificates()?;
        let machine = saga.machine();
        let stands = machine.is_some_and(|noted| noted.state == State::Done);
        if let (true, Some(wish), Some(found)) = (stands, &self.job.docker, &certificates)
            && !found.is_whole()
        {
            // With others nobody would get in, and the wait for Docker would be in vain.
            return Err(Problem::CertificatesLost(wish.folder.clone()).into());
        }
        let password = match machine {
            Some(Noted { effect, state }) if *state != State::Done => {
                self.password_for(effect.machine()).await?
            }
            _ => None,
        };
        Ok(Rest {
            certificates,
            password,
        })
    }

    /// The password of a machine that an earlier run did not come to make.
    async fn password_for(
        &self,
        machine: Option<&MachinePlan>,
    ) -> Result<Option<secrecy::SecretString>, Problem> {
        let passwords = self.ports.passwords;
        match machine.map(|machine| &machine.account) {
            None | Some(Account::OfTheImage) => Ok(None),
            Some(account) => match account.needs_password() {
                Some((user, os)) => {
                    let password = passwords.password(user, os).await?;
                    Ok(Some(password.into_secret()))
                }
                None => Ok(passwords.typed()),
            },
        }
    }

    /// Makes what is not there yet, and waits for Docker.
    async fn make(
        &self,
        mut saga: Saga,
        password: Option<secrecy::SecretString>,
        daemon: Daemon,
        machine: String,
        held: Option<&Held>,
    ) -> Result<Outcome, CreateFailure> {
        let mut done = 0;
        let docker = match daemon {
            Daemon::Unwanted => None,
            Daemon::Prepared(docker) => Some(*docker),
            Daemon::AtItsAddress(plan) => {
                done = machines_place(&saga);
                let before = 0..done;
                self.part(&mut saga, before, &Secrets::default(), held)
                    .await?;
                let plan = plan.with_address(self.address().await);
                let made = plan.map_err(CreateFailure::from);
                match made.and_then(|plan| self.docker(&plan)) {
                    Ok(docker) => Some(docker),
                    Err(why) => {
                        self.tell_why(&why, &saga);
                        let left = self.wind_up(&mut saga, held).await;
                        let why = Box::new(why);
                        return Err(CreateFailure::Unprepared { why, left });
                    }
                }
            }
        };
        let secrets = self.secrets(password, docker.as_ref());
        let rest = done..saga.list().len();
        self.part(&mut saga, rest, &secrets, held).await?;
        self.learn(&mut saga, &machine, held).await;
        let host = self.job.order.host.clone();
        let outcome = match docker {
            Some(Docker {
                wait: Some(patience),
                port,
                certificates,
                engines,
            }) => {
                let awaited = Awaited {
                    public_name: self.public_name(host.as_str()),
                    host: host.to_string(),
                    machine,
                    port,
                    patience,
                };
                let ready = self
                    .until_docker_answers(&awaited, &*engines, saga, held)
                    .await?;
                ready_host(awaited, ready, certificates)
            }
            docker => Outcome::Created {
                public_name: self.public_name(host.as_str()),
                machine,
                port: docker.map(|docker| docker.port),
                folder: self.job.docker.as_ref().map(|wish| wish.folder.clone()),
            },
        };
        self.arrived(held);
        Ok(outcome)
    }

    /// Notes what the cloud chose for the machine, where something is noted and it did choose. A look
    /// that fails costs nothing but that.
    async fn learn(&self, saga: &mut Saga, machine: &str, held: Option<&Held>) {
        let chose = |noted: &Noted| noted.effect.has_rests_of_the_clouds_choice();
        if held.is_none() || !saga.list().iter().any(chose) {
            return;
        }
        let host = self.job.order.host.as_str();
        let Ok(Some(deployment)) = self.ports.backend.deployment(host).await else {
            return;
        };
        if let Some(made) = deployment.machine(machine) {
            saga.learn(made, self.surroundings(held));
        }
    }

    /// Makes a part of the list; what fails takes everything back.
    async fn part(
        &self,
        saga: &mut Saga,
        part: Range<usize>,
        secrets: &Secrets,
        held: Option<&Held>,
    ) -> Result<(), CreateFailure> {
        let around = self.surroundings(held);
        let Err(stop) = saga.run_part(part, secrets, around).await else {
            return Ok(());
        };
        match &stop {
            Stop::Interrupted => self.tell(Event::Interrupted),
            Stop::Failed(error) => self.tell_why(&error.message(), saga),
            Stop::Unnoted(_) => self.tell_why(&stop, saga),
        }
        let left = self.wind_up(saga, held).await;
        Err(CreateFailure::stopped(stop, left))
    }

    /// The address that the host has got. Where the cloud does not tell, the certificate goes
    /// without it: clients verify the name.
    async fn address(&self) -> Option<IpAddr> {
        let host = self.ports.backend.host(self.job.order.host.as_str()).await;
        host.ok().flatten()?.address
    }

    /// What the daemon needs, made now or when its address is known.
    fn daemon(&self, certificates: Option<CertPlan>) -> Result<Daemon, CreateFailure> {
        Ok(match certificates {
            None => Daemon::Unwanted,
            Some(plan) if self.ports.backend.site().own_certificates => {
                Daemon::AtItsAddress(Box::new(plan))
            }
            Some(plan) => Daemon::Prepared(Box::new(self.docker(&plan)?)),
        })
    }

    /// Turns the intent into the record of what was made.
    fn arrived(&self, held: Option<&Held>) {
        if let Some(Err(error)) = held.map(|held| held.set_stage(Stage::Made)) {
            self.unnoted(&error);
        }
    }

    fn unnoted(&self, error: &io::Error) {
        self.tell(Event::Unnoted {
            why: error.to_string(),
        });
    }

    /// The domain of the host's public name.
    fn domain(&self) -> Cow<'_, str> {
        let location = self.job.order.location.as_deref();
        self.ports.backend.domain(location)
    }

    /// The name under which the world finds a host; the service spells it in lower case.
    fn public_name(&self, host: &str) -> String {
        let host = host.to_ascii_lowercase();
        format!("{host}.{}", self.domain())
    }

    fn secrets(&self, password: Option<secrecy::SecretString>, docker: Option<&Docker>) -> Secrets {
        Secrets {
            password,
            custom_data: self.job.order.custom_data.clone(),
            daemon: docker.map(Docker::secrets),
        }
    }

    fn tell(&self, event: Event) {
        self.ports.events.emit(event);
    }

    fn warn(&self, warning: Warning) {
        self.tell(Event::Warned { warning });
    }

    /// Checks the order's own rules, and tells what was read for it.
    fn announced(&self) -> Result<Valid<'_>, CreateFailure> {
        let site = self.ports.backend.site();
        let order = self.job.order.validated(site, self.ports.events)?;
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

    /// Finds out which certificates there are, where the machine is to have Docker.
    pub(super) fn look_at_certificates(&self) -> Result<Option<CertPlan>, CreateFailure> {
        let Some(wish) = &self.job.docker else {
            return Ok(None);
        };
        let look = if self.ports.backend.site().own_certificates {
            CertFolder::look_for_own
        } else {
            CertFolder::look
        };
        let certificates = look(
            &wish.folder,
            &self.job.order.host,
            &self.domain(),
            self.ports.clock.now(),
        )?
        .with_common_name(wish.certificate_name.clone());
        if certificates.is_whole() {
            self.tell(Event::CertificatesFound { server: true });
        }
        if wish.certificate_name.is_some() && !certificates.makes_server() {
            self.warn(Warning::WithoutEffect {
                wish: Wish::CertificateName,
                because: Because::CertificateThere,
            });
        }
        for warning in certificates.warnings() {
            self.warn(Warning::Certificates(warning.to_string()));
        }
        Ok(Some(certificates))
    }

    /// Checks everything that can be known beforehand.
    pub(super) async fn checked(&self, order: Valid<'_>) -> Result<Checked, CreateFailure> {
        let ports = &self.ports;
        tokio::select! {
            checked = check(order, ports.backend, ports.passwords, ports.events) => Ok(checked?),
            () = ports.interrupt.asked() => Err(CreateFailure::Interrupted { left: Left::default() }),
        }
    }

    pub(super) async fn effects(&self, plan: &Plan) -> Result<Vec<Effect>, CreateFailure> {
        tokio::select! {
            effects = self.ports.backend.effects(plan) => Ok(effects.map_err(Problem::from)?),
            () = self.ports.interrupt.asked() => {
                Err(CreateFailure::Interrupted { left: Left::default() })
            }
        }
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
            port: self.job.order.docker.map(Port::get).unwrap_or_default(),
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
        let (made, path) =
            site::ssh_key(&plan.site, self.ports.ssh_folder, order.host.as_str(), now)?;
        *key = Some(made);
        self.tell(Event::SshKeyReady {
            path: path.display().to_string(),
        });
        Ok(())
    }

    async fn until_docker_answers(
        &self,
        awaited: &Awaited,
        engines: &dyn Engines,
        mut saga: Saga,
        held: Option<&Held>,
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
        if matches!(why, NotReady::TimedOut { .. }) {
            self.diagnose(awaited).await;
        }
        if matches!(why, NotReady::Interrupted) {
            self.tell(Event::Interrupted);
        } else {
            self.tell_why(&why, &saga);
        }
        let left = self.wind_up(&mut saga, held).await;
        Err(CreateFailure::not_ready(why, left))
    }

    /// Asks the machine once why Docker does not come.
    async fn diagnose(&self, awaited: &Awaited) {
        let backend = self.ports.backend;
        let said = tokio::select! {
            said = backend.diagnosis(&awaited.host, &awaited.machine) => said,
            () = self.ports.interrupt.asked() => return,
        };
        // How the wait ended tells more than why the machine cannot be asked.
        if let Ok(Some(said)) = said {
            self.tell(Event::Diagnosed { said });
        }
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
    async fn wind_up(&self, saga: &mut Saga, held: Option<&Held>) -> Left {
        let around = self.surroundings(held);
        if self.job.keep {
            let things = saga.keep(around).await;
            if things.is_empty() {
                self.forget(held);
            }
            return Left {
                needs_password: needs_password(saga.list()),
                ..self.left(things, true)
            };
        }
        if let Some(Err(error)) = held.map(|held| held.set_stage(Stage::Undoing)) {
            self.unnoted(&error);
        }
        let things = saga.unwind(around).await.left;
        if let Some(held) = held {
            conclude(held, &things);
        }
        self.left(things, false)
    }

    /// Nothing of the run is there: its intent goes.
    fn forget(&self, held: Option<&Held>) {
        if let Some(Err(error)) = held.map(Held::clear) {
            self.unnoted(&error);
        }
    }

    fn left(&self, things: Vec<Leftover>, kept: bool) -> Left {
        let host = &self.job.order.host;
        let is_noted = self.ports.records.is_some() && !things.iter().all(Leftover::is_inhabited);
        Left {
            noted: is_noted.then(|| host.to_string()),
            things,
            kept,
            needs_password: false,
        }
    }

    fn surroundings<'b>(&'b self, held: Option<&'b Held>) -> Surroundings<'b> {
        let notes: &dyn Notes = match held {
            Some(held) => held,
            None => &Forgetful,
        };
        self.ports.surroundings(notes)
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
