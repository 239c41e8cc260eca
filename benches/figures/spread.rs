//! Several measurements of one thing.

use std::time::Duration;

/// Measurements in milliseconds, sorted.
#[derive(Debug)]
pub(crate) struct Spread(Vec<f64>);

impl Spread {
    pub(crate) fn of(durations: impl IntoIterator<Item = Duration>) -> Self {
        let mut all: Vec<f64> = durations
            .into_iter()
            .map(|duration| duration.as_secs_f64() * 1e3)
            .collect();
        all.sort_by(f64::total_cmp);
        Self(all)
    }

    pub(crate) fn median(&self) -> f64 {
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }

    /// Median, least, most and how many, in columns.
    pub(crate) fn columns(&self) -> String {
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        format!(
            "{:>10.3} {:>10.3} {:>10.3} {:>6}",
            self.median(),
            end(self.0.first()),
            end(self.0.last()),
            self.0.len()
        )
    }
}
