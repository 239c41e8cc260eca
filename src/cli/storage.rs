//! `storage`: storage accounts.

use clap::{Args, Subcommand};

/// Commands on storage.
#[derive(Debug, Subcommand)]
pub enum StorageCommand {
    /// Commands to manage your Storage accounts
    #[command(subcommand)]
    Account(StorageAccountCommand),
}

/// Commands on storage accounts.
#[derive(Debug, Subcommand)]
pub enum StorageAccountCommand {
    /// List storage accounts
    List,
    /// Show a storage account
    Show(StorageAccountNameArgs),
    /// Create a storage account
    Create(StorageAccountCreateArgs),
    /// Update a storage account
    Set(StorageAccountSetArgs),
    /// Delete a storage account
    Delete(StorageAccountDeleteArgs),
    /// Check whether the account name is valid and is not in use
    Check(StorageAccountNameArgs),
    /// Commands to manage your Storage account keys
    #[command(subcommand)]
    Keys(StorageKeysCommand),
    /// Commands to show your Storage connection string
    #[command(subcommand)]
    Connectionstring(ConnectionStringCommand),
    /// Commands to manage shared access signatures of your storage account
    #[command(subcommand)]
    Sas(SasCommand),
}

/// Commands on shared access signatures.
#[derive(Debug, Subcommand)]
pub enum SasCommand {
    /// Generate shared access signature of storage account
    Create(Box<SasCreateArgs>),
}

/// `storage account sas create`.
#[derive(Debug, Clone, Args)]
pub struct SasCreateArgs {
    /// letters of services
    #[arg(value_name = "services")]
    pub services_word: Option<String>,
    /// letters of types of resources
    #[arg(value_name = "resourceTypes")]
    pub resource_types_word: Option<String>,
    /// letters of permissions
    #[arg(value_name = "permissions")]
    pub permissions_word: Option<String>,
    /// until when
    #[arg(value_name = "expiry")]
    pub expiry_word: Option<String>,
    /// the storage services accessible with the account SAS combining symbols of b(Blob)/f(File)/q(Queue)/t(Table)
    #[arg(long, value_name = "services")]
    pub services: Option<String>,
    /// the storage resource types accessible with the account SAS combining symbols of s(Service)/c(Container)/o(Object)
    #[arg(long, value_name = "resourceTypes")]
    pub resource_types: Option<String>,
    /// the operation permissions combining symbols of r(Read)/w(Write)/d(Delete)/l(List)/a(Add)/c(Create)/u(Update)/p(Process)
    #[arg(long, value_name = "permissions")]
    pub permissions: Option<String>,
    /// the protocol permitted for a request made with the SAS. Possible values are HttpsOnly and HttpsOrHttp
    #[arg(long, value_name = "protocol")]
    pub protocol: Option<String>,
    /// an IP address or a range of IP addresses from which to accept requests
    #[arg(long, value_name = "ipRange")]
    pub ip_range: Option<String>,
    /// the UTC time at which the SAS becomes valid
    #[arg(long, value_name = "start")]
    pub start: Option<String>,
    /// the UTC time at which the SAS expires
    #[arg(long, value_name = "expiry")]
    pub expiry: Option<String>,
    /// the storage account name
    #[arg(short = 'a', long, value_name = "accountName")]
    pub account_name: Option<String>,
    /// the storage account key; the service is asked for it otherwise
    #[arg(short = 'k', long, value_name = "accountKey")]
    pub account_key: Option<secrecy::SecretString>,
    /// the storage connection string
    #[arg(short = 'c', long, value_name = "connectionString")]
    pub connection_string: Option<secrecy::SecretString>,
}

/// Commands on the keys of a storage account.
#[derive(Debug, Subcommand)]
pub enum StorageKeysCommand {
    /// List the keys for a storage account
    List(StorageAccountNameArgs),
    /// Renew a key for a storage account from your account
    Renew(StorageKeysRenewArgs),
}

/// Commands on connection strings.
#[derive(Debug, Subcommand)]
pub enum ConnectionStringCommand {
    /// Show the connection string for your account
    Show(ConnectionStringArgs),
}

/// A storage account alone.
#[derive(Debug, Clone, Args)]
pub struct StorageAccountNameArgs {
    /// the storage account
    #[arg(value_name = "name")]
    pub name: String,
}

/// The kind of a storage account.
#[derive(Debug, Clone, Args)]
pub struct StorageKindArgs {
    /// the account type(LRS/ZRS/GRS/RAGRS/PLRS)
    #[arg(long = "type", value_name = "type")]
    pub kind: Option<String>,
    /// deprecated. Use "--type" instead
    #[arg(long = "geoReplication")]
    pub geo_replication: bool,
    /// deprecated. Use "--type" instead
    #[arg(long = "disable-geoReplication")]
    pub disable_geo_replication: bool,
}

/// `storage account create`.
#[derive(Debug, Clone, Args)]
pub struct StorageAccountCreateArgs {
    /// the storage account
    #[arg(value_name = "name")]
    pub name: String,
    /// the storage account label
    #[arg(short = 'e', long, value_name = "label")]
    pub label: Option<String>,
    /// the storage account description
    #[arg(short = 'd', long, value_name = "description")]
    pub description: Option<String>,
    /// the location
    #[arg(short = 'l', long, value_name = "name")]
    pub location: Option<String>,
    /// the affinity group
    #[arg(short = 'a', long = "affinity-group", value_name = "name")]
    pub affinity_group: Option<String>,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub kind: StorageKindArgs,
}

/// `storage account set`.
#[derive(Debug, Clone, Args)]
pub struct StorageAccountSetArgs {
    /// the storage account
    #[arg(value_name = "name")]
    pub name: String,
    /// the storage account label
    #[arg(short = 'e', long, value_name = "label")]
    pub label: Option<String>,
    /// the storage account description
    #[arg(short = 'd', long, value_name = "description")]
    pub description: Option<String>,
    #[expect(missing_docs, reason = "a doc comment here would become help text")]
    #[command(flatten)]
    pub kind: StorageKindArgs,
}

/// `storage account delete`.
#[derive(Debug, Clone, Args)]
pub struct StorageAccountDeleteArgs {
    /// the storage account
    #[arg(value_name = "name")]
    pub name: String,
    /// quiet mode, do not ask for delete confirmation
    #[arg(short = 'q', long)]
    pub quiet: bool,
}

/// `storage account keys renew`.
#[derive(Debug, Clone, Args)]
pub struct StorageKeysRenewArgs {
    /// the storage account
    #[arg(value_name = "name")]
    pub name: String,
    /// Update the primary key
    #[arg(long)]
    pub primary: bool,
    /// Update the secondary key
    #[arg(long)]
    pub secondary: bool,
}

/// `storage account connectionstring show`.
#[derive(Debug, Clone, Args)]
pub struct ConnectionStringArgs {
    /// the storage account
    #[arg(value_name = "name")]
    pub name: String,
    /// Use http as default endpoints protocol
    #[arg(long = "use-http")]
    pub use_http: bool,
    /// The blob endpoint
    #[arg(long = "blob-endpoint", value_name = "blobEndpoint")]
    pub blob_endpoint: Option<String>,
    /// The queue endpoint
    #[arg(long = "queue-endpoint", value_name = "queueEndpoint")]
    pub queue_endpoint: Option<String>,
    /// The table endpoint
    #[arg(long = "table-endpoint", value_name = "tableEndpoint")]
    pub table_endpoint: Option<String>,
}
