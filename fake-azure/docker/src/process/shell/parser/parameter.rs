//! `$name` and `${name…}`.

use super::super::syntax::{
    Action, Anchor, CaseChange, Name, Operation, Parameter, Side, Subscript, Word,
};
use super::complaint::{Complaint, Stop};
use super::{Parser, is_in_name, is_start_of_name};

/// The letters behind the `@` of a change.
const TRANSFORMS: &str = "QEPAaUuLKk";
/// The parameters that have signs for names.
const SPECIAL: &str = "@*#?-$!";

impl Parser {
    /// Reads a parameter without braces; None if what follows the `$` is no name.
    pub(super) fn plain_parameter(&mut self) -> Result<Option<Parameter>, Stop> {
        let name = match self.cursor.peek()? {
            Some(digit @ '0'..='9') => {
                self.cursor.next()?;
                Some(Name::Positional(digit as usize - '0' as usize))
            }
            Some(sign) if SPECIAL.contains(sign) => {
                self.cursor.next()?;
                Some(Name::Special(sign))
            }
            Some(start) if is_start_of_name(start) => self.variable_name()?.map(Name::Variable),
            _ => None,
        };
        Ok(name.map(|name| Parameter {
            name,
            operation: Operation::Value,
        }))
    }

    /// Reads a parameter up to its closing brace; the opening one has been read.
    pub(super) fn braced_parameter(&mut self, is_double: bool) -> Result<Parameter, Stop> {
        if let Some(parameter) = self.prefixed_parameter()? {
            return Ok(parameter);
        }
        let Some(name) = self.parameter_name()? else {
            return Err(self.bad_substitution());
        };
        let operation = self.operation(is_double)?;
        if self.cursor.accept('}')? {
            Ok(Parameter { name, operation })
        } else {
            Err(self.bad_substitution())
        }
    }

    /// Makes an error of what stands where the closing brace should.
    fn bad_substitution(&mut self) -> Stop {
        match self.cursor.peek() {
            Err(stop) => stop,
            Ok(None) => self.cursor.error(Complaint::MissingBrace),
            Ok(Some(_)) => self.cursor.error(Complaint::BadSubstitution),
        }
    }

    /// Reads `#name}` and, for bash, `!name}`.
    fn prefixed_parameter(&mut self) -> Result<Option<Parameter>, Stop> {
        let start = self.cursor.mark();
        let operation = match self.cursor.peek()? {
            Some('#') => Operation::Length,
            Some('!') if self.dialect.is_bash() => Operation::Indirect,
            _ => return Ok(None),
        };
        self.cursor.next()?;
        let name = self.parameter_name()?;
        if operation == Operation::Indirect
            && let Some(Name::Variable(prefix)) = &name
            && let Some(sign @ ('@' | '*')) = self.cursor.peek()?
        {
            self.cursor.next()?;
            if self.cursor.accept('}')? {
                return Ok(Some(Parameter {
                    name: Name::Variable(prefix.clone()),
                    operation: Operation::Names {
                        is_apart: sign == '@',
                    },
                }));
            }
            self.cursor.return_to(start);
            return Ok(None);
        }
        if let Some(name) = name
            && self.cursor.accept('}')?
        {
            let of_all = matches!(&name, Name::Element(_, subscript)
                if matches!(**subscript, Subscript::Each { .. }));
            let operation = match operation {
                Operation::Indirect if of_all => Operation::Keys,
                operation => operation,
            };
            return Ok(Some(Parameter { name, operation }));
        }
        self.cursor.return_to(start);
        Ok(None)
    }

    fn parameter_name(&mut self) -> Result<Option<Name>, Stop> {
        match self.cursor.peek()? {
            Some(digit) if digit.is_ascii_digit() => {
                let start = self.cursor.mark();
                while self.cursor.peek()?.is_some_and(|c| c.is_ascii_digit()) {
                    self.cursor.next()?;
                }
                // A number too large names a parameter that nobody sets.
                let number = self.cursor.since(start).parse().unwrap_or(usize::MAX);
                Ok(Some(Name::Positional(number)))
            }
            Some(sign) if SPECIAL.contains(sign) => {
                self.cursor.next()?;
                Ok(Some(Name::Special(sign)))
            }
            _ => {
                let Some(name) = self.variable_name()? else {
                    return Ok(None);
                };
                if self.dialect.is_bash() && self.cursor.accept('[')? {
                    let subscript = self.subscript()?;
                    return Ok(Some(Name::Element(name, Box::new(subscript))));
                }
                Ok(Some(Name::Variable(name)))
            }
        }
    }

