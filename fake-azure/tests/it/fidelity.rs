//! The table of docs/fidelity.md: what is modelled, and which test proves it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::recordings::{files, shared};

/// What proves an operation.
struct Proof {
    /// Its name in the documentation.
    operation: &'static str,
    /// The test, in this folder.
    test: &'static str,
    /// The folder of recordings of the real service that hold it, or the client that asks for it;
    /// empty where the reference alone tells.
    witness: &'static str,
    /// The values of `x-ms-version` with which real clients were recorded asking for it.
    versions: &'static str,
}

/// Where no recording holds an operation, but the Python SDK asks for it in its test.
const PYTHON: &str = "the Python SDK";

/// By the operation's name in the documentation.
const PROOFS: &[Proof] = &[
    Proof {
        operation: "Add DNS Server",
        test: "load_balancers::dns_servers_of_a_deployment_come_change_and_go",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Add Data Disk",
        test: "data_disks::a_data_disk_is_attached_changed_detached_and_attached_again",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Add Disk",
        test: "gallery::a_disk_is_made_listed_renamed_and_deleted",
        witness: "transcripts/cli.vm.disk-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Add Management Certificate",
        test: "door::a_management_certificate_lets_its_holder_in_until_it_is_taken_away",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Add OS Image",
        test: "gallery::an_own_image_is_made_used_and_deleted",
        witness: "transcripts/cli.vm.image-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Add Role",
        test: "machines::a_role_is_added_shown_changed_and_deleted_but_never_the_last",
        witness: "recordings/cli.vm.create_win_rdp-tests",
        versions: "",
    },
    Proof {
        operation: "Add Service Certificate",
        test: "certificates::pem_called_pfx_is_taken_as_the_old_cli_sends_it",
        witness: "transcripts/cli.vm.create_docker-tests",
        versions: "2017-01-01",
    },
    Proof {
        operation: "Associate Reserved IP Address",
        test: "load_balancers::a_reserved_address_comes_to_a_deployment_that_runs_and_leaves_it_again",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Check Hosted Service Name Availability",
        test: "services::names_of_hosted_services_are_checked_and_taken",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Check Static IP Availability",
        test: "network::virtual_networks_are_listed_and_used",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Check Storage Account Name Availability",
        test: "services::names_of_storage_accounts_are_checked_and_taken",
        witness: "transcripts/cli.storage.account-tests",
        versions: "2016-03-01",
    },
    Proof {
        operation: "Create Affinity Group",
        test: "network::an_affinity_group_is_made_changed_and_gone_unless_it_is_used",
        witness: "transcripts/cli.account.affinitygroup-tests",
        versions: "2014-10-01",
    },
    Proof {
        operation: "Create Hosted Service",
        test: "services::a_hosted_service_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.service-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Create Internal Load Balancer",
        test: "load_balancers::a_deployment_has_one_internal_load_balancer",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Create Reserved IP Address",
        test: "network::a_reserved_address_is_listed_used_kept_and_given_back",
        witness: "transcripts/cli.network.reservedip-tests",
        versions: "2014-10-01 2016-07-01",
    },
    Proof {
        operation: "Create Storage Account",
        test: "services::a_storage_account_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.storage.account-tests",
        versions: "2014-10-01 2016-03-01",
    },
    Proof {
        operation: "Create VM Image",
        test: "captures::a_vm_image_is_made_from_vhds",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Create Virtual Machine Deployment",
        test: "machines::a_new_deployment_is_shown_as_the_service_shows_it",
        witness: "transcripts/cli.vm.create_docker-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Delete Affinity Group",
        test: "network::an_affinity_group_is_made_changed_and_gone_unless_it_is_used",
        witness: "transcripts/cli.account.affinitygroup-tests",
        versions: "2014-10-01",
    },
    Proof {
        operation: "Delete DNS Server",
        test: "load_balancers::dns_servers_of_a_deployment_come_change_and_go",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Delete Data Disk",
        test: "data_disks::a_data_disk_is_attached_changed_detached_and_attached_again",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Delete Deployment",
        test: "machines::a_deployment_is_deleted_with_its_disks_or_without",
        witness: "transcripts/cli.vm.create_docker-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Delete Disk",
        test: "gallery::an_attached_disk_is_not_deleted",
        witness: "transcripts/cli.vm.disk-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Delete Hosted Service",
        test: "services::a_service_with_a_deployment_is_not_deleted_unless_with_media",
        witness: "transcripts/cli.vm.create_docker-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Delete Internal Load Balancer",
        test: "load_balancers::a_deployment_has_one_internal_load_balancer",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Delete Management Certificate",
        test: "door::a_management_certificate_lets_its_holder_in_until_it_is_taken_away",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Delete OS Image",
        test: "gallery::an_own_image_is_made_used_and_deleted",
        witness: "transcripts/cli.vm.image-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Delete Reserved IP Address",
        test: "network::a_reserved_address_is_listed_used_kept_and_given_back",
        witness: "transcripts/cli.network.reservedip-tests",
        versions: "2014-10-01 2016-07-01",
    },
    Proof {
        operation: "Delete Role",
        test: "machines::a_role_is_added_shown_changed_and_deleted_but_never_the_last",
        witness: "recordings/cli.vm.create_win_rdp-tests",
        versions: "",
    },
    Proof {
        operation: "Delete Service Certificate",
        test: "certificates::pem_called_pfx_is_taken_as_the_old_cli_sends_it",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Delete Storage Account",
        test: "services::a_storage_account_with_disks_in_it_is_not_deleted",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Delete VM Image",
        test: "captures::a_vm_image_holds_all_disks_and_makes_machines_with_all_of_them",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Disassociate Reserved IP Address",
        test: "load_balancers::a_reserved_address_comes_to_a_deployment_that_runs_and_leaves_it_again",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Download RDP File",
        test: "machines::a_windows_machine_boots_and_has_its_remote_desktop_file",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Affinity Group",
        test: "network::affinity_groups_are_listed_shown_and_used",
        witness: "transcripts/cli.account.affinitygroup-tests",
        versions: "2014-10-01",
    },
    Proof {
        operation: "Get Data Disk",
        test: "gallery::data_disks_come_with_a_machine",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Get Deployment",
        test: "machines::a_new_deployment_is_shown_as_the_service_shows_it",
        witness: "transcripts/cli.vm.create_docker-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Get Disk",
        test: "gallery::a_disk_is_made_listed_renamed_and_deleted",
        witness: "transcripts/cli.vm.disk-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Get Hosted Service Properties",
        test: "services::a_hosted_service_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.service-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Get Management Certificate",
        test: "door::a_management_certificate_lets_its_holder_in_until_it_is_taken_away",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Network Configuration",
        test: "network::virtual_networks_are_listed_and_used",
        witness: "transcripts/cli.network-tests",
        versions: "2014-10-01 2016-07-01",
    },
    Proof {
        operation: "Get OS Image",
        test: "gallery::the_gallery_has_the_seeds_image_and_both_systems",
        witness: "transcripts/cli.vm.image-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Get Operation Status",
        test: "paces::at_the_pace_of_reads_each_state_lasts_for_so_many_looks",
        witness: "transcripts/cli.vm.create_docker-tests",
        versions: "2014-10-01 2016-03-01 2016-07-01 2017-01-01",
    },
    Proof {
        operation: "Get Reserved IP Address",
        test: "network::a_reserved_address_is_listed_used_kept_and_given_back",
        witness: "transcripts/cli.network.reservedip-tests",
        versions: "2014-10-01 2016-07-01",
    },
    Proof {
        operation: "Get Role",
        test: "machines::a_role_is_added_shown_changed_and_deleted_but_never_the_last",
        witness: "transcripts/cli.vm.endpoint-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Get Service Certificate",
        test: "certificates::pem_called_pfx_is_taken_as_the_old_cli_sends_it",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Storage Account Keys",
        test: "services::a_storage_account_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.storage.account-tests",
        versions: "2014-10-01 2016-03-01",
    },
    Proof {
        operation: "Get Storage Account Properties",
        test: "services::a_storage_account_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.storage.account-tests",
        versions: "2014-10-01 2016-03-01",
    },
    Proof {
        operation: "Get Subscription",
        test: "gallery::locations_sizes_and_the_subscription_are_told",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "List Affinity Groups",
        test: "network::affinity_groups_are_listed_shown_and_used",
        witness: "transcripts/cli.account.affinitygroup-tests",
        versions: "2014-10-01",
    },
    Proof {
        operation: "List Disks",
        test: "gallery::an_attached_disk_is_not_deleted",
        witness: "transcripts/cli.vm.disk-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "List Hosted Services",
        test: "services::a_hosted_service_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.service-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "List Locations",
        test: "gallery::locations_sizes_and_the_subscription_are_told",
        witness: "transcripts/cli.vm.create_docker-tests",
        versions: "2014-10-01",
    },
    Proof {
        operation: "List Management Certificates",
        test: "door::a_management_certificate_lets_its_holder_in_until_it_is_taken_away",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "List OS Images",
        test: "gallery::the_gallery_has_the_seeds_image_and_both_systems",
        witness: "transcripts/cli.vm.image-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "List Reserved IP Addresses",
        test: "network::a_reserved_address_is_listed_used_kept_and_given_back",
        witness: "transcripts/cli.network.reservedip-tests",
        versions: "2014-10-01 2016-07-01",
    },
    Proof {
        operation: "List Resource Extension Versions",
        test: "gallery::extensions_are_listed_by_their_newest_version_and_one_by_all",
        witness: "transcripts/cli.vm.extension-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "List Resource Extensions",
        test: "gallery::extensions_are_listed_by_their_newest_version_and_one_by_all",
        witness: "transcripts/cli.vm.extension-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "List Role Sizes",
        test: "gallery::locations_sizes_and_the_subscription_are_told",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "List Service Certificates",
        test: "certificates::pem_called_pfx_is_taken_as_the_old_cli_sends_it",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "List Storage Accounts",
        test: "services::a_storage_account_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.storage.account-tests",
        versions: "2014-10-01 2016-03-01",
    },
    Proof {
        operation: "List VM Images",
        test: "gallery::the_gallery_has_the_seeds_image_and_both_systems",
        witness: "transcripts/cli.vm.image-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "List Virtual Network Sites",
        test: "network::virtual_networks_are_listed_and_used",
        witness: "transcripts/cli.network-tests",
        versions: "2014-10-01 2016-07-01",
    },
    Proof {
        operation: "Operate Role",
        test: "machines::a_machine_stops_and_starts_and_restarts",
        witness: "transcripts/cli.vm.shutdown_restart-tests",
        versions: "2014-10-01",
    },
    Proof {
        operation: "Regenerate Storage Account Keys",
        test: "services::a_storage_account_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.storage.account-tests",
        versions: "2014-10-01",
    },
    Proof {
        operation: "Register Resource Provider",
        test: "services::resource_types_are_registered_once",
        witness: "transcripts/cli.service-tests",
        versions: "2014-10-01",
    },
    Proof {
        operation: "Set Network Configuration",
        test: "network::a_network_configuration_is_set_read_back_and_guards_what_is_used",
        witness: "transcripts/cli.network-tests",
        versions: "2014-10-01 2016-07-01",
    },
    Proof {
        operation: "Start Or Shutdown Roles",
        test: "machines::several_machines_stop_and_start_together",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Unregister Resource Provider",
        test: "services::resource_types_are_registered_once",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Update Affinity Group",
        test: "network::an_affinity_group_is_made_changed_and_gone_unless_it_is_used",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Update DNS Server",
        test: "load_balancers::dns_servers_of_a_deployment_come_change_and_go",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Update Data Disk",
        test: "data_disks::a_data_disk_is_attached_changed_detached_and_attached_again",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Update Disk",
        test: "gallery::a_disk_is_made_listed_renamed_and_deleted",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Update Hosted Service",
        test: "services::a_hosted_service_is_made_listed_shown_changed_and_gone",
        witness: PYTHON,
        versions: "",
    },
    Proof {
        operation: "Update Internal Load Balancer",
        test: "load_balancers::a_deployment_has_one_internal_load_balancer",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Update Load-Balanced Endpoint Set",
        test: "load_balancers::a_load_balanced_set_is_changed_on_all_machines_at_once",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Update Role",
        test: "docker::a_role_that_is_read_changed_and_sent_back_keeps_its_hidden_settings",
        witness: "transcripts/cli.vm.endpoint-tests",
        versions: "2014-10-01 2017-01-01",
    },
    Proof {
        operation: "Update Storage Account",
        test: "services::a_storage_account_is_made_listed_shown_changed_and_gone",
        witness: "transcripts/cli.storage.account-tests",
        versions: "2014-10-01 2016-03-01",
    },
    Proof {
        operation: "List Network Security Groups",
        test: "security_groups::a_security_group_is_made_ruled_shown_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Create Network Security Group",
        test: "security_groups::a_security_group_is_made_ruled_shown_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Network Security Group",
        test: "security_groups::a_security_group_is_made_ruled_shown_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Delete Network Security Group",
        test: "security_groups::a_security_group_is_made_ruled_shown_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Set Network Security Rule",
        test: "security_groups::a_security_group_is_made_ruled_shown_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Delete Network Security Rule",
        test: "security_groups::a_security_group_is_made_ruled_shown_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Network Security Group Of Subnet",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Add Network Security Group To Subnet",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Remove Network Security Group From Subnet",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Network Security Group Of Role",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Add Network Security Group To Role",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Remove Network Security Group From Role",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Network Security Group Of Network Interface",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Add Network Security Group To Network Interface",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Remove Network Security Group From Network Interface",
        test: "security_groups::a_security_group_guards_subnets_roles_and_interfaces",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "List Route Tables",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Create Route Table",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Route Table",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Delete Route Table",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Set Route",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Delete Route",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get Route Table Of Subnet",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Add Route Table To Subnet",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Remove Route Table From Subnet",
        test: "security_groups::a_route_table_is_made_routed_given_to_subnets_and_gone",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get IP Forwarding",
        test: "security_groups::machines_and_interfaces_pass_on_what_is_not_for_them",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Set IP Forwarding",
        test: "security_groups::machines_and_interfaces_pass_on_what_is_not_for_them",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get IP Forwarding Of Network Interface",
        test: "security_groups::machines_and_interfaces_pass_on_what_is_not_for_them",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Set IP Forwarding Of Network Interface",
        test: "security_groups::machines_and_interfaces_pass_on_what_is_not_for_them",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Reboot Role Instance",
        test: "machines::an_instance_is_rebooted_reimaged_and_rebuilt",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Reimage Role Instance",
        test: "machines::an_instance_is_rebooted_reimaged_and_rebuilt",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Rebuild Role Instance",
        test: "machines::an_instance_is_rebooted_reimaged_and_rebuilt",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "List Subscription Operations",
        test: "services::the_operations_of_a_subscription_are_told_by_time",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "List Operating Systems",
        test: "gallery::guest_systems_are_told_by_family",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "List Operating System Families",
        test: "gallery::guest_systems_are_told_by_family",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Update OS Image",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get OS Image Details",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Replicate OS Image",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Unreplicate OS Image",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Share OS Image",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Update VM Image",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Get VM Image Details",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Replicate VM Image",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Unreplicate VM Image",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Share VM Image",
        test: "gallery::an_own_image_is_changed_copied_shared_and_told_in_detail",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Add Virtual IP",
        test: "load_balancers::a_deployment_has_further_virtual_ips",
        witness: "",
        versions: "",
    },
    Proof {
        operation: "Delete Virtual IP",
        test: "load_balancers::a_deployment_has_further_virtual_ips",
        witness: "",
        versions: "",
    },
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The table as it must stand in the document.
fn table() -> String {
    let mut table = String::from(
        "| operation | request | how far | proved by | recorded in, or asked by | `x-ms-version` seen |\n|---|---|---|---|---|---|\n",
    );
    for operation in fake_azure::operations() {
        let query = operation
            .query
            .map_or(String::new(), |(key, value)| format!("?{key}={value}"));
        let proof = PROOFS.iter().find(|p| p.operation == operation.operation);
        let (answer, proof) = match (operation.modelled, proof) {
            (true, Some(proof)) => (
                "modelled",
                format!("`{}` | {} | {}", proof.test, proof.witness, proof.versions),
            ),
            (true, None) => panic!("no test proves {}", operation.operation),
            (false, _) => ("501", " | |".to_owned()),
        };
        writeln!(
            table,
            "| {} | `{} {}{query}` | {answer} | {proof} |",
            operation.operation, operation.method, operation.path
        )
        .unwrap();
    }
    table
}

#[test]
fn the_document_lists_every_operation_as_it_is() {
    let text = std::fs::read_to_string(root().join("../docs/fidelity.md")).unwrap();
    let begin = text.find("| operation |").unwrap();
    let end = text[begin..]
        .find("\n\n")
        .map_or(text.len(), |n| begin + n + 1);
    let right = table();
    assert!(
        text[begin..end] == right,
        "the table of docs/fidelity.md must be:\n{right}"
    );
}

#[test]
fn the_tests_that_it_names_exist() {
    for Proof {
        operation, test, ..
    } in PROOFS
    {
        let (module, name) = test.split_once("::").unwrap();
        let file = root().join(format!("tests/it/{module}.rs"));
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains(&format!("fn {name}()")), "{test}");
        let known = fake_azure::operations().any(|o| o.operation == *operation && o.modelled);
        assert!(known, "{operation}");
    }
}

