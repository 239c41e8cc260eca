//! Options that a driver or a module of the engine reads itself, each in its own words: those of
//! security modules, of logs and of the storage.

use std::collections::BTreeMap;

use crate::fault::Fault;
use crate::state::host_config::{HostConfig, LogConfig};

/// Refuses what no security module of the engine's knows.
///
/// # Errors
/// The engine takes these for failures of its own.
pub(super) fn security(host: &HostConfig) -> Result<(), Fault> {
    for option in host.security_opt.iter().flatten() {
        if matches!(
            option.as_str(),
            "no-new-privileges" | "writable-cgroups" | "disable"
        ) {
            continue;
        }
        let wrong =
            |place: u8| Fault::Internal(format!("invalid --security-opt {place}: {option:?}"));
        let separator = if option.contains('=') { '=' } else { ':' };
        let (key, value) = option.split_once(separator).ok_or_else(|| wrong(1))?;
        let known = match key {
            "label" | "apparmor" | "seccomp" => true,
            "no-new-privileges" | "writable-cgroups" => is_truth_value(value),
            _ => false,
        };
        if !known {
            return Err(wrong(2));
        }
    }
    Ok(())
}

/// Whether it is yes or no as Go's programs read it.
fn is_truth_value(text: &str) -> bool {
    matches!(
        text,
        "1" | "t" | "T" | "true" | "TRUE" | "True" | "0" | "f" | "F" | "false" | "FALSE" | "False"
    )
}

/// Refuses options of a storage driver that stands on files without quotas.
///
/// # Errors
/// The engine takes these for failures of its own.
pub(super) fn storage(host: &HostConfig) -> Result<(), Fault> {
    let told: Vec<&String> = host.storage_opt.iter().flat_map(BTreeMap::keys).collect();
    if told.iter().any(|key| *key == "size") {
        let words =
            "--storage-opt is supported only for overlay over xfs with 'pquota' mount option";
        return Err(Fault::Internal(words.to_owned()));
    }
    match told.first() {
        Some(key) => Err(Fault::Internal(format!(
            "unknown option {}",
            key.to_lowercase()
        ))),
        None => Ok(()),
    }
}

/// Where a log goes: the driver's name, the options it knows besides those of all drivers, and the
/// options that many have (`labels`, `env` …), if it has them.
struct LogDriver {
    name: &'static str,
    options: &'static [&'static str],
    takes_details: bool,
}

/// What drivers tell with each line when they are asked to.
const DETAILS: [&str; 5] = ["env", "env-regex", "labels", "labels-regex", "tag"];

/// What the engine reads before the driver does.
const COMMON: [&str; 6] = [
    "cache-compress",
    "cache-disabled",
    "cache-max-file",
    "cache-max-size",
    "max-buffer-size",
    "mode",
];

const LOG_DRIVERS: [LogDriver; 9] = [
    LogDriver {
        name: "awslogs",
        options: &[
            "awslogs-create-group",
            "awslogs-create-stream",
            "awslogs-credentials-endpoint",
            "awslogs-datetime-format",
            "awslogs-endpoint",
            "awslogs-force-flush-interval-seconds",
            "awslogs-format",
            "awslogs-group",
            "awslogs-max-buffered-events",
            "awslogs-multiline-pattern",
            "awslogs-region",
            "awslogs-stream",
            "tag",
        ],
        takes_details: false,
    },
    LogDriver {
        name: "fluentd",
        options: &[
            "fluentd-address",
            "fluentd-async",
            "fluentd-async-reconnect-interval",
            "fluentd-buffer-limit",
            "fluentd-max-retries",
            "fluentd-request-ack",
            "fluentd-retry-wait",
            "fluentd-sub-second-precision",
            "fluentd-write-timeout",
        ],
        takes_details: true,
    },
    LogDriver {
        name: "gcplogs",
        options: &[
            "gcp-log-cmd",
            "gcp-meta-id",
            "gcp-meta-name",
            "gcp-meta-zone",
            "gcp-project",
        ],
        takes_details: true,
    },
    LogDriver {
        name: "gelf",
        options: &[
            "gelf-address",
            "gelf-compression-level",
            "gelf-compression-type",
            "gelf-tcp-max-reconnect",
            "gelf-tcp-reconnect-delay",
        ],
        takes_details: true,
    },
    LogDriver {
        name: "journald",
        options: &[],
        takes_details: true,
    },
    LogDriver {
        name: "json-file",
        options: &["compress", "max-file", "max-size"],
        takes_details: true,
    },
    LogDriver {
        name: "local",
        options: &["compress", "max-file", "max-size"],
        takes_details: false,
    },
    LogDriver {
        name: "splunk",
        options: &[
            "splunk-caname",
            "splunk-capath",
            "splunk-format",
            "splunk-gzip",
            "splunk-gzip-level",
            "splunk-index",
            "splunk-index-acknowledgment",
            "splunk-insecureskipverify",
            "splunk-source",
            "splunk-sourcetype",
            "splunk-token",
            "splunk-url",
            "splunk-verify-connection",
        ],
        takes_details: true,
    },
    LogDriver {
        name: "syslog",
        options: &[
            "syslog-address",
            "syslog-facility",
            "syslog-format",
            "syslog-tls-ca-cert",
            "syslog-tls-cert",
            "syslog-tls-key",
            "syslog-tls-skip-verify",
        ],
        takes_details: true,
    },
];

