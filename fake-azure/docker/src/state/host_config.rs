//! What a container was asked to get from its host, in the order in which the engine tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The host's ports by those of the container, such as `80/tcp`.
pub type PortMap = BTreeMap<String, Option<Vec<PortBinding>>>;

/// One of the host's ports.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct PortBinding {
    /// The address; all when empty.
    pub host_ip: String,
    /// The port, or a range; any when empty.
    pub host_port: String,
}

/// Where a log goes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct LogConfig {
    /// The driver: `json-file`, `local`, `none` …
    #[serde(rename = "Type")]
    pub driver: String,
    /// Its options.
    pub config: Option<BTreeMap<String, String>>,
}

/// Whether a container is started again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct RestartPolicy {
    /// `no`, `always`, `unless-stopped` or `on-failure`; empty is `no`.
    pub name: String,
    /// How often at most; 0 is without end.
    pub maximum_retry_count: i64,
}

/// A limit of processes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Ulimit {
    /// `nofile`, `nproc` …
    pub name: String,
    /// The most it can be raised to.
    pub hard: i64,
    /// Where it stands.
    pub soft: i64,
}

/// A mount that was asked for.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MountRequest {
    /// `bind`, `volume`, `tmpfs` …
    #[serde(rename = "Type", skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// A folder of the host, or a volume's name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Where it is to be seen.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub target: String,
    /// Whether it cannot be changed.
    #[serde(skip_serializing_if = "super::config::is_false")]
    pub read_only: bool,
    /// How exact a view it is (of macOS).
    #[serde(skip_serializing_if = "String::is_empty")]
    pub consistency: String,
    /// Options of a bind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bind_options: Option<Value>,
    /// Options of a volume.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volume_options: Option<VolumeOptions>,
    /// Options of an image mount.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_options: Option<Value>,
    /// Options of a tmpfs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmpfs_options: Option<Value>,
}

/// Options of a volume that is mounted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct VolumeOptions {
    /// Whether an empty volume does not get what the image has there.
    #[serde(skip_serializing_if = "super::config::is_false")]
    pub no_copy: bool,
    /// Labels of a volume that is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub labels: Option<BTreeMap<String, String>>,
    /// A folder of the volume.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub subpath: String,
    /// The driver of a volume that is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver_config: Option<DriverConfig>,
}

/// A driver with its options.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DriverConfig {
    /// Its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<BTreeMap<String, String>>,
}

