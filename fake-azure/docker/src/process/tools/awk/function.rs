//! The functions that are built in.

use futures_util::future::BoxFuture;

use super::record::Separator;
use super::run::{Machine, Step};
use super::stream;
use super::syntax::{CONVFMT, Expression, FS, OFS, Place, Program, RLENGTH, RSTART, Variable};
use super::value::{Array, Value, formatted};
use crate::process::Process;
use crate::process::tools::date;
use crate::process::tools::format::whole;
use crate::process::tools::regex::Regex;

/// Whether a function takes so many arguments.
pub(super) fn takes(name: &str, count: usize) -> bool {
    let range = match name {
        "rand" | "systime" => 0..=0,
        "length" | "srand" | "fflush" => 0..=1,
        "strftime" => 0..=3,
        "close" => 1..=2,
        "substr" | "sub" | "gsub" | "match" => 2..=3,
        "split" => 2..=4,
        "index" | "atan2" | "lshift" | "rshift" => 2..=2,
        "and" | "or" | "xor" => 2..=usize::MAX,
        "sprintf" => 1..=usize::MAX,
        _ => 1..=1,
    };
    range.contains(&count)
}

/// Where a character begins in a text, counted from 0; its length where there are not so many.
fn offset(text: &[u8], characters: usize) -> usize {
    let mut begins = text.iter().enumerate().filter(|(_, b)| **b & 0xc0 != 0x80);
    begins.nth(characters).map_or(text.len(), |(at, _)| at)
}

fn characters(text: &[u8]) -> usize {
    text.iter().filter(|b| **b & 0xc0 != 0x80).count()
}

