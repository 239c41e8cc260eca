//! service, storage.account and account.affinitygroup.

use fake_azure::FakeAzure;
use serde_json::json;

use super::stage::{Stage, WEST, some, stages, stages_around};

#[test]
fn a_cloud_service_is_made_shown_listed_and_deleted() {
    for stage in stages("instant") {
        let made = stage.json(&format!("service create cli-cs1 --location {WEST}"));
        assert_eq!(made, json!({"serviceName": "cli-cs1"}));
        let shown = stage.json("service show cli-cs1");
        let properties = &shown["properties"];
        assert_eq!(shown["serviceName"], "cli-cs1");
        assert_eq!(properties["location"], "West US");
        assert_eq!(properties["status"], "Created");
        for text in ["label", "dateCreated", "dateLastModified"] {
            assert!(properties[text].is_string(), "{text}");
        }
        assert!(some(&stage.json("service list"), "serviceName", "cli-cs1"));
        stage.silent("service delete cli-cs1 --quiet");
    }
}

#[test]
fn storage_accounts_are_made_labelled_and_their_keys_renewed() {
    for stage in stages("reads:1") {
        let standard = if stage.latest() { "--type LRS" } else { "" };
        stage.silent("account affinity-group create xcliaffinity1 --location West~Europe --description artefact");
        stage.silent(&format!(
            "storage account create xcliaccount1 {standard} --location West~Europe"
        ));
        stage.silent(&format!(
            "storage account create xcliaccount2 {standard} -a xcliaffinity1"
        ));
        let listed = stage.json("storage account list");
        for name in ["xcliaccount1", "xcliaccount2"] {
            assert!(some(&listed, "name", name), "{name}");
        }
        stage.silent("storage account set xcliaccount2 --label test");
        let shown = stage.json("storage account show xcliaccount2");
        assert_eq!(shown["properties"]["label"], "test");

        let before = stage.json("storage account keys list xcliaccount2");
        let after = stage.json("storage account keys renew xcliaccount2 --primary");
        assert_ne!(before["primaryKey"], after["primaryKey"]);
        assert_eq!(before["secondaryKey"], after["secondaryKey"]);
        let said = stage.json("storage account connectionstring show xcliaccount2");
        let key = after["primaryKey"].as_str().expect("a key");
        let end = format!("AccountName=xcliaccount2;AccountKey={key}");
        assert!(
            said["string"]
                .as_str()
                .is_some_and(|text| text.ends_with(&end))
        );
    }
}

#[test]
fn names_of_storage_accounts_are_checked() {
    // The older release does not know the command.
    let azure = FakeAzure::builder()
        .taken_storage_account("azcopyperf1")
        .storage_account("xplat", "West Europe")
        .start();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let azure = runtime.block_on(azure).expect("a simulator");
    for stage in stages_around(&azure).filter(Stage::latest) {
        for (name, reason) in [
            ("thisisanameforxplattest", None),
            (
                "az",
                Some(
                    "The name is not a valid storage account name. Storage account names must be between 3 and 24 characters in length and use numbers and lower-case letters only.",
                ),
            ),
            (
                "xplat",
                Some("A storage account named 'xplat' already exists in the subscription."),
            ),
            (
                "azcopyperf1",
                Some("The storage account named 'azcopyperf1' is already taken."),
            ),
        ] {
            let checked = stage.json(&format!("storage account check {name}"));
            assert_eq!(checked["nameAvailable"], reason.is_none(), "{name}");
            assert_eq!(checked["reason"].as_str(), reason, "{name}");
        }
    }
}

#[test]
fn an_affinity_group_is_made_shown_listed_and_deleted_by_valid_names_only() {
    for stage in stages("instant") {
        stage.silent(&format!(
            "account affinity-group create xplat-afg-1 --location {WEST} --description AG-DESC"
        ));
        stage.refused("account affinity-group show !NotValid$");
        stage.refused("account affinity-group delete !NotValid$ --quiet");
        let shown = stage.json("account affinity-group show xplat-afg-1");
        let listed = stage.json("account affinity-group list");
        for (field, value) in [
            ("name", "xplat-afg-1"),
            ("label", "xplat-afg-1"),
            ("description", "AG-DESC"),
            ("location", "West US"),
        ] {
            assert_eq!(shown[field], value);
            assert!(some(&listed, field, value), "{field}");
        }
        stage.silent("account affinity-group delete xplat-afg-1 --quiet");
    }
}
