//! Where things can be: locations and affinity groups.

use super::super::record::{one, record};
use super::super::value::Moment;

record! {
    /// A region of the cloud.
    #[derive(PartialEq, Eq)]
    pub struct Location {
        /// What it offers; machines need `PersistentVMRole`.
        available_services: Vec<String> = "AvailableServices",
        /// Its name.
        name: String = "Name",
        /// Its name for people.
        display_name: String = "DisplayName",
        /// Which kinds of storage account it offers.
        storage_capabilities: Option<StorageCapabilities> = "StorageCapabilities",
        /// Which sizes it offers.
        compute_capabilities: Option<ComputeCapabilities> = "ComputeCapabilities",
    }

    /// The kinds of storage account that a place offers.
    #[derive(PartialEq, Eq)]
    pub struct StorageCapabilities {
        /// For instance `Standard_LRS`.
        storage_account_types: Vec<String> = "StorageAccountTypes",
    }

    /// The sizes that a place offers.
    #[derive(PartialEq, Eq)]
    pub struct ComputeCapabilities {
        /// Sizes of virtual machines.
        virtual_machines_role_sizes: Vec<String> = "VirtualMachinesRoleSizes",
        /// Sizes of web and worker roles.
        web_worker_role_sizes: Vec<String> = "WebWorkerRoleSizes",
    }

    /// Things of one subscription that lie close together.
    #[derive(PartialEq, Eq)]
    pub struct AffinityGroup {
        /// What it offers; machines need `PersistentVMRole`.
        capabilities: Vec<String> = "Capabilities",
        /// The cloud services in it; told by `show` alone.
        hosted_services: Option<Vec<Member>> = "HostedServices",
        /// The storage accounts in it; told by `show` alone.
        storage_services: Option<Vec<Member>> = "StorageServices",
        /// Its name.
        name: String = "Name",
        /// Its label, decoded.
        label: Option<String> = one("Label").base64(),
        /// What its owner says of it.
        description: Option<String> = "Description",
        /// The location that it lies in.
        location: Option<String> = "Location",
        /// When it was made.
        created_time: Option<Moment> = "CreatedTime",
        /// Which sizes it offers.
        compute_capabilities: Option<ComputeCapabilities> = "ComputeCapabilities",
    }

    /// Something that lies in an affinity group.
    #[derive(PartialEq, Eq)]
    pub struct Member {
        /// Its address in the management API.
        url: String = "Url",
        /// Its name.
        service_name: String = "ServiceName",
    }
}
