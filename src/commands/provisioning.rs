//! The create commands, joined to the frame: the cloud, the narrator, the questions, Ctrl-C.

use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use nix::sys::signal::Signal;
use secrecy::SecretString;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::cloud::{self, Cloud};
use super::create::narrator::{Line, Narrator};
use super::create::password::Ask;
use super::create::session::{CommandFailure, Session};
use super::create::{advice, document, words};
use super::docker_create::FakeFailure;
use super::{CommandResult, Context, docker_create, vm_create};
use crate::answer::{Answer, Level};
use crate::backend::Os;
use crate::backend::classic::Classic;
use crate::backend::resource_manager::ResourceManager;
use crate::backend::service_management::{Client, Connection};
use crate::backend::site::resource_manager::Facts as _;
use crate::cli::vm::create::VmCreateArgs;
use crate::cli::vm::docker::DockerCreateArgs;
use crate::clock::{Clock as _, SystemClock};
use crate::domain::{Password, UserName};
use crate::failure::Failure;
use crate::provision::{CreateFailure, Order, PasswordSource, Problem};
use crate::saga::{Interrupt, Interrupter};
use crate::sandbox::signals::is_ignored;
use crate::settings::create::{self, CreateSettingsError};
use crate::settings::mode::Mode;
use crate::settings::profile::ProfileError;
use crate::terminal::Terminal;

/// How long an undo may take that was asked for by SIGTERM or SIGHUP, in real time.
const GRACE: Duration = Duration::from_secs(8);

/// What is to be made.
enum Wish {
    Machine(Box<VmCreateArgs>),
    DockerHost(Box<DockerCreateArgs>),
}

/// `vm create`.
pub async fn machine(context: &Context, args: Box<VmCreateArgs>) -> CommandResult {
    make(context, Wish::Machine(args)).await
}

/// `vm docker create`.
pub async fn docker_host(context: &Context, args: Box<DockerCreateArgs>) -> CommandResult {
    make(context, Wish::DockerHost(args)).await
}

/// Asks on the terminal.
pub(super) struct Questions<'a>(pub(super) &'a Terminal);

impl Ask for Questions<'_> {
    fn is_standard_input(&self) -> bool {
        true
    }

    fn ask(&self, question: &str) -> io::Result<Option<SecretString>> {
        Ok(self.0.password(question))
    }

    fn line(&self) -> io::Result<SecretString> {
        self.0.typed_line()
    }
}

/// Knows no password: nothing is made that needs one.
pub(super) struct Nobody;

#[async_trait]
impl PasswordSource for Nobody {
    async fn password(&self, user: &UserName, _os: Os) -> Result<Password, Problem> {
        Err(Problem::NoPassword(format!(
            "a password for `{user}` is needed"
        )))
    }
}

/// Makes it; a failure tells programs what is left, too.
async fn make(context: &Context, wish: Wish) -> CommandResult {
    Box::pin(make_it(context, wish))
        .await
        .map_err(|failure| failure.leaving_unless_told(json!([])))
}

