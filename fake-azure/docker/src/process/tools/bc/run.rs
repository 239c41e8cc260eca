//! What a script of `bc` comes to.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::decimal::Decimal;
use super::parse::{self, Expression, Function, Place, Printed, Statement};

/// How many characters a line of a number has.
const LINE: usize = 69;
/// How much work a line of a script may be: it is done without a pause.
const MOST_WORK: usize = 2_000_000;
/// How large a power or a scale may be.
const LARGEST: u64 = 100_000;
/// How deep functions may call each other.
const DEEPEST: usize = 200;

/// A calculator with its variables.
pub(super) struct Calculator {
    pub(super) scale: usize,
    input_base: u64,
    output_base: u64,
    last: Decimal,
    variables: BTreeMap<String, Decimal>,
    elements: BTreeMap<(String, u64), Decimal>,
    functions: BTreeMap<String, Arc<Function>>,
    work: usize,
    depth: usize,
    /// What was written and not taken yet.
    pub(super) written: String,
}

impl Default for Calculator {
    fn default() -> Self {
        Self {
            scale: 0,
            input_base: 10,
            output_base: 10,
            last: Decimal::default(),
            variables: BTreeMap::new(),
            elements: BTreeMap::new(),
            functions: BTreeMap::new(),
            work: 0,
            depth: 0,
            written: String::new(),
        }
    }
}

/// Why it does not go on.
pub(super) enum Halt {
    Quit,
    Wrong(String),
}

/// What follows a statement.
enum Next {
    Statement,
    Break,
    Continue,
    Return(Decimal),
}

fn wrong<T>(words: &str) -> Result<T, Halt> {
    Err(Halt::Wrong(words.to_owned()))
}

impl Calculator {
    /// Carries out a text; why it ended early, if it did.
    pub(super) fn take(&mut self, text: &str) -> Option<Halt> {
        self.work = 0;
        self.depth = 0;
        let statements = match parse::statements(text) {
            Ok(statements) => statements,
            Err(bad) => return Some(Halt::Wrong(bad.0)),
        };
        self.run_all(&statements).err()
    }

    fn spend(&mut self, work: usize) -> Result<(), Halt> {
        self.work += work + 1;
        if self.work > MOST_WORK {
            return wrong("this takes longer than a simulated calculator has");
        }
        Ok(())
    }

    fn run_all(&mut self, statements: &[Statement]) -> Result<Next, Halt> {
        for statement in statements {
            match self.run(statement)? {
                Next::Statement => {}
                other => return Ok(other),
            }
        }
        Ok(Next::Statement)
    }

    fn run(&mut self, statement: &Statement) -> Result<Next, Halt> {
        self.spend(0)?;
        match statement {
            Statement::Expression(expression) => {
                let value = self.value(expression)?;
                if !matches!(expression, Expression::Assign(..)) {
                    self.show(&value);
                    self.written.push('\n');
                    self.last = value;
                }
            }
            Statement::Text(text) => self.written += text,
            Statement::Print(parts) => {
                for part in parts {
                    match part {
                        Printed::Text(text) => self.written += &unescaped(text),
                        Printed::Expression(expression) => {
                            let value = self.value(expression)?;
                            self.show(&value);
                            self.last = value;
                        }
                    }
                }
            }
            Statement::If(condition, then, otherwise) => {
                if !self.value(condition)?.is_zero() {
                    return self.run(then);
                }
                if let Some(otherwise) = otherwise {
                    return self.run(otherwise);
                }
            }
            Statement::While(condition, body) => {
                while !self.value(condition)?.is_zero() {
                    match self.run(body)? {
                        Next::Break => break,
                        Next::Return(value) => return Ok(Next::Return(value)),
                        Next::Statement | Next::Continue => {}
                    }
                }
            }
            Statement::For([first, condition, each], body) => {
                if let Some(first) = first {
                    self.value(first)?;
                }
                while match condition {
                    Some(condition) => !self.value(condition)?.is_zero(),
                    None => true,
                } {
                    match self.run(body)? {
                        Next::Break => break,
                        Next::Return(value) => return Ok(Next::Return(value)),
                        Next::Statement | Next::Continue => {}
                    }
                    if let Some(each) = each {
                        self.value(each)?;
                    }
                    self.spend(0)?;
                }
            }
            Statement::Block(statements) => return self.run_all(statements),
            Statement::Return(value) => {
                let value = match value {
                    Some(value) => self.value(value)?,
                    None => Decimal::default(),
                };
                return Ok(Next::Return(value));
            }
            Statement::Break => return Ok(Next::Break),
            Statement::Continue => return Ok(Next::Continue),
            Statement::Quit => return Err(Halt::Quit),
            Statement::Define(name, function) => {
                self.functions.insert(name.clone(), function.clone());
            }
        }
        Ok(Next::Statement)
    }