/// What a container gets from its host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the document has that many switches"
)]
pub struct HostConfig {
    /// `source:target[:options]`.
    pub binds: Option<Vec<String>>,
    /// A file of the client's.
    #[serde(rename = "ContainerIDFile")]
    pub container_id_file: String,
    /// Where the log goes.
    pub log_config: LogConfig,
    /// `default`, `bridge`, `none`, `host`, `container:NAME` or a network's name.
    pub network_mode: String,
    /// The host's ports for the container's.
    pub port_bindings: Option<PortMap>,
    /// Whether it is started again.
    pub restart_policy: RestartPolicy,
    /// Whether it goes when it ends.
    pub auto_remove: bool,
    /// The driver of volumes that are made for it.
    pub volume_driver: String,
    /// Containers whose mounts it has, too.
    pub volumes_from: Option<Vec<String>>,
    /// Rows and columns of its terminal.
    pub console_size: [u32; 2],
    /// Words for the runtime.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<BTreeMap<String, String>>,
    /// Capabilities that it gets.
    pub cap_add: Option<Vec<String>>,
    /// Capabilities that it loses.
    pub cap_drop: Option<Vec<String>>,
    /// `private` or `host`.
    pub cgroupns_mode: String,
    /// Name servers.
    pub dns: Option<Vec<String>>,
    /// Options of `resolv.conf`.
    pub dns_options: Option<Vec<String>>,
    /// Domains to look names up in.
    pub dns_search: Option<Vec<String>>,
    /// `name:address`.
    pub extra_hosts: Option<Vec<String>>,
    /// Further groups.
    pub group_add: Option<Vec<String>>,
    /// `private`, `shareable`, `host`, `none` or `container:NAME`.
    pub ipc_mode: String,
    /// A container whose cgroup it joins.
    pub cgroup: String,
    /// `container:alias`.
    pub links: Option<Vec<String>>,
    /// How soon it ends when memory runs out.
    pub oom_score_adj: i64,
    /// Empty, `host` or `container:NAME`.
    pub pid_mode: String,
    /// Whether it may everything.
    pub privileged: bool,
    /// Whether each exposed port gets one of the host's.
    pub publish_all_ports: bool,
    /// Whether its own files cannot be changed.
    pub readonly_rootfs: bool,
    /// Options of security modules.
    pub security_opt: Option<Vec<String>>,
    /// Options of the storage driver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_opt: Option<BTreeMap<String, String>>,
    /// Paths that are kept in memory, and their options.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tmpfs: Option<BTreeMap<String, String>>,
    /// Empty or `host`.
    #[serde(rename = "UTSMode")]
    pub uts_mode: String,
    /// Empty or `host`.
    pub userns_mode: String,
    /// The size of `/dev/shm` in bytes.
    pub shm_size: i64,
    /// Settings of the kernel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sysctls: Option<BTreeMap<String, String>>,
    /// The runtime.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub runtime: String,
    /// Of Windows.
    pub isolation: String,
    /// Its weight among others.
    pub cpu_shares: i64,
    /// Its memory in bytes; 0 is no limit.
    pub memory: i64,
    /// Its processors, in billionths.
    pub nano_cpus: i64,
    /// The cgroup above.
    pub cgroup_parent: String,
    /// Its weight at disks.
    pub blkio_weight: u16,
    /// Its weight at each disk.
    pub blkio_weight_device: Option<Vec<Value>>,
    /// Limits of disks.
    pub blkio_device_read_bps: Option<Vec<Value>>,
    /// Limits of disks.
    pub blkio_device_write_bps: Option<Vec<Value>>,
    /// Limits of disks.
    #[serde(rename = "BlkioDeviceReadIOps")]
    pub blkio_device_read_iops: Option<Vec<Value>>,
    /// Limits of disks.
    #[serde(rename = "BlkioDeviceWriteIOps")]
    pub blkio_device_write_iops: Option<Vec<Value>>,
    /// The scheduler's period.
    pub cpu_period: i64,
    /// Its part of the period.
    pub cpu_quota: i64,
    /// The same for real time.
    pub cpu_realtime_period: i64,
    /// The same for real time.
    pub cpu_realtime_runtime: i64,
    /// The processors it may use.
    pub cpuset_cpus: String,
    /// The memory nodes it may use.
    pub cpuset_mems: String,
    /// Devices of the host.
    pub devices: Option<Vec<Value>>,
    /// Rules of devices.
    pub device_cgroup_rules: Option<Vec<String>>,
    /// Devices by what they can, such as GPUs.
    pub device_requests: Option<Vec<Value>>,
    /// The memory it can count on.
    pub memory_reservation: i64,
    /// Memory and swap together; -1 is no limit.
    pub memory_swap: i64,
    /// How soon it swaps.
    pub memory_swappiness: Option<i64>,
    /// Whether it survives when memory runs out.
    pub oom_kill_disable: Option<bool>,
    /// How many processes it may have.
    pub pids_limit: Option<i64>,
    /// Limits of its processes.
    pub ulimits: Option<Vec<Ulimit>>,
    /// Of Windows.
    pub cpu_count: i64,
    /// Of Windows.
    pub cpu_percent: i64,
    /// Of Windows.
    #[serde(rename = "IOMaximumIOps")]
    pub io_maximum_iops: u64,
    /// Of Windows.
    #[serde(rename = "IOMaximumBandwidth")]
    pub io_maximum_bandwidth: u64,
    /// Mounts, as objects.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mounts: Option<Vec<MountRequest>>,
    /// Paths that cannot be seen.
    pub masked_paths: Option<Vec<String>>,
    /// Paths that cannot be changed.
    pub readonly_paths: Option<Vec<String>>,
    /// Whether an init process stands before the command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init: Option<bool>,
}
