//! What a daemon says of itself, in the words and the order of `docker info`.

use serde_json::Value;

/// The lines of `docker info`'s server part, for what `info` tells.
pub fn lines(info: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let number = |key: &str| info.get(key).and_then(Value::as_i64).unwrap_or(0);
    let text = |key: &str| info.get(key).and_then(Value::as_str).unwrap_or("");
    out.push(format!("Containers: {}", number("Containers")));
    out.push(format!(" Running: {}", number("ContainersRunning")));
    out.push(format!(" Paused: {}", number("ContainersPaused")));
    out.push(format!(" Stopped: {}", number("ContainersStopped")));
    out.push(format!("Images: {}", number("Images")));
    for (label, key) in [
        ("Server Version", "ServerVersion"),
        ("Storage Driver", "Driver"),
    ] {
        said(&mut out, label, text(key));
    }
    for pair in info
        .get("DriverStatus")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let (Some(key), Some(value)) = (pair[0].as_str(), pair[1].as_str()) {
            out.push(format!(" {key}: {value}"));
        }
    }
    for (label, key) in [
        ("Logging Driver", "LoggingDriver"),
        ("Cgroup Driver", "CgroupDriver"),
        ("Cgroup Version", "CgroupVersion"),
        ("Kernel Version", "KernelVersion"),
        ("Operating System", "OperatingSystem"),
        ("OSType", "OSType"),
        ("Architecture", "Architecture"),
    ] {
        said(&mut out, label, text(key));
    }
    out.push(format!("CPUs: {}", number("NCPU")));
    out.push(format!("Total Memory: {}", memory(number("MemTotal"))));
    for (label, key) in [
        ("Name", "Name"),
        ("ID", "ID"),
        ("Docker Root Dir", "DockerRootDir"),
    ] {
        said(&mut out, label, text(key));
    }
    out.push(format!(
        "Debug Mode: {}",
        info.get("Debug").and_then(Value::as_bool).unwrap_or(false)
    ));
    out
}

fn said(out: &mut Vec<String>, label: &str, value: &str) {
    if !value.is_empty() {
        out.push(format!("{label}: {value}"));
    }
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
    fn what_the_daemon_does_not_say_is_left_out() {
        let info = serde_json::json!({"ServerVersion": "28.5.2", "NCPU": 1, "Name": "web"});

        let lines = lines(&info);

        assert!(lines.contains(&"Server Version: 28.5.2".to_owned()));
        assert!(lines.contains(&"Name: web".to_owned()));
        assert!(!lines.iter().any(|line| line.starts_with("Kernel")));
    }
}
