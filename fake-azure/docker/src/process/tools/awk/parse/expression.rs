//! Expressions, from the weakest operator to the strongest.

use super::super::syntax::{Binary, Expression, From, Place};
use super::super::token::Token;
use super::{Parser, Read};
use crate::process::tools::regex::{Flavour, Regex};

fn boxed(expression: Expression) -> Box<Expression> {
    Box::new(expression)
}

impl Parser {
    pub(super) fn expression(&mut self) -> Read<Expression> {
        self.deeper()?;
        let expression = self.assignment();
        self.depth -= 1;
        expression
    }

    fn assignment(&mut self) -> Read<Expression> {
        let left = self.ternary()?;
        let operator = match self.peek() {
            Token::Operator("=") => None,
            Token::Operator("+=") => Some(Binary::Add),
            Token::Operator("-=") => Some(Binary::Subtract),
            Token::Operator("*=") => Some(Binary::Multiply),
            Token::Operator("/=") => Some(Binary::Divide),
            Token::Operator("%=") => Some(Binary::Modulo),
            Token::Operator("^=") => Some(Binary::Power),
            _ => return Ok(left),
        };
        let place = self.place(left)?;
        self.at += 1;
        self.line_feeds();
        let right = self.expression()?;
        Ok(Expression::Assign(place, operator, boxed(right)))
    }

    fn ternary(&mut self) -> Read<Expression> {
        let condition = self.either()?;
        if !self.take("?") {
            return Ok(condition);
        }
        self.line_feeds();
        let then = self.expression()?;
        self.line_feeds();
        self.expect(":")?;
        self.line_feeds();
        let otherwise = self.expression()?;
        Ok(Expression::Condition(
            boxed(condition),
            boxed(then),
            boxed(otherwise),
        ))
    }

    fn either(&mut self) -> Read<Expression> {
        let mut left = self.both()?;
        while self.take("||") {
            self.line_feeds();
            let right = self.both()?;
            left = Expression::Or(boxed(left), boxed(right));
        }
        Ok(left)
    }

    fn both(&mut self) -> Read<Expression> {
        let mut left = self.membership()?;
        while self.take("&&") {
            self.line_feeds();
            let right = self.membership()?;
            left = Expression::And(boxed(left), boxed(right));
        }
        Ok(left)
    }

    fn membership(&mut self) -> Read<Expression> {
        let mut left = self.matching()?;
        while !self.no_in && self.take_keyword("in") {
            let Token::Name(array) = self.next() else {
                self.at -= 1;
                return Err(self.wrong());
            };
            left = Expression::In(vec![left], self.variable(&array));
        }
        Ok(left)
    }

    fn matching(&mut self) -> Read<Expression> {
        let mut left = self.comparison()?;
        loop {
            let negated = match self.peek() {
                Token::Operator("~") => false,
                Token::Operator("!~") => true,
                _ => return Ok(left),
            };
            self.at += 1;
            let pattern = self.comparison()?;
            left = Expression::Match {
                negated,
                text: boxed(left),
                pattern: boxed(pattern),
            };
        }
    }

    fn comparison(&mut self) -> Read<Expression> {
        let left = self.piped()?;
        let operator = match self.peek() {
            Token::Operator("<") => Binary::Less,
            Token::Operator("<=") => Binary::LessOrEqual,
            Token::Operator("==") => Binary::Equal,
            Token::Operator("!=") => Binary::NotEqual,
            Token::Operator(">") if !self.no_greater => Binary::Greater,
            Token::Operator(">=") => Binary::GreaterOrEqual,
            _ => return Ok(left),
        };
        self.at += 1;
        let right = self.piped()?;
        Ok(Expression::Binary(operator, boxed(left), boxed(right)))
    }

    /// `command | getline`
    fn piped(&mut self) -> Read<Expression> {
        let mut left = self.joined()?;
        while self.is("|")
            && matches!(
                self.tokens.get(self.at + 1),
                Some((Token::Keyword("getline"), _))
            )
        {
            self.at += 2;
            let place = self.place_if_any()?;
            left = Expression::Getline(place, From::Command(boxed(left)));
        }
        Ok(left)
    }

    pub(super) fn joined(&mut self) -> Read<Expression> {
        let mut left = self.sum()?;
        while self.begins_operand() {
            let right = self.sum()?;
            left = Expression::Binary(Binary::Concatenate, boxed(left), boxed(right));
        }
        Ok(left)
    }

    /// Whether a value begins here, which is joined to the one before.
    fn begins_operand(&self) -> bool {
        matches!(
            self.peek(),
            Token::Number(_)
                | Token::Text(_)
                | Token::Regex(_)
                | Token::Name(_)
                | Token::Called(_)
                | Token::Function(_)
                | Token::Operator("$" | "(" | "!" | "-" | "+" | "++" | "--")
        )
    }

