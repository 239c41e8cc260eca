//! The settings of a Redis server: defaults, a file, the command line, `CONFIG SET`.

use std::collections::BTreeMap;

use super::protocol::split;

/// Settings and their defaults.
const DEFAULTS: [(&str, &str); 29] = [
    ("appendfilename", "appendonly.aof"),
    ("appendfsync", "everysec"),
    ("appendonly", "no"),
    ("bind", "* -::*"),
    (
        "client-output-buffer-limit",
        "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60",
    ),
    ("daemonize", "no"),
    ("databases", "16"),
    ("dbfilename", "dump.rdb"),
    ("dir", "/data"),
    ("hz", "10"),
    ("io-threads", "1"),
    ("latency-monitor-threshold", "0"),
    ("loglevel", "notice"),
    ("lua-time-limit", "5000"),
    ("maxclients", "10000"),
    ("maxmemory", "0"),
    ("maxmemory-policy", "noeviction"),
    ("notify-keyspace-events", ""),
    ("port", "6379"),
    ("proto-max-bulk-len", "536870912"),
    ("protected-mode", "no"),
    ("replica-read-only", "yes"),
    ("requirepass", ""),
    ("save", "3600 1 300 100 60 10000"),
    ("slowlog-log-slower-than", "10000"),
    ("slowlog-max-len", "128"),
    ("stop-writes-on-bgsave-error", "yes"),
    ("tcp-keepalive", "300"),
    ("timeout", "0"),
];

/// Settings that are read and have no value of their own here.
const OTHERS: [&str; 20] = [
    "activedefrag",
    "aclfile",
    "auto-aof-rewrite-min-size",
    "auto-aof-rewrite-percentage",
    "cluster-enabled",
    "include",
    "lazyfree-lazy-eviction",
    "list-max-listpack-size",
    "loadmodule",
    "logfile",
    "maxmemory-samples",
    "masterauth",
    "pidfile",
    "rdbchecksum",
    "rdbcompression",
    "rename-command",
    "replicaof",
    "supervised",
    "tcp-backlog",
    "user",
];

/// The settings of a server.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) version: String,
    /// What differs from the defaults.
    changed: BTreeMap<String, String>,
}

/// A line that is no setting, as the server words it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong(pub(super) String);

impl Settings {
    pub(super) fn new(version: String) -> Self {
        Self {
            version,
            changed: BTreeMap::new(),
        }
    }

    pub(super) fn get(&self, name: &str) -> &str {
        if let Some(value) = self.changed.get(name) {
            return value;
        }
        let known = DEFAULTS.iter().find(|(known, _)| *known == name);
        known.map_or("", |(_, value)| value)
    }

    /// Sets a value; false when there is no such setting.
    pub(super) fn set(&mut self, name: &str, value: String) -> bool {
        let known = DEFAULTS.iter().any(|(known, _)| *known == name) || OTHERS.contains(&name);
        if known {
            self.changed.insert(name.to_owned(), value);
        }
        known
    }

    pub(super) fn all(&self) -> Vec<(&'static str, &str)> {
        DEFAULTS
            .iter()
            .map(|(name, _)| (*name, self.get(name)))
            .collect()
    }

    pub(super) fn password(&self) -> Option<&str> {
        Some(self.get("requirepass")).filter(|password| !password.is_empty())
    }

    pub(super) fn port(&self) -> u16 {
        self.get("port").parse().unwrap_or_default()
    }

    /// Whether what is kept is written to a file when the server ends.
    pub(super) fn saves(&self) -> bool {
        !self.get("save").is_empty() || self.get("appendonly") == "yes"
    }

    /// Where what is kept is written to.
    pub(super) fn file(&self) -> String {
        format!(
            "{}/{}",
            self.get("dir").trim_end_matches('/'),
            self.get("dbfilename")
        )
    }

    /// Reads a file of settings.
    pub(super) fn read(&mut self, text: &str) -> Result<(), Wrong> {
        let mut saves: Option<Vec<String>> = None;
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let wrong = |problem: &str| {
                Wrong(format!(
                    "\n*** FATAL CONFIG FILE ERROR (Redis {}) ***\nReading the configuration file, \
                     at line {}\n>>> '{line}'\n{problem}\n",
                    self.version,
                    number + 1
                ))
            };
            let words =
                split(line).ok_or_else(|| wrong("Unbalanced quotes in configuration line"))?;
            let words: Vec<String> = words
                .iter()
                .map(|word| String::from_utf8_lossy(word).into_owned())
                .collect();
            let Some((name, values)) = words.split_first() else {
                continue;
            };
            let name = name.to_ascii_lowercase();
            let unknown = || wrong("Bad directive or wrong number of arguments");
            if name == "save" {
                let saves = saves.get_or_insert_default();
                saves.extend(values.iter().filter(|value| !value.is_empty()).cloned());
            } else {
                let unknown = unknown();
                if !self.set(&name, values.join(" ")) {
                    return Err(unknown);
                }
            }
        }
        if let Some(saves) = saves {
            self.set("save", saves.join(" "));
        }
        Ok(())
    }

    /// Reads `--port 7000 --save ''`: each name with the values up to the next.
    pub(super) fn read_args(&mut self, args: &[String]) -> Result<(), Wrong> {
        let mut text = String::new();
        for arg in args {
            if let Some(name) = arg.strip_prefix("--") {
                text.extend(["\n", name]);
            } else {
                text.extend([" \"", &arg.replace('\\', "\\\\").replace('"', "\\\""), "\""]);
            }
        }
        self.read(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_come_from_a_file_and_the_command_line() {
        let mut settings = Settings::new("7.4.5".to_owned());
        settings
            .read("# x\nport 7000\nrequirepass \"a b\"\nsave 60 1\nsave 300 10\n")
            .unwrap();
        assert_eq!(settings.port(), 7000);
        assert_eq!(settings.password(), Some("a b"));
        assert_eq!(settings.get("save"), "60 1 300 10");
        let args = ["--port", "7001", "--save", "", "--appendonly", "no"];
        settings.read_args(&args.map(str::to_owned)).unwrap();
        assert_eq!(settings.port(), 7001);
        assert!(!settings.saves());
        let wrong = settings.read("port 1\nbogus x").unwrap_err().0;
        assert!(
            wrong.contains("at line 2\n>>> 'bogus x'\nBad directive"),
            "{wrong}"
        );
    }
}
