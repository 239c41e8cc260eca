//! The real old CLI, azure-cli 0.10.20, against the simulator; its certificates in our hands.

use std::path::Path;

use crate::simulator::{Simulator, is_here, skipped};

/// A release of the old CLI that can be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Release {
    /// 0.10.20, of 2018.
    Latest,
    /// 0.8.17, of 2015: the nearest to the seed's.
    Older,
}

impl Release {
    /// Its program, when the script has installed it.
    pub(crate) fn program(self) -> Option<String> {
        let (path, script) = match self {
            Self::Latest => ("old-cli/azure", "old-cli.sh"),
            Self::Older => ("older-cli/xplat-0.8/azure", "older-cli.sh"),
        };
        let clients = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/clients");
        let program = clients.join(path);
        if program.exists() {
            return Some(program.to_str().expect("a readable path").to_owned());
        }
        skipped(&format!(
            "the old CLI ({self:?}) is not here; run tests/clients/{script} (needs npm)"
        ));
        None
    }
}

/// The old CLIs that are installed.
pub(crate) fn installed() -> Vec<(Release, String)> {
    [Release::Latest, Release::Older]
        .into_iter()
        .filter_map(|release| Some((release, release.program()?)))
        .collect()
}

/// The program that `tests/clients/old-cli.sh` installs, when it is there.
fn old_cli() -> Option<String> {
    Release::Latest.program()
}

/// The old CLI's own profile folder: it wants its mode, and leave not to report on its use.
const IMPORT: &str = r#"export AZURE_CONFIG_DIR=$HOME/.azure XPLAT_FAST=1000
    mkdir -p "$AZURE_CONFIG_DIR"
    echo '{"mode":"asm"}' >"$AZURE_CONFIG_DIR/config.json"
    echo '{"telemetry":false}' >"$AZURE_CONFIG_DIR/telemetry.json"
    old=$1
    "$old" account import "$AZURE_PUBLISH_SETTINGS"
    "#;

const CREATE: &str = r#"
    image=$("$old" vm image list --json | sed -n 's/.*"name": "\(.*Ubuntu-14_04[^"]*\)".*/\1/p' | tail -1)
    "$old" vm docker create -e 22 -l "West US" old-host "$image" azureuser 'P@ssw0rd1'
    "#;

#[test]
fn the_old_cli_imports_lists_creates_shows_and_deletes() {
    let Some(old) = old_cli() else { return };
    let script = format!(
        "{IMPORT}{CREATE}
        \"$old\" vm show --json old-host >shown.json
        \"$old\" vm delete -q old-host
        \"$old\" vm list --json"
    );
    let simulator = Simulator::start();
    let ran = simulator.sh(&script, &[&old]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert!(ran.stdout.contains("vm docker create"), "{}", ran.stdout);
    assert!(ran.stdout.trim_end().ends_with("[]"), "{}", ran.stdout);
    let shown = std::fs::read(simulator.room.home().join("shown.json")).expect("shown");
    let shown: serde_json::Value = serde_json::from_slice(&shown).expect("JSON");
    assert_eq!(shown["VMName"], "old-host");
    assert_eq!(shown["DNSName"], "old-host.cloudapp.net");
}

#[test]
fn the_old_clis_certificates_serve_docker_and_our_cli() {
    let Some(old) = old_cli() else { return };
    if !is_here(
        "docker",
        "install Docker's command line (Debian: .ci/programs does it)",
    ) {
        return;
    }
    // Version 0.10 publishes port 2376; ours takes the set over for a host of its own.
    let script = format!(
        "{IMPORT}{CREATE}
        docker --tls -H tcp://old-host.cloudapp.net:2376 info
        unset AZURE_CONFIG_DIR
        cp -r \"$HOME/.docker\" before
        azure account import \"$AZURE_PUBLISH_SETTINGS\"
        azure vm docker create -e 22 -l \"West US\" new-host Ubuntu-14_04 azureuser 'P@ssw0rd1'
        docker --tls -H tcp://new-host.cloudapp.net:4243 info
        for file in before/*; do cmp \"$file\" \"$HOME/.docker/${{file#before/}}\"; done"
    );
    let ran = Simulator::start().sh(&script, &[&old]);
    assert_eq!(ran.code, Some(0), "{}\n{}", ran.stdout, ran.stderr);
    assert_eq!(
        ran.stdout.matches("Server Version: ").count(),
        2,
        "{}",
        ran.stdout
    );
}
