//! What a daemon says of itself, in the words and the order of `docker info`.

use serde_json::Value;

/// The server's part of `docker info`, for what `info` tells; without the `Server:` heading.
pub fn lines(info: &Value) -> Vec<String> {
    let mut page = Page {
        info,
        out: Vec::new(),
    };
    page.counts();
    page.drivers();
    page.plugins();
    page.runtimes();
    page.machine();
    page.settings();
    page.out
}

struct Page<'a> {
    info: &'a Value,
    out: Vec<String>,
}

impl Page<'_> {
    fn text(&self, key: &str) -> &str {
        self.info.get(key).and_then(Value::as_str).unwrap_or("")
    }

    fn number(&self, key: &str) -> i64 {
        self.info.get(key).and_then(Value::as_i64).unwrap_or(0)
    }

    fn put(&mut self, label: &str, value: impl std::fmt::Display) {
        self.out.push(format!("{label}: {value}"));
    }

    /// Puts what is said, and nothing for what is not.
    fn put_text(&mut self, label: &str, key: &str) {
        let value = self.text(key).to_owned();
        if !value.is_empty() {
            self.put(label, value);
        }
    }

    fn put_flag(&mut self, label: &str, key: &str) {
        if let Some(value) = self.info.get(key).and_then(Value::as_bool) {
            self.put(label, value);
        }
    }

    fn put_list(&mut self, label: &str, values: &[String]) {
        if !values.is_empty() {
            self.out.push(format!("{label}:"));
            self.out
                .extend(values.iter().map(|value| format!(" {value}")));
        }
    }

    fn counts(&mut self) {
        for (label, key) in [
            ("Containers", "Containers"),
            (" Running", "ContainersRunning"),
            (" Paused", "ContainersPaused"),
            (" Stopped", "ContainersStopped"),
            ("Images", "Images"),
        ] {
            self.put(label, self.number(key));
        }
        self.put_text("Server Version", "ServerVersion");
    }

    fn drivers(&mut self) {
        self.put_text("Storage Driver", "Driver");
        let pairs = self.info.get("DriverStatus").and_then(Value::as_array);
        for pair in pairs.into_iter().flatten() {
            if let (Some(key), Some(value)) = (pair[0].as_str(), pair[1].as_str()) {
                self.put(&format!(" {key}"), value);
            }
        }
        self.put_text("Logging Driver", "LoggingDriver");
        self.put_text("Cgroup Driver", "CgroupDriver");
        self.put_text("Cgroup Version", "CgroupVersion");
    }

    fn plugins(&mut self) {
        if let Some(plugins) = self.info.get("Plugins") {
            self.out.push("Plugins:".to_owned());
            for kind in ["Volume", "Network", "Authorization", "Log"] {
                let names = strings(plugins.get(kind));
                if !names.is_empty() {
                    self.put(&format!(" {kind}"), names.join(" "));
                }
            }
        }
        let folders = strings(self.info.get("CDISpecDirs"));
        self.put_list("CDI spec directories", &folders);
    }

    fn runtimes(&mut self) {
        if let Some(state) = self
            .info
            .pointer("/Swarm/LocalNodeState")
            .and_then(Value::as_str)
        {
            self.put("Swarm", state);
        }
        if let Some(Value::Object(runtimes)) = self.info.get("Runtimes") {
            let mut names: Vec<&str> = runtimes.keys().map(String::as_str).collect();
            names.sort_unstable();
            self.put("Runtimes", names.join(" "));
        }
        self.put_text("Default Runtime", "DefaultRuntime");
        if self.text("OSType") == "linux" {
            self.put_text("Init Binary", "InitBinary");
            for (label, key) in [
                ("containerd version", "ContainerdCommit"),
                ("runc version", "RuncCommit"),
                ("init version", "InitCommit"),
            ] {
                if let Some(commit) = self.info.get(key) {
                    let id = commit.get("ID").and_then(Value::as_str).unwrap_or("");
                    self.put(label, id);
                }
            }
        }
        self.security();
    }

    /// Options read `name=seccomp,profile=builtin`.
    fn security(&mut self) {
        let options = strings(self.info.get("SecurityOptions"));
        if options.is_empty() {
            return;
        }
        self.out.push("Security Options:".to_owned());
        for option in options {
            for pair in option.split(',') {
                match pair.split_once('=') {
                    Some(("name", name)) => self.out.push(format!(" {name}")),
                    Some((key, value)) => {
                        let key = capitalized(key);
                        self.out.push(format!("  {key}: {value}"));
                    }
                    None => self.out.push(format!(" {pair}")),
                }
            }
        }
    }

    fn machine(&mut self) {
        for (label, key) in [
            ("Kernel Version", "KernelVersion"),
            ("Operating System", "OperatingSystem"),
            ("OSType", "OSType"),
            ("Architecture", "Architecture"),
        ] {
            self.put_text(label, key);
        }
        self.put("CPUs", self.number("NCPU"));
        self.put("Total Memory", memory(self.number("MemTotal")));
        self.put_text("Name", "Name");
        self.put_text("ID", "ID");
        self.put_text("Docker Root Dir", "DockerRootDir");
    }

    fn settings(&mut self) {
        self.put_flag("Debug Mode", "Debug");
        self.put_flag("Experimental", "ExperimentalBuild");
        let labels = strings(self.info.get("Labels"));
        self.put_list("Labels", &labels);
        let registries = self.info.get("RegistryConfig");
        let insecure = registries
            .map(|config| strings(config.get("InsecureRegistryCIDRs")))
            .unwrap_or_default();
        self.put_list("Insecure Registries", &insecure);
        let mirrors = registries
            .map(|config| strings(config.get("Mirrors")))
            .unwrap_or_default();
        self.put_list("Registry Mirrors", &mirrors);
        self.put_flag("Live Restore Enabled", "LiveRestoreEnabled");
    }
}

