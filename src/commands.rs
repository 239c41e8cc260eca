//! One function per command: settings in, answer out.

pub mod account;
pub mod account_certificate;
pub mod classic;
mod cloud;
pub mod completion;
pub mod config;
pub mod create;
pub mod docker_create;
pub mod docker_hosts;
pub mod environment;
pub mod fake_background;
pub mod fake_orphans;
pub mod fake_run;
pub mod fake_serve;
pub mod login;
mod mode_gate;
pub mod provisioning;
pub mod resource_manager;
mod sign_in;
pub mod vm_create;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use classic::{
    acl_rule, affinity_group, boot_diagnostics, capture, disk, endpoint, extension, image,
    internal_load_balancer, local_network, machine, machine_file, name_server, network,
    network_configuration, public_ip, service, service_certificate, static_ip, storage, vnet,
};
use jiff::Timestamp;
use secrecy::SecretString;

use crate::answer::Answer;
use crate::backend;
use crate::backend::service_management::{
    Client, Connection, Endpoint, ManagementIdentity, Observer, Patience, Transport, Waits,
};
use crate::backoff::Backoff;
use crate::cli::account::{AccountCertCommand, AccountCommand};
use crate::cli::config::ConfigCommand;
use crate::cli::group::RegionCommand;
use crate::cli::network::{NetworkCommand, ReservedIpCommand};
use crate::cli::service::ServiceCommand;
use crate::cli::storage::StorageCommand;
use crate::cli::vm::endpoint::EndpointCommand;
use crate::cli::vm::{DockerCommand, ImageCommand, LocationCommand, VmCommand};
use crate::cli::{CommonArgs, Noun};
use crate::clock::Clock;
use crate::domain::did_you_mean;
use crate::failure::Failure;
use crate::input;
use crate::pki::armour;
use crate::provision::Records;
use crate::settings::Environment;
use crate::settings::mode::Mode;
use crate::settings::profile::{Profile, ProfileError, Subscription};
use crate::settings::slot;
use crate::settings::wait::patience;
use crate::terminal::{Consent, Terminal};

impl From<slot::Missing> for Failure {
    fn from(error: slot::Missing) -> Self {
        Self::of(&error)
    }
}

/// What a command is given besides its own settings.
#[derive(Debug, Clone)]
pub struct Context {
    /// What the environment says.
    pub environment: Environment,
    /// What every command takes.
    pub common: CommonArgs,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Draws a number by chance, for names that nobody has.
    pub drawn: fn() -> u64,
    /// The user.
    pub terminal: Arc<Terminal>,
    /// Has the user agreed to what the command asked? Nobody is asked twice.
    pub agreed: Arc<AtomicBool>,
}

/// How a command ended, when it did not fail.
#[derive(Debug)]
pub enum Outcome {
    /// With an answer, perhaps an empty one.
    Answer(Answer),
    /// Without a word.
    Quiet,
    /// Nothing was done, because no answer came to a question.
    Unanswered,
}

impl From<Answer> for Outcome {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// The result of a command.
pub type CommandResult = Result<Outcome, Failure>;

impl Context {
    /// The profile.
    pub fn profile(&self) -> Result<Profile, Failure> {
        Self::told(Profile::read(self.environment.profile_folder().as_deref()))
    }

    /// The profile, held so that nobody else changes it meanwhile.
    pub fn profile_to_change(&self) -> Result<Profile, Failure> {
        let folder = self.environment.profile_folder();
        Self::told(Profile::read_to_change(folder.as_deref()))
    }

    /// Says when the profile's keys are not its owner's alone.
    fn warn_of_exposure(&self) {
        let folder = self.environment.profile_folder();
        if let Some((path, words)) = Profile::exposure(folder.as_deref()) {
            self.terminal
                .warn(&format!("the profile `{}`: {words}", path.display()));
        }
    }

    fn told(read: Result<Profile, ProfileError>) -> Result<Profile, Failure> {
        read.map_err(|error| {
            let failure = Failure::of(&error);
            match error {
                ProfileError::Damaged { .. } => failure.with_hint(
                    "`azure account clear` removes the file; then import the publish settings again",
                ),
                ProfileError::Newer { .. } => failure
                    .with_hint("use that azure, or another folder with AZURE_CONFIG_DIR"),
                _ => failure,
            }
        })
    }

    /// The subscription that the command is about.
    pub fn subscription(&self) -> Result<Subscription, Failure> {
        let profile = self.profile()?;
        let wanted = self.common.subscription.as_deref();
        if let Some(wanted) = wanted {
            self.warn_of_namesakes(&profile, wanted);
        }
        profile.choose(wanted).cloned().map_err(|error| {
            let failure = Failure::of(&error)
                .with_hint("`azure account import FILE` imports a .publishsettings file; `azure login` signs in to today's Azure");
            match error.hint() {
                Some(hint) => failure.with_hint(hint),
                None => failure,
            }
        })
    }

