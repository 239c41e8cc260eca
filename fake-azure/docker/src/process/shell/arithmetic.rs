//! `$(( … ))`: whole numbers of 64 bits that wrap around.

mod number;

use std::borrow::Cow;

use self::number::{number, power, signed_number};
use super::dialect::Dialect;

/// Where the names of an expression have their values.
pub(super) trait Names {
    /// Returns the value of a variable.
    fn value(&self, name: &str) -> Result<Option<String>, Error>;

    /// Whether a variable is an array whose elements go by names.
    fn is_by_name(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Gives a variable a value.
    fn assign(&mut self, name: &str, value: i64) -> Result<(), Error>;
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Error {
    Syntax,
    /// Something stands behind the expression.
    Trailing,
    /// A parenthesis is not closed.
    Unclosed,
    /// A `?` without its `:`, or the other way round.
    Conditional,
    /// What stands from the zero on.
    DivideByZero(String),
    NegativeExponent,
    /// The value of a variable leads back to itself.
    Loop,
    /// The value of a variable is no number, for a shell that asks for one.
    BadNumber(String),
    TooDeep,
    ReadOnly(String),
    Unset(String),
    OutOfMemory,
}

impl Error {
    /// The same error, with what stands from its cause on.
    fn before(self, text: &str) -> Self {
        match self {
            Self::DivideByZero(_) => Self::DivideByZero(text.to_owned()),
            other => other,
        }
    }
}

/// How deeply parentheses, signs and values of variables may stand in each other.
const DEEPEST: usize = 64;

/// The operators with two sides, by how tightly they bind. Longer ones stand before
/// those that they begin with.
const BINARY: [(&str, u8); 19] = [
    ("||", 1),
    ("&&", 2),
    ("|", 3),
    ("^", 4),
    ("&", 5),
    ("==", 6),
    ("!=", 6),
    ("<<", 8),
    (">>", 8),
    ("<=", 7),
    (">=", 7),
    ("<", 7),
    (">", 7),
    ("+", 9),
    ("-", 9),
    ("**", 11),
    ("*", 10),
    ("/", 10),
    ("%", 10),
];

const ASSIGNMENTS: [&str; 11] = [
    "<<=", ">>=", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "=",
];

/// Returns the value of an expression; an empty one is 0.
pub(super) fn evaluate(
    expression: &str,
    dialect: Dialect,
    names: &mut dyn Names,
) -> Result<i64, Error> {
    evaluate_at(expression, dialect, names, 0)
}

fn evaluate_at(
    expression: &str,
    dialect: Dialect,
    names: &mut dyn Names,
    depth: usize,
) -> Result<i64, Error> {
    let mut reader = Reader {
        rest: expression.trim_start(),
        dialect,
        names,
        depth,
        is_skipping: false,
    };
    if reader.rest.is_empty() && dialect != Dialect::Dash {
        return Ok(0);
    }
    let value = reader.comma()?;
    if reader.rest.is_empty() {
        Ok(value)
    } else {
        Err(Error::Trailing)
    }
}

/// Reads an expression and works it out on the way.
struct Reader<'a> {
    rest: &'a str,
    dialect: Dialect,
    names: &'a mut dyn Names,
    depth: usize,
    /// Whether the value is not asked for, as behind `0 &&`: nothing is assigned then,
    /// and nothing fails.
    is_skipping: bool,
}

/// What can stand at either side of an operator.
#[derive(Clone)]
enum Operand<'a> {
    Number(i64),
    /// What the names know it as: a variable, or an element whose subscript is worked out.
    Named(Cow<'a, str>),
}

impl<'a> Reader<'a> {
    fn comma(&mut self) -> Result<i64, Error> {
        let mut value = self.assignment()?;
        while self.dialect != Dialect::Dash && self.accept(",") {
            value = self.assignment()?;
        }
        Ok(value)
    }

    fn assignment(&mut self) -> Result<i64, Error> {
        if self.depth == DEEPEST {
            return Err(Error::TooDeep);
        }
        self.depth += 1;
        let value = self.conditional();
        self.depth -= 1;
        value
    }

    fn conditional(&mut self) -> Result<i64, Error> {
        let first = self.operand()?;
        if !matches!(first, Operand::Number(_))
            && let Some(operator) = self.assignment_operator()
        {
            let behind = self.rest;
            let right = self.assignment()?;
            let value = match operator.strip_suffix('=') {
                None | Some("") => right,
                Some(operator) => {
                    let left = self.value(&first)?;
                    let applied = self.apply(operator, left, right);
                    applied.map_err(|error| error.before(behind))?
                }
            };
            self.assign(&first, value)?;
            return Ok(value);
        }
        let condition = self.binary(&first, 0)?;
        if !self.accept("?") {
            return Ok(condition);
        }
        let yes = self.only_if(condition != 0, Self::comma)?;
        if !self.accept(":") {
            return Err(Error::Conditional);
        }
        let no = self.only_if(condition == 0, Self::assignment)?;
        Ok(if condition != 0 { yes } else { no })
    }

