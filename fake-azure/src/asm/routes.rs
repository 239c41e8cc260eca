//! Which operation a method and path are: those that are modelled, and those that the real
//! service has and the simulator names in its 501.

use axum::http::Method;
use simulation::http::{self, Found, Miss, Query, Router, Words};

use super::{
    Answer, Call, Refused, affinity_groups, data_disks, deployments, disks, extensions,
    hosted_services, images, ip_forwarding, load_balancers, management_certificates, network,
    network_configuration, operating_systems, other_services, role_operations, roles, route_tables,
    security_groups, storage, subscription,
};

type Handler = fn(&mut Call<'_>) -> Result<Answer, Refused>;

/// An operation of the API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    pub(crate) method: &'static str,
    /// The path after the subscription; words compare without case, `{…}` takes any name.
    pub(crate) path: &'static str,
    /// A parameter of the query that makes it this operation; `*` stands for any value.
    pub(crate) query: Option<(&'static str, &'static str)>,
    /// Its name in the documentation.
    pub(crate) operation: &'static str,
    /// None where the operation is not modelled.
    pub(crate) handler: Option<Handler>,
}

impl http::Route for Route {
    fn pattern(&self) -> &str {
        self.path
    }

    fn takes(&self, method: &Method) -> bool {
        self.method.eq_ignore_ascii_case(method.as_str())
    }

    fn suits(&self, query: &Query) -> bool {
        self.query.is_none_or(|(key, value)| {
            query.pairs().any(|(k, v)| {
                k.eq_ignore_ascii_case(key) && (value == "*" || v.eq_ignore_ascii_case(value))
            })
        })
    }
}

const fn on(
    method: &'static str,
    path: &'static str,
    operation: &'static str,
    handler: Handler,
) -> Route {
    Route {
        method,
        path,
        query: None,
        operation,
        handler: Some(handler),
    }
}

const fn with(
    method: &'static str,
    path: &'static str,
    query: (&'static str, &'static str),
    operation: &'static str,
    handler: Handler,
) -> Route {
    Route {
        method,
        path,
        query: Some(query),
        operation,
        handler: Some(handler),
    }
}

pub(super) const fn not(
    method: &'static str,
    path: &'static str,
    operation: &'static str,
) -> Route {
    Route {
        method,
        path,
        query: None,
        operation,
        handler: None,
    }
}

pub(super) const fn not_with(
    method: &'static str,
    path: &'static str,
    query: (&'static str, &'static str),
    operation: &'static str,
) -> Route {
    Route {
        method,
        path,
        query: Some(query),
        operation,
        handler: None,
    }
}

const SERVICES: &str = "/services/hostedservices";
const SERVICE: &str = "/services/hostedservices/{service}";
const DEPLOYMENT: &str = "/services/hostedservices/{service}/deployments/{deployment}";
const SLOT: &str = "/services/hostedservices/{service}/deploymentslots/{slot}";
const ROLE: &str = "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}";
const DATA_DISK: &str =
    "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/DataDisks/{lun}";

/// All operations that the simulator knows of.
pub(crate) const ROUTES: &[Route] =
    &joined::<{ MACHINES.len() + other_services::ROUTES.len() }>(MACHINES, &other_services::ROUTES);

const fn joined<const N: usize>(first: &[Route], then: &[Route]) -> [Route; N] {
    assert!(!first.is_empty() && first.len() + then.len() == N);
    let mut all = [first[0]; N];
    let mut n = 1;
    while n < N {
        all[n] = if n < first.len() {
            first[n]
        } else {
            then[n - first.len()]
        };
        n += 1;
    }
    all
}