    /// Writes a number, in lines that are not too long.
    fn show(&mut self, value: &Decimal) {
        self.written += &in_lines(&value.show(self.output_base), LINE);
    }

    fn value(&mut self, expression: &Expression) -> Result<Decimal, Halt> {
        self.spend(0)?;
        match expression {
            Expression::Number(text) => Ok(Decimal::read(text, self.input_base)),
            Expression::Place(place) => self.get(place),
            Expression::Not(inner) => {
                let is_zero = self.value(inner)?.is_zero();
                Ok(Decimal::of(u64::from(is_zero)))
            }
            Expression::Negated(inner) => Ok(self.value(inner)?.negated()),
            Expression::Binary(operator, left, right) => {
                let left = self.value(left)?;
                let right = self.value(right)?;
                self.apply(operator, &left, &right)
            }
            Expression::Assign(operator, place, right) => {
                let right = self.value(right)?;
                let value = match operator {
                    None => right,
                    Some(operator) => {
                        let left = self.get(place)?;
                        self.apply(operator, &left, &right)?
                    }
                };
                self.set(place, value.clone())?;
                Ok(value)
            }
            Expression::Step { up, before, place } => {
                let old = self.get(place)?;
                let one = Decimal::of(1);
                let one = if *up { one } else { one.negated() };
                let new = old.plus(&one);
                self.set(place, new.clone())?;
                Ok(if *before { new } else { old })
            }
            Expression::Call(name, arguments) => self.call(name, arguments),
        }
    }

    fn apply(&mut self, operator: &str, left: &Decimal, right: &Decimal) -> Result<Decimal, Halt> {
        let truth = |holds: bool| Ok(Decimal::of(u64::from(holds)));
        let order = || left.compare(right);
        let by_zero = || Halt::Wrong("divide by zero".to_owned());
        self.spend(left.size().saturating_mul(right.size()))?;
        match operator {
            "+" => Ok(left.plus(right)),
            "-" => Ok(left.plus(&right.negated())),
            "*" => Ok(left.times(right, self.scale)),
            "/" => left.over(right, self.scale).ok_or_else(by_zero),
            "%" => left.remainder(right, self.scale).ok_or_else(by_zero),
            "^" => {
                let exponent = if right.is_negative() {
                    right.negated()
                } else {
                    right.clone()
                };
                let exponent = exponent.to_u64().filter(|exponent| *exponent <= LARGEST);
                let Some(exponent) = exponent else {
                    return wrong("number too large");
                };
                let limbs = usize::try_from(exponent).unwrap_or(usize::MAX);
                let limbs = limbs.saturating_mul(left.size());
                self.spend(limbs.saturating_mul(limbs) / 4)?;
                let power = left.power(exponent, right.is_negative(), self.scale);
                power.ok_or_else(by_zero)
            }
            "==" => truth(order().is_eq()),
            "!=" => truth(order().is_ne()),
            "<" => truth(order().is_lt()),
            "<=" => truth(order().is_le()),
            ">" => truth(order().is_gt()),
            ">=" => truth(order().is_ge()),
            "&&" => truth(!left.is_zero() && !right.is_zero()),
            _ => truth(!left.is_zero() || !right.is_zero()),
        }
    }

    fn get(&mut self, place: &Place) -> Result<Decimal, Halt> {
        Ok(match place {
            Place::Variable(name) => match name.as_str() {
                "scale" => Decimal::of(self.scale as u64),
                "ibase" => Decimal::of(self.input_base),
                "obase" => Decimal::of(self.output_base),
                "last" => self.last.clone(),
                name => self.variables.get(name).cloned().unwrap_or_default(),
            },
            Place::Element(name, index) => {
                let index = self.index(index)?;
                let element = self.elements.get(&(name.clone(), index));
                element.cloned().unwrap_or_default()
            }
        })
    }

    fn index(&mut self, index: &Expression) -> Result<u64, Halt> {
        match self.value(index)?.to_u64() {
            Some(index) => Ok(index),
            None => wrong("out of bounds"),
        }
    }

