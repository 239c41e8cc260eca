//! What a start is refused for because this host has no such thing: devices by what they can, and
//! logs that cannot be begun.

use serde_json::Value;

use crate::fault::Fault;
use crate::state::host_config::HostConfig;

/// Refuses devices that are asked for by what they can, such as GPUs: this host has none.
pub(super) fn check_requests(host: &HostConfig) -> Result<(), Fault> {
    let Some(request) = host.device_requests.iter().flatten().next() else {
        return Ok(());
    };
    let driver = request.get("Driver").and_then(Value::as_str);
    let sets = request.get("Capabilities").and_then(Value::as_array);
    let sets: Vec<String> = sets
        .into_iter()
        .flatten()
        .map(|set| {
            let words = set.as_array().into_iter().flatten();
            let words: Vec<&str> = words.filter_map(Value::as_str).collect();
            format!("[{}]", words.join(" "))
        })
        .collect();
    Err(Fault::Internal(format!(
        "could not select device driver {:?} with capabilities: [{}]",
        driver.unwrap_or_default(),
        sets.join(" ")
    )))
}

/// Refuses options with which a log in files cannot be begun.
pub(super) fn check_log(host: &HostConfig) -> Result<(), Fault> {
    if !matches!(host.log_config.driver.as_str(), "json-file" | "local") {
        return Ok(());
    }
    let told = |name: &str| {
        host.log_config
            .config
            .as_ref()?
            .get(name)
            .map(String::as_str)
    };
    log_options(told("max-size"), told("max-file")).map_err(|why| {
        Fault::Internal(format!(
            "failed to create task for container: failed to initialize logging driver: {why}"
        ))
    })
}

fn log_options(size: Option<&str>, files: Option<&str>) -> Result<(), String> {
    if let Some(size) = size
        && human_size(size)? == 0
    {
        return Err("max-size must be a positive number".to_owned());
    }
    match files.map(str::parse::<i64>) {
        Some(Err(_)) => Err(format!(
            "strconv.Atoi: parsing {:?}: invalid syntax",
            files.unwrap_or_default()
        )),
        Some(Ok(..1)) => Err("max-file cannot be less than 1".to_owned()),
        _ => Ok(()),
    }
}

/// Reads a size as people write it, `10m` or `1.5 GB`: a thousand is a thousand.
fn human_size(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit() && c != '.' && c != ' ');
    let (number, suffix) = (digits.trim_end_matches(' '), &text[digits.len()..]);
    let number: f64 = match number.parse() {
        Ok(number) if number >= 0.0 => number,
        _ => return Err(format!("invalid size: '{text}'")),
    };
    let lower = suffix.to_ascii_lowercase();
    let unit = match lower.trim_end_matches('b').trim_end_matches('i') {
        "" => 1.0,
        "k" => 1e3,
        "m" => 1e6,
        "g" => 1e9,
        "t" => 1e12,
        "p" => 1e15,
        _ => return Err(format!("invalid suffix: '{suffix}'")),
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it is not negative, and beyond the largest number the largest is taken"
    )]
    Ok((number * unit) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_of_logs_are_read_as_people_write_them() {
        for (text, size) in [
            ("10m", 10_000_000),
            ("1.5 kB", 1500),
            ("7", 7),
            ("2KiB", 2000),
        ] {
            assert_eq!(human_size(text), Ok(size), "{text}");
        }
        for (text, words) in [
            ("foo", "invalid size: 'foo'"),
            ("-1m", "invalid size: '-1m'"),
            ("1x", "invalid suffix: 'x'"),
        ] {
            assert_eq!(human_size(text), Err(words.to_owned()));
        }
    }
}
