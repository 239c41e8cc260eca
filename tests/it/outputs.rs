//! Outputs that a user names: what is no file of ours is written through and stays what it is.

use std::os::unix::fs::FileTypeExt as _;
use std::process::Stdio;

use crate::simulator::Simulator;

#[test]
fn an_export_goes_through_devices_fifos_links_and_open_descriptors() {
    let simulator = Simulator::start();
    let ran = simulator.sh(
        r"
        azure network dnsserver register 10.0.0.4 -i dns1 >&2
        azure network export plain >&2
        ln -s target link
        azure network export link >&2
        mkfifo pipe
        cat pipe >piped &
        azure network export pipe >&2
        wait
        azure network export /dev/stdout | grep -c 10.0.0.4
        azure network export /dev/stdout >regular
        for file in target piped regular; do grep -q 10.0.0.4 $file && echo $file; done
        for file in target piped; do cmp plain $file; done
        grep -q 'network export command OK' regular && echo whole
        ! azure network export /dev/full 2>refusal >plain
        cat refusal
        test -L link && test -p pipe && test -c /dev/full && echo they stay
        ",
        &[],
    );

    assert_eq!(ran.code, Some(0), "{} {}", ran.stdout, ran.stderr);
    let said = "1\ntarget\npiped\nregular\nwhole\n\
                error:   failed to write `/dev/full`\n\
                cause:   No space left on device (os error 28)\n\
                error:   network export command failed\n\nthey stay\n";
    assert_eq!(ran.stdout, said, "{}", ran.stderr);
}

#[test]
fn a_ready_file_that_is_a_fifo_is_told_once_and_stays() {
    let room = crate::clean_room::CleanRoom::new();
    let fifo = room.tmp().join("ready");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
    let mut child = room
        .azure_command(&["fake", "serve", "--ready-file"])
        .arg(&fifo)
        .stdout(Stdio::null())
        .spawn()
        .expect("azure starts");

    let ready = std::fs::read_to_string(&fifo).expect("the ready file's text");

    let ready: serde_json::Value = serde_json::from_str(&ready).expect("JSON");
    assert_eq!(ready["pid"], child.id());
    let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("a signal");
    assert!(child.wait().expect("a status").success());
    let kind = std::fs::metadata(&fifo).expect("the FIFO").file_type();
    assert!(kind.is_fifo());
}

#[test]
fn a_ready_file_that_nobody_reads_keeps_no_signal_away() {
    let room = crate::clean_room::CleanRoom::new();
    let fifo = room.tmp().join("ready");
    nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).expect("a FIFO");
    let mut child = room
        .azure_command(&["fake", "serve", "--ready-file"])
        .arg(&fifo)
        .stdout(Stdio::null())
        .spawn()
        .expect("azure starts");
    // Its private folder is there once it is served.
    let is_served = || {
        let names = std::fs::read_dir(room.tmp()).expect("a folder");
        names
            .filter_map(|entry| std::fs::read_dir(entry.ok()?.path()).ok())
            .any(|mut inside| inside.next().is_some())
    };
    while !is_served() {
        std::thread::yield_now();
    }

    let pid = nix::unistd::Pid::from_raw(child.id().cast_signed());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGTERM).expect("a signal");

    assert!(child.wait().expect("a status").success());
}