impl Machine {
    pub(super) fn function<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        name: &'a str,
        arguments: &'a [Expression],
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            match name {
                "length" => return self.length(process, program, arguments).await,
                "split" => return self.split(process, program, arguments).await,
                "sub" | "gsub" => {
                    return self
                        .substitute(process, program, arguments, name == "gsub")
                        .await;
                }
                "match" => return self.match_in(process, program, arguments).await,
                _ => {}
            }
            let values = self.values(process, program, arguments).await?;
            let format = self.special(CONVFMT);
            let text = |index: usize| values.get(index).map_or_else(Vec::new, |v| v.text(&format));
            let number = |index: usize| values.get(index).map_or(0.0, Value::number);
            Ok(match name {
                "substr" => Value::Text(substring(
                    &text(0),
                    number(1),
                    values.get(2).map(Value::number),
                )),
                "index" => {
                    let (whole, part) = (text(0), text(1));
                    let at = if part.is_empty() {
                        None
                    } else {
                        whole.windows(part.len()).position(|window| window == part)
                    };
                    Value::count(at.map_or(0, |at| characters(&whole[..at]) + 1))
                }
                "sprintf" => Value::Text(formatted(&text(0), values.get(1..).unwrap_or_default())),
                "sin" => Value::Number(libm::sin(number(0))),
                "cos" => Value::Number(libm::cos(number(0))),
                "atan2" => Value::Number(libm::atan2(number(0), number(1))),
                "exp" => Value::Number(libm::exp(number(0))),
                "log" => Value::Number(libm::log(number(0))),
                "sqrt" => Value::Number(number(0).sqrt()),
                "int" => Value::Number(number(0).trunc()),
                "rand" => self.random(),
                "srand" => {
                    let seed = match values.first() {
                        Some(seed) => seed.number(),
                        None => Value::Number(0.0).number() + seconds(process),
                    };
                    self.seed = seed.to_bits() ^ 0x9e37_79b9_7f4a_7c15;
                    Value::Number(std::mem::replace(&mut self.last_seed, seed))
                }
                "tolower" => cased(&text(0), str::to_lowercase),
                "toupper" => cased(&text(0), str::to_uppercase),
                "system" => {
                    self.out.flush(process).await?;
                    Value::Number(stream::system(process, &text(0)).await.into())
                }
                "close" => Value::Number(self.streams.close(&text(0)).await.into()),
                "fflush" => {
                    self.out.flush(process).await?;
                    Value::Number(0.0)
                }
                "systime" => Value::Number(seconds(process)),
                "strftime" => {
                    let time = match values.get(1) {
                        Some(time) => i64::try_from(whole(time.number())).unwrap_or(0),
                        None => process.now().as_second(),
                    };
                    let time = jiff::Timestamp::from_second(time).unwrap_or_default();
                    let shape = if values.is_empty() {
                        "%a %b %e %H:%M:%S %Z %Y".to_owned()
                    } else {
                        String::from_utf8_lossy(&text(0)).into_owned()
                    };
                    let mut shape = shape;
                    shape.truncate(shape.floor_char_boundary(1024));
                    Value::Text(date::show(time, &date::zone(process), &shape).into_bytes())
                }
                bits => bitwise(bits, &values),
            })
        })
    }

    #[expect(clippy::cast_precision_loss, reason = "of 53 bits none is lost")]
    fn random(&mut self) -> Value {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        Value::Number((self.seed >> 11) as f64 / (1_u64 << 53) as f64)
    }

    fn length<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        arguments: &'a [Expression],
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            let text = match arguments.first() {
                None => {
                    let joint = self.special(OFS);
                    self.record.whole(&joint).to_vec()
                }
                Some(Expression::Place(Place::Variable(variable))) if self.is_array(*variable) => {
                    let array = self.array(*variable)?;
                    return Ok(Value::count(self.arrays[array].len()));
                }
                Some(argument) => {
                    let value = self.value(process, program, argument).await?;
                    value.text(&self.special(CONVFMT))
                }
            };
            Ok(Value::count(characters(&text)))
        })
    }

    fn is_array(&self, variable: Variable) -> bool {
        let cell = match variable {
            Variable::Global(index) => self.globals.get(index),
            Variable::Local(index) => self.frames.last().and_then(|frame| frame.get(index)),
        };
        matches!(cell, Some(super::run::Cell::Array(_)))
    }

    fn split<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        arguments: &'a [Expression],
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            let text = self.value(process, program, &arguments[0]).await?;
            let text = text.text(&self.special(CONVFMT));
            let Expression::Place(Place::Variable(variable)) = &arguments[1] else {
                return Err("split: the second argument is no array".to_owned().into());
            };
            let separator = match arguments.get(2) {
                None => Separator::of(&self.special(FS))?,
                Some(Expression::Regex(regex)) => Separator::Pattern(regex.clone()),
                Some(other) => {
                    let value = self.value(process, program, other).await?;
                    Separator::of(&value.text(&self.special(CONVFMT)))?
                }
            };
            let parts = separator.divide(&text)?;
            let array = self.array(*variable)?;
            let mut filled = Array::default();
            for (index, part) in parts.iter().enumerate() {
                filled.set(
                    (index + 1).to_string().as_bytes(),
                    Value::Input(part.clone()),
                );
            }
            self.arrays[array] = filled;
            Ok(Value::count(parts.len()))
        })
    }

    fn substitute<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        arguments: &'a [Expression],
        all: bool,
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            let regex = self.regex(process, program, &arguments[0]).await?;
            let replacement = self.value(process, program, &arguments[1]).await?;
            let replacement = replacement.text(&self.special(CONVFMT));
            let whole = Place::Field(Box::new(Expression::Number(0.0)));
            let place = match arguments.get(2) {
                None => &whole,
                Some(Expression::Place(place)) => place,
                Some(_) => return Err("sub: the third argument is no place".to_owned().into()),
            };
            let text = self.get(process, program, place).await?;
            let text = text.text(&self.special(CONVFMT));
            let (changed, count) = replaced(&regex, &text, &replacement, all)?;
            if count > 0 {
                self.put_in(process, program, place, Value::Text(changed))
                    .await?;
            }
            Ok(Value::count(count))
        })
    }

    fn match_in<'a>(
        &'a mut self,
        process: &'a mut Process,
        program: &'a Program,
        arguments: &'a [Expression],
    ) -> BoxFuture<'a, Step<Value>> {
        Box::pin(async move {
            let text = self.value(process, program, &arguments[0]).await?;
            let text = text.text(&self.special(CONVFMT));
            let regex = self.regex(process, program, &arguments[1]).await?;
            let captures = regex
                .captures(&text, 0)
                .map_err(|error| error.to_string())?;
            let found = captures.as_ref().and_then(|captures| captures[0].clone());
            let (start, length) = match &found {
                Some(found) => {
                    let before = characters(&text[..found.start]);
                    let length = characters(&text[found.clone()]);
                    (Value::count(before + 1), Value::count(length))
                }
                None => (Value::Number(0.0), Value::Number(-1.0)),
            };
            self.set_global(RSTART, start.clone())?;
            self.set_global(RLENGTH, length)?;
            if let Some(Expression::Place(Place::Variable(variable))) = arguments.get(2) {
                let array = self.array(*variable)?;
                let mut filled = Array::default();
                for (index, range) in captures.into_iter().flatten().enumerate() {
                    if let Some(range) = range {
                        let part = Value::Input(text[range].to_vec());
                        filled.set(index.to_string().as_bytes(), part);
                    }
                }
                self.arrays[array] = filled;
            }
            Ok(start)
        })
    }
}

