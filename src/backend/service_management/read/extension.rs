//! Extensions that the service offers.

use super::super::record::record;
use super::super::value::Moment;

record! {
    /// One version of an extension.
    #[derive(PartialEq, Eq)]
    pub struct ExtensionImage {
        /// Who made it.
        publisher: String = "Publisher",
        /// Its name.
        name: String = "Name",
        /// Its version.
        version: String = "Version",
        /// Its name for people.
        label: Option<String> = "Label",
        /// What it does.
        description: Option<String> = "Description",
        /// What its public settings look like, in base64.
        public_configuration_schema: Option<String> = "PublicConfigurationSchema",
        /// What its private settings look like, in base64.
        private_configuration_schema: Option<String> = "PrivateConfigurationSchema",
        /// An example, in base64.
        sample_config: Option<String> = "SampleConfig",
        /// Is it everywhere by now?
        replication_completed: Option<bool> = "ReplicationCompleted",
        /// What its user agrees to.
        eula: Option<String> = "Eula",
        /// How it treats its user's data.
        privacy_uri: Option<String> = "PrivacyUri",
        /// Where it is told of.
        homepage_uri: Option<String> = "HomepageUri",
        /// Are its settings JSON?
        is_json_extension: Option<bool> = "IsJsonExtension",
        /// Is it the service's own?
        is_internal_extension: Option<bool> = "IsInternalExtension",
        /// Must the major version be asked for?
        disallow_major_version_upgrade: Option<bool> = "DisallowMajorVersionUpgrade",
        /// `Linux` or `Windows`.
        supported_os: Option<String> = "SupportedOS",
        /// Who stands behind it.
        company_name: Option<String> = "CompanyName",
        /// When it was published.
        published_date: Option<Moment> = "PublishedDate",
    }
}
