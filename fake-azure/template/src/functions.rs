//! The functions that need nothing but what they are given.

mod addresses;
mod arrays;
mod dates;
mod encodings;
mod logic;
mod numbers;
mod objects;
mod texts;

use std::rc::Rc;

use serde_json::{Map, Value};

use crate::effort::Effort;
use crate::problem::{Kind, Problem};
use crate::value::{text_of, type_word};

/// What a function makes of a call.
type Run = fn(&Call<'_>) -> Result<Value, Problem>;

/// A function by its name.
struct Function {
    name: &'static str,
    least: usize,
    most: usize,
    run: Run,
    /// Whether it looks at what is given without going through all of it.
    looks: bool,
}

/// As many as an expression can hold.
const ANY: usize = usize::MAX;

const fn function(name: &'static str, least: usize, most: usize, run: Run) -> Function {
    Function {
        name,
        least,
        most,
        run,
        looks: false,
    }
}

/// A function that looks at what it is given without going through all of it.
const fn look(name: &'static str, least: usize, most: usize, run: Run) -> Function {
    Function {
        looks: true,
        ..function(name, least, most, run)
    }
}

const TABLES: &[&[Function]] = &[
    addresses::FUNCTIONS,
    arrays::FUNCTIONS,
    dates::FUNCTIONS,
    encodings::FUNCTIONS,
    logic::FUNCTIONS,
    numbers::FUNCTIONS,
    objects::FUNCTIONS,
    texts::FUNCTIONS,
];

/// Calls a function by its name in any case; `None` if there is none.
pub(crate) fn call(
    name: &str,
    arguments: &[Rc<Value>],
    effort: &Effort,
) -> Option<Result<Value, Problem>> {
    let function = TABLES
        .iter()
        .copied()
        .flatten()
        .find(|function| function.name.eq_ignore_ascii_case(name))?;
    Some(function.run(arguments, effort))
}

impl Function {
    fn run(&self, arguments: &[Rc<Value>], effort: &Effort) -> Result<Value, Problem> {
        count(self.name, self.least, self.most, arguments.len())?;
        let call = Call {
            name: self.name,
            arguments,
            effort,
        };
        // Whatever is made can hold all that is given once; functions that can make more say so.
        for argument in arguments {
            match &**argument {
                Value::Array(_) | Value::Object(_) if self.looks => effort.spend(1)?,
                argument => {
                    effort.copy(argument)?;
                }
            }
        }
        let value = (self.run)(&call)?;
        effort.copy(&value)?;
        Ok(value)
    }
}

/// Whether so many arguments fit a function.
pub(crate) fn count(
    function: &str,
    least: usize,
    most: usize,
    given: usize,
) -> Result<(), Problem> {
    if (least..=most).contains(&given) {
        return Ok(());
    }
    let expected = if least == most {
        least.to_string()
    } else if most == ANY {
        format!("at least {least}")
    } else {
        format!("{least} to {most}")
    };
    Err(Kind::ArgumentCount {
        function: function.to_owned(),
        expected,
        given,
    }
    .into())
}

/// One call: a function's name and what it is given, whose number fits.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    pub(crate) arguments: &'a [Rc<Value>],
    pub(crate) effort: &'a Effort,
}

impl<'a> Call<'a> {
    fn len(&self) -> usize {
        self.arguments.len()
    }

    /// All that is given.
    fn values(&self) -> impl Iterator<Item = &'a Value> + use<'a> {
        self.arguments.iter().map(|argument| &**argument)
    }

    pub(crate) fn value(&self, index: usize) -> Result<&'a Value, Problem> {
        match self.arguments.get(index) {
            Some(value) => Ok(value),
            None => count(self.name, index + 1, ANY, self.len()).map(|()| &Value::Null),
        }
    }

    /// The call cannot be carried out.
    pub(crate) fn wrong(&self, why: impl Into<String>) -> Problem {
        Kind::Argument {
            function: self.name.to_owned(),
            why: why.into(),
        }
        .into()
    }

    /// A value is not what the function needs.
    pub(crate) fn mistyped(&self, value: &Value, expected: &str) -> Problem {
        self.wrong(format!(
            "the function expects its parameter to be {expected}, the provided value is of type '{}'",
            type_word(value)
        ))
    }

    pub(crate) fn text(&self, index: usize) -> Result<&'a str, Problem> {
        let value = self.value(index)?;
        value
            .as_str()
            .ok_or_else(|| self.mistyped(value, "a string"))
    }

    /// A text, or what stands for one: a number or a truth.
    fn texted(&self, index: usize) -> Result<String, Problem> {
        let value = self.value(index)?;
        match value {
            Value::String(_) | Value::Number(_) | Value::Bool(_) => Ok(text_of(value)),
            _ => Err(self.mistyped(value, "a string")),
        }
    }

    pub(crate) fn integer(&self, index: usize) -> Result<i64, Problem> {
        let value = self.value(index)?;
        value
            .as_i64()
            .ok_or_else(|| self.mistyped(value, "an integer"))
    }

    pub(crate) fn array(&self, index: usize) -> Result<&'a [Value], Problem> {
        let value = self.value(index)?;
        match value {
            Value::Array(elements) => Ok(elements),
            _ => Err(self.mistyped(value, "an array")),
        }
    }

    pub(crate) fn object(&self, index: usize) -> Result<&'a Map<String, Value>, Problem> {
        let value = self.value(index)?;
        value
            .as_object()
            .ok_or_else(|| self.mistyped(value, "an object"))
    }
}
