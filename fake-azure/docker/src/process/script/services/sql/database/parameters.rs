//! The types of parameters, by what they are compared with or put into.

use crate::process::script::services::sql::expression::Expression;
use crate::process::script::services::sql::kind::Kind;
use crate::process::script::services::sql::query::Asked;
use crate::process::script::services::sql::statement::{Item, Statement};

/// What is known of parameters.
struct Learned<'a> {
    asked: &'a Asked<'a>,
    kinds: Vec<Kind>,
}

impl Learned<'_> {
    fn learn(&mut self, expression: &Expression, kind: Kind) {
        if let Expression::Parameter(number) = expression
            && let Some(known) = self.kinds.get_mut(number - 1)
        {
            *known = kind;
        }
    }

    /// Learns from what parameters are compared with.
    fn compare(&mut self, expression: &Expression) {
        let mut parts = Vec::new();
        expression.each(&mut |part| parts.push(part));
        for part in parts {
            match part {
                Expression::Binary(left, _, right) => {
                    self.learn(left, self.asked.kind(right));
                    self.learn(right, self.asked.kind(left));
                }
                Expression::In(value, list, _) => {
                    for item in list {
                        self.learn(item, self.asked.kind(value));
                    }
                }
                Expression::Cast(inner, kind) => self.learn(inner, *kind),
                _ => {}
            }
        }
    }
}

/// The types of the parameters of a statement; texts where nothing tells.
pub(super) fn kinds(statement: &Statement, asked: &Asked<'_>, count: usize) -> Vec<Kind> {
    let mut learned = Learned {
        asked,
        kinds: vec![Kind::Text; count],
    };
    match statement {
        Statement::Select(select) => {
            for item in &select.items {
                if let Item::One { expression, .. } = item {
                    learned.compare(expression);
                }
            }
            if let Some(filter) = &select.filter {
                learned.compare(filter);
            }
            for bound in select.limit.iter().chain(&select.offset) {
                learned.learn(bound, Kind::Int8);
            }
        }
        Statement::Insert(insert) => {
            let columns = asked.columns();
            for row in &insert.rows {
                for (at, expression) in row.iter().enumerate() {
                    let column = match insert.columns.get(at) {
                        Some(name) => columns.iter().find(|column| column.name == *name),
                        None => columns.get(at),
                    };
                    if let (Some(expression), Some(column)) = (expression, column) {
                        learned.compare(expression);
                        learned.learn(expression, column.kind);
                    }
                }
            }
        }
        Statement::Update { set, filter, .. } => {
            for (name, expression) in set {
                learned.compare(expression);
                let column = asked.columns().iter().find(|column| column.name == *name);
                if let Some(column) = column {
                    learned.learn(expression, column.kind);
                }
            }
            if let Some(filter) = filter {
                learned.compare(filter);
            }
        }
        Statement::Delete {
            filter: Some(filter),
            ..
        } => learned.compare(filter),
        _ => {}
    }
    learned.kinds
}
