//! `dc`: the same arithmetic, with the operator behind its operands.

use std::collections::BTreeMap;

use super::decimal::Decimal;
use super::run::in_lines;
use crate::process::Process;
use crate::process::tools::input;
use crate::process::tools::options::Options;
use crate::process::tools::output::Output;
use crate::process::tools::stop::{Outcome, Stop};

/// How many values stand on the stack at most, and how deep macros run in each other.
const DEEPEST: usize = 100_000;
/// How many characters a line of a number has.
const LINE: usize = 70;
/// The largest exponent.
const LARGEST_EXPONENT: u64 = 1_000_000;
/// The most digits behind the point.
const MOST_DIGITS: u64 = 10_000;

#[derive(Clone)]
enum Value {
    Number(Decimal),
    Text(Vec<u8>),
}

/// A text that is being carried out, and how far.
struct Frame {
    text: Vec<u8>,
    at: usize,
}

struct Machine {
    stack: Vec<Value>,
    registers: BTreeMap<u8, Vec<Value>>,
    scale: usize,
    input: u64,
    output: u64,
    frames: Vec<Frame>,
}

pub(super) async fn dc(process: &mut Process) -> Outcome {
    let options = Options::new("xe:f:", &[("expression", 'e'), ("file", 'f')]);
    let given = options.read(&process.args)?;
    let mut out = Output::default();
    let mut machine = Machine {
        stack: Vec::new(),
        registers: BTreeMap::new(),
        scale: 0,
        input: 10,
        output: 10,
        frames: Vec::new(),
    };
    let mut names: Vec<String> = Vec::new();
    for (letter, value) in given.all() {
        match (letter, value) {
            ('e', Some(text)) => machine.enter(text.as_bytes().to_vec())?,
            ('f', Some(name)) => names.push(name.to_owned()),
            _ => {}
        }
    }
    // What was entered last runs first, so what stands first on the line is put on top.
    machine.frames.reverse();
    let is_told = given.has('e') || given.has('f');
    let ended = machine.run(process, &mut out).await;
    names.extend(given.operands.iter().cloned());
    if names.is_empty() && !is_told {
        names.push("-".to_owned());
    }
    let mut ended = ended;
    for name in names {
        if !matches!(ended, Ok(false)) {
            break;
        }
        let text = input::whole_file(process, &name).await;
        let text = text.map_err(|errno| Stop::cannot_open(&name, errno))?;
        machine.enter(text)?;
        ended = machine.run(process, &mut out).await;
    }
    out.flush(process).await?;
    ended.map(|_| 0)
}

fn empty() -> Stop {
    Stop::told("stack has too few elements")
}

fn wrong_type() -> Stop {
    Stop::told("variable is wrong type")
}

impl Machine {
    fn enter(&mut self, text: Vec<u8>) -> Result<(), Stop> {
        // A macro that ends in another is done with.
        let is_over = |frame: &Frame| frame.at >= frame.text.len();
        if self.frames.last().is_some_and(is_over) {
            self.frames.pop();
        }
        if self.frames.len() >= DEEPEST {
            return Err(Stop::told("macros are too deep in each other"));
        }
        self.frames.push(Frame { text, at: 0 });
        Ok(())
    }

    fn push(&mut self, value: Value) -> Result<(), Stop> {
        if self.stack.len() >= DEEPEST {
            return Err(Stop::told("out of memory"));
        }
        self.stack.push(value);
        Ok(())
    }

    fn pop(&mut self) -> Result<Value, Stop> {
        self.stack.pop().ok_or_else(empty)
    }

    fn top(&self) -> Result<&Value, Stop> {
        self.stack.last().ok_or_else(empty)
    }

    /// Two numbers, of which the second was on top.
    fn pair(&mut self) -> Result<(Decimal, Decimal), Stop> {
        if self.stack.len() < 2 {
            return Err(empty());
        }
        let (right, left) = (self.pop()?, self.pop()?);
        match (left, right) {
            (Value::Number(left), Value::Number(right)) => Ok((left, right)),
            _ => Err(wrong_type()),
        }
    }

