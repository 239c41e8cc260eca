//! The effects of faults, and how they are written down.

use std::collections::BTreeMap;
use std::time::Duration;

use hyper::header::{HeaderName, HeaderValue};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use simulation::faults::{self, InvalidRule};

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(try_from = "Written", into = "Written")]
#[non_exhaustive]
pub enum Effect {
    /// The connection is cut.
    Drop,
    /// The answer is this error.
    Status {
        /// HTTP status, 400 to 599.
        status: u16,
        /// What the error says.
        message: String,
        /// Further headers.
        headers: BTreeMap<String, String>,
    },
    /// The answer comes so much later, by the engine's clock.
    Delay(Duration),
    /// No answer comes until all faults are taken back.
    Hang,
    /// The daemon is gone, for some time or until all faults are taken back.
    Down(Option<Duration>),
    /// A pull goes badly.
    Pull(Pull),
    /// The container that the call names dies by itself.
    Die(Death),
    /// The container that the call names is killed for want of memory after so much time.
    OutOfMemory(Duration),
    /// The disk is full.
    DiskFull,
}

/// How a pull goes badly.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Pull {
    /// So many seconds are spent on each layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delay: Option<f64>,
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
    pub after: f64,
    /// With this exit code.
    #[serde(default = "one")]
    pub exit_code: u8,
}

fn one() -> u8 {
    1
}

/// Why a fault cannot be arranged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBreak {
    /// No fault could be arranged by this rule.
    #[error(transparent)]
    Rule(#[from] InvalidRule),
    /// The status is no error's.
    #[error("`effect.status` is {0}, but an error's is from 400 to 599")]
    Status(u16),
    /// A header cannot be sent.
    #[error("`effect.headers` holds `{0}`, which is not a header")]
    Header(String),
    /// A pull that goes badly in no way.
    #[error("`effect.pull` says `delay`, `fail` or both")]
    Pull,
    /// A time that is none.
    #[error("a time is a number of seconds from 0 to a century")]
    Time,
}

/// The longest time that an effect may take.
const LONGEST: f64 = 100.0 * 366.0 * 86_400.0;

/// A number of seconds as time.
fn time(seconds: f64) -> Result<Duration, InvalidBreak> {
    if (0.0..=LONGEST).contains(&seconds) {
        Ok(Duration::from_secs_f64(seconds))
    } else {
        Err(InvalidBreak::Time)
    }
}

impl Pull {
    /// How much longer each layer takes.
    pub(crate) fn pause(&self) -> Duration {
        let pause = self.delay.and_then(|seconds| time(seconds).ok());
        pause.unwrap_or_default()
    }
}

impl Death {
    /// How long the container lives.
    pub(crate) fn life(&self) -> Duration {
        time(self.after).unwrap_or_default()
    }
}

impl faults::Effect for Effect {
    type Invalid = InvalidBreak;

    fn check(&self) -> Result<(), InvalidBreak> {
        match self {
            Self::Status {
                status,
                message,
                headers,
            } => {
                InvalidRule::check_length("effect.message", message.len(), faults::TEXT)?;
                InvalidRule::check_headers(headers)?;
                if !(400..600).contains(status) {
                    return Err(InvalidBreak::Status(*status));
                }
                let bad = headers.iter().find(|(name, value)| {
                    name.parse::<HeaderName>().is_err() || value.parse::<HeaderValue>().is_err()
                });
                bad.map_or(Ok(()), |(name, _)| Err(InvalidBreak::Header(name.clone())))
            }
            Self::Pull(Pull {
                delay: None,
                fail: None,
            }) => Err(InvalidBreak::Pull),
            Self::Pull(pull) => {
                let words = pull.fail.as_ref().map_or(0, String::len);
                InvalidRule::check_length("effect.pull.fail", words, faults::TEXT)?;
                time(pull.delay.unwrap_or_default()).map(drop)
            }
            Self::Die(death) => time(death.after).map(drop),
            Self::Drop
            | Self::Delay(_)
            | Self::Hang
            | Self::Down(_)
            | Self::OutOfMemory(_)
            | Self::DiskFull => Ok(()),
        }
    }
}

