//! `azure fake …`: the simulator, and commands that meet it instead of the cloud.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use fake_azure::docker_serve;
use fake_azure::serve::Options;
use fake_azure::{DockerOptions, Pace};

/// Classic Azure, simulated on this machine.
#[derive(Debug, Subcommand)]
pub enum FakeCommand {
    /// Run a command that meets a simulated Azure under the real one's names
    Run(RunArgs),
    /// Serve a simulated Azure until SIGTERM or Ctrl-C
    Serve(Options),
    /// Start a simulated Azure in the background, one of each name; with the options of `fake serve`
    Start(StartArgs),
    /// Tell which simulators run in the background; ends with 1 when one does not
    Status(StopArgs),
    /// End a simulator in the background
    Stop(StopArgs),
    /// List what nobody uses in a simulated Azure; ends with 1 when there is any
    Orphans(OrphansArgs),
    /// A Docker engine without any cloud
    #[command(subcommand)]
    Docker(FakeDockerCommand),
}

/// What `azure fake start` was told.
#[derive(Args, Debug)]
pub struct StartArgs {
    /// The simulator's name, `default` unless told, and options of `fake serve`
    #[arg(
        value_name = "NAME-AND-OPTIONS",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub words: Vec<OsString>,
}

/// What `azure fake status` and `azure fake stop` were told.
#[derive(Args, Debug)]
pub struct StopArgs {
    /// The simulator's name
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}

/// What `azure fake orphans` was told.
#[derive(Args, Debug)]
pub struct OrphansArgs {
    /// The simulator in the background; without it the one that the command runs in, or `default`
    #[arg(value_name = "NAME", conflicts_with = "join")]
    pub name: Option<String>,

    /// Ask the running simulator that wrote this file (`fake serve --ready-file`)
    #[arg(long, value_name = "READY_FILE")]
    pub join: Option<PathBuf>,
}

/// A simulated Docker engine alone.
#[derive(Debug, Subcommand)]
pub enum FakeDockerCommand {
    /// Serve a simulated Docker engine until SIGTERM or Ctrl-C
    Serve(docker_serve::Options),
}

/// What `azure fake run` was told.
#[derive(Args, Debug)]
pub struct RunArgs {
    /// Join the running simulator that wrote this file (`fake serve --ready-file`)
    #[arg(long, value_name = "READY_FILE", conflicts_with_all = ["pace", "refuse_misplaced", "docker_options", "engine_options"])]
    pub join: Option<PathBuf>,

    /// Go on where the machine refuses namespaces, though the simulated names do not resolve then
    #[arg(long)]
    pub without_names: bool,

    /// Leave the proxies in the command's environment; the old CLIs would ask them for the simulator
    #[arg(long)]
    pub keep_proxies: bool,

    /// Give the command this folder as its HOME; made when it is not there
    #[arg(long, value_name = "DIR")]
    pub home: Option<PathBuf>,

    /// How time flows: instant (all is done at once), reads:N (each state lasts for N looks), after or
    /// after:SCALE (as long as in the real cloud, times SCALE), by-hand (when the admin API advances it)
    #[arg(long, value_name = "PACE", default_value = "instant")]
    pub pace: Pace,

    /// Refuse elements of requests that are unknown or out of their place
    #[arg(long)]
    pub refuse_misplaced: bool,

    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub docker: DockerOptions,

    /// The command and its arguments
    #[arg(
        value_name = "CMD",
        required = true,
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    pub command: Vec<OsString>,
}
