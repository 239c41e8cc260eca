//! Deployments and the machines that run in them.

use super::super::record::{one, record};
use super::super::value::Moment;
use super::role::Role;

record! {
    /// What fills a slot of a cloud service.
    pub struct Deployment {
        /// Its name.
        name: String = "Name",
        /// `Production` or `Staging`.
        deployment_slot: String = "DeploymentSlot",
        /// The service's own id of it, 32 hexadecimal digits.
        private_id: String = "PrivateID",
        /// For instance `Running`, `Suspended`, `Deploying`.
        status: String = "Status",
        /// Its label, decoded.
        label: Option<String> = one("Label").base64(),
        /// `http://NAME.cloudapp.net/`; absent while it is being made.
        url: Option<String> = "Url",
        /// The machines.
        role_instances: Vec<RoleInstance> = "RoleInstanceList",
        /// What the machines were asked to be.
        roles: Vec<Role> = "RoleList",
        /// Is an operation under way?
        locked: Option<bool> = "Locked",
        /// The virtual network that it belongs to.
        virtual_network_name: Option<String> = "VirtualNetworkName",
        /// When it was made.
        created_time: Option<Moment> = "CreatedTime",
        /// When it was last changed.
        last_modified_time: Option<Moment> = "LastModifiedTime",
        /// Its public addresses.
        virtual_ips: Vec<VirtualIp> = "VirtualIPs",
        /// The reserved address that it uses.
        reserved_ip_name: Option<String> = "ReservedIPName",
        /// The suffix of the machines' names inside.
        internal_dns_suffix: Option<String> = "InternalDnsSuffix",
        /// Its internal load balancers.
        load_balancers: Vec<LoadBalancer> = "LoadBalancers",
    }

    /// A load balancer that serves the inside of a virtual network.
    #[derive(PartialEq, Eq)]
    pub struct LoadBalancer {
        /// Its name.
        name: String = "Name",
        /// Where it is reached.
        frontend: Option<Frontend> = "FrontendIpConfiguration",
    }

    /// Where an internal load balancer is reached.
    #[derive(PartialEq, Eq)]
    pub struct Frontend {
        /// `Private`.
        kind: Option<String> = "Type",
        /// The subnet that its address lies in.
        subnet_name: Option<String> = "SubnetName",
        /// Its address.
        static_virtual_network_ip_address: Option<String> = "StaticVirtualNetworkIPAddress",
    }
}

impl Deployment {
    /// The public name, from the deployment's address.
    pub fn dns_name(&self) -> Option<&str> {
        let url = self.url.as_deref()?;
        let host = url.split_once("://").map_or(url, |(_, rest)| rest);
        Some(host.split(['/', ':']).next().unwrap_or(host))
    }

    /// The machine of the role called `role`.
    pub fn instance(&self, role: &str) -> Option<&RoleInstance> {
        self.role_instances
            .iter()
            .find(|instance| instance.role_name == role)
    }
}

record! {
    /// A public address.
    #[derive(PartialEq, Eq)]
    pub struct VirtualIp {
        /// The address.
        address: String = "Address",
        /// Its name.
        name: Option<String> = "Name",
        /// Does the public name lead to it?
        is_dns_programmed: Option<bool> = "IsDnsProgrammed",
        /// Is it a reserved one?
        is_reserved: Option<bool> = "IsReserved",
        /// The reserved address' name.
        reserved_ip_name: Option<String> = "ReservedIPName",
    }