    fn number(&mut self) -> Result<Decimal, Stop> {
        match self.pop()? {
            Value::Number(number) => Ok(number),
            Value::Text(_) => Err(wrong_type()),
        }
    }

    fn next(&mut self) -> Option<u8> {
        let frame = self.frames.last_mut()?;
        let byte = frame.text.get(frame.at).copied();
        frame.at += 1;
        byte
    }

    fn peek(&self) -> Option<u8> {
        let frame = self.frames.last()?;
        frame.text.get(frame.at).copied()
    }

    fn register(&mut self) -> Result<u8, Stop> {
        self.next().ok_or_else(|| Stop::told("end of file"))
    }

    /// Carries out what was entered; whether it was told to end.
    async fn run(&mut self, process: &mut Process, out: &mut Output) -> Result<bool, Stop> {
        while !self.frames.is_empty() {
            let Some(command) = self.next() else {
                self.frames.pop();
                continue;
            };
            process.step().await;
            match command {
                b'q' => {
                    let left = self.frames.len().saturating_sub(2);
                    let ends = self.frames.len() <= 2;
                    self.frames.truncate(left);
                    if ends {
                        return Ok(true);
                    }
                }
                b'Q' => {
                    let levels = self.number()?.to_u64().unwrap_or(u64::MAX);
                    let levels = usize::try_from(levels).unwrap_or(usize::MAX);
                    let left = self.frames.len().saturating_sub(levels);
                    self.frames.truncate(left);
                    if left == 0 {
                        return Ok(true);
                    }
                }
                command => {
                    let written = self.carry_out(command)?;
                    out.put(process, written).await?;
                }
            }
        }
        Ok(false)
    }

    /// Carries one command out; what it prints.
    fn carry_out(&mut self, command: u8) -> Result<Vec<u8>, Stop> {
        match command {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'#' => {
                while self.peek().is_some_and(|byte| byte != b'\n') {
                    self.next();
                }
            }
            b'0'..=b'9' | b'.' | b'_' | b'A'..=b'F' => self.read_number(command)?,
            b'[' => self.read_text()?,
            b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'~' => self.calculate(command)?,
            b'|' => {
                let (exponent, modulus) = self.pair()?;
                let base = self.number()?;
                self.push(Value::Number(power_within(&base, &exponent, &modulus)?))?;
            }
            b'v' => {
                let number = self.number()?;
                let root = number.root(self.scale.max(number.scale()));
                let root = root.ok_or_else(|| Stop::told("negative number"))?;
                self.push(Value::Number(root))?;
            }
            b'<' | b'>' | b'=' => self.compare(command, false)?,
            b'!' => match self.next() {
                Some(command @ (b'<' | b'>' | b'=')) => self.compare(command, true)?,
                _ => return Err(Stop::told("bad character '!'")),
            },
            b'p' => {
                let mut shown = self.show(self.top()?);
                shown.push(b'\n');
                return Ok(shown);
            }
            b'n' => {
                let value = self.pop()?;
                let mut shown = self.show(&value);
                // busybox ends the line here, too.
                shown.push(b'\n');
                return Ok(shown);
            }
            b'P' => {
                return Ok(match self.pop()? {
                    Value::Text(text) => text,
                    Value::Number(number) => bytes_of(&number),
                });
            }
            b'f' => {
                let mut all = Vec::new();
                for value in self.stack.iter().rev() {
                    all.extend(self.show(value));
                    all.push(b'\n');
                }
                return Ok(all);
            }
            other => self.rearrange(other)?,
        }
        Ok(Vec::new())
    }