/// An effect as it is written down: exactly one of the members, but for those of an answer.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(
    deny_unknown_fields,
    default,
    expecting = "an object such as {\"drop\": true} or {\"status\": 500}"
)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    drop: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hang: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    down: Option<YesOr<f64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pull: Option<Pull>,
    #[serde(skip_serializing_if = "Option::is_none")]
    die: Option<Death>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out_of_memory: Option<YesOr<After>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disk_full: Option<bool>,
}

/// `true`, or more than that.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
enum YesOr<T> {
    Yes(bool),
    More(T),
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for YesOr<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::Bool(yes) => Ok(Self::Yes(yes)),
            more => faults::read_inside(more)
                .map(Self::More)
                .map_err(D::Error::custom),
        }
    }
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct After {
    after: f64,
}

const ONE_OF: &str = "an effect is one of `drop`, `status`, `delay`, `hang`, `down`, `pull`, \
                      `die`, `out_of_memory` and `disk_full`";

impl TryFrom<Written> for Effect {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let Written {
            drop,
            status,
            message,
            headers,
            delay,
            hang,
            down,
            pull,
            die,
            out_of_memory,
            disk_full,
        } = written;
        let yes = |name: &str, said: bool| {
            let refusal = || format!("`{name}` is `true` or is not there");
            said.then_some(()).ok_or_else(refusal)
        };
        let seconds = |seconds| time(seconds).map_err(|error| error.to_string());
        if status.is_none() && (message.is_some() || !headers.is_empty()) {
            return Err("`message` and `headers` are for a `status`".to_owned());
        }
        let mut effects = Vec::new();
        if let Some(said) = drop {
            yes("drop", said)?;
            effects.push(Self::Drop);
        }
        if let Some(status) = status {
            effects.push(Self::Status {
                status,
                message: message.unwrap_or_default(),
                headers,
            });
        }
        if let Some(delay) = delay {
            effects.push(Self::Delay(seconds(delay)?));
        }
        if let Some(said) = hang {
            yes("hang", said)?;
            effects.push(Self::Hang);
        }
        match down {
            None => {}
            Some(YesOr::Yes(said)) => {
                yes("down", said)?;
                effects.push(Self::Down(None));
            }
            Some(YesOr::More(time)) => effects.push(Self::Down(Some(seconds(time)?))),
        }
        effects.extend(pull.map(Self::Pull));
        effects.extend(die.map(Self::Die));
        match out_of_memory {
            None => {}
            Some(YesOr::Yes(said)) => {
                yes("out_of_memory", said)?;
                effects.push(Self::OutOfMemory(Duration::ZERO));
            }
            Some(YesOr::More(After { after })) => {
                effects.push(Self::OutOfMemory(seconds(after)?));
            }
        }
        if let Some(said) = disk_full {
            yes("disk_full", said)?;
            effects.push(Self::DiskFull);
        }
        match (effects.pop(), effects.is_empty()) {
            (Some(effect), true) => Ok(effect),
            _ => Err(ONE_OF.to_owned()),
        }
    }
}

