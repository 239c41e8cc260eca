//! Ansible with its collection for today's Azure, azure.azcollection, unmodified.

use crate::clean_room::run;
use crate::simulator::Simulator;
use crate::today::{
    all_was_understood, are_here, certificates_and_custom_data, in_a_run_of, installed, script,
    well,
};

#[test]
fn a_playbook_makes_a_machine_changes_nothing_the_second_time_and_takes_all_down() {
    let proof = "collections/ansible_collections/azure/azcollection";
    let Some(folder) = installed("ansible", proof, "python3-venv") else {
        return;
    };
    if !are_here(&["openssl", "docker"]) {
        return;
    }
    let simulator = Simulator::start();
    let line = format!(
        "{}
        play() {{ \"$ANSIBLE/bin/ansible-playbook\" {} \"$@\" >played || {{ cat played; return 1; }}
            sed -n 's/.*\\(changed=[0-9]*\\).*/\\1/p' played; }}
        play
        docker --tlsverify --tlscacert ca.pem --tlscert client.pem --tlskey client-key.pem \\
            -H tcp://$host:2376 run --rm alpine echo hello
        play
        play -e state=absent",
        certificates_and_custom_data(),
        script("ansible.yaml"),
    );
    let ran = run(in_a_run_of(&simulator, &line)
        .env("ANSIBLE", &folder)
        .env("ANSIBLE_COLLECTIONS_PATH", folder.join("collections"))
        .env("ANSIBLE_LOCALHOST_WARNING", "false")
        .env("ANSIBLE_INVENTORY_UNPARSED_WARNING", "false"));
    assert_eq!(
        well(&ran).lines().collect::<Vec<_>>(),
        ["changed=8", "hello", "changed=0", "changed=3"]
    );
    all_was_understood(&simulator);
}