    /// What moves values, and what is said of the machine.
    fn rearrange(&mut self, command: u8) -> Result<(), Stop> {
        let count = |number: usize| Value::Number(Decimal::of(number as u64));
        match command {
            b'c' => self.stack.clear(),
            b'd' => {
                let top = self.top()?.clone();
                self.push(top)?;
            }
            b'r' => {
                let (top, below) = (self.pop()?, self.pop()?);
                self.push(top)?;
                self.push(below)?;
            }
            b'R' => drop(self.pop()?),
            b'z' => self.push(count(self.stack.len()))?,
            b'Z' => {
                let length = match self.pop()? {
                    Value::Number(number) => number.length(),
                    Value::Text(text) => text.len(),
                };
                self.push(count(length))?;
            }
            b'X' => {
                let scale = match self.pop()? {
                    Value::Number(number) => number.scale(),
                    Value::Text(_) => 0,
                };
                self.push(count(scale))?;
            }
            b'a' => {
                let text = match self.pop()? {
                    Value::Number(number) => bytes_of(&number).pop().into_iter().collect(),
                    Value::Text(text) => text.first().copied().into_iter().collect(),
                };
                self.push(Value::Text(text))?;
            }
            b'k' => {
                let scale = self.setting("scale", 0, MOST_DIGITS)?;
                self.scale = usize::try_from(scale).unwrap_or_default();
            }
            b'i' => self.input = self.setting("ibase", 2, 16)?,
            b'o' => self.output = self.setting("obase", 2, 1_000_000)?,
            b'K' => self.push(count(self.scale))?,
            b'I' => self.push(Value::Number(Decimal::of(self.input)))?,
            b'O' => self.push(Value::Number(Decimal::of(self.output)))?,
            b's' => {
                let (name, value) = (self.register()?, self.pop()?);
                let register = self.registers.entry(name).or_default();
                register.pop();
                register.push(value);
            }
            b'S' => {
                let (name, value) = (self.register()?, self.pop()?);
                let register = self.registers.entry(name).or_default();
                if register.len() >= DEEPEST {
                    return Err(Stop::told("out of memory"));
                }
                register.push(value);
            }
            b'l' => {
                let name = self.register()?;
                let value = self.registers.get(&name).and_then(|values| values.last());
                let value = value.cloned().unwrap_or_else(|| count(0));
                self.push(value)?;
            }
            b'L' => {
                let name = self.register()?;
                let value = self.registers.get_mut(&name).and_then(Vec::pop);
                self.push(value.ok_or_else(empty)?)?;
            }
            b'x' => match self.pop()? {
                Value::Text(text) => self.enter(text)?,
                number @ Value::Number(_) => self.push(number)?,
            },
            other => {
                let shown = char::from(other);
                return Err(Stop::told(format!("bad character '{shown}'")));
            }
        }
        Ok(())
    }

    fn setting(&mut self, name: &str, least: u64, most: u64) -> Result<u64, Stop> {
        let value = self.number()?;
        let value = value.to_u64().filter(|_| !value.is_negative());
        let value = value.filter(|value| (least..=most).contains(value));
        value.ok_or_else(|| Stop::told(format!("bad {name}; must be [{least}, {most}]")))
    }

    fn read_number(&mut self, first: u8) -> Result<(), Stop> {
        let negative = first == b'_';
        let mut digits = String::new();
        if !negative {
            digits.push(char::from(first));
        }
        while let Some(byte @ (b'0'..=b'9' | b'.' | b'A'..=b'F')) = self.peek() {
            if byte == b'.' && digits.contains('.') {
                break;
            }
            digits.push(char::from(byte));
            self.next();
        }
        let number = Decimal::read(&digits, self.input);
        self.push(Value::Number(if negative {
            number.negated()
        } else {
            number
        }))
    }

    fn read_text(&mut self) -> Result<(), Stop> {
        let (mut text, mut depth) = (Vec::new(), 0_usize);
        loop {
            let byte = self.next();
            match byte.ok_or_else(|| Stop::told("unterminated string"))? {
                b']' if depth == 0 => return self.push(Value::Text(text)),
                byte => {
                    match byte {
                        b'[' => depth += 1,
                        b']' => depth -= 1,
                        _ => {}
                    }
                    text.push(byte);
                }
            }
        }
    }

