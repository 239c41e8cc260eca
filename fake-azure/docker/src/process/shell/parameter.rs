//! Values of parameters, and what is done with them.

use std::collections::BTreeSet;

use super::Shell;
use super::arrays::Found;
use super::expand::{Context, LONGEST};
use super::interrupt::Interrupt;
use super::options::Switch;
use super::parser;
use super::pattern::Pattern;
use super::quote;
use super::split::Chunk;
use super::syntax::{
    Action, Anchor, CaseChange, Name, Operation, Parameter, Piece, Side, Subscript, Word,
};
use super::text;
use crate::process::tools::escapes;

/// The variables that bash works out.
const WORKED_OUT: [&str; 12] = [
    "BASHPID",
    "BASH_LINENO",
    "BASH_SOURCE",
    "BASH_VERSINFO",
    "DIRSTACK",
    "EUID",
    "HOSTNAME",
    "LINENO",
    "PIPESTATUS",
    "RANDOM",
    "SECONDS",
    "UID",
];

/// What a parameter is worth.
#[derive(Debug, Clone)]
enum Value {
    Unset,
    One(String),
    /// `$@` and `$*`; whether their parts stay apart even in quotes.
    Many(Vec<String>, bool),
}

impl Shell {
    /// Returns the value of a variable, also of those that the shell works out.
    pub(super) fn value_of(&self, name: &str) -> Option<String> {
        if let Some(value) = self.state.variables.get(name) {
            let is_dynamic = matches!(name, "RANDOM" | "LINENO" | "SECONDS");
            if !is_dynamic || !self.state.dialect.has_bash_compatibility() {
                return Some(value.to_owned());
            }
        }
        match name {
            "LINENO" => Some(self.state.line.to_string()),
            "FUNCNAME" | "BASH_SOURCE" | "BASH_LINENO" | "PIPESTATUS" | "BASH_VERSINFO"
            | "DIRSTACK"
                if self.state.dialect.is_bash() =>
            {
                let elements = self.worked_out(name)?;
                elements.get(&elements.first_key()).map(str::to_owned)
            }
            "RANDOM" if self.state.dialect.has_bash_compatibility() => {
                Some((self.state.chance >> 33 & 0x7fff).to_string())
            }
            "SECONDS" if self.state.dialect.is_bash() => {
                let passed = self.process.now().duration_since(self.state.started);
                Some(passed.as_secs().to_string())
            }
            "UID" | "EUID" if self.state.dialect.is_bash() => {
                Some(self.process.user.uid.to_string())
            }
            "BASHPID" if self.state.dialect.is_bash() => Some(self.process.pid.to_string()),
            "HOSTNAME" if self.state.dialect.is_bash() => {
                Some(self.process.space.host_name().to_owned())
            }
            _ => None,
        }
    }

    /// Expands a parameter.
    pub(super) async fn parameter(
        &mut self,
        parameter: &Parameter,
        context: Context,
        chunks: &mut Vec<Chunk>,
    ) -> Result<(), Interrupt> {
        let value = match &parameter.name {
            Name::Element(name, subscript) => self.element_value(name, subscript).await?,
            name => self.value(name),
        };
        let value = match &parameter.operation {
            Operation::Default {
                action,
                is_null_unset,
                word,
            } => {
                let is_set = match &value {
                    Value::Unset => false,
                    Value::One(text) => !(*is_null_unset && text.is_empty()),
                    Value::Many(values, _) if *is_null_unset => {
                        values.len() > 1 || values.iter().any(|value| !value.is_empty())
                    }
                    // For dash and ash they are always set, if to nothing.
                    Value::Many(values, _) => !self.state.dialect.is_bash() || !values.is_empty(),
                };
                match (action, is_set) {
                    (Action::Replace, true) | (Action::Use, false) => {
                        let inner = Context {
                            is_split: !context.is_quoted,
                            ..context
                        };
                        return self.expand(&word.pieces, inner, chunks).await;
                    }
                    (Action::Replace, false) => Value::One(String::new()),
                    (_, true) => value,
                    (Action::Assign, false) => {
                        let default = self.text(word).await?;
                        let Name::Variable(name) = &parameter.name else {
                            return Err(self.fail("bad substitution").await);
                        };
                        self.set_variable(name, default.clone()).await?;
                        Value::One(default)
                    }
                    (Action::Fail, false) => {
                        return Err(self.fail_unset(parameter, word, *is_null_unset).await);
                    }
                }
            }
            Operation::Names { is_apart } => {
                let Name::Variable(prefix) = &parameter.name else {
                    return Ok(());
                };
                Value::Many(self.names_with(prefix), *is_apart)
            }
            Operation::Transform('a' | 'A') if !matches!(parameter.name, Name::Special(_)) => {
                self.about(parameter, value)
            }
            Operation::Indirect => {
                let referred = match &parameter.name {
                    Name::Variable(name) => self.state.variables.referred(name),
                    _ => None,
                };
                if let Some(referred) = referred {
                    let name = referred.to_owned();
                    self.add(Value::One(name), context, chunks);
                    return Ok(());
                }
                let name = self.joined(value);
                match (name.parse(), parser::subscripted(&name)) {
                    (Ok(number), _) => self.value(&Name::Positional(number)),
                    (_, Some((array, sign @ ("@" | "*")))) => {
                        let is_apart = sign == "@";
                        let subscript = Subscript::Each { is_apart };
                        self.element_value(array, &subscript).await?
                    }
                    (_, Some(_)) => self.element_by_text(&name).map_or(Value::Unset, Value::One),
                    _ => self.value(&Name::Variable(name)),
                }
            }
            Operation::Keys => match (&parameter.name, value) {
                (Name::Element(name, _), Value::Many(_, is_apart)) => {
                    Value::Many(self.keys(name), is_apart)
                }
                (_, value) => value,
            },
            operation => {
                self.check_set(parameter, &value).await?;
                match operation {
                    Operation::Length => Value::One(match &value {
                        Value::Unset => "0".to_owned(),
                        Value::One(text) => text.chars().count().to_string(),
                        Value::Many(values, _) => values.len().to_string(),
                    }),
                    Operation::Value => value,
                    other => {
                        let of_array = matches!(parameter.name, Name::Element(..));
                        self.changed(value, other, of_array).await?
                    }
                }
            }
        };
        self.add(value, context, chunks);
        Ok(())
    }

