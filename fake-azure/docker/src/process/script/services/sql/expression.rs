//! Expressions.

use super::kind::Kind;
use super::value::Value;

/// An expression.
#[derive(Clone, Debug)]
pub(in super::super) enum Expression {
    Value(Value),
    Column(String),
    /// The row that was to be inserted: `excluded.name`.
    Excluded(String),
    Parameter(usize),
    Setting(String),
    Not(Box<Self>),
    Minus(Box<Self>),
    Binary(Box<Self>, Operator, Box<Self>),
    Call(String, Vec<Self>),
    /// `count(*)`
    CountAll,
    Cast(Box<Self>, Kind),
    IsNull(Box<Self>, bool),
    In(Box<Self>, Vec<Self>, bool),
    Like {
        value: Box<Self>,
        pattern: Box<Self>,
        any_case: bool,
        not: bool,
    },
    Case(Vec<(Self, Self)>, Option<Box<Self>>),
}

/// What stands between two expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Operator {
    Or,
    And,
    Equal,
    Unequal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Join,
    Plus,
    Minus,
    Times,
    Divide,
    Modulo,
}

impl Expression {
    /// The expressions that it is made of.
    fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Value(_)
            | Self::Column(_)
            | Self::Excluded(_)
            | Self::Parameter(_)
            | Self::Setting(_)
            | Self::CountAll => Vec::new(),
            Self::Not(inner)
            | Self::Minus(inner)
            | Self::Cast(inner, _)
            | Self::IsNull(inner, _) => {
                vec![inner]
            }
            Self::Binary(left, _, right) => vec![left, right],
            Self::Call(_, args) => args.iter().collect(),
            Self::In(value, list, _) => list.iter().chain([&**value]).collect(),
            Self::Like { value, pattern, .. } => vec![value, pattern],
            Self::Case(cases, otherwise) => {
                let cases = cases.iter().flat_map(|(when, then)| [when, then]);
                cases.chain(otherwise.as_deref()).collect()
            }
        }
    }

    /// Looks at it and at all that it is made of.
    pub(super) fn each<'a>(&'a self, look: &mut impl FnMut(&'a Self)) {
        look(self);
        for part in self.parts() {
            part.each(look);
        }
    }

    /// Whether it counts or sums over rows.
    pub(super) fn is_aggregate(&self) -> bool {
        let mut is = false;
        self.each(&mut |part| {
            is |= match part {
                Self::CountAll => true,
                Self::Call(name, _) => is_aggregate(name),
                _ => false,
            };
        });
        is
    }
}

/// Whether a function is one over many rows.
pub(super) fn is_aggregate(name: &str) -> bool {
    matches!(name, "count" | "sum" | "min" | "max" | "avg")
}
