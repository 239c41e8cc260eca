//! `azure fake run`: a command in a world of its own.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use fake_azure::FakeAzure;
use fake_azure::serve::ServeError;
use nix::errno::Errno;

use super::sign_in::SignIn;
use crate::cli::fake::RunArgs;
use crate::entra::Cloud;
use crate::files;
use crate::input;
use crate::sandbox::signals::Signals;
use crate::sandbox::{self, Folder, Ran, Refusal, guard};
use crate::settings::profile::Profile;

mod az;
pub mod environment;
mod old_cli;
pub mod ready;
mod world;

use environment::{CommandEnvironment, Inherited};
use ready::{Ready, ReadyError};
use world::World;

/// Why a command could not be run in a simulated world.
#[derive(Debug, thiserror::Error)]
pub enum FakeRunError {
    /// The ready file of the simulator to join is of no use.
    #[error(transparent)]
    Ready(#[from] ReadyError),
    /// The folder for the command's HOME could not be made.
    #[error("failed to make the folder `{}` for HOME", path.display())]
    Home {
        /// As given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The profile could not be prepared.
    #[error("failed to import the simulated subscription")]
    Profile(#[source] io::Error),
    /// The command is not there, or is no program.
    #[error("failed to run `{}`", program.to_string_lossy())]
    NotExecuted {
        /// As given.
        program: OsString,
        /// What the system said.
        source: io::Error,
    },
    /// The machine refuses what the simulated names need.
    #[error("the simulated names do not resolve: {0}")]
    WithoutNames(Refusal),
    /// Something around the command failed.
    #[error("failed to {doing}")]
    System {
        /// What was being done.
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// The simulator could not be started.
    #[error("failed to start the simulator")]
    Simulator(#[source] ServeError),
}

impl FakeRunError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::WithoutNames(_) => Some(
                "a client would ask the real host of that name; --without-names goes on all the same",
            ),
            _ => None,
        }
    }

    /// The exit status: as a shell for a command that cannot be run, else 1.
    pub fn code(&self) -> u8 {
        match self {
            Self::NotExecuted { source, .. } if source.kind() == io::ErrorKind::NotFound => 127,
            Self::NotExecuted { .. } => 126,
            _ => 1,
        }
    }
}

fn system(doing: &'static str) -> impl FnOnce(io::Error) -> FakeRunError {
    move |source| FakeRunError::System { doing, source }
}

/// Runs the command and gives its exit status.
///
/// `inherited` is what this process found in its environment; `warn` is told in a few lines when
/// the simulated names cannot resolve, before the command runs all the same.
pub async fn run(
    args: RunArgs,
    inherited: &Inherited,
    warn: impl FnOnce(&str) + Send,
) -> Result<u8, FakeRunError> {
    let RunArgs {
        join,
        without_names,
        keep_proxies,
        home,
        pace,
        refuse_misplaced,
        docker,
        command,
    } = args;
    let mut signals = Signals::listen().map_err(system("listen for signals"))?;
    let home = home.map(|path| made_home(&path)).transpose()?;
    let folder = Folder::create().map_err(system("make a private folder"))?;
    let program = std::env::current_exe().map_err(system("find this program"))?;
    // Dropped after the folder: then nothing is left that it could clean up.
    let (_guard, folder) = (
        guard::start(&program, &folder).map_err(system("start the guard of the run"))?,
        folder,
    );
    let mut machine = std::fs::read_to_string("/etc/hosts").unwrap_or_default();
    if inherited.proxied {
        machine.push_str(NEVER_DIRECT);
    }
    let world = if let Some(ready_file) = join {
        World::join(&ready_file, &folder, &machine)?
    } else {
        let builder = FakeAzure::builder()
            .pace(pace)
            .upstream(inherited.upstream.clone())
            .refuse_misplaced(refuse_misplaced);
        let builder = match &inherited.ca_bundle {
            Some(path) => builder.authorities(path),
            None => builder,
        };
        World::start(docker.tell(builder), &folder, machine).await?
    };
    let ready = world.ready();
    std::os::unix::fs::symlink(&program, folder.programs().join("azure"))
        .map_err(system("put `azure` on the PATH"))?;
    let authorities =
        authorities(inherited, ready, &folder).map_err(system("write a file of authorities"))?;
    let sign_in = ready.service_principal.as_deref().map(SignIn::read);
    let sign_in = sign_in
        .transpose()
        .map_err(system("read what to sign in with"))?;
    if let Some(sign_in) = &sign_in {
        az::prepare(&folder, sign_in, inherited.path.as_deref()).map_err(system("sign az in"))?;
    }
    let for_node = old_cli::prepare(&folder).map_err(system("prepare the old CLI"))?;
    let environment = CommandEnvironment {
        ready,
        sign_in: sign_in.as_ref(),
        for_node,
        folder: &folder,
        home,
        authorities,
        keep_proxies,
        inherited,
    };
    prepare_profile(&program, &environment).map_err(FakeRunError::Profile)?;
    let ran = sandbox::run(
        &program,
        &folder,
        &command,
        &mut signals,
        |line| environment.put_on(line),
        |refusal| {
            if without_names {
                warn(&without_names_text(refusal, ready));
            }
            without_names
        },
    )
    .await
    .map_err(system("watch over the command"));
    world.end().await;
    match ran? {
        Ran::Ended(ending) => Ok(ending.code()),
        Ran::Refused(refusal) => Err(FakeRunError::WithoutNames(refusal)),
        Ran::NotExecuted { errno } => Err(FakeRunError::NotExecuted {
            program: command.into_iter().next().unwrap_or_default(),
            source: Errno::from_raw(errno).into(),
        }),
    }
}

/// Where no proxy is asked for storage, as ever where one was set, today's `az` would look for news
/// of itself in the real cloud.
const NEVER_DIRECT: &str = "\n127.255.255.254 azcliprod.blob.core.windows.net\n";

/// One file with the simulator's authority and those that Node was told of already.
fn authorities(inherited: &Inherited, ready: &Ready, folder: &Folder) -> io::Result<PathBuf> {
    let Some(theirs) = &inherited.authorities else {
        return Ok(ready.ca.clone());
    };
    // What cannot be read Node would have passed over.
    let Ok(theirs) = input::read_text(Path::new(theirs), input::LONGEST_PEM) else {
        return Ok(ready.ca.clone());
    };
    let ours = input::read_text(&ready.ca, input::LONGEST_PEM)?;
    let path = folder.path().join("authorities.pem");
    files::write_new(&path, format!("{}\n{}", *ours, *theirs).as_bytes())?;
    Ok(path)
}

fn made_home(path: &Path) -> Result<PathBuf, FakeRunError> {
    let failed = |source| FakeRunError::Home {
        path: path.to_owned(),
        source,
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(failed)?;
    path.canonicalize().map_err(failed)
}

/// Makes the command's profile folder: the simulated subscription for our CLI, and what the old
/// CLI asks for when it is not there (its mode, and leave to report on its use).
fn prepare_profile(program: &Path, environment: &CommandEnvironment<'_>) -> io::Result<()> {
    let profile = environment.folder.profile();
    for (name, content) in [
        ("config.json", "{\"mode\":\"asm\"}\n"),
        ("telemetry.json", "{\"telemetry\":false}\n"),
    ] {
        let mut file = std::fs::File::create_new(profile.join(name))?;
        io::Write::write_all(&mut file, content.as_bytes())?;
    }
    let mut import = Command::new(program);
    environment.put_on(&mut import);
    import
        .args(["account", "import"])
        .arg(&environment.ready.publish_settings);
    let output = import.stdin(std::process::Stdio::null()).output()?;
    if !output.status.success() {
        return Err(io::Error::other(
            String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        ));
    }
    sign_in(&profile, environment)
}

/// Puts the simulator's login beside its certificate: `azure config mode arm` is all that is left to
/// do.
fn sign_in(profile: &Path, environment: &CommandEnvironment<'_>) -> io::Result<()> {
    let ready = environment.ready;
    let (Some(sign_in), Some(resource_manager), Some(authority)) = (
        environment.sign_in,
        &ready.resource_manager,
        &ready.authority,
    ) else {
        return Ok(());
    };
    let ca = input::read_text(&ready.ca, input::LONGEST_PEM)?.to_string();
    let public = Cloud::public();
    let cloud = Cloud {
        resource_manager: resource_manager.clone(),
        authority: authority.clone(),
        ..public
    };
    let login = sign_in.login(cloud, Some(ca));
    let mut profile = Profile::read_to_change(Some(profile)).map_err(io::Error::other)?;
    let id = sign_in.subscription.clone();
    let known = profile.choose(Some(&id)).map(|one| one.name.clone());
    let name = known.unwrap_or_else(|_| id.clone());
    profile.sign_in(login, &[(id, name)]);
    profile.write().map_err(io::Error::other)
}

/// What to say where the namespaces are refused.
fn without_names_text(refusal: Refusal, ready: &Ready) -> String {
    let mut text = format!("warn:    the simulated names do not resolve: {refusal}\n");
    _ = write!(
        text,
        "hint:    `azure` works as always; reach a host by its address, e.g.\n\
         hint:    `docker --tls -H tcp://ADDRESS:4243 info`; names and addresses are in\n\
         hint:    `{}`",
        ready.hosts_file.display()
    );
    text
}
