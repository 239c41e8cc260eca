//! A volume as the API shows it, in the engine's order.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

use super::{LOCAL, Volume};

/// What an inspection of a volume answers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Document<'a> {
    created_at: Timestamp,
    driver: &'static str,
    labels: Option<&'a BTreeMap<String, String>>,
    mountpoint: String,
    name: &'a str,
    options: Option<&'a BTreeMap<String, String>>,
    scope: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage_data: Option<UsageData>,
}

/// How much a volume is used.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct UsageData {
    ref_count: usize,
    size: u64,
}

impl<'a> Document<'a> {
    pub(super) fn of(volume: &'a Volume, users: Option<usize>) -> Self {
        let whole_second = Timestamp::from_second(volume.created.as_second());
        Self {
            created_at: whole_second.unwrap_or(volume.created),
            driver: LOCAL,
            labels: volume.labels.as_ref(),
            mountpoint: volume.mountpoint(),
            name: &volume.name,
            options: volume.options.as_ref(),
            scope: LOCAL,
            usage_data: users.map(|ref_count| UsageData {
                ref_count,
                size: volume.usage().bytes,
            }),
        }
    }
}
