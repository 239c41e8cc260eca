//! What the processes of a space are limited to, as a kernel tells them.

use std::collections::BTreeMap;

/// What the processes of a space are limited to. That of files and processes holds; the others
/// are told alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// What `ulimit` tells, where it is not what goes without saying: name, soft and hard limit.
    pub limits: BTreeMap<String, Limit>,
    /// How many processes there may be.
    pub processes: Option<u64>,
    /// The memory, in bytes.
    pub memory: Option<u64>,
    /// The swap beside it, in bytes.
    pub swap: Option<u64>,
    /// The memory that can be counted on, in bytes.
    pub reservation: u64,
    /// The microseconds of a processor in each period.
    pub cpu_quota: Option<u64>,
    /// That period, in microseconds.
    pub cpu_period: u64,
    /// The weight among others, of 1024.
    pub cpu_shares: u64,
    /// The processors, such as `0-3`.
    pub cpu_set: String,
    /// Settings of the kernel, such as `net.core.somaxconn`.
    pub settings: BTreeMap<String, String>,
}

/// A limit of a process, which it may raise as far as the hard one; nothing is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Where it stands.
    pub soft: Option<u64>,
    /// How far it can be raised.
    pub hard: Option<u64>,
}

impl Limit {
    const fn new(soft: Option<u64>, hard: Option<u64>) -> Self {
        Self { soft, hard }
    }
}

impl Bounds {
    /// The scheduler's period, in microseconds.
    pub const fn period(&self) -> u64 {
        if self.cpu_period == 0 {
            100_000
        } else {
            self.cpu_period
        }
    }

    /// The limit of this name, such as `nofile`.
    pub fn limit(&self, name: &str) -> Limit {
        if let Some(limit) = self.limits.get(name) {
            return *limit;
        }
        match name {
            "core" => Limit::new(Some(0), None),
            "nice" | "rtprio" => Limit::new(Some(0), Some(0)),
            "memlock" => Limit::new(Some(65536), Some(65536)),
            "msgqueue" => Limit::new(Some(819_200), Some(819_200)),
            "nofile" => Limit::new(Some(1_048_576), Some(1_048_576)),
            "stack" => Limit::new(Some(8 << 20), None),
            _ => Limit::new(None, None),
        }
    }
}
