//! What can go wrong with a call on demand: what `POST /_fake/break` arranges, and what a file
//! of faults says.

mod called;
mod plan;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use simulation::faults::{self, InvalidRule, Own, Rule, Yes};
pub use simulation::faults::{
    Answered, Fired, Firing, InvalidFile, Match, Pattern, Seconds, Told, When,
};

use crate::instance_metadata::routes as instance_metadata;
use crate::login::routes as login;
pub use crate::world::{Death, DockerFlaw, FailingExtension, Flaws, SlowBoot};
use crate::world::{Failure, FlawedMachine, OperationFault, Progress, RequestFault};
use crate::{arm, asm};

pub(crate) use called::Called;
pub use plan::{EngineFaultPlan, EngineFaults, FaultPlan, FaultPlanError};

/// A fault. Its rule's path is that after the subscription, with its query; its operation is one
/// that the journal tells; and a call names the `service` and each `role` that its path or its
/// body is about.
pub type Break = Rule<CloudFault>;

/// What goes wrong.
pub type Effect = faults::Effect<CloudFault>;

/// The faults that were asked for.
pub(crate) type Faults = faults::Faults<CloudFault>;

/// What goes wrong with a cloud alone.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum CloudFault {
    /// The answer is 202 as it would be, but the operation ends `Failed`.
    FailOperation(Words),
    /// The answer is 202 as it would be, but the operation never ends.
    EndlessOperation(Yes),
    /// The machines that the call makes are not as they should be.
    Machine(Flaws),
}

/// An error's code and message.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// The error's code.
    pub code: String,
    /// The error's message.
    pub message: String,
}

impl CloudFault {
    /// What becomes of a request that it hits, when the rule names this machine or none.
    pub(crate) fn of_request(self, when: When, role: Option<String>) -> RequestFault {
        let end = match self {
            Self::Machine(flaws) => {
                return RequestFault::Machine(FlawedMachine {
                    role: role.map(Into::into),
                    flaws,
                });
            }
            Self::EndlessOperation(_) => Progress::InProgress,
            Self::FailOperation(Words { code, message }) => Progress::Failed {
                error: Failure::Arranged {
                    http_status: 500,
                    code,
                    message,
                },
            },
        };
        RequestFault::Operation(OperationFault {
            takes_effect: when == When::After,
            end,
        })
    }
}

/// The code of an error that was given none.
pub(crate) const NO_CODE: &str = "InternalError";

/// How the real service was seen telling somebody to come again later.
pub(crate) fn throttled(seconds: u32) -> Answered {
    Answered {
        status: 503,
        code: Some("TooManyRequests".to_owned()),
        message: "Too many requests received. Retry after some time.".to_owned(),
        headers: BTreeMap::from([("Retry-After".to_owned(), seconds.to_string())]),
    }
}

/// The operations that make machines.
pub(crate) const MAKE_MACHINES: [&str; 3] = [
    "Create Virtual Machine Deployment",
    "Add Role",
    arm::PUT_MACHINE,
];

/// How much longer than others a machine may take to boot.
const SLOWEST: f64 = 10_000.0;

