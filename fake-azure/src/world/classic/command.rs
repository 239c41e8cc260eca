//! What can be asked of the world, as data.

use serde::{Deserialize, Serialize};

use super::decision::{Decided, Scope};
use super::{
    Refusal, affinity_group, agent, capture, certificate, data_disk, deployment, disk, dns_server,
    image, image_spread, load_balancer, management_certificate, network_configuration,
    network_interface, power, quota, registration, reserved_ip, roles, route_table, security_group,
    service, storage, virtual_ip,
};
use crate::world::SubscriptionId;
use crate::world::operation::{OperationId, Progress};

/// A change of the world that somebody asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    /// Whose things it is about.
    pub subscription: SubscriptionId,
    /// Its identifier, and that of the operation that it may start.
    pub id: OperationId,
    /// What it is asked of: the path after the subscription, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub object: String,
    /// A fault that was arranged for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fault: Option<OperationFault>,
    /// What is asked for.
    pub command: Command,
}

/// How an accepted request is to end badly.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct OperationFault {
    /// Whether it has its effect all the same.
    pub takes_effect: bool,
    /// What a poll of its operation shows in the end.
    pub end: Progress,
}

macro_rules! commands {
    ($($(#[$about:meta])* $kind:ident($module:ident),)*) => {
        /// What can be asked for, by the kind of thing that it is about.
        #[derive(Clone, Debug, Serialize, Deserialize)]
        #[non_exhaustive]
        pub enum Command {
            $($(#[$about])* $kind($module::Command),)*
        }

        $(impl From<$module::Command> for Command {
            fn from(command: $module::Command) -> Self {
                Self::$kind(command)
            }
        })*

        impl Command {
            pub(super) fn decide(self, scope: &mut Scope<'_>) -> Result<Decided, Refusal> {
                match self {
                    $(Self::$kind(command) => command.decide(scope),)*
                }
            }
        }
    };
}

commands! {
    /// An affinity group.
    AffinityGroup(affinity_group),
    /// The guest agent of a machine.
    Agent(agent),
    /// A machine that is to become an image.
    Capture(capture),
    /// A certificate of a hosted service.
    Certificate(certificate),
    /// A data disk of a machine.
    DataDisk(data_disk),
    /// A deployment.
    Deployment(deployment),
    /// A disk.
    Disk(disk),
    /// A DNS server of a deployment.
    DnsServer(dns_server),
    /// An image of either kind.
    Image(image),
    /// Who may use an image, and where.
    ImageSpread(image_spread),
    /// What stands before the machines of a deployment.
    LoadBalancer(load_balancer),
    /// A management certificate.
    ManagementCertificate(management_certificate),
    /// The network configuration.
    NetworkConfiguration(network_configuration),
    /// A network interface.
    NetworkInterface(network_interface),
    /// The power of machines.
    Power(power),
    /// How much the subscription may have.
    Quota(quota),
    /// The types of resources that a subscription has registered.
    Registration(registration),
    /// A reserved address.
    ReservedIp(reserved_ip),
    /// A machine.
    Role(roles),
    /// A route table.
    RouteTable(route_table),
    /// A network security group.
    SecurityGroup(security_group),
    /// A hosted service.
    Service(service),
    /// A storage account.
    Storage(storage),
    /// A further virtual IP.
    VirtualIp(virtual_ip),
}