    /// Says when the name of a subscription stands for several.
    pub(crate) fn warn_of_namesakes(&self, profile: &Profile, wanted: &str) {
        let all = profile.all(wanted);
        if all.len() > 1 {
            let ids: Vec<&str> = all.iter().map(|one| one.id.as_str()).collect();
            self.terminal.warn(&format!(
                "{} subscriptions are called \"{wanted}\": {}; an id tells which is meant",
                all.len(),
                ids.join(", ")
            ));
        }
    }

    /// Says which of `known` come near to the name of a thing that is not there.
    pub(crate) fn tell_near<'a>(
        &self,
        kind: &str,
        name: &str,
        known: impl IntoIterator<Item = &'a str>,
    ) {
        if let Some(question) = did_you_mean(name, known) {
            self.terminal
                .help(&format!("no {kind} is called `{name}`; {question}"));
        }
    }

    /// The text of the authority that was named for this command.
    pub fn authority(&self) -> Result<Option<String>, Failure> {
        let Some(path) = self
            .common
            .ca
            .as_deref()
            .or_else(|| self.environment.authority())
        else {
            return Ok(None);
        };
        let unusable = |why: String| {
            Failure::new(format!("failed to read the authority `{}`", path.display()))
                .with_cause(why)
        };
        let text = input::read_text(path, input::LONGEST_PEM)
            .map_err(|error| unusable(error.to_string()))?;
        // A key that lies in the same file has no business in the profile.
        let certificates = armour::certificates(&text);
        if certificates.is_empty() {
            return Err(unusable("there is no certificate in it".to_owned()));
        }
        Ok(Some(certificates))
    }

    /// The longest wait for Docker, and for other operations to end; none does not wait.
    pub fn wait(&self) -> Result<Option<Duration>, Failure> {
        patience(self.common.wait, self.environment.wait()).map_err(|error| Failure::of(&error))
    }

    /// Where the intents and records of the subscription's hosts lie.
    pub fn records(&self) -> Result<Records, Failure> {
        let folder = self
            .environment
            .profile_folder()
            .ok_or_else(|| Failure::of(&ProfileError::NoFolder))?;
        let profile = self.profile()?;
        let chosen = profile.choose(self.common.subscription.as_deref());
        let subscription = chosen.map_err(|error| Failure::of(&error))?;
        Ok(Records::of(&folder, &subscription.id))
    }

    /// A client for the subscription that the command is about.
    pub fn client(&self) -> Result<Client, Failure> {
        Ok(Client::new(self.transport()?))
    }

    /// A connection to the subscription that the command is about.
    pub fn transport(&self) -> Result<Transport, Failure> {
        let subscription = self.subscription()?;
        if !subscription.has_certificate() {
            return Err(Failure::new(format!(
                "subscription \"{}\" has no management certificate",
                subscription.name
            ))
            .with_hint("`azure account import FILE` imports a .publishsettings file")
            .with_hint("`azure config mode arm` works with the login that it has"));
        }
        let endpoint = Endpoint::parse(&subscription.management_endpoint_url)
            .map_err(|error| Failure::of(&error))?;
        let pem = {
            use secrecy::ExposeSecret as _;
            SecretString::from(format!(
                "{}{}",
                subscription.certificate,
                subscription.key.expose_secret()
            ))
        };
        let identity = ManagementIdentity::from_pem(pem).map_err(|error| {
            Failure::new("the management certificate in the profile is damaged")
                .with_cause(error.to_string())
        })?;
        let connection = Connection {
            endpoint,
            subscription: subscription.id.clone(),
            identity: Some(identity),
            authorities: subscription
                .authority
                .clone()
                .into_iter()
                .chain(self.authority()?)
                .collect(),
            patience: self.network_patience()?,
        };
        Ok(self.connect(connection)?)
    }

    /// How long this command waits for a service, and how often it tries.
    pub fn network_patience(&self) -> Result<Patience, Failure> {
        Ok(Patience {
            exclusive: self.wait()?.unwrap_or(Duration::ZERO),
            ..Patience::hurried(self.environment.haste())
        })
    }

