//! Today's `az`, azure-identity and MSAL, unmodified, sign in to the simulated cloud.

use std::path::{Path, PathBuf};
use std::process::Command;

use fake_azure::FakeAzure;
use serde_json::Value;

use crate::clean_room::{CleanRoom, run};
use crate::simulator::Simulator;
use crate::today::{self, are_here, well};

/// The folder that `az` is installed in, if it is.
fn az() -> Option<PathBuf> {
    today::installed("az", "bin/az", "python3-venv")
}

/// `azure fake run` of a script, with az on the path.
fn in_a_run(room: &CleanRoom, az: &Path, options: &[&str], script: &str) -> Command {
    let mut command = today::in_a_run(room, options, script);
    let path = format!("{}:/usr/local/bin:/usr/bin:/bin", az.join("bin").display());
    command
        .env("PATH", path)
        .env("SIGN_IN", today::script("sign_in.py"));
    command
}

#[test]
fn az_is_signed_in_and_stays_out_of_the_old_clis_profile() {
    let Some(az) = az() else { return };
    let room = CleanRoom::new();
    let script = "az account show -o json
        az account get-access-token -o json >token; grep -q accessToken token; rm token
        ls \"$AZURE_CONFIG_DIR\"";
    let ran = run(&mut in_a_run(&room, &az, &[], script));
    let said = well(&ran);
    let (account, files) = said.split_once("\n}\n").unwrap();
    let account: Value = serde_json::from_str(&format!("{account}}}")).unwrap();
    assert_eq!(account["environmentName"], "AzureCloud");
    assert_eq!(account["user"]["type"], "servicePrincipal");
    assert!(files.contains("telemetry.json") && !files.contains("service_principal"));
    assert_eq!(std::fs::read_dir(room.home()).unwrap().count(), 0);
    assert_eq!(std::fs::read_dir(room.tmp()).unwrap().count(), 0);
}

