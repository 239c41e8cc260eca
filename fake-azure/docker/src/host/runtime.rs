//! What runc tells of itself: the features document of the OCI runtime specification.

use serde_json::{Value, json};

/// The hooks that runc runs, in the order of a container's life.
const HOOKS: &[&str] = &[
    "prestart",
    "createRuntime",
    "createContainer",
    "startContainer",
    "poststart",
    "poststop",
];

const MOUNT_OPTIONS: &str = "acl async atime bind defaults dev diratime dirsync exec iversion \
    lazytime loud mand noacl noatime nodev nodiratime noexec noiversion nolazytime nomand \
    norelatime nostrictatime nosuid nosymfollow private ratime rbind rdev rdiratime relatime \
    remount rexec rnoatime rnodev rnodiratime rnoexec rnorelatime rnostrictatime rnosuid \
    rnosymfollow ro rprivate rrelatime rro rrw rshared rslave rstrictatime rsuid rsymfollow \
    runbindable rw shared silent slave strictatime suid symfollow sync tmpcopyup unbindable";

const NAMESPACES: &str = "cgroup ipc mount network pid user uts";

/// The kernel's capabilities in the order of their numbers.
const CAPABILITIES: &str = "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID \
    SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER \
    SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE SYS_RESOURCE \
    SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN \
    SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE";

const SECCOMP_ACTIONS: &str = "ALLOW ERRNO KILL KILL_PROCESS KILL_THREAD LOG NOTIFY TRACE TRAP";

const SECCOMP_OPERATORS: &str = "EQ GE GT LE LT MASKED_EQ NE";

const SECCOMP_ARCHITECTURES: &str = "AARCH64 ARM MIPS MIPS64 MIPS64N32 MIPSEL MIPSEL64 \
    MIPSEL64N32 PPC PPC64 PPC64LE S390 S390X X32 X86 X86_64";

/// Builds the features document, as the text that `info` carries.
pub(crate) fn features() -> String {
    let document = json!({
        "ociVersionMin": "1.0.0",
        "ociVersionMax": "1.0.2-dev",
        "hooks": HOOKS,
        "mountOptions": words("", MOUNT_OPTIONS),
        "linux": {
            "namespaces": words("", NAMESPACES),
            "capabilities": words("CAP_", CAPABILITIES),
            "cgroup": {"v1": true, "v2": true, "systemd": true, "systemdUser": true},
            "seccomp": {
                "enabled": true,
                "actions": words("SCMP_ACT_", SECCOMP_ACTIONS),
                "operators": words("SCMP_CMP_", SECCOMP_OPERATORS),
                "archs": words("SCMP_ARCH_", SECCOMP_ARCHITECTURES),
            },
            "apparmor": {"enabled": true},
            "selinux": {"enabled": true},
        },
        "annotations": {
            "io.github.seccomp.libseccomp.version": "2.5.4",
            "org.opencontainers.runc.checkpoint.enabled": "true",
            "org.opencontainers.runc.commit": super::RUNC_COMMIT,
            "org.opencontainers.runc.version": super::RUNC_VERSION,
        },
    });
    document.to_string()
}

fn words(prefix: &str, list: &str) -> Vec<Value> {
    list.split_whitespace()
        .map(|word| format!("{prefix}{word}").into())
        .collect()
}
