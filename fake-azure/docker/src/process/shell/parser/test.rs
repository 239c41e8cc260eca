//! `[[ … ]]`, which knows its own operators and splits no words.

use super::super::syntax::{Test, Word};
use super::Parser;
use super::complaint::Stop;
use super::token::Token;

impl Parser {
    /// Reads a condition up to the `]]` that ends it.
    pub(super) fn test(&mut self) -> Result<Test, Stop> {
        self.skip_newlines()?;
        let mut tests = vec![self.conjunction()?];
        while self.accept("||")? {
            self.skip_newlines()?;
            tests.push(self.conjunction()?);
        }
        Ok(Test::Any(tests))
    }

    fn conjunction(&mut self) -> Result<Test, Stop> {
        let mut tests = vec![self.deeper(Self::primary)?];
        while self.accept("&&")? {
            self.skip_newlines()?;
            tests.push(self.deeper(Self::primary)?);
        }
        Ok(Test::All(tests))
    }

    fn primary(&mut self) -> Result<Test, Stop> {
        if self.accept_word("!")? {
            let test = self.deeper(Self::primary)?;
            return Ok(Test::Not(Box::new(test)));
        }
        if self.accept("(")? {
            let test = self.test()?;
            self.expect(")")?;
            return Ok(test);
        }
        let left = self.operand()?;
        let is_unary = matches!(left.as_bare().map(str::as_bytes), Some([b'-', letter])
            if letter.is_ascii_alphabetic());
        if is_unary && self.is_before_operand()? {
            let operator = left.as_bare().unwrap_or_default().to_owned();
            let operand = self.operand()?;
            return Ok(Test::Unary(operator, operand));
        }
        let operator = match self.peek()? {
            Token::Redirect {
                descriptor: None,
                operator: operator @ ("<" | ">"),
            } => (*operator).to_owned(),
            Token::Word(word) => match word.as_bare() {
                None | Some("]]") => return Ok(Test::Word(left)),
                Some(text) => text.to_owned(),
            },
            _ => return Ok(Test::Word(left)),
        };
        self.skip()?;
        let right = match operator.as_str() {
            "=~" => self.expression()?,
            _ => self.operand()?,
        };
        Ok(Test::Binary(left, operator, right))
    }

    fn operand(&mut self) -> Result<Word, Stop> {
        match self.peek()? {
            Token::Word(word) if word.as_bare() != Some("]]") => match self.next()? {
                Token::Word(word) => Ok(word),
                _ => Ok(Word::default()),
            },
            _ => Err(self.unexpected(None)),
        }
    }

    fn is_before_operand(&mut self) -> Result<bool, Stop> {
        Ok(matches!(self.peek()?, Token::Word(word)
            if !matches!(word.as_bare(), Some("]]" | "=" | "==" | "!="))))
    }
}