/// The operations that stand in a recording, with the versions that were asked for.
fn recorded(file: &Path) -> Vec<(&'static str, Option<String>)> {
    let text = std::fs::read_to_string(file).unwrap();
    let recording: Value = serde_json::from_str(&text).unwrap();
    let exchanges: Vec<&Value> = match &recording {
        Value::Array(exchanges) => exchanges.iter().collect(),
        transcript => transcript["steps"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|step| step["exchanges"].as_array().unwrap())
            .collect(),
    };
    exchanges
        .into_iter()
        .filter(|exchange| exchange["status"].is_u64())
        .filter_map(|exchange| {
            let version = exchange["request_headers"]["x-ms-version"].as_str();
            let path = exchange["path"].as_str()?;
            let operation = operation(exchange["method"].as_str()?, path)?;
            Some((operation, version.map(str::to_owned)))
        })
        .collect()
}

/// Which operation a recorded request is; none for those to the storage data plane.
fn operation(method: &str, path: &str) -> Option<&'static str> {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut words = path.split('/').filter(|word| !word.is_empty());
    words.next().filter(|id| id.len() == 36)?;
    let words: Vec<&str> = words.collect();
    let fits = |pattern: &str| {
        let pattern: Vec<&str> = pattern.split('/').filter(|word| !word.is_empty()).collect();
        pattern.len() == words.len()
            && pattern
                .iter()
                .zip(&words)
                .all(|(p, w)| p.starts_with('{') || p.eq_ignore_ascii_case(w))
    };
    fake_azure::operations()
        .find(|known| {
            let asked = known.query.is_none_or(|(key, value)| {
                let pair = format!("{key}={value}");
                query.split('&').any(|q| q.eq_ignore_ascii_case(&pair))
            });
            known.method == method && asked && fits(known.path)
        })
        .map(|known| known.operation)
}