    async fn element_value(
        &mut self,
        name: &str,
        subscript: &Subscript,
    ) -> Result<Value, Interrupt> {
        let is_apart = matches!(subscript, Subscript::Each { is_apart: true });
        Ok(match self.found(name, subscript).await? {
            Found::One(value) => value.map_or(Value::Unset, Value::One),
            Found::Many(values) => Value::Many(values, is_apart),
        })
    }

    fn value(&mut self, name: &Name) -> Value {
        let one = |value: Option<String>| value.map_or(Value::Unset, Value::One);
        match name {
            Name::Variable(name) => {
                if name == "RANDOM" {
                    self.state.chance = next_chance(self.state.chance);
                }
                one(self.value_of(name))
            }
            Name::Positional(0) => Value::One(self.state.name.clone()),
            Name::Positional(number) => one(self.state.parameters.get(number - 1).cloned()),
            Name::Special('@') => Value::Many(self.state.parameters.to_vec(), true),
            Name::Special('*') => Value::Many(self.state.parameters.to_vec(), false),
            Name::Special('#') => Value::One(self.state.parameters.len().to_string()),
            Name::Special('?') => Value::One(self.state.status.to_string()),
            Name::Special('-') => Value::One(self.state.options.letters()),
            Name::Special('$') => Value::One(self.state.pid.to_string()),
            // What this one is takes commands to find out.
            Name::Element(..) => Value::Unset,
            Name::Special(_) => one(self.state.last_background.map(|pid| pid.to_string())),
        }
    }

    async fn check_set(&mut self, parameter: &Parameter, value: &Value) -> Result<(), Interrupt> {
        if matches!(value, Value::Unset) && self.state.has(Switch::NoUnset) {
            return Err(self.fail_unset_name(&spelled(&parameter.name)).await);
        }
        Ok(())
    }

    async fn fail_unset(
        &mut self,
        parameter: &Parameter,
        word: &Word,
        is_null_unset: bool,
    ) -> Interrupt {
        let message = match self.text(word).await {
            Err(interrupt) => return interrupt,
            Ok(message) if !message.is_empty() => message,
            Ok(_) if is_null_unset => "parameter not set or null".to_owned(),
            Ok(_) => "parameter not set".to_owned(),
        };
        let message = format!("{}: {message}", spelled(&parameter.name));
        self.fail(&message).await
    }