/// What belongs to virtual machines. Routes with literal words stand before those with names in
/// the same place.
const MACHINES: &[Route] = &[
    on("GET", "/", "Get Subscription", subscription::get),
    on(
        "GET",
        "/operations",
        "List Subscription Operations",
        subscription::operations,
    ),
    on(
        "GET",
        "/operations/{id}",
        "Get Operation Status",
        subscription::operation,
    ),
    on(
        "GET",
        "/certificates",
        "List Management Certificates",
        management_certificates::list,
    ),
    on(
        "POST",
        "/certificates",
        "Add Management Certificate",
        management_certificates::add,
    ),
    on(
        "GET",
        "/certificates/{thumbprint}",
        "Get Management Certificate",
        management_certificates::get,
    ),
    on(
        "DELETE",
        "/certificates/{thumbprint}",
        "Delete Management Certificate",
        management_certificates::delete,
    ),
    with(
        "PUT",
        "/services",
        ("action", "register"),
        "Register Resource Provider",
        subscription::register,
    ),
    with(
        "PUT",
        "/services",
        ("action", "unregister"),
        "Unregister Resource Provider",
        subscription::unregister,
    ),
    on(
        "GET",
        "/locations",
        "List Locations",
        subscription::locations,
    ),
    on(
        "GET",
        "/rolesizes",
        "List Role Sizes",
        subscription::role_sizes,
    ),
    on(
        "GET",
        "/affinitygroups",
        "List Affinity Groups",
        affinity_groups::list,
    ),
    on(
        "POST",
        "/affinitygroups",
        "Create Affinity Group",
        affinity_groups::create,
    ),
    on(
        "GET",
        "/affinitygroups/{name}",
        "Get Affinity Group",
        affinity_groups::get,
    ),
    on(
        "PUT",
        "/affinitygroups/{name}",
        "Update Affinity Group",
        affinity_groups::update,
    ),
    on(
        "DELETE",
        "/affinitygroups/{name}",
        "Delete Affinity Group",
        affinity_groups::delete,
    ),
    // Hosted services and their certificates
    on(
        "GET",
        SERVICES,
        "List Hosted Services",
        hosted_services::list,
    ),
    on(
        "POST",
        SERVICES,
        "Create Hosted Service",
        hosted_services::create,
    ),
    on(
        "GET",
        "/services/hostedservices/operations/isavailable/{name}",
        "Check Hosted Service Name Availability",
        hosted_services::is_available,
    ),
    on(
        "GET",
        SERVICE,
        "Get Hosted Service Properties",
        hosted_services::get,
    ),
    on(
        "PUT",
        SERVICE,
        "Update Hosted Service",
        hosted_services::update,
    ),
    on(
        "DELETE",
        SERVICE,
        "Delete Hosted Service",
        hosted_services::delete,
    ),
    not("POST", SERVICE, "Swap Deployment"),
    on(
        "GET",
        "/services/hostedservices/{service}/certificates",
        "List Service Certificates",
        hosted_services::certificates,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/certificates",
        "Add Service Certificate",
        hosted_services::add_certificate,
    ),
    on(
        "GET",
        "/services/hostedservices/{service}/certificates/{certificate}",
        "Get Service Certificate",
        hosted_services::certificate,
    ),
    on(
        "DELETE",
        "/services/hostedservices/{service}/certificates/{certificate}",
        "Delete Service Certificate",
        hosted_services::delete_certificate,
    ),
    not(
        "GET",
        "/services/hostedservices/{service}/extensions",
        "List Extensions",
    ),
    not(
        "POST",
        "/services/hostedservices/{service}/extensions",
        "Add Extension",
    ),
    not(
        "GET",
        "/services/hostedservices/{service}/extensions/{extension}",
        "Get Extension",
    ),
    not(
        "DELETE",
        "/services/hostedservices/{service}/extensions/{extension}",
        "Delete Extension",
    ),
    // Deployments
    on(
        "POST",
        "/services/hostedservices/{service}/deployments",
        "Create Virtual Machine Deployment",
        deployments::create,
    ),
    on("GET", SLOT, "Get Deployment", deployments::get_in_slot),
    not_with(
        "POST",
        SLOT,
        ("comp", "config"),
        "Change Deployment Configuration",
    ),
    not_with("POST", SLOT, ("comp", "status"), "Update Deployment Status"),
    not_with("POST", SLOT, ("comp", "upgrade"), "Upgrade Deployment"),
    not_with(
        "POST",
        SLOT,
        ("comp", "walkupgradedomain"),
        "Walk Upgrade Domain",
    ),
    not_with(
        "POST",
        SLOT,
        ("comp", "rollback"),
        "Rollback Update Or Upgrade",
    ),
    not("POST", SLOT, "Create Deployment"),
    on(
        "DELETE",
        SLOT,
        "Delete Deployment",
        deployments::delete_in_slot,
    ),
    on("GET", DEPLOYMENT, "Get Deployment", deployments::get),
    not_with(
        "POST",
        DEPLOYMENT,
        ("comp", "config"),
        "Change Deployment Configuration",
    ),
    not_with(
        "POST",
        DEPLOYMENT,
        ("comp", "status"),
        "Update Deployment Status",
    ),
    not_with(
        "POST",
        DEPLOYMENT,
        ("comp", "upgrade"),
        "Upgrade Deployment",
    ),
    not_with(
        "POST",
        DEPLOYMENT,
        ("comp", "walkupgradedomain"),
        "Walk Upgrade Domain",
    ),
    not_with(
        "POST",
        DEPLOYMENT,
        ("comp", "rollback"),
        "Rollback Update Or Upgrade",
    ),
    with(
        "POST",
        DEPLOYMENT,
        ("comp", "UpdateLbSet"),
        "Update Load-Balanced Endpoint Set",
        load_balancers::update_sets,
    ),
    on(
        "DELETE",
        DEPLOYMENT,
        "Delete Deployment",
        deployments::delete,
    ),
    not(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/package",
        "Get Package",
    ),
    not(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/migration",
        "Migrate Deployment",
    ),
    not(
        "GET",
        "/services/hostedservices/{service}/deployments/{deployment}/events",
        "List Rebuild Events",
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/loadbalancers",
        "Create Internal Load Balancer",
        load_balancers::create,
    ),
    on(
        "PUT",
        "/services/hostedservices/{service}/deployments/{deployment}/loadbalancers/{name}",
        "Update Internal Load Balancer",
        load_balancers::update,
    ),
    on(
        "DELETE",
        "/services/hostedservices/{service}/deployments/{deployment}/loadbalancers/{name}",
        "Delete Internal Load Balancer",
        load_balancers::delete,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/dnsservers",
        "Add DNS Server",
        load_balancers::add_dns_server,
    ),
    on(
        "PUT",
        "/services/hostedservices/{service}/deployments/{deployment}/dnsservers/{name}",
        "Update DNS Server",
        load_balancers::update_dns_server,
    ),
    on(
        "DELETE",
        "/services/hostedservices/{service}/deployments/{deployment}/dnsservers/{name}",
        "Delete DNS Server",
        load_balancers::delete_dns_server,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/virtualIPs/{name}",
        "Add Virtual IP",
        load_balancers::add_virtual_ip,
    ),
    on(
        "DELETE",
        "/services/hostedservices/{service}/deployments/{deployment}/virtualIPs/{name}",
        "Delete Virtual IP",
        load_balancers::delete_virtual_ip,
    ),
    // Roles
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roles",
        "Add Role",
        roles::add,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/operations",
        "Start Or Shutdown Roles",
        role_operations::operate_many,
    ),
    on("GET", ROLE, "Get Role", roles::get),
    on("PUT", ROLE, "Update Role", roles::update),
    on("DELETE", ROLE, "Delete Role", roles::delete),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/DataDisks",
        "Add Data Disk",
        data_disks::add,
    ),
    on("GET", DATA_DISK, "Get Data Disk", data_disks::get),
    on("PUT", DATA_DISK, "Update Data Disk", data_disks::update),
    on("DELETE", DATA_DISK, "Delete Data Disk", data_disks::delete),
    on(
        "GET",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/ipforwarding",
        "Get IP Forwarding",
        ip_forwarding::get,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/ipforwarding",
        "Set IP Forwarding",
        ip_forwarding::set,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}/operations",
        "Operate Role",
        role_operations::operate,
    ),
    on(
        "GET",
        "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}/modelfile",
        "Download RDP File",
        roles::model_file,
    ),
    with(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}",
        ("comp", "reboot"),
        "Reboot Role Instance",
        role_operations::reboot,
    ),
    with(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}",
        ("comp", "reimage"),
        "Reimage Role Instance",
        role_operations::reboot,
    ),
    with(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}",
        ("comp", "rebuild"),
        "Rebuild Role Instance",
        role_operations::reboot,
    ),
    not_with(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roleinstances",
        ("comp", "delete"),
        "Delete Role Instances",
    ),
    not(
        "GET",
        "/services/hostedservices/{service}/deploymentslots/{slot}/events",
        "List Rebuild Events",
    ),
    not(
        "POST",
        "/services/hostedservices/{service}/deploymentslots/{slot}/package",
        "Get Package",
    ),
    with(
        "POST",
        "/services/hostedservices/{service}/deploymentslots/{slot}/roleinstances/{role}",
        ("comp", "reboot"),
        "Reboot Role Instance",
        role_operations::reboot_in_slot,
    ),
    with(
        "POST",
        "/services/hostedservices/{service}/deploymentslots/{slot}/roleinstances/{role}",
        ("comp", "reimage"),
        "Reimage Role Instance",
        role_operations::reboot_in_slot,
    ),
    with(
        "POST",
        "/services/hostedservices/{service}/deploymentslots/{slot}/roleinstances/{role}",
        ("comp", "rebuild"),
        "Rebuild Role Instance",
        role_operations::reboot_in_slot,
    ),
    not_with(
        "POST",
        "/services/hostedservices/{service}/deploymentslots/{slot}/roleinstances",
        ("comp", "delete"),
        "Delete Role Instances",
    ),
    on(
        "GET",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networksecuritygroups",
        "Get Network Security Group Of Role",
        security_groups::get_of_role,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networksecuritygroups",
        "Add Network Security Group To Role",
        security_groups::add_to_role,
    ),
    on(
        "DELETE",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networksecuritygroups/{group}",
        "Remove Network Security Group From Role",
        security_groups::remove_from_role,
    ),
    on(
        "GET",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networkinterfaces/{interface}/networksecuritygroups",
        "Get Network Security Group Of Network Interface",
        security_groups::get_of_interface,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networkinterfaces/{interface}/networksecuritygroups",
        "Add Network Security Group To Network Interface",
        security_groups::add_to_interface,
    ),
    on(
        "DELETE",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networkinterfaces/{interface}/networksecuritygroups/{group}",
        "Remove Network Security Group From Network Interface",
        security_groups::remove_from_interface,
    ),
    on(
        "GET",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networkinterfaces/{interface}/ipforwarding",
        "Get IP Forwarding Of Network Interface",
        ip_forwarding::get_of_interface,
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/roles/{role}/networkinterfaces/{interface}/ipforwarding",
        "Set IP Forwarding Of Network Interface",
        ip_forwarding::set_of_interface,
    ),
    not(
        "GET",
        "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}/effectiveroutetable",
        "Get Effective Route Table",
    ),
    not(
        "GET",
        "/services/hostedservices/{service}/deployments/{deployment}/roleinstances/{role}/networkinterfaces/{interface}/effectiveroutetable",
        "Get Effective Route Table",
    ),
    on(
        "POST",
        "/services/hostedservices/{service}/deployments/{deployment}/{name}",
        "Add Virtual IP",
        load_balancers::add_virtual_ip,
    ),
    // Storage accounts
    on(
        "GET",
        "/services/storageservices",
        "List Storage Accounts",
        storage::list,
    ),
    on(
        "POST",
        "/services/storageservices",
        "Create Storage Account",
        storage::create,
    ),
    on(
        "GET",
        "/services/storageservices/operations/isavailable/{name}",
        "Check Storage Account Name Availability",
        storage::is_available,
    ),
    on(
        "GET",
        "/services/storageservices/{name}",
        "Get Storage Account Properties",
        storage::get,
    ),
    on(
        "PUT",
        "/services/storageservices/{name}",
        "Update Storage Account",
        storage::update,
    ),
    on(
        "DELETE",
        "/services/storageservices/{name}",
        "Delete Storage Account",
        storage::delete,
    ),
    on(
        "GET",
        "/services/storageservices/{name}/keys",
        "Get Storage Account Keys",
        storage::keys,
    ),
    with(
        "POST",
        "/services/storageservices/{name}/keys",
        ("action", "regenerate"),
        "Regenerate Storage Account Keys",
        storage::regenerate,
    ),
    not(
        "POST",
        "/services/storageservices/{name}/migration",
        "Migrate Storage Account",
    ),
    // Images and disks
    on("GET", "/services/images", "List OS Images", images::list),
    on("POST", "/services/images", "Add OS Image", images::create),
    on(
        "GET",
        "/services/images/{name}",
        "Get OS Image",
        images::get,
    ),
    on(
        "DELETE",
        "/services/images/{name}",
        "Delete OS Image",
        images::delete,
    ),
    on(
        "PUT",
        "/services/images/{name}",
        "Update OS Image",
        images::update,
    ),
    on(
        "GET",
        "/services/images/{name}/details",
        "Get OS Image Details",
        images::details,
    ),
    on(
        "PUT",
        "/services/images/{name}/replicate",
        "Replicate OS Image",
        images::replicate,
    ),
    on(
        "PUT",
        "/services/images/{name}/unreplicate",
        "Unreplicate OS Image",
        images::unreplicate,
    ),
    on(
        "PUT",
        "/services/images/{name}/shareasync",
        "Share OS Image",
        images::share,
    ),
    on(
        "GET",
        "/services/vmimages",
        "List VM Images",
        images::list_vm,
    ),
    on(
        "POST",
        "/services/vmimages",
        "Create VM Image",
        images::create_vm,
    ),
    on(
        "PUT",
        "/services/vmimages/{name}",
        "Update VM Image",
        images::update_vm,
    ),
    on(
        "DELETE",
        "/services/vmimages/{name}",
        "Delete VM Image",
        images::delete_vm,
    ),
    on(
        "GET",
        "/services/vmimages/{name}/details",
        "Get VM Image Details",
        images::vm_details,
    ),
    on(
        "PUT",
        "/services/vmimages/{name}/replicate",
        "Replicate VM Image",
        images::replicate,
    ),
    on(
        "PUT",
        "/services/vmimages/{name}/unreplicate",
        "Unreplicate VM Image",
        images::unreplicate,
    ),
    on(
        "PUT",
        "/services/vmimages/{name}/shareasync",
        "Share VM Image",
        images::share,
    ),
    on("GET", "/services/disks", "List Disks", disks::list),
    on("POST", "/services/disks", "Add Disk", disks::create),
    on("GET", "/services/disks/{name}", "Get Disk", disks::get),
    on(
        "PUT",
        "/services/disks/{name}",
        "Update Disk",
        disks::update,
    ),
    on(
        "DELETE",
        "/services/disks/{name}",
        "Delete Disk",
        disks::delete,
    ),
    // Extensions
    on(
        "GET",
        "/services/resourceextensions",
        "List Resource Extensions",
        extensions::list,
    ),
    on(
        "GET",
        "/services/resourceextensions/{publisher}/{name}",
        "List Resource Extension Versions",
        extensions::versions,
    ),
    not("POST", "/services/extensions", "Register Extension"),
    not("PUT", "/services/extensions", "Update Extension"),
    not(
        "DELETE",
        "/services/extensions/{publisher}/{name}/{version}",
        "Unregister Extension",
    ),
    not("GET", "/services/extensions", "List Available Extensions"),
    not(
        "GET",
        "/services/extensions/{publisher}/{name}",
        "List Extension Versions",
    ),
    not(
        "GET",
        "/services/publisherextensions",
        "List Publisher Extensions",
    ),
    on(
        "GET",
        "/operatingsystems",
        "List Operating Systems",
        operating_systems::list,
    ),
    on(
        "GET",
        "/operatingsystemfamilies",
        "List Operating System Families",
        operating_systems::families,
    ),
    // Network
    on(
        "GET",
        "/services/networking/media",
        "Get Network Configuration",
        network_configuration::get,
    ),
    on(
        "PUT",
        "/services/networking/media",
        "Set Network Configuration",
        network_configuration::set,
    ),
    on(
        "GET",
        "/services/networking/virtualnetwork",
        "List Virtual Network Sites",
        network::sites,
    ),
    on(
        "GET",
        "/services/networking/reservedips",
        "List Reserved IP Addresses",
        network::reserved_ips,
    ),
    on(
        "POST",
        "/services/networking/reservedips",
        "Create Reserved IP Address",
        network::create_reserved_ip,
    ),
    on(
        "GET",
        "/services/networking/reservedips/{name}",
        "Get Reserved IP Address",
        network::reserved_ip,
    ),
    on(
        "DELETE",
        "/services/networking/reservedips/{name}",
        "Delete Reserved IP Address",
        network::delete_reserved_ip,
    ),
    on(
        "POST",
        "/services/networking/reservedips/{name}/operations/associate",
        "Associate Reserved IP Address",
        network::associate,
    ),
    on(
        "POST",
        "/services/networking/reservedips/{name}/operations/disassociate",
        "Disassociate Reserved IP Address",
        network::disassociate,
    ),
    on(
        "GET",
        "/services/networking/networksecuritygroups",
        "List Network Security Groups",
        security_groups::list,
    ),
    on(
        "POST",
        "/services/networking/networksecuritygroups",
        "Create Network Security Group",
        security_groups::create,
    ),
    on(
        "GET",
        "/services/networking/networksecuritygroups/{name}",
        "Get Network Security Group",
        security_groups::get,
    ),
    on(
        "DELETE",
        "/services/networking/networksecuritygroups/{name}",
        "Delete Network Security Group",
        security_groups::delete,
    ),
    on(
        "PUT",
        "/services/networking/networksecuritygroups/{name}/rules/{rule}",
        "Set Network Security Rule",
        security_groups::set_rule,
    ),
    on(
        "DELETE",
        "/services/networking/networksecuritygroups/{name}/rules/{rule}",
        "Delete Network Security Rule",
        security_groups::delete_rule,
    ),
    on(
        "GET",
        "/services/networking/routetables",
        "List Route Tables",
        route_tables::list,
    ),
    on(
        "POST",
        "/services/networking/routetables",
        "Create Route Table",
        route_tables::create,
    ),
    on(
        "GET",
        "/services/networking/routetables/{name}",
        "Get Route Table",
        route_tables::get,
    ),
    on(
        "DELETE",
        "/services/networking/routetables/{name}",
        "Delete Route Table",
        route_tables::delete,
    ),
    on(
        "PUT",
        "/services/networking/routetables/{name}/routes/{route}",
        "Set Route",
        route_tables::set_route,
    ),
    on(
        "DELETE",
        "/services/networking/routetables/{name}/routes/{route}",
        "Delete Route",
        route_tables::delete_route,
    ),
    not(
        "GET",
        "/services/networking/virtualnetworkgateways",
        "List Virtual Network Gateways",
    ),
    not(
        "POST",
        "/services/networking/virtualnetworkgateways",
        "Create Virtual Network Gateway",
    ),
    not(
        "GET",
        "/services/networking/virtualnetworkgateways/{id}",
        "Get Virtual Network Gateway",
    ),
    not(
        "DELETE",
        "/services/networking/virtualnetworkgateways/{id}",
        "Delete Virtual Network Gateway",
    ),
    not(
        "GET",
        "/services/networking/operation/{id}",
        "Get Network Operation Status",
    ),
    not(
        "GET",
        "/services/networking/supporteddevices",
        "List Supported Devices",
    ),
    not(
        "GET",
        "/services/networking/ApplicationGateways",
        "List Application Gateways",
    ),
    not(
        "POST",
        "/services/networking/ApplicationGateways",
        "Create Application Gateway",
    ),
    not(
        "GET",
        "/services/networking/ApplicationGateways/{name}",
        "Get Application Gateway",
    ),
    not(
        "PUT",
        "/services/networking/ApplicationGateways/{name}",
        "Update Application Gateway",
    ),
    not(
        "DELETE",
        "/services/networking/ApplicationGateways/{name}",
        "Delete Application Gateway",
    ),
    not(
        "POST",
        "/services/networking/ApplicationGateways/{name}/Operations",
        "Start Or Stop Application Gateway",
    ),
    not(
        "GET",
        "/services/networking/ApplicationGateways/{name}/configuration",
        "Get Application Gateway Configuration",
    ),
    not(
        "POST",
        "/services/networking/ApplicationGateways/{name}/configuration",
        "Set Application Gateway Configuration",
    ),
    not(
        "GET",
        "/services/networking/ApplicationGateways/{name}/sslcertificates",
        "List Application Gateway Certificates",
    ),
    not(
        "GET",
        "/services/networking/ApplicationGateways/{name}/sslcertificates/{certificate}",
        "Get Application Gateway Certificate",
    ),
    not(
        "PUT",
        "/services/networking/ApplicationGateways/{name}/sslcertificates/{certificate}",
        "Add Application Gateway Certificate",
    ),
    not(
        "DELETE",
        "/services/networking/ApplicationGateways/{name}/sslcertificates/{certificate}",
        "Delete Application Gateway Certificate",
    ),
    not(
        "GET",
        "/services/networking/localnetworkgateways",
        "List Local Network Gateways",
    ),
    not(
        "POST",
        "/services/networking/localnetworkgateways",
        "Create Local Network Gateway",
    ),
    not(
        "GET",
        "/services/networking/localnetworkgateways/{id}",
        "Get Local Network Gateway",
    ),
    not(
        "PATCH",
        "/services/networking/localnetworkgateways/{id}",
        "Update Local Network Gateway",
    ),
    not(
        "DELETE",
        "/services/networking/localnetworkgateways/{id}",
        "Delete Local Network Gateway",
    ),
    not(
        "GET",
        "/services/networking/gatewayconnections",
        "List Gateway Connections",
    ),
    not(
        "POST",
        "/services/networking/gatewayconnections",
        "Create Gateway Connection",
    ),
    not(
        "GET",
        "/services/networking/gatewayconnections/virtualnetworkgateway/{id}/connectedentity/{entity}",
        "Get Gateway Connection",
    ),
    not(
        "PATCH",
        "/services/networking/gatewayconnections/virtualnetworkgateway/{id}/connectedentity/{entity}",
        "Update Gateway Connection",
    ),
    not(
        "DELETE",
        "/services/networking/gatewayconnections/virtualnetworkgateway/{id}/connectedentity/{entity}",
        "Delete Gateway Connection",
    ),
    not(
        "PATCH",
        "/services/networking/virtualnetworkgateways/{id}",
        "Resize Virtual Network Gateway",
    ),
    not(
        "GET",
        "/services/networking/virtualnetworkgateways/{id}/connectedentity/{entity}/ipsecparameters",
        "Get Gateway IPsec Parameters",
    ),
    not(
        "PATCH",
        "/services/networking/virtualnetworkgateways/{id}/connectedentity/{entity}/ipsecparameters",
        "Set Gateway IPsec Parameters",
    ),
    not(
        "GET",
        "/services/networking/virtualnetworkgateways/{id}/connectedentity/{entity}/sharedkey",
        "Get Gateway Shared Key",
    ),
    not(
        "POST",
        "/services/networking/virtualnetworkgateways/{id}/connectedentity/{entity}/sharedkey",
        "Set Gateway Shared Key",
    ),
    not(
        "PATCH",
        "/services/networking/virtualnetworkgateways/{id}/connectedentity/{entity}/sharedkey",
        "Reset Gateway Shared Key",
    ),
    not(
        "GET",
        "/services/networking/virtualnetworkgateways/{id}/publicdiagnostics",
        "Get Gateway Diagnostics",
    ),
    not(
        "PUT",
        "/services/networking/virtualnetworkgateways/{id}/publicdiagnostics",
        "Start Or Stop Gateway Diagnostics",
    ),
    on(
        "GET",
        "/services/networking/virtualnetwork/{network}/subnets/{subnet}/networksecuritygroups",
        "Get Network Security Group Of Subnet",
        security_groups::get_of_subnet,
    ),
    on(
        "POST",
        "/services/networking/virtualnetwork/{network}/subnets/{subnet}/networksecuritygroups",
        "Add Network Security Group To Subnet",
        security_groups::add_to_subnet,
    ),
    on(
        "DELETE",
        "/services/networking/virtualnetwork/{network}/subnets/{subnet}/networksecuritygroups/{group}",
        "Remove Network Security Group From Subnet",
        security_groups::remove_from_subnet,
    ),
    on(
        "GET",
        "/services/networking/virtualnetwork/{network}/subnets/{subnet}/routetables",
        "Get Route Table Of Subnet",
        route_tables::get_of_subnet,
    ),
    on(
        "POST",
        "/services/networking/virtualnetwork/{network}/subnets/{subnet}/routetables",
        "Add Route Table To Subnet",
        route_tables::add_to_subnet,
    ),
    on(
        "DELETE",
        "/services/networking/virtualnetwork/{network}/subnets/{subnet}/routetables",
        "Remove Route Table From Subnet",
        route_tables::remove_from_subnet,
    ),
    not(
        "POST",
        "/services/networking/virtualnetwork/{network}/migration",
        "Migrate Virtual Network",
    ),
    not(
        "POST",
        "/services/networking/networksecuritygroups/{name}/migration",
        "Migrate Network Security Group",
    ),
    not(
        "POST",
        "/services/networking/routetables/{name}/migration",
        "Migrate Route Table",
    ),
    not(
        "POST",
        "/services/networking/reservedips/{name}/migration",
        "Migrate Reserved IP Address",
    ),
    not(
        "PATCH",
        "/services/networking/{network}/gateway",
        "Resize Virtual Network Gateway",
    ),
    not(
        "GET",
        "/services/networking/{network}/gateway/clientrootcertificates",
        "List Client Root Certificates",
    ),
    not(
        "POST",
        "/services/networking/{network}/gateway/clientrootcertificates",
        "Add Client Root Certificate",
    ),
    not(
        "GET",
        "/services/networking/{network}/gateway/clientrootcertificates/{thumbprint}",
        "Get Client Root Certificate",
    ),
    not(
        "DELETE",
        "/services/networking/{network}/gateway/clientrootcertificates/{thumbprint}",
        "Delete Client Root Certificate",
    ),
    not(
        "GET",
        "/services/networking/{network}/gateway/connection/{site}/ipsecparameters",
        "Get Gateway IPsec Parameters",
    ),
    not(
        "PATCH",
        "/services/networking/{network}/gateway/connection/{site}/ipsecparameters",
        "Set Gateway IPsec Parameters",
    ),
    not(
        "GET",
        "/services/networking/{network}/gateway/connection/{site}/sharedkey",
        "Get Gateway Shared Key",
    ),
    not(
        "POST",
        "/services/networking/{network}/gateway/connection/{site}/sharedkey",
        "Set Gateway Shared Key",
    ),
    not(
        "PUT",
        "/services/networking/{network}/gateway/connection/{site}/sharedkey",
        "Reset Gateway Shared Key",
    ),
    not(
        "POST",
        "/services/networking/{network}/gateway/defaultsites",
        "Set Gateway Default Site",
    ),
    not(
        "DELETE",
        "/services/networking/{network}/gateway/defaultsites",
        "Remove Gateway Default Site",
    ),
    not(
        "GET",
        "/services/networking/{network}/gateway/publicdiagnostics",
        "Get Gateway Diagnostics",
    ),
    not(
        "PUT",
        "/services/networking/{network}/gateway/publicdiagnostics",
        "Start Or Stop Gateway Diagnostics",
    ),
    not(
        "GET",
        "/services/networking/{network}/gateway/vpndeviceconfigurationscript",
        "Get Device Configuration Script",
    ),
    not(
        "POST",
        "/services/networking/{network}/gateway/vpnclientpackage",
        "Create Client Package",
    ),
    not(
        "POST",
        "/services/networking/{network}/virtualnetworkgateways",
        "Create Virtual Network Gateway",
    ),
    not(
        "GET",
        "/services/networking/{network}/gateway",
        "Get Virtual Network Gateway",
    ),
    not(
        "POST",
        "/services/networking/{network}/gateway",
        "Create Virtual Network Gateway",
    ),
    not(
        "DELETE",
        "/services/networking/{network}/gateway",
        "Delete Virtual Network Gateway",
    ),
    not(
        "GET",
        "/services/networking/{network}/gateway/connections",
        "List Virtual Network Connections",
    ),
    not(
        "PUT",
        "/services/networking/{network}/gateway/connection/{site}",
        "Connect Virtual Network Gateway",
    ),
    not(
        "POST",
        "/services/networking/{network}/migration",
        "Migrate Virtual Network",
    ),
    with(
        "GET",
        "/services/networking/{network}",
        ("op", "checkavailability"),
        "Check Static IP Availability",
        network::check_address,
    ),
    not(
        "GET",
        "/services/WATM/profiles",
        "List Traffic Manager Profiles",
    ),
    not(
        "POST",
        "/services/WATM/profiles",
        "Create Traffic Manager Profile",
    ),
    not(
        "GET",
        "/services/WATM/profiles/{name}",
        "Get Traffic Manager Profile",
    ),
    not(
        "PUT",
        "/services/WATM/profiles/{name}",
        "Update Traffic Manager Profile",
    ),
    not(
        "DELETE",
        "/services/WATM/profiles/{name}",
        "Delete Traffic Manager Profile",
    ),
    not(
        "GET",
        "/services/WATM/profiles/{name}/definitions",
        "List Traffic Manager Definitions",
    ),
    not(
        "POST",
        "/services/WATM/profiles/{name}/definitions",
        "Create Traffic Manager Definition",
    ),
    not(
        "GET",
        "/services/WATM/operations/isavailable/{name}",
        "Check Traffic Manager Name Availability",
    ),
    not(
        "GET",
        "/services/WATM/profiles/{name}/definitions/{version}",
        "Get Traffic Manager Definition",
    ),
];

