//! Devices of the host that a container is given.

use jiff::Timestamp;
use serde_json::Value;

use crate::fault::Fault;
use crate::files::{Credentials, Node, View, path};
use crate::state::host_config::HostConfig;

/// The nodes that characters go through, as a virtual machine has them: name, numbers, mode.
const CHARACTERS: [(&str, u32, u32, u32); 13] = [
    ("/dev/console", 5, 1, 0o600),
    ("/dev/full", 1, 7, 0o666),
    ("/dev/fuse", 10, 229, 0o666),
    ("/dev/kmsg", 1, 11, 0o644),
    ("/dev/loop-control", 10, 237, 0o660),
    ("/dev/net/tun", 10, 200, 0o666),
    ("/dev/null", 1, 3, 0o666),
    ("/dev/ptmx", 5, 2, 0o666),
    ("/dev/random", 1, 8, 0o666),
    ("/dev/tty", 5, 0, 0o666),
    ("/dev/ttyS0", 4, 64, 0o660),
    ("/dev/urandom", 1, 9, 0o666),
    ("/dev/zero", 1, 5, 0o666),
];

/// The disks: the system's with its partition, the temporary one's, and loops.
const BLOCKS: [(&str, u32, u32, u32); 6] = [
    ("/dev/loop0", 7, 0, 0o660),
    ("/dev/loop1", 7, 1, 0o660),
    ("/dev/sda", 8, 0, 0o660),
    ("/dev/sda1", 8, 1, 0o660),
    ("/dev/sdb", 8, 16, 0o660),
    ("/dev/sdb1", 8, 17, 0o660),
];

/// A device of the host's: its path, what it is, and who may use it.
fn host_devices() -> impl Iterator<Item = (&'static str, Node, u32)> {
    let characters = CHARACTERS.into_iter().map(|(path, major, minor, mode)| {
        let node = Node::CharDevice { major, minor };
        (path, node, mode)
    });
    let blocks = BLOCKS.into_iter().map(|(path, major, minor, mode)| {
        let node = Node::BlockDevice { major, minor };
        (path, node, mode)
    });
    characters.chain(blocks)
}

/// A device that a container is given: where it is to be, what it is, and who may use it.
type Given = (String, Node, u32);

/// The devices that a container asked for; a folder stands for all devices in it.
///
/// # Errors
/// When the host has no such device.
fn wanted(host: &HostConfig, host_files: &View) -> Result<Vec<Given>, Fault> {
    let mut given = Vec::new();
    for request in host.devices.iter().flatten() {
        let told = |key: &str| request.get(key).and_then(Value::as_str).unwrap_or_default();
        let from = path::clean(told("PathOnHost"));
        let to = match told("PathInContainer") {
            "" => from.clone(),
            to => path::clean(to),
        };
        let before = given.len();
        for (path, node, mode) in host_devices() {
            match path.strip_prefix(from.as_str()) {
                Some("") => given.push((to.clone(), node, mode)),
                Some(rest) if rest.starts_with('/') => {
                    given.push((format!("{to}{rest}"), node, mode));
                }
                _ => {}
            }
        }
        if given.len() == before {
            let why = if host_files.exists(&from, &Credentials::ROOT) {
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
pub(super) fn check(host: &HostConfig, host_files: &View) -> Result<(), Fault> {
    wanted(host, host_files).map(drop)
}

/// Makes the nodes of the devices that a container asked for. One that is there already, such as
/// `/dev/null`, stays.
///
/// # Errors
/// When the host has no such device.
pub(super) fn give(
    host: &HostConfig,
    host_files: &View,
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
