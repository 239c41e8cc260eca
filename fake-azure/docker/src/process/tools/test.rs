//! `test` and `[`: questions about files, text and numbers.

use std::cmp::Ordering;

use super::calls::Calls as _;
use super::stop::{Outcome, Stop};
use super::tool::{Tool, called};
use crate::files::{Kind, Want};
use crate::process::Process;

pub(super) const TOOLS: &[Tool] = &[
    Tool::new("test", "EXPRESSION", |process| Box::pin(test(process))).misused(2),
    Tool::new("[", "EXPRESSION ]", |process| Box::pin(test(process))).misused(2),
];

/// How deep an expression may be nested.
const DEPTH: usize = 100;

async fn test(process: &mut Process) -> Outcome {
    let mut words = process.args[1..].to_vec();
    if called(process, "test") == "[" && words.pop().as_deref() != Some("]") {
        return Err(Stop::with(2, "missing ]"));
    }
    let held = evaluate(process, &words).map_err(|error| Stop::with(2, error))?;
    std::future::ready(Ok(u8::from(!held))).await
}

/// Whether an expression holds.
///
/// # Errors
/// When it is none, in words.
pub(in crate::process) fn evaluate(process: &Process, words: &[String]) -> Result<bool, String> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    // With up to four words POSIX says which of them are operators.
    match words.as_slice() {
        [] => return Ok(false),
        [word] => return Ok(!word.is_empty()),
        ["!", word] => return Ok(word.is_empty()),
        [first, operator, second] if is_binary(operator) => {
            return binary(process, first, operator, second);
        }
        ["!", rest @ ..] if rest.len() <= 3 => {
            let rest: Vec<String> = rest.iter().map(|word| (*word).to_owned()).collect();
            return Ok(!evaluate(process, &rest)?);
        }
        ["(", inner, ")"] => return Ok(!inner.is_empty()),
        _ => {}
    }
    let mut expression = Expression {
        process,
        words: &words,
        at: 0,
        depth: 0,
    };
    let held = expression.any()?;
    match words.get(expression.at) {
        None => Ok(held),
        Some(word) => Err(format!("{word}: unknown operand")),
    }
}

struct Expression<'a> {
    process: &'a Process,
    words: &'a [&'a str],
    at: usize,
    depth: usize,
}

impl<'a> Expression<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.at).copied()
    }

    fn take(&mut self, word: &str) -> bool {
        let there = self.peek() == Some(word);
        self.at += usize::from(there);
        there
    }

    fn any(&mut self) -> Result<bool, String> {
        let mut held = self.all()?;
        while self.take("-o") {
            held |= self.all()?;
        }
        Ok(held)
    }

    fn all(&mut self) -> Result<bool, String> {
        let mut held = self.one()?;
        while self.take("-a") {
            held &= self.one()?;
        }
        Ok(held)
    }

    fn one(&mut self) -> Result<bool, String> {
        let mut negated = false;
        while self.peek() == Some("!") && self.words.len() > self.at + 1 {
            self.at += 1;
            negated = !negated;
        }
        Ok(self.primary()? != negated)
    }

    fn primary(&mut self) -> Result<bool, String> {
        let word = self.peek().ok_or("argument expected")?;
        let second = self.words.get(self.at + 1).copied();
        if let (Some(operator), Some(other)) = (second, self.words.get(self.at + 2))
            && is_binary(operator)
        {
            self.at += 3;
            return binary(self.process, word, operator, other);
        }
        self.at += 1;
        if word == "(" {
            self.depth += 1;
            if self.depth > DEPTH {
                return Err("too many parentheses".to_owned());
            }
            let held = self.any()?;
            if !self.take(")") {
                return Err("closing paren expected".to_owned());
            }
            self.depth -= 1;
            return Ok(held);
        }
        if is_unary(word) {
            let operand = self.peek().ok_or(format!("{word}: argument expected"))?;
            self.at += 1;
            return unary(self.process, word, operand);
        }
        Ok(!word.is_empty())
    }
}

fn is_unary(word: &str) -> bool {
    let mut letters = word.chars();
    let operator = letters.next() == Some('-');
    operator
        && letters
            .next()
            .is_some_and(|c| "bcdefghknprstuwxzGLNOS".contains(c))
        && letters.next().is_none()
}

fn is_binary(word: &str) -> bool {
    matches!(
        word,
        "=" | "=="
            | "!="
            | "<"
            | ">"
            | "-eq"
            | "-ne"
            | "-lt"
            | "-le"
            | "-gt"
            | "-ge"
            | "-nt"
            | "-ot"
            | "-ef"
    )
}

fn unary(process: &Process, operator: &str, operand: &str) -> Result<bool, String> {
    let access = |want| process.access(operand, want).is_ok();
    let kind = |kind| process.stat(operand).is_ok_and(|stat| stat.kind == kind);
    let bit = |bit| {
        process
            .stat(operand)
            .is_ok_and(|stat| stat.meta.mode & bit != 0)
    };
    Ok(match operator {
        "-n" => !operand.is_empty(),
        "-z" => operand.is_empty(),
        "-e" => process.stat(operand).is_ok(),
        "-f" => kind(Kind::File),
        "-d" => kind(Kind::Directory),
        "-p" => kind(Kind::Fifo),
        "-S" => kind(Kind::Socket),
        "-b" => kind(Kind::BlockDevice),
        "-c" => kind(Kind::CharDevice),
        "-h" | "-L" => process
            .lstat(operand)
            .is_ok_and(|stat| stat.kind == Kind::Symlink),
        "-s" => process.stat(operand).is_ok_and(|stat| stat.size > 0),
        "-r" => access(Want::READ),
        "-w" => access(Want::WRITE),
        "-x" => access(Want::EXECUTE),
        "-u" => bit(0o4000),
        "-g" => bit(0o2000),
        "-k" => bit(0o1000),
        "-O" => process
            .stat(operand)
            .is_ok_and(|stat| stat.meta.uid == process.user.uid),
        "-G" => process
            .stat(operand)
            .is_ok_and(|stat| stat.meta.gid == process.user.gid),
        "-N" => false,
        "-t" => {
            let number = u32::try_from(number(operand)?).unwrap_or(u32::MAX);
            let descriptor = process.descriptors.get(number);
            descriptor.is_ok_and(|open| open.is_tty())
        }
        _ => return Err(format!("{operator}: unknown operand")),
    })
}

fn binary(process: &Process, first: &str, operator: &str, second: &str) -> Result<bool, String> {
    let numbers = || Ok::<Ordering, String>(number(first)?.cmp(&number(second)?));
    let modified = |name| process.stat(name).ok().map(|stat| stat.meta.modified);
    let identity = |name| process.stat(name).ok().map(|stat| (stat.device, stat.ino));
    Ok(match operator {
        "=" | "==" => first == second,
        "!=" => first != second,
        "<" => first < second,
        ">" => first > second,
        "-eq" => numbers()?.is_eq(),
        "-ne" => numbers()?.is_ne(),
        "-lt" => numbers()?.is_lt(),
        "-le" => numbers()?.is_le(),
        "-gt" => numbers()?.is_gt(),
        "-ge" => numbers()?.is_ge(),
        // A file that is there is newer than one that is not.
        "-nt" => modified(first) > modified(second),
        "-ot" => modified(first) < modified(second),
        "-ef" => identity(first).is_some() && identity(first) == identity(second),
        _ => return Err(format!("{operator}: unknown operand")),
    })
}

fn number(text: &str) -> Result<i64, String> {
    text.trim()
        .parse()
        .map_err(|_| format!("{text}: bad number"))
}
