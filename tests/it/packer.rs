//! Debian's Packer, whose builder azure-arm makes an image of a machine that it makes, unmodified.

use serde_json::Value;

use crate::clean_room::run;
use crate::simulator::Simulator;
use crate::today::{all_was_understood, in_a_run_of, installed, script, well};

#[test]
fn packer_makes_an_image() {
    let Some(folder) = installed("packer", "python/paramiko", "packages of Debian") else {
        return;
    };
    let simulator = Simulator::start();
    let line = format!(
        "arm() {{ python3 {request} \"$@\"; }}
        arm PUT /resourcegroups/images '{{\"location\": \"westus\"}}' >/dev/null
        PYTHONPATH=$PACKER/python python3 -W ignore {server} port & server=$!
        while [ ! -e port ]; do sleep 0.1; done
        SSH_PORT=$(cat port) CHECKPOINT_DISABLE=1 \"$PACKER/packer\" build {template} >&2 || {{ kill $server; exit 1; }}
        kill $server
        arm GET /resourceGroups/images/providers/Microsoft.Compute/images/made
        arm GET /resourcegroups",
        request = script("arm_request.py"),
        server = script("ssh_server.py"),
        template = script("packer.json"),
    );
    let ran = run(in_a_run_of(&simulator, &line).env("PACKER", folder));
    let said = well(&ran);
    let mut told = said
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let image = told.next().expect("an image");
    let disk = &image["properties"]["storageProfile"]["osDisk"];
    assert_eq!(disk["osState"], "Generalized", "{image}");
    assert_eq!(image["tags"]["made"], "by Packer", "{image}");
    let groups = told.next().expect("groups");
    let groups = groups["value"].as_array().expect("a list");
    // The group that it worked in is gone.
    assert_eq!(groups.len(), 1, "{groups:?}");
    all_was_understood(&simulator);
}
