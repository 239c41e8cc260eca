//! What is wrong with a machine from its making on, because somebody arranged it.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use simulation::faults::{Seconds, YesOr};

use crate::pace::Pace;

use super::phase::{Boot, Course, Life, after};
use crate::world::Name;

/// What is wrong with a machine: facts of its own, for as long as it is there.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Flaws {
    /// It takes longer to boot, each time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slow_boot: Option<SlowBoot>,
    /// Its agent never reports, and so installs no extension.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub silent_agent: bool,
    /// An extension ends in an error.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "failing")]
    pub failing_extension: Option<FailingExtension>,
    /// Its Docker is not as it should be, though the extension reports that it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub docker: Option<DockerFlaw>,
    /// It dies after its first boot; when it is started again it lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dies: Option<Death>,
}

/// How long a machine takes to boot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlowBoot {
    /// So many times as long as others.
    Factor(f64),
    /// So many of the real service's seconds, up to its last extension.
    Seconds(Seconds),
}

/// How an extension fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FailingExtension {
    /// Which one, by its name; each of them when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<Name>,
    /// What its handler says.
    pub message: String,
}

/// What is wrong with a machine's Docker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DockerFlaw {
    /// Nobody listens at its port.
    Refuses,
    /// It shows a certificate that is not the one that was uploaded, nor of its authority.
    OtherCertificate,
}

/// When a machine dies.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Death {
    /// So many seconds after it was switched on.
    pub after: Seconds,
}

/// `true` alone lets each extension fail, in words of ours.
fn failing<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<FailingExtension>, D::Error> {
    let told = YesOr::deserialize(deserializer)?;
    Ok(Some(told.more().unwrap_or_default()))
}

impl Default for FailingExtension {
    fn default() -> Self {
        Self {
            name: None,
            message: "Enable failed: the extension was arranged to fail.".to_owned(),
        }
    }
}

impl Flaws {
    /// The pace of a machine's boot.
    pub(crate) fn pace(&self, pace: Pace, boot: Boot) -> Pace {
        let factor = match self.slow_boot {
            None => return pace,
            Some(SlowBoot::Factor(factor)) => factor,
            Some(SlowBoot::Seconds(Seconds(time))) => time.as_secs_f64() / boot.seconds(),
        };
        match pace {
            Pace::Instant => Pace::Instant,
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a float that is no such number becomes the nearest that is one"
            )]
            Pace::Reads(looks) => Pace::Reads((f64::from(looks) * factor).round().max(1.0) as u32),
            Pace::After(_) | Pace::ByHand => Pace::After(pace.scale() * factor),
        }
    }

    /// When a machine of this life dies.
    pub(crate) fn death(&self, life: Life, pace: Pace) -> Option<Timestamp> {
        let Death {
            after: Seconds(time),
        } = self.dies?;
        if !matches!(life.course, Course::Up(Boot::First | Boot::Managed)) {
            return None;
        }
        // Where nothing takes time, the simulator's own is meant.
        let pace = match pace {
            Pace::Instant | Pace::Reads(_) => Pace::ByHand,
            pace => pace,
        };
        Some(after(life.since, time.as_secs_f64(), pace))
    }

    /// What the handler of an extension of this name says, where it is to fail.
    pub(crate) fn failure_of(&self, extension: &str) -> Option<&str> {
        let FailingExtension { name, message } = self.failing_extension.as_ref()?;
        let is_meant = name.as_ref().is_none_or(|name| name == extension);
        is_meant.then_some(message)
    }
}