    /// Changes each text of a value.
    async fn changed(
        &mut self,
        value: Value,
        operation: &Operation,
        of_array: bool,
    ) -> Result<Value, Interrupt> {
        if let Operation::Substring { offset, length } = operation {
            let offset = self.arithmetic(offset).await?;
            let length = match length {
                Some(length) => Some(self.arithmetic(length).await?),
                None => None,
            };
            return Ok(match value {
                Value::Many(values, is_apart) if of_array => {
                    let range = range_of(values.len(), offset, length);
                    Value::Many(values[range].to_vec(), is_apart)
                }
                Value::Many(values, is_apart) => {
                    let all: Vec<_> = std::iter::once(self.state.name.clone())
                        .chain(values)
                        .collect();
                    let range = range_of(all.len(), offset, length);
                    // `${@:0}` begins with the shell's name, `${@:1}` with the first.
                    Value::Many(all[range].to_vec(), is_apart)
                }
                Value::One(text) => {
                    let characters: Vec<char> = text.chars().collect();
                    let range = range_of(characters.len(), offset, length);
                    Value::One(characters[range].iter().collect())
                }
                Value::Unset => Value::Unset,
            });
        }
        let change = match operation {
            Operation::Trim {
                side,
                is_longest,
                pattern,
            } => Change::Trim(*side, *is_longest, self.pattern(pattern).await?),
            Operation::Replace {
                anchor,
                pattern,
                replacement,
            } => Change::Replace(
                *anchor,
                self.pattern(pattern).await?,
                self.text(replacement).await?,
            ),
            Operation::Case {
                change,
                is_all,
                pattern,
            } => {
                let pattern = if pattern.pieces.is_empty() {
                    None
                } else {
                    Some(self.pattern(pattern).await?)
                };
                Change::Case(*change, *is_all, pattern)
            }
            Operation::Transform(letter) => Change::Transform(*letter),
            _ => return Ok(value),
        };
        Ok(match value {
            Value::Unset => Value::Unset,
            Value::One(text) => Value::One(change.apply(&text)),
            Value::Many(values, is_apart) => {
                let changed = values.into_iter().map(|text| change.apply(&text));
                Value::Many(changed.collect(), is_apart)
            }
        })
    }

    /// The names of the variables that begin so.
    fn names_with(&self, prefix: &str) -> Vec<String> {
        let known = self.state.variables.iter().map(|(name, _)| name);
        let worked_out = WORKED_OUT.iter().copied();
        let all: BTreeSet<&str> = known.chain(worked_out).collect();
        let meant = all.into_iter().filter(|name| name.starts_with(prefix));
        meant.map(str::to_owned).collect()
    }

    /// What `${name@a}` and `${name@A}` tell of a variable.
    fn about(&self, parameter: &Parameter, value: Value) -> Value {
        let (Name::Variable(name) | Name::Element(name, _)) = &parameter.name else {
            return Value::Unset;
        };
        let Some(variable) = self
            .state
            .variables
            .variable(self.state.variables.meant(name))
        else {
            return Value::Unset;
        };
        let flags = variable.flags();
        match &parameter.operation {
            Operation::Transform('a') => Value::One(flags),
            _ if variable.elements.is_some() => {
                Value::One(Self::shown(name, variable).trim_end().to_owned())
            }
            _ => match value {
                Value::One(value) => {
                    let declared = match flags.as_str() {
                        "" => String::new(),
                        flags => format!("declare -{flags} "),
                    };
                    Value::One(format!("{declared}{name}={}", quote::for_bash(&value)))
                }
                other => other,
            },
        }
    }

    fn add(&self, value: Value, context: Context, chunks: &mut Vec<Chunk>) {
        match value {
            Value::Unset if context.is_quoted => chunks.push(Chunk::quoted(String::new())),
            Value::Unset => {}
            Value::One(text) => chunks.push(Chunk::expanded(text, context)),
            Value::Many(values, is_apart) if is_apart || !context.is_quoted => {
                for (index, value) in values.into_iter().enumerate() {
                    if index > 0 {
                        let is_star = !is_apart;
                        chunks.push(Chunk::Break { is_star });
                    }
                    chunks.push(Chunk::expanded(value, context));
                }
            }
            many @ Value::Many(..) => chunks.push(Chunk::quoted(self.joined(many))),
        }
    }

    fn joined(&self, value: Value) -> String {
        match value {
            Value::Unset => String::new(),
            Value::One(text) => text,
            Value::Many(values, _) => {
                let separator: String = self.ifs().chars().take(1).collect();
                values.join(&separator)
            }
        }
    }
}

/// A change that takes no commands to work out.
enum Change {
    Trim(Side, bool, Pattern),
    Replace(Anchor, Pattern, String),
    Case(CaseChange, bool, Option<Pattern>),
    Transform(char),
}

