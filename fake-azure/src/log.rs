//! The log of a simulator that is served.

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Writes what happens to standard error from now on: as much as is asked for, such as `debug` or
/// `fake_azure=debug`, and errors alone unless something is. A process that has a log already
/// keeps it.
pub fn to_standard_error(asked: Option<&str>) {
    let filter = asked
        .and_then(|asked| asked.parse().ok())
        .unwrap_or_else(|| Targets::new().with_default(LevelFilter::ERROR));
    let log = tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .with(filter);
    // Another that was there before goes on.
    log.try_init().ok();
}
