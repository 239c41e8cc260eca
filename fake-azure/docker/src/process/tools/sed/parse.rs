//! Reading a script.

use std::collections::HashMap;

use super::command::{Action, Address, Case, Command, End, Part, Script, Selection, Substitution};
use crate::process::tools::regex::{Flavour, Regex};

/// How many commands a script may have.
const MOST: usize = 100_000;

pub(super) fn parse(script: &str, extended: bool) -> Result<Script, String> {
    let mut parser = Parser {
        rest: script,
        flavour: if extended {
            Flavour::Extended
        } else {
            Flavour::Basic
        },
        commands: Vec::new(),
        ranges: 0,
        blocks: Vec::new(),
        labels: HashMap::new(),
        jumps: Vec::new(),
    };
    parser.all()?;
    Ok(Script {
        commands: parser.commands,
        ranges: parser.ranges,
    })
}

struct Parser<'a> {
    rest: &'a str,
    flavour: Flavour,
    commands: Vec<Command>,
    ranges: usize,
    /// The blocks that are open.
    blocks: Vec<usize>,
    labels: HashMap<String, usize>,
    /// Commands whose labels may come later.
    jumps: Vec<(usize, String)>,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn take(&mut self, letter: char) -> bool {
        match self.rest.strip_prefix(letter) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.rest = &self.rest[letter.len_utf8()..];
        Some(letter)
    }

    fn skip(&mut self, letters: &[char]) {
        self.rest = self.rest.trim_start_matches(letters);
    }

    fn blanks(&mut self) {
        self.skip(&[' ', '\t']);
    }

    fn number(&mut self) -> Option<u64> {
        let end = self
            .rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(self.rest.len());
        let (digits, rest) = self.rest.split_at(end);
        let number = digits.parse().ok()?;
        self.rest = rest;
        Some(number)
    }

    fn all(&mut self) -> Result<(), String> {
        loop {
            self.skip(&[' ', '\t', '\n', ';']);
            if self.rest.is_empty() {
                break;
            }
            if self.commands.len() >= MOST {
                return Err("script is too long".to_owned());
            }
            self.command()?;
        }
        if !self.blocks.is_empty() {
            return Err("unmatched '{'".to_owned());
        }
        for (at, label) in std::mem::take(&mut self.jumps) {
            let goal = if label.is_empty() {
                self.commands.len()
            } else {
                let known = self.labels.get(&label);
                *known.ok_or_else(|| format!("can't find label for jump to '{label}'"))?
            };
            match &mut self.commands[at].action {
                Action::Jump(to) | Action::JumpIf(to, _) => *to = goal,
                _ => {}
            }
        }
        Ok(())
    }

    fn command(&mut self) -> Result<(), String> {
        let selection = self.selection()?;
        self.blanks();
        let mut negated = false;
        while self.take('!') {
            negated = true;
            self.blanks();
        }
        let letter = self.next().ok_or("missing command")?;
        let action = self.action(letter)?;
        self.commands.push(Command {
            selection,
            negated,
            action,
        });
        if !matches!(letter, '{' | '}' | '#' | ':' | 'a' | 'i' | 'c' | 'r' | 'w') {
            self.blanks();
            if !(self.rest.is_empty() || self.rest.starts_with([';', '\n', '}', '#'])) {
                return Err("extra characters after command".to_owned());
            }
        }
        Ok(())
    }

    fn selection(&mut self) -> Result<Selection, String> {
        let Some(from) = self.address()? else {
            return Ok(Selection::All);
        };
        self.blanks();
        if !self.take(',') {
            if matches!(from, Address::Line(0)) {
                return Err("invalid usage of line address 0".to_owned());
            }
            return Ok(Selection::One(from));
        }
        self.blanks();
        let count = |number: Option<u64>| number.ok_or("no number after ','".to_owned());
        let to = if self.take('+') {
            End::After(count(self.number())?)
        } else if self.take('~') {
            End::Multiple(count(self.number())?)
        } else {
            End::At(self.address()?.ok_or("no address after comma")?)
        };
        let from_zero = matches!(from, Address::Line(0));
        if from_zero && !matches!(to, End::At(Address::Pattern(_))) {
            return Err("invalid usage of line address 0".to_owned());
        }
        self.ranges += 1;
        Ok(Selection::Range {
            from,
            to,
            index: self.ranges - 1,
            from_zero,
        })
    }

    fn address(&mut self) -> Result<Option<Address>, String> {
        if let Some(line) = self.number() {
            if self.take('~') {
                return Ok(Some(Address::Step(line, self.number().unwrap_or(0))));
            }
            return Ok(Some(Address::Line(line)));
        }
        if self.take('$') {
            return Ok(Some(Address::Last));
        }
        let delimiter = match self.peek() {
            Some('/') => '/',
            Some('\\') => {
                self.next();
                self.peek().ok_or("unmatched '\\'")?
            }
            _ => return Ok(None),
        };
        self.next();
        let text = self.delimited(delimiter, true)?;
        let mut ignore_case = false;
        while self.rest.starts_with(['I', 'M']) {
            ignore_case |= self.next() == Some('I');
        }
        Ok(Some(Address::Pattern(
            self.regex(&text, ignore_case)?.map(Box::new),
        )))
    }

    /// The text up to a delimiter; behind a backslash it is itself. Brackets hide it in a pattern.
    fn delimited(&mut self, delimiter: char, pattern: bool) -> Result<String, String> {
        let unmatched = || format!("unmatched '{delimiter}'");
        let mut text = String::new();
        let mut bracket = false;
        loop {
            let letter = self.next().ok_or_else(unmatched)?;
            match letter {
                // A bracket that closes first is one of those that are listed.
                '[' if pattern && !bracket => {
                    bracket = true;
                    text.push('[');
                    for first in ['^', ']'] {
                        if self.take(first) {
                            text.push(first);
                        }
                    }
                }
                '[' if bracket && self.rest.starts_with([':', '.', '=']) => {
                    let mark = self.next().ok_or_else(unmatched)?;
                    let close = format!("{mark}]");
                    let (inner, rest) = self.rest.split_once(&close).ok_or_else(unmatched)?;
                    text = text + "[" + &mark.to_string() + inner + &close;
                    self.rest = rest;
                }
                ']' if bracket => {
                    bracket = false;
                    text.push(']');
                }
                // In brackets a backslash is itself, but for those that name a character.
                '\\' if bracket => match self.peek() {
                    Some('n') => {
                        self.next();
                        text.push('\n');
                    }
                    Some('t') => {
                        self.next();
                        text.push('\t');
                    }
                    _ => text.push('\\'),
                },
                '\\' => {
                    let escaped = self.next().ok_or_else(unmatched)?;
                    if escaped != delimiter {
                        text.push('\\');
                    }
                    text.push(escaped);
                }
                '\n' if pattern => return Err(unmatched()),
                letter if letter == delimiter && !bracket => return Ok(text),
                letter => text.push(letter),
            }
        }
    }

    fn regex(&self, text: &str, ignore_case: bool) -> Result<Option<Regex>, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let regex = Regex::new(text, self.flavour, ignore_case);
        regex
            .map(Some)
            .map_err(|error| format!("bad regex '{text}': {error}"))
    }

    fn action(&mut self, letter: char) -> Result<Action, String> {
        Ok(match letter {
            '{' => {
                self.blocks.push(self.commands.len());
                Action::Block(0)
            }
            '}' => {
                let open = self.blocks.pop().ok_or("unmatched '}'")?;
                self.commands[open].action = Action::Block(self.commands.len() + 1);
                Action::Nothing
            }
            '#' => {
                self.line();
                Action::Nothing
            }
            ':' => {
                self.blanks();
                let end = self.rest.find([';', '\n', ' ']).unwrap_or(self.rest.len());
                let (label, rest) = self.rest.split_at(end);
                self.rest = rest;
                if label.is_empty() {
                    return Err("\":\" lacks a label".to_owned());
                }
                self.labels.insert(label.to_owned(), self.commands.len());
                Action::Nothing
            }
            'b' | 't' | 'T' => {
                self.blanks();
                let end = self
                    .rest
                    .find([';', '\n', '}', ' '])
                    .unwrap_or(self.rest.len());
                let (label, rest) = self.rest.split_at(end);
                self.rest = rest;
                self.jumps.push((self.commands.len(), label.to_owned()));
                match letter {
                    'b' => Action::Jump(0),
                    't' => Action::JumpIf(0, true),
                    _ => Action::JumpIf(0, false),
                }
            }
            'a' => Action::Append(self.text()?),
            'i' => Action::Insert(self.text()?),
            'c' => Action::Change(self.text()?),
            'd' => Action::Delete,
            'D' => Action::DeleteFirstLine,
            '=' => Action::Equals,
            'g' => Action::Get,
            'G' => Action::GetAppend,
            'h' => Action::Hold,
            'H' => Action::HoldAppend,
            'x' => Action::Exchange,
            'l' => Action::List,
            'n' => Action::Next,
            'N' => Action::NextAppend,
            'p' => Action::Print,
            'P' => Action::PrintFirstLine,
            'q' | 'Q' => {
                self.blanks();
                let code = self.number().unwrap_or(0);
                Action::Quit {
                    code: code.to_le_bytes()[0],
                    print: letter == 'q',
                }
            }
            'r' => Action::ReadFile(self.file()?),
            'w' => Action::WriteFile(self.file()?),
            's' => Action::Substitute(Box::new(self.substitution()?)),
            'y' => self.translation()?,
            other => return Err(format!("unsupported command {other}")),
        })
    }

    /// What is left of the line.
    fn line(&mut self) -> &'a str {
        let end = self.rest.find('\n').unwrap_or(self.rest.len());
        let (line, rest) = self.rest.split_at(end);
        self.rest = rest;
        line
    }

    fn file(&mut self) -> Result<String, String> {
        let name = self.line().trim_start();
        if name.is_empty() {
            return Err("empty filename".to_owned());
        }
        Ok(name.to_owned())
    }

    /// The text of `a`, `i`, `c`: the rest of the line, or what follows `\` and a line feed.
    fn text(&mut self) -> Result<Vec<u8>, String> {
        self.blanks();
        if self.take('\\') {
            self.blanks();
            if !self.take('\n') {
                // `a\text`: the backslash keeps blanks in front.
                if self.rest.is_empty() {
                    return Err("expected \\ after 'a', 'c' or 'i'".to_owned());
                }
            }
        }
        let mut text = String::new();
        loop {
            match self.next() {
                None | Some('\n') => break,
                Some('\\') => match self.next() {
                    None => break,
                    Some('t') => text.push('\t'),
                    Some(escaped) => text.push(escaped),
                },
                Some(letter) => text.push(letter),
            }
        }
        text.push('\n');
        Ok(text.into_bytes())
    }

    fn substitution(&mut self) -> Result<Substitution, String> {
        let delimiter = self.next().ok_or("bad format in substitution expression")?;
        if delimiter == '\n' || delimiter == '\\' {
            return Err("bad format in substitution expression".to_owned());
        }
        let pattern = self.delimited(delimiter, true)?;
        let replacement = self.replacement(delimiter)?;
        let (mut global, mut print, mut ignore_case) = (false, false, false);
        let (mut from, mut file) = (1, None);
        let bad = || "bad option in substitution expression".to_owned();
        loop {
            if let Some(number) = self.number() {
                from = usize::try_from(number).unwrap_or(usize::MAX).max(1);
                continue;
            }
            match self.peek() {
                Some('g') => global = true,
                Some('p') => print = true,
                Some('i' | 'I') => ignore_case = true,
                Some('w') => {
                    self.next();
                    file = Some(self.file()?);
                    break;
                }
                None | Some(';' | '\n' | '}' | '#' | ' ' | '\t') => break,
                Some(_) => return Err(bad()),
            }
            self.next();
        }
        let pattern = self.regex(&pattern, ignore_case)?;
        if let Some(regex) = &pattern {
            let beyond = replacement.iter().find_map(|part| match part {
                Part::Group(group) if *group > regex.groups() => Some(*group),
                _ => None,
            });
            if let Some(group) = beyond {
                return Err(format!("invalid reference \\{group} on s command's RHS"));
            }
        }
        Ok(Substitution {
            pattern,
            replacement,
            global,
            from,
            print,
            file,
        })
    }

    fn replacement(&mut self, delimiter: char) -> Result<Vec<Part>, String> {
        let unmatched = || format!("unmatched '{delimiter}'");
        let mut parts = Vec::new();
        let mut text = String::new();
        loop {
            let letter = self.next().ok_or_else(unmatched)?;
            let part = match letter {
                letter if letter == delimiter => break,
                '&' => Part::Group(0),
                '\\' => match self.next().ok_or_else(unmatched)? {
                    digit @ '0'..='9' => Part::Group(digit.to_digit(10).unwrap_or(0) as usize),
                    'U' => Part::Case(Case::Upper),
                    'L' => Part::Case(Case::Lower),
                    'u' => Part::Case(Case::UpperOne),
                    'l' => Part::Case(Case::LowerOne),
                    'E' => Part::Case(Case::End),
                    escaped => {
                        text.push(match escaped {
                            'n' if delimiter != 'n' => '\n',
                            't' if delimiter != 't' => '\t',
                            'r' if delimiter != 'r' => '\r',
                            other => other,
                        });
                        continue;
                    }
                },
                other => {
                    text.push(other);
                    continue;
                }
            };
            if !text.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut text).into_bytes()));
            }
            parts.push(part);
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.into_bytes()));
        }
        Ok(parts)
    }

    fn translation(&mut self) -> Result<Action, String> {
        let delimiter = self.next().ok_or("bad format in translation")?;
        let mut side = || -> Result<Vec<char>, String> {
            let text = self.delimited(delimiter, false)?;
            let mut letters = text.chars();
            let mut found = Vec::new();
            while let Some(letter) = letters.next() {
                found.push(match letter {
                    '\\' => match letters.next() {
                        Some('n') => '\n',
                        Some('t') => '\t',
                        Some(other) => other,
                        None => '\\',
                    },
                    other => other,
                });
            }
            Ok(found)
        };
        let (from, to) = (side()?, side()?);
        if from.len() != to.len() {
            return Err("strings for 'y' command are different lengths".to_owned());
        }
        Ok(Action::Translate(from.into_iter().zip(to).collect()))
    }
}
