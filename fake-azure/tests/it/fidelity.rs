//! The table of docs/fidelity.md: what is modelled, and which test proves it.

use std::fmt::Write as _;
use std::path::Path;

/// The test that proves an operation, by the operation's name in the documentation.
const PROOFS: &[(&str, &str)] = &[
    (
        "Add Management Certificate",
        "door::a_management_certificate_lets_its_holder_in_until_it_is_taken_away",
    ),
    (
        "Delete Management Certificate",
        "door::a_management_certificate_lets_its_holder_in_until_it_is_taken_away",
    ),
    (
        "Get Management Certificate",
        "door::a_management_certificate_lets_its_holder_in_until_it_is_taken_away",
    ),
    (
        "List Management Certificates",
        "door::a_management_certificate_lets_its_holder_in_until_it_is_taken_away",
    ),
    (
        "Add Disk",
        "gallery::a_disk_is_made_listed_renamed_and_deleted",
    ),
    (
        "Add OS Image",
        "gallery::an_own_image_is_made_used_and_deleted",
    ),
    (
        "Add Role",
        "machines::a_role_is_added_shown_changed_and_deleted_but_never_the_last",
    ),
    (
        "Add Service Certificate",
        "certificates::pem_called_pfx_is_taken_as_the_old_cli_sends_it",
    ),
    (
        "Check Hosted Service Name Availability",
        "services::names_of_hosted_services_are_checked_and_taken",
    ),
    (
        "Check Static IP Availability",
        "network::virtual_networks_are_listed_and_used",
    ),
    (
        "Check Storage Account Name Availability",
        "services::names_of_storage_accounts_are_checked_and_taken",
    ),
    (
        "Create Affinity Group",
        "network::an_affinity_group_is_made_changed_and_gone_unless_it_is_used",
    ),
    (
        "Create Hosted Service",
        "services::a_hosted_service_is_made_listed_shown_changed_and_gone",
    ),
    (
        "Create Reserved IP Address",
        "network::a_reserved_address_is_listed_used_kept_and_given_back",
    ),
    (
        "Create Storage Account",
        "services::a_storage_account_is_made_listed_shown_changed_and_gone",
    ),
    (
        "Create Virtual Machine Deployment",
        "machines::a_new_deployment_is_shown_as_the_service_shows_it",
    ),
    (
        "Delete Affinity Group",
        "network::an_affinity_group_is_made_changed_and_gone_unless_it_is_used",
    ),
    (
        "Delete Deployment",
        "machines::a_deployment_is_deleted_with_its_disks_or_without",
    ),
    ("Delete Disk", "gallery::an_attached_disk_is_not_deleted"),
    (
        "Delete Hosted Service",
        "services::a_service_with_a_deployment_is_not_deleted_unless_with_media",
    ),
    (
        "Delete OS Image",
        "gallery::an_own_image_is_made_used_and_deleted",
    ),
    (
        "Delete Reserved IP Address",
        "network::a_reserved_address_is_listed_used_kept_and_given_back",
    ),
    (
        "Delete Role",
        "machines::a_role_is_added_shown_changed_and_deleted_but_never_the_last",
    ),
    (
        "Delete Service Certificate",
        "certificates::pem_called_pfx_is_taken_as_the_old_cli_sends_it",
    ),
    (
        "Delete Storage Account",
        "services::a_storage_account_with_disks_in_it_is_not_deleted",
    ),
    (
        "Download RDP File",
        "machines::a_windows_machine_boots_and_has_its_remote_desktop_file",
    ),
    (
        "Get Affinity Group",
        "network::affinity_groups_are_listed_shown_and_used",
    ),
    ("Get Data Disk", "gallery::data_disks_come_with_a_machine"),
    (
        "Get Deployment",
        "machines::a_new_deployment_is_shown_as_the_service_shows_it",
    ),
    (
        "Get Disk",
        "gallery::a_disk_is_made_listed_renamed_and_deleted",
    ),
    (
        "Get Hosted Service Properties",
        "services::a_hosted_service_is_made_listed_shown_changed_and_gone",
    ),
    (
        "Get Network Configuration",
        "network::virtual_networks_are_listed_and_used",
    ),
    (
        "Get OS Image",
        "gallery::the_gallery_has_the_seeds_image_and_both_systems",
    ),
    (
        "Get Operation Status",
        "paces::at_the_pace_of_reads_each_state_lasts_for_so_many_looks",
    ),
    (
        "Get Reserved IP Address",
        "network::a_reserved_address_is_listed_used_kept_and_given_back",
    ),
    (
        "Get Role",
        "machines::a_role_is_added_shown_changed_and_deleted_but_never_the_last",
    ),
    (
        "Get Service Certificate",
        "certificates::pem_called_pfx_is_taken_as_the_old_cli_sends_it",
    ),
    (
        "Get Storage Account Keys",
        "services::a_storage_account_is_made_listed_shown_changed_and_gone",
    ),
    (
        "Get Storage Account Properties",
        "services::a_storage_account_is_made_listed_shown_changed_and_gone",
    ),
    (
        "Get Subscription",
        "gallery::locations_sizes_and_the_subscription_are_told",
    ),
    (
        "List Affinity Groups",
        "network::affinity_groups_are_listed_shown_and_used",
    ),
    ("List Disks", "gallery::an_attached_disk_is_not_deleted"),
    (
        "List Hosted Services",
        "services::a_hosted_service_is_made_listed_shown_changed_and_gone",
    ),
    (
        "List Locations",
        "gallery::locations_sizes_and_the_subscription_are_told",
    ),
    (
        "List OS Images",
        "gallery::the_gallery_has_the_seeds_image_and_both_systems",
    ),
    (
        "List Reserved IP Addresses",
        "network::a_reserved_address_is_listed_used_kept_and_given_back",
    ),
    (
        "List Resource Extension Versions",
        "gallery::extensions_are_listed_by_their_newest_version_and_one_by_all",
    ),
    (
        "List Resource Extensions",
        "gallery::extensions_are_listed_by_their_newest_version_and_one_by_all",
    ),
    (
        "List Role Sizes",
        "gallery::locations_sizes_and_the_subscription_are_told",
    ),
    (
        "List Service Certificates",
        "certificates::pem_called_pfx_is_taken_as_the_old_cli_sends_it",
    ),
    (
        "List Storage Accounts",
        "services::a_storage_account_is_made_listed_shown_changed_and_gone",
    ),
    (
        "List VM Images",
        "gallery::the_gallery_has_the_seeds_image_and_both_systems",
    ),
    (
        "List Virtual Network Sites",
        "network::virtual_networks_are_listed_and_used",
    ),
    (
        "Operate Role",
        "machines::a_machine_stops_and_starts_and_restarts",
    ),
    (
        "Regenerate Storage Account Keys",
        "services::a_storage_account_is_made_listed_shown_changed_and_gone",
    ),
    (
        "Register Resource Provider",
        "services::resource_types_are_registered_once",
    ),
    (
        "Set Network Configuration",
        "network::a_network_configuration_is_set_read_back_and_guards_what_is_used",
    ),
    (
        "Start Or Shutdown Roles",
        "machines::several_machines_stop_and_start_together",
    ),
    (
        "Unregister Resource Provider",
        "services::resource_types_are_registered_once",
    ),
    (
        "Update Affinity Group",
        "network::an_affinity_group_is_made_changed_and_gone_unless_it_is_used",
    ),
    (
        "Update Disk",
        "gallery::a_disk_is_made_listed_renamed_and_deleted",
    ),
    (
        "Update Hosted Service",
        "services::a_hosted_service_is_made_listed_shown_changed_and_gone",
    ),
    (
        "Update Role",
        "docker::a_role_that_is_read_changed_and_sent_back_keeps_its_hidden_settings",
    ),
    (
        "Update Storage Account",
        "services::a_storage_account_is_made_listed_shown_changed_and_gone",
    ),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The table as it must stand in the document.
fn table() -> String {
    let mut table = String::from("| operation | request | | proved by |\n|---|---|---|---|\n");
    for operation in fake_azure::operations() {
        let query = operation
            .query
            .map_or(String::new(), |(key, value)| format!("?{key}={value}"));
        let proof = PROOFS.iter().find(|(name, _)| *name == operation.operation);
        let (answer, proof) = match (operation.modelled, proof) {
            (true, Some((_, test))) => ("modelled", format!("`{test}`")),
            (true, None) => panic!("no test proves {}", operation.operation),
            (false, _) => ("501", String::new()),
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
    for (operation, test) in PROOFS {
        let (module, name) = test.split_once("::").unwrap();
        let file = root().join(format!("tests/it/{module}.rs"));
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains(&format!("fn {name}()")), "{test}");
        let known = fake_azure::operations().any(|o| o.operation == *operation && o.modelled);
        assert!(known, "{operation}");
    }
}
