//! The language of `bc`: text, words, statements.

use std::sync::Arc;

/// How deep statements and expressions may stand in each other.
const DEEPEST: usize = 100;

/// A word of the language.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(String),
    Name(String),
    Text(String),
    Sign(&'static str),
    /// The end of a line.
    Line,
}

/// The signs; longer ones stand before those that they begin with.
const SIGNS: [&str; 37] = [
    "++", "--", "+=", "-=", "*=", "/=", "%=", "^=", "==", "!=", "<=", ">=", "&&", "||", "+", "-",
    "*", "/", "%", "^", "=", "<", ">", "!", "(", ")", "[", "]", "{", "}", ",", ";", "?", ":", "&",
    "|", "$",
];

#[derive(Clone, Debug)]
pub(super) enum Expression {
    Number(String),
    Place(Place),
    /// A sign before an expression.
    Not(Box<Self>),
    Negated(Box<Self>),
    Binary(&'static str, Box<Self>, Box<Self>),
    /// An assignment: the operator before the `=`, if there is one.
    Assign(Option<&'static str>, Place, Box<Self>),
    /// `++` and `--`: whether they stand before.
    Step {
        up: bool,
        before: bool,
        place: Place,
    },
    Call(String, Vec<Self>),
}

/// What a value can be given to.
#[derive(Clone, Debug)]
pub(super) enum Place {
    Variable(String),
    Element(String, Box<Expression>),
}

#[derive(Clone, Debug)]
pub(super) enum Statement {
    Expression(Expression),
    Text(String),
    Print(Vec<Printed>),
    If(Expression, Arc<Self>, Option<Arc<Self>>),
    While(Expression, Arc<Self>),
    For([Option<Expression>; 3], Arc<Self>),
    Block(Vec<Self>),
    Return(Option<Expression>),
    Break,
    Continue,
    Quit,
    Define(String, Arc<Function>),
}

#[derive(Clone, Debug)]
pub(super) enum Printed {
    Text(String),
    Expression(Expression),
}

/// A function of the script's.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) parameters: Vec<String>,
    pub(super) own: Vec<String>,
    pub(super) body: Vec<Statement>,
}

/// Why a text cannot be read.
#[derive(Debug)]
pub(super) struct Bad(pub(super) String);

/// Whether a text goes on in the next line: a brace, a parenthesis, a remark or a text is open.
pub(super) fn is_open(text: &str) -> bool {
    if text.ends_with("\\\n") {
        return true;
    }
    match tokens(text) {
        Err(Unread::Open) => true,
        Err(Unread::Bad(_)) => false,
        Ok(tokens) => {
            let depth = tokens.iter().fold(0_i64, |depth, token| match token {
                Token::Sign("{" | "(") => depth + 1,
                Token::Sign("}" | ")") => depth - 1,
                _ => depth,
            });
            // The body of a function or a loop may begin in the next line.
            let mut words = tokens.iter().filter(|token| **token != Token::Line);
            let begins = matches!(words.next(), Some(Token::Name(name)) if name == "define");
            let has_body = tokens.contains(&Token::Sign("{"));
            depth > 0 || (begins && !has_body)
        }
    }
}

enum Unread {
    Open,
    Bad(Bad),
}

fn tokens(text: &str) -> Result<Vec<Token>, Unread> {
    let text = text.replace("\\\n", "");
    let mut tokens = Vec::new();
    let mut rest = text.as_str();
    while let Some(first) = rest.chars().next() {
        let word = |is_in: &dyn Fn(char) -> bool| {
            let end = rest.find(|c| !is_in(c)).unwrap_or(rest.len());
            rest.split_at(end)
        };
        if let Some(remark) = rest.strip_prefix("/*") {
            rest = &remark[remark.find("*/").ok_or(Unread::Open)? + 2..];
        } else if first == '#' {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if first == '\n' {
            tokens.push(Token::Line);
            rest = &rest[1..];
        } else if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
        } else if let Some(begun) = rest.strip_prefix('"') {
            let (text, after) = begun.split_once('"').ok_or(Unread::Open)?;
            tokens.push(Token::Text(text.to_owned()));
            rest = after;
        } else if first.is_ascii_digit() || first.is_ascii_uppercase() || first == '.' {
            let (number, after) =
                word(&|c| c.is_ascii_digit() || ('A'..='F').contains(&c) || c == '.');
            if number.is_empty() || number.matches('.').count() > 1 {
                return Err(Unread::Bad(Bad(format!("bad number '{rest}'"))));
            }
            tokens.push(if number == "." {
                Token::Name("last".to_owned())
            } else {
                Token::Number(number.to_owned())
            });
            rest = after;
        } else if first.is_ascii_lowercase() {
            let is_in = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            let (name, after) = word(&is_in);
            tokens.push(Token::Name(name.to_owned()));
            rest = after;
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            return Err(Unread::Bad(Bad(format!("bad character '{first}'"))));
        }
    }
    Ok(tokens)
}

/// Reads all statements of a text.
pub(super) fn statements(text: &str) -> Result<Vec<Statement>, Bad> {
    let tokens = tokens(text).map_err(|unread| match unread {
        Unread::Bad(bad) => bad,
        Unread::Open => Bad("bad expression at ''".to_owned()),
    })?;
    let mut reader = Reader {
        tokens: &tokens,
        depth: 0,
    };
    let mut statements = Vec::new();
    loop {
        reader.skip_ends();
        if reader.tokens.is_empty() {
            return Ok(statements);
        }
        statements.push(reader.statement()?);
        if !(reader.tokens.is_empty() || reader.ends_here()) {
            return Err(reader.bad("statement terminator"));
        }
    }
}

struct Reader<'a> {
    tokens: &'a [Token],
    depth: usize,
}