    fn sum(&mut self) -> Read<Expression> {
        let mut left = self.product()?;
        loop {
            let operator = match self.peek() {
                Token::Operator("+") => Binary::Add,
                Token::Operator("-") => Binary::Subtract,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.product()?;
            left = Expression::Binary(operator, boxed(left), boxed(right));
        }
    }

    fn product(&mut self) -> Read<Expression> {
        let mut left = self.unary()?;
        loop {
            let operator = match self.peek() {
                Token::Operator("*") => Binary::Multiply,
                Token::Operator("/") => Binary::Divide,
                Token::Operator("%") => Binary::Modulo,
                _ => return Ok(left),
            };
            self.at += 1;
            let right = self.unary()?;
            left = Expression::Binary(operator, boxed(left), boxed(right));
        }
    }

    fn unary(&mut self) -> Read<Expression> {
        self.deeper()?;
        let expression = if self.take("!") {
            self.unary().map(|inner| Expression::Not(boxed(inner)))
        } else if self.take("-") {
            self.unary().map(|inner| Expression::Negative(boxed(inner)))
        } else if self.take("+") {
            self.unary().map(|inner| Expression::Positive(boxed(inner)))
        } else {
            self.power()
        };
        self.depth -= 1;
        expression
    }

    fn power(&mut self) -> Read<Expression> {
        let left = self.stepped()?;
        if !self.take("^") {
            return Ok(left);
        }
        // It binds to the right, and more than the sign before it.
        let right = self.unary()?;
        Ok(Expression::Binary(Binary::Power, boxed(left), boxed(right)))
    }

    fn stepped(&mut self) -> Read<Expression> {
        for (operator, by) in [("++", 1.0), ("--", -1.0)] {
            if self.take(operator) {
                let operand = self.operand()?;
                let place = self.place(operand)?;
                return Ok(Expression::Step {
                    place,
                    by,
                    before: true,
                });
            }
        }
        let operand = self.operand()?;
        for (operator, by) in [("++", 1.0), ("--", -1.0)] {
            if self.is(operator)
                && let Expression::Place(place) = &operand
            {
                let place = place.clone();
                self.at += 1;
                return Ok(Expression::Step {
                    place,
                    by,
                    before: false,
                });
            }
        }
        Ok(operand)
    }

    fn place_if_any(&mut self) -> Read<Option<Place>> {
        if !matches!(self.peek(), Token::Name(_) | Token::Operator("$")) {
            return Ok(None);
        }
        let operand = self.operand()?;
        self.place(operand).map(Some)
    }

    fn operand(&mut self) -> Read<Expression> {
        let token = self.next();
        Ok(match token {
            Token::Number(number) => Expression::Number(number),
            Token::Text(text) => Expression::Text(text),
            Token::Regex(text) => {
                let regex = Regex::new(&text, Flavour::Awk, false);
                let wrong = |error| format!("bad regex '{text}': {error}");
                Expression::Regex(Box::new(regex.map_err(wrong)?))
            }
            Token::Operator("$") => {
                self.deeper()?;
                let index = if self.is("++") || self.is("--") {
                    self.stepped()
                } else if self.take("-") {
                    self.operand()
                        .map(|inner| Expression::Negative(boxed(inner)))
                } else {
                    self.operand()
                };
                self.depth -= 1;
                Expression::Place(Place::Field(boxed(index?)))
            }
            Token::Operator("(") => return self.parenthesis(),
            Token::Name(name) => {
                let variable = self.variable(&name);
                if !self.take("[") {
                    return Ok(Expression::Place(Place::Variable(variable)));
                }
                let (greater, inside) = (self.no_greater, self.no_in);
                (self.no_greater, self.no_in) = (false, false);
                let index = self.list();
                (self.no_greater, self.no_in) = (greater, inside);
                let index = index?;
                self.expect("]")?;
                Expression::Place(Place::Element(variable, index))
            }
            Token::Called(name) => {
                let function = self.function(&name);
                self.called.push((name, function));
                let arguments = self.arguments()?;
                Expression::Call(function, arguments)
            }
            Token::Function(name) => {
                let arguments = if self.is("(") {
                    self.arguments()?
                } else if name == "length" {
                    Vec::new()
                } else {
                    return Err(self.wrong());
                };
                if !super::super::function::takes(name, arguments.len()) {
                    return Err(self.wrong_call(name));
                }
                Expression::Function(name, arguments)
            }
            Token::Keyword("getline") => {
                let place = self.place_if_any()?;
                if self.take("<") {
                    let file = self.stepped()?;
                    return Ok(Expression::Getline(place, From::File(boxed(file))));
                }
                Expression::Getline(place, From::Input)
            }
            _ => {
                self.at -= 1;
                return Err(self.wrong());
            }
        })
    }

    fn wrong_call(&self, name: &str) -> String {
        let line = self.tokens[self.at.min(self.tokens.len() - 1)].1;
        format!("cmd. line:{line}: Too few or too many arguments to {name}")
    }

    fn arguments(&mut self) -> Read<Vec<Expression>> {
        self.expect("(")?;
        self.line_feeds();
        if self.take(")") {
            return Ok(Vec::new());
        }
        let (greater, inside) = (self.no_greater, self.no_in);
        (self.no_greater, self.no_in) = (false, false);
        let list = self.list();
        (self.no_greater, self.no_in) = (greater, inside);
        let list = list?;
        self.line_feeds();
        self.expect(")")?;
        Ok(list)
    }

    fn parenthesis(&mut self) -> Read<Expression> {
        let (greater, inside) = (self.no_greater, self.no_in);
        (self.no_greater, self.no_in) = (false, false);
        let list = self.list();
        (self.no_greater, self.no_in) = (greater, inside);
        let mut list = list?;
        self.expect(")")?;
        if list.len() > 1 {
            // `(i, j) in array`
            if !self.take_keyword("in") {
                return Err(self.wrong());
            }
            let Token::Name(array) = self.next() else {
                self.at -= 1;
                return Err(self.wrong());
            };
            return Ok(Expression::In(list, self.variable(&array)));
        }
        Ok(list.remove(0))
    }
}
