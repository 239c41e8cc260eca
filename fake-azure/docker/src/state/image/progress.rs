//! What an engine tells while it pulls, pushes, loads and imports.

use std::time::Duration;

use serde::Serialize;

use super::pull::Arrival;
use super::push::Departure;
use crate::build::json::written;
use crate::registry::Digest;

/// A line of a stream of progress, in its order.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress_detail: Option<Detail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_detail: Option<ErrorDetail>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    aux: Option<Pushed>,
}

/// How far something is; nothing where it is not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    total: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct ErrorDetail {
    message: String,
}

/// What came of a push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Pushed {
    pub(super) tag: String,
    pub(super) digest: Digest,
    pub(super) size: u64,
}

/// What an engine does next while it pulls or pushes.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// It tells how far it is.
    Say(Message),
    /// It waits for bytes.
    Wait(Duration),
    /// It has an image: [`super::ImageStore::receive`].
    Receive(Arrival),
    /// The registry has an image: push it there, then [`super::ImageStore::sent`].
    Send(Departure),
    /// A registry elsewhere has an image: [`super::ImageStore::sent`].
    Sent(Departure),
}

impl Message {
    /// A state that is all there is to say.
    pub fn status(status: impl Into<String>) -> Self {
        Self {
            status: Some(status.into()),
            ..Self::default()
        }
    }

    /// A state of a tag.
    pub(super) fn tag(tag: &str, status: impl Into<String>) -> Self {
        Self {
            id: Some(tag.to_owned()),
            ..Self::status(status)
        }
    }

    /// A state of a layer.
    pub(super) fn layer(id: Digest, status: &str) -> Self {
        Self {
            progress_detail: Some(Detail::default()),
            ..Self::tag(&id.short(), status)
        }
    }

    /// How far something is with a layer.
    pub(super) fn portion(id: Digest, status: &str, current: u64, total: u64) -> Self {
        Self {
            progress_detail: Some(Detail {
                current: Some(current),
                total: Some(total),
            }),
            progress: Some(bar(current, total)),
            ..Self::tag(&id.short(), status)
        }
    }

    /// Words for the one who looks on.
    pub fn stream(words: impl Into<String>) -> Self {
        Self {
            stream: Some(words.into()),
            ..Self::default()
        }
    }

    /// Why it ends here.
    pub fn error(words: impl Into<String>) -> Self {
        let message = words.into();
        Self {
            error: Some(message.clone()),
            error_detail: Some(ErrorDetail { message }),
            ..Self::default()
        }
    }

    pub(super) fn pushed(pushed: Pushed) -> Self {
        Self {
            progress_detail: Some(Detail::default()),
            aux: Some(pushed),
            ..Self::default()
        }
    }

    /// The line as it goes out.
    pub fn to_line(&self) -> Vec<u8> {
        let mut line = written(self);
        line.extend(b"\r\n");
        line
    }
}

/// Draws how far something is.
fn bar(current: u64, total: u64) -> String {
    const WIDTH: u64 = 50;
    let numbers = if current > total {
        format!("{:>8}", size(current))
    } else {
        format!("{:>8}/{}", size(current), size(total))
    };
    if total == 0 {
        return format!("{:>8}", size(current));
    }
    let done = u128::from(current) * 100 / u128::from(total) / 2;
    let done = usize::try_from(done.min(WIDTH.into())).unwrap_or_default();
    let left = usize::try_from(WIDTH).unwrap_or_default() - done;
    format!("[{}>{}] {numbers}", "=".repeat(done), " ".repeat(left))
}

/// Writes a number of bytes with four digits, rounded as Go rounds: `1.084MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    #[expect(clippy::cast_precision_loss, reason = "four digits are shown")]
    let mut size = bytes as f64;
    let mut unit = 0;
    while size >= 1000.0 && unit + 1 < UNITS.len() {
        size /= 1000.0;
        unit += 1;
    }
    let decimals = match size {
        100.0.. => 1,
        10.0.. => 2,
        _ => 3,
    };
    let number = format!("{size:.decimals$}");
    let number = number.trim_end_matches('0').trim_end_matches('.');
    format!("{number}{}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(message: &Message) -> String {
        String::from_utf8(message.to_line()).unwrap()
    }

    #[test]
    fn a_size_has_four_digits_and_no_zeros_behind_them() {
        for (bytes, text) in [
            (0, "0B"),
            (205, "205B"),
            (999, "999B"),
            (1000, "1kB"),
            (32_768, "32.77kB"),
            (36_445, "36.45kB"),
            (319_380, "319.4kB"),
            (999_960, "1000kB"),
            (1_083_703, "1.084MB"),
            (2_140_160, "2.14MB"),
            (1_984_276, "1.984MB"),
            (u64::MAX, "18.45EB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn progress_is_written_as_the_engine_writes_it() {
        let id = Digest::from_hex(&format!("e12c287c80df{}", "0".repeat(52))).unwrap();

        assert_eq!(
            line(&Message::portion(id, "Downloading", 36_445, 1_083_703)),
            "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":36445,\"total\":1083703},\"progress\":\"[=\\u003e                                                 ]  36.45kB/1.084MB\",\"id\":\"e12c287c80df\"}\r\n"
        );
        assert_eq!(
            line(&Message::layer(id, "Pull complete")),
            "{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"e12c287c80df\"}\r\n"
        );
        assert_eq!(
            line(&Message::error("unexpected EOF")),
            "{\"errorDetail\":{\"message\":\"unexpected EOF\"},\"error\":\"unexpected EOF\"}\r\n"
        );
    }

    #[test]
    fn a_bar_is_full_when_all_is_there_and_tells_no_total_beyond_it() {
        let full = "=".repeat(50);

        assert_eq!(bar(205, 205), format!("[{full}>]     205B/205B"));
        assert_eq!(bar(2_140_160, 1_984_276), format!("[{full}>]   2.14MB"));
        assert_eq!(bar(5, 0), "      5B");
    }
}
