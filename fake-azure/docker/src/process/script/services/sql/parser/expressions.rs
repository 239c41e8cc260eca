//! Reading expressions, by their operators' strength.

use super::{DEEPEST, Parser};
use crate::process::script::services::sql::Failure;
use crate::process::script::services::sql::expression::{Expression, Operator};
use crate::process::script::services::sql::kind::Kind;
use crate::process::script::services::sql::token::Token;
use crate::process::script::services::sql::value::Value;

/// The most operators of the same strength in a row.
const LONGEST_CHAIN: usize = 1_000;

fn binary(left: Expression, operator: Operator, right: Expression) -> Expression {
    Expression::Binary(Box::new(left), operator, Box::new(right))
}

impl Parser<'_> {
    pub(super) fn expression(&mut self) -> Result<Expression, Failure> {
        self.depth += 1;
        let expression = if self.depth > DEEPEST {
            Err(Failure::new("54001", "stack depth limit exceeded"))
        } else {
            self.or()
        };
        self.depth -= 1;
        expression
    }

    /// Reads operands with operators of one strength between them.
    fn chain(
        &mut self,
        operand: fn(&mut Self) -> Result<Expression, Failure>,
        operator: fn(&mut Self) -> Option<Operator>,
    ) -> Result<Expression, Failure> {
        let mut left = operand(self)?;
        for _ in 0..LONGEST_CHAIN {
            let Some(operator) = operator(self) else {
                return Ok(left);
            };
            left = binary(left, operator, operand(self)?);
        }
        Err(Failure::new("54001", "the expression is too long"))
    }

    fn or(&mut self) -> Result<Expression, Failure> {
        self.chain(Self::and, |parser| {
            parser.take("or").then_some(Operator::Or)
        })
    }

    fn and(&mut self) -> Result<Expression, Failure> {
        self.chain(Self::not, |parser| {
            parser.take("and").then_some(Operator::And)
        })
    }

    fn not(&mut self) -> Result<Expression, Failure> {
        let mut times = 0_usize;
        while self.take("not") {
            times += 1;
        }
        let inner = self.comparison()?;
        Ok(if times % 2 == 1 {
            Expression::Not(Box::new(inner))
        } else {
            inner
        })
    }

    fn comparison(&mut self) -> Result<Expression, Failure> {
        let left = self.sum()?;
        let operators = [
            ("=", Operator::Equal),
            ("<>", Operator::Unequal),
            ("!=", Operator::Unequal),
            ("<=", Operator::LessOrEqual),
            (">=", Operator::GreaterOrEqual),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        for (symbol, operator) in operators {
            if self.take_symbol(symbol) {
                if self.is("any") || self.is("all") {
                    return Err(self.not_simulated("ANY and ALL"));
                }
                return Ok(binary(left, operator, self.sum()?));
            }
        }
        if self.take("is") {
            let not = self.take("not");
            if self.take("null") {
                return Ok(Expression::IsNull(Box::new(left), not));
            }
            let is = if self.take("true") {
                true
            } else {
                self.expect("false")?;
                false
            };
            let same = binary(left, Operator::Equal, Expression::Value(Value::Bool(is)));
            return Ok(if not {
                Expression::Not(Box::new(same))
            } else {
                same
            });
        }
        let not = self.take("not");
        if self.take("in") {
            self.expect_symbol("(")?;
            if self.is("select") {
                return Err(self.not_simulated("a query in an expression"));
            }
            let list = self.list(Self::expression)?;
            self.expect_symbol(")")?;
            return Ok(Expression::In(Box::new(left), list, not));
        }
        if self.take("between") {
            let low = self.sum()?;
            self.expect("and")?;
            let high = self.sum()?;
            let above = binary(left.clone(), Operator::GreaterOrEqual, low);
            let below = binary(left, Operator::LessOrEqual, high);
            let within = binary(above, Operator::And, below);
            return Ok(if not {
                Expression::Not(Box::new(within))
            } else {
                within
            });
        }
        let any_case = self.is("ilike");
        if self.take("like") || self.take("ilike") {
            return Ok(Expression::Like {
                value: Box::new(left),
                pattern: Box::new(self.sum()?),
                any_case,
                not,
            });
        }
        if not { Err(self.wrong()) } else { Ok(left) }
    }

    fn sum(&mut self) -> Result<Expression, Failure> {
        self.chain(Self::product, |parser| {
            let operators = [
                ("||", Operator::Join),
                ("+", Operator::Plus),
                ("-", Operator::Minus),
            ];
            let found = operators
                .into_iter()
                .find(|(symbol, _)| parser.is_symbol(symbol))?;
            parser.at += 1;
            Some(found.1)
        })
    }

    fn product(&mut self) -> Result<Expression, Failure> {
        self.chain(Self::unary, |parser| {
            let operators = [
                ("*", Operator::Times),
                ("/", Operator::Divide),
                ("%", Operator::Modulo),
            ];
            let found = operators
                .into_iter()
                .find(|(symbol, _)| parser.is_symbol(symbol))?;
            parser.at += 1;
            Some(found.1)
        })
    }

    fn unary(&mut self) -> Result<Expression, Failure> {
        let mut times = 0_usize;
        loop {
            if self.take_symbol("-") {
                times += 1;
            } else if !self.take_symbol("+") {
                break;
            }
        }
        let mut inner = self.primary()?;
        while self.take_symbol("::") {
            inner = Expression::Cast(Box::new(inner), self.kind()?);
        }
        if self.is_symbol("[") {
            return Err(self.not_simulated("an array"));
        }
        Ok(if times % 2 == 1 {
            Expression::Minus(Box::new(inner))
        } else {
            inner
        })
    }

    /// A type, with a length in parentheses that is not heeded.
    pub(super) fn kind(&mut self) -> Result<Kind, Failure> {
        let place = self.at;
        let name = self.plain_name()?;
        let name = if self.take_symbol(".") {
            self.plain_name()?
        } else {
            name
        };
        let Some(mut kind) = Kind::named(&name) else {
            self.at = place;
            return Err(Failure::new(
                "42704",
                format!("type \"{name}\" does not exist"),
            ));
        };
        if kind == Kind::Float8 {
            self.take("precision");
        }
        if kind == Kind::Varchar {
            self.take("varying");
        }
        if self.take_symbol("(") {
            while !self.take_symbol(")") {
                if self.next().is_none() {
                    return Err(self.wrong());
                }
            }
        }
        if self.take_all(&["with", "time", "zone"]) && kind == Kind::Timestamp {
            kind = Kind::Timestamptz;
        }
        self.take_all(&["without", "time", "zone"]);
        self.take("unsigned");
        if self.is_symbol("[") {
            return Err(self.not_simulated("an array"));
        }
        Ok(kind)
    }

    fn primary(&mut self) -> Result<Expression, Failure> {
        let Some(token) = self.peek().cloned() else {
            return Err(self.wrong());
        };
        self.at += 1;
        match token {
            Token::Text(text) => Ok(Expression::Value(Value::Text(text))),
            Token::Number(number) => Ok(Expression::Value(match number.parse::<i64>() {
                Ok(number) => Value::Integer(number),
                Err(_) => Value::Number(number),
            })),
            Token::Parameter(number) => {
                self.parameters = self.parameters.max(number);
                Ok(Expression::Parameter(number))
            }
            Token::Setting(name) => Ok(Expression::Setting(name)),
            Token::Symbol("(") => {
                if self.is("select") || self.is("with") {
                    return Err(self.not_simulated("a query in an expression"));
                }
                let inner = self.expression()?;
                self.expect_symbol(")")?;
                Ok(inner)
            }
            Token::Name(name) => self.reference(name),
            Token::Word(word) => self.word(word),
            Token::Symbol(_) => {
                self.at -= 1;
                Err(self.wrong())
            }
        }
    }

    fn word(&mut self, word: String) -> Result<Expression, Failure> {
        Ok(match word.as_str() {
            "null" => Expression::Value(Value::Null),
            "true" => Expression::Value(Value::Bool(true)),
            "false" => Expression::Value(Value::Bool(false)),
            "cast" => {
                self.expect_symbol("(")?;
                let inner = self.expression()?;
                self.expect("as")?;
                let kind = self.kind()?;
                self.expect_symbol(")")?;
                Expression::Cast(Box::new(inner), kind)
            }
            "case" => self.case()?,
            "exists" | "array" | "row" => {
                return Err(Failure::not_simulated(word.to_ascii_uppercase()));
            }
            "current_date" | "current_timestamp" | "localtimestamp" | "current_user"
            | "session_user" | "user" | "current_database" | "current_schema"
            | "current_catalog"
                if !self.is_symbol("(") =>
            {
                Expression::Call(word, Vec::new())
            }
            "date" | "timestamp" | "timestamptz" | "time" | "interval"
                if matches!(self.peek(), Some(Token::Text(_))) =>
            {
                let kind = Kind::named(&word).unwrap_or(Kind::Text);
                Expression::Cast(Box::new(self.primary()?), kind)
            }
            "values" if self.is_symbol("(") => return self.reference(word),
            "select" | "from" | "where" | "values" | "set" | "order" | "group" | "limit" => {
                self.at -= 1;
                return Err(self.wrong());
            }
            _ => return self.reference(word),
        })
    }

    fn case(&mut self) -> Result<Expression, Failure> {
        let subject = if self.is("when") {
            None
        } else {
            Some(self.expression()?)
        };
        let mut cases = Vec::new();
        while self.take("when") {
            let mut when = self.expression()?;
            if let Some(subject) = &subject {
                when = binary(subject.clone(), Operator::Equal, when);
            }
            self.expect("then")?;
            cases.push((when, self.expression()?));
        }
        let otherwise = if self.take("else") {
            Some(Box::new(self.expression()?))
        } else {
            None
        };
        self.expect("end")?;
        Ok(Expression::Case(cases, otherwise))
    }

    /// A column, perhaps of a named table, or a function with its arguments.
    fn reference(&mut self, mut name: String) -> Result<Expression, Failure> {
        let mut before = None;
        while self.take_symbol(".") {
            before = Some(name);
            name = self.plain_name()?;
        }
        if !self.take_symbol("(") {
            return Ok(if before.as_deref() == Some("excluded") {
                Expression::Excluded(name)
            } else {
                Expression::Column(name)
            });
        }
        if self.take_symbol("*") {
            self.expect_symbol(")")?;
            return if name == "count" {
                Ok(Expression::CountAll)
            } else {
                Err(self.wrong())
            };
        }
        if self.take("distinct") {
            return Err(self.not_simulated("DISTINCT in a function"));
        }
        let mut args = Vec::new();
        if !self.is_symbol(")") {
            args = self.list(Self::expression)?;
        }
        self.expect_symbol(")")?;
        if self.is("over") || self.is("filter") {
            return Err(self.not_simulated("a window"));
        }
        // MySQL's name for the row that was to be inserted.
        if name == "values"
            && let [Expression::Column(column)] = args.as_slice()
        {
            return Ok(Expression::Excluded(column.clone()));
        }
        Ok(Expression::Call(name, args))
    }
}