impl LogDriver {
    fn knows(&self, option: &str) -> bool {
        COMMON.contains(&option)
            || self.options.contains(&option)
            || self.takes_details && DETAILS.contains(&option)
    }

    fn refusal(&self, option: &str) -> String {
        match self.name {
            "local" => format!("unknown log opt '{option}' for log driver local"),
            "gcplogs" => format!("{option:?} is not a valid option for the gcplogs driver"),
            name => format!("unknown log opt '{option}' for {name} log driver"),
        }
    }
}

/// Refuses a driver of logs that is not there, and options that it does not know. A log that is
/// not kept takes any option.
///
/// # Errors
/// In the words of whichever reads the option: the engine, or the driver.
pub(super) fn log(config: &LogConfig) -> Result<(), Fault> {
    let driver = match config.driver.as_str() {
        "none" => return Ok(()),
        "" => "json-file",
        driver => driver,
    };
    let invalid = |words: String| Err(Fault::Invalid(words));
    let Some(driver) = LOG_DRIVERS.iter().find(|known| known.name == driver) else {
        return invalid(format!(
            "error looking up logging plugin {driver}: plugin \"{driver}\" not found"
        ));
    };
    let told = |name: &str| config.config.as_ref()?.get(name).map(String::as_str);
    let mode = told("mode").unwrap_or_default();
    if !matches!(mode, "" | "blocking" | "non-blocking") {
        return invalid(format!("logger: logging mode not supported: {mode}"));
    }
    if told("max-buffer-size").is_some() && mode != "non-blocking" {
        let words = "logger: max-buffer-size option is only supported with 'mode=non-blocking'";
        return invalid(words.to_owned());
    }
    let mut options = config.config.iter().flat_map(BTreeMap::keys);
    match options.find(|option| !driver.knows(option)) {
        Some(option) => invalid(driver.refusal(option)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(json: serde_json::Value) -> HostConfig {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn security_modules_take_what_they_know() {
        for (option, words) in [
            ("x", "invalid --security-opt 1: \"x\""),
            ("foo=bar", "invalid --security-opt 2: \"foo=bar\""),
            (
                "systempaths=unconfined",
                "invalid --security-opt 2: \"systempaths=unconfined\"",
            ),
            (
                "no-new-privileges=maybe",
                "invalid --security-opt 2: \"no-new-privileges=maybe\"",
            ),
        ] {
            let asked = host(serde_json::json!({"SecurityOpt": ["label=disable", option]}));
            assert_eq!(security(&asked), Err(Fault::Internal(words.to_owned())));
        }
        let known = host(serde_json::json!({"SecurityOpt": [
            "label:disable", "apparmor=unconfined", "seccomp=unconfined", "no-new-privileges",
            "no-new-privileges=false", "no-new-privileges:true", "writable-cgroups=true"
        ]}));
        assert_eq!(security(&known), Ok(()));
    }

    #[test]
    fn drivers_of_logs_take_what_they_know() {
        for (driver, option, words) in [
            ("", "foo", "unknown log opt 'foo' for json-file log driver"),
            ("local", "tag", "unknown log opt 'tag' for log driver local"),
            (
                "syslog",
                "max-size",
                "unknown log opt 'max-size' for syslog log driver",
            ),
            (
                "gcplogs",
                "foo",
                "\"foo\" is not a valid option for the gcplogs driver",
            ),
            (
                "x",
                "foo",
                "error looking up logging plugin x: plugin \"x\" not found",
            ),
            (
                "json-file",
                "max-buffer-size",
                "logger: max-buffer-size option is only supported with 'mode=non-blocking'",
            ),
            ("json-file", "mode", "logger: logging mode not supported: 1"),
        ] {
            let asked = LogConfig {
                driver: driver.to_owned(),
                config: Some([(option.to_owned(), "1".to_owned())].into()),
            };
            assert_eq!(log(&asked), Err(Fault::Invalid(words.to_owned())));
        }
        for (driver, option, value) in [
            ("json-file", "labels-regex", "x"),
            ("journald", "tag", "x"),
            ("splunk", "mode", "non-blocking"),
            ("none", "whatever", "x"),
        ] {
            let asked = LogConfig {
                driver: driver.to_owned(),
                config: Some([(option.to_owned(), value.to_owned())].into()),
            };
            assert_eq!(log(&asked), Ok(()), "{driver} {option}");
        }
    }

    #[test]
    fn a_disk_without_quotas_takes_no_options() {
        for (key, words) in [
            (
                "size",
                "--storage-opt is supported only for overlay over xfs with 'pquota' mount option",
            ),
            ("Foo", "unknown option foo"),
        ] {
            let asked = host(serde_json::json!({"StorageOpt": {key: "1G"}}));
            assert_eq!(storage(&asked), Err(Fault::Internal(words.to_owned())));
        }
    }
}