#[test]
fn programs_of_today_sign_in_in_every_way() {
    let Some(az) = az() else { return };
    let room = CleanRoom::new();
    let script = "TEST_CERTIFICATE=$(python3 -c 'import json, os
print(json.load(open(os.environ[\"AZURE_FAKE_READY_FILE\"]))[\"management_certificate\"])')
        export TEST_CERTIFICATE
        python3 \"$SIGN_IN\" default_credential managed_identity az_credential certificate \
            wrong_secret device_code challenged";
    let ran = run(&mut in_a_run(&room, &az, &[], script));
    assert_eq!(well(&ran).lines().count(), 7, "{}", ran.stdout);
}

#[test]
fn az_signs_in_anew_and_the_authority_tells_it_what_is_wrong() {
    let Some(az) = az() else { return };
    let simulator = Simulator::start();
    let ready = simulator.ready.to_str().unwrap();
    let script = "az logout
        az login --service-principal -u $AZURE_CLIENT_ID -p wrong --tenant $AZURE_TENANT_ID 2>&1 || true
        az login --service-principal -u $AZURE_CLIENT_ID -p $AZURE_CLIENT_SECRET \
            --tenant $AZURE_TENANT_ID >/dev/null
        az login --use-device-code >/dev/null 2>&1
        az login --identity >/dev/null";
    let options = ["--join", ready];
    let ran = run(&mut in_a_run(&simulator.room, &az, &options, script));
    let said = well(&ran);
    assert!(said.contains("AADSTS7000215"), "{said}");
    let journal = simulator.get("journal");
    let tokens = |status: u64| {
        let entries = journal.as_array().unwrap().iter();
        entries
            .filter(|entry| entry["operation"] == "Get Token" && entry["status"] == status)
            .count()
    };
    assert_eq!(tokens(401), 1, "{journal}");
    // The code is approved the second time.
    assert_eq!(tokens(400), 1, "{journal}");
    assert!(tokens(200) >= 2, "{journal}");
    assert!(journal.to_string().contains("Get Managed Identity Token"));
}

#[test]
fn az_registers_a_cloud_of_its_own_and_asks_it_for_tokens() {
    let Some(az) = az() else { return };
    let simulator = Simulator::start();
    let ready = simulator.ready.to_str().unwrap();
    let manager = simulator.said("resource_manager");
    let script = format!(
        "unset HTTPS_PROXY https_proxy
        export AZURE_CORE_INSTANCE_DISCOVERY=false
        az cloud register -n mine --endpoint-resource-manager {manager}
        az cloud set -n mine
        az login --service-principal -u $AZURE_CLIENT_ID -p $AZURE_CLIENT_SECRET \
            --tenant $AZURE_TENANT_ID >/dev/null
        az group list -o none
        az cloud show -o tsv --query endpoints.activeDirectory"
    );
    let options = ["--join", ready];
    let ran = run(&mut in_a_run(&simulator.room, &az, &options, &script));
    assert_eq!(well(&ran).trim(), format!("{manager}/"));
    let journal = simulator.get("journal").to_string();
    assert!(journal.contains("Get Metadata Endpoints"), "{journal}");
    assert!(journal.contains("Get Token"), "{journal}");
}

#[test]
fn a_machine_that_az_makes_runs_containers() {
    let Some(az) = az() else { return };
    if !are_here(&["docker", "openssl"]) {
        return;
    }
    let room = CleanRoom::new();
    let ran = run(&mut in_a_run(&room, &az, &[], today::page()));
    assert!(well(&ran).ends_with("hello\n"), "{}", ran.stdout);
}

#[test]
fn az_goes_through_a_machines_life() {
    let Some(az) = az() else { return };
    let room = CleanRoom::new();
    let script = "az group create -n g -l westus -o none
        az vm create -g g -n v --image Ubuntu2204 --admin-username me --generate-ssh-keys -o none 2>/dev/null
        power() { az vm show -d -g g -n v --query powerState -o tsv; }
        power
        az vm stop -g g -n v 2>/dev/null; power
        az vm deallocate -g g -n v; power
        az vm start -g g -n v; az vm restart -g g -n v -o none; power
        az vm resize -g g -n v --size Standard_D4s_v5 --query hardwareProfile.vmSize -o tsv
        az vm update -g g -n v --set tags.a=b --query tags.a -o tsv
        az vm run-command invoke -g g -n v --command-id RunShellScript --scripts 'echo $((6 * 7)) >/tmp/x; cat /tmp/x' \
            --query 'value[0].message' -o tsv
        az vm extension set -g g --vm-name v -n customScript --publisher Microsoft.Azure.Extensions \
            --settings '{\"commandToExecute\":\"exit 3\"}' -o none 2>&1 | grep -c VMExtensionProvisioningError
        az resource list -g g --query 'length(@)' -o tsv
        az vm show -g g -n none 2>/dev/null || echo status $?
        az vm delete -g g -n v --yes
        az group delete -n g --yes
        az group exists -n g";
    let ran = run(&mut in_a_run(&room, &az, &[], script));
    let said = well(&ran);
    let lines: Vec<&str> = said.lines().filter(|line| !line.is_empty()).collect();
    assert_eq!(
        lines,
        [
            "VM running",
            "VM stopped",
            "VM deallocated",
            "VM running",
            "Standard_D4s_v5",
            "b",
            "Enable succeeded: ",
            "[stdout]",
            "42",
            "[stderr]",
            "2",
            "7",
            "status 3",
            "false",
        ],
        "{said}\n{}",
        ran.stderr
    );
}

#[test]
fn az_asks_what_is_to_be_had_and_copies_disks() {
    let Some(az) = az() else { return };
    let room = CleanRoom::new();
    let script = "az group create -n g -l westus -o none
        az vm create -g g -n v --image Ubuntu2204 --admin-username me --generate-ssh-keys -o none 2>/dev/null
        az network vnet check-ip-address -g g -n vVNET --ip-address 10.0.0.4 \
            --query '[available, availableIPAddresses[0]]' -o tsv
        az network list-usages -l westus --query \"[?name.value=='NetworkInterfaces'].currentValue\" -o tsv
        az storage account create -g g -n acct17 -l westus -o none
        az storage account show-usage -l westus --query currentValue -o tsv
        key() { az storage account keys list -g g -n acct17 --query '[0].value' -o tsv; }
        before=$(key); az storage account keys renew -g g -n acct17 --key key1 -o none
        test \"$before\" != \"$(key)\"
        az vm run-command list -l westus --query \"[?osType=='Linux'].id\" -o tsv
        az vm run-command show -l westus --command-id RunShellScript --query label -o tsv
        disk=$(az vm show -g g -n v --query storageProfile.osDisk.name -o tsv)
        az snapshot create -g g -n s --source $disk -o none
        az disk create -g g -n copy --source s --query '[osType, diskSizeGB, creationData.createOption]' -o tsv
        az disk update -g g -n copy --size-gb 4 2>&1 | grep -c 'cannot be resized down'
        az snapshot list -g g --query '[].name' -o tsv
        az snapshot delete -g g -n s
        az snapshot list -g g --query 'length(@)' -o tsv";
    let ran = run(&mut in_a_run(&room, &az, &[], script));
    let lines: Vec<&str> = well(&ran).lines().collect();
    let expected = [
        "false",
        "10.0.0.5",
        "1",
        "1",
        "RunShellScript",
        "ifconfig",
        "Executes a Linux shell script",
        "Linux",
        "30",
        "Copy",
        "2",
        "s",
        "0",
    ];
    assert_eq!(lines, expected, "{}", ran.stderr);
}

#[test]
fn az_exports_a_group_and_deploys_it_anew() {
    let Some(az) = az() else { return };
    let room = CleanRoom::new();
    let script = "az group create -n g -l westus -o none
        az vm create -g g -n v --image Ubuntu2204 --admin-username me --generate-ssh-keys -o none 2>/dev/null
        az group export -n g --skip-all-params >literal.json
        az group export -n g --include-parameter-default-value --include-comments >template.json
        what() { az resource list -g g --query 'sort([].name)' -o tsv; }
        what >before; wc -l <before
        for template in literal template; do
            az group delete -n g --yes; az group create -n g -l westus -o none
            az deployment group create -g g -n again -f $template.json -o none
            what | diff before - && echo $template
        done
        az vm show -d -g g -n v --query powerState -o tsv";
    let ran = run(&mut in_a_run(&room, &az, &[], script));
    let lines: Vec<&str> = well(&ran).lines().map(str::trim).collect();
    let expected = ["6", "literal", "template", "VM running"];
    assert_eq!(lines, expected, "{}", ran.stderr);
}

#[test]
fn az_writes_tags_and_has_names_for_them_ready() {
    let Some(az) = az() else { return };
    let simulator = Simulator::start();
    let ready = simulator.ready.to_str().unwrap();
    let script = "id=$(az group create -n g -l westus --tags a=b --query id -o tsv)
        tags() { python3 -c 'import json, sys
print(json.dumps(json.load(sys.stdin)[\"properties\"][\"tags\"], sort_keys=True))'; }
        az tag create -n env -o none
        az tag add-value -n env --value prod -o none
        az tag create --resource-id $id --tags Env=prod c=d | tags
        az tag update --resource-id $id --operation merge --tags ENV=test x=y | tags
        az tag update --resource-id $id --operation delete --tags c=d | tags
        az tag list --query '[].[tagName, count.value, length(values)]' -o tsv
        az tag delete -n env --yes 2>&1 | grep -c 'associated to one or more resources'
        az tag delete --resource-id $id --yes
        az group show -n g --query 'length(tags)' -o tsv
        az tag remove-value -n env --value prod
        az tag delete -n env --yes
        az tag create --resource-id /subscriptions/$AZURE_SUBSCRIPTION_ID --tags of=all -o none
        az tag list --query '[].tagName' -o tsv";
    let options = ["--join", ready];
    let ran = run(&mut in_a_run(&simulator.room, &az, &options, script));
    let expected = [
        r#"{"Env": "prod", "c": "d"}"#,
        r#"{"Env": "test", "c": "d", "x": "y"}"#,
        r#"{"Env": "test", "x": "y"}"#,
        "env\t1\t2",
        "x\t1\t1",
        "2",
        "0",
        "of",
    ];
    assert_eq!(well(&ran).lines().collect::<Vec<_>>(), expected);
    let journal = simulator.get("journal").to_string();
    assert!(journal.contains("Update Tags at Scope"), "{journal}");
}

#[test]
fn az_signs_a_user_in_by_a_password() {
    let Some(az) = az() else { return };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let builder = FakeAzure::builder().user("me@example.org", "p&s=w+rd %");
    let azure = runtime.block_on(builder.start()).unwrap();
    let simulator = Simulator::around(&azure);
    let ready = simulator.ready.to_str().unwrap();
    let script = "az logout
        az login -u me@example.org -p wrong 2>&1 | grep -o AADSTS50126 || true
        az login -u me@example.org -p 'p&s=w+rd %' --query '[].user' -o json >user
        python3 -c 'import json; print(json.load(open(\"user\")))'
        az group create -n g -l westus --query properties.provisioningState -o tsv
        az ad signed-in-user show 2>&1 | grep -c 'not simulated' || true";
    let ran = run(&mut in_a_run(
        &simulator.room,
        &az,
        &["--join", ready],
        script,
    ));
    assert_eq!(
        well(&ran).lines().collect::<Vec<_>>(),
        [
            "AADSTS50126",
            "[{'name': 'me@example.org', 'type': 'user'}]",
            "Succeeded",
            "1",
        ]
    );
}

/// az puts a template's text into the body as it was written, after a name without quotes.
#[test]
fn az_deploys_templates_of_groups_and_subscriptions_as_they_were_written() {
    let Some(az) = az() else { return };
    let room = CleanRoom::new();
    let script = r#"cat >group.json <<'END'
{ // what is made
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string" } },
  "resources": [ {
    "type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2023-09-01",
    "name": "[parameters('name')]", "location": "[resourceGroup().location]" /* the group's */
  } ],
  "outputs": { "said": { "type": "string", "value": "[concat(
      'made ',
      parameters('name'))]" } }
}
END
        cat >subscription.json <<'END'
{
  "$schema": "https://schema.management.azure.com/schemas/2018-05-01/subscriptionDeploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "resources": [ { "type": "Microsoft.Resources/resourceGroups", "apiVersion": "2021-04-01", "name": "g", "location": "westus" } ]
}
END
        az deployment sub create -n all -l westus --template-file subscription.json --query properties.provisioningState -o tsv
        az deployment group validate -g g --template-file group.json --parameters name=a --query properties.provisioningState -o tsv
        az deployment group create -g g --template-file group.json --parameters name=a --query properties.outputs.said.value -o tsv
        az network public-ip list -g g --query '[].name' -o tsv
        az deployment group list -g g --query '[].name' -o tsv
        az deployment sub delete -n all
        az deployment sub list --query 'length(@)' -o tsv"#;
    let ran = run(&mut in_a_run(&room, &az, &[], script));
    let said = well(&ran);
    let expected = ["Succeeded", "Succeeded", "made a", "a", "group", "0"];
    assert_eq!(said.lines().collect::<Vec<_>>(), expected, "{}", ran.stderr);
}