async fn make_it(context: &Context, wish: Wish) -> CommandResult {
    let frame = Frame::new(context)?;
    let current = context.environment.working_folder();
    let nonce = format!("{:016x}", (context.drawn)());
    let terminal = &context.terminal;
    let narrator = Narrator::new(|line| show(terminal, line));
    let session = Session {
        clock: &*context.clock,
        events: &narrator,
        ask: &Questions(terminal),
        password: context.environment.password(),
        interrupt: &frame.interrupt,
        context: create::Context {
            home: context.environment.home(),
            current,
            wait: context.environment.wait(),
            nonce: &nonce,
        },
        profile_folder: &frame.profile_folder,
        records: None,
    };
    let told = match wish {
        Wish::Machine(args) => {
            let backend = Classic::new(Arc::new(frame.client().await?));
            let records = context.records()?;
            let session = Session {
                records: Some(&records),
                ..session
            };
            vm_create::vm_create(*args, &backend, session).await
        }
        Wish::DockerHost(args) => {
            let mode = frame.mode(&args)?;
            let mut settings = create::docker_in(mode, *args, session.context)
                .map_err(|error| not_understood(&error))?;
            if settings.fake.is_some() {
                let page = |line| show(terminal, line);
                let patience = context.network_patience()?;
                let connect = |connection| {
                    let connection = Connection {
                        patience,
                        ..connection
                    };
                    let transport = context.connect(connection)?;
                    Ok(transport.until(frame.interrupt.times()))
                };
                let outcome =
                    docker_create::docker_create_fake(&settings, session, &page, &connect).await;
                match outcome {
                    Ok(()) => Ok(Vec::new()),
                    Err(FakeFailure::Command(error)) => Err(error),
                    Err(other) => return Err(of_simulator(&other)),
                }
            } else {
                if let Some(port) = settings.create.job.order.docker
                    && is_simulated_by_us(context.environment.ready_file())
                {
                    docker_create::try_port(port.get()).map_err(|error| of_simulator(&error))?;
                }
                let (_, group) = cloud::of_order(&settings.create.job.order.site);
                let cloud = frame.cloud(mode).await?;
                if let Cloud::ResourceManager(managed) = &cloud {
                    let managed = managed.clone().within(group.clone());
                    place(&managed, &mut settings.create.job.order).await?;
                }
                let backend = cloud.backend(group);
                let records = context.records()?;
                let session = Session {
                    records: Some(&records),
                    ..session
                };
                docker_create::docker_create(&settings, &*backend, session).await
            }
        }
    };
    match told {
        Ok(lines) => Ok(lines.into_iter().fold(Answer::none(), add).into()),
        Err(CommandFailure::Settings(error)) => Err(not_understood(&error)),
        Err(CommandFailure::Create(error)) => Err(failed(terminal, &error)),
    }
}

/// A host of which no place was told lies where its resource group lies.
pub(super) async fn place(managed: &ResourceManager, order: &mut Order) -> Result<(), Failure> {
    if order.location.is_none() {
        let group = managed
            .group(&managed.group_of(order.host.as_str()))
            .await?;
        order.location = group.map(|group| group.location);
    }
    Ok(())
}

fn of_simulator(error: &FakeFailure) -> Failure {
    let failure = Failure::of(error);
    match error {
        FakeFailure::Port { .. } => {
            failure.with_hint("ordinary users open ports from 1024 on; `--docker-port 4243` is one")
        }
        _ => failure,
    }
}

/// Whether the cloud is simulated on this machine by a process of the same user, which may listen
/// where this one may.
fn is_simulated_by_us(ready_file: Option<&Path>) -> bool {
    let owner = ready_file.and_then(|file| std::fs::metadata(file).ok());
    owner.is_some_and(|file| file.uid() == nix::unistd::geteuid().as_raw())
}

/// What lies around every command that makes or removes machines.
pub(super) struct Frame<'a> {
    context: &'a Context,
    profile_folder: PathBuf,
    interrupt: Interrupt,
}

impl<'a> Frame<'a> {
    /// Begins to listen for the wish to stop.
    pub(super) fn new(context: &'a Context) -> Result<Self, Failure> {
        let profile_folder = context
            .environment
            .profile_folder()
            .ok_or_else(|| Failure::of(&ProfileError::NoFolder))?;
        Ok(Self {
            context,
            profile_folder,
            interrupt: listen(),
        })
    }

    /// The mode that a create works in. A simulator of its own needs no profile.
    fn mode(&self, args: &DockerCreateArgs) -> Result<Mode, Failure> {
        match self.context.mode() {
            Err(_) if args.fake => Ok(Mode::Asm),
            mode => mode,
        }
    }

    /// The user's wish to stop.
    pub(super) fn interrupt(&self) -> &Interrupt {
        &self.interrupt
    }

    /// Where ssh keys lie.
    pub(super) fn ssh_folder(&self) -> PathBuf {
        self.profile_folder.join("ssh")
    }

