//! Whatever comes, a machine boots, in bounds, and twice the same.

use proptest::prelude::*;

use super::*;

/// Pieces of documents, of which some fit together.
const PIECES: &[&str] = &[
    "#cloud-config\n",
    "#!/bin/sh\n",
    "#cloud-config-archive\n",
    "#cloud-boothook\n",
    "## template: jinja\n",
    "Content-Type: multipart/mixed; boundary=b\nMIME-Version: 1.0\n\n",
    "--b\n",
    "--b--\n",
    "Content-Type: text/cloud-config\n\n",
    "packages: [docker.io]\n",
    "packages:\n",
    "- docker.io\n",
    "runcmd:\n",
    "- [sh, -c, 'echo $0']\n",
    "- apt-get install -y docker.io\n",
    "write_files:\n",
    "- {path: /etc/docker/daemon.json, content: '{\"hosts\": [\"tcp://0.0.0.0:2375\"]}'}\n",
    "- path: /etc/systemd/system/docker.service.d/a.conf\n",
    "  content: |\n",
    "    [Service]\n",
    "    ExecStart=\n",
    "    ExecStart=dockerd -H tcp://0.0.0.0:2375 --tlsverify\n",
    "merge_how: 'list(append)'\n",
    "users: [default, {name: a}]\n",
    "systemctl restart docker\n",
    "while true; do sleep 1; done\n",
    "(",
    ")",
    "'",
    "\"",
    "{",
    "}",
    "<<E\n",
    "E\n",
    "&",
    "|",
    "\0",
    "é",
    "\r\n",
    "\t",
    "  ",
    "bootcmd: [reboot]\n",
    "power_state: {mode: reboot}\n",
    "&a [*a]\n",
    "<<: *a\n",
    "{% if %}",
    "{{ v1.x }}",
];

#[test]
fn a_script_that_floods_the_machine_leaves_it_small() {
    let script = "#!/bin/sh\napt-get install -y docker.io\nbig=x; for i in 1 2 3 4 5 6 7 8 9 10 11 12; do big=$big$big; done\n\
        i=0; while [ $i -lt 3000 ]; do i=$((i + 1)); systemctl enable u$i; systemctl start $big$i; docker run $i $big; nothing$i; apt-get install -y p$i $big$i; dockerd --$big; done\n";
    let boot = boot(script);
    assert!(boot.engine().is_ok());
    assert!(serde_json::to_string(&boot).unwrap().len() < 8 << 20);
    let script = "#!/bin/sh\ndd if=/dev/zero of=/big bs=1M count=500\ni=0; while :; do i=$((i + 1)); echo > /tmp/$i; done\n";
    assert!(serde_json::to_string(&self::boot(script)).unwrap().len() < 100 << 20);
}

#[tokio::test]
async fn a_machine_boots_wherever_its_caller_is() {
    assert!(
        boot("#!/bin/sh\nsleep 1; apt-get install -y docker.io\n")
            .engine()
            .is_ok()
    );
}

#[test]
fn what_a_machine_came_to_is_small() {
    let boot = boot(&format!(
        "#cloud-config\nwrite_files:\n{}packages: [docker.io]\nruncmd: [systemctl restart docker]\n",
        certificate_files()
    ));
    let kept = serde_json::to_string(&boot).unwrap();
    assert!(kept.len() < 16 * 1024, "{}", kept.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_pieces_boot_and_do_so_twice_the_same(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..14)) {
        let document = pieces.concat();
        let first = boot(&document);
        prop_assert!(first == boot(&document));
        let kept = serde_json::to_string(&first).unwrap();
        prop_assert!(serde_json::from_str::<Boot>(&kept).unwrap() == first);
    }

    #[test]
    fn any_bytes_boot(bytes in proptest::collection::vec(any::<u8>(), 0..400), beginning in proptest::sample::select(PIECES)) {
        let custom_data = CustomData::of_bytes([beginning.as_bytes(), &bytes].concat());
        let boot = Boot::of(machine(), Some(&custom_data), now());
        let shown = format!("{boot:?}");
        prop_assert!(!shown.contains("content"));
    }
}