#[test]
fn the_python_sdk_asks_for_what_it_is_named_for() {
    let script = root().join("../tests/clients/python_sdk.py");
    let script = std::fs::read_to_string(script).unwrap();
    for proof in PROOFS.iter().filter(|proof| proof.witness == PYTHON) {
        let call = proof.operation.to_lowercase().replace(' ', "_");
        assert!(script.contains(&format!("\"{call}\"")), "{call}");
    }
}

#[test]
fn the_recordings_that_it_names_hold_the_operations() {
    if !shared("").is_dir() {
        writeln!(std::io::stderr(), "SKIPPED: no recordings in ../shared").unwrap();
        return;
    }
    let mut versions: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut suites: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in files("transcripts").into_iter().chain(files("recordings")) {
        let folder = |n: usize| {
            let name = file.ancestors().nth(n).and_then(Path::file_name);
            name.unwrap().to_string_lossy().into_owned()
        };
        let kind = if folder(2) == "recordings" {
            "recordings"
        } else {
            "transcripts"
        };
        for (operation, version) in recorded(&file) {
            let suite = format!("{kind}/{}", folder(1));
            suites.entry(operation).or_default().insert(suite);
            versions.entry(operation).or_default().extend(version);
        }
    }
    for proof in PROOFS {
        let known = suites.get(proof.operation).cloned().unwrap_or_default();
        let right = match proof.witness {
            "" | PYTHON => known.is_empty(),
            witness => known.contains(witness),
        };
        assert!(right, "{}: recorded in {known:?}", proof.operation);
        let seen = versions.get(proof.operation).cloned().unwrap_or_default();
        let seen = seen.into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(proof.versions, seen, "{}", proof.operation);
    }
}
