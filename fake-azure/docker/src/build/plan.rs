//! What a build will do: the stages up to the one that is asked for, and their steps.

use std::collections::BTreeMap;

use super::context::{self, InvalidContext};
use super::dockerfile::{Command, Dockerfile, Instruction};
use super::order::Order;
use super::quote::Quoted;
use crate::files::View;

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
    #[error("target stage {} could not be found", Quoted(.0))]
    NoTarget(String),
}

impl Refusal {
    /// Whether the engine answers that the client is to blame.
    pub(crate) fn is_client_s(&self) -> bool {
        match self {
            Self::Context(context) => context.is_client_s(),
            Self::NoTarget(_) => true,
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
        Ok(Self {
            order,
            dockerfile,
            context,
        })
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