impl Change {
    fn apply(&self, text: &str) -> String {
        match self {
            Self::Trim(Side::Prefix, is_longest, pattern) => {
                let length = pattern.prefix(text, *is_longest).unwrap_or_default();
                text[length..].to_owned()
            }
            Self::Trim(Side::Suffix, is_longest, pattern) => {
                let length = pattern.suffix(text, *is_longest).unwrap_or_default();
                text[..text.len() - length].to_owned()
            }
            Self::Replace(anchor, pattern, replacement) => {
                replaced(text, *anchor, pattern, replacement)
            }
            Self::Case(change, is_all, pattern) => cased(text, *change, *is_all, pattern.as_ref()),
            Self::Transform(letter) => match letter {
                'U' => cased(text, CaseChange::Upper, true, None),
                'L' => cased(text, CaseChange::Lower, true, None),
                'u' => cased(text, CaseChange::Upper, false, None),
                'Q' | 'K' | 'k' => quote::for_bash(text),
                'E' => {
                    let (resolved, _) = escapes::resolve(&text::encode(text), false);
                    text::decode(&resolved)
                }
                _ => text.to_owned(),
            },
        }
    }
}

/// Changes the letters that are meant: the first or all, and of those the ones that a pattern matches.
fn cased(text: &str, change: CaseChange, is_all: bool, pattern: Option<&Pattern>) -> String {
    let mut changed = String::with_capacity(text.len());
    for (at, letter) in text.chars().enumerate() {
        let is_meant = (is_all || at == 0)
            && pattern.is_none_or(|pattern| pattern.matches(letter.encode_utf8(&mut [0; 4])));
        match change {
            _ if !is_meant => changed.push(letter),
            CaseChange::Upper => changed.extend(letter.to_uppercase()),
            CaseChange::Toggled if letter.is_lowercase() => changed.extend(letter.to_uppercase()),
            CaseChange::Lower | CaseChange::Toggled => changed.extend(letter.to_lowercase()),
        }
    }
    changed
}

fn replaced(text: &str, anchor: Anchor, pattern: &Pattern, replacement: &str) -> String {
    match anchor {
        Anchor::Start => {
            return match pattern.prefix(text, true) {
                Some(length) => replacement.to_owned() + &text[length..],
                None => text.to_owned(),
            };
        }
        Anchor::End => {
            return match pattern.suffix(text, true) {
                Some(length) => text[..text.len() - length].to_owned() + replacement,
                None => text.to_owned(),
            };
        }
        Anchor::First | Anchor::All => {}
    }
    let mut result = String::new();
    let mut rest = text;
    // Each search looks no further than the last: the work stays bounded by its limit.
    let mut searches = MOST_SEARCHES / (text.len() + 1) + 1;
    while let Some(character) = rest.chars().next() {
        let found = pattern.prefix(rest, true).filter(|length| *length > 0);
        searches -= usize::from(pattern.has_star());
        if let Some(length) = found {
            result.push_str(replacement);
            rest = &rest[length..];
            if anchor == Anchor::First || result.len() > LONGEST {
                break;
            }
        } else {
            result.push(character);
            rest = &rest[character.len_utf8()..];
        }
        if searches == 0 {
            break;
        }
    }
    result + rest
}

/// How many characters a replacement may look at that tries a star at each place.
const MOST_SEARCHES: usize = 1 << 26;

/// Returns the part that an offset and a length mean; both count from the end if they
/// are negative.
fn range_of(count: usize, offset: i64, length: Option<i64>) -> std::ops::Range<usize> {
    let count_signed = i64::try_from(count).unwrap_or(i64::MAX);
    let start = if offset < 0 {
        count_signed.saturating_add(offset)
    } else {
        offset.min(count_signed)
    };
    if start < 0 {
        return 0..0;
    }
    let end = match length {
        None => count_signed,
        Some(length) if length < 0 => count_signed.saturating_add(length),
        Some(length) => start.saturating_add(length).min(count_signed),
    };
    let place = |place: i64| usize::try_from(place).unwrap_or_default();
    place(start)..place(end.max(start))
}

fn spelled(name: &Name) -> String {
    match name {
        Name::Variable(name) => name.clone(),
        Name::Positional(number) => number.to_string(),
        Name::Special(sign) => sign.to_string(),
        Name::Element(name, subscript) => match &**subscript {
            Subscript::Each { is_apart: true } => format!("{name}[@]"),
            Subscript::Each { is_apart: false } => format!("{name}[*]"),
            Subscript::At(word) => {
                let key = match word.pieces.as_slice() {
                    [Piece::Bare(text) | Piece::Quoted(text)] => text.as_str(),
                    _ => "…",
                };
                format!("{name}[{key}]")
            }
        },
    }
}

fn next_chance(mut state: u64) -> u64 {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    state
}
