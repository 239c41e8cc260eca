//! `vm endpoint acl-rule`: who may use an endpoint.

use clap::{Args, Subcommand};

/// Commands on the rules of an endpoint.
#[derive(Debug, Subcommand)]
pub enum AclRuleCommand {
    /// Create an ACL rule for a VM endpoint
    Create(Box<AclRuleCreateArgs>),
    /// List ACL rules defined for a VM endpoint
    List(AclRuleListArgs),
    /// Delete an ACL rule for a VM endpoint
    Delete(AclRuleDeleteArgs),
    /// Update an ACL rule defined for a VM endpoint
    #[command(visible_alias = "update")]
    Set(Box<AclRuleSetArgs>),
}

/// `vm endpoint acl-rule create`.
#[derive(Debug, Clone, Args)]
pub struct AclRuleCreateArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_word: Option<String>,
    /// the endpoint
    #[arg(value_name = "endpoint-name")]
    pub endpoint_word: Option<String>,
    /// the rule's place
    #[arg(value_name = "order")]
    pub order_word: Option<String>,
    /// `permit` or `deny`
    #[arg(value_name = "action")]
    pub action_word: Option<String>,
    /// whom it is about
    #[arg(value_name = "remote-subnet")]
    pub subnet_word: Option<String>,
    /// the VM name
    #[arg(short = 'n', long, value_name = "name")]
    pub vm_name: Option<String>,
    /// the endpoint name
    #[arg(short = 'e', long, value_name = "name")]
    pub endpoint_name: Option<String>,
    /// the ACL rule order
    #[arg(short = 'o', long, value_name = "id")]
    pub order: Option<String>,
    /// the ACL rule action
    #[arg(short = 'a', long, value_name = "name")]
    pub action: Option<String>,
    /// the ACL rule remote subnet
    #[arg(short = 't', long, value_name = "subnet")]
    pub remote_subnet: Option<String>,
    /// the ACL rule description
    #[arg(short = 'r', long, value_name = "description")]
    pub description: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm endpoint acl-rule list`.
#[derive(Debug, Clone, Args)]
pub struct AclRuleListArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_word: Option<String>,
    /// the endpoint
    #[arg(value_name = "endpoint-name")]
    pub endpoint_word: Option<String>,
    /// the VM name
    #[arg(short = 'n', long, value_name = "name")]
    pub vm_name: Option<String>,
    /// the endpoint name
    #[arg(short = 'e', long, value_name = "name")]
    pub endpoint_name: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}

/// `vm endpoint acl-rule delete`.
#[derive(Debug, Clone, Args)]
pub struct AclRuleDeleteArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_word: Option<String>,
    /// the endpoint
    #[arg(value_name = "endpoint-name")]
    pub endpoint_word: Option<String>,
    /// the rule's place
    #[arg(value_name = "order")]
    pub order_word: Option<String>,
    /// the VM name
    #[arg(short = 'n', long, value_name = "name")]
    pub vm_name: Option<String>,
    /// the endpoint name
    #[arg(short = 'e', long, value_name = "name")]
    pub endpoint_name: Option<String>,
    /// the ACL rule order
    #[arg(short = 'o', long, value_name = "id")]
    pub order: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `vm endpoint acl-rule set`.
#[derive(Debug, Clone, Args)]
pub struct AclRuleSetArgs {
    /// the machine
    #[arg(value_name = "vm-name")]
    pub vm_word: Option<String>,
    /// the endpoint
    #[arg(value_name = "endpoint-name")]
    pub endpoint_word: Option<String>,
    /// the rule's place
    #[arg(value_name = "order")]
    pub order_word: Option<String>,
    /// the VM name
    #[arg(short = 'n', long, value_name = "name")]
    pub vm_name: Option<String>,
    /// the endpoint name
    #[arg(short = 'e', long, value_name = "name")]
    pub endpoint_name: Option<String>,
    /// the ACL rule order
    #[arg(short = 'o', long, value_name = "id")]
    pub order: Option<String>,
    /// the new order for the ACL
    #[arg(short = 'w', long, value_name = "id")]
    pub new_order: Option<String>,
    /// the new action for the ACL
    #[arg(short = 'a', long, value_name = "name")]
    pub action: Option<String>,
    /// the new remote subnet for the ACL rule
    #[arg(short = 't', long, value_name = "subnet")]
    pub remote_subnet: Option<String>,
    /// the new description for the ACL
    #[arg(short = 'r', long, value_name = "name")]
    pub description: Option<String>,
    /// filter VMs for the specified DNS name
    #[arg(short = 'd', long, value_name = "name")]
    pub dns_name: Option<String>,
}