fn strings(value: Option<&Value>) -> Vec<String> {
    value
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters
        .next()
        .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
        .unwrap_or_default()
}

/// Four significant digits and a binary unit, as docker prints sizes.
fn memory(bytes: i64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut size = f64::from(u32::try_from(bytes >> 20).unwrap_or(u32::MAX));
    if bytes < 1 << 20 {
        return format!("{bytes}B");
    }
    // What the shift cut off, so that the digits behind the point are right.
    size += f64::from(u32::try_from(bytes & 0xF_FFFF).unwrap_or(0)) / f64::from(1 << 20);
    let mut unit = 2;
    while size >= 1024.0 && unit + 1 < UNITS.len() {
        size /= 1024.0;
        unit += 1;
    }
    let digits = if size >= 1000.0 {
        0
    } else if size >= 100.0 {
        1
    } else if size >= 10.0 {
        2
    } else {
        3
    };
    let number = format!("{size:.digits$}");
    let number = if number.contains('.') {
        number.trim_end_matches('0').trim_end_matches('.')
    } else {
        &number
    };
    format!("{number}{}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_reads_as_docker_prints_it() {
        assert_eq!(memory(1_750_000_000), "1.63GiB");
        assert_eq!(memory(8_589_934_592), "8GiB");
        assert_eq!(memory(805_306_368), "768MiB");
        assert_eq!(memory(512), "512B");
    }

    #[test]
    fn a_real_engine_reads_as_the_real_docker_showed_it() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/docker-recordings/003-info.json");
        let Ok(recording) = std::fs::read_to_string(&path) else {
            _ = std::io::Write::write_all(
                &mut std::io::stderr(),
                b"SKIPPED: the recorded docker commands are not beside the checkout\n",
            )
            .ok();
            return;
        };
        let recording: Value = serde_json::from_str(&recording).unwrap();
        let mut shown = None;
        let mut info = None;
        find(&recording, &mut shown, &mut info);

        let server = shown.unwrap();
        let server: Vec<&str> = server
            .lines()
            .skip_while(|line| *line != "Server:")
            .skip(1)
            .filter(|line| !line.is_empty())
            .collect();
        let ours: Vec<String> = lines(&info.unwrap())
            .into_iter()
            .map(|line| format!(" {line}"))
            .collect();

        assert_eq!(ours, server);
    }

    fn find(value: &Value, shown: &mut Option<String>, info: &mut Option<Value>) {
        match value {
            Value::Object(fields) => fields.iter().for_each(|(key, value)| match value {
                Value::String(text) if key == "stdout" => *shown = Some(text.clone()),
                Value::String(text) if text.contains("ServerVersion") => {
                    *info = serde_json::from_str(text).ok();
                }
                Value::Object(fields)
                    if fields
                        .get("ServerVersion")
                        .is_some_and(|version| version != "string") =>
                {
                    *info = Some(value.clone());
                }
                other => find(other, shown, info),
            }),
            Value::Array(values) => values.iter().for_each(|value| find(value, shown, info)),
            _ => {}
        }
    }

    #[test]
    fn what_the_daemon_does_not_say_is_left_out() {
        let info = serde_json::json!({"ServerVersion": "28.5.2", "NCPU": 1, "Name": "web"});

        let lines = lines(&info);

        assert!(lines.contains(&"Server Version: 28.5.2".to_owned()));
        assert!(lines.contains(&"Name: web".to_owned()));
        assert!(!lines.iter().any(|line| line.starts_with("Kernel")));
    }
}