    fn calculate(&mut self, operator: u8) -> Result<(), Stop> {
        let (left, right) = self.pair()?;
        let by_zero = || Stop::told("divide by zero");
        let scale = self.scale;
        let result = match operator {
            b'+' => left.plus(&right),
            b'-' => left.plus(&right.negated()),
            b'*' => left.times(&right, scale),
            b'/' => left.over(&right, scale).ok_or_else(by_zero)?,
            b'%' => left.remainder(&right, scale).ok_or_else(by_zero)?,
            b'~' => {
                let quotient = left.over(&right, scale).ok_or_else(by_zero)?;
                self.push(Value::Number(quotient))?;
                left.remainder(&right, scale).ok_or_else(by_zero)?
            }
            _ => {
                let exponent = whole(&right)?;
                if exponent > LARGEST_EXPONENT {
                    return Err(Stop::told("exponent too large"));
                }
                let raised = left.power(exponent, right.is_negative(), scale);
                raised.ok_or_else(by_zero)?
            }
        };
        self.push(Value::Number(result))
    }

    /// Runs a register where the number on top is so to the one below it.
    fn compare(&mut self, how: u8, is_not: bool) -> Result<(), Stop> {
        let name = self.register()?;
        let (below, top) = self.pair()?;
        let order = top.compare(&below);
        let holds = match how {
            b'<' => order.is_lt(),
            b'>' => order.is_gt(),
            _ => order.is_eq(),
        };
        if holds == is_not {
            return Ok(());
        }
        match self.registers.get(&name).and_then(|values| values.last()) {
            Some(Value::Text(text)) => self.enter(text.clone()),
            _ => Err(wrong_type()),
        }
    }

    fn show(&self, value: &Value) -> Vec<u8> {
        match value {
            Value::Number(number) => in_lines(&number.show(self.output), LINE).into_bytes(),
            Value::Text(text) => text.clone(),
        }
    }
}

/// The size of a whole number.
fn whole(number: &Decimal) -> Result<u64, Stop> {
    let fits = number.compare(&number.with_scale(0)).is_eq();
    if !fits {
        return Err(Stop::told("not an integer"));
    }
    let size = if number.is_negative() {
        number.negated()
    } else {
        number.clone()
    };
    size.to_u64()
        .ok_or_else(|| Stop::told("exponent too large"))
}

/// A power, of which only what is left of a division counts.
fn power_within(base: &Decimal, exponent: &Decimal, modulus: &Decimal) -> Result<Decimal, Stop> {
    let by_zero = || Stop::told("divide by zero");
    if exponent.is_negative() {
        return Err(Stop::told("negative number"));
    }
    let mut left = whole(exponent)?;
    let mut result = Decimal::of(1).remainder(modulus, 0).ok_or_else(by_zero)?;
    let mut square = base.remainder(modulus, 0).ok_or_else(by_zero)?;
    while left > 0 {
        if left % 2 == 1 {
            let product = result.times(&square, 0);
            result = product.remainder(modulus, 0).ok_or_else(by_zero)?;
        }
        square = square.times(&square, 0);
        square = square.remainder(modulus, 0).ok_or_else(by_zero)?;
        left /= 2;
    }
    Ok(result)
}

/// A number as the bytes that it counts.
fn bytes_of(number: &Decimal) -> Vec<u8> {
    let mut left = number.with_scale(0);
    if left.is_negative() {
        left = left.negated();
    }
    let mut bytes = Vec::new();
    let base = Decimal::of(256);
    while !left.is_zero() {
        let byte = left.remainder(&base, 0).and_then(|rest| rest.to_u64());
        bytes.push(u8::try_from(byte.unwrap_or_default()).unwrap_or_default());
        let Some(rest) = left.over(&base, 0) else {
            break;
        };
        left = rest;
    }
    bytes.reverse();
    bytes
}
