//! Expressions: what stands between the brackets of a text.

mod parser;

use std::fmt;

use serde_json::Number;

use crate::problem::Problem;

/// How long an expression may be.
const MOST_CHARACTERS: usize = 24_576;

/// What a text of a template is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Text {
    /// What it says.
    Literal(String),
    /// Something to be evaluated.
    Expression(Expression),
}

impl Text {
    /// Reads a text: an expression stands in brackets from its first character to its last, and a
    /// literal in brackets is written with a second opening one.
    pub fn read(text: &str) -> Result<Self, Problem> {
        match Self::inner(text) {
            Some(inner) if inner.starts_with('[') => Ok(Self::Literal(text[1..].to_owned())),
            Some(inner) => Expression::read(inner).map(Self::Expression),
            None => Ok(Self::Literal(text.to_owned())),
        }
    }

    fn inner(text: &str) -> Option<&str> {
        text.strip_prefix('[')?.strip_suffix(']')
    }

    /// Whether a text is an expression, without reading it.
    pub(crate) fn is_expression(text: &str) -> bool {
        Self::inner(text).is_some_and(|inner| !inner.starts_with('['))
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(text) if Self::inner(text).is_some() => write!(f, "[{text}"),
            Self::Literal(text) => f.write_str(text),
            Self::Expression(expression) => write!(f, "[{expression}]"),
        }
    }
}

/// An expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// A text in quotes.
    Text(String),
    /// A number.
    Number(Number),
    /// A function and what it is given.
    Call {
        /// The space of names of a function that the template itself has.
        namespace: Option<String>,
        /// Its name as it is written.
        name: String,
        /// What it is given.
        arguments: Vec<Self>,
    },
    /// A part of something.
    Access {
        /// Of what.
        base: Box<Self>,
        /// Which part, from the outside in; never empty.
        steps: Vec<Step>,
    },
}

/// A step into a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// `.name`
    Name(String),
    /// `[index]`
    Index(Expression),
}

impl Expression {
    /// Reads an expression without its brackets.
    pub fn read(text: &str) -> Result<Self, Problem> {
        parser::parse(text, MOST_CHARACTERS)
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(f, "'{}'", text.replace('\'', "''")),
            Self::Number(number) => write!(f, "{number}"),
            Self::Call {
                namespace,
                name,
                arguments,
            } => {
                if let Some(namespace) = namespace {
                    write!(f, "{namespace}.")?;
                }
                write!(f, "{name}(")?;
                for (index, argument) in arguments.iter().enumerate() {
                    if index > 0 {
                        f.write_str(", ")?;
                    }
                    write!(f, "{argument}")?;
                }
                f.write_str(")")
            }
            Self::Access { base, steps } => {
                write!(f, "{base}")?;
                for step in steps {
                    match step {
                        Step::Name(name) => write!(f, ".{name}")?,
                        Step::Index(index) => write!(f, "[{index}]")?,
                    }
                }
                Ok(())
            }
        }
    }
}
