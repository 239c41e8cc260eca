//! Reading statements.

mod expressions;
mod tables;

use super::expression::Expression;
use super::statement::{Conflict, Insert, Item, Select, Statement};
use super::token::{Placed, Token, split};
use super::value::Value;
use super::{Dialect, Failure};

/// How deep expressions may stand in each other.
const DEEPEST: usize = 50;

/// A statement with the text that it was read from.
#[derive(Clone, Debug)]
pub(in super::super) struct Parsed {
    pub(in super::super) statement: Result<Statement, Failure>,
    /// How many parameters it has.
    pub(in super::super) parameters: usize,
}

/// Reads the statements of a text; those after a wrong one are not looked at.
pub(in super::super) fn parse(text: &str, dialect: Dialect) -> Result<Vec<Parsed>, Failure> {
    let tokens = split(text, dialect)?;
    let mut all = Vec::new();
    for part in tokens.split(|placed| placed.token == Token::Symbol(";")) {
        if part.is_empty() {
            continue;
        }
        let mut parser = Parser {
            tokens: part,
            at: 0,
            text,
            dialect,
            depth: 0,
            parameters: 0,
        };
        let statement = parser.whole();
        all.push(Parsed {
            parameters: parser.parameters,
            statement,
        });
    }
    Ok(all)
}