impl From<Effect> for Written {
    fn from(effect: Effect) -> Self {
        let mut written = Self::default();
        match effect {
            Effect::Drop => written.drop = Some(true),
            Effect::Status {
                status,
                message,
                headers,
            } => {
                written.status = Some(status);
                written.message = Some(message);
                written.headers = headers;
            }
            Effect::Delay(time) => written.delay = Some(time.as_secs_f64()),
            Effect::Hang => written.hang = Some(true),
            Effect::Down(None) => written.down = Some(YesOr::Yes(true)),
            Effect::Down(Some(time)) => written.down = Some(YesOr::More(time.as_secs_f64())),
            Effect::Pull(pull) => written.pull = Some(pull),
            Effect::Die(death) => written.die = Some(death),
            Effect::OutOfMemory(time) => {
                let after = time.as_secs_f64();
                written.out_of_memory = Some(YesOr::More(After { after }));
            }
            Effect::DiskFull => written.disk_full = Some(true),
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use simulation::faults::Effect as _;

    use super::*;

    fn read(json: &str) -> Result<Effect, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn every_effect_is_read_and_written() {
        let seconds = Duration::from_secs;
        for (json, effect) in [
            (r#"{"drop":true}"#, Effect::Drop),
            (r#"{"delay":2.0}"#, Effect::Delay(seconds(2))),
            (r#"{"hang":true}"#, Effect::Hang),
            (r#"{"down":true}"#, Effect::Down(None)),
            (r#"{"down":30.0}"#, Effect::Down(Some(seconds(30)))),
            (
                r#"{"pull":{"fail":"gone"}}"#,
                Effect::Pull(Pull {
                    delay: None,
                    fail: Some("gone".to_owned()),
                }),
            ),
            (
                r#"{"die":{"after":3.0,"exit_code":2}}"#,
                Effect::Die(Death {
                    after: 3.0,
                    exit_code: 2,
                }),
            ),
            (
                r#"{"out_of_memory":{"after":1.0}}"#,
                Effect::OutOfMemory(seconds(1)),
            ),
            (r#"{"disk_full":true}"#, Effect::DiskFull),
        ] {
            assert_eq!(read(json).as_ref(), Ok(&effect));
            assert_eq!(serde_json::to_string(&effect).unwrap(), json);
            assert_eq!(effect.check(), Ok(()));
        }
        let out = read(r#"{"out_of_memory":true}"#);
        assert_eq!(out, Ok(Effect::OutOfMemory(Duration::ZERO)));
        let status = read(r#"{"status":503,"message":"busy","headers":{"Retry-After":"1"}}"#);
        assert!(matches!(status, Ok(Effect::Status { status: 503, .. })));
    }

    #[test]
    fn an_effect_is_exactly_one() {
        for json in ["{}", r#"{"drop":true,"hang":true}"#] {
            assert!(read(json).unwrap_err().starts_with(ONE_OF), "{json}");
        }
        for json in [
            r#"{"drop":false}"#,
            r#"{"message":"alone"}"#,
            r#"{"delay":-1}"#,
            r#"{"down":1e300}"#,
            r#"{"explode":true}"#,
            r#"{"die":{"exit_code":256}}"#,
        ] {
            assert!(read(json).is_err(), "{json}");
        }
    }

    #[test]
    fn effects_that_make_no_sense_are_refused() {
        let refused = |json: &str| read(json).unwrap().check().unwrap_err();
        assert_eq!(refused(r#"{"status":200}"#), InvalidBreak::Status(200));
        assert_eq!(refused(r#"{"pull":{}}"#), InvalidBreak::Pull);
        assert_eq!(refused(r#"{"die":{"after":-1}}"#), InvalidBreak::Time);
        assert_eq!(
            refused(r#"{"status":500,"headers":{"a b":"c"}}"#),
            InvalidBreak::Header("a b".to_owned())
        );
        let long = "x".repeat(faults::TEXT + 1);
        for json in [
            format!(r#"{{"status":500,"message":"{long}"}}"#),
            format!(r#"{{"status":500,"headers":{{"a":"{long}"}}}}"#),
            format!(r#"{{"pull":{{"fail":"{long}"}}}}"#),
        ] {
            let InvalidBreak::Rule(InvalidRule::Long { length, most, .. }) = refused(&json) else {
                panic!("{}", &json[..40]);
            };
            assert!(length > most);
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        for (json, words) in [
            (r#"{"explode":true}"#, "`explode`"),
            (r#"{"down":"x"}"#, "`effect.down`: invalid type"),
            (r#"{"delay":"x"}"#, "`effect.delay`: invalid type"),
            (r#"{"die":{"exit_code":256}}"#, "`effect.die.exit_code`: "),
            (
                r#"{"out_of_memory":{"after":"x"}}"#,
                "`effect.out_of_memory.after`: ",
            ),
        ] {
            let rule = format!(r#"{{"effect":{json}}}"#);
            let rule = serde_json::from_str(&rule).unwrap();
            let told = faults::read::<faults::Rule<Effect>>(rule)
                .unwrap_err()
                .to_string();
            assert!(told.contains(words), "{json}: {told}");
        }
    }
}
