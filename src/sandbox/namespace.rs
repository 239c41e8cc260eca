//! The steps themselves, taken by a process that has a single thread.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};

use super::folder::Folder;
use super::step::{Refusal, Step};

const NOTHING: Option<&str> = None;

/// Leaves the machine's mounts and lays the simulated names over `/etc/hosts`.
pub(super) fn isolate(folder: &Folder) -> Result<(), Refusal> {
    match unshare(CloneFlags::CLONE_NEWNS) {
        Ok(()) => {}
        Err(Errno::EPERM) => unshare_as_ordinary_user()?,
        Err(errno) => return Err(Step::MountNamespace.refused(errno)),
    }
    mount(
        NOTHING,
        "/",
        NOTHING,
        MsFlags::MS_REC | MsFlags::MS_PRIVATE,
        NOTHING,
    )
    .map_err(|errno| Step::PrivateMounts.refused(errno))?;
    bind(Step::Hosts, &folder.hosts(), Path::new("/etc/hosts"))?;
    if folder.name_service().exists() {
        bind(
            Step::NameService,
            &folder.name_service(),
            Path::new("/etc/nsswitch.conf"),
        )?;
    }
    for cache in name_caches() {
        bind(Step::NameCache, &folder.nothing(), &cache)?;
    }
    Ok(())
}

fn unshare_as_ordinary_user() -> Result<(), Refusal> {
    let (user, group) = (geteuid(), getegid());
    unshare(CloneFlags::CLONE_NEWUSER).map_err(|errno| Step::UserNamespace.refused(errno))?;
    // The kernel takes a group map from an ordinary user only after setgroups(2) is given up.
    for (file, content) in [
        ("setgroups", "deny".to_owned()),
        ("uid_map", format!("{user} {user} 1\n")),
        ("gid_map", format!("{group} {group} 1\n")),
    ] {
        OpenOptions::new()
            .write(true)
            .open(Path::new("/proc/self").join(file))
            .and_then(|mut map| map.write_all(content.as_bytes()))
            .map_err(|error| Step::IdMaps.failed(&error))?;
    }
    unshare(CloneFlags::CLONE_NEWNS).map_err(|errno| Step::MountNamespace.refused(errno))
}

fn bind(step: Step, source: &Path, target: &Path) -> Result<(), Refusal> {
    mount(Some(source), target, NOTHING, MsFlags::MS_BIND, NOTHING)
        .map_err(|errno| step.refused(errno))
}

/// The folders in which clients of nscd(8) look for its socket; `/var/run` is mostly a link.
fn name_caches() -> Vec<PathBuf> {
    let mut caches: Vec<PathBuf> = ["/run/nscd", "/var/run/nscd"]
        .iter()
        .filter_map(|path| Path::new(path).canonicalize().ok())
        .filter(|path| path.is_dir())
        .collect();
    caches.dedup();
    caches
}