struct Parser<'a> {
    tokens: &'a [Placed],
    at: usize,
    text: &'a str,
    dialect: Dialect,
    depth: usize,
    parameters: usize,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|placed| &placed.token)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.peek().cloned();
        self.at += 1;
        token
    }

    /// Where the word stands that is not understood.
    fn wrong(&self) -> Failure {
        match self.tokens.get(self.at) {
            Some(placed) => Failure {
                code: "42601",
                words: format!(
                    "syntax error at or near \"{}\"",
                    &self.text[placed.at..placed.end]
                ),
                at: Some(placed.at),
            },
            None => Failure::new("42601", "syntax error at end of input"),
        }
    }

    /// What is understood and not done, named by the word that stands here.
    fn not_simulated(&self, what: &str) -> Failure {
        let mut failure = Failure::not_simulated(what);
        failure.at = self.tokens.get(self.at).map(|placed| placed.at);
        failure
    }

    fn is(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(known)) if known == word)
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.peek(), Some(Token::Symbol(known)) if *known == symbol)
    }

    /// Takes a word if it stands here.
    fn take(&mut self, word: &str) -> bool {
        let is = self.is(word);
        self.at += usize::from(is);
        is
    }

    fn take_symbol(&mut self, symbol: &str) -> bool {
        let is = self.is_symbol(symbol);
        self.at += usize::from(is);
        is
    }

    /// Takes words if all of them stand here.
    fn take_all(&mut self, words: &[&str]) -> bool {
        let mut here = words
            .iter()
            .zip(&self.tokens[self.at.min(self.tokens.len())..]);
        let same = |(word, placed): (&&str, &Placed)| matches!(&placed.token, Token::Word(known) if known == word);
        let all = here.len() == words.len() && here.all(same);
        self.at += if all { words.len() } else { 0 };
        all
    }

    fn expect(&mut self, word: &str) -> Result<(), Failure> {
        if self.take(word) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<(), Failure> {
        if self.take_symbol(symbol) {
            Ok(())
        } else {
            Err(self.wrong())
        }
    }

    /// A name, without the schema before it.
    fn name(&mut self) -> Result<String, Failure> {
        let mut name = self.plain_name()?;
        while self.take_symbol(".") {
            let schema = name;
            name = self.plain_name()?;
            if matches!(
                schema.as_str(),
                "pg_catalog" | "information_schema" | "performance_schema" | "sys"
            ) {
                return Err(Failure::not_simulated(format_args!(
                    "the catalogue \"{schema}.{name}\""
                )));
            }
        }
        if name.starts_with("pg_") {
            return Err(Failure::not_simulated(format_args!(
                "the catalogue \"{name}\""
            )));
        }
        Ok(name)
    }

    fn plain_name(&mut self) -> Result<String, Failure> {
        match self.peek() {
            Some(Token::Word(word) | Token::Name(word)) => {
                let name = word.clone();
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.wrong()),
        }
    }

    fn names(&mut self) -> Result<Vec<String>, Failure> {
        let mut all = vec![self.name()?];
        while self.take_symbol(",") {
            all.push(self.name()?);
        }
        Ok(all)
    }

    fn list<T>(
        &mut self,
        mut one: impl FnMut(&mut Self) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        let mut all = vec![one(self)?];
        while self.take_symbol(",") {
            all.push(one(self)?);
        }
        Ok(all)
    }

    fn whole(&mut self) -> Result<Statement, Failure> {
        let statement = self.statement()?;
        if self.at < self.tokens.len() {
            return Err(self.wrong());
        }
        Ok(statement)
    }

    fn rest_is(&mut self, words: &'static str) -> Statement {
        self.at = self.tokens.len();
        Statement::Nothing(words)
    }

    fn statement(&mut self) -> Result<Statement, Failure> {
        let Some(Token::Word(word)) = self.peek().cloned() else {
            return Err(self.wrong());
        };
        self.at += 1;
        Ok(match word.as_str() {
            "select" => Statement::Select(self.select()?),
            "insert" => Statement::Insert(self.insert()?),
            "update" => self.update()?,
            "delete" => self.delete()?,
            "create" => self.create()?,
            "drop" => self.drop()?,
            "alter" => self.alter()?,
            "truncate" => {
                self.take("table");
                let names = self.names()?;
                while self.take("restart") || self.take("identity") || self.take("cascade") {}
                Statement::Truncate(names)
            }
            "begin" | "start" => {
                self.at = self.tokens.len();
                Statement::Begin
            }
            "commit" | "end" => {
                self.at = self.tokens.len();
                Statement::Commit
            }
            "rollback" | "abort" => {
                if !self.take("work") {
                    self.take("transaction");
                }
                if self.take("to") {
                    self.take("savepoint");
                    Statement::RollbackTo(self.plain_name()?)
                } else {
                    self.at = self.tokens.len();
                    Statement::Rollback
                }
            }
            "savepoint" => Statement::Savepoint(self.plain_name()?),
            "release" => {
                self.take("savepoint");
                Statement::Release(self.plain_name()?)
            }
            "set" => self.set()?,
            "reset" => self.rest_is("RESET"),
            "discard" => self.rest_is("DISCARD ALL"),
            "show" => self.show()?,
            "describe" | "desc" => Statement::Describe(self.name()?),
            "use" => Statement::Use(self.name()?),
            "grant" => self.rest_is("GRANT"),
            "revoke" => self.rest_is("REVOKE"),
            "comment" => self.rest_is("COMMENT"),
            "analyze" => self.rest_is("ANALYZE"),
            "vacuum" => self.rest_is("VACUUM"),
            "checkpoint" => self.rest_is("CHECKPOINT"),
            "lock" | "unlock" => self.rest_is("LOCK TABLE"),
            "listen" => self.rest_is("LISTEN"),
            "unlisten" => self.rest_is("UNLISTEN"),
            "flush" => self.rest_is("FLUSH"),
            "with" | "explain" | "copy" | "values" | "notify" | "do" | "call" | "declare"
            | "fetch" | "move" | "close" | "prepare" | "execute" | "deallocate" | "merge"
            | "replace" | "load" | "table" => {
                return Err(Failure::not_simulated(word.to_ascii_uppercase()));
            }
            _ => {
                self.at -= 1;
                return Err(self.wrong());
            }
        })
    }

    fn select(&mut self) -> Result<Select, Failure> {
        let distinct = self.take("distinct");
        self.take("all");
        if self.dialect == Dialect::MySql {
            let _ = self.take("sql_no_cache") || self.take("sql_calc_found_rows");
        }
        let items = self.items()?;
        let mut select = Select {
            distinct,
            items,
            from: None,
            alias: None,
            filter: None,
            group: Vec::new(),
            order: Vec::new(),
            limit: None,
            offset: None,
        };
        if self.take("from") {
            if self.is_symbol("(") {
                return Err(self.not_simulated("a query in FROM"));
            }
            let table = self.name()?;
            if self.is_symbol("(") {
                return Err(self.not_simulated("a function in FROM"));
            }
            if !(table == "dual" && self.dialect == Dialect::MySql) {
                select.from = Some(table);
            }
            select.alias = self.alias()?;
            if self.is_symbol(",") {
                return Err(self.not_simulated("more than one table in FROM"));
            }
            for word in ["join", "inner", "left", "right", "full", "cross", "natural"] {
                if self.is(word) {
                    return Err(self.not_simulated("JOIN"));
                }
            }
        }
        select.filter = self.filter()?;
        if self.take_all(&["group", "by"]) {
            select.group = self.list(Self::expression)?;
        }
        for word in ["having", "window", "union", "intersect", "except"] {
            if self.is(word) {
                return Err(self.not_simulated(&word.to_ascii_uppercase()));
            }
        }
        if self.take_all(&["order", "by"]) {
            select.order = self.list(|parser| {
                let expression = parser.expression()?;
                let descending = parser.take("desc");
                parser.take("asc");
                if parser.take("nulls") && !parser.take("first") {
                    parser.expect("last")?;
                }
                Ok((expression, descending))
            })?;
        }
        self.bounds(&mut select)?;
        if self.take("for") {
            self.at = self.tokens.len();
        }
        Ok(select)
    }

    fn bounds(&mut self, select: &mut Select) -> Result<(), Failure> {
        loop {
            if self.take("limit") {
                if self.take("all") {
                    continue;
                }
                select.limit = Some(self.expression()?);
                if self.dialect == Dialect::MySql && self.take_symbol(",") {
                    select.offset = select.limit.take();
                    select.limit = Some(self.expression()?);
                }
            } else if self.take("offset") {
                select.offset = Some(self.expression()?);
                let _ = self.take("rows") || self.take("row");
            } else if self.take("fetch") {
                let _ = self.take("first") || self.take("next");
                select.limit = Some(self.expression()?);
                let _ = self.take("rows") || self.take("row");
                self.take("only");
            } else {
                return Ok(());
            }
        }
    }

    /// A name that something gets, after `AS` or alone.
    fn alias(&mut self) -> Result<Option<String>, Failure> {
        const NO_NAMES: [&str; 24] = [
            "from",
            "where",
            "group",
            "order",
            "limit",
            "offset",
            "fetch",
            "for",
            "having",
            "union",
            "join",
            "inner",
            "left",
            "right",
            "full",
            "cross",
            "natural",
            "on",
            "using",
            "returning",
            "set",
            "window",
            "intersect",
            "except",
        ];
        if self.take("as") {
            return self.plain_name().map(Some);
        }
        match self.peek() {
            Some(Token::Name(_)) => self.plain_name().map(Some),
            Some(Token::Word(word)) if !NO_NAMES.contains(&word.as_str()) => {
                self.plain_name().map(Some)
            }
            _ => Ok(None),
        }
    }

    fn items(&mut self) -> Result<Vec<Item>, Failure> {
        self.list(|parser| {
            if parser.take_symbol("*") {
                return Ok(Item::All);
            }
            let begin = parser.at;
            if parser.plain_name().is_ok() && parser.take_symbol(".") && parser.take_symbol("*") {
                return Ok(Item::All);
            }
            parser.at = begin;
            let expression = parser.expression()?;
            let title = parser.title(begin, &expression);
            let name = parser.alias()?.or(title);
            Ok(Item::One { expression, name })
        })
    }

    /// What MySQL calls an expression without a name: its text.
    fn title(&self, begin: usize, expression: &Expression) -> Option<String> {
        match expression {
            _ if self.dialect == Dialect::Postgres => None,
            Expression::Column(_) => None,
            Expression::Value(Value::Text(text)) => Some(text.clone()),
            _ => {
                let from = self.tokens.get(begin)?.at;
                let to = self.tokens.get(self.at.checked_sub(1)?)?.end;
                self.text.get(from..to).map(str::to_owned)
            }
        }
    }

    fn filter(&mut self) -> Result<Option<Expression>, Failure> {
        if self.take("where") {
            self.expression().map(Some)
        } else {
            Ok(None)
        }
    }

    fn returning(&mut self) -> Result<Vec<Item>, Failure> {
        if self.take("returning") {
            self.items()
        } else {
            Ok(Vec::new())
        }
    }

    fn insert(&mut self) -> Result<Insert, Failure> {
        let ignore = self.dialect == Dialect::MySql && self.take("ignore");
        self.expect("into")?;
        let table = self.name()?;
        let mut columns = Vec::new();
        if self.take_symbol("(") {
            columns = self.names()?;
            self.expect_symbol(")")?;
        }
        let rows = if self.take_all(&["default", "values"]) {
            vec![Vec::new()]
        } else if self.is("select") || self.is("with") {
            return Err(self.not_simulated("INSERT of a query"));
        } else {
            if !self.take("values") {
                self.expect("value")?;
            }
            self.list(|parser| {
                parser.expect_symbol("(")?;
                if parser.take_symbol(")") {
                    return Ok(Vec::new());
                }
                let row = parser.list(|parser| {
                    if parser.take("default") {
                        Ok(None)
                    } else {
                        parser.expression().map(Some)
                    }
                })?;
                parser.expect_symbol(")")?;
                Ok(row)
            })?
        };
        let mut conflict = if ignore {
            Conflict::Nothing
        } else {
            Conflict::Fail
        };
        if self.take_all(&["on", "conflict"]) {
            if self.take_symbol("(") {
                self.names()?;
                self.expect_symbol(")")?;
            } else if self.take_all(&["on", "constraint"]) {
                self.name()?;
            }
            self.expect("do")?;
            conflict = if self.take("nothing") {
                Conflict::Nothing
            } else {
                self.expect("update")?;
                self.expect("set")?;
                Conflict::Update(self.assignments()?)
            };
        } else if self.take_all(&["on", "duplicate", "key", "update"]) {
            conflict = Conflict::Update(self.assignments()?);
        }
        Ok(Insert {
            table,
            columns,
            rows,
            conflict,
            returning: self.returning()?,
        })
    }

    fn assignments(&mut self) -> Result<Vec<(String, Expression)>, Failure> {
        self.list(|parser| {
            let column = parser.name()?;
            parser.expect_symbol("=")?;
            Ok((column, parser.expression()?))
        })
    }

    fn update(&mut self) -> Result<Statement, Failure> {
        let table = self.name()?;
        self.alias()?;
        self.expect("set")?;
        let set = self.assignments()?;
        if self.is("from") {
            return Err(self.not_simulated("UPDATE with FROM"));
        }
        Ok(Statement::Update {
            table,
            set,
            filter: self.filter()?,
            returning: self.returning()?,
        })
    }

    fn delete(&mut self) -> Result<Statement, Failure> {
        self.expect("from")?;
        let table = self.name()?;
        self.alias()?;
        if self.is("using") {
            return Err(self.not_simulated("DELETE with USING"));
        }
        Ok(Statement::Delete {
            table,
            filter: self.filter()?,
            returning: self.returning()?,
        })
    }

    /// `SET name = value`, `SET SESSION …`, `SET TRANSACTION …`.
    fn set(&mut self) -> Result<Statement, Failure> {
        let _ = self.take("session") || self.take("local") || self.take("global");
        // A variable of the user's is set for nobody who could ask for it.
        let is_of_user = self.is_symbol("@");
        if is_of_user || self.is("transaction") || self.is("characteristics") || self.is("names") {
            return Ok(self.rest_is("SET"));
        }
        let Some(Token::Word(name) | Token::Name(name) | Token::Setting(name)) = self.next() else {
            return Err(self.wrong());
        };
        if self.take_symbol(".") {
            return Ok(self.rest_is("SET"));
        }
        if !self.take_symbol("=") && !self.take("to") {
            // `SET TIME ZONE …` and such.
            return Ok(self.rest_is("SET"));
        }
        let mut words = Vec::new();
        while let Some(token) = self.next() {
            words.push(match token {
                Token::Word(word) | Token::Name(word) | Token::Text(word) | Token::Number(word) => {
                    word
                }
                Token::Symbol(symbol) => symbol.to_owned(),
                Token::Parameter(_) | Token::Setting(_) => continue,
            });
        }
        self.at = self.tokens.len();
        Ok(Statement::Set {
            name,
            value: words.concat(),
        })
    }

    fn show(&mut self) -> Result<Statement, Failure> {
        if self.dialect == Dialect::MySql {
            let full = self.take("full");
            if self.take("tables") {
                return Ok(Statement::ShowTables);
            }
            if self.take("databases") || self.take("schemas") {
                return Ok(Statement::ShowDatabases);
            }
            if self.take_all(&["create", "table"]) {
                return Ok(Statement::ShowCreateTable(self.name()?));
            }
            if full || self.take("columns") || self.take("fields") {
                self.expect("from")?;
                return Ok(Statement::Describe(self.name()?));
            }
            let words: Vec<String> = self.tokens[self.at..]
                .iter()
                .map(|placed| self.text[placed.at..placed.end].to_ascii_lowercase())
                .collect();
            self.at = self.tokens.len();
            return Ok(Statement::Show(words.join(" ")));
        }
        let mut words = Vec::new();
        while let Some(Token::Word(word)) = self.peek().cloned() {
            self.at += 1;
            words.push(word);
            if self.take_symbol(".") {
                words.push(".".to_owned());
            }
        }
        let name = words.join(" ").replace(" . ", ".");
        Ok(Statement::Show(match name.as_str() {
            "transaction isolation level" => "transaction_isolation".to_owned(),
            "time zone" => "timezone".to_owned(),
            _ => name,
        }))
    }
}
