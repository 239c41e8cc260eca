//! Storage accounts.

use super::super::record::{one, record};
use super::super::value::{Moment, Secret};
use super::properties::Properties;

record! {
    /// A storage account.
    #[derive(PartialEq, Eq)]
    pub struct StorageAccount {
        /// What the service itself notes.
        extended_properties: Properties = "ExtendedProperties",
        /// Its address in the management API.
        url: Option<String> = "Url",
        /// Its name.
        name: String = "ServiceName",
        /// Where and what it is.
        properties: StorageProperties = "StorageServiceProperties",
    }

    /// Where and what a storage account is.
    #[derive(PartialEq, Eq)]
    pub struct StorageProperties {
        /// Its addresses, that of the blobs first.
        endpoints: Vec<String> = "Endpoints",
        /// What its owner says of it.
        description: Option<String> = "Description",
        /// The affinity group it lies in.
        affinity_group: Option<String> = "AffinityGroup",
        /// The location it lies in.
        location: Option<String> = "Location",
        /// Its label, decoded.
        label: Option<String> = one("Label").base64(),
        /// For instance `Created`.
        status: Option<String> = "Status",
        /// Where it lies.
        geo_primary_region: Option<String> = "GeoPrimaryRegion",
        /// Whether it answers there.
        status_of_primary: Option<String> = one("StatusOfPrimary").filled(),
        /// When it last moved to its second place.
        last_geo_failover_time: Option<Moment> = "LastGeoFailoverTime",
        /// Its second place.
        geo_secondary_region: Option<String> = "GeoSecondaryRegion",
        /// Whether it answers there.
        status_of_secondary: Option<String> = one("StatusOfSecondary").filled(),
        /// For instance `Standard_LRS`.
        account_type: Option<String> = "AccountType",
    }

    /// The keys of a storage account.
    pub struct StorageKeys {
        /// The account's address in the management API.
        url: Option<String> = "Url",
        /// Both keys.
        keys: KeyPair = "StorageServiceKeys",
    }

    /// Both keys of a storage account.
    pub struct KeyPair {
        /// The first.
        primary: Option<Secret> = "Primary",
        /// The second.
        secondary: Option<Secret> = "Secondary",
    }
}
