//! Numbers of bytes, as command lines have them and as people read them.

use super::options::invalid_number;
use super::stop::Stop;

/// Reads `5`, `5b` (512 bytes), `5k`, `5M`, `5G`, also `5KiB` and `5kB` (1000).
pub(super) fn read(text: &str) -> Result<u64, Stop> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    let factor = match unit {
        "" | "c" => 1,
        "w" => 2,
        "b" => 512,
        "k" | "K" | "KiB" => 1 << 10,
        "m" | "M" | "MiB" => 1 << 20,
        "g" | "G" | "GiB" => 1 << 30,
        "kB" | "KB" | "kD" => 1000,
        "MB" | "MD" => 1_000_000,
        "GB" | "GD" => 1_000_000_000,
        _ => return Err(invalid_number(text)),
    };
    let number: u64 = digits.parse().map_err(|_| invalid_number(text))?;
    number
        .checked_mul(factor)
        .ok_or_else(|| invalid_number(text))
}

/// Writes a number of bytes with three figures or less: `0`, `1.5K`, `12.3M`.
pub(super) fn human(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["K", "M", "G", "T", "P", "E"];
    if bytes < 1024 {
        return bytes.to_string();
    }
    let mut unit = 0;
    let mut whole = u128::from(bytes) * 10 / 1024;
    while whole >= 10_240 && unit + 1 < UNITS.len() {
        whole /= 1024;
        unit += 1;
    }
    // Rounded to the nearest tenth, as is shown.
    let divisor = 1_u128 << (10 * (unit + 1));
    let tenths = (u128::from(bytes) * 10 + divisor / 2) / divisor;
    format!("{}.{}{}", tenths / 10, tenths % 10, UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_with_units_and_written_for_people() {
        assert_eq!(read("3k"), Ok(3072));
        assert_eq!(read("2b"), Ok(1024));
        assert!(read("x").is_err() && read("1q").is_err() && read("99999999999G").is_err());
        assert_eq!(human(512), "512");
        assert_eq!(human(1536), "1.5K");
        assert_eq!(human(10 << 20), "10.0M");
        assert_eq!(human(u64::MAX), "16.0E");
    }
}
