//! `group` and `location`: what only Resource Manager has.

use clap::{Args, Subcommand};

/// Commands on resource groups.
#[derive(Debug, Subcommand)]
pub enum GroupCommand {
    /// Lists the resource groups for your subscription
    List,
    /// Creates a resource group
    Create(GroupCreateArgs),
    /// Shows a resource group
    Show(GroupNameArgs),
    /// Deletes a resource group
    Delete(GroupDeleteArgs),
}

/// `group create`.
#[derive(Debug, Clone, Args)]
pub struct GroupCreateArgs {
    /// the resource group
    #[arg(value_name = "name")]
    pub name: String,
    /// where it lies
    #[arg(value_name = "location")]
    pub location: Option<String>,
    /// where it lies
    #[arg(
        short = 'l',
        long = "location",
        id = "location-option",
        value_name = "location"
    )]
    pub location_option: Option<String>,
    /// tags, as name=value;name2=value2
    #[arg(short = 't', long, value_name = "tags")]
    pub tags: Option<String>,
}

/// `group show`.
#[derive(Debug, Clone, Args)]
pub struct GroupNameArgs {
    /// the resource group
    #[arg(value_name = "name")]
    pub name: String,
}

/// `group delete`.
#[derive(Debug, Clone, Args)]
pub struct GroupDeleteArgs {
    /// the resource group
    #[arg(value_name = "name")]
    pub name: String,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// Commands on regions.
#[derive(Debug, Subcommand)]
pub enum RegionCommand {
    /// Lists the locations of your subscription
    List,
}
