//! What was typed: clap definitions, one file per noun, without meaning.
#![expect(
    rustdoc::broken_intra_doc_links,
    rustdoc::invalid_html_tags,
    reason = "doc comments here are the help that clap shows: `[22]` and `<image>` are its words"
)]

pub mod account;
pub mod account_env;
pub mod commander;
pub mod completion;
pub mod config;
pub mod fake;
pub mod group;
pub mod help;
pub mod internal_load_balancer;
pub mod login;
pub mod network;
pub mod service;
pub mod storage;
pub mod vm;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// A whole line.
#[derive(Debug, Parser)]
#[command(about = "Docker hosts in classic Azure")]
#[command(
    name = "azure",
    version,
    disable_help_flag = true,
    disable_version_flag = true
)]
#[command(disable_help_subcommand = true)]
pub struct Line {
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub common: CommonArgs,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(subcommand)]
    pub noun: Noun,
}

/// What every command takes.
#[derive(Debug, Clone, Default, Args)]
pub struct CommonArgs {
    /// use verbose output
    #[arg(short = 'v', long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// use json output
    #[arg(long, global = true)]
    pub json: bool,
    /// the subscription id
    #[arg(short = 's', long, global = true, value_name = "id")]
    pub subscription: Option<String>,
    /// trust this authority (PEM) at the management endpoint, too
    #[arg(long, global = true, value_name = "file")]
    pub ca: Option<PathBuf>,
    /// fail where nothing is found or done, and where a question is not answered
    #[arg(long, global = true)]
    pub strict: bool,
    /// wait so many seconds for another operation that requires exclusive access; 0 does not wait [600]
    #[arg(long, global = true, value_name = "seconds")]
    pub wait: Option<u64>,
}

/// The first word of a command.
#[derive(Debug, Subcommand)]
pub enum Noun {
    /// Commands to manage your account information and publish settings
    #[command(subcommand)]
    Account(account::AccountCommand),
    /// Print what completes this program's commands in a shell: bash, zsh, fish or powershell
    Completion(completion::CompletionArgs),
    /// Commands to manage your local settings
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Commands to run a simulated Azure on this machine
    #[command(subcommand)]
    Fake(fake::FakeCommand),
    /// Commands to manage your resource groups (arm mode)
    #[command(subcommand)]
    Group(group::GroupCommand),
    /// Commands to get the available locations (arm mode)
    #[command(subcommand)]
    Location(group::RegionCommand),
    /// Log in to an Azure subscription
    Login(login::LoginArgs),
    /// Log out from Azure subscriptions
    Logout(login::LogoutArgs),
    /// Print the manual page, or write one for each command
    Man(completion::ManArgs),
    /// Commands to manage your Networks
    #[command(subcommand)]
    Network(network::NetworkCommand),
    /// Commands to manage your Cloud Services
    #[command(subcommand)]
    Service(service::ServiceCommand),
    /// Commands to manage your Storage objects
    #[command(subcommand)]
    Storage(storage::StorageCommand),
    /// Commands to manage your Virtual Machines
    #[command(subcommand)]
    Vm(vm::VmCommand),
}