    /// One machine as it is.
    #[derive(PartialEq, Eq)]
    pub struct RoleInstance {
        /// The role that it is made from.
        role_name: String = "RoleName",
        /// Its own name, which is the role's.
        instance_name: String = "InstanceName",
        /// For instance `ReadyRole`, `StoppedDeallocated`.
        instance_status: Option<String> = "InstanceStatus",
        /// Its size.
        instance_size: Option<String> = "InstanceSize",
        /// Words on its status.
        instance_state_details: Option<String> = "InstanceStateDetails",
        /// Why it failed.
        instance_error_code: Option<String> = "InstanceErrorCode",
        /// Its address inside.
        ip_address: Option<String> = "IpAddress",
        /// Its ports that are open to the world.
        instance_endpoints: Vec<InstanceEndpoint> = "InstanceEndpoints",
        /// `Starting`, `Started`, `Stopping`, `Stopped` or `Unknown`.
        power_state: Option<String> = "PowerState",
        /// The name it calls itself.
        host_name: Option<String> = "HostName",
        /// The certificate of its remote desktop.
        remote_access_certificate_thumbprint: Option<String> = "RemoteAccessCertificateThumbprint",
        /// What the agent inside says.
        guest_agent_status: Option<GuestAgentStatus> = "GuestAgentStatus",
        /// What the extensions say.
        resource_extension_status_list: Vec<ExtensionStatus> = "ResourceExtensionStatusList",
        /// Its own public addresses.
        public_ips: Vec<InstancePublicIp> = "PublicIPs",
        /// Planned maintenance.
        maintenance_status: Option<MaintenanceStatus> = "MaintenanceStatus",
    }

    /// A port of a machine that is open to the world.
    #[derive(PartialEq, Eq)]
    pub struct InstanceEndpoint {
        /// The port inside.
        local_port: Option<u16> = "LocalPort",
        /// Its name.
        name: String = "Name",
        /// The port outside.
        public_port: Option<u16> = "PublicPort",
        /// `tcp` or `udp`.
        protocol: Option<String> = "Protocol",
        /// The public address.
        vip: Option<String> = "Vip",
        /// How long an idle connection lives, in minutes.
        idle_timeout_in_minutes: Option<u32> = "IdleTimeoutInMinutes",
    }

    /// A public address of one machine.
    #[derive(PartialEq, Eq)]
    pub struct InstancePublicIp {
        /// Its name.
        name: String = "Name",
        /// The address.
        address: Option<String> = "Address",
        /// How long an idle connection lives, in minutes.
        idle_timeout_in_minutes: Option<u32> = "IdleTimeoutInMinutes",
    }

    /// What the agent inside a machine says of itself.
    #[derive(PartialEq, Eq)]
    pub struct GuestAgentStatus {
        /// When it last said something.
        timestamp: Option<Moment> = "Timestamp",
        /// Its version, or `Unknown`.
        guest_agent_version: Option<String> = "GuestAgentVersion",
        /// `Ready` or `NotReady`.
        status: String = "Status",
        /// Its words.
        formatted_message: Option<LocalizedMessage> = "FormattedMessage",
    }

    /// Words for people.
    #[derive(PartialEq, Eq)]
    pub struct LocalizedMessage {
        /// For instance `en-US`.
        language: String = "Language",
        /// The words.
        message: String = "Message",
    }

    /// What the handler of an extension says.
    #[derive(PartialEq, Eq)]
    pub struct ExtensionStatus {
        /// Publisher and name, joined by a dot.
        handler_name: String = "HandlerName",
        /// The version in use.
        version: String = "Version",
        /// `Installing`, `Ready`, `NotReady` or `Unresponsive`.
        status: String = "Status",
        /// Its words.
        formatted_message: Option<LocalizedMessage> = "FormattedMessage",
        /// What the extension made of its settings.
        extension_setting_status: Option<ExtensionSettingStatus> = "ExtensionSettingStatus",
    }

    /// What an extension made of its settings.
    #[derive(PartialEq, Eq)]
    pub struct ExtensionSettingStatus {
        /// When it said so.
        timestamp: Option<Moment> = "Timestamp",
        /// Its name.
        name: Option<String> = "Name",
        /// What it is doing.
        operation: Option<String> = "Operation",
        /// `Transitioning`, `Success`, `Warning` or `Error`.
        status: String = "Status",
        /// Its words.
        formatted_message: Option<LocalizedMessage> = "FormattedMessage",
    }

    /// Planned maintenance of a machine.
    #[derive(PartialEq, Eq)]
    pub struct MaintenanceStatus {
        /// May its owner start it?
        is_customer_initiated_maintenance_allowed: Option<bool> =
            "IsCustomerInitiatedMaintenanceAllowed",
    }
}