    fn set(&mut self, place: &Place, value: Decimal) -> Result<(), Halt> {
        match place {
            Place::Variable(name) => match name.as_str() {
                "scale" => match value.to_u64().filter(|scale| *scale <= LARGEST / 10) {
                    Some(scale) => self.scale = usize::try_from(scale).unwrap_or_default(),
                    None => return wrong("bad scale; must be [0, 10000]"),
                },
                "ibase" => match value.to_u64().filter(|base| (2..=16).contains(base)) {
                    Some(base) => self.input_base = base,
                    None => return wrong("bad ibase; must be [2, 16]"),
                },
                "obase" => match value.to_u64().filter(|base| (2..=16).contains(base)) {
                    Some(base) => self.output_base = base,
                    None => return wrong("bad obase; must be [2, 16]"),
                },
                "last" => self.last = value,
                _ => {
                    self.variables.insert(name.clone(), value);
                }
            },
            Place::Element(name, index) => {
                let index = self.index(index)?;
                self.elements.insert((name.clone(), index), value);
            }
        }
        Ok(())
    }

    fn call(&mut self, name: &str, arguments: &[Expression]) -> Result<Decimal, Halt> {
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push(self.value(argument)?);
        }
        if let Some(function) = self.functions.get(name).cloned() {
            return self.call_own(&function, values);
        }
        let [value] = &values[..] else {
            return wrong("undefined function");
        };
        match name {
            "" => Ok(value.clone()),
            "length" => Ok(Decimal::of(value.length() as u64)),
            "scale" => Ok(Decimal::of(value.scale() as u64)),
            "sqrt" => {
                self.spend(value.size() * value.size() + self.scale)?;
                match value.root(self.scale) {
                    Some(root) => Ok(root),
                    None => wrong("negative number"),
                }
            }
            "s" | "c" | "a" | "l" | "e" => {
                self.spend(self.scale * self.scale / 4)?;
                Ok(self.of_library(name, value))
            }
            _ => wrong("undefined function"),
        }
    }

    fn call_own(&mut self, function: &Function, values: Vec<Decimal>) -> Result<Decimal, Halt> {
        if values.len() != function.parameters.len() {
            return wrong("mismatched parameters");
        }
        if self.depth == DEEPEST {
            return wrong("too many calls in each other");
        }
        self.depth += 1;
        let given = function.parameters.iter().cloned().zip(values);
        let own = function.own.iter().cloned();
        let own = own.map(|name| (name, Decimal::default()));
        let locals: Vec<(String, Decimal)> = given.chain(own).collect();
        let mut before = Vec::with_capacity(locals.len());
        for (name, value) in locals {
            let hidden = self.variables.insert(name.clone(), value);
            before.push((name, hidden));
        }
        let outcome = self.run_all(&function.body);
        for (name, hidden) in before.into_iter().rev() {
            match hidden {
                Some(value) => self.variables.insert(name, value),
                None => self.variables.remove(&name),
            };
        }
        self.depth -= 1;
        match outcome? {
            Next::Return(value) => Ok(value),
            _ => Ok(Decimal::default()),
        }
    }

    /// Sine, cosine, arc tangent, logarithm and the exponential function, by their series.
    fn of_library(&self, name: &str, of: &Decimal) -> Decimal {
        let scale = self.scale;
        let exact = Exact {
            scale: scale + 8 + of.length(),
        };
        let value = match name {
            "e" => exact.exponential(of),
            "l" if of.is_negative() || of.is_zero() => {
                let all_nines = Decimal::of(1).plus(
                    &Decimal::of(10)
                        .power(scale as u64, false, 0)
                        .unwrap_or_default()
                        .negated(),
                );
                return all_nines.with_scale(scale);
            }
            "l" => exact.logarithm(of),
            "a" => exact.arc_tangent(of),
            "s" => exact.sine(of),
            _ => {
                let quarter = exact
                    .arc_tangent(&Decimal::of(1))
                    .plus(&exact.arc_tangent(&Decimal::of(1)));
                exact.sine(&of.plus(&quarter))
            }
        };
        value.with_scale(scale)
    }
}

/// Arithmetic with some digits more than are asked for.
struct Exact {
    scale: usize,
}

impl Exact {
    fn times(&self, a: &Decimal, b: &Decimal) -> Decimal {
        a.times(b, self.scale).with_scale(self.scale)
    }

    fn over(&self, a: &Decimal, b: &Decimal) -> Decimal {
        a.over(b, self.scale).unwrap_or_default()
    }

