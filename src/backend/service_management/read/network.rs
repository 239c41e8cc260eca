//! Reserved addresses and virtual networks.

use super::super::record::{one, record};
record! {
    /// A reserved public address.
    #[derive(PartialEq, Eq)]
    pub struct ReservedIp {
        /// Its name.
        name: String = "Name",
        /// The address.
        address: Option<String> = "Address",
        /// The service's own id of it.
        id: Option<String> = "Id",
        /// Its name for people.
        label: Option<String> = "Label",
        /// For instance `Created`.
        state: Option<String> = "State",
        /// Is it in use?
        in_use: Option<bool> = "InUse",
        /// The cloud service that uses it.
        service_name: Option<String> = "ServiceName",
        /// The deployment that uses it.
        deployment_name: Option<String> = "DeploymentName",
        /// The location it lies in.
        location: Option<String> = "Location",
    }

    /// A virtual network.
    #[derive(PartialEq, Eq)]
    pub struct VirtualNetwork {
        /// The name servers of its machines.
        dns_servers: Vec<DnsServer> = one("Dns").nested(),
        /// Its parts.
        subnets: Vec<Subnet> = "Subnets",
        /// Its name.
        name: String = "Name",
        /// Its name for people.
        label: Option<String> = "Label",
        /// The service's own id of it.
        id: Option<String> = "Id",
        /// The affinity group it lies in.
        affinity_group: Option<String> = "AffinityGroup",
        /// The location it lies in.
        location: Option<String> = "Location",
        /// For instance `Created`.
        state: Option<String> = "State",
        /// Its addresses.
        address_space: Option<AddressSpace> = "AddressSpace",
        /// The way out to other networks.
        gateway: Option<Gateway> = "Gateway",
    }

    /// Whether an address of a virtual network is free.
    #[derive(PartialEq, Eq)]
    pub struct AddressAvailability {
        /// Is it?
        is_available: bool = "IsAvailable",
        /// Some that are.
        available_addresses: Vec<String> = "AvailableAddresses",
    }

    /// Addresses.
    #[derive(PartialEq, Eq)]
    pub struct AddressSpace {
        /// Each as address and prefix.
        address_prefixes: Vec<String> = "AddressPrefixes",
    }

    /// A part of a virtual network.
    #[derive(PartialEq, Eq)]
    pub struct Subnet {
        /// Its name.
        name: String = "Name",
        /// Its addresses, as address and prefix.
        address_prefix: Option<String> = "AddressPrefix",
        /// Its security group.
        network_security_group: Option<String> = "NetworkSecurityGroup",
    }

    /// A name server.
    #[derive(PartialEq, Eq)]
    pub struct DnsServer {
        /// Its name.
        name: String = "Name",
        /// Its address.
        address: Option<String> = "Address",
    }

    /// The way out of a virtual network.
    #[derive(PartialEq, Eq)]
    pub struct Gateway {
        /// Its size.
        profile: Option<String> = "Profile",
    }
}
