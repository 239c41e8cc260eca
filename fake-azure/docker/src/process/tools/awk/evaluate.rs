//! What expressions are worth.

use futures_util::future::BoxFuture;

use super::run::{CALLS, Cell, MOST_ARRAYS, Machine, Step};
use super::stream::{Ending, Mode};
use super::syntax::{
    Binary, CONVFMT, Expression, From, NF, NR, OFS, Place, Program, RS, SUBSEP, Variable,
};
use super::value::{Array, Value};
use crate::process::Process;
use crate::process::tools::format::whole;
use crate::process::tools::regex::{Flavour, Regex};

/// The longest string, in bytes.
const LONGEST: usize = 8 * 1024 * 1024;

impl Machine {
    /// What an expression is worth.
    pub(super) fn value<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        expression: &'a Expression,
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            Ok(match expression {
                Expression::Number(number) => Value::Number(*number),
                Expression::Text(text) => Value::Text(text.clone()),
                Expression::Regex(regex) => {
                    let joint = self.special(OFS);
                    let found = regex.is_match(self.record.whole(&joint));
                    Value::truth(found.map_err(|error| error.to_string())?)
                }
                Expression::Place(place) => self.get(process, program, place).await?,
                Expression::Assign(place, operator, right) => {
                    let value = self.value(process, program, right).await?;
                    let value = match operator {
                        None => value,
                        Some(operator) => {
                            let before = self.get(process, program, place).await?;
                            self.binary(*operator, &before, &value)?
                        }
                    };
                    self.put_in(process, program, place, value.clone()).await?;
                    value
                }
                Expression::Step { place, by, before } => {
                    let number = self.get(process, program, place).await?.number();
                    let changed = Value::Number(number + by);
                    self.put_in(process, program, place, changed.clone())
                        .await?;
                    if *before {
                        changed
                    } else {
                        Value::Number(number)
                    }
                }
                Expression::Condition(condition, then, otherwise) => {
                    let chosen = if self.value(process, program, condition).await?.is_true() {
                        then
                    } else {
                        otherwise
                    };
                    self.value(process, program, chosen).await?
                }
                Expression::And(left, right) => {
                    let held = self.value(process, program, left).await?.is_true()
                        && self.value(process, program, right).await?.is_true();
                    Value::truth(held)
                }
                Expression::Or(left, right) => {
                    let held = self.value(process, program, left).await?.is_true()
                        || self.value(process, program, right).await?.is_true();
                    Value::truth(held)
                }
                Expression::Not(inner) => {
                    Value::truth(!self.value(process, program, inner).await?.is_true())
                }
                Expression::Negative(inner) => {
                    Value::Number(-self.value(process, program, inner).await?.number())
                }
                Expression::Positive(inner) => {
                    Value::Number(self.value(process, program, inner).await?.number())
                }
                Expression::Binary(operator, left, right) => {
                    let left = self.value(process, program, left).await?;
                    let right = self.value(process, program, right).await?;
                    self.binary(*operator, &left, &right)?
                }
                Expression::Match {
                    negated,
                    text,
                    pattern,
                } => {
                    let text = self.value(process, program, text).await?;
                    let text = text.text(&self.special(CONVFMT));
                    let regex = self.regex(process, program, pattern).await?;
                    let found = regex.is_match(&text).map_err(|error| error.to_string())?;
                    Value::truth(found != *negated)
                }
                Expression::In(index, array) => {
                    let key = self.key(process, program, index).await?;
                    let array = self.array(*array)?;
                    Value::truth(self.arrays[array].has(&key))
                }
                Expression::Call(function, arguments) => {
                    self.call_with(process, program, *function, arguments)
                        .await?
                }
                Expression::Function(name, arguments) => {
                    self.function(process, program, name, arguments).await?
                }
                Expression::Getline(place, from) => {
                    self.getline(process, program, place.as_ref(), from).await?
                }
            })
        })
    }

    pub(super) fn values<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        expressions: &'a [Expression],
    ) -> BoxFuture<'a, Step<Vec<Value>>> {
        Box::pin(async move {
            let mut values = Vec::with_capacity(expressions.len());
            for expression in expressions {
                values.push(self.value(process, program, expression).await?);
            }
            Ok(values)
        })
    }

    /// The pattern that an expression is: one that is written, or a string that is read as one.
    pub(super) fn regex<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        expression: &'a Expression,
    ) -> BoxFuture<'a, Step<Regex>> {
        Box::pin(async move {
            if let Expression::Regex(regex) = expression {
                return Ok((**regex).clone());
            }
            let text = self.value(process, program, expression).await?;
            let text = text.text(&self.special(CONVFMT));
            let text = String::from_utf8_lossy(&text);
            let regex = Regex::new(&text, Flavour::Awk, false);
            Ok(regex.map_err(|error| format!("bad regex '{text}': {error}"))?)
        })
    }

    /// The key that a list of expressions makes.
    pub(super) fn key<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        index: &'a [Expression],
    ) -> BoxFuture<'a, Step<Vec<u8>>> {
        Box::pin(async move {
            let format = self.special(CONVFMT);
            let values = self.values(process, program, index).await?;
            let parts: Vec<Vec<u8>> = values.iter().map(|value| value.text(&format)).collect();
            Ok(parts.join(self.special(SUBSEP).as_slice()))
        })
    }

    fn cell(&mut self, variable: Variable) -> Option<&mut Cell> {
        match variable {
            Variable::Global(index) => self.globals.get_mut(index),
            Variable::Local(index) => self.frames.last_mut()?.get_mut(index),
        }
    }

    fn new_array(&mut self) -> Step<usize> {
        if self.arrays.len() >= MOST_ARRAYS {
            return Err("too many arrays".to_owned().into());
        }
        self.arrays.push(Array::default());
        Ok(self.arrays.len() - 1)
    }

    /// The array that a variable is; one that is nothing yet becomes one.
    pub(super) fn array(&mut self, variable: Variable) -> Step<usize> {
        match self.cell(variable).cloned() {
            Some(Cell::Array(id)) => Ok(id),
            Some(Cell::Either(id)) => {
                if let Some(cell) = self.cell(variable) {
                    *cell = Cell::Array(id);
                }
                Ok(id)
            }
            Some(Cell::Value(Value::Nothing)) => {
                let id = self.new_array()?;
                if let Some(cell) = self.cell(variable) {
                    *cell = Cell::Array(id);
                }
                Ok(id)
            }
            _ => Err("value used as an array".to_owned().into()),
        }
    }

    pub(super) fn get<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        place: &'a Place,
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            match place {
                Place::Variable(Variable::Global(NF)) => {
                    let paragraphs = self.paragraphs();
                    Ok(Value::count(
                        self.record.count(&self.separator, paragraphs)?,
                    ))
                }
                Place::Variable(variable) => match self.cell(*variable) {
                    Some(Cell::Value(value)) => Ok(value.clone()),
                    Some(Cell::Array(_)) => Err("array used as a value".to_owned().into()),
                    _ => Ok(Value::Nothing),
                },
                Place::Field(index) => {
                    let index = self.field_index(process, program, index).await?;
                    let (paragraphs, joint) = (self.paragraphs(), self.special(OFS));
                    Ok(self
                        .record
                        .get(index, &self.separator, paragraphs, &joint)?)
                }
                Place::Element(array, index) => {
                    let key = self.key(process, program, index).await?;
                    let array = self.array(*array)?;
                    Ok(self.arrays[array].get(&key))
                }
            }
        })
    }

    fn field_index<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        index: &'a Expression,
    ) -> BoxFuture<'a, Step<usize>> {
        Box::pin(async move {
            let index = self.value(process, program, index).await?.number();
            match usize::try_from(whole(index)) {
                Ok(index) if index <= super::record::MOST_FIELDS => Ok(index),
                _ => Err("cmd. line:1: Access to negative field".to_owned().into()),
            }
        })
    }

    pub(super) fn put_in<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        place: &'a Place,
        value: Value,
    ) -> BoxFuture<'a, Step<()>> {
        Box::pin(async move {
            match place {
                Place::Variable(variable) => self.set_variable(*variable, value)?,
                Place::Field(index) => {
                    let index = self.field_index(process, program, index).await?;
                    if index == 0 {
                        self.record.set(value.text(&self.special(CONVFMT)));
                    } else {
                        let paragraphs = self.paragraphs();
                        self.record.put(index, value, &self.separator, paragraphs)?;
                    }
                }
                Place::Element(array, index) => {
                    let key = self.key(process, program, index).await?;
                    let array = self.array(*array)?;
                    self.arrays[array].set(&key, value);
                }
            }
            Ok(())
        })
    }

    fn binary(&self, operator: Binary, left: &Value, right: &Value) -> Step<Value> {
        let (a, b) = (|| left.number(), || right.number());
        let format = || self.special(CONVFMT);
        let compared = |holds: fn(std::cmp::Ordering) -> bool| {
            // What is not a number compares with nothing.
            Value::truth(left.compare(right, &format()).is_some_and(holds))
        };
        Ok(match operator {
            Binary::Add => Value::Number(a() + b()),
            Binary::Subtract => Value::Number(a() - b()),
            Binary::Multiply => Value::Number(a() * b()),
            Binary::Divide | Binary::Modulo if b() == 0.0 => {
                return Err("cmd. line:1: Division by zero".to_owned().into());
            }
            Binary::Divide => Value::Number(a() / b()),
            Binary::Modulo => Value::Number(a() % b()),
            Binary::Power => Value::Number(libm::pow(a(), b())),
            Binary::Concatenate => {
                let mut text = left.text(&format());
                text.extend(right.text(&format()));
                if text.len() > LONGEST {
                    return Err(format!("string longer than {LONGEST} bytes").into());
                }
                Value::Text(text)
            }
            Binary::Less => compared(std::cmp::Ordering::is_lt),
            Binary::LessOrEqual => compared(std::cmp::Ordering::is_le),
            Binary::Equal => compared(std::cmp::Ordering::is_eq),
            Binary::NotEqual => compared(std::cmp::Ordering::is_ne),
            Binary::Greater => compared(std::cmp::Ordering::is_gt),
            Binary::GreaterOrEqual => compared(std::cmp::Ordering::is_ge),
        })
    }

    fn call_with<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        index: usize,
        arguments: &'a [Expression],
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            let function = &program.functions[index];
            if self.frames.len() >= CALLS {
                return Err(format!("functions call each other more than {CALLS} deep").into());
            }
            if arguments.len() > function.parameters {
                return Err(format!("too many arguments to '{}'", function.name).into());
            }
            let mut frame = Vec::with_capacity(function.parameters);
            for argument in arguments {
                // An array is handed over itself, and what is nothing yet may become one.
                let whole = match argument {
                    Expression::Place(Place::Variable(variable)) => Some(*variable),
                    _ => None,
                };
                let cell = match whole.and_then(|variable| self.cell(variable).cloned()) {
                    Some(cell @ (Cell::Array(_) | Cell::Either(_))) => cell,
                    Some(Cell::Value(Value::Nothing)) if whole != Some(Variable::Global(NF)) => {
                        let id = self.new_array()?;
                        if let Some(cell) = whole.and_then(|variable| self.cell(variable)) {
                            *cell = Cell::Either(id);
                        }
                        Cell::Either(id)
                    }
                    _ => Cell::Value(self.value(process, program, argument).await?),
                };
                frame.push(cell);
            }
            frame.resize(function.parameters, Cell::Value(Value::Nothing));
            let mark = self.arrays.len();
            self.call(process, program, function, frame, mark).await
        })
    }

    fn getline<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        place: Option<&'a Place>,
        from: &'a From,
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            let record = match from {
                From::Input => self.next_record(process).await?,
                From::File(name) | From::Command(name) => {
                    let name = self.value(process, program, name).await?.text(b"%.6g");
                    let ending = Ending::of(&self.special(RS))?;
                    self.out.flush(process).await?;
                    let mode = if matches!(from, From::File(_)) {
                        Mode::Read
                    } else {
                        Mode::CommandIn
                    };
                    let Ok(records) = self.streams.reader(process, &name, mode) else {
                        return Ok(Value::Number(-1.0));
                    };
                    match records.next(process, &ending).await {
                        Ok(record) => record,
                        Err(_) => return Ok(Value::Number(-1.0)),
                    }
                }
            };
            let Some(record) = record else {
                return Ok(Value::Number(0.0));
            };
            if matches!(from, From::Command(_)) {
                self.count(NR);
            }
            match place {
                Some(place) => {
                    self.put_in(process, program, place, Value::Input(record))
                        .await?;
                }
                None => self.record.set(record),
            }
            Ok(Value::Number(1.0))
        })
    }
}
