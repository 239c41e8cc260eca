//! What a resource waits for because its expressions ask about it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{Declaration, Resource, is_deployment, is_inner, is_template_member};
use crate::effort::STEP;
use crate::evaluate::{Evaluator, Frame, Round, is_list, property_loops};
use crate::expression::{Expression, Step, Text};
use crate::identifier::is_path;
use crate::problem::Problem;

/// The names by which a resource's body asks about others of the template. An identifier that is
/// asked for by a version may be of a resource that has long been there, and is none of these.
pub(super) fn names(
    evaluator: &Evaluator<'_>,
    resource: &Resource,
    declaration: &Declaration,
    frame: Frame<'_>,
) -> Result<BTreeSet<String>, Problem> {
    let mut search = Search {
        evaluator,
        found: BTreeSet::new(),
    };
    let deployment = is_deployment(&resource.kind);
    for (name, value) in &declaration.members {
        if is_template_member(name) {
            continue;
        }
        match value {
            Value::Object(properties) if deployment && name.eq_ignore_ascii_case("properties") => {
                let inner = is_inner(evaluator, properties, frame)?;
                for (name, value) in properties {
                    if !(inner && name.eq_ignore_ascii_case("template")) {
                        search.value(value, frame)?;
                    }
                }
            }
            value => search.value(value, frame)?,
        }
    }
    Ok(search.found)
}

struct Search<'a> {
    evaluator: &'a Evaluator<'a>,
    found: BTreeSet<String>,
}

impl Search<'_> {
    fn value(&mut self, value: &Value, frame: Frame<'_>) -> Result<(), Problem> {
        self.evaluator.spend(STEP)?;
        match value {
            Value::String(text) => self.text(text, frame),
            Value::Array(elements) => elements
                .iter()
                .try_for_each(|element| self.value(element, frame)),
            Value::Object(members) => self.members(members, frame),
            _ => Ok(()),
        }
    }

    fn members(&mut self, members: &Map<String, Value>, frame: Frame<'_>) -> Result<(), Problem> {
        for (name, value) in members {
            self.text(name, frame)?;
            match property_loops(name, value) {
                None => self.value(value, frame)?,
                Some(loops) => {
                    for declared in loops {
                        self.rounds(declared, frame)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn rounds(&mut self, declared: &Value, frame: Frame<'_>) -> Result<(), Problem> {
        let Some(input) = crate::value::at(declared, "input") else {
            return Ok(());
        };
        let name = self.evaluator.name_of_loop(declared, frame)?;
        for index in 0..self.evaluator.rounds(declared, &name, frame)? {
            let round = Round {
                name: &name,
                index,
                of_resources: false,
                around: frame.round(),
            };
            self.value(input, frame.in_round(&round))?;
        }
        Ok(())
    }

    /// A text that cannot be read is found where it is evaluated.
    fn text(&mut self, text: &str, frame: Frame<'_>) -> Result<(), Problem> {
        if !Text::is_expression(text) {
            return Ok(());
        }
        self.evaluator.spend(text.len() / 8 + 1)?;
        match Text::read(text) {
            Ok(Text::Expression(expression)) => self.expression(&expression, frame),
            _ => Ok(()),
        }
    }

    fn expression(&mut self, expression: &Expression, frame: Frame<'_>) -> Result<(), Problem> {
        self.evaluator.spend(STEP)?;
        match expression {
            Expression::Text(_) | Expression::Number(_) => Ok(()),
            Expression::Access { base, steps } => {
                self.expression(base, frame)?;
                steps.iter().try_for_each(|step| match step {
                    Step::Name(_) => Ok(()),
                    Step::Index(index) => self.expression(index, frame),
                })
            }
            Expression::Call {
                name, arguments, ..
            } => self.call(&name.to_ascii_lowercase(), arguments, frame),
        }
    }

    fn call(
        &mut self,
        lower: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<(), Problem> {
        if let ("if", [condition, yes, no]) = (lower, arguments) {
            let known = self.evaluator.expression(condition, frame).ok();
            return match known.and_then(|value| value.as_bool()) {
                Some(true) => self.expression(yes, frame),
                Some(false) => self.expression(no, frame),
                None => arguments
                    .iter()
                    .try_for_each(|argument| self.expression(argument, frame)),
            };
        }
        let asks = matches!(lower, "reference" | "references") || is_list(lower);
        if let (true, Some(first)) = (asks, arguments.first())
            && let Ok(name) = self.evaluator.expression(first, frame)
            && let Some(name) = name.as_str()
            && !(arguments.len() > 1 && is_path(name))
        {
            self.found.insert(name.to_owned());
        }
        arguments
            .iter()
            .try_for_each(|argument| self.expression(argument, frame))
    }
}
