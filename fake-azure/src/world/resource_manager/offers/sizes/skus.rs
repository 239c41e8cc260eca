//! The sizes as `skus` tells them: with all that each can, and where it may not be had.
//!
//! Every create looks at this list, and it is long: it is written from what is borrowed, without a
//! tree of values in between.

use std::borrow::Cow;

use serde::Serialize;

use super::super::regions::{REGIONS, Region};
use super::{OS_DISK_MB, Size, all};
use crate::world::spelling::is_same;

/// The answer of `GET …/skus`.
#[derive(Debug, Serialize)]
pub(crate) struct Skus {
    value: Vec<Sku>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Sku {
    resource_type: &'static str,
    name: &'static str,
    #[serde(flatten)]
    kind: Option<Kind>,
    locations: Vec<&'static str>,
    location_info: Vec<LocationInfo>,
    capabilities: Vec<Capability>,
    restrictions: Vec<Restriction>,
}

/// Where a size stands among the others.
#[derive(Debug, Serialize)]
struct Kind {
    tier: &'static str,
    size: &'static str,
    family: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct LocationInfo {
    location: &'static str,
    zones: &'static [&'static str],
    zone_details: [(); 0],
}

#[derive(Debug, Serialize)]
struct Capability {
    name: &'static str,
    value: Cow<'static, str>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Restriction {
    r#type: &'static str,
    values: [&'static str; 1],
    #[serde(rename = "restrictionInfo")]
    place: RestrictionInfo,
    reason_code: &'static str,
}

#[derive(Debug, Serialize)]
struct RestrictionInfo {
    locations: [&'static str; 1],
}

/// The sizes on sale: in one region, or in all, of which each size then tells.
///
/// `is_barred` says which sizes a subscription may not have where.
pub(crate) fn skus(
    region: Option<&'static Region>,
    is_barred: impl Fn(Size, &Region) -> bool,
) -> Skus {
    let regions: Vec<&Region> = match region {
        Some(region) => vec![region],
        None => REGIONS.iter().collect(),
    };
    let sets = ["Classic", "Aligned"].map(|name| availability_set(name, &regions));
    let sizes = all().map(|size| size.sku(&regions, &is_barred));
    Skus {
        value: sets.into_iter().chain(sizes).collect(),
    }
}

/// The region that a filter of `skus` names: `location eq 'westus'`, in any case and spacing.
pub(crate) fn filtered_region(filter: &str) -> Option<&str> {
    let mut words = filter.split_whitespace();
    let (name, is) = (words.next()?, words.next()?);
    if !is_same(name, "location") || !is_same(is, "eq") {
        return None;
    }
    let (_, value) = filter.split_once('\'')?;
    let (value, rest) = value.split_once('\'')?;
    rest.trim().is_empty().then_some(value)
}

impl Size {
    fn sku(self, regions: &[&'static Region], is_barred: &impl Fn(Self, &Region) -> bool) -> Sku {
        let (tier, size) = self.parts();
        let barred = regions.iter().filter(|region| is_barred(self, region));
        Sku {
            resource_type: "virtualMachines",
            name: self.name(),
            kind: Some(Kind {
                tier,
                size,
                family: self.family(),
            }),
            locations: names(regions),
            location_info: location_info(regions),
            capabilities: self.capabilities(),
            restrictions: barred.map(|region| restriction(region)).collect(),
        }
    }

    fn capabilities(self) -> Vec<Capability> {
        let traits = self.series.traits;
        let fast = traits.fast_network && self.cores() >= 2;
        let ephemeral = traits.premium && self.resource_disk_mb() > 0;
        [
            ("MaxResourceVolumeMB", number(self.resource_disk_mb())),
            ("OSVhdSizeMB", number(OS_DISK_MB)),
            ("vCPUs", number(self.cores())),
            (
                "HyperVGenerations",
                Cow::Borrowed(self.series.generations.as_str()),
            ),
            ("MemoryGB", gibibytes(self.memory_mb())),
            ("MaxDataDiskCount", number(self.data_disks())),
            ("CpuArchitectureType", Cow::Borrowed(self.architecture())),
            ("PremiumIO", word(traits.premium)),
            ("VMDeploymentTypes", Cow::Borrowed("IaaS")),
            ("vCPUsAvailable", number(self.cores())),
            ("EphemeralOSDiskSupported", word(ephemeral)),
            ("EncryptionAtHostSupported", word(traits.premium)),
            ("AcceleratedNetworkingEnabled", word(fast)),
            ("RdmaEnabled", word(false)),
            ("MaxNetworkInterfaces", number(self.interfaces())),
        ]
        .map(|(name, value)| Capability { name, value })
        .into()
    }
}

fn availability_set(name: &'static str, regions: &[&'static Region]) -> Sku {
    Sku {
        resource_type: "availabilitySets",
        name,
        kind: None,
        locations: names(regions),
        location_info: location_info(regions),
        capabilities: vec![Capability {
            name: "MaximumPlatformFaultDomainCount",
            value: Cow::Borrowed("3"),
        }],
        restrictions: Vec::new(),
    }
}

fn restriction(region: &'static Region) -> Restriction {
    Restriction {
        r#type: "Location",
        values: [region.name],
        place: RestrictionInfo {
            locations: [region.name],
        },
        reason_code: "NotAvailableForSubscription",
    }
}

fn names(regions: &[&'static Region]) -> Vec<&'static str> {
    regions.iter().map(|region| region.name).collect()
}

fn location_info(regions: &[&'static Region]) -> Vec<LocationInfo> {
    let told = regions.iter().map(|region| LocationInfo {
        location: region.name,
        zones: region.zones(),
        zone_details: [],
    });
    told.collect()
}

fn word(yes: bool) -> Cow<'static, str> {
    Cow::Borrowed(if yes { "True" } else { "False" })
}

fn number(number: u32) -> Cow<'static, str> {
    Cow::Owned(number.to_string())
}

/// MiB as the GiB that the service writes: whole, or with its quarters.
fn gibibytes(memory_mb: u32) -> Cow<'static, str> {
    Cow::Owned((f64::from(memory_mb) / 1024.0).to_string())
}