    /// The cloud of a mode.
    pub(super) async fn cloud(&self, mode: Mode) -> Result<Cloud, Failure> {
        Ok(match mode {
            Mode::Asm => Cloud::Classic(Classic::new(Arc::new(self.client().await?))),
            Mode::Arm => Cloud::ResourceManager(self.resource_manager()?),
        })
    }

    /// Resource Manager, which repeats nothing any more once the user wants to stop.
    fn resource_manager(&self) -> Result<ResourceManager, Failure> {
        let stop = Some(self.interrupt.times());
        let client = self.context.resource_manager_until(stop)?;
        Ok(ResourceManager::new(Arc::new(client)))
    }

    /// A client that repeats nothing any more once the user wants to stop, and that knows under which
    /// domain the host has its name.
    pub(super) async fn client(&self) -> Result<Client, Failure> {
        let transport = self.context.transport()?;
        let client = Client::new(transport.until(self.interrupt.times()));
        if let Some(domain) = self.context.environment.domain() {
            return Ok(client.named_under(domain));
        }
        // Simulators are asked for nothing that the real service is not.
        if !client.is_nearby() {
            client.learn_domain().await?;
        }
        Ok(client)
    }
}

/// Shows one line.
pub(super) fn show(terminal: &Terminal, line: Line) {
    match line {
        Line::Progress(label) => terminal.progress(&label),
        Line::Info(text) => terminal.info(&text),
        Line::Warn(text) => terminal.warn(&text),
        Line::Verbose(text) => terminal.verbose(&text),
        Line::Data(text) => terminal.data(&text),
        Line::Document(value) => terminal.document(&value),
    }
}

fn add(answer: Answer, line: Line) -> Answer {
    match line {
        Line::Data(text) => answer.with(Level::Data, text),
        Line::Document(value) => answer.with_json(value),
        Line::Warn(text) => answer.with(Level::Warn, text),
        Line::Progress(text) | Line::Info(text) | Line::Verbose(text) => {
            answer.with(Level::Info, text)
        }
    }
}

fn not_understood(error: &CreateSettingsError) -> Failure {
    let failure = Failure::of(error);
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// A create, a recovery or a removal that failed, in words.
pub(super) fn failed(terminal: &Terminal, error: &CreateFailure) -> Failure {
    for line in advice::help(error) {
        terminal.help(line);
    }
    let mut failure = match error.backend() {
        Some(backend) if error.is_undone() => Failure::of_undone(backend),
        Some(backend) => Failure::of_backend(backend),
        None => Failure::of(error),
    };
    failure = failure.said_as(words::failure(error));
    if matches!(error, CreateFailure::Problem(Problem::NoPlace)) {
        failure = failure.continued(&["please specify --location or --affinity-group"]);
    }
    for hint in advice::hints(error) {
        failure = failure.with_hint(hint);
    }
    if error.is_interrupt() {
        failure = failure.interrupted();
    }
    failure.leaving_unless_told(document::left(error.left()))
}

/// Turns Ctrl-C, SIGTERM and SIGHUP into the wish to stop; what follows from it is an event's to
/// tell. Whoever sends the latter two does not wait for long: after a while they count as twice.
fn listen() -> Interrupt {
    let (interrupter, interrupt) = Interrupter::new();
    let interrupter = Arc::new(interrupter);
    tokio::spawn(async move {
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return;
        };
        let is_heard = !is_ignored(Signal::SIGHUP);
        let mut hangup = is_heard
            .then(|| signal(SignalKind::hangup()).ok())
            .flatten();
        loop {
            let hung_up = async {
                match &mut hangup {
                    Some(hangup) => hangup.recv().await,
                    None => std::future::pending().await,
                }
            };
            let is_patient = tokio::select! {
                pressed = tokio::signal::ctrl_c() => match pressed {
                    Ok(()) => true,
                    Err(_) => return,
                },
                _ = terminate.recv() => false,
                _ = hung_up => false,
            };
            interrupter.ask();
            if !is_patient {
                let interrupter = Arc::clone(&interrupter);
                tokio::spawn(async move {
                    SystemClock.sleep(GRACE).await;
                    interrupter.ask();
                });
            }
        }
    });
    interrupt
}
