//! Statements.

use super::super::syntax::{Expression, Place, Statement, To};
use super::super::token::Token;
use super::{Parser, Read};

impl Parser {
    pub(super) fn block(&mut self) -> Read<Statement> {
        self.expect("{")?;
        self.deeper()?;
        let mut statements = Vec::new();
        loop {
            self.ends();
            if self.take("}") {
                break;
            }
            statements.push(self.statement()?);
        }
        self.depth -= 1;
        Ok(Statement::Block(statements))
    }

    /// A statement behind a head, which may stand on the next line.
    fn body(&mut self) -> Read<Statement> {
        self.line_feeds();
        if self.take(";") {
            return Ok(Statement::Block(Vec::new()));
        }
        self.statement()
    }

    fn statement(&mut self) -> Read<Statement> {
        self.deeper()?;
        let statement = self.statement_inside();
        self.depth -= 1;
        statement
    }

    fn statement_inside(&mut self) -> Read<Statement> {
        if self.is("{") {
            return self.block();
        }
        let keyword = match self.peek() {
            Token::Keyword(keyword) => *keyword,
            _ => "",
        };
        let statement = match keyword {
            "if" => {
                self.at += 1;
                return self.condition();
            }
            "while" => {
                self.at += 1;
                self.expect("(")?;
                let condition = self.expression()?;
                self.expect(")")?;
                let body = self.body()?;
                return Ok(Statement::While(condition, Box::new(body)));
            }
            "for" => {
                self.at += 1;
                return self.for_loop();
            }
            "do" => {
                self.at += 1;
                let body = self.body()?;
                self.ends();
                if !self.take_keyword("while") {
                    return Err(self.wrong());
                }
                self.expect("(")?;
                let condition = self.expression()?;
                self.expect(")")?;
                Statement::Do(Box::new(body), condition)
            }
            "next" => self.plain(Statement::Next),
            "nextfile" => self.plain(Statement::NextFile),
            "break" => self.plain(Statement::Break),
            "continue" => self.plain(Statement::Continue),
            "exit" => {
                self.at += 1;
                Statement::Exit(self.value_if_any()?)
            }
            "return" => {
                self.at += 1;
                Statement::Return(self.value_if_any()?)
            }
            _ => self.simple()?,
        };
        self.end_of_statement()?;
        Ok(statement)
    }

    fn plain(&mut self, statement: Statement) -> Statement {
        self.at += 1;
        statement
    }

    fn end_of_statement(&mut self) -> Read<()> {
        if *self.peek() == Token::LineFeed || self.is(";") {
            self.at += 1;
            return Ok(());
        }
        if self.is("}") || *self.peek() == Token::End {
            return Ok(());
        }
        Err(self.wrong())
    }

    fn value_if_any(&mut self) -> Read<Option<Expression>> {
        let ends = matches!(
            self.peek(),
            Token::LineFeed | Token::End | Token::Operator(";" | "}")
        );
        if ends {
            Ok(None)
        } else {
            Ok(Some(self.expression()?))
        }
    }

    fn condition(&mut self) -> Read<Statement> {
        self.expect("(")?;
        let condition = self.expression()?;
        self.expect(")")?;
        let then = self.body()?;
        let before = self.at;
        self.ends();
        if self.take_keyword("else") {
            let otherwise = self.body()?;
            return Ok(Statement::If(
                condition,
                Box::new(then),
                Some(Box::new(otherwise)),
            ));
        }
        self.at = before;
        Ok(Statement::If(condition, Box::new(then), None))
    }

    fn for_loop(&mut self) -> Read<Statement> {
        self.expect("(")?;
        // `for (x in a)`, which may begin like any other expression.
        if let Token::Name(name) = self.peek().clone()
            && let Some((Token::Keyword("in"), _)) = self.tokens.get(self.at + 1)
            && let Some((Token::Name(array), _)) = self.tokens.get(self.at + 2).cloned()
            && let Some((Token::Operator(")"), _)) = self.tokens.get(self.at + 3)
        {
            self.at += 4;
            let (key, array) = (self.variable(&name), self.variable(&array));
            let body = self.body()?;
            return Ok(Statement::ForIn(key, array, Box::new(body)));
        }
        let first = if self.is(";") {
            None
        } else {
            Some(Box::new(self.simple()?))
        };
        self.expect(";")?;
        self.line_feeds();
        let condition = if self.is(";") {
            None
        } else {
            Some(self.expression()?)
        };
        self.expect(";")?;
        self.line_feeds();
        let last = if self.is(")") {
            None
        } else {
            Some(Box::new(self.simple()?))
        };
        self.expect(")")?;
        let body = self.body()?;
        Ok(Statement::For(first, condition, last, Box::new(body)))
    }

    fn simple(&mut self) -> Read<Statement> {
        if self.take_keyword("print") {
            let (values, to) = self.printed()?;
            return Ok(Statement::Print(values, to));
        }
        if self.take_keyword("printf") {
            let (values, to) = self.printed()?;
            if values.is_empty() {
                return Err(self.wrong());
            }
            return Ok(Statement::Printf(values, to));
        }
        if self.take_keyword("delete") {
            let parenthesised = self.take("(");
            let Token::Name(name) = self.next() else {
                self.at -= 1;
                return Err(self.wrong());
            };
            let array = self.variable(&name);
            let index = if self.take("[") {
                let index = self.list()?;
                self.expect("]")?;
                Some(index)
            } else {
                None
            };
            if parenthesised {
                self.expect(")")?;
            }
            return Ok(Statement::Delete(array, index));
        }
        Ok(Statement::Expression(self.expression()?))
    }

    /// What `print` prints, and where to.
    fn printed(&mut self) -> Read<(Vec<Expression>, Option<To>)> {
        let ends = matches!(
            self.peek(),
            Token::LineFeed | Token::End | Token::Operator(";" | "}" | ">" | ">>" | "|")
        );
        let outer = std::mem::replace(&mut self.no_greater, true);
        let values = if ends {
            Vec::new()
        } else {
            self.printed_values()?
        };
        self.no_greater = outer;
        let to = if self.take(">") {
            Some(To::File(self.target()?))
        } else if self.take(">>") {
            Some(To::Append(self.target()?))
        } else if self.take("|") {
            Some(To::Command(self.target()?))
        } else {
            None
        };
        Ok((values, to))
    }

    fn printed_values(&mut self) -> Read<Vec<Expression>> {
        if self.is("(") {
            // A list in parentheses, unless what follows them goes on with it.
            let before = self.at;
            self.at += 1;
            let outer = std::mem::replace(&mut self.no_greater, false);
            let list = self.list();
            self.no_greater = outer;
            if let Ok(list) = list
                && self.take(")")
                && matches!(
                    self.peek(),
                    Token::LineFeed | Token::End | Token::Operator(";" | "}" | ">" | ">>" | "|")
                )
            {
                return Ok(list);
            }
            self.at = before;
        }
        self.list()
    }

    /// Where something is printed to: without operators weaker than joining.
    fn target(&mut self) -> Read<Expression> {
        let outer = std::mem::replace(&mut self.no_greater, true);
        let target = self.joined();
        self.no_greater = outer;
        target
    }

    /// Makes a place of an expression, if it is one.
    pub(super) fn place(&self, expression: Expression) -> Read<Place> {
        match expression {
            Expression::Place(place) => Ok(place),
            _ => Err(self.wrong()),
        }
    }
}