    /// Reads a subscript up to its closing bracket; the opening one has been read.
    fn subscript(&mut self) -> Result<Subscript, Stop> {
        let start = self.cursor.mark();
        if let Some(sign @ ('@' | '*')) = self.cursor.next()?
            && self.cursor.accept(']')?
        {
            return Ok(Subscript::Each {
                is_apart: sign == '@',
            });
        }
        self.cursor.return_to(start);
        let word = self.word_in_braces(false, &[']', '}'])?;
        if self.cursor.accept(']')? {
            Ok(Subscript::At(word))
        } else {
            Err(self.cursor.error(Complaint::BadSubstitution))
        }
    }

    fn variable_name(&mut self) -> Result<Option<String>, Stop> {
        let mut name = String::new();
        while let Some(character) = self.cursor.peek()?
            && is_in_name(character)
            && (!name.is_empty() || is_start_of_name(character))
        {
            self.cursor.next()?;
            name.push(character);
        }
        Ok((!name.is_empty()).then_some(name))
    }

    /// Reads what is to be done with the value, up to the closing brace.
    fn operation(&mut self, is_double: bool) -> Result<Operation, Stop> {
        let has_more = self.dialect.has_bash_compatibility();
        match self.cursor.peek()? {
            Some(':') => {
                self.cursor.next()?;
                match self.cursor.peek()? {
                    Some('-' | '=' | '?' | '+') => self.default(is_double, true),
                    Some('}') | None => Err(self.cursor.error(Complaint::MissingBrace)),
                    Some(_) if has_more => self.substring(),
                    Some(_) => Err(self.cursor.error(Complaint::BadSubstitution)),
                }
            }
            Some('-' | '=' | '?' | '+') => self.default(is_double, false),
            Some(sign @ ('#' | '%')) => {
                self.cursor.next()?;
                Ok(Operation::Trim {
                    side: if sign == '#' {
                        Side::Prefix
                    } else {
                        Side::Suffix
                    },
                    is_longest: self.cursor.accept(sign)?,
                    pattern: self.word_in_braces(false, &['}'])?,
                })
            }
            Some('/') if has_more => self.replacement(),
            Some('^' | ',' | '~') if self.dialect.is_bash() => self.case_change(),
            Some('@') if self.dialect.is_bash() => self.transform(),
            _ => Ok(Operation::Value),
        }
    }

    fn case_change(&mut self) -> Result<Operation, Stop> {
        let sign = self.cursor.next()?.unwrap_or('^');
        Ok(Operation::Case {
            change: match sign {
                '^' => CaseChange::Upper,
                ',' => CaseChange::Lower,
                _ => CaseChange::Toggled,
            },
            is_all: self.cursor.accept(sign)?,
            pattern: self.word_in_braces(false, &['}'])?,
        })
    }

    fn transform(&mut self) -> Result<Operation, Stop> {
        self.cursor.next()?;
        match self.cursor.next()? {
            Some(letter) if TRANSFORMS.contains(letter) => Ok(Operation::Transform(letter)),
            _ => Err(self.cursor.error(Complaint::BadSubstitution)),
        }
    }

    fn default(&mut self, is_double: bool, is_null_unset: bool) -> Result<Operation, Stop> {
        let action = match self.cursor.next()? {
            Some('=') => Action::Assign,
            Some('?') => Action::Fail,
            Some('+') => Action::Replace,
            _ => Action::Use,
        };
        Ok(Operation::Default {
            action,
            is_null_unset,
            word: self.word_in_braces(is_double, &['}'])?,
        })
    }

    fn substring(&mut self) -> Result<Operation, Stop> {
        let offset = self.word_in_braces(true, &[':', '}'])?;
        let length = if self.cursor.accept(':')? {
            Some(self.word_in_braces(true, &['}'])?)
        } else {
            None
        };
        Ok(Operation::Substring { offset, length })
    }

    fn replacement(&mut self) -> Result<Operation, Stop> {
        self.cursor.next()?;
        let anchor = match self.cursor.peek()? {
            Some('/') => Anchor::All,
            Some('#') => Anchor::Start,
            Some('%') => Anchor::End,
            _ => Anchor::First,
        };
        if anchor != Anchor::First {
            self.cursor.next()?;
        }
        let pattern = self.word_in_braces(false, &['/', '}'])?;
        let replacement = if self.cursor.accept('/')? {
            self.word_in_braces(false, &['}'])?
        } else {
            Word::default()
        };
        Ok(Operation::Replace {
            anchor,
            pattern,
            replacement,
        })
    }
}
