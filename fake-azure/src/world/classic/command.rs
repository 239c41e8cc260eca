//! What can be asked of the world, as data.

use serde::{Deserialize, Serialize};

use super::decision::{Decided, Scope};
use super::refusal::Failure;
use super::{
    Refusal, affinity_group, agent, capture, certificate, data_disk, deployment, disk, dns_server,
    image, image_spread, load_balancer, management_certificate, network_configuration,
    network_interface, power, quota, registration, reserved_ip, roles, route_table, security_group,
    service, storage, virtual_ip,
};
use crate::world::{operation, request};

/// A request by such a command.
pub type Request = request::Request<Command, Failure>;

/// What is to go wrong with such a request that is granted.
pub type RequestFault = request::RequestFault<Failure>;

/// How an accepted request of such a command is to end badly.
pub type OperationFault = request::OperationFault<Failure>;

/// Where an operation stands that such a command began.
pub type Progress = operation::Progress<Failure>;

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
