//! Devices of the host that a container is given.

use jiff::Timestamp;
use serde_json::Value;

use crate::fault::Fault;
use crate::files::{Credentials, Node, SharedTree, View, path};
use crate::state::host_config::HostConfig;

/// The devices of a virtual machine, whose disks are the system's with its partition, the temporary
/// one's, and loops: where each is, what it is, and who may use it.
const HOST: [(&str, Node, u32); 19] = [
    ("/dev/console", character(5, 1), 0o600),
    ("/dev/full", character(1, 7), 0o666),
    ("/dev/fuse", character(10, 229), 0o666),
    ("/dev/kmsg", character(1, 11), 0o644),
    ("/dev/loop-control", character(10, 237), 0o660),
    ("/dev/net/tun", character(10, 200), 0o666),
    ("/dev/null", character(1, 3), 0o666),
    ("/dev/ptmx", character(5, 2), 0o666),
    ("/dev/random", character(1, 8), 0o666),
    ("/dev/tty", character(5, 0), 0o666),
    ("/dev/ttyS0", character(4, 64), 0o660),
    ("/dev/urandom", character(1, 9), 0o666),
    ("/dev/zero", character(1, 5), 0o666),
    ("/dev/loop0", block(7, 0), 0o660),
    ("/dev/loop1", block(7, 1), 0o660),
    ("/dev/sda", block(8, 0), 0o660),
    ("/dev/sda1", block(8, 1), 0o660),
    ("/dev/sdb", block(8, 16), 0o660),
    ("/dev/sdb1", block(8, 17), 0o660),
];

const fn character(major: u32, minor: u32) -> Node {
    Node::CharDevice { major, minor }
}

const fn block(major: u32, minor: u32) -> Node {
    Node::BlockDevice { major, minor }
}

/// A device that a container is given: where it is to be, what it is, and who may use it.
type Given = (String, Node, u32);

/// The devices that a container asked for; a folder stands for all devices in it. One that may do
/// all that the host may has all of the host's.
///
/// # Errors
/// When the host has no such device.
fn wanted(host: &HostConfig, host_files: &SharedTree) -> Result<Vec<Given>, Fault> {
    let mut given = Vec::new();
    if host.privileged {
        // Its own console stays the container's.
        let all = HOST.into_iter().filter(|(at, ..)| *at != "/dev/console");
        given.extend(all.map(|(at, node, mode)| (at.to_owned(), node, mode)));
    }
    for request in host.devices.iter().flatten() {
        let told = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
        let from = path::clean(told("PathOnHost"));
        let to = match told("PathInContainer") {
            "" => from.clone(),
            to => path::clean(to),
        };
        let before = given.len();
        for (path, node, mode) in HOST {
            match path.strip_prefix(from.as_str()) {
                Some("") => given.push((to.clone(), node, mode)),
                Some(rest) if rest.starts_with('/') => {
                    given.push((format!("{to}{rest}"), node, mode));
                }
                _ => {}
            }
        }
        if given.len() == before {
            let is_there = View::new(host_files.clone()).exists(&from, &Credentials::ROOT);
            let why = if is_there {
                "not a device node"
            } else {
                "no such file or directory"
            };
            return Err(Fault::Internal(format!(
                "error gathering device information while adding custom device {:?}: {why}",
                told("PathOnHost")
            )));
        }
    }
    Ok(given)
}

/// Refuses devices that the host does not have.
///
/// # Errors
/// When the host has no such device.
pub(super) fn check(host: &HostConfig, host_files: &SharedTree) -> Result<(), Fault> {
    wanted(host, host_files).map(drop)
}

/// Makes the nodes of the devices that a container asked for. One that is there already, such as
/// `/dev/null`, stays.
///
/// # Errors
/// When the host has no such device.
pub(super) fn give(
    host: &HostConfig,
    host_files: &SharedTree,
    view: &View,
    now: Timestamp,
) -> Result<(), Fault> {
    let root = &Credentials::ROOT;
    for (at, node, mode) in wanted(host, host_files)? {
        let (folder, _) = path::split(&at);
        // Where the container's own files are in the way, its program finds no device.
        view.create_dir_all(&folder, 0o755, root, now).ok();
        view.mknod(&at, node, mode, root, now).ok();
    }
    Ok(())
}
