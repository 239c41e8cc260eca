//! What can be asked of a simulated cloud by a program in the same process, without a wire: a
//! [`Command`] that [`Cloud::perform`](crate::Cloud::perform) grants or refuses, as the management
//! API would. The `--fake` of the `azure` CLI is one such program.
//!
//! Each kind of thing has a module with its own commands. What they are made of is not marked as
//! growing: who asks for something has to say all of it.

pub use crate::world::{
    AfterCapture, Capture, Clash, Command, DeploymentPath, Disks, Elsewhere, FlawedMachine,
    Guarded, HostedServiceUpdate, ImageDiskSizes, ImageUpdate, KeyKind, Look, NewDataDisk,
    NewDeployment, NewDisk, NewEndpoint, NewExtension, NewHostedService, NewImage, NewLoadBalancer,
    NewNetwork, NewNetworkInterface, NewOsDisk, NewRole, NewStorageAccount, NewVirtualNetwork,
    NewVmImage, NewVmImageDataDisk, OperationFault, Performed, PostShutdown, Power, Provisioning,
    Refusal, Request, RequestFault, RolePath, Secret, StorageAccountUpdate, Thing, Twice,
    VmCapture, WinRmListener,
};
pub use crate::world::{
    affinity_group, agent, capture, certificate, data_disk, deployment, disk, dns_server, image,
    image_spread, load_balancer, management_certificate, network_configuration, network_interface,
    power, quota, registration, reserved_ip, roles, route_table, security_group, service, storage,
    virtual_ip,
};