    /// Reads operators that bind more tightly than `least`, and their right sides.
    fn binary(&mut self, first: &Operand<'_>, least: u8) -> Result<i64, Error> {
        let mut left = self.value(first)?;
        while let Some((operator, tightness)) = self.binary_operator(least) {
            // Powers are worked out from the right.
            let inner = tightness - u8::from(operator == "**");
            left = match operator {
                "&&" | "||" => {
                    let is_asked = (left != 0) == (operator == "&&");
                    let right = self.only_if(is_asked, |reader| reader.right_side(inner))?;
                    let holds = match operator {
                        "&&" => left != 0 && right != 0,
                        _ => left != 0 || right != 0,
                    };
                    i64::from(holds)
                }
                _ => {
                    let behind = self.rest;
                    let right = self.right_side(inner)?;
                    let applied = self.apply(operator, left, right);
                    applied.map_err(|error| error.before(behind))?
                }
            };
        }
        Ok(left)
    }

    fn right_side(&mut self, least: u8) -> Result<i64, Error> {
        let first = self.operand()?;
        if self.depth == DEEPEST {
            Err(Error::TooDeep)
        } else {
            self.depth += 1;
            let value = self.binary(&first, least);
            self.depth -= 1;
            value
        }
    }

    /// The signs that change a variable. To dash they are signs of a number, twice.
    fn steps(&self) -> impl Iterator<Item = (&'static str, i64)> + use<> {
        let are_there = self.dialect != Dialect::Dash;
        let steps = [("++", 1), ("--", -1)].into_iter();
        steps.filter(move |_| are_there)
    }

    /// Reads an operand with the signs before and behind it.
    fn operand(&mut self) -> Result<Operand<'a>, Error> {
        for (sign, step) in self.steps() {
            // Two signs before anything but a name are just that.
            let is_before_name = self.rest.strip_prefix(sign).is_some_and(|rest| {
                rest.trim_start()
                    .starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            });
            if !is_before_name || !self.accept(sign) {
                continue;
            }
            let operand = self.primary()?;
            let value = self.value(&operand)?.wrapping_add(step);
            self.assign(&operand, value)?;
            return Ok(Operand::Number(value));
        }
        for sign in ["+", "-", "!", "~"] {
            if !self.accept(sign) {
                continue;
            }
            if self.depth == DEEPEST {
                return Err(Error::TooDeep);
            }
            self.depth += 1;
            let operand = self.operand()?;
            let value = self.value(&operand)?;
            self.depth -= 1;
            return Ok(Operand::Number(match sign {
                "-" => value.wrapping_neg(),
                "!" => i64::from(value == 0),
                "~" => !value,
                _ => value,
            }));
        }
        let operand = self.primary()?;
        if !matches!(operand, Operand::Number(_)) {
            for (sign, step) in self.steps() {
                if self.accept(sign) {
                    let value = self.value(&operand)?;
                    self.assign(&operand, value.wrapping_add(step))?;
                    return Ok(Operand::Number(value));
                }
            }
        }
        Ok(operand)
    }

