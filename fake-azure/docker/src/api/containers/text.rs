//! What the engine says of containers in words.

use jiff::{SignedDuration, Timestamp};
use serde::{Serialize, Serializer};

use crate::state::container::{Container, HealthStatus, Status};

/// How a container is, as `ps` shows it: `Up 3 seconds (healthy)`, `Exited (7) 2 minutes ago`.
pub(in crate::api) fn status(container: &Container, now: Timestamp) -> String {
    let state = &container.state;
    let since =
        |at: Option<Timestamp>| human(at.map_or(SignedDuration::ZERO, |at| now.duration_since(at)));
    match state.status {
        Status::Created => "Created".to_owned(),
        Status::Running => {
            let up = format!("Up {}", since(state.started_at));
            match state.health.as_ref().map(|health| health.status) {
                None => up,
                Some(HealthStatus::Starting) => format!("{up} (health: starting)"),
                Some(status) => format!("{up} ({status})"),
            }
        }
        Status::Paused => format!("Up {} (Paused)", since(state.started_at)),
        Status::Restarting => {
            format!(
                "Restarting ({}) {} ago",
                state.exit_code,
                since(state.finished_at)
            )
        }
        Status::Removing => "Removal In Progress".to_owned(),
        Status::Exited => format!(
            "Exited ({}) {} ago",
            state.exit_code,
            since(state.finished_at)
        ),
        Status::Dead => "Dead".to_owned(),
    }
}

/// How long something takes, as people say it.
pub(in crate::api) fn human(duration: SignedDuration) -> String {
    let seconds = duration.as_secs().max(0);
    let minutes = seconds / 60;
    // Hours are rounded, and so is all above them.
    let hours = (seconds + 1800) / 3600;
    match (seconds, minutes, hours) {
        (0, _, _) => "Less than a second".to_owned(),
        (1, _, _) => "1 second".to_owned(),
        (2..60, _, _) => format!("{seconds} seconds"),
        (_, 1, _) => "About a minute".to_owned(),
        (_, 2..60, _) => format!("{minutes} minutes"),
        (_, _, 1) => "About an hour".to_owned(),
        (_, _, 2..48) => format!("{hours} hours"),
        (_, _, 48..336) => format!("{} days", hours / 24),
        (_, _, 336..1460) => format!("{} weeks", hours / 24 / 7),
        (_, _, 1460..17520) => format!("{} months", hours / 24 / 30),
        _ => format!("{} years", hours / 24 / 365),
    }
}

/// A command line with quotes around words that need them.
pub(in crate::api) fn command(container: &Container) -> String {
    let line = container.config.command_line();
    let words: Vec<String> = line
        .iter()
        .enumerate()
        .map(|(at, word)| quoted(word, at == 0))
        .collect();
    words.join(" ")
}

fn quoted(word: &str, _first: bool) -> String {
    if word.contains([' ', '\t', '\n', '"', '\'']) {
        format!("'{}'", word.replace('\'', "\\'"))
    } else {
        word.to_owned()
    }
}

/// A moment as Go writes it, with as many digits as it needs; its zero when there is none.
#[derive(Clone, Copy, Debug)]
pub(in crate::api) struct Moment(pub(in crate::api) Option<Timestamp>);

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            None => serializer.serialize_str("0001-01-01T00:00:00Z"),
            Some(at) => serializer.collect_str(&at),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_said_as_people_say_them() {
        for (seconds, words) in [
            (0, "Less than a second"),
            (1, "1 second"),
            (59, "59 seconds"),
            (60, "About a minute"),
            (119, "About a minute"),
            (120, "2 minutes"),
            (3599, "59 minutes"),
            (3600, "About an hour"),
            (2 * 3600, "2 hours"),
            (47 * 3600, "47 hours"),
            (49 * 3600, "2 days"),
            (14 * 86400, "2 weeks"),
            (90 * 86400, "3 months"),
            (3 * 365 * 86400, "3 years"),
        ] {
            assert_eq!(human(SignedDuration::from_secs(seconds)), words);
        }
    }
}
