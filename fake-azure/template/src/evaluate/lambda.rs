//! Functions that are given a function.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::{Binding, Evaluator, Frame};
use crate::expression::Expression;
use crate::functions::{Call, count};
use crate::problem::{Kind, Problem};
use crate::value::text_of;

/// A function that stands in an expression: names and what is made of them.
struct Lambda<'e> {
    names: Vec<&'e str>,
    body: &'e Expression,
}

impl Evaluator<'_> {
    /// Calls a function of this kind; `None` if it is none.
    pub(super) fn lambda_function(
        &self,
        lower: &str,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Option<Result<Rc<Value>, Problem>> {
        let value = match lower {
            "filter" => self.filter(name, arguments, frame),
            "groupby" => self.group_by(name, arguments, frame),
            "map" => self.map(name, arguments, frame),
            "mapvalues" => self.map_values(name, arguments, frame),
            "reduce" => self.reduce(name, arguments, frame),
            "sort" => self.sort(name, arguments, frame),
            "toobject" => self.to_object(name, arguments, frame),
            "lambda" => Err(Kind::Misplaced(name.to_owned()).into()),
            _ => return None,
        };
        Some(value.and_then(|value| {
            self.effort.copy(&value)?;
            Ok(Rc::new(value))
        }))
    }

    fn call<'a>(&'a self, name: &'a str, arguments: &'a [Rc<Value>]) -> Call<'a> {
        Call {
            name,
            arguments,
            effort: self.effort,
        }
    }

    fn elements(
        &self,
        name: &str,
        argument: &Expression,
        frame: Frame<'_>,
    ) -> Result<Vec<Rc<Value>>, Problem> {
        let array = [self.expression(argument, frame)?];
        self.effort.copy(&array[0])?;
        Ok(self
            .call(name, &array)
            .array(0)?
            .iter()
            .map(|element| Rc::new(element.clone()))
            .collect())
    }

    fn lambda<'e>(
        &self,
        name: &str,
        argument: &'e Expression,
        names: std::ops::RangeInclusive<usize>,
    ) -> Result<Lambda<'e>, Problem> {
        let wrong = |why: &str| self.call(name, &[]).wrong(why);
        let parts = match argument {
            Expression::Call {
                namespace: None,
                name: lambda,
                arguments,
            } if lambda.eq_ignore_ascii_case("lambda") => arguments,
            _ => return Err(wrong("the function expects a lambda")),
        };
        let Some((body, given)) = parts.split_last() else {
            return Err(wrong("the lambda has no expression"));
        };
        let given = given
            .iter()
            .map(|name| match name {
                Expression::Text(name) => Ok(name.as_str()),
                _ => Err(wrong("the lambda's variables must be named by strings")),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if !names.contains(&given.len()) {
            return Err(wrong("the lambda has too few or too many variables"));
        }
        Ok(Lambda { names: given, body })
    }

    fn apply(
        &self,
        lambda: &Lambda<'_>,
        values: &[&Rc<Value>],
        frame: Frame<'_>,
    ) -> Result<Rc<Value>, Problem> {
        self.bind(&lambda.names, values, lambda.body, frame)
    }

    fn bind(
        &self,
        names: &[&str],
        values: &[&Rc<Value>],
        body: &Expression,
        frame: Frame<'_>,
    ) -> Result<Rc<Value>, Problem> {
        let ([name, names @ ..], [value, values @ ..]) = (names, values) else {
            return self.expression(body, frame);
        };
        let binding = Binding {
            name,
            value,
            around: frame.bindings,
        };
        let frame = Frame {
            bindings: Some(&binding),
            ..frame
        };
        self.bind(names, values, body, frame)
    }

    fn holds(
        &self,
        name: &str,
        lambda: &Lambda<'_>,
        values: &[&Rc<Value>],
        frame: Frame<'_>,
    ) -> Result<bool, Problem> {
        let value = self.apply(lambda, values, frame)?;
        value.as_bool().ok_or_else(|| {
            self.call(name, &[])
                .mistyped(&value, "a lambda that comes to a boolean")
        })
    }

    fn key(
        &self,
        name: &str,
        lambda: &Lambda<'_>,
        element: &Rc<Value>,
        frame: Frame<'_>,
    ) -> Result<String, Problem> {
        let key = self.apply(lambda, &[element], frame)?;
        match &*key {
            Value::Array(_) | Value::Object(_) | Value::Null => Err(self
                .call(name, &[])
                .mistyped(&key, "a lambda that comes to a string")),
            key => Ok(text_of(key)),
        }
    }

    fn map(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Value, Problem> {
        count(name, 2, 2, arguments.len())?;
        let lambda = self.lambda(name, &arguments[1], 1..=2)?;
        let mut made = Vec::new();
        for (index, element) in self
            .elements(name, &arguments[0], frame)?
            .iter()
            .enumerate()
        {
            let index = Rc::new(index.into());
            let value = self.apply(&lambda, &[element, &index], frame)?;
            made.push(self.owned(value)?);
        }
        Ok(made.into())
    }

    fn filter(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Value, Problem> {
        count(name, 2, 2, arguments.len())?;
        let lambda = self.lambda(name, &arguments[1], 1..=2)?;
        let mut kept = Vec::new();
        for (index, element) in self
            .elements(name, &arguments[0], frame)?
            .iter()
            .enumerate()
        {
            let index = Rc::new(index.into());
            if self.holds(name, &lambda, &[element, &index], frame)? {
                kept.push((**element).clone());
            }
        }
        Ok(kept.into())
    }

    fn reduce(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Value, Problem> {
        count(name, 3, 3, arguments.len())?;
        let lambda = self.lambda(name, &arguments[2], 2..=3)?;
        let mut so_far = self.expression(&arguments[1], frame)?;
        for (index, element) in self
            .elements(name, &arguments[0], frame)?
            .iter()
            .enumerate()
        {
            let index = Rc::new(index.into());
            so_far = self.apply(&lambda, &[&so_far, element, &index], frame)?;
        }
        self.owned(so_far)
    }

    /// Merges runs of sorted elements. The standard sort wants an order that is one; this lambda
    /// can say whatever it likes.
    fn sort(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Value, Problem> {
        count(name, 2, 2, arguments.len())?;
        let lambda = self.lambda(name, &arguments[1], 2..=2)?;
        let mut sorted = self.elements(name, &arguments[0], frame)?;
        let mut run = 1;
        while run < sorted.len() {
            let mut merged = Vec::with_capacity(sorted.len());
            for pair in sorted.chunks(run * 2) {
                let (first, second) = pair.split_at(run.min(pair.len()));
                let (mut first, mut second) = (first.iter().peekable(), second.iter().peekable());
                while let (Some(a), Some(b)) = (first.peek(), second.peek()) {
                    // What comes first stays first, unless the other is less.
                    let next = if self.holds(name, &lambda, &[*b, *a], frame)? {
                        second.next()
                    } else {
                        first.next()
                    };
                    merged.extend(next.cloned());
                }
                merged.extend(first.chain(second).cloned());
            }
            sorted = merged;
            run *= 2;
        }
        Ok(sorted.into_iter().map(Rc::unwrap_or_clone).collect())
    }

    fn to_object(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Value, Problem> {
        count(name, 2, 3, arguments.len())?;
        let key = self.lambda(name, &arguments[1], 1..=1)?;
        let value = arguments
            .get(2)
            .map(|argument| self.lambda(name, argument, 1..=1))
            .transpose()?;
        let mut made = Map::new();
        for element in self.elements(name, &arguments[0], frame)? {
            let key = self.key(name, &key, &element, frame)?;
            let value = match &value {
                Some(value) => self.apply(value, &[&element], frame)?,
                None => element,
            };
            made.insert(key, self.owned(value)?);
        }
        Ok(made.into())
    }

    fn group_by(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Value, Problem> {
        count(name, 2, 2, arguments.len())?;
        let key = self.lambda(name, &arguments[1], 1..=1)?;
        let mut groups: Map<String, Value> = Map::new();
        for element in self.elements(name, &arguments[0], frame)? {
            let key = self.key(name, &key, &element, frame)?;
            let group = groups
                .entry(key)
                .or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(group) = group {
                group.push(Rc::unwrap_or_clone(element));
            }
        }
        Ok(groups.into())
    }

    fn map_values(
        &self,
        name: &str,
        arguments: &[Expression],
        frame: Frame<'_>,
    ) -> Result<Value, Problem> {
        count(name, 2, 2, arguments.len())?;
        let lambda = self.lambda(name, &arguments[1], 1..=1)?;
        let object = [self.expression(&arguments[0], frame)?];
        self.effort.copy(&object[0])?;
        let mut made = Map::new();
        for (key, value) in self.call(name, &object).object(0)? {
            let value = self.apply(&lambda, &[&Rc::new(value.clone())], frame)?;
            made.insert(key.clone(), self.owned(value)?);
        }
        Ok(made.into())
    }
}
