//! From words to a tree, by recursive descent.

mod expression;
mod statement;

use std::collections::HashMap;

use super::syntax::{Expression, Function, Pattern, Program, Rule, SPECIAL, Variable};
use super::token::{Token, tokens};

/// How deep statements and expressions may stand in each other.
const DEPTH: usize = 100;

pub(super) fn parse(text: &str) -> Result<Program, String> {
    let mut parser = Parser {
        tokens: tokens(text)?,
        at: 0,
        program: Program::default(),
        globals: HashMap::new(),
        functions: HashMap::new(),
        called: Vec::new(),
        locals: Vec::new(),
        depth: 0,
        no_in: false,
        no_greater: false,
    };
    for name in SPECIAL {
        parser.variable(name);
    }
    parser.all()?;
    Ok(parser.program)
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    program: Program,
    globals: HashMap<String, usize>,
    functions: HashMap<String, usize>,
    /// Functions that were called, and where, which may come later.
    called: Vec<(String, usize)>,
    /// The parameters of the function that is read.
    locals: Vec<String>,
    depth: usize,
    /// Whether `in` ends an expression, as in the head of `for`.
    no_in: bool,
    /// Whether `>` ends an expression, as behind `print`.
    no_greater: bool,
}

type Read<T> = Result<T, String>;

impl Parser {
    fn peek(&self) -> &Token {
        &self.tokens[self.at.min(self.tokens.len() - 1)].0
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn is(&self, operator: &str) -> bool {
        matches!(self.peek(), Token::Operator(known) if *known == operator)
    }

    fn take(&mut self, operator: &str) -> bool {
        let there = self.is(operator);
        self.at += usize::from(there);
        there
    }

    fn take_keyword(&mut self, keyword: &str) -> bool {
        let there = matches!(self.peek(), Token::Keyword(known) if *known == keyword);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, operator: &str) -> Read<()> {
        if self.take(operator) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn wrong(&self) -> String {
        let line = self.tokens[self.at.min(self.tokens.len() - 1)].1;
        format!("cmd. line:{line}: Unexpected token")
    }

    fn line_feeds(&mut self) {
        while *self.peek() == Token::LineFeed {
            self.at += 1;
        }
    }

    fn ends(&mut self) {
        while *self.peek() == Token::LineFeed || self.is(";") {
            self.at += 1;
        }
    }

    fn deeper(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth > DEPTH {
            let line = self.tokens[self.at.min(self.tokens.len() - 1)].1;
            return Err(format!("cmd. line:{line}: nested too deep"));
        }
        Ok(())
    }

    fn variable(&mut self, name: &str) -> Variable {
        if let Some(index) = self.locals.iter().position(|local| local == name) {
            return Variable::Local(index);
        }
        if let Some(index) = self.globals.get(name) {
            return Variable::Global(*index);
        }
        let index = self.program.globals.len();
        self.program.globals.push(name.to_owned());
        self.globals.insert(name.to_owned(), index);
        Variable::Global(index)
    }

    fn all(&mut self) -> Read<()> {
        loop {
            self.ends();
            if *self.peek() == Token::End {
                break;
            }
            self.item()?;
        }
        for (name, index) in std::mem::take(&mut self.called) {
            if self.program.functions[index].name != name || !self.is_defined(index) {
                return Err("cmd. line:1: Call to undefined function".to_owned());
            }
        }
        Ok(())
    }

    fn is_defined(&self, index: usize) -> bool {
        self.program.functions[index].parameters != usize::MAX
    }

    /// The number of a function, which may be defined later.
    fn function(&mut self, name: &str) -> usize {
        if let Some(index) = self.functions.get(name) {
            return *index;
        }
        let index = self.program.functions.len();
        self.program.functions.push(Function {
            name: name.to_owned(),
            parameters: usize::MAX,
            body: super::syntax::Statement::Block(Vec::new()),
        });
        self.functions.insert(name.to_owned(), index);
        index
    }

    fn item(&mut self) -> Read<()> {
        if self.take_keyword("function") {
            return self.definition();
        }
        if self.take_keyword("BEGIN") {
            let body = self.block()?;
            self.program.begin.push(body);
            return Ok(());
        }
        if self.take_keyword("END") {
            let body = self.block()?;
            self.program.end.push(body);
            return Ok(());
        }
        let pattern = if self.is("{") {
            Pattern::Always
        } else {
            let first = self.expression()?;
            if self.take(",") {
                self.line_feeds();
                let second = self.expression()?;
                self.program.ranges += 1;
                Pattern::Range(first, second, self.program.ranges - 1)
            } else {
                Pattern::When(first)
            }
        };
        let action = if self.is("{") {
            Some(self.block()?)
        } else {
            None
        };
        self.program.rules.push(Rule { pattern, action });
        Ok(())
    }

    fn definition(&mut self) -> Read<()> {
        let (Token::Called(name) | Token::Name(name)) = self.next() else {
            self.at -= 1;
            return Err(self.wrong());
        };
        self.expect("(")?;
        let mut parameters = Vec::new();
        while !self.take(")") {
            self.line_feeds();
            let Token::Name(parameter) = self.next() else {
                self.at -= 1;
                return Err(self.wrong());
            };
            parameters.push(parameter);
            self.line_feeds();
            if !self.is(")") {
                self.expect(",")?;
            }
        }
        self.line_feeds();
        let index = self.function(&name);
        if self.is_defined(index) {
            return Err(format!("cmd. line:1: Duplicate function '{name}'"));
        }
        self.locals = parameters;
        let count = self.locals.len();
        // It may call itself.
        self.program.functions[index].parameters = count;
        let body = self.block();
        self.locals.clear();
        self.program.functions[index].body = body?;
        Ok(())
    }

    /// Expressions with commas between them, up to what follows.
    fn list(&mut self) -> Read<Vec<Expression>> {
        let mut list = vec![self.expression()?];
        while self.take(",") {
            self.line_feeds();
            list.push(self.expression()?);
        }
        Ok(list)
    }
}
