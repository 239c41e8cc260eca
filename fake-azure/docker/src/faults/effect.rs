//! What can go wrong with an engine alone, and how it is written down.

use std::ops::RangeInclusive;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use simulation::faults::{self, InvalidRule, Own, Seconds, Yes, YesOr};

use crate::api;

/// What goes wrong with an engine.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EngineFault {
    /// The daemon is gone, for some time or until all faults are taken back.
    Down(YesOr<Seconds>),
    /// A pull goes badly.
    Pull(Pull),
    /// The container that the call names dies by itself.
    Die(Death),
    /// The container that the call names is killed for want of memory.
    OutOfMemory(YesOr<After>),
    /// The disk is full.
    DiskFull(Yes),
}

/// How a pull goes badly.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    /// So many seconds are spent on each layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<Seconds>,
    /// It fails with these words once it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fail: Option<String>,
}

/// How a container dies.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Death {
    /// So many seconds after its start.
    #[serde(default)]
    pub after: Seconds,
    /// With this exit code.
    #[serde(default = "one")]
    pub exit_code: u8,
}

fn one() -> u8 {
    1
}

/// When something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct After {
    /// So many seconds later.
    pub after: Seconds,
}

impl Pull {
    /// How much longer each layer takes.
    pub(crate) fn pause(&self) -> Duration {
        self.delay.unwrap_or_default().0
    }
}

impl Own for EngineFault {
    const KINDS: &'static [&'static str] = &["down", "pull", "die", "out_of_memory", "disk_full"];
    const NAMES: &'static [&'static str] = &["container", "image"];
    const STATUSES: RangeInclusive<u16> = 400..=599;
    const HAS_CODES: bool = false;

    fn is_operation(name: &str) -> bool {
        api::is_route(name)
    }

    fn can_befall(&self, operation: &str) -> bool {
        match self {
            Self::Down(_) | Self::DiskFull(_) => true,
            Self::Pull(_) => operation == "/images/create",
            Self::Die(_) | Self::OutOfMemory(_) => operation.starts_with("/containers/{id}"),
        }
    }

    fn check(&self) -> Result<(), InvalidRule> {
        let Self::Pull(pull) = self else {
            return Ok(());
        };
        if *pull == Pull::default() {
            let why = "this says `delay`, `fail` or both";
            return Err(InvalidRule::field(["effect", "pull"], why));
        }
        let words = pull.fail.as_ref().map_or(0, String::len);
        InvalidRule::check_length(["effect", "pull", "fail"], words, faults::TEXT)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Break, Effect};
    use super::*;

    fn read(json: &str) -> Result<Effect, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn every_effect_is_read_and_written() {
        let seconds = |n| Seconds(Duration::from_secs(n));
        for (json, fault) in [
            (r#"{"down":true}"#, EngineFault::Down(YesOr::Yes)),
            (
                r#"{"down":30.0}"#,
                EngineFault::Down(YesOr::More(seconds(30))),
            ),
            (
                r#"{"pull":{"fail":"gone"}}"#,
                EngineFault::Pull(Pull {
                    delay: None,
                    fail: Some("gone".to_owned()),
                }),
            ),
            (
                r#"{"die":{"after":3.0,"exit_code":2}}"#,
                EngineFault::Die(Death {
                    after: seconds(3),
                    exit_code: 2,
                }),
            ),
            (
                r#"{"out_of_memory":true}"#,
                EngineFault::OutOfMemory(YesOr::Yes),
            ),
            (
                r#"{"out_of_memory":{"after":1.0}}"#,
                EngineFault::OutOfMemory(YesOr::More(After { after: seconds(1) })),
            ),
            (r#"{"disk_full":true}"#, EngineFault::DiskFull(Yes)),
        ] {
            let effect = Effect::Own(fault);
            assert_eq!(read(json).as_ref(), Ok(&effect));
            assert_eq!(serde_json::to_string(&effect).unwrap(), json);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        let long = "x".repeat(faults::TEXT + 1);
        for (effect, words) in [
            (r#"{"explode":true}"#, "`disk_full`, not `explode`"),
            (r#"{"drop":true,"hang":true}"#, "an effect is one of"),
            (r#"{"message":"alone"}"#, "`message` is for a `status`"),
            (r#"{"status":500,"code":"x"}"#, "not `code`"),
            (
                r#"{"status":300}"#,
                "`effect.status`: an error's is from 400",
            ),
            (r#"{"down":"x"}"#, "`effect.down`: invalid type"),
            (r#"{"down":1e300}"#, "`effect.down`: a time is"),
            (r#"{"delay":"x"}"#, "`effect.delay`: invalid type"),
            (r#"{"pull":{}}"#, "`effect.pull`: this says `delay`"),
            (
                &format!(r#"{{"pull":{{"fail":"{long}"}}}}"#),
                "`effect.pull.fail` has 65537 bytes",
            ),
            (r#"{"die":{"after":-1}}"#, "`effect.die.after`: a time is"),
            (r#"{"die":{"exit_code":256}}"#, "`effect.die.exit_code`: "),
            (
                r#"{"out_of_memory":{"after":"x"}}"#,
                "`effect.out_of_memory.after`: ",
            ),
        ] {
            let rule = serde_json::from_str(&format!(r#"{{"effect":{effect}}}"#)).unwrap();
            let told = faults::read::<Break>(rule).unwrap_err().to_string();
            assert!(told.contains(words), "{effect}: {told}");
        }
    }

    #[test]
    fn operations_are_routes_as_the_journal_tells_them() {
        assert!(EngineFault::is_operation("/containers/{id}/json"));
        assert!(EngineFault::is_operation("/containers/create"));
        assert!(!EngineFault::is_operation("/containers/{id:.*}/json"));
        assert!(!EngineFault::is_operation("/nowhere"));
    }
}
