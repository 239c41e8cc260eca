//! The sizes of virtual machines: what there is, and what a subscription may have of it.

mod skus;
mod table;

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub(crate) use self::skus::{filtered_region, skus};
use self::table::SERIES;
use super::list;
use super::usage::usage;
use crate::world::spelling::is_same;

/// The disk of the system may be this large, whatever the size of the machine.
const OS_DISK_MB: u32 = 1_047_552;

/// Which generations of virtual hardware a series is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Generations {
    V1,
    V1AndV2,
    V2,
}

impl Generations {
    fn as_str(self) -> &'static str {
        match self {
            Self::V1 => "V1",
            Self::V1AndV2 => "V1,V2",
            Self::V2 => "V2",
        }
    }
}

/// What all machines of a series can.
#[derive(Clone, Copy, Debug)]
struct Traits {
    /// Whether disks may be in premium storage.
    premium: bool,
    /// Whether machines of two cores and more have accelerated networking.
    fast_network: bool,
    /// Whether the processors are Arm's.
    arm: bool,
}

/// Sizes that share a quota.
#[derive(Debug)]
struct Series {
    family: &'static str,
    generations: Generations,
    traits: Traits,
    rows: &'static [Row],
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    memory_mb: u32,
    resource_disk_mb: u32,
    cores: u16,
    data_disks: u8,
}

/// A size of virtual machines. Kept by its name.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(try_from = "Kept<'_>", into = "Kept<'_>")]
pub(crate) struct Size {
    series: &'static Series,
    row: &'static Row,
}

/// What is kept of a size.
#[derive(Deserialize, Serialize)]
struct Kept<'a> {
    name: Cow<'a, str>,
}

impl TryFrom<Kept<'_>> for Size {
    type Error = String;

    fn try_from(kept: Kept<'_>) -> Result<Self, String> {
        size(&kept.name).ok_or_else(|| format!("there is no size `{}`", kept.name))
    }
}

impl From<Size> for Kept<'_> {
    fn from(size: Size) -> Self {
        Self {
            name: Cow::Borrowed(size.name()),
        }
    }
}

/// The family of sizes of this name, whatever its case.
pub(crate) fn family(name: &str) -> Option<&'static str> {
    let mut families = SERIES.iter().map(|series| series.family);
    families.find(|family| is_same(family, name))
}

/// All sizes, series by series.
pub(crate) fn all() -> impl Iterator<Item = Size> {
    SERIES
        .iter()
        .flat_map(|series| series.rows.iter().map(move |row| Size { series, row }))
}

/// The size of this name, whatever its case.
pub(crate) fn size(name: &str) -> Option<Size> {
    all().find(|size| is_same(size.row.name, name))
}

impl Size {
    /// Its whole name, e.g. `Standard_D2s_v5`.
    pub(crate) fn name(self) -> &'static str {
        self.row.name
    }

    /// The quota it counts to, e.g. `standardDSv5Family`.
    pub(crate) fn family(self) -> &'static str {
        self.series.family
    }

    /// Number of virtual processors.
    pub(crate) fn cores(self) -> u32 {
        u32::from(self.row.cores)
    }

    /// Memory in MiB.
    pub(crate) fn memory_mb(self) -> u32 {
        self.row.memory_mb
    }

    /// How many data disks it takes.
    pub(crate) fn data_disks(self) -> u32 {
        u32::from(self.row.data_disks)
    }

    /// The temporary disk in MiB; none is 0.
    pub(crate) fn resource_disk_mb(self) -> u32 {
        self.row.resource_disk_mb
    }

    /// Whether disks may be in premium storage.
    pub(crate) fn takes_premium(self) -> bool {
        self.series.traits.premium
    }

    /// Whether images of the first generation run on it.
    pub(crate) fn takes_first_generation(self) -> bool {
        self.series.generations != Generations::V2
    }

    /// Whether images of the second generation run on it.
    pub(crate) fn takes_second_generation(self) -> bool {
        self.series.generations != Generations::V1
    }

    /// `x64` or `Arm64`, as images say it, too.
    pub(crate) fn architecture(self) -> &'static str {
        if self.series.traits.arm {
            "Arm64"
        } else {
            "x64"
        }
    }

    /// How many network interfaces it takes.
    pub(crate) fn interfaces(self) -> u32 {
        (self.cores() / 2).clamp(2, 8)
    }

    /// Its tier and its name within that.
    fn parts(self) -> (&'static str, &'static str) {
        self.name().split_once('_').unwrap_or(("", self.name()))
    }

    /// It as `vmSizes` tells it.
    fn listed(self) -> Value {
        json!({
            "name": self.name(),
            "numberOfCores": self.cores(),
            "osDiskSizeInMB": OS_DISK_MB,
            "resourceDiskSizeInMB": self.resource_disk_mb(),
            "memoryInMB": self.memory_mb(),
            "maxDataDiskCount": self.data_disks(),
        })
    }
}

/// The answer of `GET …/locations/L/vmSizes`, and of a machine's or an availability set's.
pub(crate) fn listed() -> Value {
    list(all().map(Size::listed))
}

/// What a subscription uses of a region, and how much of it it may.
pub(crate) struct Usage<'a> {
    /// Availability sets there are.
    pub(crate) availability_sets: u32,
    /// Machines there are.
    pub(crate) virtual_machines: u32,
    /// Cores in use and how many there may be: those of a [`Size::family`], or without one all.
    pub(crate) cores: &'a dyn Fn(Option<&str>) -> (u32, u32),
}

impl Usage<'_> {
    /// The answer of `GET …/locations/L/usages`.
    pub(crate) fn listed(&self) -> Value {
        let whole = [
            (
                "availabilitySets",
                "Availability Sets",
                (self.availability_sets, 2500),
            ),
            ("cores", "Total Regional vCPUs", (self.cores)(None)),
            (
                "virtualMachines",
                "Virtual Machines",
                (self.virtual_machines, 25000),
            ),
            (
                "virtualMachineScaleSets",
                "Virtual Machine Scale Sets",
                (0, 2500),
            ),
        ]
        .into_iter()
        .map(|(name, label, of)| usage(name, label, of));
        let families = SERIES.iter().map(|series| {
            let of = (self.cores)(Some(series.family));
            usage(series.family, &family_label(series.family), of)
        });
        list(whole.chain(families))
    }
}

/// What people read for a family: `Standard DSv5 Family vCPUs` for `standardDSv5Family`.
pub(crate) fn family_label(family: &str) -> String {
    let name = family.trim_end_matches("Family").trim_end();
    let (tier, name) = ["standard", "basic"]
        .iter()
        .find(|tier| name.len() > tier.len() && is_same(&name[..tier.len()], tier))
        .map_or(("Standard", name), |tier| {
            let label = if *tier == "basic" {
                "Basic"
            } else {
                "Standard"
            };
            (label, name[tier.len()..].trim_start())
        });
    format!("{tier} {} Family vCPUs", name.replace("_A", "-A"))
}

#[cfg(test)]
mod tests;