impl Reader<'_> {
    fn bad(&self, what: &str) -> Bad {
        let at = match self.tokens.first() {
            None | Some(Token::Line) => "",
            Some(Token::Number(text) | Token::Name(text) | Token::Text(text)) => text,
            Some(Token::Sign(sign)) => sign,
        };
        Bad(format!("bad {what} at '{at}'"))
    }

    fn accept(&mut self, sign: &str) -> bool {
        let is_next = matches!(self.tokens.first(), Some(Token::Sign(next)) if *next == sign);
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    fn expect(&mut self, sign: &str) -> Result<(), Bad> {
        if self.accept(sign) {
            Ok(())
        } else {
            Err(self.bad("expression"))
        }
    }

    fn name(&mut self) -> Result<String, Bad> {
        let Some(Token::Name(name)) = self.tokens.first() else {
            return Err(self.bad("expression"));
        };
        self.tokens = &self.tokens[1..];
        Ok(name.clone())
    }

    fn ends_here(&self) -> bool {
        matches!(
            self.tokens.first(),
            None | Some(Token::Line | Token::Sign(";" | "}"))
        )
    }

    fn skip_lines(&mut self) {
        while let Some((Token::Line, rest)) = self.tokens.split_first() {
            self.tokens = rest;
        }
    }

    fn skip_ends(&mut self) {
        while let Some((Token::Line | Token::Sign(";"), rest)) = self.tokens.split_first() {
            self.tokens = rest;
        }
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Bad>) -> Result<T, Bad> {
        if self.depth == DEEPEST {
            return Err(Bad("too deeply nested".to_owned()));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn block(&mut self) -> Result<Vec<Statement>, Bad> {
        self.expect("{")?;
        let mut statements = Vec::new();
        loop {
            self.skip_ends();
            if self.accept("}") {
                return Ok(statements);
            }
            statements.push(self.statement()?);
            if !self.ends_here() {
                return Err(self.bad("statement terminator"));
            }
        }
    }

    fn statement(&mut self) -> Result<Statement, Bad> {
        self.deeper(Self::one_statement)
    }

    fn body(&mut self) -> Result<Arc<Statement>, Bad> {
        self.skip_lines();
        self.statement().map(Arc::new)
    }

    fn one_statement(&mut self) -> Result<Statement, Bad> {
        let Some(first) = self.tokens.first() else {
            return Err(self.bad("expression"));
        };
        let word = match first {
            Token::Text(text) => {
                let text = text.clone();
                self.tokens = &self.tokens[1..];
                return Ok(Statement::Text(text));
            }
            Token::Sign("{") => return self.block().map(Statement::Block),
            Token::Name(word) => word.as_str(),
            _ => return self.expression().map(Statement::Expression),
        };
        let known = [
            "if", "while", "for", "return", "break", "continue", "quit", "halt", "define", "print",
        ];
        if !known.contains(&word) {
            return self.expression().map(Statement::Expression);
        }
        let word = word.to_owned();
        self.tokens = &self.tokens[1..];
        Ok(match word.as_str() {
            "break" => Statement::Break,
            "continue" => Statement::Continue,
            "quit" | "halt" => Statement::Quit,
            "return" if self.ends_here() => Statement::Return(None),
            "return" => Statement::Return(Some(self.expression()?)),
            "print" => self.print()?,
            "define" => self.define()?,
            "while" => {
                self.expect("(")?;
                let condition = self.expression()?;
                self.expect(")")?;
                Statement::While(condition, self.body()?)
            }
            "for" => {
                self.expect("(")?;
                let mut parts = [None, None, None];
                for (at, end) in [";", ";", ")"].into_iter().enumerate() {
                    if !self.accept(end) {
                        parts[at] = Some(self.expression()?);
                        self.expect(end)?;
                    }
                }
                Statement::For(parts, self.body()?)
            }
            _ => {
                self.expect("(")?;
                let condition = self.expression()?;
                self.expect(")")?;
                let then = self.body()?;
                let before = self.tokens;
                self.skip_ends();
                let is_else =
                    matches!(self.tokens.first(), Some(Token::Name(name)) if name == "else");
                let otherwise = if is_else {
                    self.tokens = &self.tokens[1..];
                    Some(self.body()?)
                } else {
                    self.tokens = before;
                    None
                };
                Statement::If(condition, then, otherwise)
            }
        })
    }

    fn print(&mut self) -> Result<Statement, Bad> {
        let mut parts = Vec::new();
        loop {
            if let Some((Token::Text(text), rest)) = self.tokens.split_first() {
                self.tokens = rest;
                parts.push(Printed::Text(text.clone()));
            } else {
                parts.push(Printed::Expression(self.expression()?));
            }
            if !self.accept(",") {
                return Ok(Statement::Print(parts));
            }
        }
    }

    fn names(&mut self, end: &str) -> Result<Vec<String>, Bad> {
        let mut names = Vec::new();
        while !self.accept(end) {
            names.push(self.name()?);
            if self.accept("[") {
                self.expect("]")?;
            }
            if !self.accept(",") && end == ";" {
                return Ok(names);
            }
        }
        Ok(names)
    }

    fn define(&mut self) -> Result<Statement, Bad> {
        let mut name = self.name()?;
        if name == "void" && matches!(self.tokens.first(), Some(Token::Name(_))) {
            name = self.name()?;
        }
        self.expect("(")?;
        let parameters = self.names(")")?;
        self.skip_lines();
        let mut own = Vec::new();
        // What is its own stands first in it.
        if let [Token::Sign("{"), rest @ ..] = self.tokens {
            let lines = rest.iter().take_while(|token| **token == Token::Line);
            let at = lines.count();
            if matches!(rest.get(at), Some(Token::Name(word)) if word == "auto") {
                self.tokens = &rest[at + 1..];
                own = self.names(";")?;
                let body = self.rest_of_block()?;
                let function = Function {
                    parameters,
                    own,
                    body,
                };
                return Ok(Statement::Define(name, Arc::new(function)));
            }
        }
        let body = self.block()?;
        let function = Function {
            parameters,
            own: std::mem::take(&mut own),
            body,
        };
        Ok(Statement::Define(name, Arc::new(function)))
    }

    fn rest_of_block(&mut self) -> Result<Vec<Statement>, Bad> {
        let mut statements = Vec::new();
        loop {
            self.skip_ends();
            if self.accept("}") {
                return Ok(statements);
            }
            statements.push(self.statement()?);
            if !self.ends_here() {
                return Err(self.bad("statement terminator"));
            }
        }
    }

    fn expression(&mut self) -> Result<Expression, Bad> {
        self.deeper(|reader| reader.binary(0))
    }

    /// Reads operators that bind more tightly than `least`: `||`, `&&`, `!`, comparisons,
    /// assignments, sums, products, powers.
    fn binary(&mut self, least: u8) -> Result<Expression, Bad> {
        let mut left = if least < 3 && self.accept("!") {
            let inner = self.deeper(|reader| reader.binary(2))?;
            Expression::Not(Box::new(inner))
        } else {
            self.unary()?
        };
        loop {
            let Some(Token::Sign(sign)) = self.tokens.first() else {
                return Ok(left);
            };
            let sign = *sign;
            let tightness = match sign {
                "||" => 1,
                "&&" => 2,
                "==" | "!=" | "<" | "<=" | ">" | ">=" => 4,
                "=" | "+=" | "-=" | "*=" | "/=" | "%=" | "^=" => 5,
                "+" | "-" => 6,
                "*" | "/" | "%" => 7,
                "^" => 8,
                _ => return Ok(left),
            };
            if tightness <= least {
                return Ok(left);
            }
            self.tokens = &self.tokens[1..];
            left = match (sign, left) {
                ("=" | "+=" | "-=" | "*=" | "/=" | "%=" | "^=", Expression::Place(place)) => {
                    let right = self.deeper(|reader| reader.binary(4))?;
                    let operator = ["+", "-", "*", "/", "%", "^"].into_iter();
                    let mut operator = operator.filter(|operator| sign.starts_with(operator));
                    Expression::Assign(operator.next(), place, Box::new(right))
                }
                ("=" | "+=" | "-=" | "*=" | "/=" | "%=" | "^=", _) => {
                    return Err(self.bad("assignment"));
                }
                (sign, left) => {
                    // Powers are worked out from the right.
                    let inner = tightness - u8::from(sign == "^");
                    let right = self.deeper(|reader| reader.binary(inner))?;
                    Expression::Binary(sign, Box::new(left), Box::new(right))
                }
            };
        }
    }

    fn unary(&mut self) -> Result<Expression, Bad> {
        for (sign, up) in [("++", true), ("--", false)] {
            if self.accept(sign) {
                let Expression::Place(place) = self.primary()? else {
                    return Err(self.bad("expression"));
                };
                return Ok(Expression::Step {
                    up,
                    before: true,
                    place,
                });
            }
        }
        if self.accept("-") {
            let inner = self.deeper(Self::unary)?;
            return Ok(Expression::Negated(Box::new(inner)));
        }
        let primary = self.primary()?;
        for (sign, up) in [("++", true), ("--", false)] {
            if let Expression::Place(place) = &primary
                && self.accept(sign)
            {
                return Ok(Expression::Step {
                    up,
                    before: false,
                    place: place.clone(),
                });
            }
        }
        Ok(primary)
    }

    fn primary(&mut self) -> Result<Expression, Bad> {
        let Some((first, rest)) = self.tokens.split_first() else {
            return Err(self.bad("expression"));
        };
        match first {
            Token::Number(number) => {
                self.tokens = rest;
                Ok(Expression::Number(number.clone()))
            }
            Token::Sign("(") => {
                self.tokens = rest;
                let inner = self.expression()?;
                self.expect(")")?;
                // What stands in parentheses is a value, and shown even if it is an assignment.
                Ok(Expression::Call(String::new(), vec![inner]))
            }
            Token::Name(name) => {
                let name = name.clone();
                self.tokens = rest;
                if self.accept("(") {
                    let mut arguments = Vec::new();
                    while !self.accept(")") {
                        arguments.push(self.expression()?);
                        if !self.accept(",") {
                            self.expect(")")?;
                            break;
                        }
                    }
                    return Ok(Expression::Call(name, arguments));
                }
                if self.accept("[") {
                    let index = self.expression()?;
                    self.expect("]")?;
                    return Ok(Expression::Place(Place::Element(name, Box::new(index))));
                }
                Ok(Expression::Place(Place::Variable(name)))
            }
            _ => Err(self.bad("expression")),
        }
    }
}
