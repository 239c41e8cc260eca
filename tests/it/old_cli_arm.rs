//! The real old CLI, azure-cli 0.10.20, in its arm mode: a service principal signs in to the stock
//! cloud through the proxy.

use crate::clean_room::run;
use crate::old_cli::Release;
use crate::simulator::Simulator;
use crate::today::{all_was_understood, are_here, in_a_run_of, well};

/// Signs in; `old` is the CLI, and `powers` tells names and power of machines.
const SIGN_IN: &str = r#"export AZURE_CONFIG_DIR=$HOME/.azure XPLAT_FAST=1000
    mkdir -p "$AZURE_CONFIG_DIR"
    echo '{"telemetry":false}' >"$AZURE_CONFIG_DIR/telemetry.json"
    old() { "$OLD_CLI" "$@" >said || { cat said >&2; return 1; }; }
    old config mode arm
    old login --service-principal -u $AZURE_CLIENT_ID -p $AZURE_CLIENT_SECRET --tenant $AZURE_TENANT_ID
    old group create g westus
    powers() { old vm list g; sed -n 's/^data: *g *\([^ ]*\) .*VM \([a-z]*\) .*/\1 \2/p' said; }
    image=Canonical:UbuntuServer:16.04-LTS:latest
    "#;

/// Runs a script after that, and tells what it printed.
fn arm_mode(simulator: &Simulator, script: &str) -> Option<Vec<String>> {
    let old = Release::Latest.program()?;
    let script = format!("{SIGN_IN}{script}");
    let ran = run(in_a_run_of(simulator, &script).env("OLD_CLI", old));
    Some(well(&ran).lines().map(str::to_owned).collect())
}

#[test]
fn the_old_cli_makes_networks_and_machines_and_takes_them_down() {
    let simulator = Simulator::start();
    let script = r#"old network vnet create g net westus -a 10.7.0.0/16
        old network vnet subnet create g net hosts -a 10.7.1.0/24
        old network nsg create g nsg westus
        old network nsg rule create g nsg ssh -p Tcp -f '*' -o '*' -e '*' -u 22 -c Allow -y 1000 -r Inbound
        old network public-ip create g ip westus -d v -a Static
        old network nic create g nic westus -m net -k hosts -o nsg -p ip
        old vm create -g g -n v -l westus -y Linux -Q $image -u me -p 'P@55-of-a-Test' -f nic
        old vm show g v; sed -n 's/^data: *FQDN *://p; s/^data: *Size *://p' said
        powers
        old vm stop g v; powers
        old vm start g v
        old vm restart g v; powers
        old vm deallocate g v; powers
        old vm quick-create -g g -n quick -l westus -y Linux -Q $image -u me -p 'P@55-of-a-Test'
        powers
        "$OLD_CLI" vm show g none 2>&1 | grep -o 'No VMs found' || true
        old vm delete -q g v
        old network nic delete -q g nic
        "$OLD_CLI" network vnet delete -q g none 2>&1 | grep -o 'not found' | head -1 || true
        old network public-ip delete -q g ip
        old network nsg delete -q g nsg
        old network vnet subnet delete -q g net hosts
        old network vnet delete -q g net
        powers
        old group delete -q g
        "$OLD_CLI" group list --json"#;
    let Some(said) = arm_mode(&simulator, script) else {
        return;
    };
    assert_eq!(
        said,
        [
            "Standard_DS1",
            "v.westus.cloudapp.azure.com",
            "v running",
            "v stopped",
            "v running",
            "v deallocated",
            "quick running",
            "v deallocated",
            "No VMs found",
            "not found",
            "quick running",
            "[]",
        ]
    );
    all_was_understood(&simulator);
}

#[test]
fn the_old_clis_docker_extension_serves_docker() {
    if !are_here(&["docker", "openssl"]) {
        return;
    }
    let simulator = Simulator::start();
    let script = r"old vm docker create g d westus Linux -Q $image -u me -p 'P@55-of-a-Test' \
            -f nic -i ip -w dockerhost -m Dynamic -F net -P 10.8.0.0/16 -j sub -k 10.8.1.0/24
        docker --tls -H tcp://dockerhost.westus.cloudapp.azure.com:2376 run --rm alpine echo hello";
    let Some(said) = arm_mode(&simulator, script) else {
        return;
    };
    assert_eq!(said.last().map(String::as_str), Some("hello"), "{said:?}");
    all_was_understood(&simulator);
}
