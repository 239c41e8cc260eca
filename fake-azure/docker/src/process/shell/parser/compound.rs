//! Compound commands.

use std::sync::Arc;

use super::super::syntax::{Arm, Kind, List, Word};
use super::complaint::{ANY_WORD, Complaint, Stop};
use super::token::Token;
use super::{Parser, RESERVED, braces, is_name};

impl Parser {
    /// Reads a compound command without its redirections, if one begins here.
    pub(super) fn compound(&mut self) -> Result<Option<Kind>, Stop> {
        let reserved = match self.peek()? {
            Token::Operator("(") => return self.parenthesis().map(Some),
            Token::Word(word) => match word.as_bare() {
                Some(text) => text.to_owned(),
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        let has_more = self.dialect.has_bash_compatibility();
        let kind = match reserved.as_str() {
            "{" => {
                self.skip()?;
                let commands = self.list(false)?;
                self.expect_word("}")?;
                Kind::Group(commands)
            }
            "if" => self.conditional()?,
            "while" | "until" => {
                self.skip()?;
                let condition = self.list(false)?;
                Kind::Loop {
                    is_until: reserved == "until",
                    condition,
                    body: self.body()?,
                }
            }
            "for" => self.for_loop(false)?,
            "case" => self.case()?,
            "select" if self.dialect.is_bash() => return self.for_loop(true).map(Some),
            "function" if has_more => self.keyword_function()?,
            "[[" if has_more => {
                self.skip()?;
                let test = self.test()?;
                self.expect_word("]]")?;
                Kind::Test(test)
            }
            other if RESERVED.contains(&other) => return Err(self.unexpected(None)),
            _ => return Ok(None),
        };
        Ok(Some(kind))
    }

    /// Reads `( … )`, or `(( … ))` of bash.
    fn parenthesis(&mut self) -> Result<Kind, Stop> {
        self.skip()?;
        if self.dialect.is_bash() && self.cursor.accept('(')? {
            return self.deeper(Self::arithmetic).map(Kind::Arithmetic);
        }
        let commands = self.list(false)?;
        self.expect(")")?;
        Ok(Kind::Subshell(commands))
    }

    fn conditional(&mut self) -> Result<Kind, Stop> {
        let mut branches = Vec::new();
        let mut otherwise = None;
        loop {
            // `if` the first time, `elif` afterwards.
            self.skip()?;
            let condition = self.list(false)?;
            self.expect_word("then")?;
            branches.push((condition, self.list(false)?));
            if self.accept_word("else")? {
                otherwise = Some(self.list(false)?);
                break;
            }
            if !matches!(self.peek()?, Token::Word(word) if word.as_bare() == Some("elif")) {
                break;
            }
        }
        self.expect_word("fi")?;
        Ok(Kind::If {
            branches,
            otherwise,
        })
    }

    fn body(&mut self) -> Result<Arc<List>, Stop> {
        self.expect_word("do")?;
        let body = self.list(false)?;
        self.expect_word("done")?;
        Ok(body)
    }

    /// Reads `for`, or `select` of bash, which is like it.
    fn for_loop(&mut self, asks: bool) -> Result<Kind, Stop> {
        self.skip()?;
        if !asks && self.dialect.is_bash() && self.accept("(")? {
            return self.counting_for();
        }
        let (variable, words) = self.variable_and_words()?;
        let body = self.body()?;
        Ok(if asks {
            Kind::Select {
                variable,
                words,
                body,
            }
        } else {
            Kind::For {
                variable,
                words,
                body,
            }
        })
    }

    /// Reads `name [in word…]` up to the body.
    fn variable_and_words(&mut self) -> Result<(String, Option<Vec<Word>>), Stop> {
        let variable = match self.next()? {
            Token::Word(word) => word
                .as_bare()
                .filter(|name| is_name(name))
                .map(str::to_owned),
            _ => None,
        };
        let Some(variable) = variable else {
            return Err(self.cursor.error(Complaint::BadForVariable));
        };
        self.skip_newlines()?;
        let words = if self.accept_word("in")? {
            let mut words = Vec::new();
            while matches!(self.peek()?, Token::Word(_)) {
                if let Token::Word(word) = self.next()? {
                    if self.dialect.is_bash() {
                        words.extend(braces::expand(word));
                    } else {
                        words.push(word);
                    }
                }
            }
            if !matches!(self.peek()?, Token::Newline | Token::Operator(";")) {
                return Err(self.unexpected(None));
            }
            self.skip()?;
            Some(words)
        } else {
            self.accept(";")?;
            None
        };
        self.skip_newlines()?;
        Ok((variable, words))
    }

    /// Reads `(first; condition; step)) do … done`; the first parenthesis has been read.
    fn counting_for(&mut self) -> Result<Kind, Stop> {
        if !self.cursor.accept('(')? {
            return Err(self.cursor.error(Complaint::BadForVariable));
        }
        let mut parts = [Word::default(), Word::default()];
        for part in &mut parts {
            *part = self.arithmetic_part(&[';'])?;
            if !self.cursor.accept(';')? {
                return Err(self.cursor.error(Complaint::MissingArithmeticEnd));
            }
        }
        let [first, condition] = parts;
        let step = self.arithmetic()?;
        self.accept(";")?;
        self.skip_newlines()?;
        Ok(Kind::CountingFor {
            first,
            condition,
            step,
            body: self.body()?,
        })
    }

    fn case(&mut self) -> Result<Kind, Stop> {
        self.skip()?;
        let subject = match self.peek()? {
            Token::Word(_) => self.pattern()?,
            _ => return Err(self.unexpected(Some(ANY_WORD))),
        };
        self.skip_newlines()?;
        self.expect_word("in")?;
        let mut arms = Vec::new();
        loop {
            self.skip_newlines()?;
            if self.accept_word("esac")? {
                break;
            }
            arms.push(self.arm()?);
            if self.accept_word("esac")? {
                break;
            }
            if self.dialect.is_bash() && self.accept(";&")? {
                if let Some(arm) = arms.last_mut() {
                    arm.falls_through = true;
                }
                continue;
            }
            self.expect(";;")?;
        }
        Ok(Kind::Case { subject, arms })
    }

    fn arm(&mut self) -> Result<Arm, Stop> {
        self.accept("(")?;
        let mut patterns = vec![self.pattern()?];
        while self.accept("|")? {
            patterns.push(self.pattern()?);
        }
        self.expect(")")?;
        Ok(Arm {
            patterns,
            body: self.list(true)?,
            falls_through: false,
        })
    }

    fn pattern(&mut self) -> Result<Word, Stop> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            token => Err(self.cursor.error(Complaint::Unexpected {
                found: token.found(),
                expected: matches!(token, Token::End).then_some(")"),
            })),
        }
    }

    /// Reads `function name [()] body`.
    fn keyword_function(&mut self) -> Result<Kind, Stop> {
        let line = self.cursor.line();
        self.skip()?;
        let name = match self.next()? {
            Token::Word(word) => word.as_bare().map(str::to_owned),
            token => {
                return Err(self.cursor.error(Complaint::Unexpected {
                    found: token.found(),
                    expected: None,
                }));
            }
        };
        let Some(name) = name else {
            return Err(self.cursor.error(Complaint::BadFunctionName));
        };
        if self.accept("(")? {
            self.expect(")")?;
        }
        Ok(self.function_body(line, name)?.kind)
    }
}