    /// Prepares to talk over a connection, and to tell the user of what takes long.
    pub fn connect(&self, connection: Connection) -> backend::Result<Transport> {
        let terminal = Arc::clone(&self.terminal);
        let waits: Waits = Arc::new(move |words| terminal.progress(words));
        let transport = Transport::new(connection, Arc::clone(&self.clock))?.told_to(waits);
        if self.terminal.manner().verbosity < 2 {
            return Ok(transport);
        }
        let terminal = Arc::clone(&self.terminal);
        let observer: Observer = Arc::new(move |exchange| {
            let status = exchange
                .status
                .map_or_else(|| "no answer".to_owned(), |status| status.to_string());
            terminal.silly(&format!("{} {} {status}", exchange.method, exchange.path));
        });
        Ok(transport.observed_by(observer))
    }

    /// Waits until what a command had read may be read anew; false when it was waited long enough
    /// since `begin`, or the command failed for another reason.
    pub async fn waits(&self, failure: &Failure, begin: Timestamp, times: u32) -> bool {
        let (Some(seconds), Ok(Some(patience))) = (failure.is_held(), self.wait()) else {
            return false;
        };
        let waited = self.clock.now().duration_since(begin).unsigned_abs();
        let wait = match seconds {
            0 => Backoff::new(Duration::from_millis(100), Duration::from_secs(15)).wait(times),
            seconds => Duration::from_secs(seconds.into()),
        };
        if waited + wait > patience {
            return false;
        }
        self.terminal
            .progress("Waiting for another operation to end");
        self.clock.sleep(wait).await;
        true
    }

    /// Does the user agree? `Some(outcome)` ends the command.
    pub fn refused(&self, quiet: bool, question: &str) -> Option<Outcome> {
        if quiet || self.agreed.load(Ordering::Relaxed) {
            return None;
        }
        match self.terminal.confirm(question) {
            Consent::Given => {
                self.agreed.store(true, Ordering::Relaxed);
                None
            }
            Consent::Refused => Some(Answer::none().in_vain().into()),
            Consent::Silence => Some(Outcome::Unanswered),
        }
    }
}

/// Carries out what was typed. `path` is the command's words, as they were typed.
pub async fn run(noun: Noun, path: &[String], context: &Context) -> CommandResult {
    context.warn_of_exposure();
    mode_gate::check(&noun, path, context)?;
    match noun {
        Noun::Account(command) => match command {
            AccountCommand::List => account::list(context),
            AccountCommand::Show(args) => account::show(context, &args),
            AccountCommand::Set(args) => account::set(context, &args),
            AccountCommand::Clear(args) => account::clear(context, &args),
            AccountCommand::Import(args) => account::import(context, &args),
            AccountCommand::Download(args) => account::download(context, &args),
            AccountCommand::Cert(AccountCertCommand::Export(args)) => {
                account_certificate::export(context, &args)
            }
            AccountCommand::Env(command) => environment::run(context, command),
            AccountCommand::AffinityGroup(command) => affinity_group::run(context, command).await,
        },
        Noun::Config(command) => match command {
            ConfigCommand::List => config::list(context),
            ConfigCommand::Delete(args) => config::delete(context, &args),
            ConfigCommand::Set(args) => config::set(context, &args),
            ConfigCommand::Mode(args) => config::mode(context, &args),
        },
        Noun::Group(command) => resource_manager::group::run(context, command).await,
        Noun::Location(RegionCommand::List) => resource_manager::location::list(context).await,
        Noun::Login(args) => login::login(context, args).await,
        Noun::Logout(args) => login::logout(context, &args),
        Noun::Completion(args) => completion::completion(context, &args),
        Noun::Man(args) => completion::man(context, &args),
        Noun::Fake(_) => Err(Failure::new(
            "`fake` commands are run by the program itself",
        )),
        Noun::Network(NetworkCommand::ReservedIp(command)) => match command {
            ReservedIpCommand::List => network::list_reserved(context).await,
            ReservedIpCommand::Show(args) => network::show_reserved(context, &args).await,
            ReservedIpCommand::Delete(args) => network::delete_reserved(context, &args).await,
            ReservedIpCommand::Create(args) => network::create_reserved(context, &args).await,
        },
        Noun::Network(NetworkCommand::Vnet(command)) => vnet::run(context, command).await,
        Noun::Network(NetworkCommand::Dnsserver(command)) => {
            name_server::run(context, command).await
        }
        Noun::Network(NetworkCommand::LocalNetwork(command)) => {
            local_network::run(context, command).await
        }
        Noun::Network(NetworkCommand::Export(args)) => {
            network_configuration::export(context, &args).await
        }
        Noun::Network(NetworkCommand::Import(args)) => {
            network_configuration::import(context, &args).await
        }
        Noun::Service(command) => match command {
            ServiceCommand::Cert(command) => service_certificate::run(context, command).await,
            ServiceCommand::InternalLoadBalancer(command) => {
                internal_load_balancer::run(context, command).await
            }
            ServiceCommand::Create(args) => service::create(context, &args).await,
            ServiceCommand::List => service::list(context).await,
            ServiceCommand::Show(args) => service::show(context, &args).await,
            ServiceCommand::Delete(args) => service::delete(context, &args).await,
        },
        Noun::Storage(StorageCommand::Account(command)) => storage::run(context, command).await,
        Noun::Vm(command) => run_vm(command, path, context).await,
    }
}