#[expect(clippy::cast_precision_loss, reason = "seconds are far below 2^53")]
fn seconds(process: &Process) -> f64 {
    process.now().as_second() as f64
}

fn cased(text: &[u8], change: fn(&str) -> String) -> Value {
    Value::Text(change(&String::from_utf8_lossy(text)).into_bytes())
}

/// The part of a text from a character on, counted from 1; places before it count, too.
fn substring(text: &[u8], start: f64, length: Option<f64>) -> Vec<u8> {
    if start.is_nan() || length.is_some_and(f64::is_nan) {
        return Vec::new();
    }
    let first = round(start);
    let last = match length {
        Some(length) => round(start + length).min(first.saturating_add(round(length).max(0))),
        None => i64::MAX,
    };
    let index = |place: i64| usize::try_from(place.saturating_sub(1)).unwrap_or(0);
    let (from, to) = (offset(text, index(first)), offset(text, index(last)));
    text[from..to.max(from)].to_vec()
}

fn round(number: f64) -> i64 {
    i64::try_from(whole(number.round_ties_even())).unwrap_or(i64::MAX)
}

fn replaced(
    regex: &Regex,
    text: &[u8],
    replacement: &[u8],
    all: bool,
) -> Result<(Vec<u8>, usize), String> {
    let mut changed = Vec::with_capacity(text.len());
    let (mut copied, mut from, mut count) = (0, 0, 0);
    while from <= text.len() {
        let found = regex.find(text, from).map_err(|error| error.to_string())?;
        let Some(found) = found else {
            break;
        };
        let again = found.is_empty() && count > 0 && found.start == copied;
        if !again {
            changed.extend(&text[copied..found.start]);
            put(&mut changed, replacement, &text[found.clone()]);
            copied = found.end;
            count += 1;
        }
        if !all {
            break;
        }
        from = if found.is_empty() {
            found.end + 1
        } else {
            found.end
        };
    }
    changed.extend(&text[copied..]);
    Ok((changed, count))
}

/// Puts in a replacement, in which `&` is what was found.
fn put(changed: &mut Vec<u8>, replacement: &[u8], found: &[u8]) {
    let mut bytes = replacement.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'&' => changed.extend(found),
            b'\\' => match bytes.next_if(|next| matches!(next, b'&' | b'\\')) {
                Some(escaped) => changed.push(escaped),
                None => changed.push(b'\\'),
            },
            byte => changed.push(byte),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a double holds what it can, as in C"
)]
fn bitwise(name: &str, values: &[Value]) -> Value {
    let bits = |value: &Value| u64::try_from(whole(value.number())).unwrap_or(0);
    let mut all = values.iter().map(bits);
    let first = all.next().unwrap_or(0);
    let shift = |values: &[Value]| {
        values
            .get(1)
            .map_or(0, |v| u32::try_from(bits(v)).unwrap_or(64))
    };
    let result = match name {
        "and" => all.fold(first, |a, b| a & b),
        "or" => all.fold(first, |a, b| a | b),
        "xor" => all.fold(first, |a, b| a ^ b),
        "lshift" => first.checked_shl(shift(values)).unwrap_or(0),
        "rshift" => first.checked_shr(shift(values)).unwrap_or(0),
        _ => !first & ((1 << 53) - 1),
    };
    Value::Number(result as f64)
}
