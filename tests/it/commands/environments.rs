//! `account env`: clouds by name.

use super::{done, json, refused};
use crate::simulator::Simulator;

#[test]
fn a_cloud_that_was_added_is_known_by_its_endpoint_until_it_goes() {
    let simulator = Simulator::start();
    let listed = done(&simulator, "azure account env list");
    for name in ["AzureCloud", "AzureChinaCloud"] {
        assert!(listed.contains(&format!("data:    {name}")), "{listed}");
    }
    let shown = json(&simulator, "azure account env show azurecloud --json");
    assert_eq!(shown["name"], "AzureCloud");
    assert_eq!(
        shown["managementEndpointUrl"],
        "https://management.core.windows.net"
    );

    let ready = std::fs::read_to_string(&simulator.ready).expect("the ready file");
    let ready: serde_json::Value = serde_json::from_str(&ready).expect("JSON");
    let endpoint = ready["management"].as_str().expect("an address");
    done(
        &simulator,
        &format!(
            "export AZURE_CONFIG_DIR=$HOME/kept
             cp -r $AZURE_CONFIG_DIR . 2>/dev/null || mkdir -p kept
             azure account import $AZURE_PUBLISH_SETTINGS
             azure account env add Mine --management-endpoint-url {endpoint}/ --portal-url https://portal.mine"
        ),
    );

    let within = |line: &str| format!("export AZURE_CONFIG_DIR=$HOME/kept; {line}");
    let account = json(&simulator, &within("azure account show --json"));
    assert_eq!(account[0]["environmentName"], "Mine");
    done(
        &simulator,
        &within("azure account env set mine --portal-url https://other"),
    );
    let shown = json(
        &simulator,
        &within("azure account env show --environment MINE --json"),
    );
    assert_eq!(shown["name"], "Mine");
    assert_eq!(shown["portalUrl"], "https://other");
    done(&simulator, &within("azure account env delete Mine"));
    refused(
        &simulator,
        &within("azure account env show Mine"),
        "Unknown environment Mine",
    );
}

#[test]
fn what_everybody_knows_stays_as_it_is() {
    let simulator = Simulator::start();
    for (line, words) in [
        (
            "azure account env add AzureCloud --management-endpoint-url https://x",
            "Environment AzureCloud exists",
        ),
        (
            "azure account env set azurecloud --portal-url https://x",
            "cannot be changed",
        ),
        ("azure account env delete AzureCloud", "cannot be deleted"),
        (
            "azure account env add Mine",
            "--management-endpoint-url is required",
        ),
        (
            "azure account env show",
            "the name of an environment is required",
        ),
    ] {
        refused(&simulator, line, words);
    }
}
