//! The files of a machine that nobody has touched, and those that tell one machine from another.

use fake_docker::files::{Credentials, Errno, Node, View};
use fake_docker::process::program::image_of;
use jiff::Timestamp;

use super::machine::Machine;

const NEW: Timestamp = Timestamp::UNIX_EPOCH;
const ROOT: Credentials = Credentials::ROOT;

const FOLDERS: &[&str] = &[
    "/boot",
    "/dev/shm",
    "/etc/apt/apt.conf.d",
    "/etc/apt/keyrings",
    "/etc/apt/preferences.d",
    "/etc/apt/sources.list.d",
    "/etc/apt/trusted.gpg.d",
    "/etc/cloud/cloud.cfg.d",
    "/etc/cron.d",
    "/etc/default",
    "/etc/init.d",
    "/etc/logrotate.d",
    "/etc/modules-load.d",
    "/etc/profile.d",
    "/etc/security/limits.d",
    "/etc/ssh",
    "/etc/ssl/certs",
    "/etc/ssl/private",
    "/etc/sudoers.d",
    "/etc/sysctl.d",
    "/etc/systemd/system/multi-user.target.wants",
    "/etc/systemd/network",
    "/etc/yum.repos.d",
    "/home",
    "/media",
    "/mnt",
    "/opt",
    "/proc",
    "/run/lock",
    "/run/systemd/system",
    "/srv",
    "/sys",
    "/usr/bin",
    "/usr/lib/systemd/system",
    "/usr/local/bin",
    "/usr/local/sbin",
    "/usr/local/share/ca-certificates",
    "/usr/sbin",
    "/usr/share/keyrings",
    "/var/cache/apt",
    "/var/lib/apt/lists",
    "/var/lib/cloud/data",
    "/var/lib/cloud/instance/boothooks",
    "/var/lib/cloud/instance/scripts",
    "/var/lib/cloud/scripts/per-boot",
    "/var/lib/cloud/scripts/per-instance",
    "/var/lib/cloud/scripts/per-once",
    "/var/lib/dpkg",
    "/var/lib/waagent",
    "/var/log",
    "/var/spool",
];

const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\n\
    daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n\
    bin:x:2:2:bin:/bin:/usr/sbin/nologin\n\
    sys:x:3:3:sys:/dev:/usr/sbin/nologin\n\
    mail:x:8:8:mail:/var/mail:/usr/sbin/nologin\n\
    www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin\n\
    nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n\
    syslog:x:104:110::/home/syslog:/usr/sbin/nologin\n\
    sshd:x:105:65534::/run/sshd:/usr/sbin/nologin\n";

const GROUP: &str = "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:syslog\ntty:x:5:\n\
    disk:x:6:\nmail:x:8:\nsudo:x:27:\nwww-data:x:33:\nshadow:x:42:\nusers:x:100:\n\
    syslog:x:110:\nnogroup:x:65534:\n";

/// Lays out a new machine with these programs.
pub(super) fn fill(files: &View, programs: &[String]) -> Result<(), Errno> {
    for folder in FOLDERS {
        files.create_dir_all(folder, 0o755, &ROOT, NEW)?;
    }
    for (folder, mode) in [("/root", 0o700), ("/tmp", 0o1777), ("/var/tmp", 0o1777)] {
        files.create_dir(folder, mode, &ROOT, NEW)?;
        files.chmod(folder, mode, &ROOT)?;
    }
    for name in ["bin", "sbin", "lib"] {
        files.symlink(&format!("usr/{name}"), &format!("/{name}"), &ROOT, NEW)?;
    }
    files.symlink("/run", "/var/run", &ROOT, NEW)?;
    for (name, minor, mode) in [
        ("null", 3, 0o666),
        ("zero", 5, 0o666),
        ("full", 7, 0o666),
        ("random", 8, 0o666),
        ("urandom", 9, 0o666),
    ] {
        let node = Node::CharDevice { major: 1, minor };
        files.mknod(&format!("/dev/{name}"), node, mode, &ROOT, NEW)?;
        files.chmod(&format!("/dev/{name}"), mode, &ROOT)?;
    }
    for (name, target) in [
        ("stdin", "fd/0"),
        ("stdout", "fd/1"),
        ("stderr", "fd/2"),
        ("fd", "/proc/self/fd"),
    ] {
        let target = target.replace("fd/", "/proc/self/fd/");
        let target = if name == "fd" {
            "/proc/self/fd"
        } else {
            &target
        };
        files.symlink(target, &format!("/dev/{name}"), &ROOT, NEW)?;
    }
    let text = |path: &str, text: &str, mode| {
        files.write(path, text.as_bytes().to_vec(), mode, &ROOT, NEW)
    };
    text("/etc/passwd", PASSWD, 0o644)?;
    text("/etc/group", GROUP, 0o644)?;
    text("/etc/shadow", "root:*:19000:0:99999:7:::\n", 0o640)?;
    text("/etc/fstab", "", 0o644)?;
    text(
        "/etc/sudoers",
        "root ALL=(ALL:ALL) ALL\n%sudo ALL=(ALL:ALL) ALL\n",
        0o440,
    )?;
    text(
        "/etc/ssh/sshd_config",
        "Include /etc/ssh/sshd_config.d/*.conf\n",
        0o644,
    )?;
    text("/etc/ssl/certs/ca-certificates.crt", "", 0o644)?;
    text("/root/.bashrc", "", 0o644)?;
    text("/root/.profile", "", 0o644)?;
    for program in programs {
        let path = format!("/usr/bin/{program}");
        files.write(&path, image_of(program), 0o755, &ROOT, NEW)?;
    }
    // A few are known by the other folder, too.
    for name in [
        "usermod", "useradd", "groupadd", "service", "sysctl", "swapoff", "iptables", "ufw",
        "nologin", "reboot", "shutdown", "poweroff",
    ] {
        if programs.iter().any(|program| program == name) {
            files.symlink(
                &format!("/usr/bin/{name}"),
                &format!("/usr/sbin/{name}"),
                &ROOT,
                NEW,
            )?;
        }
    }
    Ok(())
}

/// Writes what tells a machine from another.
pub(super) fn personalise(files: &View, machine: &Machine, now: Timestamp) -> Result<(), Errno> {
    let text = |path: &str, text: String| files.write(path, text.into_bytes(), 0o644, &ROOT, now);
    text("/etc/hostname", format!("{}\n", machine.host_name))?;
    text(
        "/etc/hosts",
        format!(
            "127.0.0.1 localhost\n127.0.1.1 {}\n::1 localhost ip6-localhost\n",
            machine.host_name
        ),
    )?;
    text("/etc/os-release", machine.os_release().into_owned())?;
    Ok(())
}
