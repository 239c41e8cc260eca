//! `expr`.

use super::regex::{Flavour, Regex};
use super::stop::{Outcome, Stop};
use super::tool::Tool;
use crate::process::Process;

pub(super) const TOOLS: &[Tool] =
    &[Tool::new("expr", "EXPRESSION", |process| Box::pin(expr(process))).misused(2)];

/// How deep an expression may be nested.
const DEPTH: usize = 100;

async fn expr(process: &mut Process) -> Outcome {
    let words: Vec<&str> = process.args[1..].iter().map(String::as_str).collect();
    if words.is_empty() {
        return Err(Stop::with(2, "too few arguments"));
    }
    let mut expression = Expression {
        words: &words,
        at: 0,
        depth: 0,
    };
    let value = expression.either()?;
    if expression.at < words.len() {
        return Err(syntax());
    }
    let code = u8::from(is_nothing(&value));
    process.print(value + "\n").await?;
    Ok(code)
}

fn syntax() -> Stop {
    Stop::with(2, "syntax error")
}

/// Whether a value is nothing: empty or 0.
fn is_nothing(value: &str) -> bool {
    value.is_empty() || value.parse::<i64>() == Ok(0)
}

struct Expression<'a> {
    words: &'a [&'a str],
    at: usize,
    depth: usize,
}

impl<'a> Expression<'a> {
    fn take_any(&mut self, operators: &[&'static str]) -> Option<&'a str> {
        let word = *self.words.get(self.at)?;
        operators.contains(&word).then(|| {
            self.at += 1;
            word
        })
    }

    fn either(&mut self) -> Result<String, Stop> {
        let mut value = self.both()?;
        while self.take_any(&["|"]).is_some() {
            let other = self.both()?;
            if is_nothing(&value) {
                value = other;
            }
        }
        Ok(value)
    }

    fn both(&mut self) -> Result<String, Stop> {
        let mut value = self.compared()?;
        while self.take_any(&["&"]).is_some() {
            let other = self.compared()?;
            if is_nothing(&value) || is_nothing(&other) {
                "0".clone_into(&mut value);
            }
        }
        Ok(value)
    }

    fn compared(&mut self) -> Result<String, Stop> {
        let mut value = self.sum()?;
        while let Some(operator) = self.take_any(&["<", "<=", "=", "==", "!=", ">=", ">"]) {
            let other = self.sum()?;
            let order = match (value.parse::<i64>(), other.parse::<i64>()) {
                (Ok(a), Ok(b)) => a.cmp(&b),
                _ => value.cmp(&other),
            };
            let holds = match operator {
                "<" => order.is_lt(),
                "<=" => order.is_le(),
                "!=" => order.is_ne(),
                ">=" => order.is_ge(),
                ">" => order.is_gt(),
                _ => order.is_eq(),
            };
            value = u8::from(holds).to_string();
        }
        Ok(value)
    }

    fn sum(&mut self) -> Result<String, Stop> {
        let mut value = self.product()?;
        while let Some(operator) = self.take_any(&["+", "-"]) {
            let (a, b) = (number(&value)?, number(&self.product()?)?);
            let sum = if operator == "+" {
                a.wrapping_add(b)
            } else {
                a.wrapping_sub(b)
            };
            value = sum.to_string();
        }
        Ok(value)
    }

    fn product(&mut self) -> Result<String, Stop> {
        let mut value = self.matched()?;
        while let Some(operator) = self.take_any(&["*", "/", "%"]) {
            let (a, b) = (number(&value)?, number(&self.matched()?)?);
            let product = match operator {
                "*" => a.wrapping_mul(b),
                _ if b == 0 => return Err(Stop::with(2, "division by zero")),
                "/" => a.wrapping_div(b),
                _ => a.wrapping_rem(b),
            };
            value = product.to_string();
        }
        Ok(value)
    }

    fn matched(&mut self) -> Result<String, Stop> {
        let mut value = self.operand()?;
        while self.take_any(&[":"]).is_some() {
            let pattern = self.operand()?;
            value = match_at_start(&value, &pattern)?;
        }
        Ok(value)
    }

    fn operand(&mut self) -> Result<String, Stop> {
        let word = *self.words.get(self.at).ok_or_else(syntax)?;
        self.at += 1;
        match word {
            "(" => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(Stop::with(2, "too many parentheses"));
                }
                let value = self.either()?;
                self.take_any(&[")"]).ok_or_else(syntax)?;
                self.depth -= 1;
                Ok(value)
            }
            "quote" => {
                let word = *self.words.get(self.at).ok_or_else(syntax)?;
                self.at += 1;
                Ok(word.to_owned())
            }
            "length" => Ok(self.operand_below()?.chars().count().to_string()),
            "match" => {
                let (text, pattern) = (self.operand_below()?, self.operand_below()?);
                match_at_start(&text, &pattern)
            }
            "index" => {
                let (text, wanted) = (self.operand_below()?, self.operand_below()?);
                let found = text.chars().position(|c| wanted.contains(c));
                Ok(found.map_or(0, |at| at + 1).to_string())
            }
            "substr" => {
                let text = self.operand_below()?;
                let (from, length) = (self.operand_below()?, self.operand_below()?);
                let (Ok(from @ 1..), Ok(length @ 1..)) = (from.parse::<usize>(), length.parse())
                else {
                    return Ok(String::new());
                };
                Ok(text.chars().skip(from - 1).take(length).collect())
            }
            ")" => Err(syntax()),
            word => Ok(word.to_owned()),
        }
    }

    fn operand_below(&mut self) -> Result<String, Stop> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(Stop::with(2, "expression is nested too deep"));
        }
        let value = self.operand();
        self.depth -= 1;
        value
    }
}

fn number(text: &str) -> Result<i64, Stop> {
    text.parse()
        .map_err(|_| Stop::with(2, "non-numeric argument"))
}

/// What a pattern finds at the start of a text: its group, or how many characters it takes.
fn match_at_start(text: &str, pattern: &str) -> Result<String, Stop> {
    let wrong = |error| Stop::with(2, format!("bad regex '{pattern}': {error}"));
    let regex = Regex::new(pattern, Flavour::Basic, false).map_err(wrong)?;
    let found = regex.captures(text.as_bytes(), 0).map_err(wrong)?;
    let found = found.filter(|captures| matches!(&captures[0], Some(whole) if whole.start == 0));
    let Some(captures) = found else {
        let nothing = if regex.groups() > 0 { "" } else { "0" };
        return Ok(nothing.to_owned());
    };
    let part = |index: usize| {
        let range = captures.get(index).cloned().flatten();
        range.and_then(|range| text.get(range)).unwrap_or_default()
    };
    if regex.groups() > 0 {
        Ok(part(1).to_owned())
    } else {
        Ok(part(0).chars().count().to_string())
    }
}