async fn run_vm(command: VmCommand, path: &[String], context: &Context) -> CommandResult {
    match command {
        VmCommand::Create(args) => provisioning::machine(context, args).await,
        VmCommand::Docker(command) => match command {
            DockerCommand::Create(args) => provisioning::docker_host(context, args).await,
            DockerCommand::Ls(args) => docker_hosts::list(context, &args).await,
            DockerCommand::Rm(args) => docker_hosts::remove(context, &args).await,
            DockerCommand::Env(args) => docker_hosts::env(context, &args).await,
            DockerCommand::Recover(args) => docker_hosts::recover(context, &args).await,
        },
        VmCommand::List(_)
        | VmCommand::Show(_)
        | VmCommand::Delete(_)
        | VmCommand::Start(_)
        | VmCommand::Restart(_)
        | VmCommand::Stop(_)
        | VmCommand::Deallocate(_)
            if context.mode()? == Mode::Arm =>
        {
            run_machine(command, context).await
        }
        VmCommand::List(args) => machine::list(context, &args).await,
        VmCommand::Show(args) => machine::show(context, &args).await,
        VmCommand::Delete(args) => machine::delete(context, &args).await,
        VmCommand::Start(args) => machine::start(context, &args).await,
        VmCommand::Restart(args) => machine::restart(context, &args).await,
        VmCommand::Stop(_) | VmCommand::Deallocate(_) => Err(mode_gate::needs(path, Mode::Arm)),
        VmCommand::Shutdown(args) => machine::shutdown(context, &args).await,
        VmCommand::Location(LocationCommand::List) => image::locations(context).await,
        VmCommand::Endpoint(command) => match command {
            EndpointCommand::Create(args) => endpoint::create(context, *args).await,
            EndpointCommand::CreateMultiple(args) => {
                endpoint::create_multiple(context, &args).await
            }
            EndpointCommand::Delete(args) => endpoint::delete(context, &args).await,
            EndpointCommand::Update(args) => {
                let is_set = path.last().is_some_and(|word| word == "set");
                endpoint::update(context, *args, is_set).await
            }
            EndpointCommand::List(args) => endpoint::list(context, &args).await,
            EndpointCommand::Show(args) => endpoint::show(context, &args).await,
            EndpointCommand::AclRule(command) => acl_rule::run(context, command).await,
        },
        VmCommand::Image(ImageCommand::List) => image::list(context).await,
        VmCommand::Image(ImageCommand::Show(args)) => image::show(context, &args).await,
        VmCommand::Image(ImageCommand::Create(args)) => image::create(context, *args).await,
        VmCommand::Image(ImageCommand::Delete(args)) => image::delete(context, &args).await,
        VmCommand::Set(args) => boot_diagnostics::set(context, &args).await,
        VmCommand::Extension(command) => extension::run(context, command).await,
        VmCommand::Disk(command) => disk::run(context, command).await,
        VmCommand::Capture(args) => capture::capture(context, &args).await,
        VmCommand::Export(args) => machine_file::export(context, &args).await,
        VmCommand::CreateFrom(args) => machine_file::create(context, *args).await,
        VmCommand::StaticIp(command) => static_ip::run(context, command).await,
        VmCommand::PublicIp(command) => public_ip::run(context, command).await,
    }
}

/// Commands on machines of Resource Manager.
async fn run_machine(command: VmCommand, context: &Context) -> CommandResult {
    use resource_manager::machine::{self, Power};

    match command {
        VmCommand::List(args) => machine::list(context, &args).await,
        VmCommand::Show(args) => machine::show(context, &args).await,
        VmCommand::Delete(args) => machine::delete(context, &args).await,
        VmCommand::Start(args) => machine::turn(context, &args, Power::Start).await,
        VmCommand::Restart(args) => machine::turn(context, &args, Power::Restart).await,
        VmCommand::Stop(args) => machine::turn(context, &args, Power::Stop).await,
        VmCommand::Deallocate(args) => machine::turn(context, &args, Power::Deallocate).await,
        _ => Err(Failure::new("it is no command on machines")),
    }
}