    fn exponential(&self, of: &Decimal) -> Decimal {
        if of.is_negative() {
            return self.over(&Decimal::of(1), &self.exponential(&of.negated()));
        }
        // Halved until it is small, the power is squared as often.
        let (mut small, mut halved) = (of.with_scale(self.scale), 0_u32);
        while small.compare(&Decimal::of(1)).is_gt() && halved < 64 {
            small = self.over(&small, &Decimal::of(2));
            halved += 1;
        }
        let (mut sum, mut term, mut count) = (Decimal::of(1), Decimal::of(1), 1);
        while !term.is_zero() {
            term = self.over(&self.times(&term, &small), &Decimal::of(count));
            sum = sum.plus(&term);
            count += 1;
        }
        for _ in 0..halved {
            sum = self.times(&sum, &sum);
        }
        sum
    }

    fn logarithm(&self, of: &Decimal) -> Decimal {
        // The root is taken until it is near 1; the logarithm is doubled as often.
        let (mut near, mut doubled) = (of.with_scale(self.scale), 1_u64);
        let two = Decimal::of(2);
        let half = self.over(&Decimal::of(1), &two);
        while (near.compare(&two).is_gt() || near.compare(&half).is_lt()) && doubled < 1 << 40 {
            near = near.root(self.scale).unwrap_or_default();
            doubled *= 2;
        }
        let one = Decimal::of(1);
        let ratio = self.over(&near.plus(&one.negated()), &near.plus(&one));
        let square = self.times(&ratio, &ratio);
        let (mut sum, mut power, mut count) = (ratio.clone(), ratio, 1);
        loop {
            power = self.times(&power, &square);
            count += 2;
            let term = self.over(&power, &Decimal::of(count));
            if term.is_zero() {
                return self.times(&sum, &Decimal::of(2 * doubled));
            }
            sum = sum.plus(&term);
        }
    }

    fn arc_tangent(&self, of: &Decimal) -> Decimal {
        if of.is_negative() {
            return self.arc_tangent(&of.negated()).negated();
        }
        // Halved angles are small ones: tan(a/2) is x / (1 + sqrt(1 + x²)).
        let (mut small, mut doubled) = (of.with_scale(self.scale), 1_u64);
        let one = Decimal::of(1);
        let limit = self.over(&one, &Decimal::of(5));
        while small.compare(&limit).is_gt() && doubled < 1 << 20 {
            let square = self.times(&small, &small).plus(&one);
            let root = square.root(self.scale).unwrap_or_default();
            small = self.over(&small, &root.plus(&one));
            doubled *= 2;
        }
        let square = self.times(&small, &small);
        let (mut sum, mut power, mut count, mut minus) = (small.clone(), small, 1, true);
        loop {
            power = self.times(&power, &square);
            count += 2;
            let term = self.over(&power, &Decimal::of(count));
            if term.is_zero() {
                return self.times(&sum, &Decimal::of(doubled));
            }
            sum = sum.plus(&if minus { term.negated() } else { term });
            minus = !minus;
        }
    }

    fn sine(&self, of: &Decimal) -> Decimal {
        // Whole turns are taken off first.
        let turn = self.times(&self.arc_tangent(&Decimal::of(1)), &Decimal::of(8));
        let turns = of.over(&turn, 0).unwrap_or_default();
        let angle = of.plus(&self.times(&turns, &turn).negated());
        let square = self.times(&angle, &angle);
        let (mut sum, mut term, mut count) = (angle.clone(), angle, 1_u64);
        while !term.is_zero() {
            let below = Decimal::of((count + 1) * (count + 2));
            term = self.over(&self.times(&term, &square), &below).negated();
            sum = sum.plus(&term);
            count += 2;
        }
        sum
    }
}

fn unescaped(text: &str) -> String {
    let pairs = [
        ("\\n", "\n"),
        ("\\t", "\t"),
        ("\\r", "\r"),
        ("\\q", "\""),
        ("\\\\", "\\"),
    ];
    let mut rest = text;
    let mut plain = String::new();
    while let Some(c) = rest.chars().next() {
        match pairs.iter().find(|(written, _)| rest.starts_with(written)) {
            Some((written, meant)) => {
                plain += meant;
                rest = &rest[written.len()..];
            }
            None => {
                plain.push(c);
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    plain
}

/// A number in lines of at most so many bytes.
pub(super) fn in_lines(number: &str, line: usize) -> String {
    let mut written = String::with_capacity(number.len());
    let mut rest = number;
    while rest.len() > line {
        let (part, after) = rest.split_at(line - 1);
        written += part;
        written += "\\\n";
        rest = after;
    }
    written + rest
}