/// An operation of the API and whether the simulator models it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Modelled {
    /// The HTTP method.
    pub method: &'static str,
    /// The path after the subscription.
    pub path: &'static str,
    /// A parameter of the query that makes it this operation; `*` stands for any value.
    pub query: Option<(&'static str, &'static str)>,
    /// The operation's name in the documentation.
    pub operation: &'static str,
    /// False where the answer is 501.
    pub modelled: bool,
}

/// All operations that the simulator knows of.
pub fn operations() -> impl Iterator<Item = Modelled> {
    ROUTES.iter().map(|route| Modelled {
        method: route.method,
        path: route.path,
        query: route.query,
        operation: route.operation,
        modelled: route.handler.is_some(),
    })
}

/// Finds the operation of a request, with the names in its path.
pub(crate) fn find(
    method: &Method,
    path: &[String],
    query: &Query,
) -> Result<Found<Route>, Refused> {
    let router = Router::new(ROUTES, Words::AnyCase);
    router.find(method, path, query).map_err(|miss| match miss {
        Miss::Query => Refused::query("the query does not tell which operation is meant"),
        Miss::Method => Refused::new(
            400,
            "InvalidHttpVerb",
            "The HTTP verb specified was not recognized by the server or isn't valid for this resource.",
        )
        .detail(method.as_str()),
        Miss::Path => Refused::resource(format!("the path /{} is unknown", path.join("/"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn operation(
        method: &str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(&'static str, Vec<String>), Refused> {
        let path: Vec<String> = path
            .split('/')
            .filter(|w| !w.is_empty())
            .map(str::to_owned)
            .collect();
        let method = method.parse().unwrap();
        let query = query.iter().copied().collect();
        find(&method, &path, &query).map(|found| (found.route.operation, found.values))
    }

    #[test]
    fn paths_are_told_apart_without_case() {
        let (name, names) = operation(
            "POST",
            "/services/hostedservices/A/deployments/B/roleinstances/C/Operations",
            &[],
        )
        .unwrap();
        assert_eq!(name, "Operate Role");
        assert_eq!(names, ["A", "B", "C"]);
        let many = operation(
            "POST",
            "/services/hostedservices/A/deployments/B/Roles/Operations",
            &[],
        )
        .unwrap();
        assert_eq!(many.0, "Start Or Shutdown Roles");
        assert_eq!(
            operation("GET", "/services/networking/media", &[])
                .unwrap()
                .0,
            "Get Network Configuration"
        );
        assert_eq!(operation("GET", "/", &[]).unwrap().0, "Get Subscription");
    }

    #[test]
    fn a_wrong_verb_a_wrong_query_and_a_wrong_path_differ() {
        assert_eq!(
            operation("PATCH", "/locations", &[]).unwrap_err().code,
            "InvalidHttpVerb"
        );
        assert_eq!(
            operation("PUT", "/services", &[]).unwrap_err().code,
            "MissingOrInvalidRequiredQueryParameter"
        );
        assert_eq!(operation("GET", "/nowhere", &[]).unwrap_err().status, 404);
    }

    #[test]
    fn no_operation_stands_twice() {
        for (i, a) in ROUTES.iter().enumerate() {
            let twice = ROUTES[i + 1..]
                .iter()
                .any(|b| (a.method, a.path, a.query) == (b.method, b.path, b.query));
            assert!(!twice, "{} {}", a.method, a.path);
        }
    }
}