impl Own for CloudFault {
    const KINDS: &'static [&'static str] = &["fail_operation", "endless_operation", "machine"];
    const NAMES: &'static [&'static str] = &["service", "role"];
    const STATUSES: RangeInclusive<u16> = 300..=599;
    const HAS_CODES: bool = true;

    fn is_operation(name: &str) -> bool {
        asm::operations().any(|operation| operation.operation == name)
            || login::operations().any(|(operation, ..)| operation == name)
            || instance_metadata::operations().any(|(operation, ..)| operation == name)
            || arm::managed_operations().any(|operation| operation.operation == name)
    }

    fn can_befall(&self, operation: &str) -> bool {
        !matches!(self, Self::Machine(_)) || MAKE_MACHINES.contains(&operation)
    }

    fn can_befall_within(&self, operation: &str) -> bool {
        matches!(self, Self::Machine(_)) && arm::DEPLOY.contains(&operation)
    }

    fn check(&self) -> Result<(), InvalidRule> {
        match self {
            Self::FailOperation(Words { code, message }) => {
                InvalidRule::check_length(
                    ["effect", "fail_operation", "code"],
                    code.len(),
                    faults::CODE,
                )?;
                let most = faults::TEXT;
                InvalidRule::check_length(
                    ["effect", "fail_operation", "message"],
                    message.len(),
                    most,
                )
            }
            Self::EndlessOperation(_) => Ok(()),
            Self::Machine(flaws) if *flaws == Flaws::default() => Err(InvalidRule::field(
                ["effect", "machine"],
                "this says `slow_boot`, `silent_agent`, `failing_extension`, `docker`, `dies` or \
                 several of them",
            )),
            Self::Machine(flaws) => {
                if let Some(SlowBoot::Factor(factor)) = flaws.slow_boot
                    && !(0.0..=SLOWEST).contains(&factor)
                {
                    let why = format!("a factor is a number from 0 to {SLOWEST}");
                    return Err(InvalidRule::field(
                        ["effect", "machine", "slow_boot", "factor"],
                        why,
                    ));
                }
                let words = flaws.failing_extension.as_ref();
                let length = words.map_or(0, |failing| failing.message.len());
                let field = ["effect", "machine", "failing_extension", "message"];
                InvalidRule::check_length(field, length, faults::TEXT)
            }
        }
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        let long = |length| "x".repeat(length + 1);
        for (effect, words) in [
            (json!({"explode": true}), "`effect`: an effect is one of"),
            (json!({"explode": true}), "`machine`, not `explode`"),
            (
                json!({"status": 200}),
                "`effect.status`: an error's is from 300 to 599",
            ),
            (
                json!({"status": 500, "message": long(faults::TEXT)}),
                "`effect.message` has 65537 bytes",
            ),
            (
                json!({"fail_operation": {"code": "a"}}),
                "`effect.fail_operation`: missing field `message`",
            ),
            (
                json!({"fail_operation": {"code": long(faults::CODE), "message": ""}}),
                "`effect.fail_operation.code` has 1025 bytes",
            ),
            (
                json!({"fail_operation": {"code": "", "message": long(faults::TEXT)}}),
                "`effect.fail_operation.message` has 65537 bytes",
            ),
            (
                json!({"endless_operation": false}),
                "`effect.endless_operation`: this is `true`",
            ),
            (
                json!({"machine": {}}),
                "`effect.machine`: this says `slow_boot`",
            ),
            (
                json!({"machine": {"colour": 1}}),
                "`effect.machine.colour`: unknown field",
            ),
            (
                json!({"machine": {"slow_boot": {"factor": -1}}}),
                "`effect.machine.slow_boot.factor`: a factor is",
            ),
            (
                json!({"machine": {"slow_boot": {"seconds": -1}}}),
                "`effect.machine.slow_boot.seconds`: a time is",
            ),
            (
                json!({"machine": {"slow_boot": 3}}),
                "`effect.machine.slow_boot`: invalid type",
            ),
            (
                json!({"machine": {"dies": {}}}),
                "`effect.machine.dies`: missing field `after`",
            ),
            (
                json!({"machine": {"docker": "sleeps"}}),
                "unknown variant `sleeps`",
            ),
            (
                json!({"machine": {"failing_extension": {"message": long(faults::TEXT)}}}),
                "`effect.machine.failing_extension.message` has 65537 bytes",
            ),
        ] {
            let rule = json!({ "effect": effect });
            let told = faults::read::<Break>(rule).unwrap_err().to_string();
            assert!(
                told.contains(words),
                "{}: {told}",
                &effect.to_string()[..20]
            );
        }
    }

    #[test]
    fn every_effect_is_read_and_written() {
        for effect in [
            json!({"fail_operation": {"code": "a", "message": "b"}}),
            json!({"endless_operation": true}),
            json!({"machine": {"slow_boot": {"factor": 3.0}}}),
            json!({"machine": {"slow_boot": {"seconds": 900.0}, "silent_agent": true}}),
            json!({"machine": {"failing_extension": {"name": "DockerExtension", "message": "no"}}}),
            json!({"machine": {"docker": "refuses"}}),
            json!({"machine": {"docker": "other_certificate", "dies": {"after": 60.0}}}),
        ] {
            let read: Effect = serde_json::from_value(effect.clone()).unwrap();
            assert_eq!(serde_json::to_value(read).unwrap(), effect);
        }
        let read: Effect =
            serde_json::from_value(json!({"machine": {"failing_extension": true}})).unwrap();
        let Effect::Own(CloudFault::Machine(flaws)) = read else {
            panic!("{read:?}");
        };
        assert_eq!(flaws.failing_extension, Some(FailingExtension::default()));
    }

    #[test]
    fn operations_that_make_machines_are_operations() {
        assert!(
            MAKE_MACHINES
                .iter()
                .all(|name| CloudFault::is_operation(name))
        );
    }
}