    fn primary(&mut self) -> Result<Operand<'a>, Error> {
        if self.accept("(") {
            let value = self.comma()?;
            return if self.accept(")") {
                Ok(Operand::Number(value))
            } else {
                Err(Error::Unclosed)
            };
        }
        if self.dialect == Dialect::Dash
            && let Some((number, rest)) = number::beginning(self.rest)
        {
            // What stands behind the digits is the next thing, as `strtol` leaves it.
            self.rest = rest.trim_start();
            return Ok(Operand::Number(number));
        }
        let is_in_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '#' | '@');
        let end = self.rest.find(|c| !is_in_word(c));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest.trim_start();
        match word.chars().next() {
            Some(digit) if digit.is_ascii_digit() => {
                let number = number(word, self.dialect).ok_or(Error::Syntax)?;
                Ok(Operand::Number(number))
            }
            Some(_) if !word.contains(['#', '@']) => match self.subscript()? {
                Some(subscript) => self.element(word, subscript),
                None => Ok(Operand::Named(Cow::Borrowed(word))),
            },
            _ => Err(Error::Syntax),
        }
    }

    /// Reads a subscript behind a name, up to the bracket that closes it.
    fn subscript(&mut self) -> Result<Option<&'a str>, Error> {
        let Some(rest) = self.rest.strip_prefix('[') else {
            return Ok(None);
        };
        if self.dialect != Dialect::Bash {
            return Ok(None);
        }
        let mut depth = 0_usize;
        for (at, letter) in rest.char_indices() {
            match letter {
                '[' => depth += 1,
                ']' if depth == 0 => {
                    self.rest = rest[at + 1..].trim_start();
                    return Ok(Some(&rest[..at]));
                }
                ']' => depth -= 1,
                _ => {}
            }
        }
        Err(Error::Syntax)
    }

    /// An element of an array. Its subscript is worked out here and never again, for it may
    /// change something, as in `a[i++] += 1`.
    fn element(&mut self, name: &str, subscript: &str) -> Result<Operand<'a>, Error> {
        if self.is_skipping || self.names.is_by_name(name) {
            return Ok(Operand::Named(Cow::Owned(format!("{name}[{subscript}]"))));
        }
        if self.depth == DEEPEST {
            return Err(Error::TooDeep);
        }
        let at = evaluate_at(subscript, self.dialect, self.names, self.depth + 1)?;
        Ok(Operand::Named(Cow::Owned(format!("{name}[{at}]"))))
    }

    fn value(&mut self, operand: &Operand<'_>) -> Result<i64, Error> {
        let name = match operand {
            Operand::Number(number) => return Ok(*number),
            Operand::Named(_) if self.is_skipping => return Ok(0),
            Operand::Named(name) => name,
        };
        let value = self.names.value(name)?.unwrap_or_default();
        let trimmed = value.trim();
        if let Some(number) = signed_number(trimmed, self.dialect) {
            return Ok(number);
        }
        match self.dialect {
            _ if trimmed.is_empty() => Ok(0),
            Dialect::Dash => Err(Error::BadNumber(value)),
            _ if self.depth == DEEPEST => Err(Error::Loop),
            _ => evaluate_at(trimmed, self.dialect, self.names, self.depth + 1).map_err(|error| {
                match error {
                    Error::TooDeep => Error::Loop,
                    other => other,
                }
            }),
        }
    }

    fn assign(&mut self, operand: &Operand<'_>, value: i64) -> Result<(), Error> {
        match operand {
            Operand::Named(name) if !self.is_skipping => self.names.assign(name, value),
            _ => Ok(()),
        }
    }

    fn apply(&self, operator: &str, left: i64, right: i64) -> Result<i64, Error> {
        let bits = u32::try_from(right & 63).unwrap_or_default();
        Ok(match operator {
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => i64::from(left == right),
            "!=" => i64::from(left != right),
            "<=" => i64::from(left <= right),
            ">=" => i64::from(left >= right),
            "<" => i64::from(left < right),
            ">" => i64::from(left > right),
            "<<" => left.wrapping_shl(bits),
            ">>" => left.wrapping_shr(bits),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            "/" | "%" if right == 0 && self.is_skipping => 0,
            "/" | "%" if right == 0 => return Err(Error::DivideByZero(String::new())),
            "/" => left.wrapping_div(right),
            "%" => left.wrapping_rem(right),
            _ => power(left, right, self.is_skipping)?,
        })
    }

    fn only_if(
        &mut self,
        is_asked: bool,
        read: impl FnOnce(&mut Self) -> Result<i64, Error>,
    ) -> Result<i64, Error> {
        let was_skipping = self.is_skipping;
        self.is_skipping = was_skipping || !is_asked;
        let value = read(self);
        self.is_skipping = was_skipping;
        value
    }

    fn accept(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest.trim_start();
                true
            }
            None => false,
        }
    }

    fn assignment_operator(&mut self) -> Option<&'static str> {
        if self.rest.starts_with("==") {
            return None;
        }
        let operator = ASSIGNMENTS
            .iter()
            .find(|operator| self.rest.starts_with(**operator))?;
        self.accept(operator);
        Some(operator)
    }

    fn binary_operator(&mut self, least: u8) -> Option<(&'static str, u8)> {
        let (operator, tightness) = BINARY
            .iter()
            .filter(|(operator, _)| *operator != "**" || self.dialect != Dialect::Dash)
            .find(|(operator, _)| self.rest.starts_with(*operator))?;
        let behind = &self.rest[operator.len()..];
        let mut assigning = ASSIGNMENTS.iter().filter_map(|it| it.strip_suffix('='));
        let is_assignment =
            behind.starts_with('=') && assigning.any(|assigning| assigning == *operator);
        if *tightness <= least || is_assignment {
            return None;
        }
        self.accept(operator);
        Some((operator, *tightness))
    }
}

#[cfg(test)]
mod tests;
