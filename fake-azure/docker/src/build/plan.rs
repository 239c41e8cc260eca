//! What a build will do: the stages up to the one that is asked for, and their steps.

use std::collections::BTreeMap;

use super::context::{self, InvalidContext};
use super::dockerfile::{Command, Dockerfile, Instruction};
use super::order::Order;
use super::quote::Quoted;
use crate::files::View;

/// How many steps a build may have: each becomes an image.
const MOST_STEPS: usize = 1_000;

/// A build before its first step.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) order: Order,
    pub(crate) dockerfile: Dockerfile,
    pub(crate) context: View,
}

/// Why a build does not begin.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error(transparent)]
    Context(#[from] InvalidContext),
    #[error("the build has more than {MOST_STEPS} steps, which is the most this engine does")]
    TooManySteps,
    #[error("target stage {} could not be found", Quoted(.0))]
    NoTarget(String),
}

impl Refusal {
    /// Whether the engine answers that the client is to blame.
    pub(crate) fn is_client_s(&self) -> bool {
        match self {
            Self::Context(context) => context.is_client_s(),
            Self::NoTarget(_) | Self::TooManySteps => true,
        }
    }
}

impl Plan {
    /// Reads the Dockerfile in `context` and cuts it to what is asked for.
    pub(crate) fn make(order: Order, context: View, now: jiff::Timestamp) -> Result<Self, Refusal> {
        let mut dockerfile = context::dockerfile(&context, &order.dockerfile, now)?;
        if !order.target.is_empty() {
            let last = dockerfile
                .stage(&order.target)
                .ok_or_else(|| Refusal::NoTarget(order.target.clone()))?;
            dockerfile.stages.truncate(last + 1);
        }
        if let Some(stage) = dockerfile.stages.last_mut() {
            stage.instructions.extend(labels(&order.labels));
        }
        let plan = Self {
            order,
            dockerfile,
            context,
        };
        if plan.steps() > MOST_STEPS {
            return Err(Refusal::TooManySteps);
        }
        Ok(plan)
    }

    /// How many steps there are.
    pub(crate) fn steps(&self) -> usize {
        let stages = self.dockerfile.stages.iter();
        let in_stages: usize = stages.map(|stage| 1 + stage.instructions.len()).sum();
        self.dockerfile.arguments.len() + in_stages
    }
}

/// Makes steps of `--label`, whose values are taken as they are.
fn labels(labels: &BTreeMap<String, String>) -> impl Iterator<Item = Instruction> {
    labels.iter().map(|(name, value)| Instruction {
        text: format!("LABEL {name}={value}"),
        command: Command::Label(vec![(name.clone(), value.clone())]),
        is_literal: true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{Credentials, Tree};

    #[test]
    fn a_plan_has_an_end() {
        let now = jiff::Timestamp::UNIX_EPOCH;
        let context = View::of(Tree::new(now));
        let root = &Credentials::ROOT;
        let text = |steps: usize| "FROM a\n".repeat(steps);
        let plan = |text: String| {
            context
                .write("/Dockerfile", text.into_bytes(), 0o644, root, now)
                .unwrap();
            Plan::make(Order::default(), context.clone(), now)
        };

        assert_eq!(plan(text(1_000)).unwrap().steps(), 1_000);
        assert!(matches!(plan(text(1_001)), Err(Refusal::TooManySteps)));
        let comment = "#".repeat(1 << 20);
        assert!(plan(comment + "\n").unwrap_err().is_client_s());
    }
}
